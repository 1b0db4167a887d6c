"""Two inspectors at a library without a connection: what they saw is on the server once, the later answer holds,
and what comes after closing is refused and not lost."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import Visit, VisitAnswer, VisitPhoto
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.plan import Planned, make_plan, plan_visits
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.units import unit_by_code
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

    page.get_by_role("link", name="Ghi nhận và kết thúc").click()
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
