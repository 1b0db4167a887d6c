"""A map of points: each place where it lies, the more, the larger and darker. It needs no map service."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, Number
from hocsuotdoi.core.charts.classes import Classes
from hocsuotdoi.core.charts.vega import CHAM, INK_SOFT, LEAF, RULE, SCALE, Spec, layer

WIDTH, TALLEST = 520, 760
ON_A_PHONE = 330
FEW = 400
"""So many places are a province: dots twice as large, and islands far from the rest at the edge."""
FAR = 1.6
"""Degrees of longitude from a province's middle from which on a place is far."""
Standing = Literal["value", "not_reported", "not_applicable", "islet", "sea"]


@dataclass(frozen=True)
class Spot:
    """`figure` is None unless `standing` is "value"; `label` is written beside it on the map, a line for each part of
    it. Islets and seas are of the map and have no figures."""

    latitude: float
    longitude: float
    figure: Number | None = None
    standing: Standing = "not_applicable"
    label: tuple[str, ...] = ()


def points(
    title: str,
    spots: Sequence[Spot],
    classes: Classes,
    *,
    columns: list[dict[str, Any]],
    rows: list[list[Cell]],
    data_columns: list[str],
    data: list[list[Any]],
    legend: str = "",
    is_held_back: bool = False,
) -> Chart:
    """Filled dots: a value; rings: not reported; grains: places to which it does not apply, so that the shape of the
    land is seen. North is up. `legend`: what size and colour say, where it is not how high a figure is. `is_held_back`:
    rings are also of figures that are not told."""
    placed, frame = _brought_near(spots) if len(spots) < FEW else (list(spots), None)
    high = _height(placed)
    narrow_high = round(high * ON_A_PHONE / WIDTH)
    legend = legend or gettext("The larger and darker a dot, the higher.")
    rings = gettext("Rings: not reported, or not told.") if is_held_back else gettext("Rings: not reported.")
    legend = " ".join([legend, rings, gettext("Grains: does not apply there.")])
    is_province = len(spots) < FEW
    values = [_row(spot, classes) for spot in placed]
    spec = _spec(values, classes, WIDTH, high, 2.6 if is_province else 1.2, frame)
    narrow = _spec(values, classes, ON_A_PHONE, narrow_high, 1.6 if is_province else 0.6, frame)
    if frame:
        legend += " " + gettext("In the frame: islands that lie farther out.")
    return Chart(title, spec, WIDTH + 10, high + 70, columns, rows, legend, data_columns, data, narrow)


def _spec(values: list[Spec], classes: Classes, wide: int, high: int, larger: float, frame: "Frame | None") -> Spec:
    labels = classes.labels or ["–"]
    # The lightest is hardly told from a ring: it is taken only where all five are.
    lowest = 0 if len(labels) > 4 else 1
    levels = [4 - round(at * (4 - lowest) / max(len(labels) - 1, 1)) for at in reversed(range(len(labels)))]
    place: Spec = {
        "longitude": {"field": "longitude", "type": "quantitative"},
        "latitude": {"field": "latitude", "type": "quantitative"},
    }
    point: Spec = {"type": "point", "filled": True, "opacity": 1}
    sizes = [(20 + 12 * each) * larger for each in levels]
    key = {"title": None, "orient": "bottom", "direction": "horizontal", "columns": 3}
    level = {"field": "level", "type": "ordinal", "sort": labels, "legend": key}
    text: Spec = {"type": "text", "fill": INK_SOFT, "baseline": "top", "align": "center"}
    says: Spec = {"field": "label", "type": "nominal"}
    dots = layer(
        {**point, "stroke": CHAM, "strokeWidth": 0.8},
        "isValid(datum.level)",
        **place,
        size={**level, "scale": {"type": "ordinal", "domain": labels, "range": sizes}},
        fill={**level, "scale": {"domain": labels, "range": [SCALE[each] for each in levels]}},
    )
    return {
        "data": {"values": values},
        "width": wide,
        "height": high,
        "projection": {"type": "mercator"},
        "layer": [
            layer({**point, "fill": RULE, "size": 5 * larger}, "datum.standing == 'not_applicable'", **place),
            layer(
                {**point, "fill": LEAF, "stroke": INK_SOFT, "strokeWidth": min(larger, 1) * 0.8, "size": 16 * larger},
                "datum.standing == 'not_reported'",
                **place,
            ),
            dots,
            layer({**point, "fill": INK_SOFT, "size": 3}, "datum.standing == 'islet'", **place),
            layer(
                {**text, "fontSize": 11, "dy": 12},
                "isValid(datum.label) && datum.standing != 'sea'",
                **place,
                text=says,
            ),
            layer(
                {**text, "fontSize": 14, "fontStyle": "italic", "align": "center"},
                "datum.standing == 'sea'",
                **place,
                text=says,
            ),
            *([_framed(*frame)] if frame else []),
        ],
    }


def _row(spot: Spot, classes: Classes) -> Spec:
    row: Spec = {"latitude": round(spot.latitude, 3), "longitude": round(spot.longitude, 3), "standing": spot.standing}
    if spot.figure is not None and spot.standing == "value":
        row["level"] = classes.labels[classes.level(spot.figure)]
    if spot.label:
        row["label"] = list(spot.label)
    return row


def _height(spots: Sequence[Spot]) -> int:
    """As high as the land is at that width; a degree of longitude is shorter than one of latitude."""
    latitudes = [spot.latitude for spot in spots] or [16.0]
    longitudes = [spot.longitude for spot in spots] or [107.0]
    high = max(latitudes) - min(latitudes)
    wide = (max(longitudes) - min(longitudes)) * math.cos(math.radians(sum(latitudes) / len(latitudes)))
    return round(min(max(WIDTH * high / max(wide, 0.05), 160), TALLEST))


Frame = tuple[float, float, float, float]
"""West, south, east, north."""


def _brought_near(spots: Sequence[Spot]) -> tuple[list[Spot], Frame | None]:
    """Islands far from the rest stand at the edge in a frame, or nothing else of the province could be seen."""
    longitudes = sorted(spot.longitude for spot in spots)
    if not longitudes:
        return [], None
    middle = longitudes[len(longitudes) // 2]
    near = [spot for spot in spots if abs(spot.longitude - middle) <= FAR]
    east = max(spot.longitude for spot in near)
    low, top = min(spot.latitude for spot in near), max(spot.latitude for spot in near)
    pace = max(top - low, 0.5) / 8
    placed, framed = [], 0.0
    for spot in spots:
        if spot in near:
            placed.append(spot)
        else:
            framed = min(max(spot.latitude, low + pace), top - pace) if top - low > 2 * pace else spot.latitude
            placed.append(replace(spot, latitude=framed, longitude=east + 4.5 * pace))
    if len(near) == len(spots):
        return placed, None
    return placed, (east + pace, framed - 1.6 * pace, east + 8 * pace, framed + pace)


def _framed(west: float, south: float, east: float, north: float) -> Spec:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    sides = [{"x": a, "y": b, "x2": c, "y2": d} for (a, b), (c, d) in pairwise(corners)]
    places = {"longitude": "x", "latitude": "y", "longitude2": "x2", "latitude2": "y2"}
    encoding = {channel: {"field": name} for channel, name in places.items()}
    return {
        "data": {"values": sides},
        "mark": {"type": "rule", "color": INK_SOFT, "strokeDash": [3, 3]},
        "encoding": encoding,
    }
