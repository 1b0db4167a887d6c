"""An activity again: last year's as this year's draft."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ContributorRole, SessionStatus
from hocsuotdoi.activities.formats.recurrence import days_of, ends_by_itself
from hocsuotdoi.activities.models import Activity, Contributor, EquipmentUse, Question, Schedule, Session
from hocsuotdoi.activities.operations.activity import (
    NewSession,
    check_number_of_sessions,
    insert_session,
    locked_activity,
)
from hocsuotdoi.activities.operations.activity_checks import CHANGEABLE, BadActivity
from hocsuotdoi.activities.operations.equipment import lock_equipment_of, put_equipment
from hocsuotdoi.activities.operations.series import LONGEST, MOST_DAYS
from hocsuotdoi.activities.operations.session_checks import SessionRefused, lock_rooms

DAYS_OF_A_YEAR = 365.2425
MOST_YEARS = 3
SEARCHED = 31
"""Days around the shifted first day in which a rule that repeats by the month meets its own first day."""


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """A session that the copy does not have: the day it would be on, and the sentence why. `was`: the old one; None
    where there was none, or the rule leaves the day out."""

    day: dt.date
    why: str
    was: Session | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """The draft; what could not be planned anew; days that the old rule left out and the new one does not, because
    it plans nothing on that day of the year."""

    activity: Activity
    left_out: list[NotPlanned] = field(default_factory=list)
    no_longer_excepted: list[dt.date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A session to be made."""

    new: NewSession
    was: Session | None = None
    schedule: Schedule | None = None
    planned_on: dt.date | None = None


@transaction.atomic
def copy_activity(
    activity: Activity, *, by: Person | None, at: dt.datetime, to_year: int | None, with_sessions: bool = True
) -> Copied:
    """A draft with everything but people: nobody who joined, no leader, speaker or volunteer (co-organisers stay).

    Sessions move by whole weeks, to the same weekday at about the same day of `to_year`, which counts from the year of
    the first one. Single ones that were cancelled stay behind. A series stays one: its rule from the new first day, for
    as many days as the old one planned; what was cancelled or moved by hand was of its year, the rule plans it again.
    A day that the rule left out (2 September) is left out again where the rule meets that day of the year.

    A session that cannot be held then, or cannot have the equipment of the old one, is left out and named. Refused: a
    year before the old one's or more than three years ahead of this one.
    """
    activity = locked_activity(activity)
    sessions = _sessions_of(activity) if with_sessions else []
    weeks = _weeks(sessions, to_year, at=at) if to_year is not None else 0
    copy = Activity(
        institution=activity.institution,
        copied_from=activity,
        search_text=activity.search_text,
        picture=activity.picture,
        created_by=by.pk if by else None,
        created_at=at,
        **{name: getattr(activity, name) for name in CHANGEABLE - {"joining_opens_at"}},
    )
    copy.save(force_insert=True)
    _copy_rows(activity, copy)
    copied = Copied(copy)
    wanted = [
        _Wanted(_shifted(session, weeks), was=session)
        for session in sessions
        if session.schedule_id is None and session.status != SessionStatus.CANCELLED
    ]
    for schedule in _schedules_of(activity, sessions):
        wanted += _by_rule(schedule, sessions, copied, weeks=weeks, at=at)
    _insert(copied, wanted, _equipment_of(sessions), at=at)
    return copied


def _sessions_of(activity: Activity) -> list[Session]:
    return list(
        activity.sessions.filter(institution_id=activity.institution_id)
        .select_related("room")
        .order_by("starts_at", "number")
    )


def _schedules_of(activity: Activity, sessions: Sequence[Session]) -> list[Schedule]:
    """Rules by which something was held or is planned; one whose sessions were all cancelled is over."""
    alive = {session.schedule_id for session in sessions if session.status != SessionStatus.CANCELLED}
    found = Schedule.objects.filter(institution_id=activity.institution_id, activity=activity, pk__in=alive - {None})
    return list(found.select_related("room").order_by("starts_on", "id"))


def _equipment_of(sessions: Sequence[Session]) -> dict[UUID, Counter[int]]:
    """Session → equipment → how many pieces."""
    had: dict[UUID, Counter[int]] = {}
    if sessions:
        uses = EquipmentUse.objects.filter(institution_id=sessions[0].institution_id, session__in=sessions)
        for session, equipment in uses.values_list("session", "equipment"):
            had.setdefault(session, Counter())[equipment] += 1
    return had


def _weeks(sessions: Sequence[Session], to_year: int, *, at: dt.datetime) -> int:
    counted = [session for session in sessions if session.status != SessionStatus.CANCELLED]
    if not counted:
        return 0
    first_year, last_year = timezone.localtime(counted[0].starts_at).year, last_year_to_copy_to(at)
    if not first_year <= to_year <= last_year:
        raise BadActivity(
            _("Choose a year from that of the activity until {last_year}.").format(last_year=last_year), field="to_year"
        )
    return round((to_year - first_year) * DAYS_OF_A_YEAR / 7)


def last_year_to_copy_to(at: dt.datetime) -> int:
    """Sessions are planned so far ahead at most, however old the activity is."""
    return timezone.localtime(at).year + MOST_YEARS


def _shifted(session: Session, weeks: int) -> NewSession:
    shift = dt.timedelta(weeks=weeks)
    return NewSession(
        starts_at=session.starts_at + shift,
        ends_at=session.ends_at + shift,
        room=session.room,
        venue=session.venue,
        channel=session.channel,
        also_online=session.also_online,
        capacity=session.capacity,
    )


def _by_rule(
    old: Schedule, sessions: Sequence[Session], copied: Copied, *, weeks: int, at: dt.datetime
) -> Iterator[_Wanted]:
    """The rule anew, saved, and its sessions. The n-th is also online and has the equipment as the n-th was and had."""
    old_days = days_of(old.rule, starts_on=old.starts_on, until=old.until, most=MOST_DAYS)
    starts_on = _new_first_day(old.rule, old_days[0], weeks=weeks)
    days = days_of(old.rule, starts_on=starts_on, until=starts_on + LONGEST, most=len(old_days))
    # The same day of the year (2 September), not the n-th day of the rule: a holiday stays where it is.
    years = days[0].year - old_days[0].year
    excepted = {day: _same_day(day, years) for day in old.except_on if day in old_days}
    copied.no_longer_excepted.extend(day for day, new in sorted(excepted.items()) if new not in days)
    schedule = Schedule(
        institution_id=copied.activity.institution_id,
        activity=copied.activity,
        rule=old.rule,
        starts_on=starts_on,
        until=None if ends_by_itself(old.rule) and old.until is None else days[-1],
        except_on=sorted({new for new in excepted.values() if new in days and new is not None}),
        created_at=at,
        **{name: getattr(old, name) for name in ("starts", "minutes", "room", "venue", "channel", "capacity")},
    )
    schedule.save(force_insert=True)
    was = {session.planned_on: session for session in sessions if session.schedule_id == old.pk}
    for day, old_day in zip(days, old_days, strict=False):
        before = was.get(old_day)
        if day in schedule.except_on:
            copied.left_out.append(
                NotPlanned(day, _("The old rule left this day of the year out, and so does the new one."))
            )
            continue
        starts_at = timezone.make_aware(dt.datetime.combine(day, schedule.starts))
        new = NewSession(
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=schedule.minutes),
            room=schedule.room,
            venue=schedule.venue,
            channel=schedule.channel,
            also_online=bool(before and before.also_online),
            capacity=schedule.capacity,
        )
        yield _Wanted(new, was=before, schedule=schedule, planned_on=day)


def _new_first_day(rule: str, first: dt.date, *, weeks: int) -> dt.date:
    """The day nearest to `first` so many weeks later on which a rule that starts there meets its first day: the same
    weekday of a weekly rule, the first Saturday of a month, the fifteenth."""
    shifted = first + dt.timedelta(weeks=weeks)
    # «Every month» and nothing else means the day of the month on which it began.
    by_first_day = rule.startswith(("FREQ=MONTHLY", "FREQ=YEARLY")) and "BYDAY" not in rule and "BYMONTHDAY" not in rule
    for distance in range(SEARCHED + 1):
        for day in (shifted - dt.timedelta(days=distance), shifted + dt.timedelta(days=distance)):
            if (not by_first_day or day.day == first.day) and days_of(rule, starts_on=day, until=day, most=1):
                return day
    # Only in some months, or rarer: the rule itself finds its first day.
    return days_of(rule, starts_on=shifted - dt.timedelta(days=SEARCHED), until=None, most=1)[0]


def _same_day(day: dt.date, years: int) -> dt.date | None:
    """None: 29 February of a year that has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return None


def _insert(
    copied: Copied, wanted: Iterable[_Wanted], equipment: Mapping[UUID, Mapping[int, int]], *, at: dt.datetime
) -> None:
    """In order of time, each in a savepoint: one that cannot be held must not undo the others."""
    wanted = sorted(wanted, key=lambda one: one.new.starts_at)
    lock_rooms(one.new.room for one in wanted)
    lock_equipment_of(one.was for one in wanted if one.was)
    number = 1
    for one in wanted:
        try:
            with transaction.atomic():
                check_number_of_sessions(copied.activity, more=1)
                session = insert_session(
                    copied.activity, one.new, number=number, at=at, schedule=one.schedule, planned_on=one.planned_on
                )
                put_equipment(session, equipment.get(one.was.pk, {}) if one.was else {})
        except SessionRefused as refusal:
            copied.left_out.append(NotPlanned(timezone.localdate(one.new.starts_at), str(refusal), one.was))
        else:
            number += 1
    copied.left_out.sort(key=lambda one: one.day)


def _copy_rows(activity: Activity, copy: Activity) -> None:
    """What stands beside the activity: its questions, and the organisations that helped."""
    own = {"institution_id": activity.institution_id, "activity": activity}
    Question.objects.bulk_create(
        Question(
            institution_id=copy.institution_id,
            activity=copy,
            number=question.number,
            text=question.text,
            kind=question.kind,
            options=question.options,
            is_required=question.is_required,
        )
        for question in Question.objects.filter(**own)
    )
    Contributor.objects.bulk_create(
        Contributor(
            institution_id=copy.institution_id,
            activity=copy,
            role=helper.role,
            name=helper.name,
            note=helper.note,
            number=helper.number,
        )
        for helper in Contributor.objects.filter(**own, role=ContributorRole.CO_ORGANISER)
    )
