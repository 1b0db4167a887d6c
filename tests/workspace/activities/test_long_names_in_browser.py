"""A name without a space, as long as the field takes, on the pages of a session on a phone."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.operations.registration import register
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import InstitutionFactory

PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page_name", ["roll", "sheet"])
def test_long_name_does_not_widen_the_page(live_program, visitor, accessibility, page_name):
    library = InstitutionFactory(name="Thư viện phường Thử")
    person = PersonFactory(full_name="Hoàng Thị Lan")
    person.set_password("mat-khau-thu")
    person.save()
    RoleAssignmentFactory(person=person, role=RoleName.INSTITUTION_STAFF, institution=library)
    session = SessionFactory(
        activity=ActivityFactory(institution=library, title=f"Ngày hội đọc sách số {library.pk}"),
        starts_at=timezone.now() - dt.timedelta(hours=1),
    )
    register(session, name="M" * 100, group_size=1, form_key=uuid.uuid4(), at=timezone.now())
    page = visitor(viewport=PHONE).new_page()
    page.goto(f"{live_program.url}/accounts/login/?next=/workspace/activities/sessions/{session.pk}/{page_name}/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", "mat-khau-thu")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/{page_name}/")

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    frames = "[...document.querySelectorAll('.table-frame')]"
    unreachable = f"{frames}.filter(frame => frame.scrollWidth > frame.clientWidth && frame.tabIndex < 0).length"
    assert page.evaluate(unreachable) == 0
    assert accessibility(page) == []
