"""Tasks of plans in force that nobody takes any more: their tier or the bodies that they name have ended, or nobody of
the kind exists. As a target (`queries.rehoming`), a task is taken, settled by a recorded decision, or nobody's."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, UnitAncestry
from hocsuotdoi.programme.enums import AgencyPart, AssignmentState, RehomingKind
from hocsuotdoi.programme.models import Assignment, Plan, Task, TaskRehoming
from hocsuotdoi.programme.queries.asked import LED, Decisions, decisions_of, holding, params_of
from hocsuotdoi.programme.queries.due import RESPONSIBLE, is_asked_in, kinds_asked
from hocsuotdoi.programme.queries.land import heirs_of_all
from hocsuotdoi.programme.queries.plan_finding import day_text
from hocsuotdoi.programme.queries.rehoming import is_decided_for_all, units_of


@dataclass(frozen=True)
class Untaken:
    """`why`: in words, what of it is no more."""

    task: Task
    why: str


@dataclass
class UntakenOfPlan:
    """What nobody takes of one plan, to be decided about in one act."""

    plan: Plan
    rows: list[Untaken]


def tasks_not_taken(plans: Iterable[Plan], day: dt.date) -> list[UntakenOfPlan]:
    """What plans that ask on `day` ask in its year and nobody leads, by plan. A fixed number of queries.

    Somebody leads a task that the plan, or a decision, gives to a body that stands; and one that was handed down to
    such a body by hand, as long as that holds.
    """
    keys = [plan.pk for plan in plans]
    asking = list(Plan.objects.asking(day).filter(pk__in=keys).select_related("unit").order_by("issued_on", "pk"))
    tasks = _asked(asking, day)
    if not tasks:
        return []
    decisions = decisions_of(tasks, asking, day)
    taken = _led(asking, tasks, day, decisions) | _held(tasks, day)
    by_plan = {plan.pk: plan for plan in asking}
    open_tasks = [
        task for task in tasks if task.pk not in taken and not _is_settled(by_plan[task.plan_id].unit, task, decisions)
    ]
    found = {plan.pk: UntakenOfPlan(plan, []) for plan in asking}
    for task in open_tasks:
        found[task.plan_id].rows.append(Untaken(task, _why(task, day)))
    return [each for each in found.values() if each.rows]


def tasks_to_decide(plan: Plan, day: dt.date) -> tuple[list[Task], list[Task]]:
    """What nobody takes of the plan, and the others about which something was decided, so that it can be decided
    anew."""
    open_tasks = [row.task for group in tasks_not_taken([plan], day) for row in group.rows]
    return open_tasks, [task for task in _decided(plan) if task not in open_tasks]


def _decided(plan: Plan) -> list[Task]:
    rows = plan.tasks.filter(rehomings__isnull=False).distinct()
    return list(rows.select_related("clause").prefetch_related("agencies__agency").order_by("ordinal"))


def task_decisions_on(tasks: Iterable[int] | QuerySet) -> dict[int, list[TaskRehoming]]:
    """What was decided about each of these, the newest first. One query."""
    found: dict[int, list[TaskRehoming]] = {}
    rows = TaskRehoming.objects.filter(task__in=tasks).select_related("unit", "agency", "legal_act")
    for row in rows.order_by("-effective_on", "-at", "pk"):
        found.setdefault(row.task_id, []).append(row)
    return found


def words_of_task_decisions(rows: Iterable[TaskRehoming]) -> list[str]:
    """Each act in a sentence: for whom, by which act, from when."""
    acts: dict[tuple[object, ...], list[TaskRehoming]] = {}
    for row in rows:
        acts.setdefault((row.kind, row.part, row.effective_on, row.legal_act_id, row.at), []).append(row)
    return [_sentence(of_act) for of_act in acts.values()]


def decided_here(assignment: Assignment) -> list[tuple[str, str]]:
    """The decisions about its task that hold for the body that is to do it, each with its reason. One query for what
    comes from a plan."""
    if assignment.task_id is None:
        return []
    unit = assignment.agency.unit_id
    held = holding(row for rows in task_decisions_on([assignment.task_id]).values() for row in rows)
    found = [rows for (_task, place), rows in held.items() if place == unit]
    return [(_sentence(rows), rows[0].reason) for rows in found]


def _sentence(rows: Sequence[TaskRehoming]) -> str:
    first = rows[0]
    words = {"act": first.legal_act.number, "day": day_text(first.effective_on)}
    if first.kind == RehomingKind.DROPPED:
        units = ", ".join(row.unit.name for row in rows)
        return _("No longer pursued for %(unit)s from %(day)s (%(act)s).") % (words | {"unit": units})
    who = [row.agency.name if row.agency else f"{row.unit.name} ({AgencyKind(row.agency_kind).label})" for row in rows]
    words |= {"bodies": ", ".join(who), "part": str(AgencyPart(first.part).label)}
    return _("Taken over from %(day)s (%(act)s) by: %(bodies)s; part: %(part)s.") % words


def units_to_take(plan: Plan, day: dt.date) -> list[AdminUnit]:
    """For which units something can be decided about its tasks: its own, those that have its land, and the provinces in
    which these lie. Of a plan of the country the communes are not among them: provinces decide for those."""
    units = units_of(plan, day)
    if plan.unit.tier == Tier.COUNTRY:
        return [unit for unit in units if unit.tier != Tier.COMMUNE]
    above = UnitAncestry.objects.on(day).filter(unit__in=[unit.pk for unit in units])
    provinces = AdminUnit.objects.on(day).filter(tier=Tier.PROVINCE, pk__in=above.values("ancestor"))
    return list(dict.fromkeys([*units, *provinces.order_by("sort_key")]))


def bodies_to_take(units: Iterable[AdminUnit], person: Person, day: dt.date) -> list[Agency]:
    """Bodies of these units that `person` can name in a decision: as in handing down, the armed forces only on their
    own line."""
    standing = Agency.objects.on(day).filter(unit__in=[unit.pk for unit in units], is_sample=False)
    standing = standing.filter(pk__in=agencies_on_line(person, Permission.ASSIGN_TASK, day).values("pk"))
    return list(standing.select_related("unit").order_by("-unit__tier", "unit__sort_key", "name", "pk"))


def came_after(task: Task, unit: AdminUnit, day: dt.date) -> tuple[list[AdminUnit], set[str]]:
    """Where a task of `unit`'s plan can go once its tier or the bodies that it names have ended: the units there that
    stand, and the kinds of bodies that answer for it there. Empty while nothing of it has ended. The task comes with
    its agencies."""
    ended = _ended_bodies(task, day)
    standing = (
        AdminUnit.objects.on(day).filter(tier__in=task.tiers).order_by().values_list("tier", flat=True).distinct()
    )
    if not ended and set(standing) == set(task.tiers):
        return [], set()
    places = [*heirs_of_all([unit], day)[unit.pk], *([unit] if unit.holds_on(day) else [])]
    tiers = {place.tier for place in places}
    of_branch = {kind for tier in task.tiers for kind in kinds_asked(task, tier)[:-1]}
    return places, {*(RESPONSIBLE[Tier(tier)] for tier in tiers), *(body.kind for body in ended), *of_branch}


def _asked(plans: Sequence[Plan], day: dt.date) -> list[Task]:
    rows = Task.objects.filter(plan__in=plans).exclude(tiers=[]).select_related("clause")
    rows = rows.prefetch_related("agencies__agency").order_by("plan__issued_on", "plan", "ordinal")
    return [task for task in rows if is_asked_in(task, day.year)]


def _led(plans: Sequence[Plan], tasks: Sequence[Task], day: dt.date, decisions: Decisions) -> set[int]:
    params = params_of(plans, tasks, day.year, day, decisions)
    with connection.cursor() as cursor:
        cursor.execute(LED, params)
        return {task for (task,) in cursor.fetchall()}


def _held(tasks: Sequence[Task], day: dt.date) -> set[int]:
    """Led by a body that stands and has it this year, whoever handed it down."""
    rows = Assignment.objects.filter(on(day, "agency__"), task__in=[task.pk for task in tasks], part=AgencyPart.LEAD)
    rows = rows.exclude(state=AssignmentState.DROPPED).exclude(year__lt=day.year).exclude(year__gt=day.year)
    return set(rows.order_by().values_list("task", flat=True).distinct())


def _is_settled(unit: AdminUnit, task: Task, decisions: Decisions) -> bool:
    dropped = decisions.dropped.get(task.pk, [])
    return bool(dropped) and task.pk not in decisions.renewed and is_decided_for_all(unit, dropped, decisions.heirs)


def _ended_bodies(task: Task, day: dt.date) -> list[Agency]:
    named = [part.agency for part in task.agencies.all() if part.agency is not None]
    return [body for body in named if not body.holds_on(day)]


def _why(task: Task, day: dt.date) -> str:
    ended = _ended_bodies(task, day)
    if ended:
        return _("Ended: %(bodies)s.") % {"bodies": ", ".join(dict.fromkeys(body.name for body in ended))}
    if task.tiers == [Tier.DISTRICT]:
        return _("It asks districts only, and there are none any more.")
    return _("No body that it asks stands there.")
