"""Take the pictures of docs/guide from a running program with the sample data.

    .venv/bin/python scripts/guide_pictures.py http://localhost:8000 [part ...]

It works through the guide as officer, planner and citizen, so it writes into that program's database: use a fresh
demonstration. Parts are the names of the functions in PARTS; without one, all are taken, in that order.
See docs/how-to/refresh-the-guide-pictures.md.
"""

import datetime as dt
import re
import sys
from collections.abc import Callable
from zlib import crc32

from guide_camera import PASSWORD, PHONE, Guide, charts_come, keep, plate, shoot
from playwright.sync_api import Page, sync_playwright

from tests.support.browser import OPTIONS, chromium_path

OFFICER, PROVINCE_OFFICER = "can-bo.backan", "can-bo.thainguyen"
MANAGER, PLANNER, ADMINISTRATOR = "quan-ly.backan", "ke-hoach.bo", "quan-tri"
INSPECTOR = "thanh-tra.thainguyen"
PROVINCE_PLANNER = "ke-hoach.thainguyen"
WARD, LIBRARY = "01843", "Thư viện phường Bắc Kạn (mẫu)"
READING_DAY = "Ngày hội đọc sách chào mừng Ngày Di sản văn hóa 23/11"
READING_NOW = "Đọc sách cùng con"
JOINED = [("Gia đình chị Lường Thị Hiền", "3"), ("Nông Văn Quý", "1"), ("Triệu Thị Mai", "1"), ("Hà Văn Lợi", "1")]
WALK_INS = [("Bàn Thị Mỷ", "female", "11-14"), ("Hoàng Văn Thái", "male", "60+")]
PROGRAMME, SCHOOL = "Theo dấu chân người xưa – Giờ học tại di tích", "Trường Tiểu học Đức Xuân"
SMALL_CLASS, READING_ROOM = "Làm diều giấy", "Thư viện cộng đồng Bắc Kạn (mẫu)"


def start(guide: Guide) -> None:
    """Signing in and the home of an officer."""
    page = guide.page(device=PHONE)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(f"{OFFICER}@mau.example")
    page.locator("input[name=password]").fill(PASSWORD)
    shoot(page, "sign-in", whole=True)
    page = guide.page(OFFICER)
    page.goto("/workspace/")
    shoot(page, "today", whole=True)
    page = guide.page(OFFICER, PHONE)
    page.goto("/workspace/")
    shoot(page, "today-phone", screen=True)


def activities(guide: Guide) -> None:
    """A reading day for 23 November is made, published and joined; another one happens now, for the roll."""
    day = dt.date(guide.now.year, 11, 23)
    if day < guide.now.date():
        day = day.replace(year=day.year + 1)
    page = guide.page(OFFICER)
    page.goto("/workspace/activities/new/?q=thu+vien")
    shoot(page, "institution-choose", at_most=420)
    page.get_by_role("link", name=LIBRARY).click()
    _fill_activity(page, READING_DAY, day, dt.time(8), dt.time(10, 30))
    for section in ("Dịp, chủ đề", "Mô tả và ảnh"):
        page.locator("summary", has_text=section).click()
    page.locator("h1").click()
    shoot(page, "activity-create", last=page.locator(".form-end"), at_most=1400)
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("button", name="Công bố ngay").wait_for()
    shoot(page, "activity-draft", at_most=520)
    page.get_by_role("button", name="Công bố ngay").click()
    page.get_by_role("link", name="Xem trang công khai").wait_for()
    address = page.get_by_role("link", name="Xem trang công khai").get_attribute("href") or ""
    page.goto("/workspace/activities/")
    shoot(page, "activity-list", whole=True, at_most=620)
    _happening_now(guide)
    _citizens(guide, address)


def _fill_activity(page: Page, title: str, day: dt.date, starts: dt.time, ends: dt.time) -> None:
    page.locator("[name=title]").fill(title)
    page.locator("[name=kind]").select_option("reading_day")
    unfold(page, "Dịp, chủ đề")
    page.locator("[name=observance]").select_option("heritage_day")
    page.locator("[name=themes][value=reading]").check()
    unfold(page, "Mô tả và ảnh")
    page.locator("[name=description]").fill("Trưng bày sách mới, đọc sách cùng nhau, đố vui có thưởng.")
    page.locator("[name$=-day]").fill(f"{day:%Y-%m-%d}")
    page.locator("[name$=-starts]").fill(f"{starts:%H:%M}")
    page.locator("[name$=-ends]").fill(f"{ends:%H:%M}")
    page.locator("[name$=-capacity]").fill("30")


def unfold(page: Page, title: str) -> None:
    """Open the section of a form under `title`, if it is not open."""
    section = page.locator("details").filter(has=page.locator("summary", has_text=title)).first
    if section.get_attribute("open") is None:
        section.locator("summary").first.click()


def _happening_now(guide: Guide) -> None:
    """A session that has begun and is not over, with people who registered."""
    starts = max(guide.now - dt.timedelta(minutes=30), guide.now.replace(hour=0, minute=0))
    ends = min(guide.now + dt.timedelta(hours=2), guide.now.replace(hour=23, minute=59))
    page = guide.page(OFFICER)
    page.goto("/workspace/activities/new/")
    page.get_by_role("link", name=LIBRARY).click()
    _fill_activity(page, READING_NOW, guide.now.date(), starts.time(), ends.time())
    page.locator("[name=observance]").select_option("")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("button", name="Công bố ngay").click()
    address = page.get_by_role("link", name="Xem trang công khai").get_attribute("href") or ""
    for name, size in JOINED:
        visitor = guide.page()
        visitor.goto(address)
        _join(visitor, name, size)
        visitor.close()


def _join(page: Page, name: str, size: str) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=phone]").fill(f"0912 345 {crc32(name.encode()) % 1000:03d}")
    page.locator("[name=group_size]").fill(size)
    page.locator("#join button[type=submit]").click()
    page.locator(".panel .number").first.wait_for()


def _citizens(guide: Guide, address: str) -> None:
    page = guide.page(device=PHONE)
    page.goto("/")
    shoot(page, "home-phone", whole=True, at_most=740)
    page.goto("/activities/?q=di+san")
    shoot(page, "find-phone", screen=True)
    page.goto(address)
    shoot(page, "activity-phone", screen=True)
    page.locator("[name=name]").fill("Gia đình chị Lường Thị Hiền")
    page.locator("[name=group_size]").fill("3")
    shoot(page, "join-phone", page.locator("#join"))
    _join(page, "Gia đình chị Lường Thị Hiền", "3")
    shoot(page, "code-phone", page.locator("h1"), page.get_by_role("link", name="Tôi không đến được: hủy đăng ký"))
    page.get_by_role("link", name="Tôi không đến được: hủy đăng ký").click()
    page.locator("h1").wait_for()
    shoot(page, "cancel-phone", page.locator("h1"), page.locator("main form button").last)


def finding(guide: Guide) -> None:
    """The month and the map."""
    page = guide.page()
    page.goto("/activities/calendar/")
    shoot(page, "calendar", page.locator(".month-head"), page.locator("table.month"), at_most=700)
    page.goto("/activities/map/?province=19")
    shoot(page, "map", page.locator(".month-head"), page.locator(".where"), at_most=760)


def joining(guide: Guide) -> None:
    """A small class that fills up: who comes later waits; the ticket of who was first."""
    page = guide.page(OFFICER)
    page.goto("/workspace/activities/new/?q=thu+vien")
    page.get_by_role("link", name=LIBRARY).click()
    _fill_activity(page, SMALL_CLASS, guide.now.date() + dt.timedelta(days=9), dt.time(14), dt.time(16))
    page.locator("[name=kind]").select_option("class")
    page.locator("[name=observance]").select_option("")
    page.locator("[name$=-capacity]").fill("2")
    unfold(page, "Cách tham gia")
    page.locator("[name=waiting_rule]").select_option("in_order")
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_role("button", name="Công bố ngay").click()
    address = page.get_by_role("link", name="Xem trang công khai").get_attribute("href") or ""
    first, second = guide.page(device=PHONE), guide.page(device=PHONE)
    first.goto(address)
    _join(first, JOINED[0][0], "2")
    ticket = first.get_by_role("link", name="Vé dạng ảnh").get_attribute("href") or ""
    keep("ticket", first.request.get(ticket).body(), width=360)
    second.goto(address)
    _join(second, JOINED[1][0], "1")
    shoot(second, "waiting-phone", second.locator("h1"), second.locator(".ticket-card"))


def schools(guide: Guide) -> None:
    """A teacher asks for a programme; the officer reads the request."""
    page = guide.page(device=PHONE)
    page.goto("/schools/?grade=5&where=B%E1%BA%AFc+K%E1%BA%A1n")
    page.get_by_role("link", name=PROGRAMME).first.click()
    page.get_by_role("link", name="Đặt lịch cho lớp").first.wait_for()
    shoot(page, "school-programme-phone", screen=True)
    page.get_by_role("link", name="Đặt lịch cho lớp").first.click()
    day = guide.now.date() + dt.timedelta(days=10)
    said = {"class_name": "5A", "school": SCHOOL, "girls": "18", "boys": "17", "adults": "2"}
    said |= {"day_1": day.isoformat(), "teacher": "Hà Thị Thơm", "phone": "0912 345 678"}
    for name, value in said.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=grade]").select_option("5")
    page.get_by_role("button", name="Gửi đăng ký").click()
    page.get_by_role("heading", level=1, name="Đã gửi đăng ký").wait_for()
    shoot(page, "school-code-phone", at_most=620)
    page = guide.page(OFFICER)
    page.goto("/workspace/bookings/")
    page.get_by_role("link", name=f"5A, {SCHOOL}").first.click()
    shoot(page, "school-booking", last=page.locator("#confirm"), at_most=1300)


def offline(guide: Guide) -> None:
    """A phone is enrolled and calls the roll of the session that happens now, with the network cut."""
    page = guide.page(MANAGER)
    page.goto("/workspace/devices/")
    page.get_by_role("link", name="Kích hoạt máy").first.click()
    page.locator("[name=name]").fill("Điện thoại chị Lan")
    page.get_by_role("button", name="Hiện mã").click()
    code = page.locator(".device-letters").inner_text().strip()
    shoot(page, "device-code", last=page.locator(".device-code"), at_most=700)
    page = guide.page(device=PHONE)
    page.goto(f"/roll/enrol#{code}")
    page.get_by_role("button", name="Kích hoạt máy này").click()
    page.locator("a.session").first.wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.locator("a.session", has_text=READING_NOW).first.click()
    page.get_by_role("button", name="Tất cả có mặt").click()
    page.get_by_text("Không có kết nối").first.wait_for()
    shoot(page, "offline-phone", screen=True)
    page.context.set_offline(False)


def notices(guide: Guide) -> None:
    """A session that people joined is cancelled: who is to be called."""
    page = guide.page(OFFICER)
    page.goto("/workspace/activities/")
    page.get_by_role("link", name=SMALL_CLASS).first.click()
    unfold(page, "Việc khác")
    page.get_by_role("link", name="Hủy buổi").first.click()
    page.locator("[name=reason]").fill("Bão số 9, đường vào thư viện bị ngập")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text("Đã hủy").first.wait_for()
    page.goto("/workspace/activities/notices/")
    shoot(page, "notices", at_most=560)


def roll(guide: Guide) -> None:
    """On the phone: all present, a walk-in, counting without names, closing; then correcting."""
    page = guide.page(OFFICER, PHONE)
    page.goto("/workspace/")
    page.get_by_role("link", name=READING_NOW).first.click()
    page.locator("button[name=act][value=all_present]").wait_for()
    page.locator("button[name=act][value=all_present]").click()
    page.locator("label", has_text=JOINED[-1][0]).first.click()
    page.locator("#roll-saved").get_by_text("Đã lưu").wait_for()
    shoot(page, "roll-phone", last=page.locator("#roll"))
    for index, (name, sex, age) in enumerate(WALK_INS):
        page.locator("[name=walk_in_name]").fill(name)
        page.locator("[name=walk_in_sex]").select_option(sex)
        page.locator("[name=walk_in_age]").select_option(age)
        if index == 0:
            shoot(page, "walk-in-phone", plate(page, "Khách đến tại chỗ"))
        page.locator("button[name=act][value=walk_in]").click()
        page.locator("#roll").get_by_text(name).wait_for()
    page.locator("summary", has_text="Đếm theo giới tính và độ tuổi").click()
    page.locator("table input").nth(0).fill("4")
    page.locator("table input").nth(4).fill("5")
    shoot(page, "tally-phone", plate(page, "Đếm không ghi tên"), page.locator(".sticky-end"))
    page.locator("button[name=act][value=close]").click()
    page.get_by_role("button", name="Chốt và tính số liệu").wait_for()
    shoot(
        page, "close-phone", page.locator("h1"), page.get_by_role("button", name="Chốt và tính số liệu"), at_most=1100
    )
    page.get_by_role("button", name="Chốt và tính số liệu").click()
    page.wait_for_load_state()
    desk = guide.page(OFFICER)
    desk.goto(page.url)
    desk.get_by_role("link", name="Có sai sót: đính chính").wait_for()
    shoot(desk, "sheet", last=desk.locator("main table").last, at_most=1500)
    desk.get_by_role("link", name="Có sai sót: đính chính").click()
    desk.locator("[name=reason]").fill("Anh Hà Văn Lợi đến muộn, đã ghi nhầm là vắng.")
    shoot(desk, "correct", desk.locator("[name=reason]").locator("xpath=.."), desk.locator(".sticky-end"))


def figures(guide: Guide) -> None:
    """The ward's page, a target, and the way from a figure down to the sheet."""
    page = guide.page(OFFICER)
    page.goto(f"/units/{WARD}/")
    shoot(page, "unit", whole=True, at_most=660)
    targets = plate(page, "Chỉ tiêu")
    shoot(page, "unit-targets", targets, at_most=760)
    page.locator("a[href*='programme_attendance']").first.click()
    page.locator("h1").wait_for()
    shoot(page, "counted", at_most=620)
    page.get_by_role("link", name=LIBRARY).first.click()
    page.get_by_role("link", name=READING_NOW).first.wait_for()
    shoot(page, "entries", at_most=480)
    page.get_by_role("link", name=READING_NOW).first.click()
    page.get_by_role("link", name="Xem bảng số liệu của buổi").wait_for()
    shoot(page, "entry", at_most=1200)
    page.get_by_role("link", name="Xem bảng số liệu của buổi").click()
    page.locator("h1").wait_for()
    shoot(page, "public-sheet", at_most=900)
    page.goto(f"/units/{WARD}/")
    plate(page, "Chỉ tiêu").locator("a[href*='/indicators/']").first.click()
    page.get_by_role("link", name=LIBRARY).wait_for()
    shoot(page, "target-figure", at_most=900)
    page.get_by_role("link", name=LIBRARY).click()
    page.locator("main table").wait_for()
    shoot(page, "target-institution", last=page.locator("main table"))


def charts(guide: Guide) -> None:
    """What is asked of a province, one figure over the years, a table of one's own."""
    page = guide.page()
    page.goto("/indicators/units/19/")
    charts_come(page)
    shoot(page, "unit-look", at_most=980)
    page.goto("/indicators/library_users_growth/?unit=19")
    charts_come(page)
    shoot(page, "indicator", at_most=900)
    page.goto("/indicators/table/")
    charts_come(page)
    shoot(page, "table", page.locator("#table"), at_most=560)
    shoot(page, "table-chart", page.locator("#chart"), at_most=560)


def stated(guide: Guide) -> None:
    """The sheet of the ward; a figure typed in, up to the look before anything is written; who has reported."""
    page = guide.page(OFFICER)
    page.goto(f"/workspace/figures/{WARD}/{guide.now.year - 1}/")
    shoot(page, "stated-sheet", last=plate(page, "Gửi lên"), at_most=1000)
    page.get_by_role("link", name=READING_ROOM).first.click()
    page.locator("[name=loan]").fill("120")
    page.locator("[name=source]").fill("Báo cáo giấy năm trước")
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    confirm = page.get_by_role("button", name="Ghi tất cả vào sổ")
    confirm.wait_for()
    shoot(page, "stated-preview", last=confirm, at_most=760)
    page = guide.page(PROVINCE_OFFICER)
    page.goto("/workspace/quality/")
    shoot(page, "reporting", last=page.locator("main .plate").first, at_most=700)


def closures(guide: Guide) -> None:
    page = guide.page(MANAGER)
    page.goto("/workspace/institutions/?q=thu+vien+phuong+bac+kan")
    page.get_by_role("link", name=LIBRARY).first.click()
    page.get_by_role("link", name="Ngày đóng cửa").first.click()
    shoot(page, "closures", plate(page, "Ngày lễ sắp tới"), at_most=420)


def criteria(guide: Guide) -> None:
    page = guide.page(MANAGER)
    page.goto("/workspace/criteria/")
    shoot(page, "criteria-list", at_most=500)
    page.locator("main a[href*='/workspace/criteria/']").filter(has_text="Thư viện").first.click()
    page.get_by_role("button", name="Lưu câu trả lời").wait_for()
    shoot(page, "criteria-answer", at_most=1000)


def plans(guide: Guide) -> None:
    page = guide.page(PLANNER)
    page.goto("/plans/")
    shoot(page, "plan-list", at_most=900)
    page.goto("/plans/kh-169-2023-dak-nong/")
    shoot(page, "plan", at_most=720)
    page.goto("/plans/kh-169-2023-dak-nong/compare/")
    shoot(page, "plan-compare", at_most=620)
    page.goto("/plans/kh-169-2023-dak-nong/check/")
    shoot(page, "plan-check", at_most=760)
    page.get_by_role("link", name="Trả lời điểm này").first.click()
    page.get_by_role("button", name="Ghi câu trả lời").wait_for()
    shoot(page, "finding-answer", at_most=800)
    page.goto("/workspace/plans/")
    shoot(page, "plan-work", at_most=460)
    page.goto("/workspace/plans/new/")
    shoot(page, "plan-create", last=page.locator("fieldset").first, at_most=1500)
    page.goto("/workspace/plans/rehoming/")
    shoot(page, "rehoming", last=page.locator("main .plate").first, at_most=700)
    page = guide.page(PROVINCE_PLANNER)
    page.goto("/workspace/plans/draft/")
    shoot(page, "draft-begin", at_most=900)
    page.goto("/workspace/plans/")
    page.locator("main a[href*='/plans/kh-'][href$='/draft/']").first.click()
    page.get_by_role("link", name="Thêm mục").wait_for()
    shoot(page, "draft", at_most=1100)
    page.locator("a[href*='?path=I.']").nth(3).click()
    page.get_by_role("button", name="Lưu mục này").wait_for()
    shoot(page, "draft-clause", at_most=1100)
    page.goto("/plans/side-by-side/19/")
    shoot(page, "side-by-side", at_most=900)


def report(guide: Guide) -> None:
    page = guide.page(OFFICER)
    page.goto("/workspace/reports/")
    shoot(page, "report-list", at_most=560)
    begin = page.get_by_role("button", name="Bắt đầu báo cáo")
    begin.first.click() if begin.count() else page.get_by_role("link", name=re.compile("phường Bắc Kạn")).first.click()
    page.locator("#words").wait_for()
    shoot(page, "report", at_most=720)
    shoot(page, "report-odd", page.locator("#odd"), at_most=620)
    shoot(page, "report-words", page.locator("#words"), at_most=900)
    page.locator("textarea[name=difficulties]").fill("Thư viện còn thiếu máy tính cho người lớn tuổi.")
    page.get_by_role("button", name="Lưu phần lời").click()
    page.locator("#words-status[data-state=saved]").wait_for()
    for _turn in range(60):
        waiting = page.get_by_role("button", name=re.compile("^(Đúng như vậy|Báo cáo đã xong)$"))
        if not waiting.count():
            break
        waiting.first.click()
        page.wait_for_load_state()
    page.get_by_role("link", name="Gửi báo cáo").click()
    page.get_by_role("button", name="Gửi").wait_for()
    shoot(page, "report-submit", page.locator("h1").locator("xpath=.."))
    page.get_by_role("button", name="Gửi").click()
    page.get_by_role("link", name="Rút về").wait_for()
    page = guide.page(PROVINCE_OFFICER)
    page.goto("/workspace/reports/?view=approve")
    shoot(page, "report-queue", at_most=640)
    page.get_by_role("link", name=re.compile("phường Bắc Kạn")).first.click()
    page.get_by_role("link", name="Duyệt", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Duyệt")).click()


def roles(guide: Guide) -> None:
    page = guide.page(PROVINCE_OFFICER)
    page.goto("/workspace/roles/")
    shoot(page, "role-list", at_most=640)
    page.goto("/workspace/roles/give/?q=B%E1%BA%AFc+K%E1%BA%A1n")
    shoot(page, "role-place", at_most=560)
    page.get_by_role("link", name=LIBRARY).click()
    page.get_by_role("button", name="Giao vai trò").wait_for()
    shoot(page, "role-give", at_most=900)
    page.goto("/workspace/audit/")
    shoot(page, "changes", at_most=600)
    page = guide.page(ADMINISTRATOR)
    page.goto("/workspace/powers/")
    shoot(page, "powers", at_most=700)


SHEET = """Mã đơn vị cũ;Tên đơn vị cũ;Mã đơn vị mới;Tên đơn vị mới;Phần đất
01843;Phường Bắc Kạn;01843;Phường Bắc Kạn;
01840;Phường Đức Xuân;01843;;
05443;Phường Phan Đình Phùng;05443;;phần chính
05443;Phường Phan Đình Phùng;05999;Phường Bến Oánh;phần còn lại
"""


def territory(guide: Guide) -> None:
    """A made-up reform, looked at and not entered."""
    page = guide.page(ADMINISTRATOR)
    page.goto("/workspace/powers/")
    page.locator("[name=reason]").fill("Nhập nghị quyết sắp xếp đơn vị hành chính")
    page.get_by_role("button", name="Bật quyền").click()
    page.wait_for_load_state()
    page.goto("/workspace/territory/new/")
    shoot(page, "territory-send", at_most=1000)
    page.set_input_files("[name=file]", {"name": "sap-xep.csv", "mimeType": "text/csv", "buffer": SHEET.encode()})
    page.fill("[name=day]", f"{guide.now.year + 1}-07-01")
    page.fill("[name=act_number]", "99/NQ-UBTVQH16")
    page.fill("[name=act_title]", "Nghị quyết về việc sắp xếp các đơn vị hành chính cấp xã của tỉnh Thái Nguyên")
    page.fill("[name=act_issuer]", "Ủy ban Thường vụ Quốc hội")
    page.fill("[name=act_issued_on]", f"{guide.now.year}-10-01")
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    page.get_by_role("button", name="Ghi tất cả").wait_for()
    shoot(page, "territory-plan", at_most=1400)


def cycles(guide: Guide) -> None:
    """One that is set up and thrown away again, and the sample that is open."""
    page = guide.page(PLANNER)
    page.goto("/workspace/cycles/new/")
    page.locator("input[name=code]").fill("hinh-huong-dan")
    page.get_by_role("button", name="Lập kỳ").click()
    shoot(page, "cycle-rules", first=plate(page, "Ai báo cáo cho ai"), at_most=800)
    page.goto("/workspace/cycles/hinh-huong-dan/act/discard/")
    page.get_by_role("button", name="Bỏ kỳ này").click()
    page.goto(f"/workspace/cycles/nam-{guide.now.year}-mau/")
    shoot(page, "cycle-country", at_most=1300)


def inspection(guide: Guide) -> None:
    """Whom the rules fall on; a visit on the phone, and how it ends there."""
    page = guide.page(INSPECTOR)
    page.goto("/workspace/inspection/plans/")
    page.locator("main .item-title a").first.click()
    page.get_by_role("link", name="Thêm trực tiếp một cơ sở").wait_for()
    page.get_by_role("link", name="Chọn theo quy tắc").click()
    page.get_by_role("button", name="Xem danh sách được chọn").click()
    page.locator("#chosen").wait_for()
    shoot(page, "inspection-choose", page.locator("#chosen"), at_most=760)
    page = guide.page(INSPECTOR, PHONE)
    page.goto("/inspection/app/")
    page.locator("a.visit").first.click()
    page.locator("fieldset.question").nth(1).wait_for()
    shoot(page, "inspection-phone", page.locator("section.part").first, at_most=1100)
    page.locator(".visit-tabs a").nth(2).click()
    page.get_by_label("Kết luận").fill("Cơ sở hoạt động đúng chức năng; cần mở cửa thêm buổi tối.")
    page.get_by_label("Họ và tên").first.fill("Lường Thị Lan")
    page.get_by_label("Chức vụ").first.fill("Phụ trách thư viện")
    shoot(page, "inspection-end", at_most=1300)


def documents(guide: Guide) -> None:
    """A frozen report taken away and checked; a library put forward. After `report`, which submits one."""
    page = guide.page(PROVINCE_OFFICER)
    page.goto("/workspace/documents/")
    shoot(page, "document-list", at_most=700)
    page.locator("main").get_by_role("link", name=re.compile("^BC-")).first.click()
    with page.expect_download():
        page.get_by_role("button", name="Văn bản Word để trình ký").click()
    page.reload()
    shoot(page, "document-take", at_most=620)
    code = page.get_by_role("link", name="Trang kiểm tra công khai").first.get_attribute("href") or ""
    phone = guide.page(device=PHONE)
    phone.goto(code)
    shoot(phone, "document-check-phone", at_most=900)
    page.goto(f"/workspace/nominations/new/?code={page_code(guide)}")
    page.get_by_label("Hình thức khen thưởng").fill("Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh")
    page.get_by_role("button", name="Tiếp tục").click()
    page.locator("textarea[name=merits]").fill("Mở cửa cả thứ Bảy, Chủ nhật; đưa sách đến các tổ dân phố.")
    for box in page.locator("input[name=keys]").all()[:4]:
        box.check()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Trình khen thưởng").click()
    shoot(page, "nomination", at_most=1000)


def page_code(guide: Guide) -> str:
    """The code of the sample library, from the address of its page."""
    page = guide.page()
    page.goto("/institutions/?q=" + LIBRARY)
    address = page.get_by_role("link", name=LIBRARY).first.get_attribute("href") or ""
    return address.rstrip("/").rpartition("/")[2]


PARTS: list[Callable[[Guide], None]] = [
    *(start, activities, finding, joining, schools, offline, notices),
    *(roll, figures, charts, stated, closures, criteria, plans, report, documents, cycles, roles, territory),
    inspection,
]


def main(arguments: list[str]) -> int:
    parts = {part.__name__: part for part in PARTS}
    if not arguments or set(arguments[1:]) - set(parts):
        print(f"Usage: scripts/guide_pictures.py ADDRESS [part ...]; parts: {', '.join(parts)}", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(OPTIONS))
        guide = Guide(browser, arguments[0])
        for name in arguments[1:] or parts:
            print(f"• {name}", flush=True)
            parts[name](guide)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
