"""Charts of a table of counts by two things: the kinds that fit how it is laid out, the best first, each drawn."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from hocsuotdoi.core.charts.chart import Number, steps
from hocsuotdoi.core.charts.classes import classes_of
from hocsuotdoi.core.charts.vega import CHAM, INK, INK_SOFT, LEAF, RULE, SCALE, Spec, figure_axis, layer
from hocsuotdoi.core.templatetags.house import number

WIDTH = 400
"""About a phone."""
ROW, NAME = 26, 140
MOST_ITEMS = 40
"""Of more rows the largest are drawn, and the others together."""
MOST_SERIES = 5
"""As many as can be told apart in one picture."""
MOST_PANELS = 48
NAME_LETTERS = 26
"""Of a line above a small picture; longer names take two."""
MOST_WRITTEN = 6
"""More columns leave no room to write figures into the squares of a heat map."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
TINTS = (CHAM, "#a7b5d6", "#465b94", "#d5dcec", "#7386b9")
"""Neighbours in a bar differ clearly in lightness."""


class Kind(StrEnum):
    BARS = "bars"
    STACKED = "stacked"
    GROUPED = "grouped"
    BESIDE = "beside"
    LINES = "lines"
    PANELS = "panels"
    HEAT = "heat"


KIND_LABELS = {
    Kind.BARS: gettext_lazy("Bars"),
    Kind.STACKED: gettext_lazy("Stacked bars"),
    Kind.GROUPED: gettext_lazy("Grouped bars"),
    Kind.BESIDE: gettext_lazy("Bars beside each other"),
    Kind.LINES: gettext_lazy("Lines"),
    Kind.PANELS: gettext_lazy("Small pictures"),
    Kind.HEAT: gettext_lazy("Heat map"),
}


@dataclass(frozen=True)
class Grid:
    """`figures` and `words` by row and column; a figure is None where nothing may be drawn, and its words say why.

    `sums`, `sum_words`: of each row, where its columns may be added to one another. `adds_down`: rows may be added.
    `is_mixed`: the columns count different things, so each has its own scale. `time`: the side that periods stand on.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    figures: Sequence[Sequence[Number | None]]
    words: Sequence[Sequence[str]]
    sums: Sequence[Number | None] = ()
    sum_words: Sequence[str] = ()
    adds_down: bool = False
    is_mixed: bool = False
    time: str = ""

    def turned(self) -> "Grid":
        """With rows for columns. What rows sum to is not known then."""
        figures = [[row[at] for row in self.figures] for at in range(len(self.columns))]
        words = [[row[at] for row in self.words] for at in range(len(self.columns))]
        time = {"rows": "columns", "columns": "rows"}.get(self.time, "")
        return Grid(self.columns, self.rows, figures, words, adds_down=False, is_mixed=self.is_mixed, time=time)


def kinds_of(grid: Grid) -> list[Kind]:
    """Those that fit, the one to show unasked first."""
    rows, columns = len(grid.rows), len(grid.columns)
    if rows == columns == 1:
        return [Kind.BARS]
    found: list[Kind] = []
    if grid.time:
        lines = columns if grid.time == "rows" else rows
        if lines <= MOST_SERIES and not (grid.is_mixed and lines > 1):
            found.append(Kind.LINES)
        if 1 < lines <= MOST_PANELS:
            found.append(Kind.PANELS)
        # Of many places over a few years a heat map tells more on one screen than a picture of each.
        if columns > 1 and rows > 1 and not grid.is_mixed:
            found.insert(0 if lines > 2 * MOST_SERIES else len(found), Kind.HEAT)
    elif columns > 1 and rows > 1 and not grid.is_mixed:
        if columns <= MOST_SERIES and grid.sums:
            found.append(Kind.STACKED)
        found.append(Kind.HEAT)
    if 1 < columns <= MOST_SERIES:
        found += [Kind.BESIDE] if grid.is_mixed else [Kind.GROUPED, Kind.BESIDE]
        if grid.sums and Kind.STACKED not in found:
            found.append(Kind.STACKED)
    if columns == 1 or grid.sums:
        found.append(Kind.BARS)
    return found or [Kind.BESIDE]


@dataclass(frozen=True)
class Drawn:
    spec: Spec
    width: int
    height: int
    legend: str
    narrow: Spec | None = None


def draw(grid: Grid, kind: Kind) -> Drawn:
    if kind in (Kind.LINES, Kind.PANELS):
        return _lines(grid, in_panels=kind == Kind.PANELS)
    gathered, said = _gathered(grid)
    drawn = {
        Kind.BARS: _bars,
        Kind.STACKED: _stacked,
        Kind.GROUPED: _grouped,
        Kind.BESIDE: _beside,
        Kind.HEAT: _heat,
    }[kind](gathered)
    return replace(drawn, legend=" ".join(filter(None, [drawn.legend, said])))


def _gathered(grid: Grid) -> tuple[Grid, str]:
    """The largest rows and the others as one; periods stay as they are."""
    if grid.time == "rows" or len(grid.rows) <= MOST_ITEMS:
        return grid, ""

    def size(at: int) -> float:
        known = [grid.sums[at]] if grid.sums else grid.figures[at]
        return max((float(each) for each in known if each is not None), default=-1.0)

    order = sorted(range(len(grid.rows)), key=lambda at: -size(at))
    kept, others = order[: MOST_ITEMS - 1], order[MOST_ITEMS - 1 :]
    rows = [grid.rows[at] for at in kept]
    figures, words = [grid.figures[at] for at in kept], [grid.words[at] for at in kept]
    sums, sum_words = [grid.sums[at] for at in kept if grid.sums], [grid.sum_words[at] for at in kept if grid.sums]
    if grid.adds_down:
        # Together they would dwarf each that is drawn: they are told in figures only.
        rows.append(gettext("{count} others").format(count=number(len(others))))
        figures.append([None] * len(grid.columns))
        words.append([_together([grid.figures[at][column] for at in others]) for column in range(len(grid.columns))])
        if grid.sums:
            sums.append(None)
            sum_words.append(_together([grid.sums[at] for at in others]))
    said = gettext("Drawn: the {shown} largest of {count}; all stand in the table.").format(
        shown=number(len(kept)), count=number(len(grid.rows))
    )
    return replace(grid, rows=rows, figures=figures, words=words, sums=sums, sum_words=sum_words), said


def _together(figures: Sequence[Number | None]) -> str:
    known = [each for each in figures if each is not None]
    return number(sum(known)) if known else "–"


def _rows(grid: Grid, columns: Sequence[int] | None = None) -> list[Spec]:
    """A datum for each figure."""
    return [
        {
            "row": row,
            "column": grid.columns[across],
            "at": across,
            "words": grid.words[down][across],
            **({"figure": float(figure)} if (figure := grid.figures[down][across]) is not None else {}),
        }
        for down, row in enumerate(grid.rows)
        for across in (columns if columns is not None else range(len(grid.columns)))
    ]


def _names(grid: Grid) -> Spec:
    axis: Spec = {"labelLimit": NAME, "labelColor": INK, "labelPadding": 8}
    if said := _on_two_lines(grid.rows, 23):
        axis |= {"labelExpr": said, "labelFontSize": 11, "labelLineHeight": 12}
    return {"field": "row", "type": "ordinal", "sort": list(grid.rows), "scale": {"padding": 0.28}, "axis": axis}


def _on_two_lines(names: Sequence[str], letters: int) -> str:
    """How long names are written, as an expression; empty where one line is enough. What follows is cut off."""
    if max(map(len, names), default=0) <= letters:
        return ""
    lines = {name: wrap(name, letters, max_lines=2, placeholder="…") for name in names}
    return f"{json.dumps(lines, ensure_ascii=False)}[datum.label]"


def _key(grid: Grid, scale: Sequence[Any], room: int, **more: Any) -> Spec:
    return {
        "field": "column",
        "type": "nominal",
        "sort": list(grid.columns),
        "scale": {"domain": list(grid.columns), "range": list(scale[: len(grid.columns)])},
        "legend": {"title": None, "orient": "top", "direction": "horizontal", **_spread(grid.columns, room), **more},
    }


LETTER, MARK, UPRIGHT = 7.5, 30, 200
"""About so wide is a letter, and the mark before a name of the key with the space behind it; so high a name that stands
upright."""
BESIDE_NAMES, BESIDE_FIGURES = WIDTH - NAME - 10, WIDTH - 40
"""What names of rows, or figures along an axis, leave of the width."""


def _spread(names: Sequence[str], room: int) -> Spec:
    """The names of a key beside each other as far as they can be read whole; they never widen the picture."""
    longest = LETTER * max(map(len, names)) + MARK
    across = max(1, min(3, int(room // longest)))
    return {"columns": across, "labelLimit": room // across - MARK}


def _key_height(grid: Grid, room: int) -> int:
    return 20 * -(-len(grid.columns) // _spread(grid.columns, room)["columns"])


def _marks(figures: Sequence[float]) -> list[float]:
    return steps(min([0.0, *figures]), max([0.0, *figures]) or 1, 3)


def _along(field: str, marks: Sequence[float], **more: Any) -> Spec:
    scale = {"domain": [marks[0], marks[-1]], "nice": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": figure_axis("", list(marks)), **more}


def _known(grid: Grid) -> list[float]:
    return [float(each) for row in grid.figures for each in row if each is not None]


_TEXT: Spec = {"type": "text", "align": "left", "dx": 5}


def _bars(grid: Grid) -> Drawn:
    figures = grid.sums or [row[0] for row in grid.figures]
    words = grid.sum_words or [row[0] for row in grid.words]
    values = [
        {"row": row, "words": said, "end": max(float(figure or 0), 0)}
        | ({"figure": float(figure)} if figure is not None else {})
        for row, figure, said in zip(grid.rows, figures, words, strict=True)
    ]
    marks = _marks([float(each) for each in figures if each is not None])
    ends = {"domain": [marks[0], max((float(each) for each in figures if each is not None), default=1) or 1]}
    x: Spec = {"type": "quantitative", "axis": None, "scale": {**ends, "nice": False, "range": [0, WIDTH - NAME - 80]}}
    spec: Spec = {
        "data": {"values": values},
        "width": WIDTH - NAME - 10,
        "height": {"step": ROW},
        "layer": [
            layer({"type": "bar", "color": CHAM}, "isValid(datum.figure)", y=_names(grid), x={**x, "field": "figure"}),
            layer(_TEXT, y=_names(grid), x={**x, "field": "end"}, text={"field": "words", "type": "nominal"}),
        ],
    }
    return Drawn(spec, WIDTH, ROW * len(values) + 10, "")


def _stacked(grid: Grid) -> Drawn:
    highest = max((float(each) for each in grid.sums if each is not None), default=1.0)
    marks = _marks([highest])
    bar = {"type": "bar", "stroke": LEAF, "strokeWidth": 1}
    colour = _key(grid, TINTS, BESIDE_NAMES, symbolType="square", symbolStrokeWidth=0)
    x = _along("figure", marks, stack="zero")
    spec: Spec = {
        "data": {"values": _rows(grid)},
        "width": WIDTH - NAME - 10,
        "height": {"step": ROW},
        **layer(bar, "isValid(datum.figure)", y=_names(grid), x=x, color=colour, order={"field": "at"}),
    }
    return Drawn(
        spec,
        WIDTH,
        ROW * len(grid.rows) + 30 + _key_height(grid, BESIDE_NAMES),
        gettext("From left to right in the order of the key."),
    )


def _grouped(grid: Grid) -> Drawn:
    colour = _key(grid, TINTS, BESIDE_NAMES, symbolType="square", symbolStrokeWidth=0)
    step = 13 * len(grid.columns) + 10
    offset: Spec = {"field": "column", "sort": list(grid.columns)}
    y = _names(grid)
    spec: Spec = {
        "data": {"values": _rows(grid)},
        "width": WIDTH - NAME - 10,
        "height": {"step": 13, "for": "offset"},
        **layer({"type": "bar"}, y=y, yOffset=offset, x=_along("figure", _marks(_known(grid))), color=colour),
    }
    height = round(step * 1.35) * len(grid.rows) + 30 + _key_height(grid, BESIDE_NAMES)
    return Drawn(spec, WIDTH, height, gettext("From top to bottom in the order of the key."))


def _beside(grid: Grid) -> Drawn:
    """A column of bars for each column of the table. Where they count different things each has its own scale."""

    def spec(width: int, across: int) -> Spec:
        panels = []
        for at, name in enumerate(grid.columns):
            shares = range(len(grid.columns)) if not grid.is_mixed else [at]
            known = [float(f) for row in grid.figures for each in shares if (f := row[each]) is not None]
            y = _names(grid)
            if at % across:
                y = {**y, "axis": None}
            x: Spec = {
                "type": "quantitative",
                "axis": None,
                "scale": {
                    "domain": [min([0.0, *known]), max([0.0, *known]) or 1],
                    "nice": False,
                    "range": [0, width - 52],
                },
            }
            values = [{**row, "end": max(row.get("figure", 0.0), 0)} for row in _rows(grid, [at])]
            panels.append(
                {
                    "title": {"text": name, "fontSize": 13, "limit": width + NAME},
                    "data": {"values": values},
                    "width": width,
                    "height": {"step": ROW},
                    "layer": [
                        layer({"type": "bar", "color": CHAM}, "isValid(datum.figure)", y=y, x={**x, "field": "figure"}),
                        layer({**_TEXT, "fontSize": 12}, y=y, x={**x, "field": "end"}, text=_says("words")),
                    ],
                }
            )
        return {"concat": panels, "columns": across, "spacing": {"row": 28, "column": 18}}

    across = min(len(grid.columns), MOST_SERIES)
    legend = gettext("Each column on a scale of its own.") if grid.is_mixed else gettext("All columns on one scale.")
    high = (ROW * len(grid.rows) + 40) * -(-len(grid.columns) // across)
    return Drawn(spec(150, across), NAME + 172 * across, high, legend, spec(WIDTH - NAME - 20, 1))


def _says(name: str) -> Spec:
    return {"field": name, "type": "nominal"}


def _lines(grid: Grid, *, in_panels: bool) -> Drawn:
    """Time runs to the right; where nothing is known a line is broken."""
    by_series = grid.turned() if grid.time == "columns" else grid
    values, runs = [], 0
    for across, name in enumerate(by_series.columns):
        for down, period in enumerate(by_series.rows):
            figure = by_series.figures[down][across]
            runs += int(figure is None)
            values.append({"row": period, "column": name, "run": runs, "at": down})
            if figure is not None:
                values[-1]["figure"] = float(figure)
        runs += 1
    periods = list(by_series.rows)
    most = 3 if in_panels else 6
    labelled = periods[:: -(-len(periods) // most)]
    x: Spec = {
        "field": "row",
        "type": "ordinal",
        "sort": periods,
        # Named one by one: a period of which nothing is known keeps its place.
        "scale": {"type": "point", "padding": 0.4, "domain": periods},
        "axis": {"labelAngle": 0, "values": labelled, "labelOverlap": "greedy", "labelPadding": 9},
    }
    marks = steps(min([0.0, *_known(grid)]), max([0.0, *_known(grid)]) or 1, 1 if in_panels else 4)
    y = _along("figure", marks)
    if in_panels and grid.is_mixed:
        y = {
            "field": "figure",
            "type": "quantitative",
            "axis": {"tickCount": 2, "labelExpr": figure_axis("", [])["labelExpr"]},
        }
    said = gettext("A gap: nothing reported, or kept back.") if len(_known(grid)) < len(values) else ""
    has = "isValid(datum.figure)"
    if in_panels:
        return _panels(by_series, values, x, y, said, own_scale=grid.is_mixed)
    key = _key(by_series, TINTS, BESIDE_FIGURES)
    dash = {**key, "scale": {**key["scale"], "range": [list(each) for each in DASHES[: len(by_series.columns)]]}}
    shape = {**key, "scale": {**key["scale"], "range": list(SHAPES[: len(by_series.columns)])}}
    colour = {
        **key,
        "scale": {**key["scale"], "range": [CHAM, INK_SOFT, "#465b94", INK, "#7386b9"][: len(by_series.columns)]},
    }
    if len(by_series.columns) == 1:
        dash, shape, colour = ({**each, "legend": None} for each in (dash, shape, colour))
    dots: Spec = {"type": "point", "filled": True, "opacity": 1, "size": 60 if len(periods) <= 24 else 20}
    spec: Spec = {
        "data": {"values": values},
        "width": WIDTH - 60,
        "height": 240,
        "layer": [
            layer(
                {"type": "line", "strokeWidth": 2}, has, x=x, y=y, detail=_says("run"), color=colour, strokeDash=dash
            ),
            layer(dots, has, x=x, y=y, color=colour, shape=shape),
        ],
    }
    return Drawn(spec, WIDTH, 280 + (_key_height(by_series, BESIDE_FIGURES) if len(by_series.columns) > 1 else 0), said)


def _panels(grid: Grid, values: list[Spec], x: Spec, y: Spec, said: str, *, own_scale: bool) -> Drawn:
    """One for each series, on one scale unless they count different things; in the order of the table."""
    has = "isValid(datum.figure)"
    layers = [
        layer({"type": "line", "color": CHAM, "strokeWidth": 2}, has, x=x, y=y, detail=_says("run")),
        layer({"type": "point", "filled": True, "opacity": 1, "fill": CHAM, "size": 26}, has, x=x, y=y),
    ]
    names = list(grid.columns)
    header: Spec = {"labelLimit": 210}
    if written := _on_two_lines(names, NAME_LETTERS):
        header |= {"labelExpr": written, "labelLineHeight": 17}

    def spec(columns: int) -> Spec:
        found: Spec = {
            "data": {"values": values},
            "facet": {"field": "column", "type": "nominal", "sort": names, "header": header},
            "columns": columns,
            "spacing": 20,
            "spec": {"width": 180, "height": 70, "layer": layers},
        }
        return {**found, "resolve": {"scale": {"y": "independent"}}} if own_scale else found

    across = min(3, len(names))
    legend = gettext("Each on a scale of its own.") if own_scale else gettext("All on one scale.")
    down = -(-len(names) // across)
    return Drawn(spec(across), across * 250, down * 140, f"{legend} {said}".strip(), spec(1) if across > 1 else None)


def _heat(grid: Grid) -> Drawn:
    """The darker, the more; written into the squares where there is room."""
    classes = classes_of([each for each in _known(grid) if each > 0], len(SCALE))
    labels = classes.labels or ["0"]
    values = _rows(grid)
    for value in values:
        figure = value.get("figure")
        if figure is not None and figure > 0:
            level = classes.level(figure)
            value |= {"level": classes.labels[level], "dark": level >= len(labels) - 2 and len(labels) > 1}
    is_written = len(grid.columns) <= MOST_WRITTEN
    step = max(min((WIDTH - NAME) // max(len(grid.columns), 1), 64), 44 if is_written else 14)
    labelled = list(grid.columns[:: -(-52 // step)]) if grid.time == "columns" else list(grid.columns)
    x: Spec = {
        "field": "column",
        "type": "ordinal",
        "sort": list(grid.columns),
        "scale": {"padding": 0.06},
        "axis": {"orient": "top", "labelAngle": 0, "values": labelled, "labelLimit": max(step, 60)},
    }
    # Names of more than a few letters stand upright: cut to a column's width they would all read the same.
    upright = 0 if grid.time == "columns" else max(map(len, grid.columns)) * LETTER
    if upright > max(step, 60):
        x["axis"] |= {"labelAngle": -90, "labelLimit": UPRIGHT}
        if said := _on_two_lines(grid.columns, 28):
            x["axis"] |= {"labelExpr": said, "labelFontSize": 12, "labelLineHeight": 14}
    else:
        upright = 0
    y = {**_names(grid), "scale": {"padding": 0.08}}
    colours = [SCALE[round(at * 4 / max(len(labels) - 1, 1))] for at in range(len(labels))]
    key = {"title": None, "orient": "bottom", "direction": "horizontal", "columns": 3, "symbolType": "square"}
    level_key: Spec = {"field": "level", "type": "ordinal", "sort": labels, "legend": key}
    colour = {**level_key, "scale": {"domain": labels, "range": colours}}
    light: Spec = {"type": "text", "fontSize": 11, "limit": step}
    layers = [
        layer({"type": "rect", "fill": None, "stroke": RULE, "strokeWidth": 0.5}, x=x, y=y),
        layer({"type": "rect"}, "isValid(datum.level)", x=x, y=y, color=colour),
    ]
    if is_written:
        layers += [
            layer({**light, "fill": LEAF}, "datum.dark", x=x, y=y, text=_says("words")),
            layer({**light, "fill": INK}, "!datum.dark", x=x, y=y, text=_says("words")),
        ]
    spec: Spec = {
        "data": {"values": values},
        "width": {"step": step},
        "height": {"step": 24},
        "layer": layers,
    }
    width = NAME + 20 + step * len(grid.columns)
    return Drawn(
        spec,
        max(width, 300),
        24 * len(grid.rows) + 80 + round(min(upright, UPRIGHT)),
        gettext("The darker, the more. Empty: nothing to draw."),
    )
