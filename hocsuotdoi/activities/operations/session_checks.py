"""What a session must be so that it can be held: times, house, room, places. A room is locked before it is looked at,
so that of two acts that want it at one time the second is told who was first; the database refuses it in any case."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import clock, day_short
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus, Room

OLDEST = dt.timedelta(days=92)
"""A session of the last three months can still be entered: a sheet on paper comes in late."""

FARTHEST = dt.timedelta(days=3 * 366)
LONGEST = dt.timedelta(days=31)
MOST_PLACES = 100_000


class SessionRefused(Refused):
    """The session may not be so, or not now."""


class BadSession(SessionRefused):
    """A value that no session can have."""


class RoomTaken(SessionRefused):
    """Another session is in the room at that time."""


def lock_rooms(rooms: Iterable[Room | None]) -> None:
    """Nobody else plans in these rooms until the transaction ends; always in one order, so that nobody waits in a
    ring."""
    keys = {room.pk for room in rooms if room is not None}
    if keys:
        list(Room.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def clashing(session: Session) -> Session | None:
    """The first other session that has the room of `session` at its time."""
    if session.room_id is None:
        return None
    return (
        Session.objects.filter(
            institution_id=session.institution_id,
            room_id=session.room_id,
            status__in=[SessionStatus.PLANNED, SessionStatus.CLOSED],
            starts_at__lt=session.ends_at,
            ends_at__gt=session.starts_at,
        )
        .exclude(pk=session.pk)
        .select_related("activity")
        .order_by("starts_at")
        .first()
    )


def period_in_words(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """«từ 14:00 đến 16:00 ngày 23/11/2026»."""
    if timezone.localdate(starts_at) == timezone.localdate(ends_at):
        return _("from {start} to {end} on {day}").format(
            start=clock(starts_at), end=clock(ends_at), day=day_short(starts_at)
        )
    start, end = (f"{clock(moment)} {day_short(moment)}" for moment in (starts_at, ends_at))
    return _("from {start} to {end}").format(start=start, end=end)


def check_session(session: Session, *, at: dt.datetime, check_date: bool) -> None:
    """Clean the free text of `session` and refuse what cannot be held. `check_date`: is the start new?"""
    if session.ends_at <= session.starts_at:
        raise BadSession(_("The session must end after it starts. Check the times."), field="ends_at")
    if session.ends_at - session.starts_at > LONGEST:
        raise BadSession(_("One session lasts at most a month. Add more sessions instead."), field="ends_at")
    if check_date and not -OLDEST <= session.starts_at - at <= FARTHEST:
        raise BadSession(
            _("{day} is too far away. A session starts at most three months back and three years ahead.").format(
                day=day_short(session.starts_at)
            ),
            field="starts_at",
        )
    if check_date:
        _check_house(session)
    if session.channel not in Channel.values:
        raise BadSession(_("Choose how it is held: on site, off site or online."), field="channel")
    if session.venue:
        session.venue = one_line(session.venue, longest=200, missing="", field="venue")
    _check_room(session)


def _check_house(session: Session) -> None:
    day = timezone.localdate(session.starts_at)
    shut = InstitutionStatus.objects.on(day).filter(institution_id=session.institution_id)
    status = shut.exclude(state=InstitutionState.ACTIVE).first()
    if status is not None:
        raise SessionRefused(
            _("{institution} is closed on {day}. Choose another day, or correct the register first.").format(
                institution=session.institution.name, day=day_short(day)
            )
        )


def _check_room(session: Session) -> None:
    if session.capacity is not None and not 1 <= session.capacity <= MOST_PLACES:
        raise BadSession(
            _("Give a number of places from 1 to {most}, or leave it empty for no limit.").format(most=MOST_PLACES),
            field="capacity",
        )
    room = session.room
    if room is None:
        return
    if room.institution_id != session.institution_id:
        raise BadSession(_("Choose a room of the same institution."), field="room")
    if session.capacity is not None and session.capacity > room.capacity:
        raise BadSession(
            _("{room} holds {holds} people. Give fewer places or choose another room.").format(
                room=room.name, holds=room.capacity
            ),
            field="capacity",
        )
    lock_rooms([room])
    if (other := clashing(session)) is not None:
        raise RoomTaken(
            _("{room} already has “{title}” {period}. Choose another room or another time.").format(
                room=room.name, title=other.activity.title, period=period_in_words(other.starts_at, other.ends_at)
            )
        )
