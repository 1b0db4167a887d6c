import datetime as dt
import uuid

import pytest

from hocsuotdoi.activities.enums import ActivityStatus, Joining, RegistrationStatus, SessionStatus, WaitingRule
from hocsuotdoi.activities.formats.class_list import ListedPerson
from hocsuotdoi.activities.models import Activity, Enrolment, Participant, Question, Registration, Session
from hocsuotdoi.activities.operations.enrolment import NotASeries, change_enrolment, enrol, enrol_members, leave
from hocsuotdoi.activities.operations.party import NotChangeable
from hocsuotdoi.activities.operations.places import NoPlacesLeft
from hocsuotdoi.activities.operations.registration import (
    NotOpen,
    TooManyEach,
    cancel_registration,
    change_registration,
)
from hocsuotdoi.activities.operations.roll import mark_all_present
from hocsuotdoi.activities.queries.checks import miscounted_sessions
from hocsuotdoi.core.errors import Refused
from tests.factories.activities import RegistrationFactory, SessionFactory

A_WEEK = dt.timedelta(days=7)


@pytest.fixture
def series(reading_day, morning):
    """Three Mondays from 23 November, ten places each."""
    reading_day.joining = Joining.EITHER
    reading_day.save(update_fields=["joining"])
    for n in (1, 2):
        SessionFactory(activity=reading_day, number=n + 1, capacity=10, starts_at=morning.starts_at + n * A_WEEK)
    return reading_day


def join(series, size=1, *, at, **more):
    return enrol(series, name="Lý Thị Mai", group_size=size, form_key=uuid.uuid4(), at=at, **more)


def statuses(enrolment) -> list[str]:
    rows = Registration.objects.filter(enrolment=enrolment).order_by("session__starts_at")
    return [row.status for row in rows]


def taken(series) -> list[int]:
    assert not miscounted_sessions().exists()
    return list(series.sessions.order_by("starts_at").values_list("places_taken", flat=True))


def test_enrolling_registers_for_each_session_to_come(series, now):
    enrolment = join(series, 2, at=now)

    assert statuses(enrolment) == ["confirmed"] * 3
    assert taken(series) == [2, 2, 2]


def test_enrolling_costs_the_same_whatever_the_number_of_sessions(series, now, django_assert_num_queries):
    for sessions in (3, 6):
        with django_assert_num_queries(15):
            join(series, at=now)
        for n in range(sessions, sessions + 3):
            SessionFactory(activity=series, number=n + 1, capacity=10, starts_at=now + dt.timedelta(days=30 + n))


def test_enrolling_late_leaves_the_past_alone(series, now):
    enrolment = join(series, at=now + A_WEEK + dt.timedelta(days=1))

    assert statuses(enrolment) == ["confirmed"]
    assert taken(series) == [0, 0, 1]


def test_enrolling_with_one_form_twice_enrols_once(series, now):
    key = uuid.uuid4()

    first = enrol(series, name="Mai", form_key=key, at=now)
    again = enrol(series, name="Mai", form_key=key, at=now)

    assert first.pk == again.pk
    assert taken(series) == [1, 1, 1]


def test_enrolling_leaves_out_full_sessions_without_a_waiting_list(series, morning, now):
    RegistrationFactory(session=morning, group_size=9)

    enrolment = join(series, 2, at=now)

    assert statuses(enrolment) == ["confirmed"] * 2
    assert taken(series) == [9, 2, 2]


def test_enrolling_waits_at_full_sessions_with_a_waiting_list(series, morning, now):
    series.waiting_rule = WaitingRule.IN_ORDER
    series.save(update_fields=["waiting_rule"])
    family = RegistrationFactory(session=morning, group_size=9)

    enrolment = join(series, 2, at=now)

    assert statuses(enrolment) == ["waiting", "confirmed", "confirmed"]
    cancel_registration(family, at=now)
    assert statuses(enrolment) == ["offered", "confirmed", "confirmed"]
    assert taken(series) == [2, 2, 2]


def test_enrolling_in_a_series_that_is_full_throughout_is_refused_and_leaves_nothing(series, now):
    Session.objects.update(capacity=1)

    with pytest.raises(NoPlacesLeft):
        join(series, 2, at=now)

    assert not Enrolment.objects.exists()
    assert taken(series) == [0, 0, 0]


def test_enrolling_where_one_joins_session_by_session_is_refused(series, now):
    series.joining = Joining.REGISTER
    series.save(update_fields=["joining"])

    with pytest.raises(NotASeries):
        join(series, at=now)


@pytest.mark.parametrize("change", [{"status": ActivityStatus.DRAFT}, {"status": ActivityStatus.CANCELLED}])
def test_enrolling_in_what_is_not_offered_is_refused(series, now, change):
    type(series).objects.filter(pk=series.pk).update(**change, cancel_reason="Bão")

    with pytest.raises(NotOpen):
        join(series, at=now)


def test_enrolling_before_joining_opens_or_after_the_last_session_is_refused(series, now):
    series.joining_opens_at = now + dt.timedelta(hours=1)
    series.save(update_fields=["joining_opens_at"])

    for moment in (now, now + 10 * A_WEEK):
        with pytest.raises(NotOpen):
            join(series, at=moment)


def test_enrolling_leaves_out_sessions_whose_window_is_closed(series, now):
    series.joining_closes_hours = 24
    series.save(update_fields=["joining_closes_hours"])

    assert statuses(join(series, at=now)) == ["confirmed"] * 2


def test_enrolling_beyond_the_limit_for_each_is_refused_across_forms(series, morning, now):
    series.places_each = 3
    series.save(update_fields=["places_each"])
    RegistrationFactory(session=morning, group_size=2, phone="0912345678")

    with pytest.raises(TooManyEach):
        join(series, 2, phone="0912 345 678", at=now)
    assert statuses(join(series, 1, phone="0912 345 678", at=now)) == ["confirmed"] * 3


def test_named_people_are_listed_at_each_session_and_at_added_ones(series, now):
    people = [ListedPerson("Nông Thị Lan", sex="female"), ListedPerson("Lý Văn Sơn")]
    enrolment = join(series, people=people, at=now)
    added = SessionFactory(activity=series, number=4, starts_at=now + 4 * A_WEEK)

    assert enrol_members(added, at=now) == 1

    names = Participant.objects.filter(registration__enrolment=enrolment, registration__session=added)
    assert [person.name for person in names] == ["Nông Thị Lan", "Lý Văn Sơn"]
    assert Participant.objects.count() == 8
    assert enrolment.group_size == 2


def test_an_added_session_takes_members_in_order_while_places_last(series, now):
    first, second, third = (join(series, size, at=now + dt.timedelta(minutes=n)) for n, size in enumerate((2, 3, 1)))
    added = SessionFactory(activity=series, number=4, capacity=3, starts_at=now + 4 * A_WEEK)

    assert enrol_members(added, at=now) == 2
    assert enrol_members(added, at=now) == 0

    assert set(Registration.objects.filter(session=added).values_list("enrolment", flat=True)) == {first.pk, third.pk}
    assert taken(series)[-1] == 3
    assert second.is_active


def test_an_added_session_with_a_waiting_list_keeps_the_order(series, now):
    series.waiting_rule = WaitingRule.IN_ORDER
    series.save(update_fields=["waiting_rule"])
    members = [join(series, size, at=now + dt.timedelta(minutes=n)) for n, size in enumerate((2, 3, 1))]
    added = SessionFactory(activity=series, number=4, capacity=3, starts_at=now + 4 * A_WEEK)

    enrol_members(added, at=now)

    rows = {row.enrolment_id: row.status for row in Registration.objects.filter(session=added)}
    assert [rows[member.pk] for member in members] == ["confirmed", "waiting", "waiting"]


def test_a_member_who_left_is_not_enrolled_in_added_sessions(series, now):
    leave(join(series, at=now), at=now)
    added = SessionFactory(activity=series, number=4, starts_at=now + 4 * A_WEEK)

    assert enrol_members(added, at=now) == 0


def test_a_cancelled_or_past_session_enrols_nobody(series, now):
    join(series, at=now)
    off = SessionFactory(activity=series, number=4, status=SessionStatus.CANCELLED, cancel_reason="Bão")
    past = SessionFactory(activity=series, number=5, starts_at=now - A_WEEK)

    assert (enrol_members(off, at=now), enrol_members(past, at=now)) == (0, 0)


def test_leaving_keeps_the_past_and_gives_back_the_future(series, morning, now, during):
    enrolment = join(series, 2, at=now)
    mark_all_present(morning, by=None, at=during)
    after = morning.ends_at + dt.timedelta(hours=1)

    leave(enrolment, at=after)
    leave(enrolment, at=after + A_WEEK)

    assert statuses(enrolment) == ["confirmed", "cancelled", "cancelled"]
    assert taken(series) == [2, 0, 0]
    assert Enrolment.objects.get().ended_at == after


def test_leaving_offers_the_places_on(series, now):
    series.waiting_rule = WaitingRule.IN_ORDER
    series.save(update_fields=["waiting_rule"])
    member, other = join(series, 10, at=now), join(series, 1, at=now)
    assert statuses(other) == ["waiting"] * 3

    leave(member, at=now)

    assert statuses(other) == [RegistrationStatus.OFFERED] * 3
    assert taken(series) == [1, 1, 1]


def test_leaving_during_a_session_at_which_one_is_present_keeps_that_one(series, morning, now, during):
    enrolment = join(series, at=now)
    mark_all_present(morning, by=None, at=during)

    leave(enrolment, at=during)

    assert statuses(enrolment) == ["confirmed", "cancelled", "cancelled"]


# Changing it once


def at_each(enrolment, field: str) -> list:
    return list(enrolment.registrations.order_by("session__starts_at").values_list(field, flat=True))


def names(enrolment) -> list[list[str]]:
    return [
        [person.name for person in registration.participants.all()]
        for registration in enrolment.registrations.order_by("session__starts_at")
    ]


def test_changing_once_reaches_all_sessions_to_come_and_leaves_the_past(series, now, afterwards):
    food = Question.objects.create(institution=series.institution, activity=series, text="Bạn ăn gì?", kind="text")
    enrolment = join(series, 2, at=now, answers={str(food.pk): "Chay"})

    changed = change_enrolment(
        enrolment, name="Lý Mai", phone="0912 345 678", group_size=3, answers={str(food.pk): "Mặn"}, at=afterwards
    )

    assert at_each(enrolment, "name") == ["Lý Thị Mai", "Lý Mai", "Lý Mai"]
    assert at_each(enrolment, "phone") == ["", "0912345678", "0912345678"]
    assert [answers[str(food.pk)] for answers in at_each(enrolment, "answers")] == ["Chay", "Mặn", "Mặn"]
    assert taken(series) == [2, 3, 3]
    assert (len(changed.reached), changed.kept) == (2, [])
    enrolment.refresh_from_db()
    assert (enrolment.name, enrolment.group_size) == ("Lý Mai", 3)
    assert enrolment.events.get().changed_fields == ["answers", "group_size", "name", "phone"]


def test_changing_once_puts_in_only_what_is_otherwise(series, morning, now):
    enrolment = join(series, 3, at=now)
    change_registration(enrolment.registrations.get(session=morning), group_size=1, at=now)

    change_enrolment(enrolment, name="Lý Thị Mai", group_size=3, phone="0912345678", at=now)
    change_enrolment(enrolment, name="Lý Thị Mai", group_size=3, phone="0912345678", at=now)

    assert taken(series) == [1, 3, 3]
    assert at_each(enrolment, "phone") == ["0912345678"] * 3
    assert enrolment.events.count() == 1


def test_a_change_that_one_session_cannot_take_changes_nothing_and_names_the_day(series, now):
    enrolment = join(series, 2, at=now)
    last = series.sessions.get(number=3)
    RegistrationFactory(session=last, group_size=7)

    with pytest.raises(NotChangeable, match=r"\b7/12/2026"):
        change_enrolment(enrolment, group_size=4, name="Lan", at=now)

    assert taken(series) == [2, 2, 9]
    assert at_each(enrolment, "name") == ["Lý Thị Mai"] * 3
    assert not enrolment.events.exists()


def test_a_new_list_of_names_reaches_added_sessions_too(series, morning, now):
    enrolment = join(series, people=[ListedPerson("Nông Thị Lan"), ListedPerson("Lý Văn Sơn")], at=now)
    cancel_registration(enrolment.registrations.order_by("session__starts_at").last(), at=now)

    change_enrolment(enrolment, people=[ListedPerson("Lý Văn Sơn"), ListedPerson("Bế Văn Thắng")], at=now)
    change_registration(enrolment.registrations.get(session__number=2), people=[ListedPerson("Bế Văn Thắng")], at=now)
    added = SessionFactory(activity=series, number=4, capacity=10, starts_at=morning.starts_at + 3 * A_WEEK)
    enrol_members(added, at=now)

    assert names(enrolment)[0] == names(enrolment)[3] == ["Lý Văn Sơn", "Bế Văn Thắng"]
    assert names(enrolment)[1] == ["Bế Văn Thắng"]
    assert names(enrolment)[2] == ["Nông Thị Lan", "Lý Văn Sơn"], "given back before the change"
    with pytest.raises(NotChangeable):
        change_enrolment(enrolment, group_size=5, at=now)


def test_names_cannot_be_changed_without_a_session_to_come_but_a_phone_can(series, now):
    enrolment = join(series, people=[ListedPerson("Nông Thị Lan")], at=now)
    at = now + 4 * A_WEEK

    with pytest.raises(NotChangeable):
        change_enrolment(enrolment, people=[ListedPerson("Lý Văn Sơn")], at=at)
    change_enrolment(enrolment, phone="0912345678", at=at)

    assert at_each(enrolment, "phone") == [""] * 3
    assert Enrolment.objects.get().phone == "0912345678"


def test_sessions_whose_window_is_closed_or_where_one_is_present_stay_and_are_named(
    series, morning, now, during, librarian_of_bac_kan
):
    enrolment = join(series, 2, at=now)
    Activity.objects.update(joining_closes_hours=24)

    changed = change_enrolment(enrolment, group_size=3, at=now)
    assert [row.session_id for row in changed.kept] == [morning.pk]
    assert taken(series) == [2, 3, 3]

    changed = change_enrolment(enrolment, name="Lan", by=librarian_of_bac_kan, at=now)
    assert (len(changed.reached), changed.kept) == (3, [])
    mark_all_present(morning, by=None, at=during)
    changed = change_enrolment(enrolment, name="Hà", by=librarian_of_bac_kan, at=during)
    assert [row.session_id for row in changed.kept] == [morning.pk]
    assert at_each(enrolment, "name") == ["Lan", "Hà", "Hà"]


def test_a_bad_value_or_a_series_that_was_left_is_refused(series, now):
    enrolment = join(series, at=now)

    for wrong in ({"name": "<b>"}, {"phone": "không"}, {"email": "mai@"}, {"group_size": 0}, {"group_size": 51}):
        with pytest.raises(Refused):
            change_enrolment(enrolment, at=now, **wrong)
    leave(enrolment, at=now)
    with pytest.raises(NotChangeable):
        change_enrolment(enrolment, name="Lan", at=now)

    assert Enrolment.objects.get().name == "Lý Thị Mai"


def test_fewer_people_offer_the_places_on_at_each_session(series, morning, now):
    Activity.objects.update(waiting_rule=WaitingRule.IN_ORDER)
    enrolment = join(series, 10, at=now)
    other = join(series, 2, at=now)
    assert statuses(other) == ["waiting"] * 3

    change_enrolment(enrolment, group_size=8, at=now)

    assert statuses(other) == ["offered"] * 3
    assert taken(series) == [10, 10, 10]
