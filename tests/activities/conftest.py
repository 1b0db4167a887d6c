"""A reading day in the library of phường Bắc Kạn, the evening before it and the hours of it."""

import datetime as dt

import pytest
from django.utils import translation

from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.places.models import Room
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local
from tests.support.phone import Phone, enrolled


@pytest.fixture
def now() -> dt.datetime:
    """The evening before."""
    return local(2026, 11, 22, 19)


@pytest.fixture
def during() -> dt.datetime:
    return local(2026, 11, 23, 9)


@pytest.fixture
def afterwards() -> dt.datetime:
    return local(2026, 11, 23, 11)


@pytest.fixture
def room(library_of_bac_kan) -> Room:
    return Room.objects.create(institution=library_of_bac_kan, name="Phòng đọc", capacity=40)


@pytest.fixture
def room_elsewhere(library_of_duc_xuan) -> Room:
    return Room.objects.create(institution=library_of_duc_xuan, name="Hội trường", capacity=100)


@pytest.fixture
def reading_day(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, observance="heritage_day", themes=["reading"])


@pytest.fixture
def morning(reading_day) -> Session:
    """Ten places, none taken."""
    return SessionFactory(activity=reading_day, number=1, capacity=10)


@pytest.fixture
def english():
    """Refusals in the source language, where a test reads their words."""
    with translation.override("en"):
        yield


# An enrolled device, its journal, and two who are on the roll.


@pytest.fixture
def device(library_of_bac_kan, manager_of_bac_kan, now):
    return enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)[0]


@pytest.fixture
def phone(during) -> Phone:
    return Phone(during)


@pytest.fixture
def mai(morning):
    return RegistrationFactory(session=morning, name="Lý Thị Mai", code="AAAAAAAA")


@pytest.fixture
def family(morning):
    return RegistrationFactory(session=morning, name="Gia đình anh Páo", code="BBBBBBBB", group_size=4)
