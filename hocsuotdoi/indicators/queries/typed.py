"""What figures that are typed in leave open of a question about a year.

A typed figure says how many there were in its period, and nothing else: not in which months of a quarter or a year, of
which ages, with which marks. And where only some quarters or months of a year were typed, of the others nobody knows
that there was nothing. So such figures can leave a question open that the same number of happenings would answer.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hocsuotdoi.indicators.enums import StatedColumn

LONGEST_MONTH = 31

HERE = "(%(everywhere)s OR institution_id = ANY(%(institutions)s))"
# The newest revision of a slot holds; one that took the figure back has no posting.
FIGURES = f"""
SELECT institution_id, "column", split_part("column", ':', 1) AS measure, starts_on, ends_on, quantity, occurred_on
  FROM (SELECT DISTINCT ON (institution_id, slot) *
          FROM indicators_statedfigure
         WHERE starts_on <= %(last)s AND ends_on > %(first)s AND {HERE}
         ORDER BY institution_id, slot, revision DESC) AS newest
  JOIN (SELECT institution_id, id AS posting_id, occurred_on FROM ledger_posting
         WHERE kind = 'stated' AND occurred_on BETWEEN %(first)s AND %(last)s) AS posting
       USING (institution_id, posting_id)
"""
# What was recorded here: whole months from the roll-up, the days of a broken one from the book.
RECORDED = f"""
SELECT institution_id, measure, extract(month FROM month)::int AS month, quantity, lines
  FROM indicators_fresh_institutionmonth
 WHERE month >= %(first)s AND month < %(broken)s AND NOT stated AND {HERE}
 UNION ALL
SELECT entry.institution_id, measure, extract(month FROM entry.occurred_on)::int, quantity, sign(quantity)
  FROM ledger_entry AS entry
  JOIN ledger_posting AS posting ON posting.institution_id = entry.institution_id AND posting.id = entry.posting_id
  LEFT JOIN ledger_posting AS taken_back
       ON taken_back.institution_id = posting.institution_id AND taken_back.id = posting.reverses_id
 WHERE entry.occurred_on BETWEEN %(broken)s AND %(last)s AND coalesce(taken_back.kind, posting.kind) <> 'stated'
   AND (%(everywhere)s OR entry.institution_id = ANY(%(institutions)s))
"""
TYPED = f"""
SELECT institution_id, "column", starts_on, ends_on, figure.quantity, own.measure IS NOT NULL
  FROM ({FIGURES}) AS figure
  LEFT JOIN (SELECT institution_id, measure
               FROM ({RECORDED}) AS recorded
              WHERE measure = ANY(%(typed_measures)s)
              GROUP BY 1, 2 HAVING sum(lines) > 0) AS own USING (institution_id, measure)
 WHERE measure = ANY(%(typed_measures)s)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """`is_recorded`: the institution records the same measure here, so that nothing typed is nothing more."""

    column: StatedColumn
    starts_on: dt.date
    ends_on: dt.date
    quantity: int
    is_recorded: bool

    def months(self, last: dt.date) -> int:
        """Those of its period up to `last`, as bits of a number."""
        until = min(self.ends_on - dt.timedelta(days=1), last)
        return sum(1 << month for month in range(self.starts_on.month, until.month + 1))


Typed = dict[tuple[int, str], list[Figure]]
"""(institution id, measure) to its figures."""


def typed_from(rows: Iterable[tuple[Any, ...]]) -> Typed:
    """From rows of `TYPED`."""
    found: Typed = defaultdict(list)
    for institution, column, *others in rows:
        figure = Figure(StatedColumn(column), *others)
        found[institution, figure.column.measure].append(figure)
    return dict(found)


def more_of(
    figures: Sequence[Figure], purposes: Collection[str], has_tags: bool, days: tuple[dt.date, dt.date]
) -> float:
    """How many more there may have been of a measure from the first to the last of `days`, of these purposes and with
    these marks, than are known; infinite where nobody can say. `figures`: those of one institution and measure."""
    if not figures:
        return 0
    columns = [each for each in StatedColumn if each.measure == figures[0].column.measure]
    of_purposes = [each for each in columns if not purposes or each.purpose in purposes]
    columns = of_purposes or columns
    if not _are_whole(figures, columns, days):
        return math.inf
    if of_purposes and not has_tags:
        return 0
    return sum(each.quantity for each in figures if each.column in columns)


def more_ages(figures: Sequence[Figure], days: tuple[dt.date, dt.date]) -> float:
    """How many more age bands may have been there than are known: each that was counted may have been of another."""
    if not figures:
        return 0
    return sum(each.quantity for each in figures) if _are_whole(figures, _columns(figures), days) else math.inf


def months_between(known: int, figures: Sequence[Figure], days: tuple[dt.date, dt.date]) -> tuple[int, float]:
    """In how many months there was something, at least and at most. `known`: the months, as bits, of which it is known
    without the figures of quarters and years, of which each says only that it was in one month or more of them."""
    long = [each for each in figures if each.ends_on - each.starts_on > dt.timedelta(LONGEST_MONTH) and each.quantity]
    least = possible = known
    for each in sorted(long, key=lambda each: each.ends_on):
        months = each.months(days[1])
        possible |= months
        if not months & least:  # the last of its months is the one that the next figures most likely share
            least |= 1 << (months.bit_length() - 1)
    if figures and not _are_whole(figures, _columns(figures), days):
        return least.bit_count(), math.inf
    return least.bit_count(), min(possible.bit_count(), known.bit_count() + sum(each.quantity for each in long))


def _columns(figures: Sequence[Figure]) -> list[StatedColumn]:
    return [each for each in StatedColumn if each.measure == figures[0].column.measure]


def _are_whole(figures: Sequence[Figure], columns: Collection[StatedColumn], days: tuple[dt.date, dt.date]) -> bool:
    """Whether nothing is left out: the measure is recorded here, or the periods of each column are all of the days."""
    return figures[0].is_recorded or all(_cover([each for each in figures if each.column == c], *days) for c in columns)


def _cover(figures: Iterable[Figure], first: dt.date, last: dt.date) -> bool:
    for each in sorted(figures, key=lambda each: each.starts_on):
        if each.starts_on > first:
            break
        first = max(first, each.ends_on)
    return first > last
