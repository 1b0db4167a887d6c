"""Figures of several years as pages draw them: points of a trend, its story, what it is held against."""

import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Number
from hocsuotdoi.core.charts.trend import Silence, TrendPoint
from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.open_data import number_of
from hocsuotdoi.indicators.queries.results import OWN, IndicatorValue, Pair
from hocsuotdoi.indicators.queries.series import Series
from hocsuotdoi.indicators.queries.story import Goal, Told, is_thin, lower_first, story
from hocsuotdoi.indicators.queries.words import is_number
from hocsuotdoi.portal.indicators.forms import FIRST_YEAR
from hocsuotdoi.portal.indicators.words import coverage_words, is_kept_back, value_words
from hocsuotdoi.programme.enums import TargetUnit
from hocsuotdoi.programme.queries.cohorts import Spoken
from hocsuotdoi.programme.queries.plan_facts import TargetFacts
from hocsuotdoi.programme.queries.plan_finding import figure_text
from hocsuotdoi.programme.queries.target_paths import TargetPath

YEARS = 5
"""At most so many are drawn, up to the one asked for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator for a cohort, as they were defined in the year that is shown. `is_own`: of whom it itself speaks,
    which another version of it may say otherwise."""

    indicator: Indicator
    cohort: Cohort
    is_own: bool = False

    @classmethod
    def of(cls, spoken: Spoken) -> "Figure":
        return cls(spoken.indicator, spoken.cohort, spoken.is_own)

    @property
    def pair(self) -> Pair:
        """By which its values are asked for."""
        return self.indicator.code, OWN if self.is_own else self.cohort.code

    @property
    def codes(self) -> tuple[str, str]:
        """By which addresses say it."""
        return self.indicator.code, self.cohort.code

    @property
    def name(self) -> str:
        """In an address that says several."""
        return ".".join(self.codes)

    @property
    def unit(self) -> str:
        """Written after each figure on an axis."""
        if is_number(self.indicator) or self.is_answer:
            return ""
        return _("% a year") if self.indicator.kind == IndicatorKind.GROWTH else "%"

    @property
    def is_answer(self) -> bool:
        """Whether it is a yes or a no."""
        return self.indicator.kind == IndicatorKind.YES_NO

    def number(self, value: IndicatorValue) -> Number | None:
        """What is drawn: of an answer 1 for yes, 0 for no. None where there is no figure or too few people stand behind
        it."""
        return number_of(value, self.indicator)


def years_up_to(year: int) -> list[int]:
    return list(range(max(min(FIRST_YEAR, year), year - YEARS + 1), year + 1))


def trend_points(
    figure: Figure, series: Series, path: TargetPath | None, marks: dict[int, str] | None = None
) -> list[TrendPoint]:
    """A point for each year of the series, then those of later targets. `marks`: year to what changed the territory;
    a year from which it is defined anew is marked, too."""
    path = path.beside(figure.indicator) if path and not figure.is_answer else None
    later = [year for year in path.years if year > max(series)] if path else []
    points = [_point(figure, year, series.get(year), path) for year in [*sorted(series), *later]]
    anew = defined_anew(series)
    both = {point.year: [(marks or {}).get(point.year, ""), anew.get(point.year, "")] for point in points}
    return [replace(point, mark="; ".join(filter(None, both[point.year]))) for point in points]


def defined_anew(series: Series) -> dict[int, str]:
    """The years from which on another version of the definition holds than in the year before, in words."""
    years = sorted(series)
    return {
        year: _("version {number} of the definition").format(number=series[year].version)
        for before, year in pairwise(years)
        if series[year].version != series[before].version
    }


def version_note(series: Series) -> str:
    """That earlier years of a series are counted by other versions of the definition, and by which; empty where one
    holds for all."""
    spans: dict[int, list[int]] = {}
    for year in sorted(series):
        spans.setdefault(series[year].version, []).append(year)
    if len(spans) < 2:
        return ""
    said = []
    for version, years in spans.items():
        defined = series[years[0]].defined
        words = _("{years}: version {number} ({whom})") if defined else _("{years}: version {number}")
        when = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        said.append(words.format(years=when, number=version, whom=lower_first(defined[1].name) if defined else ""))
    return _("Each year is counted by the definition that held then. {versions}.").format(versions="; ".join(said))


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
        # A yes needs no more than one of them.
        is_thin=value is not None and is_thin(value) and not figure.is_answer,
        is_answer=figure.is_answer,
    )


_AS_WRITTEN = (TargetUnit.PERCENT, TargetUnit.PERCENT_PER_YEAR)


def _silence(value: IndicatorValue) -> Silence:
    if value.has_value:
        return "not_told"
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
    changed, or to where the definition did."""
    by_year = series if isinstance(series, dict) else {each.year: each for each in series}
    since = max((each for each in marks or {} if each <= year), default=0)
    value = by_year[year]
    earlier = [by_year[each] for each in sorted(by_year, reverse=True) if since < each < year]
    before = [each for each in earlier if each.has_value and each.version == value.version]
    indicator, cohort = value.defined or (figure.indicator, figure.cohort)
    said_of = copy(cohort)
    said_of.name = cohort.in_a_sentence
    return story(
        Told(
            indicator=indicator,
            cohort=said_of,
            value=value,
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
