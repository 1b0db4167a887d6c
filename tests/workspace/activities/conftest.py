"""A reading day that is going on now in the library of phường Bắc Kạn, by the real clock: pages read it."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.models import Activity, Registration, Session
from hocsuotdoi.activities.operations.registration import register
from tests.factories.activities import ActivityFactory, SessionFactory


@pytest.fixture
def open_day(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Ngày hội đọc sách")


@pytest.fixture
def running(open_day) -> Session:
    """Began an hour ago."""
    return SessionFactory(activity=open_day, number=1, capacity=20, starts_at=timezone.now() - dt.timedelta(hours=1))


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
def librarian(client: Client, librarian_of_bac_kan) -> Client:
    """Signed in as the librarian of Bắc Kạn."""
    client.force_login(librarian_of_bac_kan)
    return client


@pytest.fixture
def stranger(librarian_of_duc_xuan) -> Client:
    """Signed in as the librarian of the other ward: must never get in."""
    client = Client()
    client.force_login(librarian_of_duc_xuan)
    return client


@pytest.fixture
def inspector(auditor) -> Client:
    """Signed in as the auditor: reads all, changes nothing."""
    client = Client()
    client.force_login(auditor)
    return client
