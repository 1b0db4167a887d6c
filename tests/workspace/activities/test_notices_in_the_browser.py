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
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_person_is_called_and_ticked(live_program, visitor, accessibility, java_script_enabled):
    library = InstitutionFactory()
    librarian = PersonFactory(full_name="Hoàng Thị Lan")
    RoleAssignmentFactory(person=librarian, role=RoleName.INSTITUTION_STAFF, institution=library)
    session = SessionFactory(
        activity=ActivityFactory(institution=library), starts_at=timezone.now() + dt.timedelta(days=1)
    )
    RegistrationFactory(session=session, phone="0912345678")
    tell_people_of(session, kind=NoticeKind.MOVED, at=timezone.now(), about="")

    context = visitor(viewport=PHONE, java_script_enabled=java_script_enabled)
    sign_in(context, librarian)
    page = context.new_page()
    page.goto("/workspace/activities/notices/")

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
