"""Sums of the ledger for counts and growth, read on a unit's own map."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.utils import timezone

from hocsuotdoi.indicators.models import Cohort, FreshInstitutionMonth, Indicator
from hocsuotdoi.indicators.queries.frame import Frame, at_any_of
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.queries.entries import entries_read_at, standing_postings, totals_by_measure
from hocsuotdoi.places.enums import Tier
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
    )


def period(frame: Frame, year: int) -> tuple[dt.date, dt.date]:
    """First and last day of `year` that count; a running year is compared with the same days of an earlier one."""
    last = frame.last_day
    if (last.month, last.day) == (2, 29):
        last = last.replace(day=28)
    return dt.date(year, 1, 1), last.replace(year=year) if year != frame.year else frame.last_day


Sums = dict[tuple[int, int, int], dict[Counted, int]]
"""(institution id, place id, year) to what was counted there; only where something was."""


def sums_by_institution(frame: Frame, counted: Collection[Counted], years: Collection[int]) -> Sums:
    """One query, two where a period ends within a month that has gone on since; one more where some keep to an age, a
    sex, a way or a mark."""
    found: Sums = {}
    if not counted or not years:
        return found
    of_people = [each for each in counted if each.is_of_people]
    if plain := [each for each in counted if not each.is_of_people]:
        _add_up(found, frame, plain, rows_at_institutions(frame, years))
    if of_people:
        days = Q()
        for year in years:
            days |= Q(occurred_on__range=period(frame, year))
        _add_up(found, frame, of_people, [Entry.objects.filter(days).annotate(year=F("occurred_on__year"))])
    return found


def _add_up(found: Sums, frame: Frame, counted: Collection[Counted], sources: Collection[QuerySet[Any]]) -> None:
    columns = {f"sum_{number}": each for number, each in enumerate(counted)}
    measures = {measure for each in counted for measure in each.measures}
    for rows in sources:
        here = (
            rows
            if frame.unit.tier == Tier.COUNTRY
            else rows.filter(place__in=units_reading_as(frame.unit, frame.map_day))
        )
        sums = (
            here.filter(measure__in=measures)
            .values("institution_id", "place_id", "year")
            .annotate(**{name: Sum("quantity", filter=each.condition) for name, each in columns.items()})
            .order_by()
        )
        for row in sums:
            there = found.setdefault((row["institution_id"], row["place_id"], row["year"]), {})
            for name, each in columns.items():
                if row[name] is not None:
                    there[each] = there.get(each, 0) + row[name]


def reporting_by_year(frame: Frame, years: Collection[int], institutions: Collection[int]) -> dict[int, set[int]]:
    """Year to the institutions with at least one posting that stands in its period: also one that states a zero, which
    has no entries. Three queries."""
    reporting: dict[int, set[int]] = {year: set() for year in years}
    if not years or not institutions:
        return reporting
    standing: Counter[tuple[int, int]] = Counter()
    for rows in rows_at_institutions(frame, years):
        lines = rows.filter(at_any_of(institutions)).values_list("year", "institution_id").annotate(Sum("lines"))
        for year, institution, number in lines.order_by():
            standing[year, institution] += number
    days = Q()
    for year in years:
        days |= Q(occurred_on__range=period(frame, year))
    stated = standing_postings().filter(days, at_any_of(institutions), kind=PostingKind.STATED)
    said = stated.values_list("occurred_on__year", "institution_id").distinct()
    for year, institution in {*said, *(key for key, number in standing.items() if number > 0)}:
        reporting[year].add(institution)
    return reporting


def rows_at_institutions(frame: Frame, years: Collection[int]) -> list[QuerySet[Any]]:
    """What was posted in the years' periods: whole months from the roll-up, the days of a broken one from the book.

    Rows have institution, place, measure, purpose, quantity, lines and year.
    """
    months, days = Q(), Q()
    for year in years:
        first, broken, last = months_and_days(frame, year)
        months |= Q(month__range=(first, broken - dt.timedelta(days=1)))
        days |= Q(occurred_on__range=(broken, last))
    sign = Case(When(quantity__gt=0, then=1), default=-1)
    return [
        FreshInstitutionMonth.objects.filter(months).annotate(year=F("month__year")),
        Entry.objects.filter(days).annotate(year=F("occurred_on__year"), lines=sign),
    ]


def months_and_days(frame: Frame, year: int) -> tuple[dt.date, dt.date, dt.date]:
    """The first day of the year's period, the first day of its broken month, its last day.

    A month that no later day can be posted for yet is whole; then no day is broken, but there are as many queries on
    any date.
    """
    first, last = period(frame, year)
    after = last + dt.timedelta(days=1)
    is_whole = last >= timezone.localdate() or after.day == 1
    return first, after if is_whole else last.replace(day=1), last


def first_years(counted: Collection[Counted]) -> dict[Counted, int]:
    """The first year for which the country has figures of each, at whatever class, leaving out what was taken back.

    One query. One base year for all units and all cohorts of a measure, so that they can be compared and added up.
    """
    kinds = {(each.measures, each.purposes) for each in counted}
    if not kinds:
        return {}
    first: dict[tuple[str, str], int] = {}
    rows = (
        FreshInstitutionMonth.objects.filter(
            measure__in={measure for measures, _purposes in kinds for measure in measures}
        )
        .values_list("measure", "purpose", "month__year")
        .annotate(Sum("lines"))
        .order_by("-month__year")
    )
    for measure, purpose, year, lines in rows:
        if lines > 0:
            first[measure, purpose] = year
    found = {}
    for measures, purposes in kinds:
        years = [
            year
            for (measure, purpose), year in first.items()
            if measure in measures and (not purposes or purpose in purposes)
        ]
        if years:
            found[measures, purposes] = min(years)
    return {each: found[kind] for each in counted if (kind := (each.measures, each.purposes)) in found}


def counts_for_frame(frame: Frame) -> dict[MeasureCode, int]:
    """Everything the ledger counts, measure by measure; a measure without entries is 0. At most two queries."""
    if not frame.is_whole_year:
        return totals_by_measure(entries_of_year(frame))
    wanted = Slice(tuple(MeasureCode.values))
    rows = totals(
        wanted, [frame.unit], by=["measure"], first=frame.starts_on, last=frame.starts_on, map_day=frame.map_day
    )
    sums = {measure: quantity for measure, quantity, _lines in rows}
    return {measure: sums.get(measure.value, 0) for measure in MeasureCode}


def entries_of_year(frame: Frame) -> QuerySet[Entry]:
    """Entries of the frame's year read on its unit's own map."""
    entries = entries_read_at(frame.unit, frame.map_day)
    return entries.filter(occurred_on__range=(frame.starts_on, frame.last_day))
