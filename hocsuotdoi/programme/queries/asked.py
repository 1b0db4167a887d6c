"""Whom the tasks of plans ask on a day: the body that answers for the programme in each unit that a task asks, the
bodies that it names while they stand, and whoever a recorded decision has given it to (`models.TaskRehoming`)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AgencyPart, RehomingKind
from hocsuotdoi.programme.models import Plan, Task, TaskRehoming
from hocsuotdoi.programme.queries.due import handed_down_due_on, is_asked_in, kinds_asked, year_of
from hocsuotdoi.programme.queries.land import heirs_of_all

_STANDS = "({0}.starts_on IS NULL OR {0}.starts_on <= %(day)s) AND ({0}.ends_on IS NULL OR {0}.ends_on > %(day)s)"

_SOURCES = f"""
WITH asked AS (
    SELECT * FROM unnest(%(tasks)s::bigint[], %(plans)s::bigint[], %(tiers)s::text[], %(kinds)s::text[],
                         %(years)s::int[], %(dues)s::date[]) AS t(task_id, plan_id, tier, kinds, year, due_on)
), without AS (
    SELECT * FROM unnest(%(out_tasks)s::bigint[], %(out_units)s::bigint[],
                         %(out_parts)s::text[]) AS o(task_id, unit_id, part)
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
    SELECT task.task_id, g.id AS agency_id, g.unit_id, a.part, task.year, task.due_on
      FROM (SELECT DISTINCT task_id, plan_id, year, due_on FROM asked) task
      JOIN programme_taskagency a ON a.task_id = task.task_id
      JOIN places_agency g ON g.id = a.agency_id AND {_STANDS.format("g")}
      JOIN bound ON bound.plan_id = task.plan_id AND bound.unit_id = g.unit_id
     WHERE NOT EXISTS (SELECT FROM without o WHERE o.task_id = task.task_id AND o.unit_id = g.unit_id
                                               AND o.part IN ('', a.part))
), given AS (
    SELECT task.task_id, coalesce(d.agency_id, of_kind.id) AS agency_id, d.unit_id, d.part, task.year, task.due_on
      FROM unnest(%(given_tasks)s::bigint[], %(given_units)s::bigint[], %(given_agencies)s::bigint[],
                  %(given_kinds)s::text[], %(given_parts)s::text[]) AS d(task_id, unit_id, agency_id, kind, part)
      JOIN (SELECT DISTINCT task_id, year, due_on FROM asked) task ON task.task_id = d.task_id
      LEFT JOIN LATERAL (SELECT g.id FROM places_agency g
                          WHERE g.unit_id = d.unit_id AND g.kind = d.kind AND NOT g.is_sample AND {_STANDS.format("g")}
                          ORDER BY g.id LIMIT 1) of_kind ON d.agency_id IS NULL
     WHERE of_kind.id IS NOT NULL
        OR EXISTS (SELECT FROM places_agency g WHERE g.id = d.agency_id AND {_STANDS.format("g")})
)
"""

BODIES = f"""{_SOURCES}, bodies AS (
    SELECT DISTINCT ON (asked.task_id, bound.unit_id)
           asked.task_id, g.id AS agency_id, bound.unit_id, '{AgencyPart.LEAD}' AS part, asked.year, asked.due_on
      FROM asked
      JOIN bound ON bound.plan_id = asked.plan_id AND bound.tier = asked.tier
      JOIN places_agency g ON g.unit_id = bound.unit_id AND g.kind = ANY(string_to_array(asked.kinds, ','))
       AND NOT g.is_sample AND {_STANDS.format("g")}
     WHERE NOT EXISTS (SELECT FROM named n WHERE n.task_id = asked.task_id AND n.unit_id = bound.unit_id
                                             AND n.part = '{AgencyPart.LEAD}')
       AND NOT EXISTS (SELECT FROM without o WHERE o.task_id = asked.task_id AND o.unit_id = bound.unit_id
                                               AND o.part IN ('', '{AgencyPart.LEAD}'))
     ORDER BY asked.task_id, bound.unit_id, array_position(string_to_array(asked.kinds, ','), g.kind::text), g.id
), wanted AS (
    SELECT DISTINCT ON (task_id, agency_id, year) *
      FROM (SELECT * FROM named UNION ALL SELECT * FROM bodies UNION ALL SELECT * FROM given) all_kinds
     ORDER BY task_id, agency_id, year, array_position(ARRAY[{", ".join(f"'{p}'" for p in AgencyPart)}], part::text)
)
"""
"""What `params_of` fills in; `wanted` holds task, body, unit, part, year and day due."""

LED = f"""{_SOURCES}
SELECT DISTINCT task_id FROM asked
 WHERE EXISTS (SELECT FROM named n WHERE n.task_id = asked.task_id AND n.part = '{AgencyPart.LEAD}')
    OR EXISTS (SELECT FROM given d WHERE d.task_id = asked.task_id AND d.part = '{AgencyPart.LEAD}')
    OR EXISTS (SELECT FROM bound
                 JOIN places_agency g ON g.unit_id = bound.unit_id AND NOT g.is_sample AND {_STANDS.format("g")}
                WHERE bound.plan_id = asked.plan_id AND bound.tier = asked.tier
                  AND g.kind = ANY(string_to_array(asked.kinds, ','))
                  AND NOT EXISTS (SELECT FROM without o WHERE o.task_id = asked.task_id AND o.unit_id = bound.unit_id
                                                          AND o.part IN ('', '{AgencyPart.LEAD}')))
"""
"""The tasks that somebody in `wanted` leads, without looking for all of them."""

Heirs = Mapping[int, list[AdminUnit]]


@dataclass
class Decisions:
    """What was decided about tasks, as it holds on a day: `given` says whom it asks, `without` where the plan itself
    asks nobody any more in that part (empty: in none), both by task; `dropped` the units for which nothing is asked;
    `renewed` the tasks that were taken over later where they had been dropped."""

    given: list[tuple[int, int, int | None, str | None, str]] = field(default_factory=list)
    without: list[tuple[int, int, str]] = field(default_factory=list)
    dropped: dict[int, list[TaskRehoming]] = field(default_factory=dict)
    renewed: set[int] = field(default_factory=set)
    heirs: Heirs = field(default_factory=dict)


def holding(rows: Iterable[TaskRehoming]) -> dict[tuple[int, int], list[TaskRehoming]]:
    """For each task and unit the rows of its newest act."""
    found: dict[tuple[int, int], list[TaskRehoming]] = {}
    for row in sorted(rows, key=_moment):
        key = (row.task_id, row.unit_id)
        same = [each for each in found.get(key, []) if _moment(each)[:2] == _moment(row)[:2]]
        found[key] = [*same, row]
    return found


def decisions_of(tasks: Sequence[Task], plans: Iterable[Plan], day: dt.date) -> Decisions:
    """No more queries than one where nothing was decided."""
    rows = TaskRehoming.objects.filter(task__in=[task.pk for task in tasks], effective_on__lte=day)
    held = holding(rows.select_related("unit"))
    if not held:
        return Decisions()
    heirs = heirs_of_all({group[0].unit for group in held.values()} | {plan.unit for plan in plans}, day)
    found = Decisions(heirs=heirs)
    for (task, _unit), group in held.items():
        parts = {row.part for row in group}
        found.without += [(task, place, part) for place in _land(group[0].unit, heirs) for part in parts]
        if group[0].kind == RehomingKind.DROPPED:
            found.dropped.setdefault(task, []).append(group[0])
    for (task, _unit), group in held.items():
        drops = [each for each in found.dropped.get(task, []) if group[0].unit_id in _land(each.unit, heirs)]
        ended = any(_moment(each) > _moment(group[0]) for each in drops)
        if group[0].kind == RehomingKind.TAKEN_OVER and not ended:
            found.renewed |= {task} if drops else set()
            found.given += [
                (task, place.pk, row.agency_id, row.agency_kind or None, row.part)
                for row in group
                for place in ([row.unit] if row.agency_id else _standing(row.unit, heirs, day))
            ]
    return found


def params_of(
    plans: Sequence[Plan], tasks: Sequence[Task], year: int, day: dt.date, decisions: Decisions
) -> dict[str, Any] | None:
    """None where nothing is asked in that year. The tasks come with their agencies, the plans with their units."""
    rows = [
        (
            task.pk,
            task.plan_id,
            tier,
            ",".join(kinds_asked(task, tier)),
            year_of(task, year),
            handed_down_due_on(task, year),
        )
        for task in tasks
        if is_asked_in(task, year)
        for tier in task.tiers
    ]
    if not rows:
        return None
    ended = [plan for plan in plans if not plan.unit.holds_on(day)]
    heirs = heirs_of_all((plan.unit for plan in ended), day) if ended else {}
    inherited = [(plan.pk, unit.pk) for plan in ended for unit in heirs[plan.unit_id]]
    asked = dict(zip(("tasks", "plans", "tiers", "kinds", "years", "dues"), _columns(rows, 6), strict=True))
    given = zip(("tasks", "units", "agencies", "kinds", "parts"), _columns(decisions.given, 5), strict=True)
    return {
        "day": day,
        **asked,
        **{f"given_{name}": column for name, column in given},
        **dict(zip(("out_tasks", "out_units", "out_parts"), _columns(decisions.without, 3), strict=True)),
        "standing": [plan.pk for plan in plans if plan.unit.holds_on(day)],
        **dict(zip(("inherited", "heirs"), _columns(inherited, 2), strict=True)),
    }


@dataclass(frozen=True)
class Asked:
    """A body that a task asks."""

    task_id: int
    agency_id: int
    unit_id: int
    part: str
    due_on: dt.date | None


def asked_bodies(plans: Sequence[Plan], tasks: Iterable[Task], day: dt.date) -> list[Asked]:
    """Whom each of `tasks` asks on `day` in its year, where its plan asks at all. A fixed number of queries."""
    asking = list(Plan.objects.asking(day).filter(pk__in=[plan.pk for plan in plans]).select_related("unit"))
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks], plan__in=asking)
    known = list(rows.prefetch_related("agencies"))
    params = params_of(asking, known, day.year, day, decisions_of(known, asking, day))
    if params is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{BODIES} SELECT task_id, agency_id, unit_id, part, due_on FROM wanted", params)
        return [Asked(*row) for row in cursor.fetchall()]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _number in range(width)]


def _moment(row: TaskRehoming) -> tuple[dt.date, dt.datetime, int]:
    return row.effective_on, row.at, row.pk or 0


def _land(unit: AdminUnit, heirs: Heirs) -> set[int]:
    """Ids of the unit and of all that lies in it or has its land."""
    return {unit.pk, *(heir.pk for heir in heirs[unit.pk])}


def _standing(unit: AdminUnit, heirs: Heirs, day: dt.date) -> list[AdminUnit]:
    """The unit; where it has ended since, those of its tier that have its land."""
    return [unit] if unit.holds_on(day) else [heir for heir in heirs[unit.pk] if heir.tier == unit.tier]
