import datetime as dt
import re
import uuid

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.enums import ActivityStatus, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.activity import cancel_session
from hocsuotdoi.activities.operations.registration import (
    BadGroupSize,
    NoPlacesLeft,
    NotCancellable,
    NotOpen,
    cancel_registration,
    register,
)
from hocsuotdoi.activities.operations.roll import close_session, mark_attendance, open_roll
from hocsuotdoi.activities.operations.wording import BadPhone, Unreadable
from hocsuotdoi.core.errors import Refused
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory

FORM = uuid.UUID("0193a000-0000-7000-8000-000000000001")


def places_taken(session: Session) -> int:
    return Session.objects.get(pk=session.pk).places_taken


def test_register_confirms_and_takes_the_places(morning, now):
    learner_key = uuid.uuid4()

    registration = register(
        morning,
        name=" Lý  Thị Mai ",
        phone="0912 345.678",
        group_size=3,
        form_key=FORM,
        at=now,
        learner_key=learner_key,
    )

    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.CONFIRMED
    assert (registration.name, registration.phone, registration.group_size) == ("Lý Thị Mai", "0912345678", 3)
    assert (registration.created_at, registration.learner_key) == (now, learner_key)
    assert re.fullmatch("[ACDEFGHKMNPQRTUVWXY34679]{8}", registration.code)
    assert re.fullmatch("....-....", registration.code_shown)
    assert places_taken(morning) == 3


def test_register_at_a_session_without_a_limit_counts_too(reading_day, now):
    open_air = SessionFactory(activity=reading_day, capacity=None)

    register(open_air, name="Lớp 5A", group_size=50, form_key=FORM, at=now)

    assert places_taken(open_air) == 50


def test_register_takes_the_last_place(morning, now):
    register(morning, name="Lớp 5A", group_size=10, form_key=FORM, at=now)

    assert places_taken(morning) == 10


def test_register_with_the_same_form_again_returns_the_first(morning, now):
    first = register(morning, name="Mai", group_size=10, form_key=FORM, at=now)

    again = register(morning, name="Mai", group_size=10, form_key=FORM, at=now + dt.timedelta(seconds=3))

    assert again == first
    assert places_taken(morning) == 10
    assert Registration.objects.count() == 1


def test_register_with_the_same_form_after_the_session_is_over_returns_the_first(morning, now, afterwards):
    first = register(morning, name="Mai", form_key=FORM, at=now)

    assert register(morning, name="Mai", form_key=FORM, at=afterwards) == first


def test_register_at_a_full_session_is_refused(morning, now, english):
    register(morning, name="Lớp 5A", group_size=10, form_key=uuid.uuid4(), at=now)

    with pytest.raises(NoPlacesLeft, match="full") as refusal:
        register(morning, name="Mai", form_key=FORM, at=now)

    assert refusal.value.places_left == 0
    assert places_taken(morning) == 10
    assert Registration.objects.count() == 1


def test_register_more_people_than_places_left_says_how_many_are_left(morning, now, english):
    register(morning, name="Lớp 5A", group_size=7, form_key=uuid.uuid4(), at=now)

    with pytest.raises(NoPlacesLeft, match="Only 3 places are left") as refusal:
        register(morning, name="Mai", group_size=4, form_key=FORM, at=now)

    assert refusal.value.places_left == 3
    assert places_taken(morning) == 7


def test_register_after_the_places_went_since_the_look_is_refused_and_leaves_nothing(morning, now, monkeypatch):
    """The look before the insert is only a courtesy: the conditional UPDATE decides."""
    Session.objects.filter(pk=morning.pk).update(places_taken=10)
    monkeypatch.setattr("hocsuotdoi.activities.operations.registration._check_open", lambda *_args, **_kwargs: None)

    with pytest.raises(NoPlacesLeft):
        register(morning, name="Mai", form_key=FORM, at=now)

    assert not Registration.objects.exists()


def test_register_for_a_draft_is_refused(library_of_bac_kan, now, english):
    draft = SessionFactory(
        activity=ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    )

    with pytest.raises(NotOpen, match="not published yet"):
        register(draft, name="Mai", form_key=FORM, at=now)


def test_register_for_a_cancelled_session_is_refused(morning, now, english):
    cancel_session(morning, reason="Mất điện", by=None, at=now)

    with pytest.raises(NotOpen, match="cancelled"):
        register(morning, name="Mai", form_key=FORM, at=now)


def test_register_for_a_session_that_is_over_is_refused(morning, afterwards, english):
    with pytest.raises(NotOpen, match="over"):
        register(morning, name="Mai", form_key=FORM, at=afterwards)


def test_register_for_a_closed_session_is_refused(morning, during, english):
    close_session(morning, nobody_came=True, by=None, at=during)

    with pytest.raises(NotOpen, match="over"):
        register(morning, name="Mai", form_key=FORM, at=during)


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("name", "", Unreadable),
        ("name", " \n ", Unreadable),
        ("name", "x" * 121, Unreadable),
        ("name", "<b>Mai</b>", Unreadable),
        ("name", "😀", Unreadable),
        ("name", "Mai 😀", Unreadable),
        ("name", "Mai\x00", Unreadable),
        ("name", "---", Unreadable),
        ("phone", "abc", BadPhone),
        ("phone", "123", BadPhone),
        ("phone", "0" * 16, BadPhone),
        ("phone", "<script>", BadPhone),
        ("group_size", 0, BadGroupSize),
        ("group_size", -3, BadGroupSize),
        ("group_size", 51, BadGroupSize),
        ("group_size", 10**12, BadGroupSize),
    ],
)
def test_register_with_a_bad_value_is_refused_with_a_sentence_and_changes_nothing(morning, now, field, value, refusal):
    with pytest.raises(refusal) as error:
        register(morning, **{"name": "Mai", "form_key": FORM, "at": now, field: value})

    assert str(error.value).endswith(".")
    assert places_taken(morning) == 0
    assert not Registration.objects.exists()


def test_register_keeps_a_name_of_the_people_who_live_here(morning, now):
    registration = register(morning, name="Nga\u0302n Thi\u0323 Hue\u0302\u0301 (H'Mông, Đ. 3)", form_key=FORM, at=now)

    assert registration.name == "Ngân Thị Huế (H'Mông, Đ. 3)"


def test_cancel_registration_gives_the_places_back(morning, now):
    registration = register(morning, name="Mai", group_size=4, form_key=FORM, at=now)

    cancelled = cancel_registration(registration, at=now)

    assert (cancelled.status, cancelled.cancelled_at) == (RegistrationStatus.CANCELLED, now)
    assert places_taken(morning) == 0


def test_cancel_registration_twice_gives_the_places_back_once(morning, now):
    register(morning, name="Lan", form_key=uuid.uuid4(), at=now)
    registration = register(morning, name="Mai", group_size=4, form_key=FORM, at=now)

    cancel_registration(registration, at=now)
    cancel_registration(registration, at=now)

    assert places_taken(morning) == 1


def test_cancel_registration_takes_an_uncalled_line_off_the_roll(morning, now, during):
    registration = register(morning, name="Mai", form_key=FORM, at=now)
    open_roll(morning, by=None, at=during)

    cancel_registration(registration, at=during)

    assert not morning.attendances.exists()


def test_cancel_registration_of_people_who_are_there_is_refused(morning, now, during):
    registration = register(morning, name="Mai", form_key=FORM, at=now)
    mark_attendance(morning, present={registration.pk: 1}, by=None, at=during)

    with pytest.raises(NotCancellable):
        cancel_registration(registration, at=during)

    assert places_taken(morning) == 1


def test_cancel_registration_when_the_session_is_over_is_refused(morning, now, afterwards):
    registration = register(morning, name="Mai", form_key=FORM, at=now)

    with pytest.raises(NotCancellable):
        cancel_registration(registration, at=afterwards)


def test_cancel_registration_when_the_session_is_closed_is_refused(morning, now, during):
    registration = register(morning, name="Mai", form_key=FORM, at=now)
    close_session(morning, nobody_came=True, by=None, at=during)

    with pytest.raises(NotCancellable):
        cancel_registration(registration, at=during)

    registration.refresh_from_db()
    assert registration.is_confirmed


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"group_size": 0}, "registration_of_someone"),
        ({"status": "cancelled"}, "registration_cancelled_has_a_moment"),
        ({"form_key": FORM}, "registration_form_once"),
        ({"code": "TAKEN234"}, "registration_code_once"),
    ],
)
def test_contradicting_registrations_are_refused_by_the_database(morning, changes, constraint):
    RegistrationFactory(session=morning, form_key=FORM, code="TAKEN234")
    second = RegistrationFactory(session=morning)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Registration.objects.filter(pk=second.pk).update(**changes)


def test_registration_at_another_institution_than_its_session_is_refused_by_the_database(morning, library_of_duc_xuan):
    with pytest.raises(IntegrityError, match="same_institution"), transaction.atomic():
        RegistrationFactory(session=morning, institution=library_of_duc_xuan)


def test_register_needs_the_same_few_queries_whoever_came_before(morning, now, django_assert_num_queries):
    for size in (1, 2):
        with django_assert_num_queries(8):  # savepoint 2, a look, the questions, insert in savepoint 3, the taking
            register(morning, name="Mai", group_size=size, form_key=uuid.uuid4(), at=now)


def test_refusals_are_of_one_family():
    assert all(issubclass(kind, Refused) for kind in (NotOpen, NoPlacesLeft, BadGroupSize, NotCancellable))
    assert SessionStatus.PLANNED in SessionStatus
