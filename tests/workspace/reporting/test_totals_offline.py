"""Totals and answers where the connection comes and goes, in a real browser: as with words, nothing that was typed is
lost, nothing is overwritten unseen, and nothing stays behind on a shared device."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from tests.factories.places import AgencyFactory
from tests.factories.running import make_assignment, make_cycle, make_report
from tests.support.browser import PHONE, sign_in
from tests.workspace.reporting.conftest import begun, fresh, holder
from tests.workspace.reporting.test_offline import KEPT, NO_DATABASES_LEFT

pytestmark = pytest.mark.slow
SESSIONS, VISITS = "measure:programme_session:2026", "measure:library_visit:2026"
SAVE = "#totals-form .form-end button"
STATUS = "#totals-status[data-state={}]"
A_MINUTE = 60_000
UNSENT = """new Promise((done) => {
  const request = indexedDB.open("private-reports");
  request.onsuccess = () => {
    const all = request.result.transaction("drafts").objectStore("drafts").getAllKeys();
    all.onsuccess = () => { request.result.close(); done(all.result); };
  };
})"""


@pytest.fixture
def report(live_program) -> Report:
    """Of a command that reports in totals, begun; two of its tasks are late. Another command for each test."""
    command = AgencyFactory(kind="military", unit=unit_by_code("19", timezone.localdate()))
    cycle = make_cycle(sections=["activities", "targets", "tasks", "words"], starts_on=dt.date(2026, 1, 1))
    report = make_report(cycle, command, line="military", detail="totals")
    for title in ("Sửa mái", "Mua sách"):
        make_assignment(title=title, agency=command, due_on=dt.date(2026, 1, 10), year=2026)
    return begun(report, holder(RoleName.AGENCY_OFFICER, agency=command))


@pytest.fixture
def colleague(report):
    return holder(RoleName.AGENCY_OFFICER, agency=report.agency)


@pytest.fixture
def opened(visitor, report):
    """The report on a phone, its page kept."""
    context = visitor(viewport=PHONE)
    sign_in(context, holder(RoleName.AGENCY_OFFICER, agency=report.agency))
    page = context.new_page()
    page.goto(f"/workspace/reports/{report.pk}/")
    for _turn in range(200):
        if page.evaluate(KEPT):
            break
        page.wait_for_timeout(100)
    return context, page


def field(page, key, name):
    return page.locator(f"#totals-form [name='{key}-{name}']")


def fill(page, key, number, source):
    field(page, key, "numerator").fill(number)
    field(page, key, "source").fill(source)


def totals(report) -> dict[str, tuple[int, str]]:
    return {each.key: (int(each.numerator), each.source) for each in report.typed_totals.all()}


def typed_by(person, report, key, number, source):
    row = Total(key, Decimal(number), None, source)
    report = fresh(report)
    type_totals(report, version=report.version, rows=[row], by=person, at=timezone.now())


def odd(report):
    report = fresh(report)
    day = timezone.localdate()
    return exceptions_of(report, cycle_content(report, day), day)


def explained_by(person, report, title, reason):
    (found,) = (each for each in odd(report) if title in each.words)
    answer_exceptions(report, answers=[Answer(found.key, found.numbers, reason)], by=person, at=timezone.now())


def reasons(report) -> list[str]:
    return list(report.exception_answers.order_by("pk").values_list("reason", flat=True))


def question(page, title):
    return page.locator("#odd li").filter(has_text=title)


def test_totals_typed_without_a_connection_are_kept_and_sent_by_themselves(opened, report, colleague):
    context, page = opened
    context.set_offline(True)
    fill(page, SESSIONS, "1.436", "Sổ thư viện")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("offline"))
    page.fill("textarea[name=results]", "Viết cùng lúc.")
    page.click("#words-form .form-end button")
    page.wait_for_selector("#words-status[data-state=offline]")
    page.reload()
    page.wait_for_selector("#kept-page:not([hidden])")
    expect(field(page, SESSIONS, "numerator")).to_have_value("1.436")  # read from the device
    expect(field(page, SESSIONS, "source")).to_have_value("Sổ thư viện")
    expect(page.locator("textarea[name=results]")).to_have_value("Viết cùng lúc.")
    assert totals(report) == {}
    typed_by(colleague, report, VISITS, 250, "Sổ bạn đọc")  # into another row
    context.set_offline(False)
    expect(field(page, VISITS, "numerator")).to_have_value("250", timeout=A_MINUTE)  # theirs comes in
    assert totals(report) == {SESSIONS: (1436, "Sổ thư viện"), VISITS: (250, "Sổ bạn đọc")}
    assert fresh(report).results == "Viết cùng lúc."
    assert page.evaluate(UNSENT) == []


def test_who_typed_offline_into_what_somebody_else_typed_sees_both(opened, report, colleague):
    context, page = opened
    context.set_offline(True)
    fill(page, SESSIONS, "1.436", "Sổ của tôi")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("offline"))
    typed_by(colleague, report, SESSIONS, 1500, "Sổ của bạn")
    context.set_offline(False)
    row = page.locator("fieldset.report-total").filter(has=page.locator(f"[name='{SESSIONS}-numerator']"))
    expect(row.locator(".panel")).to_contain_text("1.500, Sổ của bạn", timeout=A_MINUTE)
    expect(row.locator(".panel")).to_contain_text(str(colleague))
    expect(field(page, SESSIONS, "source")).to_have_value("Sổ của tôi")
    # Reading is no decision: the page is left and opened anew, and nothing is saved.
    page.goto(f"/workspace/reports/{report.pk}/")
    page.wait_for_selector(STATUS.format("unsent"))
    expect(field(page, SESSIONS, "source")).to_have_value("Sổ của tôi")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1000)
    page.click(SAVE)
    expect(row.locator(".panel")).to_contain_text("1.500, Sổ của bạn")
    assert totals(report) == {SESSIONS: (1500, "Sổ của bạn")}
    fill(page, SESSIONS, "1.470", "Sổ của cả hai")
    page.click(SAVE)
    page.wait_for_url(f"**/workspace/reports/{report.pk}/*")
    expect(field(page, SESSIONS, "source")).to_have_value("Sổ của cả hai")
    expect(row.locator(".panel")).to_have_count(0)
    assert totals(report) == {SESSIONS: (1470, "Sổ của cả hai")}
    assert page.evaluate(UNSENT) == []


def test_what_cannot_be_sent_by_itself_waits_and_says_so(opened, report):
    """A number without its source, typed and left when the connection comes back."""
    context, page = opened
    context.set_offline(True)
    field(page, SESSIONS, "numerator").fill("7")
    page.wait_for_selector(STATUS.format("unsent"))
    page.reload()
    page.wait_for_selector("#kept-page:not([hidden])")
    context.set_offline(False)
    page.wait_for_selector(STATUS.format("wrong"), timeout=A_MINUTE)
    expect(field(page, SESSIONS, "numerator")).to_have_value("7")
    page.click(SAVE)
    page.wait_for_selector("#totals .field-wrong")
    expect(field(page, SESSIONS, "numerator")).to_have_value("7")
    field(page, SESSIONS, "source").fill("Sổ thư viện")
    page.click(SAVE)
    page.wait_for_url(f"**/workspace/reports/{report.pk}/*")
    page.wait_for_selector("#totals .field-wrong", state="detached")
    assert totals(report) == {SESSIONS: (7, "Sổ thư viện")}


def test_answers_without_a_connection_are_kept_and_sent_by_themselves(opened, report):
    context, page = opened
    context.set_offline(True)
    roof, books = question(page, "Sửa mái"), question(page, "Mua sách")
    roof.get_by_role("button", name="Đúng như vậy").click()
    expect(roof.locator("[role=status]")).to_have_attribute("data-state", "offline")
    books.locator("summary").click()
    books.locator("[name=reason]").fill("Vì mưa.")
    books.locator("details button").click()
    expect(books.locator("[role=status]")).to_have_attribute("data-state", "offline")
    page.reload()
    page.wait_for_selector("#kept-page:not([hidden])")
    expect(books.locator("[name=reason]")).to_have_value("Vì mưa.")
    expect(roof.locator("[role=status]")).to_be_visible()
    assert reasons(report) == []
    context.set_offline(False)
    expect(page.locator("#odd .report-answer")).to_have_count(0, timeout=A_MINUTE)
    assert sorted(reasons(report)) == ["", "Vì mưa."]
    assert page.evaluate(UNSENT) == []


def test_who_explained_offline_what_somebody_else_explained_sees_both(opened, report, colleague):
    context, page = opened
    context.set_offline(True)
    roof = question(page, "Sửa mái")
    roof.locator("summary").click()
    roof.locator("[name=reason]").fill("Thiếu thợ.")
    roof.locator("details button").click()
    expect(roof.locator("[role=status]")).to_have_attribute("data-state", "offline")
    explained_by(colleague, report, "Sửa mái", "Chờ kinh phí.")
    context.set_offline(False)
    expect(roof).to_contain_text("Chờ kinh phí.", timeout=A_MINUTE)
    expect(roof).to_contain_text(str(colleague))
    expect(roof.locator("[name=reason]")).to_have_value("Thiếu thợ.")
    assert reasons(report) == ["Chờ kinh phí."]
    page.wait_for_timeout(500)
    roof.locator("[name=reason]").fill("Chờ kinh phí, thiếu thợ.")
    roof.locator("details button").click()
    page.wait_for_url(f"**/workspace/reports/{report.pk}/*")
    expect(roof).to_contain_text("Chờ kinh phí, thiếu thợ.")
    assert reasons(report) == ["Chờ kinh phí.", "Chờ kinh phí, thiếu thợ."]


def test_what_is_kept_for_a_question_that_somebody_answered_is_shown_when_the_page_is_opened(opened, report, colleague):
    context, page = opened
    context.set_offline(True)
    roof = question(page, "Sửa mái")
    roof.locator("summary").click()
    roof.locator("[name=reason]").fill("Thiếu thợ.")
    roof.locator("details button").click()
    expect(roof.locator("[role=status]")).to_have_attribute("data-state", "offline")
    explained_by(colleague, report, "Sửa mái", "Chờ kinh phí.")
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(f"/workspace/reports/{report.pk}/")
    expect(roof.locator("[name=reason]")).to_have_value("Thiếu thợ.", timeout=A_MINUTE)
    expect(roof).to_contain_text("Chờ kinh phí.")
    assert reasons(report) == ["Chờ kinh phí."]


def test_all_of_a_kind_are_answered_without_a_connection(opened, report):
    context, page = opened
    context.set_offline(True)
    page.locator("#odd form[data-all] button").first.click()
    expect(question(page, "Sửa mái").locator("[role=status]")).to_have_attribute("data-state", "offline")
    expect(question(page, "Mua sách").locator("[role=status]")).to_have_attribute("data-state", "offline")
    context.set_offline(False)
    expect(page.locator("#odd .report-answer")).to_have_count(0, timeout=A_MINUTE)
    assert reasons(report) == ["", ""]


def test_signing_out_leaves_no_total_behind(opened):
    _context, page = opened
    fill(page, SESSIONS, "12", "Không để lại máy chung")
    page.wait_for_selector(STATUS.format("unsent"))
    page.goto("/accounts/logout/")
    page.wait_for_selector("#unsent:not([hidden])")
    page.click("form[action*=logout] button[type=submit]")
    page.wait_for_url(lambda url: "logout" not in url)
    page.wait_for_load_state()
    assert page.evaluate(NO_DATABASES_LEFT) == 0


def test_totals_and_answers_go_without_javascript(visitor, report):
    context = visitor(viewport=PHONE, java_script_enabled=False)
    sign_in(context, holder(RoleName.AGENCY_OFFICER, agency=report.agency))
    page = context.new_page()
    page.goto(f"/workspace/reports/{report.pk}/")
    fill(page, SESSIONS, "1.436", "Sổ thư viện")
    page.click(SAVE)
    assert totals(report) == {SESSIONS: (1436, "Sổ thư viện")}
    question(page, "Sửa mái").get_by_role("button", name="Đúng như vậy").click()
    assert reasons(report) == [""]
