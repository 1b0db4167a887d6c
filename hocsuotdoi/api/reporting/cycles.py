"""Cycles of reports: who reports to whom by when, and how far everybody is; states only, no contents."""

import datetime as dt
from typing import Annotated, Self

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, CycleState, Detail, ReportState, ReportsTo, Section
from hocsuotdoi.reporting.models import Cycle, CycleRule, Report
from hocsuotdoi.reporting.queries.cycles import cycles_with_counts, may_set_up, states_visible_to
from hocsuotdoi.reporting.queries.state import ProvinceRow, Tally, country_state

router = ApiRouter("reporting", tag=_("Reporting cycles"))


class CycleShape(Shape):
    """One round of reports."""

    code: str
    title: str
    kind: CycleKind
    owner: str = Field(description=_("Code of the body that set it up and that reports last"))
    owner_name: str
    starts_on: dt.date = Field(description=_("First day of the figures"))
    ends_on: dt.date = Field(description=_("First day after the period"))
    counted_until: dt.date
    map_on: dt.date = Field(description=_("On the map of this day"))
    opens_on: dt.date
    due_on: dt.date = Field(description=_("Units report before this day"))
    sections: list[Section]
    state: CycleState
    state_name: str
    asked: int = Field(description=_("Reports that are asked for, of those whose state is told"))
    approved: int
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Cycle) -> Self:
        return cls(
            code=each.code,
            title=each.title,
            kind=CycleKind(each.kind),
            owner=each.owner.code,
            owner_name=each.owner.name,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            counted_until=each.counted_until,
            map_on=each.map_on,
            opens_on=each.opens_on,
            due_on=each.due_on,
            sections=[Section(section) for section in each.sections],
            state=CycleState(each.state),
            state_name=name_of(CycleState, each.state),
            asked=each.asked,  # type: ignore[attr-defined]  # annotated
            approved=each.approved,  # type: ignore[attr-defined]  # annotated
            page=address("workspace:cycles-cycle-detail", each.code),
        )


class RuleShape(Shape):
    """Which bodies report, and to whom."""

    line: CommandLine
    reporter_kind: AgencyKind
    reporter_tier: Tier
    to: ReportsTo
    to_kind: AgencyKind | None
    to_agency: str | None = Field(description=_("Code of the one named body"))
    due_on: dt.date
    detail: Detail
    classes: list[InstitutionClass] = Field(description=_("Institutions that such a body counts itself"))
    copies_to: list[AgencyKind]

    @classmethod
    def of(cls, each: CycleRule) -> Self:
        return cls(
            line=CommandLine(each.line),
            reporter_kind=AgencyKind(each.reporter_kind),
            reporter_tier=Tier(each.reporter_tier),
            to=ReportsTo(each.to),
            to_kind=AgencyKind(each.to_kind) if each.to_kind else None,
            to_agency=each.to_agency.code if each.to_agency else None,
            due_on=each.due_on,
            detail=Detail(each.detail),
            classes=[InstitutionClass(kind) for kind in each.classes],
            copies_to=[AgencyKind(kind) for kind in each.copies_to],
        )


class CycleEntry(CycleShape):
    rules: list[RuleShape]


class TallyShape(Shape):
    """How many reports are how far."""

    asked: int
    expected: int
    draft: int
    returned: int
    submitted: int
    approved: int
    late: int = Field(description=_("Still owed although their day has come"))
    without_person: int = Field(description=_("Still owed by a body where nobody can write it"))

    @classmethod
    def of(cls, each: Tally) -> Self:
        states = {state.value: each.states[state] for state in ReportState if state != ReportState.EXCUSED}
        return cls(asked=each.asked, late=each.late, without_person=each.unmanned, **states)


class ProvinceShape(Shape):
    unit: str = Field(description=_("Code of the province"))
    name: str
    whole: TallyShape
    lines: dict[CommandLine, TallyShape]
    waits: list[str] = Field(description=_("What waits, on whom, from below upwards"))

    @classmethod
    def of(cls, row: ProvinceRow) -> Self:
        return cls(
            unit=row.unit.code,
            name=row.unit.name,
            whole=TallyShape.of(row.whole),
            lines={CommandLine(line): TallyShape.of(tally) for line, tally in row.lines.items()},
            waits=row.hangs,
        )


class CentralShape(Shape):
    """The report of a body of the country."""

    agency: str | None
    agency_name: str
    line: CommandLine
    state: ReportState
    due_on: dt.date | None

    @classmethod
    def of(cls, each: Report) -> Self:
        return cls(
            agency=each.agency.code if each.agency else None,
            agency_name=str(each.agency or ""),
            line=CommandLine(each.line),
            state=ReportState(each.state),
            due_on=each.due_on,
        )


class StateShape(Shape):
    """The whole country at one look. What the armed forces do is counted only for whom it is told."""

    whole: TallyShape
    lines: dict[CommandLine, TallyShape]
    central: list[CentralShape]
    provinces: list[ProvinceShape]


class CycleFilter(Asked):
    state: CycleState | None = Field(None, description=_("Only in this state"))
    owner: Annotated[str, Readable] = Field("", max_length=80, description=_("Only of this body, by its code"))


@router.get(
    "/cycles",
    response=Listed[CycleShape],
    summary=_("Reporting cycles"),
    description=_("Those that are or were open, the newest first; before, for who may set them up."),
)
@requires(Permission.VIEW_REPORT)
def cycle_list(request: HttpRequest, asked: Query[CycleFilter]) -> Listed:
    day = timezone.localdate()
    rows = Cycle.objects.visible_to(request.user, day)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.owner:
        rows = rows.filter(owner__code=asked.owner)
    return listed(cycles_with_counts(rows, request.user, day).order_by("-due_on", "code"), asked, CycleShape.of)


@router.get("/cycles/{slug:code}", response=CycleEntry, summary=_("One cycle"), description=_("With its rules."))
@requires(Permission.VIEW_REPORT)
def cycle_detail(request: HttpRequest, code: str) -> CycleEntry:
    cycle = _found(request, code)
    rules = cycle.rules.select_related("to_agency")
    return CycleEntry(**dict(CycleShape.of(cycle)), rules=[RuleShape.of(each) for each in rules])


@router.get(
    "/cycles/{slug:code}/state",
    response=StateShape,
    summary=_("How far a cycle is"),
    description=_("Province by province; states only, nothing of what stands in the reports."),
)
@requires(Permission.VIEW_REPORT)
def cycle_state(request: HttpRequest, code: str) -> StateShape:
    cycle = _found(request, code)
    if cycle.state == CycleState.PREPARING:
        raise Http404
    day = timezone.localdate()
    may = may_set_up(request.user, cycle, day)
    state = country_state(cycle, states_visible_to(request.user, cycle, day, may_set_up=may), day)
    return StateShape(
        whole=TallyShape.of(state.whole),
        lines={CommandLine(line): TallyShape.of(tally) for line, tally in state.lines.items()},
        central=[CentralShape.of(each) for each in state.central],
        provinces=[ProvinceShape.of(row) for row in state.rows if row.whole.asked],
    )


def _found(request: HttpRequest, code: str) -> Cycle:
    day = timezone.localdate()
    rows = cycles_with_counts(Cycle.objects.visible_to(request.user, day), request.user, day)
    cycle = rows.filter(code=code).first()
    if cycle is None:
        raise Http404
    return cycle
