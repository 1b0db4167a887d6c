"""The days of a year as a calendar: the more on a day, the larger and darker its square."""

import datetime as dt
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, numbered
from hocsuotdoi.core.charts.classes import Classes, classes_of
from hocsuotdoi.core.charts.vega import INK_SOFT, RULE, SCALE, Spec, layer
from hocsuotdoi.core.templatetags.house import month, number, weekday

PITCH, WEEKS = 13.4, 27
LEVELS = 4


def calendar(title: str, year: int, counts: Mapping[dt.date, int], *, last_day: dt.date, measure: str) -> Chart:
    """Both halves of the year below each other, a column for each week. Days after `last_day` are not yet told."""
    classes = classes_of([count for count in counts.values() if count > 0], LEVELS)
    months = [_month(year, number_of, counts, last_day) for number_of in range(1, 13)]
    rows: list[list[Cell]] = [
        [name, number(total) if told else "–", number(days) if told else "–"] for name, total, days, told in months
    ]
    columns = numbered([measure, gettext("Days with at least one")], gettext("Month"))
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=each) for each in range((last_day - first).days + 1)]
    legend = gettext("Each square is a day, each column a week from Monday. The larger and darker, the more.")
    data = [[day, counts.get(day, 0)] for day in days]
    return Chart(
        title, _spec(year, counts, last_day, classes), 400, 310, columns, rows, legend, [gettext("Day"), measure], data
    )


def _spec(year: int, counts: Mapping[dt.date, int], last_day: dt.date, classes: Classes) -> Spec:
    values = [row for half in (0, 1) for row in _half(year, half, counts, last_day, classes)]
    weekdays = [_weekday(each) for each in range(7)]
    labels = ["0", *classes.labels]
    x: Spec = {"field": "week", "type": "ordinal", "axis": None, "scale": {"domain": list(range(WEEKS))}}
    shown = [weekdays[each] for each in (0, 2, 4, 6)]
    y: Spec = {"field": "weekday", "type": "ordinal", "sort": weekdays, "axis": {"values": shown, "labelFontSize": 11}}
    sizes = [9, *((PITCH - 2 - (LEVELS - 1 - level) * 2) ** 2 for level in range(LEVELS))][: len(labels)]
    colours = [RULE, *SCALE[1:]][: len(labels)]
    key = {"title": None, "direction": "horizontal", "symbolType": "square"}
    level = {"field": "level", "type": "ordinal", "sort": labels, "legend": key}
    days = layer(
        {"type": "point", "shape": "square", "filled": True, "opacity": 1},
        "isValid(datum.level)",
        x=x,
        y=y,
        size={**level, "scale": {"type": "ordinal", "domain": labels, "range": sizes}},
        color={**level, "scale": {"domain": labels, "range": colours}},
    )
    months = layer(
        {"type": "text", "align": "left", "fontSize": 11, "fill": INK_SOFT},
        "isValid(datum.month)",
        x=x,
        y={"value": -9},
        text={"field": "month", "type": "nominal"},
    )
    return {
        "data": {"values": values},
        "facet": {"row": {"field": "half", "type": "ordinal", "header": {"labels": False}}},
        "spacing": 26,
        "spec": {"width": {"step": PITCH}, "height": {"step": PITCH}, "layer": [days, months]},
    }


def _half(
    year: int, half: int, counts: Mapping[dt.date, int], last_day: dt.date, classes: Classes
) -> Iterator[dict[str, object]]:
    """Its days, a column for each week from Monday; one that has not come has no level."""
    day, end = dt.date(year, 1 + 6 * half, 1), dt.date(year + half, 7 - 6 * half, 1)
    monday = day - dt.timedelta(days=day.weekday())
    while day < end:
        row: dict[str, object] = {"half": half, "week": (day - monday).days // 7, "weekday": _weekday(day.weekday())}
        if day.day == 1:
            row["month"] = month(day)
        if day <= last_day:
            count = counts.get(day, 0)
            row["level"] = classes.labels[classes.level(count)] if count > 0 else "0"
        yield row
        day += dt.timedelta(days=1)


def _month(year: int, of: int, counts: Mapping[dt.date, int], last_day: dt.date) -> tuple[str, int, int, bool]:
    first = dt.date(year, of, 1)
    there = [count for day, count in counts.items() if (day.year, day.month) == (year, of) and count]
    return month(first), sum(there), sum(1 for count in there if count > 0), first <= last_day


def _weekday(number_of: int) -> str:
    """«T2», «CN»; in English the first two letters."""
    name = weekday(dt.date(2024, 1, 1 + number_of))
    if name.startswith("Thứ "):
        return f"T{number_of + 2}"
    return "CN" if name.startswith("Chủ") else name[:2]
