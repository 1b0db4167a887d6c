"""Devices, marks, the sheet and the registrations, on a phone and at a desk: nothing in the way of a screen reader."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.sync import take_marks
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import DESK, PHONE, sign_in
from tests.support.phone import Phone, enrolled

pytestmark = pytest.mark.slow

SESSION = "/workspace/activities/sessions"


@pytest.fixture
def running(live_program) -> Session:
    """Began an hour ago; one device is enrolled, and one mark of it waits."""
    library = InstitutionFactory(name="Thư viện xã Thử nghiệm với một cái tên dài")
    person = PersonFactory(full_name="Nông Văn Dũng")
    RoleAssignmentFactory(person=person, role=RoleName.INSTITUTION_MANAGER, institution=library)
    now = timezone.now()
    activity = ActivityFactory(institution=library, title="Ngày hội đọc sách")
    session = SessionFactory(activity=activity, starts_at=now - dt.timedelta(hours=1))
    for name, size in (("Lý Thị Mai", 1), ("Gia đình chị Hà ở thôn Nà Pài xa xôi", 4)):
        register(session, name=name, group_size=size, form_key=uuid.uuid4(), at=now)
    device, _token = enrolled(library, by=person, at=now, days=3)
    take_marks(device, [Phone(now).line(session, "ZZZZZZZZ", 1)], at=now)
    session.manager = person
    return session


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_about_devices_are_accessible_and_fit(live_program, visitor, accessibility, running, viewport):
    context = visitor(viewport=viewport)
    sign_in(context, running.manager)
    page = context.new_page()

    def looks_right() -> None:
        assert accessibility(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    addresses = [
        "/workspace/",
        "/workspace/devices/",
        "/workspace/devices/marks/",
        "/workspace/bookings/",
        "/workspace/activities/notices/",
    ]
    addresses += [f"{SESSION}/{running.pk}/{name}/" for name in ("roll", "sheet", "registrations", "close")]
    for address in [*addresses, "/roll/", "/roll/enrol"]:
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        looks_right()
    page.goto("/workspace/devices/")
    page.get_by_role("link", name="Kích hoạt máy").first.click()
    looks_right()
    page.locator("[name=name]").fill("Điện thoại chị Lan")
    page.get_by_role("button", name="Hiện mã").click()
    looks_right()
    code = page.locator(".device-letters").inner_text().strip()
    page.goto(f"/roll/enrol#{code}")
    page.get_by_role("button", name="Kích hoạt máy này").click()
    page.locator("a.session").click()
    page.get_by_role("link", name="Quét vé").click()
    expect(page.locator("#picture")).to_be_attached()
    looks_right()


def test_door_of_each_page_is_lit_whole_on_a_phone(live_program, visitor, running):
    context = visitor(viewport=PHONE)
    sign_in(context, running.manager)
    page = context.new_page()
    page.goto("/workspace/devices/")

    lit = page.locator(".staff-nav a[aria-current=page]")
    expect(lit).to_have_text("Máy điểm danh")
    box = lit.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
