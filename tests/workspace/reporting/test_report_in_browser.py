"""The report's pages in a real browser, over the real territory and documents."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.reporting.models import Snapshot
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow


@pytest.fixture
def officer(live_program):
    person = PersonFactory(full_name="Triệu Văn Minh")
    ward = unit_by_code("01843", dt.date(2026, 11, 23))
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, unit=ward)
    return person


@pytest.mark.parametrize("with_script", [True, False])
def test_officer_writes_freezes_and_takes_the_document_home(visitor, accessibility, officer, with_script):
    context = visitor(viewport=PHONE, java_script_enabled=with_script)
    sign_in(context, officer)
    page = context.new_page()
    page.goto("/workspace/reports/")
    if page.locator("form[action$='/reports/open/']").count():
        page.click("form[action$='/reports/open/'] button")
    else:
        page.click("ul.rows .item-title a")
    assert "Phường Bắc Kạn" in page.inner_text("main")
    if with_script:
        assert accessibility(page) == []
    page.fill("textarea[name=results]", f"Phong trào đọc sách lan rộng. ({with_script})")
    page.click("#words form button[type=submit]")
    page.click("a[href$='/freeze/']")
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    number = page.inner_text("h1").strip()
    if with_script:
        assert accessibility(page) == []
    with page.expect_download() as download:
        page.click("a[href$='report.docx']")
    assert download.value.suggested_filename == f"{number}.docx"
    snapshot = Snapshot.objects.get(number=number)
    assert snapshot.content["words"]["results"] == [f"Phong trào đọc sách lan rộng. ({with_script})"]
    assert snapshot.content["year"] == timezone.localdate().year
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] if with_script else True
