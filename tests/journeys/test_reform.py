"""A reform of the territory on a phone: the sheet sent, what follows looked at, entered, taken back."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import AdminUnit, TerritoryReform
from hocsuotdoi.places.queries.units import unit_by_code
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow
SHEET = """Mã đơn vị cũ;Tên đơn vị cũ;Mã đơn vị mới;Tên đơn vị mới;Phần đất
01843;Phường Bắc Kạn;01843;;phần chính
01843;Phường Bắc Kạn;01999;Phường Sông Cầu Mới;phần còn lại
"""


@pytest.fixture
def administrator(live_program):
    person, now = PersonFactory(), timezone.now()
    RoleAssignmentFactory(person=person, role=RoleName.ADMINISTRATOR, unit=AdminUnit.objects.get(code="VN"))
    PowerSwitchFactory(person=person, starts_at=now, ends_at=now + dt.timedelta(minutes=60))
    return person


def test_reform_is_entered_and_taken_back_on_a_phone(live_program, administrator, visitor, accessibility):
    day = timezone.localdate() + dt.timedelta(days=90)
    library = InstitutionFactory(name="Thư viện thử bên sông", unit=unit_by_code("01843", day))
    context = visitor(viewport=PHONE)
    sign_in(context, administrator)
    page = context.new_page()

    def looks_right() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
        assert accessibility(page) == [], page.url

    def send(text: str) -> None:
        page.set_input_files("[name=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": text.encode()})
        page.fill("[name=day]", day.isoformat())
        page.fill("[name=act_number]", "98/NQ-UBTVQH16")
        page.fill("[name=act_title]", "Về việc sắp xếp các đơn vị hành chính cấp xã")
        page.fill("[name=act_issuer]", "Ủy ban Thường vụ Quốc hội")
        page.fill("[name=act_issued_on]", "2026-01-05")
        page.get_by_role("button", name="Xem sẽ thay đổi gì").click()

    page.goto("/workspace/territory/")
    looks_right()
    page.get_by_role("link", name="Nhập việc sắp xếp").click()
    expect(page.get_by_role("heading", level=1, name="Nhập việc sắp xếp")).to_be_visible()
    looks_right()
    send(SHEET.replace("01843;;phần chính", "01843;;nửa này"))
    expect(page.get_by_text("phần chính”").first).to_be_visible()
    looks_right()
    send(SHEET)
    expect(page.get_by_text("Chưa ghi gì cả")).to_be_visible()
    looks_right()
    page.get_by_role("link", name="Chọn nơi của từng cơ sở").click()
    page.get_by_label(library.name).select_option(label="Phường Sông Cầu Mới")
    looks_right()
    page.get_by_role("button", name="Lưu lựa chọn").click()
    page.get_by_role("button", name="Ghi tất cả").click()
    expect(page.get_by_text("Chờ đến ngày").first).to_be_visible(timeout=60_000)
    looks_right()
    assert TerritoryReform.objects.get(day=day).places == {library.code: "01999"}
    page.get_by_role("link", name="Rút lại việc sắp xếp này").click()
    expect(page.get_by_role("heading", level=1, name="Rút lại việc sắp xếp này?")).to_be_visible()
    looks_right()
    page.get_by_label("Lý do rút lại").fill("Nhập thử")
    page.get_by_role("button", name="Rút lại việc sắp xếp này").click()
    page.get_by_role("link", name="98/NQ-UBTVQH16").click()
    expect(page.get_by_text("Nhập thử")).to_be_visible()
    looks_right()
