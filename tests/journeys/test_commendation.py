"""From the book to the sheet on the wall: a province's officer puts a library forward, the decision is signed, anybody
checks the certificate."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.models import Document
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.support.browser import DESK, PHONE, sign_in

pytestmark = pytest.mark.slow


def test_library_is_put_forward_commended_and_its_certificate_checked(live_program, visitor, accessibility):
    today = timezone.localdate()
    ward = AdminUnit.objects.get(code="01843", ends_on=None)
    department = AgencyFactory(unit=ward, kind=AgencyKind.CULTURE, name="Sở Văn hóa thử nghiệm")
    officer = PersonFactory(full_name="Hoàng Thị Thu")
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, agency=department)
    library = InstitutionFactory(unit=ward, name="Thư viện thôn Bản Áng")
    make_posting(library, dt.date(today.year, 1, 2), Line(MeasureCode.LIBRARY_VISIT, 1436))
    desk = visitor(viewport=DESK)
    sign_in(desk, officer)
    page = desk.new_page()
    page.goto("/workspace/nominations/new/")
    page.get_by_label("Mã cơ sở hoặc cơ quan").fill(library.code)
    page.get_by_label("Hình thức khen thưởng").fill("Bằng khen của Chủ tịch Ủy ban nhân dân")
    page.get_by_role("button", name="Tiếp tục").click()
    page.locator("textarea[name=merits]").fill("Mở cửa cả buổi tối, đưa sách đến từng nhà.")
    page.get_by_label(re.compile("Lượt người sử dụng thư viện")).check()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Trình khen thưởng").click()
    proposal = page.locator("main").get_by_role("link", name=re.compile("^KT-"))
    assert accessibility(page) == []
    proposal.click()
    with page.expect_download() as draft:
        page.get_by_role("button", name=re.compile("Quyết định khen thưởng: .*Word")).click()
    assert draft.value.suggested_filename.endswith("-quyet-dinh.docx")
    page.go_back()
    page.goto("/workspace/nominations/")
    page.locator("main").get_by_role("link", name="Thư viện thôn Bản Áng").click()
    page.locator("main").get_by_role("link", name="Được khen thưởng").click()
    page.get_by_label("Số quyết định").fill("123/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill(today.isoformat())
    page.get_by_label("Họ tên người ký").fill("Trần Văn Bình")
    assert accessibility(page) == []
    page.get_by_role("button", name="Ghi quyết định").click()
    with page.expect_download() as certificate:
        page.get_by_role("button", name="Văn bản Word để trình ký").click()
    assert certificate.value.suggested_filename.startswith("QK-")
    document = Document.objects.get(kind="certificate", snapshot__nomination__institution=library)
    phone = visitor(viewport=PHONE).new_page()
    phone.goto(f"/documents/{document.code}/")
    expect(phone.locator("main")).to_contain_text("Quyết định số 123/QĐ-UBND")
    expect(phone.locator("main")).not_to_contain_text("Bản Áng")
    assert accessibility(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
