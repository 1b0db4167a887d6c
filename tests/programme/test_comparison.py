"""A plan side by side with the plan above."""

import pytest

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.comparison import compare
from tests.factories.places import UnitFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, PlanFactory, TargetFactory


@pytest.fixture
def above(db) -> Plan:
    plan = PlanFactory(unit=UnitFactory(tier=Tier.COUNTRY, code="T0001"))
    for figure, cohort in ((40, "library_commune"), (80, "library_armed_forces"), (100, "library_province")):
        TargetFactory(clause__plan=plan, cohort=CohortFactory(code=cohort), figure=figure)
    return plan


def rows_of(plan: Plan) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    (indicator,) = compare(plan)
    return [(row.name, [(f.own, f.above, f.is_below) for f in row.figures]) for row in indicator.rows]


def test_compare_merged_figure_stands_at_each_of_its_classes(above):
    plan = PlanFactory(unit=UnitFactory(tier=Tier.DISTRICT, code="T0002"), parent=above)
    merged = CohortFactory(code="merged", classes=["library_commune", "library_armed_forces"])
    TargetFactory(clause__plan=plan, cohort=merged, figure=60)
    assert rows_of(plan) == [
        ("library_commune", [("60%", "40%", False)]),
        ("library_armed_forces", [("60%", "80%", True)]),
    ]


def test_compare_class_left_out_is_shown_and_one_beyond_the_tier_is_not(above):
    plan = PlanFactory(unit=UnitFactory(tier=Tier.COMMUNE), parent=above)
    TargetFactory(clause__plan=plan, cohort=CohortFactory(code="library_school"), figure=60)
    assert rows_of(plan) == [
        ("library_commune", [("", "40%", False)]),
        ("library_school", [("60%", "", False)]),
    ]


def test_compare_indicator_of_one_side_alone_is_shown(above):
    plan = PlanFactory(unit=UnitFactory(tier=Tier.COMMUNE), parent=above)
    TargetFactory(clause__plan=plan, indicator=IndicatorFactory(code="extra"), figure=10)
    sides = {each.indicator.code: each.above for each in compare(plan)}
    assert sides == {"library_services": above, "extra": None}


def test_compare_needs_as_many_queries_for_three_figures_as_for_one(above, django_assert_num_queries):
    plan = PlanFactory(unit=UnitFactory(tier=Tier.COMMUNE), parent=above)
    for number in (1, 3):
        while plan.targets.count() < number:
            TargetFactory(clause__plan=plan)
        with django_assert_num_queries(8):
            compare(plan)
