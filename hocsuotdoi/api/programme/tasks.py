"""Tasks that were handed down: whose they are, how far, what shows it; reporting, and weighing evidence."""

import datetime as dt
import uuid
from typing import Annotated, Self

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Day, Given, Listed, Readable, Shape, Whole, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import AgencyPart, AssignmentState, AssignmentStepKind, EvidenceVerdict
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.assignment import (
    BadHandDown,
    decide_evidence,
    hand_down,
    hand_down_own,
    report_progress,
)
from hocsuotdoi.programme.operations.confirming import MOST as MOST_AT_ONCE
from hocsuotdoi.programme.operations.confirming import confirm_done
from hocsuotdoi.programme.queries.assignments import (
    Trail,
    by_due_day,
    in_words,
    own_assignments,
    to_report_for,
    trail_of,
)
from hocsuotdoi.programme.queries.due import handed_down_due_on
from hocsuotdoi.programme.queries.evidence import EvidenceReading, Happening, evidence_of
from hocsuotdoi.programme.queries.receivers import (
    MOST,
    receivers,
    receivers_of_own,
    tasks_to_hand_down,
    units_to_hand_down_in,
)
from hocsuotdoi.programme.queries.standing import LATE, SHOWN, standing_on
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
    is_late: bool = Field(
        description=_("Still to be done although its day has passed, and nothing shows that it was done")
    )
    is_shown: bool = Field(description=_("What was held shows that it was done, and nobody has called it done yet"))
    happenings: int | None = Field(description=_("Things held that count for it, as counted last; null: not counted"))
    met_on: dt.date | None = Field(description=_("The day on which what was held first met its rule"))
    version: int = Field(description=_("Send it along when you report: then nobody’s report is overwritten unseen"))
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Assignment) -> Self:
        tally = getattr(each, "tally", None)
        met_on = tally.met_on if tally else None
        standing = standing_on(
            timezone.localdate(), said=each.state, due_on=each.due_on, done_on=each.done_on, met_on=met_on
        )
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
            is_late=standing == LATE,
            is_shown=standing == SHOWN,
            happenings=tally.happenings if tally else None,
            met_on=met_on,
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
    late: bool = Field(
        False,
        description=_("Only what is still to be done although its day has passed, and nothing shows that it was done"),
    )
    shown: bool = Field(False, description=_("Only what was held shows to be done, and nobody has called done yet"))
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


class ShownGiven(Given):
    """One of those that are shown to be done."""

    id: Whole = Field(ge=1, le=2**62)
    version: Whole = Field(ge=1, le=2**31 - 1, description=_("Of the task as you read it"))


class ConfirmGiven(Given):
    """What you call done for what was held."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tasks": [{"id": 12, "version": 1}]}]})

    tasks: list[ShownGiven] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ConfirmedShape(Shape):
    done: list[int] = Field(description=_("Done, on the day on which what was held met its rule"))
    changed: list[int] = Field(description=_("Left as they are: somebody has reported on them since you read them"))
    unshown: list[int] = Field(description=_("Left as they are: what was held does not show it any more"))


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
    if asked.shown:
        rows = rows.shown(day)
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
    "/tasks/confirm",
    response=ConfirmedShape,
    summary=_("Call done what was held shows to be done"),
    description=_("Each on the day on which its rule was met. Sent twice, it is one act."),
)
@requires(Permission.RECORD_PROGRESS)
def task_confirm(request: HttpRequest, given: ConfirmGiven) -> ConfirmedShape:
    now = timezone.now()
    day = timezone.localdate(now)
    versions = {each.id: each.version for each in given.tasks}
    if Assignment.objects.visible_to(request.user, day).filter(pk__in=versions).count() < len(versions):
        raise Http404
    if to_report_for(request.user, day).filter(pk__in=versions).count() < len(versions):
        raise PermissionDenied
    found = confirm_done(versions, by=request.user, at=now)
    return ConfirmedShape(
        done=[each.pk for each in found.done],
        changed=[each.pk for each in found.changed],
        unshown=[each.pk for each in found.unshown],
    )


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


class ReceiverGiven(Given):
    agency: Annotated[str, Readable] = Field(max_length=80, description=_("Code of the body"))
    due_on: Day | None = Field(None, description=_("Its own day; null: the task's"))


class PartGiven(ReceiverGiven):
    part: AgencyPart | None = Field(None, description=_("Its part; null: as it has it, else the lead"))


class HandDownGiven(Given):
    """Which task, to whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"task": 12, "year": 2026, "agencies": [{"agency": "vhxh-01843", "due_on": "2026-12-10"}]}]
        }
    )

    task: Whole = Field(ge=1, le=2**62, description=_("The task's id, from its plan"))
    year: Whole = Field(ge=2000, le=2100)
    agencies: list[PartGiven] = Field(min_length=1, max_length=MOST)
    remark: Annotated[str, Readable] = Field("", max_length=2000, description=_("What you expect"))
    indicator: Annotated[str, Readable] = Field("", max_length=60, description=_("Code of the figure that it serves"))


class OwnTaskGiven(Given):
    """Something that no plan asks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Rà soát tủ sách",
                    "reason": "Theo chỉ đạo của Sở",
                    "key": "0193e3c0-0000-7000-8000-000000000000",
                    "agencies": [{"agency": "vhxh-01843", "due_on": "2026-12-10"}],
                }
            ]
        }
    )

    title: Annotated[str, Readable] = Field(min_length=1, max_length=2000)
    reason: Annotated[str, Readable] = Field(min_length=1, max_length=2000)
    key: uuid.UUID = Field(description=_("Your own; sent again it changes nothing"))
    agencies: list[ReceiverGiven] = Field(min_length=1, max_length=MOST)


class HandedDown(Shape):
    tasks: list[TaskShape]


@router.post(
    "/tasks/hand-down",
    response=HandedDown,
    summary=_("Hand a plan's task down"),
    description=_("To bodies below, each with its own day. One that has it already gets the new day."),
)
@requires(Permission.ASSIGN_TASK)
def task_hand_down(request: HttpRequest, given: HandDownGiven) -> HandedDown:
    now = timezone.now()
    day = timezone.localdate(now)
    task = tasks_to_hand_down(day).prefetch_related("agencies__agency").filter(pk=given.task).first()
    if task is None:
        raise BadHandDown(gettext("No plan in force has this task."), field="task")
    indicator = Indicator.objects.filter(code=given.indicator).first() if given.indicator else None
    if given.indicator and indicator is None:
        raise BadHandDown(
            gettext("There is no indicator with the code %(code)s.") % {"code": given.indicator}, field="indicator"
        )
    may = Agency.objects.none()
    for unit in units_to_hand_down_in(request.user, day):
        may = may | Agency.objects.filter(pk__in=receivers(task, unit, request.user, day).order_by().values("pk"))
    made = hand_down(
        task,
        due=_due(given.agencies, may, handed_down_due_on(task, given.year)),
        parts=_parts(given.agencies, may),
        year=given.year,
        remark=given.remark,
        indicator=indicator,
        by=request.user,
        at=now,
    )
    return _handed(made)


@router.post(
    "/tasks/own",
    response=HandedDown,
    summary=_("Ask for something that no plan asks"),
    description=_("With the reason, which those who are to do it read first."),
)
@requires(Permission.ASSIGN_TASK)
def task_own(request: HttpRequest, given: OwnTaskGiven) -> HandedDown:
    now = timezone.now()
    day = timezone.localdate(now)
    may = Agency.objects.none()
    for unit in units_to_hand_down_in(request.user, day):
        may = may | Agency.objects.filter(pk__in=receivers_of_own(unit, request.user, day).order_by().values("pk"))
    made = hand_down_own(
        title=given.title,
        reason=given.reason,
        due=_due(given.agencies, may, None),
        key=given.key,
        by=request.user,
        at=now,
    )
    return _handed(made)


def _due(given: list[ReceiverGiven], may: QuerySet[Agency], common: dt.date | None) -> dict[Agency, dt.date | None]:
    """Whom one may not ask is refused in the same words as what is not there."""
    days = {each.agency: each.due_on or common for each in given}
    found = {agency.code: agency for agency in may.filter(code__in=days)}
    if unknown := sorted(days.keys() - found.keys()):
        raise BadHandDown(
            gettext("You cannot hand this to “{code}”: it is not among the bodies below yours that are asked.").format(
                code=unknown[0]
            ),
            field="agencies",
        )
    return {found[code]: day for code, day in days.items()}


def _parts(given: list[PartGiven], may: QuerySet[Agency]) -> dict[Agency, AgencyPart]:
    parts = {each.agency: each.part for each in given if each.part}
    return {agency: parts[agency.code] for agency in may.filter(code__in=parts)} if parts else {}


def _handed(made: list[Assignment]) -> HandedDown:
    rows = in_words(Assignment.objects.filter(pk__in=[each.pk for each in made])).order_by("agency__name", "pk")
    return HandedDown(tasks=[TaskShape.of(each) for each in rows])


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
