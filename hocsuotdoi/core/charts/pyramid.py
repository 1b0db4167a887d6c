"""Ages and sexes: bands one above the other, women to the left, men to the right, and what is not known below."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from hocsuotdoi.core.charts.canvas import CHAM, GOLD, INK, INK_SOFT, Canvas
from hocsuotdoi.core.charts.chart import Axis, Cell, Chart, numbered

WIDTH, ROW = 400, 30
LEFT, RIGHT = 152, 248
"""Between them stand the names of the bands."""


@dataclass(frozen=True)
class Amount:
    """`number` None: kept back, and `words` says what is told instead."""

    number: int | None
    words: str


@dataclass(frozen=True)
class AgeRow:
    label: str
    female: Amount
    male: Amount
    other: Amount
    """Another sex, or not known."""
    total: Amount


def pyramid(title: str, rows: Sequence[AgeRow], totals: AgeRow, *, other: str) -> Chart:
    """`rows` from the youngest to those whose age is not known; `other` is the column's name."""
    height = ROW * len(rows) + 62
    canvas = Canvas(WIDTH, height)
    female, male = gettext("Female"), gettext("Male")
    canvas.text(LEFT, 16, f"{female}: {totals.female.words}", anchor="end", bold=True, fill=INK)
    canvas.text(RIGHT, 16, f"{male}: {totals.male.words}", bold=True, fill=INK)
    largest = max((a.number or 0 for row in rows for a in (row.female, row.male)), default=0)
    length = Axis(0, largest or 1, 0, LEFT - 52)
    *aged, unknown = rows
    for at, row in enumerate([*reversed(aged), unknown]):
        y = 26 + at * ROW
        if row is unknown:
            canvas.line(0, y + 1, WIDTH, y + 1)
        canvas.text(WIDTH / 2, y + ROW / 2 + 5, row.label, size=12, anchor="middle", fill=INK)
        _draw(canvas, row.female, length, y, f"{female}, {row.label}", is_left=True)
        _draw(canvas, row.male, length, y, f"{male}, {row.label}", is_left=False)
    canvas.text(WIDTH / 2, height - 12, f"{other}: {totals.other.words}", anchor="middle")
    columns = numbered([female, male, other, gettext("Together")], gettext("Age"))
    table: list[list[Cell]] = [
        [row.label, row.female.words, row.male.words, row.other.words, row.total.words] for row in [*rows, totals]
    ]
    data = [
        [row.label, *(a.words if a.number is None else a.number for a in (row.female, row.male, row.other, row.total))]
        for row in [*rows, totals]
    ]
    legend = gettext("To the left women, to the right men; the oldest on top. The longer the bar, the more.")
    return Chart(title, canvas, columns, table, legend, [column["label"] for column in columns], data)


def _draw(canvas: Canvas, amount: Amount, length: Axis, y: float, says: str, *, is_left: bool) -> None:
    start, way = (LEFT, -1) if is_left else (RIGHT, 1)
    middle = y + ROW / 2
    bar = length.at(amount.number) if amount.number else 0
    if amount.number is None:  # kept back: a stub of a length that says nothing
        for step in (0, 5, 10):
            canvas.line(start + way * (2 + step), middle + 6, start + way * (6 + step), middle - 6, stroke=INK_SOFT)
        bar = 18
    elif bar:
        at = start - bar if is_left else start
        canvas.rect(at, y + 6, bar, ROW - 12, fill=CHAM if is_left else GOLD, says=f"{says}: {amount.words}")
    anchor = "end" if is_left else ""
    canvas.text(start + way * (bar + 5), middle + 4.5, amount.words, size=12, anchor=anchor, fill=INK)
