"""Visits of inspections, what was found, and how far a place is."""

import datetime as dt
import uuid
from typing import Annotated, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.inspection.enums import Chosen, Seen, Severity, VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.queries.figures import inspection_figures
from hocsuotdoi.inspection.queries.visits import Found, VisitReading, in_words, reading_of_visit

router = ApiRouter("inspection", tag=_("Inspection"))


class VisitShape(Shape):
    """One visit at one institution."""

    id: uuid.UUID
    institution: str = Field(description=_("Code of the institution"))
    institution_name: str
    plan: str
    agency_name: str = Field(description=_("The body whose plan it is"))
    checklist: str
    checklist_version: int
    planned_on: dt.date
    chosen: Chosen = Field(description=_("Why the institution was chosen"))
    state: VisitState
    state_name: str
    began_at: dt.datetime | None
    closed_at: dt.datetime | None
    minutes: str = Field(description=_("Number of the minutes; empty: not written"))
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Visit) -> Self:
        return cls(**_values(each))


class AnswerShape(Shape):
    """One question, and what was seen."""

    item: int
    part: str
    question: str
    source: str = Field(description=_("The text on which the question rests"))
    seen: Seen | None
    seen_name: str
    number: float | None
    words: str
    seen_at: dt.datetime | None
    seen_by: str


class FindingShape(Shape):
    """What the team concluded, and what followed."""

    id: uuid.UUID
    severity: Severity
    severity_name: str
    text: str
    demand: str
    due_on: dt.date | None
    task: int | None = Field(description=_("The task that followed"))
    is_mended: bool

    @classmethod
    def of(cls, found: Found) -> Self:
        finding = found.finding
        return cls(
            id=finding.pk,
            severity=Severity(finding.severity),
            severity_name=name_of(Severity, finding.severity),
            text=finding.text,
            demand=finding.demand,
            due_on=finding.due_on,
            task=found.task.pk if found.task else None,
            is_mended=found.is_mended,
        )


class VisitEntry(VisitShape):
    team: list[str] = Field(description=_("Names; the leader first"))
    met: str
    opinion: str
    conclusion: str
    answers: list[AnswerShape]
    findings: list[FindingShape]
    photos: list[str] = Field(description=_("Addresses of the pictures"))


class VisitFilter(Asked):
    state: VisitState | None = Field(None, description=_("Only visits in this state"))
    institution: Annotated[str, Readable] = Field("", max_length=120, description=_("Only those at this institution"))
    mine: bool = Field(False, description=_("Only those whose team you belong to"))


class FiguresAsked(Shape):
    unit: Annotated[str, Readable] = Field(max_length=10, description=_("Code of the unit"), examples=["19"])
    year: int = Field(ge=2020, le=2100, examples=[2026])


class InspectionFiguresShape(Shape):
    """How far inspection is in a place and a year."""

    expected: int = Field(description=_("Institutions that stand there; the armed forces’ are not counted"))
    visited: int = Field(description=_("Institutions of them with a visit closed in the year"))
    visits: int
    planned: int = Field(description=_("Visits of the year that are still to come or under way"))
    findings: dict[str, int] = Field(description=_("By severity"))
    to_mend: int
    mended: int
    late: int = Field(description=_("Not mended although the day has passed"))


@router.get(
    "/inspection/visits",
    response=Listed[VisitShape],
    summary=_("Visits"),
    description=_(
        "Of all institutions whose inspections you may see: those under way first, then the next, then past."
    ),
)
@requires(Permission.VIEW_INSPECTION)
def visit_list(request: HttpRequest, asked: Query[VisitFilter]) -> Listed:
    rows = Visit.objects.visible_to(request.user, timezone.localdate())
    if asked.mine:
        rows = rows.of(request.user)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.institution:
        rows = rows.filter(institution__code=asked.institution)
    return listed(in_words(rows), asked, VisitShape.of)


@router.get(
    "/inspection/visits/{uuid:pk}",
    response=VisitEntry,
    summary=_("One inspection"),
    description=_("With what was seen of each question, what was found, and what has been mended."),
)
@requires(Permission.VIEW_INSPECTION)
def inspection_visit_detail(request: HttpRequest, pk: uuid.UUID) -> VisitEntry:
    day = timezone.localdate()
    visit = get_object_or_404(in_words(Visit.objects.visible_to(request.user, day)), pk=pk)
    return _entry(visit, reading_of_visit(visit, day))


@router.get(
    "/inspection/figures",
    response=InspectionFiguresShape,
    summary=_("How far inspection is"),
    description=_("In a unit that you may inspect or whose inspections you may see, in one year."),
)
@requires(Permission.VIEW_INSPECTION)
def inspection_figure_detail(request: HttpRequest, asked: Query[FiguresAsked]) -> InspectionFiguresShape:
    day = timezone.localdate()
    unit = units_covered(request.user, Permission.VIEW_INSPECTION, day).filter(code=asked.unit).first()
    if unit is None:
        raise BadField("unit", gettext("There is no such unit, or you may not see its inspections."))
    found = inspection_figures(unit, asked.year, day)
    return InspectionFiguresShape(
        expected=found.expected,
        visited=found.visited,
        visits=found.visits,
        planned=found.planned,
        findings=found.findings,
        to_mend=found.to_mend,
        mended=found.mended,
        late=found.late,
    )


def _values(each: Visit) -> dict:
    return {
        "id": each.pk,
        "institution": each.institution.code,
        "institution_name": each.institution.name,
        "plan": each.plan.title,
        "agency_name": each.plan.agency.name,
        "checklist": each.checklist.title,
        "checklist_version": each.checklist.version,
        "planned_on": each.planned_on,
        "chosen": Chosen(each.chosen),
        "state": VisitState(each.state),
        "state_name": name_of(VisitState, each.state),
        "began_at": _local(each.began_at),
        "closed_at": _local(each.closed_at),
        "minutes": each.minutes_number,
        "page": address("workspace:inspection-visit-detail", each.pk),
    }


def _entry(visit: Visit, reading: VisitReading) -> VisitEntry:
    answers = [
        AnswerShape(
            item=each.item.pk,
            part=part.heading,
            question=each.item.question,
            source=each.item.source,
            seen=Seen(each.answer.seen) if each.answer and each.answer.seen else None,
            seen_name=name_of(Seen, each.answer.seen) if each.answer and each.answer.seen else "",
            number=float(each.answer.number) if each.answer and each.answer.number is not None else None,
            words=each.answer.words if each.answer else "",
            seen_at=_local(each.answer.seen_at) if each.answer else None,
            seen_by=each.answered_by,
        )
        for part in reading.parts
        for each in part.asked
    ]
    photos = [*reading.photos, *(photo for part in reading.parts for each in part.asked for photo in each.photos)]
    return VisitEntry(
        **_values(visit),
        team=reading.team,
        met=visit.met,
        opinion=visit.opinion,
        conclusion=visit.conclusion,
        answers=answers,
        findings=[FindingShape.of(each) for each in reading.found],
        photos=[address("workspace:inspection-photo-open", visit.pk, photo.digest) for photo in photos],
    )


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return timezone.localtime(moment) if moment else None
