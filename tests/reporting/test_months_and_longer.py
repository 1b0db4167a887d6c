"""What was typed in for a quarter or a year stands beside a report's months, in no month."""

import io

import pytest
from openpyxl import load_workbook

from hocsuotdoi.core.periods import Period
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.queries.changed import changed_figures
from hocsuotdoi.reporting.queries.content import cycle_content, report_content
from tests.factories.reporting import DIGEST
from tests.factories.stated import state
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, count, fresh, make_tree

SESSIONS = "measure:programme_session:2026"
FIRST = 6


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    """The library held one session with twelve people in November."""
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


@pytest.fixture
def of_the_year(tree, library, bac_kan):
    state(library, bac_kan, Period(2026), NOW, SESSION=5, LIBRARY_VISIT=100)
    state(library, bac_kan, Period(2026, month=10), NOW, ATTENDANCE=30)


def months(content) -> dict[int, tuple[int, int, int]]:
    told = content["activities"]["months"]
    return {each["month"]: (each["sessions"], each["attendance"], each["visits"]) for each in told}


def apart(content) -> tuple[int, int, int]:
    told = content["activities"]["longer"]
    return told["sessions"], told["attendance"], told["visits"]


def keys(content) -> set[str]:
    return {each["key"] for each in content["figures"]}


@pytest.mark.usefixtures("of_the_year")
def test_figure_of_the_year_stands_beside_the_months_of_a_cycles_report(tree):
    content = cycle_content(fresh(tree.ward), DAY)
    assert months(content) == {10: (0, 30, 0), 11: (1, 12, 12)}
    assert apart(content) == (5, 0, 100)
    assert content["activities"]["sessions"] == 6
    (told,) = [each for each in content["figures"] if each["key"] == f"{SESSIONS}:month:longer"]
    assert told["numerator"] == "5"
    assert told["label"].endswith(", nhập theo quý, theo năm")


@pytest.mark.usefixtures("of_the_year")
def test_so_it_does_in_a_report_without_a_cycle(bac_kan):
    content = report_content(bac_kan, 2026, DAY)
    assert months(content) == {10: (0, 30, 0), 11: (1, 12, 12)}
    assert apart(content) == (5, 0, 100)


@pytest.mark.usefixtures("of_the_year")
def test_report_above_adds_it_up_beside_the_months(tree):
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert months(content) == {10: (0, 30, 0), 11: (1, 12, 12)}
    assert apart(content) == (5, 0, 100)


@pytest.mark.usefixtures("of_the_year")
def test_sheet_by_month_has_a_row_for_it_and_the_sum_holds_it(tree):
    content = cycle_content(fresh(tree.ward), DAY)
    sheet = load_workbook(io.BytesIO(render_annex(content, DIGEST)))["Theo tháng"]
    rows = [[sheet.cell(row, column).value for column in (1, 2, 4)] for row in range(FIRST + 9, FIRST + 14)]
    assert rows == [
        [10, 0, 0],
        [11, 1, 12],
        [12, None, None],
        ["Theo quý, năm", 5, 100],
        ["Cả năm", "=SUM(B6:B18)", "=SUM(D6:D18)"],
    ]


def test_later_figure_of_the_year_is_told_in_an_addendum(tree, library, bac_kan):
    report = approved(tree.ward, tree)
    state(library, bac_kan, Period(2026), LATER, SESSION=5)
    assert {each["key"] for each in changed_figures(report)} == {SESSIONS, f"{SESSIONS}:month:longer"}


@pytest.mark.usefixtures("of_the_year")
def test_months_frozen_with_it_among_them_are_no_change(tree):
    """As it was counted before: that the counting has changed is no news of the book."""
    report = approved(tree.ward, tree)
    snapshot = report.approved
    content = snapshot.content
    del content["activities"]["longer"]
    content["figures"] = [
        each | ({"numerator": "6"} if each["key"] == f"{SESSIONS}:month:11" else {})
        for each in content["figures"]
        if not each["key"].endswith(":longer")
    ]
    report.approved = Snapshot(pk=snapshot.pk, content=content, frozen_at=snapshot.frozen_at)
    assert changed_figures(report) == []
