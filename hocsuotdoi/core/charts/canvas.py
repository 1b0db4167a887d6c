"""What a picture is put together from: marks with attributes only, so that it can stand in a page under our content
security policy. Its colours are those of the light theme; `components.css` maps them to the reader's."""

import hashlib
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

CHAM, GOLD, GOLD_WASH, LACQUER = "#22386b", "#dba43a", "#f8ecd0", "#a3231b"
INK, INK_SOFT, RULE, LEAF = "#1d2230", "#565a64", "#d3c8b0", "#fffdf8"
SCALE = ("#d5dcec", "#a7b5d6", "#7386b9", "#465b94", CHAM)
"""From little to much, in one hue: told apart by those who see no red or green, and in grey."""
FONT = "Be Vietnam Pro"


class Canvas:
    """A picture in the making, in units of its own; wide ones are shown smaller, so that 400 is about a phone."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = RULE, width: float = 1) -> None:
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width)

    def path(
        self, d: str, *, fill: str = "none", stroke: str = "", width: float = 0, dash: str = "", rounded: bool = False
    ) -> None:
        ends = "round" if rounded else ""
        self._add("path", d=d, fill=fill, stroke=stroke, stroke_width=width, stroke_dasharray=dash, stroke_linecap=ends)

    def lines(
        self, spots: list[tuple[float, float]], *, stroke: str = CHAM, width: float = 2.5, dash: str = ""
    ) -> None:
        if len(spots) > 1:
            self.path(_through(spots), stroke=stroke, width=width, dash=dash, rounded=not dash)

    def area(self, spots: list[tuple[float, float]], *, fill: str) -> None:
        if len(spots) > 2:
            self.path(f"{_through(spots)}Z", fill=fill)

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "", says: str = ""
    ) -> None:
        self._add("rect", says, x=x, y=y, width=width, height=height, fill=fill, stroke=stroke)

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, stroke: str = "", width: float = 0, says: str = ""
    ) -> None:
        self._add("circle", says, cx=x, cy=y, r=radius, fill=fill, stroke=stroke, stroke_width=width)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        anchor: str = "",
        bold: bool = False,
        fill: str = INK_SOFT,
    ) -> None:
        """`anchor`: "" begins at x, "middle", "end"."""
        weight = 600 if bold else ""
        attributes = _attributes(x=x, y=y, font_size=size, text_anchor=anchor, font_weight=weight, fill=fill)
        self._parts.append(f"<text{attributes}>{escape(words)}</text>")

    def place(self, other: "Canvas", x: float, y: float) -> None:
        self._parts.append(f'<g transform="translate({plain(x)} {plain(y)})">{"".join(other._parts)}</g>')

    def svg(self, title: str, description: str = "") -> SafeString:
        """With a title and a description that a screen reader reads. The same picture has the same names in it."""
        body = "".join(self._parts)
        name = hashlib.sha256(f"{title}\0{description}\0{body}".encode()).hexdigest()[:12]
        told = f'<title id="t-{name}">{escape(title)}</title>'
        describes = ""
        if description:
            told += f'<desc id="d-{name}">{escape(description)}</desc>'
            describes = f' aria-describedby="d-{name}"'
        size = f"{plain(self.width)} {plain(self.height)}"
        return mark_safe(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{plain(self.width)}"'
            f' height="{plain(self.height)}" font-family="{FONT}" role="img" aria-labelledby="t-{name}"{describes}>'
            f"{told}{body}</svg>"
        )

    def _add(self, tag: str, says: str = "", **attributes: float | str) -> None:
        inside = f"<title>{escape(says)}</title>" if says else ""
        self._parts.append(f"<{tag}{_attributes(**attributes)}>{inside}</{tag}>")


def plain(number: float) -> str:
    """As short as a tenth of a unit allows."""
    text = f"{number:.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def length_of(words: str, size: float = 13, *, bold: bool = False) -> float:
    """About how wide these words are in our type."""
    return len(words) * size * (0.56 if bold else 0.52)


def cut(words: str, width: float, size: float = 13) -> str:
    """The words as far as they fit."""
    most = int(width / (size * 0.56))
    return words if len(words) <= most else words[: max(most - 1, 1)].rstrip() + "…"


def wrapped(words: str, width: float, size: float = 13, *, bold: bool = False) -> list[str]:
    """In lines that fit."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _through(spots: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{plain(x)} {plain(y)}" for x, y in spots)


def _attributes(**attributes: float | str) -> str:
    written = {
        key.replace("_", "-"): plain(value) if isinstance(value, int | float) else value
        for key, value in attributes.items()
        if value != "" and not (key == "stroke_width" and not value)
    }
    return "".join(f" {key}={quoteattr(str(value))}" for key, value in written.items())
