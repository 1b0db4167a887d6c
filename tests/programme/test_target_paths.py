"""What the plans lay out for a unit, without values: the same that its targets are read against."""

import datetime as dt
from decimal import Decimal

import pytest

from hocsuotdoi.places.queries.units import country, unit_by_code
from hocsuotdoi.programme.enums import TargetUnit
from hocsuotdoi.programme.queries.plan_facts import IndicatorFacts
from hocsuotdoi.programme.queries.target_paths import TargetPath, target_paths
from hocsuotdoi.programme.queries.targets import unit_targets
from tests.factories.programme import figure_of

TODAY = dt.date(2026, 11, 23)


def path(*facts) -> TargetPath:
    return TargetPath(targets=(), facts=facts, territory=None, plan=None, is_partial=False)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["VN", "19", "01843", "24611"])
def test_paths_are_those_that_the_targets_of_a_unit_are_read_against(reference, code):
    unit = country() if code == "VN" else unit_by_code(code, TODAY)

    readings = unit_targets(unit, 2026, TODAY)
    paths = target_paths(unit, TODAY)

    assert [each.pair for each in paths] == [(r.target.indicator_id, r.target.cohort_id) for r in readings]
    assert [each.expected(2026) for each in paths] == [r.expected_now for r in readings]
    assert [each.territory for each in paths] == [r.value.unit for r in readings]
    assert [each.judge(r.value, 2026) for each, r in zip(paths, readings, strict=True)] == [
        (r.state, r.rule_in_words) for r in readings
    ]


@pytest.mark.slow
@pytest.mark.parametrize("code", ["19", "01843"])
def test_paths_take_a_fixed_number_of_queries(reference, django_assert_num_queries, code):
    unit = unit_by_code(code, TODAY)
    with django_assert_num_queries(7, exact=False):
        target_paths(unit, TODAY)


def test_near_is_a_tenth_below_what_is_due_and_above_where_less_is_better():
    fewer = IndicatorFacts("complaints", "Góp ý chưa trả lời", higher_is_better=False)

    assert path(figure_of("50")).near(2025) == (45, 50)
    assert path(figure_of("45", indicator=fewer)).near(2025) == (45, 50)
    assert path(figure_of("50")).near(2020) is None


def test_stated_and_next_due_follow_the_years():
    both = path(figure_of("50"), figure_of("70", year=2030))

    assert both.stated(2026) is None
    assert both.stated(2030).low == 70
    assert [both.next_due(year).low for year in (2024, 2025, 2026, 2031)] == [50, 50, 70, 70]
    assert both.years == [2025, 2030]


def test_figure_without_a_year_is_due_always():
    assert path(figure_of("50", year=None)).next_due(2026).low == Decimal(50)


def test_growth_keeps_its_range():
    assert path(figure_of("10-15", unit=TargetUnit.PERCENT_PER_YEAR)).stated(2025).high == 15
