"""What can go wrong with a phone that is out for days: nothing that it noted is lost, and nothing counts twice."""

import json
import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from hocsuotdoi.activities.enums import MarkOutcome
from hocsuotdoi.activities.models import DeviceMark, Registration
from hocsuotdoi.activities.operations.registration import cancel_registration
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.templatetags.house import weekday, weekday_within
from tests.support.browser import PHONE
from tests.support.roll_app import EXPECTED, enrol, sync_now

pytestmark = pytest.mark.slow


def tick(page: Page, number: int) -> None:
    page.locator(".roll-row", has_text=f"Hoàng Văn Thái {number:02d}").tap()


def present(session) -> dict[str, int]:
    return {line.name[-2:]: line.present for line in roll_of(session).lines if line.present is not None}


def test_days_without_radio_and_a_cold_start_each_morning(manager, phone, village_evening):
    page = enrol(manager, phone)
    phone.set_offline(True)
    phone.clock.install()
    for day in range(4):
        if day:
            page.close()
            phone.clock.fast_forward(24 * 3600 * 1000)
            page = phone.new_page()
            page.goto("/roll/")  # nothing runs, nothing is connected: all of it comes from the phone
        page.locator("a.session").click()
        expect(page.locator(".roll-row")).to_have_count(EXPECTED)
        tick(page, day)
        expect(page.locator(".status")).to_contain_text(f"{day + 1} mục chưa gửi")
    expect(page.locator(".status")).to_contain_text("Không có kết nối")
    assert DeviceMark.objects.filter(session=village_evening.pk).count() == 0

    phone.set_offline(False)
    sync_now(page)

    assert present(village_evening) == {"00": 1, "01": 1, "02": 1, "03": 1}
    outcomes = DeviceMark.objects.filter(session=village_evening.pk).values_list("outcome", flat=True)
    assert list(outcomes) == [MarkOutcome.APPLIED] * 4


def test_sync_cut_in_the_middle_counts_once(manager, phone, village_evening):
    """The server takes a batch and its answer is lost on the way; another answer arrives by half."""
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    for number in (1, 2, 3):
        tick(page, number)
    page.locator("summary").first.click()
    page.locator("table.tally input").first.fill("5")
    page.locator("table.tally input").first.blur()
    expect(page.locator(".status")).to_contain_text("4 mục chưa gửi")
    cuts = 0

    def cut(route: Route) -> None:
        nonlocal cuts
        cuts += 1
        answer = route.fetch()
        if cuts == 1:
            return route.abort("connectionreset")
        return route.fulfill(status=200, content_type="application/json", body=answer.text()[: len(answer.text()) // 2])

    phone.route("**/roll/sync", cut)
    phone.set_offline(False)
    for _time in range(2):
        expect(page.get_by_role("button", name="Đồng bộ ngay")).to_be_enabled()
        page.get_by_role("button", name="Đồng bộ ngay").click()
        expect(page.locator(".status")).to_contain_text("4 mục chưa gửi")
    expect(page.locator(".status")).to_contain_text("Máy chủ có trả lời nhưng không đúng")
    assert (roll_of(village_evening).people, cuts >= 2) == (3 + 5, True)

    phone.unroute("**/roll/sync")
    sync_now(page)

    assert roll_of(village_evening).people == 3 + 5
    assert DeviceMark.objects.filter(session=village_evening.pk).count() == 4


def test_two_phones_that_tick_the_same_person_count_them_once(manager, phone, visitor, village_evening):
    other: BrowserContext = visitor(viewport=PHONE, has_touch=True)
    first, second = enrol(manager, phone), enrol(manager, other)
    for context, page in ((phone, first), (other, second)):
        context.set_offline(True)
        page.locator("a.session").click()
    tick(first, 5)
    tick(first, 6)
    tick(second, 5)
    tick(second, 6)
    expect(second.locator(".status")).to_contain_text("2 mục chưa gửi")
    tick(second, 6)  # and taken back: this was noted last
    expect(second.locator(".status")).to_contain_text("3 mục chưa gửi")

    for context, page in ((other, second), (phone, first)):
        context.set_offline(False)
        sync_now(page)

    assert present(village_evening) == {"05": 1, "06": 0}


def test_journal_that_was_tampered_with_waits_in_words(manager, phone, village_evening):
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    tick(page, 7)
    expect(page.locator(".status")).to_contain_text("1 mục chưa gửi")
    page.evaluate(
        """() => new Promise((resolve, reject) => {
            const opening = indexedDB.open("hocsuotdoi-roll");
            opening.onsuccess = () => {
                const store = opening.result.transaction("journal", "readwrite").objectStore("journal");
                store.getAll().onsuccess = (event) => {
                    const entry = event.target.result[0];
                    entry.mark.said.present = { T0000008: 1 };
                    store.put(entry).onsuccess = () => resolve();
                };
            };
            opening.onerror = reject;
        })"""
    )
    page.reload()
    phone.set_offline(False)
    sync_now(page)

    expect(page.locator(".status")).to_contain_text("1 mục chờ quyết định")
    page.goto("/roll/#/status")
    expect(page.locator(".mark")).to_contain_text("đã bị thay đổi")
    manager.goto("/workspace/devices/marks/")
    expect(manager.locator(".mark-why")).to_contain_text("đã bị thay đổi")
    assert present(village_evening) == {}


@pytest.mark.parametrize(("granted", "said"), [(False, "Trình duyệt có thể xóa"), (True, "Có")])
def test_browser_is_asked_never_to_clear_the_journal_and_its_answer_is_said(manager, phone, granted, said):
    phone.add_init_script(
        f"""window.asked = 0;
        navigator.storage.persisted = async () => false;
        navigator.storage.persist = async () => {{ window.asked += 1; return {json.dumps(granted)}; }};"""
    )
    page = enrol(manager, phone)
    assert page.evaluate("window.asked") >= 1

    page.goto("/roll/#/status")

    expect(page.locator("dl.facts")).to_contain_text(said)


def test_revoked_phone_shows_and_saves_what_it_noted(manager, phone, village_evening, accessibility):
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    tick(page, 5)
    page.locator("#walk-name").fill("Lý Seo Phừ")
    page.locator("form.panel button[type=submit]").click()
    expect(page.locator(".status")).to_contain_text("2 mục chưa gửi")
    manager.goto("/workspace/devices/")
    manager.get_by_role("link", name="Thu hồi").click()
    manager.get_by_role("button", name="Thu hồi máy").click()
    phone.set_offline(False)
    page.get_by_role("button", name="Đồng bộ ngay").click()
    expect(page.locator(".alert").first).to_contain_text("thu hồi")

    page.goto("/roll/#/status")
    expect(page.locator("main")).to_contain_text("Hoàng Văn Thái 05: 1")
    expect(page.locator("main")).to_contain_text("Lý Seo Phừ")
    assert accessibility(page) == []
    with page.expect_download() as saving:
        page.get_by_role("button", name="Lưu thành tệp").click()

    saved = json.loads(saving.value.path().read_text())
    assert [mark["act"] for mark in saved["marks"]] == ["line", "walk_in"]
    assert saved["marks"][1]["said"]["name"] == "Lý Seo Phừ"
    assert saved["marks"][1]["previous_hash"] == saved["marks"][0]["hash"]
    assert "token" not in saved["device"]

    # It gets through no more: the manager reads the file in, from before the phone was revoked.
    manager.goto("/workspace/devices/")
    manager.get_by_role("link", name="Nạp tệp do máy lưu").click()
    assert accessibility(manager) == []
    manager.locator("[name=file]").set_input_files(saving.value.path())
    manager.get_by_role("button", name="Nạp tệp").click()
    expect(manager.get_by_role("heading", level=1)).to_have_text("Đã đọc 2 mục")
    expect(manager.locator(".figures")).to_contain_text("Đã vào bảng điểm danh")
    manager.locator("summary").first.click()
    expect(manager.locator("main")).to_contain_text("Hoàng Văn Thái 05: có mặt")
    assert accessibility(manager) == []
    assert roll_of(village_evening).people == 2


def test_all_present_counts_for_those_whom_it_fits_and_names_who_waits(manager, phone, village_evening, accessibility):
    page = enrol(manager, phone)
    phone.set_offline(True)
    page.locator("a.session").click()
    page.get_by_role("button", name="Tất cả có mặt").click()
    expect(page.locator(".big")).to_have_text("Có mặt 40/40 người")
    gone = Registration.objects.get(session=village_evening, name="Hoàng Văn Thái 05")
    cancel_registration(gone, at=timezone.now())

    phone.set_offline(False)
    sync_now(page)
    expect(page.locator(".status")).to_contain_text("1 mục chờ quyết định")
    expect(page.locator(".big")).to_have_text("Có mặt 39/39 người")
    assert roll_of(village_evening).people == 39
    page.goto("/roll/#/status")
    expect(page.locator("main")).to_contain_text("Hoàng Văn Thái 05: 1")
    assert accessibility(page) == []

    manager.goto("/workspace/devices/marks/")
    expect(manager.locator(".mark")).to_have_count(1)
    expect(manager.locator(".mark")).to_contain_text("Hoàng Văn Thái 05: có mặt")
    manager.locator("[name=reason]").fill("Hủy nhưng vẫn đến")
    manager.get_by_role("button", name="Đưa các mục này vào điểm danh").click()
    sync_now(page)
    expect(page.locator(".status")).not_to_contain_text("chờ quyết định")
    assert roll_of(village_evening).people == 40


def test_closing_does_not_look_ready_before_anybody_is_marked(manager, phone, village_evening, accessibility):
    page = enrol(manager, phone)
    page.locator("a.session").click()
    close = page.get_by_role("link", name="Chốt buổi")
    expect(close).to_have_class("button button-secondary full")
    expect(page.locator(".sticky-end")).to_contain_text("Chưa điểm danh ai")
    assert accessibility(page) == []

    tick(page, 5)

    expect(close).to_have_class("button button-primary full")
    expect(page.locator(".sticky-end")).to_contain_text("Chưa đánh dấu 39 dòng")


def test_roll_is_called_by_keyboard_in_the_order_of_the_page_and_focus_is_seen(manager, phone, village_evening):
    page = enrol(manager, phone)
    day = timezone.localdate(village_evening.starts_at)
    named = rf"^(Hôm nay, {weekday_within(day)}|{weekday(day)}), {day.day}/{day.month}$"  # as pages spell it
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile(named))
    page.locator("a.session").click()
    expect(page.locator(".roll-row")).to_have_count(EXPECTED)
    order = []
    for _key in range(9):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                """() => {
                    const seen = document.activeElement;
                    const shown = seen.matches("input[type=checkbox]") ? seen.parentElement : seen;
                    const boxes = [shown, ...shown.querySelectorAll("*")].map((each) => getComputedStyle(each));
                    const lined = (box) => box.outlineStyle !== "none" && parseFloat(box.outlineWidth) >= 2;
                    const visible = boxes.some(lined);
                    const { top, bottom } = shown.getBoundingClientRect();
                    const words = (shown.innerText || seen.id).trim().split("\\n")[0];
                    return [words, visible, bottom > 0 && top < innerHeight];
                }"""
            )
        )
    names = [words for words, _visible, _inside in order]
    assert all(visible and inside for _words, visible, inside in order), order
    assert names[-3:] == [f"Hoàng Văn Thái {number:02d}" for number in range(3)] or "Hoàng Văn Thái 00" in names, names
    assert (
        names.index("Tất cả có mặt") < names.index("Quét vé") < names.index("search") < names.index("Hoàng Văn Thái 00")
    )
    page.keyboard.press("Space")
    expect(page.locator(".big")).to_have_text("Có mặt 1/40 người")
