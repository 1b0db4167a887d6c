"""Values by year against the trajectory and the targets; the same small, many on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, Number, figure_words, numbered, steps
from hocsuotdoi.core.charts.vega import CHAM, GOLD, GOLD_WASH, INK, INK_SOFT, LEAF, Spec, figure_axis, layer

Silence = Literal["", "not_reported", "not_applicable", "not_told"]


@dataclass(frozen=True)
class TrendPoint:
    """One year: the value reached (None: no figure, and `silence` says why), the trajectory's figure with the band of
    what is still near it, the target set for that year (a range where `target_high` is given). `words` is what the
    table says in place of the figure; `is_thin` marks a value that rests on less than half of those expected.
    `is_answer`: the value is 1 for yes, 0 for no."""

    year: int
    value: Number | None = None
    expected: Number | None = None
    target: Number | None = None
    target_high: Number | None = None
    band: tuple[Number, Number] | None = None
    silence: Silence = ""
    words: str = ""
    coverage: str = ""
    is_thin: bool = False
    is_answer: bool = False
    mark: str = ""
    """What changed the territory within the year: figures before and after are not of the same land."""


LARGE, SMALL = (400, 230), (230, 100)
"""Width and height; 400 is about a phone."""
ANSWERED = {True: 80, False: 110}
"""The height of a row of answers, small or not."""
EMPTY = {True: 60, False: 90}
"""Of a picture of years without any figure."""
MOST_NAMED = 6
"""More values written out would run into each other."""


def trend(
    title: str,
    points: Sequence[TrendPoint],
    *,
    unit: str = "%",
    is_small: bool = False,
    scale: tuple[float, float] | None = None,
) -> Chart:
    """Values as a solid line with dots, broken where a year has none; the trajectory as a dashed line in its band,
    targets as diamonds. At least one point. `scale`: the least and the largest figure, to be shared with others."""
    columns, rows = _table(points, unit)
    data = [[p.year, p.value, p.expected, p.target, p.target_high, p.coverage, _note(p)] for p in points]
    width, height = SMALL if is_small else LARGE
    if all(p.value is None and p.target is None for p in points):
        height = EMPTY[is_small]
    spec = {
        "data": {"values": _rows(points, unit)},
        "width": width - 52,
        "height": height - 30,
        **_layers(points, unit, scale or scale_of([points], unit), is_small=is_small),
    }
    if _are_answers(points):
        height = ANSWERED[is_small]
        spec |= {"height": height - 30, **_answered(points, is_small=is_small)}
    return Chart(title, spec, width, height, columns, rows, key_of(points), _data_columns(), data)


def multiples(
    title: str, series: Sequence[tuple[str, str, Sequence[TrendPoint]]], *, name: str, unit: str = "%", across: int = 3
) -> Chart:
    """Small trends on one scale, one for each (name, address, points); all have the same years."""
    every = [p for _label, _url, points in series for p in points]
    names = [label for label, _url, _points in series]
    lines = _in_lines(names)
    values = [{**row, "name": lines[label]} for label, _url, points in series for row in _rows(points, unit)]
    across = max(min(across, len(series)), 1)
    years = [str(p.year) for p in series[0][2]] if series else []
    rows: list[list[Cell]] = [
        [{"text": label, "url": url} if url else label, *(_value_words(p, unit) for p in points)]
        for label, url, points in series
    ]
    scale = scale_of([points for _label, _url, points in series], unit)

    header = {"labelLimit": 230, "labelExpr": f"split(datum.label, '{_BREAK}')"}

    def faceted(columns: int) -> Spec:
        is_answered = _are_answers(every)
        layers = _answered(every, is_small=True) if is_answered else _layers(every, unit, scale, is_small=True)
        return {
            "data": {"values": values},
            "facet": {"field": "name", "type": "nominal", "sort": [lines[each] for each in names], "header": header},
            "columns": columns,
            "spacing": 22,
            "spec": {"width": 190, "height": ANSWERED[True] - 30 if is_answered else 76, **layers},
        }

    down = -(-len(series) // across)
    return Chart(
        title,
        faceted(across),
        across * 260,
        max(down, 1) * 145,
        numbered(years, name),
        rows,
        key_of(every),
        [name, *years],
        [[label, *(p.words if p.is_answer else p.value for p in points)] for label, _url, points in series],
        faceted(1) if across > 1 else None,
        panels=[(label, url) for label, url, _points in series if url],
        across=across,
    )


_BREAK = " | "


def _in_lines(names: Sequence[str]) -> dict[str, str]:
    """Long names in lines, as small pictures have room for them; all of as many, so that rows are equally high."""
    lines = {name: wrap(name, 26) for name in names}
    most = max(map(len, lines.values()), default=1)
    return {name: _BREAK.join([""] * (most - len(each)) + each) for name, each in lines.items()}


def scale_of(several: Sequence[Sequence[TrendPoint]], unit: str) -> tuple[float, float]:
    """From the least to the largest figure of all; per cent of a whole from 0 to 100."""
    figures = [
        float(figure)
        for points in several
        for p in points
        for figure in (p.value, p.expected, p.target, p.target_high)
        if figure is not None
    ]
    low, high = min([0.0, *figures]), max([0.0, *figures])
    return (0.0, 100.0) if unit == "%" and low >= 0 and high <= 100 else (low, high or 1.0)


def _rows(points: Sequence[TrendPoint], unit: str) -> list[dict[str, Any]]:
    """One for each year. `run` counts the stretches without a gap or a change of territory: each has its own line."""
    run, rows, last = 0, [], max((p.year for p in points if p.value is not None), default=0)
    for p in points:
        run += int(p.value is None or bool(p.mark))
        figures = {
            "value": p.value,
            "expected": p.expected,
            "target": p.target,
            "high": p.target if p.target_high is None else p.target_high,
            "near": p.band[0] if p.band else None,
            "due": p.band[1] if p.band else None,
        }
        rows.append(
            {
                "year": p.year,
                "run": run,
                "thin": p.is_thin,
                "last": p.year == last,
                "mark": bool(p.mark),
                "silence": {"not_reported": "×", "not_applicable": "–", "not_told": "*"}.get(p.silence, ""),
                "below": p.target is not None and (p.value is None or p.value < p.target),
                "words": _value_words(p, _short(unit)) if p.is_answer else figure_words(p.value, _short(unit)),
                "goal": _target_words(p, _short(unit)),
                **{name: float(figure) for name, figure in figures.items() if figure is not None},
            }
        )
        run += int(bool(p.mark))
    return rows


def _short(unit: str) -> str:
    return "%" if unit.startswith("%") else ""


def _are_answers(points: Sequence[TrendPoint]) -> bool:
    return any(p.is_answer for p in points)


def _answered(points: Sequence[TrendPoint], *, is_small: bool) -> Spec:
    """A row of marks: yes and no lie on no scale."""
    years = sorted({p.year for p in points}) or [0]
    x: Spec = {
        "field": "year",
        "type": "quantitative",
        "scale": {"domain": [years[0] - 0.6, years[-1] + 0.6], "nice": False, "zero": False},
        "axis": {"grid": False, "values": years, "format": "d"},
    }
    row: Spec = {"datum": 0, "type": "quantitative", "axis": None, "scale": {"domain": [-1, 1]}}
    mark: Spec = {"type": "point", "opacity": 1, "filled": True, "size": 110 if is_small else 190}
    mark |= {"stroke": CHAM, "strokeWidth": 2, "yOffset": -12}
    text: Spec = {"type": "text", "fill": INK_SOFT}
    said: Spec = {**text, "fill": INK, "fontWeight": 600, "dy": 11, "fontSize": 11 if is_small else 13}
    words, silence = ({"field": name, "type": "nominal"} for name in ("words", "silence"))
    changed: Spec = {"type": "rule", "color": INK_SOFT, "strokeWidth": 1.4, "strokeDash": [1, 3]}
    return {
        "layer": [
            layer(changed, "datum.mark", x=x),
            layer({**mark, "fill": CHAM}, "datum.value == 1", x=x, y=row),
            layer({**mark, "fill": LEAF, "shape": "square"}, "datum.value == 0", x=x, y=row),
            layer({**text, "dy": -12}, "datum.silence != ''", x=x, y=row, text=silence),
            layer(said, "isValid(datum.value)", x=x, y=row, text=words),
        ]
    }


def _layers(points: Sequence[TrendPoint], unit: str, scale: tuple[float, float], *, is_small: bool) -> Spec:
    """From back to front: band, trajectory, line, targets, dots, words."""
    marks = steps(*scale, 4 if not is_small else 1 if scale == (0, 100) else 2)
    years = sorted({p.year for p in points}) or [0]
    told = {p.year for p in points if p.target is not None or p.value is not None}
    labelled = sorted({years[0], *(told or years[-1:])})
    x: Spec = {
        "field": "year",
        "type": "quantitative",
        "scale": {"domain": [years[0] - 0.6, years[-1] + 0.6], "nice": False, "zero": False},
        "axis": {"grid": False, "values": labelled, "format": "d", "labelOverlap": "greedy", "labelSeparation": 4},
    }

    figures = marks if told or unit == "%" else marks[:1]

    def y(name: str) -> Spec:
        # Above a small picture stands its name: what is written over the highest dot must stay below that.
        above = 0.3 * (marks[-1] - marks[0]) if is_small else 0
        domain = {"domain": [marks[0], marks[-1] + above], "nice": False}
        return {"field": name, "type": "quantitative", "scale": domain, "axis": figure_axis(_short(unit), figures)}

    def has(name: str) -> str:
        return f"isValid(datum.{name})"

    def says(name: str) -> Spec:
        return {"field": name, "type": "nominal"}

    point: Spec = {"type": "point", "opacity": 1, "filled": True, "size": 45 if is_small else 80}
    diamond = {**point, "shape": "diamond", "fill": GOLD, "stroke": INK, "strokeWidth": 1, "size": 2.2 * point["size"]}
    dot = {**point, "fill": CHAM, "stroke": CHAM, "strokeWidth": 2}
    line: Spec = {"type": "line", "color": CHAM, "strokeWidth": 2.5}
    path: Spec = {"type": "line", "color": INK_SOFT, "strokeDash": [5, 4], "strokeWidth": 1.6}
    floor: Spec = {"datum": marks[0], "type": "quantitative"}
    text: Spec = {"type": "text"}
    strong = {**text, "fontWeight": 600}
    value, target = has("value"), has("target")
    is_range = f"{target} && datum.high != datum.target"
    named = value if not is_small and sum(p.value is not None for p in points) <= MOST_NAMED else "datum.last"
    layers = [
        layer({"type": "rule", "color": INK_SOFT, "strokeWidth": 1.4, "strokeDash": [1, 3]}, "datum.mark", x=x),
        layer({"type": "area", "color": GOLD_WASH, "opacity": 1}, has("near"), x=x, y=y("near"), y2={"field": "due"}),
        layer(path, has("expected"), x=x, y=y("expected")),
        layer(line, value, x=x, y=y("value"), detail=says("run")),
        layer({"type": "rule", "color": GOLD, "strokeWidth": 6}, is_range, x=x, y=y("target"), y2={"field": "high"}),
        layer(diamond, target, x=x, y=y("target")),
        layer(dot, f"{value} && !datum.thin", x=x, y=y("value")),
        layer({**dot, "fill": LEAF}, f"{value} && datum.thin", x=x, y=y("value")),
        layer({**text, "fill": INK_SOFT, "dy": -7}, "datum.silence != ''", x=x, y=floor, text=says("silence")),
        # What is reached is written above its dot, or below where a target stands above it.
        layer({**strong, "dy": -13}, f"{named} && !datum.below", x=x, y=y("value"), text=says("words")),
        layer({**strong, "dy": 17}, f"{named} && datum.below", x=x, y=y("value"), text=says("words")),
    ]
    if not is_small:
        goal = {**text, "fill": INK_SOFT}
        layers += [
            layer({**goal, "dy": -15}, f"{target} && datum.below", x=x, y=y("high"), text=says("goal")),
            layer({**goal, "dy": 19}, f"{target} && !datum.below", x=x, y=y("target"), text=says("goal")),
        ]
    return {"layer": layers}


def key_of(points: Sequence[TrendPoint]) -> str:
    """What the marks mean, only those that occur."""
    words = [gettext("Solid line with dots: reached.")] if not all(p.is_answer for p in points) else []
    if any(p.is_answer and p.value == 1 for p in points):
        words.append(gettext("Filled circle: yes."))
    if any(p.is_answer and p.value == 0 for p in points):
        words.append(gettext("Empty square: no."))
    if any(p.is_thin and p.value is not None for p in points):
        words.append(gettext("Hollow dot: figures from less than half."))
    if any(p.silence == "not_reported" for p in points):
        words.append(gettext("×: not reported."))
    if any(p.silence == "not_told" for p in points):
        words.append(gettext("*: not told."))
    if any(p.silence == "not_applicable" for p in points):
        words.append(gettext("–: does not apply."))
    if any(p.expected is not None for p in points):
        words.append(gettext("Dashed line: trajectory."))
    if any(p.band is not None for p in points):
        words.append(gettext("Band along it: within a tenth of it."))
    if any(p.target is not None for p in points):
        words.append(gettext("Diamonds: targets."))
    if marks := list(dict.fromkeys(p.mark for p in points if p.mark)):
        words.append(gettext("Dotted upright line: a change ({marks}).").format(marks="; ".join(marks)))
    return " ".join(words)


def _note(p: TrendPoint) -> str:
    return " ".join(filter(None, ["" if p.value is not None and not p.is_answer else p.words, p.mark]))


def _value_words(point: TrendPoint, unit: str) -> str:
    return point.words or figure_words(point.value, unit)


def _table(points: Sequence[TrendPoint], unit: str) -> tuple[list[dict[str, Any]], list[list[Cell]]]:
    with_path = any(p.expected is not None or p.target is not None for p in points)
    with_coverage = any(p.coverage for p in points)
    labels = [gettext("Reached"), *([gettext("Trajectory"), gettext("Target")] if with_path else [])]
    columns = numbered(labels, gettext("Year"))
    if with_coverage:
        columns.append({"label": gettext("Coverage")})
    rows: list[list[Cell]] = []
    for p in points:
        row: list[Cell] = [str(p.year), _value_words(p, unit)]
        if with_path:
            row += [figure_words(p.expected, unit), _target_words(p, unit)]
        if with_coverage:
            row.append(p.coverage or "–")
        rows.append(row)
    return columns, rows


def _target_words(p: TrendPoint, unit: str) -> str:
    if p.target_high is not None and p.target_high != p.target:
        return f"{figure_words(p.target)}–{figure_words(p.target_high, unit)}"
    return figure_words(p.target, unit)


def _data_columns() -> list[str]:
    return [
        gettext("Year"),
        gettext("Reached"),
        gettext("Trajectory"),
        gettext("Target"),
        gettext("Target, at most"),
        gettext("Coverage"),
        gettext("Note"),
    ]
