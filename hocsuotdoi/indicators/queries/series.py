"""Figures of several years, for pages that show how something went.

One door for all of them: whatever makes the years cheap goes in here. The land is loaded once, what was done each year
by itself; so the number of queries depends on the kinds of figures and on how many years are asked for, never on units
or pairs.
"""

import datetime as dt
from collections.abc import Sequence

from hocsuotdoi.indicators.queries.frame import Frame, expected_institutions, frame_of
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
    material: Material | None = None
    for year in years:
        frame = frame_of(within, year, as_of)
        material = Material(frame, units, pairs) if material is None else _InAnotherYear(material, frame)
        values = values_from(material)
        for pair, by_unit in values.items():
            for unit_id, value in by_unit.items():
                found[pair][unit_id][year] = value
    return found


class _InAnotherYear(Material):
    """What `first` has loaded of definitions and of the land, which is read on one map whatever the year, with the
    institutions, answers and counts of `frame`."""

    def __init__(self, first: Material, frame: Frame) -> None:
        self.__dict__.update(first.__dict__)
        self.frame = frame
        with_classes = {c for _i, cohort in self.defined for c in cohort.classes}
        self.expected = {group.pk: [] for group in self.groups}
        institutions = expected_institutions(frame, with_classes) if frame.has_begun else []
        for institution in institutions:
            if (spot := self.spots.get(institution.unit_id)) is not None:
                self.expected[spot.group_id].append(institution)
        self._load_checklists(institutions)
        self._load_sums(institutions)
        self._load_units()
        self._load_people()
