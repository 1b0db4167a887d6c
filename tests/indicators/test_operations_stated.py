"""Stating figures: what is previewed, written and undone; what is refused; that totals and order hold."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure, Statement
from hocsuotdoi.indicators.operations.retention import forget
from hocsuotdoi.indicators.operations.stated import (
    AlreadyUndone,
    BadPeriod,
    CannotBeStated,
    ChangedMeanwhile,
    NothingStated,
    NotSaidInAddition,
    PreviewGone,
    ReasonMissing,
    ReplacedLater,
    Sent,
    SourceMissing,
    UndoingIsFinal,
    plan_of,
    preview_figures,
    state_figures,
    undo_statement,
)
from hocsuotdoi.indicators.queries.stated import Asked, ChangeKind, Leap, describe_stated, sheet_of, with_leaps
from hocsuotdoi.indicators.queries.values import counts_for, values_for
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind, Purpose
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.entries import standing_postings
from hocsuotdoi.ledger.queries.soundness import contradictions
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.support.depth import cases

C = StatedColumn
TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
Q3 = Period(2026, quarter=3)


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(code="thu-vien", unit=viet_nam.xa)


@pytest.fixture
def officer(db):
    return PersonFactory()


@pytest.fixture
def state(viet_nam, officer):
    """State figures as a person does: preview, look, confirm."""

    def act(*asked: Asked, period=Q3, reason="", in_addition=False, at=NOW, unit=None) -> Statement:
        preview = preview_figures(
            unit or viet_nam.xa,
            period=period,
            asked=asked,
            sent=Sent(StatingWay.CSV, "Báo cáo giấy"),
            by=officer,
            at=at,
        )
        seen = plan_of(preview, at.date()).digest
        return state_figures(preview, seen=seen, in_addition=in_addition, reason=reason, by=officer, at=at)

    return act


def loans(quantity, institution="thu-vien", column=C.LOAN) -> Asked:
    return Asked(institution, column, quantity, "E5")


def total(viet_nam, measure=MeasureCode.LOAN, year=2026) -> int:
    return counts_for(viet_nam.country, year, TODAY)[measure]


# -- writing --


def test_stated_figure_is_posted_on_the_last_day_of_its_period_with_its_origin(viet_nam, library, officer, state):
    statement = state(loans(120))

    posting = Posting.objects.get()
    assert (posting.kind, posting.occurred_on, posting.posted_by) == (
        PostingKind.STATED,
        dt.date(2026, 9, 30),
        officer.pk,
    )
    entry = Entry.objects.get()
    assert (entry.measure, entry.quantity, entry.purpose) == (MeasureCode.LOAN, 120, None)
    assert (statement.source, statement.way) == ("Báo cáo giấy", StatingWay.CSV)
    assert total(viet_nam) == 120
    told = describe_stated([posting.source_id])[posting.source_id]
    assert told.title == "Nhập tay: lượt mượn về, quý III/2026"
    assert told.detail == f"{library.name}; nguồn: Báo cáo giấy"


def test_figure_of_a_running_period_stands_on_the_day_it_was_stated(library, state):
    state(loans(5), period=Period(2026))

    assert Posting.objects.get().occurred_on == TODAY


def test_museum_visits_for_study_carry_their_purpose(viet_nam, state):
    InstitutionFactory(code="bao-tang", unit=viet_nam.xa, institution_class=InstitutionClass.MUSEUM_PROVINCE)

    state(loans(30, "bao-tang", C.MUSEUM_STUDY), loans(70, "bao-tang", C.MUSEUM_OTHER))

    assert dict(Entry.objects.values_list("purpose", "quantity")) == {Purpose.STUDY_RESEARCH: 30, None: 70}
    assert total(viet_nam, MeasureCode.MUSEUM_VISIT) == 100


def test_figure_of_a_year_before_the_reform_stands_in_the_place_of_its_time(viet_nam, state):
    InstitutionFactory(code="cu", unit=viet_nam.old_a)

    state(loans(40, "cu"), period=Period(2024), unit=viet_nam.xa)

    assert Entry.objects.get().place == viet_nam.old_a
    assert [counts_for(unit, 2024, TODAY)[MeasureCode.LOAN] for unit in (viet_nam.xa, viet_nam.old_north)] == [40, 40]


def test_zero_is_reported_and_is_not_silence(viet_nam, library, state):
    indicator = IndicatorFactory(kind="count", measures=[MeasureCode.LOAN])
    pair = (indicator.code, CohortFactory().code)
    assert values_for(viet_nam.xa, 2026, [pair], TODAY)[pair].state == "not_reported"

    state(loans(0))

    value = values_for(viet_nam.xa, 2026, [pair], TODAY)[pair]
    assert (value.state, value.numerator, value.reporting, value.expected) == ("value", 0, 1, 1)
    assert not Entry.objects.exists()
    assert standing_postings().get().kind == PostingKind.STATED
    assert sheet_of(viet_nam.xa, Q3, TODAY).quantity((library.pk, C.LOAN)) == 0


def test_taken_back_zero_is_silence_again(viet_nam, library, state):
    state(loans(0))
    state(loans(None), reason="Nhầm cơ sở")

    assert not standing_postings().exists()
    assert sheet_of(viet_nam.xa, Q3, TODAY).quantity((library.pk, C.LOAN)) is None
    assert sheet_of(viet_nam.xa, Q3, TODAY).reported == set()


def test_changed_figure_reverses_the_earlier_posting_with_the_reason(viet_nam, library, state):
    state(loans(120))
    state(loans(100), reason="Đếm lại")
    state(loans(90), reason="Đếm lại lần nữa")

    assert total(viet_nam) == 90
    reversals = Posting.objects.filter(kind=PostingKind.REVERSAL).order_by("revision")
    assert [(each.revision, each.reason) for each in reversals] == [(1, "Đếm lại"), (2, "Đếm lại lần nữa")]
    assert [each.quantity for each in StatedFigure.objects.order_by("revision")] == [120, 100, 90]
    assert contradictions() == []


def test_figure_stated_again_after_being_taken_back_is_a_new_revision(viet_nam, library, state):
    state(loans(120))
    state(loans(None), reason="Nhầm")
    state(loans(50))

    assert total(viet_nam) == 50
    assert list(
        Posting.objects.filter(kind=PostingKind.STATED).values_list("revision", flat=True).order_by("revision")
    ) == [
        1,
        2,
    ]


def test_same_preview_confirmed_twice_states_once(viet_nam, library, officer):
    preview = preview_figures(
        viet_nam.xa, period=Q3, asked=[loans(120)], sent=Sent(StatingWay.CSV, "Giấy"), by=officer, at=NOW
    )
    seen = plan_of(preview, TODAY).digest
    confirm = {"seen": seen, "in_addition": False, "reason": "", "by": officer, "at": NOW}

    first, second = state_figures(preview, **confirm), state_figures(preview, **confirm)

    assert first == second
    assert (Statement.objects.count(), Posting.objects.count(), total(viet_nam)) == (1, 1, 120)
    assert not PreviewedImport.objects.exists()


def test_unchanged_figures_are_not_posted_again(library, state):
    state(loans(120))
    state(loans(120), loans(8, column=C.IN_HOUSE_USE))

    assert Posting.objects.count() == 2


def test_number_of_queries_of_a_plan_does_not_grow(viet_nam, officer, django_assert_num_queries):
    for number in range(3):
        InstitutionFactory(code=f"a{number}", unit=viet_nam.xa)
    one, three = [loans(1, "a0")], [loans(1, f"a{number}") for number in range(3)]
    for asked in (one, three):
        preview = preview_figures(
            viet_nam.xa, period=Q3, asked=asked, sent=Sent(StatingWay.CSV, "Giấy"), by=officer, at=NOW
        )
        with django_assert_num_queries(3):
            assert len(plan_of(preview, TODAY).effective) == len(asked)


def leaps_of(viet_nam, officer, period, *asked) -> dict:
    sent = Sent(StatingWay.CSV, "Giấy")
    preview = preview_figures(viet_nam.xa, period=period, asked=asked, sent=sent, by=officer, at=NOW)
    return {each.column: each.leap for each in with_leaps(plan_of(preview, TODAY).changes, period)}


@pytest.mark.parametrize("period", [Q3, Period(2026, month=1), Period(2026, quarter=1), Period(2026)])
def test_figure_is_looked_at_beside_the_year_before_else_beside_the_period_just_before(
    viet_nam, library, officer, state, period
):
    if period.just_before != period.year_before:
        state(loans(5), loans(900, column=C.LIBRARY_VISIT), period=period.just_before)
    state(loans(50), loans(7, column=C.IN_HOUSE_USE), period=period.year_before)

    asked = [loans(55), loans(90, column=C.LIBRARY_VISIT), loans(0, column=C.IN_HOUSE_USE)]
    leaps = leaps_of(viet_nam, officer, period, *asked)

    just = None if period.month is period.quarter is None else Leap(period.just_before, 900, 90)
    assert leaps == {C.LOAN: None, C.LIBRARY_VISIT: just, C.IN_HOUSE_USE: None}


def test_what_was_taken_back_and_what_stands_already_asks_no_look(viet_nam, library, officer, state):
    before = Q3.year_before
    state(loans(9000), loans(9000, column=C.IN_HOUSE_USE), loans(9000, column=C.LIBRARY_VISIT), period=before)
    state(loans(None), period=before, reason="Nhầm")
    state(loans(0, column=C.IN_HOUSE_USE))

    asked = [loans(3), loans(0, column=C.IN_HOUSE_USE), loans(0, column=C.LIBRARY_VISIT)]

    assert leaps_of(viet_nam, officer, Q3, *asked) == {
        C.LOAN: None,
        C.IN_HOUSE_USE: None,
        C.LIBRARY_VISIT: Leap(before, 9000, 0),
    }


def test_figure_is_looked_at_beside_what_the_institution_counted_itself(viet_nam, library, officer, state):
    """Where nothing was typed then; with what it has counted this time, in addition to which the figure comes."""
    before = Q3.year_before
    state(loans(4, column=C.LIBRARY_VISIT), period=before)
    for measure in (MeasureCode.LOAN, MeasureCode.IN_HOUSE_USE, MeasureCode.LIBRARY_VISIT):
        make_posting(library, before.last_day, measure=measure, quantity=9000)
    make_posting(library, before.last_day, measure=MeasureCode.STAFF_TRAINED, quantity=70)
    make_posting(library, Q3.starts_on, measure=MeasureCode.LOAN, quantity=8000)

    asked = [
        loans(3),
        loans(3, column=C.IN_HOUSE_USE),
        loans(9, column=C.LIBRARY_VISIT),
        loans(700, column=C.STAFF_TRAINED),
        loans(99999, column=C.ATTENDANCE),
    ]

    assert leaps_of(viet_nam, officer, Q3, *asked) == {
        C.LOAN: None,
        C.IN_HOUSE_USE: Leap(before, 9000, 3),
        C.LIBRARY_VISIT: None,
        C.STAFF_TRAINED: Leap(before, 70, 700),
        C.ATTENDANCE: None,
    }


def test_preview_that_nobody_confirms_is_forgotten_after_a_month(viet_nam, library, officer, state):
    statement = state(loans(4))
    preview_figures(viet_nam.xa, period=Q3, asked=[loans(5)], sent=Sent(StatingWay.CSV, "Giấy"), by=officer, at=NOW)

    assert forget(at=NOW + dt.timedelta(days=30), dry_run=False) == {"previews_never_confirmed": 0}
    assert forget(at=NOW + dt.timedelta(days=31), dry_run=True) == {"previews_never_confirmed": 1}
    assert forget(at=NOW + dt.timedelta(days=31), dry_run=False) == {"previews_never_confirmed": 1}
    assert not PreviewedImport.objects.exists()
    assert Statement.objects.get() == statement


# -- what is refused --


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


# -- undoing --


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


# -- laws --

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


# -- what the database holds --


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


def test_every_kind_of_change_is_told_apart(viet_nam, library, officer, state):
    state(loans(1), loans(2, column=C.SESSION), loans(3, column=C.IN_HOUSE_USE))
    asked = [loans(1), loans(5, column=C.SESSION), loans(None, column=C.IN_HOUSE_USE), loans(9, column=C.LIBRARY_VISIT)]
    preview = preview_figures(
        viet_nam.xa, period=Q3, asked=asked, sent=Sent(StatingWay.FORM, "Điện thoại"), by=officer, at=NOW
    )

    plan = plan_of(preview, TODAY)

    assert {kind: plan.count(kind) for kind in ChangeKind} == dict.fromkeys(ChangeKind, 1)
    assert parse_period(preview.period) == Q3
