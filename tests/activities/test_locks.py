"""Every act locks in the one order that `operations/places.py` names; so none waits for another in a ring."""

import datetime as dt
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import connection

from hocsuotdoi.activities.enums import Joining, Repeating, WaitingRule
from hocsuotdoi.activities.formats.recurrence import Repeat
from hocsuotdoi.activities.models import Activity, DeviceMark, Enrolment, Registration, Session
from hocsuotdoi.activities.operations.activity import (
    NewSession,
    add_session,
    cancel_activity,
    cancel_session,
    change_session,
)
from hocsuotdoi.activities.operations.copy import copy_activity
from hocsuotdoi.activities.operations.enrolment import change_enrolment, enrol, leave
from hocsuotdoi.activities.operations.equipment import take_equipment
from hocsuotdoi.activities.operations.registration import (
    cancel_registration,
    change_registration,
    move_registration,
    register,
)
from hocsuotdoi.activities.operations.roll import close_session
from hocsuotdoi.activities.operations.series import NewSchedule, change_schedule, create_schedule, extend_schedule
from hocsuotdoi.activities.operations.settling import settle_marks
from hocsuotdoi.activities.operations.sync import take_marks
from hocsuotdoi.places.models import Equipment
from tests.factories.activities import SessionFactory, local
from tests.support.phone import Phone, enrolled

ORDER = [
    *("activities_activity", "activities_session", "places_room", "places_equipment", "activities_registration"),
]
LOCKING = re.compile(r'SELECT .*? FROM "(\w+)".* FOR (?:NO KEY )?UPDATE|UPDATE "(\w+)"|DELETE FROM "(\w+)"', re.DOTALL)
PAUSE = 0.15


@contextmanager
def _at_each_lock(do: Callable[[str], object]) -> Iterator[None]:
    """`do(table)` when the first row of a table was locked. Sessions that the act itself made do not count: nobody else
    can wait for them."""
    there = {
        str(pk)
        for pk in (*Session.objects.values_list("pk", flat=True), *Activity.objects.values_list("pk", flat=True))
    }
    seen: set[str] = set()

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        table = next(filter(None, found.groups())) if (found := LOCKING.match(sql)) else None
        is_new = table == "activities_session" and there.isdisjoint(map(str, params))
        if table in ORDER and table not in seen and not is_new:
            seen.add(table)
            do(table)
        return result

    with connection.execute_wrapper(watch):
        yield


@pytest.fixture
def club(reading_day, morning, room, manager_of_bac_kan, now, during):
    """A series with a room, equipment, a member, someone in line, a rule, and a phone that calls its roll."""
    reading_day.joining, reading_day.waiting_rule = Joining.EITHER, WaitingRule.IN_ORDER
    reading_day.save(update_fields=["joining", "waiting_rule"])
    library = reading_day.institution
    things = [
        Equipment.objects.create(institution=library, kind=kind, quantity=6, usable=3, checked_on=dt.date(2026, 1, 15))
        for kind in ("computer", "projector")
    ]
    later = SessionFactory(activity=reading_day, number=2, capacity=10, starts_at=local(2026, 11, 30))
    for session in (morning, later):
        take_equipment(session, wanted={thing.pk: 1 for thing in things}, by=None, at=now)
    guest = register(morning, name="Lý Thị Mai", group_size=2, form_key=uuid.uuid4(), at=now)
    rule = NewSchedule(
        Repeat(Repeating.WEEKLY, (5,)), dt.date(2026, 12, 5), dt.time(8), 120, until=dt.date(2026, 12, 19), room=room
    )
    schedule = create_schedule(reading_day, new=rule, by=None, at=now).schedule
    take_equipment(schedule.sessions.first(), wanted={things[0].pk: 1}, by=None, at=now)
    device, _key = enrolled(library, by=manager_of_bac_kan, at=now)
    return SimpleNamespace(
        **{"activity": reading_day, "morning": morning, "later": later, "room": room, "guest": guest, "rule": rule},
        **{"schedule": schedule, "device": device, "phone": Phone(during), "manager": manager_of_bac_kan},
        **{"things": {thing.pk: 1 for thing in things}, "act": {"by": None, "at": now}},
        **{"during": {"by": None, "at": during}},
    )


def _member(club) -> Enrolment:
    return enrol(club.activity, name="Bàn Văn Páo", form_key=uuid.uuid4(), at=club.act["at"])


def _visitor(club, session=None, size=1) -> Registration:
    session = session or club.morning
    return register(session, name="Triệu Thị Sen", group_size=size, form_key=uuid.uuid4(), at=club.act["at"])


def _settle(club) -> None:
    """What a phone with a wrong clock sent the evening before is settled when the session is over."""
    marks = [club.phone.note(club.morning, "close", nobody_came=True)]
    take_marks(club.device, marks, at=club.act["at"])
    settle_marks(DeviceMark.objects.all(), reason="Máy sai giờ", by=club.manager, at=club.during["at"])


def _new(club, day: int, **more) -> NewSession:
    return NewSession(local(2026, 12, day), local(2026, 12, day, 10), room=club.room, **more)


ACTS: dict[str, Callable[[SimpleNamespace], object]] = {
    "add_session": lambda c: add_session(c.activity, new=_new(c, 1), equipment=c.things, **c.act),
    "change_session": lambda c: change_session(c.morning, room=c.room, equipment=c.things, capacity=30, **c.act),
    "cancel_session": lambda c: cancel_session(c.morning, reason="Bão", **c.act),
    "cancel_activity": lambda c: cancel_activity(c.activity, reason="Bão", **c.act),
    "copy_activity": lambda c: copy_activity(c.activity, to_year=2027, **c.act),
    "create_schedule": lambda c: create_schedule(c.activity, new=_with(c.rule, starts=dt.time(14)), **c.act),
    "change_schedule": lambda c: change_schedule(c.schedule, new=_with(c.rule, starts=dt.time(9)), **c.act),
    "extend_schedule": lambda c: extend_schedule(c.schedule, until=dt.date(2027, 1, 9), **c.act),
    "take_equipment": lambda c: take_equipment(c.morning, wanted=c.things, **c.act),
    "enrol": _member,
    "register": _visitor,
    "register, waiting": lambda c: _visitor(c, size=9),
    "change_registration": lambda c: change_registration(c.guest, group_size=3, **c.act),
    "move_registration": lambda c: move_registration(c.guest, to=c.later, **c.act),
    "cancel_registration": lambda c: cancel_registration(c.guest, **c.act),
    "close_session": lambda c: close_session(c.morning, nobody_came=True, **c.during),
    "take_marks": lambda c: take_marks(
        c.device, [c.phone.note(c.morning, "close", nobody_came=True)], at=c.during["at"]
    ),
    "settle_marks": _settle,
    "change_enrolment": lambda c: change_enrolment(_member(c), name="Bàn Thị Páo", **c.act),
    "leave": lambda c: leave(_member(c), **c.act),
}


def _with(rule: NewSchedule, *, starts: dt.time) -> NewSchedule:
    return NewSchedule(rule.repeat, rule.starts_on, starts, 60, until=rule.until, room=rule.room)


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_each_act_locks_in_the_one_order(club, name):
    locked: list[str] = []
    with _at_each_lock(locked.append):
        ACTS[name](club)

    assert locked
    assert locked == sorted(locked, key=ORDER.index)


def _at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run acts on connections of their own, each resting after every lock, so that the others get theirs; return what
    went wrong."""
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            with _at_each_lock(lambda _table: time.sleep(PAUSE)):
                act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_acts_at_once_do_not_wait_for_each_other_in_a_ring(club):
    """Rings that there were: a room before its activity, and a session before its activity."""
    member, other = _member(club), _member(club)
    act = club.act
    rooms = _at_once(
        lambda: create_schedule(club.activity, new=_with(club.rule, starts=dt.time(14)), **act),
        lambda: add_session(club.activity, new=_new(club, 1), **act),
    )
    leaving = _at_once(lambda: leave(member, **act), lambda: cancel_session(club.later, reason="Bão", **act))
    closing = _at_once(
        lambda: leave(other, **club.during), lambda: close_session(club.morning, nobody_came=True, **club.during)
    )

    assert [rooms, leaving, closing] == [[], [], []]
