"""Taking places at a session, changing, moving and giving them back, without an account.

The scarce row is the session's: it is taken last and by one conditional UPDATE, so that requests wait for each other
only for the moment of counting; the check constraint `session_never_overfull` is the last guard. Who cannot have a
place and may wait does so under the session's lock. See docs/decisions/0050 and 0054.
"""

import datetime as dt
import uuid
from typing import NamedTuple, Unpack

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import (
    ActivityStatus,
    Joining,
    NoticeKind,
    RegistrationStatus,
    SessionStatus,
    WaitingRule,
)
from hocsuotdoi.activities.models import (
    HOLDING,
    Activity,
    Attendance,
    Participant,
    Registration,
    Session,
)
from hocsuotdoi.activities.operations.notices import tell
from hocsuotdoi.activities.operations.party import (
    CODE_LENGTH,
    CODE_LETTERS,
    LARGEST_GROUP,
    BadGroupSize,
    Joiner,
    NotChangeable,
    Wanted,
    Who,
    check_guardian,
    checked_answers,
    cleaned,
    first_with,
    insert_or_find,
    participants_of,
    party_values,
    put_values,
    same_person,
    wanted_values,
)
from hocsuotdoi.activities.operations.places import (
    NoPlacesLeft,
    kept_for_waiting,
    locked_sessions,
    no_places,
    shift_places,
    take_places,
)
from hocsuotdoi.activities.operations.waiting import locked_with_session, settle
from hocsuotdoi.activities.queries.joining import questions_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import clock, day_short

__all__ = [
    "CODE_LENGTH",
    "CODE_LETTERS",
    "LARGEST_GROUP",
    "BadGroupSize",
    "NoPlacesLeft",
    "NotCancellable",
    "NotChangeable",
    "NotOpen",
    "TooManyEach",
    "cancel_registration",
    "change_registration",
    "move_registration",
    "register",
]

_OF_SESSION = ("id", "institution_id", "starts_at", "ends_at", "status", "capacity", "places_taken")
_OF_ACTIVITY = (
    "id",
    "status",
    "audience",
    "age_bands",
    "joining",
    "joining_opens_at",
    "joining_closes_hours",
    "places_each",
    "waiting_rule",
)
"""What a look before joining needs of a session and its activity."""

ALIVE = (RegistrationStatus.WAITING, *HOLDING)


class NotOpen(Refused):
    """Nobody can register for this session (yet, or any more)."""


class Look(NamedTuple):
    """A session as it is before joining, with what of its activity decides about that; and whether others wait."""

    session: Session
    has_waiting: bool


class TooManyEach(Refused):
    """More places at one session than one person may take."""


class NotCancellable(Refused):
    """The registration can no longer be cancelled."""


@transaction.atomic
def register(
    session: Session,
    *,
    form_key: uuid.UUID,
    at: dt.datetime,
    learner_key: uuid.UUID | None = None,
    by: Person | None = None,
    **who: Unpack[Who],
) -> Registration:
    """Take places for `who` (see `Joiner`); return the registration: confirmed, or waiting where the activity has a
    waiting list and the places are gone or others were there first.

    The same `form_key` again, also at the same moment from another connection, returns the first registration,
    whatever the form says now. With `by`, staff register a guest: windows, how people join and the limit for each
    are theirs to overlook; places, consent and questions are not.

    Refused: what `cleaned` refuses; a child without a guardian's consent; a required question without an answer; an
    activity that is not published or is joined in another way; outside its window; a session that is cancelled, closed
    or over; more places than one person may take; fewer places left than people and no waiting list.
    """
    joiner = cleaned(Joiner(**who))
    fresh = Registration(
        institution_id=session.institution_id, session=session, form_key=form_key, learner_key=learner_key
    )
    try:
        look, answers = _check(session, joiner, learner_key=learner_key, at=at, by=by)
    except Refused:
        if first := first_with(fresh):  # the last places may be the very ones this form took before
            return first
        raise
    for name, value in party_values(joiner, answers=answers, at=at).items():
        setattr(fresh, name, value)
    now = look.session
    waits = _waits(look, joiner.group_size, at=at)
    if waits:
        fresh.status, fresh.waiting_since = RegistrationStatus.WAITING, at
    registration = insert_or_find(fresh)
    if registration.pk != fresh.pk:
        return registration
    Participant.objects.bulk_create(participants_of(registration, joiner.people))
    if not waits and not take_places(session, joiner.group_size, at=at):
        _queue(registration, now, at=at, by=by)
        waits = True
    if waits:
        _settle_newcomer(registration, at=at)
    if now.activity.places_each < LARGEST_GROUP and by is None:
        # Again, now that the session is locked: two forms of one person may have come at the same moment.
        _check_each(now, _held_by(registration), 0)
    if registration.email:
        kind = NoticeKind.WAITING if registration.is_waiting else NoticeKind.CONFIRMED
        tell([registration], kind=kind, at=at, about=str(session.pk))
    return registration


@transaction.atomic
def change_registration(
    registration: Registration, *, at: dt.datetime, by: Person | None = None, **wanted: Unpack[Wanted]
) -> Registration:
    """Put new values in place of those given (None: as it is). A group grows within the free places if nobody waits for
    them; what it gives back is offered on. A waiting group that grows goes to the end of the line. `people` replaces
    the list of a group that is named, `answers` all answers. What was changed (not from what to what) is in the audit
    trail; nothing otherwise changes nothing. With `by`, staff do it, also after the window has closed.

    Refused: what `cleaned` and `checked_answers` refuse; a registration that is cancelled or lapsed, of a session that
    is over or called; after its window has closed; too few places; more than one person may take; a size for a group
    with a list; no phone where a child's guardian gave one; children on the list without a guardian's consent.
    """
    registration = locked_with_session(registration)
    put_wanted(registration, wanted, at=at, by=by)
    return registration


def put_wanted(registration: Registration, wanted: Wanted, *, at: dt.datetime, by: Person | None) -> None:
    """`change_registration` for acts that hold the registration and its session."""
    session = registration.session
    _check_changeable(registration, at=at)
    if by is None and joining_closes_at(session.activity, session) <= at:
        raise NotChangeable(
            _("Registration for this session is closed, so nothing can be changed any more. You can still cancel.")
        )
    values, people = wanted_values(
        registration,
        session.activity,
        wanted,
        listed=list(registration.participants.all()),
        questions=lambda: questions_of(session.activity),
        at=at,
    )
    if not values and not people:
        return
    grows = values.get("group_size", registration.group_size) - registration.group_size
    if grows:
        _resize(registration, grows, at=at)
    put_values(registration, values, named=bool(people), at=at)
    if grows > 0:  # by the phone that it has now: another one must not bring new places along
        _check_each(session, _held_by(registration), 0, by=by)
    if people:
        _drop_lines(registration)
        Participant.objects.filter(institution_id=session.institution_id, registration=registration).delete()
        Participant.objects.bulk_create(participants_of(registration, people))
    if grows < 0 or registration.is_waiting:
        settle(session, at=at)


@transaction.atomic
def move_registration(
    registration: Registration, *, to: Session, at: dt.datetime, by: Person | None = None
) -> Registration:
    """Give the places back at one session and take as many at another of the same activity, or neither. Code and
    names stay.

    Refused: as in `change_registration`; someone in the whole series; another activity's session; one that cannot be
    joined now; fewer free places there than people, or others who wait for them.
    """
    while True:
        ids = {registration.session_id, to.pk}
        sessions = {each.pk: each for each in locked_sessions(registration.institution_id, ids)}
        registration = Registration.objects.select_for_update(no_key=True).get(
            institution_id=registration.institution_id, pk=registration.pk
        )
        if registration.session_id in ids:
            break
    old, new = sessions[registration.session_id], sessions.get(to.pk)
    registration.session = old
    if old.pk == to.pk:
        return registration
    _check_changeable(registration, at=at)
    if registration.enrolment_id:
        raise NotChangeable(_("You are in the whole series: cancel this session and keep the others."))
    if new is None or new.activity_id != old.activity_id:
        raise NotChangeable(_("Choose another session of the same activity."))
    _check_open(new, at=at, by=by)
    _check_each(new, _held_by(registration, at_session=new.pk), registration.group_size, by=by)
    settle(new, at=at)
    left = new.places_left
    if left is not None:
        if left > 0 and _others_wait(new):
            raise kept_for_waiting(_("Please choose another session."))
        if left < registration.group_size:
            raise no_places(left)
    if registration.holds_places:
        shift_places([old], -registration.group_size)
    shift_places([new], registration.group_size)
    _drop_lines(registration)
    registration.session = new
    registration.status = RegistrationStatus.CONFIRMED
    registration.waiting_since = registration.offer_ends_at = None
    registration.save(update_fields=["session", "status", "waiting_since", "offer_ends_at"])
    settle(old, at=at)
    if registration.email:
        tell([registration], kind=NoticeKind.CONFIRMED, at=at, about=str(new.pk))
    return registration


@transaction.atomic
def cancel_registration(registration: Registration, *, at: dt.datetime, by: Person | None = None) -> Registration:
    """Give the places (or the offer, or the place in line) back, and offer them on; cancelling again changes nothing.
    When staff do it (`by`), the person is told.

    Refused: the session is closed or over, or the people have already been marked present.
    """
    registration = locked_with_session(registration)
    session = registration.session
    if registration.status not in ALIVE:
        return registration
    if session.status == SessionStatus.CLOSED or session.ends_at <= at:
        raise NotCancellable(_("This session is over: there is nothing to cancel any more."))
    if _is_marked_present(registration):
        raise NotCancellable(_("You have already been marked present. Please talk to the staff there."))
    _drop_lines(registration)
    if registration.holds_places:
        shift_places([session], -registration.group_size)
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = at
    registration.offer_ends_at = None
    registration.save(update_fields=["status", "cancelled_at", "offer_ends_at"])
    settle(session, at=at)
    if by is not None:
        tell([registration], kind=NoticeKind.CANCELLED, at=at, about="registration")
    return registration


def joining_closes_at(activity: Activity, session: Session) -> dt.datetime:
    """Until when people join `session` by themselves."""
    if activity.joining_closes_hours is None:
        return session.ends_at
    return min(session.ends_at, session.starts_at - dt.timedelta(hours=activity.joining_closes_hours))


def check_activity_open(activity: Activity, *, at: dt.datetime, by: Person | None) -> None:
    """Refuse a draft or cancelled activity; for people themselves also one that nobody can join yet."""
    if activity.status == ActivityStatus.DRAFT:
        raise NotOpen(_("This activity is not published yet. Please come back later."))
    if activity.status == ActivityStatus.CANCELLED:
        raise NotOpen(_("This session has been cancelled. Please look for another one."))
    if by is None and activity.joining_opens_at and at < activity.joining_opens_at:
        opens = activity.joining_opens_at
        raise NotOpen(
            _("Joining opens on {day} at {time}. Please come back then.").format(
                day=day_short(opens), time=clock(opens)
            )
        )


def _check(
    session: Session, joiner: Joiner, *, learner_key: uuid.UUID | None, at: dt.datetime, by: Person | None
) -> tuple[Look, dict[str, str]]:
    """Refuse, with the right sentence, what the session as it is now would not allow; return it, and the answers."""
    look = _look(session)
    now = look.session
    activity = now.activity
    _check_open(now, at=at, by=by)
    check_guardian(joiner, activity)
    if by is None:
        mine = _held_by(Registration(session=session, phone=joiner.phone, learner_key=learner_key))
        _check_each(now, mine, joiner.group_size)
    left = now.places_left
    if left is not None and left < joiner.group_size:
        if not _has_list(now, at=at):
            raise no_places(left)
        if now.capacity is not None and now.capacity < joiner.group_size:
            raise no_places(left, many=now.capacity)
    return look, checked_answers(questions_of(activity), joiner.answers)


def _look(session: Session) -> Look:
    """One query for plain columns: this stands before every registration, so what costs most is what Django builds."""
    values = (
        Session.objects.filter(institution_id=session.institution_id, pk=session.pk)
        .values_list(*_OF_SESSION, *(f"activity__{name}" for name in _OF_ACTIVITY))
        .get()
    )
    now = Session(**dict(zip(_OF_SESSION, values, strict=False)))
    now.activity = Activity(
        institution_id=session.institution_id,
        **dict(zip(_OF_ACTIVITY, values[len(_OF_SESSION) :], strict=True)),
    )
    can_wait = now.capacity is not None and now.activity.waiting_rule != WaitingRule.NONE
    return Look(now, can_wait and _others_wait(now))


def _check_open(session: Session, *, at: dt.datetime, by: Person | None) -> None:
    activity = session.activity
    check_activity_open(activity, at=at, by=by)
    if session.status == SessionStatus.CANCELLED:
        raise NotOpen(_("This session has been cancelled. Please look for another one."))
    if session.status == SessionStatus.CLOSED or session.ends_at <= at:
        raise NotOpen(_("This session is over. Please look for another one."))
    if by is not None:
        return
    if activity.joining == Joining.SERIES:
        raise NotOpen(_("People join this activity as a whole: choose “all sessions”."))
    if activity.joining == Joining.JUST_COME:
        raise NotOpen(_("Nobody needs to register for this activity: just come."))
    if joining_closes_at(activity, session) <= at:
        raise NotOpen(_("Registration for this session is closed. Please call the institution."))


def _has_list(session: Session, *, at: dt.datetime) -> bool:
    """Once it has begun, waiting makes no sense any more; and nobody waits for a place in a class's visit."""
    if session.activity.waiting_rule == WaitingRule.NONE or at >= session.starts_at:
        return False
    return Session.objects.for_everybody().filter(institution_id=session.institution_id, pk=session.pk).exists()


def _waits(look: Look, people: int, *, at: dt.datetime) -> bool:
    """Is the end of the line the place for a newcomer? Also when some places are free but others wait for them."""
    left = look.session.places_left
    return left is not None and (left < people or look.has_waiting) and _has_list(look.session, at=at)


def _queue(registration: Registration, now: Session, *, at: dt.datetime, by: Person | None) -> None:
    """The places went to others at the moment of counting: wait, or refuse with the right sentence."""
    as_it_is = _look(now).session
    _check_open(as_it_is, at=at, by=by)
    if not _has_list(as_it_is, at=at):
        left = as_it_is.places_left
        # Enough again only if a place was given back since.
        raise no_places(left if left is not None and left < registration.group_size else 0)
    registration.status, registration.waiting_since = RegistrationStatus.WAITING, at
    registration.save(update_fields=["status", "waiting_since"])


def _settle_newcomer(registration: Registration, *, at: dt.datetime) -> None:
    session = locked_sessions(registration.institution_id, [registration.session_id])[0]
    if session.status != SessionStatus.PLANNED or session.activity.status != ActivityStatus.PUBLISHED:
        raise NotOpen(_("This session has been cancelled. Please look for another one."))
    settle(session, at=at, newcomer=registration)


def _held_by(registration: Registration, *, at_session: uuid.UUID | None = None) -> int:
    """Places that the same person holds or waits for at the session, this registration's own among them."""
    person = same_person(phone=registration.phone, learner_key=registration.learner_key)
    if person is None:
        return registration.group_size if registration.code and not at_session else 0
    found = Registration.objects.filter(
        person, institution_id=registration.session.institution_id, session_id=at_session or registration.session_id
    )
    return found.filter(status__in=ALIVE).aggregate(people=Sum("group_size"))["people"] or 0


def _check_each(session: Session, held: int, more: int, *, by: Person | None = None) -> None:
    most = session.activity.places_each
    if by is None and held + more > most:
        raise TooManyEach(
            ngettext(
                "One person may take at most {most} place at a session.",
                "One person may take at most {most} places at a session.",
                most,
            ).format(most=most)
            + (" " + _("With this phone number there are {held} already.").format(held=held) if held and more else "")
        )


def _check_changeable(registration: Registration, *, at: dt.datetime) -> None:
    session = registration.session
    if registration.status not in ALIVE:
        raise NotChangeable(_("This registration is cancelled. Please register again."))
    if session.status != SessionStatus.PLANNED or session.ends_at <= at:
        raise NotChangeable(_("This session is over or cancelled: nothing can be changed any more."))
    if registration.offer_ends_at and registration.offer_ends_at <= at:
        raise NotChangeable(_("This offer is no longer open. The place has gone on to the next in line."))
    if _is_marked_present(registration):
        raise NotChangeable(_("You have already been marked present. Please talk to the staff there."))


def _resize(registration: Registration, grows: int, *, at: dt.datetime) -> None:
    session = registration.session
    size = registration.group_size + grows
    if grows > 0:
        if registration.is_offered:
            raise NotChangeable(_("Accept the offer first. It is for {people} people.").format(people=size - grows))
        if session.capacity is not None and size > session.capacity:
            raise no_places(session.places_left or 0, many=session.capacity)
    if not registration.is_waiting:
        if grows > 0 and session.places_left is not None:
            if session.places_left > 0 and _others_wait(session):
                raise kept_for_waiting(_("The group keeps the places that it has."))
            if session.places_left < grows:
                raise no_places(session.places_left)
        _drop_lines(registration)
        shift_places([session], grows)
    elif grows > 0:
        registration.waiting_since = at
        registration.save(update_fields=["waiting_since"])


def _others_wait(session: Session) -> bool:
    return Registration.objects.filter(
        institution_id=session.institution_id, session=session, status=RegistrationStatus.WAITING
    ).exists()


def _is_marked_present(registration: Registration) -> bool:
    return _lines(registration).filter(present__gte=1).exists()


def _drop_lines(registration: Registration) -> None:
    _lines(registration).delete()


def _lines(registration: Registration) -> QuerySet[Attendance]:
    return Attendance.objects.filter(institution_id=registration.institution_id, registration=registration)
