"""Figures of several years as pages draw them: points of a trend, its story, what it is held against."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Number
from hocsuotdoi.core.charts.trend import Silence, TrendPoint
from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.series import Series
from hocsuotdoi.indicators.queries.story import Goal, Told, is_thin, story
from hocsuotdoi.indicators.queries.words import is_number
from hocsuotdoi.portal.indicators.forms import FIRST_YEAR
from hocsuotdoi.portal.indicators.words import coverage_words, is_kept_back, value_words
from hocsuotdoi.programme.enums import TargetUnit
from hocsuotdoi.programme.queries.plan_facts import TargetFacts
from hocsuotdoi.programme.queries.plan_finding import figure_text
from hocsuotdoi.programme.queries.target_paths import TargetPath

YEARS = 5
"""At most so many are drawn, up to the one asked for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator for a cohort."""

    indicator: Indicator
    cohort: Cohort

    @property
    def pair(self) -> tuple[str, str]:
        return self.indicator.code, self.cohort.code

    @property
    def unit(self) -> str:
        """Written after each figure on an axis."""
        if is_number(self.indicator):
            return ""
        return _("% a year") if self.indicator.kind == IndicatorKind.GROWTH else "%"

    def number(self, value: IndicatorValue) -> Number | None:
        """What is drawn; None where there is no figure or too few people stand behind it."""
        if not value.has_value or is_kept_back(value, self.indicator):
            return None
        return value.numerator if is_number(self.indicator) else value.percent


def years_up_to(year: int) -> list[int]:
    return list(range(max(min(FIRST_YEAR, year), year - YEARS + 1), year + 1))


def trend_points(
    figure: Figure, series: Series, path: TargetPath | None, marks: dict[int, str] | None = None
) -> list[TrendPoint]:
    """A point for each year of the series, then those of later targets. `marks`: year to what changed the territory."""
    path = path.beside(figure.indicator) if path else None
    later = [year for year in path.years if year > max(series)] if path else []
    points = [_point(figure, year, series.get(year), path) for year in [*sorted(series), *later]]
    return [replace(point, mark=(marks or {}).get(point.year, "")) for point in points]


def _point(figure: Figure, year: int, value: IndicatorValue | None, path: TargetPath | None) -> TrendPoint:
    stated = path.stated(year) if path else None
    drawn = figure.number(value) if value else None
    return TrendPoint(
        year=year,
        value=drawn,
        expected=path.expected(year) if path else None,
        target=stated.comparable if stated else None,
        target_high=stated.high if stated and stated.unit in _AS_WRITTEN else None,
        band=path.near(year) if path else None,
        silence="" if value is None or drawn is not None else _silence(value),
        words=value_words(value, figure.indicator) if value else "",
        coverage=coverage_words(value, figure.indicator, figure.cohort) if value else "",
        is_thin=value is not None and is_thin(value),
    )


_AS_WRITTEN = (TargetUnit.PERCENT, TargetUnit.PERCENT_PER_YEAR)


def _silence(value: IndicatorValue) -> Silence:
    return "not_applicable" if value.state == ValueState.NOT_APPLICABLE else "not_reported"


def story_of(
    figure: Figure,
    series: Sequence[IndicatorValue] | Series,
    path: TargetPath | None,
    year: int,
    today: dt.date,
    marks: dict[int, str] | None = None,
) -> str:
    """The sentence about `year`, with the years before to compare with, back to where `marks` say that the territory
    changed."""
    by_year = series if isinstance(series, dict) else {each.year: each for each in series}
    since = max((each for each in marks or {} if each <= year), default=0)
    before = [
        by_year[each] for each in sorted(by_year, reverse=True) if since < each < year and by_year[each].has_value
    ]
    return story(
        Told(
            indicator=figure.indicator,
            cohort=figure.cohort,
            value=by_year[year],
            previous=next((each for each in before if not is_kept_back(each, figure.indicator)), None),
            goal=goal_of(path.next_due(year) if path else None),
            until=today if today < dt.date(year, 12, 31) else None,
        )
    )


def goal_of(target: TargetFacts | None) -> Goal | None:
    if target is None or target.unit == TargetUnit.COUNT:
        return None
    is_percent = target.unit in _AS_WRITTEN
    low, high = (target.low, target.high) if is_percent else (target.comparable, target.comparable)
    return Goal(low, high, target.year, figure_text(target), is_percent)
