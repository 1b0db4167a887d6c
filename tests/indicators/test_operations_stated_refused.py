"""Stating figures: what is refused, by the operations and by the database."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatingWay
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure
from hocsuotdoi.indicators.operations.stated import (
    BadPeriod,
    CannotBeStated,
    ChangedMeanwhile,
    NothingStated,
    NotSaidInAddition,
    PreviewGone,
    ReasonMissing,
    Sent,
    SourceMissing,
    plan_of,
    preview_figures,
    state_figures,
)
from hocsuotdoi.indicators.queries.stated import Asked, sheet_of
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.accounts import PersonFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.indicators import test_operations_stated as stating
from tests.indicators.test_operations_stated import NOW, Q3, TODAY, C, loans, total

library, officer, state = stating.library, stating.officer, stating.state


def test_source_is_asked_for(viet_nam, library, officer):
    with pytest.raises(SourceMissing):
        preview_figures(viet_nam.xa, period=Q3, asked=[loans(1)], sent=Sent(StatingWay.CSV, "  "), by=officer, at=NOW)


def test_period_to_come_is_refused(library, state):
    with pytest.raises(BadPeriod):
        state(loans(1), period=Period(2026, month=12))


def test_nothing_new_is_refused(library, state):
    state(loans(1))
    with pytest.raises(NothingStated):
        state(loans(1))
    with pytest.raises(NothingStated):
        state()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked("nam", C.LOAN, 1, "E6"), "Thư viện Nam không hoạt động ở Xã Mới trong quý III/2026."),
        (Asked("khong-co", C.LOAN, 1, "E6"), "Không có cơ sở nào mang mã “khong-co”."),
        (Asked("dong", C.LOAN, 1, "E6"), "Thư viện đóng không hoạt động ở Xã Mới trong quý III/2026."),
        (
            Asked("thu-vien", C.CENTRE_VISIT, 1, "E6"),
            "Loại cơ sở này không có “lượt người đến trung tâm văn hóa”. Hãy để trống ô.",
        ),
    ],
)
def test_figure_that_cannot_be_stated_is_named_and_nothing_is_written(viet_nam, library, state, asked, told):
    InstitutionFactory(code="nam", name="Thư viện Nam", unit=viet_nam.nam)
    InstitutionFactory(code="dong", name="Thư viện đóng", unit=viet_nam.xa, state=InstitutionState.CLOSED)

    with pytest.raises(CannotBeStated) as refused:
        state(loans(1), asked)

    assert [(each.at, each.reason) for each in refused.value.problems] == [("E6", told)]
    assert not Posting.objects.exists()
    assert not PreviewedImport.objects.exists()


def test_periods_that_overlap_are_refused(library, state):
    state(loans(10))

    for period in (Period(2026), Period(2026, month=8)):
        with pytest.raises(CannotBeStated) as refused:
            state(loans(1), period=period)
        assert str(refused.value) == "Đã có số của quý III/2026; thêm số này là tính hai lần."
    state(loans(1), period=Period(2026, quarter=2))


def test_figure_beside_what_the_system_recorded_must_be_said_to_be_in_addition(viet_nam, library, state):
    make_posting(library, dt.date(2026, 8, 1), measure=MeasureCode.LOAN, quantity=7)

    with pytest.raises(NotSaidInAddition):
        state(loans(10))

    state(loans(10), in_addition=True)
    assert total(viet_nam) == 17
    assert StatedFigure.objects.get().recorded == 7


def test_what_the_system_recorded_in_another_period_does_not_matter(viet_nam, library, state):
    make_posting(library, dt.date(2026, 10, 1), measure=MeasureCode.LOAN, quantity=7)

    state(loans(10))

    assert total(viet_nam) == 17


def test_a_sheet_is_three_queries_and_does_not_read_the_book(viet_nam, library):
    make_posting(library, dt.date(2026, 8, 3), measure=MeasureCode.LOAN, quantity=7)
    with CaptureQueriesContext(connection) as captured:
        sheet = sheet_of(viet_nam.xa, Q3, TODAY)
    assert sheet.recorded[library.pk, C.LOAN] == 7
    assert len(captured) == 3
    assert not any('FROM "ledger_entry"' in query["sql"] for query in captured)


def test_figures_since_which_the_system_recorded_more_are_found(viet_nam, library, state):
    state(loans(10))
    assert sheet_of(viet_nam.xa, Q3, TODAY).grown() == []

    make_posting(library, dt.date(2026, 8, 1), measure=MeasureCode.LOAN, quantity=7)

    assert [(each[0], each[1], each[3]) for each in sheet_of(viet_nam.xa, Q3, TODAY).grown()] == [(library, C.LOAN, 7)]


def test_change_without_a_reason_is_refused_and_changes_nothing(viet_nam, library, state):
    state(loans(10))

    with pytest.raises(ReasonMissing):
        state(loans(11))

    assert total(viet_nam) == 10


def test_plan_that_is_not_any_more_what_was_seen_is_refused(viet_nam, library, officer, state):
    preview = preview_figures(
        viet_nam.xa, period=Q3, asked=[loans(10)], sent=Sent(StatingWay.CSV, "Giấy"), by=PersonFactory(), at=NOW
    )
    seen = plan_of(preview, TODAY).digest
    state(loans(4))

    with pytest.raises(ChangedMeanwhile):
        state_figures(preview, seen=seen, in_addition=False, reason="Đếm lại", by=officer, at=NOW)

    assert total(viet_nam) == 4


def test_preview_thrown_away_by_a_newer_one_cannot_be_confirmed(viet_nam, library, officer):
    sent = Sent(StatingWay.CSV, "Giấy")
    old = preview_figures(viet_nam.xa, period=Q3, asked=[loans(1)], sent=sent, by=officer, at=NOW)
    preview_figures(viet_nam.xa, period=Q3, asked=[loans(2)], sent=sent, by=officer, at=NOW)

    with pytest.raises(PreviewGone):
        state_figures(old, seen="", in_addition=False, reason="", by=officer, at=NOW)


def test_statements_and_figures_are_never_changed(library, state):
    statement = state(loans(10))
    for row in (statement, statement.figures.get()):
        with pytest.raises(Exception, match=r"Cannot update|never changed|refused"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(period="2025")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"quantity": None}, "stated_figure_is_posted"),
        ({"posting_id": None}, "stated_figure_is_posted"),
        ({"ends_on": dt.date(2026, 7, 1)}, "stated_period_ends_after_it_starts"),
        ({"revision": 1}, "stated_figure_once"),
    ],
)
def test_figure_that_contradicts_itself_is_refused_by_the_database(library, state, change, constraint):
    figure = state(loans(10)).figures.get()
    figure.pk, figure.revision = None, 2
    for name, value in change.items():
        setattr(figure, name, value)
    figure._state.adding = True
    figure.pk = StatedFigure().pk

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        figure.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"source": ""}, "statement_names_its_source"),
        ({"way": StatingWay.UNDO}, "statement_undoing_names_what_and_why"),
    ],
)
def test_statement_without_source_or_cause_is_refused_by_the_database(library, state, change, constraint):
    statement = state(loans(10))
    for name, value in {"id": StatedFigure().pk, **change}.items():
        setattr(statement, name, value)
    statement._state.adding = True

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        statement.save(force_insert=True)


def test_figure_points_at_a_posting_of_its_own_institution_only(viet_nam, library, state):
    other = make_posting(InstitutionFactory(unit=viet_nam.nam), TODAY)
    figure = state(loans(10)).figures.get()
    figure.pk, figure.revision, figure.posting = StatedFigure().pk, 2, other
    figure._state.adding = True

    with pytest.raises(IntegrityError, match="same_institution"), transaction.atomic():
        figure.save(force_insert=True)
        connection.check_constraints()
