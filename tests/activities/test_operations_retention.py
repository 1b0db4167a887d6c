import pytest

from hocsuotdoi.activities.models import Attendance, ClassBooking, Registration
from hocsuotdoi.activities.operations.retention import forget
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, mark_all_present
from hocsuotdoi.activities.operations.school import confirm_booking
from hocsuotdoi.ledger.models import Entry
from tests.activities.school import book, make_programme
from tests.factories.activities import AttendanceFactory, RegistrationFactory, SessionFactory, local


@pytest.fixture
def old(reading_day):
    """Ended 23 October 2024, 10:00: two years and a day before `later`."""
    session = SessionFactory(activity=reading_day, starts_at=local(2024, 10, 23))
    RegistrationFactory(session=session, phone="0912345678")
    AttendanceFactory(session=session)
    return session


def test_forget_after_the_time_forgets_the_people_and_keeps_the_numbers(old, morning):
    RegistrationFactory(session=morning, phone="0912345678")

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 1, "attendances": 1, "bookings": 0}

    gone = Registration.objects.get(session=old)
    assert (gone.name, gone.phone, gone.group_size) == ("", "", 1)
    assert Attendance.objects.get(session=old).name == ""
    assert Registration.objects.get(session=morning).name == "Lý Thị Mai"


def test_forget_before_the_time_erases_nothing(old):
    assert forget(at=local(2026, 10, 23, 9), dry_run=False) == {"registrations": 0, "attendances": 0, "bookings": 0}
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_dry_run_counts_and_changes_nothing(old):
    assert forget(at=local(2026, 10, 24)) == {"registrations": 1, "attendances": 1, "bookings": 0}
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_twice_finds_nothing(old):
    forget(at=local(2026, 10, 24), dry_run=False)

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 0, "attendances": 0, "bookings": 0}


def test_forget_obeys_the_setting(old, settings):
    settings.NAMES_KEPT_MONTHS = 36

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 0, "attendances": 0, "bookings": 0}


def test_forget_on_the_last_day_of_a_long_month_counts_from_the_end_of_a_short_one(old, settings):
    settings.NAMES_KEPT_MONTHS = 1

    assert forget(at=local(2026, 3, 31)) == {"registrations": 1, "attendances": 1, "bookings": 0}


def test_forget_leaves_the_ledger(morning, during):
    RegistrationFactory(session=morning)
    add_walk_in(morning, name="Páo", form_key=morning.pk, by=None, at=during)
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)
    before = list(Entry.objects.order_by("id").values())

    forget(at=local(2030, 1, 1), dry_run=False)

    assert list(Entry.objects.order_by("id").values()) == before


def test_forget_erases_who_asked_for_a_class_and_keeps_the_visit(library_of_bac_kan, settings):
    settings.NAMES_KEPT_MONTHS = 6
    programme = make_programme(library_of_bac_kan)
    asked_at = local(2026, 3, 1)
    book(programme, at=asked_at, proposed=[local(2026, 3, 8), local(2026, 9, 8)])
    held = book(programme, at=asked_at, proposed=[local(2026, 3, 9)], email="thom@truong.example")
    confirm_booking(held, starts_at=local(2026, 3, 9), by=None, at=asked_at)

    assert forget(at=local(2026, 9, 9))["bookings"] == 0
    assert forget(at=local(2026, 9, 10))["bookings"] == 1  # the other one may still come in September
    assert forget(at=local(2027, 3, 9), dry_run=False)["bookings"] == 2

    for booking in ClassBooking.objects.all():
        assert (booking.teacher, booking.phone, booking.email) == ("", "", "")
        assert (booking.school, booking.people) == ("Trường THCS Đức Xuân", 40)
    assert forget(at=local(2028, 1, 1))["bookings"] == 0
