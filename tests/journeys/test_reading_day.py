"""A reading day in the library of phường Bắc Kạn becomes the programme's figure and stands in the ward's report."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from hocsuotdoi.accounts.operations.sample import load_sample as load_sample_people
from hocsuotdoi.places.operations import load_sample as load_sample_institutions
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.reporting.operations.report import open_report
from tests.support.browser import PHONE, watch_for_errors

WARD, PROVINCE, COUNTRY = "01843", "19", "VN"
TITLE = "Ngày hội đọc sách chào mừng Ngày Di sản văn hóa 23/11"
WALK_INS = [
    ("Hoàng Văn Thái", "male", "60+"),
    ("Nông Thị Ngân", "female", "35-59"),
    ("Lý Seo Phừ", "male", "18-34"),
    ("Bàn Thị Mỷ", "female", "11-14"),
    ("Triệu Tài Cao", "male", "15-17"),
    ("Ma Thị Hồng", "female", "6-10"),
    ("Đặng Văn Sơn", "male", ""),
    ("Hà Thị Lụa", "female", "18-34"),
    ("Nguyễn Hữu Đức", "", ""),
    ("Phùng Thị Xoan", "female", "60+"),
    ("Vi Văn Ky", "male", "35-59"),
    ("Dương Thị Kim", "female", "6-10"),
]
FAMILY = 3
CAME = FAMILY + len(WALK_INS)


@pytest.fixture(scope="module")
def _sign_ins() -> list:
    return []


@pytest.fixture
def program(live_program, _sign_ins):
    if not _sign_ins:
        load_sample_institutions(progress=lambda line: None)
        _sign_ins += load_sample_people(at=timezone.now(), day=timezone.localdate(), progress=lambda line: None)
    return live_program


@pytest.fixture
def officer(program, _sign_ins, visitor) -> Iterator[Page]:
    """The officer of the ward's culture and society office, signed in, at a desk."""
    sign_in = next(each for each in _sign_ins if each.email.startswith("can-bo.backan"))
    page = visitor().new_page()
    errors = watch_for_errors(page)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(sign_in.email)
    page.locator("input[name=password]").fill(sign_in.password)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url(re.compile("/workspace/$"))
    yield page
    assert errors == []


@pytest.fixture
def citizen(program, visitor) -> Page:
    """Somebody with a cheap phone that runs no scripts, without an account."""
    return visitor(viewport=PHONE, java_script_enabled=False).new_page()


def _began() -> tuple[dt.datetime, dt.datetime]:
    """A session that began today and is not over for a while, whatever the clock says."""
    now = timezone.localtime()
    starts = max(now - dt.timedelta(minutes=30), now.replace(hour=0, minute=0, second=0))
    return starts, now + dt.timedelta(hours=2)


def _attendance(page: Page, unit: str) -> int:
    page.goto(f"/indicators/counts/{unit}/{timezone.localdate().year}/programme_attendance/")
    return int(page.locator(".figure .figure-number, .figures .number").first.inner_text().replace(".", ""))


def test_reading_day_from_the_officer_to_the_signed_report(officer: Page, citizen: Page, tmp_path: Path):
    before = {unit: _attendance(officer, unit) for unit in (WARD, PROVINCE, COUNTRY)}

    _make_and_publish(officer)
    code = _join(citizen)
    assert re.fullmatch(r"[A-Z0-9]{4}-?[A-Z0-9]{4}", code)
    _call_the_roll(officer)

    after = {unit: _attendance(officer, unit) for unit in (WARD, PROVINCE, COUNTRY)}
    assert {unit: after[unit] - before[unit] for unit in after} == dict.fromkeys(after, CAME)

    _open_down_to_the_sheet(officer)
    number = _write_and_freeze_the_report(officer)
    _documents_hold_the_figure(officer, tmp_path, number, after[WARD])


def _make_and_publish(page: Page) -> None:
    page.goto("/workspace/activities/new/")
    if page.locator("input[name=title]").count() == 0:
        page.get_by_role("link", name="Thư viện phường Bắc Kạn (mẫu)").click()
    starts, ends = _began()
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=kind]").select_option("reading_day")
    page.locator("details", has=page.locator("[name=observance]")).locator("summary").click()
    page.locator("[name=observance]").select_option("heritage_day")
    page.locator("[name=themes][value=reading]").check()
    page.locator("[name$=-day]").fill(f"{starts:%Y-%m-%d}")
    page.locator("[name$=-starts]").fill(f"{starts:%H:%M}")
    page.locator("[name$=-ends]").fill(f"{ends:%H:%M}")
    if ends.date() != starts.date():
        page.locator("details", has=page.locator("[name$=-last_day]")).locator("summary").click()
        page.locator("[name$=-last_day]").fill(f"{ends:%Y-%m-%d}")
    page.locator("[name$=-capacity]").fill("30")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("button", name="Công bố").click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()


def _join(page: Page) -> str:
    page.goto("/activities/?q=doc+sach")
    page.get_by_role("link", name=TITLE).first.click()
    page.locator("[name=name]").fill("Gia đình chị Lường Thị Hiền")
    page.locator("[name=group_size]").fill(str(FAMILY))
    page.locator("#join button[type=submit]").click()
    return page.locator(".panel .number").first.inner_text().strip()


def _call_the_roll(page: Page) -> None:
    page.locator("main").get_by_role("link", name="Điểm danh").first.click()
    page.locator("button[name=act][value=all_present]").click()
    for name, sex, age in WALK_INS:
        page.locator("[name=walk_in_name]").fill(name)
        page.locator("[name=walk_in_sex]").select_option(sex)
        page.locator("[name=walk_in_age]").select_option(age)
        page.locator("button[name=act][value=walk_in]").click()
        expect(page.locator("#roll")).to_contain_text(name)
    page.locator("button[name=act][value=close]").click()
    expect(page.locator(".figures")).to_contain_text(str(CAME))
    page.get_by_role("button", name="Chốt và tính số liệu").click()
    page.wait_for_load_state()


def _open_down_to_the_sheet(page: Page) -> None:
    page.goto(f"/units/{COUNTRY}/")
    page.locator("a[href*='programme_attendance']").first.click()
    page.get_by_role("link", name="Thái Nguyên").click()
    page.get_by_role("link", name="Phường Bắc Kạn").click()
    page.get_by_role("link", name="Thư viện phường Bắc Kạn (mẫu)").click()
    page.get_by_role("link", name=TITLE).click()
    page.locator("a[href*='/activities/sessions/']").click()
    expect(page.locator("main")).to_contain_text(str(CAME))
    page.locator("a[href*='/workspace/activities/sessions/']").click()
    for name, _, _ in WALK_INS:
        expect(page.locator("main")).to_contain_text(name)


def _write_and_freeze_the_report(page: Page) -> str:
    """A report outside any cycle: no page begins one any more, it is only finished there."""
    now = timezone.now()
    ward = unit_by_code("01843", timezone.localdate(now))
    report = open_report(ward, year=timezone.localdate(now).year, by=None, at=now)
    page.goto(f"/workspace/reports/{report.pk}/")
    page.locator("textarea[name=difficulties]").fill("Thư viện còn thiếu máy tính cho người lớn tuổi.")
    page.get_by_role("button", name="Lưu phần lời").click()
    expect(page.locator("main")).to_contain_text("Thư viện còn thiếu máy tính cho người lớn tuổi.")
    page.get_by_role("link", name=re.compile("Chốt số liệu")).click()
    page.get_by_role("button", name=re.compile("Chốt số liệu")).click()
    return page.get_by_role("heading", level=1).inner_text().strip()


def _documents_hold_the_figure(page: Page, folder: Path, number: str, attendance: int) -> None:
    shown = page.locator("main").inner_text()
    with page.expect_download() as download:
        page.locator("a[href$='report.docx']").first.click()
    download.value.save_as(folder / "report.docx")
    words = "\n".join(_texts(docx.Document(str(folder / "report.docx"))))
    sentence = re.search(r"với ([\d.]+) lượt người tham gia", words)
    assert sentence and int(sentence[1].replace(".", "")) == attendance
    assert f"{sentence[1]} lượt người tham gia" in shown
    assert number in words
    assert "Thư viện còn thiếu máy tính cho người lớn tuổi." in words

    with page.expect_download() as download:
        page.locator("a[href$='annex.xlsx']").first.click()
    download.value.save_as(folder / "annex.xlsx")
    cells = [cell.value for sheet in load_workbook(folder / "annex.xlsx") for row in sheet.iter_rows() for cell in row]
    assert attendance in cells
    assert any(number in str(cell) for cell in cells)


def _texts(document) -> Iterator[str]:
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield cell.text
    for section in document.sections:
        for paragraph in (*section.footer.paragraphs, *section.first_page_footer.paragraphs):
            yield paragraph.text
