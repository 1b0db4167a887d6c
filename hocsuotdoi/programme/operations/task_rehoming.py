"""Deciding what becomes of tasks whose tier, unit or body is no more: on an act, with a reason, many at once."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency, LegalAct
from hocsuotdoi.programme.enums import BINDING, AgencyPart, AssignmentState, RehomingKind
from hocsuotdoi.programme.models import Assignment, Plan, Task, TaskRehoming
from hocsuotdoi.programme.operations.assignment import change_parts, drop_all, hand_down
from hocsuotdoi.programme.operations.rehoming import BadRehoming, NotRehomed, reason_of_decision
from hocsuotdoi.programme.queries.asked import Asked, asked_bodies, holding
from hocsuotdoi.programme.queries.land import heirs_of_all
from hocsuotdoi.programme.queries.plan_finding import day_text


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
    body, armed forces of another line of command, a day before that of a later decision that holds. The
    same decision sent again changes nothing.
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
    _check(kind, units, bodies, agency_kind, by, today)
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
    _check_later(rows, today)
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
    kind: RehomingKind,
    units: Sequence[AdminUnit],
    bodies: Sequence[Agency],
    agency_kind: str,
    by: Person,
    today: dt.date,
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
    _check_command(bodies, there, by, today)


def _check_command(bodies: Sequence[Agency], of_kind: QuerySet[Agency], by: Person, today: dt.date) -> None:
    """As in handing down, the armed forces get tasks on their own line of command only."""
    forces = [body for body in [*bodies, *of_kind.filter(kind__in=ARMED_FORCES)] if body.kind in ARMED_FORCES]
    if not forces:
        return
    on_line = set(agencies_on_line(by, Permission.ASSIGN_TASK, today).filter(pk__in=[body.pk for body in forces]))
    if others := [body for body in forces if body not in on_line]:
        raise BadRehoming(
            _("%(body)s gets tasks from its own line of command only.") % {"body": others[0].name},
            field="agencies" if others[0] in bodies else "agency_kind",
        )


def _said_already(rows: Sequence[TaskRehoming]) -> list[TaskRehoming]:
    """The decisions that hold, where they are these very ones; empty where anything is new."""
    found = TaskRehoming.objects.filter(task__in={row.task_id for row in rows}, unit__in={row.unit_id for row in rows})
    held = holding(found)
    asked = {(row.task_id, row.unit_id) for row in rows}
    known = [row for key in asked for row in held.get(key, [])]
    return known if {_said(row) for row in known} == {_said(row) for row in rows} else []


def _check_later(rows: Sequence[TaskRehoming], today: dt.date) -> None:
    """Beside a decision of a later day one of an earlier day would say nothing: for the same unit, or where a higher
    one has dropped the task since."""
    tasks = {row.task_id for row in rows}
    later_ones = TaskRehoming.objects.filter(task__in=tasks, effective_on__gt=rows[0].effective_on)
    held = holding(later_ones.select_related("unit", "legal_act"))
    if not held:
        return
    dropped = [group[0] for group in held.values() if group[0].kind == RehomingKind.DROPPED]
    heirs = heirs_of_all({row.unit for row in dropped}, today)
    for row in rows:
        above = [
            each
            for each in dropped
            if each.task_id == row.task_id
            and row.kind == RehomingKind.TAKEN_OVER
            and row.unit_id in {heir.pk for heir in heirs[each.unit_id]}
        ]
        if later := [*held.get((row.task_id, row.unit_id), []), *above]:
            raise BadRehoming(
                _("For %(unit)s a later decision holds, from %(day)s (%(act)s). Decide from that day or a later one.")
                % {"unit": row.unit.name, "day": day_text(later[0].effective_on), "act": later[0].legal_act.number},
                field="effective_on",
            )


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
    """Who is asked now gets the tasks, in the part that is asked; who is asked no longer there need not do them."""
    units = list({row.unit_id: row.unit for row in rows}.values())
    heirs = heirs_of_all(units, today)
    land = {pk for unit in units for pk in (unit.pk, *(heir.pk for heir in heirs[unit.pk]))}
    asked = [each for each in asked_bodies(plans, tasks, today) if each.unit_id in land]
    note = _("By a decision (%(act)s): %(reason)s") % {"act": rows[0].legal_act.number, "reason": rows[0].reason}
    here = Assignment.objects.filter(task__in=[task.pk for task in tasks], agency__unit__in=land)
    here = here.exclude(year__lt=today.year)
    drop_all(_asked_no_longer(here, asked, rows[0]), note=note, by=by, at=at)
    live_rows = here.exclude(state=AssignmentState.DROPPED)
    change_parts(live_rows, _in_another_part(live_rows, asked, rows), note=note, by=by, at=at)
    live = set(live_rows.exclude(year__gt=today.year).values_list("task", "agency"))
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


def _in_another_part(
    live: QuerySet[Assignment], asked: Sequence[Asked], rows: Sequence[TaskRehoming]
) -> dict[int, str]:
    """Keys of what is asked in another part than it has, with that part: of the bodies that the decision names, and of
    what the plan or an earlier decision asked."""
    part_of = {(each.task_id, each.agency_id): each.part for each in asked}
    named = Q(agency__in=[row.agency_id for row in rows if row.agency_id])
    if kind := rows[0].agency_kind:
        named |= Q(agency__kind=kind, agency__unit__in=[row.unit_id for row in rows])
    found = live.filter(named | _not_by_hand()).values_list("pk", "task", "agency", "part")
    return {pk: part_of[task, agency] for pk, task, agency, part in found if part_of.get((task, agency), part) != part}


def _not_by_hand() -> Q:
    """What the plan or a decision asked."""
    by_decision = TaskRehoming.objects.filter(task=OuterRef("task"), at=OuterRef("handed_at"), by=OuterRef("handed_by"))
    return Q(handed_by=None) | Q(Exists(by_decision))


def _asked_no_longer(here: QuerySet[Assignment], asked: Sequence[Asked], row: TaskRehoming) -> QuerySet[Assignment]:
    """Where nothing is pursued, everything; else what the plan or an earlier decision asked, not what people handed
    down themselves; what the armed forces' own command handed down, in no case."""
    still = {(each.task_id, each.agency_id) for each in asked}
    gone = here.filter(
        pk__in=[pk for pk, *whose in here.values_list("pk", "task", "agency") if tuple(whose) not in still]
    )
    if row.kind == RehomingKind.DROPPED:
        return gone.filter(~Q(agency__kind__in=ARMED_FORCES) | _not_by_hand())
    return gone.filter(_not_by_hand())
