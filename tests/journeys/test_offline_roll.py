"""An officer calls the roll of forty where there is no connection, and the figures are in the ledger once."""

import datetime as dt
import io

import pytest
import qrcode
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.activities.enums import MarkOutcome, SessionStatus
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.ledger.models import Entry, Posting
from tests.factories.activities import RegistrationFactory, SessionFactory
from tests.support.browser import PHONE, watch_for_errors
from tests.support.roll_app import EXPECTED, enrol, sync_now


@pytest.mark.slow
def test_roll_of_forty_without_a_connection(manager, phone, village_evening, accessibility):
    page = enrol(manager, phone)
    errors = watch_for_errors(page)
    expect(page.locator("a.session")).to_contain_text("40 người đăng ký")
    assert accessibility(page) == []

    phone.set_offline(True)
    page.locator("a.session").click()
    page.get_by_role("button", name="Tất cả có mặt").click()
    expect(page.locator(".big")).to_have_text("Có mặt 40/40 người")
    for absent in ("Hoàng Văn Thái 07", "Hoàng Văn Thái 19", "Hoàng Văn Thái 33"):
        page.get_by_label("Tìm theo tên hoặc mã").fill(f"hoang van thai {absent[-2:]}")
        page.locator(".roll-row:visible", has_text=absent).tap()
    page.get_by_label("Tìm theo tên hoặc mã").fill("")
    expect(page.locator(".big")).to_have_text("Có mặt 37/40 người")
    for name in ("Lý Seo Phừ", "Bàn Thị Mỷ"):
        page.locator("#walk-name").fill(name)
        page.locator("#walk-sex").select_option("female")
        page.locator("form.panel button[type=submit]").click()
        expect(page.locator(".roll-row", has_text=name)).to_be_visible()
    page.locator("summary").first.click()
    page.locator("table.tally input").first.fill("5")
    page.locator("table.tally input").first.blur()
    expect(page.locator(".tally-line")).to_contain_text("thêm 7 người")
    assert accessibility(page) == []

    page.reload()  # without a connection: the program and the journal are on the phone
    expect(page.locator(".big")).to_have_text("Có mặt 37/40 người")
    expect(page.locator(".status")).to_contain_text("Không có kết nối")
    expect(page.locator(".status")).to_contain_text("7 mục chưa gửi")
    page.get_by_role("link", name="Chốt buổi").click()
    assert accessibility(page) == []
    expect(page.locator(".figures")).to_contain_text("44")
    page.get_by_role("button", name="Chốt và tính số liệu").click()
    expect(page.locator(".session")).to_contain_text("đã chốt trên máy này")
    assert roll_of(village_evening).people == 0

    phone.set_offline(False)
    sync_now(page)
    village_evening.refresh_from_db()
    assert (village_evening.status, village_evening.attended) == (SessionStatus.CLOSED, 44)
    attendance = Entry.objects.filter(
        posting__source_id=village_evening.pk, measure="programme_attendance"
    ).values_list("quantity", flat=True)
    assert (Posting.objects.filter(source_id=village_evening.pk).count(), sum(attendance)) == (1, 44)
    expect(page.locator(".session")).to_contain_text("44 người đến")
    assert [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


@pytest.mark.slow
def test_what_conflicts_lands_in_the_list_and_is_settled(manager, phone, village_evening, accessibility):
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    page.locator(".roll-row", has_text="Hoàng Văn Thái 05").tap()
    expect(page.locator(".status")).to_contain_text("1 mục chưa gửi")
    # Meanwhile somebody closes the session at a desk.
    close_session(village_evening, nobody_came=True, by=None, at=timezone.now())

    phone.set_offline(False)
    sync_now(page)
    expect(page.locator(".status")).to_contain_text("1 mục chờ quyết định")
    page.goto("/roll/#/status")
    expect(page.locator("main")).to_contain_text("Chờ người quyết định")
    assert accessibility(page) == []

    manager.goto("/workspace/devices/marks/")
    expect(manager.locator("main")).to_contain_text("Hoàng Văn Thái 05: có mặt")
    assert accessibility(manager) == []
    manager.get_by_label("Vì sao bạn quyết định như vậy?").fill("Máy ở thôn gửi về muộn")
    manager.get_by_role("button", name="Đính chính theo các mục này").click()
    expect(manager.locator("main")).to_contain_text("Đã giải quyết 1 mục.")

    village_evening.refresh_from_db()
    assert (village_evening.attended, village_evening.revision) == (1, 2)
    mark = DeviceMark.objects.get(session=village_evening.pk)
    assert (mark.outcome, mark.settled_by is not None) == (MarkOutcome.SETTLED, True)
    sync_now(page)
    expect(page.locator(".status")).not_to_contain_text("chờ quyết định")


@pytest.mark.slow
def test_tickets_are_scanned_without_a_connection(manager, phone, village_evening, accessibility):
    """Without a camera in this machine: the decoder reads pictures of tickets, the same way as the camera's."""
    other = SessionFactory(
        activity=village_evening.activity,
        number=2,
        starts_at=village_evening.starts_at + dt.timedelta(days=1),
        ends_at=village_evening.ends_at + dt.timedelta(days=1),
    )
    RegistrationFactory(session=other, name="Vi Văn Ky", code="W7777777")
    page = enrol(manager, phone)
    page.wait_for_function(
        """async () => {
            if ("BarcodeDetector" in window) return true;
            const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
            const kept = await Promise.all(caches_.map((cache) => cache.keys()));
            return kept.flat().some((request) => request.url.includes("jsQR"));
        }"""
    )
    phone.set_offline(True)
    page.locator("a.session").first.click()
    page.get_by_role("link", name="Quét vé").click()

    def scan(session_id: object, code: str) -> str:
        out = io.BytesIO()
        qrcode.make(f"https://hsd.example.vn/activities/sessions/{session_id}/{code}/").save(out, "PNG")
        before = page.locator(".result").count()
        picture = {"name": "ve.png", "mimeType": "image/png", "buffer": out.getvalue()}
        page.locator("#picture").set_input_files(picture)
        expect(page.locator(".result")).to_have_count(before + 1)
        return page.locator(".result").first.inner_text()

    assert scan(village_evening.pk, "T000-0012") == "Hoàng Văn Thái 12 có mặt"
    assert "Vi Văn Ky đăng ký buổi khác: Đêm đọc sách" in scan(other.pk, "W777-7777")
    assert "ZZZZZZZZ" in scan(village_evening.pk, "ZZZZ-ZZZZ")
    page.get_by_label("Mã trên vé").fill("t000 0012")
    page.get_by_role("button", name="Ghi có mặt").click()
    expect(page.locator(".result").first).to_have_text("Hoàng Văn Thái 12 đã được ghi có mặt từ trước")
    assert accessibility(page) == []

    phone.set_offline(False)
    sync_now(page)
    assert roll_of(village_evening).people == 1


@pytest.mark.slow
def test_revoked_device_forgets_the_names_and_keeps_what_it_noted(manager, phone, village_evening):
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    page.locator(".roll-row", has_text="Hoàng Văn Thái 05").tap()
    expect(page.locator(".status")).to_contain_text("1 mục chưa gửi")
    manager.goto("/workspace/devices/")
    manager.get_by_role("link", name="Thu hồi").click()
    manager.get_by_role("button", name="Thu hồi máy").click()

    phone.set_offline(False)
    page.get_by_role("button", name="Đồng bộ ngay").click()
    expect(page.locator(".alert")).to_contain_text("Máy này đã bị thu hồi")
    expect(page.locator(".status")).to_contain_text("1 mục chưa gửi")
    page.goto("/roll/#/")
    expect(page.locator("main")).not_to_contain_text("Đêm đọc sách")
    assert roll_of(village_evening).people == 0

    page.close()
    again = enrol(manager, phone)
    sync_now(again)
    assert roll_of(village_evening).people == 1


@pytest.mark.slow
def test_two_tabs_write_one_chain(manager, phone, village_evening):
    page = enrol(manager, phone)
    phone.set_offline(True)
    other = phone.new_page()
    for each in (page, other):
        each.goto(f"/roll/#/s/{village_evening.pk}")
        expect(each.locator(".roll-row")).to_have_count(EXPECTED)
    for number in range(6):
        each = (page, other)[number % 2]
        each.locator(".roll-row", has_text=f"Hoàng Văn Thái {number:02d}").tap(no_wait_after=True)
    expect(page.locator(".status")).to_contain_text("6 mục chưa gửi")

    phone.set_offline(False)
    sync_now(page)
    marks = DeviceMark.objects.filter(session=village_evening.pk).order_by("number")
    assert [mark.number for mark in marks] == [1, 2, 3, 4, 5, 6]
    assert [mark.previous_hash for mark in marks] == ["", *(mark.hash for mark in marks)][:6]
    assert roll_of(village_evening).people == 6


@pytest.mark.slow
def test_each_institution_has_a_chain_of_its_own(manager, phone, village_evening):
    """A phone enrolled here, there, and here again: nobody sees a gap where it noted for somebody else."""
    page = enrol(manager, phone)
    page.goto(f"/roll/#/s/{village_evening.pk}")
    expect(page.locator(".roll-row")).to_have_count(EXPECTED)

    noted = page.evaluate(
        """async () => {
            const loaded = performance.getEntriesByType("resource").map((each) => each.name);
            const { note } = await import(loaded.find((name) => /\\/roll\\/journal[^/]*\\.js/.test(name)));
            const entries = [];
            for (const place of [7, 7, 8, 7, 8]) {
                const device = { id: "d", institution_id: place };
                entries.push(await note(crypto.randomUUID(), "note", { note: "x" }, device));
            }
            return entries.map(({ number, institution, mark }) =>
                [number, institution, mark.number, mark.previous_hash, mark.hash]);
        }"""
    )

    assert [(number, place, within) for number, place, within, _before, _own in noted] == [
        (1, 7, 1),
        (2, 7, 2),
        (3, 8, 1),
        (4, 7, 3),
        (5, 8, 2),
    ]
    hashes = [own for *_rest, own in noted]
    assert [before for *_rest, before, _own in noted] == ["", hashes[0], "", hashes[1], hashes[2]]


def test_first_load_is_light(page):
    """Page, scripts, styles, fonts and icons, as they come over the wire."""
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.update({answer.url: answer.request.sizes()["responseBodySize"]}))
    page.goto("/roll/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    told = {url: weight for url, weight in weights.items() if "worker" not in url}
    assert sum(told.values()) < 60_000, told


def test_without_javascript_the_page_leads_to_the_ordinary_roll(visitor):
    page = visitor(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/roll/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trang này cần JavaScript")
    expect(page.get_by_role("link", name="Mở bảng điểm danh thường")).to_have_attribute(
        "href", "/workspace/activities/"
    )
