"""Stating figures: what is previewed, written and undone; what is refused; that totals and order hold."""

import datetime as dt

import pytest

from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure, Statement
from hocsuotdoi.indicators.operations.retention import forget
from hocsuotdoi.indicators.operations.stated import (
    Sent,
    plan_of,
    preview_figures,
    state_figures,
)
from hocsuotdoi.indicators.queries.stated import Asked, ChangeKind, Leap, describe_stated, sheet_of, with_leaps
from hocsuotdoi.indicators.queries.values import counts_for, values_for
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind, Purpose
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.entries import standing_postings
from hocsuotdoi.ledger.queries.soundness import contradictions
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory

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


def test_every_kind_of_change_is_told_apart(viet_nam, library, officer, state):
    state(loans(1), loans(2, column=C.SESSION), loans(3, column=C.IN_HOUSE_USE))
    asked = [loans(1), loans(5, column=C.SESSION), loans(None, column=C.IN_HOUSE_USE), loans(9, column=C.LIBRARY_VISIT)]
    preview = preview_figures(
        viet_nam.xa, period=Q3, asked=asked, sent=Sent(StatingWay.FORM, "Điện thoại"), by=officer, at=NOW
    )

    plan = plan_of(preview, TODAY)

    assert {kind: plan.count(kind) for kind in ChangeKind} == dict.fromkeys(ChangeKind, 1)
    assert parse_period(preview.period) == Q3
