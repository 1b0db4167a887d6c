"""Bars with names, in groups that can fairly be set side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, Number, figure_words, numbered
from hocsuotdoi.core.charts.vega import CHAM, INK_SOFT, LEAF, RULE, Spec, hidden, layer

WIDTH, ROW, NAME, BAR_END = 400, 28, 132, 300
"""Names end at NAME, where bars begin."""


@dataclass(frozen=True)
class Bar:
    """`figure` None: no bar, `words` says why. `is_thin`: the figure rests on less than half of those expected.
    `short`: the name as the picture writes it, where the table's is too long."""

    name: str
    figure: Number | None
    words: str = ""
    coverage: str = ""
    is_thin: bool = False
    url: str = ""
    short: str = ""


@dataclass(frozen=True)
class Group:
    """Those of one class and size; `heading` empty where there is only one group."""

    heading: str
    bars: list[Bar] = field(default_factory=list)


def ranking(title: str, groups: Sequence[Group], *, name: str, measure: str, unit: str = "", legend: str = "") -> Chart:
    """In the order given. Figures below zero begin at the line of zero and run to the left."""
    every = [bar for group in groups for bar in group.bars]
    spec = _spec(groups, unit)
    height = ROW * len(spec["data"]["values"]) + 8
    if any(bar.is_thin and bar.figure is not None for bar in every):
        legend = " ".join(filter(None, [legend, gettext("Hollow bar: figures from less than half, not ranked.")]))
    with_coverage, with_groups = any(bar.coverage for bar in every), any(group.heading for group in groups)
    columns = numbered([measure], name)
    if with_coverage:
        columns.append({"label": gettext("Coverage")})
    if with_groups:
        columns.append({"label": gettext("Group")})
    rows: list[list[Cell]] = []
    for group in groups:
        for bar in group.bars:
            row: list[Cell] = [{"text": bar.name, "url": bar.url} if bar.url else bar.name, _words(bar, unit)]
            rows.append(
                row + ([bar.coverage or "–"] if with_coverage else []) + ([group.heading] if with_groups else [])
            )
    data = [
        [bar.name, bar.figure, bar.coverage, group.heading, "" if bar.figure is not None else bar.words]
        for group in groups
        for bar in group.bars
    ]
    headings = [name, measure, gettext("Coverage"), gettext("Group"), gettext("Note")]
    return Chart(title, spec, WIDTH, height, columns, rows, legend, headings, data)


def bars(title: str, items: Sequence[Bar], *, name: str, measure: str, unit: str = "") -> Chart:
    """One group without a heading."""
    return ranking(title, [Group("", list(items))], name=name, measure=measure, unit=unit)


def _spec(groups: Sequence[Group], unit: str) -> Spec:
    """A row for each heading and each bar, from the top down."""
    rows: list[Spec] = []
    for group in groups:
        if group.heading:
            rows.append({"heading": group.heading})
        rows += [
            {
                "name": bar.short or bar.name,
                "words": _words(bar, unit),
                "coverage": bar.coverage if bar.figure is not None else "",
                "thin": bar.is_thin,
                **({"figure": float(bar.figure)} if bar.figure is not None else {}),
            }
            for bar in group.bars
        ]
    figures = [row.get("figure", 0.0) for row in rows]
    ends: Spec = {
        "domain": [min([0.0, *figures]), max([0.0, *figures]) or 1],
        "range": [NAME + 8, BAR_END],
        "nice": False,
    }
    y = hidden("order", "ordinal", padding=0.32)
    x = hidden("figure", **ends)
    bar: Spec = {"type": "bar"}
    text: Spec = {"type": "text", "align": "left"}
    rule: Spec = {"type": "rule", "color": RULE, "yOffset": 13}
    soft: Spec = {**text, "align": "right", "fill": INK_SOFT, "fontSize": 12}
    left, names, right = ({"value": place} for place in (0, NAME, WIDTH))
    has_heading = "isValid(datum.heading)"
    # Where no bar is, its words stand where it would begin.
    end = hidden("end", **ends)

    def says(name: str) -> Spec:
        return {"field": name, "type": "nominal"}

    return {
        "data": {"values": [{**row, "order": at, "end": max(row.get("figure", 0), 0)} for at, row in enumerate(rows)]},
        "width": WIDTH,
        "height": {"step": ROW},
        "layer": [
            layer(rule, has_heading, y=y, x=left, x2=right),
            layer({**text, "fontWeight": 600, "limit": WIDTH}, has_heading, y=y, x=left, text=says("heading")),
            layer({**text, "align": "right", "limit": NAME}, "isValid(datum.name)", y=y, x=names, text=says("name")),
            layer({**bar, "color": CHAM}, "isValid(datum.figure) && !datum.thin", y=y, x=x),
            layer({**bar, "fill": LEAF, "stroke": CHAM}, "isValid(datum.figure) && datum.thin", y=y, x=x),
            layer({**text, "dx": 6}, "isValid(datum.words)", y=y, x=end, text=says("words")),
            layer(soft, "isValid(datum.coverage)", y=y, x=right, text=says("coverage")),
        ],
    }


def _words(bar: Bar, unit: str) -> str:
    return bar.words or figure_words(bar.figure, unit)
