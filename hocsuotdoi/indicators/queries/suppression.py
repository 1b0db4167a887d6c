"""Small numbers kept back, so that nobody can be found among them: the one home of that rule (decisions 78, 81, 127).

It is about counts of what people did, cut by their sex or age. A number from 1 to 4 is told as «fewer than 5». In a
table with totals that is not enough: what is kept back could be computed from what is shown. So more is kept back,
until no number kept back is the only one that fits: neither from the totals, nor from knowing that a small number is
between 1 and 4 and that any other kept back is at least 5. Zero is shown: nobody stands behind it.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache, reduce
from operator import or_, sub
from typing import Generic, TypeVar

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
    circle = _Circle()

    def open_(place: Place) -> None:
        more, less = _step(counts[place], by_words=True)
        circle.open(place, more=more, less=less)

    for place in hidden:
        open_(place)
    certain = sorted(hidden)
    while certain := [place for place in certain if circle.is_certain(place)]:  # hiding more never makes one certain
        choice = _next_to_hide(certain[0], counts, hidden)
        if choice is None:
            return None
        hidden.add(choice)
        open_(choice)
        certain = sorted([*certain, choice])
    return hidden


def _shown(place: Place, counts: Mapping[Place, int], hidden: Iterable[Place]) -> Shown:
    if place not in hidden:
        return Shown.AS_IT_IS
    return Shown.FEW if is_few(counts[place]) else Shown.KEPT_BACK


def _with_totals(rows: Sequence[Sequence[int]]) -> Mapping[Place, int]:
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

    def __init__(self) -> None:
        self.knots: dict[tuple[str, int], int] = {}
        self.ways: list[int] = []
        """From each knot, by its number: those to which one unit can flow, as bits."""

    def open(self, place: Place, *, more: bool, less: bool) -> None:
        """Whether more or less can flow through `place`, as far as is known of it."""
        start, end = self._ends(place)
        self.ways[start] |= more << end
        self.ways[end] |= less << start

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
Tables = tuple[Rows, ...]
"""A place's profile that is decided, and the one that must keep back the same, if it is a part of one."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a place keeps back. `names_few`: whether a small number is told as «fewer than 5»; where that could leave a
    single one, it is not told at all."""

    hidden: Pattern = frozenset()
    names_few: bool = True

    def __or__(self, other: "Decided") -> "Decided":
        return Decided(self.hidden | other.hidden, self.names_few and other.names_few)


def decide_together(
    root: Key, children: Mapping[Key, Sequence[Key]], whole: Mapping[Key, Rows], parts: Sequence[Mapping[Key, Rows]]
) -> list[dict[Key, Decided]]:
    """Of a measure that others make up, and of each of these: any of them follows from the others. So the whole keeps
    back what any part does, at the same places: one unit more of the part is one more of the whole.

    What the whole and its parts differ by is a part, too: it is told nowhere, but can be computed.
    """
    rest = {place: _rest(rows, [part[place] for part in parts]) for place, rows in whole.items()}
    loose = {place for place, rows in rest.items() if any(map(any, rows))}
    found = []
    for part in [*parts, rest] if loose else parts:
        tables = {place: (rows, whole[place]) for place, rows in part.items()}
        found.append(patterns_in_tree(root, children, tables, frozenset() if part is rest else loose))
    of_whole = {place: reduce(or_, (each[place] for each in found)) for place in whole}
    return [of_whole, *found[: len(parts)]]


def _rest(whole: Rows, parts: Sequence[Rows]) -> Rows:
    """Whichever of the two is more. Where nothing of the whole is there, the parts tell it themselves."""
    if not any(map(any, whole)):
        return tuple((0,) * len(row) for row in whole)
    return tuple(
        tuple(abs(count - sum(part[at][column] for part in parts)) for column, count in enumerate(row))
        for at, row in enumerate(whole)
    )


@lru_cache(maxsize=8192)
def _counts(rows: Rows) -> Mapping[Place, int]:
    return _with_totals(rows)


@lru_cache(maxsize=8192)
def pattern_of(rows: Rows, elsewhere: Rows = ()) -> Pattern:
    """What has to be kept back of a profile that stands alone. Where its whole is small, nothing of it is told; these
    are then the places that others keep back for its sake, by choice where most are counted `elsewhere`."""
    counts = _counts(rows)
    hidden = _hidden_of_few(counts, elsewhere) if is_few(counts[TOTAL, TOTAL]) else _hidden(counts)
    return frozenset(hidden if hidden is not None else counts.keys() - {(TOTAL, TOTAL)})


def _hidden_of_few(counts: Mapping[Place, int], elsewhere: Rows) -> set[Place] | None:
    liked = _counts(elsewhere) if elsewhere else {}
    hidden = {place for place, count in counts.items() if count and place != (TOTAL, TOTAL)}
    circle = _Circle()
    for place in hidden:
        circle.open(place, more=True, less=True)
    certain = sorted(hidden)
    while certain := [place for place in certain if circle.is_certain(place)]:
        row, column = certain[0]
        choice = min(
            (place for place in counts if place not in hidden and place != (TOTAL, TOTAL)),
            key=lambda each: (
                each[0] != row and each[1] != column,
                (each[0] == TOTAL) + (each[1] == TOTAL),
                -liked.get(each, 0),
                each,
            ),
            default=None,
        )
        if choice is None:
            return None
        hidden.add(choice)
        circle.open(choice, more=True, less=counts[choice] > 0)
    return {place for place in hidden if not circle.is_certain(place)}


def _less(rows: Rows, away: Rows) -> Rows:
    """Nothing where it is all of it: as at the place above, of which nothing else is known."""
    if rows == away:
        return ()
    return tuple(tuple(map(sub, row, less)) for row, less in zip(rows, away, strict=True))


def patterns_in_tree(
    root: Key, children: Mapping[Key, Sequence[Key]], tables: Mapping[Key, Tables], loose: Set[Key] = frozenset()
) -> dict[Key, Decided]:
    """What is kept back of the profile of each place of a tree, so that no sum over places gives any of it away.

    Places beside one another hide the same numbers in groups of two or more, and whatever a place hides is hidden at
    one group below it too. So one unit more at one place of a group and less at another, along a circle of its profile
    and down to the leaves, leaves everything that is told as it is: no number kept back follows from what is told.

    `loose`: places where the whole need not change with its part.
    """
    alone = _Group({root: pattern_of(tables[root][0])}, tables, loose, None)
    alone.take(root)
    found = {root: alone.decided()}
    places = [root]
    while places:
        place = places.pop()
        below = [child for child in children.get(place, ()) if child in tables]
        found |= _beside_one_another(below, tables, loose, _Above(tables[place], found[place].hidden))
        places += below
    return found


@dataclass(frozen=True, slots=True)
class _Above:
    """The place above: of what it hides it says nothing, so one place alone may hide that, too."""

    tables: Tables
    hidden: Pattern


def _beside_one_another(
    places: list[Key], tables: Mapping[Key, Tables], loose: Set[Key], above: _Above
) -> dict[Key, Decided]:
    own = {place: pattern_of(tables[place][0], _less(above.tables[0], tables[place][0])) for place in places}
    wholes = {place: sum(map(sum, tables[place][0])) for place in places}
    hiding = sorted((p for p in places if own[p]), key=lambda p: (len(own[p]), sorted(own[p])))
    others = sorted((p for p in places if not own[p] and wholes[p]), key=lambda p: wholes[p])
    groups: list[_Group[Key]] = []
    spare = [*hiding, *others]
    while spare and own[spare[0]]:
        group = _Group(own, tables, loose, above, Pattern() if groups else above.hidden)
        group.take(spare.pop(0))
        while not group.is_safe and (helper := next(filter(group.is_helped_by, spare), None)) is not None:
            spare.remove(helper)
            group.take(helper)
        groups.append(group)
    while len(groups) > 1 and (lacking := next((each for each in groups if not each.is_safe), None)) is not None:
        joins = groups[1] if lacking is groups[0] else lacking
        groups.remove(joins)
        for place in joins.places:
            groups[0].take(place)
    if above.hidden and not groups and others:
        groups.append(_Group(own, tables, loose, above, above.hidden))
        groups[0].take(others[0])
    found = {place: Decided(own[place]) for place in places}
    for group in groups:
        found |= dict.fromkeys(group.places, group.decided())
    return found


class _Group(Generic[Key]):
    """Places that hide the same, so that of each small number one more or less could be there while another place of
    the group had as much less or more; or at one alone, where the place above hides that, too, or there is none."""

    def __init__(
        self,
        own: Mapping[Key, Pattern],
        tables: Mapping[Key, Tables],
        loose: Set[Key],
        above: _Above | None,
        pattern: Pattern = frozenset(),
    ) -> None:
        self.own, self.tables, self.loose, self.above, self.pattern = own, tables, loose, above, pattern
        self.places: list[Key] = []
        self.certain: dict[Key, list[Place]] = {}
        """Small numbers that could be no other, so far."""

    @property
    def is_safe(self) -> bool:
        return not self._faults(self.places, self.pattern, self.certain)

    def _faults(self, places: Sequence[Key], pattern: Pattern, certain: Mapping[Key, list[Place]]) -> int:
        """What follows from what is told of all others: numbers, and sums of the group that are small themselves."""
        if self.above is None:
            return sum(map(len, certain.values()))
        outside = pattern - self.above.hidden
        sums = (sum(_counts(self.tables[place][0])[where] for place in places) for where in outside)
        return sum(map(len, certain.values())) + sum(map(is_few, sums)) + (len(places) < 2 and bool(outside))

    def take(self, place: Key) -> None:
        self.places.append(place)
        self.pattern |= self.own[place]
        self.certain = self._certain({**self.certain, place: self._few(place)}, self.places, self.pattern)

    def is_helped_by(self, place: Key) -> bool:
        pattern = self.pattern | self.own[place]
        left = self._certain(self.certain, [place], pattern)
        return self._faults([*self.places, place], pattern, left) < self._faults(
            self.places, self.pattern, self.certain
        )

    def decided(self) -> Decided:
        hidden = self.pattern
        if not self.is_safe:
            hidden = frozenset(_counts(self.tables[self.places[0]][0])) - {(TOTAL, TOTAL)}
        few = {place: self._few(place) for place in self.places}
        return Decided(hidden, not self._certain(few, self.places, hidden, by_words=True))

    def _few(self, place: Key) -> list[Place]:
        counts = _counts(self.tables[place][0])
        return [where for where, count in counts.items() if is_few(count) and where != (TOTAL, TOTAL)]

    def _certain(
        self, numbers: Mapping[Key, list[Place]], others: Sequence[Key], pattern: Pattern, *, by_words: bool = False
    ) -> dict[Key, list[Place]]:
        """Those of the small numbers that could be no other. `by_words`: for who knows, too, what the words «fewer than
        5» and «not told» say."""
        found = {}
        for place, certain in numbers.items():
            alone = pattern if self.above is None else pattern & self.above.hidden
            pairs = [(alone, place), *((pattern, each) for each in others if self.above is not None and each != place)]
            for hidden, other in pairs:
                if certain:
                    circle = self._exchange(hidden, place, other, by_words=by_words)
                    certain = [each for each in certain if circle.is_certain(each)]
            if certain:
                found[place] = certain
        return found

    def _exchange(self, hidden: Pattern, place: Key, other: Key, *, by_words: bool) -> "_Circle":
        """What can flow at one place while as much flows back at the other; at one alone where both are the same."""
        here, there = self.tables[place], self.tables[other]
        if place in self.loose and other in self.loose:
            here, there = here[:1], there[:1]
        circle = _Circle()
        for where in hidden:
            more, less = _steps(here, where, by_words)
            if other != place:
                back, forth = _steps(there, where, by_words)
                more, less = more and forth, less and back
            elif self.above is not None:
                up, down = _steps(self.above.tables[:1], where, by_words)
                more, less = more and up, less and down
            circle.open(where, more=more, less=less)
        return circle


def _steps(tables: Tables, place: Place, by_words: bool) -> tuple[bool, bool]:
    """Whether one more, and one less, could be there."""
    more = less = True
    for counts in map(_counts, tables):
        up, down = _step(counts[place], by_words=by_words and not is_few(counts[TOTAL, TOTAL]))
        more, less = more and up, less and down
    return more, less


def _step(count: int, *, by_words: bool) -> tuple[bool, bool]:
    """The words say: a small number is between 1 and 4, any other kept back is nothing or at least 5."""
    if not by_words:
        return True, count > 0
    return (count < FEWEST - 1, count > 1) if is_few(count) else (count > 0, count > FEWEST)
