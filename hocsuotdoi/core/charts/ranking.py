"""Bars with names, in groups that can fairly be set side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from hocsuotdoi.core.charts.canvas import CHAM, INK, INK_SOFT, LEAF, Canvas, cut
from hocsuotdoi.core.charts.chart import Axis, Cell, Chart, Number, figure_words, numbered

WIDTH, ROW, NAME, BAR_END = 400, 28, 132, 300


@dataclass(frozen=True)
class Bar:
    """`figure` None: no bar, `words` says why. `is_thin`: the figure rests on less than half of those expected.
    `short`: the name as the picture writes it, where the table's is too long."""

    name: str
    figure: Number | None
    words: str = ""
    coverage: str = ""
    is_thin: bool = False
    url: str = ""
    short: str = ""


@dataclass(frozen=True)
class Group:
    """Those of one class and size; `heading` empty where there is only one group."""

    heading: str
    bars: list[Bar] = field(default_factory=list)


def ranking(title: str, groups: Sequence[Group], *, name: str, measure: str, unit: str = "", legend: str = "") -> Chart:
    """In the order given. Figures below zero begin at the line of zero and run to the left."""
    every = [bar for group in groups for bar in group.bars]
    figures = [float(bar.figure) for bar in every if bar.figure is not None]
    x = Axis(min([0.0, *figures]), max([0.0, *figures]) or 1, NAME + 8, BAR_END)
    height = sum(ROW * len(group.bars) + (34 if group.heading else 0) for group in groups) + 8
    canvas = Canvas(WIDTH, max(height, 2 * ROW))
    y = 4.0
    for group in groups:
        if group.heading:
            canvas.text(0, y + 22, cut(group.heading, WIDTH), size=13, bold=True, fill=INK)
            canvas.line(0, y + 29, WIDTH, y + 29)
            y += 34
        for bar in group.bars:
            _draw(canvas, bar, x, y, unit)
            y += ROW
    if any(bar.is_thin and bar.figure is not None for bar in every):
        legend = f"{legend} {gettext('Hollow bar: figures from less than half, not ranked.')}".strip()
    with_coverage, with_groups = any(bar.coverage for bar in every), any(group.heading for group in groups)
    columns = numbered([measure], name)
    if with_coverage:
        columns.append({"label": gettext("Coverage")})
    if with_groups:
        columns.append({"label": gettext("Group")})
    rows: list[list[Cell]] = []
    for group in groups:
        for bar in group.bars:
            row: list[Cell] = [{"text": bar.name, "url": bar.url} if bar.url else bar.name, _words(bar, unit)]
            rows.append(
                row + ([bar.coverage or "–"] if with_coverage else []) + ([group.heading] if with_groups else [])
            )
    data = [
        [bar.name, bar.figure, bar.coverage, group.heading, "" if bar.figure is not None else bar.words]
        for group in groups
        for bar in group.bars
    ]
    headings = [name, measure, gettext("Coverage"), gettext("Group"), gettext("Note")]
    return Chart(title, canvas, columns, rows, legend, headings, data)


def bars(title: str, items: Sequence[Bar], *, name: str, measure: str, unit: str = "") -> Chart:
    """One group without a heading."""
    return ranking(title, [Group("", list(items))], name=name, measure=measure, unit=unit)


def _draw(canvas: Canvas, bar: Bar, x: Axis, y: float, unit: str) -> None:
    middle = y + ROW / 2
    canvas.text(NAME, middle + 4.5, cut(bar.short or bar.name, NAME), anchor="end", fill=INK)
    words = _words(bar, unit)
    end = x.at(0)
    if bar.figure is not None:
        zero, at = x.at(0), x.at(bar.figure)
        fill, stroke = (LEAF, CHAM) if bar.is_thin else (CHAM, "")
        canvas.rect(
            min(zero, at),
            y + 6,
            max(abs(at - zero), 1.5),
            ROW - 12,
            fill=fill,
            stroke=stroke,
            says=f"{bar.name}: {words}",
        )
        end = max(zero, at)
    canvas.text(end + 6, middle + 4.5, words, fill=INK if bar.figure is not None else INK_SOFT)
    canvas.text(WIDTH, middle + 4.5, bar.coverage if bar.figure is not None else "", size=12, anchor="end")


def _words(bar: Bar, unit: str) -> str:
    return bar.words or figure_words(bar.figure, unit)
