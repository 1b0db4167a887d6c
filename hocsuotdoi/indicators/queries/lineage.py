"""What a figure was made of: the units below, the institutions with their outcome, their answers or their counts.

From there `ledger.queries.entries` leads on to postings, entries and the act's own sheet.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import overload

from django.db.models import Exists, OuterRef, Q, Sum

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.frame import (
    TODAYS_MAP,
    ChosenMap,
    Expected,
    Frame,
    children_in,
    expected_institutions,
    frame_of,
    stretches_of,
)
from hocsuotdoi.indicators.queries.material import Material, defined_by
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.sums import all_days, counted_for, entries_of_year, rows_at_institutions
from hocsuotdoi.indicators.queries.together import Together
from hocsuotdoi.indicators.queries.totals import Slice, by_unit_and_period
from hocsuotdoi.indicators.queries.values import values_by_unit, values_for, values_from
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution, UnitReading


@dataclass(frozen=True, slots=True)
class Row:
    """An institution behind a figure. `outcome` where a checklist decides (None: being open is enough);
    `quantity` and `base_quantity` where something is counted (None: no entry of it in that year); `is_compared`
    whether a growth figure rests on it."""

    institution_id: int
    institution_class: str
    unit_id: int
    outcome: Outcome | None = None
    quantity: int | None = None
    base_quantity: int | None = None
    is_compared: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """A figure, the figures of the units right below (empty for a commune), and the institutions behind it."""

    indicator: Indicator
    cohort: Cohort
    frame: Frame
    value: IndicatorValue
    children: list[IndicatorValue]
    rows: Sequence[Row]


def lineage(
    indicator_code: str,
    cohort_code: str,
    unit: AdminUnit,
    year: int,
    as_of: dt.date | None = None,
    chosen: ChosenMap = TODAYS_MAP,
) -> Lineage:
    """`cohort_code` may be `OWN`. A constant number of queries. Raises KeyError for a code that is not defined."""
    frame, pair = frame_of(unit, year, as_of, chosen), (indicator_code, cohort_code)
    below = children_in(frame)
    children = values_by_unit(unit, below, year, pair, frame.as_of, chosen) if below else {}
    ((indicator, cohort),) = defined_by(frame, [pair])
    rows: Sequence[Row]
    if unit.tier == Tier.COUNTRY and not chosen.is_reported:
        value = values_for(unit, year, [pair], frame.as_of, chosen)[pair]
        rows = _RowsOfMany(frame, indicator, cohort)
    else:
        material = Material(frame, [unit], defined=[(indicator, cohort)])
        value = values_from(material)[indicator.code, cohort.code][unit.pk]
        rows = rows_for(material, unit, indicator, cohort)
    return Lineage(indicator, cohort, frame, value, [children[child.pk] for child in below], rows)


class _RowsOfMany(Sequence[Row]):
    """The rows of the whole country, in the order of `rows_for`: only those that somebody looks at are made, as all
    institutions with all their answers are many."""

    def __init__(self, frame: Frame, indicator: Indicator, cohort: Cohort) -> None:
        self._frame, self._defined = frame, (indicator, cohort)
        self._keys = [] if cohort.kind == CohortKind.POPULATION else self._found()

    def _found(self) -> list[int]:
        indicator, cohort = self._defined
        there = [each.institution_id for each in expected_institutions(self._frame, set(cohort.classes))]
        if indicator.kind not in (IndicatorKind.GROWTH, IndicatorKind.COUNT):
            return there
        counted, year = counted_for(indicator, cohort), self._frame.year
        years = {year, counted.base_before(year) or year}
        sources = (
            [all_days(self._frame, years)]
            if counted.is_of_people
            else [rows for year in sorted(years) for rows in rows_at_institutions(self._frame, [year])]
        )
        counts = (Exists(rows.filter(counted.condition, institution=OuterRef("pk"))) for rows in sources)
        known = Institution.objects.filter(institution_class__in=cohort.classes).values_list("pk", flat=True)
        others = set(known).difference(there)
        gone = Institution.objects.filter(reduce(or_, counts), pk__in=others).order_by("pk")
        return [*there, *(gone.values_list("pk", flat=True) if others else ())]

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        keys = self._keys[at] if isinstance(at, slice) else [self._keys[at]]
        frame, unit = replace(self._frame, within=frozenset(keys), together=Together()), self._frame.unit
        made = {each.institution_id: each for each in self._made(frame, unit)} if keys else {}
        rows = [made.get(key) or Row(key, "", 0) for key in keys]
        return rows if isinstance(at, slice) else rows[0]

    def _made(self, frame: Frame, unit: AdminUnit) -> list[Row]:
        return rows_for(Material(frame, [unit], defined=[self._defined]), unit, *self._defined)


def rows_for(material: Material, group: AdminUnit, indicator: Indicator, cohort: Cohort) -> list[Row]:
    """The institutions behind one figure of a loaded material, in Vietnamese order. No query.

    Those that are not expected (closed, moved away) but counted something stand last.
    """
    institutions = material.cohort(group, cohort)
    if indicator.kind in (IndicatorKind.GROWTH, IndicatorKind.COUNT):
        return _counting_rows(material, group, indicator, cohort, institutions)
    if indicator.kind == IndicatorKind.STOCK:
        stock = material.stocks.of(indicator.measures[0])
        return [
            Row(each.institution_id, each.institution_class, each.unit_id, quantity=stock.get(each.institution_id))
            for each in institutions
        ]
    if cohort.kind == CohortKind.POPULATION:
        return []
    decides = material.decides(indicator)
    return [
        Row(
            each.institution_id,
            each.institution_class,
            each.unit_id,
            outcome=material.outcome(indicator, cohort, each) if decides else None,
        )
        for each in institutions
    ]


def _counting_rows(
    material: Material, group: AdminUnit, indicator: Indicator, cohort: Cohort, institutions: list[Expected]
) -> list[Row]:
    counted, year = counted_for(indicator, cohort), material.frame.year
    base_year = counted.base_before(year)
    now = material.sums_by_institution(group, counted, year)
    base = material.sums_by_institution(group, counted, base_year) if base_year else {}
    compared = material.constant_set(institutions, counted, base_year) if base_year else set()
    reporting, then = material.reporting(counted, year), material.reporting(counted, base_year or 0)
    there = {each.institution_id: each for each in institutions}
    gone = [Expected(institution, "", 0) for institution in sorted((set(now) | set(base)) - set(there))]
    return [
        Row(
            each.institution_id,
            each.institution_class,
            each.unit_id,
            quantity=now.get(each.institution_id, 0 if each.institution_id in reporting else None),
            base_quantity=base.get(each.institution_id, 0 if each.institution_id in then else None),
            is_compared=each.institution_id in compared,
        )
        for each in [*institutions, *gone]
    ]


@dataclass(frozen=True, slots=True)
class MeasureTotal:
    """A count of the ledger at a unit, and what it was made of. `stands`: whether the map has the unit. As reported a
    unit below that lay elsewhere for a part of the year stands with its whole year."""

    measure: MeasureCode
    frame: Frame
    total: int = 0
    children: list[tuple[AdminUnit, int]] = field(default_factory=list)
    institutions: list[tuple[Institution, int]] = field(default_factory=list)
    stands: bool = True

    @property
    def adds_up(self) -> bool:
        parts = [number for _unit, number in self.children] + [number for _institution, number in self.institutions]
        return sum(parts) == self.total


def measure_total(
    measure: MeasureCode, unit: AdminUnit, year: int, as_of: dt.date | None = None, chosen: ChosenMap = TODAYS_MAP
) -> MeasureTotal:
    """A measure's total with the units right below and the institutions that stand in none of them (in a commune: all).

    From the roll-up; the entries behind an institution's count are `ledger.queries.entries.posting_lines`. At
    most eight queries.
    """
    frame = frame_of(unit, year, as_of, chosen)
    if not frame.stands(unit):
        return MeasureTotal(measure, frame, stands=False)
    below = children_in(frame)
    totals = _totals_below(measure, frame, below) if below else {}
    at: Counter[int] = Counter()
    for rows in rows_at_institutions(frame, [year]):
        here = rows.filter(_at_itself(frame), measure=measure).values_list("institution_id").annotate(Sum("quantity"))
        for institution, quantity in here.order_by():
            at[institution] += quantity
    institutions = [(each, at[each.pk]) for each in Institution.objects.filter(pk__in=at)] if at else []
    return MeasureTotal(
        measure,
        frame,
        _reported(measure, frame) if frame.map.is_reported else sum(totals.values()) + sum(at.values()),
        [(child, totals.get(child.pk, 0)) for child in below],
        institutions,
    )


def _reported(measure: MeasureCode, frame: Frame) -> int:
    """As reported: units below count their whole year, also the part of it in which they lay elsewhere."""
    if frame.is_whole_year:
        return _totals_below(measure, frame, [frame.unit]).get(frame.unit.pk, 0)
    return entries_of_year(frame).filter(measure=measure).aggregate(sum=Sum("quantity"))["sum"] or 0


def _at_itself(frame: Frame) -> Q:
    """At places that are read as the unit itself, as none under it; as reported only its own."""
    if frame.map.is_reported:
        return Q(place=frame.unit)
    return Q(place__in=UnitReading.objects.on(frame.map_day).filter(reads_as=frame.unit).values("unit"))


def _totals_below(measure: MeasureCode, frame: Frame, below: list[AdminUnit]) -> dict[int, int]:
    """Unit id to its total. Whole months and years are on their shelf; a period that ends within one is added up place
    by place, as reported where each lay in that stretch of the year."""
    if frame.is_whole_year:
        map_day = None if frame.map.is_reported else frame.map_day
        found = by_unit_and_period(
            Slice((measure,)), below, first=frame.starts_on, last=frame.starts_on, map_day=map_day
        )
        return {unit: quantity for (unit, _year), quantity in found.items()}
    stretches, totals = stretches_of(frame, below), Counter[int]()
    places = {place for stretch in stretches for place in stretch.spots}
    for rows in rows_at_institutions(frame, [frame.year], below):
        here = rows.filter(measure=measure, place__in=places).values_list("place_id", "stretch")
        for place, stretch, quantity in here.annotate(Sum("quantity")).order_by():
            if (spot := stretches[stretch].spots.get(place)) is not None:
                totals[spot.group_id] += quantity
    return totals
