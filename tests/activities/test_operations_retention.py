import uuid

import pytest

from hocsuotdoi.activities.enums import BookingStatus, MarkOutcome, NoticeKind
from hocsuotdoi.activities.models import (
    Attendance,
    ClassBooking,
    DeviceMark,
    Enrolment,
    Notice,
    Participant,
    PushSubscription,
    Registration,
)
from hocsuotdoi.activities.operations.retention import forget
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, mark_all_present
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import AttendanceFactory, RegistrationFactory, SessionFactory, local
from tests.support.phone import Phone, enrolled

NOTHING = {
    "registrations": 0,
    "participants": 0,
    "enrolments": 0,
    "attendances": 0,
    "notices": 0,
    "push subscriptions": 0,
    "class bookings": 0,
    "device marks": 0,
}
ERASED = {**NOTHING, "registrations": 1, "attendances": 1}


@pytest.fixture
def old(reading_day):
    """Ended 23 October 2024, 10:00: two years and a day before `later`."""
    session = SessionFactory(activity=reading_day, starts_at=local(2024, 10, 23))
    RegistrationFactory(session=session, phone="0912345678")
    AttendanceFactory(session=session)
    return session


def test_forget_after_the_time_forgets_the_people_and_keeps_the_numbers(old, morning):
    RegistrationFactory(session=morning, phone="0912345678")

    assert forget(at=local(2026, 10, 24), dry_run=False) == ERASED

    gone = Registration.objects.get(session=old)
    assert (gone.name, gone.phone, gone.group_size) == ("", "", 1)
    assert Attendance.objects.get(session=old).name == ""
    assert Registration.objects.get(session=morning).name == "Lý Thị Mai"


def test_forget_before_the_time_erases_nothing(old):
    assert forget(at=local(2026, 10, 23, 9), dry_run=False) == NOTHING
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_dry_run_counts_and_changes_nothing(old):
    assert forget(at=local(2026, 10, 24)) == ERASED
    assert Registration.objects.get(session=old).name == "Lý Thị Mai"


def test_forget_twice_finds_nothing(old):
    forget(at=local(2026, 10, 24), dry_run=False)

    assert forget(at=local(2026, 10, 24), dry_run=False) == NOTHING


def test_forget_obeys_the_setting(old, settings):
    settings.NAMES_KEPT_MONTHS = 36

    assert forget(at=local(2026, 10, 24), dry_run=False) == NOTHING


def test_forget_on_the_last_day_of_a_long_month_counts_from_the_end_of_a_short_one(old, settings):
    settings.NAMES_KEPT_MONTHS = 1

    assert forget(at=local(2026, 3, 31)) == ERASED


def test_forget_leaves_the_ledger(morning, during):
    RegistrationFactory(session=morning)
    add_walk_in(morning, name="Páo", form_key=morning.pk, by=None, at=during)
    mark_all_present(morning, by=None, at=during)
    close_session(morning, by=None, at=during)
    before = list(Entry.objects.order_by("id").values())

    forget(at=local(2030, 1, 1), dry_run=False)

    assert list(Entry.objects.order_by("id").values()) == before


def test_forget_erases_whatever_tells_who_somebody_is(old, morning):
    """Each kind once old and once of a session to come, which stays."""
    for session in (old, morning):
        _everything(session)

    counts = forget(at=local(2026, 10, 24), dry_run=False)

    assert counts == {**dict.fromkeys(NOTHING, 1), "registrations": 2}
    assert forget(at=local(2026, 10, 24), dry_run=False) == NOTHING
    stays = Registration.objects.get(session=morning)
    assert (stays.name, stays.email, stays.answers) == ("Lan", "lan@example.vn", {"q": "a"})
    assert Participant.objects.get(registration=stays).name == "Bé Na"
    assert Notice.objects.get(session=morning).address == "lan@example.vn"
    gone = Registration.objects.get(session=old, code__startswith="O")
    assert (gone.name, gone.phone, gone.email, gone.guardian_name, gone.answers) == ("", "", "", "", {})
    person = Participant.objects.get(registration=gone)
    assert (person.name, person.age_band) == ("", "6-10")
    assert ClassBooking.objects.get(session=old).teacher == ""
    assert ClassBooking.objects.get(session=morning).teacher == "Cô Hà"
    assert PushSubscription.objects.get().registration_id == stays.pk


def test_forget_keeps_a_member_whose_series_goes_on(old, morning):
    member = Enrolment.objects.create(
        institution=old.institution,
        activity=morning.activity,
        name="Lan",
        code="EEEE2222",
        form_key=uuid.uuid4(),
        created_at=old.starts_at,
    )

    forget(at=local(2026, 10, 24), dry_run=False)
    member.refresh_from_db()
    assert member.name == "Lan"
    forget(at=local(2028, 12, 24), dry_run=False)
    member.refresh_from_db()
    assert member.name == ""


def test_forget_keeps_what_a_device_noted_and_nobody_settled(old):
    mark = _mark(old, outcome=MarkOutcome.WAITING, reason="không rõ buổi")

    assert forget(at=local(2030, 1, 1))["device marks"] == 0
    mark.refresh_from_db()
    assert mark.said


def _everything(session) -> None:
    house, when = session.institution, session.starts_at
    key = "O" if when.year == 2024 else "N"
    registration = RegistrationFactory(
        session=session,
        name="Lan",
        phone="0912345678",
        email="lan@example.vn",
        guardian_name="Thái",
        consent_at=when,
        answers={"q": "a"},
        code=f"{key}AAA2222",
    )
    Participant.objects.create(institution=house, registration=registration, number=1, name="Bé Na", age_band="6-10")
    PushSubscription.objects.create(
        institution=house, registration=registration, endpoint="https://push.example/1", created_at=when
    )
    Notice.objects.create(
        institution=house,
        registration=registration,
        session=session,
        kind=NoticeKind.REMINDER,
        name="Lan",
        address="lan@example.vn",
        subject="Nhắc",
        text="…",
        once=key,
        created_at=when,
    )
    for ended in (None, when):
        Enrolment.objects.create(
            institution=house,
            activity=session.activity,
            name="Lan",
            code=f"{key}{'E' if ended else 'F'}AA2222",
            form_key=uuid.uuid4(),
            created_at=when,
            ended_at=ended,
        )
    ClassBooking.objects.create(
        institution=house,
        activity=session.activity,
        session=session,
        school="Trường Tiểu học Đức Xuân",
        class_name="4A",
        grade=4,
        teacher="Cô Hà",
        phone="0912345678",
        girls=10,
        boys=12,
        proposed=[when],
        status=BookingStatus.CONFIRMED,
        code=f"{key}BAA2222",
        form_key=uuid.uuid4(),
        created_at=when,
    )
    _mark(session)


def _mark(session, **fields) -> DeviceMark:
    return DeviceMark.objects.create(
        institution=session.institution,
        device=uuid.uuid4(),
        number=1,
        previous_hash="",
        hash="",
        session=session.pk,
        act="walk_in",
        said={"name": "Bàn Văn Páo"},
        noted_at=session.starts_at,
        received_at=session.starts_at,
        **{"outcome": MarkOutcome.APPLIED, **fields},
    )


def test_forget_after_the_time_forgets_what_devices_noted(library_of_bac_kan, manager_of_bac_kan, morning, afterwards):
    device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=afterwards)
    phone = Phone(afterwards)
    take_marks(device, [phone.note(morning, "walk_in", name="Bàn Văn Páo")], at=afterwards)
    later = afterwards.replace(year=afterwards.year + 3)

    assert forget(at=later, dry_run=False)["device marks"] == 1
    assert DeviceMark.objects.get().said == {}
