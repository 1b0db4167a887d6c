"""What the rule of a series comes to: the days on which it plans, those it leaves out and why, what a change touches.

The same functions serve the page that shows it before it is saved and the act that saves it, so that they agree.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Attendance, ClassBooking, Registration, Schedule, Session, Tally
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus


@dataclass(frozen=True, slots=True)
class PlannedDay:
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A day of the rule on which nothing is planned. `why`: "excepted", "closed" (the house) or "taken" (the room,
    by `other`)."""

    day: dt.date
    why: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    days: list[PlannedDay]
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What another rule does to sessions to come. `kept`: changed by hand, or somebody has registered; `moved`: their
    day stays in the rule; `removed`: it does not; `plan.days`: all that the rule plans, `added` those of them that have
    no session yet."""

    plan: SeriesPlan
    kept: Sequence[Session]
    moved: Sequence[tuple[Session, PlannedDay]]
    removed: Sequence[Session]
    added: list[PlannedDay]


def series_plan(
    schedule: Schedule,
    rule_days: Sequence[dt.date],
    *,
    after: dt.datetime | None = None,
    moving: Collection[Session] = (),
) -> SeriesPlan:
    """What becomes of the days of `schedule`'s rule; it need not be saved. Two queries.

    `after`: only what starts later. `moving`: sessions that do not stand in the way, since they move themselves.
    """
    planned = [one for one in (_planned(schedule, day) for day in rule_days) if after is None or one.starts_at > after]
    if not planned:
        return SeriesPlan([])
    closed = _closed_periods(schedule, planned)
    taken = _taken_periods(schedule, planned, moving)
    days, left_out = [], []
    for one in planned:
        if one.day in schedule.except_on:
            left_out.append(LeftOut(one.day, "excepted"))
        elif any(status.holds_on(one.day) for status in closed):
            left_out.append(LeftOut(one.day, "closed"))
        elif other := next((s for s in taken if s.starts_at < one.ends_at and s.ends_at > one.starts_at), None):
            left_out.append(LeftOut(one.day, "taken", other.activity.title))
        else:
            days.append(one)
    return SeriesPlan(days, left_out)


def series_change(old: Schedule, new: Schedule, rule_days: Sequence[dt.date], *, at: dt.datetime) -> SeriesChange:
    """What it would do to put `new` (not saved; its days) in the place of `old`, for sessions that start after `at`."""
    to_come = list(
        Session.objects.filter(institution_id=old.institution_id, schedule=old, starts_at__gt=at)
        .annotate(is_wanted=_wanted())
        .select_related("activity")
        .order_by("starts_at", "pk")
    )
    free = {s.planned_on: s for s in to_come if not s.is_wanted and is_by_rule(s, old)}
    kept = [s for s in to_come if free.get(s.planned_on) is not s]
    plan = series_plan(new, rule_days, after=at, moving=list(free.values()))
    held = {s.planned_on for s in kept} | _days_before(old, at)
    wanted = {one.day: one for one in plan.days if one.day not in held}
    return SeriesChange(
        plan=plan,
        kept=kept,
        moved=[(s, wanted[day]) for day, s in free.items() if day in wanted],
        removed=[s for day, s in free.items() if day not in wanted],
        added=[one for day, one in wanted.items() if day not in free],
    )


def is_by_rule(session: Session, schedule: Schedule) -> bool:
    """Planned, and nobody has put another time, place or number of places into it."""
    if session.status != SessionStatus.PLANNED or session.planned_on is None:
        return False
    planned = _planned(schedule, session.planned_on)
    return (
        session.starts_at == planned.starts_at
        and session.ends_at == planned.ends_at
        and session.room_id == schedule.room_id
        and session.venue == schedule.venue
        and session.channel == schedule.channel
        and session.capacity == schedule.capacity
    )


def _planned(schedule: Schedule, day: dt.date) -> PlannedDay:
    starts_at = timezone.make_aware(dt.datetime.combine(day, schedule.starts))
    return PlannedDay(day, starts_at, starts_at + dt.timedelta(minutes=schedule.minutes))


def _closed_periods(schedule: Schedule, planned: list[PlannedDay]) -> list[InstitutionStatus]:
    return list(
        InstitutionStatus.objects.during(planned[0].day, planned[-1].day + dt.timedelta(days=1))
        .filter(institution_id=schedule.institution_id)
        .exclude(state=InstitutionState.ACTIVE)
    )


def _taken_periods(schedule: Schedule, planned: list[PlannedDay], moving: Collection[Session]) -> list[Session]:
    if schedule.room_id is None:
        return []
    own = Q(pk__in=[session.pk for session in moving])
    if schedule.pk and not schedule._state.adding:
        own |= Q(schedule=schedule)
    return list(
        Session.objects.filter(
            institution_id=schedule.institution_id,
            room_id=schedule.room_id,
            status__in=[SessionStatus.PLANNED, SessionStatus.CLOSED],
            starts_at__lt=planned[-1].ends_at,
            ends_at__gt=planned[0].starts_at,
        )
        .exclude(own)
        .select_related("activity")
        .order_by("starts_at")
    )


def _days_before(schedule: Schedule, at: dt.datetime) -> set[dt.date | None]:
    """Days that have had their session, perhaps moved: the rule never plans them again."""
    past = Session.objects.filter(institution_id=schedule.institution_id, schedule=schedule, starts_at__lte=at)
    return set(past.values_list("planned_on", flat=True))


def _wanted() -> Q:
    """Somebody has to do with the session: it stays as it is."""
    return Q(
        *(
            Exists(model.objects.filter(institution_id=OuterRef("institution_id"), session=OuterRef("pk")))
            for model in (Registration, Attendance, Tally, ClassBooking)
        ),
        _connector=Q.OR,
    )
