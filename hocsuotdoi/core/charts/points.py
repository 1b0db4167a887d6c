"""A map of points: each place where it lies, the more, the larger and darker. It needs no map service.

Places of one class are one path of dots, so that the whole country (3,321 communes) weighs some 40 KB.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext

from hocsuotdoi.core.charts.canvas import CHAM, INK_SOFT, LEAF, RULE, SCALE, Canvas, length_of, plain
from hocsuotdoi.core.charts.chart import Cell, Chart, Number
from hocsuotdoi.core.charts.classes import Classes

WIDTH, TALLEST, MARGIN = 400, 640, 14
Standing = Literal["value", "not_reported", "not_applicable"]


@dataclass(frozen=True)
class Spot:
    """`figure` is None unless `standing` is "value"; `label` is written beside it on the map."""

    latitude: float
    longitude: float
    figure: Number | None = None
    standing: Standing = "not_applicable"
    label: str = ""


def points(
    title: str,
    spots: Sequence[Spot],
    classes: Classes,
    *,
    columns: list[dict[str, Any]],
    rows: list[list[Cell]],
    data_columns: list[str],
    data: list[list[Any]],
) -> Chart:
    """Filled dots: a value; rings: not reported; grains: places to which it does not apply, so that the shape of the
    land is seen. North is up."""
    few = len(spots) < 400
    frame = _Frame.around(spots, is_near=few)
    size = 2.0 if few else 1.0
    key = 26 * math.ceil((len(classes.labels) + 2) / 3) + 10
    canvas = Canvas(WIDTH, frame.height + key)
    there: defaultdict[int | Standing, list[tuple[float, float]]] = defaultdict(list)
    for spot in spots:
        kind = classes.level(spot.figure) if spot.figure is not None and spot.standing == "value" else spot.standing
        there[kind].append(frame.at(spot.latitude, spot.longitude))
    _dots(canvas, there["not_applicable"], RULE, 2.4 * size)
    _dots(canvas, there["not_reported"], INK_SOFT, 5 * size)
    _dots(canvas, there["not_reported"], LEAF, 3 * size)
    for level in range(len(classes.labels)):
        _dots(canvas, there[level], CHAM, _width(level, size) + 1.4)
        _dots(canvas, there[level], _colour(level, classes), _width(level, size))
    for spot in spots:
        if spot.label:
            _label(canvas, *frame.at(spot.latitude, spot.longitude), spot.label)
    _draw_key(canvas, classes, frame.height + 14)
    legend = gettext("The larger and darker a dot, the higher. Rings: not reported. Grains: does not apply there.")
    return Chart(title, canvas, columns, rows, legend, data_columns, data)


def _width(level: int, size: float) -> float:
    return (3 + 1.1 * level) * size


def _colour(level: int, classes: Classes) -> str:
    return SCALE[round(level * 4 / max(len(classes.labels) - 1, 1))]


def _dots(canvas: Canvas, places: list[tuple[float, float]], colour: str, width: float) -> None:
    """A line of no length with round ends is a dot."""
    if places:
        drawn = "".join(f"M{plain(x)} {plain(y)}h0" for x, y in places)
        canvas.path(drawn, stroke=colour, width=width, rounded=True)


def _label(canvas: Canvas, x: float, y: float, words: str) -> None:
    is_far = x + length_of(words, 11) > WIDTH
    canvas.text(x - 6 if is_far else x, y + 18 if not is_far else y + 4, words, size=11, anchor="end" if is_far else "")


def _draw_key(canvas: Canvas, classes: Classes, top: float) -> None:
    entries: list[tuple[int | None, str]] = [*enumerate(classes.labels)]
    entries += [(None, gettext("not reported")), (None, gettext("does not apply"))]
    for at, (level, words) in enumerate(entries):
        x, y = 12 + at % 3 * 132, top + at // 3 * 26
        if level is not None:
            _dots(canvas, [(x, y)], CHAM, _width(level, 2) + 1.4)
            _dots(canvas, [(x, y)], _colour(level, classes), _width(level, 2))
        elif at == len(entries) - 2:
            _dots(canvas, [(x, y)], INK_SOFT, 10)
            _dots(canvas, [(x, y)], LEAF, 6)
        else:
            _dots(canvas, [(x, y)], RULE, 4.8)
        canvas.text(x + 13, y + 4.5, words, size=12)


FAR = 1.6
"""Islands so many degrees of longitude from the middle of a province stand at the map's edge."""


@dataclass(frozen=True)
class _Frame:
    """From coordinates to the picture: a degree of longitude is shorter than one of latitude."""

    north: float
    south: float
    west: float
    east: float
    scale: float
    shorter: float
    left: float
    height: float

    @classmethod
    def around(cls, spots: Sequence[Spot], *, is_near: bool) -> "_Frame":
        longitudes = sorted(spot.longitude for spot in spots) or [107.0]
        middle = longitudes[len(longitudes) // 2]
        near = [spot for spot in spots if not is_near or abs(spot.longitude - middle) <= FAR] or [Spot(16, middle)]
        north, south = max(spot.latitude for spot in near), min(spot.latitude for spot in near)
        west, east = min(spot.longitude for spot in near), max(spot.longitude for spot in near)
        if longitudes[-1] > east:
            east += FAR / 4
        shorter = math.cos(math.radians((north + south) / 2))
        wide, high = max((east - west) * shorter, 0.05), max(north - south, 0.05)
        scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
        left = (WIDTH - wide * scale) / 2
        return cls(north, south, west, east, scale, shorter, left, high * scale + 2 * MARGIN)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = self.left + (min(longitude, self.east) - self.west) * self.shorter * self.scale
        y = MARGIN + (self.north - max(min(latitude, self.north), self.south)) * self.scale
        return round(x, 1), round(y, 1)
