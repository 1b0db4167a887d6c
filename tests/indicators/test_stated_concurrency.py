"""Two people, or one who presses twice: what is confirmed at the same moment is stated once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.models import PreviewedImport, Statement
from hocsuotdoi.indicators.operations.stated import (
    AlreadyUndone,
    ChangedMeanwhile,
    Sent,
    plan_of,
    preview_figures,
    state_figures,
    undo_statement,
)
from hocsuotdoi.indicators.queries.stated import Asked
from hocsuotdoi.ledger.models import Entry, Posting
from tests.factories.accounts import PersonFactory
from tests.factories.ledger import noon
from tests.factories.places import InstitutionFactory, UnitFactory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional_db")]

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)


def at_once(*acts):
    """Run `acts` in threads that begin together; their results, a refusal being one too."""
    barrier = Barrier(len(acts))

    def run(act):
        close_old_connections()
        try:
            barrier.wait(10)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def unit(transactional_db):
    unit = UnitFactory()
    InstitutionFactory(code="thu-vien", unit=unit)
    return unit


def preview(unit, quantity, by) -> PreviewedImport:
    asked = [Asked("thu-vien", StatedColumn.LOAN, quantity)]
    sent = Sent(StatingWay.CSV, "Báo cáo giấy")
    return preview_figures(unit, period=Period(2026, quarter=3), asked=asked, sent=sent, by=by, at=NOW)


def confirming(one: PreviewedImport, by):
    seen = plan_of(one, TODAY).digest
    return lambda: state_figures(one, seen=seen, in_addition=False, reason="Đếm lại", by=by, at=NOW)


def test_one_preview_confirmed_by_two_clicks_is_stated_once(unit):
    by = PersonFactory()
    act = confirming(preview(unit, 120, by), by)

    first, second = at_once(act, act)

    assert isinstance(first, Statement)
    assert first == second
    assert Posting.objects.count() == 1


def test_two_sheets_with_the_same_figure_do_not_both_count(unit):
    people = [PersonFactory(), PersonFactory()]
    acts = [confirming(preview(unit, quantity, by), by) for quantity, by in zip((10, 20), people, strict=True)]

    results = at_once(*acts)

    assert sorted(type(each).__name__ for each in results) == [ChangedMeanwhile.__name__, Statement.__name__]
    assert sum(Entry.objects.values_list("quantity", flat=True)) in (10, 20)


def test_one_statement_undone_by_two_is_undone_once(unit):
    by = PersonFactory()
    statement = confirming(preview(unit, 10, by), by)()

    results = at_once(*[lambda: undo_statement(statement, reason="Nhầm", by=by, at=NOW)] * 2)

    assert sorted(type(each).__name__ for each in results) == [AlreadyUndone.__name__, Statement.__name__]
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 0
