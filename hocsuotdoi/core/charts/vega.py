"""Vega-Lite specifications, written as plain data and drawn by vl-convert without a browser or a network.

What a chart shows is told apart by shape, dash and size as well as by colour. The SVG holds no style attribute and no
script, so it can stand in a page under our content security policy; its colours are those of the light theme, which
`components.css` maps to the reader's (`in_both_themes` does so where it stands alone as a picture).
"""

import hashlib
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.core.cache import caches
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Spec = dict[str, Any]

FONT_DIR = Path(__file__).resolve().parents[1] / "fonts"
CHAM, GOLD, GOLD_WASH = "#22386b", "#dba43a", "#f8ecd0"
INK, INK_SOFT, RULE, LEAF = "#1d2230", "#565a64", "#d3c8b0", "#fffdf8"
SCALE = ("#d5dcec", "#a7b5d6", "#7386b9", "#465b94", CHAM)
"""From little to much, in one hue: told apart by those who see no red or green, and in grey."""
BY_NIGHT = {
    CHAM: "#a9bdf0",
    GOLD: "#e0ad4c",
    GOLD_WASH: "#3a3018",
    INK: "#f0eadb",
    INK_SOFT: "#bcb9b0",
    RULE: "#38435f",
    LEAF: "#1a2238",
    "#d5dcec": "#33405f",
    "#a7b5d6": "#4d5f8c",
    "#7386b9": "#6c82b8",
    "#465b94": "#8aa1d6",
}
"""As `tokens.css` and `components.css` have them."""
FONT = "Be Vietnam Pro"
KEPT = 128  # drawings in each process
KEPT_SECONDS = 24 * 3600

THEME: Spec = {
    "background": None,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "title": {"color": INK, "fontSize": 16, "subtitleColor": INK_SOFT, "subtitleFontSize": 12, "anchor": "start"},
    "header": {"labelColor": INK, "labelFontSize": 14, "labelFontWeight": 600, "labelAnchor": "start", "title": None},
    "axis": {
        "title": None,
        "labelColor": INK_SOFT,
        "labelFontSize": 13,
        "gridColor": RULE,
        "domain": False,
        "ticks": False,
    },
    "legend": {"labelColor": INK_SOFT, "labelFontSize": 13, "orient": "bottom", "title": None},
    "text": {"font": FONT, "fontSize": 13, "fill": INK},
    "range": {"ordinal": list(SCALE)},
}


def layer(mark: Spec, condition: str = "", **encoding: Any) -> Spec:
    made: Spec = {"mark": mark, "encoding": encoding}
    return {"transform": [{"filter": condition}], **made} if condition else made


def hidden(field: str, kind: str = "quantitative", **scale: Any) -> Spec:
    """A position whose axis is not drawn."""
    return {"field": field, "type": kind, "axis": None, **({"scale": scale} if scale else {})}


def figure_axis(unit: str, values: list[float]) -> Spec:
    """Few lines at round figures, written as in the reader's language."""
    thousands, decimal = (",", ".") if (get_language() or "vi").startswith("en") else (".", ",")
    written = f"replace(replace(replace(format(datum.value, ',~f'), /,/g, '_'), '.', '{decimal}'), /_/g, '{thousands}')"
    return {"values": values, "labelExpr": f"{written} + '{unit}'", "labelPadding": 6}


def svg_of(spec: Spec, title: str, description: str) -> SafeString:
    """To stand in a page; drawn the first time, kept in memory and in files by what it shows."""
    return mark_safe(_made_safe(_drawn(_content(spec)), title, description))


def png_of(spec: Spec) -> bytes:
    """Twice as large as on the page, on paper of its own."""
    content = json.dumps({**spec, "config": {**THEME, "background": LEAF, "padding": 20}}, ensure_ascii=False)
    name = f"png:{hashlib.sha256(content.encode()).hexdigest()}"
    found = caches["charts"].get(name)
    if found is None:
        found = _converter().vegalite_to_png(content, scale=2)
        caches["charts"].set(name, found, KEPT_SECONDS)
    return bytes(found)


def keep(spec: Spec, title: str, description: str) -> str:
    """Remember a picture for whoever comes for it; gives its key. What has the same key shows the same."""
    told = json.dumps([title, description, spec], ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    if not caches["charts"].touch(f"spec:{key}", KEPT_SECONDS):
        caches["charts"].set(f"spec:{key}", told, KEPT_SECONDS)
    return key


def kept_picture(key: str) -> str | None:
    """The picture as SVG that stands alone, in both themes; None where nobody has spoken of it for a day."""
    told = caches["charts"].get(f"spec:{key}")
    if told is None:
        return None
    title, description, spec = json.loads(told)
    return in_both_themes(svg_of(spec, title, description))


def in_both_themes(svg: str) -> str:
    """A picture of its own: by night in the colours of the night. Its policy is its own too, so it may hold a style."""
    rules = "".join(
        f'[fill="{day}"]{{fill:{night}}}[stroke="{day}"]{{stroke:{night}}}' for day, night in BY_NIGHT.items()
    )
    family = f'text{{font-family:"{FONT}","Segoe UI",Roboto,"Noto Sans",sans-serif}}'
    style = f"<style>{family}@media (prefers-color-scheme:dark){{{rules}}}</style>"
    return svg.replace("</desc>", f"</desc>{style}", 1)


def _content(spec: Spec) -> str:
    return json.dumps({**spec, "config": THEME}, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=KEPT)
def _drawn(content: str) -> str:
    name = f"svg:{hashlib.sha256(content.encode()).hexdigest()}"
    found = caches["charts"].get(name)
    if found is None:
        found = _clean(_converter().vegalite_to_svg(content))
        caches["charts"].set(name, found, KEPT_SECONDS)
    return str(found)


@cache
def _converter() -> Any:
    import vl_convert  # noqa: PLC0415 - slow import: only a picture that nobody has drawn yet needs it

    vl_convert.register_font_directory(str(FONT_DIR))
    return vl_convert


def _clean(svg: str) -> str:
    """Without style attributes and without what is said of each mark: the table says it."""
    svg = re.sub(r'\sstyle="([^"]*)"', lambda found: _as_attributes(found[1]), svg)
    svg = re.sub(r"<\?xml[^>]*>|<!DOCTYPE[^>]*>|<style.*?</style>", "", svg, flags=re.S)
    return re.sub(r'\s(?:aria-[a-z]+|role)="[^"]*"', "", svg)


def _made_safe(svg: str, title: str, description: str) -> str:
    """With a title and a description that a screen reader reads."""
    name = hashlib.sha256(f"{title}\0{description}\0{svg}".encode()).hexdigest()[:12]
    head = f'<title id="t-{name}">{escape(title)}</title><desc id="d-{name}">{escape(description)}</desc>'
    labels = f'role="img" aria-labelledby="t-{name}" aria-describedby="d-{name}"'
    return re.sub(r"<svg([^>]*)>", lambda found: f"<svg{found[1]} {labels}>{head}", svg, count=1)


def _as_attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(f' {key.strip()}="{value.strip()}"' for key, value in pairs)
