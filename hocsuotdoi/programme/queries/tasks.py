"""The tasks that plans ask of a unit in a year, with their state and the activities that are evidence for them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.activities.enums import Observance, SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import placed_in
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.enums import TaskState
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.binding import addenda_of, binding_plans
from hocsuotdoi.programme.queries.due import OBSERVED_BY
from hocsuotdoi.programme.queries.due import due_on as day_due
from hocsuotdoi.programme.queries.plan_finding import day_text
from hocsuotdoi.programme.registry import Evidence, evidence_named


@dataclass(frozen=True)
class TaskReading:
    """A task as it stands for a unit in a year. `due_on` is the next day it waits for, None when it has none;
    `rule_in_words` says why the state is what it is; `missing` names the observance days that nothing was held for."""

    task: Task
    plan: Plan
    state: TaskState
    due_on: dt.date | None
    evidence: tuple[Evidence, ...]
    rule_in_words: str
    missing: tuple[str, ...] = ()
    is_inherited: bool = False


@dataclass(frozen=True)
class Held:
    """A session that was held and closed."""

    activity_kind: str
    observance: str
    evidence: Evidence
    themes: tuple[str, ...] = ()


def unit_tasks(unit: AdminUnit, year: int, today: dt.date) -> list[TaskReading]:
    """The tasks of `unit`'s own plan and of the plans above that ask units of its tier, the nearest plan first; after
    those of a plan what its addenda add.

    A fixed number of queries, but for evidence that other areas register (one call for each kind of it).
    """
    day = min(dt.date(year, 12, 31), today)
    by_plan = {binding.plan.pk: binding for binding in binding_plans(unit, day)}
    order = list(by_plan)
    plans = [binding.plan for binding in by_plan.values()]
    tasks = (
        Task.objects.filter(Q(plan__in=plans) | Q(plan__in=addenda_of(plans, day)), tiers__contains=[unit.tier])
        .select_related("clause", "plan")
        .prefetch_related("agencies__agency")
    )

    def place(task: Task) -> tuple[int, dt.date, int, int]:
        """An addendum stands after what it amends and after earlier ones."""
        plan = task.plan
        added_on = (plan.issued_on or dt.date.max) if plan.amends_id else dt.date.min
        return order.index(plan.amends_id or plan.pk), added_on, plan.pk, task.ordinal

    asked = sorted((task for task in tasks if task.due_year in (None, year)), key=place)
    held = held_in(unit, year, today)
    named = {name: evidence_named(name, unit, year) for name in {task.evidence for task in asked} - {""}}
    return [
        read_task(
            task,
            held,
            named.get(task.evidence, []),
            year=year,
            today=today,
            is_inherited=by_plan[task.plan.amends_id or task.plan_id].is_inherited,
        )
        for task in asked
    ]


def held_in(unit: AdminUnit, year: int, today: dt.date) -> list[Held]:
    """What was held and closed in `unit` in `year`, the latest first: but by the armed forces, who report on their own
    line. One query."""
    day = min(dt.date(year, 12, 31), today)
    places = placed_in(unit, day, map_day=day_on_map_of(unit, day))
    sessions = (
        Session.objects.filter(
            institution__in=places.exclude(pk__in=of_armed_forces(day).values("pk")),
            status=SessionStatus.CLOSED,
            starts_at__year=year,
        )
        .select_related("activity", "institution")
        .order_by("-starts_at")
    )
    return [
        Held(
            activity_kind=session.activity.kind,
            observance=session.activity.observance,
            evidence=Evidence(
                title=session.activity.title,
                on=timezone.localdate(session.starts_at),
                kind="activities.session",
                key=str(session.pk),
            ),
            themes=tuple(session.activity.themes),
        )
        for session in sessions
    ]


def read_task(
    task: Task,
    held: Iterable[Held],
    named: list[Evidence],
    *,
    year: int,
    today: dt.date,
    is_inherited: bool = False,
) -> TaskReading:
    """The state of one task, from what was held on a theme that it names.

    Rules: see `_by_observances`, `_by_kinds` and `_by_day`.
    """
    held = [h for h in held if not task.themes or set(h.themes) & set(task.themes)]
    due_on = day_due(task, year)
    if task.observances:
        state, evidence, rule, missing, due_on = _by_observances(task, held, year, today)
    else:
        missing = ()
        of_kind = [h.evidence for h in held if h.activity_kind in task.activity_kinds]
        if task.activity_kinds:
            state, evidence, rule = _by_kinds(task, of_kind, due_on, today)
        else:
            state, evidence, rule = _by_day(named, due_on, today)
    return TaskReading(
        task=task,
        plan=task.plan,
        state=state,
        due_on=due_on,
        evidence=tuple(evidence),
        rule_in_words=rule,
        missing=missing,
        is_inherited=is_inherited,
    )


def _by_observances(
    task: Task, held: list[Held], year: int, today: dt.date
) -> tuple[TaskState, list[Evidence], str, tuple[str, ...], dt.date | None]:
    """Done when something was held for each day that the task names; late when one of them passed without."""
    evidence = [h.evidence for h in held if h.observance in task.observances]
    without = [o for o in task.observances if not any(h.observance == o for h in held)]
    days = {o: dt.date(year, *OBSERVED_BY[Observance(o)]) for o in without if o in OBSERVED_BY}
    names = tuple(str(Observance(o).label) for o in without)
    passed = [o for o in without if o in days and days[o] < today]
    coming = min((day for day in days.values() if day >= today), default=None)
    if not without:
        return TaskState.DONE, evidence, _("Something was held for each day that the task names."), (), None
    if passed:
        words = _("Nothing was held for: %(days)s.") % {"days": "; ".join(str(Observance(o).label) for o in passed)}
        return TaskState.LATE, evidence, words, names, coming
    words = _("Still to come: %(days)s.") % {"days": "; ".join(names)}
    return TaskState.DOING, evidence, words, names, coming


def _by_kinds(
    task: Task, evidence: list[Evidence], due_on: dt.date | None, today: dt.date
) -> tuple[TaskState, list[Evidence], str]:
    """Done for the year when one activity of a kind that the task names was held; late when its day passed without.

    Work without a day («ongoing») is never late, only not yet shown by anything held.
    """
    if evidence:
        return TaskState.DONE, evidence, _("Shown by activities held this year.")
    if due_on is not None and due_on < today:
        return TaskState.LATE, [], _("Its day has passed, and nothing of the kind was held.")
    return TaskState.DOING, [], _("Nothing of the kind has been held yet this year.")


def _by_day(named: list[Evidence], due_on: dt.date | None, today: dt.date) -> tuple[TaskState, list[Evidence], str]:
    """Without activities that could show it: done when another area has evidence, late when the day passed without."""
    if named:
        return TaskState.DONE, named, _("Shown by what was sent.")
    if due_on is not None and due_on < today:
        return TaskState.LATE, [], _("Its day has passed, and nothing shows that it was done.")
    if due_on is not None:
        return TaskState.DOING, [], _("Due on %(day)s; nothing shows yet that it was done.") % {"day": day_text(due_on)}
    return TaskState.DOING, [], _("Ongoing work; nothing recorded shows it by itself.")
