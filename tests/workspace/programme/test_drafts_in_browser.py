"""A draft in a real browser: begun from the plan above, written, issued; on a phone and at a desk."""

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.programme.models import Plan
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow

DESK = {"width": 1280, "height": 900}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_planner_writes_and_issues_a_plan(visitor, accessibility, live_program, viewport):
    person = PersonFactory(full_name="Đỗ Quang Huy")
    province = unit_by_code("19", timezone.localdate())
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=province)
    context = visitor(viewport=viewport)
    sign_in(context, person)
    page = context.new_page()

    def look() -> None:
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]

    page.goto("/workspace/plans/draft/")
    look()
    page.fill("[name=title]", f"Kế hoạch thử {viewport['width']}")
    page.fill("[name=issuer]", "UBND tỉnh Thái Nguyên")
    page.select_option("[name=model]", label=page.locator("[name=model] option", has_text="1520/QĐ-TTg").inner_text())
    page.get_by_role("button", name="Bắt đầu soạn").click()
    page.get_by_role("link", name="Thêm mục").wait_for()
    look()
    page.get_by_role("link", name="Thêm mục").click()
    look()
    page.fill("[name=path]", "III")
    page.fill("[name=text]", "Tổ chức ngày hội đọc sách mỗi năm")
    page.fill("[name=duties-0-text]", "Ngày hội đọc sách")
    page.get_by_role("button", name="Thêm nhiệm vụ").click()
    assert page.input_value("[name=duties-0-text]") == "Ngày hội đọc sách"
    page.get_by_role("button", name="Lưu mục này").click()
    page.get_by_text("Đã lưu mục III").wait_for()
    page.get_by_role("link", name="Ban hành kế hoạch").click()
    look()
    page.fill("[name=number]", f"{viewport['width']}/KH-UBND")
    page.fill("[name=issued_on]", timezone.localdate().isoformat())
    page.get_by_role("button", name="Ban hành kế hoạch").click()
    page.locator("#life").wait_for()
    look()
    plan = Plan.objects.get(number=f"{viewport['width']}/KH-UBND")
    assert (plan.status, plan.tasks.filter(text="Ngày hội đọc sách").count()) == (PlanStatus.IN_FORCE, 1)
    for address in (
        f"/workspace/plans/{plan.code}/retire/",
        "/workspace/plans/rehoming/",
        "/plans/side-by-side/19/",
        "/workspace/tasks/hand-down/own/",
    ):
        page.goto(address)
        look()
