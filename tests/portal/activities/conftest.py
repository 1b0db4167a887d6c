"""An open day in the library of phường Bắc Kạn tomorrow, by the real clock: pages read it."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from hocsuotdoi.activities.models import Activity, Session
from tests.factories.activities import ActivityFactory, SessionFactory


@pytest.fixture(autouse=True)
def _language_stays():
    """A page in another language leaves none behind."""
    with translation.override(translation.get_language()):
        yield


@pytest.fixture
def open_day(library_of_bac_kan) -> Activity:
    return ActivityFactory(
        institution=library_of_bac_kan, title="Đọc sách bên bếp lửa", description="Đọc <b>sách</b> cùng nhau."
    )


@pytest.fixture
def tomorrow(open_day) -> Session:
    """Ten places, none taken."""
    return SessionFactory(activity=open_day, number=1, capacity=10, starts_at=timezone.now() + dt.timedelta(days=1))
