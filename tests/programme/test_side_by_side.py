"""Old plans of a merged province side by side, and what the new plan chose."""

import datetime as dt
import io

import openpyxl
import pytest

from hocsuotdoi.places.models import LegalAct, Succession
from hocsuotdoi.programme.enums import PlanStatus, RehomingKind
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.operations.rehoming import rehome
from hocsuotdoi.programme.queries.side_by_side import side_by_side
from tests.factories.accounts import make_unit
from tests.factories.programme import CohortFactory, PlanFactory, TargetFactory, change_plan

REFORM = dt.date(2025, 7, 1)


@pytest.fixture
def old(country, thai_nguyen) -> dict[str, Plan]:
    """Plans of the two old provinces: one says 60% and 100%, the other 70% and nothing."""
    found = {}
    for code, name in (("06", "Tỉnh Bắc Kạn"), ("119", "Tỉnh Thái Nguyên cũ")):
        unit = make_unit(code, name, tier="province", kind="province", parent=country, ends_on=REFORM)
        Succession.objects.create(predecessor=unit, successor=thai_nguyen, kind="merged", effective_on=REFORM)
        found[code] = PlanFactory(unit=unit, code=f"kh-{code}", issued_on=dt.date(2023, 1, 1))
    merged = CohortFactory(code="merged", classes=["library_commune", "library_school"])
    TargetFactory(clause__plan=found["06"], cohort=merged, figure=60)
    TargetFactory(clause__plan=found["06"], cohort=CohortFactory(code="library_province"), figure=100)
    TargetFactory(clause__plan=found["119"], cohort=CohortFactory(code="library_commune"), figure=70)
    TargetFactory(clause__plan=found["119"], cohort=CohortFactory(code="library_school"), figure=60)
    return found


def lines(unit, today) -> dict[str, tuple]:
    found = side_by_side(unit, today)
    return {
        line.name: (tuple(cell.text for cell in line.cells), line.differs, line.chosen)
        for block in found.blocks
        for line in block.lines
    }


def test_rows_by_class_with_differences_marked(old, thai_nguyen, today):
    assert lines(thai_nguyen, today) == {
        "library_commune": (("60%", "70%"), True, ""),
        "library_school": (("60%", "60%"), False, ""),
        "library_province": (("100%", ""), True, ""),
    }


@pytest.mark.parametrize(
    ("figure", "chosen"),
    [(60, "như"), (65, "ở giữa"), (80, "cao hơn tất cả"), (50, "thấp hơn tất cả")],
)
def test_what_the_new_plan_chose(old, thai_nguyen, today, figure, chosen):
    new = PlanFactory(unit=thai_nguyen, code="kh-moi", issued_on=dt.date(2026, 1, 1))
    TargetFactory(clause__plan=new, cohort=CohortFactory(code="library_commune"), figure=figure)
    assert chosen in lines(thai_nguyen, today)["library_commune"][2]


def test_draft_is_not_beside_them_and_a_province_without_a_plan_is(old, thai_nguyen, today):
    draft = PlanFactory(unit=thai_nguyen, status=PlanStatus.DRAFT)
    TargetFactory(clause__plan=draft, figure=99)
    change_plan(old["119"], status=PlanStatus.DRAFT)
    columns = side_by_side(thai_nguyen, today).columns
    assert [(column.unit.code, column.plan) for column in columns] == [("06", old["06"]), ("119", None)]


def test_figures_stand_as_was_decided_about_them(old, thai_nguyen, bac_kan, planner, now, today):
    act = LegalAct.objects.create(number="9/NQ", title="Thử", issuer="HĐND", issued_on=today)

    def decide(cohort: str, kind: RehomingKind, unit, of_plan: Plan, asked: str = "") -> None:
        target = of_plan.targets.get(cohort=cohort)
        given = {"cohort": CohortFactory(code=asked)} if asked else {}
        given |= {"effective_on": today, "legal_act": act, "reason": "thử", "by": planner, "at": now, "today": today}
        rehome([target], kind=kind, units=[unit], **given)

    decide("library_province", RehomingKind.TAKEN_OVER, thai_nguyen, old["06"], "museum_province")
    decide("library_school", RehomingKind.DROPPED, thai_nguyen, old["119"])
    decide("library_commune", RehomingKind.TAKEN_OVER, bac_kan, old["119"], "library_commune")  # for the ward alone
    words = lines(thai_nguyen, today)
    assert words["library_commune"] == (("60%", "70%"), True, "")
    assert words["museum_province"] == (("100%", ""), True, "")
    assert "library_province" not in words
    assert [cells for cells, _differs, _chosen in words.values()].count(("60%", "")) == 1  # of the schools
    for plan in old.values():  # of a plan that is no more nothing is decided any more: it stands as it was issued
        change_plan(plan, status=PlanStatus.RETIRED)
    assert lines(thai_nguyen, today)["library_province"] == (("100%", ""), True, "")


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_three_plans_as_for_one(number, old, thai_nguyen, today, django_assert_num_queries):
    for each in range(number):
        new = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2026, 1, 1 + each))
        TargetFactory(clause__plan=new, figure=60 + each)
    with django_assert_num_queries(8):
        assert len(side_by_side(thai_nguyen, today).columns) == number + 2


def test_page_and_workbook(client, old, thai_nguyen):
    page = client.get("/plans/side-by-side/19/")
    assert page.status_code == 200
    body = page.content.decode()
    assert "70%" in body and "khác nhau" in body
    assert "library_school" not in client.get("/plans/side-by-side/19/?only=different").content.decode()
    sheet = client.get("/plans/side-by-side/19/table.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert {"70%", "100%", "library_province", 2025} <= set(cells)
    assert client.get("/plans/side-by-side/01843/").status_code == 404
    assert client.get("/plans/side-by-side/99/").status_code == 404
