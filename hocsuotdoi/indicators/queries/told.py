"""A table as it may be told: the same numbers are kept back on pages, in files and by the API."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.queries.open_data import period_ends
from hocsuotdoi.indicators.queries.pivot import (
    LONGER,
    PEOPLE,
    Answer,
    Dimension,
    Head,
    Map,
    Period,
    Question,
    heads_of,
    periods,
    with_totals,
)
from hocsuotdoi.indicators.queries.profiles import AGES, MOST_PROFILES, SEXES, Codes, Profiles, profiles
from hocsuotdoi.indicators.queries.suppression import TOTAL, Shown, is_closed, not_closed_words, told_words
from hocsuotdoi.places.models import AdminUnit

ABSENT = "×"
"""There was no such unit then, or it lay elsewhere, or no institution is there."""
_OTHER_CUTS = {Dimension.CLASS, Dimension.PURPOSE, Dimension.CHANNEL, Dimension.ORIGIN}


def why_not_told(question: Question, today: dt.date) -> tuple[str, str]:
    """The field at which it can be mended, and a sentence; both empty where the question can be answered.

    Of people by sex and age there are whole years on today's map only, cut by nothing else: a year without eleven
    months, two maps of one place, or a class without the others would give away whom the small numbers hide. And only
    years whose book is closed: yesterday's figure would give away who came today.
    """
    if not question.is_about_people:
        return "", ""
    if question.period != Period.YEAR:
        return "period", _("By sex or age there are whole years only: several short times would give people away.")
    if question.map == Map.REPORTED or (question.map == Map.DAY and question.map_day != today):
        return "map", _("By sex or age there is today's map only: two maps of one place would give people away.")
    if not is_closed(question.last.year, today):
        return "last", not_closed_words(question.last.year)
    wanted = question.wanted
    cut = wanted.classes or wanted.purposes or wanted.channels or wanted.stated is not None
    if cut or question.sides & _OTHER_CUTS:
        sentence = _("Sex and age are not cut further by class, purpose, channel or origin: it would give people away.")
        return "rows" if question.rows in _OTHER_CUTS else "columns", sentence
    return "", ""


def too_much_words() -> str:
    return _(
        "By sex and age at most {most} places and years go into one table: ask for one province, or fewer years."
    ).format(most=MOST_PROFILES)


class Told:
    """An answer as it may be told. Where it is about people five queries more, however large it is, and the numbers are
    those of the day on which the book was closed."""

    def __init__(self, found: Answer, today: dt.date):
        self.answer = found
        self.is_kept_back = False
        self.is_too_much = False
        """Kept back not for what it says, but because too many places and years are asked for at once."""
        self._profiles: Profiles | None = None
        question = found.question
        if not (question.is_about_people and found.cells):
            return
        if why_not_told(question, today)[0]:
            self.is_kept_back = True
            return
        units = [head.unit for side in (found.rows, found.columns) for head in side if head.unit is not None]
        years = [day.year for day in periods(question)]
        self._profiles = profiles(question.wanted.measures, [question.unit, *units], years, today)
        self.is_too_much = not self._profiles.rows
        if self._profiles.rows:
            self.answer = self._as_closed(self._with_heads_as_closed(found))
            if not self.answer.cells and not self._hides_anything():
                return
        self.is_kept_back = all(
            self.shown(row, column) is not Shown.AS_IT_IS
            for row in range(len(self.answer.rows))
            for column in range(len(self.answer.columns))
        )

    def words(self, row: int, column: int) -> str:
        """By their places among the heads; `TOTAL` for the sum of either."""
        quantity, shown = self._quantity(row, column), self.shown(row, column)
        if shown is not Shown.AS_IT_IS:
            return told_words(quantity or 0, shown)
        if quantity is None:
            return ABSENT if self.is_absent(row, column) else "–"
        return number(quantity)

    def is_absent(self, row: int, column: int) -> bool:
        """Whether the map of the day has no such unit, or there was none in the period, or it lay elsewhere, or no
        institution is there: nobody could report for it here then."""
        return self.did_not_stand(row, column) or self._has_nobody(row, column)

    def _has_nobody(self, row: int, column: int) -> bool:
        found = self.answer
        rows = found.rows if row == TOTAL else [found.rows[row]]
        columns = found.columns if column == TOTAL else [found.columns[column]]
        return bool(found.nobody) and all((each.key, other.key) in found.nobody for each in rows for other in columns)

    def did_not_stand(self, row: int, column: int) -> bool:
        question = self.answer.question
        if question.map != Map.REPORTED:
            return not question.stands
        heads = self._heads_at(row, column)
        period = heads.get(Dimension.PERIOD)
        if period is not None and period.key == LONGER:
            period = None
        first = period.key if period else question.first
        end = period_ends(period.key, question.period) if period else question.last + dt.timedelta(days=1)
        unit = (heads[Dimension.UNIT].unit if Dimension.UNIT in heads else None) or question.unit
        return not self.answer.stood(unit, first, end)

    def number(self, row: int, column: int) -> int | None:
        """None where nothing was reported or it is kept back."""
        return self._quantity(row, column) if self.shown(row, column) is Shown.AS_IT_IS else None

    def shown(self, row: int, column: int) -> Shown:
        if self._profiles is None:
            return Shown.KEPT_BACK if self.is_kept_back else Shown.AS_IT_IS
        return self._shown(self._heads_at(row, column), self._quantity(row, column) or 0)

    def _heads_at(self, row: int, column: int) -> dict[Dimension, Head]:
        found, question = self.answer, self.answer.question
        heads: dict[Dimension, Head] = {}
        if row != TOTAL:
            heads[question.rows] = found.rows[row]
        if column != TOTAL and question.columns:
            heads[question.columns] = found.columns[column]
        return heads

    def _shown(self, heads: dict[Dimension, Head], quantity: int) -> Shown:
        """Of the number under `heads`; where a side is summed over it has none there."""
        assert self._profiles is not None
        measure, years, sexes, ages = self._parts(heads)
        states = {
            self._profiles.shown(measure, unit.pk, year, sexes, ages)
            for unit in self._units(heads, measure, years, sexes, ages, quantity)
            for year in years
        }
        if states == {Shown.AS_IT_IS}:
            return Shown.AS_IT_IS
        return Shown.FEW if states == {Shown.FEW} and len(years) == 1 else Shown.KEPT_BACK

    def _units(
        self, heads: dict[Dimension, Head], measure: str, years: list[int], sexes: Codes, ages: Codes, quantity: int
    ) -> list[AdminUnit]:
        """A sum over all units in a place is the number of that place, and is kept back where that is."""
        question = self.answer.question
        if Dimension.UNIT in heads:
            unit = heads[Dimension.UNIT].unit
            assert unit is not None
            return [unit]
        assert self._profiles is not None
        whole = sum(self._profiles.count(measure, question.unit.pk, year, sexes, ages) for year in years)
        below = [head.unit for head in (*self.answer.rows, *self.answer.columns) if head.unit is not None]
        return [question.unit] if whole == quantity or not below else below

    def _as_closed(self, found: Answer) -> Answer:
        """The same table with the numbers of the profiles. That something was posted since shows nowhere, not even as
        a zero where there was nothing."""
        cells = {}
        for row in found.rows:
            for column in found.columns:
                heads = {found.question.rows: row}
                heads |= {found.question.columns: column} if found.question.columns else {}
                if count := self._count(heads):
                    cells[row.key, column.key] = count
        return with_totals(replace(found, cells=cells))

    def _hides_anything(self) -> bool:
        places = product((TOTAL, *range(len(self.answer.rows))), (TOTAL, *range(len(self.answer.columns))))
        return any(self.shown(*place) is not Shown.AS_IT_IS for place in places)

    def _count(self, heads: dict[Dimension, Head]) -> int:
        assert self._profiles is not None
        question = self.answer.question
        unit = heads[Dimension.UNIT].unit if Dimension.UNIT in heads else question.unit
        assert unit is not None
        measure, years, sexes, ages = self._parts(heads)
        return sum(self._profiles.count(measure, unit.pk, year, sexes, ages) for year in years)

    def _parts(self, heads: dict[Dimension, Head]) -> tuple[str, list[int], Codes, Codes]:
        """Measure, years, sexes and ages of the number under `heads`."""
        wanted = self.answer.question.wanted
        measure = heads[Dimension.MEASURE].key if Dimension.MEASURE in heads else wanted.measures[0]
        years = [heads[Dimension.PERIOD].key.year] if Dimension.PERIOD in heads else self._years()
        sexes = [heads[Dimension.SEX].key] if Dimension.SEX in heads else wanted.sexes or None
        ages = [heads[Dimension.AGE_BAND].key] if Dimension.AGE_BAND in heads else wanted.age_bands or None
        return measure, years, sexes, ages

    def _years(self) -> list[int]:
        return [day.year for day in periods(self.answer.question)]

    def _with_heads_as_closed(self, found: Answer) -> Answer:
        """Sexes and ages have a head where somebody was counted when the book was closed, or where that is kept back:
        else its absence would tell."""
        question = found.question
        rows, columns = (
            heads_of(question, side, self._codes_told(found, side)) if side in PEOPLE else heads
            for side, heads in ((question.rows, found.rows), (question.columns, found.columns))
        )
        return replace(found, rows=rows, columns=columns)

    def _codes_told(self, found: Answer, side: Dimension) -> set[str]:
        question = found.question
        is_row = side == question.rows
        other, heads = (question.columns, found.columns) if is_row else (question.rows, found.rows)
        crossing: list[dict[Dimension, Head]] = [{}]
        if other is not None:
            crossing = [{other: Head(code, "")} for code in self._codes(other)] or [{other: head} for head in heads]
        return {
            code for code in self._codes(side) if any(self._has(each | {side: Head(code, "")}) for each in crossing)
        }

    def _codes(self, side: Dimension) -> Sequence[str]:
        """Of sexes or ages; of anything else none."""
        wanted = self.answer.question.wanted
        if side == Dimension.SEX:
            return wanted.sexes or SEXES
        return wanted.age_bands or AGES if side == Dimension.AGE_BAND else ()

    def _has(self, heads: dict[Dimension, Head]) -> bool:
        count = self._count(heads)
        return bool(count) or self._shown(heads, count) is not Shown.AS_IT_IS

    def _quantity(self, row: int, column: int) -> int | None:
        found = self.answer
        if row == TOTAL and column == TOTAL:
            return found.total
        if row == TOTAL:
            return (found.column_totals or {}).get(found.columns[column].key)
        if column == TOTAL:
            return (found.row_totals or {}).get(found.rows[row].key)
        return found.cell(found.rows[row], found.columns[column])
