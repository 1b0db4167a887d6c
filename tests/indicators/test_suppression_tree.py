"""Numbers kept back in a tree of places: nothing that is told, at whatever place, lets one of them be computed.

Everything that is told is a set of linear equations over the numbers of all places; a number is given away exactly when
its value is the same in every solution. Solved with fractions, not with floats.
"""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.queries.suppression import FEWEST, TOTAL, is_few, pattern_of, patterns_in_tree

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


def at(rows, place) -> int:
    row, column = place
    chosen = rows if row == TOTAL else [rows[row]]
    return sum(sum(each) if column == TOTAL else each[column] for each in chosen)


def given_away(rows: dict, hidden: dict) -> list[tuple[str, tuple[int, int]]]:
    """Numbers kept back that follow from the others, by elimination over the inner numbers of the leaves."""
    inner = list(product(range(SEXES), range(AGES)))
    unknown = {key: n for n, key in enumerate(product(LEAVES, inner))}

    def vector(unit, place):
        found = [Fraction(0)] * len(unknown)
        for leaf in leaves_of(unit):
            for cell in inner:
                if place[0] in (TOTAL, cell[0]) and place[1] in (TOTAL, cell[1]):
                    found[unknown[leaf, cell]] = Fraction(1)
        return found

    basis: list[tuple[int, list[Fraction]]] = []

    def reduced(row):
        for pivot, each in basis:
            if row[pivot]:
                factor = row[pivot]
                row = [a - factor * b for a, b in zip(row, each, strict=True)]
        return row

    for unit, place in product(rows, PLACES):
        if place not in hidden[unit]:
            row = reduced(vector(unit, place))
            pivot = next((n for n, value in enumerate(row) if value), None)
            if pivot is not None:
                basis.append((pivot, [value / row[pivot] for value in row]))
    return [(unit, place) for unit in rows for place in hidden[unit] if not any(reduced(vector(unit, place)))]


def leaves_of(unit):
    return [leaf for each in TREE[unit] for leaf in leaves_of(each)] if unit in TREE else [unit]


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_nothing_kept_back_follows_from_what_is_told_anywhere_in_the_tree(leaves):
    rows = whole_tree(leaves)
    hidden = patterns_in_tree("nước", TREE, rows)

    assert given_away(rows, hidden) == []
    for unit, place in product(rows, PLACES):
        if is_few(at(rows[unit], place)) and place != (TOTAL, TOTAL):
            assert place in hidden[unit], (unit, place)


@settings(max_examples=50, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_the_whole_of_a_place_is_never_kept_back_and_the_same_is_kept_back_each_time(leaves):
    rows = whole_tree(leaves)
    hidden = patterns_in_tree("nước", TREE, rows)

    assert all((TOTAL, TOTAL) not in each for each in hidden.values())
    assert hidden == patterns_in_tree("nước", TREE, rows)


@settings(max_examples=50, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(LEAVES, profile)))
def test_what_is_told_of_a_place_does_not_hang_on_what_else_is_asked_for(leaves):
    """Deciding without the communes of other provinces comes to the same."""
    rows = whole_tree(leaves)
    hidden = patterns_in_tree("nước", TREE, rows)
    fewer = {unit: each for unit, each in rows.items() if unit not in TREE["tỉnh B"]}

    assert patterns_in_tree("nước", TREE, fewer) == {unit: hidden[unit] for unit in fewer}


def test_one_place_that_hides_beside_others_that_would_not_takes_another_with_it():
    plain, with_few = ((20, 20, 20), (20, 20, 20)), ((3, 20, 20), (20, 20, 20))
    bigger = ((30, 30, 30), (30, 30, 30))
    rows = whole_tree(dict.fromkeys(LEAVES, bigger) | {"xã 1": with_few, "xã 2": plain})

    hidden = patterns_in_tree("nước", TREE, rows)

    assert hidden["xã 1"] == hidden["xã 2"] == pattern_of(with_few)
    assert hidden["xã 3"] == hidden["xã 4"] == hidden["tỉnh A"] == frozenset()


def test_one_reporting_place_hides_what_the_place_above_hides():
    nobody = ((0, 0, 0), (0, 0, 0))
    rows = whole_tree(dict.fromkeys(LEAVES, nobody) | {"xã 1": ((3, 20, 20), (20, 20, 20)), "xã 4": ((9, 9, 9),) * 2})

    hidden = patterns_in_tree("nước", TREE, rows)

    assert hidden["xã 1"] == hidden["tỉnh A"] != frozenset()


def test_small_numbers_that_stand_beside_a_told_sum_do_not_come_to_a_small_number():
    """Two places hide 1 and 1 of a kind; the rest of the country is told: so a third one hides with them."""
    few = ((1, 20, 20), (20, 20, 20))
    plain = ((30, 30, 30), (30, 30, 30))
    rows = whole_tree(dict.fromkeys(LEAVES, plain) | {"xã 1": few, "xã 2": few})

    hidden = patterns_in_tree("nước", TREE, rows)

    together = [unit for unit in TREE["tỉnh A"] if (0, 0) in hidden[unit]]
    assert sum(at(rows[unit], (0, 0)) for unit in together) >= FEWEST
