"""The truth, added up while the country is made: from what stands in the end, never from the rows that are written.

Memory grows with institutions, years and months, not with entries; people are kept one year at a time.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.ledger.enums import MeasureCode, Purpose
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.simulation.formats.truth import BEFORE, MAPS, REPORTED, TODAY, Row
from hocsuotdoi.simulation.operations.activity import MEASURES, NOT_KNOWN, PURPOSES, Batch, Fate, Lines, column_of
from hocsuotdoi.simulation.operations.country import CODE, REFORM, Country
from hocsuotdoi.simulation.queries.territory import NOWHERE, TIERS

WITH_PURPOSE = ((MeasureCode.MUSEUM_VISIT, Purpose.STUDY_RESEARCH),)
"""Figures of one purpose of a measure, which the programme's growth asks for."""

_M = MeasureCode
RECORDED_TOGETHER = (
    {
        _M.PROGRAMME_SESSION,
        _M.PROGRAMME_ATTENDANCE,
        _M.RECORDING_VIEW,
        _M.LIBRARY_VISIT,
        _M.MUSEUM_VISIT,
        _M.CENTRE_VISIT,
    },
    {_M.LOAN, _M.RENEWAL, _M.IN_HOUSE_USE, _M.RESERVATION},
)
"""Who records one of them without typing it in tells all of them (decision 120)."""

_NAMES = [measure.value for measure in MEASURES]
FIGURES = [*_NAMES, *(f"{m.value}:{p.value}" for m, p in WITH_PURPOSE)]
"""Columns of the yearly sums; after them come attendances with a key."""

_KNOWN = len(FIGURES)
_ATTENDANCE = MEASURES.index(MeasureCode.PROGRAMME_ATTENDANCE)
_MANY = 4_000_000


@dataclass(frozen=True, slots=True)
class _Home:
    """On one map: in which unit of each tier each stay lies, and where the register has it."""

    of_facts: dict[Tier, np.ndarray]
    of_register: dict[Tier, np.ndarray]


_COLUMNS = list(StatedColumn)


class Tally:
    """`has_figures`: what is typed in is known as figures, so that who types a count is waited for and a 0 is told."""

    def __init__(self, country: Country, *, has_figures: bool = True) -> None:
        self.country, self.territory, self.span = country, country.territory, country.span
        self.first_year, self.years = self.span.months[0][0], self.span.years
        self.homes = self._homes()
        stays = len(country.stay_place)
        self.of_year = np.zeros((stays, self.years, _KNOWN + 1), np.int64)
        """what stands, by stay, year and figure"""
        self.reported = np.zeros((country.count, self.years), bool)
        self.recorded = np.zeros((country.count, self.years, len(RECORDED_TOGETHER)), bool)
        self.typed = np.zeros((country.count, self.years, len(_COLUMNS)), bool)
        self._has_figures = has_figures
        self._is_typed = np.array([act.is_stated for act in country.model.acts.values()])
        self._together = [np.array([each in room for each in MEASURES]) for room in RECORDED_TOGETHER]
        self.provinces = np.array([i for i, unit in enumerate(self.territory.units) if unit.tier == Tier.PROVINCE])
        classes, measures = len(country.model.classes), len(MEASURES)
        shape = len(self.provinces), len(self.span.months), classes, measures
        self.of_month = {name: np.zeros(shape, np.int64) for name in MAPS}
        self._province_of = {
            name: np.searchsorted(self.provinces, home.of_facts[Tier.PROVINCE]) for name, home in self.homes.items()
        }
        self._classes = [each.institution_class.value for each in country.model.classes]
        self._met: list[tuple[np.ndarray, np.ndarray]] = []
        self._met_year, self._met_count = NOWHERE, 0
        self._people: list[Row] = []
        self._wrong: list[Row] = []

    def _homes(self) -> dict[str, _Home]:
        country, territory = self.country, self.territory
        changes = np.array(territory.changes)
        period = np.searchsorted(changes, country.stay_starts, side="right") - 1
        maps = [territory.map_on(int(day)) for day in changes]
        homes = {}
        for name, day in self.map_days.items():
            if day is None:
                tables = {tier: np.stack([each.lies_in[tier] for each in maps]) for tier in TIERS}
                then = {tier: tables[tier][period, country.stay_place] for tier in TIERS}
                homes[name] = _Home(then, then)
            else:
                read = territory.map_on(day).lies_in
                homes[name] = _Home(
                    {tier: read[tier][country.stay_place] for tier in TIERS},
                    {tier: read[tier][country.stay_registered] for tier in TIERS},
                )
        return homes

    @property
    def map_days(self) -> dict[str, int | None]:
        return {REPORTED: None, TODAY: self.span.today, BEFORE: REFORM - 1}

    # -- adding --

    def add(self, batch: Batch, month: int) -> None:
        self._note_wrong(batch)
        standing, lines = batch.standing()
        year = batch.year - self.first_year
        self.reported[batch.acts.institution[standing], year] = True
        is_recorded = ~self._is_typed[batch.acts.code][lines.act]
        for room, together in enumerate(self._together):
            recorded = is_recorded & together[lines.measure]
            self.recorded[batch.acts.institution[lines.act[recorded]], year, room] = True
        if self._has_figures:
            self._note_typed(batch, lines, year)
        stay = batch.acts.stay[lines.act]
        _add(self.of_year, (stay, year, lines.measure), lines.quantity)
        for column, (measure, purpose) in enumerate(WITH_PURPOSE, start=len(MEASURES)):
            which = (lines.measure == MEASURES.index(measure)) & (lines.purpose == PURPOSES.index(purpose))
            _add(self.of_year, (stay[which], year, column), lines.quantity[which])
        kind = self.country.kinds[batch.acts.institution[lines.act]]
        for name, cells in self.of_month.items():
            _add(cells, (self._province_of[name][stay], month, kind, lines.measure), lines.quantity)
        self._meet(lines, stay, year)

    def _note_typed(self, batch: Batch, lines: Lines, year: int) -> None:
        is_typed = self._is_typed[batch.acts.code][lines.act]
        for number in range(len(_COLUMNS)):
            which = is_typed & (column_of(lines) == number)
            self.typed[batch.acts.institution[lines.act[which]], year, number] = True

    def _note_wrong(self, batch: Batch) -> None:
        """What stands and is wrong: one line of each such act."""
        still = (batch.acts.fate == Fate.STILL_WRONG)[batch.lines.act] & batch.lines.is_first
        still &= batch.lines.quantity > 0
        posted = batch.wrong_quantities()
        for line in np.flatnonzero(still):
            act = batch.lines.act[line]
            self._wrong.append(
                [
                    "wrong",
                    f"{CODE}{int(batch.acts.institution[act]) + 1:06}",
                    str(dt.date.fromordinal(int(batch.acts.day[act]))),
                    _NAMES[batch.lines.measure[line]],
                    int(posted[line]),
                    int(batch.lines.quantity[line]),
                ]
            )

    def _meet(self, lines: Lines, stay: np.ndarray, year: int) -> None:
        which = (lines.measure == _ATTENDANCE) & (lines.learner != NOT_KNOWN)
        _add(self.of_year, (stay[which], year, _KNOWN), lines.quantity[which])
        if year != self._met_year:
            self._close_year()
            self._met_year = year
        self._met.append((lines.learner[which], stay[which]))
        self._met_count += int(which.sum())
        if self._met_count > _MANY:
            self._met = [self._different()]
            self._met_count = 0

    def _different(self) -> tuple[np.ndarray, np.ndarray]:
        """Each person once a stay."""
        learners = np.concatenate([each for each, _stays in self._met])
        stays = np.concatenate([each for _learners, each in self._met])
        return _pairs(learners, stays, len(self.country.stay_place))

    def _close_year(self) -> None:
        """Counts the people of the year that ends and forgets them."""
        if self._met:
            learners, stays = self._different()
            year = self.first_year + self._met_year
            for name, tier in ((name, tier) for name in MAPS for tier in TIERS):
                units = self.homes[name].of_facts[tier]
                _one, unit_of_each = _pairs(learners, units[stays], len(self.territory.units))
                people = np.bincount(unit_of_each[unit_of_each != NOWHERE], minlength=len(self.territory.units))
                known, attendances = (
                    self._by_unit(units, self.of_year[:, self._met_year, column]) for column in (_KNOWN, _ATTENDANCE)
                )
                for unit in np.flatnonzero(attendances):
                    numbers = (int(each[unit]) for each in (people, known, attendances))
                    self._people.append(["people", name, self._key(int(unit)), year, *numbers])
        self._met, self._met_count = [], 0

    # -- telling --

    def head(self) -> dict[str, Any]:
        days = {name: str(dt.date.fromordinal(day)) for name, day in self.map_days.items() if day is not None}
        return {
            "maps": {REPORTED: None, **days},
            "measures": _NAMES,
            "learner_measure": MeasureCode.PROGRAMME_ATTENDANCE.value,
        }

    def rows(self) -> Iterator[Row]:
        """Every line of the file but the first."""
        self._close_year()
        for name in MAPS:
            yield from self._totals(name)
            yield from self._months(name)
            yield from self._institutions(name)
            yield from self._growth(name)
        yield from self._people
        yield from self._wrong

    def _totals(self, name: str) -> Iterator[Row]:
        for tier in TIERS:
            units = self.homes[name].of_facts[tier]
            for year in range(self.years):
                sums = np.stack([self._by_unit(units, self.of_year[:, year, m]) for m in range(len(MEASURES))], axis=1)
                for unit in np.flatnonzero(sums.any(axis=1)):
                    yield ["total", name, self._key(int(unit)), self.first_year + year, _named(sums[unit])]

    def _months(self, name: str) -> Iterator[Row]:
        cells = self.of_month[name]
        country = next(i for i, unit in enumerate(self.territory.units) if unit.tier == Tier.COUNTRY)
        numbered = [(country, cells.sum(axis=0)), *zip(self.provinces.tolist(), cells, strict=True)]
        for unit, table in numbered:
            for month, kind in np.argwhere(table.any(axis=2)):
                year, number = self.span.months[month]
                sums = _named(table[month, kind])
                yield ["month", name, self._key(unit), f"{year}-{number:02}", self._class(int(kind)), sums]

    def _institutions(self, name: str) -> Iterator[Row]:
        for year in range(self.years):
            open_now, stays = self._expected(year)
            if not len(open_now):
                continue
            reporting = self.reported[open_now, year]
            for tier in TIERS:
                units = self.homes[name].of_register[tier][stays]
                cells: dict[tuple[int, int], list[int]] = {}
                for unit, kind, has in zip(
                    units.tolist(), self.country.kinds[open_now].tolist(), reporting.tolist(), strict=True
                ):
                    if unit != NOWHERE:
                        cell = cells.setdefault((unit, kind), [0, 0])
                        cell[0] += 1
                        cell[1] += has
                for (unit, kind), numbers in cells.items():
                    yield [
                        "institutions", name, self._key(unit), self.first_year + year, self._class(kind), *numbers
                    ]  # fmt: skip

    def _expected(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Institutions open on the last day of the year that counts, and the stay each is in."""
        day = min(dt.date(self.first_year + year, 12, 31).toordinal(), self.span.last)
        everyone = np.arange(self.country.count)
        open_now = everyone[self.country.is_open(everyone, np.full(len(everyone), day))]
        return open_now, self.country.stays_of(open_now, np.full(len(open_now), day))

    def _growth(self, name: str) -> Iterator[Row]:
        """A year that is cut short is left out: its base would have to be cut as well."""
        if name == REPORTED:  # land that is not the same cannot grow
            return
        complete = self.years if dt.date.fromordinal(self.span.last).timetuple().tm_yday >= 365 else self.years - 1
        for column, figure in enumerate(FIGURES):
            with_figures = np.flatnonzero(self.of_year[:, :, column].any(axis=0))
            base = int(with_figures[0]) if len(with_figures) else self.years
            for year in range(base + 1, complete):
                for tier in (Tier.COUNTRY, Tier.PROVINCE):
                    yield from self._grown(name, tier, column, figure, base, year)

    def _grown(self, name: str, tier: Tier, column: int, figure: str, base: int, year: int) -> Iterator[Row]:
        country, home = self.country, self.homes[name]
        open_now, stays = self._expected(year)
        looked_at = sorted({each for then in (year, base) for each in (then - 1, then) if each >= 0})
        constant = self._tells(column, year, looked_at)[open_now] & self._tells(column, base, looked_at)[open_now]
        unit_of = np.full(country.count, NOWHERE)
        unit_of[open_now[constant]] = home.of_register[tier][stays[constant]]
        # Of each of its stays only those in the same unit belong to the institution there.
        mine = unit_of[country.stay_institution]
        same = (mine != NOWHERE) & (home.of_facts[tier] == mine)
        classes = len(country.model.classes)
        cell = mine[same] * classes + country.kinds[country.stay_institution[same]]
        size = len(self.territory.units) * classes
        now, then = (
            np.bincount(cell, self.of_year[same, each, column], size).astype(np.int64) for each in (year, base)
        )
        there = unit_of != NOWHERE
        institutions = np.bincount(unit_of[there] * classes + country.kinds[there], minlength=size)
        for index in np.flatnonzero(institutions):
            unit, kind = divmod(int(index), classes)
            years = self.first_year + year, self.first_year + base
            numbers = int(now[index]), int(then[index]), int(institutions[index])
            yield ["growth", name, self._key(unit), figure, self._class(kind), *years, *numbers]

    def _tells(self, column: int, year: int, looked_at: list[int]) -> np.ndarray:
        """Which institutions tell a figure: something of it stands; all of it was typed in, be it 0; or what is
        recorded together with it was, by one that types nothing of it in the years looked at."""
        sums = np.bincount(self.country.stay_institution, self.of_year[:, year, column], self.country.count)
        measure, _of, purpose = FIGURES[column].partition(":")
        rooms = [room for room, together in enumerate(self._together) if together[_NAMES.index(measure)]]
        parts = [number for number, each in enumerate(_COLUMNS) if each.measure == measure]
        asked = [number for number in parts if not purpose or _COLUMNS[number].purpose == purpose]
        told = self.typed[:, year, asked].all(axis=1) if asked else np.zeros(self.country.count, bool)
        types = self.typed[:, looked_at][:, :, parts].any(axis=(1, 2))
        return (sums > 0) | told | (self.recorded[:, year, rooms].any(axis=1) & ~types)

    def _by_unit(self, units: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Sums of stays by unit. Whole numbers below 2^53 are exact as floats."""
        inside = units != NOWHERE
        return np.bincount(units[inside], values[inside], len(self.territory.units)).astype(np.int64)

    def _key(self, unit: int) -> str:
        return self.territory.units[unit].key

    def _class(self, kind: int) -> str:
        return self._classes[kind]


def _add(cells: np.ndarray, where: Any, quantities: np.ndarray) -> None:
    """`cells[where] += quantities`, but right where a cell is named twice."""
    np.add.at(cells, where, quantities)


def _pairs(first: np.ndarray, second: np.ndarray, seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once; `second` is NOWHERE or below `seconds`."""
    keys = np.unique(first * np.int64(seconds + 1) + (second + 1))
    return keys // (seconds + 1), keys % (seconds + 1) - 1


def _named(sums: np.ndarray) -> dict[str, int]:
    return {name: value for name, value in zip(_NAMES, sums.tolist(), strict=True) if value}
