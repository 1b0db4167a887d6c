"""Counts of reports as the pages show them: small bars, and lines of command side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.reporting.enums import CommandLine, ReportState
from hocsuotdoi.reporting.queries.state import Tally


@dataclass(frozen=True)
class Part:
    """One part of a bar, of a width of 100."""

    state: str
    x: float
    width: float


@dataclass(frozen=True)
class ShownBar:
    parts: list[Part]
    words: str


def bar_of(tally: Tally) -> ShownBar:
    """`words` say the same as the parts, for who does not see them."""
    parts, x = [], 0.0
    for state, count in tally.parts:
        width = 100 * count / tally.asked
        parts.append(Part(state, round(x, 2), round(width, 2)))
        x += width
    words = ", ".join(f"{ReportState(state).label}: {number(count)}" for state, count in tally.parts)
    return ShownBar(parts, words)


def tally_rows(lines: Mapping[str, Tally]) -> list[dict[str, object]]:
    return [
        {"line": line, "label": CommandLine(line).label, "tally": tally, "bar": bar_of(tally)}
        for line, tally in lines.items()
    ]
