"""The pages of plans in a real browser: a planner enters a plan and answers a finding, with and without JavaScript."""

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.models import FindingAnswer, Plan
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow


@pytest.fixture
def planner(live_program):
    person = PersonFactory(full_name="Đỗ Quang Huy")
    ward = unit_by_code("01843", timezone.localdate())
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=ward)
    return person


@pytest.mark.parametrize(
    "address",
    [
        "/plans/",
        "/plans/check/",
        "/plans/feasibility/",
        "/plans/kh-169-2023-dak-nong/",
        "/plans/kh-2023-tp-bac-kan/compare/",
        "/plans/kh-2023-tp-bac-kan/check/",
    ],
)
def test_public_pages_are_accessible_and_fit_a_phone(page, accessibility, address):
    page.set_viewport_size(PHONE)
    page.goto(address)
    assert accessibility(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("with_script", [True, False])
def test_planner_enters_a_plan_and_answers_what_the_check_found(visitor, accessibility, planner, with_script):
    context = visitor(viewport=PHONE, java_script_enabled=with_script)
    sign_in(context, planner)
    page = context.new_page()
    page.goto("/workspace/plans/")
    page.click("a[href='/workspace/plans/new/']")
    if with_script:
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    number = "31/KH-UBND" if with_script else "32/KH-UBND"
    page.fill("[name=number]", number)
    page.fill("[name=issued_on]", timezone.localdate().isoformat())
    page.fill("[name=title]", "Kế hoạch của phường")
    page.fill("[name=issuer]", "Ủy ban nhân dân phường Bắc Kạn")
    page.select_option("[name=unit]", label="Phường Bắc Kạn")
    page.select_option("[name=parent]", label="1520/QĐ-TTg · Thủ tướng Chính phủ")
    page.fill("[name=clauses-0-path]", "I.2")
    page.fill("[name=clauses-0-text]", "Đến năm 2030, 40% thư viện xã phục vụ học tập suốt đời.")
    page.select_option("[name=clauses-0-indicator]", value="library_services")
    page.select_option("[name=clauses-0-cohort]", value="library_commune")
    page.fill("[name=clauses-0-year]", "2030")
    page.fill("[name=clauses-0-figure]", "40%")
    page.click("main form button[type=submit]:not([name])")
    page.wait_for_load_state()
    plan = Plan.objects.get(number=number)
    assert page.url.endswith(f"/plans/{plan.code}/check/")
    assert "60%" in page.inner_text("main")
    page.click("a[href*='/findings/answer/?key=below_parent']")
    if with_script:
        assert accessibility(page) == []
    page.check("input[name=kind][value=accepted]")
    page.fill("[name=reason]", "Phường mới sáp nhập, sẽ nâng dần.")
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    assert "Phường mới sáp nhập, sẽ nâng dần." in page.inner_text("main")
    assert FindingAnswer.objects.filter(plan=plan, rule="below_parent").count() == 1


def test_planner_sees_each_mistake_of_a_file_with_its_line(visitor, accessibility, planner):
    context = visitor(viewport=PHONE)
    sign_in(context, planner)
    page = context.new_page()
    page.goto("/workspace/plans/from-file/")
    assert accessibility(page) == []
    bad = {"name": "plan.yaml", "mimeType": "text/yaml", "buffer": b"code: kh-thu\nnumbr: 1\n"}
    page.set_input_files("[name=file]", bad)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    assert accessibility(page) == []
    assert "numbr" in page.inner_text("table")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
