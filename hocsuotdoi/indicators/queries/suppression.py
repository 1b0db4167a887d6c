"""Small numbers kept back, so that nobody can be found among them: the one home of that rule (decisions 78 and 81).

It is about counts of what people did, cut by their sex or age. A number from 1 to 4 is told as «fewer than 5». In a
table with totals that is not enough: what is kept back could be computed from what is shown. So more is kept back,
until no number kept back is the only one that fits: neither from the totals, nor from knowing that a small number is
between 1 and 4 and that any other kept back is at least 5. Zero is shown: nobody stands behind it.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TypeVar

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.ledger.enums import MeasureCode

FEWEST = 5
"""The smallest number that is told."""
TOTAL = -1
"""In place of a row's or a column's position: the totals."""

OF_NO_PERSON = frozenset({MeasureCode.PROGRAMME_SESSION, MeasureCode.RECORDING_VIEW, MeasureCode.GATE_COUNT})
"""Nobody stands behind one of these: they are told whatever their number."""


def closes_on(year: int) -> dt.date:
    """The first day on which sexes and ages of a year are told: then its book is closed for them (decision 87). Until
    then, and again with each late entry, they would grow from one day to the next by a person."""
    return dt.date(year + 1, 2, 1)


def is_closed(year: int, today: dt.date) -> bool:
    return today >= closes_on(year)


def last_closed(today: dt.date) -> int:
    return today.year - (1 if is_closed(today.year - 1, today) else 2)


def not_closed_words(year: int) -> str:
    return _(
        "By sex or age a year is told once, when its book is closed: {year} from {day} on. Before that each day would "
        "give away who came."
    ).format(year=year, day=day_short(closes_on(year)))


Place = tuple[int, int]
"""Row and column."""


class Shown(Enum):
    AS_IT_IS = auto()
    FEW = auto()
    KEPT_BACK = auto()


def counts_people(measures: Iterable[str]) -> bool:
    """Whether one of these counts what a person did."""
    return any(measure not in OF_NO_PERSON for measure in measures)


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
        return told_words(self.counts[row, column], self.shown[row, column])


def told_words(count: int, shown: Shown) -> str:
    if shown is Shown.FEW:
        return few_words()
    return _("not told") if shown is Shown.KEPT_BACK else number(count)


def safe_table(rows: Sequence[Sequence[int]]) -> SafeTable | None:
    """`rows` of counts with the totals of rows and columns; the total of all is known elsewhere and always told.

    None where nothing can be kept back that would hide the small numbers: such a table is not to be shown at all.
    """
    counts = _with_totals(rows)
    hidden = _hidden(counts)
    return None if hidden is None else SafeTable(counts, {place: _shown(place, counts, hidden) for place in counts})


def _hidden(counts: Mapping[Place, int]) -> set[Place] | None:
    hidden = {place for place, count in counts.items() if is_few(count)}
    if (TOTAL, TOTAL) in hidden:
        return None
    circle = _Circle(counts, hidden)
    certain = sorted(hidden)
    while certain := [place for place in certain if circle.is_certain(place)]:  # hiding more never makes one certain
        choice = _next_to_hide(certain[0], counts, hidden)
        if choice is None:
            return None
        hidden.add(choice)
        circle.open(choice)
        certain = sorted([*certain, choice])
    return hidden


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


class _Circle:
    """Whether a number is the same in every table that fits what is told.

    The numbers are a flow round a circle: the total of all into the rows, each row's total into its numbers, these
    into the columns, and the columns' totals together again. Another number fits exactly when one more unit can flow
    through it and back another way, through numbers that are hidden too and within what is known of them.
    """

    def __init__(self, counts: Mapping[Place, int], hidden: Iterable[Place]) -> None:
        self.counts = counts
        self.knots: dict[tuple[str, int], int] = {}
        self.ways: list[int] = []
        """From each knot, by its number: those to which one unit can flow, as bits."""
        for place in hidden:
            self.open(place)

    def open(self, place: Place) -> None:
        """More or less can flow through `place` now, as far as is known of it: a small number is between 1 and 4, any
        other kept back at least 5."""
        start, end = self._ends(place)
        count = self.counts[place]
        low, high = (1, FEWEST - 1) if is_few(count) else (FEWEST, None)
        if high is None or count < high:
            self.ways[start] |= 1 << end
        if count > low:
            self.ways[end] |= 1 << start

    def is_certain(self, place: Place) -> bool:
        start, end = self._ends(place)
        more, less = self.ways[start] >> end & 1, self.ways[end] >> start & 1
        self.ways[start] &= ~(1 << end)
        self.ways[end] &= ~(1 << start)
        is_open = (more and self._reaches(end, start)) or (less and self._reaches(start, end))
        self.ways[start] |= more << end
        self.ways[end] |= less << start
        return not is_open

    def _ends(self, place: Place) -> tuple[int, int]:
        row, column = place
        start = self._knot("column", column) if row == TOTAL else self._knot("row", TOTAL if column == TOTAL else row)
        end = self._knot("row", row) if column == TOTAL else self._knot("column", TOTAL if row == TOTAL else column)
        return start, end

    def _knot(self, side: str, at: int) -> int:
        number = self.knots.setdefault((side, at), len(self.ways))
        if number == len(self.ways):
            self.ways.append(0)
        return number

    def _reaches(self, start: int, goal: int) -> bool:
        seen = look_at = 1 << start
        while look_at:
            at = (look_at & -look_at).bit_length() - 1
            look_at &= look_at - 1
            if at == goal:
                return True
            further = self.ways[at] & ~seen
            seen |= further
            look_at |= further
        return False


# --- in a tree of places, so that every table keeps back the same ---

Pattern = frozenset[Place]
"""Which numbers of a profile are kept back."""
Rows = tuple[tuple[int, ...], ...]
"""A profile: sexes down, ages across."""
Key = TypeVar("Key", bound=Hashable)


@lru_cache(maxsize=4096)
def pattern_of(rows: Rows) -> Pattern:
    """What has to be kept back of a profile that stands alone."""
    counts = _with_totals(rows)
    hidden = _hidden(counts)
    return frozenset(hidden if hidden is not None else counts.keys() - {(TOTAL, TOTAL)})


def patterns_in_tree(root: Key, children: Mapping[Key, Sequence[Key]], rows: Mapping[Key, Rows]) -> dict[Key, Pattern]:
    """What is kept back of the profile of each place of a tree, so that no sum over places gives any of it away.

    Places beside one another hide the same numbers in groups of two or more, and whatever a place hides is hidden at
    one group below it too. So one unit more at one place of a group and less at another, along a circle of its profile
    and down to the leaves, leaves everything that is told as it is: no number kept back follows from what is told.
    """
    found = {root: pattern_of(rows[root])}
    places = [root]
    while places:
        place = places.pop()
        below = [child for child in children.get(place, ()) if child in rows]
        found |= _beside_one_another(below, rows, found[place])
        places += below
    return found


def _beside_one_another(places: list[Key], rows: Mapping[Key, Rows], above: Pattern) -> dict[Key, Pattern]:
    """`above`: what the place above hides; it says nothing of these numbers, so one place alone may hide them."""
    own = {place: pattern_of(rows[place]) for place in places}
    wholes = {place: sum(map(sum, rows[place])) for place in places}
    hiding = sorted((p for p in places if own[p]), key=lambda p: (len(own[p]), sorted(own[p])))
    others = sorted((p for p in places if not own[p] and wholes[p]), key=lambda p: wholes[p])
    groups: list[list[Key]] = []
    spare = [*hiding, *others]
    while spare and own[spare[0]]:
        group, pattern = [spare.pop(0)], Pattern()
        while True:
            pattern = Pattern().union(*(own[p] for p in group), above if not groups else ())
            if not spare or _is_safe(group, pattern - above, rows):
                break
            group.append(spare.pop(0))
        groups.append(group)
    if len(groups) > 1 and not _is_safe(groups[-1], _union(own, groups[-1]) - above, rows):
        groups[-2:] = [groups[-2] + groups[-1]]
    if above and not groups and others:
        groups.append([others[0]])
    found = dict(own)
    for at, group in enumerate(groups):
        found |= dict.fromkeys(group, _union(own, group) | (above if at == 0 else Pattern()))
    return found


def _union(own: Mapping[Key, Pattern], group: Iterable[Key]) -> Pattern:
    return Pattern().union(*(own[place] for place in group))


def _is_safe(group: Sequence[Key], pattern: Pattern, rows: Mapping[Key, Rows]) -> bool:
    """Whether the sums of the group, which follow from what is told of the others, tell none of its numbers."""
    if not pattern:
        return True
    if len(group) < 2:
        return False
    for place in pattern:
        numbers = [_at(rows[each], place) for each in group]
        whole = sum(numbers)
        only_few = all(map(is_few, numbers))
        if is_few(whole) or (only_few and whole in (len(numbers), len(numbers) * (FEWEST - 1))):
            return False
    return True


def _at(rows: Rows, place: Place) -> int:
    row, column = place
    chosen = rows if row == TOTAL else rows[row : row + 1]
    return sum(sum(each) if column == TOTAL else each[column] for each in chosen)
