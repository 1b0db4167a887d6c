import uuid

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.activities.formats.class_list import ListedPerson
from hocsuotdoi.activities.models import Activity, Question, Registration, Session
from hocsuotdoi.activities.operations.party import AnswerNeeded, GuardianNeeded
from hocsuotdoi.activities.operations.registration import (
    NoPlacesLeft,
    NotChangeable,
    NotOpen,
    TooManyEach,
    cancel_registration,
    change_registration,
    move_registration,
    register,
)
from hocsuotdoi.activities.operations.roll import mark_all_present
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local


def test_changing_puts_new_values_and_counts_the_places(morning, now):
    registration = register(morning, name="Mai", group_size=2, form_key=uuid.uuid4(), at=now)

    change_registration(registration, name="Lý Thị Mai", phone="0912 345 678", group_size=5, at=now)

    registration.refresh_from_db()
    assert (registration.name, registration.phone, registration.group_size) == ("Lý Thị Mai", "0912345678", 5)
    assert Session.objects.get(pk=morning.pk).places_taken == 5


def test_growing_beyond_the_places_is_refused_and_keeps_what_one_has(morning, now):
    registration = register(morning, name="Mai", group_size=2, form_key=uuid.uuid4(), at=now)
    RegistrationFactory(session=morning, group_size=7)
    Session.objects.filter(pk=morning.pk).update(places_taken=9)

    with pytest.raises(NoPlacesLeft):
        change_registration(registration, group_size=4, at=now)

    registration.refresh_from_db()
    assert registration.group_size == 2


def test_changing_a_list_replaces_the_names(morning, now):
    people = [ListedPerson("Nông Thị Lan"), ListedPerson("Lý Văn Sơn")]
    registration = register(morning, name="Cô Hà", people=people, form_key=uuid.uuid4(), at=now)

    with pytest.raises(NotChangeable):
        change_registration(registration, group_size=5, at=now)
    change_registration(registration, people=[ListedPerson("Lý Văn Sơn")], at=now)

    assert [person.name for person in registration.participants.all()] == ["Lý Văn Sơn"]
    assert Session.objects.get(pk=morning.pk).places_taken == 1


def test_changing_what_is_cancelled_over_or_present_is_refused(morning, now, during, afterwards):
    gone, here = (register(morning, name="Mai", form_key=uuid.uuid4(), at=now) for _each in range(2))
    cancel_registration(gone, at=now)
    mark_all_present(morning, by=None, at=during)

    for registration, moment in ((gone, now), (here, during), (here, afterwards)):
        with pytest.raises(NotChangeable):
            change_registration(registration, name="Lan", at=moment)


@pytest.fixture
def evening(morning):
    return SessionFactory(activity=morning.activity, number=2, capacity=3, starts_at=local(2026, 11, 24, 18))


def test_moving_takes_the_places_along(morning, evening, now):
    registration = register(morning, name="Mai", group_size=3, form_key=uuid.uuid4(), at=now)

    move_registration(registration, to=evening, at=now)
    move_registration(registration, to=evening, at=now)

    moved = Registration.objects.get()
    assert (moved.session_id, moved.code, moved.status) == (evening.pk, registration.code, "confirmed")
    assert [Session.objects.get(pk=each.pk).places_taken for each in (morning, evening)] == [0, 3]


def test_moving_where_there_is_no_room_never_loses_the_place(morning, evening, now):
    RegistrationFactory(session=evening, group_size=2)
    registration = register(morning, name="Mai", group_size=2, form_key=uuid.uuid4(), at=now)

    with pytest.raises(NoPlacesLeft):
        move_registration(registration, to=evening, at=now)

    registration.refresh_from_db()
    assert (registration.session_id, registration.status) == (morning.pk, "confirmed")
    assert [Session.objects.get(pk=each.pk).places_taken for each in (morning, evening)] == [2, 2]


def test_moving_offers_the_old_place_to_who_waits_there(morning, evening, now):
    morning.activity.waiting_rule = "in_order"
    morning.activity.save(update_fields=["waiting_rule"])
    registration = register(morning, name="Mai", group_size=3, form_key=uuid.uuid4(), at=now)
    RegistrationFactory(session=Session.objects.get(pk=morning.pk), group_size=7)
    waiting = register(morning, name="Lan", group_size=2, form_key=uuid.uuid4(), at=now)

    move_registration(registration, to=evening, at=now)

    waiting.refresh_from_db()
    assert waiting.status == "offered"


def test_moving_to_another_activity_or_what_cannot_be_joined_is_refused(morning, evening, now, library_of_bac_kan):
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))
    registration = register(morning, name="Mai", form_key=uuid.uuid4(), at=now)

    with pytest.raises(NotChangeable):
        move_registration(registration, to=elsewhere, at=now)
    Session.objects.filter(pk=evening.pk).update(status="cancelled", cancel_reason="Bão")
    with pytest.raises(NotOpen):
        move_registration(registration, to=evening, at=now)


# Answers, the window, the trail


def ask(session, **more) -> Question:
    kept = {"institution": session.institution, "activity": session.activity, "text": "Bạn ăn gì?", "number": 1}
    return Question.objects.create(**kept | {"kind": "choice", "options": ["Chay", "Mặn"]} | more)


def trail(registration) -> list[list[str]]:
    return list(registration.events.order_by("pgh_id").values_list("changed_fields", flat=True))


def test_answers_are_changed_and_checked_as_when_joining(morning, now):
    food = ask(morning, is_required=True)
    registration = register(morning, name="Mai", answers={str(food.pk): "Chay"}, form_key=uuid.uuid4(), at=now)

    for wrong in ("", "Cá"):
        with pytest.raises(AnswerNeeded):
            change_registration(registration, answers={str(food.pk): wrong}, name="Lan", at=now)
    change_registration(registration, answers={str(food.pk): "Mặn"}, at=now)

    registration.refresh_from_db()
    assert (registration.answers, registration.name) == ({str(food.pk): "Mặn"}, "Mai")


def test_changing_after_the_window_has_closed_is_for_staff(morning, now, librarian_of_bac_kan):
    registration = register(morning, name="Mai", form_key=uuid.uuid4(), at=now)
    Activity.objects.update(joining_closes_hours=24)

    with pytest.raises(NotChangeable):
        change_registration(registration, name="Lan", at=now)
    change_registration(registration, name="Lan", by=librarian_of_bac_kan, at=now)

    assert Registration.objects.get().name == "Lan"


def test_the_trail_names_what_was_changed_and_never_the_words(morning, now):
    registration = register(morning, name="Mai", phone="0912345678", form_key=uuid.uuid4(), at=now)

    change_registration(registration, name="Lý Thị Mai", group_size=2, at=now)
    change_registration(registration, name="Lý Thị Mai", group_size=2, at=now)
    with pytest.raises(NoPlacesLeft):
        change_registration(registration, group_size=11, phone="0987654321", at=now)

    assert trail(registration) == [["group_size", "name"]]
    held = {field.name for field in type(registration.events.get())._meta.fields}
    assert not held & {"name", "phone", "email", "guardian_name", "answers", "code"}


def test_the_trail_of_a_registration_is_refused_to_be_changed(morning, now):
    registration = register(morning, name="Mai", form_key=uuid.uuid4(), at=now)
    change_registration(registration, name="Lan", at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        registration.events.update(changed_fields=[])


def test_another_phone_brings_no_new_places_along(morning, now):
    Activity.objects.update(places_each=4)
    registration = register(morning, name="Mai", phone="0912345678", group_size=3, form_key=uuid.uuid4(), at=now)

    with pytest.raises(TooManyEach):
        change_registration(registration, phone="0987654321", group_size=5, at=now)

    registration.refresh_from_db()
    assert (registration.phone, registration.group_size) == ("0912345678", 3)


def test_a_child_put_on_the_list_needs_a_guardian_who_agrees(morning, now):
    registration = register(morning, name="Cô Hà", people=[ListedPerson("Lý Sơn")], form_key=uuid.uuid4(), at=now)
    child = ListedPerson("Lý Thị Mai", age_band="6-10", is_child=True)

    with pytest.raises(GuardianNeeded):
        change_registration(registration, people=[child], at=now)
    guardian = {"guardian_name": "Cô Hà", "phone": "0912345678", "consent": True}
    change_registration(registration, people=[child], **guardian, at=now)

    registration.refresh_from_db()
    assert (registration.guardian_name, registration.consent_at) == ("Cô Hà", now)
    with pytest.raises(GuardianNeeded):
        change_registration(registration, guardian_name=" ", at=now)


def test_the_same_list_again_keeps_the_roll_and_says_nothing(morning, now, during):
    registration = register(morning, name="Cô Hà", people=[ListedPerson("Lý Sơn")], form_key=uuid.uuid4(), at=now)
    person = registration.participants.get()

    change_registration(registration, people=[ListedPerson("Lý Sơn")], at=now)

    assert registration.participants.get().pk == person.pk
    assert trail(registration) == []
