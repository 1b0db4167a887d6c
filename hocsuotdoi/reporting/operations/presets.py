"""Cycles as the programme's documents have them: who reports to whom, by when, on which line, what each counts itself.

The documents name one day, 25 November, by which units report (plan of Bắc Kạn city, closing paragraph), and that there
is a mid-term review in 2025 and a final one in 2030 (Decision 1346). The days after that are ours, and a planner
changes them. They also name one way: whoever has a part in the programme, the armed forces too, reports to the
people's committee by its office for culture. So do these presets, unless a planner lets a line go by its own ministry
(decision 0115).
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, Detail, ReportsTo, Section

EVERYTHING = tuple(Section)
PROVINCES_AFTER, OWNER_AFTER = 10, 25
"""Days after the units' own day."""
_COUNTED_BEFORE = 5
_FIRST_YEAR = 2023  # Decision 1520 is of 9 December 2022


@dataclass(frozen=True)
class RuleGiven:
    """One rule, as it is said when a cycle is set up; `models.CycleRule` explains the fields."""

    line: CommandLine
    reporter_kind: AgencyKind
    reporter_tier: Tier
    to: ReportsTo
    due_on: dt.date
    to_kind: str = ""
    to_agency: Agency | None = None
    detail: Detail = Detail.FULL
    classes: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReminderGiven:
    days: int
    copy: bool = False
    letter: bool = False


@dataclass(frozen=True)
class CycleGiven:
    """What is said about a cycle as a whole."""

    title: str
    kind: CycleKind
    starts_on: dt.date
    ends_on: dt.date
    counted_until: dt.date
    map_on: dt.date
    opens_on: dt.date
    due_on: dt.date
    sections: tuple[str, ...] = EVERYTHING
    addressee: str = ""
    rules: tuple[RuleGiven, ...] = field(default=(), compare=False)
    reminders: tuple[ReminderGiven, ...] = field(default=(), compare=False)


C = InstitutionClass
_EDUCATION = (C.LIBRARY_SCHOOL, C.LIBRARY_UNIVERSITY)
_ARMED_FORCES = (C.LIBRARY_ARMED_FORCES,)
_PROVINCE = (C.LIBRARY_PROVINCE, C.MUSEUM_PROVINCE, C.CULTURE_CENTRE_PROVINCE)
_COUNTRY = (C.LIBRARY_NATIONAL, C.MUSEUM_NATIONAL, C.MUSEUM_MINISTRY)
_COMMUNE = tuple(c for c in C if c not in {*_EDUCATION, *_ARMED_FORCES, *_PROVINCE, *_COUNTRY})
del C

_LINES = {
    AgencyKind.EDUCATION: CommandLine.EDUCATION,
    AgencyKind.MILITARY: CommandLine.MILITARY,
    AgencyKind.POLICE: CommandLine.POLICE,
}
OWN_LINES = tuple(_LINES.values())
"""Those that have a ministry of their own."""

REMINDERS = (
    ReminderGiven(-14),
    ReminderGiven(-3),
    ReminderGiven(1, copy=True),
    ReminderGiven(7, copy=True, letter=True),
)


def yearly(year: int, owner: Agency, *, by_command: Collection[str] = ()) -> CycleGiven:
    """The yearly report. `by_command`: the lines (of `OWN_LINES`) on which the bodies of the provinces report to the
    body above them on their own line, and that ministry to the owner. Culture in the province then gets a copy of what
    education reported, and nothing of the armed forces'. Without a meaning where the owner is not of the country."""
    return _cycle(CycleKind.YEARLY, year, year, f"Báo cáo năm {year}", owner, by_command)


def mid_term(owner: Agency, *, by_command: Collection[str] = ()) -> CycleGiven:
    return _cycle(CycleKind.MID_TERM, _FIRST_YEAR, 2025, f"Sơ kết giai đoạn {_FIRST_YEAR}–2025", owner, by_command)


def final(owner: Agency, *, by_command: Collection[str] = ()) -> CycleGiven:
    return _cycle(CycleKind.FINAL, _FIRST_YEAR, 2030, f"Tổng kết giai đoạn {_FIRST_YEAR}–2030", owner, by_command)


def _cycle(
    kind: CycleKind, first: int, last: int, title: str, owner: Agency, by_command: Collection[str] = ()
) -> CycleGiven:
    due_on = dt.date(last, 11, 25)
    opens_on = dt.date(last, 11, 1)
    return CycleGiven(
        title=title,
        kind=kind,
        starts_on=dt.date(first, 1, 1),
        ends_on=dt.date(last + 1, 1, 1),
        counted_until=due_on - dt.timedelta(days=_COUNTED_BEFORE),
        map_on=opens_on,
        opens_on=opens_on,
        due_on=due_on,
        addressee="Thủ tướng Chính phủ" if owner.kind == AgencyKind.MINISTRY else "",
        rules=tuple(_rules(due_on, owner, by_command)),
        reminders=REMINDERS,
    )


def free(year: int, owner: Agency) -> CycleGiven:
    """Any other round: only the owner reports, until rules say who else."""
    made = _cycle(CycleKind.OTHER, year, year, f"Báo cáo khác năm {year}", owner)
    return replace(made, rules=tuple(_own_rule(owner, made.due_on)), reminders=REMINDERS)


def _rules(due_on: dt.date, owner: Agency, by_command: Collection[str]) -> Iterator[RuleGiven]:
    """Of the Ministry's cycle; one of a province, or of a body that leads no territory, ends with that body."""
    L, K, T, R = CommandLine, AgencyKind, Tier, ReportsTo
    tier = owner.unit.tier if owner.unit else ""
    if owner.kind in LEADING_KINDS and tier in (T.COUNTRY, T.PROVINCE):
        top = K.CULTURE if tier == T.COUNTRY else K(owner.kind)
        yield RuleGiven(L.TERRITORY, K.CULTURE_SOCIETY, T.COMMUNE, R.UNIT_ABOVE, due_on, top, classes=_COMMUNE)
        for kind, line in _LINES.items():
            rule = RuleGiven(line, kind, T.PROVINCE, R.SAME_UNIT, due_on, top, **_of_line(kind))
            if tier == T.COUNTRY and line in by_command:
                copies = (top,) if kind not in ARMED_FORCES else ()
                rule = replace(rule, to=R.COMMAND, to_kind="", copies_to=copies)
            yield rule
    if tier == T.COUNTRY and owner.kind in LEADING_KINDS:
        provinces_due = due_on + dt.timedelta(days=PROVINCES_AFTER)
        named = RuleGiven(L.TERRITORY, K.CULTURE, T.PROVINCE, R.NAMED, provinces_due, to_agency=owner)
        yield replace(named, classes=_PROVINCE)
        yield replace(named, line=L.EDUCATION, reporter_kind=K.EDUCATION, reporter_tier=T.COUNTRY)
        for kind in (K.MILITARY, K.POLICE):
            if _LINES[kind] in by_command:
                yield replace(named, line=_LINES[kind], reporter_kind=kind, reporter_tier=T.COUNTRY, **_of_line(kind))
    yield from _own_rule(owner, due_on)


def _of_line(kind: AgencyKind) -> dict[str, Any]:
    if kind in ARMED_FORCES:
        return {"detail": Detail.TOTALS, "classes": _ARMED_FORCES}
    return {"classes": _EDUCATION}


def _own_rule(owner: Agency, due_on: dt.date) -> Iterator[RuleGiven]:
    kind = AgencyKind(owner.kind)
    tier = Tier(owner.unit.tier) if owner.unit else Tier.COUNTRY
    line = _LINES.get(kind, CommandLine.TERRITORY)
    yield RuleGiven(
        line,
        kind,
        tier,
        ReportsTo.NOBODY,
        due_on + dt.timedelta(days=OWNER_AFTER if tier == Tier.COUNTRY else PROVINCES_AFTER),
        detail=Detail.TOTALS if line in (CommandLine.MILITARY, CommandLine.POLICE) else Detail.FULL,
        classes=_own_classes(kind, tier),
    )


def _own_classes(kind: AgencyKind, tier: Tier) -> tuple[InstitutionClass, ...]:
    """What stands in a territory belongs to who leads it; whoever leads none counts what is of its own line."""
    if kind in LEADING_KINDS:
        return {Tier.COUNTRY: _COUNTRY, Tier.PROVINCE: _PROVINCE}.get(tier, _COMMUNE)
    if kind in ARMED_FORCES:
        return _ARMED_FORCES
    return _EDUCATION if kind == AgencyKind.EDUCATION else ()
