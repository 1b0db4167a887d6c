"""Opening a cycle: each body gets its report with its way up, each institution its one place where it is counted."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.audit import many_rows
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import OWED, CycleState, ReportState
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.queries.asked import BODIES, INSTITUTIONS, WAYS, parameters, parameters_today, reading_many

DAYS_FOR_NEWCOMERS = 14

_MAKE_REPORTS = f"""
WITH RECURSIVE {BODIES}, {WAYS}, numbered AS MATERIALIZED (
    SELECT b.agency_id, COALESCE(r.id, nextval(pg_get_serial_sequence('reporting_report', 'id'))) AS id
      FROM bound b LEFT JOIN reporting_report r ON r.cycle_id = %(cycle)s AND r.agency_id = b.agency_id
), excused AS MATERIALIZED (
    SELECT agency_id FROM reporting_report
     WHERE cycle_id = %(cycle)s AND state = '{ReportState.EXCUSED}' AND agency_id <> %(owner)s
), upwards AS MATERIALIZED (
    SELECT way.agency_id, ARRAY(SELECT step.to_id FROM unnest(way.above) WITH ORDINALITY step (to_id, far)
                                 WHERE step.to_id NOT IN (SELECT agency_id FROM excused) ORDER BY step.far) AS above
      FROM way
)
INSERT INTO reporting_report
       (id, goes_to_id, cycle_id, agency_id, line, detail, unit_id, year, due_on, above, copies_to, state,
        results, difficulties, causes, proposals, version, changed_at, changed_by_id, gaps)
SELECT own.id, taking.id, %(cycle)s, b.agency_id, b.line, b.detail, b.unit_id, %(year)s,
       GREATEST(b.due_on, %(not_due_before)s::date), way.above,
       COALESCE((SELECT array_agg(DISTINCT g.id ORDER BY g.id)
                   FROM places_agency g
                  WHERE g.kind = ANY(b.copies_to) AND NOT g.is_sample AND g.unit_id IN (b.unit_id, receiver.unit_id)
                    AND g.id <> b.agency_id AND g.id <> ALL(way.above)
                    AND (g.starts_on IS NULL OR g.starts_on <= %(bodies_on)s)
                    AND (g.ends_on IS NULL OR g.ends_on > %(bodies_on)s)), ARRAY[]::bigint[]),
       '{ReportState.EXPECTED}', '', '', '', '', 1, %(at)s, %(by)s, '[]'
  FROM bound b
  JOIN upwards way ON way.agency_id = b.agency_id
  JOIN numbered own ON own.agency_id = b.agency_id
  LEFT JOIN numbered taking ON taking.agency_id = way.above[1]
  LEFT JOIN asked receiver ON receiver.agency_id = way.above[1]
    ON CONFLICT DO NOTHING
"""
# Each report is made with the one that it goes into, in one statement: the trail tells once that it was made. One that
# is not asked for any more takes nothing in: what comes later goes past it, to the next above.

_COUNT = f"""
WITH RECURSIVE {BODIES}, {INSTITUTIONS}
INSERT INTO reporting_countedinstitution (cycle_id, institution_id, report_id)
SELECT %(cycle)s, counted.id, r.id
  FROM counted JOIN reporting_report r ON r.cycle_id = %(cycle)s AND r.agency_id = counted.agency_id
 WHERE r.state = ANY(%(owed)s)
   FOR SHARE OF r
    ON CONFLICT DO NOTHING
"""
# Held meanwhile: a report that is being submitted takes nothing more in that its frozen figures would not hold.

_OUTSIDE = f"""
WITH RECURSIVE {BODIES}, {WAYS}
SELECT count(*) FILTER (WHERE b.agency_id = %(owner)s AND b.to_id IS NULL),
       count(*) FILTER (WHERE b.agency_id <> %(owner)s AND b.to_id IS NULL),
       count(*) FILTER (WHERE way.agency_id IS NULL)
  FROM bound b LEFT JOIN way ON way.agency_id = b.agency_id
"""


class NothingAskedFor(Refused):
    """The cycle has no sections."""


class NotReportedToItsOwner(Refused):
    """By its rules some report would never reach the body that the cycle belongs to."""


@dataclass(frozen=True)
class Opened:
    """What opening made; nothing new where it was open already."""

    reports: int
    institutions: int


@transaction.atomic
def open_cycle(cycle: Cycle, *, by: Person | None, at: dt.datetime) -> Opened:
    """Makes a report for each body that a rule finds on the cycle's map, with its way up to the owner, and puts each
    open institution into the one report in which it is counted. A handful of statements, whatever the size, and all of
    it or nothing: what is killed in the middle has not begun, and is done again whole.

    Nothing is done for a cycle that is open or closed already. Refused: a cycle that asks for nothing, whose owner
    reports nothing, or by whose rules a report goes out elsewhere or runs in a circle.
    """
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cycle.pk)
    if cycle.state != CycleState.PREPARING:
        return Opened(0, 0)
    if not cycle.sections:
        raise NothingAskedFor(_("Say what the reports are to hold before you open the cycle."))
    given = {
        **parameters(cycle),
        "year": cycle.last_year,
        "not_due_before": None,
        "at": at,
        "by": by.pk if by else None,
        "owed": [str(state) for state in OWED],
    }
    refuse_astray(cycle)
    with many_rows(), reading_many() as cursor:
        cursor.execute(_MAKE_REPORTS, given)
        reports = cursor.rowcount
        cursor.execute(_COUNT, given)
        institutions = cursor.rowcount
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.OPEN, opened_at=at, version=F("version") + 1)
    return Opened(reports, institutions)


class NotOpen(Refused):
    pass


@transaction.atomic
def ask_newcomers(cycle: Cycle, *, by: Person | None, at: dt.datetime) -> Opened:
    """Asks bodies that came to stand since the cycle's map, by the same rules on the map of today: after a reform in
    the middle of a cycle those that took others' place, with fourteen days to report at least: nobody is late on the
    day on which they are asked. Institutions that are counted nowhere yet are counted in the report that its rule
    names, while that one is owed: what was submitted stays as it was frozen. Done again, it takes in only what is newer
    still. Reports that there are stay as they are; what an ended body counted is moved by people, with a reason.
    Refused while the cycle is not open."""
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cycle.pk)
    if cycle.state != CycleState.OPEN:
        raise NotOpen(_("Only a cycle that is open asks more bodies."))
    day = timezone.localdate(at)
    given = {
        **parameters_today(cycle, day),
        "year": cycle.last_year,
        "not_due_before": day + dt.timedelta(days=DAYS_FOR_NEWCOMERS),
        "at": at,
        "by": by.pk if by else None,
        "owed": [str(state) for state in OWED],
    }
    with many_rows(), reading_many() as cursor:
        cursor.execute(_MAKE_REPORTS, given)
        reports = cursor.rowcount
        cursor.execute(_COUNT, given)
        institutions = cursor.rowcount
    return Opened(reports, institutions)


def refuse_astray(cycle: Cycle) -> None:
    """Raises `NotReportedToItsOwner` where by the rules a report would not reach the owner."""
    with reading_many() as cursor:
        cursor.execute(_OUTSIDE, parameters(cycle))
        own, elsewhere, circling = cursor.fetchone()
    if not own:
        raise NotReportedToItsOwner(
            _("No rule makes {owner} report last. Add a rule for it that goes to nobody.").format(owner=cycle.owner)
        )
    if elsewhere:
        raise NotReportedToItsOwner(
            _(
                "By the rules the reports of {number} bodies besides {owner} go to nobody. Say in these rules to whom."
            ).format(number=elsewhere, owner=cycle.owner)
        )
    if circling:
        raise NotReportedToItsOwner(
            _("By the rules {number} bodies report in a circle. Let one of these rules lead to {owner}.").format(
                number=circling, owner=cycle.owner
            )
        )
