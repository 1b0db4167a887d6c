import pytest

from hocsuotdoi.activities.models import Attendance, DeviceMark, Registration
from hocsuotdoi.activities.operations.retention import forget
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, mark_all_present
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import AttendanceFactory, RegistrationFactory, SessionFactory, local
from tests.support.phone import Phone, enrolled


@pytest.fixture
def old(reading_day):
    """Ended 23 October 2024, 10:00: two years and a day before `later`."""
    session = SessionFactory(activity=reading_day, starts_at=local(2024, 10, 23))
    RegistrationFactory(session=session, phone="0912345678")
    AttendanceFactory(session=session)
    return session


def test_forget_after_the_time_forgets_the_people_and_keeps_the_numbers(old, morning):
    RegistrationFactory(session=morning, phone="0912345678")

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 1, "attendances": 1, "device_marks": 0}

    gone = Registration.objects.get(session=old)
    assert (gone.name, gone.phone, gone.group_size) == ("", "", 1)
    assert Attendance.objects.get(session=old).name == ""
    assert Registration.objects.get(session=morning).name == "Lý Thị Mai"


def test_forget_before_the_time_erases_nothing(old):
    assert forget(at=local(2026, 10, 23, 9), dry_run=False) == {"registrations": 0, "attendances": 0, "device_marks": 0}
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_dry_run_counts_and_changes_nothing(old):
    assert forget(at=local(2026, 10, 24)) == {"registrations": 1, "attendances": 1, "device_marks": 0}
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_twice_finds_nothing(old):
    forget(at=local(2026, 10, 24), dry_run=False)

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 0, "attendances": 0, "device_marks": 0}


def test_forget_obeys_the_setting(old, settings):
    settings.NAMES_KEPT_MONTHS = 36

    assert forget(at=local(2026, 10, 24), dry_run=False) == {"registrations": 0, "attendances": 0, "device_marks": 0}


def test_forget_on_the_last_day_of_a_long_month_counts_from_the_end_of_a_short_one(old, settings):
    settings.NAMES_KEPT_MONTHS = 1

    assert forget(at=local(2026, 3, 31)) == {"registrations": 1, "attendances": 1, "device_marks": 0}


def test_forget_leaves_the_ledger(morning, during):
    RegistrationFactory(session=morning)
    add_walk_in(morning, name="Páo", form_key=morning.pk, by=None, at=during)
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)
    before = list(Entry.objects.order_by("id").values())

    forget(at=local(2030, 1, 1), dry_run=False)

    assert list(Entry.objects.order_by("id").values()) == before


def test_forget_after_the_time_forgets_what_devices_noted(library_of_bac_kan, manager_of_bac_kan, morning, afterwards):
    device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=afterwards)
    phone = Phone(afterwards)
    take_marks(device, [phone.note(morning, "walk_in", name="Bàn Văn Páo")], at=afterwards)
    later = afterwards.replace(year=afterwards.year + 3)

    assert forget(at=later, dry_run=False)["device_marks"] == 1
    assert DeviceMark.objects.get().said == {}
