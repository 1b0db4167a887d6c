"""The scarce rows, and the one order in which every act locks them, so that no two wait for each other in a ring:

activities, then sessions, then rooms, then equipment, then registrations; of each kind all at once, in the order of
their keys. An act takes what it needs of these and leaves the rest out, but never goes back: whoever may close, cancel
or add a session locks its activity first. (Before all of them come a device, its marks and a class's booking.)"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.core.errors import Refused


class NoPlacesLeft(Refused):
    """Fewer places than people. `places_left` says how many there were when it was refused."""

    def __init__(self, message: str, *, places_left: int):
        super().__init__(message)
        self.places_left = places_left


def lock_activities(institution_id: int, ids: Iterable[UUID]) -> None:
    """Nobody else changes these activities, joins or leaves them as a whole, or adds, closes or cancels a session of
    theirs until the transaction ends."""
    activities = Activity.objects.filter(institution_id=institution_id, pk__in=ids)
    list(activities.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock_activity_of(session: Session) -> None:
    lock_activities(session.institution_id, [session.activity_id])


def locked_session(session: Session) -> Session:
    """The session as it is now, with its activity, locked until the transaction ends."""
    return locked_sessions(session.institution_id, [session.pk])[0]


def locked_sessions(institution_id: int, ids: Iterable[UUID]) -> list[Session]:
    """The sessions as they are now, locked in the order of their ids; soonest first."""
    sessions = (
        Session.objects.select_for_update(no_key=True, of=("self",))
        .select_related("activity", "institution", "room")
        .filter(institution_id=institution_id, pk__in=ids)
        .order_by("pk")
    )
    return sorted(sessions, key=lambda session: (session.starts_at, session.pk))


def take_places(session: Session, people: int, *, at: dt.datetime) -> bool:
    """Take the places if they are there. The conditions stand on the session's own row, so that they are judged on the
    row as the request before left it; a subquery would be judged on an old picture."""
    taken = Session.objects.filter(
        Q(capacity=None) | Q(capacity__gte=F("places_taken") + people),
        institution_id=session.institution_id,
        pk=session.pk,
        status=SessionStatus.PLANNED,
        ends_at__gt=at,
    ).update(places_taken=F("places_taken") + people)
    return bool(taken)


def shift_places(sessions: Iterable[Session], people: int) -> None:
    """Add `people` (may be negative) to the count of locked sessions, in the table and in hand."""
    sessions = [session for session in sessions if people]
    if not sessions:
        return
    Session.objects.filter(
        institution_id=sessions[0].institution_id, pk__in=[session.pk for session in sessions]
    ).update(places_taken=F("places_taken") + people)
    for session in sessions:
        session.places_taken += people


def kept_for_waiting(what_now: str) -> NoPlacesLeft:
    """The refusal where places are free, but others were there first."""
    return NoPlacesLeft(_("The free places are kept for those on the waiting list.") + " " + what_now, places_left=0)


def no_places(left: int, *, many: int | None = None) -> NoPlacesLeft:
    """The refusal for `left` places; `many`: all that there are, when even an empty session is too small."""
    if many is not None:
        return NoPlacesLeft(
            ngettext(
                "This session has {many} place in all. Come with fewer people or choose another session.",
                "This session has {many} places in all. Come with fewer people or choose another session.",
                many,
            ).format(many=many),
            places_left=left,
        )
    if left <= 0:
        return NoPlacesLeft(_("This session is full. Please choose another session."), places_left=0)
    return NoPlacesLeft(
        ngettext(
            "Only {left} place is left. Come with fewer people or choose another session.",
            "Only {left} places are left. Come with fewer people or choose another session.",
            left,
        ).format(left=left),
        places_left=left,
    )
