"""Charts: a Vega-Lite specification drawn to SVG on the server, with the same figures as a table.

What a chart shows is told apart by shape and dash as well as by colour, and the SVG carries a title and a description.
It holds no style attribute and no script, so it can stand in a page under our content security policy; its colours are
attributes that `components.css` maps to the colours of the reader's theme.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from hocsuotdoi.core.templatetags.house import number

FONT_DIR = Path(__file__).resolve().parent / "fonts"
KEPT = 256  # charts

CHAM, GOLD, LACQUER, INK, INK_SOFT, RULE = "#22386b", "#dba43a", "#a3231b", "#1d2230", "#565a64", "#d3c8b0"

THEME: dict[str, Any] = {
    "background": None,
    "font": "Be Vietnam Pro",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK_SOFT,
        "titleColor": INK_SOFT,
        "labelFontSize": 14,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "gridColor": RULE,
        "domainColor": INK_SOFT,
        "tickColor": INK_SOFT,
    },
    "text": {"font": "Be Vietnam Pro", "fontSize": 14, "fill": INK},
}

Number = int | float | Decimal


@dataclass(frozen=True)
class Chart:
    """What `components/chart.html` shows: the picture, its title, the table (cells are text), the key in words."""

    title: str
    svg: SafeString
    columns: list[dict[str, Any]]
    rows: list[list[str]]
    legend: str = ""


@dataclass(frozen=True)
class TrendPoint:
    """One year: the value reached (None: no figure), the trajectory's figure, the target set for that year."""

    year: int
    value: Number | None = None
    expected: Number | None = None
    target: Number | None = None


def trend(title: str, points: Sequence[TrendPoint], *, unit: str = "%") -> Chart:
    """Values as a solid line with dots, the trajectory as a dashed line, targets as diamonds. At least one point."""
    kinds = {"value": gettext("Reached"), "expected": gettext("Trajectory"), "target": gettext("Target")}
    data: list[dict[str, Any]] = [
        {"year": point.year, "kind": kind, "figure": float(figure), "words": f"{number(figure)}{unit}"}
        for point in points
        for kind in kinds
        if (figure := getattr(point, kind)) is not None
    ]
    spec = {
        "data": {"values": data},
        "encoding": {
            "x": _year_axis([point.year for point in points]),
            "y": _trend_figure(max([row["figure"] for row in data], default=1.0), unit),
        },
        "layer": _trend_layers(max((point.year for point in points if point.value is not None), default=0)),
        "width": 390,
        "height": 230,
    }
    columns: list[dict[str, Any]] = [
        {"label": gettext("Year")},
        *({"label": words, "numeric": True} for words in kinds.values()),
    ]
    rows = [
        [str(p.year), *(number(f) + (unit if f is not None else "") for f in (p.value, p.expected, p.target))]
        for p in points
    ]
    legend = gettext("Solid line with dots: reached. Dashed line: trajectory. Diamonds: targets.")
    return Chart(title, _draw(spec, title, legend), columns, rows, legend)


def _year_axis(years: list[int]) -> dict[str, Any]:
    """Years at their true distance from each other; only those with a figure are written."""
    return {
        "field": "year",
        "type": "quantitative",
        "scale": {"domain": [min(years) - 0.5, max(years) + 0.5], "nice": False, "zero": False},
        "axis": {"title": None, "grid": False, "values": years, "format": "d", "labelOverlap": True},
    }


def _trend_figure(largest: float, unit: str) -> dict[str, Any]:
    scale = {"domain": [0, 100], "nice": False} if unit == "%" else {"domain": [0, largest * 1.15], "nice": True}
    return {"field": "figure", "type": "quantitative", "scale": scale, "axis": _figure_axis(unit)}


def _trend_layers(last: int) -> list[dict[str, Any]]:
    """Lines below points below words; of the values only the one of the `last` year is written."""

    def layer(condition: str, mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
        return {"transform": [{"filter": condition}], "mark": mark, "encoding": encoding}

    value, expected, target = (f"datum.kind === '{kind}'" for kind in ("value", "expected", "target"))
    point = {"type": "point", "filled": True, "opacity": 1}
    text = {"type": "text", "fontWeight": 600}
    words = {"field": "words", "type": "nominal"}
    return [
        layer(expected, {"type": "line", "color": INK_SOFT, "strokeDash": [6, 4], "strokeWidth": 2}),
        layer(value, {"type": "line", "color": CHAM, "strokeWidth": 3}),
        layer(value, {**point, "shape": "circle", "color": CHAM, "size": 90}),
        layer(target, {**point, "shape": "diamond", "color": GOLD, "size": 220}),
        layer(f"{value} && datum.year === {last}", {**text, "align": "left", "dx": 8, "dy": 18}, text=words),
        layer(target, {"type": "text", "dy": -16, "fill": INK_SOFT}, text=words),
    ]


def ranking(
    title: str, items: Sequence[tuple[str, Number | None]], *, name: str, measure: str, unit: str = ""
) -> Chart:
    """Bars with the name at their left and the figure at their end, in the order given; no figure, no bar."""
    data = [
        {
            "order": at,
            "name": label,
            "figure": float(figure or 0),
            "words": number(figure) + (unit if figure is not None else ""),
        }
        for at, (label, figure) in enumerate(items)
    ]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": {"field": "order"},
        "axis": {
            "title": None,
            "labelLimit": 190,
            "labelColor": INK,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    x = {"field": "figure", "type": "quantitative", "axis": None}
    spec = {
        "data": {"values": data},
        "width": 190,
        "height": {"step": 32},
        "layer": [
            {"mark": {"type": "bar", "color": CHAM, "height": 18}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"x": x, "y": y, "text": {"field": "words", "type": "nominal"}},
            },
        ],
    }
    rows = [[label, number(figure) + (unit if figure is not None else "")] for label, figure in items]
    words = "; ".join(": ".join(row) for row in rows)
    return Chart(title, _draw(spec, title, words), [{"label": name}, {"label": measure, "numeric": True}], rows)


def _figure_axis(unit: str) -> dict[str, Any]:
    """Few lines, figures written as in the reader's language."""
    thousands, decimal = (",", ".") if (get_language() or "vi").startswith("en") else (".", ",")
    written = f"replace(replace(replace(format(datum.value, ',~f'), /,/g, '_'), '.', '{decimal}'), /_/g, '{thousands}')"
    return {"title": None, "tickCount": 5, "domain": False, "ticks": False, "labelExpr": f"{written} + '{unit}'"}


def _draw(spec: dict[str, Any], title: str, description: str) -> SafeString:
    content = json.dumps({**spec, "config": THEME}, ensure_ascii=False, sort_keys=True)
    return _drawn(content, title, description)


@lru_cache(maxsize=KEPT)
def _drawn(content: str, title: str, description: str) -> SafeString:
    """Kept by content: the same chart is drawn once in each process, and no database is asked."""
    name = hashlib.sha256(f"{title}\0{description}\0{content}".encode()).hexdigest()[:12]
    svg = _made_safe(_converter().vegalite_to_svg(content), title, description, name)
    return mark_safe(svg)


@cache
def _converter() -> Any:
    import vl_convert  # noqa: PLC0415 - slow import: only a page with a chart needs it

    vl_convert.register_font_directory(str(FONT_DIR))
    return vl_convert


def _made_safe(svg: str, title: str, description: str, name: str) -> str:
    """Without style attributes; with a title and a description that a screen reader reads."""
    svg = re.sub(r'\sstyle="([^"]*)"', lambda found: _as_attributes(found[1]), svg)
    svg = re.sub(r"<\?xml[^>]*>|<!DOCTYPE[^>]*>|<style.*?</style>", "", svg, flags=re.S)
    svg = re.sub(r'\s(?:aria-[a-z]+|role)="[^"]*"', "", svg)
    head = f'<title id="t-{name}">{escape(title)}</title><desc id="d-{name}">{escape(description)}</desc>'
    return re.sub(
        r"<svg([^>]*)>",
        lambda found: f'<svg{found[1]} role="img" aria-labelledby="t-{name}" aria-describedby="d-{name}">{head}',
        svg,
        count=1,
    )


def _as_attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(f' {key.strip()}="{value.strip()}"' for key, value in pairs)
