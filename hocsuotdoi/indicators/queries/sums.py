"""Sums of the ledger for counts and growth, read on a unit's own map."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.frame import Frame, at_any_of
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.entries import entries_read_at, standing_postings, totals_by_measure


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
    """One query."""
    if not counted or not years:
        return {}
    columns = {f"sum_{number}": each for number, each in enumerate(counted)}
    days = Q()
    for year in years:
        days |= Q(occurred_on__range=period(frame, year))
    measures = {measure for each in counted for measure in each.measures}
    rows = (
        entries_read_at(frame.unit, frame.map_day)
        .filter(days, measure__in=measures)
        .values("institution_id", "place_id", year=F("occurred_on__year"))
        .annotate(**{name: Sum("quantity", filter=each.condition) for name, each in columns.items()})
        .order_by()
    )
    return {
        (row["institution_id"], row["place_id"], row["year"]): {
            each: row[name] for name, each in columns.items() if row[name] is not None
        }
        for row in rows
    }


def reporting_by_year(frame: Frame, years: Collection[int], institutions: Collection[int]) -> dict[int, set[int]]:
    """Year to the institutions with at least one posting that stands in its period. One query."""
    reporting: dict[int, set[int]] = {year: set() for year in years}
    if not years or not institutions:
        return reporting
    days = Q()
    for year in years:
        days |= Q(occurred_on__range=period(frame, year))
    rows = (
        standing_postings()
        .filter(days, at_any_of(institutions))
        .values_list("occurred_on__year", "institution_id")
        .distinct()
    )
    for year, institution in rows:
        reporting[year].add(institution)
    return reporting


def first_years(counted: Collection[Counted]) -> dict[Counted, int]:
    """The first year for which the country has figures of each, at whatever class, leaving out what was taken back.

    One query, each part of it led by the index (measure, occurred_on). One base year for all units and all cohorts of
    a measure, so that they can be compared and added up.
    """
    kinds = list(dict.fromkeys(replace(each, classes=()) for each in counted))
    if not kinds:
        return {}
    reversals = Posting.objects.filter(institution=OuterRef("institution_id"), reverses=OuterRef("posting_id"))
    firsts = [
        Entry.objects.filter(~Exists(reversals), kind.condition, quantity__gt=0)
        .annotate(number=Value(number, output_field=IntegerField()))
        .order_by("occurred_on")
        .values_list("number", "occurred_on")[:1]
        for number, kind in enumerate(kinds)
    ]
    rows = dict(firsts[0].union(*firsts[1:], all=True) if len(firsts) > 1 else firsts[0])
    found = {kinds[number]: day.year for number, day in rows.items()}
    return {each: found[kind] for each in counted if (kind := replace(each, classes=())) in found}


def counts_for_frame(frame: Frame) -> dict[MeasureCode, int]:
    """Everything the ledger counts, measure by measure; a measure without entries is 0. One query."""
    return totals_by_measure(entries_of_year(frame))


def entries_of_year(frame: Frame) -> QuerySet[Entry]:
    """Entries of the frame's year read on its unit's own map."""
    entries = entries_read_at(frame.unit, frame.map_day)
    return entries.filter(occurred_on__range=(frame.starts_on, frame.last_day))
