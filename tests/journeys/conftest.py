"""A village library, its manager at a desk, an evening with forty people, and a phone: for the offline roll."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.activities.models import Session
from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Institution
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, place
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.support.browser import DESK, PHONE, sign_in
from tests.support.roll_app import EXPECTED


@pytest.fixture
def library(live_program) -> Institution:
    key = uuid.uuid4().hex[:8]
    name = f"Thư viện thôn Nà Pài {key}"
    library = Institution.objects.create(
        code=f"thon-{key}", name=name, sort_key=sort_key(name), institution_class=InstitutionClass.LIBRARY_COMMUNE
    )
    place(library, AdminUnit.objects.get(code="01843", ends_on=None))
    return library


@pytest.fixture
def manager(library, visitor) -> Page:
    """The institution's manager, signed in, at a desk."""
    person = PersonFactory(full_name="Nông Văn Dũng")
    RoleAssignmentFactory(person=person, role=RoleName.INSTITUTION_MANAGER, institution=library)
    desk = visitor(viewport=DESK)
    sign_in(desk, person)
    return desk.new_page()


@pytest.fixture
def village_evening(library) -> Session:
    now = timezone.now()
    activity = ActivityFactory(institution=library, title="Đêm đọc sách ở nhà văn hóa thôn")
    session = SessionFactory(
        activity=activity, number=1, starts_at=now - dt.timedelta(minutes=20), ends_at=now + dt.timedelta(hours=2)
    )
    for number in range(EXPECTED):
        RegistrationFactory(session=session, name=f"Hoàng Văn Thái {number:02d}", code=f"T{number:07d}")
    return session


@pytest.fixture
def phone(visitor) -> BrowserContext:
    return visitor(viewport=PHONE, has_touch=True)
