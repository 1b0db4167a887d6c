"""«Báo tin» on a phone: read what to say, call, tick; nothing in the way of a screen reader."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.enums import NoticeKind, NoticeState
from hocsuotdoi.activities.models import Notice
from hocsuotdoi.activities.operations.notices import tell_people_of
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.factories.places import InstitutionFactory

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_person_is_called_and_ticked(live_program, visitor, accessibility, java_script_enabled):
    library = InstitutionFactory()
    librarian = PersonFactory(full_name="Hoàng Thị Lan")
    librarian.set_password("mat-khau-thu")
    librarian.save()
    RoleAssignmentFactory(person=librarian, role=RoleName.INSTITUTION_STAFF, institution=library)
    session = SessionFactory(
        activity=ActivityFactory(institution=library), starts_at=timezone.now() + dt.timedelta(days=1)
    )
    RegistrationFactory(session=session, phone="0912345678")
    tell_people_of(session, kind=NoticeKind.MOVED, at=timezone.now(), about="")

    page = visitor(viewport={"width": 360, "height": 740}, java_script_enabled=java_script_enabled).new_page()
    page.goto("/accounts/login/?next=/workspace/activities/notices/")
    page.fill("[name=login]", librarian.email)
    page.fill("[name=password]", "mat-khau-thu")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/notices/")

    assert page.get_by_role("link", name="0912345678").get_attribute("href") == "tel:0912345678"
    if java_script_enabled:
        assert accessibility(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Đã báo").click()
    page.get_by_text("Đã ghi: Lý Thị Mai đã được báo.").wait_for()
    assert Notice.objects.get(session=session).state == NoticeState.TOLD

    page.goto("/workspace/activities/notices/sheet/")
    if java_script_enabled:
        assert accessibility(page) == []
