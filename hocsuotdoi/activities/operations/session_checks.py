"""What a session must be so that it can be held: times, house, room, places."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus

OLDEST = dt.timedelta(days=92)
"""A session of the last three months can still be entered: a sheet on paper comes in late."""

FARTHEST = dt.timedelta(days=3 * 366)
LONGEST = dt.timedelta(days=31)
MOST_PLACES = 100_000


class SessionRefused(Refused):
    """The session may not be so, or not now."""


def check_session(session: Session, *, at: dt.datetime, check_date: bool) -> None:
    """Clean the free text of `session` and refuse what cannot be held. `check_date`: is the start new?"""
    if session.ends_at <= session.starts_at:
        raise SessionRefused(_("The session must end after it starts. Check the times."))
    if session.ends_at - session.starts_at > LONGEST:
        raise SessionRefused(_("One session lasts at most a month. Add more sessions instead."))
    if check_date and not -OLDEST <= session.starts_at - at <= FARTHEST:
        raise SessionRefused(
            _("{day} is too far away. A session starts at most three months back and three years ahead.").format(
                day=timezone.localtime(session.starts_at).strftime("%d/%m/%Y")
            )
        )
    if check_date:
        _check_house(session)
    if session.channel not in Channel.values:
        raise SessionRefused(_("Choose how it is held: on site, off site or online."))
    if session.venue:
        session.venue = one_line(session.venue, longest=200, missing="")
    _check_room(session)


def _check_house(session: Session) -> None:
    day = timezone.localdate(session.starts_at)
    shut = InstitutionStatus.objects.on(day).filter(institution_id=session.institution_id)
    status = shut.exclude(state=InstitutionState.ACTIVE).first()
    if status is not None:
        raise SessionRefused(
            _("{institution} is closed on {day}. Choose another day, or correct the register first.").format(
                institution=session.institution.name, day=day.strftime("%d/%m/%Y")
            )
        )


def _check_room(session: Session) -> None:
    if session.capacity is not None and not 1 <= session.capacity <= MOST_PLACES:
        raise SessionRefused(
            _("Give a number of places from 1 to {most}, or leave it empty for no limit.").format(most=MOST_PLACES)
        )
    room = session.room
    if room is None:
        return
    if room.institution_id != session.institution_id:
        raise SessionRefused(_("Choose a room of the same institution."))
    if session.capacity is not None and session.capacity > room.capacity:
        raise SessionRefused(
            _("{room} holds {holds} people. Give fewer places or choose another room.").format(
                room=room.name, holds=room.capacity
            )
        )
