"""A reading day that is going on now in the library of phường Bắc Kạn, one tomorrow, and clients with keys."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.api_tokens import make_api_token
from hocsuotdoi.activities.enums import ActivityStatus, Repeating
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Activity, Registration, Schedule, Session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.series import NewSchedule, create_schedule
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.portal.indicators.conftest import definitions, target

__all__ = ["definitions", "target"]


class ApiClient:
    """A program: JSON in, JSON out, with a key or without."""

    def __init__(self, person: Person | None = None, **headers: str):
        self.client = Client(enforce_csrf_checks=True)
        self.headers = headers
        if person is not None:
            _token, secret = make_api_token(person, name="Trang web", days=30, at=timezone.now())
            self.headers["Authorization"] = f"Bearer {secret}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str):
        data = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers={**self.headers, **headers}
        )

    def get(self, path: str, **headers: str):
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str):
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str):
        return self.ask("PUT", path, body, **headers)

    def upload(self, path: str, **parts: Any):
        """As multipart/form-data."""
        return self.client.post(f"/api/v1{path}", parts, headers=self.headers)

    def patch(self, path: str, body: Any = None, **headers: str):
        return self.ask("PATCH", path, body, **headers)


@pytest.fixture(autouse=True)
def _language_stays():
    """An answer in another language leaves none behind."""
    with translation.override(translation.get_language()):
        yield


@pytest.fixture
def anybody(db) -> ApiClient:
    return ApiClient()


@pytest.fixture
def librarian(librarian_of_bac_kan) -> ApiClient:
    """May do everything at the library of Bắc Kạn."""
    return ApiClient(librarian_of_bac_kan)


@pytest.fixture
def stranger(librarian_of_duc_xuan) -> ApiClient:
    """The librarian of the other ward: must never get in."""
    return ApiClient(librarian_of_duc_xuan)


@pytest.fixture
def inspector(auditor) -> ApiClient:
    """Reads all, changes nothing."""
    return ApiClient(auditor)


@pytest.fixture
def learner(reader) -> ApiClient:
    """Has an account and no role."""
    return ApiClient(reader)


@pytest.fixture
def open_day(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Ngày hội đọc sách")


@pytest.fixture
def running(open_day) -> Session:
    """Began an hour ago; 20 places."""
    return SessionFactory(activity=open_day, number=1, capacity=20, starts_at=timezone.now() - dt.timedelta(hours=1))


@pytest.fixture
def tomorrow(open_day) -> Session:
    """Ten places, none taken."""
    return SessionFactory(activity=open_day, number=2, capacity=10, starts_at=timezone.now() + dt.timedelta(days=1))


@pytest.fixture
def mai(running) -> Registration:
    return register(running, name="Lý Thị Mai", form_key=uuid.uuid4(), at=timezone.now())


@pytest.fixture
def family(running) -> Registration:
    return register(running, name="Gia đình anh Páo", group_size=4, form_key=uuid.uuid4(), at=timezone.now())


@pytest.fixture
def draft(library_of_bac_kan) -> Activity:
    draft = ActivityFactory(
        institution=library_of_bac_kan, title="Lớp tin học", status=ActivityStatus.DRAFT, published_at=None
    )
    SessionFactory(activity=draft, number=1, starts_at=timezone.now() + dt.timedelta(days=3))
    return draft


@pytest.fixture
def schedule(open_day) -> Schedule:
    """Two Saturdays from next week on."""
    new = NewSchedule(
        repeat=Repeat(every=Repeating.RULE, rule="FREQ=WEEKLY;BYDAY=SA;COUNT=2"),
        starts_on=timezone.localdate() + dt.timedelta(days=8),
        starts=dt.time(14),
        minutes=90,
    )
    return create_schedule(open_day, new=new, by=None, at=timezone.now()).schedule
