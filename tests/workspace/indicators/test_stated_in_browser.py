"""An officer states figures in a real browser: the sheet taken and sent back, the form on a phone, population."""

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.operations.people import open_account
from hocsuotdoi.indicators.models import Population, StatedFigure
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.units import unit_by_code
from tests.factories.accounts import RoleAssignmentFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import PHONE

pytestmark = pytest.mark.slow

PASSWORD = "mot-mat-khau-dai"


@pytest.fixture
def ward(live_program):
    unit = unit_by_code("01843", timezone.localdate())
    if not Institution.objects.filter(code="thu-vien-giay").exists():  # the tests of this file share the database
        InstitutionFactory(code="thu-vien-giay", name="Thư viện chưa dùng hệ thống", unit=unit)
    return unit


def sign_in(page, ward, email):
    officer = open_account(email, full_name="Triệu Văn Minh", password=PASSWORD, by=None)
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, unit=ward)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()


def is_well(page, accessibility) -> bool:
    assert accessibility(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
    return True


def test_sheet_is_taken_sent_back_and_undone(page, accessibility, ward, tmp_path):
    year = timezone.localdate().year - 1
    sign_in(page, ward, "mau@thu.example")
    page.goto(f"/workspace/figures/?period={year}")
    page.click("main >> text=Phường Bắc Kạn")
    with page.expect_download() as download:
        page.click("text=Mẫu Excel")
    file = tmp_path / "mau.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    book.worksheets[0]["E5"] = 1200
    book.save(file)
    page.set_input_files("input[type=file]", file)
    page.fill("input[name=source]", "Báo cáo giấy")
    page.click("button:has-text('Xem sẽ thay đổi gì')")
    page.wait_for_url("**/preview/**")
    assert is_well(page, accessibility)
    page.click("button:has-text('Ghi tất cả vào sổ')")
    page.wait_for_url("**/statements/**")
    assert is_well(page, accessibility)
    assert StatedFigure.objects.get(statement__source="Báo cáo giấy").quantity == 1200

    page.click("text=Hủy cả lần nhập này")
    assert is_well(page, accessibility)
    page.fill("input[name=reason]", "Nhầm tệp")
    page.click("button:has-text('Hủy lần nhập')")
    page.wait_for_selector("text=Đã hủy: số liệu trở lại như trước.")
    assert StatedFigure.objects.latest("revision").quantity is None


def test_figures_are_typed_in_on_a_phone_without_script(visitor, ward):
    page = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    sign_in(page, ward, "dien-thoai@thu.example")
    page.goto(f"/workspace/figures/01843/{timezone.localdate().year - 1}-Q4/")
    page.click("text=Thư viện chưa dùng hệ thống")
    page.fill("input[name=loan]", "15")
    page.fill("input[name=source]", "Báo qua điện thoại")
    page.click("button:has-text('Xem sẽ thay đổi gì')")
    page.wait_for_url("**/preview/**")
    page.click("button:has-text('Ghi tất cả vào sổ')")
    page.wait_for_url("**/statements/**")

    assert StatedFigure.objects.get(statement__source="Báo qua điện thoại").quantity == 15


def test_pages_fit_a_phone_and_have_no_barrier(visitor, accessibility, ward):
    page = visitor(viewport=PHONE).new_page()
    sign_in(page, ward, "trang@thu.example")
    year = timezone.localdate().year
    for url in (
        "/workspace/figures/",
        f"/workspace/figures/01843/{year}/",
        f"/workspace/figures/01843/{year}/thu-vien-giay/",
        "/workspace/figures/history/",
        f"/workspace/population/01843/{year}/",
    ):
        page.goto(url)
        assert is_well(page, accessibility)


def test_population_is_sent_in(page, accessibility, ward, tmp_path):
    year = timezone.localdate().year
    sign_in(page, ward, "dan-so@thu.example")
    page.goto("/workspace/population/")
    file = tmp_path / "dan-so.csv"
    file.write_text("Mã;Tổng số;Số thôn\n1843;12000;14\n", encoding="utf-8")
    page.set_input_files("input[type=file]", file)
    page.fill("input[name=source]", "Niên giám thống kê")
    page.click("button:has-text('Xem sẽ thay đổi gì')")
    page.wait_for_url("**/preview/**")
    assert is_well(page, accessibility)
    page.click("button:has-text('Ghi tất cả')")
    page.wait_for_selector("text=Đã ghi cho 1 đơn vị.")

    row = Population.objects.get(unit=ward, year=year)
    assert (row.urban, row.rural, row.villages) == (12_000, 0, 14)
