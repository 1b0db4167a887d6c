"""A table of counts as it may be told: words, numbers for files, the pictures that fit, what stands beside it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Cell, Chart, numbered
from hocsuotdoi.core.charts.grid import Grid, Kind, draw, kinds_of
from hocsuotdoi.core.templatetags.house import day_short, place_within
from hocsuotdoi.indicators.models import Measure
from hocsuotdoi.indicators.queries.dated_map import absence_words, in_its_place, oldest_words
from hocsuotdoi.indicators.queries.divided import notes_by_unit
from hocsuotdoi.indicators.queries.frame import ChosenMap
from hocsuotdoi.indicators.queries.pivot import (
    DIMENSION_LABELS,
    LONGER,
    Answer,
    Dimension,
    Head,
    Map,
    Question,
    longer_words,
    period_of,
)
from hocsuotdoi.indicators.queries.pivot import Period as Length
from hocsuotdoi.indicators.queries.story import lower_first
from hocsuotdoi.indicators.queries.suppression import TOTAL
from hocsuotdoi.indicators.queries.told import ABSENT, Told

Said = TypeVar("Said")


class LaidOut(Told):
    """An answer as it may be told, in the order in which its rows are shown.

    `order`: the places of its rows; `by` names the column they are ordered by, the largest first.
    """

    def __init__(self, found: Answer, today: dt.date, by: str = ""):
        super().__init__(found, today)
        self.answer = found = replace(
            self.answer,
            rows=[_as_head(each) for each in self.answer.rows],
            columns=[_as_head(each) for each in self.answer.columns],
        )
        self.across = [*range(len(found.columns)), *([TOTAL] if found.row_totals is not None else [])]
        self.order = list(range(len(found.rows)))
        self.by = column = self._column(by)
        if column is not None:
            # By what is told: the place in a list must not tell what is kept back.
            told = {at: self.number(at, column) for at in self.order}
            self.order.sort(key=lambda at: (told[at] is None, -(told[at] or 0)))

    def _column(self, by: str) -> int | None:
        """«total», or the place of a column counted from 1."""
        if by == "total" and TOTAL in self.across:
            return TOTAL
        return int(by) - 1 if by.isdecimal() and 1 <= int(by) <= len(self.answer.columns) else None


def _as_head(head: Head) -> Head:
    """As heads of a table are written."""
    return replace(head, label=capfirst(head.label))


def _when(day: dt.date, period: Length) -> str:
    """«2025», «quý IV/2025», «tháng 11/2025», within a sentence."""
    found = period_of(day, period)
    return found.head if period == Length.YEAR else found.words


class _Asked(Sequence[Said]):
    """What is said of each row, once it is asked for: of thousands of rows a picture says forty."""

    def __init__(self, order: Sequence[int], say: Callable[[int], Said]):
        self._order = order
        self._say = cache(say)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, place: Any) -> Any:
        return self._say(self._order[place])


def grid_of(told: LaidOut, *, in_time: bool = False) -> Grid:
    """What may be drawn of it. Different counts always stand in columns, since each needs a scale of its own.

    `in_time`: without what is of no single period, which has no place on a line through time."""
    found = told.answer
    question = found.question
    columns = [at for at, head in enumerate(found.columns) if not (in_time and head.key == LONGER)]
    order = [at for at in told.order if not (in_time and found.rows[at].key == LONGER)]
    has_sums = TOTAL in told.across
    is_mixed = len(question.wanted.measures) > 1
    grid = Grid(
        [_short(found.rows[at]) for at in order],
        [_short(found.columns[at]) for at in columns],
        [[told.number(at, column) for column in columns] for at in order],
        _Asked(order, lambda at: [told.words(at, column) for column in columns]),
        [told.number(at, TOTAL) for at in order] if has_sums else (),
        _Asked(order, lambda at: told.words(at, TOTAL)) if has_sums else (),
        adds_down=found.column_totals is not None and not question.is_about_people,
        is_mixed=is_mixed,
        time={question.rows: "rows", question.columns: "columns"}.get(Dimension.PERIOD, ""),
    )
    # Of a single row each column is a bar.
    is_flat = len(grid.rows) == 1 and len(grid.columns) > 1 and not grid.time
    return grid.turned() if (is_mixed and question.rows == Dimension.MEASURE) or (is_flat and not is_mixed) else grid


def _short(head: Head) -> str:
    """A unit without its kind, which its neighbours share; the country keeps its own."""
    return head.unit.short_name if head.unit is not None else head.label


def chart_of(told: LaidOut, kind: str = "") -> tuple[Chart, Kind | None, list[Kind]] | None:
    """The picture asked for, or the one that fits best: (chart, its kind, all that fit); the table that it stands for
    is not in it (`with_table`).

    No picture where a single figure is all there is; None where nothing may be told."""
    if told.is_kept_back or not told.answer.cells:
        return None
    chart = Chart(title_of(told.answer.question), {}, 0, 0, [], [])
    grid = grid_of(told)
    fit = kinds_of(grid)
    if not fit:
        return chart, None, []
    drawn_as = next((each for each in fit if each == kind), fit[0])
    in_time = drawn_as in (Kind.LINES, Kind.PANELS)
    drawn = draw(grid_of(told, in_time=True) if in_time else grid, drawn_as)
    chart = replace(
        chart, spec=drawn.spec, width=drawn.width, height=drawn.height, legend=drawn.legend, narrow=drawn.narrow
    )
    return chart, drawn_as, fit


def with_table(chart: Chart, told: LaidOut) -> Chart:
    """The chart with all rows of its table, for files: numbers, and in words why there is none."""
    found = told.answer
    corner = str(capfirst(DIMENSION_LABELS[found.question.rows]))
    labels = [*(head.label for head in found.columns), *([_("Total")] if TOTAL in told.across else [])]
    words: list[list[Cell]] = []
    data: list[list[Any]] = []
    for at in told.order:
        words.append([found.rows[at].label, *(told.words(at, place) for place in told.across)])
        data.append([found.rows[at].label, *(_said(told, at, place) for place in told.across)])
    return replace(chart, columns=numbered(labels, corner), rows=words, data_columns=[corner, *labels], data=data)


def _said(told: LaidOut, row: int, column: int) -> int | str:
    number = told.number(row, column)
    if number is not None:
        return number
    words = told.words(row, column)
    if words == ABSENT:
        is_gone = told.did_not_stand(row, column)
        return _("there was no such unit here then") if is_gone else _("no institution is there that could report it")
    return _("nothing was reported") if words == "–" else words


def with_what_it_is(chart: Chart, question: Question, narrowed: str) -> Chart:
    """With what the table shows and in which unit in every row, for files that have no room beside it."""
    units = dict(Measure.objects.filter(code__in=question.wanted.measures).values_list("code", "unit"))
    units_of = dict.fromkeys(units[code] for code in question.wanted.measures if code in units)
    more = {
        _("Table"): " ".join(filter(None, [title_of(question), narrowed])),
        _("Unit of measure"): "; ".join(units_of),
    }
    return replace(
        chart, data_columns=[*chart.data_columns, *more], data=[[*row, *more.values()] for row in chart.data]
    )


def title_of(question: Question) -> str:
    """What the table shows, where and when, in a line."""
    names = dict(Measure.objects.filter(code__in=question.wanted.measures).values_list("code", "name"))
    counted = [names.get(code, code) for code in question.wanted.measures]
    counted[1:] = map(lower_first, counted[1:])
    first, last = (_when(day, question.period) for day in (question.first, question.last))
    when = first if first == last else f"{first} – {last}"
    return f"{'; '.join(counted)}, {place_within(question.unit.name)}, {when}"


def notes_of(found: Answer, today: dt.date) -> list[str]:
    """What a reader must know beside the figures."""
    question = found.question
    notes = [
        map_words(question),
        *absence_words(question, in_its_place(question, today)),
        *rules_of_question(question, today),
        _("“–”: nothing was reported. 0: it was reported that there was none.")
        if question.knows_silence
        else _(
            "“–”: nothing was counted; whether there was none or nobody reports it is not known when a table is cut by "
            "purpose, channel, sex, age or origin. 0: it was typed in that there was none."
        ),
    ]
    if question.map == Map.REPORTED or not question.stands:
        notes.append(_("“×”: there was no such unit then, or it lay elsewhere, or no institution is there."))
    elif found.nobody:
        notes.append(_("“×”: no institution is there that could report it."))
    if any(head.key == LONGER for head in (*found.rows, *found.columns)):
        said = _("Typed in for a longer time it stands by itself, “{head}”, and in the total; lines leave it out.")
        notes.append(said.format(head=capfirst(longer_words(question.period))))
    if found.leaves_out:
        notes.append(_("What was typed in for a longer time than was asked for is not here: ask for the whole year."))
    if (found.row_totals is None and question.columns == Dimension.MEASURE) or found.column_totals is None:
        notes.append(_("Different counts are never added together."))
    return notes


def map_words(question: Question) -> str:
    if question.map == Map.REPORTED:
        return _("As reported: each month counts where the place lay then.")
    last = question.unit.last_day
    if question.map == Map.DAY and question.map_day:
        words = _("On the map of {day}, also for what happened before and after.")
        return " ".join([words.format(day=day_short(question.map_day)), *oldest_words(question.map_day)])
    if last is not None:
        words = _("On the map of {day}, the last day of {unit}, also for what happened before.")
        return words.format(day=day_short(last), unit=place_within(question.unit.name))
    return _("On today's map, also for what happened before units were merged.")


def rules_of_question(question: Question, today: dt.date) -> list[str]:
    """What was divided and is counted whole on the map of the table."""
    return notes_by_unit([question.unit], ChosenMap(question.map, question.map_day), today).get(question.unit.pk, [])


def notes_by_row(told: LaidOut, today: dt.date) -> list[str]:
    """The same for each row as it is shown: of its own unit, or of those in the columns, or of the whole table."""
    question, found = told.answer.question, told.answer
    across = [head.unit for head in found.columns if head.unit]
    down = [head.unit for head in found.rows if head.unit]
    notes = notes_by_unit([question.unit, *across, *down], ChosenMap(question.map, question.map_day), today)
    if down:
        rows = [found.rows[at] for at in told.order]
        return [" ".join(notes.get(row.unit.pk if row.unit else question.unit.pk, [])) for row in rows]
    return [" ".join(dict.fromkeys(words for unit in across or [question.unit] for words in notes.get(unit.pk, [])))]


def narrowed_words(narrowed: Sequence[tuple[str, str, str]]) -> str:
    """«Only: sex: female; age: 6–10.», empty where nothing narrows the table."""
    if not narrowed:
        return ""
    return _("Only: {what}.").format(what="; ".join(f"{label} ({values})" for _name, label, values in narrowed))
