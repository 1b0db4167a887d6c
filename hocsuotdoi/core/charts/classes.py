"""Figures in a few classes with round bounds, for colours and sizes."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hocsuotdoi.core.charts.chart import Number, steps
from hocsuotdoi.core.templatetags.house import number


@dataclass(frozen=True)
class Classes:
    """`bounds`: where each class but the first begins; `labels` say each in words."""

    bounds: tuple[float, ...]
    labels: list[str]

    def level(self, figure: Number) -> int:
        return sum(float(figure) >= bound for bound in self.bounds)


def percent_classes() -> Classes:
    """Fifths of the whole, so that maps of all years and units can be laid side by side."""
    bounds = (20, 40, 60, 80)
    edges = (0, *bounds, 100)
    return Classes(bounds, [f"{low}–{high}%" for low, high in pairwise(edges)])


def classes_of(figures: Sequence[Number], most: int) -> Classes:
    """At most so many classes of about as many figures each, with whole bounds; fewer where there are few figures."""
    ordered = sorted(round(float(each)) for each in figures)
    if not ordered:
        return Classes((), [])
    bounds = _bounds(ordered, most)
    edges = [ordered[0], *bounds]
    labels = []
    for at, low in enumerate(edges):
        high = ordered[bisect_left(ordered, edges[at + 1]) - 1] if at + 1 < len(edges) else ordered[-1]
        labels.append(number(low) if high <= low else f"{number(low)}–{number(high)}")
    return Classes(tuple(bounds), labels)


def _bounds(ordered: list[int], most: int) -> list[int]:
    """Like figures stay together; one that very many of them are weighs no more than a class of the others, or they
    would all be in its class."""
    counted = Counter(ordered)
    if len(counted) <= most:
        return sorted(counted)[1:]
    heaviest = -(-(len(ordered) - max(counted.values())) // (most - 1))
    weighed = [each for each in sorted(counted) for _time in range(min(counted[each], heaviest))]
    bounds, start = [], 0
    for classes_left in range(most, 1, -1):
        share = max((len(weighed) - start) // classes_left, 1)
        start = bisect_right(weighed, weighed[start + share - 1])
        if start == len(weighed):
            break
        bounds.append(weighed[start])
    return bounds


def step_classes(figures: Sequence[Number], most: int = 5) -> Classes:
    """Classes of equal width with round bounds, for figures that may be below zero."""
    if not figures:
        return Classes((), [])
    marks = steps(float(min(figures)), float(max(figures)), most - 1)
    labels = [f"{number(low)} – {number(high)}" for low, high in pairwise(marks)]
    return Classes(tuple(marks[1:-1])[: most - 1], labels[:most])
