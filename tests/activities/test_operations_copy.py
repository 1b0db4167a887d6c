"""Copying a series: it stays one, on the days of another year."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import Joining, Repeating
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Activity, Schedule
from hocsuotdoi.activities.operations.activity import (
    NewSession,
    add_session,
    cancel_session,
    change_session,
    publish_activity,
)
from hocsuotdoi.activities.operations.copy import copy_activity
from hocsuotdoi.activities.operations.enrolment import enrol
from hocsuotdoi.activities.operations.equipment import take_equipment
from hocsuotdoi.activities.operations.series import NewSchedule, create_schedule, extend_schedule
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.places.models import Equipment
from tests.factories.activities import ActivityFactory, SessionFactory, local
from tests.support.depth import cases

SATURDAYS = NewSchedule(
    repeat=Repeat(every=Repeating.WEEKLY, weekdays=(5,)),
    starts_on=dt.date(2026, 11, 28),
    until=dt.date(2026, 12, 19),
    starts=dt.time(8),
    minutes=90,
    venue="Sân đình",
    capacity=15,
)
NEXT_YEAR = [dt.date(2027, 11, 27) + dt.timedelta(weeks=n) for n in range(4)]


@pytest.fixture
def club(library_of_bac_kan) -> Activity:
    return ActivityFactory(institution=library_of_bac_kan, title="Câu lạc bộ bạn đọc", joining=Joining.SERIES)


@pytest.fixture
def computers(library_of_bac_kan) -> Equipment:
    return Equipment.objects.create(
        institution=library_of_bac_kan, kind="computer", quantity=2, usable=2, checked_on=dt.date(2026, 1, 15)
    )


def follow(club, now, **changes) -> Schedule:
    return create_schedule(club, new=dataclasses.replace(SATURDAYS, **changes), by=None, at=now).schedule


def planned(schedule: Schedule) -> list[dt.date]:
    return list(schedule.sessions.order_by("planned_on").values_list("planned_on", flat=True))


def test_the_copy_of_a_series_follows_the_same_rule_from_the_new_first_day(club, now):
    follow(club, now)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    schedule = copied.activity.schedules.get()
    assert (schedule.rule, schedule.starts_on, schedule.until) == (
        "FREQ=WEEKLY;BYDAY=SA",
        dt.date(2027, 11, 27),
        NEXT_YEAR[-1],
    )
    assert planned(schedule) == NEXT_YEAR
    assert copied.left_out == []
    first = schedule.sessions.order_by("starts_at").first()
    assert (first.starts_at, first.ends_at) == (local(2027, 11, 27, 8), local(2027, 11, 27, 9, 30))
    assert (first.venue, first.capacity, first.number) == ("Sân đình", 15, 1)
    assert copied.activity.joining == Joining.SERIES


def test_the_copy_can_be_extended_and_joined_as_a_series(club, now):
    follow(club, now)
    copy = copy_activity(club, to_year=2027, by=None, at=now).activity
    publish_activity(copy, by=None, at=now)

    enrolment = enrol(copy, name="Lý Thị Mai", form_key=uuid7(), at=now)
    extend_schedule(copy.schedules.get(), until=dt.date(2027, 12, 25), by=None, at=now)

    assert enrolment.registrations.count() == 5


def test_what_was_cancelled_or_moved_by_hand_was_of_its_year(club, now):
    schedule = follow(club, now)
    first, second, *_rest = schedule.sessions.order_by("starts_at")
    cancel_session(first, reason="Mưa bão", by=None, at=now)
    change_session(second, starts_at=local(2026, 12, 6, 8), ends_at=local(2026, 12, 6, 10), by=None, at=now)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    assert planned(copied.activity.schedules.get()) == NEXT_YEAR
    assert [session.held_on for session in copied.activity.sessions.order_by("number")] == NEXT_YEAR


def test_single_sessions_beside_a_series_are_numbered_in_order_of_time(club, now):
    follow(club, now)
    add_session(club, new=NewSession(local(2026, 12, 3, 18), local(2026, 12, 3, 20)), by=None, at=now)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    days = [session.held_on for session in copied.activity.sessions.order_by("number")]
    assert days == [NEXT_YEAR[0], dt.date(2027, 12, 2), *NEXT_YEAR[1:]]


def test_a_day_left_out_stays_left_out_where_the_rule_meets_that_day_of_the_year(club, now):
    daily = Repeat(every=Repeating.RULE, rule="FREQ=DAILY")
    holiday = dt.date(2026, 12, 24)
    follow(club, now, repeat=daily, starts_on=dt.date(2026, 12, 22), until=dt.date(2026, 12, 26), except_on=(holiday,))

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    schedule = copied.activity.schedules.get()
    assert schedule.except_on == [dt.date(2027, 12, 24)]
    assert dt.date(2027, 12, 24) not in planned(schedule)
    assert [(one.day, one.was) for one in copied.left_out] == [(dt.date(2027, 12, 24), None)]
    assert copied.no_longer_excepted == []


def test_a_day_left_out_that_the_new_rule_does_not_meet_is_said(club, now):
    follow(club, now, except_on=(dt.date(2026, 12, 5),))

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    assert copied.activity.schedules.get().except_on == []
    assert copied.no_longer_excepted == [dt.date(2026, 12, 5)]
    assert planned(copied.activity.schedules.get()) == NEXT_YEAR


def test_days_on_which_the_room_is_taken_are_left_out_and_named(club, now, room):
    follow(club, now, room=room, venue="", capacity=None)
    other = ActivityFactory(institution=club.institution, title="Lớp tin học")
    SessionFactory(activity=other, room=room, starts_at=local(2027, 12, 4, 9))

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    assert planned(copied.activity.schedules.get()) == [NEXT_YEAR[0], *NEXT_YEAR[2:]]
    (left,) = copied.left_out
    assert (left.day, left.was.held_on) == (NEXT_YEAR[1], dt.date(2026, 12, 5))
    assert "Lớp tin học" in left.why
    assert [s.number for s in copied.activity.sessions.order_by("starts_at")] == [1, 2, 3]


def test_equipment_goes_along_and_a_session_that_cannot_have_it_is_left_out_and_named(club, now, computers):
    schedule = follow(club, now)
    first, second, third, _fourth = schedule.sessions.order_by("starts_at")
    for session, pieces in ((first, 2), (second, 1), (third, 2)):
        take_equipment(session, wanted={computers.pk: pieces}, by=None, at=now)
    other = SessionFactory(
        activity=ActivityFactory(institution=club.institution, title="Lớp tin học"), starts_at=local(2027, 12, 11, 9)
    )
    take_equipment(other, wanted={computers.pk: 1}, by=None, at=now)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    sessions = copied.activity.sessions.order_by("starts_at")
    assert [session.equipment_uses.count() for session in sessions] == [2, 1, 0]
    assert [(one.day, one.was) for one in copied.left_out] == [(NEXT_YEAR[2], third)]
    assert "Lớp tin học" in copied.left_out[0].why


def test_equipment_of_a_single_session_goes_along(reading_day, morning, now, computers):
    take_equipment(morning, wanted={computers.pk: 2}, by=None, at=now)

    copied = copy_activity(reading_day, to_year=2027, by=None, at=now)

    assert copied.activity.sessions.get().equipment_uses.count() == 2


def test_a_series_whose_sessions_were_all_cancelled_stays_behind(club, now):
    schedule = follow(club, now)
    for session in schedule.sessions.all():
        cancel_session(session, reason="Mưa bão", by=None, at=now)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    assert not copied.activity.schedules.exists()
    assert not copied.activity.sessions.exists()


@pytest.mark.parametrize(
    ("rule", "first", "last", "new_first", "new_last"),
    [
        ("FREQ=MONTHLY;BYDAY=1SA", (2026, 12, 5), (2027, 3, 6), (2027, 12, 4), (2028, 3, 4)),
        ("FREQ=MONTHLY;BYMONTHDAY=15", (2026, 12, 15), (2027, 3, 15), (2027, 12, 15), (2028, 3, 15)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", (2026, 12, 31), (2027, 2, 28), (2027, 12, 31), (2028, 2, 29)),
        ("FREQ=MONTHLY", (2026, 12, 15), (2027, 3, 15), (2027, 12, 15), (2028, 3, 15)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", (2026, 11, 28), (2026, 12, 26), (2027, 11, 27), (2027, 12, 25)),
        ("FREQ=WEEKLY;BYDAY=SA;COUNT=3", (2026, 11, 28), (2026, 12, 12), (2027, 11, 27), (2027, 12, 11)),
    ],
)
def test_rules_by_week_and_by_month_keep_their_meaning(club, now, rule, first, last, new_first, new_last):
    repeat = Repeat(every=Repeating.RULE, rule=rule)
    until = None if "COUNT" in rule else dt.date(*last)
    old = follow(club, now, repeat=repeat, starts_on=dt.date(*first), until=until)

    copied = copy_activity(club, to_year=2027, by=None, at=now)

    new = planned(copied.activity.schedules.get())
    assert (new[0], new[-1]) == (dt.date(*new_first), dt.date(*new_last))
    assert len(new) == len(planned(old))


@pytest.mark.slow
@settings(max_examples=cases(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    weekdays=st.sets(st.integers(0, 6), min_size=1, max_size=3),
    day=st.integers(0, 300),
    length=st.integers(0, 40),
    years=st.integers(0, 2),
)
def test_a_weekly_copy_is_the_old_one_shifted_by_whole_weeks(club, now, weekdays, day, length, years):
    starts_on = dt.date(2026, 11, 23) + dt.timedelta(days=day)
    until = starts_on + dt.timedelta(days=length + 6)
    repeat = Repeat(every=Repeating.WEEKLY, weekdays=tuple(weekdays))
    activity = ActivityFactory(institution=club.institution)
    old = planned(
        create_schedule(
            activity,
            new=dataclasses.replace(SATURDAYS, repeat=repeat, starts_on=starts_on, until=until),
            by=None,
            at=now,
        ).schedule
    )

    copied = copy_activity(activity, to_year=old[0].year + years, by=None, at=now)

    new = planned(copied.activity.schedules.get())
    shifts = {(after - before).days for before, after in zip(old, new, strict=True)}
    assert len(shifts) == 1 and shifts.pop() % 7 == 0
    assert abs((new[0] - old[0]).days - years * 365.25) < 5
