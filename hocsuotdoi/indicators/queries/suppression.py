"""Small numbers kept back, so that nobody can be found among them: the one home of that rule.

A number from 1 to 4 is told as «fewer than 5». In a table with totals that is not enough: what is kept back could be
computed from what is shown. So more is kept back, until no number kept back is the only one that fits: neither from the
totals, nor from knowing that a small number is between 1 and 4 and that any other kept back is at least 5. Zero is
shown: nobody stands behind it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import number

FEWEST = 5
"""The smallest number that is told."""
TOTAL = -1
"""In place of a row's or a column's position: the totals."""

Place = tuple[int, int]
"""Row and column."""


class Shown(Enum):
    AS_IT_IS = auto()
    FEW = auto()
    KEPT_BACK = auto()


def is_few(count: int) -> bool:
    return 0 < count < FEWEST


def few_words() -> str:
    return _("fewer than {number}").format(number=FEWEST)


def count_words(count: int | None) -> str:
    """A number of people as it may be told."""
    return few_words() if count is not None and is_few(count) else number(count)


@dataclass(frozen=True, slots=True)
class SafeTable:
    """What may be told of a table of counts. Ask by row and column, `TOTAL` for either."""

    counts: Mapping[Place, int]
    shown: Mapping[Place, Shown]

    def number(self, row: int, column: int) -> int | None:
        """None where it is kept back."""
        return self.counts[row, column] if self.shown[row, column] is Shown.AS_IT_IS else None

    def words(self, row: int, column: int) -> str:
        state = self.shown[row, column]
        if state is Shown.FEW:
            return few_words()
        return _("not told") if state is Shown.KEPT_BACK else number(self.counts[row, column])


def safe_table(rows: Sequence[Sequence[int]]) -> SafeTable | None:
    """`rows` of counts with the totals of rows and columns; the total of all is known elsewhere and always told.

    None where nothing can be kept back that would hide the small numbers: such a table is not to be shown at all.
    """
    counts = _with_totals(rows)
    hidden = {place for place, count in counts.items() if is_few(count)}
    if (TOTAL, TOTAL) in hidden:
        return None
    while open_ := sorted(place for place in hidden if _is_certain(place, counts, hidden)):
        choice = _next_to_hide(open_[0], counts, hidden)
        if choice is None:
            return None
        hidden.add(choice)
    return SafeTable(counts, {place: _shown(place, counts, hidden) for place in counts})


def _shown(place: Place, counts: Mapping[Place, int], hidden: Iterable[Place]) -> Shown:
    if place not in hidden:
        return Shown.AS_IT_IS
    return Shown.FEW if is_few(counts[place]) else Shown.KEPT_BACK


def _with_totals(rows: Sequence[Sequence[int]]) -> dict[Place, int]:
    counts = {(at, column): count for at, row in enumerate(rows) for column, count in enumerate(row)}
    counts |= {(at, TOTAL): sum(row) for at, row in enumerate(rows)}
    counts |= {(TOTAL, column): sum(each) for column, each in enumerate(zip(*rows, strict=True))}
    counts[TOTAL, TOTAL] = sum(sum(row) for row in rows)
    return counts


def _next_to_hide(open_: Place, counts: Mapping[Place, int], hidden: set[Place]) -> Place | None:
    """The smallest number beside the one that is not hidden yet, numbers of the table before totals; else any other."""
    candidates = [
        place for place, count in counts.items() if place not in hidden and count >= FEWEST and place != (TOTAL, TOTAL)
    ]
    return min(
        candidates,
        key=lambda place: (
            place[0] != open_[0] and place[1] != open_[1],
            (place[0] == TOTAL) + (place[1] == TOTAL),
            counts[place],
            place,
        ),
        default=None,
    )


def _is_certain(place: Place, counts: Mapping[Place, int], hidden: set[Place]) -> bool:
    """Whether `place` has the same number in every table that fits what is told.

    The numbers are a flow round a circle: the total of all into the rows, each row's total into its numbers, these
    into the columns, and the columns' totals together again. Another number fits exactly when one more unit can flow
    through it and back another way, through numbers that are hidden too and within what is known of them.
    """
    ways = list(_ways(counts, hidden))
    return not any(
        _reaches(end, start, [(begins, ends) for other, begins, ends in ways if other != place])
        for which, start, end in ways
        if which == place
    )


Node = tuple[str, int]


def _ways(counts: Mapping[Place, int], hidden: Iterable[Place]) -> Iterator[tuple[Place, Node, Node]]:
    """(place, from, to) for each way in which a unit can flow: more of a hidden number, or less of it."""
    for place in hidden:
        row, column = place
        start: Node = ("column", column) if row == TOTAL else ("row", TOTAL if column == TOTAL else row)
        end: Node = ("row", row) if column == TOTAL else ("column", TOTAL if row == TOTAL else column)
        low, high = (1, FEWEST - 1) if is_few(counts[place]) else (FEWEST, None)
        if high is None or counts[place] < high:
            yield place, start, end
        if counts[place] > low:
            yield place, end, start


def _reaches(start: Node, goal: Node, ways: Sequence[tuple[Node, Node]]) -> bool:
    seen, look_at = {start}, deque([start])
    while look_at:
        at = look_at.popleft()
        if at == goal:
            return True
        for begins, ends in ways:
            if begins == at and ends not in seen:
                seen.add(ends)
                look_at.append(ends)
    return False
