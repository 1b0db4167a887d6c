"""How alive a club is, computed from its rolls (docs/decisions/0053).

Looked at are planned times that are over: those whose roll is closed, those cancelled, and those whose roll is still
open a week later (an open roll of the last days says nothing yet). «Met» is a closed roll with at least one person.

- new: fewer than two planned times so far;
- lively: met at least three of the last four;
- asleep: met none of the last four, or not for half a year;
- quiet: everything between.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.db.models import (
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import ActivityKind, ActivityStatus, SessionStatus, Trend, Vitality
from hocsuotdoi.activities.models import Activity, Contributor, Enrolment, Schedule, Session
from hocsuotdoi.core.ordering import vietnamese_order

LAST = 4
MET_WHEN_LIVELY = 3
ROLL_MAY_WAIT = dt.timedelta(days=7)
ASLEEP_AFTER = dt.timedelta(days=183)
NOTABLE = 0.15
"""A change of typical attendance by this share is a trend."""


@dataclass(frozen=True, slots=True)
class ClubLife:
    """`met` of the last `of` planned times (at most four). `typical`: median of those who came to the last four that
    met, None when none did; `trend`: against the four before. `members`: people in the series."""

    met: int
    of: int
    typical: int | None
    trend: Trend | None
    members: int
    last_met_on: dt.date | None
    vitality: Vitality


def club_life(clubs: Iterable[Activity], *, at: dt.datetime) -> dict[object, ClubLife]:
    """Activity's key → how alive it is; two queries for any number of clubs."""
    keys = [club.pk for club in clubs]
    times: dict[object, list[tuple[bool, int, dt.date]]] = defaultdict(list)
    for session in _planned_times(keys, at=at):
        came = session["attended"] or 0
        day = timezone.localdate(session["starts_at"])
        times[session["activity_id"]].append((session["status"] == SessionStatus.CLOSED and came > 0, came, day))
    members = dict(
        Enrolment.objects.filter(activity__in=keys, ended_at=None)
        .values_list("activity")
        .annotate(people=Sum("group_size"))
    )
    return {key: _life(times[key], members.get(key, 0), timezone.localdate(at)) for key in keys}


def clubs(person: Someone, *, at: dt.datetime) -> QuerySet[Activity]:
    """Clubs of institutions whose activities `person` sees as staff, by name, with `next_starts_at`, leaders and rules:
    published ones, and those whose last planned time was within half a year. Three queries for those that are shown."""
    own = Session.objects.filter(institution_id=OuterRef("institution_id"), activity=OuterRef("pk"))
    lately = own.filter(ends_at__gt=at - ASLEEP_AFTER)
    coming = own.filter(status=SessionStatus.PLANNED, ends_at__gt=at)
    seen = Activity.objects.filter(
        kind=ActivityKind.CLUB,
        institution__in=institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at)),
    ).filter(Q(status=ActivityStatus.PUBLISHED) | Q(Exists(lately), status=ActivityStatus.HELD))
    return (
        seen.select_related("institution")
        .annotate(next_starts_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]))
        .prefetch_related(
            Prefetch("contributors", Contributor.objects.order_by("number", "id")),
            Prefetch("schedules", Schedule.objects.order_by("starts_on", "id")),
        )
        .order_by(vietnamese_order("title"), "pk")
    )


def _planned_times(keys: list, *, at: dt.datetime) -> QuerySet:
    """The latest eight of each, newest first: four to judge, four to compare with."""
    return (
        Session.objects.filter(activity__in=keys, ends_at__lte=at)
        .exclude(status=SessionStatus.PLANNED, ends_at__gt=at - ROLL_MAY_WAIT)
        .annotate(rank=Window(RowNumber(), partition_by=F("activity_id"), order_by=F("starts_at").desc()))
        .filter(rank__lte=2 * LAST)
        .order_by("-starts_at", "pk")
        .values("activity_id", "status", "attended", "starts_at")
    )


def _life(times: list[tuple[bool, int, dt.date]], members: int, today: dt.date) -> ClubLife:
    """`times`: newest first, each (met, how many came, day)."""
    latest = times[:LAST]
    met = sum(is_met for is_met, _came, _day in latest)
    meetings = [(came, day) for is_met, came, day in times if is_met]
    last_met_on = meetings[0][1] if meetings else None
    typical, before = _typical(meetings[:LAST]), _typical(meetings[LAST:])
    return ClubLife(
        met=met,
        of=len(latest),
        typical=typical,
        trend=_trend(typical, before),
        members=members,
        last_met_on=last_met_on,
        vitality=_vitality(met, len(latest), last_met_on, today),
    )


def _vitality(met: int, of: int, last_met_on: dt.date | None, today: dt.date) -> Vitality:
    if of < 2:
        return Vitality.NEW
    if met == 0 or last_met_on is None or today - last_met_on > ASLEEP_AFTER:
        return Vitality.ASLEEP
    return Vitality.LIVELY if met >= min(MET_WHEN_LIVELY, of) else Vitality.QUIET


def _typical(meetings: list[tuple[int, dt.date]]) -> int | None:
    return round(median(came for came, _day in meetings)) if meetings else None


def _trend(typical: int | None, before: int | None) -> Trend | None:
    if typical is None or not before:
        return None
    change = (typical - before) / before
    return Trend.UP if change >= NOTABLE else Trend.DOWN if change <= -NOTABLE else Trend.STEADY
