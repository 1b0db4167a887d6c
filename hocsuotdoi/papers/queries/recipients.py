"""Who gets a paper: bodies and institutions by rule, as they stand on a day.

A body that leads a territory (the culture line, a people's committee) sends to everybody in it; any other (education,
armed forces …) to the bodies below it on its own line of command and to the institutions that those run. Institutions
of the armed forces get what a body of their own line sends; a civil body writes to the command, which passes it on.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.queries.command import commanded_by, of_armed_forces
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import Agency, Institution, InstitutionAgency, InstitutionPlacement, UnitAncestry
from hocsuotdoi.places.queries.institutions import active_on

_BELOW = """
WITH RECURSIVE below AS (
    SELECT line.agency_id FROM places_agencyline AS line
     WHERE line.superior_id = %(sender)s AND {holds}
     UNION
    SELECT line.agency_id FROM places_agencyline AS line JOIN below ON below.agency_id = line.superior_id
     WHERE {holds}
)
SELECT agency_id FROM below
""".format(holds="coalesce(line.starts_on, '-infinity') <= %(day)s AND coalesce(line.ends_on, 'infinity') > %(day)s")


@dataclass(frozen=True, slots=True)
class Recipients:
    agencies: QuerySet[Agency]
    institutions: QuerySet[Institution]

    @property
    def number(self) -> int:
        return self.agencies.count() + self.institutions.count()


def recipients_of(paper: Paper, day: dt.date) -> Recipients:
    """Bodies of the paper's tiers and kinds (one left empty: any) and open institutions of its classes, within reach
    of the sender on `day`. No tiers and no kinds: no body; no classes: no institution. The sender is not among them."""
    agencies, institutions = _reached(paper.sender, day)
    commanded = commanded_by([paper.sender_id] if paper.sender.kind in ARMED_FORCES else [], day)
    on_line = InstitutionAgency.objects.on(day).filter(agency__in=commanded).values("institution")
    institutions = institutions.filter(~Q(pk__in=of_armed_forces(day).values("pk")) | Q(pk__in=on_line))
    wanted = Q(pk__in=[])
    if paper.to_tiers or paper.to_kinds:
        wanted = Q()
        if paper.to_tiers:
            wanted &= Q(unit__tier__in=paper.to_tiers)
        if paper.to_kinds:
            wanted &= Q(kind__in=paper.to_kinds)
    classes = Q(institution_class__in=paper.to_classes)
    return Recipients(
        agencies.filter(wanted).exclude(pk=paper.sender_id),
        active_on(institutions.filter(classes), day) if paper.to_classes else Institution.objects.none(),
    )


def _reached(sender: Agency, day: dt.date) -> tuple[QuerySet[Agency], QuerySet[Institution]]:
    agencies = Agency.objects.on(day)
    if sender.kind in LEADING_KINDS and sender.unit_id is not None:
        units = UnitAncestry.objects.on(day).filter(ancestor=sender.unit_id).values("unit")
        standing = InstitutionPlacement.objects.on(day).filter(unit__in=units)
        return agencies.filter(unit__in=units), Institution.objects.filter(pk__in=standing.values("institution"))
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"sender": sender.pk, "day": day})
        below = [agency for (agency,) in cursor.fetchall()]
    run = InstitutionAgency.objects.on(day).filter(agency__in=[*below, sender.pk])
    return agencies.filter(pk__in=below), Institution.objects.filter(pk__in=run.values("institution"))
