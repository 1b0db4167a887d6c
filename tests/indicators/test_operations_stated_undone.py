"""Stating figures: undoing, and the laws that it keeps."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.models import StatedFigure
from hocsuotdoi.indicators.operations.stated import (
    AlreadyUndone,
    NothingStated,
    ReasonMissing,
    ReplacedLater,
    UndoingIsFinal,
    undo_statement,
)
from hocsuotdoi.indicators.queries.stated import Asked, sheet_of
from hocsuotdoi.indicators.queries.values import counts_for
from hocsuotdoi.ledger.queries.entries import standing_postings
from hocsuotdoi.ledger.queries.soundness import contradictions
from tests.factories.ledger import noon
from tests.factories.places import InstitutionFactory
from tests.indicators import test_operations_stated as stating
from tests.indicators.test_operations_stated import NOW, Q3, TODAY, C, loans, total
from tests.support.depth import cases

library, officer, state = stating.library, stating.officer, stating.state


def test_undoing_restores_what_stood_before_on_its_day(viet_nam, library, officer, state):
    state(loans(10), loans(0, column=C.IN_HOUSE_USE), period=Period(2026))
    later = noon(TODAY) + dt.timedelta(days=5)
    second = state(loans(30), loans(4, column=C.SESSION), period=Period(2026), reason="Đếm lại", at=later)

    undo_statement(second, reason="Nhập nhầm tệp", by=officer, at=later)

    sheet = sheet_of(viet_nam.xa, Period(2026), later.date())
    assert [sheet.quantity((library.pk, column)) for column in (C.LOAN, C.IN_HOUSE_USE, C.SESSION)] == [10, 0, None]
    assert total(viet_nam) == 10
    assert {each.occurred_on for each in standing_postings()} == {TODAY}
    assert contradictions() == []


def test_undoing_is_refused_without_reason_twice_and_of_an_undoing(library, officer, state):
    statement = state(loans(10))
    with pytest.raises(ReasonMissing):
        undo_statement(statement, reason=" ", by=officer, at=NOW)
    undoing = undo_statement(statement, reason="Nhầm", by=officer, at=NOW)

    with pytest.raises(AlreadyUndone):
        undo_statement(statement, reason="Nhầm", by=officer, at=NOW)
    with pytest.raises(UndoingIsFinal):
        undo_statement(undoing, reason="Nhầm", by=officer, at=NOW)


def test_undoing_what_a_later_statement_replaced_is_refused_until_that_is_undone(viet_nam, library, officer, state):
    first = state(loans(10))
    second = state(loans(20), reason="Đếm lại")
    with pytest.raises(ReplacedLater):
        undo_statement(first, reason="Nhầm", by=officer, at=NOW)

    undo_statement(second, reason="Nhầm", by=officer, at=NOW)
    assert total(viet_nam) == 10
    undo_statement(first, reason="Nhầm", by=officer, at=NOW)
    assert total(viet_nam) == 0
    assert sheet_of(viet_nam.xa, Q3, TODAY).reported == set()
    assert contradictions() == []


def test_what_was_taken_back_does_not_stand_again_beside_what_was_stated_meanwhile(viet_nam, library, officer, state):
    """The year is taken back, a month of it stated: both together would count twice."""
    year, march = Period(2026), Period(2026, month=3)
    state(loans(1200), period=year)
    taken_back = state(loans(None), period=year, reason="Nhập theo tháng")
    by_month = state(loans(100), period=march)
    with pytest.raises(ReplacedLater, match="tháng 3"):
        undo_statement(taken_back, reason="Nhầm", by=officer, at=NOW)
    assert total(viet_nam) == 100

    undo_statement(by_month, reason="Nhầm", by=officer, at=NOW)
    undo_statement(taken_back, reason="Nhầm", by=officer, at=NOW)
    assert total(viet_nam) == 1200


def test_undoing_reaches_through_what_was_stated_and_undone_between(viet_nam, library, officer, state):
    first = state(loans(10))
    for quantity in (20, 30):
        undo_statement(state(loans(quantity), reason="Đếm lại"), reason="Nhầm", by=officer, at=NOW)
    third = state(loans(40), reason="Đếm lại")
    undo_statement(third, reason="Nhầm", by=officer, at=NOW)
    undo_statement(first, reason="Nhầm", by=officer, at=NOW)

    assert total(viet_nam) == 0
    state(loans(7))
    assert total(viet_nam) == 7


columns = st.sampled_from([C.LOAN, C.LIBRARY_VISIT, C.SESSION])


sheets = st.dictionaries(
    st.tuples(st.sampled_from(["a0", "a1", "a2"]), columns), st.integers(0, 50), min_size=1, max_size=6
)


def asked_of(sheet) -> list[Asked]:
    return [Asked(code, column, quantity) for (code, column), quantity in sheet.items()]


def everything(viet_nam) -> tuple:
    sheet = sheet_of(viet_nam.north, Q3, TODAY)
    return (
        [counts_for(unit, 2026, TODAY) for unit in (viet_nam.country, viet_nam.north, viet_nam.xa, viet_nam.phuong)],
        {spot: figure.quantity for spot, figure in sheet.stated.items() if figure.quantity is not None},
    )


@pytest.mark.slow
@settings(max_examples=cases(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=sheets, second=sheets)
def test_undone_statement_leaves_all_as_it_was(viet_nam, officer, state, first, second):
    with transaction.atomic():
        _three_libraries(viet_nam)
        state(*asked_of(first), unit=viet_nam.north)
        before = everything(viet_nam)
        try:
            statement = state(*asked_of(second), unit=viet_nam.north, reason="Sửa")
        except NothingStated:
            pass
        else:
            undo_statement(statement, reason="Nhầm", by=officer, at=NOW)
        assert everything(viet_nam) == before
        assert contradictions() == []
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=cases(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheet=sheets, data=st.data())
def test_order_of_sheets_does_not_matter(viet_nam, officer, state, sheet, data):
    """However a set of figures is divided into sheets, and in which order they come, the same stands in the end."""
    ends = []
    for _ in range(2):
        with transaction.atomic():
            _three_libraries(viet_nam)
            asked = data.draw(st.permutations(asked_of(sheet)))
            cut = data.draw(st.integers(0, len(asked)))
            for part in filter(None, (asked[:cut], asked[cut:])):
                state(*part, unit=viet_nam.north)
            figures = {
                (each[0], str(each[1])) for each in StatedFigure.objects.values_list("institution__code", "column")
            }
            counts, stated = everything(viet_nam)
            ends.append((counts, sorted(stated.values()), figures))
            transaction.set_rollback(True)
    assert ends[0] == ends[1]


def _three_libraries(viet_nam) -> None:
    for number, unit in enumerate([viet_nam.xa, viet_nam.xa, viet_nam.phuong]):
        InstitutionFactory(code=f"a{number}", unit=unit)
