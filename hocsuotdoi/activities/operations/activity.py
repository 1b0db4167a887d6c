"""Making, changing, publishing and cancelling activities and their sessions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityKind, ActivityStatus, Audience, Observance, SessionStatus, Theme
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.operations.session_checks import SessionRefused, check_session
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.search import searchable_text
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.models import Institution, Room

MOST_SESSIONS = 100

CHANGEABLE = frozenset({"title", "kind", "themes", "audience", "observance", "description"})
CHANGEABLE_OF_SESSION = frozenset({"room", "venue", "channel", "starts_at", "ends_at", "capacity", "note"})


class ActivityRefused(Refused):
    """The activity may not be so, or not now."""


class CapacityBelowTaken(SessionRefused):
    """Fewer places than are taken."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """One session to be made. `capacity` None: no limit."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: Room | None = None
    venue: str = ""
    channel: str = Channel.ON_SITE
    capacity: int | None = None


@transaction.atomic
def create_activity(
    institution: Institution,
    *,
    title: str,
    kind: str,
    sessions: Sequence[NewSession],
    by: Person | None,
    at: dt.datetime,
    themes: Iterable[str] = (),
    audience: str = Audience.EVERYONE,
    observance: str = "",
    description: str = "",
    is_sample: bool = False,
) -> Activity:
    """A new draft with its sessions, numbered in order of time. Nobody outside sees it until it is published.

    Refused: no title, no session or too many, unknown kind, theme, audience or day, a session that `add_session`
    would refuse.
    """
    if not 1 <= len(sessions) <= MOST_SESSIONS:
        raise ActivityRefused(
            _("Give the activity at least one session and at most {most}.").format(most=MOST_SESSIONS)
        )
    activity = Activity(institution=institution, created_by=by.pk if by else None, created_at=at, is_sample=is_sample)
    _put(
        activity,
        {
            "title": title,
            "kind": kind,
            "themes": themes,
            "audience": audience,
            "observance": observance,
            "description": description,
        },
    )
    activity.save(force_insert=True)
    for number, new in enumerate(sorted(sessions, key=lambda new: new.starts_at), start=1):
        _insert_session(activity, new, number=number, at=at)
    return activity


@transaction.atomic
def change_activity(activity: Activity, *, by: Person | None, at: dt.datetime, **fields: Any) -> Activity:
    """Put new values into `CHANGEABLE` fields. What was posted for closed sessions stays as it was posted.

    Refused: a cancelled activity, values that `create_activity` would refuse. An unknown field is a programmer's slip.
    """
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    activity = _locked(activity)
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity is cancelled and can no longer be changed."))
    _put(activity, fields)
    activity.save(update_fields=[*fields, "search_text"])
    return activity


@transaction.atomic
def publish_activity(activity: Activity, *, by: Person | None, at: dt.datetime) -> Activity:
    """Show the activity to the public; from now on people can register.

    Refused: when it is not a draft, or has no planned session.
    """
    activity = _locked(activity)
    if activity.status == ActivityStatus.PUBLISHED:
        raise ActivityRefused(_("This activity is already published."))
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity is cancelled. Create a new one instead."))
    if not activity.sessions.filter(institution_id=activity.institution_id, status=SessionStatus.PLANNED).exists():
        raise ActivityRefused(_("Add a session first: people need to know when to come."))
    activity.status = ActivityStatus.PUBLISHED
    activity.published_at = at
    activity.save(update_fields=["status", "published_at"])
    return activity


@transaction.atomic
def cancel_activity(activity: Activity, *, reason: str, by: Person | None, at: dt.datetime) -> Activity:
    """Cancel the activity and its planned sessions; sessions that were held stay held and counted.

    Registrations stay, so that the people can be told. Refused: no reason, cancelled before.
    """
    activity = _locked(activity)
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity was cancelled before."))
    reason = _reason(reason)
    Session.objects.filter(
        institution_id=activity.institution_id, activity=activity, status=SessionStatus.PLANNED
    ).update(status=SessionStatus.CANCELLED, cancel_reason=reason)
    activity.status = ActivityStatus.CANCELLED
    activity.cancel_reason = reason
    activity.save(update_fields=["status", "cancel_reason"])
    return activity


@transaction.atomic
def add_session(activity: Activity, *, new: NewSession, by: Person | None, at: dt.datetime) -> Session:
    """One more session, with the next number.

    Refused: a cancelled activity; an end before the start; a date too far back or ahead; a day on which the institution
    is closed; another institution's room; more places than the room holds; too many sessions.
    """
    activity = _locked(activity)
    if activity.status == ActivityStatus.CANCELLED:
        raise ActivityRefused(_("This activity is cancelled and can no longer be changed."))
    last = Session.objects.filter(institution_id=activity.institution_id, activity=activity).aggregate(
        last=Max("number")
    )["last"]
    if (last or 0) >= MOST_SESSIONS:
        raise SessionRefused(
            _("An activity has at most {most} sessions. Create another one.").format(most=MOST_SESSIONS)
        )
    return _insert_session(activity, new, number=(last or 0) + 1, at=at)


@transaction.atomic
def change_session(session: Session, *, by: Person | None, at: dt.datetime, **fields: Any) -> Session:
    """Put new values into `CHANGEABLE_OF_SESSION` fields.

    Refused: a closed or cancelled session, fewer places than are taken, values that `add_session` would refuse.
    """
    if unknown := fields.keys() - CHANGEABLE_OF_SESSION:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    session = locked_session(session)
    _check_planned(session)
    moved = "starts_at" in fields and fields["starts_at"] != session.starts_at
    for field, value in fields.items():
        setattr(session, field, value)
    check_session(session, at=at, check_date=moved)
    if session.capacity is not None and session.capacity < session.places_taken:
        raise CapacityBelowTaken(
            _("{taken} people have registered: there cannot be fewer places than that.").format(
                taken=session.places_taken
            )
        )
    session.save(update_fields=list(fields))
    return session


@transaction.atomic
def cancel_session(session: Session, *, reason: str, by: Person | None, at: dt.datetime) -> Session:
    """Cancel one session; registrations stay, so that the people can be told.

    Refused: no reason, a session that is closed or cancelled.
    """
    session = locked_session(session)
    _check_planned(session)
    session.status = SessionStatus.CANCELLED
    session.cancel_reason = _reason(reason)
    session.save(update_fields=["status", "cancel_reason"])
    return session


def locked_session(session: Session) -> Session:
    """The session as it is now, locked until the transaction ends. Whoever locks more, locks the session first."""
    return (
        Session.objects.select_for_update(no_key=True, of=("self",))
        .select_related("activity", "institution", "room")
        .get(institution_id=session.institution_id, pk=session.pk)
    )


def _locked(activity: Activity) -> Activity:
    return (
        Activity.objects.select_for_update(no_key=True, of=("self",))
        .select_related("institution")
        .get(institution_id=activity.institution_id, pk=activity.pk)
    )


def _put(activity: Activity, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(activity, field, _clean(field, value))
    activity.search_text = searchable_text(activity)


def _clean(field: str, value: Any) -> Any:
    """`value` as it is stored in `field` of an activity, or a refusal."""
    match field:
        case "title":
            return one_line(value, longest=200, missing=_("Give the activity a title."))
        case "description":
            text = normalise(value).replace("\x00", "").strip()
            if len(text) > 5000:
                raise ActivityRefused(_("The description is too long: at most 5,000 letters."))
            return text
        case "themes":
            themes = sorted(set(value))
            return themes if set(themes) <= set(Theme.values) else _not_on_list()
        case "kind":
            return value if value in ActivityKind.values else _not_on_list()
        case "audience":
            return value if value in Audience.values else _not_on_list()
        case _:
            return value if value in ("", *Observance.values) else _not_on_list()


def _not_on_list() -> None:
    raise ActivityRefused(_("Choose from the list: kind, themes, audience and day have fixed values."))


def _insert_session(activity: Activity, new: NewSession, *, number: int, at: dt.datetime) -> Session:
    session = Session(
        institution_id=activity.institution_id,
        activity=activity,
        number=number,
        room=new.room,
        venue=new.venue,
        channel=new.channel,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        capacity=new.capacity,
    )
    check_session(session, at=at, check_date=True)
    session.save(force_insert=True)
    return session


def _check_planned(session: Session) -> None:
    if session.status == SessionStatus.CLOSED:
        raise SessionRefused(_("This session is closed and counted. A mistake is put right by a correction."))
    if session.status == SessionStatus.CANCELLED:
        raise SessionRefused(_("This session is cancelled and can no longer be changed."))


def _reason(reason: str) -> str:
    return one_line(reason, longest=300, missing=_("Say in a few words why: it is shown to those who wanted to come."))
