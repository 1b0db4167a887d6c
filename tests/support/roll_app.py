"""The offline roll in a browser: enrolling a phone, syncing."""

from playwright.sync_api import BrowserContext, Page, expect

EXPECTED = 40
"""So many people are expected at the village evening."""


def enrol(manager: Page, phone: BrowserContext) -> Page:
    """The manager shows the square; the phone opens the address that is in it."""
    manager.goto("/workspace/devices/")
    manager.get_by_role("link", name="Kích hoạt máy").first.click()
    manager.locator("[name=name]").fill("Điện thoại chị Lan")
    manager.get_by_role("button", name="Hiện mã").click()
    code = manager.locator(".device-letters").inner_text().strip()
    page = phone.new_page()
    page.goto(f"/roll/enrol#{code}")
    page.get_by_role("button", name="Kích hoạt máy này").click()
    expect(page.get_by_role("heading", level=1, name="Các buổi")).to_be_visible()
    expect(page.locator(".status")).to_contain_text("Có kết nối")
    page.evaluate("navigator.serviceWorker.ready")
    return page


def sync_now(page: Page) -> None:
    expect(page.get_by_role("button", name="Đồng bộ ngay")).to_be_enabled()
    page.get_by_role("button", name="Đồng bộ ngay").click()
    expect(page.locator(".status")).to_contain_text("đã gửi hết")
