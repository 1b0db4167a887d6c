"""Writing a report where the connection comes and goes, in a real browser: nothing that was typed is lost, nothing is
overwritten unseen, and nothing stays behind on a shared device."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from tests.factories.places import AgencyFactory
from tests.factories.running import make_cycle, make_report
from tests.support.browser import PHONE, sign_in
from tests.workspace.reporting.conftest import answered, begun, fresh, holder, worded

pytestmark = pytest.mark.slow
DESK = {"width": 1280, "height": 900}
SAVE = "#words-form .form-end button"
STATUS = "#words-status[data-state={}]"
KEPT = "caches.open('private-reports').then(kept => kept.match(location.pathname)).then(found => !!found)"
SLOW = """((ask) => {
  window.fetch = async (...what) => {
    const told = await ask(...what);
    await new Promise((done) => setTimeout(done, 1500));
    return told;
  };
})(window.fetch)"""
NO_DATABASES_LEFT = "indexedDB.databases().then(all => all.filter(each => each.name.startsWith('private-')).length)"


@pytest.fixture
def report(live_program) -> Report:
    """Of an office in phường Bắc Kạn, begun; another day's cycle for each test."""
    ward = unit_by_code("01843", timezone.localdate())
    office = AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=ward, name="Phòng Văn hóa - Xã hội (thử)")
    above = AgencyFactory(kind=AgencyKind.CULTURE, unit=unit_by_code("19", timezone.localdate()))
    cycle = make_cycle(due_on=timezone.localdate() + dt.timedelta(days=20))
    province = make_report(cycle, above)
    return make_report(cycle, office, goes_to=province, above=[above.pk])


@pytest.fixture
def officer(report):
    return holder(RoleName.AGENCY_OFFICER, agency=report.agency)


@pytest.fixture
def opened(visitor, report, officer):
    """The report on a phone, its page kept."""
    begun(report, officer)
    context = visitor(viewport=PHONE)
    sign_in(context, officer)
    page = context.new_page()
    page.goto(f"/workspace/reports/{report.pk}/")
    for _turn in range(200):
        if page.evaluate(KEPT):
            break
        page.wait_for_timeout(100)
    return context, page


def test_words_written_without_a_connection_are_kept_and_sent_by_themselves(opened, report):
    context, page = opened
    context.set_offline(True)
    page.fill("textarea[name=results]", "Viết khi mất mạng.")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("offline"))
    page.reload()
    page.wait_for_selector("#kept-page:not([hidden])")
    expect(page.locator("textarea[name=results]")).to_have_value("Viết khi mất mạng.")  # read from the device
    assert fresh(report).results == ""
    context.set_offline(False)
    page.wait_for_selector(STATUS.format("saved"), timeout=60_000)
    assert fresh(report).results == "Viết khi mất mạng."


def test_what_a_colleague_wrote_comes_in_though_one_types_on_while_it_is_saved(opened, report):
    _context, page = opened
    page.evaluate(SLOW)
    worded(fresh(report), holder(RoleName.AGENCY_OFFICER, agency=report.agency), difficulties="Của đồng nghiệp.")
    page.fill("textarea[name=results]", "Đã mở cửa buổi tối.")
    page.click(SAVE)
    page.wait_for_timeout(400)
    page.locator("textarea[name=results]").press_sequentially(" Thêm.")
    page.wait_for_selector(STATUS.format("saved"))
    expect(page.locator("textarea[name=difficulties]")).to_have_value("Của đồng nghiệp.")
    page.click(SAVE)
    page.wait_for_timeout(4000)
    found = fresh(report)
    assert (found.results, found.difficulties) == ("Đã mở cửa buổi tối. Thêm.", "Của đồng nghiệp.")


def test_typing_on_after_save_without_a_connection_takes_no_sending_back(opened, report):
    context, page = opened
    context.set_offline(True)
    page.fill("textarea[name=results]", "Viết khi mất mạng")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("offline"))
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => true })")  # as many devices claim
    page.locator("textarea[name=results]").press_sequentially(", rồi viết tiếp.")
    page.wait_for_selector(STATUS.format("unsent"))
    context.set_offline(False)
    page.wait_for_selector(STATUS.format("saved"), timeout=60_000)
    assert fresh(report).results == "Viết khi mất mạng, rồi viết tiếp."


def test_what_was_typed_and_never_saved_is_there_again(opened, report):
    _context, page = opened
    page.fill("textarea[name=causes]", "Chưa kịp lưu.")
    page.wait_for_selector(STATUS.format("unsent"))
    page.goto("/workspace/reports/")
    page.goto(f"/workspace/reports/{report.pk}/")
    page.wait_for_selector(STATUS.format("unsent"))
    expect(page.locator("textarea[name=causes]")).to_have_value("Chưa kịp lưu.")
    assert fresh(report).causes == ""


def test_who_wrote_offline_into_what_somebody_else_changed_sees_both(opened, report, officer):
    context, page = opened
    context.set_offline(True)
    page.fill("textarea[name=results]", "Của người mất mạng.")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("offline"))
    colleague = holder(RoleName.AGENCY_OFFICER, agency=report.agency)
    worded(fresh(report), colleague, results="Của đồng nghiệp.")
    context.set_offline(False)
    page.wait_for_selector("article.panel", timeout=60_000)
    text = page.inner_text("#words")
    assert "Của đồng nghiệp." in text
    assert str(colleague) in text
    expect(page.locator("textarea[name=results]")).to_have_value("Của người mất mạng.")
    # Reading is no decision: the connection comes again, the page is left and opened anew, and nothing is saved.
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1000)
    page.goto(f"/workspace/reports/{report.pk}/")
    page.wait_for_selector(STATUS.format("unsent"))
    expect(page.locator("textarea[name=results]")).to_have_value("Của người mất mạng.")
    assert fresh(report).results == "Của đồng nghiệp."
    page.click(SAVE)
    page.wait_for_selector("article.panel")
    assert fresh(report).results == "Của đồng nghiệp."
    page.fill("textarea[name=results]", "Của cả hai.")
    page.click(SAVE)
    page.wait_for_selector(STATUS.format("saved"))
    assert fresh(report).results == "Của cả hai."


def test_a_connection_lost_while_submitting_says_what_became_of_it(opened, report, officer):
    context, page = opened
    answered(report, officer)
    page.goto(f"/workspace/reports/{report.pk}/submit/")
    context.set_offline(True)
    page.click("form[data-submit-report] button")
    page.wait_for_selector("#submit-status[data-state=lost]")
    context.set_offline(False)
    page.wait_for_selector("#submit-status[data-state=notArrived]", timeout=60_000)
    page.click("form[data-submit-report] button")
    page.wait_for_url(f"**/workspace/reports/{report.pk}/")
    assert fresh(report).state == ReportState.SUBMITTED


def test_signing_out_leaves_nothing_behind(opened):
    _context, page = opened
    page.fill("textarea[name=causes]", "Không để lại máy chung.")
    page.wait_for_selector(STATUS.format("unsent"))
    page.goto("/accounts/logout/")
    page.wait_for_selector("#unsent:not([hidden])")
    page.click("form[action*=logout] button[type=submit]")
    page.wait_for_url(lambda url: "logout" not in url)
    page.wait_for_load_state()
    assert page.evaluate(NO_DATABASES_LEFT) == 0
    assert page.evaluate("caches.has('private-reports')") is False


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_page_fits_and_has_no_barrier(visitor, accessibility, report, officer, viewport):
    begun(report, officer)
    context = visitor(viewport=viewport)
    sign_in(context, officer)
    page = context.new_page()
    for part in ("", "submit/"):
        page.goto(f"/workspace/reports/{report.pk}/{part}")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert accessibility(page) == []
    page.goto("/workspace/reports/")
    assert accessibility(page) == []


def test_report_is_written_and_submitted_without_javascript(visitor, report, officer):
    context = visitor(viewport=PHONE, java_script_enabled=False)
    sign_in(context, officer)
    page = context.new_page()
    page.goto("/workspace/reports/")
    page.click(f"form[action='/workspace/reports/{report.pk}/begin/'] button")
    page.fill("textarea[name=results]", "Không cần JavaScript.")
    page.click(SAVE)
    assert fresh(report).results == "Không cần JavaScript."
    answered(report, officer)
    page.goto(f"/workspace/reports/{report.pk}/submit/")
    page.click("form[data-submit-report] button")
    assert fresh(report).state == ReportState.SUBMITTED
