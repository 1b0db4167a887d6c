import datetime as dt
import uuid

import pytest

from hocsuotdoi.activities.formats.class_list import BadList, ListedPerson, parse_names
from hocsuotdoi.activities.models import Question, Registration, Session
from hocsuotdoi.activities.operations.party import AnswerNeeded, BadEmail, BadGroupSize, GuardianNeeded
from hocsuotdoi.activities.operations.registration import NotOpen, TooManyEach, register


@pytest.fixture
def for_children(morning):
    morning.activity.audience = "children"
    morning.activity.save(update_fields=["audience"])
    return morning


GUARDIAN = {"guardian_name": "Hoàng Văn Thái", "phone": "0912345678", "consent": True}


def test_a_child_with_a_guardian_who_agrees_is_registered(for_children, now):
    registration = register(for_children, name="Nông Thị Lan", form_key=uuid.uuid4(), at=now, **GUARDIAN)

    assert registration.guardian_name == "Hoàng Văn Thái"
    assert registration.consent_at == now


@pytest.mark.parametrize("missing", [{"guardian_name": ""}, {"phone": ""}, {"consent": False}])
def test_a_child_without_guardian_phone_or_consent_is_refused(for_children, now, missing):
    with pytest.raises(GuardianNeeded):
        register(for_children, name="Nông Thị Lan", form_key=uuid.uuid4(), at=now, **{**GUARDIAN, **missing})

    assert not Registration.objects.exists()


def test_a_listed_child_needs_a_guardian_wherever_it_comes(morning, now):
    people = parse_names("Nông Thị Lan, nữ, 9\nLý Văn Sơn, nam, 41", on=morning.held_on)

    with pytest.raises(GuardianNeeded):
        register(morning, name="Lý Văn Sơn", people=people, form_key=uuid.uuid4(), at=now)
    registration = register(morning, name="Lý Văn Sơn", people=people, form_key=uuid.uuid4(), at=now, **GUARDIAN)

    assert registration.group_size == 2
    assert list(registration.participants.values_list("number", "name", "sex", "age_band")) == [
        (1, "Nông Thị Lan", "female", "6-10"),
        (2, "Lý Văn Sơn", "male", "35-59"),
    ]


def test_a_list_with_an_unreadable_name_names_its_line_and_takes_nobody(morning, now):
    people = parse_names("Nông Thị Lan\nSơn 😀", on=morning.held_on)

    with pytest.raises(BadList) as refusal:
        register(morning, name="Cô Hà", people=people, form_key=uuid.uuid4(), at=now)

    assert [number for number, _sentence in refusal.value.lines] == [2]
    assert not Registration.objects.exists()


def test_a_list_longer_than_a_group_is_refused(morning, now):
    people = [ListedPerson(f"Học sinh {n}") for n in range(51)]

    with pytest.raises(BadGroupSize):
        register(morning, name="Cô Hà", people=people, form_key=uuid.uuid4(), at=now)


def test_joining_before_it_opens_or_after_it_closes_is_refused_but_staff_may(morning, now, librarian_of_bac_kan):
    activity = morning.activity
    activity.joining_opens_at = now + dt.timedelta(hours=1)
    activity.joining_closes_hours = 2
    activity.save(update_fields=["joining_opens_at", "joining_closes_hours"])

    for moment in (now, morning.starts_at - dt.timedelta(hours=2)):
        with pytest.raises(NotOpen):
            register(morning, name="Mai", form_key=uuid.uuid4(), at=moment)
        register(morning, name="Mai", form_key=uuid.uuid4(), at=moment, by=librarian_of_bac_kan)
    register(morning, name="Mai", form_key=uuid.uuid4(), at=now + dt.timedelta(hours=2))


@pytest.mark.parametrize("joining", ["series", "just_come"])
def test_joining_one_session_of_what_is_joined_in_another_way_is_refused(morning, now, joining):
    morning.activity.joining = joining
    morning.activity.save(update_fields=["joining"])

    with pytest.raises(NotOpen):
        register(morning, name="Mai", form_key=uuid.uuid4(), at=now)


def test_one_phone_or_account_takes_no_more_than_its_places_across_forms(morning, now):
    morning.activity.places_each = 3
    morning.activity.save(update_fields=["places_each"])
    me = uuid.uuid4()
    register(morning, name="Mai", phone="0912 345 678", group_size=2, learner_key=me, form_key=uuid.uuid4(), at=now)

    for more in ({"phone": "0912.345.678"}, {"learner_key": me}):
        with pytest.raises(TooManyEach):
            register(morning, name="Lan", group_size=2, form_key=uuid.uuid4(), at=now, **more)
    register(morning, name="Lan", phone="0912345678", group_size=1, form_key=uuid.uuid4(), at=now)
    register(morning, name="Nhà khác", group_size=3, form_key=uuid.uuid4(), at=now)

    assert Session.objects.get(pk=morning.pk).places_taken == 6


def test_answers_are_checked_and_kept_by_question(morning, now):
    ask = {"institution": morning.institution, "activity": morning.activity}
    bus = Question.objects.create(**ask, number=1, text="Đi xe buýt?", kind="yes_no", is_required=True)
    food = Question.objects.create(**ask, number=2, text="Ăn gì?", kind="choice", options=["Chay", "Mặn"])
    words = Question.objects.create(**ask, number=3, text="Cần gì thêm?")

    for answers in ({}, {str(bus.pk): "maybe"}, {str(bus.pk): "yes", str(food.pk): "Cá"}):
        with pytest.raises(AnswerNeeded):
            register(morning, name="Mai", answers=answers, form_key=uuid.uuid4(), at=now)
    given = {str(bus.pk): "yes", str(food.pk): "Chay", str(words.pk): " xe  lăn ", "someone": "else"}
    registration = register(morning, name="Mai", answers=given, form_key=uuid.uuid4(), at=now)

    assert registration.answers == {str(bus.pk): "yes", str(food.pk): "Chay", str(words.pk): "xe lăn"}


@pytest.mark.parametrize("email", ["mai", "mai@", "a b@c.vn", "x" * 250 + "@a.vn"])
def test_a_bad_email_is_refused(morning, now, email):
    with pytest.raises(BadEmail):
        register(morning, name="Mai", email=email, form_key=uuid.uuid4(), at=now)
