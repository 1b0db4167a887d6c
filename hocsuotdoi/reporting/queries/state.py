"""How far a cycle is: the country province by province, a province report by report, and where each of them hangs."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry
from hocsuotdoi.reporting.enums import OWED, CommandLine, CycleState, ReportState
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.queries.cycles import REPORT_URL
from hocsuotdoi.reporting.rules import somebody_sits

ORDER = (
    ReportState.APPROVED,
    ReportState.SUBMITTED,
    ReportState.RETURNED,
    ReportState.DRAFT,
    ReportState.EXPECTED,
)
"""From what is finished to what has not begun: the order of a bar's parts. Excused reports are asked no more."""


@dataclass
class Tally:
    """How many reports are in each state; `late` and `unmanned` are of those still owed."""

    states: Counter[str] = field(default_factory=Counter)
    late: int = 0
    unmanned: int = 0

    @property
    def asked(self) -> int:
        return sum(self.states[state] for state in ORDER)

    @property
    def handed_in(self) -> int:
        return self.states[ReportState.SUBMITTED] + self.states[ReportState.APPROVED]

    @property
    def owed(self) -> int:
        return sum(self.states[state] for state in OWED)

    @property
    def parts(self) -> list[tuple[str, int]]:
        """For a bar: each state that there is, with its number, in order."""
        return [(state.value, self.states[state]) for state in ORDER if self.states[state]]

    def add(self, row: Mapping[str, object]) -> None:
        self.states[str(row["state"])] += int(row["n"])  # type: ignore[call-overload]
        self.late += int(row["late"])  # type: ignore[call-overload]
        self.unmanned += int(row["unmanned"])  # type: ignore[call-overload]


@dataclass
class ProvinceRow:
    """`below`: reports that are added up within the province; `own`: those that leave it upwards."""

    unit: AdminUnit
    lines: dict[str, Tally]
    below: Tally
    own: Tally

    @property
    def whole(self) -> Tally:
        both = Tally()
        for part in (self.below, self.own):
            both.states += part.states
            both.late += part.late
            both.unmanned += part.unmanned
        return both

    @property
    def hangs(self) -> list[str]:
        """What waits, on whom, from below upwards; empty when the province's report is approved."""
        return [each for each in (*_hanging_below(self.below), *_hanging_above(self.own)) if each]


@dataclass
class CountryState:
    """`central`: reports of the country's own bodies, the last one first."""

    rows: list[ProvinceRow]
    lines: dict[str, Tally]
    whole: Tally
    central: list[Report]


def country_state(cycle: Cycle, reports: QuerySet[Report], day: dt.date) -> CountryState:
    """Three queries, whatever the size. `reports`: those of whose state the reader is told."""
    counted = (
        _with_marks(reports, cycle, day)
        .filter(_lies_in(cycle), unit__ancestries__ancestor__tier=Tier.PROVINCE)
        .order_by()
        .values(
            "state", "line", province=F("unit__ancestries__ancestor"), tier=F("unit__tier"), to=F("goes_to__unit__tier")
        )
        .annotate(n=Count("pk"), late=_late(cycle, day), unmanned=_unmanned())
    )
    provinces = AdminUnit.objects.on(cycle.map_on).filter(tier=Tier.PROVINCE).order_by("sort_key", "pk")
    rows = {unit.pk: ProvinceRow(unit, {}, Tally(), Tally()) for unit in provinces}
    lines: dict[str, Tally] = {}
    whole = Tally()
    for found in counted:
        for tally in (lines.setdefault(found["line"], Tally()), whole):
            tally.add(found)
        if (row := rows.get(found["province"])) is None:
            continue  # a province that came since: its bodies are listed, the country's rows are those of the map
        leaves = found["tier"] == Tier.PROVINCE and found["to"] in (None, Tier.COUNTRY)
        (row.own if leaves else row.below).add(found)
        row.lines.setdefault(found["line"], Tally()).add(found)
    central = list(
        _with_marks(reports, cycle, day)
        .filter(unit__tier=Tier.COUNTRY)
        .select_related("agency", "unit", "goes_to__agency", "submitted")
        .order_by("line", "pk")
    )
    central.sort(key=lambda each: (each.goes_to_id is not None, each.pk))
    for each in central:
        late, unmanned = int(is_late(each, cycle, day)), int(_is_unmanned(each))
        part = {"state": each.state, "n": 1, "late": late, "unmanned": unmanned}
        lines.setdefault(each.line, Tally()).add(part)
        whole.add(part)
    in_order = {line: lines[line] for line in CommandLine.values if line in lines}
    return CountryState(list(rows.values()), in_order, whole, central)


@dataclass(frozen=True)
class ReportRow:
    """One report, as the list of a province shows it: its state and who is to do the next step; nothing of its
    contents."""

    report: Report
    days_late: int
    next_step: str
    waits_on: str
    is_unmanned: bool

    @property
    def url(self) -> str:
        return REPORT_URL.format(pk=self.report.pk)

    @property
    def is_ended(self) -> bool:
        return getattr(self.report, "has_ended", False)


@dataclass(frozen=True)
class Asked:
    """What is looked for in a list."""

    only: str = ""
    line: str = ""
    state: str = ""


ONLY = ("late", "returned", "no_person", "to_approve", "ended")


def report_rows(
    cycle: Cycle, reports: QuerySet[Report], day: dt.date, *, unit: AdminUnit | None = None, asked: Asked = Asked()
) -> list[ReportRow]:
    """The reports at and under `unit` (everywhere if None), the higher tiers first; those that are not asked
    for any more only where that state is looked for. One query."""
    found = _with_marks(reports, cycle, day)
    found = found.filter(state=asked.state) if asked.state else found.exclude(state=ReportState.EXCUSED)
    if unit is not None:
        found = found.filter(_lies_in(cycle), unit__ancestries__ancestor=unit)
    if asked.only == "late":
        found = found.filter(_is_late(cycle, day))
    elif asked.only == "returned":
        found = found.filter(state=ReportState.RETURNED)
    elif asked.only == "no_person":
        found = found.filter(is_manned=False, state__in=OWED)
    elif asked.only == "to_approve":
        found = found.filter(state=ReportState.SUBMITTED)
    elif asked.only == "ended":
        found = found.filter(_has_ended(day), state__in=OWED)
    if asked.line:
        found = found.filter(line=asked.line)
    found = found.select_related("agency", "unit", "goes_to__agency", "submitted")
    rows = [_row(each, cycle, day) for each in found.order_by("unit__sort_key", "line", "pk")]
    tiers = {tier: rank for rank, tier in enumerate(Tier.values)}
    rows.sort(key=lambda row: tiers[row.report.unit.tier])
    return rows


def tally_of(rows: Iterable[ReportRow]) -> dict[str, Tally]:
    """By line of command, of rows that are at hand already."""
    lines: dict[str, Tally] = {}
    for row in rows:
        part = {"state": row.report.state, "n": 1, "late": int(row.days_late > 0), "unmanned": int(row.is_unmanned)}
        lines.setdefault(row.report.line, Tally()).add(part)
    return {line: lines[line] for line in CommandLine.values if line in lines}


def province_of(unit: AdminUnit, day: dt.date) -> AdminUnit | None:
    found = UnitAncestry.objects.on(day).filter(unit=unit, ancestor__tier=Tier.PROVINCE).select_related("ancestor")
    first = found.first()
    return first.ancestor if first else None


def is_late(report: Report, cycle: Cycle, day: dt.date) -> bool:
    return days_late(report, cycle, day) > 0


def days_late(report: Report, cycle: Cycle, day: dt.date) -> int:
    """Units report «before» their day: on the day itself a report that is not there is one day late. 0: it is not."""
    if cycle.state != CycleState.OPEN or report.state not in OWED or report.due_on is None or day < report.due_on:
        return 0
    return (day - report.due_on).days + 1


def next_step(report: Report, cycle: Cycle) -> tuple[str, str]:
    """What has to happen next with it, and the name of the body that is to do it; both empty when nothing has, as in a
    closed cycle, where nobody can do anything."""
    if cycle.state != CycleState.OPEN:
        return "", ""
    body = report.agency.name if report.agency else ""
    receiver = report.goes_to.agency.name if report.goes_to and report.goes_to.agency else body
    return {
        ReportState.EXPECTED: (_("begin and submit"), body),
        ReportState.DRAFT: (_("finish and submit"), body),
        ReportState.RETURNED: (_("correct and submit again"), body),
        ReportState.SUBMITTED: (_("look at it and approve"), receiver),
    }.get(ReportState(report.state), ("", ""))


def _row(report: Report, cycle: Cycle, day: dt.date) -> ReportRow:
    step, on_whom = next_step(report, cycle)
    return ReportRow(report, days_late(report, cycle, day), step, on_whom, _is_unmanned(report))


def _is_unmanned(report: Report) -> bool:
    return report.state in OWED and not report.is_manned  # type: ignore[attr-defined]  # annotated


def _with_marks(reports: QuerySet[Report], cycle: Cycle, day: dt.date) -> QuerySet[Report]:
    return reports.annotate(is_manned=somebody_sits(Permission.WRITE_REPORT, day), has_ended=_has_ended(day))


def _lies_in(cycle: Cycle) -> Q:
    """In what a report's unit lies: on the cycle's map, or where it has come since, as it came."""
    return on(cycle.map_on, "unit__ancestries__") | Q(
        unit__starts_on__gt=cycle.map_on, unit__ancestries__starts_on=F("unit__starts_on")
    )


def _has_ended(day: dt.date) -> Q:
    return (Q(agency__ends_on__isnull=False, agency__ends_on__lte=day)) | Q(
        unit__ends_on__isnull=False, unit__ends_on__lte=day
    )


def _is_late(cycle: Cycle, day: dt.date) -> Q:
    if cycle.state != CycleState.OPEN:
        return Q(pk__in=[])
    return Q(state__in=OWED, due_on__lte=day)


def _late(cycle: Cycle, day: dt.date) -> Count:
    return Count("pk", filter=_is_late(cycle, day))


def _unmanned() -> Count:
    return Count("pk", filter=Q(is_manned=False, state__in=OWED))


def _hanging_below(below: Tally) -> list[str]:
    owed, waiting = below.owed, below.states[ReportState.SUBMITTED]
    return [
        ngettext("{number} body has not submitted", "{number} bodies have not submitted", owed).format(number=owed)
        if owed
        else "",
        ngettext(
            "{number} report waits for the province’s approval",
            "{number} reports wait for the province’s approval",
            waiting,
        ).format(number=waiting)
        if waiting
        else "",
    ]


def _hanging_above(own: Tally) -> list[str]:
    states = own.states
    not_begun, writing = states[ReportState.EXPECTED], states[ReportState.DRAFT]
    returned, waiting = states[ReportState.RETURNED], states[ReportState.SUBMITTED]
    said = (
        (not_begun, ngettext("the province’s report is not begun", "{number} of its reports are not begun", not_begun)),
        (
            writing,
            ngettext("the province’s report is being written", "{number} of its reports are being written", writing),
        ),
        (returned, ngettext("the province’s report was returned", "{number} of its reports were returned", returned)),
        (waiting, ngettext("the province’s report waits above", "{number} of its reports wait above", waiting)),
    )
    return [words.format(number=number) for number, words in said if number]
