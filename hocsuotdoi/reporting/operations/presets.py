"""Cycles as the programme's documents have them: who reports to whom, by when, on which line, what each counts itself.

The documents name one day, 25 November, by which units report (plan of Bắc Kạn city, closing paragraph), and that there
is a mid-term review in 2025 and a final one in 2030 (Decision 1346). The days after that are ours, and a planner
changes them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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

REMINDERS = (
    ReminderGiven(-14),
    ReminderGiven(-3),
    ReminderGiven(1, copy=True),
    ReminderGiven(7, copy=True, letter=True),
)


def yearly(year: int, owner: Agency, *, education_by_command: bool = False) -> CycleGiven:
    """The yearly report. `education_by_command`: education departments report to the body above them on their own line
    (the ministry of education) and not to culture in their province, which gets a copy."""
    return _cycle(CycleKind.YEARLY, year, year, f"Báo cáo năm {year}", owner, education_by_command)


def mid_term(owner: Agency) -> CycleGiven:
    return _cycle(CycleKind.MID_TERM, _FIRST_YEAR, 2025, f"Sơ kết giai đoạn {_FIRST_YEAR}–2025", owner)


def final(owner: Agency) -> CycleGiven:
    return _cycle(CycleKind.FINAL, _FIRST_YEAR, 2030, f"Tổng kết giai đoạn {_FIRST_YEAR}–2030", owner)


def _cycle(
    kind: CycleKind, first: int, last: int, title: str, owner: Agency, education_by_command: bool = False
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
        rules=tuple(_rules(due_on, owner, education_by_command)),
        reminders=REMINDERS,
    )


def free(year: int, owner: Agency) -> CycleGiven:
    """Any other round: only the owner reports, until rules say who else."""
    made = _cycle(CycleKind.OTHER, year, year, f"Báo cáo khác năm {year}", owner)
    return replace(made, rules=tuple(_own_rule(owner, made.due_on)), reminders=REMINDERS)


def _rules(due_on: dt.date, owner: Agency, education_by_command: bool) -> Iterator[RuleGiven]:
    """Of the Ministry's cycle; one of a province, or of a body that leads no territory, ends with that body."""
    L, K, T, R = CommandLine, AgencyKind, Tier, ReportsTo
    tier = owner.unit.tier if owner.unit else ""
    if owner.kind in LEADING_KINDS and tier in (T.COUNTRY, T.PROVINCE):
        top = K.CULTURE if tier == T.COUNTRY else K(owner.kind)
        yield RuleGiven(L.TERRITORY, K.CULTURE_SOCIETY, T.COMMUNE, R.UNIT_ABOVE, due_on, top, classes=_COMMUNE)
        education = RuleGiven(L.EDUCATION, K.EDUCATION, T.PROVINCE, R.SAME_UNIT, due_on, top, classes=_EDUCATION)
        if education_by_command:
            education = replace(education, to=R.COMMAND, to_kind="", copies_to=(top,))
        yield education
        for line, kind in ((L.MILITARY, K.MILITARY), (L.POLICE, K.POLICE)):
            yield RuleGiven(
                line, kind, T.PROVINCE, R.SAME_UNIT, due_on, top, detail=Detail.TOTALS, classes=_ARMED_FORCES
            )
    if tier == T.COUNTRY and owner.kind in LEADING_KINDS:
        provinces_due = due_on + dt.timedelta(days=PROVINCES_AFTER)
        named = RuleGiven(L.TERRITORY, K.CULTURE, T.PROVINCE, R.NAMED, provinces_due, to_agency=owner)
        yield replace(named, classes=_PROVINCE)
        yield replace(named, line=L.EDUCATION, reporter_kind=K.EDUCATION, reporter_tier=T.COUNTRY)
    yield from _own_rule(owner, due_on)


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
