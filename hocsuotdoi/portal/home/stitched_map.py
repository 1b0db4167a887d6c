"""The country as a piece of weaving: one stitch for each square of a grid in which communes lie.

Drawn from the coordinates of the communes, so it follows the territory and holds the archipelagos. Provinces next to
each other have different shades; where something is coming up, the stitch is gold.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit

NORTH, WEST = 23.5, 102.0  # the grid's corner
STEP = 0.22  # degrees of latitude
WIDER = 1.06  # a degree of longitude is shorter here
SHADES = 3
MARGIN = 0.5
KEPT_SECONDS = 3600

Square = tuple[int, int]  # row, column


@dataclass(frozen=True)
class ProvinceStitches:
    code: str
    name: str
    shade: int
    path: str
    """An SVG path of horizontal runs, one unit for each stitch."""


@dataclass(frozen=True)
class Label:
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class StitchedMap:
    width: int
    height: int
    provinces: list[ProvinceStitches]
    labels: list[Label]


def square_at(latitude: float, longitude: float) -> Square:
    return round((NORTH - latitude) / STEP), round((longitude - WEST) / (STEP * WIDER))


def stitched_map(today: dt.date) -> StitchedMap:
    """Two queries. Empty before the territory is loaded."""
    communes = (
        AdminUnit.objects.on(today)
        .filter(on(today, "ancestries__"), tier=Tier.COMMUNE, latitude__isnull=False, ancestries__distance=1)
        .values_list("latitude", "longitude", "kind", "short_name", "ancestries__ancestor__code")
    )
    names = dict(AdminUnit.objects.on(today).filter(tier=Tier.PROVINCE).values_list("code", "short_name"))
    communes_in: defaultdict[Square, Counter[str]] = defaultdict(Counter)
    labels = []
    for latitude, longitude, kind, name, province in communes:
        square = square_at(latitude, longitude)
        communes_in[square][province] += 1
        if kind == UnitKind.SPECIAL_ZONE and longitude > 111:  # the archipelagos: many islands, one coordinate
            row, column = square
            for near in ((row, column + 1), (row + 1, column), (row - 1, column - 1)):
                communes_in[near][province] += 1
            labels.append(Label(name, column + 0.5, row + 4.5))
    owner = {square: found.most_common(1)[0][0] for square, found in communes_in.items()}
    shade = _shades(owner)
    provinces = [
        ProvinceStitches(code, names.get(code, ""), shade[code], path_of_runs(s for s in owner if owner[s] == code))
        for code in sorted(set(owner.values()))
    ]
    height = max((row for row, _ in owner), default=0) + 2
    width = max((column for _, column in owner), default=0) + 6
    return StitchedMap(width, height, provinces, labels)


def kept_stitched_map(today: dt.date) -> StitchedMap:
    """The same, made at most once an hour for all pages that show it."""
    found: StitchedMap = cache.get_or_set(f"front:map:{today}", lambda: stitched_map(today), KEPT_SECONDS)
    return found


def path_of_runs(squares: Iterable[Square]) -> str:
    """Neighbours in a row become one run: «M3 4.5h2» are two stitches from column 3 in row 4."""
    parts: list[str] = []
    start, length, row = 0, 0, -1
    for at_row, column in sorted(squares):
        if at_row == row and column == start + length:
            length += 1
            continue
        if length:
            parts.append(f"M{start} {row}.5h{length}")
        start, length, row = column, 1, at_row
    if length:
        parts.append(f"M{start} {row}.5h{length}")
    return "".join(parts)


def _shades(owner: dict[Square, str]) -> dict[str, int]:
    """Each province a shade that no neighbour has, as far as three shades reach."""
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for (row, column), province in owner.items():
        for near in ((row, column + 1), (row + 1, column), (row + 1, column + 1), (row + 1, column - 1)):
            other = owner.get(near)
            if other and other != province:
                neighbours[province].add(other)
                neighbours[other].add(province)
    shade: dict[str, int] = {}
    for province in sorted(set(owner.values()), key=lambda each: (-len(neighbours[each]), each)):
        taken = Counter(shade[other] for other in neighbours[province] if other in shade)
        shade[province] = min(range(SHADES), key=lambda each: (taken[each], each))
    return shade
