"""The territory through time as arrays, worked out here from parents and successions alone.

The program keeps readings and ancestries ready in tables; the truth must not rest on them, or it would repeat their
mistakes. Units are numbered by their place in `units`; days are ordinals (`datetime.date.toordinal`).
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitParent

BEGINNING, END = 0, dt.date.max.toordinal()
"""Stand for "always was" and "still is"."""

NOWHERE = -1
TIERS = (Tier.COUNTRY, Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


@dataclass(frozen=True, slots=True)
class Unit:
    pk: int
    key: str
    tier: Tier
    name: str
    short_name: str
    is_urban: bool
    starts: int
    ends: int

    def stands(self, day: int) -> bool:
        return self.starts <= day < self.ends


class Territory:
    """Units, what each lies in when, what each became and was before."""

    def __init__(self) -> None:
        rows = list(AdminUnit.objects.order_by("code", "starts_on"))
        self.units = [
            Unit(
                row.pk, key_of(row.code, row.starts_on), Tier(row.tier), row.name, row.short_name, row.is_urban,
                row.starts_on.toordinal() if row.starts_on else BEGINNING,
                row.ends_on.toordinal() if row.ends_on else END,
            )
            for row in rows
        ]  # fmt: skip
        number = {unit.pk: index for index, unit in enumerate(self.units)}
        self._parents: dict[int, list[tuple[int, int, int]]] = {}
        for unit, parent, starts, ends in UnitParent.objects.values_list(
            "unit_id", "parent_id", "starts_on", "ends_on"
        ):
            period = starts.toordinal() if starts else BEGINNING, ends.toordinal() if ends else END
            self._parents.setdefault(number[unit], []).append((number[parent], *period))
        self.main: dict[int, int] = {}
        self.origin: dict[int, int] = {}
        self.successors: dict[int, list[int]] = {}
        steps = Succession.objects.order_by("predecessor_id", "-is_main", "successor_id").values_list(
            "predecessor_id", "successor_id", "is_main", "is_origin"
        )
        for before, after, is_main, is_origin in steps:
            self.successors.setdefault(number[before], []).append(number[after])
            if is_main:
                self.main[number[before]] = number[after]
            if is_origin:
                self.origin[number[after]] = number[before]
        self.pks = np.array([unit.pk for unit in self.units])
        self._maps: dict[int, Map] = {}

    @cached_property
    def changes(self) -> list[int]:
        """The days on which the map became another one, the beginning first."""
        days = {unit.starts for unit in self.units} | {unit.ends for unit in self.units}
        for links in self._parents.values():
            days |= {day for _parent, starts, ends in links for day in (starts, ends)}
        return sorted((days | {BEGINNING}) - {END})

    def map_on(self, day: int) -> "Map":
        """The map of `day`; the same one for all days until the next change."""
        period = max(change for change in self.changes if change <= day)
        if period not in self._maps:
            self._maps[period] = Map(self, period)
        return self._maps[period]

    def reading(self, unit: int, day: int) -> int:
        """As which unit `unit` is read on the map of `day`: the heir of its heir, or what it came from."""
        while self.units[unit].ends <= day:
            unit = self.holder(unit) if self.is_scattered(unit) else self.main[unit]
        while self.units[unit].starts > day:
            unit = self.origin[unit]
        return unit

    def is_scattered(self, unit: int) -> bool:
        """Whether its land went to several units of smaller tiers, as a district's does."""
        heirs = self.successors[unit]
        return len(heirs) > 1 and all(
            TIERS.index(self.units[heir].tier) > TIERS.index(self.units[unit].tier) for heir in heirs
        )

    def holder(self, unit: int) -> int:
        """The smallest unit in which all that has its land lies from the day that it ended on."""
        ways = []
        for heir in self.successors[unit]:
            way = [heir]
            while (above := self.parent(way[-1], self.units[unit].ends)) != NOWHERE:
                way.append(above)
            ways.append(way)
        return next(above for above in ways[0] if all(above in way for way in ways))

    def parent(self, unit: int, day: int) -> int:
        found = (parent for parent, starts, ends in self._parents.get(unit, ()) if starts <= day < ends)
        return next(found, NOWHERE)


class Map:
    """The units of one day. `lies_in[tier][unit]` is the unit of that tier in which a unit of any time is read
    (`NOWHERE` where there is none)."""

    def __init__(self, territory: Territory, day: int) -> None:
        self.since = day
        count = len(territory.units)
        self.lies_in = {tier: np.full(count, NOWHERE, np.int32) for tier in TIERS}
        for unit in range(count):
            above = territory.reading(unit, day)
            while above != NOWHERE:
                self.lies_in[territory.units[above].tier][unit] = above
                above = territory.parent(above, day)
        self.communes = np.array(
            [i for i, unit in enumerate(territory.units) if unit.tier == Tier.COMMUNE and unit.stands(day)]
        )
        self.neighbour = np.arange(count, dtype=np.int32)
        """For each commune another one of its province, where there is one."""
        provinces = self.lies_in[Tier.PROVINCE][self.communes]
        for province in np.unique(provinces):
            together = self.communes[provinces == province]
            self.neighbour[together] = np.roll(together, 1)


def key_of(code: str, starts_on: dt.date | None) -> str:
    """A unit in the file of the truth: codes are used again, so the day it began belongs to it."""
    return f"{code}@{starts_on}" if starts_on else code
