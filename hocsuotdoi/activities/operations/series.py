"""Sessions by a rule: made from it, left out and named where they cannot be, extended, changed for the time to come.

A session is made once for each day of its rule (`planned_on`), however often the rule is followed again; one that was
cancelled or moved by hand is not made anew. See docs/decisions/0052.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.formats.recurrence import BadRule, Repeat, days_of, ends_by_itself, render_rule, with_times
from hocsuotdoi.activities.models import Activity, Schedule, Session
from hocsuotdoi.activities.operations.activity import (
    NewSession,
    check_not_cancelled,
    check_number_of_sessions,
    insert_session,
    lock_sessions,
    locked_activity,
    next_number,
    settle_status,
)
from hocsuotdoi.activities.operations.equipment import free_equipment, lock_equipment_of, put_equipment
from hocsuotdoi.activities.operations.session_checks import (
    MOST_PLACES,
    OLDEST,
    SessionRefused,
    check_session,
    lock_rooms,
)
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.series import (
    LeftOut,
    PlannedDay,
    SeriesChange,
    SeriesPlan,
    series_change,
    series_plan,
)
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Room

LONGEST = dt.timedelta(days=2 * 366)
MOST_MINUTES = 24 * 60
MOST_EXCEPTED = 200
MOST_DAYS = 400


class SeriesRefused(SessionRefused):
    """The rule cannot be followed."""


class BadSeries(SeriesRefused):
    """A rule, or a value of it, that nobody can follow."""


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A rule to be followed. It ends on `until` (included) or after `repeat.times`. `capacity` None: no limit."""

    repeat: Repeat
    starts_on: dt.date
    starts: dt.time
    minutes: int
    until: dt.date | None = None
    except_on: tuple[dt.date, ...] = ()
    room: Room | None = None
    venue: str = ""
    channel: str = Channel.ON_SITE
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What an act did: the rule, the sessions it made, the days it left out, the sessions it left as they were."""

    schedule: Schedule
    added: list[Session]
    left_out: list[LeftOut]
    kept: Sequence[Session] = ()


@transaction.atomic
def create_schedule(activity: Activity, *, new: NewSchedule, by: Person | None, at: dt.datetime) -> Series:
    """A rule and its sessions. Days named in `except_on`, on which the institution is closed or the room is taken are
    left out.

    Refused: a cancelled activity, a rule that nobody can follow, without end or without any day, too many sessions,
    what `add_session` refuses for each session.
    """
    activity = locked_activity(activity)
    lock_rooms([new.room])
    check_not_cancelled(activity)
    schedule = schedule_of(activity, new=new, at=at)
    plan = plan_of(schedule)
    if not plan.days:
        raise BadSeries(_("This rule meets no day on which a session can be held. Check days and dates."), field="rule")
    check_number_of_sessions(activity, more=len(plan.days))
    schedule.save(force_insert=True)
    added = _insert(activity, schedule, plan.days, at=at)
    settle_status(activity)
    return Series(schedule, added, plan.left_out)


@transaction.atomic
def change_schedule(schedule: Schedule, *, new: NewSchedule, by: Person | None, at: dt.datetime) -> Series:
    """Another rule for the sessions to come. Sessions that are past, closed, cancelled, changed by hand or that
    somebody has registered for stay as they are; the others move, go, or are added.

    Refused: as by `create_schedule`.
    """
    activity = locked_activity(schedule.activity)
    lock_sessions(activity)
    lock_rooms([new.room])
    check_not_cancelled(activity)
    schedule = Schedule.objects.get(institution_id=schedule.institution_id, pk=schedule.pk)
    wanted = schedule_of(activity, new=new, at=at, earlier=schedule.starts_on)
    change = change_of(schedule, wanted, at=at)
    lock_equipment_of(session for session, _day in change.moved)
    check_number_of_sessions(activity, more=len(change.added) - len(change.removed))
    for session in change.removed:
        free_equipment(session)
        session.delete()
    _put(schedule, wanted)
    _move(schedule, change, at=at)
    added = _insert(activity, schedule, change.added, at=at)
    settle_status(activity)
    return Series(schedule, added, change.plan.left_out, change.kept)


@transaction.atomic
def extend_schedule(
    schedule: Schedule,
    *,
    by: Person | None,
    at: dt.datetime,
    until: dt.date | None = None,
    times: int | None = None,
) -> Series:
    """The same rule, longer: until a later day, or so many times in all. Nothing that is there is touched.

    Refused: neither or both, an end that is not later, too many sessions.
    """
    activity = locked_activity(schedule.activity)
    check_not_cancelled(activity)
    schedule = Schedule.objects.select_related("room").get(institution_id=schedule.institution_id, pk=schedule.pk)
    if (until is None) == (times is None):
        raise BadSeries(_("Say either until which day or how many times."), field="until")
    if until is not None and schedule.until is not None and until <= schedule.until:
        raise SeriesRefused(_("The series already goes on until then. Choose a later day."))
    lock_rooms([schedule.room])
    schedule.until = until
    schedule.rule = _with_times(schedule.rule, times)
    _check_end(schedule)
    plan = plan_of(schedule)
    there = Session.objects.filter(institution_id=schedule.institution_id, schedule=schedule)
    known = {day for day in there.values_list("planned_on", flat=True) if day is not None}
    last = max(known, default=schedule.starts_on)
    fresh = [one for one in plan.days if one.day not in known and one.starts_at > at]
    if not fresh:
        raise SeriesRefused(_("No session is added by this. Choose a later day or more times."))
    check_number_of_sessions(activity, more=len(fresh))
    schedule.save(update_fields=["rule", "until"])
    added = _insert(activity, schedule, fresh, at=at)
    settle_status(activity)
    return Series(schedule, added, [one for one in plan.left_out if one.day > last])


def plan_of(schedule: Schedule) -> SeriesPlan:
    """What a rule comes to, saved or not."""
    return series_plan(schedule, _days(schedule))


def change_of(old: Schedule, new: Schedule, *, at: dt.datetime) -> SeriesChange:
    """What putting `new` (not saved) in the place of `old` does."""
    return series_change(old, new, _days(new), at=at)


def schedule_of(activity: Activity, *, new: NewSchedule, at: dt.datetime, earlier: dt.date | None = None) -> Schedule:
    """The rule as it would be saved, checked but not saved: also for showing what it comes to. `earlier`: the first day
    of the rule it replaces, which may be long past. Refused: as by `create_schedule`."""
    schedule = Schedule(
        institution_id=activity.institution_id,
        activity=activity,
        rule=_rule(new.repeat),
        starts_on=new.starts_on,
        until=new.until,
        starts=new.starts,
        minutes=new.minutes,
        except_on=sorted(set(new.except_on)),
        room=new.room,
        venue=one_line(new.venue, longest=200, missing="", field="venue") if new.venue.strip() else "",
        channel=new.channel,
        capacity=new.capacity,
        created_at=at,
    )
    if new.room is not None and new.room.institution_id != activity.institution_id:
        raise BadSeries(_("Choose a room of the same institution."), field="room")
    if new.starts_on < timezone.localdate(at) - OLDEST and new.starts_on != earlier:
        raise BadSeries(_("The first day is too far back: at most three months."), field="starts_on")
    if not 1 <= new.minutes <= MOST_MINUTES:
        raise BadSeries(_("A session of a series ends on the same day or the next, after it starts."), field="minutes")
    if len(schedule.except_on) > MOST_EXCEPTED:
        raise BadSeries(_("At most {most} days can be left out.").format(most=MOST_EXCEPTED), field="except_on")
    if new.capacity is not None and not 1 <= new.capacity <= MOST_PLACES:
        raise BadSeries(
            _("Give a number of places from 1 to {most}, or leave it empty for no limit.").format(most=MOST_PLACES),
            field="capacity",
        )
    _check_end(schedule)
    return schedule


def _days(schedule: Schedule) -> list[dt.date]:
    return days_of(schedule.rule, starts_on=schedule.starts_on, until=schedule.until, most=MOST_DAYS)


def _rule(repeat: Repeat) -> str:
    try:
        return render_rule(repeat)
    except BadRule as bad:
        raise BadSeries(
            _("Say on which days it repeats: choose weekdays, a day of the month, or write a rule as in RFC 5545."),
            field="rule",
        ) from bad


def _with_times(rule: str, times: int | None) -> str:
    try:
        return with_times(rule, times)
    except BadRule as bad:
        raise BadSeries(_("Give how many times as a number from 1 to 400."), field="times") from bad


def _check_end(schedule: Schedule) -> None:
    if schedule.until is None and not ends_by_itself(schedule.rule):
        raise BadSeries(
            _("Say until when it goes on, or how many times. A series can be extended later."), field="until"
        )
    if schedule.until is not None and schedule.until < schedule.starts_on:
        raise BadSeries(_("The last day comes before the first. Check the dates."), field="until")
    if schedule.until is not None and schedule.until - schedule.starts_on > LONGEST:
        raise BadSeries(_("A series goes on for at most two years. Extend it later."), field="until")


def _insert(activity: Activity, schedule: Schedule, days: Iterable[PlannedDay], *, at: dt.datetime) -> list[Session]:
    number = next_number(activity)
    return [
        insert_session(
            activity,
            NewSession(
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                room=schedule.room,
                venue=schedule.venue,
                channel=schedule.channel,
                capacity=schedule.capacity,
            ),
            number=number + position,
            at=at,
            schedule=schedule,
            planned_on=one.day,
        )
        for position, one in enumerate(days)
    ]


def _put(schedule: Schedule, wanted: Schedule) -> None:
    fields = ["rule", "starts_on", "until", "starts", "minutes", "except_on", "room", "venue", "channel", "capacity"]
    for name in fields:
        setattr(schedule, name, getattr(wanted, name))
    schedule.save(update_fields=fields)


def _move(schedule: Schedule, change: SeriesChange, *, at: dt.datetime) -> None:
    """Sessions whose day stays take the new time and place. Later ones move first when it gets later, so that none
    runs into its own neighbour."""
    for session, one in sorted(change.moved, key=lambda pair: pair[1].day, reverse=True):
        session.starts_at, session.ends_at = one.starts_at, one.ends_at
        session.room, session.venue = schedule.room, schedule.venue
        session.channel, session.capacity = schedule.channel, schedule.capacity
        check_session(session, at=at, check_date=True)
        had = free_equipment(session)
        session.save(update_fields=["starts_at", "ends_at", "room", "venue", "channel", "capacity"])
        put_equipment(session, had)
