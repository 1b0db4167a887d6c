"""The roll on a phone: ticking, the connection that goes away, no JavaScript, nothing in the way of a screen reader."""

import datetime as dt
import io
import uuid

import pytest
import qrcode
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.queries.roll import roll_of
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import OPTIONS, PHONE, chromium_path, new_context, sign_in

pytestmark = pytest.mark.slow


@pytest.fixture
def running(live_program) -> Session:
    """A session that began an hour ago, with two people and a family of four registered."""
    library = InstitutionFactory(name="Thư viện phường Thử")
    person = PersonFactory(full_name="Hoàng Thị Lan")
    RoleAssignmentFactory(person=person, role=RoleName.INSTITUTION_STAFF, institution=library)
    session = SessionFactory(
        activity=ActivityFactory(institution=library, title=f"Ngày hội đọc sách số {library.pk}"),
        starts_at=timezone.now() - dt.timedelta(hours=1),
    )
    for name, size in (("Lý Thị Mai", 1), ("Bàn Văn Páo", 1), ("Gia đình chị Hà", 4)):
        register(session, name=name, group_size=size, form_key=uuid.uuid4(), at=timezone.now())
    session.librarian = person
    return session


def open_roll(context, session: Session):
    sign_in(context, session.librarian)
    page = context.new_page()
    page.goto(f"/workspace/activities/sessions/{session.pk}/roll/")
    return page


def presence(session: Session) -> dict[str, int | None]:
    return {line.name: line.present for line in roll_of(session).lines}


def test_tick_is_saved_at_once_and_one_without_connection_is_saved_later(live_program, visitor, running):
    context = visitor(viewport=PHONE)
    page = open_roll(context, running)

    page.get_by_label("Lý Thị Mai").check()
    expect(page.locator("#roll-saved")).to_contain_text("1 người", timeout=15_000)
    assert presence(running)["Lý Thị Mai"] == 1

    context.set_offline(True)
    page.get_by_label("Bàn Văn Páo").check()
    expect(page.locator("#roll-unsaved")).to_be_visible(timeout=15_000)
    assert presence(running)["Bàn Văn Páo"] is None

    context.set_offline(False)
    expect(page.locator("#roll-unsaved")).to_be_hidden(timeout=30_000)
    assert presence(running) == {"Lý Thị Mai": 1, "Bàn Văn Páo": 1, "Gia đình chị Hà": None}


def test_roll_without_javascript_from_the_first_tick_to_closing(live_program, visitor, running):
    page = open_roll(visitor(viewport=PHONE, java_script_enabled=False), running)

    page.locator("button[value=all_present]").click()
    page.get_by_label("Bàn Văn Páo").uncheck()
    page.fill("#walk_in_name", "Khách đến muộn")
    page.locator("summary").last.click()
    page.fill("[name='tally-female-6-10']", "12")
    page.locator("button[value=close]").click()
    page.locator("main form button[type=submit]").click()

    running.refresh_from_db()
    assert running.attended == 1 + 0 + 4 + 1 + 12


def test_roll_close_and_sheet_are_accessible(live_program, visitor, accessibility, running):
    page = open_roll(visitor(viewport=PHONE), running)
    assert accessibility(page) == []

    for name in ("close", "sheet"):
        page.goto(f"{live_program.url}/workspace/activities/sessions/{running.pk}/{name}/")
        assert accessibility(page) == []
    for address in (f"{running.activity_id}/", "new/", "", f"{running.activity_id}/edit/"):
        page.goto(f"{live_program.url}/workspace/activities/{address}")
        assert accessibility(page) == []


def test_public_pages_are_accessible_and_joining_takes_one_page(live_program, visitor, accessibility, running):
    page = visitor(viewport=PHONE).new_page()
    page.goto(f"{live_program.url}/activities/")
    assert accessibility(page) == []
    page.get_by_role("link", name=running.activity.title).first.click()
    assert accessibility(page) == []

    page.fill("[name=name]", "Nông Thị Hoa")
    page.locator("#join button[type=submit]").click()

    expect(page.locator("main")).to_contain_text("Nông Thị Hoa")
    assert accessibility(page) == []
    assert presence(running)["Nông Thị Hoa"] is None


def test_a_ticket_before_the_camera_ticks_its_people(live_program, chromium, running, tmp_path):
    family = running.registrations.get(name="Gia đình chị Hà")
    film = tmp_path / "ticket.mjpeg"
    film.write_bytes(_film_of(f"{live_program.url}/activities/sessions/{running.pk}/{family.code}/"))
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    camera += [f"--use-file-for-fake-video-capture={film}"]
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=[*OPTIONS, *camera])
    page = open_roll(new_context(browser, live_program.url, viewport=PHONE, permissions=["camera"]), running)
    page.get_by_role("button", name="Quét vé").click()
    expect(page.locator("#scan [role=status]")).to_have_text("Gia đình chị Hà: có mặt", timeout=20_000)
    page.get_by_role("button", name="Xong").click()
    expect(page.locator("#roll-saved")).to_contain_text("4 người", timeout=15_000)
    browser.close()
    assert presence(running)["Gia đình chị Hà"] == 4


def _film_of(text: str) -> bytes:
    """A picture of a ticket's square, as a film of one picture that a browser takes for its camera."""
    square = qrcode.make(text, box_size=8, border=6).convert("RGB")
    picture = Image.new("RGB", (640, 640), "white")
    picture.paste(square.resize((560, 560)), (40, 40))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=95)
    return frame.getvalue() * 3
