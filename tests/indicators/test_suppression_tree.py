"""Numbers kept back in a tree of places: nothing that is told, at whatever place, lets one of them be computed.

Everything that is told is a set of linear equations over the numbers of all places; a number is given away exactly when
its value is the same in every solution. Solved with fractions, not with floats.
"""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.queries.suppression import (
    FEWEST,
    TOTAL,
    decide_together,
    is_few,
    pattern_of,
    patterns_in_tree,
)
from tests.support.depth import cases

SEXES, AGES = 2, 3
PLACES = [(r, c) for r in [*range(SEXES), TOTAL] for c in [*range(AGES), TOTAL]]
TREE = {"nước": ["tỉnh A", "tỉnh B", "tỉnh C"], "tỉnh A": ["xã 1", "xã 2", "xã 3"], "tỉnh B": ["xã 4", "xã 5"]}
LEAVES = ["xã 1", "xã 2", "xã 3", "xã 4", "xã 5", "tỉnh C"]

number = st.one_of(st.integers(0, 6), st.integers(0, 40), st.just(0))
profile = st.tuples(*[st.tuples(*[number] * AGES)] * SEXES)


def whole_tree(leaves: dict) -> dict:
    rows = dict(leaves)
    for place in ("tỉnh A", "tỉnh B", "nước"):
        below = [rows[each] for each in TREE[place]]
        rows[place] = tuple(tuple(sum(each[r][c] for each in below) for c in range(AGES)) for r in range(SEXES))
    return rows


def hidden_in(rows: dict) -> dict:
    decided = patterns_in_tree("nước", TREE, {unit: (each,) for unit, each in rows.items()})
    return {unit: each.hidden for unit, each in decided.items()}


def at(rows, place) -> int:
    row, column = place
    chosen = rows if row == TOTAL else [rows[row]]
    return sum(sum(each) if column == TOTAL else each[column] for each in chosen)


def given_away(rows: dict, hidden: dict) -> list[tuple[str, tuple[int, int]]]:
    """Numbers kept back that follow from the others, by elimination over the inner numbers of the leaves."""
    return [key[1:] for key in followed({"": hidden}, [("", "")])]


def followed(hidden: dict, made_of: list[tuple[str, str]]) -> list[tuple[str, str, tuple[int, int]]]:
    """Of several measures: those numbers kept back that follow from all that is told. `made_of`: each measure with each
    of the kinds of which it is made, over which nothing is known."""
    inner = list(product(range(SEXES), range(AGES)))
    kinds = sorted({kind for _measure, kind in made_of})
    unknown = {key: n for n, key in enumerate(product(kinds, LEAVES, inner))}

    def vector(measure, unit, place):
        found = [Fraction(0)] * len(unknown)
        for (of, kind), leaf, cell in product(made_of, leaves_of(unit), inner):
            if of == measure and place[0] in (TOTAL, cell[0]) and place[1] in (TOTAL, cell[1]):
                found[unknown[kind, leaf, cell]] = Fraction(1)
        return found

    basis: list[tuple[int, list[Fraction]]] = []

    def reduced(row):
        for pivot, each in basis:
            if row[pivot]:
                factor = row[pivot]
                row = [a - factor * b if b else a for a, b in zip(row, each, strict=True)]
        return row

    kept_back = []
    for measure, units in hidden.items():
        for unit, place in product(units, PLACES):
            if place in units[unit]:
                kept_back.append((measure, unit, place))
                continue
            row = reduced(vector(measure, unit, place))
            pivot = next((n for n, value in enumerate(row) if value), None)
            if pivot is not None:
                basis.append((pivot, [value / row[pivot] for value in row]))
    return [each for each in kept_back if not any(reduced(vector(*each)))]


def leaves_of(unit):
    return [leaf for each in TREE[unit] for leaf in leaves_of(each)] if unit in TREE else [unit]


@pytest.mark.slow
@settings(max_examples=cases(60), deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_nothing_kept_back_follows_from_what_is_told_anywhere_in_the_tree(leaves):
    rows = whole_tree(leaves)
    hidden = hidden_in(rows)

    assert given_away(rows, hidden) == []
    for unit, place in product(rows, PLACES):
        if is_few(at(rows[unit], place)) and place != (TOTAL, TOTAL):
            assert place in hidden[unit], (unit, place)


@settings(max_examples=50, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_the_whole_of_a_place_is_never_kept_back_and_the_same_is_kept_back_each_time(leaves):
    rows = whole_tree(leaves)
    hidden = hidden_in(rows)

    assert all((TOTAL, TOTAL) not in each for each in hidden.values())
    assert hidden == hidden_in(rows)


@settings(max_examples=50, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_what_is_told_of_a_place_does_not_hang_on_what_else_is_asked_for(leaves):
    """Deciding without the communes of other provinces comes to the same."""
    rows = whole_tree(leaves)
    hidden = hidden_in(rows)
    fewer = {unit: each for unit, each in rows.items() if unit not in TREE["tỉnh B"]}

    assert hidden_in(fewer) == {unit: hidden[unit] for unit in fewer}


def test_one_place_that_hides_beside_others_that_would_not_takes_another_with_it():
    plain, with_few = ((20, 20, 20), (20, 20, 20)), ((3, 20, 20), (20, 20, 20))
    bigger = ((30, 30, 30), (30, 30, 30))
    rows = whole_tree(dict.fromkeys(LEAVES, bigger) | {"xã 1": with_few, "xã 2": plain})

    hidden = hidden_in(rows)

    assert hidden["xã 1"] == hidden["xã 2"] == pattern_of(with_few)
    assert hidden["xã 3"] == hidden["xã 4"] == hidden["tỉnh A"] == frozenset()


def test_one_reporting_place_hides_what_the_place_above_hides():
    nobody = ((0, 0, 0), (0, 0, 0))
    rows = whole_tree(dict.fromkeys(LEAVES, nobody) | {"xã 1": ((3, 20, 20), (20, 20, 20)), "xã 4": ((9, 9, 9),) * 2})

    hidden = hidden_in(rows)

    assert hidden["xã 1"] == hidden["tỉnh A"] != frozenset()


def test_small_numbers_that_stand_beside_a_told_sum_do_not_come_to_a_small_number():
    """Two places hide 1 and 1 of a kind; the rest of the country is told: so a third one hides with them."""
    few = ((1, 20, 20), (20, 20, 20))
    plain = ((30, 30, 30), (30, 30, 30))
    rows = whole_tree(dict.fromkeys(LEAVES, plain) | {"xã 1": few, "xã 2": few})

    hidden = hidden_in(rows)

    together = [unit for unit in TREE["tỉnh A"] if (0, 0) in hidden[unit]]
    assert sum(at(rows[unit], (0, 0)) for unit in together) >= FEWEST


# --- a whole and its parts ---

KINDS = ["thư viện", "trung tâm"]
ATTENDANCE = "lượt tham gia"
of_kinds = st.fixed_dictionaries(dict.fromkeys(LEAVES, profile))


def decided_of(parts: dict, online: dict | None) -> tuple[dict, dict]:
    """Attendance, and each kind of visits it makes: rows and what is kept back, by measure and unit."""
    rows = {kind: whole_tree(part) for kind, part in parts.items()}
    all_of_it = [*rows.values(), *([whole_tree(online)] if online else [])]
    rows[ATTENDANCE] = {
        unit: tuple(tuple(sum(each[unit][r][c] for each in all_of_it) for c in range(AGES)) for r in range(SEXES))
        for unit in rows[KINDS[0]]
    }
    decided = decide_together("nước", TREE, rows[ATTENDANCE], [rows[kind] for kind in KINDS])
    names = [ATTENDANCE, *KINDS]
    return rows, {name: {u: d.hidden for u, d in of.items()} for name, of in zip(names, decided, strict=True)}


@pytest.mark.slow
@settings(max_examples=cases(25), deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(KINDS, of_kinds)), st.one_of(st.none(), of_kinds))
def test_no_number_follows_from_attendance_and_the_visits_it_makes(parts, online):
    """Wherever nobody is online, attendance is the sum of the kinds of visits, number by number."""
    rows, hidden = decided_of(parts, online)

    made_of = [(kind, kind) for kind in KINDS] + [(ATTENDANCE, kind) for kind in KINDS]
    assert followed(hidden, made_of + ([(ATTENDANCE, "qua mạng")] if online else [])) == []
    for name, unit, place in product(rows, TREE["tỉnh A"], PLACES):
        if is_few(at(rows[name][unit], place)) and place != (TOTAL, TOTAL):
            assert place in hidden[name][unit], (name, unit, place)


def test_small_number_of_visits_hides_the_attendance_of_the_same():
    """13 of 16 came to the centre, so 3 to the library."""
    many = ((30, 30, 30), (30, 30, 30))
    library = dict.fromkeys(LEAVES, many) | {"xã 1": ((3, 20, 20), (20, 20, 20))}
    centre = dict.fromkeys(LEAVES, many) | {"xã 1": ((13, 20, 20), (20, 20, 20))}

    _rows, hidden = decided_of({"thư viện": library, "trung tâm": centre}, None)

    assert (0, 0) in hidden["thư viện"]["xã 1"] & hidden[ATTENDANCE]["xã 1"]
    assert hidden["trung tâm"]["xã 1"] == frozenset()


def test_few_who_were_online_are_hidden_in_the_attendance():
    many = ((30, 30, 30), (30, 30, 30))
    parts = dict.fromkeys(KINDS, dict.fromkeys(LEAVES, many))
    online = dict.fromkeys(LEAVES, ((0, 0, 0), (0, 0, 0))) | {"xã 1": ((2, 0, 0), (0, 9, 0))}

    _rows, hidden = decided_of(parts, online)

    assert (0, 0) in hidden[ATTENDANCE]["xã 1"]


# --- who reasons with the words, too ---


def test_words_leave_more_than_one_number_over_two_places():
    """1 and 5 beside a told sum: «fewer than 5» and «not told» that make 6 can only be these."""
    rows = whole_tree(
        dict.fromkeys(LEAVES, ((30, 30, 30), (30, 30, 30)))
        | {"xã 4": ((1, 20, 20), (20, 20, 20)), "xã 5": ((5, 20, 20), (20, 20, 20))}
    )

    decided = patterns_in_tree("nước", TREE, {unit: (each,) for unit, each in rows.items()})

    assert (0, 0) in decided["xã 4"].hidden & decided["xã 5"].hidden
    assert not decided["xã 4"].names_few
    assert (0, 0) not in decided["tỉnh B"].hidden


@pytest.mark.slow
@settings(max_examples=cases(60), deadline=None)
@given(st.lists(st.tuples(*[st.tuples(*[st.integers(0, 7)] * 2)] * 2), min_size=2, max_size=2))
def test_each_small_number_of_two_places_can_be_two_numbers(profiles):
    """All tables of two places are tried that are within three of the true numbers: of those that fit everything that
    is told of both and of the place above them, in numbers and in words, no two agree in a small number."""
    rows = dict(zip(PAIR, profiles, strict=True))
    rows["tỉnh"] = added(*profiles)
    decided = patterns_in_tree("tỉnh", {"tỉnh": PAIR}, {place: (each,) for place, each in rows.items()})

    told = {place: words_of(rows[place], decided[place]) for place in rows}
    first, second = (fitting(rows[place], told[place]) for place in PAIR)
    together = set(fitting(rows["tỉnh"], told["tỉnh"]))
    books = [(one, other) for one, other in product(first, second) if added(one, other) in together]
    assert tuple(profiles) in books, "the truth itself fits"
    for place, where in product(PAIR, SMALL[:-1]):
        if is_few(at(rows[place], where)) and not is_of_one_kind(rows["tỉnh"]):
            assert len({at(book[PAIR.index(place)], where) for book in books}) > 1, (place, where)


PAIR = ["xã 1", "xã 2"]
SMALL = [(r, c) for r in [0, 1, TOTAL] for c in [0, 1, TOTAL]]
NEAR = range(-3, 4)


def is_of_one_kind(rows) -> bool:
    """All are of one sex or of one age: then that is so of everybody who is there."""
    return sum(map(any, rows)) < 2 or sum(map(any, zip(*rows, strict=True))) < 2


def added(one, other):
    return tuple(tuple(map(sum, zip(x, y, strict=True))) for x, y in zip(one, other, strict=True))


def words_of(rows, decided) -> dict:
    """What is known of each number: from, to, and whether nothing could be meant."""
    whole = at(rows, (TOTAL, TOTAL))
    found = {}
    for where in SMALL:
        count = at(rows, where)
        if where == (TOTAL, TOTAL) or (where not in decided.hidden and not is_few(whole)):
            found[where] = (count, count, False)
        elif not decided.names_few or is_few(whole):
            found[where] = (0, whole, True)
        elif is_few(count):
            found[where] = (1, FEWEST - 1, False)
        else:
            found[where] = (FEWEST, whole, True)
    return found


def fitting(rows, told: dict) -> list:
    found = []
    for a, b, c in product(NEAR, NEAR, NEAR):
        each = added(rows, ((a, b), (c, -a - b - c)))
        numbers = {where: at(each, where) for where in SMALL}
        if min(numbers.values()) >= 0 and all(
            low <= numbers[where] <= high or (not numbers[where] and or_none)
            for where, (low, high, or_none) in told.items()
        ):
            found.append(each)
    return found
