"""Making, changing, publishing and cancelling activities and their sessions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityStatus, NoticeKind, SessionStatus
from hocsuotdoi.activities.models import Activity, Schedule, Session
from hocsuotdoi.activities.operations.activity_checks import ActivityRefused, BadActivity, put_fields
from hocsuotdoi.activities.operations.contributors import NewContributor, put_contributors
from hocsuotdoi.activities.operations.enrolment import enrol_members
from hocsuotdoi.activities.operations.equipment import free_equipment, put_equipment
from hocsuotdoi.activities.operations.notices import tell_people_of
from hocsuotdoi.activities.operations.picture import check_picture, drop_picture, put_picture
from hocsuotdoi.activities.operations.places import lock_activity_of, locked_session
from hocsuotdoi.activities.operations.session_checks import SessionRefused, check_session, lock_rooms
from hocsuotdoi.activities.operations.waiting import offer_free_places
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.core.one_by_one import one_by_one
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution, Room

MOST_SESSIONS = 100

CHANGEABLE_OF_SESSION = frozenset(
    {"room", "venue", "channel", "also_online", "starts_at", "ends_at", "capacity", "note"}
)
TOLD = frozenset({"room", "venue", "channel", "starts_at", "ends_at"})
"""When one of these changes, those who are coming are told."""


class CapacityBelowTaken(SessionRefused):
    """Fewer places than are taken."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """One session to be made. `capacity` None: no limit. `for_class`: for the visit of one class, nobody else's."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: Room | None = None
    venue: str = ""
    channel: str = Channel.ON_SITE
    also_online: bool = False
    capacity: int | None = None
    for_class: bool = False


@transaction.atomic
def create_activity(
    institution: Institution,
    *,
    title: str,
    kind: str,
    sessions: Sequence[NewSession],
    by: Person | None,
    at: dt.datetime,
    contributors: Sequence[NewContributor] = (),
    picture: bytes | None = None,
    is_sample: bool = False,
    **fields: Any,
) -> Activity:
    """A new draft with its sessions, numbered in order of time. Nobody outside sees it until it is published.
    `fields`: any of `activity_checks.CHANGEABLE`.

    Refused: no title, no session or too many, values that are not on their lists, a session that `add_session`
    would refuse, somebody who cannot be listed, a picture that cannot be shown or that nobody described.
    """
    if not 1 <= len(sessions) <= MOST_SESSIONS:
        raise BadActivity(
            _("Give the activity at least one session and at most {most}.").format(most=MOST_SESSIONS), field="sessions"
        )
    activity = Activity(institution=institution, created_by=by.pk if by else None, created_at=at, is_sample=is_sample)
    put_fields(activity, {"title": title, "kind": kind, **fields})
    if picture is not None:
        put_picture(activity, picture)
    check_picture(activity)
    activity.save(force_insert=True)
    put_contributors(activity, contributors)
    lock_rooms(new.room for new in sessions)
    for number, new in enumerate(sorted(sessions, key=lambda new: new.starts_at), start=1):
        insert_session(activity, new, number=number, at=at)
    return activity


@transaction.atomic
def change_activity(
    activity: Activity,
    *,
    by: Person | None,
    at: dt.datetime,
    contributors: Sequence[NewContributor] | None = None,
    picture: bytes | None = None,
    remove_picture: bool = False,
    **fields: Any,
) -> Activity:
    """Put new values into fields of `activity_checks.CHANGEABLE`; `contributors` None: as they are. What was posted for
    closed sessions stays as it was posted.

    Refused: a cancelled activity, values that `create_activity` would refuse. An unknown field is a programmer's slip.
    """
    activity = locked_activity(activity)
    check_not_cancelled(activity)
    put_fields(activity, fields)
    if picture is not None:
        put_picture(activity, picture)
    elif remove_picture:
        drop_picture(activity)
    check_picture(activity)
    activity.save(update_fields={*fields, "search_text", "picture", "picture_alt"})
    if contributors is not None:
        put_contributors(activity, contributors)
    return activity


@transaction.atomic
def publish_activity(activity: Activity, *, by: Person | None, at: dt.datetime) -> Activity:
    """Show the activity to the public; from now on people can register.

    Refused: when it is not a draft, or has no planned session.
    """
    activity = locked_activity(activity)
    _check_draft(activity)
    if not _sessions(activity).filter(status=SessionStatus.PLANNED).exists():
        raise ActivityRefused(_("Add a session first: people need to know when to come."))
    activity.status = ActivityStatus.PUBLISHED
    activity.published_at = at
    activity.publish_at = None
    activity.save(update_fields=["status", "published_at", "publish_at"])
    return activity


@transaction.atomic
def plan_publication(
    activity: Activity, *, publish_at: dt.datetime | None, by: Person | None, at: dt.datetime
) -> Activity:
    """The draft is published by itself at `publish_at` (None: only by hand).

    Refused: not a draft, a moment that is past or more than a year ahead.
    """
    activity = locked_activity(activity)
    _check_draft(activity)
    if publish_at is not None and not at < publish_at <= at + dt.timedelta(days=366):
        raise BadActivity(
            _("Choose a moment to come, within a year. To publish now, use the other button."), field="publish_at"
        )
    activity.publish_at = publish_at
    activity.save(update_fields=["publish_at"])
    return activity


def publish_due(*, at: dt.datetime) -> tuple[int, int]:
    """Publish the drafts whose moment has come; return how many were published and how many could not be.

    A draft that cannot be published stays one, with its moment past, and the workspace shows it as such; as soon as it
    can, it is published. Raises `SomeFailed` where the program failed, once all others are done.
    """
    due = Activity.objects.filter(status=ActivityStatus.DRAFT, publish_at__lte=at).order_by("publish_at", "pk")
    published = one_by_one(due, lambda activity: _publish(activity, at=at))
    return sum(published), len(published) - sum(published)


def _publish(activity: Activity, *, at: dt.datetime) -> bool:
    try:
        publish_activity(activity, by=None, at=at)
    except ActivityRefused:
        return False
    return True


def settle_status(activity: Activity) -> None:
    """Held once no session is planned any more and at least one was closed; published again when one is added.

    To be called by every act that adds, closes or cancels a session, at the end of its transaction, with the activity
    locked before its sessions.
    """
    activity = locked_activity(activity)
    if activity.status not in (ActivityStatus.PUBLISHED, ActivityStatus.HELD):
        return
    states = set(_sessions(activity).values_list("status", flat=True).order_by().distinct())
    is_held = SessionStatus.PLANNED not in states and SessionStatus.CLOSED in states
    status = ActivityStatus.HELD if is_held else ActivityStatus.PUBLISHED
    if status != activity.status:
        activity.status = status
        activity.save(update_fields=["status"])


@transaction.atomic
def cancel_activity(activity: Activity, *, reason: str, by: Person | None, at: dt.datetime) -> Activity:
    """Cancel the activity and its planned sessions and tell the people; sessions that were held stay held and counted.

    Registrations stay, so that it can be seen who was told. Refused: no reason, cancelled before.
    """
    activity = locked_activity(activity)
    lock_sessions(activity)
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity was cancelled before."))
    reason = _reason(reason)
    for session in _sessions(activity).filter(status=SessionStatus.PLANNED).select_related("activity"):
        _cancel(session, reason=reason, at=at)
    activity.status = ActivityStatus.CANCELLED
    activity.cancel_reason = reason
    activity.publish_at = None
    activity.save(update_fields=["status", "cancel_reason", "publish_at"])
    return activity


@transaction.atomic
def add_session(
    activity: Activity,
    *,
    new: NewSession,
    by: Person | None,
    at: dt.datetime,
    equipment: Mapping[int, int] | None = None,
) -> Session:
    """One more session, with the next number and equipment (key → how many); members of the series are registered for
    it.

    Refused: a cancelled activity; an end before the start; a date too far back or ahead; a day on which the institution
    is closed; another institution's room, or one that is taken; more places than the room holds; too many sessions;
    equipment that is taken.
    """
    activity = locked_activity(activity)
    check_not_cancelled(activity)
    check_number_of_sessions(activity, more=1)
    session = insert_session(activity, new, number=next_number(activity), at=at)
    put_equipment(session, equipment or {})
    settle_status(activity)
    return session


@transaction.atomic
def change_session(
    session: Session,
    *,
    by: Person | None,
    at: dt.datetime,
    equipment: Mapping[int, int] | None = None,
    **fields: Any,
) -> Session:
    """Put new values into `CHANGEABLE_OF_SESSION` fields. Its equipment moves along, unless other `equipment` is
    given; who was coming is told of another time or place.

    Refused: a closed or cancelled session, fewer places than are taken, values that `add_session` would refuse,
    equipment that is taken at the new time.
    """
    if unknown := fields.keys() - CHANGEABLE_OF_SESSION:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    session = locked_session(session)
    check_planned(session)
    changed = {field for field, value in fields.items() if getattr(session, field) != value}
    for field, value in fields.items():
        setattr(session, field, value)
    check_session(session, at=at, check_date="starts_at" in changed)
    if session.capacity is not None and session.capacity < session.places_taken:
        raise CapacityBelowTaken(
            _("{taken} people have registered: there cannot be fewer places than that.").format(
                taken=session.places_taken
            )
        )
    touches_equipment = equipment is not None or changed & {"starts_at", "ends_at"}
    had = free_equipment(session) if touches_equipment else {}
    if "starts_at" in changed:
        session.reminded_at = None
    session.save(update_fields=[*fields, "reminded_at"])
    put_equipment(session, had if equipment is None else equipment)
    if changed & TOLD:
        # The moment of the act belongs to what was said: moved there, back and there again is three times news.
        when = timezone.localtime(session.starts_at)
        tell_people_of(
            session, kind=NoticeKind.MOVED, at=at, about=f"{when:%Y%m%dT%H%M}@{timezone.localtime(at):%Y%m%dT%H%M%S}"
        )
    if "capacity" in changed:
        offer_free_places(session, at=at)
    return session


@transaction.atomic
def cancel_session(session: Session, *, reason: str, by: Person | None, at: dt.datetime) -> Session:
    """Cancel one session, give its equipment back and tell the people; registrations stay, so that it can be seen who
    was told.

    Refused: no reason, a session that is closed or cancelled.
    """
    lock_activity_of(session)
    session = locked_session(session)
    check_planned(session)
    _cancel(session, reason=_reason(reason), at=at)
    settle_status(session.activity)
    return session


def insert_session(
    activity: Activity,
    new: NewSession,
    *,
    number: int,
    at: dt.datetime,
    schedule: Schedule | None = None,
    planned_on: dt.date | None = None,
) -> Session:
    """A session of a locked activity, checked; members of the series are registered. For acts of this area."""
    session = Session(
        institution_id=activity.institution_id,
        activity=activity,
        number=number,
        schedule=schedule,
        planned_on=planned_on,
        room=new.room,
        venue=new.venue,
        channel=new.channel,
        also_online=new.also_online,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        capacity=new.capacity,
    )
    check_session(session, at=at, check_date=True)
    session.save(force_insert=True)
    if not new.for_class:
        enrol_members(session, at=at)
    return session


def lock_sessions(activity: Activity) -> None:
    """All sessions of a locked activity."""
    list(_sessions(activity).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def locked_activity(activity: Activity) -> Activity:
    """The activity as it is now, locked until the transaction ends."""
    return (
        Activity.objects.select_for_update(no_key=True, of=("self",))
        .select_related("institution")
        .get(institution_id=activity.institution_id, pk=activity.pk)
    )


def next_number(activity: Activity) -> int:
    return (_sessions(activity).aggregate(last=Max("number"))["last"] or 0) + 1


def check_number_of_sessions(activity: Activity, *, more: int) -> None:
    there = _sessions(activity).count()
    if there + more > MOST_SESSIONS:
        raise SessionRefused(
            _(
                "An activity has at most {most} sessions; this one has {there}, and {more} more do not fit. "
                "End the series earlier, or create another activity."
            ).format(most=MOST_SESSIONS, there=there, more=more)
        )


def check_not_cancelled(activity: Activity) -> None:
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity is cancelled and can no longer be changed."))


def check_planned(session: Session) -> None:
    if session.status == SessionStatus.CLOSED:
        raise SessionRefused(_("This session is closed and counted. A mistake is put right by a correction."))
    if session.status == SessionStatus.CANCELLED:
        raise SessionRefused(_("This session is cancelled and can no longer be changed."))


def _check_draft(activity: Activity) -> None:
    if activity.status in (ActivityStatus.PUBLISHED, ActivityStatus.HELD):
        raise ActivityRefused(_("This activity is already published."))
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity is cancelled. Create a new one instead."))


def _cancel(session: Session, *, reason: str, at: dt.datetime) -> None:
    session.status = SessionStatus.CANCELLED
    session.cancel_reason = reason
    session.save(update_fields=["status", "cancel_reason"])
    free_equipment(session)
    tell_people_of(session, kind=NoticeKind.CANCELLED, at=at, about="cancelled")


def _sessions(activity: Activity) -> QuerySet[Session]:
    return Session.objects.filter(institution_id=activity.institution_id, activity=activity)


def _reason(reason: str) -> str:
    missing = _("Say in a few words why: it is shown to those who wanted to come.")
    return one_line(reason, longest=300, missing=missing, field="reason")
