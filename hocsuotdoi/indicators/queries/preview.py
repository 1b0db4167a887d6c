"""What a definition that is being made would say of a real place, before anybody keeps it. Nothing is written."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.frame import Frame
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.values import values_from
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import children_of

FIRST_YEAR = 2022
YEARS_BACK = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """The figure of the unit and year, of the units right below it, and of the years before, the newest first."""

    value: IndicatorValue
    children: list[IndicatorValue]
    earlier: list[IndicatorValue]


def preview(indicator: Indicator, cohort: Cohort, unit: AdminUnit, year: int, as_of: dt.date) -> Preview:
    """`indicator` and `cohort` need not be stored. The number of queries does not grow with units or institutions."""
    frame, pair = Frame(unit, year, as_of), (indicator.code, cohort.code)
    defined = [(indicator, cohort)]

    def figures(at: Frame, groups: list[AdminUnit]) -> dict[int, IndicatorValue]:
        return values_from(Material(at, groups, defined=defined))[pair]

    below = list(children_of(unit, frame.map_day))
    children = figures(frame, below) if below else {}
    years = range(year - 1, max(FIRST_YEAR, year - YEARS_BACK) - 1, -1)
    return Preview(
        value=figures(frame, [unit])[unit.pk],
        children=[children[child.pk] for child in below],
        earlier=[figures(Frame(unit, each, as_of), [unit])[unit.pk] for each in years],
    )
