"""The days of a year as a calendar: the more on a day, the larger and darker its square."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext

from hocsuotdoi.core.charts.canvas import INK_SOFT, RULE, SCALE, Canvas
from hocsuotdoi.core.charts.chart import Cell, Chart, numbered
from hocsuotdoi.core.charts.classes import Classes, classes_of
from hocsuotdoi.core.templatetags.house import day_short, month, number, weekday

PITCH, LEFT, TOP = 13.6, 30, 22
HALF = 7 * PITCH + 36
LEVELS = 4


def calendar(title: str, year: int, counts: Mapping[dt.date, int], *, last_day: dt.date, measure: str) -> Chart:
    """Both halves of the year below each other, a column for each week. Days after `last_day` are not yet told."""
    classes = classes_of([count for count in counts.values() if count > 0], LEVELS)
    canvas = Canvas(400, 2 * HALF + 34)
    for half in (0, 1):
        _draw_half(canvas, year, half, counts, last_day, classes)
    _draw_key(canvas, classes.labels)
    months = [_month(year, number_of, counts, last_day) for number_of in range(1, 13)]
    rows: list[list[Cell]] = [
        [name, number(total) if told else "–", number(days) if told else "–"] for name, total, days, told in months
    ]
    columns = numbered([measure, gettext("Days with at least one")], gettext("Month"))
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=each) for each in range((last_day - first).days + 1)]
    legend = gettext("Each square is a day, each column a week from Monday. The larger and darker, the more.")
    data = [[day, counts.get(day, 0)] for day in days]
    return Chart(title, canvas, columns, rows, legend, [gettext("Day"), measure], data)


def _draw_half(
    canvas: Canvas, year: int, half: int, counts: Mapping[dt.date, int], last_day: dt.date, classes: Classes
) -> None:
    top = half * HALF
    first = dt.date(year, 1 + 6 * half, 1)
    end = dt.date(year + half, 7 - 6 * half, 1)
    monday = first - dt.timedelta(days=first.weekday())
    for weekday_number in (0, 2, 4, 6):
        canvas.text(LEFT - 6, top + TOP + weekday_number * PITCH + 10, _weekday(weekday_number), size=11, anchor="end")
    day = first
    while day < end:
        x = LEFT + (day - monday).days // 7 * PITCH
        y = top + TOP + day.weekday() * PITCH
        if day.day == 1:
            canvas.text(x, top + 14, month(day), size=11)
        if day <= last_day:
            count = counts.get(day, 0)
            _draw_day(canvas, x, y, classes.level(count) if count > 0 else None, f"{day_short(day)}: {number(count)}")
        day += dt.timedelta(days=1)


def _draw_day(canvas: Canvas, x: float, y: float, level: int | None, says: str) -> None:
    whole = PITCH - 2
    if level is None:
        canvas.rect(x + whole / 2 - 1.5, y + whole / 2 - 1.5, 3, 3, fill=RULE)
        return
    side = whole - (LEVELS - 1 - level) * 2
    spare = (whole - side) / 2
    canvas.rect(x + spare, y + spare, side, side, fill=SCALE[level + 1], says=says)


def _draw_key(canvas: Canvas, labels: list[str]) -> None:
    y, x = 2 * HALF + 8, float(LEFT)
    for level, label in [(None, "0"), *enumerate(labels)]:
        _draw_day(canvas, x, y, level, "")
        canvas.text(x + PITCH + 3, y + 10, label, size=12, fill=INK_SOFT)
        x += PITCH + 16 + len(label) * 7.2


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
