"""What is as long as it can be, on a phone: a name without a space, the hours of a session past midnight."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.operations.registration import register
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.places import InstitutionFactory
from tests.support.browser import PHONE, sign_in

pytestmark = pytest.mark.slow


@pytest.fixture
def library(live_program):
    return InstitutionFactory(name="Thư viện phường Thử nghiệm với một cái tên thật là dài")


@pytest.fixture
def page(visitor, library):
    """Of a librarian, on a phone."""
    person = PersonFactory(full_name="Hoàng Thị Lan")
    RoleAssignmentFactory(person=person, role=RoleName.INSTITUTION_STAFF, institution=library)
    context = visitor(viewport=PHONE)
    sign_in(context, person)
    return context.new_page()


def test_long_name_does_not_widen_the_page(page, accessibility, library):
    session = SessionFactory(
        activity=ActivityFactory(institution=library, title=f"Ngày hội đọc sách số {library.pk}"),
        starts_at=timezone.now() - dt.timedelta(hours=1),
    )
    register(session, name="M" * 100, group_size=1, form_key=uuid.uuid4(), at=timezone.now())
    for name in ("roll", "sheet"):
        page.goto(f"/workspace/activities/sessions/{session.pk}/{name}/")

        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        frames = "[...document.querySelectorAll('.table-frame')]"
        unreachable = f"{frames}.filter(frame => frame.scrollWidth > frame.clientWidth && frame.tabIndex < 0).length"
        assert page.evaluate(unreachable) == 0, name
        assert accessibility(page) == [], name


def test_session_past_midnight_does_not_widen_the_home(page, accessibility, library):
    tonight = timezone.localtime().replace(hour=22, minute=45, second=0, microsecond=0)
    SessionFactory(
        activity=ActivityFactory(institution=library, title="Đêm đọc sách"),
        starts_at=tonight,
        ends_at=tonight + dt.timedelta(hours=2),
    )
    page.goto("/workspace/")

    hours = page.locator(".item", has_text="Đêm đọc sách").locator(".item-meta").inner_text()
    assert hours.count("22:45") == 1 and hours.count("0:45") == 1 and hours.count("/") == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert accessibility(page) == []
