"""Joining, in the words of those who do it: on a phone that runs no scripts, a citizen, a guardian, a teacher with her
list, somebody in line; each page without a barrier that axe finds."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from hocsuotdoi.activities.enums import WaitingRule
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.support.browser import PHONE

pytestmark = pytest.mark.slow


@pytest.fixture
def phone(live_program, visitor) -> Page:
    """A cheap phone that runs no scripts."""
    return visitor(viewport=PHONE, java_script_enabled=False).new_page()


@pytest.fixture
def no_barrier(live_program, visitor, accessibility):
    """Opens the page where another one stands, with scripts, which the check needs; wide and narrow."""
    pages = [visitor(viewport=PHONE).new_page(), visitor().new_page()]

    def check(shown: Page) -> None:
        for page in pages:
            page.goto(shown.url)
            assert accessibility(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    return check


def offered(*, title: str, capacity: int | None = 10, sessions: int = 1, **fields) -> Activity:
    activity = ActivityFactory(institution=Institution.objects.first(), title=title, **fields)
    for n in range(sessions):
        starts = timezone.now() + dt.timedelta(days=7 * (n + 1))
        SessionFactory(activity=activity, number=n + 1, capacity=capacity, starts_at=starts)
    return activity


def send(page: Page) -> None:
    page.locator("main form[method=post] button[type=submit]").first.click()


def join(page: Page, activity: Activity, **fields: str) -> None:
    page.goto(f"/activities/{activity.pk}/")
    for name, value in fields.items():
        page.locator(f"#join [name={name}]").fill(value)
    send(page)


def code_on(page: Page) -> str:
    return page.locator(".panel .number").first.inner_text().strip()


def test_a_citizen_joins_changes_moves_and_cancels_with_the_code_alone(phone, no_barrier):
    activity = offered(title="Ngày hội đọc sách", sessions=2)
    phone.goto(f"/activities/{activity.pk}/")
    no_barrier(phone)

    join(phone, activity, name="Lường Thị Hiền", group_size="3")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Đăng ký thành công")
    no_barrier(phone)
    code = code_on(phone)

    phone.goto(f"/activities/{activity.pk}/")
    phone.locator("summary", has_text="Đã đăng ký?").click()
    phone.locator("[name=code]").fill(code)
    phone.get_by_role("button", name="Tra cứu").click()
    phone.get_by_role("link", name="Sửa tên").click()
    no_barrier(phone)
    phone.locator("[name=group_size]").fill("2")
    send(phone)
    expect(phone.locator(".facts")).to_contain_text("2")

    phone.get_by_role("link", name="Đổi sang buổi khác").click()
    no_barrier(phone)
    send(phone)
    taken = list(activity.sessions.order_by("number").values_list("places_taken", flat=True))
    assert taken == [0, 2]
    assert code_on(phone) == code

    phone.get_by_role("link", name="hủy đăng ký").click()
    no_barrier(phone)
    send(phone)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("đã hủy")
    assert sum(activity.sessions.values_list("places_taken", flat=True)) == 0


def test_a_guardian_registers_a_child_for_the_whole_series_with_consent(phone, no_barrier):
    activity = offered(title="Lớp kể chuyện", audience="children", joining="either", sessions=3)
    join(phone, activity, name="Nông Thị Lan", guardian_name="Nông Thị Ngân", phone="0912 345 678")
    expect(phone.locator("[role=alert]").first).to_be_visible()
    assert not Registration.objects.filter(session__activity=activity).exists()

    phone.locator("[name=consent]").check()
    send(phone)

    expect(phone.get_by_role("heading", level=1)).to_contain_text("cả đợt")
    assert Registration.objects.filter(session__activity=activity, consent_at__isnull=False).count() == 3
    no_barrier(phone)
    phone.get_by_role("link", name="Rút khỏi đợt này").click()
    no_barrier(phone)
    send(phone)
    assert sum(activity.sessions.values_list("places_taken", flat=True)) == 0


def test_a_teacher_brings_a_class_of_forty_by_the_spreadsheet(phone, no_barrier, tmp_path: Path):
    activity = offered(title="Tìm hiểu trống đồng", capacity=45)
    filled = tmp_path / "lop-4a.xlsx"
    phone.goto(f"/activities/{activity.pk}/")
    phone.get_by_role("link", name="Đăng ký cả lớp").click()
    no_barrier(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Tải tệp mẫu").click()
    download.value.save_as(filled)
    book = load_workbook(filled)
    for n in range(40):
        book.active.append([f"Học sinh thứ {n + 1}", "nữ" if n % 2 else "nam", "mười" if n == 6 else 9])
    book.save(filled)

    def fill() -> None:
        phone.locator("[name=name]").fill("Cô Hà Thị Lụa")
        phone.locator("[name=phone]").fill("0912345678")
        phone.locator("[name=consent]").check()
        phone.locator("[name=file]").set_input_files(filled)
        send(phone)

    fill()
    expect(phone.locator(".error").first).to_contain_text("Dòng 8")
    assert not Registration.objects.filter(session__activity=activity).exists()

    book.active["C8"] = 9
    book.save(filled)
    fill()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Đăng ký thành công")
    no_barrier(phone)
    registration = Registration.objects.get(session__activity=activity)
    assert (registration.group_size, registration.participants.count()) == (40, 40)


def test_somebody_in_line_is_offered_the_place_that_comes_free_and_takes_it(phone, visitor, no_barrier):
    activity = offered(title="Lớp tin học", capacity=2, waiting_rule=WaitingRule.IN_ORDER)
    session = Session.objects.get(activity=activity)
    there = register(session, name="Vi Văn Ky", group_size=2, form_key=uuid.uuid4(), at=timezone.now())
    phone.goto(f"/activities/{activity.pk}/")
    no_barrier(phone)

    join(phone, activity, name="Phùng Thị Xoan")
    expect(phone.locator("main")).to_contain_text("Bạn là người thứ 1")
    no_barrier(phone)

    other = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    other.goto(f"/activities/sessions/{session.pk}/{there.code}/cancel/")
    send(other)
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Có chỗ trống cho bạn")
    no_barrier(phone)
    phone.get_by_role("button", name="nhận chỗ").click()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("Đăng ký thành công")
    session.refresh_from_db()
    assert session.places_taken == 1
