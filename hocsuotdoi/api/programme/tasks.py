"""Tasks that were handed down: whose they are, how far, what shows it; reporting, and weighing evidence."""

import datetime as dt
import uuid
from typing import Annotated, Self

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Given, Listed, Readable, Shape, Whole, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.programme.enums import AgencyPart, AssignmentState, AssignmentStepKind, EvidenceVerdict
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.assignment import decide_evidence, report_progress
from hocsuotdoi.programme.queries.assignments import Trail, by_due_day, in_words, own_assignments, trail_of
from hocsuotdoi.programme.queries.evidence import EvidenceReading, Happening, evidence_of
from hocsuotdoi.programme.rules import Rights, rights_on

router = ApiRouter("programme", tag=_("Tasks"))


class TaskShape(Shape):
    """A task as it was handed down to one body."""

    id: int
    title: str
    plan: str | None = Field(description=_("Code of the plan that asks it; null: it comes from no plan"))
    clause: str | None
    agency: str = Field(description=_("Code of the body that is to do it"))
    agency_name: str
    part: AgencyPart
    year: int | None = Field(description=_("null: once and for all"))
    due_on: dt.date | None
    state: AssignmentState
    state_name: str
    percent: int | None
    done_on: dt.date | None
    is_late: bool = Field(description=_("Still to be done although its day has passed"))
    happenings: int | None = Field(description=_("Things held that count for it, as counted last; null: not counted"))
    met_on: dt.date | None = Field(description=_("The day on which what was held first met its rule"))
    version: int = Field(description=_("Send it along when you report: then nobody’s report is overwritten unseen"))
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Assignment) -> Self:
        tally = getattr(each, "tally", None)
        waits = each.state in (AssignmentState.TO_DO, AssignmentState.DOING)
        return cls(
            id=each.pk,
            title=str(each),
            plan=each.task.plan.code if each.task else None,
            clause=each.task.clause.path if each.task else None,
            agency=each.agency.code,
            agency_name=each.agency.name,
            part=AgencyPart(each.part),
            year=each.year,
            due_on=each.due_on,
            state=AssignmentState(each.state),
            state_name=name_of(AssignmentState, each.state),
            percent=each.percent,
            done_on=each.done_on,
            is_late=waits and each.due_on is not None and each.due_on < timezone.localdate(),
            happenings=tally.happenings if tally else None,
            met_on=tally.met_on if tally else None,
            version=each.version,
            page=address("workspace:programme-task-detail", each.pk),
        )


class StepShape(Shape):
    """What happened to it."""

    kind: AssignmentStepKind
    state: AssignmentState
    percent: int | None
    due_on: dt.date | None
    note: str
    by: str = Field(description=_("Name of the person; empty: the program"))
    at: dt.datetime
    files: list[str] = Field(description=_("Names of the files that were handed in"))

    @classmethod
    def of(cls, trail: Trail) -> Self:
        step = trail.step
        return cls(
            kind=AssignmentStepKind(step.kind),
            state=AssignmentState(step.state),
            percent=step.percent,
            due_on=step.due_on,
            note=step.note,
            by=trail.by,
            at=timezone.localtime(step.at),
            files=[file.file_name for file in trail.files],
        )


class HappeningShape(Shape):
    """Something in the book that counts, or was said not to."""

    source_kind: str
    source_id: uuid.UUID
    title: str
    on: dt.date
    institution: str
    verdict: EvidenceVerdict | None = Field(description=_("What a person said of it last; null: the rule found it"))
    reason: str

    @classmethod
    def of(cls, each: Happening) -> Self:
        return cls(
            source_kind=each.source_kind,
            source_id=each.source_id,
            title=each.title,
            on=each.on,
            institution=each.institution,
            verdict=EvidenceVerdict(each.decision.verdict) if each.decision else None,
            reason=each.decision.reason if each.decision else "",
        )


class EvidenceShape(Shape):
    """What shows that it was done, read from the books just now."""

    has_rule: bool = Field(description=_("Whether anything in the books can show it"))
    count: int
    met_on: dt.date | None
    missing: list[str] = Field(description=_("Observance days for which nothing was held"))
    shown: list[HappeningShape] = Field(description=_("The latest that count"))
    rejected: list[HappeningShape]

    @classmethod
    def of(cls, reading: EvidenceReading) -> Self:
        return cls(
            has_rule=reading.has_rule,
            count=reading.count,
            met_on=reading.met_on,
            missing=list(reading.missing),
            shown=[HappeningShape.of(each) for each in reading.shown],
            rejected=[HappeningShape.of(each) for each in reading.rejected],
        )


class TaskEntry(TaskShape):
    remark: str
    evidence: EvidenceShape
    steps: list[StepShape] = Field(description=_("The newest first"))


class TaskFilter(Asked):
    mine: bool = Field(False, description=_("Only of bodies for which you report"))
    late: bool = Field(False, description=_("Only what is still to be done although its day has passed"))
    state: AssignmentState | None = Field(None, description=_("Only in this state"))
    year: int | None = Field(None, ge=2000, le=2100, description=_("Only asked in this year"))
    agency: Annotated[str, Readable] = Field("", max_length=80, description=_("Only of this body, by its code"))


class StepGiven(Given):
    """How far it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "done", "note": "Đã tổ chức", "version": 1}]})

    state: AssignmentState
    version: Whole = Field(ge=1, le=2**31 - 1, description=_("Of the task as you read it"))
    percent: Whole | None = Field(None, ge=0, le=100)
    note: Annotated[str, Readable] = Field("", max_length=5000)


class EvidenceGiven(Given):
    """What you say of one thing in the book."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source_kind": "activities.session",
                    "source_id": "0193e3c0-0000-7000-8000-000000000000",
                    "verdict": "rejected",
                    "reason": "Không phải của phường",
                }
            ]
        }
    )

    source_kind: Annotated[str, Readable] = Field(max_length=60, examples=["activities.session"])
    source_id: uuid.UUID
    verdict: EvidenceVerdict
    reason: Annotated[str, Readable] = Field(min_length=1, max_length=300)


@router.get(
    "/tasks",
    response=Listed[TaskShape],
    summary=_("Tasks handed down"),
    description=_("Of all bodies whose tasks you may see, in the order of their days."),
)
@requires(Permission.VIEW_TASKS)
def task_list(request: HttpRequest, asked: Query[TaskFilter]) -> Listed:
    day = timezone.localdate()
    rows = own_assignments(request.user, day) if asked.mine else Assignment.objects.visible_to(request.user, day)
    if asked.late:
        rows = rows.late(day)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.year:
        rows = rows.filter(year=asked.year)
    if asked.agency:
        rows = rows.filter(agency__code=asked.agency)
    return listed(by_due_day(in_words(rows)), asked, TaskShape.of)


@router.get(
    "/tasks/{int:pk}",
    response=TaskEntry,
    summary=_("One task"),
    description=_("With what shows that it was done and everything that happened to it."),
)
@requires(Permission.VIEW_TASKS)
def task_detail(request: HttpRequest, pk: int) -> TaskEntry:
    return _entry(_found(request, pk))


@router.post(
    "/tasks/{int:pk}/steps",
    response=TaskEntry,
    summary=_("Report on a task"),
    description=_("How far it is. Refused when somebody else has reported since you read it."),
)
@requires(Permission.RECORD_PROGRESS)
def task_report(request: HttpRequest, pk: int, given: StepGiven) -> TaskEntry:
    assignment = _found(request, pk)
    if not _rights(request, assignment).report:
        raise PermissionDenied
    report_progress(
        assignment,
        state=given.state,
        version=given.version,
        percent=given.percent,
        note=given.note,
        by=request.user,
        at=timezone.now(),
    )
    return _entry(_found(request, pk))


@router.post(
    "/tasks/{int:pk}/evidence",
    response=TaskEntry,
    summary=_("Add or reject evidence"),
    description=_("With a reason, which stays beside it. The newest word holds."),
)
@requires(Permission.RECORD_PROGRESS)
def task_weigh(request: HttpRequest, pk: int, given: EvidenceGiven) -> TaskEntry:
    assignment = _found(request, pk)
    allowed = _rights(request, assignment)
    if not (allowed.may_weigh(assignment.state) or (allowed.own and assignment.state == AssignmentState.DROPPED)):
        raise PermissionDenied
    decide_evidence(
        assignment,
        source_kind=given.source_kind,
        source_id=given.source_id,
        verdict=given.verdict,
        reason=given.reason,
        by=request.user,
        at=timezone.now(),
    )
    return _entry(_found(request, pk))


def _found(request: HttpRequest, pk: int) -> Assignment:
    rows = Assignment.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(in_words(rows), pk=pk)


def _rights(request: HttpRequest, assignment: Assignment) -> Rights:
    return rights_on(request.user, assignment, timezone.localdate())


def _entry(assignment: Assignment) -> TaskEntry:
    return TaskEntry(
        **dict(TaskShape.of(assignment)),
        remark=assignment.remark,
        evidence=EvidenceShape.of(evidence_of(assignment, timezone.localdate())),
        steps=[StepShape.of(each) for each in trail_of(assignment)],
    )
