"""A planner at the Ministry sets the yearly report up, looks at it, opens it and follows it: at a desk; then every page
of cycles on a phone, which fits and has no barrier."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import AT
from tests.factories.running import submit
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow


def address(name, cycle, *more):
    return reverse(f"workspace:cycles-{name}", args=[cycle.code, *more])


@pytest.fixture
def planner(live_program):
    person = PersonFactory(full_name="Lê Minh Châu")
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, agency=Agency.objects.get(code="bo-vhttdl"))
    return person


def test_planner_sets_the_yearly_report_up_and_follows_it(planner, visitor):
    context = visitor()
    sign_in(context, planner)
    page = context.new_page()
    page.goto(reverse("workspace:cycles-cycle-list"))
    page.get_by_role("link", name="Lập kỳ báo cáo").first.click()
    page.get_by_label("Mã", exact=True).fill("hang-nam")
    page.get_by_role("button", name="Lập kỳ").click()
    expect(page.get_by_text("Tất cả có 3.459 cơ quan báo cáo")).to_be_visible()
    page.get_by_role("link", name="Cấp tỉnh: giáo dục và đào tạo").click()
    page.locator("input[value=command]").check()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Mở kỳ").click()
    page.get_by_role("button", name="Mở kỳ").click()
    cycle = Cycle.objects.get(code="hang-nam")
    assert cycle.opening_ordered_by == planner.pk
    open_cycle(cycle, by=planner, at=AT)  # as the worker does
    page.goto(address("cycle-detail", cycle))
    page.get_by_role("link", name="Tỉnh Thái Nguyên").click()
    expect(page.get_by_role("heading", name="Tỉnh Thái Nguyên")).to_be_visible()
    page.get_by_label("Chỉ xem").select_option("no_person")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("table .badge", has_text="Chưa có người viết").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename == "hang-nam-tinh-hinh.xlsx"


def test_every_page_of_cycles_fits_a_phone_and_has_no_barrier(planner, visitor, accessibility):
    ministry = Agency.objects.select_related("unit").get(code="bo-vhttdl")
    opened = make_cycle("dang-mo", owner=ministry, given=yearly(2026, ministry), by=planner, at=AT)
    open_cycle(opened, by=planner, at=AT)
    submit(Report.objects.get(cycle=opened, agency__code="cong-an-19"))
    context = visitor(viewport=PHONE)
    sign_in(context, planner)
    page = context.new_page()
    page.goto(reverse("workspace:cycles-cycle-create"))
    page.get_by_label("Mã", exact=True).fill("tren-dien-thoai")
    page.get_by_role("button", name="Lập kỳ").click()
    prepared = Cycle.objects.get(code="tren-dien-thoai")
    addresses = [
        reverse("workspace:cycles-cycle-list"),
        reverse("workspace:cycles-cycle-create"),
        address("cycle-detail", prepared),
        address("cycle-edit", prepared),
        address("cycle-reminders", prepared),
        address("rule-create", prepared),
        address("rule-edit", prepared, 1),
        address("cycle-act", prepared, "discard"),
        address("cycle-detail", opened),
        address("cycle-unit", opened, "19"),
        address("cycle-reports", opened),
        address("cycle-letters", opened),
        address("cycle-burden", opened),
    ]
    for each in addresses:
        assert page.goto(each).status == 200, each
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], each
        assert accessibility(page) == [], each
