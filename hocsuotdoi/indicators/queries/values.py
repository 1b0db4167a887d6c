"""Values of indicators for units, years and cohorts, computed from the ledger and the register when asked.

The number of queries depends on the kinds of figures asked for, never on how many units, institutions or pairs.
See docs/figures.md for each formula in words.
"""

import datetime as dt
from collections.abc import Sequence

from hocsuotdoi.indicators.queries.figure import values_from
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, frame_of, parts_of
from hocsuotdoi.indicators.queries.kept_parts import figures
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.indicators.queries.sums import counts_for_frame
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import AdminUnit

__all__ = ["IndicatorValue", "Pair", "counts_for", "values_by_unit", "values_for", "values_from"]


def values_for(
    unit: AdminUnit, year: int, pairs: Sequence[Pair], as_of: dt.date | None = None, chosen: ChosenMap = TODAYS_MAP
) -> dict[Pair, IndicatorValue]:
    """The values of (indicator code, cohort code) `pairs` at `unit` for `year`, as seen on `as_of` (None: today).

    Raises KeyError for a code that is not defined.
    """
    (found,) = figures([(frame_of(unit, year, as_of, chosen), [unit])], pairs)
    return {pair: values[unit.pk] for pair, values in found.items()}


def values_by_unit(
    unit: AdminUnit,
    units: list[AdminUnit],
    year: int,
    pair: Pair,
    as_of: dt.date | None = None,
    chosen: ChosenMap = TODAYS_MAP,
) -> dict[int, IndicatorValue]:
    """One figure for many `units` that lie in `unit`, none within another, on the chosen map, by default `unit`'s own;
    keyed by unit id. As reported those that ended within the year may be among them."""
    parts = parts_of(frame_of(unit, year, as_of, chosen), units)
    found: dict[int, IndicatorValue] = {}
    for values in figures(parts, [pair]):
        found |= values[pair]
    return {each.pk: found[each.pk] for each in units}


def counts_for(unit: AdminUnit, year: int, as_of: dt.date | None = None) -> dict[MeasureCode, int]:
    """What the ledger counted at `unit` in `year`, on the unit's own map: every measure, 0 where nothing was.

    One query.
    """
    return counts_for_frame(frame_of(unit, year, as_of))
