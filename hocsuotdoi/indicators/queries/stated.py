"""Figures that are typed in: what is known of a unit's institutions in a period, what a sheet would change, history."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import StatedColumn, columns_of
from hocsuotdoi.indicators.models import FreshInstitutionMonth, StatedFigure, Statement
from hocsuotdoi.ledger.registry import SourceDescription
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, InstitutionStatus
from hocsuotdoi.places.queries.institutions import institutions_open_during
from hocsuotdoi.places.queries.units import day_on_map_of, units_reading_as

SOURCE_KIND = "indicators.stated"
TIMES, WORTH_A_LOOK = 10, 50
"""So many times as much or as little as before is asked about, where at least one of the two is not small."""
_SLOTS = uuid.UUID("0190b0f4-0d3e-7c5a-9a53-2f4f6d0c8e11")

Spot = tuple[int, StatedColumn]
"""An institution's key and a column."""


def slot_of(institution_id: int, column: StatedColumn, period: Period) -> uuid.UUID:
    """By which the ledger knows a figure again, so that no two postings can stand for it."""
    return uuid.uuid5(_SLOTS, f"{institution_id}/{column.value}/{period.code}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a unit and a period. `institutions` have `place_name`, `last_open` and, where they are within
    the period, `opened_on` and `came_on`: since when they were open, since when in the unit. `stated`: the newest
    figures of exactly this period (None: taken back, or never stated is missing); `recorded`: what the system counted
    by itself; `elsewhere`: another period that overlaps and has a figure of the same."""

    unit: AdminUnit
    period: Period
    today: dt.date
    institutions: list[Institution]
    stated: dict[Spot, StatedFigure]
    recorded: dict[Spot, int]
    elsewhere: dict[Spot, Period]

    def quantity(self, spot: Spot) -> int | None:
        figure = self.stated.get(spot)
        return figure.quantity if figure else None

    def days_words(self, institution: Institution) -> str:
        """Since and until when it was open, where that is not the whole period; that it came here within it."""
        known: Any = institution
        told = []
        if known.opened_on and known.opened_on > self.period.starts_on:
            told.append(_("open since {day}").format(day=day_short(known.opened_on)))
        if known.came_on:
            told.append(
                _("moved here on {day}, counted here for the whole period").format(day=day_short(known.came_on))
            )
        if known.last_open < self.period.counted_until(self.today):
            told.append(_("open until {day}").format(day=day_short(known.last_open)))
        return ", ".join(told)

    @property
    def reported(self) -> set[int]:
        """Institutions of which something stands stated."""
        return {spot[0] for spot, figure in self.stated.items() if figure.quantity is not None}

    @property
    def recording(self) -> set[int]:
        """Institutions of which the system has recorded something by itself."""
        return {spot[0] for spot, quantity in self.recorded.items() if quantity > 0}

    def grown(self) -> list[tuple[Institution, StatedColumn, StatedFigure, int]]:
        """Figures since whose stating the system has recorded more of the same: perhaps counted twice."""
        by_key = {each.pk: each for each in self.institutions}
        return [
            (by_key[key], column, figure, self.recorded[key, column])
            for (key, column), figure in self.stated.items()
            if figure.quantity and self.recorded.get((key, column), 0) > figure.recorded
        ]


def sheet_of(
    unit: AdminUnit, period: Period, today: dt.date, institutions: QuerySet[Institution] | None = None
) -> Sheet:
    """Of the institutions that were open in `unit` on at least one day that counts, or of `institutions` among them:
    one that closed within the period has figures of its days.

    Three queries.
    """
    day = period.counted_until(today)
    expected = institutions_open_during(unit, period.starts_on, day)
    if institutions is not None:
        expected = expected.filter(pk__in=institutions)
    found = list(_with_days(expected, unit, period.starts_on, day).order_by("sort_key", "pk"))
    keys = [each.pk for each in found]
    stated, elsewhere = _stated(keys, period)
    return Sheet(unit, period, today, found, stated, _recorded(keys, period.starts_on, day), elsewhere)


def _with_days(
    institutions: QuerySet[Institution], unit: AdminUnit, first: dt.date, last: dt.date
) -> QuerySet[Institution]:
    """Adds `opened_on`, the day since which it was open when `last_open`, None where it ever was; and `came_on`, the
    day since which its place is in `unit`, where it was elsewhere before within the period."""
    is_open = InstitutionStatus.objects.on(OuterRef("last_open")).filter(state=InstitutionState.ACTIVE)  # type: ignore[arg-type]
    elsewhere = InstitutionPlacement.objects.filter(ends_on__gt=first, ends_on__lte=OuterRef("last_open")).exclude(
        unit__in=units_reading_as(unit, day_on_map_of(unit, last))
    )
    own = Q(institution=OuterRef("pk"))
    return institutions.annotate(
        opened_on=Subquery(is_open.filter(own).values("starts_on")[:1]),
        came_on=Subquery(elsewhere.filter(own).order_by("-ends_on").values("ends_on")[:1]),
    )


def newest_figures(figures: QuerySet[StatedFigure]) -> QuerySet[StatedFigure]:
    """Of each slot among `figures` the row that holds."""
    return figures.order_by("institution_id", "slot", "-revision").distinct("institution_id", "slot")


def _stated(keys: list[int], period: Period) -> tuple[dict[Spot, StatedFigure], dict[Spot, Period]]:
    rows = newest_figures(
        StatedFigure.objects.filter(
            institution__in=keys, starts_on__lt=period.ends_on, ends_on__gt=period.starts_on
        ).select_related("posting")
    )
    own: dict[Spot, StatedFigure] = {}
    elsewhere: dict[Spot, Period] = {}
    for row in rows:
        spot = row.institution_id, StatedColumn(row.column)
        if row.period == period.code:
            own[spot] = row
        elif row.quantity is not None:
            elsewhere[spot] = parse_period(row.period)
    return own, elsewhere


def overlapping(institutions: Collection[int], period: Period) -> dict[Spot, Period]:
    """Where a figure stands for another period that has days of `period`, and which. One query."""
    return _stated(list(institutions), period)[1] if institutions else {}


def _recorded(keys: list[int], first: dt.date, last: dt.date) -> dict[Spot, int]:
    """What stands in the book from anything but stating, by institution and column; a measure's purposes that have no
    column of their own fall into its plain one."""
    # By whole months: a period begins with one, and of the last nothing later than `last` can be in the book.
    rows = (
        FreshInstitutionMonth.objects.filter(institution__in=keys, month__range=(first, last), stated=False)
        .values_list("institution_id", "measure", "purpose")
        .annotate(Sum("quantity"))
        .order_by()
    )
    found: dict[Spot, int] = {}
    for institution_id, measure, purpose, quantity in rows:
        if (column := _column_of(measure, purpose)) is not None:
            found[institution_id, column] = found.get((institution_id, column), 0) + quantity
    return found


_COLUMNS = {each.value: each for each in StatedColumn}


def _column_of(measure: str, purpose: str | None) -> StatedColumn | None:
    return _COLUMNS.get(f"{measure}:{purpose}") or _COLUMNS.get(measure)


# -- what a sheet would change --


class ChangeKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    TAKEN_BACK = "taken_back"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure as it was sent in; `quantity` None asks to take back what stands. `at`: its cell. `is_emptied`: a
    sheet's cell that came back empty, which takes nothing back before a person says so."""

    institution: str
    column: StatedColumn
    quantity: int | None
    at: str = ""
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class Leap:
    """What was stated or counted of the same before, so far from `now` that a zero may be missing or too many."""

    period: Period
    quantity: int
    now: int


@dataclass(frozen=True, slots=True)
class Change:
    """`recorded` is what the system has by itself, beside which the figure would stand; `leap` is there where
    `with_leaps` has found one; `history` and `bounds` say what else asks for a look (`stated_looks`)."""

    institution: Institution
    column: StatedColumn
    before: int | None
    after: int | None
    recorded: int
    at: str
    leap: Leap | None = None
    history: str = ""
    bounds: tuple[str, ...] = ()

    @property
    def asks_for_a_look(self) -> bool:
        return self.leap is not None or bool(self.history or self.bounds)

    @property
    def kind(self) -> ChangeKind:
        if self.before == self.after:
            return ChangeKind.UNCHANGED
        if self.before is None:
            return ChangeKind.NEW
        return ChangeKind.TAKEN_BACK if self.after is None else ChangeKind.CHANGED

    @property
    def is_beside(self) -> bool:
        """Whether it comes on top of what the system recorded, which a person must say is right."""
        return self.kind in (ChangeKind.NEW, ChangeKind.CHANGED) and self.recorded > 0 and bool(self.after)

    @property
    def total(self) -> int:
        return self.recorded + (self.after or 0)

    @property
    def key(self) -> str:
        """By which a form names it."""
        return f"{self.institution.code}/{self.column.value}"


@dataclass(frozen=True, slots=True)
class Wrong:
    at: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """`missing`: institutions of the unit of which the sheet says nothing. `emptied`: figures that stand whose cells
    came back empty; they stay, but for those that a person takes away (`taking`)."""

    changes: list[Change]
    problems: list[Wrong]
    missing: list[Institution]
    sheet: Sheet = field(repr=False)
    emptied: list[Change] = field(default_factory=list)

    def taking(self, keys: Collection[str]) -> "Planned":
        """The plan in which these of the emptied figures are taken back."""
        taken = [each for each in self.emptied if each.key in keys]
        return replace(self, changes=[*self.changes, *taken], emptied=[e for e in self.emptied if e.key not in keys])

    @property
    def effective(self) -> list[Change]:
        return [each for each in self.changes if each.kind != ChangeKind.UNCHANGED]

    @property
    def beside(self) -> list[Change]:
        return [each for each in self.changes if each.is_beside]

    @property
    def needs_reason(self) -> bool:
        """Whether anything stated before would not stand any more."""
        return any(each.kind in (ChangeKind.CHANGED, ChangeKind.TAKEN_BACK) for each in self.changes)

    def count(self, kind: ChangeKind) -> int:
        return sum(each.kind == kind for each in self.changes)

    @property
    def digest(self) -> str:
        """Of what would happen: what a person confirms is what that person has seen."""
        lines = [
            f"{each.institution.pk} {each.column.value} {each.before} {each.after} {each.recorded}"
            for each in [*self.effective, *self.emptied]
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def planned(sheet: Sheet, asked: Iterable[Asked]) -> Planned:
    """What `asked` would change in `sheet`, and what of it cannot be. One query where codes are not known here."""
    by_code = {each.code: each for each in sheet.institutions}
    asked = list(asked)
    strangers = {each.institution for each in asked if not each.is_emptied} - set(by_code)
    names = dict(Institution.objects.filter(code__in=strangers).values_list("code", "name")) if strangers else {}
    changes: list[Change] = []
    problems: list[Wrong] = []
    emptied: list[Change] = []
    for each in asked:
        institution = by_code.get(each.institution)
        if each.is_emptied:
            if institution and (before := sheet.quantity((institution.pk, each.column))) is not None:
                emptied.append(Change(institution, each.column, before, None, 0, each.at))
        elif institution is None:
            problems.append(Wrong(each.at, names.get(each.institution, ""), _stranger(sheet, each, names)))
        elif reason := _why_not(sheet, institution, each):
            problems.append(Wrong(each.at, institution.name, reason))
        else:
            spot = institution.pk, each.column
            recorded = sheet.recorded.get(spot, 0)
            before = sheet.quantity(spot)
            changes.append(Change(institution, each.column, before, each.quantity, recorded, each.at))
    told = {each.institution for each in asked}
    return Planned(changes, problems, [each for each in sheet.institutions if each.code not in told], sheet, emptied)


def with_leaps(changes: Iterable[Change], period: Period) -> list[Change]:
    """The figures that would newly stand, beside what was stated for the same period of the year before or, where
    nothing was, for the period just before. Where the institution's own count stands for it instead, beside that, with
    what the system has counted since. Two queries."""
    changes = list(changes)
    earlier = [period.year_before, period.just_before]
    keys = {each.institution.pk for each in changes}
    rows = newest_figures(
        StatedFigure.objects.filter(
            institution__in=keys,
            starts_on__in=[each.starts_on for each in earlier],
            period__in=[each.code for each in earlier],
        )
    ).values_list("institution_id", "column", "period", "quantity")
    stood = {(key, column, code): quantity for key, column, code, quantity in rows if quantity is not None}
    counted = _counted(keys, earlier)

    def looked_at(change: Change) -> Change:
        for then in earlier:
            spot = change.institution.pk, change.column.value, then.code
            typed, own = stood.get(spot), counted.get(spot, 0)
            if typed is None and not own:
                continue
            before, now = (own, change.total) if own and not typed else (typed or 0, change.after or 0)
            return replace(change, leap=Leap(then, before, now)) if _is_far(before, now) else change
        return change

    new = (ChangeKind.NEW, ChangeKind.CHANGED)
    return [looked_at(each) if each.kind in new else each for each in changes]


def _counted(institutions: Collection[int], periods: Collection[Period]) -> dict[tuple[int, str, str], int]:
    """What the system counted by itself, by institution, column and period's code; only where there was something."""
    months = {month for each in periods for month in each.months}
    rows = FreshInstitutionMonth.objects.filter(institution__in=institutions, month__in=months, stated=False)
    sums = rows.order_by().values_list("institution_id", "measure", "purpose", "month").annotate(Sum("quantity"))
    found: dict[tuple[int, str, str], int] = {}
    for key, measure, purpose, month, quantity in sums:
        if (column := _column_of(measure, purpose)) is None:
            continue
        for code in {each.code for each in periods if each.starts_on <= month < each.ends_on}:
            spot = key, column.value, code
            found[spot] = found.get(spot, 0) + quantity
    return {spot: quantity for spot, quantity in found.items() if quantity > 0}


def _is_far(one: int, other: int) -> bool:
    small, large = sorted((one, other))
    return large >= WORTH_A_LOOK and large >= TIMES * small


def under_another_name(sheet: Sheet, rows: Iterable[tuple[str, str, str]]) -> list[Wrong]:
    """Which rows (institution's code, name beside it, where) bear another institution's name: sorted or pasted without
    their codes. A name that it bore earlier is its own; one query where any name differs."""
    by_code = {each.code: each for each in sheet.institutions}
    differing = [
        (institution, name, at)
        for code, name, at in rows
        if name and (institution := by_code.get(code)) and _plain(name) != _plain(institution.name)
    ]
    if not differing:
        return []
    events = apps.get_model("places", "InstitutionEvent").objects
    keys = {institution.pk for institution, _name, _at in differing}
    bore = events.filter(pgh_obj__in=keys).order_by().values_list("pgh_obj_id", "name").distinct()
    earlier = {(key, _plain(name)) for key, name in bore}
    sentence = _(
        "The code is that of {institution}, but the row says “{name}”. Were the rows sorted or pasted without their "
        "codes? Put the figures into the row of their institution, or take the template anew."
    )
    return [
        Wrong(at, name, sentence.format(institution=institution.name, name=name[:80]))
        for institution, name, at in differing
        if (institution.pk, _plain(name)) not in earlier
    ]


def _plain(name: str) -> str:
    """As names are compared: marks tell institutions apart, how they are written, capitals and spaces do not."""
    return " ".join(normalise(name).casefold().split())


def typed_on_grey(sheet: Sheet, cells: Iterable[tuple[str, StatedColumn, str, str]]) -> list[Wrong]:
    """Which of the cells only to look at (institution's code, column, what stands there, where) say anything but what
    the system has recorded: a number that somebody meant to state and that would be passed over."""
    by_code = {each.code: each for each in sheet.institutions}
    found = []
    for code, column, text, at in cells:
        if (institution := by_code.get(code)) is None:
            continue
        recorded = sheet.recorded.get((institution.pk, column), 0)
        if text == (str(recorded) if recorded > 0 else ""):
            continue
        reason = _(
            "“{text}” was typed into a grey cell, which only shows what the system has recorded ({recorded}). Write "
            "the figure into the white cell to its left, and empty this one."
        ).format(text=text[:60], recorded=number(max(recorded, 0)))
        found.append(Wrong(at, institution.name, reason))
    return found


def _stranger(sheet: Sheet, asked: Asked, names: Mapping[str, str]) -> str:
    if asked.institution in names:
        return _("{institution} was not open in {unit} in {period}.").format(
            institution=names[asked.institution], unit=sheet.unit.name, period=sheet.period.words
        )
    return _("There is no institution with the code “{code}”.").format(code=asked.institution)


def _why_not(sheet: Sheet, institution: Institution, asked: Asked) -> str:
    label = StatedColumn(asked.column).label
    if asked.column not in columns_of(institution.institution_class):
        return _("“{measure}” is not asked of this kind of institution. Leave the cell empty.").format(measure=label)
    spot = institution.pk, asked.column
    if asked.quantity is not None and asked.quantity != sheet.quantity(spot) and spot in sheet.elsewhere:
        return _("A figure for {period} stands already; both together would count twice.").format(
            period=sheet.elsewhere[spot].words
        )
    return ""


# -- history --


def with_outcome(statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """Adds `number_of_figures` and `is_undone`."""
    figures = StatedFigure.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    return statements.annotate(
        number_of_figures=Subquery(figures.annotate(count=Count("pk")).values("count")),
        is_undone=Exists(Statement.objects.filter(undoes=OuterRef("pk"))),
    )


def figures_of(statement: Statement) -> QuerySet[StatedFigure]:
    """Its figures in the order of the sheet, each with `before`, what stood until then."""
    earlier = StatedFigure.objects.filter(
        institution=OuterRef("institution"), slot=OuterRef("slot"), revision=OuterRef("revision") - 1
    )
    return (
        statement.figures.select_related("institution", "posting")
        .annotate(before=Subquery(earlier.values("quantity")[:1]))
        .order_by("institution__sort_key", "institution_id", "column")
    )


def describe_stated(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, SourceDescription]:
    """Stated figures as the ledger's sources, by slot: what they are figures of, and from where. One query."""
    rows = (
        StatedFigure.objects.filter(slot__in=ids)
        .order_by("slot", "revision")
        .values_list("slot", "column", "period", "institution__name", "statement__source")
    )
    sources: dict[uuid.UUID, dict[str, None]] = {}
    about: dict[uuid.UUID, tuple[str, str, str]] = {}
    for slot, column, period, institution, source in rows:
        about[slot] = column, period, institution
        sources.setdefault(slot, {})[source] = None
    return {
        slot: SourceDescription(
            title=_("Typed in: {measure}, {period}").format(
                measure=StatedColumn(column).label, period=parse_period(period).words
            ),
            detail=_("{institution}; from: {source}").format(institution=institution, source="; ".join(sources[slot])),
        )
        for slot, (column, period, institution) in about.items()
    }
