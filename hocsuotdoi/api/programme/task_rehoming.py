"""Tasks that nobody takes any more, and the decision about them. As on the pages."""

import datetime as dt
from typing import Annotated, Self, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.programme.plan_steps import MOST, NEW_ACT, Counted, StepOfPlan, example, plan_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, Whole, listed
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.enums import AgencyPart, RehomingKind
from hocsuotdoi.programme.models import Plan, TaskRehoming
from hocsuotdoi.programme.operations.task_rehoming import rehome_tasks
from hocsuotdoi.programme.queries.untaken import (
    Untaken,
    bodies_to_take,
    tasks_not_taken,
    tasks_to_decide,
    units_to_take,
)

Row = TypeVar("Row", AdminUnit, Agency)

router = ApiRouter("programme", tag=_("Plans"))


class UntakenShape(Shape):
    """A task that nobody leads any more."""

    id: int = Field(description=_("Name it to decide about it"))
    plan: str = Field(description=_("Code of the plan"))
    clause: str
    text: str
    why: str = Field(description=_("What of it is no more, in words"))

    @classmethod
    def of(cls, each: tuple[Plan, Untaken]) -> Self:
        plan, row = each
        return cls(id=row.task.pk, plan=plan.code, clause=row.task.clause.path, text=row.task.text, why=row.why)


class TaskRehomingShape(Shape):
    """What was decided about a task for a unit."""

    task: int
    kind: RehomingKind
    unit: str = Field(description=_("Code of the unit for which it was decided"))
    agency: str | None = Field(description=_("Code of the body that takes it over"))
    agency_kind: AgencyKind | None = Field(description=_("Kind of the unit's body that takes it over"))
    part: AgencyPart | None
    effective_on: dt.date
    legal_act: str = Field(description=_("Number of the act on which it rests"))
    reason: str

    @classmethod
    def of(cls, each: TaskRehoming) -> Self:
        return cls(
            task=each.task_id,
            kind=RehomingKind(each.kind),
            unit=each.unit.code,
            agency=each.agency.code if each.agency else None,
            agency_kind=AgencyKind(each.agency_kind) if each.agency_kind else None,
            part=AgencyPart(each.part) if each.part else None,
            effective_on=each.effective_on,
            legal_act=each.legal_act.number,
            reason=each.reason,
        )


class DecidedTasks(Shape):
    decisions: list[TaskRehomingShape]


class TaskRehomeGiven(StepOfPlan):
    """What is decided, about which tasks, and who takes them over."""

    model_config = example(
        tasks=[12, 13],
        kind="taken_over",
        units=["01843", "01840"],
        agency_kind="culture_society",
        part="lead",
        effective_on="2025-07-01",
        reason="Cấp huyện đã kết thúc, các phường tiếp nhận",
        **NEW_ACT,
    )

    tasks: list[Whole] = Field(
        min_length=1,
        max_length=MOST,
        description=_("Ids of tasks of this plan that nobody takes, or about which something was decided"),
    )
    kind: RehomingKind
    units: list[Annotated[str, Readable]] = Field(
        default_factory=list,
        max_length=MOST,
        description=_("Codes: whose body of the kind takes them over, or for whom they are no longer pursued"),
    )
    agency_kind: AgencyKind | None = None
    agencies: list[Annotated[str, Readable]] = Field(
        default_factory=list, max_length=MOST, description=_("Codes of bodies that take them over")
    )
    part: AgencyPart = AgencyPart.LEAD
    reason: Annotated[str, Readable] = Field(min_length=1, max_length=2000, description=_("Everybody reads it"))
    act_number: Annotated[str, Readable] = Field(min_length=1, max_length=60)


@router.get(
    "/tasks-not-taken",
    response=Listed[UntakenShape],
    summary=_("Tasks that nobody takes"),
    description=_(
        "Of the plans for which the key’s owner answers (of the country’s planners the country’s and the provinces’): "
        "their tier, place or bodies are no more, nothing is decided."
    ),
)
@requires(Permission.EDIT_PLAN)
def task_not_taken_list(request: HttpRequest, asked: Query[Asked]) -> Listed:
    today = timezone.localdate()
    groups = tasks_not_taken(Plan.objects.kept_near(request.user, Permission.EDIT_PLAN, today), today)
    rows = Counted((group.plan, row) for group in groups for row in group.rows)
    return listed(rows, asked, UntakenShape.of)


@router.post(
    "/plans/{slug:code}/task-rehoming",
    response=DecidedTasks,
    summary=_("Decide about tasks that nobody takes"),
    description=_(
        "Taken over or no longer pursued, on an act. The tasks stay as issued; who takes them over gets them at once. "
        "A later decision holds."
    ),
)
@requires(Permission.EDIT_PLAN)
@transaction.atomic
def plan_rehome_tasks(request: HttpRequest, code: str, given: TaskRehomeGiven) -> DecidedTasks:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = plan_of(request, code, today)
    tasks = {task.pk: task for found in tasks_to_decide(plan, today) for task in found}
    if missing := sorted(set(given.tasks) - tasks.keys()):
        words = gettext("{id} is not a task of this plan that nobody takes or about which something was decided.")
        raise BadField("tasks", words.format(id=missing[0]))
    able = _units(request, plan, today)
    made = rehome_tasks(
        [tasks[pk] for pk in dict.fromkeys(given.tasks)],
        kind=given.kind,
        units=_named(given.units, {unit.code: unit for unit in able}, "units"),
        bodies=_named(
            given.agencies, {body.code: body for body in bodies_to_take(able, request.user, today)}, "agencies"
        ),
        agency_kind=given.agency_kind or "",
        part=given.part,
        effective_on=given.effective_on,
        legal_act=given.act(now),
        reason=given.reason,
        by=request.user,
        at=now,
        today=today,
    )
    rows = TaskRehoming.objects.filter(pk__in=[each.pk for each in made]).select_related("unit", "agency", "legal_act")
    return DecidedTasks(decisions=[TaskRehomingShape.of(each) for each in rows.order_by("task", "unit__code", "pk")])


def _units(request: HttpRequest, plan: Plan, today: dt.date) -> list[AdminUnit]:
    """For which the key’s owner may decide; where one that has ended bears the code of one that stands, that is last
    and meant."""
    able = units_to_take(plan, today)
    covered = units_covered(request.user, Permission.EDIT_PLAN, today).filter(pk__in=[unit.pk for unit in able])
    mine = set(covered.values_list("pk", flat=True))
    return sorted((u for u in able if u.pk in mine or not u.holds_on(today)), key=lambda unit: unit.holds_on(today))


def _named(codes: list[str], known: dict[str, Row], field: str) -> list[Row]:
    if missing := sorted(set(codes) - known.keys()):
        said = gettext("“%(code)s” is not among those to which you can give tasks of this plan.")
        raise BadField(field, said % {"code": missing[0]})
    return [known[code] for code in dict.fromkeys(codes)]
