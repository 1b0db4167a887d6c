"""Figures of several years, for pages that show how something went.

One door for all of them: whatever makes the years cheap goes in here. Today each year is loaded by itself, so that the
number of queries depends on the kinds of figures and on how many years are asked for, never on units or pairs.
"""

import datetime as dt
from collections.abc import Sequence

from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.indicators.queries.values import values_from
from hocsuotdoi.places.models import AdminUnit

Series = dict[int, IndicatorValue]
"""Year to its value."""


def series_for(unit: AdminUnit, pair: Pair, years: Sequence[int], as_of: dt.date | None = None) -> Series:
    """One figure of `unit`, year by year."""
    return series_by_unit(unit, [unit], [pair], years, as_of)[pair][unit.pk]


def series_by_unit(
    within: AdminUnit,
    units: list[AdminUnit],
    pairs: Sequence[Pair],
    years: Sequence[int],
    as_of: dt.date | None = None,
) -> dict[Pair, dict[int, Series]]:
    """Several figures of several `units` that lie in `within`, none within another: pair, unit id, year.

    Raises KeyError for a code that is not defined.
    """
    found: dict[Pair, dict[int, Series]] = {pair: {unit.pk: {} for unit in units} for pair in pairs}
    if not units or not pairs:
        return found
    for year in years:
        values = values_from(Material(frame_of(within, year, as_of), units, pairs))
        for pair, by_unit in values.items():
            for unit_id, value in by_unit.items():
                found[pair][unit_id][year] = value
    return found
