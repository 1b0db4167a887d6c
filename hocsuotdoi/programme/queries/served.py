"""The figure that a task serves, as it stands where the task is to be done, and where it was before."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from hocsuotdoi.indicators.enums import Direction
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.programme.enums import Trend
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.cohorts import of_whom
from hocsuotdoi.programme.queries.plan_facts import can_speak_for, cohort_facts

YEARS = 3


@dataclass(frozen=True)
class Served:
    """`values`: of the last years, the newest last. `trend`: of the last two that are known and
    counted by one definition; None where two are not."""

    indicator: Indicator
    cohort: Cohort
    values: tuple[IndicatorValue, ...]
    trend: Trend | None


def served_by(assignment: Assignment, day: dt.date) -> Served | None:
    """None: it serves no figure, stands nowhere, or nobody has said of whom the figure speaks. The assignment comes
    with its task, agency and unit. A fixed number of queries for each year."""
    indicator = assignment.indicator or (assignment.task.indicator if assignment.task else None)
    unit = assignment.agency.unit
    if indicator is None or unit is None:
        return None
    spoken = next(
        (
            each
            for each in of_whom(indicator, day).choices
            if any(can_speak_for(facet, unit.tier) for facet in cohort_facts(each.cohort).living_facets(day))
        ),
        None,
    )
    if spoken is None:
        return None
    last = min(assignment.year or day.year, day.year)
    values = tuple(values_for(unit, year, [spoken.pair])[spoken.pair] for year in range(last - YEARS + 1, last + 1))
    return Served(indicator, spoken.cohort, values, _trend(values, indicator))


def _trend(values: tuple[IndicatorValue, ...], indicator: Indicator) -> Trend | None:
    alike = [each for each in values if each.version == values[-1].version]
    known = [number for number in map(_number, alike) if number is not None]
    if len(known) < 2:
        return None
    if known[-1] == known[-2]:
        return Trend.SAME
    rises = known[-1] > known[-2]
    return Trend.BETTER if rises == (indicator.direction == Direction.UP) else Trend.WORSE


def _number(value: IndicatorValue) -> Decimal | None:
    if not value.has_value:
        return None
    if value.percent is not None:
        return value.percent
    return None if value.numerator is None else Decimal(value.numerator)
