"""Sums of the ledger for counts and growth, read on a unit's own map."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, FreshInstitutionMonth, Indicator
from hocsuotdoi.indicators.queries.frame import Frame, kept_places, places_of, stretches_of
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.queries.entries import entries_read_at, totals_by_measure
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry
from hocsuotdoi.places.queries.units import units_reading_as


@dataclass(frozen=True, slots=True)
class Counted:
    """What is added up: measures that may stand in one sum, for some purposes, at some classes, of some ages… (none:
    all)."""

    measures: tuple[str, ...]
    purposes: tuple[str, ...]
    classes: tuple[str, ...]
    age_bands: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    base_year: int | None = None
    """With which year it is compared, as its definition says; None: with none."""

    @property
    def grows(self) -> bool:
        """Whether it is compared with a base year: then it is read on constant territory whatever the map."""
        return self.base_year is not None

    def base_before(self, year: int) -> int | None:
        """The base year, for a year after it."""
        return self.base_year if self.base_year is not None and self.base_year < year else None

    @property
    def is_of_people(self) -> bool:
        """Whether it keeps to a part that only the book knows at each institution: the roll-up by month does not."""
        return bool(self.age_bands or self.sexes or self.channels or self.tags)

    @property
    def condition(self) -> Q:
        condition = Q(measure__in=self.measures)
        if self.purposes:
            condition &= Q(purpose__in=self.purposes)
        if self.classes:
            condition &= Q(institution__institution_class__in=self.classes)
        if self.age_bands:
            condition &= Q(age_band__in=self.age_bands)
        if self.sexes:
            condition &= Q(sex__in=self.sexes)
        if self.channels:
            condition &= Q(channel__in=self.channels)
        if self.tags:
            condition &= Q(tags__overlap=list(self.tags))
        return condition


def counted_for(indicator: Indicator, cohort: Cohort) -> Counted:
    return Counted(
        tuple(indicator.measures),
        tuple(indicator.purposes),
        tuple(cohort.classes),
        tuple(indicator.age_bands),
        tuple(indicator.sexes),
        tuple(indicator.channels),
        tuple(indicator.tags),
        indicator.base_year if indicator.kind == IndicatorKind.GROWTH else None,
    )


def period(frame: Frame, year: int) -> tuple[dt.date, dt.date]:
    """First and last day of `year` that count; a running year is compared with the same days of an earlier one."""
    last = frame.last_day
    if (last.month, last.day) == (2, 29):
        last = last.replace(day=28)
    return dt.date(year, 1, 1), last.replace(year=year) if year != frame.year else frame.last_day


Sums = dict[tuple[int, int, int, int], dict[Counted, int]]
"""(institution id, place id, year, number of the stretch of the frame's year) to what was counted; only where something
was."""
Years = Callable[[Frame], Collection[int]]
"""The years that a frame looks at."""


def sums_by_institution(frame: Frame, counted: Collection[Counted], years: Years, groups: list[AdminUnit]) -> Sums:
    """Two queries, whole months and the days of broken ones; one more where some keep to an age, a sex, a way or a
    mark. `groups`: whose stretches of the year are told apart, as reported."""
    found: Sums = {}
    if not counted:
        return found
    of_people = [each for each in counted if each.is_of_people]
    if plain := [each for each in counted if not each.is_of_people]:
        _add_up(found, frame, plain, groups, "months", lambda each: whole_months(each, years(each), groups))
        _add_up(found, frame, plain, groups, "days", lambda each: broken_months(each, years(each), groups))
    if of_people:
        _add_up(found, frame, of_people, groups, "people", lambda each: all_days(each, years(each), groups))
    return found


def _add_up(
    found: Sums,
    frame: Frame,
    counted: Sequence[Counted],
    groups: Sequence[AdminUnit],
    name: str,
    source: Callable[[Frame], QuerySet[Any]],
) -> None:
    measures = {measure for each in counted for measure in each.measures}
    keys = [group.pk for group in groups] if frame.map.is_reported else []

    def sums(each: Frame) -> QuerySet[Any, Any]:
        rows = source(each).filter(_here(each, groups), measure__in=measures)
        columns = {f"sum_{at}": Sum("quantity", filter=one.condition) for at, one in enumerate(counted)}
        names = ("institution_id", "place_id", "year", "stretch")
        return rows.order_by().values(*names).annotate(**columns).values_list(*names, *columns)

    for *key, in_all in _split(frame.rows(("sums", name, *counted, *keys), sums)):
        there = found.setdefault(tuple(key), {})
        for each, quantity in zip(counted, in_all, strict=True):
            if quantity is not None:
                there[each] = there.get(each, 0) + quantity


def _split(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    return ((*row[:4], row[4:]) for row in rows)


def _here(frame: Frame, groups: Sequence[AdminUnit]) -> Q:
    """At places that can be read in the frame's unit, or at its institutions where these are named."""
    if frame.within is not None:
        return Q(institution__in=frame.within)
    if frame.unit.tier == Tier.COUNTRY and not frame.leaves:
        return Q()
    if frame.map.is_reported:
        return Q(place__in=UnitAncestry.objects.filter(ancestor__in=groups).values("unit"))
    came = {institution for institution, _place in kept_places(frame)}
    places = places_of(frame)
    if not frame.leaves:
        # Named: beside an OR the planner would read the whole country's months to find a province's.
        rows = frame.rows_of_map("places", lambda each: units_reading_as(each.unit, each.map_day).values_list("pk"))
        places = [place for (place,) in rows]
    here = Q(place__in=places)
    return here | Q(institution__in=came) if came else here


def rows_at_institutions(frame: Frame, years: Collection[int], groups: Sequence[AdminUnit] = ()) -> list[QuerySet[Any]]:
    """What was posted in the years' periods: whole months from the roll-up, the days of a broken one from the book.
    `groups`: whose stretches of the year are told apart, as reported.

    Rows have institution, place, measure, purpose, quantity, lines, year and stretch.
    """
    return [whole_months(frame, years, groups), broken_months(frame, years, groups)]


def whole_months(frame: Frame, years: Collection[int], groups: Sequence[AdminUnit] = ()) -> QuerySet[Any]:
    """What the roll-up answers for; with `stated`, whether it was typed in."""
    months = Q(month__range=_NO_DAYS)
    for year in years:
        first, last = period(frame, year)
        months |= Q(month__range=(first, last)) & ~Q(month__in=_broken(frame, year, groups))
    return FreshInstitutionMonth.objects.filter(months).annotate(
        year=F("month__year"), stretch=_stretch(frame, groups, "month")
    )


def broken_months(frame: Frame, years: Collection[int], groups: Sequence[AdminUnit] = ()) -> QuerySet[Any]:
    """The days that it cannot answer for, from the book."""
    days = Q(occurred_on__range=_NO_DAYS)
    for year in years:
        first, last = period(frame, year)
        for month in _broken(frame, year, groups):
            days |= Q(occurred_on__range=(max(first, month), min(last, _month_after(month) - dt.timedelta(days=1))))
    return _entries(frame, days, groups)


def all_days(frame: Frame, years: Collection[int], groups: Sequence[AdminUnit] = ()) -> QuerySet[Any]:
    """The same, day by day from the book, which alone knows ages, sexes, ways and marks."""
    return _entries(frame, _days_of(frame, years), groups)


def _entries(frame: Frame, days: Q, groups: Sequence[AdminUnit]) -> QuerySet[Any]:
    sign = Case(When(quantity__gt=0, then=1), default=-1)
    return Entry.objects.filter(days).annotate(
        year=F("occurred_on__year"), stretch=_stretch(frame, groups, "occurred_on"), lines=sign
    )


def _days_of(frame: Frame, years: Collection[int]) -> Q:
    days = Q(occurred_on__range=_NO_DAYS)
    for year in years:
        days |= Q(occurred_on__range=period(frame, year))
    return days


def _broken(frame: Frame, year: int, groups: Sequence[AdminUnit]) -> list[dt.date]:
    """The first days of months that the roll-up cannot answer for: those in which the period ends too early, or the map
    changes. A month that no later day can be posted for yet is whole."""
    _first, last = period(frame, year)
    broken = set()
    if last < timezone.localdate() and (last + dt.timedelta(days=1)).day != 1:
        broken.add(last.replace(day=1))
    if frame.map.is_reported and year == frame.year:
        broken |= {each.first.replace(day=1) for each in stretches_of(frame, list(groups)) if each.first.day != 1}
    return sorted(broken)


def _stretch(frame: Frame, groups: Sequence[AdminUnit], day: str) -> Case | Value:
    later = stretches_of(frame, list(groups))[1:] if frame.map.is_reported else []
    cases = [When(Q(**{f"{day}__gte": each.first}), then=Value(at)) for at, each in reversed(list(enumerate(later, 1)))]
    return Case(*cases, default=Value(0)) if cases else Value(0)


_NO_DAYS = dt.date(1900, 1, 2), dt.date(1900, 1, 1)
"""So that as many queries are run on any date."""


def _month_after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


def months_and_days(frame: Frame, year: int) -> tuple[dt.date, dt.date, dt.date]:
    """The first day of the year's period, the first day of its broken month, its last day.

    A month that no later day can be posted for yet is whole; then no day is broken, but there are as many queries on
    any date.
    """
    first, last = period(frame, year)
    after = last + dt.timedelta(days=1)
    is_whole = last >= timezone.localdate() or after.day == 1
    return first, after if is_whole else last.replace(day=1), last


def counts_for_frame(frame: Frame) -> dict[MeasureCode, int]:
    """Everything the ledger counts, measure by measure; a measure without entries is 0. At most two queries."""
    if not frame.is_whole_year or not frame.has_begun or frame.within is not None:
        return totals_by_measure(entries_of_year(frame))
    wanted = Slice(tuple(MeasureCode.values))
    map_day = None if frame.map.is_reported else frame.map_day
    rows = totals(wanted, [frame.unit], by=["measure"], first=frame.starts_on, last=frame.starts_on, map_day=map_day)
    sums = {measure: quantity for measure, quantity, _lines in rows}
    return {measure: sums.get(measure.value, 0) for measure in MeasureCode}


def entries_of_year(frame: Frame) -> QuerySet[Entry]:
    """Entries of the frame's year read on its map; as reported each where its place lay on its day."""
    if frame.within is not None:
        return Entry.objects.filter(institution__in=frame.within, occurred_on__range=(frame.starts_on, frame.last_day))
    if frame.map.is_reported and frame.unit.tier != Tier.COUNTRY:
        days = Q(occurred_on__range=_NO_DAYS)
        for each in stretches_of(frame, [frame.unit]):
            days |= Q(occurred_on__range=(each.first, each.last), place__in=list(each.spots))
        return Entry.objects.filter(days)
    entries = entries_read_at(frame.unit, frame.map_day)
    return entries.filter(occurred_on__range=(frame.starts_on, frame.last_day))
