"""Plans as they were issued, with what happened to them since. A draft is nobody's but its writers'."""

import datetime as dt
from typing import Annotated, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, require, requires
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Day, Given, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.programme.enums import (
    ClauseKind,
    PlanKind,
    PlanStatus,
    PlanStepKind,
    Recurrence,
    RehomingKind,
    TargetUnit,
)
from hocsuotdoi.programme.models import Clause, Plan, PlanStep, Rehoming, Target, Task
from hocsuotdoi.programme.operations.life import issue_plan
from hocsuotdoi.programme.queries.plan_facts import target_facts
from hocsuotdoi.programme.queries.plan_finding import figure_text
from hocsuotdoi.programme.queries.plan_page import life_of, with_rows
from hocsuotdoi.programme.queries.rehoming import decisions_on
from hocsuotdoi.programme.rules import responsible_unit

router = ApiRouter("programme", tag=_("Plans"))


class PlanShape(Shape):
    """A numbered document under the one above."""

    code: str
    number: str = Field(description=_("As printed; empty where it has none"))
    title: str
    kind: PlanKind
    issuer: str
    unit: str = Field(description=_("Code of the unit for which it was issued"))
    unit_name: str
    parent: str | None = Field(description=_("Code of the plan above"))
    amends: str | None = Field(description=_("Code of the plan that this addendum amends"))
    issued_on: dt.date | None
    status: PlanStatus
    status_name: str
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Plan) -> Self:
        return cls(
            code=each.code,
            number=each.number,
            title=each.title,
            kind=PlanKind(each.kind),
            issuer=each.issuer,
            unit=each.unit.code,
            unit_name=each.unit.name,
            parent=each.parent.code if each.parent else None,
            amends=each.amends.code if each.amends else None,
            issued_on=each.issued_on,
            status=PlanStatus(each.status),
            status_name=name_of(PlanStatus, each.status),
            page=address("portal:programme-plan-detail", each.code),
        )


class RehomingShape(Shape):
    """What was decided about a target whose class or place is no more."""

    target: int
    kind: RehomingKind
    unit: str = Field(description=_("Code of the unit for which it was decided"))
    cohort: str | None = Field(description=_("Code of the class that is asked from then on"))
    replacement: int | None = Field(description=_("Id of the target that takes its place"))
    replacement_plan: str | None = Field(description=_("Code of the plan in which that stands"))
    effective_on: dt.date
    legal_act: str = Field(description=_("Number of the act on which it rests"))
    reason: str

    @classmethod
    def of(cls, each: Rehoming) -> Self:
        return cls(
            target=each.target_id,
            kind=RehomingKind(each.kind),
            unit=each.unit.code,
            cohort=each.cohort_id,
            replacement=each.replacement_id,
            replacement_plan=each.replacement.plan.code if each.replacement else None,
            effective_on=each.effective_on,
            legal_act=each.legal_act.number,
            reason=each.reason,
        )


class TargetShape(Shape):
    id: int = Field(description=_("Name it to decide about it"))
    indicator: str
    cohort: str
    year: int | None
    figure: str = Field(description=_("In words, as the plan states it"))
    unit: TargetUnit

    @classmethod
    def of(cls, each: Target) -> Self:
        return cls(
            id=each.pk,
            indicator=each.indicator_id,
            cohort=each.cohort_id,
            year=each.year,
            figure=figure_text(target_facts(each)),
            unit=TargetUnit(each.unit),
        )


class PlanTaskShape(Shape):
    id: int = Field(description=_("Name it to hand the task down"))
    text: str
    recurrence: Recurrence
    tiers: list[str] = Field(description=_("Units of which tiers it asks"))
    indicator: str | None = Field(description=_("Code of the figure that it serves"))

    @classmethod
    def of(cls, each: Task) -> Self:
        return cls(
            id=each.pk,
            text=each.text,
            recurrence=Recurrence(each.recurrence),
            tiers=each.tiers,
            indicator=each.indicator_id,
        )


class ClauseShape(Shape):
    path: str
    kind: ClauseKind
    heading: str
    text: str
    targets: list[TargetShape]
    tasks: list[PlanTaskShape]

    @classmethod
    def of(cls, each: Clause) -> Self:
        return cls(
            path=each.path,
            kind=ClauseKind(each.kind),
            heading=each.heading,
            text=each.text,
            targets=[TargetShape.of(target) for target in each.targets.all()],
            tasks=[PlanTaskShape.of(task) for task in each.tasks.all()],
        )


class PlanStepShape(Shape):
    """What happened to it."""

    kind: PlanStepKind
    effective_on: dt.date
    other: str | None = Field(description=_("Code of the addendum, or of the plan that takes its place"))
    unit: str | None = Field(description=_("Code of the unit that took it over"))
    legal_act: str | None = Field(description=_("Number of the act on which it rests"))
    reason: str

    @classmethod
    def of(cls, each: PlanStep) -> Self:
        return cls(
            kind=PlanStepKind(each.kind),
            effective_on=each.effective_on,
            other=each.other.code if each.other else None,
            unit=each.unit.code if each.unit else None,
            legal_act=each.legal_act.number if each.legal_act else None,
            reason=each.reason,
        )


class PlanEntry(PlanShape):
    clauses: list[ClauseShape]
    life: list[PlanStepShape] = Field(description=_("The newest first"))
    decisions: list[RehomingShape] = Field(
        description=_("About its targets, the newest first: the first about a target and unit holds")
    )


class PlanFilter(Asked):
    unit: Annotated[str, Readable] = Field("", max_length=10, description=_("Only of the unit with this code"))
    status: PlanStatus | None = Field(None, description=_("Only in this state"))


class IssueGiven(Given):
    """Under which number and of which day it was issued."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "12/KH-UBND", "issued_on": "2026-11-20", "version": "0" * 64}]}
    )

    number: Annotated[str, Readable] = Field(min_length=1, max_length=60)
    issued_on: Day
    version: Annotated[str, Readable] = Field(max_length=64, description=_("Digest of the draft as you read it"))


@router.get(
    "/plans",
    response=Listed[PlanShape],
    summary=_("Plans"),
    description=_("All that were issued, in the order of their days."),
)
@public
def plan_list(request: HttpRequest, asked: Query[PlanFilter]) -> Listed:
    rows = Plan.objects.issued().select_related("unit", "parent", "amends").order_by("issued_on", "code")
    if asked.unit:
        rows = rows.filter(unit__code=asked.unit)
    if asked.status:
        rows = rows.filter(status=asked.status)
    return listed(rows, asked, PlanShape.of)


@router.get(
    "/plans/{slug:code}",
    response=PlanEntry,
    summary=_("One plan"),
    description=_("With its clauses, targets and tasks, and what happened to it since it was issued."),
)
@public
def plan_detail(request: HttpRequest, code: str) -> PlanEntry:
    return entry_of(code)


@router.post(
    "/plans/{slug:code}/issue",
    response=PlanEntry,
    summary=_("Issue a draft"),
    description=_("From then on everybody can read it and nobody can edit it; its tasks are handed down."),
)
@requires(Permission.EDIT_PLAN)
def plan_issue(request: HttpRequest, code: str, given: IssueGiven) -> PlanEntry:
    now = timezone.now()
    today = timezone.localdate(now)
    plan = get_object_or_404(_rows(Plan.objects.visible_to(request.user)), code=code)
    require(request.user, Permission.EDIT_PLAN, responsible_unit(plan, today))
    issued = issue_plan(
        plan,
        version=given.version,
        number=given.number,
        issued_on=given.issued_on,
        by=request.user,
        at=now,
        today=today,
    )
    return entry_of(issued.code)


def _rows(plans):
    return plans.select_related("unit", "parent", "amends")


def entry_of(code: str) -> PlanEntry:
    """An issued plan, whole; 404 where there is none."""
    plan = get_object_or_404(_rows(Plan.objects.issued()), code=code)
    decided = decisions_on(Target.objects.filter(plan=plan).values("pk"))
    return PlanEntry(
        **dict(PlanShape.of(plan)),
        clauses=[ClauseShape.of(each) for each in with_rows(plan.clauses.all())],
        life=[PlanStepShape.of(each) for each in life_of(plan)],
        decisions=[RehomingShape.of(each) for of_target in decided.values() for each in of_target],
    )
