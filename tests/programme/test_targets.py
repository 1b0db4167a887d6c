"""Which targets bind a unit, what they ask for by now, and their state."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from hocsuotdoi.indicators.enums import IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.enums import PlanKind, PlanStatus, TargetState, TargetUnit
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.life import retire_plan
from hocsuotdoi.programme.queries.binding import binding_plans
from hocsuotdoi.programme.queries.plan_facts import IndicatorFacts
from hocsuotdoi.programme.queries.targets import effective_targets, expected_in, judge, unit_targets
from tests.factories.places import InstitutionFactory
from tests.factories.programme import ClauseFactory, IndicatorFactory, PlanFactory, TargetFactory, figure_of
from tests.indicators.conftest import Country

TODAY = dt.date(2026, 11, 23)
FEWER = IndicatorFacts("complaints", "Góp ý chưa trả lời", higher_is_better=False)


def value_of(percent: str | None, *, reporting: int = 4, expected: int = 4, **fields) -> IndicatorValue:
    state = ValueState.NOT_REPORTED if percent is None else ValueState.VALUE
    return IndicatorValue(
        "library_services",
        "library_commune",
        fields.pop("unit", None),
        2026,
        state,
        percent=None if percent is None else Decimal(percent),
        reporting=reporting,
        expected=expected,
        **fields,
    )


# -- the trajectory --


@pytest.mark.parametrize(("year", "expected"), [(2024, None), (2025, "50"), (2026, "54"), (2030, "70"), (2031, "70")])
def test_expected_in_follows_the_line_between_stated_years(year, expected):
    targets = [figure_of("50"), figure_of("70", year=2030)]
    assert expected_in(targets, year) == (None if expected is None else Decimal(expected))


def test_expected_in_before_the_first_year_follows_the_line_from_the_baseline():
    targets = [figure_of("50", baseline_year=2020, baseline_value=Decimal(30)), figure_of("70", year=2030)]
    assert [expected_in(targets, year) for year in (2019, 2020, 2023)] == [30, 30, 42]


def test_expected_in_growth_asks_for_the_figure_of_its_time_not_a_line():
    growth = {"unit": TargetUnit.PERCENT_PER_YEAR}
    targets = [figure_of("10", **growth), figure_of("12-15", year=2030, **growth)]
    assert [expected_in(targets, year) for year in (2023, 2025, 2026, 2030)] == [10, 10, 12, 12]


def test_expected_in_without_any_year_asks_for_the_figure_always():
    assert expected_in([figure_of("50", year=None)], 2026) == 50


def test_expected_in_n_of_n_is_a_share():
    assert expected_in([figure_of("6/8", year=2026)], 2026) == 75


# -- the state --


@pytest.mark.parametrize(
    ("percent", "state"),
    [
        ("50", TargetState.ON_TRACK),
        ("45", TargetState.AT_RISK),
        ("44.99", TargetState.OFF_TRACK),
        ("0", TargetState.OFF_TRACK),
        (None, TargetState.NO_DATA),
    ],
)
def test_judge_is_by_what_is_due_and_a_tenth_below(percent, state):
    given, words = judge(figure_of("60"), Decimal(50), value_of(percent), 2026)
    assert given == state
    assert words


@pytest.mark.parametrize(("reporting", "state"), [(1, TargetState.NO_DATA), (2, TargetState.ON_TRACK)])
def test_judge_needs_figures_of_half(reporting, state):
    assert judge(figure_of("60"), Decimal(50), value_of("100", reporting=reporting), 2026)[0] == state


@pytest.mark.parametrize(
    ("percent", "indicator", "state"),
    [
        ("60", {}, TargetState.ON_TRACK),
        ("59.9", {}, TargetState.NO_DATA),
        ("60", {"indicator": FEWER}, TargetState.ON_TRACK),
        ("60.1", {"indicator": FEWER}, TargetState.NO_DATA),
    ],
)
def test_judge_before_anything_is_due_tells_only_what_is_reached(percent, indicator, state):
    given, words = judge(figure_of("60", year=2030, **indicator), None, value_of(percent), 2026)
    assert given == state
    assert ("2030" in words) == (state == TargetState.ON_TRACK)


def test_judge_of_reached_target_needs_figures_of_half_too():
    assert judge(figure_of("60", year=2030), None, value_of("100", reporting=1), 2026)[0] == TargetState.NO_DATA


def test_judge_where_there_is_nothing_of_the_kind_does_not_apply():
    nothing = replace(value_of(None), state=ValueState.NOT_APPLICABLE, note="không có")
    assert judge(figure_of("60"), Decimal(50), nothing, 2026) == (TargetState.NOT_APPLICABLE, "không có")


@pytest.mark.parametrize(
    ("percent", "state"), [("9", TargetState.ON_TRACK), ("11", TargetState.AT_RISK), ("12", TargetState.OFF_TRACK)]
)
def test_judge_when_less_is_better_more_is_worse(percent, state):
    assert judge(figure_of("10", indicator=FEWER), Decimal(10), value_of(percent), 2026)[0] == state


@pytest.mark.parametrize(("percent", "words"), [("9", "không cao hơn"), ("11", "cao hơn"), ("12", "cao hơn")])
def test_judge_when_less_is_better_says_so_the_right_way_round(percent, words):
    said = judge(figure_of("10", indicator=FEWER), Decimal(10), value_of(percent), 2026)[1]
    assert words in said
    assert "thấp hơn" not in said


@pytest.mark.parametrize(
    ("counted", "percent", "state"),
    [
        (5, None, TargetState.ON_TRACK),
        (5, "12", TargetState.ON_TRACK),  # a part of what is counted: the number is asked for, not the share
        (4, "90", TargetState.OFF_TRACK),
        (None, None, TargetState.NO_DATA),
    ],
)
def test_judge_number_is_held_against_what_is_counted(counted, percent, state):
    counts = IndicatorFacts("sessions", "Số buổi", counts=True)
    value = replace(
        value_of(percent), numerator=counted, state=ValueState.VALUE if counted else ValueState.NOT_REPORTED
    )
    given, words = judge(figure_of("5", unit=TargetUnit.COUNT, indicator=counts), Decimal(5), value, 2026)
    assert given == state
    assert "%" not in words


def test_judge_number_is_not_held_against_a_share_or_told_of_few_people():
    share = replace(value_of("40"), numerator=2, denominator=5)
    given, words = judge(figure_of("5", unit=TargetUnit.COUNT), Decimal(5), share, 2026)
    assert (given, "40" in words) == (TargetState.NO_DATA, False)
    of_people = IndicatorFacts("women", "Số phụ nữ tham gia", counts=True, is_of_people=True)
    few = replace(value_of(None), numerator=2, state=ValueState.VALUE)
    given, words = judge(figure_of("5", unit=TargetUnit.COUNT, indicator=of_people), Decimal(5), few, 2026)
    assert (given, "2 " in words) == (TargetState.NO_DATA, False)


@pytest.mark.parametrize(("language", "told"), [("vi", "12.000"), ("en", "12,000")])
def test_numbers_are_told_as_everywhere_else(language, told):
    counts = IndicatorFacts("sessions", "Số buổi", counts=True)
    value = replace(value_of(None), numerator=1500, state=ValueState.VALUE)
    with translation.override(language):
        _state, words = judge(figure_of("12000", unit=TargetUnit.COUNT, indicator=counts), Decimal(12000), value, 2026)
    assert told in words


def test_expected_in_draws_no_line_between_a_share_and_a_number():
    targets = [figure_of("50"), figure_of("5", year=2030, unit=TargetUnit.COUNT)]
    assert [expected_in(targets, year) for year in (2025, 2027, 2030)] == [None, None, 5]


# -- which plans bind --


def codes(unit, day=TODAY):
    return [(b.plan.code, b.is_inherited, b.is_partial) for b in binding_plans(unit, day) if b.plan.targets.exists()]


def test_binding_ward_of_today_inherits_the_plan_of_the_city_it_lay_in(reference):
    assert codes(unit_by_code("01843", TODAY)) == [("kh-2023-tp-bac-kan", True, False), ("qd-1520-2022", False, False)]


def test_binding_ward_of_old_had_the_citys_plan_before_the_reform(reference):
    before = dt.date(2024, 12, 31)
    ward = Plan.objects.get(code="kh-2023-tp-bac-kan").unit.descents.filter(distance=1).first().unit
    assert codes(ward, before) == [("kh-2023-tp-bac-kan", False, False), ("qd-1520-2022", False, False)]


def test_binding_merged_province_is_bound_for_the_part_that_came_from_there(reference):
    assert codes(unit_by_code("68", TODAY)) == [("kh-169-2023-dak-nong", True, True), ("qd-1520-2022", False, False)]


def test_binding_old_lam_dong_never_had_the_plan_of_dak_nong(reference):
    assert codes(unit_by_code("68", dt.date(2024, 1, 1)), dt.date(2024, 1, 1)) == [("qd-1520-2022", False, False)]


def test_binding_plan_of_a_later_day_or_retired_does_not_bind(reference):
    ward = unit_by_code("01843", TODAY)
    TargetFactory(clause__plan=PlanFactory(unit=ward, issued_on=dt.date(2027, 1, 1)))
    TargetFactory(clause__plan=PlanFactory(unit=ward, issued_on=TODAY, status=PlanStatus.RETIRED))
    assert len(codes(ward)) == 2


# -- the targets of a unit --


def test_unit_targets_nearest_figure_stands_and_those_above_are_listed(reference):
    readings = {
        (r.target.indicator_id, r.target.cohort_id): r for r in unit_targets(unit_by_code("01843", TODAY), 2026, TODAY)
    }
    services = readings["library_services", "library_commune_armed_forces"]
    assert (services.plan.code, services.is_inherited, services.figure) == ("kh-2023-tp-bac-kan", True, "50%")
    assert [(t.year, t.low) for t in services.above] == [(2025, 40), (2030, 60)]
    assert ("library_services", "library_commune") not in readings
    assert ("library_services", "library_province") not in readings
    assert readings["museum_education", "museum_all"].plan.code == "qd-1520-2022"


def test_unit_targets_joint_figure_stands_until_a_nearer_plan_speaks_of_all_its_classes(reference):
    ward = unit_by_code("01843", TODAY)
    joint = ("library_services", "library_commune_armed_forces")
    plan = PlanFactory(unit=ward, number="1/KH-UBND", issued_on=dt.date(2026, 1, 5))
    TargetFactory(clause__plan=plan, indicator_id=joint[0], cohort_id="library_commune", year=2026, low=60, high=60)
    readings = {(r.target.indicator_id, r.target.cohort_id): r for r in unit_targets(ward, 2026, TODAY)}
    assert readings["library_services", "library_commune"].plan == plan
    assert readings[joint].plan.code == "kh-2023-tp-bac-kan"


def test_unit_targets_of_a_part_are_read_with_the_figures_of_that_part(reference):
    readings = unit_targets(unit_by_code("68", TODAY), 2026, TODAY)
    parts = [r for r in readings if r.is_partial]
    assert {r.value.unit.name for r in parts} == {"Tỉnh Đắk Nông"}
    assert {r.plan.code for r in parts} == {"kh-169-2023-dak-nong"}
    assert any(not r.is_partial and r.target.cohort_id == "library_province" for r in readings)


def test_unit_targets_own_new_plan_takes_the_place_of_the_inherited_one(reference):
    ward = unit_by_code("01843", TODAY)
    plan = PlanFactory(unit=ward, issued_on=dt.date(2026, 1, 5))
    TargetFactory(clause__plan=plan, year=2030, figure=70)
    readings = [r for r in unit_targets(ward, 2026, TODAY) if r.target.indicator_id == "library_services"]
    assert readings[0].plan == plan
    assert {t.plan.code for t in readings[0].above} == {"qd-1520-2022"}
    assert "kh-2023-tp-bac-kan" in {r.plan.code for r in readings}  # its figure is for the armed forces' library too


def test_unit_targets_need_the_same_queries_with_more_targets(reference, django_assert_max_num_queries):
    ward = unit_by_code("01843", TODAY)
    with django_assert_max_num_queries(25) as before:
        unit_targets(ward, 2026, TODAY)
    plan = PlanFactory(unit=ward, issued_on=dt.date(2026, 1, 5))
    for year in (2026, 2027, 2030):
        TargetFactory(clause__plan=plan, year=year)
    with django_assert_max_num_queries(len(before)):
        unit_targets(ward, 2026, TODAY)


def test_effective_targets_addendum_puts_its_figure_in_place_and_adds_others(db):
    target = TargetFactory(year=2025, figure=50)
    addendum = PlanFactory(kind=PlanKind.ADDENDUM, amends=target.plan, issued_on=TODAY)
    TargetFactory(clause=ClauseFactory(plan=addendum), year=2025, figure=65)
    TargetFactory(clause=ClauseFactory(plan=addendum), year=2030, figure=80)
    figures = {t.year: t.low for t in effective_targets([target.plan])[target.plan.pk]}
    assert figures == {2025: 65, 2030: 80}


def test_unit_targets_of_a_class_the_unit_has_none_of_do_not_apply(reference):
    readings = unit_targets(unit_by_code("01843", TODAY), 2026, TODAY)
    outside = [each for each in readings if each.value.state == ValueState.NOT_APPLICABLE]
    assert outside
    assert {each.state for each in outside} == {TargetState.NOT_APPLICABLE}


@pytest.fixture
def amended(thai_nguyen) -> Plan:
    """60%, and an addendum that makes it 80%."""
    plan = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 3, 1))
    TargetFactory(clause__plan=plan, figure=60)
    addendum = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, issued_on=dt.date(2025, 9, 1))
    TargetFactory(clause__plan=addendum, figure=80)
    return plan


def asked(plan: Plan, day: dt.date) -> tuple[list[int], list[str]]:
    """Of the plan, and of its unit."""
    figures = [int(target.low) for target in effective_targets([plan], day)[plan.pk]]
    return figures, [reading.figure for reading in unit_targets(plan.unit, day.year, day)]


@pytest.mark.parametrize(
    ("figure", "kind", "state"),
    [
        (1, IndicatorKind.STOCK, TargetState.ON_TRACK),
        (2, IndicatorKind.STOCK, TargetState.OFF_TRACK),
        (1, IndicatorKind.SHARE_OF_INSTITUTIONS, TargetState.NO_DATA),
    ],
)
def test_number_is_held_against_the_number_in_the_books_and_no_share(db, figure, kind, state):
    there = Country()
    InstitutionFactory(unit=there.xa)
    given = {"kind": kind, "measures": [StockCode.INSTITUTIONS_OPEN] if kind == IndicatorKind.STOCK else []}
    indicator = IndicatorFactory(code="libraries", **given)
    plan = {"clause__plan__unit": there.north, "year": 2026}
    TargetFactory(**plan, indicator=indicator, figure=figure, unit=TargetUnit.COUNT)
    (reading,) = unit_targets(there.north, 2026, TODAY)
    assert (reading.figure, reading.expected_now, reading.state) == (str(figure), figure, state)
    assert "%" not in reading.rule_in_words


def test_retired_addendum_changes_nothing_from_that_day_on_and_goes_on_having_changed_it_before(
    amended, planner, now, today
):
    addendum = amended.addenda.get()
    given = {"reason": "Ban hành nhầm", "by": planner, "at": now, "today": today}
    assert asked(amended, today) == ([80], ["80%"])
    retire_plan(addendum, effective_on=dt.date(2026, 3, 1), **given)
    assert asked(amended, today) == asked(amended, dt.date(2026, 3, 1)) == ([60], ["60%"])
    assert asked(amended, dt.date(2026, 2, 28)) == ([80], ["80%"])
    retire_plan(amended, effective_on=dt.date(2026, 9, 1), **given)
    assert asked(amended, dt.date(2026, 8, 31)) == ([60], ["60%"])


def test_addendum_that_ends_with_its_plan_is_read_with_it_for_the_days_before(amended, planner, now, today):
    retire_plan(amended, effective_on=dt.date(2026, 3, 1), reason="Hết hạn", by=planner, at=now, today=today)
    assert asked(amended, today)[1] == []
    assert asked(amended, dt.date(2026, 2, 28)) == ([80], ["80%"])


def test_addendum_changes_nothing_before_the_day_of_its_issue(amended):
    assert asked(amended, dt.date(2025, 8, 31)) == ([60], ["60%"])
    assert asked(amended, dt.date(2025, 9, 1)) == ([80], ["80%"])
