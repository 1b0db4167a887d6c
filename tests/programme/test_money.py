"""Acts on money: who says which sum when, what is refused, sums up the tree."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource, MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.operations.money import (
    BadMoney,
    LineChanged,
    MoneyRefused,
    Spending,
    add_line,
    allocate,
    appraise,
    appraise_as_estimated,
    estimate,
    spend,
)
from hocsuotdoi.programme.queries.money import (
    NOTHING,
    Said,
    by_task,
    lines_in,
    sums_by_child,
    sums_by_source,
    sums_of,
    task_sums,
    to_appraise,
    total_of,
)
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import PlanFactory, TaskFactory

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)
BUDGET, GIFT = MoneySource.COMMUNE_BUDGET, MoneySource.DONATION


@pytest.fixture
def plan(thai_nguyen):
    return PlanFactory(unit=thai_nguyen)


@pytest.fixture
def finance_of_thai_nguyen(thai_nguyen):
    return Agency.objects.create(code="so-tc-thu", name="Sở Tài chính (thử)", kind=AgencyKind.FINANCE, unit=thai_nguyen)


@pytest.fixture
def finance_officer(finance_of_thai_nguyen):
    person = PersonFactory(full_name="Ma Thị Hằng")
    RoleAssignmentFactory(person=person, role=RoleName.FINANCE_OFFICER, agency=finance_of_thai_nguyen)
    return person


@pytest.fixture
def line(office_of_bac_kan, officer_of_bac_kan, plan):
    return added(office_of_bac_kan, officer_of_bac_kan, plan, "Mua sách thiếu nhi", 12_000_000)


def added(agency, by, plan, purpose, estimated=None, source=BUDGET, source_name="", year=2026, task=None) -> MoneyLine:
    return add_line(
        agency,
        plan=plan,
        year=year,
        spending=Spending(purpose, source, source_name, task),
        estimated=estimated,
        by=by,
        at=NOW,
    )


def test_line_goes_from_estimate_to_spending_and_every_step_stays(line, officer_of_bac_kan, finance_officer):
    line = appraise(line, version=1, amount=10_000_000, remark="Giảm theo định mức.", by=finance_officer, at=NOW)
    line = allocate(line, version=2, amount=10_000_000, act="12/QĐ-UBND", by=finance_officer, at=NOW)
    line = spend(line, version=3, amount=9_500_000, by=officer_of_bac_kan, at=NOW)
    line.refresh_from_db()
    assert (line.estimated, line.appraised, line.allocated, line.spent) == (
        12_000_000,
        10_000_000,
        10_000_000,
        9_500_000,
    )
    assert list(line.steps.values_list("stage", "amount")) == [
        ("estimated", 12_000_000), ("appraised", 10_000_000), ("allocated", 10_000_000), ("spent", 9_500_000)
    ]  # fmt: skip


def test_new_estimate_makes_the_appraisal_lapse(line, officer_of_bac_kan, finance_officer):
    line = appraise(line, version=1, amount=12_000_000, by=finance_officer, at=NOW)
    line = estimate(line, version=2, amount=15_000_000, by=officer_of_bac_kan, at=NOW)
    line.refresh_from_db()
    assert (line.estimated, line.appraised, line.appraised_by, line.remark) == (15_000_000, None, None, "")
    assert line.steps.filter(stage="appraised", amount=None).exists()


def test_estimate_is_taken_back_with_a_reason(line, officer_of_bac_kan):
    with pytest.raises(BadMoney):
        estimate(line, version=1, amount=None, by=officer_of_bac_kan, at=NOW)
    line = estimate(line, version=1, amount=None, remark="Nhập nhầm năm.", by=officer_of_bac_kan, at=NOW)
    assert line.estimated is None
    assert NOTHING.amount is sums_of(MoneyLine.objects.all()).of(MoneyStage.ESTIMATED).amount


@pytest.mark.parametrize(
    ("amount", "remark", "error"), [(11_000_000, "", BadMoney), (-1, "Âm", BadMoney), (10**15 + 1, "Nhiều", BadMoney)]
)
def test_appraisal_that_cannot_be_is_refused(line, finance_officer, amount, remark, error):
    with pytest.raises(error):
        appraise(line, version=1, amount=amount, remark=remark, by=finance_officer, at=NOW)
    line.refresh_from_db()
    assert line.appraised is None
    assert line.steps.count() == 1


def test_who_estimates_does_not_appraise(line, officer_of_bac_kan):
    with pytest.raises(MoneyRefused):
        appraise(line, version=1, amount=12_000_000, by=officer_of_bac_kan, at=NOW)


def test_donation_is_not_appraised_and_says_who_gives(office_of_bac_kan, officer_of_bac_kan, plan, finance_officer):
    with pytest.raises(BadMoney):
        added(office_of_bac_kan, officer_of_bac_kan, plan, "Tủ sách", 5_000_000, GIFT)
    line = added(office_of_bac_kan, officer_of_bac_kan, plan, "Tủ sách", 5_000_000, GIFT, "Hội Khuyến học")
    with pytest.raises(MoneyRefused):
        appraise(line, version=1, amount=5_000_000, by=finance_officer, at=NOW)
    line = allocate(line, version=1, amount=5_000_000, act="Biên bản 3/3/2026", by=finance_officer, at=NOW)
    assert line.allocated == 5_000_000


def test_budget_is_allocated_after_appraisal_and_by_a_decision(line, finance_officer):
    with pytest.raises(MoneyRefused):
        allocate(line, version=1, amount=1, act="12/QĐ", by=finance_officer, at=NOW)
    line = appraise(line, version=1, amount=12_000_000, by=finance_officer, at=NOW)
    with pytest.raises(BadMoney):
        allocate(line, version=2, amount=1, act=" ", by=finance_officer, at=NOW)
    line = allocate(line, version=2, amount=12_000_000, act="12/QĐ", by=finance_officer, at=NOW)
    for act in (
        lambda: estimate(line, version=3, amount=1, by=PersonFactory(), at=NOW),
        lambda: appraise(line, version=3, amount=12_000_000, by=finance_officer, at=NOW),
    ):
        with pytest.raises(MoneyRefused):
            act()


def test_more_than_was_allocated_is_spent_only_with_a_word(line, officer_of_bac_kan):
    with pytest.raises(BadMoney):
        spend(line, version=1, amount=1, by=officer_of_bac_kan, at=NOW)
    line = spend(line, version=1, amount=1, remark="Tạm ứng từ quỹ xã.", by=officer_of_bac_kan, at=NOW)
    assert line.spent == 1


def test_second_writer_is_told_and_nothing_is_written_over(line, officer_of_bac_kan, finance_officer):
    estimate(line, version=1, amount=1, by=officer_of_bac_kan, at=NOW)
    for act in (
        lambda: estimate(line, version=1, amount=2, by=officer_of_bac_kan, at=NOW),
        lambda: appraise(line, version=1, amount=12_000_000, by=finance_officer, at=NOW),
        lambda: appraise_as_estimated([line], by=finance_officer, at=NOW),
    ):
        with pytest.raises(LineChanged):
            act()
    line.refresh_from_db()
    assert (line.estimated, line.appraised) == (1, None)


def test_same_line_stands_once_and_its_task_is_the_plans(office_of_bac_kan, officer_of_bac_kan, plan, line):
    with pytest.raises(MoneyRefused):
        added(office_of_bac_kan, officer_of_bac_kan, plan, " Mua  sách thiếu nhi ")
    with pytest.raises(BadMoney):
        added(office_of_bac_kan, officer_of_bac_kan, plan, "  ")
    with pytest.raises(BadMoney):
        added(office_of_bac_kan, officer_of_bac_kan, plan, "Khác", year=2019)


def test_many_are_appraised_at_once_or_none(office_of_bac_kan, officer_of_bac_kan, plan, line, finance_officer):
    mine = added(office_of_bac_kan, finance_officer, plan, "Tập huấn", 3_000_000)
    with pytest.raises(MoneyRefused):
        appraise_as_estimated([line, mine], by=finance_officer, at=NOW)
    line.refresh_from_db()
    assert line.appraised is None
    assert list(to_appraise(finance_officer, DAY)) == [line]
    assert appraise_as_estimated([line], by=finance_officer, at=NOW) == 1
    assert not to_appraise(finance_officer, DAY).exists()


def test_finance_office_sees_its_territory_and_the_commune_only_itself(
    line, finance_officer, officer_of_bac_kan, librarian_of_bac_kan, duc_xuan, plan
):
    other = Agency.objects.create(code="vhxh-dx", name="Phòng khác", kind=AgencyKind.CULTURE_SOCIETY, unit=duc_xuan)
    added(other, PersonFactory(), plan, "Mua báo", 1_000_000)
    assert MoneyLine.objects.visible_to(finance_officer, DAY).count() == 2
    assert set(MoneyLine.objects.visible_to(officer_of_bac_kan, DAY)) == {line}
    assert not MoneyLine.objects.visible_to(librarian_of_bac_kan, DAY).exists()


def test_sums_go_up_the_tree_and_silence_is_no_zero(
    line, office_of_bac_kan, officer_of_bac_kan, department_of_thai_nguyen, thai_nguyen, bac_kan, duc_xuan, plan
):
    added(office_of_bac_kan, officer_of_bac_kan, plan, "Tủ sách", 0, GIFT, "Hội Khuyến học")
    added(office_of_bac_kan, officer_of_bac_kan, plan, "Chưa có số")
    added(department_of_thai_nguyen, officer_of_bac_kan, plan, "Tập huấn", 7_000_000, MoneySource.PROVINCE_BUDGET)
    added(department_of_thai_nguyen, officer_of_bac_kan, plan, "Năm khác", 1, year=2025)
    lines = lines_in(thai_nguyen, 2026, DAY)
    assert sums_of(lines).of(MoneyStage.ESTIMATED) == Said(19_000_000, 3, 4)
    assert sums_of(lines).of(MoneyStage.SPENT).amount is None
    assert sums_by_source(lines)[GIFT].of(MoneyStage.ESTIMATED) == Said(0, 1, 1)
    found = {each.unit: each.sums.of(MoneyStage.ESTIMATED) for each in sums_by_child(lines, thai_nguyen, DAY)}
    assert found == {thai_nguyen: Said(7_000_000, 1, 1), bac_kan: Said(12_000_000, 2, 3)}
    assert sums_of(lines_in(bac_kan, 2026, DAY)).of(MoneyStage.ESTIMATED).amount == 12_000_000


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**15)), max_size=8))
def test_adding_sums_keeps_silence_apart_from_nothing(amounts):
    total = NOTHING
    for amount in amounts:
        total += Said(amount, int(amount is not None), 1)
    known = [amount for amount in amounts if amount is not None]
    assert total == Said(sum(known) if known else None, len(known), len(amounts))


def differences(sums):
    return sums.cut, sums.unallocated, sums.left


def test_differences_are_of_the_lines_that_have_said_both(
    line, office_of_bac_kan, officer_of_bac_kan, plan, finance_officer, thai_nguyen
):
    """Of three estimates one has been appraised and allocated, one appraised only, one nothing; and a gift came in."""
    lines = lines_in(thai_nguyen, 2026, DAY)
    assert differences(sums_of(lines)) == (None, None, None)
    line = appraise(line, version=1, amount=10_000_000, remark="Theo định mức", by=finance_officer, at=NOW)
    line = allocate(line, version=2, amount=9_000_000, act="45/QĐ-UBND", by=finance_officer, at=NOW)
    only = added(office_of_bac_kan, officer_of_bac_kan, plan, "Tập huấn", 5_000_000)
    appraise(only, version=1, amount=5_000_000, by=finance_officer, at=NOW)
    added(office_of_bac_kan, officer_of_bac_kan, plan, "Chưa thẩm định", 70_000_000)
    gift = added(office_of_bac_kan, officer_of_bac_kan, plan, "Tủ sách", 4_000_000, GIFT, "Hội Khuyến học")
    allocate(gift, version=1, amount=4_000_000, act="Biên bản", by=finance_officer, at=NOW)
    spend(line, version=3, amount=2_000_000, by=officer_of_bac_kan, at=NOW)
    assert differences(sums_of(lines)) == (2_000_000, 6_000_000, 11_000_000)
    by_source = sums_by_source(lines)
    assert differences(by_source[BUDGET]) == (2_000_000, 6_000_000, 7_000_000)
    assert differences(by_source[GIFT]) == (None, None, None)
    assert total_of(by_source.values()) == sums_of(lines)


def test_sums_by_task_go_up_the_tree_and_come_to_the_total(
    office_of_bac_kan, officer_of_bac_kan, department_of_thai_nguyen, thai_nguyen, bac_kan, plan
):
    first, second = (TaskFactory(clause__plan=plan, plan=plan, ordinal=ordinal) for ordinal in (1, 2))
    for agency, amount, task in (
        (office_of_bac_kan, 1, second),
        (department_of_thai_nguyen, 20, second),
        (department_of_thai_nguyen, 300, first),
        (office_of_bac_kan, 4000, None),
    ):
        added(agency, officer_of_bac_kan, plan, "Việc", amount, task=task)
    for unit, expected in (
        (thai_nguyen, [(first, 300), (second, 21), (None, 4000)]),
        (bac_kan, [(second, 1), (None, 4000)]),
    ):
        lines = lines_in(unit, 2026, DAY)
        found = task_sums(by_task(lines))
        assert [(each.task, each.sums.of(MoneyStage.ESTIMATED).amount) for each in found] == expected
        assert total_of(each.sums for each in found) == sums_of(lines)


@pytest.mark.parametrize("number", [1, 3])
def test_sums_by_task_take_two_queries_however_many_tasks(
    office_of_bac_kan, officer_of_bac_kan, plan, number, django_assert_num_queries
):
    for ordinal in range(number):
        task = TaskFactory(clause__plan=plan, plan=plan, ordinal=ordinal + 1)
        added(office_of_bac_kan, officer_of_bac_kan, plan, "Việc", 1, task=task)
    with django_assert_num_queries(2):
        found = task_sums(by_task(MoneyLine.objects.all()))
        assert [each.task.plan.name and each.task.clause.path for each in found]
    assert len(found) == number
