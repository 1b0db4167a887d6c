"""What the staff of institutions have to do: lists for the workspace and numbers for its home."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.utils import timezone

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, EquipmentUse, Schedule, Session

HOME_SESSIONS = 8
SHOWN = (ActivityStatus.PUBLISHED, ActivityStatus.HELD)


@dataclass(frozen=True, slots=True)
class StaffHome:
    """For the workspace's home: the sessions of today, how many wait to be closed, how many drafts there are."""

    today: list[Session]
    to_close: int
    drafts: int


def staff_home(person: Someone, *, at: dt.datetime) -> StaffHome:
    """What `person` has to do with activities today; three queries."""
    calls = institutions_covered(person, Permission.CALL_ROLL, timezone.localdate(at))
    edits = institutions_covered(person, Permission.EDIT_ACTIVITY, timezone.localdate(at))
    return StaffHome(
        today=list(sessions_of_day(person, at=at)[:HOME_SESSIONS]),
        to_close=to_close(at=at).filter(institution__in=calls).count(),
        drafts=Activity.objects.filter(status=ActivityStatus.DRAFT, institution__in=edits).count(),
    )


def sessions_of_day(person: Someone, *, at: dt.datetime) -> QuerySet[Session]:
    """The sessions of today at which `person` calls the roll, and those of days before that still go on: past midnight
    the roll is called as before. Cancelled ones are left out."""
    day = timezone.localdate(at)
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return (
        Session.objects.exclude(status=SessionStatus.CANCELLED)
        .filter(
            institution__in=institutions_covered(person, Permission.CALL_ROLL, day),
            activity__status__in=SHOWN,
            starts_at__lt=start + dt.timedelta(days=1),
        )
        .filter(Q(starts_at__gte=start) | Q(ends_at__gt=at))
        .select_related("activity", "institution", "room")
        .order_by("starts_at", "id")
    )


def to_close(*, at: dt.datetime) -> QuerySet[Session]:
    """Sessions that are over and whose roll is still open."""
    return Session.objects.planned().filter(activity__status=ActivityStatus.PUBLISHED, ends_at__lte=at)


def staff_sessions(person: Someone, which: str, *, at: dt.datetime) -> QuerySet[Session]:
    """Sessions at institutions whose activities `person` sees as staff, for one tab of the list.

    `which`: "upcoming" (not over, soonest first), "to_close" (over, roll open, oldest first), "held" (closed, latest
    first) or "cancelled".
    """
    sessions = Session.objects.filter(
        institution__in=institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at))
    ).select_related("activity", "institution", "room")
    match which:
        case "to_close":
            ids = to_close(at=at).values("pk")
            return sessions.filter(pk__in=ids).order_by("starts_at", "id")
        case "held":
            return sessions.filter(status=SessionStatus.CLOSED).order_by("-starts_at", "id")
        case "cancelled":
            return sessions.filter(status=SessionStatus.CANCELLED).order_by("-starts_at", "id")
        case _:
            return (
                sessions.filter(status=SessionStatus.PLANNED, ends_at__gt=at)
                .exclude(activity__status=ActivityStatus.DRAFT)
                .order_by("starts_at", "id")
            )


def staff_drafts(person: Someone, *, at: dt.datetime) -> QuerySet[Activity]:
    """Drafts that `person` sees as staff, the newest first, with `first_starts_at`; first of all those that should have
    been published by now and could not be."""
    sessions = Session.objects.filter(institution_id=OuterRef("institution_id"), activity=OuterRef("pk"))
    return (
        Activity.objects.filter(
            status=ActivityStatus.DRAFT,
            institution__in=institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at)),
        )
        .select_related("institution")
        .annotate(first_starts_at=Subquery(sessions.values("starts_at")[:1]))
        .annotate(is_stuck=Case(When(publish_at__lte=at, then=True), default=False))
        .order_by("-is_stuck", "-created_at", "id")
    )


def tab_counts(person: Someone, *, at: dt.datetime) -> dict[str, int]:
    """How many sessions (drafts: activities) each tab of the list holds; two queries."""
    covered = institutions_covered(person, Permission.VIEW_ACTIVITY, timezone.localdate(at))
    published = Q(activity__status=ActivityStatus.PUBLISHED, status=SessionStatus.PLANNED)
    counts = Session.objects.filter(institution__in=covered).aggregate(
        upcoming=Count("pk", published & Q(ends_at__gt=at)),
        to_close=Count("pk", published & Q(ends_at__lte=at)),
        held=Count("pk", Q(status=SessionStatus.CLOSED)),
        cancelled=Count("pk", Q(status=SessionStatus.CANCELLED)),
    )
    drafts = Activity.objects.filter(institution__in=covered, status=ActivityStatus.DRAFT).count()
    return {**counts, "drafts": drafts}


def activity_for_staff(person: Someone) -> QuerySet[Activity]:
    """Activities that `person` may see, with all that the workspace shows of one: sessions with rooms and equipment,
    rules, people who help, questions."""
    uses = EquipmentUse.objects.select_related("equipment").order_by("equipment", "item")
    sessions = Session.objects.select_related("room").order_by("starts_at", "id")
    return (
        Activity.objects.visible_to(person)
        .select_related("institution", "copied_from")
        .prefetch_related(
            Prefetch("sessions", sessions.prefetch_related(Prefetch("equipment_uses", uses))),
            Prefetch("schedules", Schedule.objects.select_related("room").order_by("starts_on", "id")),
            "contributors",
            "questions",
        )
    )
