"""Taking places at a session and giving them back, without an account.

The scarce row is the session's: it is taken last and by one conditional UPDATE, so that requests wait for each other
only for the moment of counting; the check constraint `session_never_overfull` is the last guard.
See docs/decisions on registration.
"""

import datetime as dt
import secrets
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityStatus, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Attendance, Registration, Session
from hocsuotdoi.activities.operations.session_checks import locked_session
from hocsuotdoi.activities.operations.wording import one_line, phone_number
from hocsuotdoi.core.errors import Refused

LARGEST_GROUP = 50
"""A class with its teachers. More is agreed with the institution by phone."""

CODE_LETTERS = "ACDEFGHKMNPQRTUVWXY34679"
"""Without what is mistaken when read out or copied by hand: B 8, I 1 L J, O 0, S 5, Z 2."""

CODE_LENGTH = 8


class NotOpen(Refused):
    """Nobody can register for this session (any more)."""


class NoPlacesLeft(Refused):
    """Fewer places than people. `places_left` says how many there were when it was refused."""

    def __init__(self, message: str, *, places_left: int):
        super().__init__(message)
        self.places_left = places_left


class BadGroupSize(Refused):
    """Nobody, or more people than one registration may bring."""


class NotCancellable(Refused):
    """The registration can no longer be cancelled."""


@transaction.atomic
def register(
    session: Session,
    *,
    name: str,
    phone: str = "",
    group_size: int = 1,
    form_key: uuid.UUID,
    at: dt.datetime,
    learner_key: uuid.UUID | None = None,
) -> Registration:
    """Take `group_size` places; return the confirmed registration.

    The same `form_key` again, also at the same moment from another connection, returns the first registration,
    whatever the form says now. Refused: no readable name, a bad phone number, group size not 1 to `LARGEST_GROUP`, an
    activity that is not published, a session that is cancelled, closed or over, fewer places left than people.
    """
    name = one_line(name, longest=120, missing=_("Write your name, so that we know who is coming."))
    phone = phone_number(phone)
    _check_group(group_size)
    fresh = Registration(
        institution_id=session.institution_id,
        session=session,
        name=name,
        phone=phone,
        group_size=group_size,
        form_key=form_key,
        learner_key=learner_key,
        created_at=at,
    )
    try:
        _check_open(session, group_size=group_size, at=at)
    except Refused:
        if first := _first_with(fresh):  # the last places may be the very ones this form took before
            return first
        raise
    registration = _insert_or_find(fresh)
    if registration.pk == fresh.pk:
        _take_places(session, group_size, at=at)
    return registration


@transaction.atomic
def cancel_registration(registration: Registration, *, at: dt.datetime, by: Person | None = None) -> Registration:
    """Give the places back; cancelling again changes nothing.

    Refused: the session is closed or over, or the people have already been marked present.
    """
    session = locked_session(registration.session)
    registration = Registration.objects.select_for_update(no_key=True).get(
        institution_id=session.institution_id, pk=registration.pk
    )
    if not registration.is_confirmed:
        return registration
    if session.status == SessionStatus.CLOSED or session.ends_at <= at:
        raise NotCancellable(_("This session is over: there is nothing to cancel any more."))
    lines = Attendance.objects.filter(institution_id=session.institution_id, registration=registration)
    if lines.filter(present__gte=1).exists():
        raise NotCancellable(_("You have already been marked present. Please talk to the staff there."))
    lines.delete()
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = at
    registration.save(update_fields=["status", "cancelled_at"])
    Session.objects.filter(institution_id=session.institution_id, pk=session.pk).update(
        places_taken=F("places_taken") - registration.group_size
    )
    return registration


def _check_group(group_size: int) -> None:
    if group_size < 1:
        raise BadGroupSize(_("At least one person must come. Give how many you are."))
    if group_size > LARGEST_GROUP:
        raise BadGroupSize(
            _("One registration is for at most {most} people. For a larger group, please call the institution.").format(
                most=LARGEST_GROUP
            )
        )


def _check_open(session: Session, *, group_size: int, at: dt.datetime) -> None:
    """Refuse, with the right sentence, what the session as it is now would not allow."""
    now = (
        Session.objects.filter(institution_id=session.institution_id, pk=session.pk)
        .values_list("activity__status", "status", "ends_at", "capacity", "places_taken")
        .get()
    )
    activity_status, status, ends_at, capacity, places_taken = now
    if activity_status == ActivityStatus.DRAFT:
        raise NotOpen(_("This activity is not published yet. Please come back later."))
    if activity_status == ActivityStatus.CANCELLED or status == SessionStatus.CANCELLED:
        raise NotOpen(_("This session has been cancelled. Please look for another one."))
    if status == SessionStatus.CLOSED or ends_at <= at:
        raise NotOpen(_("This session is over. Please look for another one."))
    if capacity is not None and places_taken + group_size > capacity:
        raise _no_places(capacity - places_taken)


def _no_places(left: int) -> NoPlacesLeft:
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


def _take_places(session: Session, group_size: int, *, at: dt.datetime) -> None:
    """Take the places or refuse. The conditions stand on the session's own row, so that they are judged on the row
    as the request before left it; a subquery would be judged on an old picture."""
    taken = Session.objects.filter(
        Q(capacity=None) | Q(capacity__gte=F("places_taken") + group_size),
        institution_id=session.institution_id,
        pk=session.pk,
        status=SessionStatus.PLANNED,
        ends_at__gt=at,
    ).update(places_taken=F("places_taken") + group_size)
    if not taken:
        _check_open(session, group_size=group_size, at=at)
        raise _no_places(0)  # full at the moment of counting, and a place given back since


def _insert_or_find(fresh: Registration) -> Registration:
    """Insert, or return the registration that the same form made before."""
    while True:
        fresh.code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
            return fresh
        except IntegrityError:
            if first := _first_with(fresh):
                return first
            # else the code was taken: another one


def _first_with(fresh: Registration) -> Registration | None:
    return Registration.objects.filter(institution_id=fresh.institution_id, form_key=fresh.form_key).first()
