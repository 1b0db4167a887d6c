"""The ten rules, each on plans that nobody issued."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocsuotdoi.programme.enums import CheckRule, PlanKind, TargetUnit
from hocsuotdoi.programme.queries.plan_check import find
from hocsuotdoi.programme.queries.plan_facts import CohortFacts, IndicatorFacts
from tests.factories.programme import figure_of, plan_of

REFORM = dt.date(2025, 7, 1)
GROWTH = IndicatorFacts("library_users_growth", "Tăng lượt người sử dụng")
COMPLAINTS = IndicatorFacts("complaints", "Góp ý chưa trả lời", higher_is_better=False)
TOWN = CohortFacts("population_urban", "Dân số đô thị", kind="population", urban=True)


def found(plan, *above, rule=None):
    return [(f.rule, f.clause, f.cohort, f.year) for f in find(plan, above) if rule is None or f.rule == rule]


def nation(*targets, **fields):
    return plan_of(*targets, code="quoc-gia", number="1520/QĐ-TTg", tier="country", unit_name="Việt Nam", **fields)


# -- below the plan above --


def test_below_parent_lower_figure_is_found_with_both_figures():
    plan, above = plan_of(figure_of("55", clause="I.2.a.1")), nation(figure_of("60", clause="I.3"))
    (finding,) = find(plan, [above])
    assert (finding.rule, finding.clause, finding.parent_clause) == (CheckRule.BELOW_PARENT, "I.2.a.1", "I.3")
    assert (finding.figure, finding.parent_figure, finding.parent_plan) == ("55%", "60%", "quoc-gia")
    for part in ("I.2.a.1", "55%", "I.3", "60%", "1520/QĐ-TTg"):
        assert part in finding.message
    assert finding.suggestion


@pytest.mark.parametrize("figure", ["60", "75", "100"])
def test_below_parent_equal_or_higher_is_not_found(figure):
    assert found(plan_of(figure_of(figure)), nation(figure_of("60"))) == []


def test_below_parent_range_is_compared_by_its_low_end():
    kind = {"indicator": GROWTH, "unit": TargetUnit.PERCENT_PER_YEAR, "baseline_year": 2022}
    above = nation(figure_of("10-15", **kind))
    assert found(plan_of(figure_of("10", **kind)), above) == []
    assert found(plan_of(figure_of("5-20", **kind)), above) == [
        (CheckRule.BELOW_PARENT, "I.2", "library_commune", 2025)
    ]


def test_below_parent_n_of_n_is_compared_as_a_share():
    assert found(plan_of(figure_of("6/8")), nation(figure_of("75"))) == []
    assert len(found(plan_of(figure_of("5/8")), nation(figure_of("75")))) == 1


def test_below_parent_percentage_is_not_compared_with_growth():
    above = nation(figure_of("60", unit=TargetUnit.PERCENT_PER_YEAR, baseline_year=2022))
    assert found(plan_of(figure_of("5")), above, rule=CheckRule.BELOW_PARENT) == []


def test_below_parent_merged_classes_are_compared_class_by_class():
    plan = plan_of(figure_of("60", "library_commune", "library_armed_forces"))
    above = nation(figure_of("40", "library_commune"), figure_of("80", "library_armed_forces"))
    (finding,) = [f for f in find(plan, [above]) if f.rule == CheckRule.BELOW_PARENT]
    assert finding.parent_figure == "Library of the armed forces: 80%" or "80%" in finding.parent_figure
    assert "40%" not in finding.parent_figure


def test_below_parent_class_is_held_against_the_merged_figure_above():
    above = nation(figure_of("80", "culture_centre_province", "culture_centre_district"))
    plan = plan_of(figure_of("50", "culture_centre_district"), figure_of("80", "culture_centre_province", clause="I.3"))
    assert found(plan, above, rule=CheckRule.BELOW_PARENT) == [
        (CheckRule.BELOW_PARENT, "I.2", "culture_centre_district", 2025)
    ]


def test_below_parent_nearest_plan_with_the_indicator_counts():
    silent, province = plan_of(code="im-lang"), plan_of(figure_of("50"), code="tinh")
    ward = plan_of(figure_of("55"), tier="commune")
    assert found(ward, silent, province, nation(figure_of("60")), rule=CheckRule.BELOW_PARENT) == []
    assert len(found(ward, silent, nation(figure_of("60")), rule=CheckRule.BELOW_PARENT)) == 1


@pytest.mark.parametrize(("year", "is_found"), [(2024, False), (2025, True), (2027, True), (2030, True), (None, True)])
def test_below_parent_year_is_held_against_the_last_one_stated_before(year, is_found):
    above = nation(figure_of("60", year=2025), figure_of("80", year=2030))
    assert bool(found(plan_of(figure_of("50", year=year)), above, rule=CheckRule.BELOW_PARENT)) is is_found


def test_below_parent_when_less_is_better_more_is_below():
    above = nation(figure_of("10", indicator=COMPLAINTS))
    assert found(plan_of(figure_of("5", indicator=COMPLAINTS)), above) == []
    assert len(found(plan_of(figure_of("20", indicator=COMPLAINTS)), above)) == 1


# -- classes --


def test_missing_class_left_out_altogether_is_told_once():
    plan = plan_of(figure_of("70", "library_school"))
    above = nation(
        figure_of("70", "library_school"),
        figure_of("90", "library_university", "library_special"),
        figure_of("100", "library_university", "library_special", year=2030),
        figure_of("70", "library_special"),
    )
    plan = replace(plan, targets=(*plan.targets, figure_of("100", "library_special", year=2030)))
    (finding,) = [f for f in find(plan, [above]) if f.rule == CheckRule.MISSING_CLASS]
    assert (finding.cohort, finding.year, finding.parent_figure) == (
        "library_university",
        None,
        "2025: 90%; 2030: 100%",
    )


def test_missing_class_with_figures_only_until_an_earlier_year_is_told_for_the_later():
    above = nation(figure_of("60"), figure_of("80", year=2030))
    plan = plan_of(figure_of("60", year=2027))
    assert found(plan, above) == [(CheckRule.MISSING_CLASS, "I.2", "library_commune", 2030)]


@pytest.mark.parametrize(
    ("institution_class", "tier", "is_found"),
    [
        ("library_national", "province", False),
        ("library_province", "province", True),
        ("library_province", "district", False),
        ("library_university", "district", False),
        ("library_district", "district", True),
        ("library_district", "commune", False),
        ("village_culture_house", "commune", True),
    ],
)
def test_missing_class_is_not_asked_of_a_tier_that_has_no_say(institution_class, tier, is_found):
    above = nation(figure_of("60", "library_school"), figure_of("60", institution_class))
    plan = plan_of(figure_of("60", "library_school"), tier=tier)
    assert bool(found(plan, above, rule=CheckRule.MISSING_CLASS)) is is_found


def test_missing_class_of_the_district_is_not_asked_of_a_plan_issued_after_its_end():
    above = nation(figure_of("60"), figure_of("60", "library_district"))
    assert found(plan_of(figure_of("60"), issued_on=REFORM), above) == []


def test_merged_classes_that_the_plan_above_keeps_apart_are_found():
    above = nation(figure_of("40", "library_commune"), figure_of("80", "library_armed_forces"))
    plan = plan_of(figure_of("80", "library_commune", "library_armed_forces"))
    assert found(plan, above) == [(CheckRule.MERGED_CLASSES, "I.2", "library_armed_forces-library_commune", 2025)]


def test_merged_classes_with_one_that_has_no_figure_above_are_found():
    above = nation(figure_of("80", "culture_centre_district"))
    plan = plan_of(figure_of("80", "culture_centre_district", "culture_centre_commune"))
    (finding,) = [f for f in find(plan, [above]) if f.rule == CheckRule.MERGED_CLASSES]
    assert "80%" in finding.parent_figure


def test_merged_classes_that_the_plan_above_merges_too_are_not_found():
    merged = figure_of("80", "library_university", "library_special")
    assert found(plan_of(merged), nation(merged)) == []


# -- a plan alone --


def test_falling_path_later_figure_lower_is_found_at_the_later():
    plan = plan_of(figure_of("60", clause="I.1"), figure_of("50", year=2030, clause="I.2"))
    (finding,) = find(plan, [])
    assert (finding.rule, finding.clause, finding.year) == (CheckRule.FALLING_PATH, "I.2", 2030)
    assert (finding.figure, finding.parent_figure, finding.parent_clause) == ("50%", "60%", "I.1")


def test_falling_path_of_other_classes_or_without_a_year_is_not_found():
    assert found(plan_of(figure_of("60"), figure_of("50", "library_school", year=2030))) == []
    assert found(plan_of(figure_of("60"), figure_of("50", year=None))) == []


@pytest.mark.parametrize(
    ("tier", "institution_class", "figure", "is_found"),
    [
        ("province", "library_province", "60", True),
        ("province", "library_province", "100", False),
        ("province", "library_district", "60", False),
        ("district", "library_district", "60", True),
        ("country", "library_province", "60", False),
        ("commune", "culture_centre_commune", "70", True),
    ],
)
def test_percentage_of_one_is_found_for_the_tiers_own_institution(tier, institution_class, figure, is_found):
    plan = plan_of(figure_of(figure, institution_class), tier=tier)
    assert bool(found(plan, rule=CheckRule.PERCENTAGE_OF_ONE)) is is_found


def test_percentage_of_one_is_not_found_where_the_register_knows_several():
    plan = plan_of(figure_of("60", "museum_province"), known={"museum_province": 2})
    assert found(plan, rule=CheckRule.PERCENTAGE_OF_ONE) == []


def test_growth_without_base_is_found_and_with_base_is_not():
    growth = {"indicator": GROWTH, "unit": TargetUnit.PERCENT_PER_YEAR}
    assert [f[0] for f in found(plan_of(figure_of("10", **growth)))] == [CheckRule.GROWTH_WITHOUT_BASE]
    assert found(plan_of(figure_of("10", baseline_year=2022, **growth))) == []


@pytest.mark.parametrize(
    ("number", "issued_on", "is_found"),
    [
        ("169/KH-UBND", dt.date(2023, 3, 21), False),
        ("/KH-UBND", dt.date(2023, 7, 1), True),
        ("", dt.date(2023, 7, 1), True),
        ("169/KH-UBND", None, True),
    ],
)
def test_no_number_or_date_is_found(number, issued_on, is_found):
    assert bool(found(plan_of(number=number, issued_on=issued_on))) is is_found


@pytest.mark.parametrize(
    ("institution_class", "year", "is_found"),
    [
        ("library_district", 2024, False),
        ("library_district", 2025, True),  # due at the year's end
        ("library_district", 2026, True),
        ("library_district", None, False),
        ("library_commune", 2030, False),
    ],
)
def test_abolished_tier_figure_for_a_year_after_the_district_is_found(institution_class, year, is_found):
    assert bool(found(plan_of(figure_of("60", institution_class, year=year)))) is is_found


def test_abolished_tier_in_a_plan_issued_afterwards_is_found_for_any_year():
    plan = plan_of(figure_of("60", "library_district", year=2025), issued_on=dt.date(2025, 8, 1))
    assert [f[0] for f in found(plan)] == [CheckRule.ABOLISHED_TIER]


def test_abolished_tier_collective_word_for_all_libraries_is_not_found():
    everything = [f"library_{c}" for c in ("district", "commune", "school", "special", "university")]
    assert found(plan_of(figure_of("60", *everything, year=2030))) == []


def test_abolished_tier_plan_of_a_unit_that_ended_is_found_with_its_own_institutions():
    plan = plan_of(
        figure_of("100", "library_province", year=2030),
        figure_of("60", "library_commune", year=2030),
        unit_ended_on=REFORM,
        unit_became="Tỉnh Lâm Đồng",
    )
    assert found(plan) == [
        (CheckRule.ABOLISHED_TIER, "0", "", None),
        (CheckRule.ABOLISHED_TIER, "I.2", "library_province", 2030),
    ]


def test_abolished_tier_figure_of_an_ended_province_is_sent_to_its_successor():
    plan = plan_of(figure_of("100", "library_province", year=2030), unit_ended_on=REFORM, unit_became="Tỉnh Lâm Đồng")
    [_head, finding] = find(plan, [])
    assert "Tỉnh Lâm Đồng" in finding.suggestion
    [of_district] = find(plan_of(figure_of("60", "library_district", year=2030)), [])
    assert "Lâm Đồng" not in of_district.suggestion


def test_below_a_range_above_at_least_its_low_end_is_asked_for():
    above = nation(figure_of("10-15", indicator=GROWTH, unit=TargetUnit.PERCENT_PER_YEAR))
    plan = plan_of(figure_of("5", indicator=GROWTH, unit=TargetUnit.PERCENT_PER_YEAR))
    [finding] = [each for each in find(plan, [above]) if each.rule == CheckRule.BELOW_PARENT]
    assert "15" not in finding.suggestion
    assert "10 - 15" in finding.message


# -- indicators --


def test_dropped_indicator_is_found_and_extra_indicator_too():
    plan = plan_of(figure_of("50", cohort=TOWN, indicator=IndicatorFacts("participation", "Người dân tham gia")))
    assert [f.rule for f in find(plan, [nation(figure_of("60"))])] == [
        CheckRule.DROPPED_INDICATOR,
        CheckRule.EXTRA_INDICATOR,
    ]


def test_dropped_indicator_that_the_tier_has_no_say_in_is_not_found():
    above = nation(figure_of("60"), figure_of("60", "museum_province", indicator=GROWTH))
    plan = plan_of(figure_of("60"), tier="commune")
    assert found(plan, above, rule=CheckRule.DROPPED_INDICATOR) == []


def test_plan_without_any_figure_misses_nothing():
    assert found(plan_of(), nation(figure_of("60"))) == []


def test_addendum_misses_nothing_but_is_compared():
    above = nation(figure_of("60"), figure_of("60", "library_school"), figure_of("10", indicator=GROWTH))
    addendum = plan_of(figure_of("50"), kind=PlanKind.ADDENDUM)
    assert [f[0] for f in found(addendum, above)] == [CheckRule.BELOW_PARENT]


@pytest.mark.parametrize("changed", [{"is_retired": True}, {"is_replaced": True}, {"kind": PlanKind.ANNOUNCEMENT}])
def test_plan_that_has_ended_and_announcement_are_not_checked(changed):
    assert found(plan_of(figure_of("60"), number="", **changed)) == []


# -- laws --

CLASSES = ["library_commune", "library_school", "library_armed_forces", "library_district", "village_culture_house"]
INDICATORS = [IndicatorFacts(code, code) for code in ("a", "b", "c")]


@st.composite
def plans(draw, **fields):
    keys = st.tuples(
        st.sampled_from(INDICATORS),
        st.frozensets(st.sampled_from(CLASSES), min_size=1, max_size=2),
        st.sampled_from([2025, 2030, None]),
    )
    targets = [
        figure_of(str(draw(st.integers(0, 100))), *sorted(classes), year=year, indicator=indicator, clause=f"I.{n}")
        for n, (indicator, classes, year) in enumerate(draw(st.lists(keys, unique=True, max_size=8)), 1)
    ]
    return plan_of(*targets, **fields)


@settings(max_examples=60, deadline=None)
@given(plans(), plans())
def test_raising_every_figure_to_the_highest_above_leaves_nothing_below(plan, above):
    raised = tuple(replace(t, low=Decimal(100), high=Decimal(100)) for t in plan.targets)
    assert found(replace(plan, targets=raised), above, rule=CheckRule.BELOW_PARENT) == []


@settings(max_examples=60, deadline=None)
@given(plans())
def test_plan_that_repeats_the_plan_above_is_never_below_nor_missing_anything(above):
    compared = {
        CheckRule.BELOW_PARENT,
        CheckRule.MISSING_CLASS,
        CheckRule.MERGED_CLASSES,
        CheckRule.DROPPED_INDICATOR,
        CheckRule.EXTRA_INDICATOR,
    }
    rules = {f.rule for f in find(replace(above, code="ban-sao"), [above])}
    assert not rules & compared


@settings(max_examples=60, deadline=None)
@given(plans(), plans(), st.randoms(use_true_random=False))
def test_order_of_targets_never_matters(plan, above, chance):
    def shuffled(facts):
        targets = list(facts.targets)
        chance.shuffle(targets)
        return replace(facts, targets=tuple(targets))

    assert find(shuffled(plan), [shuffled(above)]) == find(plan, [above])


@settings(max_examples=60, deadline=None)
@given(plans(), plans())
def test_findings_have_one_key_each(plan, above):
    keys = [f.key for f in find(plan, [above])]
    assert len(keys) == len(set(keys))
