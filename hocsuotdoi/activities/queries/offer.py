"""What the public finds: sessions to come, one activity, what an institution offers."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement
from hocsuotdoi.places.queries.institutions import placed_in


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone looks for; what is None or empty is not asked about. Days are both included."""

    unit: AdminUnit | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    kind: str = ""
    audience: str = ""
    words: str = ""


def whats_on(wish: Wish, *, at: dt.datetime) -> QuerySet[Session]:
    """Planned sessions of published activities that are not over at `at` and fit `wish`, soonest first.

    Each session has `place_name` (the unit its institution stands in today); activity, institution and room come
    along. One query, whatever is asked. Words without marks find any marking, words with marks only themselves.
    """
    today = timezone.localdate(at)
    sessions = Session.objects.planned().filter(activity__status=ActivityStatus.PUBLISHED, ends_at__gt=at)
    sessions = sessions.filter(bookings=None)  # a class's visit is nobody else's
    if wish.unit is not None:
        sessions = sessions.filter(institution__in=placed_in(wish.unit, today).order_by().values("pk"))
    if wish.first_day:
        sessions = sessions.filter(ends_at__gte=_midnight(wish.first_day))
    if wish.last_day and wish.last_day < dt.date.max:
        sessions = sessions.filter(starts_at__lt=_midnight(wish.last_day + dt.timedelta(days=1)))
    if wish.kind:
        sessions = sessions.filter(activity__kind=wish.kind)
    if wish.audience:
        sessions = sessions.filter(activity__audience=wish.audience)
    return with_place(sessions.filter(_holds(wish.words)), today).order_by("starts_at", "id")


def by_day(sessions: list[Session]) -> list[tuple[dt.date, list[Session]]]:
    """Sessions in order of time, grouped by the local day they begin on."""
    return [(day, list(group)) for day, group in groupby(sessions, key=lambda session: session.held_on)]


def upcoming_at(institution: Institution, *, at: dt.datetime) -> QuerySet[Session]:
    """The planned sessions of the institution's published activities that are not over, soonest first."""
    return (
        Session.objects.planned()
        .filter(institution=institution, activity__status=ActivityStatus.PUBLISHED, ends_at__gt=at, bookings=None)
        .select_related("activity", "institution", "room")
        .order_by("starts_at", "id")
    )


def activity_page(person: Someone, *, at: dt.datetime) -> QuerySet[Activity]:
    """Activities that `person` may see, with institution, `place_name`, `address` and all sessions with rooms."""
    placement = InstitutionPlacement.objects.on(timezone.localdate(at)).filter(institution=OuterRef("institution"))
    return (
        Activity.objects.visible_to(person)
        .select_related("institution")
        .annotate(
            place_name=Subquery(placement.values("unit__name")[:1]), address=Subquery(placement.values("address")[:1])
        )
        .prefetch_related(Prefetch("sessions", Session.objects.select_related("room").order_by("starts_at", "id")))
    )


def with_place(sessions: QuerySet[Session], day: dt.date) -> QuerySet[Session]:
    """`sessions` with `place_name`, activity, institution and room."""
    placement = InstitutionPlacement.objects.on(day).filter(institution=OuterRef("institution"))
    return sessions.select_related("activity", "institution", "room").annotate(
        place_name=Subquery(placement.values("unit__name")[:1])
    )


def _holds(words: str) -> Q:
    condition = Q()
    for term in search_terms(words):
        condition &= Q(activity__search_text__contains=term)
    return condition


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
