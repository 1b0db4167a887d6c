"""Making the assignments that follow from the plans themselves, without anybody handing them down."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.models import QuerySet

from hocsuotdoi.core.audit import many_rows
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry
from hocsuotdoi.programme.enums import AgencyPart, AssignmentState, AssignmentStepKind
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.due import handed_down_due_on, is_asked_in, kinds_asked, year_of

_STANDS = "({0}.starts_on IS NULL OR {0}.starts_on <= %(day)s) AND ({0}.ends_on IS NULL OR {0}.ends_on > %(day)s)"

_MAKE = f"""
WITH asked AS (
    SELECT * FROM unnest(%(tasks)s::bigint[], %(plans)s::bigint[], %(tiers)s::text[], %(kinds)s::text[],
                         %(years)s::int[], %(dues)s::date[]) AS t(task_id, plan_id, tier, kinds, year, due_on)
), bound AS (
    SELECT p.id AS plan_id, u.id AS unit_id, u.tier
      FROM programme_plan p
      JOIN places_unitancestry y ON y.ancestor_id = p.unit_id AND {_STANDS.format("y")}
      JOIN places_adminunit u ON u.id = y.unit_id
     WHERE p.id = ANY(%(standing)s)
     UNION
    SELECT heir.plan_id, u.id, u.tier
      FROM unnest(%(inherited)s::bigint[], %(heirs)s::bigint[]) AS heir(plan_id, unit_id)
      JOIN places_adminunit u ON u.id = heir.unit_id
), named AS (
    SELECT asked.task_id, g.id AS agency_id, u.id AS unit_id, a.part, asked.year, asked.due_on
      FROM asked
      JOIN programme_taskagency a ON a.task_id = asked.task_id
      JOIN places_agency g ON g.id = a.agency_id AND {_STANDS.format("g")}
      JOIN places_adminunit u ON u.id = g.unit_id AND u.tier = asked.tier
), bodies AS (
    SELECT DISTINCT ON (asked.task_id, bound.unit_id)
           asked.task_id, g.id AS agency_id, bound.unit_id, '{AgencyPart.LEAD}' AS part, asked.year, asked.due_on
      FROM asked
      JOIN bound ON bound.plan_id = asked.plan_id AND bound.tier = asked.tier
      JOIN places_agency g ON g.unit_id = bound.unit_id AND g.kind = ANY(string_to_array(asked.kinds, ','))
       AND NOT g.is_sample AND {_STANDS.format("g")}
     WHERE NOT EXISTS (SELECT FROM named n WHERE n.task_id = asked.task_id AND n.unit_id = bound.unit_id
                                             AND n.part = '{AgencyPart.LEAD}')
     ORDER BY asked.task_id, bound.unit_id, array_position(string_to_array(asked.kinds, ','), g.kind::text), g.id
), wanted AS (
    SELECT DISTINCT ON (task_id, agency_id, year) *
      FROM (SELECT * FROM named UNION ALL SELECT * FROM bodies) both_kinds
     ORDER BY task_id, agency_id, year, array_position(ARRAY[{", ".join(f"'{p}'" for p in AgencyPart)}], part::text)
), made AS (
    INSERT INTO programme_assignment
           (task_id, title, origin, agency_id, part, year, due_on, remark, state, version, handed_at)
    SELECT task_id, '', '', agency_id, part, year, due_on, '', '{AssignmentState.TO_DO}', 1, %(at)s FROM wanted
        ON CONFLICT DO NOTHING
    RETURNING id, due_on
), told AS (
    INSERT INTO programme_assignmentstep (assignment_id, kind, state, due_on, note, at)
    SELECT id, '{AssignmentStepKind.HANDED_DOWN}', '{AssignmentState.TO_DO}', due_on, '', %(at)s FROM made
)
SELECT count(*) FROM made
"""


@transaction.atomic
def make_assignments(*, year: int, day: dt.date, at: dt.datetime, plans: Iterable[Plan] | None = None) -> int:
    """For each task of a plan in force (of `plans`, if named) one assignment for the responsible body of each unit that
    it asks on `day`, and for the bodies that it names; return how many were new. Made again, nothing changes.

    The body that answers for the programme in a unit does; where the clause names a branch, that branch's, where the
    unit has one. A plan of a unit that has ended goes on asking what its land became (as `queries.binding`). The plans
    are locked: one that is being ended is read as it is afterwards, one that is ended later drops what was made here.
    """
    current = Plan.objects.asking(day)
    if plans is not None:
        current = current.filter(pk__in=[plan.pk for plan in plans])
    locked = current.select_for_update(of=("self",), no_key=True).order_by("pk")
    in_force = list(locked.select_related("unit"))
    rows = list(_asked(Task.objects.filter(plan__in=in_force), year))
    if not rows:
        return 0
    ended = [plan for plan in in_force if not plan.unit.holds_on(day)]
    heirs = [(plan.pk, unit) for plan in ended for unit in _heirs(plan.unit, day)]
    tasks, of_plans, tiers, kinds, years, dues = zip(*rows, strict=True)
    with many_rows(), connection.cursor() as cursor:
        cursor.execute(
            _MAKE,
            {
                "day": day,
                "at": at,
                "tasks": list(tasks),
                "plans": list(of_plans),
                "tiers": list(tiers),
                "kinds": list(kinds),
                "years": list(years),
                "dues": list(dues),
                "standing": [plan.pk for plan in in_force if plan.unit.holds_on(day)],
                "inherited": [plan for plan, _unit in heirs],
                "heirs": [unit for _plan, unit in heirs],
            },
        )
        return int(cursor.fetchone()[0])


def _asked(tasks: QuerySet[Task], year: int) -> Iterator[tuple[int, int, str, str, int | None, dt.date | None]]:
    for task in tasks.prefetch_related("agencies").order_by("plan", "ordinal"):
        if is_asked_in(task, year):
            for tier in task.tiers:
                kinds = ",".join(kinds_asked(task, tier))
                yield task.pk, task.plan_id, tier, kinds, year_of(task, year), handed_down_due_on(task, year)


def _heirs(unit: AdminUnit, day: dt.date) -> set[int]:
    """The units that stand on `day` and got land of `unit`, or of what ever lay in it."""
    look_at = set(UnitAncestry.objects.filter(ancestor=unit).values_list("unit", flat=True))
    seen: set[int] = set(look_at)
    while look_at:
        rows = Succession.objects.filter(predecessor__in=look_at, effective_on__lte=day)
        look_at = set(rows.values_list("successor", flat=True)) - seen
        seen |= look_at
    return set(AdminUnit.objects.on(day).filter(pk__in=seen).values_list("pk", flat=True))
