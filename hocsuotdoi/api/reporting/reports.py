"""Reports of cycles: whose they are, where they lie, what they say; writing, submitting, deciding."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal, Self

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Given, Listed, Readable, Shape, Whole, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import CommandLine, Detail, ExceptionAnswerKind, ReportState, ReportStepKind
from hocsuotdoi.reporting.models import Content, Report
from hocsuotdoi.reporting.models.report import FROZEN
from hocsuotdoi.reporting.operations.approval import approve_report, return_report
from hocsuotdoi.reporting.operations.exceptions import Answer, AnsweredMeanwhile, answer_exceptions
from hocsuotdoi.reporting.operations.report import word_report
from hocsuotdoi.reporting.operations.submission import submit_report, withdraw_report
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import FoundException, exceptions_of
from hocsuotdoi.reporting.queries.inbox import in_words, own_reports, readable_reports, to_approve
from hocsuotdoi.reporting.queries.trail import Trail, trail_of
from hocsuotdoi.reporting.rules import rights_on

router = ApiRouter("reporting", tag=_("Reports"))

LONGEST = 20_000
Words = Annotated[str, Readable]


class ReportShape(Shape):
    """What one body owes in one cycle."""

    id: int
    cycle: str = Field(description=_("Code of the cycle"))
    agency: str = Field(description=_("Code of the body that owes it"))
    agency_name: str
    unit: str = Field(description=_("Code of its unit"))
    line: CommandLine
    detail: Detail
    year: int
    due_on: dt.date
    state: ReportState
    state_name: str
    goes_to: int | None = Field(description=_("The report that it is added up into; null: it is the last"))
    number: str = Field(description=_("Of what was submitted last; empty: nothing lies above"))
    submitted_at: dt.datetime | None
    approved_at: dt.datetime | None
    version: int = Field(description=_("Send it along when you write: then nothing of anybody is overwritten unseen"))
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Report) -> Self:
        assert each.cycle is not None and each.agency is not None and each.due_on is not None  # the lists see to it
        return cls(
            id=each.pk,
            cycle=each.cycle.code,
            agency=each.agency.code,
            agency_name=each.agency.name,
            unit=each.unit.code,
            line=CommandLine(each.line),
            detail=Detail(each.detail),
            year=each.year,
            due_on=each.due_on,
            state=ReportState(each.state),
            state_name=name_of(ReportState, each.state),
            goes_to=each.goes_to_id,
            number=each.submitted.number if each.submitted else "",
            submitted_at=timezone.localtime(each.submitted_at) if each.submitted_at else None,
            approved_at=timezone.localtime(each.approved_at) if each.approved_at else None,
            version=each.version,
            page=address("workspace:reporting-report-detail", each.pk),
        )


class FigureShape(Shape):
    """One number of the report. null parts: not reported, which is not 0."""

    key: str
    label: str
    value_state: str
    numerator: Decimal | None
    denominator: Decimal | None
    words: str
    reporting: int | None
    expected: int | None
    origin: str = Field(description=_("counted, typed or consolidated"))


class OddShape(Shape):
    """What looks odd, and what was said of it."""

    key: str
    rule: str
    words: str
    seen: str = Field(description=_("Stands for its numbers and its answer: send it along with your answer"))
    answer: ExceptionAnswerKind | None = Field(description=_("null: it waits for a word"))
    reason: str

    @classmethod
    def of(cls, each: FoundException) -> Self:
        return cls(
            key=each.key,
            rule=each.rule,
            words=each.words,
            seen=each.seen,
            answer=ExceptionAnswerKind(each.answer.kind) if each.answer else None,
            reason=each.answer.reason if each.answer else "",
        )


class ReportStepShape(Shape):
    kind: ReportStepKind
    number: str
    reason: str
    by: str = Field(description=_("Name of the person; empty: the program"))
    at: dt.datetime

    @classmethod
    def of(cls, trail: Trail) -> Self:
        step = trail.step
        return cls(
            kind=ReportStepKind(step.kind),
            number=step.snapshot.number if step.snapshot else "",
            reason=step.reason,
            by=trail.by,
            at=timezone.localtime(step.at),
        )


class ReportEntry(ReportShape):
    results: str
    difficulties: str
    causes: str
    proposals: str
    figures: list[FigureShape] = Field(description=_("As frozen, once it is submitted; before, as they are now"))
    odd: list[OddShape]
    gaps: list[str] = Field(description=_("What is missing, in sentences"))
    steps: list[ReportStepShape] = Field(description=_("The newest first"))


class ReportFilter(Asked):
    mine: bool = Field(False, description=_("Only of bodies for which you write"))
    to_approve: bool = Field(False, description=_("Only those that wait for your approval"))
    state: ReportState | None = Field(None, description=_("Only in this state"))
    cycle: Annotated[str, Readable] = Field("", max_length=60, description=_("Only of this cycle, by its code"))
    agency: Annotated[str, Readable] = Field("", max_length=80, description=_("Only of this body, by its code"))


class VersionGiven(Given):
    """The version that you read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 3}]})

    version: Whole = Field(ge=1, le=2**31 - 1)


class WordsGiven(VersionGiven):
    """A field that is left out stays as it is; an empty one says what the figures say."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 3,
                    "results": "Tổ chức ngày hội đọc sách",
                    "difficulties": "",
                    "causes": "",
                    "proposals": "Bổ sung kinh phí mua sách",
                }
            ]
        }
    )

    results: Words | None = Field(None, max_length=LONGEST)
    difficulties: Words | None = Field(None, max_length=LONGEST)
    causes: Words | None = Field(None, max_length=LONGEST)
    proposals: Words | None = Field(None, max_length=LONGEST)


class AnswerGiven(Given):
    key: Annotated[str, Readable] = Field(max_length=200)
    seen: str = Field(min_length=1, max_length=64, description=_("As you read it beside the key"))
    reason: Annotated[str, Readable] = Field("", max_length=500, description=_("Empty: it is so"))


class AnswersGiven(Given):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answers": [
                        {"key": "zero|measure:loan:2026", "seen": "5f0c2e9d41b7a836", "reason": "Thư viện sửa chữa"}
                    ]
                }
            ]
        }
    )

    answers: list[AnswerGiven] = Field(min_length=1, max_length=500)


class ReturnGiven(VersionGiven):
    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 3, "reason": "Thiếu số liệu thư viện"}]})

    reason: Annotated[str, Readable] = Field(min_length=1, max_length=2000)


class NotAsked(Refused):
    """An answer to a question that the report does not put."""


class NumbersChanged(Refused):
    """An answer to other numbers than those of now."""


@router.get(
    "/reports",
    response=Listed[ReportShape],
    summary=_("Reports of cycles"),
    description=_("Those on whose line of command you read, the newest cycle first."),
)
@requires(Permission.VIEW_REPORT)
def report_list(request: HttpRequest, asked: Query[ReportFilter]) -> Listed:
    day = timezone.localdate()
    rows = readable_reports(request.user, day)
    if asked.mine:
        rows = rows.filter(pk__in=own_reports(request.user, day).values("pk"))
    if asked.to_approve:
        rows = rows.filter(pk__in=to_approve(request.user, day).values("pk"))
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.cycle:
        rows = rows.filter(cycle__code=asked.cycle)
    if asked.agency:
        rows = rows.filter(agency__code=asked.agency)
    return listed(rows, asked, ReportShape.of)


@router.get(
    "/reports/{int:pk}",
    response=ReportEntry,
    summary=_("One report"),
    description=_("With its words, figures, what looks odd, and everything that happened to it."),
)
@requires(Permission.VIEW_REPORT)
def report_detail(request: HttpRequest, pk: int) -> ReportEntry:
    return entry_of(request, pk)


@router.put(
    "/reports/{int:pk}/words",
    response=ReportEntry,
    summary=_("Write the words of a report"),
    description=_(
        "Where somebody else wrote into other fields since that version, both stand; into the same, it is refused."
    ),
)
@requires(Permission.WRITE_REPORT)
def report_word(request: HttpRequest, pk: int, given: WordsGiven) -> ReportEntry:
    report = report_for(request, pk, "write")
    words = given.model_dump(include={"results", "difficulties", "causes", "proposals"})
    word_report(report, version=given.version, **words, by=request.user, at=timezone.now())
    return entry_of(request, pk)


@router.post(
    "/reports/{int:pk}/exceptions",
    response=ReportEntry,
    summary=_("Answer what looks odd"),
    description=_(
        "It is so, or it is so for a reason. Refused where the numbers are no longer those that you saw, or somebody "
        "has answered otherwise meanwhile."
    ),
)
@requires(Permission.WRITE_REPORT)
def report_answer(request: HttpRequest, pk: int, given: AnswersGiven) -> ReportEntry:
    report = report_for(request, pk, "write")
    day = timezone.localdate()
    found = {each.key: each for each in exceptions_of(report, _content(report, day), day)}
    answers = []
    for each in given.answers:
        if each.key not in found:
            raise NotAsked(gettext("Nothing odd of this name is in the report. Read it again."), field="answers")
        odd = found[each.key]
        if odd.says(each.reason):
            continue
        if each.seen != odd.seen and odd.answer is not None:
            raise AnsweredMeanwhile(gettext("Somebody else has answered this meanwhile."), field="answers")
        if each.seen != odd.seen:
            raise NumbersChanged(
                gettext("Some numbers have changed since you saw them. Look at them again, please."), field="answers"
            )
        answers.append(Answer(each.key, odd.numbers, each.reason, odd.answer.pk if odd.answer else None))
    answer_exceptions(report, answers=answers, by=request.user, at=timezone.now())
    return entry_of(request, pk)


@router.post(
    "/reports/{int:pk}/submit",
    response=ReportEntry,
    summary=_("Submit a report"),
    description=_("Freezes what it says and sends it up. Refused while something odd waits for a word."),
)
@requires(Permission.FREEZE_REPORT)
def report_submit(request: HttpRequest, pk: int, given: VersionGiven) -> ReportEntry:
    report = report_for(request, pk, "submit")
    submit_report(report, version=given.version, by=request.user, at=timezone.now())
    return entry_of(request, pk)


@router.post(
    "/reports/{int:pk}/withdraw",
    response=ReportEntry,
    summary=_("Take a report back"),
    description=_("As long as it is not approved. What was frozen stays in the history."),
)
@requires(Permission.FREEZE_REPORT)
def report_withdraw(request: HttpRequest, pk: int, given: VersionGiven) -> ReportEntry:
    report = report_for(request, pk, "submit")
    withdraw_report(report, version=given.version, by=request.user, at=timezone.now())
    return entry_of(request, pk)


@router.post(
    "/reports/{int:pk}/return",
    response=ReportEntry,
    summary=_("Return a report"),
    description=_("With what is to be put right."),
)
@requires(Permission.APPROVE_REPORT)
def report_return(request: HttpRequest, pk: int, given: ReturnGiven) -> ReportEntry:
    report = report_for(request, pk, "approve")
    return_report(report, version=given.version, reason=given.reason, by=request.user, at=timezone.now())
    return entry_of(request, pk)


@router.post(
    "/reports/{int:pk}/approve",
    response=ReportEntry,
    summary=_("Approve a report"),
    description=_("That very snapshot that was submitted, with what is missing named. Not by who submitted it."),
)
@requires(Permission.APPROVE_REPORT)
def report_approve(request: HttpRequest, pk: int, given: VersionGiven) -> ReportEntry:
    report = report_for(request, pk, "approve")
    approve_report(report, version=given.version, by=request.user, at=timezone.now())
    return entry_of(request, pk)


def _found(request: HttpRequest, pk: int) -> Report:
    """What one may not read is not there; what stands outside of cycles is not told to programs."""
    visible = Report.objects.visible_to(request.user, timezone.localdate()).filter(cycle__isnull=False)
    return get_object_or_404(in_words(visible).defer(None).select_related("approved"), pk=pk)


def report_for(request: HttpRequest, pk: int, right: Literal["write", "submit", "approve"]) -> Report:
    """Raises `PermissionDenied` without that right on it."""
    report = _found(request, pk)
    if not getattr(rights_on(request.user, report, timezone.localdate()), right):
        raise PermissionDenied
    return report


def entry_of(request: HttpRequest, pk: int) -> ReportEntry:
    """As it is after the act."""
    return _entry(_found(request, pk))


def _content(report: Report, day: dt.date) -> Content:
    """As on the page: what was frozen, once it is submitted."""
    if report.state in FROZEN and report.submitted:
        return report.submitted.content
    return cycle_content(report, day)


def _entry(report: Report) -> ReportEntry:
    day = timezone.localdate()
    content = _content(report, day)
    odd = [] if report.state in (ReportState.APPROVED, ReportState.EXCUSED) else exceptions_of(report, content, day)
    return ReportEntry(
        **dict(ReportShape.of(report)),
        results=report.results,
        difficulties=report.difficulties,
        causes=report.causes,
        proposals=report.proposals,
        figures=[
            FigureShape(**{name: each[name] for name in FigureShape.model_fields})  # type: ignore[literal-required]
            for each in content.get("figures", [])
        ],
        odd=[OddShape.of(each) for each in odd],
        gaps=list(content.get("gaps", [])),
        steps=[ReportStepShape.of(each) for each in trail_of(report)],
    )
