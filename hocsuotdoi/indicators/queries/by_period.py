"""Figures of years, quarters and months, on any map: what the files and the API tell, so that both tell the same.

Within a year there are counts, shares of counts, and what there is on the period's last day (`why_only_years`). A
count's coverage follows the land, as the count does: of the institutions open in the unit on the period's last day,
those that report that very count in it (`reported_within`). Below a share's line stands only what they counted.

What was typed in for a longer time is no figure of a quarter or month (`longer`): the values and it make the year.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.definitions import definitions_by_day
from hocsuotdoi.indicators.queries.figure import not_on_map
from hocsuotdoi.indicators.queries.frame import ChosenMap
from hocsuotdoi.indicators.queries.longer import Longer, longer, without_longer
from hocsuotdoi.indicators.queries.open_data import (
    State,
    first_day_of,
    period_ends,
    period_key,
    state_of,
    why_only_years,
)
from hocsuotdoi.indicators.queries.pivot import MONTHS, Period
from hocsuotdoi.indicators.queries.reported_within import Lasting, Reported, reported_within
from hocsuotdoi.indicators.queries.results import OWN, IndicatorValue, percent_of
from hocsuotdoi.indicators.queries.series import series_by_unit, values_on_days
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of

ONE_DAY = dt.timedelta(days=1)


class OnlyYears(Refused):
    """The figure has no meaning within a year."""


@dataclass(frozen=True, slots=True)
class Span:
    """The periods from the one that begins on `first` to the one that begins on `last`, seen from `today`."""

    first: dt.date
    last: dt.date
    period: Period
    today: dt.date

    @property
    def starts(self) -> list[dt.date]:
        found = [self.first]
        while (following := period_ends(found[-1], self.period)) <= self.last:
            found.append(following)
        return found

    @property
    def years(self) -> list[int]:
        return list(range(self.first.year, self.last.year + 1))

    def last_day(self, starts_on: dt.date) -> dt.date:
        return period_ends(starts_on, self.period) - ONE_DAY


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """What a figure came to in the period that begins on `starts_on`.

    `longer`: of a count, what is booked in the period and was typed in for a longer time; not in `value`.
    """

    value: IndicatorValue
    starts_on: dt.date
    period: Period
    is_provisional: bool
    longer: int = 0

    @property
    def key(self) -> str:
        return period_key(self.starts_on, self.period)

    def told_longer(self, indicator: Indicator) -> int | None:
        """`longer` where there can be such a thing and it may be told."""
        can_be = self.period != Period.YEAR and indicator.kind == IndicatorKind.COUNT and not indicator.over
        return self.longer if can_be and state_of(self.value, indicator) != State.KEPT_BACK else None


def values_by_period(
    indicator: Indicator,
    cohort: Cohort | None,
    within: AdminUnit,
    units: list[AdminUnit],
    span: Span,
    chosen: ChosenMap,
) -> dict[int, list[PeriodValue]]:
    """Unit id to its values, the earliest first. `cohort` None: of whom the definition of each period itself speaks.
    The number of queries does not grow with units or periods. Refuses quarters and months of what has none."""
    if span.period == Period.YEAR:
        return _yearly(indicator, cohort, within, units, span, chosen)
    defined = _definitions(indicator, span)
    if why := next(filter(None, map(why_only_years, defined.values())), ""):
        raise OnlyYears(why)
    if indicator.kind == IndicatorKind.STOCK:
        return _on_days(indicator, cohort, within, units, span, chosen)
    found: dict[int, list[PeriodValue]] = {unit.pk: [] for unit in units}
    for of_whom, starts in groupby(span.starts, key=lambda starts_on: cohort or _own(defined[starts_on])):
        first, *later = starts
        one = replace(span, first=first, last=(later or [first])[-1])
        for unit_id, values in _Counts(of_whom, within, units, one, chosen, defined).values().items():
            found[unit_id] += values
    return found


def _own(indicator: Indicator) -> Cohort:
    if indicator.cohort is None:
        raise KeyError(OWN)
    return indicator.cohort


def _yearly(
    indicator: Indicator,
    cohort: Cohort | None,
    within: AdminUnit,
    units: list[AdminUnit],
    span: Span,
    chosen: ChosenMap,
) -> dict[int, list[PeriodValue]]:
    pair = indicator.code, cohort.code if cohort else OWN
    series = series_by_unit(within, units, [pair], span.years, span.today, chosen)[pair]

    def of_itself(unit: AdminUnit, year: int) -> IndicatorValue:
        """As reported a series goes on before the unit began with its origin's years: here those are the origin's."""
        value = series[unit.pk][year]
        if value.unit == unit:
            return value
        nothing = _without_value(
            *(value.defined or (indicator, _own(indicator))), unit, year, ValueState.NOT_APPLICABLE
        )
        return replace(nothing, note=not_on_map(unit, dt.date(year, 1, 1), None))

    return {
        unit.pk: [
            PeriodValue(of_itself(unit, year), dt.date(year, 1, 1), Period.YEAR, span.today <= dt.date(year, 12, 31))
            for year in span.years
        ]
        for unit in units
    }


def _definitions(indicator: Indicator, span: Span) -> dict[dt.date, Indicator]:
    """Period's first day to the definition that held on its last day. One query."""
    days = {starts_on: min(span.last_day(starts_on), span.today) for starts_on in span.starts}
    found = definitions_by_day([indicator.code], set(days.values()))
    return {starts_on: found[day].get(indicator.code, indicator) for starts_on, day in days.items()}


def _on_days(
    indicator: Indicator,
    cohort: Cohort | None,
    within: AdminUnit,
    units: list[AdminUnit],
    span: Span,
    chosen: ChosenMap,
) -> dict[int, list[PeriodValue]]:
    """What there is on the last day of each period, or today while it runs; of a period to come nothing is known."""
    begun = {
        starts_on: min(span.last_day(starts_on), span.today) for starts_on in span.starts if starts_on <= span.today
    }
    pair = indicator.code, cohort.code if cohort else OWN
    found = values_on_days(within, units, pair, list(begun.values()), chosen) if begun else {}
    return {
        unit.pk: [
            PeriodValue(
                found[unit.pk][begun[starts_on]]
                if starts_on in begun
                else _not_begun(indicator, cohort or _own(indicator), unit, starts_on),
                starts_on,
                span.period,
                span.last_day(starts_on) >= span.today,
            )
            for starts_on in span.starts
        ]
        for unit in units
    }


def _without_value(
    indicator: Indicator, cohort: Cohort, unit: AdminUnit, year: int, state: ValueState
) -> IndicatorValue:
    defined = indicator, cohort
    return IndicatorValue(indicator.code, cohort.code, unit, year, state, version=indicator.version, defined=defined)


def _not_begun(indicator: Indicator, cohort: Cohort, unit: AdminUnit, starts_on: dt.date) -> IndicatorValue:
    nothing = _without_value(indicator, cohort, unit, starts_on.year, ValueState.NOT_REPORTED)
    return replace(nothing, note=_("This period has not begun."))


Key = tuple[int, dt.date]
"""Unit id and the first day of the period."""


class _Counts:
    """Counts and shares of counts, period by period."""

    def __init__(
        self,
        cohort: Cohort,
        within: AdminUnit,
        units: list[AdminUnit],
        span: Span,
        chosen: ChosenMap,
        defined: dict[dt.date, Indicator],
    ) -> None:
        self.cohort, self.units, self.span, self.chosen, self.defined = cohort, units, span, chosen, defined
        self.map_day = None if chosen.is_reported else chosen.day or day_on_map_of(within, span.today)
        self._coverage: dict[tuple[Slice, tuple[str, ...]], dict[Key, Reported]] = {}
        self._sums: dict[Slice, dict[Key, int]] = {}
        self._longer: dict[Slice, dict[int, list[Longer]]] = {}

    def values(self) -> dict[int, list[PeriodValue]]:
        return {unit.pk: [self._told(unit, day) for day in self.span.starts] for unit in self.units}

    def _told(self, unit: AdminUnit, day: dt.date) -> PeriodValue:
        value, indicator = self._value(unit, day), self.defined[day]
        is_running = self.span.last_day(day) >= self.span.today
        told = PeriodValue(value, day, self.span.period, is_running)
        if day > self.span.today or (value.state == ValueState.NOT_APPLICABLE and not value.expected):
            return told
        part = self._part(indicator)
        apart = [each for wanted in self._slices(indicator) for each in self._longer.get(wanted, {}).get(unit.pk, [])]
        covering = [each for each in apart if each.period.starts_on <= day < each.period.ends_on]
        if not covering:
            return told
        told = replace(told, value=replace(value, note=" ".join(filter(None, [value.note, _longer_words(covering)]))))
        if indicator.over:
            return told
        booked = [each for each in self._longer[part][unit.pk] if first_day_of(each.keys[1], self.span.period) == day]
        return replace(told, longer=sum(each.quantity for each in booked))

    def _slices(self, indicator: Indicator) -> list[Slice]:
        over = [Slice(tuple(indicator.over), tuple(self.cohort.classes))] if indicator.over else []
        return [self._part(indicator), *over]

    def _part(self, indicator: Indicator) -> Slice:
        return Slice(
            tuple(indicator.measures),
            tuple(self.cohort.classes),
            tuple(indicator.purposes),
            tuple(indicator.channels),
        )

    def _value(self, unit: AdminUnit, day: dt.date) -> IndicatorValue:
        indicator, last = self.defined[day], min(self.span.last_day(day), self.span.today)
        if day > self.span.today:
            return _not_begun(indicator, self.cohort, unit, day)
        reporting, expected, silent_below = self._covered(indicator).get((unit.pk, day), Reported())
        made = _without_value(indicator, self.cohort, unit, day.year, ValueState.NOT_APPLICABLE)
        if note := self._why_none(indicator, unit, day, last):
            return replace(made, note=note)
        made = replace(made, reporting=reporting, expected=expected)
        count, *over = (self._sum(wanted).get((unit.pk, day)) for wanted in self._slices(indicator))
        whole = (over[0] or 0) - silent_below if over else 0
        if not (expected or reporting or count or whole):
            return replace(made, note=_("There is no open institution of this kind here."))
        if not reporting and not count:
            return replace(made, state=ValueState.NOT_REPORTED, note=_("Nobody has reported yet."))
        made = replace(made, numerator=count or 0)
        if not indicator.over:
            return replace(made, state=ValueState.VALUE)
        if not whole:
            return replace(made, denominator=0, note=_("Nothing stands in the denominator, so there is no share."))
        return replace(made, state=ValueState.VALUE, denominator=whole, percent=percent_of(made.numerator or 0, whole))

    def _why_none(self, indicator: Indicator, unit: AdminUnit, day: dt.date, last: dt.date) -> str:
        if indicator.ends_on is not None and indicator.ends_on <= last:
            return _("This indicator has not been computed any more since {day}.").format(
                day=day_short(indicator.ends_on)
            )
        if self.map_day is None:
            stands = (unit.starts_on is None or unit.starts_on <= last) and (unit.ends_on is None or unit.ends_on > day)
        else:
            stands = unit.holds_on(self.map_day)
        return "" if stands else not_on_map(unit, day, self.map_day)

    def _covered(self, indicator: Indicator) -> dict[Key, Reported]:
        """One query, once for what several periods ask for."""
        asked = self._part(indicator), tuple(indicator.over)
        if asked not in self._coverage:
            span = self.span
            periods = [
                Lasting(day, min(span.last_day(day), span.today), period_ends(day, span.period))
                for day in span.starts
                if day <= span.today
            ]
            self._coverage[asked] = reported_within(
                self.units, self.cohort.classes, periods, self.map_day, asked[0], over=asked[1]
            )
        return self._coverage[asked]

    def _sum(self, wanted: Slice) -> dict[Key, int]:
        """What was counted; only where something was. Three queries, once for what several periods ask for."""
        if wanted not in self._sums:
            asked: dict[str, Any] = {
                "by": ("unit_id", "starts_on"),
                "first": self.span.first,
                "last": self.span.last_day(self.span.last),
                "map_day": self.map_day,
            }
            first, last = asked["first"], asked["last"]
            # Of whole years: what was typed in for one is booked on its last day, and is said of each of its periods.
            years = {"first": dt.date(first.year, 1, 1), "last": dt.date(last.year, 12, 31)}
            apart = longer(wanted, self.units, than=MONTHS[self.span.period], **asked | years)
            here = [each for each in apart if first <= each.keys[1] <= last]
            found: dict[Key, int] = {}
            for unit_id, starts_on, quantity, lines in without_longer(
                totals(wanted, self.units, grain="month", **asked), here
            ):
                if lines:
                    key = unit_id, first_day_of(starts_on, self.span.period)
                    found[key] = found.get(key, 0) + quantity
            self._sums[wanted] = found
            by_unit = self._longer[wanted] = {}
            for each in apart:
                by_unit.setdefault(each.keys[0], []).append(each)
        return self._sums[wanted]


def _longer_words(covering: Sequence[Longer]) -> str:
    """Which longer times have figures of their own, beside a period within them."""
    periods = {each.period.code: each.period.words for each in covering}
    return _("What was typed in for the whole of {periods} is not in it.").format(
        periods=", ".join(words for _code, words in sorted(periods.items()))
    )
