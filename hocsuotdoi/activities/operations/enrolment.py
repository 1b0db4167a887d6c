"""A whole series: joining it is registering for each of its sessions to come, leaving it gives those back.

One enrolment, however many sessions: the sessions are locked in the order of their ids, the rows written in one go.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import (
    ActivityStatus,
    NoticeKind,
    RegistrationStatus,
    SessionStatus,
    WaitingRule,
)
from hocsuotdoi.activities.formats.class_list import ListedPerson
from hocsuotdoi.activities.models import Activity, Attendance, Enrolment, Participant, Registration, Session
from hocsuotdoi.activities.operations.notices import tell
from hocsuotdoi.activities.operations.party import (
    Joiner,
    NotChangeable,
    Wanted,
    Who,
    check_guardian,
    checked_answers,
    cleaned,
    first_with,
    insert_or_find,
    new_code,
    participants_of,
    party_values,
    put_values,
    same_person,
    wanted_values,
)
from hocsuotdoi.activities.operations.places import (
    lock_activities,
    locked_session,
    locked_sessions,
    no_places,
    shift_places,
)
from hocsuotdoi.activities.operations.registration import (
    ALIVE,
    NotOpen,
    TooManyEach,
    check_activity_open,
    joining_closes_at,
    put_wanted,
)
from hocsuotdoi.activities.operations.waiting import settle
from hocsuotdoi.activities.queries.joining import named_people, people_of, questions_of, sessions_to_come
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.templatetags.house import day_short

__all__ = ["Changed", "NotASeries", "change_enrolment", "enrol", "enrol_members", "leave"]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of a whole series reached: registrations at sessions to come, and those left as they were."""

    enrolment: Enrolment
    reached: list[Registration]
    kept: list[Registration]


class NotASeries(Refused):
    """The activity is not joined as a whole."""


@transaction.atomic
def enrol(
    activity: Activity,
    *,
    form_key: uuid.UUID,
    at: dt.datetime,
    learner_key: uuid.UUID | None = None,
    by: Person | None = None,
    **who: Unpack[Who],
) -> Enrolment:
    """Join the whole series: registered for each session to come, confirmed where there are places, else waiting where
    the activity has a waiting list, else left out (the sessions without a registration are the full ones).

    The same `form_key` again returns the first enrolment. With `by`, staff enrol someone, as in `register`. Refused:
    what `register` refuses; an activity that is not joined as a whole; a series that is over, or full throughout.
    """
    joiner = cleaned(Joiner(**who))
    fresh = Enrolment(
        institution_id=activity.institution_id, activity=activity, form_key=form_key, learner_key=learner_key
    )
    try:
        answers = _check(activity, joiner, at=at, by=by)
        if not _joinable(activity, at=at, by=by):
            raise NotOpen(_("There are no more sessions to join."))
    except Refused:
        if first := first_with(fresh):
            return first
        raise
    for name, value in party_values(joiner, answers=answers, at=at).items():
        setattr(fresh, name, value)
    enrolment = insert_or_find(fresh)
    if enrolment.pk != fresh.pk:
        return enrolment
    lock_activities(activity.institution_id, [activity.pk])
    sessions = locked_sessions(activity.institution_id, _joinable(activity, at=at, by=by))
    if by is None:
        _check_each(activity, fresh, sessions)
    with_others_waiting = _with_waiting(sessions)
    made = [row for session in sessions if (row := _place(fresh, session, session.pk in with_others_waiting, at=at))]
    if not made:
        raise no_places(0)
    _insert(made)
    Participant.objects.bulk_create(participant for row in made for participant in participants_of(row, joiner.people))
    shift_places([row.session for row in made if row.is_confirmed], joiner.group_size)
    if enrolment.email:
        # One letter for the series; each session has its own reminder.
        tell(made[:1], kind=_kind(made[0]), at=at, about=str(enrolment.pk))
    return enrolment


@transaction.atomic
def enrol_members(session: Session, *, at: dt.datetime) -> int:
    """Register the members of the series for a session that was added, in the order in which they came; return how many
    got a place or wait for one. To be called once the session is there; calling it again adds nobody twice."""
    session = locked_session(session)
    if session.status != SessionStatus.PLANNED or session.ends_at <= at:
        return 0
    members = list(
        Enrolment.objects.filter(
            institution_id=session.institution_id, activity_id=session.activity_id, ended_at__isnull=True
        )
        .exclude(registrations__session=session)
        .order_by("created_at", "id")
    )
    waiting = bool(members and _with_waiting([session]))
    made, taken = [], 0
    for member in members:
        row = _place(member, session, waiting, at=at)
        if row is None:
            continue
        made.append(row)
        waiting = waiting or row.is_waiting
        if row.is_confirmed:
            session.places_taken += row.group_size  # so that the next sees what is left
            taken += row.group_size
    if not made:
        return 0
    session.places_taken -= taken
    _insert(made)
    _copy_people(made)
    shift_places([session], taken)
    for row in made:
        if row.email:
            tell([row], kind=_kind(row), at=at, about=str(session.pk))
    return len(made)


@transaction.atomic
def change_enrolment(
    enrolment: Enrolment, *, at: dt.datetime, by: Person | None = None, **wanted: Unpack[Wanted]
) -> Changed:
    """Once for the whole series: the same new values (as in `change_registration`) in the enrolment and in its
    registrations at sessions to come; what has been stays as it was. Only what is otherwise than in the enrolment is
    put in, so that a session at which fewer come than else keeps its number when a phone changes.

    Left as they were and returned: sessions whose window has closed (unless `by` staff) or at which the person is
    already marked present. Refused, all of it: an enrolment that was left; what `change_registration` refuses at any
    of the sessions, with its day; other names when there is no session to come.
    """
    lock_activities(enrolment.institution_id, [enrolment.activity_id])
    enrolment = Enrolment.objects.select_related("activity").get(
        institution_id=enrolment.institution_id, pk=enrolment.pk
    )
    if not enrolment.is_active:
        raise NotChangeable(_("You have left this series. Please join it again."))
    activity = enrolment.activity
    values, people = wanted_values(
        enrolment, activity, wanted, listed=people_of(enrolment), questions=lambda: questions_of(activity), at=at
    )
    if not values and not people:
        return Changed(enrolment, [], [])
    rows, kept = _rows_to_change(enrolment, at=at, by=by)
    if people and not rows:
        raise NotChangeable(
            _("There is no session now for which the names could be changed. Come back when the next is planned.")
        )
    change = _for_each(wanted, values, people, consents=bool(enrolment.consent_at or wanted.get("consent")))
    for row in rows:
        try:
            put_wanted(row, change, at=at, by=by)
        except Refused as refusal:
            day = day_short(row.session.starts_at)
            raise NotChangeable(_("Nothing was changed. {day}: {why}").format(day=day, why=refusal)) from refusal
    put_values(enrolment, values, named=bool(people), at=at)
    return Changed(enrolment, rows, kept)


def _for_each(wanted: Wanted, values: dict[str, Any], people: Sequence[ListedPerson], *, consents: bool) -> Wanted:
    """What of `wanted` is to be put into each registration: what is otherwise in the enrolment."""
    change: Wanted = {"consent": consents}
    for name in ("name", "phone", "email", "group_size", "guardian_name", "answers"):
        if name in values:
            change[name] = values[name]
    if people:
        change["people"] = people
    return change


def _rows_to_change(
    enrolment: Enrolment, *, at: dt.datetime, by: Person | None
) -> tuple[list[Registration], list[Registration]]:
    """The member's registrations that a change reaches, and those at sessions to come that stay as they are; all of
    them locked, their sessions before."""
    sessions = {
        session.pk: session
        for session in locked_sessions(
            enrolment.institution_id, sessions_to_come(enrolment.activity, at=at).values_list("pk", flat=True)
        )
    }
    came = Attendance.objects.filter(
        institution_id=enrolment.institution_id, session__in=sessions, present__gte=1, registration__isnull=False
    )
    present = set(came.values_list("registration", flat=True))
    rows: list[Registration] = []
    kept: list[Registration] = []
    for row in (
        Registration.objects.select_for_update(no_key=True)
        .filter(institution_id=enrolment.institution_id, enrolment=enrolment, session__in=sessions, status__in=ALIVE)
        .order_by("pk")
    ):
        row.session = session = sessions[row.session_id]
        is_open = by is not None or joining_closes_at(session.activity, session) > at
        (rows if is_open and row.pk not in present else kept).append(row)
    return rows, kept


@transaction.atomic
def leave(enrolment: Enrolment, *, at: dt.datetime, by: Person | None = None) -> Enrolment:
    """Leave the series: what has been stays, places at sessions to come are given back and offered on. Leaving again
    changes nothing. A session at which the person has already been marked present stays."""
    lock_activities(enrolment.institution_id, [enrolment.activity_id])
    enrolment = Enrolment.objects.select_related("activity").get(
        institution_id=enrolment.institution_id, pk=enrolment.pk
    )
    if not enrolment.is_active:
        return enrolment
    sessions = {
        session.pk: session
        for session in locked_sessions(
            enrolment.institution_id, sessions_to_come(enrolment.activity, at=at).values_list("pk", flat=True)
        )
    }
    came = Attendance.objects.filter(institution_id=enrolment.institution_id, session__in=sessions, present__gte=1)
    rows = list(
        Registration.objects.select_for_update(no_key=True)
        .filter(institution_id=enrolment.institution_id, enrolment=enrolment, session__in=sessions, status__in=ALIVE)
        .exclude(pk__in=came.filter(registration__isnull=False).values("registration"))
    )
    Attendance.objects.filter(institution_id=enrolment.institution_id, registration__in=rows).delete()
    Registration.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=RegistrationStatus.CANCELLED, cancelled_at=at, offer_ends_at=None
    )
    enrolment.ended_at = at
    enrolment.save(update_fields=["ended_at"])
    for row in rows:
        session = sessions[row.session_id]
        if row.holds_places:
            shift_places([session], -row.group_size)
        settle(session, at=at)
    return enrolment


def _check(activity: Activity, joiner: Joiner, *, at: dt.datetime, by: Person | None) -> dict[str, str]:
    now = Activity.objects.get(institution_id=activity.institution_id, pk=activity.pk)
    check_activity_open(now, at=at, by=by)
    if not now.takes_series:
        raise NotASeries(_("This activity is joined session by session: choose a session."))
    if now.status == ActivityStatus.HELD:
        raise NotOpen(_("There are no more sessions to join."))
    check_guardian(joiner, now)
    return checked_answers(questions_of(now), joiner.answers)


def _check_each(activity: Activity, enrolment: Enrolment, sessions: Sequence[Session]) -> None:
    """The limit for each person, at the session where the person holds most; the sessions are locked."""
    most, held = activity.places_each, 0
    person = same_person(phone=enrolment.phone, learner_key=enrolment.learner_key)
    if person is not None:
        found = Registration.objects.filter(
            person, institution_id=enrolment.institution_id, session__in=sessions, status__in=ALIVE
        )
        held = max(
            (row["people"] for row in found.order_by().values("session").annotate(people=Sum("group_size"))), default=0
        )
    if held + enrolment.group_size > most:
        raise TooManyEach(
            ngettext(
                "One person may take at most {most} place at a session.",
                "One person may take at most {most} places at a session.",
                most,
            ).format(most=most)
        )


def _joinable(activity: Activity, *, at: dt.datetime, by: Person | None) -> list[uuid.UUID]:
    return [
        session.pk
        for session in sessions_to_come(activity, at=at)
        if by is not None or joining_closes_at(activity, session) > at
    ]


def _with_waiting(sessions: Sequence[Session]) -> set[uuid.UUID]:
    """Those of the sessions at which somebody waits: a newcomer takes no place before them."""
    if not sessions or sessions[0].activity.waiting_rule == WaitingRule.NONE:
        return set()
    return set(
        Registration.objects.filter(
            institution_id=sessions[0].institution_id, session__in=sessions, status=RegistrationStatus.WAITING
        ).values_list("session_id", flat=True)
    )


def _kind(registration: Registration) -> NoticeKind:
    return NoticeKind.WAITING if registration.is_waiting else NoticeKind.CONFIRMED


def _place(enrolment: Enrolment, session: Session, others_wait: bool, *, at: dt.datetime) -> Registration | None:
    """The registration of `enrolment` at a locked session, not yet in the table; None: no place and no waiting list."""
    size = enrolment.group_size
    left = session.places_left
    fits = left is None or (left >= size and not others_wait)
    has_list = session.activity.waiting_rule != WaitingRule.NONE and at < session.starts_at
    if not fits and (not has_list or (session.capacity is not None and session.capacity < size)):
        return None
    return Registration(
        id=uuid7(),
        institution_id=enrolment.institution_id,
        session=session,
        enrolment=enrolment,
        status=RegistrationStatus.CONFIRMED if fits else RegistrationStatus.WAITING,
        waiting_since=None if fits else at,
        code=new_code(),
        form_key=uuid.uuid5(enrolment.form_key, str(session.pk)),
        learner_key=enrolment.learner_key,
        name=enrolment.name,
        phone=enrolment.phone,
        email=enrolment.email,
        group_size=size,
        guardian_name=enrolment.guardian_name,
        consent_at=enrolment.consent_at,
        answers=enrolment.answers,
        created_at=at,
    )


def _insert(made: list[Registration]) -> None:
    while True:
        try:
            with transaction.atomic():
                Registration.objects.bulk_create(made)
            return
        except IntegrityError:  # once in a hundred million: a code is taken
            for row in made:
                row.code = new_code()


def _copy_people(made: Sequence[Registration]) -> None:
    named = named_people([row.enrolment for row in made if row.enrolment])
    Participant.objects.bulk_create(
        copied for row in made for copied in participants_of(row, named.get(row.enrolment_id, ()))
    )
