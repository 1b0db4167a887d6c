"""Minutes of an inspection: frozen once, when the visit is closed. What is seen of them later is that snapshot."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.reporting.enums import SnapshotKind
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.queries.minutes import minutes_content


class NotYet(Refused):
    """The visit is not where minutes can be written."""


@transaction.atomic
def freeze_minutes(visit: Visit, *, by: Person, at: dt.datetime) -> Snapshot:
    """The minutes of the visit: those there are, else frozen now. Refused: of a visit that is not closed."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related(
        "institution", "plan__agency__unit", "checklist"
    )
    row = rows.get(pk=visit.pk, institution=visit.institution_id)
    if row.state != VisitState.CLOSED:
        raise NotYet(_("Minutes are written once the visit is closed."))
    known = Snapshot.objects.filter(kind=SnapshotKind.MINUTES, visit_id=row.pk).first()
    if known is not None:
        return known
    return freeze(SnapshotKind.MINUTES, minutes_content(row, timezone.localdate(at)), visit=row, by=by, at=at)
