"""Values by year against the trajectory and the targets; the same small, many on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext

from hocsuotdoi.core.charts.canvas import CHAM, GOLD, GOLD_WASH, INK, INK_SOFT, LEAF, Canvas, length_of
from hocsuotdoi.core.charts.chart import Axis, Cell, Chart, Number, Panel, figure_words, numbered, steps

Silence = Literal["", "not_reported", "not_applicable"]


@dataclass(frozen=True)
class TrendPoint:
    """One year: the value reached (None: no figure, and `silence` says why), the trajectory's figure with the band of
    what is still near it, the target set for that year (a range where `target_high` is given). `words` is what the
    table says in place of the figure; `is_thin` marks a value that rests on less than half of those expected."""

    year: int
    value: Number | None = None
    expected: Number | None = None
    target: Number | None = None
    target_high: Number | None = None
    band: tuple[Number, Number] | None = None
    silence: Silence = ""
    words: str = ""
    coverage: str = ""
    is_thin: bool = False


@dataclass(frozen=True)
class _Measures:
    """The room around the drawing, and how large things are."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    size: float
    dot: float


LARGE = _Measures(width=400, height=230, left=44, right=24, top=24, bottom=28, size=13, dot=4.5)
SMALL = _Measures(width=250, height=130, left=38, right=36, top=20, bottom=24, size=13, dot=4)


def trend(
    title: str,
    points: Sequence[TrendPoint],
    *,
    unit: str = "%",
    is_small: bool = False,
    scale: tuple[float, float] | None = None,
) -> Chart:
    """Values as a solid line with dots, broken where a year has none; the trajectory as a dashed line in its band,
    targets as diamonds. At least one point. `scale`: the least and the largest figure, to be shared with others."""
    canvas = _drawn(points, unit, SMALL if is_small else LARGE, scale or scale_of([points], unit))
    columns, rows = _table(points, unit)
    data = [
        [p.year, p.value, p.expected, p.target, p.target_high, p.coverage, "" if p.value is not None else p.words]
        for p in points
    ]
    return Chart(title, canvas, columns, rows, key_of(points), _data_columns(), data)


def multiples(
    title: str, series: Sequence[tuple[str, str, Sequence[TrendPoint]]], *, name: str, unit: str = "%", across: int = 3
) -> Chart:
    """Small trends on one scale, one for each (name, address, points); all have the same years."""
    scale = scale_of([points for _label, _url, points in series], unit)
    drawn = [(label, url, points, _drawn(points, unit, SMALL, scale)) for label, url, points in series]
    down = SMALL.height + 30
    whole = Canvas(across * (SMALL.width + 16), max(1, -(-len(drawn) // across)) * down)
    panels = []
    for at, (label, url, points, canvas) in enumerate(drawn):
        x, y = at % across * (SMALL.width + 16), at // across * down
        whole.text(x + 4, y + 18, label, size=14, bold=True, fill=INK)
        whole.place(canvas, x, y + 24)
        last = next((p for p in reversed(points) if p.value is not None), None)
        detail = figure_words(last.value, unit) if last else gettext("no figures yet")
        panels.append(Panel(label, canvas.svg(f"{label}: {_in_words(points, unit)}"), url, detail))
    years = [str(p.year) for p in series[0][2]] if series else []
    rows: list[list[Cell]] = [
        [{"text": label, "url": url} if url else label, *(_value_words(p, unit) for p in points)]
        for label, url, points in series
    ]
    every = [p for _label, _url, points in series for p in points]
    return Chart(
        title,
        whole,
        numbered(years, name),
        rows,
        key_of(every),
        [name, *years],
        [[label, *(p.value for p in points)] for label, _url, points in series],
        panels,
    )


def scale_of(several: Sequence[Sequence[TrendPoint]], unit: str) -> tuple[float, float]:
    """From the least to the largest figure of all; per cent of a whole from 0 to 100."""
    figures = [
        float(figure)
        for points in several
        for p in points
        for figure in (p.value, p.expected, p.target, p.target_high)
        if figure is not None
    ]
    low, high = min([0.0, *figures]), max([0.0, *figures])
    return (0.0, 100.0) if unit == "%" and low >= 0 and high <= 100 else (low, high or 1.0)


def _drawn(points: Sequence[TrendPoint], unit: str, room: _Measures, scale: tuple[float, float]) -> Canvas:
    canvas = Canvas(room.width, room.height)
    marks = steps(*scale, 4 if room is LARGE else 1)
    years = [p.year for p in points]
    first, last = min(years), max(years)
    spare = 0 if last > first else 1
    x = Axis(first - spare, last + spare, room.left + 8, room.width - room.right)
    y = Axis(marks[0], marks[-1], room.height - room.bottom, room.top)
    for mark in marks:
        canvas.line(room.left, y.at(mark), room.width - 4, y.at(mark))
        canvas.text(room.left - 6, y.at(mark) + 4, figure_words(mark, _short(unit)), size=room.size - 1, anchor="end")
    _year_labels(canvas, points, x, room)
    _draw_path(canvas, points, x, y, room)
    _draw_values(canvas, points, x, y, room, unit)
    return canvas


def _short(unit: str) -> str:
    return "%" if unit.startswith("%") else ""


def _year_labels(canvas: Canvas, points: Sequence[TrendPoint], x: Axis, room: _Measures) -> None:
    """The newest year with a value and the years of targets first, the others where there is room."""
    newest = max((p.year for p in points if p.value is not None), default=points[-1].year)
    order = sorted(points, key=lambda p: (p.year != newest, p.target is None, -p.year))
    taken: list[float] = []
    for point in order:
        at = x.at(point.year)
        if all(abs(at - other) > room.size * 2.7 for other in taken):
            taken.append(at)
            canvas.text(at, room.height - room.bottom + 18, str(point.year), size=room.size - 1, anchor="middle")


def _draw_path(canvas: Canvas, points: Sequence[TrendPoint], x: Axis, y: Axis, room: _Measures) -> None:
    bands = [(x.at(p.year), y.at(p.band[0]), y.at(p.band[1])) for p in points if p.band is not None]
    canvas.area(
        [*((at, high) for at, _low, high in bands), *((at, low) for at, low, _high in reversed(bands))], fill=GOLD_WASH
    )
    expected = [(x.at(p.year), y.at(p.expected)) for p in points if p.expected is not None]
    canvas.lines(expected, stroke=INK_SOFT, width=1.6, dash="5 4")
    for p in points:
        if p.target is None:
            continue
        at, size = x.at(p.year), room.dot + 2.5
        if p.target_high is not None and p.target_high != p.target:
            canvas.line(at, y.at(p.target), at, y.at(p.target_high), stroke=GOLD, width=6)
        up = y.at(p.target)
        canvas.path(
            f"M{at:.1f} {up - size:.1f}l{size} {size}l{-size} {size}l{-size} {-size}Z",
            fill=GOLD,
            stroke=INK,
            width=1,
        )


def _draw_values(canvas: Canvas, points: Sequence[TrendPoint], x: Axis, y: Axis, room: _Measures, unit: str) -> None:
    known = [p for p in points if p.value is not None]
    run: list[tuple[float, float]] = []
    for p in points:
        if p.value is not None:
            run.append((x.at(p.year), y.at(p.value)))
        elif p.silence:
            canvas.lines(run)
            run = []
            sign = "×" if p.silence == "not_reported" else "–"
            canvas.text(x.at(p.year), y.start - 3, sign, size=room.size + 1, anchor="middle")
    canvas.lines(run)
    for p, following in zip(known, [*known, None][1:], strict=True):
        at, up, words = x.at(p.year), y.at(p.value or 0), figure_words(p.value, _short(unit))
        says = f"{p.year}: {words}" + (f" ({p.coverage})" if p.coverage else "")
        fill = LEAF if p.is_thin else CHAM
        canvas.circle(at, up, room.dot, fill=fill, stroke=CHAM, width=2, says=says)
        if p is known[-1] or (room is LARGE and len(known) <= 6):
            hangs = _is_crowded_above(p, y)
            rises = following is not None and (following.value or 0) > (p.value or 0) and not hangs
            canvas.text(
                at + (4 if rises else 0),
                up + (19 if hangs else -10),
                words,
                size=room.size,
                anchor="end" if rises else "middle",
                bold=True,
                fill=INK,
            )
    for p in points:
        if p.target is not None and room is LARGE:
            _target_label(canvas, p, x, y, room, unit)


def _is_crowded_above(point: TrendPoint, y: Axis) -> bool:
    """The label of a value hangs below its dot where a target stands right above."""
    up = y.at(point.value or 0)
    near = [y.at(figure) for figure in (point.target, point.target_high) if figure is not None]
    return any(0 < up - each < 32 for each in near)


def _target_label(canvas: Canvas, p: TrendPoint, x: Axis, y: Axis, room: _Measures, unit: str) -> None:
    high = p.target_high if p.target_high is not None else p.target
    words = figure_words(high, _short(unit))
    if high != p.target:
        words = f"{figure_words(p.target)}–{words}"
    half = length_of(words, room.size) / 2
    at = min(x.at(p.year), room.width - half - 2)
    below = p.value is not None and y.at(p.value) < y.at(high or 0)
    up = y.at(p.target or 0) + 22 if below or y.at(high or 0) < room.top else y.at(high or 0) - 12
    canvas.text(at, up, words, size=room.size, anchor="middle")


def key_of(points: Sequence[TrendPoint]) -> str:
    """What the marks mean, only those that occur."""
    words = [gettext("Solid line with dots: reached.")]
    if any(p.is_thin and p.value is not None for p in points):
        words.append(gettext("Hollow dot: figures from less than half."))
    if any(p.silence == "not_reported" for p in points):
        words.append(gettext("×: not reported."))
    if any(p.silence == "not_applicable" for p in points):
        words.append(gettext("–: does not apply."))
    if any(p.expected is not None for p in points):
        words.append(gettext("Dashed line: trajectory."))
    if any(p.band is not None for p in points):
        words.append(gettext("Band along it: within a tenth of it."))
    if any(p.target is not None for p in points):
        words.append(gettext("Diamonds: targets."))
    return " ".join(words)


def _value_words(point: TrendPoint, unit: str) -> str:
    return point.words or figure_words(point.value, unit)


def _in_words(points: Sequence[TrendPoint], unit: str) -> str:
    return "; ".join(f"{p.year}: {_value_words(p, unit)}" for p in points)


def _table(points: Sequence[TrendPoint], unit: str) -> tuple[list[dict[str, Any]], list[list[Cell]]]:
    with_path = any(p.expected is not None or p.target is not None for p in points)
    with_coverage = any(p.coverage for p in points)
    labels = [gettext("Reached"), *([gettext("Trajectory"), gettext("Target")] if with_path else [])]
    columns = numbered(labels, gettext("Year"))
    if with_coverage:
        columns.append({"label": gettext("Coverage")})
    rows: list[list[Cell]] = []
    for p in points:
        row: list[Cell] = [str(p.year), _value_words(p, unit)]
        if with_path:
            row += [figure_words(p.expected, unit), _target_words(p, unit)]
        if with_coverage:
            row.append(p.coverage or "–")
        rows.append(row)
    return columns, rows


def _target_words(p: TrendPoint, unit: str) -> str:
    if p.target_high is not None and p.target_high != p.target:
        return f"{figure_words(p.target)}–{figure_words(p.target_high, unit)}"
    return figure_words(p.target, unit)


def _data_columns() -> list[str]:
    return [
        gettext("Year"),
        gettext("Reached"),
        gettext("Trajectory"),
        gettext("Target"),
        gettext("Target, at most"),
        gettext("Coverage"),
        gettext("Note"),
    ]
