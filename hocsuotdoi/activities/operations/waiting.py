"""The waiting list: who gets the places that come free, how long an offered place is kept.

Whatever frees places settles the session in the same transaction, under the session's lock that it holds anyway: places
are never free while somebody who could have them waits. See docs/decisions/0054.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import (
    ActivityStatus,
    NoticeKind,
    RegistrationStatus,
    SessionStatus,
    WaitingRule,
)
from hocsuotdoi.activities.models import HOLDING, Registration, Session
from hocsuotdoi.activities.operations.notices import tell
from hocsuotdoi.activities.operations.places import locked_session, no_places, shift_places
from hocsuotdoi.activities.queries.joining import SAVED_UNTIL, Waiting, next_in_line, turn_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.one_by_one import one_by_one


class NotOffered(Refused):
    """There is no offer to accept (any more)."""


class NotWaiting(Refused):
    """Only someone who waits can be given a place."""


@transaction.atomic
def offer_free_places(session: Session, *, at: dt.datetime) -> int:
    """Offer what is free at `session` to those who wait, by the activity's rule; return how many groups got an offer.

    To be called by whatever frees places or adds some. Nothing is offered by hand's rule, after the start, or when
    the session or its activity is not going to be held.
    """
    return len(settle(locked_session(session), at=at))


@transaction.atomic
def lapse_offers_of(session: Session, *, at: dt.datetime) -> None:
    """Take back the offers of `session` that were not taken up in time, and offer those places on."""
    settle(locked_session(session), at=at)


def lapse_offers(*, at: dt.datetime) -> int:
    """The same for all sessions, each in its own transaction; return at how many something lapsed. Raises `SomeFailed`
    once all others are done."""
    overdue = Registration.objects.filter(status=RegistrationStatus.OFFERED, offer_ends_at__lte=at)
    sessions = Session.objects.filter(pk__in=overdue.values("session")).order_by("pk")
    return len(one_by_one(sessions, lambda session: lapse_offers_of(session, at=at)))


@transaction.atomic
def accept_offer(registration: Registration, *, at: dt.datetime) -> Registration:
    """Turn an offer into a confirmed registration; accepting again changes nothing.

    Refused: nothing is offered, or the time is over (even if nobody has taken the offer back yet).
    """
    registration = locked_with_session(registration)
    if registration.is_confirmed:
        return registration
    if registration.offer_ends_at is None or min(registration.offer_ends_at, registration.session.ends_at) <= at:
        raise NotOffered(_("This offer is no longer open. The place has gone on to the next in line."))
    if registration.session.status != SessionStatus.PLANNED:
        raise NotOffered(_("This session has been cancelled. Please look for another one."))
    registration.status = RegistrationStatus.CONFIRMED
    registration.offer_ends_at = None
    registration.save(update_fields=["status", "offer_ends_at"])
    return registration


@transaction.atomic
def give_place(
    registration: Registration, *, by: Person | None, at: dt.datetime, confirmed: bool = False
) -> Registration:
    """By staff's choice, whatever the order: offer a place to someone who waits (or whose offer has lapsed), or give it
    at once if `confirmed` (they said yes on the phone).

    Refused: someone who does not wait, a session that is over or not held, fewer places than people.
    """
    registration = locked_with_session(registration)
    session = registration.session
    if registration.status not in (RegistrationStatus.WAITING, RegistrationStatus.LAPSED):
        raise NotWaiting(_("This registration is not waiting for a place (any more)."))
    if not _can_be_offered(session, at=at):
        raise NotWaiting(_("Places of this session can no longer be given away: it has begun or is not held."))
    _lapse(session, at=at)
    if session.places_left is not None and session.places_left < registration.group_size:
        raise no_places(session.places_left)
    kind = NoticeKind.CONFIRMED if confirmed else NoticeKind.OFFERED
    _give([registration], session, at=at, confirmed=confirmed)
    tell([registration], kind=kind, at=at, about=f"{at:%Y%m%d%H%M%S}")
    return registration


def settle(session: Session, *, at: dt.datetime, newcomer: Registration | None = None) -> list[Registration]:
    """Bring a locked session's waiting list up to date: take back overdue offers, then give what is free to those whose
    turn it is. A `newcomer` whose turn it is has come to take the place: confirmed at once, not offered.

    Return the registrations that got an offer.
    """
    _lapse(session, at=at)
    if session.is_full or not _is_held(session, at=at):
        return []
    waiting = list(
        Registration.objects.filter(
            institution_id=session.institution_id, session=session, status=RegistrationStatus.WAITING
        ).order_by("waiting_since", "id")
    )
    chosen = _chosen(session, waiting, at=at, newcomer=newcomer)
    mine = [each for each in chosen if newcomer and each.pk == newcomer.pk]
    offers = [each for each in chosen if not mine or each.pk != mine[0].pk]
    if mine:
        _give(mine, session, at=at, confirmed=True)
        assert newcomer is not None
        newcomer.status = RegistrationStatus.CONFIRMED
    if offers:
        _give(offers, session, at=at, confirmed=False)
        for each in offers:
            each.session = session
        tell(offers, kind=NoticeKind.OFFERED, at=at, about=f"{at:%Y%m%d%H%M%S}")
    return offers


def locked_with_session(registration: Registration) -> Registration:
    """The registration as it is now, with its session; the session locked first, then the registration."""
    while True:
        session = locked_session(registration.session)
        registration = Registration.objects.select_for_update(no_key=True).get(
            institution_id=session.institution_id, pk=registration.pk
        )
        if registration.session_id == session.pk:
            registration.session = session
            return registration
        # It was moved between the two locks: its session now.


def _chosen(
    session: Session, waiting: list[Registration], *, at: dt.datetime, newcomer: Registration | None
) -> list[Registration]:
    begun = at >= session.starts_at
    if begun or session.activity.waiting_rule == WaitingRule.BY_HAND:
        # Nobody is offered anything; who stands here takes what is free, once it has begun or when nobody else waits.
        mine = [each for each in waiting if newcomer and each.pk == newcomer.pk]
        waiting = mine if begun or len(waiting) == 1 else []
    if not waiting:
        return []
    served = Registration.objects.filter(
        institution_id=session.institution_id, session=session, status__in=HOLDING, waiting_since__isnull=False
    )
    ids = next_in_line(
        [Waiting(each.pk, each.group_size, turn_of(each)) for each in waiting],
        free=session.places_left,
        capacity=session.capacity,
        served=[turn_of(each) for each in served.only("id", "waiting_since")],
        saves=at < session.starts_at - SAVED_UNTIL,
    )
    return [each for each in waiting if each.pk in ids]


def _lapse(session: Session, *, at: dt.datetime) -> None:
    overdue = list(
        Registration.objects.filter(
            institution_id=session.institution_id,
            session=session,
            status=RegistrationStatus.OFFERED,
            offer_ends_at__lte=at,
        )
    )
    if not overdue:
        return
    Registration.objects.filter(pk__in=[each.pk for each in overdue]).update(
        status=RegistrationStatus.LAPSED, offer_ends_at=None
    )
    shift_places([session], -sum(each.group_size for each in overdue))
    for each in overdue:
        each.status = RegistrationStatus.LAPSED
        each.session = session
    tell(overdue, kind=NoticeKind.LAPSED, at=at, about=f"{at:%Y%m%d%H%M%S}")


def _give(registrations: Sequence[Registration], session: Session, *, at: dt.datetime, confirmed: bool) -> None:
    status = RegistrationStatus.CONFIRMED if confirmed else RegistrationStatus.OFFERED
    ends_at = None if confirmed else offer_end(session, at=at)
    ids: list[UUID] = [each.pk for each in registrations]
    Registration.objects.filter(institution_id=session.institution_id, pk__in=ids).update(
        status=status, offer_ends_at=ends_at
    )
    for each in registrations:
        each.status, each.offer_ends_at = status, ends_at
    shift_places([session], sum(each.group_size for each in registrations))


def offer_end(session: Session, *, at: dt.datetime) -> dt.datetime:
    """When an offer made now ends: after the activity's hours, but never later than half the time to the start, so that
    the place can still go on to somebody else."""
    hours = dt.timedelta(hours=session.activity.offer_hours)
    return at + min(hours, max((session.starts_at - at) / 2, dt.timedelta(minutes=1)))


def _is_held(session: Session, *, at: dt.datetime) -> bool:
    return (
        session.status == SessionStatus.PLANNED
        and session.activity.status == ActivityStatus.PUBLISHED
        and session.ends_at > at
    )


def _can_be_offered(session: Session, *, at: dt.datetime) -> bool:
    return _is_held(session, at=at) and at < session.starts_at
