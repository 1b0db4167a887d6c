import datetime as dt
import uuid

import pytest

from hocsuotdoi.activities.enums import ActivityStatus, Joining, RegistrationStatus, SessionStatus, WaitingRule
from hocsuotdoi.activities.formats.class_list import ListedPerson
from hocsuotdoi.activities.models import Enrolment, Participant, Registration, Session
from hocsuotdoi.activities.operations.enrolment import NotASeries, enrol, enrol_members, leave
from hocsuotdoi.activities.operations.places import NoPlacesLeft
from hocsuotdoi.activities.operations.registration import NotOpen, TooManyEach, cancel_registration
from hocsuotdoi.activities.operations.roll import mark_all_present
from hocsuotdoi.activities.queries.checks import miscounted_sessions
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
