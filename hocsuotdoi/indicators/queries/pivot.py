"""A table that a planner lays out: what was counted, by any two of what is known of it, on one of three maps.

Only what is additive stands in it. Measures are never added to one another: with several of them, one side of the table
is the measure, and no total runs across it.
"""

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hocsuotdoi.core.periods import Period as Named
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.queries.frame import Map
from hocsuotdoi.indicators.queries.longer import Longer, longer
from hocsuotdoi.indicators.queries.reported_none import is_counted_at, silence
from hocsuotdoi.indicators.queries.reported_within import Lasting
from hocsuotdoi.indicators.queries.suppression import counts_people
from hocsuotdoi.indicators.queries.totals import Grain, Slice, totals
from hocsuotdoi.indicators.queries.zeros import zeros
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry
from hocsuotdoi.places.queries.units import day_on_map_of

Key = Any
"""A value of a dimension: a unit's id, a period's first day, a code; "" what is not known, None the only head."""
Keys = tuple[Key, Key]
"""A row's, a column's"""
Cells = dict[Keys, int]
_Rows = dict[tuple[Key, ...], tuple[int, int]]
"""Values of what totals are laid out by to the sum and the entries behind it."""
Stays = dict[int, list[tuple[dt.date | None, dt.date | None]]]
"""As reported: in which times a unit lay in the one asked for."""
Months = dict[int, frozenset[dt.date]]
"""The same in whole months, by their first days."""


class Dimension(StrEnum):
    UNIT = "unit_id"
    PERIOD = "starts_on"
    MEASURE = "measure"
    CLASS = "institution_class"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    SEX = "sex"
    AGE_BAND = "age_band"
    ORIGIN = "stated"


class Side(StrEnum):
    """What rows and columns can be laid out by."""

    UNIT = "unit"
    PERIOD = "period"
    MEASURE = "measure"
    CLASS = "class"
    PURPOSE = "purpose"
    CHANNEL = "channel"
    SEX = "sex"
    AGE_BAND = "age_band"
    ORIGIN = "origin"


DIMENSIONS = {side: Dimension[side.name] for side in Side}
"""The words of addresses, on pages and for programs, to what they mean."""


class Period(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


DIMENSION_LABELS = {
    Dimension.UNIT: gettext_lazy("place"),
    Dimension.PERIOD: gettext_lazy("time"),
    Dimension.MEASURE: gettext_lazy("what is counted"),
    Dimension.CLASS: gettext_lazy("class of institution"),
    Dimension.PURPOSE: gettext_lazy("purpose"),
    Dimension.CHANNEL: gettext_lazy("channel"),
    Dimension.SEX: gettext_lazy("sex"),
    Dimension.AGE_BAND: gettext_lazy("age"),
    Dimension.ORIGIN: gettext_lazy("recorded or typed in"),
}
_CODES: dict[Dimension, type[Any]] = {
    Dimension.MEASURE: MeasureCode,
    Dimension.CLASS: InstitutionClass,
    Dimension.PURPOSE: Purpose,
    Dimension.CHANNEL: Channel,
    Dimension.SEX: Sex,
    Dimension.AGE_BAND: AgeBand,
}
REST = -1
"""In place of a unit's key: what the unit asked for has and none of those below it."""
LONGER = "longer"
"""In place of a quarter's or a month's key: what was typed in for a longer time within the one asked for."""
MONTHS = {Period.YEAR: 12, Period.QUARTER: 3, Period.MONTH: 1}
PEOPLE = {Dimension.SEX, Dimension.AGE_BAND}
"""What says something about persons: small numbers of these are not shown."""


@dataclass(frozen=True, slots=True)
class Question:
    """`tier`: of which units under `unit` there are figures; its own tier is the unit itself. `columns` None: one.

    `first` and `last` are days within the first and the last period. `map_day` matters on the map of a day only.
    """

    wanted: Slice
    unit: AdminUnit
    tier: Tier
    rows: Dimension
    columns: Dimension | None
    period: Period
    first: dt.date
    last: dt.date
    map: Map = Map.TODAY
    map_day: dt.date | None = None

    @property
    def sides(self) -> set[Dimension]:
        return {self.rows, *([self.columns] if self.columns else [])}

    @property
    def stands(self) -> bool:
        """Whether the map that was chosen has the unit; else it has no figure there."""
        return self.map != Map.DAY or self.map_day is None or self.unit.holds_on(self.map_day)

    @property
    def knows_silence(self) -> bool:
        """Whether of a cell without a number can be said who reports it: of purposes, ways, sexes, ages and origins
        nobody says that there was none."""
        wanted = self.wanted
        cut = wanted.purposes or wanted.channels or wanted.sexes or wanted.age_bands or wanted.stated is not None
        return not cut and self.sides <= {Dimension.UNIT, Dimension.PERIOD, Dimension.MEASURE, Dimension.CLASS}

    @property
    def is_about_people(self) -> bool:
        """Sexes or ages of those who did what is counted."""
        return counts_people(self.wanted.measures) and bool(
            self.sides & PEOPLE or self.wanted.sexes or self.wanted.age_bands
        )


@dataclass(frozen=True, slots=True)
class Head:
    key: Key
    label: str
    unit: AdminUnit | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`cells`: (row's key, column's key) to the sum; none where nothing that was reported stands, 0 where it was
    reported that there was none.

    `row_totals`, `column_totals`, `total`: None where they would add measures to one another. `leaves_out`: something
    was typed in for a longer time than was asked for, and is not in it. `stays`: None where nobody asks for them.
    """

    question: Question
    rows: list[Head]
    columns: list[Head]
    cells: dict[tuple[Key, Key], int]
    row_totals: dict[Key, int] | None = None
    column_totals: dict[Key, int] | None = None
    total: int | None = None
    leaves_out: bool = False
    stays: Stays | None = None
    nobody: frozenset[Keys] = frozenset()
    """Cells of which no institution is that could report them."""

    def cell(self, row: Head, column: Head) -> int | None:
        return self.cells.get((row.key, column.key))

    def stood(self, unit: AdminUnit, first: dt.date, end: dt.date) -> bool:
        """As reported: whether the unit stood, and lay in the one asked for, on a day from `first` to before `end`."""
        times = [(unit.starts_on, unit.ends_on)]
        if unit != self.question.unit and self.stays is not None:
            times = self.stays.get(unit.pk, [])
        return any((began or dt.date.min) < end and first < (ended or dt.date.max) for began, ended in times)


def answer(question: Question, today: dt.date) -> Answer:
    """Eleven queries at most, however large the table."""
    is_by_unit = Dimension.UNIT in question.sides
    # What no unit is told of is the whole unit's: some of it was counted at no unit below.
    units = units_of(question, today) if is_by_unit else [question.unit]
    stays = _stays(question) if is_by_unit else None
    lay = _months_in(question, stays) if stays is not None else None
    cells, leaves_out = _cells(question, units, lay, today)
    rest: Cells = {}
    if is_by_unit and _may_hold_more(question):
        whole, leaves_out = _cells(_quick(question), [question.unit], None, today)
        rest = _rest(question, cells, whole)
    none = _reported_as_none(question, units, lay, today)
    rest |= {keys: 0 for keys in none if REST in keys and keys not in rest}
    cells = dict.fromkeys(none, 0) | cells | rest
    heads = {side: _heads(question, side, _found(question, cells, side), units) for side in question.sides}
    if rest:
        heads[Dimension.UNIT].append(Head(REST, _("{unit}, in none of these").format(unit=question.unit.name)))
    columns = heads[question.columns] if question.columns else [Head(None, str(_("total")))]
    found = Answer(question, heads[question.rows], columns, cells, leaves_out=leaves_out, stays=stays)
    return with_totals(_with_silence(found, today) if question.knows_silence else found)


def _may_hold_more(question: Question) -> bool:
    """Whether a unit may have counted what none of those below it has: a library of the province. Of people by sex and
    age such a rest is not told."""
    return question.tier != question.unit.tier and not question.is_about_people


def _quick(question: Question) -> Question:
    """Of the country, which has everything wherever it lay: then what is added up for today's map says it too."""
    is_everything = question.map == Map.REPORTED and question.unit.tier == Tier.COUNTRY
    return replace(question, map=Map.TODAY) if is_everything else question


def _rest(question: Question, cells: Cells, whole: Cells) -> Cells:
    """What the unit has and the units below it have not, under `REST`; empty where they make the whole."""
    side = 0 if question.rows == Dimension.UNIT else 1
    found = {_at(keys, side, REST): quantity for keys, quantity in whole.items()}
    for keys, quantity in cells.items():
        there = _at(keys, side, REST)
        found[there] = found.get(there, 0) - quantity
    return {keys: quantity for keys, quantity in found.items() if quantity}


def _at(keys: tuple[Key, Key], side: int, key: Key) -> tuple[Key, Key]:
    return (key, keys[1]) if side == 0 else (keys[0], key)


def _found(question: Question, cells: Cells, side: Dimension) -> set[Key]:
    return {keys[0] if side == question.rows else keys[1] for keys in cells}


def _cells(question: Question, units: list[AdminUnit], lay: Months | None, today: dt.date) -> tuple[Cells, bool]:
    """And whether something is left out, since it was typed in for a longer time than was asked for. `lay`: of each
    unit only these months."""
    sides = [question.rows, *([question.columns] if question.columns else [])]
    is_set_apart = question.period != Period.YEAR
    # Of a year's figure nothing is set apart, so nobody needs to know in which of its months a unit lay here.
    added = (Dimension.UNIT, Dimension.PERIOD) if lay is not None and is_set_apart else ()
    by = list(dict.fromkeys(map(str, [*sides, *added])))
    asked: dict[str, Any] = {"by": by, "first": question.first, "last": question.last}
    asked["map_day"] = _map_day(question, today)
    lying_in = question.unit if lay is not None else None
    grain: Grain = "month" if is_set_apart else "year"
    found = totals(question.wanted, units, grain=grain, lying_in=lying_in, **asked)
    rows = {tuple(keys): (quantity, lines) for *keys, quantity, lines in found}
    leaves_out = False
    if is_set_apart:

        def lay_here(keys: Sequence[Any]) -> bool:
            return lay is None or keys[by.index(Dimension.PERIOD)] in lay[keys[by.index(Dimension.UNIT)]]

        apart = longer(question.wanted, units, than=MONTHS[question.period], **asked)
        leaves_out = _set_apart(question, rows, [each for each in apart if lay_here(each.keys)], by)
    cells: Cells = {}
    for keys, (quantity, lines) in rows.items():
        if not (quantity or lines):
            continue  # taken back whole: nothing is reported
        row = _key(question, question.rows, keys[0])
        column = _key(question, question.columns, keys[len(sides) - 1]) if question.columns else None
        cells[row, column] = cells.get((row, column), 0) + quantity
    return cells, leaves_out


def _set_apart(question: Question, rows: _Rows, apart: Sequence[Longer], by: Sequence[str]) -> bool:
    """What was typed in for a longer time leaves the period in which it is booked; returns whether some of it left the
    whole table, since its time is not within the one asked for."""
    leaves_out = False
    is_by_period = Dimension.PERIOD in question.sides
    for each in apart:
        is_within = each.lies_in(question.first, question.last)
        leaves_out = leaves_out or not is_within
        if is_within and not is_by_period:
            continue
        quantity, lines = rows.pop(each.keys, (0, 0))
        if lines != each.lines:
            rows[each.keys] = quantity - each.quantity, lines - each.lines
        if is_within:
            keys = tuple(LONGER if name == Dimension.PERIOD else key for name, key in zip(by, each.keys, strict=True))
            quantity, lines = rows.get(keys, (0, 0))
            rows[keys] = quantity + each.quantity, lines + each.lines
    return leaves_out


def _reported_as_none(question: Question, units: list[AdminUnit], lay: Months | None, today: dt.date) -> set[Keys]:
    """The cells for which it was typed in that there was none; under `REST` where none of the units below said so. Of
    people the numbers of closed books stand, which have no such cells. One query."""
    if question.is_about_people:
        return set()
    sides = [question.rows, *([question.columns] if question.columns else [])]
    by = [str(side) for side in sides if side != Dimension.UNIT]
    asked = [*units, *([question.unit] if Dimension.UNIT in sides and _may_hold_more(question) else [])]
    first, last, map_day = question.first, question.last, _map_day(question, today)
    found = zeros(question.wanted, asked, by=by, first=first, last=last, map_day=map_day)
    below: Counter[Keys] = Counter()
    whole: Counter[Keys] = Counter()
    own = question.unit.pk if len(asked) > len(units) else None
    for each in found:
        if lay is not None and each.unit_id != own and each.month not in lay[each.unit_id]:
            continue
        is_long = len(each.period.months) > MONTHS[question.period]
        if is_long and not (question.first <= each.period.starts_on and each.period.last_day <= question.last):
            continue
        said = dict(zip(by, each.keys, strict=True)) | {Dimension.UNIT: REST if each.unit_id == own else each.unit_id}
        said |= {Dimension.PERIOD: LONGER} if is_long else {}
        row, *column = (_key(question, side, said[side]) for side in sides)
        keys = row, column[0] if column else None
        if each.unit_id == own:
            whole[keys] += each.figures
        else:
            below[keys] += each.figures
    side = 0 if question.rows == Dimension.UNIT else 1
    for keys, figures in below.items():
        whole[_at(keys, side, REST)] -= figures
    return {*below, *(keys for keys, figures in whole.items() if figures > 0)}


_Heads = dict[Dimension, Key]


def _with_silence(found: Answer, today: dt.date) -> Answer:
    """With 0 where somebody reports what nothing was counted of, and with the cells of which nobody could. One query;
    none where every cell has a number."""
    question = found.question
    empty = _empty_cells(found, today)
    spans = []
    for first in sorted({heads[Dimension.PERIOD] for heads in empty.values()}):
        stop = _ends_on(question, first)
        spans.append(Lasting(first, min(stop - dt.timedelta(days=1), today), stop))
    asked = {heads[Dimension.UNIT] for heads in empty.values()}
    said = silence(question.wanted.measures, question.wanted.classes, asked, spans, _map_day(question, today))
    classes = sorted({each[2] for each in said.there})
    cells, nobody = dict(found.cells), set()
    for keys, heads in empty.items():
        measure = heads.get(Dimension.MEASURE, question.wanted.measures[0])
        here = [heads[Dimension.CLASS]] if Dimension.CLASS in heads else classes
        here = [each for each in here if is_counted_at(measure, each)]
        places = [(heads[Dimension.UNIT], heads[Dimension.PERIOD], each) for each in here]
        if any((place, measure) in said.none_of for place in places):
            cells[keys] = 0
        elif said.there.isdisjoint(places):
            nobody.add(keys)
    return replace(found, cells=cells, nobody=frozenset(nobody))


def _empty_cells(found: Answer, today: dt.date) -> dict[Keys, _Heads]:
    """Without a number, though the unit stood there in a time that has begun."""
    question = found.question
    empty: dict[Keys, _Heads] = {}
    ends_on = cache(lambda first: _ends_on(question, first))
    for row, column in product(found.rows, found.columns):
        if (row.key, column.key) in found.cells:
            continue
        heads: _Heads = {question.rows: row.key} | ({question.columns: column.key} if question.columns else {})
        unit = next((head.unit for head in (row, column) if head.unit is not None), question.unit)
        first = heads.setdefault(Dimension.PERIOD, question.first)
        if heads.setdefault(Dimension.UNIT, unit.pk) == REST or first == LONGER or first > today:
            continue
        if question.map != Map.REPORTED or found.stood(unit, first, ends_on(first)):
            empty[row.key, column.key] = heads
    return empty


def _ends_on(question: Question, first: dt.date) -> dt.date:
    """The first day after the period that begins then; after all of them where the table is not cut by periods."""
    if Dimension.PERIOD in question.sides:
        return period_of(first, question.period).ends_on
    return question.last + dt.timedelta(days=1)


def units_of(question: Question, today: dt.date) -> list[AdminUnit]:
    """The units that figures are asked for, in Vietnamese order. One query.

    As reported these are the units that lay in it on a day of the time asked for.
    """
    if question.tier == question.unit.tier:
        return [question.unit]
    if question.map == Map.REPORTED:
        lay_here = _lay_in(question).values("unit")
        return list(AdminUnit.objects.filter(pk__in=lay_here, tier=question.tier))
    day = _map_day(question, today)
    assert day is not None
    return list(AdminUnit.objects.under(question.unit, day).filter(tier=question.tier))


def _lay_in(question: Question) -> QuerySet[UnitAncestry]:
    days = question.first, question.last + dt.timedelta(days=1)
    return UnitAncestry.objects.during(*days).filter(ancestor=question.unit, unit__tier=question.tier)


def _stays(question: Question) -> Stays | None:
    """Of the units below the one asked for, as reported; None where that is not asked. One query."""
    if question.map != Map.REPORTED or question.tier == question.unit.tier:
        return None
    found: Stays = {}
    for unit, starts_on, ends_on in _lay_in(question).values_list("unit", "starts_on", "ends_on"):
        found.setdefault(unit, []).append((starts_on, ends_on))
    return found


def _months_in(question: Question, stays: Stays) -> Months | None:
    """By unit: the months in which it lay in the unit asked for; one within which that changed is where it was at its
    end. None where all of them always did."""
    months = periods(replace(question, period=Period.MONTH))
    ends = [_last_day(month) for month in months]
    of_stay: dict[tuple[int, int], frozenset[dt.date]] = {}  # most units lay here for the same months: named once
    found: Months = {}
    always = True
    for unit, starts_on, ends_on in ((unit, *each) for unit, times in stays.items() for each in times):
        stay = bisect_left(ends, starts_on or dt.date.min), bisect_left(ends, ends_on or dt.date.max)
        lay = of_stay.setdefault(stay, frozenset(months[slice(*stay)]))
        always = always and len(lay) == len(months)
        found[unit] = found[unit] | lay if unit in found else lay
    return None if always else found


def _last_day(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _map_day(question: Question, today: dt.date) -> dt.date | None:
    if question.map == Map.REPORTED:
        return None
    if question.map == Map.DAY and question.map_day:
        return question.map_day
    return day_on_map_of(question.unit, today)


def _key(question: Question, dimension: Dimension, value: Any) -> Key:
    if value == LONGER:
        return value
    if dimension == Dimension.PERIOD and question.period == Period.QUARTER:
        return value.replace(month=(value.month - 1) // 3 * 3 + 1)
    if dimension == Dimension.PERIOD and question.period == Period.YEAR:
        return value.replace(month=1)
    return value


def _heads(question: Question, dimension: Dimension, found: set[Key], units: list[AdminUnit]) -> list[Head]:
    """Every unit and every period asked for, and of the rest what was found: an empty head there says nothing."""
    if dimension == Dimension.UNIT:
        is_of_many_days = question.map == Map.REPORTED
        return [Head(unit.pk, named(unit) if is_of_many_days else unit.name, unit) for unit in units]
    if dimension == Dimension.PERIOD:
        heads = [Head(day, period_label(day, question.period)) for day in periods(question)]
        return [*heads, *([Head(LONGER, longer_words(question.period))] if LONGER in found else [])]
    if dimension == Dimension.ORIGIN:
        labels = {False: _("recorded as it happened"), True: _("typed in")}
        return [Head(key, str(label)) for key, label in labels.items() if key in found]
    return heads_of(question, dimension, found)


def named(unit: AdminUnit) -> str:
    """An ended unit with its last day, since another may bear its name."""
    if unit.last_day is None:
        return unit.name
    return _("{unit} (until {day})").format(unit=unit.name, day=day_short(unit.last_day))


def heads_of(question: Question, dimension: Dimension, found: set[Key]) -> list[Head]:
    """Of a dimension that has codes: those found, in the order of the codes."""
    codes = _CODES[dimension]
    order = question.wanted.measures if dimension == Dimension.MEASURE else codes.values
    heads = [Head(code, str(codes(code).label)) for code in order if code in found or dimension == Dimension.MEASURE]
    return [*heads, *([Head("", pgettext("of an entry", "not known"))] if "" in found else [])]


def periods(question: Question) -> list[dt.date]:
    """The first day of each period asked for."""
    months = MONTHS[question.period]
    day = question.first.replace(month=(question.first.month - 1) // months * months + 1, day=1)
    found = []
    while day <= question.last:
        found.append(day)
        later = day.month - 1 + months
        day = day.replace(year=day.year + later // 12, month=later % 12 + 1)
    return found


def period_label(day: dt.date, period: Period) -> str:
    return period_of(day, period).head


def period_of(day: dt.date, period: Period) -> Named:
    """The one in which a day lies."""
    if period == Period.YEAR:
        return Named(day.year)
    return Named(day.year, (day.month + 2) // 3) if period == Period.QUARTER else Named(day.year, month=day.month)


def longer_words(period: Period) -> str:
    """Of the head of what no single quarter, or month, has."""
    return _("for the whole year") if period == Period.QUARTER else _("for a whole quarter or year")


def with_totals(found: Answer) -> Answer:
    """Its sums made anew from its cells."""
    question = found.question
    mixed = len(question.wanted.measures) > 1
    across = not (mixed and question.columns == Dimension.MEASURE) and question.columns is not None
    down = not (mixed and question.rows == Dimension.MEASURE)
    return replace(
        found,
        row_totals=_sums(found.cells, 0) if across else None,
        column_totals=_sums(found.cells, 1) if down else None,
        total=sum(found.cells.values()) if found.cells and down and (across or question.columns is None) else None,
    )


def _sums(cells: dict[tuple[Key, Key], int], side: int) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for keys, quantity in cells.items():
        found[keys[side]] = found.get(keys[side], 0) + quantity
    return found
