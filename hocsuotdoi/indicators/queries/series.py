"""Figures of several years, for pages that show how something went.

Whatever is asked of one year is asked of all in one query (`together`), so the number of queries depends on the kinds
of figures only: never on years, units or pairs.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Frame, Map, frame_of, frames_together, parts_of
from hocsuotdoi.indicators.queries.kept_parts import figures
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitReading
from hocsuotdoi.places.queries.units import day_on_map_of

Series = dict[int, IndicatorValue]
"""Year to its value."""


def series_for(
    unit: AdminUnit, pair: Pair, years: Sequence[int], as_of: dt.date | None = None, chosen: ChosenMap = TODAYS_MAP
) -> Series:
    """One figure of `unit`, year by year."""
    return series_by_unit(unit, [unit], [pair], years, as_of, chosen)[pair][unit.pk]


def series_by_unit(
    within: AdminUnit,
    units: list[AdminUnit],
    pairs: Sequence[Pair],
    years: Sequence[int],
    as_of: dt.date | None = None,
    chosen: ChosenMap = TODAYS_MAP,
) -> dict[Pair, dict[int, Series]]:
    """Several figures of several `units` that lie in `within`, none within another: pair, unit id, year.

    As reported, the years before a unit began are those of the unit that stood in its place then, its origin: a value
    says of which unit it is. Raises KeyError for a code that is not defined.
    """
    found: dict[Pair, dict[int, Series]] = {pair: {unit.pk: {} for unit in units} for pair in pairs}
    if not units or not pairs:
        return found
    asked = [frame_of(within, year, as_of, chosen) for year in years]
    stood = [list(units) for _frame in asked]
    if chosen.is_reported:
        asked = frames_together(asked)
        stood = [_as_they_stood(frame, units) for frame in asked]
        asked = _around(asked, within, units, stood)
    parts = [part for frame, then in zip(asked, stood, strict=True) for part in parts_of(frame, then)]
    values: dict[tuple[Pair, int, int], IndicatorValue] = {}
    for (frame, _groups), found_in in zip(parts, figures(parts, pairs), strict=True):
        for pair, by_unit in found_in.items():
            values |= {(pair, unit_id, frame.year): value for unit_id, value in by_unit.items()}
    for frame, then in zip(asked, stood, strict=True):
        for pair in pairs:
            for unit, other in zip(units, then, strict=True):
                found[pair][unit.pk][frame.year] = values[pair, other.pk, frame.year]
    return found


def values_on_days(
    within: AdminUnit, units: list[AdminUnit], pair: Pair, days: Sequence[dt.date], chosen: ChosenMap = TODAYS_MAP
) -> dict[int, dict[dt.date, IndicatorValue]]:
    """One figure of several units as it was on each of `days`, in as many queries as on one; on constant territory all
    of them on one map, by default `within`'s own."""
    if chosen.kind == Map.TODAY:
        chosen = ChosenMap(Map.DAY, day_on_map_of(within, timezone.localdate()))
    parts = [part for day in days for part in parts_of(frame_of(within, day.year, day, chosen), units)]
    found: dict[int, dict[dt.date, IndicatorValue]] = {unit.pk: {} for unit in units}
    for (frame, _groups), values in zip(parts, figures(parts, [pair]), strict=True):
        for unit_id, value in values[pair].items():
            found[unit_id][frame.as_of] = value
    return found


def _as_they_stood(frame: Frame, units: list[AdminUnit]) -> list[AdminUnit]:
    """For each unit the one that stood in its place on the frame's last day, where it had not begun by then."""
    later = [unit.pk for unit in units if unit.starts_on is not None]

    def read() -> list[UnitReading]:
        return list(UnitReading.objects.filter(unit__in=later).select_related("reads_as"))

    readings = frame.together.once(("origins", *later), read) if later else []
    day = min(dt.date(frame.year, 12, 31), frame.as_of)
    before = {each.unit_id: each.reads_as for each in readings if each.holds_on(day)}
    return [
        before.get(unit.pk, unit) if unit.starts_on is not None and unit.starts_on > day else unit for unit in units
    ]


def _around(
    frames: list[Frame], within: AdminUnit, units: list[AdminUnit], stood: list[list[AdminUnit]]
) -> list[Frame]:
    """Each frame with a unit in which those that stood then lay: the one asked about itself, or the whole country."""
    if units == [within]:
        return [replace(frame, unit=then[0]) for frame, then in zip(frames, stood, strict=True)]
    if all(frame.stands(within) for frame in frames):
        return frames
    whole = AdminUnit.objects.get(tier=Tier.COUNTRY)
    return [frame if frame.stands(within) else replace(frame, unit=whole) for frame in frames]
