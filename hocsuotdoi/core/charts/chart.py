"""What every kind of chart gives, and how figures are laid along an axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from hocsuotdoi.core.charts.vega import Spec, svg_of
from hocsuotdoi.core.templatetags.house import number

Number = int | float | Decimal

Cell = str | dict[str, str]
"""Text, or {text, url}: what `components/table.html` takes."""


@dataclass(frozen=True)
class Picture:
    """Where the picture is fetched, and its size; `narrow` for a phone where it differs. A page that shows a chart so
    does not wait for its drawing."""

    url: str
    width: int
    height: int
    narrow_url: str = ""


@dataclass(frozen=True)
class Chart:
    """What `components/chart.html` shows: a Vega-Lite specification, its title, the key in words, the table.

    `narrow`: the same laid out for a phone, where the whole would be too small. `data` are the rows for files: numbers
    as numbers, None where nothing is known, one item for each of `data_columns`; where there are none the table is
    taken. `picture`: where a page has it fetched instead of drawing it. `panels`: of several small pictures side by
    side, `across` in a row, the pages that they open into.
    """

    title: str
    spec: Spec
    width: int
    height: int
    columns: list[dict[str, Any]]
    rows: list[list[Cell]]
    legend: str = ""
    data_columns: list[str] = field(default_factory=list)
    data: list[list[Any]] = field(default_factory=list)
    narrow: Spec | None = None
    picture: Picture | None = None
    panels: Sequence[tuple[str, str]] = ()
    across: int = 1

    @property
    def svg(self) -> SafeString:
        return svg_of(self.spec, self.title, self.legend)


def steps(low: float, high: float, count: int = 4) -> list[float]:
    """Round figures from at most `low` to at least `high`, about `count` steps apart."""
    if high <= low:
        high = low + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * at, 10) for at in range(first, last + 1)]


def figure_words(figure: Number | None, unit: str = "") -> str:
    return number(figure) + (unit if figure is not None else "")


def numbered(columns: Sequence[str], first: str) -> list[dict[str, Any]]:
    """Columns of which all but the first hold figures."""
    return [{"label": first}, *({"label": label, "numeric": True} for label in columns)]
