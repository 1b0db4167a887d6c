"""Ages and sexes: bands one above the other, women to the left, men to the right, and what is not known below."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from hocsuotdoi.core.charts.chart import Cell, Chart, numbered
from hocsuotdoi.core.charts.vega import CHAM, GOLD, INK_SOFT, LEAF, RULE, Spec, hidden, layer

WIDTH, ROW, END = 400, 30, 52
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

    @property
    def by_sex(self) -> tuple[Amount, Amount, Amount]:
        return self.female, self.male, self.other


def pyramid(title: str, rows: Sequence[AgeRow], totals: AgeRow, *, other: str) -> Chart:
    """`rows` from the youngest to those whose age is not known; `other` is the column's name."""
    female, male = gettext("Female"), gettext("Male")
    spec = _spec(
        rows, f"{female}: {totals.female.words}", f"{male}: {totals.male.words}", f"{other}: {totals.other.words}"
    )
    columns = numbered([female, male, other, gettext("Together")], gettext("Age"))
    table: list[list[Cell]] = [
        [row.label, row.female.words, row.male.words, row.other.words, row.total.words] for row in [*rows, totals]
    ]
    data = [
        [row.label, *(a.words if a.number is None else a.number for a in (row.female, row.male, row.other, row.total))]
        for row in [*rows, totals]
    ]
    legend = gettext("To the left women, to the right men; the oldest on top. The longer the bar, the more.")
    return Chart(
        title,
        spec,
        WIDTH,
        ROW * (len(rows) + 2) + 8,
        columns,
        table,
        legend,
        [column["label"] for column in columns],
        data,
    )


def _spec(rows: Sequence[AgeRow], female: str, male: str, other: str) -> Spec:
    """The oldest on top, those of unknown age below; a heading above and the other sexes' sum as the last row."""
    *aged, unknown = rows
    shown = [*reversed(aged), unknown]
    values: list[Spec] = [{"order": 0, "left": female, "right": male, "head": True}]
    for at, row in enumerate(shown, start=1):
        values.append(
            {
                "order": at,
                "label": row.label,
                "left": row.female.words,
                "right": row.male.words,
                "female": row.female.number or 0,
                "male": row.male.number or 0,
                "left_kept": row.female.number is None,
                "right_kept": row.male.number is None,
            }
        )
    values.append({"order": len(shown) + 1, "label": other})
    largest = max((a.number or 0 for row in rows for a in (row.female, row.male)), default=0) or 1
    y = hidden("order", "ordinal", padding=0.4)
    sides = [("female", "left", CHAM, [LEFT, END], -1), ("male", "right", GOLD, [RIGHT, WIDTH - END], 1)]
    label, whole = {"field": "label", "type": "nominal"}, ({"value": 0}, {"value": WIDTH})
    rule: Spec = {"type": "rule", "color": RULE, "yOffset": -15}
    layers = [
        layer({"type": "text"}, "isValid(datum.label)", y=y, x={"value": WIDTH / 2}, text=label),
        layer(rule, f"datum.order == {len(shown)}", y=y, x=whole[0], x2=whole[1]),
    ]
    for figure, words, colour, ends, way in sides:
        x = hidden(figure, domain=[0, largest], range=ends, nice=False)
        text: Spec = {"type": "text", "align": "right" if way < 0 else "left", "fontSize": 12}
        says = {"field": words, "type": "nominal"}
        start = {"value": ends[0]}
        # What is kept back is a stub of a length that says nothing, hollow and dashed.
        stub: Spec = {"type": "rect", "fill": LEAF, "stroke": INK_SOFT, "strokeDash": [3, 3], "height": 14}
        layers += [
            layer({"type": "bar", "color": colour}, f"isValid(datum.{figure})", y=y, x=x),
            layer(stub, f"datum.{words}_kept", y=y, x=start, x2={"value": ends[0] + way * 16}),
            layer({**text, "dx": way * 5}, f"isValid(datum.{figure}) && !datum.{words}_kept", y=y, x=x, text=says),
            layer({**text, "dx": way * 21}, f"datum.{words}_kept", y=y, x=start, text=says),
            layer({**text, "fontWeight": 600, "fontSize": 13}, "datum.head", y=y, x=start, text=says),
        ]
    # Each side has a scale of its own: the one grows to the left, the other to the right.
    independent = {"resolve": {"scale": {"x": "independent"}}}
    return {"data": {"values": values}, "width": WIDTH, "height": {"step": ROW}, "layer": layers, **independent}
