"""One series month by month, with the month marked that calls for a look."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, numbered, steps
from hocsuotdoi.core.charts.vega import CHAM, GOLD, INK, INK_SOFT, Spec, figure_axis, layer
from hocsuotdoi.core.templatetags.house import number

WIDTH, HEIGHT = 400, 210
A_YEAR_AND_ONE = 13
"""Of so many months every third is named, of more only where years begin."""


@dataclass(frozen=True)
class MonthPoint:
    """`typed`: how much of it was typed in."""

    month: dt.date
    quantity: int
    typed: int = 0


def months(
    title: str,
    points: Sequence[MonthPoint],
    *,
    marked: Sequence[dt.date],
    usual: float | None = None,
    measure: str,
) -> Chart:
    """A line broken where a month has nothing; months in `marked` as diamonds, also where nothing came; `usual`: what
    half of the months lie below, as a dashed line. At least one point or mark."""
    days = sorted({each.month for each in points} | set(marked))
    by_month = {each.month: each for each in points}
    spec = _spec(_all_months(days[0], days[-1]), by_month, set(marked), usual)
    columns = numbered([measure, gettext("Of which typed in")], gettext("Month"))
    rows: list[list[Cell]] = [
        [_words(each), _figure(by_month.get(each)), number(by_month[each].typed) if each in by_month else "–"]
        for each in days
    ]
    data = [[_words(each), by_month[each].quantity if each in by_month else None, each in set(marked)] for each in days]
    legend = [gettext("Each dot is a month of which something stands."), gettext("Diamond: the month in question.")]
    if usual is not None:
        legend.append(gettext("Dashed line: half of the months before lie below it."))
    return Chart(
        title,
        spec,
        WIDTH,
        HEIGHT,
        columns,
        rows,
        " ".join(legend),
        [gettext("Month"), measure, gettext("In question")],
        data,
    )


def _spec(
    every: Sequence[dt.date], points: dict[dt.date, MonthPoint], marked: set[dt.date], usual: float | None
) -> Spec:
    run, values = 0, []
    for at, month in enumerate(every):
        point = points.get(month)
        run += int(point is None)
        figure = point.quantity if point else 0
        if point or month in marked:
            values.append({"at": at, "run": run, "figure": figure, "marked": month in marked, "silent": point is None})
    figures = [float(row["figure"]) for row in values] + ([usual] if usual is not None else [])
    marks = steps(min(0.0, *figures), max(1.0, *figures))
    years = [at for at, month in enumerate(every) if month.month == 1 or at == 0]
    if len(years) > 1 and years[1] - years[0] < 4:
        years = years[1:]
    if len(every) <= A_YEAR_AND_ONE:
        years = list(range(0, max(len(every) - 1, 1), 3))
    labels = {at: str(every[at].year) if every[at].month == 1 else _words(every[at]) for at in years}
    label = " : ".join(f"datum.value == {at} ? '{words}'" for at, words in labels.items()) + " : ''"
    x: Spec = {
        "field": "at",
        "type": "quantitative",
        "scale": {"domain": [-0.6, len(every) - 0.4], "nice": False, "zero": False},
        "axis": {"grid": False, "values": years, "labelExpr": label, "labelAlign": "left", "labelOverlap": "greedy"},
    }
    scale = {"domain": [marks[0], marks[-1]], "nice": False}
    y: Spec = {"field": "figure", "type": "quantitative", "scale": scale, "axis": figure_axis("", marks)}
    detail: Spec = {"field": "run", "type": "nominal"}
    dot: Spec = {"type": "point", "filled": True, "opacity": 1, "fill": CHAM, "stroke": CHAM, "size": 26}
    diamond: Spec = {**dot, "shape": "diamond", "fill": GOLD, "stroke": INK, "strokeWidth": 1.4, "size": 190}
    layers = [
        layer({"type": "line", "color": CHAM, "strokeWidth": 1.6}, "!datum.silent", x=x, y=y, detail=detail),
        layer(dot, "!datum.silent && !datum.marked", x=x, y=y),
        layer(diamond, "datum.marked", x=x, y=y),
    ]
    if usual is not None:
        rule: Spec = {"type": "rule", "color": INK_SOFT, "strokeDash": [5, 4], "strokeWidth": 1.4}
        layers.insert(0, layer(rule, y={"datum": usual, "type": "quantitative", "scale": scale}))
    return {
        "data": {"values": values},
        "width": WIDTH - 60,
        "height": HEIGHT - 34,
        "layer": layers,
    }


def _all_months(first: dt.date, last: dt.date) -> list[dt.date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    numbers = (first.year * 12 + first.month - 1 + each for each in range(count))
    return [dt.date(each // 12, each % 12 + 1, 1) for each in numbers]


def _words(month: dt.date) -> str:
    return f"{month.month}/{month.year}"


def _figure(point: MonthPoint | None) -> str:
    return number(point.quantity) if point else gettext("nothing")
