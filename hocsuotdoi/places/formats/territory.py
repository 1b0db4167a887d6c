"""What the readers hand over: units, what they lay in, what they became. Plain values, no database."""

import datetime as dt
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from hocsuotdoi.core.vietnamese import normalise, sort_key
from hocsuotdoi.places.enums import Disagreement, Doubt, SuccessionKind, Tier, UnitKind

KIND_WORDS: tuple[tuple[str, UnitKind], ...] = (
    ("Phường", UnitKind.WARD),
    ("Xã", UnitKind.COMMUNE),
    ("Thị trấn", UnitKind.TOWNSHIP),
    ("Đặc khu", UnitKind.SPECIAL_ZONE),
    ("Quận", UnitKind.URBAN_DISTRICT),
    ("Huyện", UnitKind.RURAL_DISTRICT),
    ("Thị xã", UnitKind.TOWN),
    ("Thành phố", UnitKind.CITY),
    ("Tỉnh", UnitKind.PROVINCE),
)

Key = tuple[str, dt.date | None]
"""A unit through all times: its code and the day it starts (None where nothing earlier is known)."""


@dataclass(frozen=True)
class Source:
    """One unit as a package tells it. Coordinates in degrees (WGS 84), area in km²."""

    code: str
    name: str
    kind: UnitKind
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None


@dataclass
class Unit:
    code: str
    tier: Tier
    kind: UnitKind
    name: str
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None
    began_by: str = ""
    ended_by: str = ""
    other_names: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return (self.code, self.starts_on)

    def stands_on(self, day: dt.date) -> bool:
        return (self.starts_on or dt.date.min) <= day < (self.ends_on or dt.date.max)


@dataclass(frozen=True)
class Parent:
    unit: Key
    parent: Key
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    legal_act: str = ""


@dataclass(frozen=True)
class Step:
    """One step from an ended unit to a unit that took over its land or part of it."""

    predecessor: Key
    successor: Key
    kind: SuccessionKind
    effective_on: dt.date
    is_main: bool
    is_origin: bool
    doubt: Doubt | None
    legal_act: str


@dataclass(frozen=True)
class Note:
    unit: Key
    kind: Disagreement
    kept: str
    other: str


@dataclass
class Territory:
    units: list[Unit] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_name(text: str, tier: Tier) -> tuple[str, UnitKind]:
    """A unit's full name and legal kind, from a package's spelling: «Thành Phố  Bắc Kạn» is «Thành phố Bắc Kạn».

    A province's name without any kind is a province's («Cao Bằng» is «Tỉnh Cao Bằng», as the law writes it).
    """
    name = " ".join(normalise(text).split())
    for word, kind in KIND_WORDS:
        start = name[: len(word) + 1]
        if start.casefold() == f"{word} ".casefold():
            is_central = kind == UnitKind.CITY and tier == Tier.PROVINCE
            return word + name[len(word) :], UnitKind.CITY_CENTRAL if is_central else kind
    if tier == Tier.PROVINCE:
        return f"Tỉnh {name}", UnitKind.PROVINCE
    raise ValueError(f"«{name}» does not begin with a kind of unit")


def short_name(name: str) -> str:
    """The name without its kind; a bare number («Phường 1») keeps the kind, or it would say nothing."""
    for word, _kind in KIND_WORDS:
        if name.startswith(word + " "):
            rest = name[len(word) + 1 :]
            return name if rest.isdigit() else rest
    return name


@cache
def match_key(name: str) -> str:
    """Equal for spellings that differ only by space, case, apostrophe or where the tone mark sits («Hoà», «Hòa»)."""
    return sort_key(name)


def kilometres(a: Source | Unit, b: Source | Unit) -> float | None:
    """The distance between two positions, flat-earth (good to a few per cent inside the country); None if unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    east = (a.longitude - b.longitude) * 111.3 * math.cos(math.radians(a.latitude))
    return math.hypot((a.latitude - b.latitude) * 111.3, east)


def faults(territory: Territory) -> list[str]:
    """Sentences on what breaks a law that every map must keep (docs/territory.md); none in a sound territory."""
    units = {unit.key: unit for unit in territory.units}
    parents, mains, origins = defaultdict(list), Counter[Key](), Counter[Key]()
    for parent in territory.parents:
        parents[parent.unit].append(parent)
    told = []
    for step in territory.steps:
        mains[step.predecessor] += step.is_main
        origins[step.successor] += step.is_origin
        before, after = units[step.predecessor], units[step.successor]
        if before.ends_on != step.effective_on or not after.stands_on(step.effective_on):
            told.append(f"{before.name} ({before.code}) did not end when {after.name} took it over.")
    for unit in territory.units:
        if unit.ends_on is not None and mains[unit.key] != 1:
            told.append(f"{unit.name} ({unit.code}) ended with {mains[unit.key]} main successors.")
        if unit.starts_on is not None and origins[unit.key] != 1:
            told.append(f"{unit.name} ({unit.code}) began with {origins[unit.key]} origins.")
        if unit.tier != Tier.COUNTRY and not _lies_somewhere(unit, parents[unit.key], units):
            told.append(f"{unit.name} ({unit.code}) does not lie in one unit every day on which it stands.")
    for code, same in _by_code(territory.units).items():
        if any(a.ends_on is None or (b.starts_on or dt.date.min) < a.ends_on for a, b in itertools.pairwise(same)):
            told.append(f"Two units bear the code {code} at once.")
    return told


def _lies_somewhere(unit: Unit, parents: list[Parent], units: dict[Key, Unit]) -> bool:
    """Its parents follow each other without gap from its first day to its last, each standing all the time."""
    at: dt.date | None = unit.starts_on
    in_order = sorted(parents, key=lambda each: each.starts_on or dt.date.min)
    for number, each in enumerate(in_order):
        parent = units[each.parent]
        if each.starts_on != at or (each.ends_on is None and number < len(in_order) - 1):
            return False
        if (parent.starts_on or dt.date.min) > (each.starts_on or dt.date.min):
            return False
        if (parent.ends_on or dt.date.max) < (each.ends_on or dt.date.max):
            return False
        at = each.ends_on
    return bool(parents) and at == unit.ends_on


def _by_code(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda each: each.starts_on or dt.date.min):
        found[unit.code].append(unit)
    return found
