"""The check on the real documents, and answers to what it finds."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AnswerKind, CheckRule, PlanKind, PlanStatus
from hocsuotdoi.programme.models import FindingAnswer, Plan, Target
from hocsuotdoi.programme.operations import answer_finding
from hocsuotdoi.programme.operations.finding import FindingNotAnswered
from hocsuotdoi.programme.operations.life import replace_plan, retire_plan
from hocsuotdoi.programme.queries.comparison import compare
from hocsuotdoi.programme.queries.plan_check import check_plan, check_plans
from tests.factories.accounts import PersonFactory
from tests.factories.programme import HELD, ClauseFactory, PlanFactory, TargetFactory

AT = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)


def change_target(plan: Plan, **figures: int) -> None:
    """What nobody can do to an issued plan."""
    with pgtrigger.ignore(*HELD, "programme.Target:target_kept_as_issued"):
        Target.objects.filter(plan=plan).update(**figures)


def rules_of(code: str) -> Counter:
    return Counter(finding.rule.value for finding in check_plan(Plan.objects.get(code=code)))


def test_national_programme_is_checked_with_itself_only(reference):
    assert rules_of("qd-1520-2022") == {"growth_without_base": 4, "abolished_tier": 6}


def test_plan_of_dak_nong_is_found_below_the_nation_with_its_one_library_in_per_cent(reference):
    rules = rules_of("kh-169-2023-dak-nong")
    assert set(rules) == {
        "below_parent",
        "missing_class",
        "merged_classes",
        "percentage_of_one",
        "growth_without_base",
        "extra_indicator",
        "abolished_tier",
    }
    assert (rules["percentage_of_one"], rules["growth_without_base"], rules["extra_indicator"]) == (8, 4, 4)


def test_plan_of_bac_kan_city_is_found_falling_without_number_and_without_museums(reference):
    findings = check_plan(Plan.objects.get(code="kh-2023-tp-bac-kan"))
    (falling,) = [f for f in findings if f.rule == CheckRule.FALLING_PATH]
    assert (falling.clause, falling.year, falling.figure, falling.parent_figure) == ("I.2.1.1.2", 2030, "50%", "60%")
    assert [f.rule for f in findings].count(CheckRule.NO_NUMBER_OR_DATE) == 1
    dropped = {f.indicator for f in findings if f.rule == CheckRule.DROPPED_INDICATOR}
    assert dropped == {"museum_education", "museum_study_visits_growth"}


def test_city_is_held_against_the_nation_because_the_provinces_text_is_not_known(reference):
    findings = check_plan(Plan.objects.get(code="kh-2023-tp-bac-kan"))
    assert {f.parent_plan for f in findings if f.rule == CheckRule.BELOW_PARENT} == {"qd-1520-2022"}


@pytest.mark.parametrize("code", ["qd-1346-2023-bvhttdl", "kh-169-2023-dak-nong-tin"])
def test_document_without_figures_of_its_own_has_no_finding(reference, code):
    assert rules_of(code) == {}


def test_check_plans_needs_as_many_queries_for_three_plans_as_for_one(db, django_assert_num_queries):
    for number in (1, 3):
        while Plan.objects.count() < number:
            TargetFactory()
        with django_assert_num_queries(8):
            check_plans(Plan.objects.all())


def plans_in(sql: str) -> set[int]:
    return {int(pk) for pk in re.search(r'"plan_id" IN \(([\d, ]+)\)', sql)[1].split(", ")}


def test_check_reads_the_figures_of_the_plan_and_of_those_above_and_of_no_other(db, django_assert_num_queries):
    nation = TargetFactory().plan
    province = TargetFactory(clause__plan__parent=nation).plan
    plan = TargetFactory(clause__plan__parent=province).plan
    for above in (nation, province, plan):  # above, beside and below it
        TargetFactory(clause__plan__parent=above)
    with django_assert_num_queries(8) as captured:
        check_plan(plan)
    of_targets, amended = (each["sql"] for each in captured if 'FROM "programme_target"' in each["sql"])
    assert plans_in(of_targets) == {nation.pk, province.pk, plan.pk}
    assert plans_in(amended) == {nation.pk, province.pk}


# -- plans above that have ended --


@pytest.fixture
def nation(country) -> Plan:
    return TargetFactory(clause__plan__unit=country, figure=40).plan


@pytest.fixture
def province(nation, thai_nguyen) -> Plan:
    return TargetFactory(clause__plan__unit=thai_nguyen, clause__plan__parent=nation, figure=60).plan


@pytest.fixture
def ward(province, bac_kan) -> Plan:
    return TargetFactory(clause__plan__unit=bac_kan, clause__plan__parent=province, figure=50).plan


def held_against(plan: Plan) -> list[str]:
    return [f.parent_plan for f in check_plan(plan) if f.rule == CheckRule.BELOW_PARENT]


def test_retired_plan_above_is_passed_over(ward, province, nation, planner, now, today):
    assert held_against(ward) == [province.code]
    retire_plan(province, effective_on=today, reason="Hết hạn", by=planner, at=now, today=today)
    assert held_against(ward) == []
    change_target(nation, low=55, high=55)
    assert held_against(ward) == [nation.code]


@pytest.mark.parametrize("is_under_the_old_one", [False, True])
def test_what_took_the_place_of_a_plan_above_counts_and_the_old_one_is_not_checked(
    is_under_the_old_one, ward, province, nation, thai_nguyen, planner, now, today
):
    parent = province if is_under_the_old_one else nation
    new = TargetFactory(clause__plan__unit=thai_nguyen, clause__plan__parent=parent, figure=30).plan
    replace_plan(province, new, effective_on=today, by=planner, at=now, today=today)
    assert held_against(ward) == []  # 30% is asked now
    assert held_against(new) == [nation.code]
    change_target(province, low=10, high=10)
    assert check_plan(Plan.objects.get(pk=province.pk)) == []
    change_target(new, low=70, high=70)
    assert held_against(ward) == [new.code]
    assert [each.above.code for each in compare(ward)] == [new.code]
    retire_plan(new, effective_on=today, reason="Hết hạn", by=planner, at=now + dt.timedelta(hours=1), today=today)
    change_target(nation, low=55, high=55)
    assert held_against(ward) == [nation.code]


# -- addenda of plans above --


@pytest.mark.parametrize(("figure", "asked"), [(80, "80%"), (40, "")])
def test_figure_of_an_addendum_takes_the_place_of_the_one_above(figure, asked, ward, province, thai_nguyen, today):
    """The ward has 50%, the province 60%."""
    given = {"unit": thai_nguyen, "kind": PlanKind.ADDENDUM, "amends": province}
    of_draft = TargetFactory(clause__plan=PlanFactory(**given, status=PlanStatus.DRAFT, issued_on=today), figure=90)
    found = [f for f in check_plan(ward) if f.rule == CheckRule.BELOW_PARENT]
    assert [(f.parent_plan, f.parent_figure) for f in found] == [(province.code, "60%")]
    addendum = TargetFactory(clause__plan=PlanFactory(**given, issued_on=today), figure=figure).plan
    found = [f for f in check_plan(ward) if f.rule == CheckRule.BELOW_PARENT]
    assert [f.parent_figure for f in found] == ([asked] if asked else [])
    assert all(f.parent_plan == addendum.code and addendum.number in f.message for f in found)
    (compared,) = compare(ward)
    cell = compared.rows[0].figures[0]
    assert (cell.above, cell.above_plan, cell.is_below) == (f"{figure}%", addendum.code, bool(asked))
    assert of_draft.plan.number not in str(found)


def test_plan_itself_is_checked_as_it_was_issued(province, thai_nguyen, today):
    """An addendum does not answer for the plan: its planner says that it was corrected so."""
    change_target(province, low=30, high=30)
    addendum = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=province, issued_on=today)
    TargetFactory(clause__plan=addendum, figure=60)
    assert [f.figure for f in check_plan(province) if f.rule == CheckRule.BELOW_PARENT] == ["30%"]


# -- answers --


@pytest.fixture
def plan(db) -> Plan:
    return PlanFactory(number="")


@pytest.fixture
def key(plan) -> str:
    return next(f.key for f in check_plan(plan) if f.rule == CheckRule.NO_NUMBER_OR_DATE)


def test_answer_finding_accepted_is_recorded_and_the_finding_stays(plan, key):
    by = PersonFactory()
    answer = answer_finding(plan, key=key, kind=AnswerKind.ACCEPTED, reason=" Bản nháp. ", by=by, at=AT)
    assert (answer.reason, answer.rule, answer.answered_by) == ("Bản nháp.", "no_number_or_date", by)
    assert key in {finding.key for finding in check_plan(plan)}


def test_answer_finding_corrected_names_the_addendum(plan, key):
    addendum = PlanFactory(kind=PlanKind.ADDENDUM, amends=plan)
    answer = answer_finding(
        plan, key=key, kind=AnswerKind.CORRECTED, reason="Đã bổ sung", addendum=addendum, by=PersonFactory(), at=AT
    )
    assert answer.addendum == addendum


@pytest.mark.parametrize(
    "given",
    [
        {"reason": "  "},
        {"key": "below_parent|I.1|x|y|2025"},
        {"kind": AnswerKind.CORRECTED},
        {"kind": AnswerKind.CORRECTED, "addendum": "of another plan"},
        {"addendum": "of this plan"},
    ],
)
def test_answer_finding_that_lacks_something_is_refused(plan, key, given):
    match given.get("addendum"):
        case "of another plan":
            given = given | {"addendum": PlanFactory(kind=PlanKind.ADDENDUM, amends=PlanFactory())}
        case "of this plan":
            given = given | {"addendum": PlanFactory(kind=PlanKind.ADDENDUM, amends=plan)}
    answer = {"key": key, "kind": AnswerKind.ACCEPTED, "reason": "Có lý do", "addendum": None} | given
    with pytest.raises(FindingNotAnswered):
        answer_finding(plan, **answer, by=PersonFactory(), at=AT)
    assert FindingAnswer.objects.count() == 0


def test_answer_is_never_changed(plan, key):
    answer = answer_finding(plan, key=key, kind=AnswerKind.ACCEPTED, reason="x", by=PersonFactory(), at=AT)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        FindingAnswer.objects.filter(pk=answer.pk).update(reason="y")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"reason": ""}, "finding_answer_has_a_reason"),
        ({"kind": AnswerKind.CORRECTED}, "finding_corrected_names_the_addendum"),
    ],
)
def test_answer_without_reason_or_addendum_is_impossible(plan, key, fields, constraint):
    given = {"finding_key": key, "rule": "below_parent", "kind": AnswerKind.ACCEPTED, "reason": "x", "answered_at": AT}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        FindingAnswer.objects.create(plan=plan, answered_by=PersonFactory(), **given | fields)


def test_figures_are_told_as_vietnamese_writes_them(thai_nguyen):
    clause = ClauseFactory(plan__unit=thai_nguyen, path="I")
    kind = {"operator": "range", "low": Decimal("0.5"), "high": Decimal(1500), "unit": "percent_per_year"}
    TargetFactory(plan=clause.plan, clause=clause, **kind)
    (growth,) = [each for each in check_plan(clause.plan) if each.rule == CheckRule.GROWTH_WITHOUT_BASE]
    assert growth.figure == "0,5 - 1.500%/năm"
    assert growth.figure in growth.message


def test_unit_that_ends_later_is_told_as_ended_from_that_day(thai_nguyen):
    today = timezone.localdate()  # the check asks the clock itself
    target = TargetFactory(clause__plan=PlanFactory(unit=thai_nguyen, issued_on=dt.date(2026, 1, 1)), year=2028)
    for ends_on, is_told in ((today + dt.timedelta(days=1), False), (today, True)):
        AdminUnit.objects.filter(pk=thai_nguyen.pk).update(ends_on=ends_on)
        plan = Plan.objects.select_related("unit").get(pk=target.plan_id)
        assert (CheckRule.ABOLISHED_TIER in {each.rule for each in check_plan(plan)}) == is_told
