"""Of how many a figure is known, as far as it may be told: known attendances would give single people away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.words import coverage_short, coverage_words, told_coverage
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

WARD = AdminUnit(code="1", tier=Tier.COMMUNE, name="Phường Bắc Kạn")
SHARE = Indicator(code="x", kind=IndicatorKind.SHARE_OF_POPULATION, short_name="Người dân tham gia học tập")
ACTIVE = Indicator(code="y", kind=IndicatorKind.STOCK, short_name="Bạn đọc", measures=["active_users"])
VISITS = Indicator(code="z", kind=IndicatorKind.COUNT, short_name="Lượt bạn đọc", measures=["library_visit"])
RESIDENTS = Cohort(code="r", kind=CohortKind.POPULATION, name="Mọi người dân")


def value(people, known, attendances, state=ValueState.VALUE):
    return IndicatorValue("x", "r", WARD, 2025, state, people, 10_000, reporting=known, expected=attendances)


@pytest.mark.parametrize("indicator", [SHARE, ACTIVE])
def test_of_few_people_nothing_is_told(indicator):
    for state in (ValueState.VALUE, ValueState.NOT_REPORTED):  # without a population there is no share, but people
        told = told_coverage(value(1, 1, 40, state), indicator)
        assert (told.reporting, told.expected, told.percent) == (None, None, None)
        assert coverage_words(value(1, 1, 40, state), indicator, RESIDENTS) == ""
        assert coverage_short(value(1, 1, 40, state), indicator) == ""


@pytest.mark.parametrize("indicator", [SHARE, ACTIVE])
@pytest.mark.parametrize(
    ("known", "attendances", "percent", "words", "short"),
    [
        (963, 1007, 90, "ít nhất 90%", "≥ 90%"),
        (1007, 1007, 90, "ít nhất 90%", "≥ 90%"),
        (99, 1007, 0, "dưới 10%", "< 10%"),
        (40, 60, 50, "ít nhất 50%", "≥ 50%"),
        (20, 60, 0, "dưới 50%", "< 50%"),
    ],
)
def test_it_is_told_in_steps(indicator, known, attendances, percent, words, short):
    found = value(9, known, attendances)
    told = told_coverage(found, indicator)
    assert (told.reporting, told.expected, told.percent) == (None, attendances, percent)
    assert words in coverage_words(found, indicator, RESIDENTS)
    assert coverage_short(found, indicator) == short


def test_of_institutions_all_of_it_is_told():
    told = told_coverage(value(1, 3, 4), VISITS)
    assert (told.reporting, told.expected, told.percent) == (3, 4, 75)
    assert coverage_short(value(1, 3, 4), VISITS) == "3/4"


@given(st.integers(100, 5000), st.data())
def test_no_known_attendances_of_a_commune_follow_from_those_of_its_province(attendances, data):
    """A commune that is kept back has few; whatever they are, the province's words are nearly always the same."""
    known = data.draw(st.integers(9, attendances - 4))
    steps = {told_coverage(value(9, known + few, attendances + 4), SHARE).percent for few in range(5)}
    assert len(steps) <= 2
    assert steps <= {told_coverage(value(9, each, attendances + 4), SHARE).percent for each in (known, known + 4)}
