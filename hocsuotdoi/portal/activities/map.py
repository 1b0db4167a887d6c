"""What's on, as a map of points: the country in stitches, a province commune by commune. Beside it stands a table."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.activities.queries.offer import whats_on
from hocsuotdoi.activities.queries.whereabouts import CommuneCount, counted_by_commune
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import units_on_map
from hocsuotdoi.portal.activities.wishes import Search, address, asked
from hocsuotdoi.portal.brief import briefly_kept
from hocsuotdoi.portal.home.stitched_map import WIDER, StitchedMap, kept_stitched_map, square_at

SIDE = 100
"""The longer side of a province's map."""
MARGIN = 9
NARROWEST = 76
"""So that there is room for names beside a long and narrow province."""
FAR = 1.0
"""Islands so many degrees of longitude from the rest stand at the map's edge, with their names."""
MOST_LABELS = 7
NEAR_LABEL, FAR_LABEL = 3.3, 2.4
"""The size of names on the map, as components.css sets it."""


@dataclass(frozen=True)
class Point:
    """In the map's own unit; `url` is what the point opens, `label` what may be written beside it."""

    x: float
    y: float
    radius: float
    name: str
    number: int
    url: str
    label: str = ""


@dataclass(frozen=True)
class MapLabel:
    x: float
    y: float
    name: str
    at_end: bool
    """Written to the left of its point."""


@dataclass(frozen=True)
class MapRow:
    name: str
    number: int
    url: str


@dataclass(frozen=True)
class ShownMap:
    width: float
    height: float
    points: list[Point]
    rows: list[MapRow]
    total: int
    stitched: StitchedMap | None = None
    """The country behind the points."""
    communes: list[tuple[float, float]] = field(default_factory=list)
    """Every commune of the province, so that its shape is seen."""
    labels: list[MapLabel] = field(default_factory=list)


@public
@require_GET
@briefly_kept
def activity_map(request: HttpRequest) -> HttpResponse:
    """`?province=19` zooms; a place among the filters does so by itself."""
    search = asked(request, timezone.now())
    provinces = {unit.code: unit for unit in units_on_map(search.today, Tier.PROVINCE).order_by("sort_key")}
    counts = counted_by_commune(whats_on(search.wish, at=search.now), search.today)
    province = provinces.get(request.GET.get("province", "")) or _province_of(search, provinces, counts)
    shown = _province(search, province, counts) if province else _country(search, provinces, counts)
    return render(
        request,
        "portal/activities/activity_map.html",
        {
            **search.context(),
            "province": province,
            "map": shown,
            "whole_url": address(search, reverse("portal:activities-activity-map"), unit=None, within=None)
            if province
            else "",
        },
    )


def _province_of(search: Search, provinces: dict[str, AdminUnit], counts: list[CommuneCount]) -> AdminUnit | None:
    """The one that everything found lies in, when a place was asked for."""
    if search.wish.unit is None:
        return None
    found = {count.province for count in counts}
    return provinces.get(search.wish.unit.code) or (provinces.get(found.pop()) if len(found) == 1 else None)


def _country(search: Search, provinces: dict[str, AdminUnit], counts: list[CommuneCount]) -> ShownMap:
    """Communes in one stitch of the map are one point; it opens the province that has most of them."""
    path = reverse("portal:activities-activity-map")
    urls = {code: address(search, path, province=code) for code in provinces}
    squares: dict[tuple[int, int], Counter[str]] = {}
    for count in counts:
        if count.latitude is not None and count.longitude is not None:
            square = square_at(count.latitude, count.longitude)
            squares.setdefault(square, Counter())[count.province] += count.number
    largest = max((found.total() for found in squares.values()), default=1)
    points = []
    for (row, column), found in sorted(squares.items(), key=lambda item: -item[1].total()):
        code = found.most_common(1)[0][0]
        radius = 0.5 + 1.3 * math.sqrt(found.total() / largest)
        name = provinces[code].short_name
        points.append(Point(column + 0.5, row + 0.5, radius, name, found.total(), urls[code], name))
    in_province: Counter[str] = Counter()
    for count in counts:
        in_province[count.province] += count.number
    rows = [MapRow(unit.name, in_province[code], urls[code]) for code, unit in provinces.items() if in_province[code]]
    stitched = kept_stitched_map(search.today)
    return ShownMap(
        width=stitched.width,
        height=stitched.height,
        points=points,
        rows=rows,
        total=in_province.total(),
        stitched=stitched,
        labels=_labels(points, stitched.width, size=FAR_LABEL),
    )


def _province(search: Search, province: AdminUnit, counts: list[CommuneCount]) -> ShownMap:
    """Every commune of it is a grain; where something is on, a point with the number of sessions as its size."""
    path = reverse("portal:activities-activity-list")
    within = [count for count in counts if count.province == province.code]
    grains = _spots(
        AdminUnit.objects.under(province, search.today)
        .filter(tier=Tier.COMMUNE, latitude__isnull=False, longitude__isnull=False)
        .values_list("latitude", "longitude")
    )
    frame = _Frame.around([*grains, *_spots((count.latitude, count.longitude) for count in within)])
    largest = max((count.number for count in within), default=1)
    points = [
        Point(
            *frame.at(count.latitude, count.longitude),
            1.3 + 2 * math.sqrt(count.number / largest),
            count.name,
            count.number,
            address(search, path, unit=count.code, within=None, order=None),
            count.short_name,
        )
        for count in sorted(within, key=lambda count: -count.number)
        if count.latitude is not None and count.longitude is not None
    ]
    rows = [
        MapRow(count.name, count.number, address(search, path, unit=count.code, within=None, order=None))
        for count in within
    ]
    return ShownMap(
        width=frame.width,
        height=frame.height,
        points=points,
        rows=rows,
        total=sum(count.number for count in within),
        communes=[frame.at(*spot) for spot in grains],
        labels=_labels(points, frame.width, size=NEAR_LABEL),
    )


def _spots(rows: Iterable[tuple[float | None, float | None]]) -> list[tuple[float, float]]:
    return [(latitude, longitude) for latitude, longitude in rows if latitude is not None and longitude is not None]


@dataclass(frozen=True)
class _Frame:
    """From coordinates to the map: north is up, a degree of longitude is shorter than one of latitude."""

    north: float
    west: float
    east: float
    scale: float
    width: float
    height: float

    @classmethod
    def around(cls, spots: list[tuple[float, float]]) -> "_Frame":
        longitudes = sorted(longitude for _latitude, longitude in spots) or [0.0]
        middle = longitudes[len(longitudes) // 2]
        near = [spot for spot in spots if abs(spot[1] - middle) <= FAR + 0.6] or spots or [(0.0, 0.0)]
        north, south = max(spot[0] for spot in near), min(spot[0] for spot in near)
        east, west = max(spot[1] for spot in near), min(spot[1] for spot in near)
        if any(longitude > east for longitude in longitudes):
            east += FAR / 3
        high, wide = max(north - south, 0.05), max((east - west) / WIDER, 0.05)
        scale = (SIDE - 2 * MARGIN) / max(high, wide)
        width = max(wide * scale + 2 * MARGIN, NARROWEST)
        spare = width - wide * scale - 2 * MARGIN
        return cls(north, west - spare / 2 / scale * WIDER, east, scale, width, high * scale + 2 * MARGIN)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = (min(longitude, self.east) - self.west) / WIDER * self.scale + MARGIN
        y = (self.north - latitude) * self.scale + MARGIN
        return round(x, 2), round(min(max(y, MARGIN / 2), self.height - MARGIN / 2), 2)


def _labels(points: list[Point], width: float, *, size: float) -> list[MapLabel]:
    """The names of the largest points, each once, to the right or to the left, as far as they run neither into each
    other nor into another point."""
    taken: list[tuple[float, float, float]] = []
    labels: list[MapLabel] = []
    named: set[str] = set()
    for point in points:
        if point.label in named:
            continue
        length = 0.58 * size * len(point.label) + 0.8
        for lifted, at_end in product((0, -0.9, 0.9), (point.x > width * 0.62, point.x <= width * 0.62)):
            y = point.y + lifted * size
            begins = point.x - point.radius - length if at_end else point.x + point.radius
            ends = begins + length
            runs_into_a_name = any(
                abs(y - other) < 1.3 * size and begins < end and start < ends for start, end, other in taken
            )
            runs_into_a_point = any(
                abs(y - other.y) < other.radius + size / 2
                and begins < other.x + other.radius
                and other.x - other.radius < ends
                for other in points
                if other is not point
            )
            if not runs_into_a_name and not runs_into_a_point and begins >= 0 and ends <= width + 2:
                taken.append((begins, ends, y))
                x = begins + length - 0.8 if at_end else begins + 0.8
                labels.append(MapLabel(round(x, 2), round(y + 0.36 * size, 2), point.label, at_end))
                named.add(point.label)
                break
        if len(labels) == MOST_LABELS:
            break
    return labels
