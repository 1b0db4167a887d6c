"""Two inspectors at a library without a connection: what they saw and found, and how it ended, is on the server once;
who comes second is told what the first did; what comes after closing is refused and not lost."""

import datetime as dt
import re
from contextlib import suppress

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Error, Page, expect

from hocsuotdoi.inspection.enums import Severity, VisitState
from hocsuotdoi.inspection.models import Visit, VisitAnswer, VisitFinding, VisitPhoto
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.plan import Planned, make_plan, plan_visits
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.models import Assignment
from tests.factories.places import InstitutionFactory
from tests.inspection.conftest import answer_all, inspector_at
from tests.inspection.test_seeing import picture
from tests.support.browser import PHONE, sign_in, watch_for_errors

pytestmark = pytest.mark.slow


@pytest.fixture
def department(live_program) -> Agency:
    return Agency.objects.filter(unit__code="19", kind="culture").first()


@pytest.fixture
def team(department):
    return [inspector_at(department, "Dương Văn Nam"), inspector_at(department, "Lường Thị Nga")]


@pytest.fixture
def visit(department, team) -> Visit:
    now = timezone.now()
    day = timezone.localdate(now)
    house = InstitutionFactory(unit=unit_by_code("01843", day), institution_class="library_community")
    plan = make_plan(department, year=day.year, title=f"Kiểm tra {house.code}", decision="", by=team[0], at=now)
    return plan_visits(plan, [Planned(house, day)], team=[each.pk for each in team], by=team[0], at=now)[0]


@pytest.fixture
def phones(visitor, team, visit) -> list[tuple[BrowserContext, Page, list[str]]]:
    """Signed in, with the visit on them."""
    found = []
    for person in team:
        context = visitor(viewport=PHONE, has_touch=True, is_mobile=True)
        sign_in(context, person)
        page = context.new_page()
        errors = watch_for_errors(page)
        page.goto("/inspection/app/")
        expect(page.locator("a.visit")).to_contain_text(visit.institution.name)
        page.evaluate("navigator.serviceWorker.ready")
        found.append((context, page, errors))
    return found


def sync_now(page: Page) -> None:
    page.get_by_role("button", name="Đồng bộ ngay").click()
    expect(page.locator(".status")).to_contain_text("đã gửi hết")
    expect(page.locator(".status")).not_to_contain_text("Đang đồng bộ")


def question(page: Page, number: int):
    return page.locator("fieldset.question").nth(number)


def test_a_whole_visit_without_a_connection(phones, visit, accessibility, settings, live_program):
    (context, page, errors), _other = phones
    assert accessibility(page) == []
    context.set_offline(True)
    page.locator("a.visit").click()
    for number, item in enumerate(visit.checklist.items.all()):
        box = question(page, number)
        if item.kind == "yes_no":
            box.get_by_label("đạt", exact=True).check()
        elif item.kind == "number":
            box.get_by_label("Số lượng").fill("1600")
            box.get_by_label("Số lượng").blur()
        else:
            box.get_by_label("Ghi thêm").fill("Cơ sở sạch sẽ")
            box.get_by_label("Ghi thêm").blur()
    first = question(page, 0)
    first.get_by_label("Ghi chú").fill("Có bảng giờ ở cửa")
    first.get_by_label("Ghi chú").blur()
    file = {"name": "cua.jpg", "mimeType": "image/jpeg", "buffer": picture((2200, 1100))}
    first.locator("input[type=file]").set_input_files(file)
    expect(first.locator("img.preview")).to_be_visible()
    assert accessibility(page) == []
    page.reload()  # without a connection: the program and the notes are on the phone
    expect(page.locator(".status")).to_contain_text("Không có kết nối")
    expect(page.locator(".sticky-end")).to_contain_text("Đã trả lời hết")
    expect(question(page, 0).get_by_label("Ghi chú")).to_have_value("Có bảng giờ ở cửa")
    assert not VisitAnswer.objects.filter(visit=visit).exists()

    context.set_offline(False)
    sync_now(page)
    answers = {each.item.ordinal: each for each in VisitAnswer.objects.filter(visit=visit).select_related("item")}
    assert len(answers) == visit.checklist.items.count()
    assert (answers[1].seen, answers[1].words) == ("yes", "Có bảng giờ ở cửa")
    photo = VisitPhoto.objects.get(visit=visit)
    assert (photo.item.ordinal, photo.size > 0) == (1, True)
    visit.refresh_from_db()
    assert visit.state == VisitState.UNDER_WAY

    page.goto(f"/workspace/inspection/visits/{visit.pk}/")
    expect(page.locator("h1")).to_contain_text(visit.institution.name)
    expect(page.locator("#answers img").first).to_be_visible()
    assert accessibility(page) == []
    assert [each for each in errors if "ERR_INTERNET_DISCONNECTED" not in each] == []


def test_of_two_phones_the_later_answer_holds_and_nothing_is_lost_after_closing(phones, visit, team, accessibility):
    (one, first, _errors), (two, second, _more) = phones
    for context, page in ((one, first), (two, second)):
        context.set_offline(True)
        page.locator("a.visit").click()
    question(first, 0).get_by_label("chưa đạt", exact=True).check()
    expect(question(first, 0)).to_contain_text("đã lưu trên điện thoại")
    second.wait_for_timeout(1100)
    question(second, 0).get_by_label("Ghi chú").fill("Mở cửa đúng giờ")
    question(second, 0).get_by_label("đạt", exact=True).check()
    expect(question(second, 0)).to_contain_text("đã lưu trên điện thoại")
    two.set_offline(False)
    sync_now(second)
    one.set_offline(False)
    sync_now(first)
    answer = VisitAnswer.objects.get(visit=visit, item__ordinal=1)
    assert (answer.seen, answer.words, answer.seen_by) == ("yes", "Mở cửa đúng giờ", team[1].pk)
    expect(question(first, 0)).to_contain_text("Có người trả lời sau")
    expect(question(first, 0)).to_contain_text("Bạn đã ghi: chưa đạt")
    expect(question(first, 0).get_by_label("Ghi chú")).to_have_value("Mở cửa đúng giờ")

    one.set_offline(True)
    question(first, 1).get_by_label("chưa đạt", exact=True).check()
    expect(question(first, 1)).to_contain_text("đã lưu trên điện thoại")
    visit.refresh_from_db()
    answer_all(visit, team[1], timezone.now() - dt.timedelta(hours=1))
    visit.refresh_from_db()
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=team[1], at=timezone.now())
    one.set_offline(False)
    sync_now(first)
    expect(first.locator(".status")).to_contain_text("1 mục không nhận")
    first.goto("/inspection/app/#/status")
    expect(first.locator("main")).to_contain_text("Cuộc kiểm tra đã kết thúc")
    expect(first.locator("main")).to_contain_text(visit.institution.name)
    with first.expect_download() as saved:
        first.get_by_role("button", name="Lưu thành tệp").click()
    assert "chưa đạt" in saved.value.path().read_text(encoding="utf-8")
    assert accessibility(first) == []


def test_signed_out_it_keeps_everything_and_says_what_to_do(phones, visit, accessibility):
    (context, page, _errors), _other = phones
    page.locator("a.visit").click()
    context.clear_cookies()
    question(page, 0).get_by_label("đạt", exact=True).check()
    page.get_by_role("button", name="Đồng bộ ngay").click()
    expect(page.locator(".alert")).to_contain_text("Bạn đã đăng xuất")
    expect(page.locator(".status")).to_contain_text(re.compile("1 mục chưa gửi"))
    assert accessibility(page) == []
    page.reload()
    expect(question(page, 0).get_by_label("đạt", exact=True)).to_be_checked()


def write_finding(page: Page, text: str, demand: str = "Mở cửa ít nhất một buổi tối") -> None:
    page.get_by_role("link", name="Ghi nhận", exact=False).filter(has_text="Ghi nhận").first.click()
    page.get_by_role("link", name="Thêm nội dung ghi nhận").click()
    page.get_by_label("Nội dung ghi nhận").fill(text)
    page.get_by_label("Việc phải làm").fill(demand)
    page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(page.locator("li.finding").filter(has_text=text)).to_be_visible()


def end_it(page: Page) -> None:
    page.locator(".visit-tabs a").nth(2).click()
    page.get_by_label("Kết luận").fill("Cơ sở hoạt động đúng chức năng")
    page.get_by_label("Họ và tên").first.fill("Lường Thị Lan")
    page.get_by_label("Chức vụ").first.fill("Phụ trách thư viện")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Kết thúc cuộc kiểm tra").click()


def test_findings_and_the_end_without_a_connection(phones, visit, team, accessibility):
    (context, page, errors), _other = phones
    answer_all(visit, team[0], timezone.now() - dt.timedelta(hours=1))
    sync_now(page)
    context.set_offline(True)
    page.locator("a.visit").click()
    write_finding(page, "Chưa mở cửa buổi tối")
    assert accessibility(page) == []
    page.reload()
    expect(page.locator("li.finding")).to_contain_text("Chưa mở cửa buổi tối")
    end_it(page)
    expect(page.locator(".alert")).to_contain_text("Đã kết thúc, chưa gửi")
    assert accessibility(page) == []
    page.reload()
    expect(page.locator(".alert")).to_contain_text("Đã kết thúc, chưa gửi")
    visit.refresh_from_db()
    assert (visit.state, VisitFinding.objects.filter(visit=visit).count()) == (VisitState.UNDER_WAY, 0)

    context.set_offline(False)
    sync_now(page)
    visit.refresh_from_db()
    assert (visit.state, visit.met) == (VisitState.CLOSED, "Lường Thị Lan, Phụ trách thư viện")
    assert [each["name"] for each in visit.signed] == ["Dương Văn Nam", "Lường Thị Nga", "Lường Thị Lan"]
    finding = VisitFinding.objects.get(visit=visit)
    assert (finding.text, finding.noted_by) == ("Chưa mở cửa buổi tối", team[0].pk)
    assert Assignment.objects.filter(origin=f"inspection.finding:{finding.pk}").count() == 1
    sync_now(page)
    page.goto("/inspection/app/")
    expect(page.locator("main")).to_contain_text("Đã kết thúc và đã gửi")
    assert [each for each in errors if "ERR_INTERNET_DISCONNECTED" not in each] == []


def test_what_a_colleague_changed_is_shown_side_by_side_and_holds_the_end_up(phones, visit, team, accessibility):
    (one, first, _errors), (_two, second, _more) = phones
    answer_all(visit, team[0], timezone.now() - dt.timedelta(hours=1))
    first.locator("a.visit").click()
    write_finding(first, "Chưa mở cửa buổi tối")
    sync_now(first)
    sync_now(second)
    one.set_offline(True)
    second.locator("a.visit").click()
    second.locator(".visit-tabs a").nth(1).click()
    second.get_by_role("link", name="Sửa").click()
    second.get_by_label("Nội dung ghi nhận").fill("Mở cửa buổi tối không đều")
    second.get_by_role("button", name="Lưu ghi nhận").click()
    sync_now(second)
    first.get_by_role("link", name="Sửa").click()
    first.get_by_label("Nội dung ghi nhận").fill("Không mở cửa buổi tối")
    first.get_by_role("button", name="Lưu ghi nhận").click()
    end_it(first)
    one.set_offline(False)
    first.get_by_role("button", name="Đồng bộ ngay").click()
    expect(first.locator(".status")).to_contain_text("người khác đã sửa")
    visit.refresh_from_db()
    assert visit.state == VisitState.UNDER_WAY
    first.locator(".visit-tabs a").nth(1).click()
    expect(first.locator("li.finding")).to_contain_text("Lường Thị Nga đã sửa ghi nhận này")
    expect(first.locator("li.finding")).to_contain_text("Mở cửa buổi tối không đều")
    expect(first.locator("li.finding")).to_contain_text("Không mở cửa buổi tối")
    assert accessibility(first) == []
    first.get_by_role("button", name="Giữ bản đang có").click()
    sync_now(first)
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED
    assert VisitFinding.objects.get(visit=visit).text == "Mở cửa buổi tối không đều"


def test_what_is_contested_of_a_visit_that_others_closed_is_kept_to_be_saved(phones, visit, team, accessibility):
    (_context, page, _errors), _other = phones
    answer_all(visit, team[0], timezone.now() - dt.timedelta(hours=1))
    page.locator("a.visit").click()
    write_finding(page, "Chưa mở cửa buổi tối")
    sync_now(page)
    finding = VisitFinding.objects.get(visit=visit)
    page.get_by_role("link", name="Sửa").click()
    page.get_by_label("Nội dung ghi nhận").fill("Không mở cửa buổi tối")
    finding.text, finding.noted_at, finding.noted_by = "Mở không đều", timezone.now(), team[1].pk
    finding.save()
    page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(page.locator(".status")).to_contain_text("người khác đã sửa")

    visit.refresh_from_db()
    close_visit(visit, conclusion="Tốt", met="Bà Lan", version=visit.version, by=team[1], at=timezone.now())
    sync_now(page)
    expect(page.locator(".status")).to_contain_text("1 mục không nhận")
    expect(page.locator(".status")).not_to_contain_text("người khác đã sửa")
    page.goto("/inspection/app/#/status")
    expect(page.locator("main")).to_contain_text("Không mở cửa buổi tối")
    expect(page.get_by_role("button", name="Lưu thành tệp")).to_be_visible()
    assert accessibility(page) == []


def test_what_was_not_taken_holds_the_end_up_until_it_is_mended(phones, visit, team, accessibility):
    (_context, page, _errors), _other = phones
    answer_all(visit, team[0], timezone.now() - dt.timedelta(hours=1))
    # The second part of its key reads as a number; an address tells so to which question a new finding is written.
    standing = VisitFinding.objects.create(
        pk="01a21c5f-2333-7d12-b1c5-869aa4ede3bd",
        visit=visit,
        institution_id=visit.institution_id,
        severity=Severity.ADVICE,
        text="Chưa mở cửa buổi tối",
        noted_at=timezone.now(),
        noted_by=team[0].pk,
    )
    sync_now(page)
    page.locator("a.visit").click()

    def to_an_unknown_question(route):
        sent = route.request.post_data_json
        route.continue_(post_data={"findings": [{**each, "item": 2**40} for each in sent["findings"]]})

    page.route("**/inspection/findings", to_an_unknown_question)
    page.locator(".visit-tabs a").nth(1).click()
    page.get_by_role("link", name="Sửa").click()
    page.get_by_label("Nội dung ghi nhận").fill("Không mở cửa buổi tối")
    page.get_by_role("button", name="Lưu ghi nhận").click()
    end_it(page)
    expect(page.locator(".status")).to_contain_text("1 mục không nhận")
    expect(page.locator(".alert").filter(has_text="chưa được nhận")).to_be_visible()
    assert accessibility(page) == []
    visit.refresh_from_db()
    assert visit.state == VisitState.UNDER_WAY

    page.unroute("**/inspection/findings")
    page.get_by_role("button", name="Mở lại").click()
    page.locator(".visit-tabs a").nth(1).click()
    page.get_by_role("link", name="Sửa").click()
    page.get_by_role("button", name="Lưu ghi nhận").click()
    page.locator(".visit-tabs a").nth(2).click()
    page.get_by_role("button", name="Kết thúc cuộc kiểm tra").click()
    sync_now(page)
    visit.refresh_from_db()
    standing.refresh_from_db()
    assert (visit.state, standing.text, standing.item) == (VisitState.CLOSED, "Không mở cửa buổi tối", None)


def test_killed_in_the_middle_of_a_sentence_nothing_is_lost(phones, visit, team):
    """The page dies without a goodbye, as a phone does whose battery is out; opened again, the words are there."""
    (context, page, _errors), _other = phones
    context.set_offline(True)
    page.locator("a.visit").click()
    question(page, 0).get_by_label("Ghi chú").press_sequentially("Bảng giờ mờ", delay=10)
    page.wait_for_timeout(900)
    page.goto(f"/inspection/app/#/v/{visit.pk}/found/new")
    page.get_by_label("Nội dung ghi nhận").press_sequentially("Thiếu ánh sáng", delay=10)
    page.wait_for_timeout(900)
    with suppress(Error):  # it dies before it answers
        page.goto("chrome://crash")
    again = context.new_page()
    again.goto(f"/inspection/app/#/v/{visit.pk}/found/new")
    expect(again.get_by_label("Nội dung ghi nhận")).to_have_value("Thiếu ánh sáng")
    again.goto(f"/inspection/app/#/v/{visit.pk}")
    expect(question(again, 0).get_by_label("Ghi chú")).to_have_value("Bảng giờ mờ")


def test_a_full_phone_says_that_nothing_was_kept(phones, visit):
    (_context, page, _errors), _other = phones
    page.locator("a.visit").click()
    page.goto(f"/inspection/app/#/v/{visit.pk}/found/new")
    # As a browser answers whose disk is full.
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.get_by_label("Nội dung ghi nhận").fill("Thiếu ánh sáng")
    page.get_by_label("Việc phải làm").fill("Lắp thêm đèn")
    page.get_by_role("button", name="Lưu ghi nhận").click()
    expect(page.locator("[role=alert].error")).to_contain_text("CHƯA lưu được")
