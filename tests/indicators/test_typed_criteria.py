"""What typed figures leave open: they tell no months, no ages, no marks, and a quarter is no year."""

import datetime as dt

import pytest
from django.urls import reverse

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.indicators.operations.stated import undo_statement
from hocsuotdoi.indicators.queries.criteria import Checklists
from hocsuotdoi.indicators.queries.frame import expected_institutions, frame_of
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import CriteriaSetFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.factories.stated import state

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
SESSION, ATTENDANCE, LOAN = MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE, MeasureCode.LOAN
FOUR_MONTHS = {"measure": SESSION, "months": 4}
THREE_BANDS = {"measure": ATTENDANCE, "bands": 3}
A_CLUB = {"measure": SESSION, "tags": ["club"], "quantity": 1}
SIX = {"measure": SESSION, "quantity": 6}


@pytest.fixture
def house(viet_nam):
    return InstitutionFactory(unit=viet_nam.xa)


@pytest.fixture
def typed(viet_nam, house):
    def typed(period=None, **figures):
        state(house, viet_nam.xa, period or Period(2025), NOW, **figures)

    return typed


@pytest.fixture
def held(house):
    def held(*months, measure=SESSION, **more):
        for month in months:
            make_posting(house, dt.date(2025, month, 5), measure=measure, **more)

    return held


@pytest.fixture
def answer(viet_nam, house):
    def answer(rule, parameters, year=2025, as_of=TODAY):
        """(yes or no, the number found); None where it is not known."""
        criteria_set = CriteriaSetFactory(criteria=[("asked", rule, parameters)], classes=[house.institution_class])
        frame = frame_of(viet_nam.country, year, as_of)
        (expected,) = expected_institutions(frame, {house.institution_class})
        (reading,) = (
            Checklists(frame, [criteria_set.indicator_id], [expected])
            .reading(criteria_set.indicator_id, expected)
            .answers
        )
        return reading.computed and (reading.computed.is_met, reading.computed.found)

    return answer


def test_a_year_of_sessions_says_nothing_of_months(typed, held, answer):
    typed(SESSION=60)
    assert answer("months_at_least", FOUR_MONTHS) is None
    assert answer("months_at_least", {"measure": SESSION, "months": 1}) == (True, 1), "they were in some month"

    held(1, 2, 3)
    assert answer("months_at_least", FOUR_MONTHS) is None
    held(5)
    assert answer("months_at_least", FOUR_MONTHS) == (True, 4)


def test_fewer_sessions_in_the_year_than_months_are_too_few(typed, held, answer):
    typed(SESSION=2)
    assert answer("months_at_least", FOUR_MONTHS) == (False, 1)
    held(1)
    assert answer("months_at_least", FOUR_MONTHS) == (False, 1)
    held(2)
    assert answer("months_at_least", FOUR_MONTHS) is None


def test_each_quarter_with_sessions_has_a_month_of_its_own(typed, held, answer):
    for quarter in (1, 2, 3):
        typed(Period(2025, quarter=quarter), SESSION=20)
    assert answer("months_at_least", FOUR_MONTHS) is None, "nobody knows of the fourth"

    held(1)  # which may be the month of the first quarter
    assert answer("months_at_least", FOUR_MONTHS) is None
    held(2)
    assert answer("months_at_least", FOUR_MONTHS) == (True, 4)


def test_months_that_were_typed_one_by_one_are_known(typed, answer):
    for month in range(1, 13):
        typed(Period(2025, month=month), SESSION=3 if month < 4 else 0)
    assert answer("months_at_least", FOUR_MONTHS) == (False, 3)
    assert answer("months_at_least", {"measure": SESSION, "months": 3}) == (True, 3)


def test_months_that_were_not_typed_are_not_known(typed, answer):
    for month in (1, 4):
        typed(Period(2025, month=month), SESSION=3)
    assert answer("months_at_least", FOUR_MONTHS) is None
    assert answer("quantity_at_least", {"measure": SESSION, "quantity": 7}) is None
    assert answer("quantity_at_least", SIX) == (True, 6)


def test_a_quarter_below_what_is_asked_of_the_year_proves_nothing(typed, answer):
    loans = {"measures": [LOAN], "quantity": 200}
    typed(Period(2025, quarter=1), LOAN=50)
    assert answer("any_of_at_least", loans) is None
    for quarter in (2, 3, 4):
        typed(Period(2025, quarter=quarter), LOAN=0)
    assert answer("any_of_at_least", loans) == (False, 50)


def test_a_year_is_as_long_as_what_is_asked(typed, answer):
    typed(SESSION=5)
    assert answer("quantity_at_least", SIX) == (False, 5)


def test_who_records_here_keeps_its_no(typed, held, answer):
    held(9, 10)
    typed(Period(2025, quarter=1), SESSION=1)
    assert answer("quantity_at_least", SIX) == (False, 3)
    assert answer("quantity_at_least", A_CLUB) is None, "the one that was typed may be of a club"


def test_typed_attendance_tells_no_ages(typed, held, answer):
    held(3, measure=ATTENDANCE, age_band=AgeBand.CHILD)
    assert answer("age_bands_at_least", THREE_BANDS) == (False, 1)

    typed(ATTENDANCE=1)
    assert answer("age_bands_at_least", THREE_BANDS) == (False, 1), "one more can be of one more band only"
    typed(ATTENDANCE=400)
    assert answer("age_bands_at_least", THREE_BANDS) is None
    held(3, measure=ATTENDANCE, age_band=AgeBand.SENIOR)
    held(3, measure=ATTENDANCE, age_band=AgeBand.ADULT)
    assert answer("age_bands_at_least", THREE_BANDS) == (True, 3)


def test_typed_sessions_tell_no_marks(typed, held, answer):
    typed(SESSION=60)
    assert answer("quantity_at_least", A_CLUB) is None
    held(3, tags=["club"])
    assert answer("quantity_at_least", A_CLUB) == (True, 1)


def test_none_in_the_year_is_none_of_any_mark_month_or_age(typed, answer):
    typed(SESSION=0, ATTENDANCE=0)
    assert answer("quantity_at_least", A_CLUB) == (False, 0)
    assert answer("months_at_least", FOUR_MONTHS) == (False, 0)
    assert answer("age_bands_at_least", THREE_BANDS) == (False, 0)


def test_a_figure_that_was_taken_back_leaves_nothing_open(typed, held, answer):
    held(3)
    typed(SESSION=60)
    assert answer("months_at_least", FOUR_MONTHS) is None
    undo_statement(Statement.objects.get(), reason="nhầm", by=PersonFactory(), at=NOW)
    assert answer("months_at_least", FOUR_MONTHS) == (False, 1)


def test_the_running_year_counts_to_the_day(typed, answer):
    typed(Period(2026), SESSION=5)
    assert answer("quantity_at_least", SIX, year=2026) == (False, 5)
    assert answer("months_at_least", FOUR_MONTHS, year=2026) is None
    assert answer("months_at_least", FOUR_MONTHS, year=2026, as_of=dt.date(2026, 11, 10)) is None
    for month in range(1, 10):
        typed(Period(2025, month=month), SESSION=0)
    assert answer("quantity_at_least", SIX, as_of=dt.date(2025, 9, 30)) == (False, 0)
    assert answer("quantity_at_least", SIX) is None


def test_a_part_by_purpose_is_known_of_its_own_column(viet_nam, typed, house, answer):
    house.institution_class = InstitutionClass.MUSEUM_PROVINCE
    house.save()
    study = {"measure": MeasureCode.MUSEUM_VISIT, "purposes": ["study_research"], "quantity": 3}
    typed(Period(2025, quarter=1), MUSEUM_STUDY=2)
    typed(MUSEUM_OTHER=900)
    assert answer("quantity_at_least", study) is None

    for quarter in (2, 3, 4):
        typed(Period(2025, quarter=quarter), MUSEUM_STUDY=0)
    assert answer("quantity_at_least", study) == (False, 2)


@pytest.mark.parametrize("as_of", [TODAY, dt.date(2025, 12, 20)])
def test_what_was_typed_was_not_recorded_on_this_system(typed, held, answer, as_of):
    for month in (1, 4, 12):
        typed(Period(2025, month=month), LOAN=10)
    assert answer("months_at_least", {"months": 1}, as_of=as_of) == (False, 0)

    held(12, measure=LOAN)
    assert answer("months_at_least", {"months": 1}, as_of=as_of) == (True, 1)


def test_open_question_says_whether_figures_were_typed_in(viet_nam, house, typed, client):
    """Not «nothing to go by», where there is a figure that does not answer it."""
    criteria = [
        ("months", "months_at_least", FOUR_MONTHS),
        ("loans", "quantity_at_least", {"measure": LOAN, "quantity": 9}),
    ]
    indicator = CriteriaSetFactory(criteria=criteria, classes=[house.institution_class]).indicator_id
    page = reverse("portal:indicators-institution-lineage", args=[house.code, 2025, indicator])

    assert client.get(page).content.decode().count("chưa có căn cứ") == 2
    typed(SESSION=60)

    text = client.get(page).content.decode()
    assert text.count("số liệu nhập tay chưa đủ để trả lời") == 1
    assert text.count("chưa có căn cứ") == 1
