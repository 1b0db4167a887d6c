"""Deciding what becomes of tasks whose tier, unit or body is no more: on an act, with a reason, many at once."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency, LegalAct
from hocsuotdoi.programme.enums import BINDING, AgencyPart, AssignmentState, RehomingKind
from hocsuotdoi.programme.models import Assignment, Plan, Task, TaskRehoming
from hocsuotdoi.programme.operations.assignment import drop_all, hand_down
from hocsuotdoi.programme.operations.rehoming import BadRehoming, NotRehomed, reason_of_decision
from hocsuotdoi.programme.queries.asked import Asked, asked_bodies, holding
from hocsuotdoi.programme.queries.land import heirs_of_all


@transaction.atomic
def rehome_tasks(
    tasks: Sequence[Task],
    *,
    kind: RehomingKind,
    effective_on: dt.date,
    legal_act: LegalAct,
    reason: str,
    by: Person,
    at: dt.datetime,
    today: dt.date,
    units: Sequence[AdminUnit] = (),
    bodies: Sequence[Agency] = (),
    agency_kind: str = "",
    part: AgencyPart = AgencyPart.LEAD,
) -> list[TaskRehoming]:
    """One decision about each of `tasks`, and return its rows.

    Taken over: by each of `bodies`, and by the body of `agency_kind` in each of `units`, which get the tasks of this
    year at once and later ones as the plan's own. Dropped: nobody in `units`, or on the land of one that has ended, is
    asked. The tasks stay as issued; whoever does not lie there goes on being asked; a later decision for the same task
    and unit takes the place of this one, and what the earlier one asked and this one does not is asked no longer. That
    a person may decide for the plan and for each unit is the surface's question. Refused: nothing chosen, no reason, a
    plan that is no longer in force, a day that has not come, bodies or units that do not stand, a unit without such a
    body. The same decision sent again changes nothing.
    """
    if not tasks:
        raise NotRehomed(_("Choose at least one task."))
    reason = reason_of_decision(reason, effective_on, today)
    plans = _locked(tasks)
    if kind == RehomingKind.REPLACED:
        raise BadRehoming(
            _("A task is taken over or no longer pursued; a later plan brings its own tasks."), field="kind"
        )
    if kind == RehomingKind.DROPPED:
        bodies, agency_kind = (), ""
    _check(kind, units, bodies, agency_kind, today)
    receiving: list[tuple[AdminUnit, Agency | None, str]] = [
        (body.unit, body, "") for body in dict.fromkeys(bodies) if body.unit is not None
    ]
    receiving += [(unit, None, agency_kind) for unit in dict.fromkeys(units)]
    said = {"kind": kind, "part": part if kind == RehomingKind.TAKEN_OVER else "", "effective_on": effective_on,
            "legal_act": legal_act, "reason": reason, "by": by.pk, "at": at}  # fmt: skip
    rows = [
        TaskRehoming(task=task, unit=unit, agency=body, agency_kind=of_kind, **said)
        for task in tasks
        for unit, body, of_kind in receiving
    ]
    if known := _said_already(rows):
        return known
    made = TaskRehoming.objects.bulk_create(rows)
    _carry_out(tasks, plans, made, by=by, at=at, today=today)
    return made


def _locked(tasks: Sequence[Task]) -> list[Plan]:
    """Locked: one decision after the other, and none while the plan is being ended or its tasks are being made."""
    plans = Plan.objects.filter(pk__in={task.plan_id for task in tasks}).order_by("pk")
    found = list(plans.select_for_update(of=("self",)).select_related("unit"))
    for plan in found:
        if plan.status not in BINDING:
            raise NotRehomed(
                _("The plan %(plan)s is not in force, so nothing is decided about its tasks.") % {"plan": plan.name}
            )
    return found


def _check(
    kind: RehomingKind, units: Sequence[AdminUnit], bodies: Sequence[Agency], agency_kind: str, today: dt.date
) -> None:
    if kind == RehomingKind.DROPPED:
        if not units:
            raise BadRehoming(_("Choose at least one unit for which this is decided."), field="units")
        return
    if bool(units) != bool(agency_kind):
        raise BadRehoming(
            _("A kind of body goes with the units in which it takes the tasks over."),
            field="units" if agency_kind else "agency_kind",
        )
    if not bodies and not agency_kind:
        raise BadRehoming(
            _("Choose who takes the tasks over: bodies, or a kind of body and its units."), field="agencies"
        )
    for body in bodies:
        if not body.holds_on(today) or body.unit is None:
            raise BadRehoming(_("%(body)s has ended and takes nothing over.") % {"body": body.name}, field="agencies")
    for unit in units:
        if not unit.holds_on(today):
            raise BadRehoming(_("%(unit)s has ended and takes nothing over.") % {"unit": unit.name}, field="units")
    there = Agency.objects.on(today).filter(unit__in=[unit.pk for unit in units], kind=agency_kind, is_sample=False)
    have_one = set(there.values_list("unit", flat=True))
    if without := [unit.name for unit in units if unit.pk not in have_one]:
        raise BadRehoming(
            _("There is no body of this kind («%(kind)s») in: %(units)s.")
            % {"kind": AgencyKind(agency_kind).label, "units": ", ".join(without)},
            field="agency_kind",
        )


def _said_already(rows: Sequence[TaskRehoming]) -> list[TaskRehoming]:
    """The decisions that hold, where they are these very ones; empty where anything is new."""
    found = TaskRehoming.objects.filter(task__in={row.task_id for row in rows}, unit__in={row.unit_id for row in rows})
    held = holding(found)
    asked = {(row.task_id, row.unit_id) for row in rows}
    known = [row for key in asked for row in held.get(key, [])]
    return known if {_said(row) for row in known} == {_said(row) for row in rows} else []


def _said(row: TaskRehoming) -> tuple[object, ...]:
    what = row.task_id, row.unit_id, row.kind, row.agency_id, row.agency_kind, row.part
    return *what, row.effective_on, row.legal_act_id, row.reason


def _carry_out(
    tasks: Sequence[Task],
    plans: Sequence[Plan],
    rows: Sequence[TaskRehoming],
    *,
    by: Person,
    at: dt.datetime,
    today: dt.date,
) -> None:
    """Who is asked now gets the tasks; who is asked no longer there need not do them."""
    units = list({row.unit_id: row.unit for row in rows}.values())
    heirs = heirs_of_all(units, today)
    land = {pk for unit in units for pk in (unit.pk, *(heir.pk for heir in heirs[unit.pk]))}
    asked = [each for each in asked_bodies(plans, tasks, today) if each.unit_id in land]
    note = _("By a decision (%(act)s): %(reason)s") % {"act": rows[0].legal_act.number, "reason": rows[0].reason}
    here = Assignment.objects.filter(task__in=[task.pk for task in tasks], agency__unit__in=land)
    here = here.exclude(year__lt=today.year)
    drop_all(_asked_no_longer(here, asked, rows[0]), note=note, by=by, at=at)
    live = set(here.exclude(state=AssignmentState.DROPPED).values_list("task", "agency"))
    new = [each for each in asked if (each.task_id, each.agency_id) not in live]
    agencies = Agency.objects.in_bulk({each.agency_id for each in new})
    for task in tasks:
        of_task = [(agencies[each.agency_id], each) for each in new if each.task_id == task.pk]
        if of_task:
            hand_down(
                task,
                due={body: each.due_on for body, each in of_task},
                parts={body: AgencyPart(each.part) for body, each in of_task},
                year=today.year,
                remark="",
                note=note,
                by=by,
                at=at,
            )


def _asked_no_longer(here: QuerySet[Assignment], asked: Sequence[Asked], row: TaskRehoming) -> QuerySet[Assignment]:
    """Where nothing is pursued, everything; else what the plan or an earlier decision asked, not what people handed
    down themselves."""
    still = {(each.task_id, each.agency_id) for each in asked}
    gone = here.filter(
        pk__in=[pk for pk, *whose in here.values_list("pk", "task", "agency") if tuple(whose) not in still]
    )
    if row.kind == RehomingKind.DROPPED:
        return gone
    by_decision = TaskRehoming.objects.filter(task=OuterRef("task"), at=OuterRef("handed_at"), by=OuterRef("handed_by"))
    return gone.filter(Q(handed_by=None) | Exists(by_decision))
