import dataclasses
import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import ActivityStatus, RegistrationStatus, Repeating, SessionStatus, WaitingRule
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Activity, Enrolment, Registration, Schedule, Session
from hocsuotdoi.activities.operations.activity import MOST_SESSIONS, cancel_activity, cancel_session, change_session
from hocsuotdoi.activities.operations.registration import register
from hocsuotdoi.activities.operations.series import (
    NewSchedule,
    SeriesRefused,
    change_of,
    change_schedule,
    create_schedule,
    extend_schedule,
    plan_of,
    schedule_of,
)
from hocsuotdoi.activities.operations.session_checks import OLDEST
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.activities import ActivityFactory, SessionFactory, local
from tests.support.depth import cases

SATURDAYS = NewSchedule(
    repeat=Repeat(every=Repeating.WEEKLY, weekdays=(5,)),
    starts_on=dt.date(2026, 11, 28),
    until=dt.date(2026, 12, 26),
    starts=dt.time(8),
    minutes=120,
)
DAYS = [dt.date(2026, 11, 28) + dt.timedelta(weeks=n) for n in range(5)]


@pytest.fixture
def club(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Câu lạc bộ bạn đọc", kind="club")


@pytest.fixture
def saturdays(club, now) -> Schedule:
    return create_schedule(club, new=SATURDAYS, by=None, at=now).schedule


def days(schedule: Schedule) -> list[dt.date]:
    return [session.held_on for session in schedule.sessions.exclude(status=SessionStatus.CANCELLED)]


def with_(**changes) -> NewSchedule:
    return dataclasses.replace(SATURDAYS, **changes)


def test_create_schedule_makes_a_session_for_each_day(club, saturdays):
    sessions = list(saturdays.sessions.all())

    assert [s.held_on for s in sessions] == DAYS
    assert [s.planned_on for s in sessions] == DAYS
    assert [s.number for s in sessions] == [1, 2, 3, 4, 5]
    assert sessions[0].starts_at == local(2026, 11, 28, 8)
    assert sessions[0].ends_at == local(2026, 11, 28, 10)


def test_create_schedule_leaves_out_and_names_days(club, now, room, library_of_bac_kan):
    shut = dt.date(2026, 12, 12)
    library_of_bac_kan.statuses.create(
        state=InstitutionState.SUSPENDED, starts_on=shut, ends_on=shut + dt.timedelta(days=1)
    )
    other = ActivityFactory(institution=library_of_bac_kan, title="Lớp tin học")
    SessionFactory(activity=other, room=room, starts_at=local(2026, 12, 19, 9))

    series = create_schedule(club, new=with_(except_on=(DAYS[1],), room=room), by=None, at=now)

    assert [s.held_on for s in series.added] == [DAYS[0], DAYS[4]]
    assert [(one.day, one.why, one.other) for one in series.left_out] == [
        (DAYS[1], "excepted", ""),
        (DAYS[2], "closed", ""),
        (DAYS[3], "taken", "Lớp tin học"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"repeat": Repeat(every=Repeating.WEEKLY)},
        {"repeat": Repeat(every=Repeating.RULE, rule="FREQ=HOURLY")},
        {"until": None},
        {"until": dt.date(2026, 11, 27)},
        {"until": dt.date(2029, 11, 27)},
        {"until": dt.date(2026, 11, 28), "except_on": (dt.date(2026, 11, 28),)},
        {"starts_on": dt.date(2026, 5, 1)},
        {"minutes": 0},
        {"minutes": 24 * 60 + 1},
        {"capacity": 0},
        {"capacity": -5},
        {"venue": "<b>"},
        {"channel": "radio"},
        {"except_on": tuple(dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(201))},
    ],
)
def test_create_schedule_refuses_and_leaves_nothing(club, now, changes):
    with pytest.raises(Refused):
        create_schedule(club, new=with_(**changes), by=None, at=now)

    assert not Schedule.objects.exists()
    assert not Session.objects.exists()


def test_how_far_back_is_counted_by_the_day_in_viet_nam(club, today):
    night = local(2026, 11, 23, 1).astimezone(dt.UTC)  # the day before, in UTC
    sundays = Repeat(every=Repeating.WEEKLY, weekdays=(6,))
    too_early = with_(repeat=sundays, starts_on=today - OLDEST - dt.timedelta(days=1))
    with pytest.raises(Refused):
        create_schedule(club, new=too_early, by=None, at=night)
    assert create_schedule(club, new=with_(repeat=sundays, starts_on=today - OLDEST), by=None, at=night).added


def test_create_schedule_in_a_room_of_another_institution_is_refused(club, now, room_elsewhere):
    with pytest.raises(Refused):
        create_schedule(club, new=with_(room=room_elsewhere), by=None, at=now)


def test_create_schedule_of_more_sessions_than_fit_says_how_many(club, now, english):
    daily = with_(repeat=Repeat(every=Repeating.RULE, rule="FREQ=DAILY"), until=dt.date(2027, 6, 1))

    with pytest.raises(Refused, match=f"at most {MOST_SESSIONS} sessions"):
        create_schedule(club, new=daily, by=None, at=now)
    assert not Session.objects.exists()


def test_create_schedule_of_a_cancelled_activity_is_refused(club, now):
    cancel_activity(club, reason="Bão", by=None, at=now)
    with pytest.raises(Refused):
        create_schedule(club, new=SATURDAYS, by=None, at=now)


def test_members_are_registered_for_each_session_of_a_rule(club, now):
    Activity.objects.update(waiting_rule=WaitingRule.IN_ORDER)
    for number in range(3):
        Enrolment.objects.create(
            institution=club.institution,
            activity=club,
            name=f"Thành viên {number}",
            code=f"M{number}",
            form_key=uuid.uuid4(),
            created_at=now,
        )

    series = create_schedule(club, new=with_(capacity=2), by=None, at=now)

    states = list(Registration.objects.filter(session=series.added[0]).values_list("status", flat=True))
    assert sorted(states) == [RegistrationStatus.CONFIRMED, RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING]
    assert list(club.sessions.values_list("places_taken", flat=True)) == [2] * 5


def test_extend_schedule_adds_only_what_is_not_there(saturdays, now):
    cancel_session(saturdays.sessions.all()[4], reason="Bão", by=None, at=now)

    series = extend_schedule(saturdays, until=dt.date(2027, 1, 9), by=None, at=now)

    assert [s.held_on for s in series.added] == [dt.date(2027, 1, 2), dt.date(2027, 1, 9)]
    assert [s.number for s in series.added] == [6, 7]
    assert days(series.schedule) == [*DAYS[:4], dt.date(2027, 1, 2), dt.date(2027, 1, 9)]


def test_extend_schedule_by_times_goes_on_counting(saturdays, now):
    series = extend_schedule(saturdays, times=7, by=None, at=now)

    assert len(series.added) == 2
    assert series.schedule.until is None


@pytest.mark.parametrize(
    "end", [{}, {"until": dt.date(2027, 1, 2), "times": 8}, {"until": dt.date(2026, 12, 1)}, {"times": 3}, {"times": 0}]
)
def test_extend_schedule_refuses_an_end_that_is_none_or_not_later(saturdays, now, end):
    with pytest.raises(SeriesRefused):
        extend_schedule(saturdays, by=None, at=now, **end)
    assert days(saturdays) == DAYS


def test_change_schedule_moves_free_sessions_and_keeps_the_others(club, saturdays, now):
    first, second, third, fourth, _fifth = saturdays.sessions.all()
    change_session(first, starts_at=local(2026, 11, 28, 14), ends_at=local(2026, 11, 28, 16), by=None, at=now)
    register(second, name="Lý Thị Mai", form_key=uuid.uuid4(), at=now)
    cancel_session(third, reason="Bão", by=None, at=now)

    later = with_(starts=dt.time(9), until=dt.date(2026, 12, 19))
    series = change_schedule(saturdays, new=later, by=None, at=now)

    assert {s.pk for s in series.kept} == {first.pk, second.pk, third.pk}
    fourth.refresh_from_db()
    assert fourth.starts_at == local(2026, 12, 19, 9)
    assert days(saturdays) == [*DAYS[:2], DAYS[3]]
    second.refresh_from_db()
    assert second.starts_at == local(2026, 12, 5, 8)


def test_change_schedule_leaves_the_past(club, now):
    past = with_(starts_on=dt.date(2026, 11, 7))
    schedule = create_schedule(club, new=past, by=None, at=now).schedule

    sundays = with_(repeat=Repeat(every=Repeating.WEEKLY, weekdays=(6,)), starts_on=dt.date(2026, 11, 7))
    change_schedule(schedule, new=sundays, by=None, at=now)

    assert days(schedule)[:3] == [dt.date(2026, 11, day) for day in (7, 14, 21)]
    assert {day.weekday() for day in days(schedule)[3:]} == {6}


def test_one_session_for_a_day_of_a_rule_is_kept_by_the_database(saturdays):
    session = saturdays.sessions.first()
    session.pk, session.number = None, 99
    with pytest.raises(IntegrityError, match="session_once_by_its_rule"), transaction.atomic():
        session.save(force_insert=True)


NEW = st.builds(
    NewSchedule,
    repeat=st.builds(
        Repeat,
        every=st.sampled_from([Repeating.WEEKLY, Repeating.FORTNIGHTLY]),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    ),
    starts_on=st.dates(dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
    until=st.dates(dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
    starts=st.sampled_from([dt.time(8), dt.time(14)]),
    minutes=st.sampled_from([60, 120]),
    except_on=st.sets(st.dates(dt.date(2026, 11, 1), dt.date(2026, 12, 31)), max_size=5).map(tuple),
)


@pytest.mark.slow
@settings(max_examples=cases(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=NEW, second=NEW)
def test_what_is_shown_before_is_what_is_saved(club, now, first, second):
    with transaction.atomic():
        point = transaction.savepoint()
        shown = plan_of(schedule_of(club, new=first, at=now))
        if shown.days:
            schedule = create_schedule(club, new=first, by=None, at=now).schedule
            assert days(schedule) == [one.day for one in shown.days]

            change = change_of(schedule, schedule_of(club, new=second, at=now), at=now)
            past = [day for day in days(schedule) if day <= now.date()]
            change_schedule(schedule, new=second, by=None, at=now)
            expected = {one.day for one in change.plan.days} | set(past)
            assert days(schedule) == sorted(expected)
            # Saved again, nothing is made twice.
            again = change_schedule(schedule, new=second, by=None, at=now)
            assert again.added == []
        transaction.savepoint_rollback(point)


def test_an_activity_that_was_held_is_published_again(club, now, afterwards):
    club.status = ActivityStatus.HELD
    club.save()
    create_schedule(club, new=SATURDAYS, by=None, at=now)
    club.refresh_from_db()
    # No session was ever closed, so there is nothing that it would be held by.
    assert club.status == ActivityStatus.PUBLISHED
