"""The sheet of money: round trip, what is wrong cell by cell, all or nothing, once."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from hocsuotdoi.core.table_file import read_table
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.formats.money_sheet import (
    ESTIMATED,
    FIRST_ROW,
    GIVER,
    PURPOSE,
    REMARK,
    SOURCE,
    SPENT,
    SUM_ROW,
    TASK,
    MoneyRow,
    MoneyTemplate,
    is_money_sheet,
    mark_of,
    read_money_sheet,
    render_money_sheet,
    task_label,
)
from hocsuotdoi.programme.models import MoneyLine, MoneyPreview
from hocsuotdoi.programme.operations.money import LineChanged, Spending, add_line, estimate
from hocsuotdoi.programme.operations.money_import import MoneyNotTaken, changes_of, confirm_money, preview_money
from hocsuotdoi.programme.queries.money import numbered_tasks
from tests.factories.programme import ClauseFactory, PlanFactory, TaskFactory

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


@pytest.fixture
def plan(thai_nguyen):
    return PlanFactory(unit=thai_nguyen)


@pytest.fixture
def line(office_of_bac_kan, officer_of_bac_kan, plan):
    spending = Spending("Mua sách", MoneySource.COMMUNE_BUDGET)
    return add_line(
        office_of_bac_kan, plan=plan, year=2026, spending=spending, estimated=1_000_000, by=officer_of_bac_kan, at=NOW
    )


def sheet_of(agency, plan, *lines, fill=(), edition=2) -> bytes:
    """The sheet as taken away, with `fill`: (row after the first, column, value)."""
    numbers = {task.pk: number if edition > 1 else task.ordinal for number, task in numbered_tasks(plan)}
    rows = [
        MoneyRow(
            each.pk,
            each.version,
            str(numbers[each.task_id]) if each.task else "",
            each.purpose,
            MoneySource(each.source),
            each.source_name,
            each.estimated,
            None,
            None,
            each.spent,
        )
        for each in lines
    ]
    mark = mark_of(agency.code, agency.pk, plan.code, 2026, edition)
    content = render_money_sheet(
        MoneyTemplate("Kinh phí", mark, rows, [(task_label("II.1", "Mua sách"), "Mua sách cho thư viện")])
    )
    book = load_workbook(io.BytesIO(content))
    for row, column, value in fill:
        book.worksheets[0].cell(FIRST_ROW + row, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def previewed(agency, plan, by, content) -> MoneyPreview:
    table = read_table(content, "kinh-phi.xlsx", is_money_sheet)
    return preview_money(
        agency,
        plan=plan,
        year=2026,
        sheet=read_money_sheet(table),
        file_name="kinh-phi.xlsx",
        digest="0" * 64,
        by=by,
        at=NOW,
    )


NEW = [(1, PURPOSE, "Tập huấn"), (1, SOURCE, "Ngân sách cấp xã"), (1, ESTIMATED, 2_500_000)]


def test_sheet_is_filled_in_looked_through_and_written_once(office_of_bac_kan, officer_of_bac_kan, plan, line):
    source = NEW[1][2]
    fill = [(0, ESTIMATED, 1_200_000), *NEW]
    made = previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, line, fill=fill))
    assert [(each.kind, each.estimated) for each in changes_of(made)] == [("changed", 1_200_000), ("new", 2_500_000)]
    assert MoneyLine.objects.count() == 1, source
    assert confirm_money(made, by=officer_of_bac_kan, at=NOW) == 2
    assert confirm_money(made, by=officer_of_bac_kan, at=NOW) == 2
    assert sorted(MoneyLine.objects.values_list("purpose", "estimated")) == [
        ("Mua sách", 1_200_000),
        ("Tập huấn", 2_500_000),
    ]
    assert not MoneyPreview.objects.exists()


def test_sums_stand_as_formulas_with_their_values(office_of_bac_kan, plan, line):
    content = sheet_of(office_of_bac_kan, plan, line)
    formula = load_workbook(io.BytesIO(content)).worksheets[0].cell(SUM_ROW, ESTIMATED).value
    assert formula.startswith("=SUBTOTAL(109,F6:F")


@pytest.mark.parametrize(
    ("fill", "column"),
    [
        ([(1, PURPOSE, "Thiếu nguồn"), (1, ESTIMATED, 1)], SOURCE),
        ([(1, PURPOSE, "Nguồn lạ"), (1, SOURCE, "Trúng số"), (1, ESTIMATED, 1)], SOURCE),
        ([*NEW[:2]], ESTIMATED),
        ([*NEW[:2], (1, ESTIMATED, "=1+1")], ESTIMATED),
        ([*NEW[:2], (1, ESTIMATED, "12.000.000")], ESTIMATED),
        ([*NEW[:2], (1, ESTIMATED, -5)], ESTIMATED),
        ([*NEW, (1, TASK, 99)], TASK),
        ([*NEW, (1, SPENT, 5)], SPENT),
        ([(1, PURPOSE, "Quà"), (1, SOURCE, "tài trợ, đóng góp"), (1, ESTIMATED, 1)], GIVER),
        ([(0, PURPOSE, "Đổi tên")], PURPOSE),
        ([(0, TASK, 1)], TASK),
        ([(0, TASK, 99)], TASK),
        ([(0, SOURCE, "Ngân sách cấp tỉnh")], SOURCE),
        ([(0, SOURCE, None)], SOURCE),
        ([(0, GIVER, "Hội Khuyến học")], GIVER),
        ([(0, ESTIMATED, None)], ESTIMATED),
        ([(0, SPENT, 5)], REMARK),
    ],
)
def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_taken(
    office_of_bac_kan, officer_of_bac_kan, plan, line, fill, column
):
    content = sheet_of(office_of_bac_kan, plan, line, fill=fill)
    with pytest.raises(MoneyNotTaken) as refusal:
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    letters = {problem.at[0] for problem in refusal.value.problems}
    assert "ABCDEFGHIJ"[column - 1] in letters, refusal.value.problems
    assert not MoneyPreview.objects.exists()


def test_line_that_stands_twice_in_a_sheet_is_told_at_its_second_cell(
    office_of_bac_kan, officer_of_bac_kan, plan, line
):
    fill = [(0, ESTIMATED, 1_200_000), (1, ESTIMATED, 1_300_000)]
    content = sheet_of(office_of_bac_kan, plan, line, line, fill=fill)
    with pytest.raises(MoneyNotTaken) as refusal:
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    (problem,) = refusal.value.problems
    assert (problem.at, f"A{FIRST_ROW}" in problem.reason) == (f"A{FIRST_ROW + 1}", True)
    assert not MoneyPreview.objects.exists()


@pytest.mark.parametrize("year", [2019, 2101])
def test_sheet_of_a_year_without_the_programme_is_refused(office_of_bac_kan, officer_of_bac_kan, plan, year):
    read = read_money_sheet(read_table(sheet_of(office_of_bac_kan, plan, fill=NEW), "x.xlsx", is_money_sheet))
    read.mark = mark_of(office_of_bac_kan.code, office_of_bac_kan.pk, plan.code, year)
    given = {"file_name": "x.xlsx", "digest": "0" * 64, "by": officer_of_bac_kan, "at": NOW}
    with pytest.raises(MoneyNotTaken):
        preview_money(office_of_bac_kan, plan=plan, year=year, sheet=read, **given)
    assert not MoneyPreview.objects.exists()


@pytest.fixture
def gift(office_of_bac_kan, officer_of_bac_kan, plan):
    """A line with a task and a giver."""
    task = TaskFactory(clause=ClauseFactory(plan=plan), ordinal=1)
    TaskFactory(clause=task.clause, ordinal=2)
    spending = Spending("Tủ sách thôn", MoneySource.DONATION, "Hội Khuyến học", task)
    return add_line(
        office_of_bac_kan, plan=plan, year=2026, spending=spending, estimated=3_000_000, by=officer_of_bac_kan, at=NOW
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [(TASK, 2), (TASK, None), (SOURCE, "Ngân sách cấp xã"), (SOURCE, None), (GIVER, "Công ty Sách"), (GIVER, None)],
)
def test_task_source_and_giver_of_a_line_stay_and_a_changed_one_is_said_at_its_cell(
    office_of_bac_kan, officer_of_bac_kan, plan, gift, column, value
):
    # Also beside a sum that may be changed: of such a row nothing is taken.
    for fill in ([(0, column, value)], [(0, column, value), (0, ESTIMATED, 4_000_000)]):
        with pytest.raises(MoneyNotTaken) as refusal:
            previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, gift, fill=fill))
        (problem,) = refusal.value.problems
        assert problem.at == f"{'ABCDEFGHIJ'[column - 1]}{FIRST_ROW}"
    assert not MoneyPreview.objects.exists()


def test_everything_changed_at_once_is_said_cell_by_cell(office_of_bac_kan, officer_of_bac_kan, plan, gift):
    fill = [(0, TASK, 2), (0, PURPOSE, "Khác"), (0, SOURCE, "Ngân sách cấp xã"), (0, GIVER, None)]
    with pytest.raises(MoneyNotTaken) as refusal:
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, gift, fill=fill))
    assert [each.at for each in refusal.value.problems] == [f"{letter}{FIRST_ROW}" for letter in "BCDE"]


def test_words_in_a_sheet_are_kept_or_said_at_their_cell(office_of_bac_kan, officer_of_bac_kan, plan, line):
    new = [(1, PURPOSE, "Giá sách"), (1, SOURCE, "Ngân sách cấp xã"), (1, ESTIMATED, 500_000)]
    taken = previewed(
        office_of_bac_kan,
        plan,
        officer_of_bac_kan,
        sheet_of(office_of_bac_kan, plan, line, fill=[*new, (1, REMARK, "Theo báo giá")]),
    )
    confirm_money(taken, by=officer_of_bac_kan, at=NOW)
    assert MoneyLine.objects.get(purpose="Giá sách").steps.get().remark == "Theo báo giá"
    for fill, cell in (
        ([(0, REMARK, "Chưa mua")], REMARK),
        ([(1, PURPOSE, "x" * 301), *new[1:]], PURPOSE),
    ):
        with pytest.raises(MoneyNotTaken) as refused:
            previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, line, fill=fill))
        assert [each.at[0] for each in refused.value.problems] == [chr(64 + cell)]


def test_a_space_too_many_is_no_change(office_of_bac_kan, officer_of_bac_kan, plan, gift):
    fill = [(0, PURPOSE, " Tủ  sách thôn "), (0, GIVER, "Hội Khuyến  học"), (0, ESTIMATED, 4_000_000)]
    made = previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, gift, fill=fill))
    assert confirm_money(made, by=officer_of_bac_kan, at=NOW) == 1
    gift.refresh_from_db()
    assert (gift.estimated, gift.task.ordinal, gift.source_name) == (4_000_000, 1, "Hội Khuyến học")


@pytest.mark.parametrize("number", [1, 3])
def test_looking_a_sheet_through_takes_as_many_queries_however_many_lines(
    office_of_bac_kan, officer_of_bac_kan, plan, gift, number, django_assert_num_queries
):
    lines = [gift] + [
        add_line(
            office_of_bac_kan,
            plan=plan,
            year=2026,
            spending=Spending(f"Việc {each}", MoneySource.COMMUNE_BUDGET, task=gift.task),
            estimated=1,
            by=officer_of_bac_kan,
            at=NOW,
        )
        for each in range(number - 1)
    ]
    content = sheet_of(office_of_bac_kan, plan, *lines, fill=[(0, ESTIMATED, 4_000_000)])
    with django_assert_num_queries(5):
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)


def test_old_sheet_does_not_write_over_what_was_said_since(office_of_bac_kan, officer_of_bac_kan, plan, line):
    content = sheet_of(office_of_bac_kan, plan, line, fill=[(0, ESTIMATED, 5)])
    made = previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    estimate(line, version=1, amount=7, by=officer_of_bac_kan, at=NOW)
    with pytest.raises(MoneyNotTaken):
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    with pytest.raises(LineChanged):
        confirm_money(made, by=officer_of_bac_kan, at=NOW)
    line.refresh_from_db()
    assert line.estimated == 7


def test_sheet_of_another_office_or_that_changes_nothing_is_refused(
    office_of_bac_kan, officer_of_bac_kan, department_of_thai_nguyen, plan, line
):
    for content in (sheet_of(department_of_thai_nguyen, plan, fill=NEW), sheet_of(office_of_bac_kan, plan, line)):
        with pytest.raises(MoneyNotTaken):
            previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)


@pytest.mark.parametrize(
    ("edition", "said"),
    [(2, "II.1.a"), (2, "ii.1.a."), (2, "II.1.a – Mua sách"), (2, "II.1.a - gì cũng được"), (1, 15000), (1, "15000")],
)
def test_task_is_named_as_the_plan_prints_it_and_in_old_sheets_by_its_place(
    office_of_bac_kan, officer_of_bac_kan, plan, edition, said
):
    task = TaskFactory(clause=ClauseFactory(plan=plan, path="II.1.a"), ordinal=15000)
    content = sheet_of(office_of_bac_kan, plan, fill=[*NEW, (1, TASK, said)], edition=edition)
    made = previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    confirm_money(made, by=officer_of_bac_kan, at=NOW)
    line = MoneyLine.objects.get()
    assert line.task == task
    again = sheet_of(office_of_bac_kan, plan, line, fill=[(0, ESTIMATED, 3_000_000)], edition=edition)
    assert confirm_money(previewed(office_of_bac_kan, plan, officer_of_bac_kan, again), by=officer_of_bac_kan, at=NOW)


@pytest.mark.parametrize("edition", [1, 2])
def test_number_of_the_other_edition_names_no_task(office_of_bac_kan, officer_of_bac_kan, plan, edition):
    TaskFactory(clause=ClauseFactory(plan=plan, path="II.1.a"), ordinal=15000)
    said = {1: "II.1.a", 2: "15000"}[edition]
    content = sheet_of(office_of_bac_kan, plan, fill=[*NEW, (1, TASK, said)], edition=edition)
    with pytest.raises(MoneyNotTaken) as refused:
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, content)
    assert [each.at[0] for each in refused.value.problems] == ["B"]


def test_clause_of_several_tasks_asks_which(office_of_bac_kan, officer_of_bac_kan, plan):
    clause = ClauseFactory(plan=plan, path="II.1.a")
    first, second = (TaskFactory(clause=clause, ordinal=number) for number in (1, 2))
    assert numbered_tasks(plan) == [("II.1.a (1)", first), ("II.1.a (2)", second)]
    given = [*NEW, (1, TASK, "II.1.a")]
    with pytest.raises(MoneyNotTaken) as refused:
        previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, fill=given))
    assert [each.reason for each in refused.value.problems] == [
        "Mục II.1.a của kế hoạch có nhiều nhiệm vụ: hãy chọn trong danh sách."
    ]
    given[-1] = (1, TASK, "II.1.a (2) – Mua sách")
    made = previewed(office_of_bac_kan, plan, officer_of_bac_kan, sheet_of(office_of_bac_kan, plan, fill=given))
    confirm_money(made, by=officer_of_bac_kan, at=NOW)
    assert MoneyLine.objects.get().task == second
