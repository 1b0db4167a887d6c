"""Small numbers kept back: what is told leaves every number kept back open, tried against all tables that fit."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.queries.suppression import (
    FEWEST,
    TOTAL,
    SafeTable,
    Shown,
    count_words,
    is_few,
    safe_table,
)


def shown(table: SafeTable, rows: int, columns: int) -> list[list[str]]:
    return [[table.words(r, c) for c in [*range(columns), TOTAL]] for r in [*range(rows), TOTAL]]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, "dưới 5"), (4, "dưới 5"), (5, "5"), (1234, "1.234"), (None, "–")]
)
def test_number_of_people_is_told_from_five_on(count, words):
    assert count_words(count) == words


def test_table_without_small_numbers_is_told_whole():
    table = safe_table([[5, 0], [12, 30]])

    assert shown(table, 2, 2) == [["5", "0", "5"], ["12", "30", "42"], ["17", "30", "47"]]


def test_small_number_takes_others_with_it_so_that_totals_do_not_tell_it():
    table = safe_table([[3, 20, 8], [15, 30, 9]])

    assert table.words(0, 0) == "dưới 5"
    assert table.shown[TOTAL, TOTAL] is Shown.AS_IT_IS
    for row in (0, 1):
        assert sum(table.number(row, column) is None for column in (0, 1, 2, TOTAL)) != 1
    for column in (0, 1, 2):
        assert sum(table.number(row, column) is None for row in (0, 1, TOTAL)) != 1


def test_two_small_numbers_that_can_only_be_one_and_one_are_not_left_so():
    """2 = 1 + 1 and 8 = 4 + 4, once it is known that both are between 1 and 4."""
    for row in ([1, 1, 50], [4, 4, 50]):
        table = safe_table([row, [20, 20, 20]])
        assert table.number(0, TOTAL) is None or table.number(0, 2) is None


def test_one_small_number_and_nothing_else_is_not_shown_at_all():
    assert safe_table([[3, 0], [0, 0]]) is None
    assert safe_table([[0, 0], [2, 1]]) is None


def test_empty_table_is_zeros():
    assert shown(safe_table([[0, 0]]), 1, 2) == [["0", "0", "0"], ["0", "0", "0"]]


def fitting(counts: dict, known: dict, rows: int, columns: int) -> list[dict]:
    """Tables that fit what is told, cell by cell: all those near the true one."""
    cells = [(r, c) for r in range(rows) for c in range(columns)]

    def possible(place):
        if known[place] is Shown.AS_IT_IS:
            return [counts[place]]
        return (
            range(1, FEWEST) if known[place] is Shown.FEW else range(max(FEWEST, counts[place] - 2), counts[place] + 3)
        )

    found = []
    for choice in product(*(possible(cell) for cell in cells)):
        table = dict(zip(cells, choice, strict=True))
        table |= {(r, TOTAL): sum(table[r, c] for c in range(columns)) for r in range(rows)}
        table |= {(TOTAL, c): sum(table[r, c] for r in range(rows)) for c in range(columns)}
        table[TOTAL, TOTAL] = sum(table[cell] for cell in cells)
        if all(table[place] in possible(place) for place in counts):
            found.append(table)
    return found


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=3))
def test_nothing_kept_back_can_be_computed_from_what_is_told(rows):
    table = safe_table(rows)
    if table is None:
        return

    tables = fitting(table.counts, table.shown, len(rows), 2)

    assert table.counts in tables
    for place, state in table.shown.items():
        assert (state is Shown.AS_IT_IS) == (len({each[place] for each in tables}) == 1)
        assert state is not Shown.AS_IT_IS or not is_few(table.counts[place])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=8, max_size=8))
def test_pyramid_shows_no_small_number_and_keeps_its_total(rows):
    table = safe_table(rows)

    if table is not None:
        assert table.words(TOTAL, TOTAL) != "không nêu"
        assert all(
            state is not Shown.AS_IT_IS or not is_few(table.counts[place]) for place, state in table.shown.items()
        )
