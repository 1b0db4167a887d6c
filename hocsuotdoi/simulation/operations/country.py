"""The institutions of a simulated country: of which class, how large, where they stood when, when they were open."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hocsuotdoi.places.enums import InstitutionState, Tier
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.operations.load_units import in_sentence
from hocsuotdoi.places.operations.register import Day, Entry
from hocsuotdoi.simulation.formats.model import ClassModel, Model
from hocsuotdoi.simulation.queries.territory import END, Map, Territory

CODE = "mo-phong-"
REFORM = REFORM_DAY.toordinal()
_FOUNDED_FROM = dt.date(1995, 1, 1).toordinal()
_KEY = 1 << 21
"""More than any ordinal of a day: an institution's number and a day make one number together."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one place on one map. `registered` is the unit that the register names, which is another one where
    nobody brought it up to date after a reform."""

    institution: int
    place: int
    registered: int
    starts: int
    ends: int


class Country:
    """N institutions as arrays; the n-th element of each is the n-th institution. Days are ordinals."""

    def __init__(self, rng: np.random.Generator, model: Model, territory: Territory, span: "Span", count: int) -> None:
        self.model, self.territory, self.span, self.count = model, territory, span, count
        allowed = _Allowed(territory, span)
        quotas = _quotas(model, count, allowed)
        self.kinds = np.repeat(np.arange(len(model.classes)), quotas)
        self.size = self._of("size") * np.exp(self._of("spread") * rng.standard_normal(count))
        self.growth = self._of("growth") + 0.02 * rng.standard_normal(count)
        self._draw_life(rng)
        self._draw_reporting(rng)
        self.placements: list[list[tuple[int, int, int]]] = []
        """(unit, from, until) as the register has them"""
        self.names: list[str] = []
        places = _Placing(rng, model, allowed, self)
        for number in range(count):
            rows, name = places.of(number)
            self.placements.append(rows)
            self.names.append(name)
        stays = [stay for number in range(count) for stay in self._stays(number, places.is_stale[number])]
        self.stay_institution = np.array([stay.institution for stay in stays], np.int32)
        self.stay_place = np.array([stay.place for stay in stays], np.int32)
        self.stay_registered = np.array([stay.registered for stay in stays], np.int32)
        self.stay_starts = np.array([stay.starts for stay in stays])
        self.stay_ends = np.array([stay.ends for stay in stays])
        self._stay_keys = self.stay_institution * np.int64(_KEY) + self.stay_starts

    def _of(self, name: str) -> np.ndarray:
        """A number of each institution's class."""
        return np.array([float(getattr(each, name)) for each in self.model.classes])[self.kinds]

    def class_of(self, number: int) -> ClassModel:
        return self.model.classes[self.kinds[number]]

    def _draw_life(self, rng: np.random.Generator) -> None:
        """When each was founded, closed, under repair."""
        count, span = self.count, self.span
        before = rng.integers(_FOUNDED_FROM, min(span.first, REFORM), count)
        later = rng.integers(span.first, span.last + 1, count)
        old = np.array([bool(each.at_most) for each in self.model.classes])[self.kinds]
        self.opens = np.where(old | (rng.random(count) < 0.82), before, later)
        closes = rng.integers(span.first, span.last + 1, count)
        closing = (rng.random(count) < 0.008 * span.years) & (closes > self.opens + 90)
        self.closes = np.where(closing, closes, END)
        reformed = (rng.random(count) < self._of("reform")) & (self.opens < REFORM - 1) & (self.closes > REFORM)
        self.closes[reformed] = REFORM
        starts = rng.integers(span.first, span.last + 1, count)
        ends = starts + rng.integers(30, 200, count)
        repaired = (rng.random(count) < 0.01 * span.years) & (starts > self.opens) & (ends < self.closes)
        self.repair_starts, self.repair_ends = np.where(repaired, starts, END), np.where(repaired, ends, END)

    def _draw_reporting(self, rng: np.random.Generator) -> None:
        """Who is silent in which month, and who has figures typed in until it gets the system."""
        count, months = self.count, len(self.span.months)
        silent = np.repeat(rng.random((count, self.span.years)) < 0.03, 12, axis=1)[:, :months]
        silent[rng.random(count) < 0.02] = True  # has not begun to use the program
        for _run in range(max(1, self.span.years // 3)):
            starts, length = rng.integers(0, months, count), rng.integers(1, 7, count)
            length[rng.random(count) > 0.3] = 0
            month = np.arange(months)[None, :]
            silent |= (month >= starts[:, None]) & (month < (starts + length)[:, None])
        self.silent = silent
        typed = rng.random(count) < self._of("typed")
        switches = np.where(rng.random(count) < 0.5, rng.integers(0, months, count), months)
        self.connected_from = np.where(typed, switches, 0)
        """The number of the month from which it has the system."""

    def is_open(self, institutions: np.ndarray, days: np.ndarray) -> np.ndarray:
        under_repair = (self.repair_starts[institutions] <= days) & (days < self.repair_ends[institutions])
        return (self.opens[institutions] <= days) & (days < self.closes[institutions]) & ~under_repair

    def stays_of(self, institutions: np.ndarray, days: np.ndarray) -> np.ndarray:
        """The number of the stay of each institution on each day, on which it must be open."""
        keys = institutions * np.int64(_KEY) + days
        return np.searchsorted(self._stay_keys, keys, side="right") - 1

    def _stays(self, number: int, is_stale: bool) -> Iterator[Stay]:
        for registered, starts, ends in self.placements[number]:
            ends = min(ends, self.closes[number])
            changes = [day for day in self.territory.changes if starts < day < ends]
            for first, after in pairwise([starts, *changes, ends]):
                place = self.territory.reading(registered, first) if is_stale else registered
                yield Stay(number, place, registered, first, after)

    def entries(self) -> Iterator[Entry]:
        """What is written into the register."""
        for number in range(self.count):
            yield Entry(
                Institution(
                    code=f"{CODE}{number + 1:06}",
                    name=self.names[number],
                    institution_class=self.class_of(number).institution_class,
                    is_sample=True,
                    source="Dữ liệu mẫu do phần mềm mô phỏng",
                ),
                placements=[
                    (int(self.territory.pks[unit]), _day(starts), _day(ends), "")
                    for unit, starts, ends in self.placements[number]
                ],
                states=list(self._states(number)),
            )

    def _states(self, number: int) -> Iterator[tuple[InstitutionState, Day, Day, str]]:
        opens, closes = _day(self.opens[number]), _day(self.closes[number])
        starts, ends = _day(self.repair_starts[number]), _day(self.repair_ends[number])
        if starts is None:
            yield InstitutionState.ACTIVE, opens, closes, ""
        else:
            yield InstitutionState.ACTIVE, opens, starts, ""
            yield InstitutionState.SUSPENDED, starts, ends, self.model.repair_reason
            yield InstitutionState.ACTIVE, ends, closes, ""
        if closes is not None:
            reason = self.model.reform_reason if closes == REFORM_DAY else self.model.closing_reason
            yield InstitutionState.CLOSED, closes, None, reason


@dataclass(frozen=True)
class Span:
    """The time that is simulated. `last` is the last day; `today` the day on whose map the country is drawn."""

    first: int
    last: int
    months: list[tuple[int, int]]
    today: int
    provinces: frozenset[str] = frozenset()

    @property
    def years(self) -> int:
        return self.months[-1][0] - self.months[0][0] + 1


class _Allowed:
    """Where institutions may stand: communes of a day, of the provinces asked for, with how likely each is."""

    def __init__(self, territory: Territory, span: Span) -> None:
        self.territory, self.today = territory, territory.map_on(span.today)
        units = territory.units
        self.provinces = {
            i for i, unit in enumerate(units)
            if unit.tier == Tier.PROVINCE and unit.stands(span.today)
            and (not span.provinces or unit.key.partition("@")[0] in span.provinces)
        }  # fmt: skip
        self._of_map: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def on(self, day: int) -> tuple[np.ndarray, Map]:
        """The communes of a day, and its map."""
        return self._of(day)[0], self.territory.map_on(day)

    def one(self, day: int, luck: float) -> int:
        communes, weights = self._of(day)
        return int(communes[np.searchsorted(weights, luck)])

    def _of(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Communes, and their running weights: more in towns."""
        found = self.territory.map_on(day)
        if found.since not in self._of_map:
            home = self.today.lies_in[Tier.PROVINCE][found.communes]
            communes = found.communes[np.isin(home, list(self.provinces))]
            urban = np.array([self.territory.units[i].is_urban for i in communes])
            weights = np.cumsum(np.where(urban, 2.0, 1.0))
            self._of_map[found.since] = communes, weights / weights[-1]
        return self._of_map[found.since]

    def homes(self, day: int, tier: Tier) -> np.ndarray:
        """The provinces or districts of a day in which institutions may stand."""
        communes, found = self.on(day)
        homes = np.unique(found.lies_in[tier][communes])
        return homes[homes >= 0]


class _Placing:
    """Places one institution after the other."""

    def __init__(self, rng: np.random.Generator, model: Model, allowed: _Allowed, country: Country) -> None:
        self.model, self.allowed, self.country = model, allowed, country
        self.territory, self.span = allowed.territory, country.span
        self.luck = rng.random((country.count, 6))
        self.is_stale = rng.random(country.count) < 0.03
        self.moves = np.where(
            ~self.is_stale & (self.luck[:, 3] < 0.04),
            rng.integers(self.span.first, self.span.last + 1, country.count),
            END,
        )
        before = REFORM - 1
        self.homes = {
            tier: rng.permutation(allowed.homes(before, tier)).tolist() for tier in (Tier.PROVINCE, Tier.DISTRICT)
        }
        self.next_home: dict[int, int] = {}
        self.numbers: dict[tuple[int, int], int] = {}

    def of(self, number: int) -> tuple[list[tuple[int, int, int]], str]:
        """The placements of an institution, and its name."""
        country, kind = self.country, self.country.class_of(number)
        opens, closes = int(country.opens[number]), int(country.closes[number])
        unit = self._first(number, kind, opens)
        name = self._name(number, kind, unit, opens)
        if self.is_stale[number]:
            return [(unit, opens, closes)], name
        rows, day, move = [], opens, int(self.moves[number])
        while day < closes:
            unit_ends = self.territory.units[unit].ends
            ends = min(unit_ends, closes, move if move > day else END)
            rows.append((unit, day, ends))
            if ends == closes:
                break
            unit = self._heir(unit, number) if ends == unit_ends else self._moved(unit, ends, number)
            day = ends
        return rows, name

    def _first(self, number: int, kind: ClassModel, opens: int) -> int:
        luck = float(self.luck[number, 0])
        if not isinstance(kind.at_most, str):
            return self.allowed.one(opens, luck)
        turn = self.next_home.get(int(self.country.kinds[number]), 0)
        self.next_home[int(self.country.kinds[number])] = turn + 1
        home = self.homes[kind.home][turn]
        communes, found = self.allowed.on(opens)
        inside = communes[found.lies_in[kind.home][communes] == home]
        return int(inside[int(luck * len(inside))])

    def _heir(self, unit: int, number: int) -> int:
        """Of a divided unit an institution may lie in any part, not only in the one that takes the figures."""
        heirs = self.territory.successors[unit]
        if len(heirs) > 1 and self.luck[number, 1] < 0.3:
            return heirs[1 + int(self.luck[number, 2] * (len(heirs) - 1))]
        return self.territory.main[unit]

    def _moved(self, unit: int, day: int, number: int) -> int:
        """To another commune, mostly of the same province."""
        if self.luck[number, 4] < 0.8:
            communes, found = self.allowed.on(day)
            near = communes[found.lies_in[Tier.PROVINCE][communes] == found.lies_in[Tier.PROVINCE][unit]]
            near = near[near != unit]
            if len(near):
                return int(near[int(self.luck[number, 5] * len(near))])
        return self.allowed.one(day, float(self.luck[number, 5]))

    def _name(self, number: int, kind: ClassModel, unit: int, opens: int) -> str:
        _communes, found = self.allowed.on(opens)
        home = int(found.lies_in[kind.home][unit])
        home = home if home >= 0 else unit
        place = (int(self.country.kinds[number]), home)
        self.numbers[place] = turn = self.numbers.get(place, 0) + 1
        name = kind.name.format(place=in_sentence(self.territory.units[home].name))
        return f"{name} (mẫu)" if turn == 1 else f"{name} số {turn} (mẫu)"


def _quotas(model: Model, count: int, allowed: _Allowed) -> list[int]:
    """How many institutions of each class: by their shares, at least one of each where there is room for all."""
    caps = []
    for kind in model.classes:
        if isinstance(kind.at_most, str):
            caps.append(len(allowed.homes(REFORM - 1, Tier(kind.at_most))))
        else:
            caps.append(count if kind.at_most is None else kind.at_most)
    quotas = [1 if count >= len(caps) else 0] * len(caps)
    while (missing := count - sum(quotas)) > 0:
        free = [i for i, cap in enumerate(caps) if quotas[i] < cap]
        total = sum(model.classes[i].share for i in free)
        # The class that lags most behind its share gets the next; many at a time while there are many to give.
        wanted = {i: model.classes[i].share / total * count - quotas[i] for i in free}
        for i in sorted(free, key=lambda each: -wanted[each])[: max(1, len(free) // 2)]:
            give = min(max(1, int(min(wanted[i], missing))), caps[i] - quotas[i], count - sum(quotas))
            quotas[i] += give
    return quotas


def _day(ordinal: int) -> Day:
    return None if ordinal == END else dt.date.fromordinal(int(ordinal))
