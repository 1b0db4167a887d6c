"""A teacher finds a programme by grade and subject and brings a class; the school gets its report."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hocsuotdoi.accounts.operations.sample import load_sample as load_sample_people
from hocsuotdoi.activities.operations.sample_schools import load_sample as load_sample_programmes
from hocsuotdoi.places.operations import load_sample as load_sample_institutions
from tests.support.browser import PHONE, watch_for_errors

PROGRAMME = "Theo dấu chân người xưa – Giờ học tại di tích (mẫu)"
SCHOOL = "Trường THCS Đức Xuân"


@pytest.fixture(scope="module")
def _sign_ins() -> list:
    return []


@pytest.fixture
def program(live_program, _sign_ins):
    if not _sign_ins:
        quiet: Callable[[str], None] = lambda line: None  # noqa: E731
        load_sample_institutions(progress=quiet)
        load_sample_programmes(at=timezone.now(), progress=quiet)
        _sign_ins += load_sample_people(at=timezone.now(), day=timezone.localdate(), progress=quiet)
    return live_program


@pytest.fixture
def officer(program, _sign_ins, visitor) -> Iterator[Page]:
    """The officer of the ward, who keeps the heritage site's calendar."""
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
def teacher(program, visitor) -> Iterator[Page]:
    page = visitor(viewport=PHONE).new_page()
    errors = watch_for_errors(page)
    yield page
    assert errors == []


def _just_begun() -> dt.datetime:
    """On today's local day, whatever the clock says."""
    now = timezone.localtime()
    return max(now - dt.timedelta(minutes=10), now.replace(hour=0, minute=0, second=0))


def _fill(page: Page, class_name: str) -> None:
    day = timezone.localdate() + dt.timedelta(days=7)
    for name, value in {
        "class_name": class_name,
        "school": SCHOOL,
        "girls": "20",
        "boys": "18",
        "adults": "2",
        "day_1": day.isoformat(),
        "day_2": (day + dt.timedelta(days=1)).isoformat(),
        "time_2": "14:00",
        "teacher": "Hà Thị Thơm",
        "phone": "0912 345 678",
        "wishes": "Có một em đi xe lăn.",
        "transport": "Xe buýt của trường",
        "risks": "Một em dị ứng lạc.",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=grade]").select_option("7")
    page.get_by_role("button", name="Gửi đăng ký").click()


@pytest.mark.slow
def test_a_class_from_the_catalogue_to_the_report(teacher: Page, officer: Page, accessibility):
    def fine(page: Page) -> None:
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    teacher.goto("/")
    teacher.get_by_role("link", name="Chương trình cho trường học").click()
    teacher.get_by_label("Khối lớp").select_option("7")
    teacher.get_by_label("Môn học").select_option("history")
    teacher.get_by_label("Ở đâu").fill("Bắc Kạn")
    teacher.get_by_role("button", name="Xem chương trình").click()
    fine(teacher)
    teacher.get_by_role("link", name=PROGRAMME).first.click()
    fine(teacher)
    teacher.get_by_role("link", name="Đặt lịch cho lớp").first.click()
    fine(teacher)
    _fill(teacher, "7A1")
    expect(teacher.get_by_role("heading", level=1, name="Đã gửi đăng ký")).to_be_visible()
    fine(teacher)
    visit = teacher.url

    officer.goto("/workspace/")
    officer.get_by_role("link", name=f"7A1, {SCHOOL}").click()
    fine(officer)
    answered = officer.url
    moment = _just_begun()
    officer.get_by_label("Ngày khác, đã hẹn qua điện thoại").check()
    officer.locator("#confirm [name=day]").fill(f"{moment:%Y-%m-%d}")
    officer.locator("#confirm [name=time]").fill(f"{moment:%H:%M}")
    officer.locator("#confirm [name=answer]").fill("Gặp cô Lan ở cổng.")
    officer.get_by_role("button", name="Nhận đón đoàn").click()
    fine(officer)

    teacher.goto(visit)
    expect(teacher.get_by_text("Gặp cô Lan ở cổng.")).to_be_visible()
    fine(teacher)
    sheet = teacher.request.get(f"{visit}agreement.pdf")
    assert sheet.body().startswith(b"%PDF")

    officer.locator("#agreement summary").click()
    officer.get_by_label("Số thỏa thuận").fill("05/TT-DT")
    officer.get_by_label("Ngày ký").fill(f"{timezone.localdate():%Y-%m-%d}")
    officer.get_by_label("Người ký phía nhà trường").fill("Nguyễn Thị Lịch")
    officer.get_by_label("Người ký phía cơ sở").fill("Triệu Văn Minh")
    officer.get_by_role("button", name="Lưu thỏa thuận").click()
    officer.locator("#headcount [name=girls]").fill("19")
    officer.get_by_role("button", name="Ghi vào bảng điểm danh").click()
    fine(officer)
    officer.get_by_role("button", name="Chốt buổi").click()
    officer.get_by_role("button", name="Chốt và tính số liệu").click()

    officer.goto(answered)
    officer.get_by_label("Lớp đã làm gì?").fill("Các em vẽ bản đồ di tích và kể lại bốn câu chuyện.")
    officer.get_by_role("button", name="Gửi báo cáo").click()
    fine(officer)

    teacher.goto(visit)
    expect(teacher.get_by_text("kể lại bốn câu chuyện")).to_be_visible()
    expect(teacher.locator(".figure-number").first).to_have_text("39")
    fine(teacher)
    report = teacher.request.get(f"{visit}report.pdf")
    assert report.body().startswith(b"%PDF")


@pytest.mark.slow
def test_a_class_is_booked_and_withdrawn_without_scripts(program, visitor):
    page = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/schools/?grade=7")
    page.get_by_role("link", name=PROGRAMME).first.click()
    page.get_by_role("link", name="Đặt lịch cho lớp").first.click()
    _fill(page, "7A2")
    page.get_by_role("link", name="Không đi được: rút đăng ký").click()
    page.get_by_role("button", name="Rút đăng ký").click()
    expect(page.get_by_role("heading", level=1, name="Thầy cô đã rút đăng ký")).to_be_visible()
