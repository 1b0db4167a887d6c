"""Joining: whose turn it is on a waiting list, what staff see of those who join."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import QuestionKind, RegistrationStatus, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import (
    HOLDING,
    Activity,
    Enrolment,
    Participant,
    Question,
    Registration,
    Session,
)

PASSED_OVER_MOST = 3
"""Groups behind it that may be served before a large group; then what comes free is saved up for it."""

SAVED_UNTIL = dt.timedelta(days=2)
"""Before the start: then free places are no longer saved up for a large group."""

Turn = tuple[dt.datetime, uuid.UUID]
"""Since when someone waits; of two at the same moment, the one whose row was made first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A group on the waiting list."""

    id: uuid.UUID
    size: int
    turn: Turn


def next_in_line(
    waiting: Sequence[Waiting], *, free: int | None, capacity: int | None, served: Iterable[Turn], saves: bool
) -> set[uuid.UUID]:
    """Whose turn it is, `waiting` being in order, `free` places (None: no limit): the first group that fits, and so on.
    Groups are never split.

    So that a large group does not wait for ever behind small ones: once `PASSED_OVER_MOST` groups that came after it
    were `served`, nobody behind it gets a place until it fits (if `saves`: near the start nothing is left empty). A
    group larger than the whole session is left out.
    """
    chosen: set[uuid.UUID] = set()
    turns, passed = list(served), list[Turn]()
    for group in waiting:
        if saves and any(sum(turn > large for turn in turns) >= PASSED_OVER_MOST for large in passed):
            break
        if capacity is not None and group.size > capacity:
            continue
        if free is None or group.size <= free:
            chosen.add(group.id)
            turns.append(group.turn)
            free = None if free is None else free - group.size
        else:
            passed.append(group.turn)
    return chosen


def saved_for_waiting(at: dt.datetime | Now) -> Exists:
    """Of a session: whether what is free at `at` is not for a newcomer, even alone, but for those who wait: the staff
    choose among them, or it is saved up for a large group (`next_in_line`)."""
    served = Registration.objects.filter(
        Q(waiting_since__gt=OuterRef("waiting_since"))
        | Q(waiting_since=OuterRef("waiting_since"), id__gt=OuterRef("id")),
        institution=OuterRef("institution"),
        session=OuterRef("session"),
        status__in=HOLDING,
    )
    passed_over = Exists(served.order_by()[PASSED_OVER_MOST - 1 : PASSED_OVER_MOST])
    saved_up = Q(
        passed_over,
        session__activity__waiting_rule=WaitingRule.IN_ORDER,
        session__starts_at__gt=at + SAVED_UNTIL,
        group_size__lte=F("session__capacity"),
    )
    return Exists(
        Registration.objects.filter(
            saved_up | Q(session__activity__waiting_rule=WaitingRule.BY_HAND),
            institution=OuterRef("institution"),
            session=OuterRef("pk"),
            status=RegistrationStatus.WAITING,
            session__starts_at__gt=at,
        )
    )


def turn_of(registration: Registration) -> Turn:
    assert registration.waiting_since is not None
    return registration.waiting_since, registration.pk


def position_of(registration: Registration) -> int:
    """Which in line a waiting registration is, from 1."""
    before = Q(waiting_since__lt=registration.waiting_since) | Q(
        waiting_since=registration.waiting_since, id__lt=registration.pk
    )
    return (
        1
        + Registration.objects.filter(
            before,
            institution_id=registration.institution_id,
            session_id=registration.session_id,
            status=RegistrationStatus.WAITING,
        ).count()
    )


@dataclass
class SessionRegistrations:
    """Who joins a session, for its staff; three queries and one more where questions are asked."""

    confirmed: list[Registration] = field(default_factory=list)
    offered: list[Registration] = field(default_factory=list)
    waiting: list[Registration] = field(default_factory=list)
    gone: list[Registration] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.confirmed or self.offered or self.waiting or self.gone)

    @property
    def people(self) -> int:
        return sum(each.group_size for each in self.confirmed)

    @property
    def waiting_people(self) -> int:
        return sum(each.group_size for each in self.waiting)


def registrations_of(session: Session) -> SessionRegistrations:
    """By state; each has `answered`: (question, answer) pairs. The waiting ones in order of their turn."""
    rows = list(
        Registration.objects.filter(institution_id=session.institution_id, session=session)
        .select_related("enrolment")
        .prefetch_related("participants")
        .order_by("created_at", "id")
    )
    questions = questions_of(session.activity) if any(row.answers for row in rows) else []
    for row in rows:
        row.session = session
        row.answered = answered(row.answers, questions)  # type: ignore[attr-defined]
    by_state = SessionRegistrations()
    places = {
        RegistrationStatus.CONFIRMED: by_state.confirmed,
        RegistrationStatus.OFFERED: by_state.offered,
        RegistrationStatus.WAITING: by_state.waiting,
    }
    for row in rows:
        places.get(RegistrationStatus(row.status), by_state.gone).append(row)
    by_state.waiting.sort(key=lambda row: (row.waiting_since, row.pk))
    return by_state


def questions_of(activity: Activity) -> list[Question]:
    return list(Question.objects.filter(institution_id=activity.institution_id, activity=activity))


def answered(answers: dict[str, Any], questions: Iterable[Question]) -> list[tuple[str, str]]:
    """What was answered, in the questions' order and words."""
    said = {"yes": _("yes"), "no": _("no")}
    return [
        (question.text, said.get(answer, answer) if question.kind == QuestionKind.YES_NO else answer)
        for question in questions
        if (answer := answers.get(str(question.pk)))
    ]


def members_of(activity: Activity) -> QuerySet[Enrolment]:
    """Those in the whole series, who is still in it first, then by when they came."""
    return Enrolment.objects.filter(institution_id=activity.institution_id, activity=activity).order_by(
        "ended_at", "created_at", "id"
    )


def sessions_to_come(activity: Activity, *, at: dt.datetime) -> QuerySet[Session]:
    return (
        Session.objects.for_everybody()
        .filter(institution_id=activity.institution_id, activity=activity, status=SessionStatus.PLANNED, ends_at__gt=at)
        .annotate(is_saved_for_waiting=saved_for_waiting(at))
        .order_by("starts_at", "id")
    )


def enrolment_by_code(activity: Activity, code: str) -> Enrolment | None:
    return Enrolment.objects.filter(institution_id=activity.institution_id, activity=activity, code=code).first()


def with_registrations(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Each with its registrations, soonest first, in `registrations.all()`."""
    return enrolments.prefetch_related(
        Prefetch(
            "registrations",
            Registration.objects.select_related("session__room").order_by("session__starts_at", "session_id"),
        )
    )


def people_of(enrolment: Enrolment) -> list[Participant]:
    """The named people of a member, as they come to sessions; empty where the group is only a number."""
    return named_people([enrolment]).get(enrolment.pk, [])


def named_people(members: Sequence[Enrolment]) -> dict[uuid.UUID | None, list[Participant]]:
    """The named people of members, as they stand at the member's last session where all of its group come. (At one
    session fewer may come than else; one that was cancelled did not hear of later changes.)"""
    named: dict[uuid.UUID | None, dict[uuid.UUID, list[Participant]]] = {}
    for person in (
        Participant.objects.filter(
            institution_id=members[0].institution_id,
            registration__enrolment__in=members,
            registration__group_size=F("registration__enrolment__group_size"),
        )
        .exclude(registration__status=RegistrationStatus.CANCELLED)
        .select_related("registration")
        .order_by("registration__session__starts_at", "registration_id", "number")
    ):
        named.setdefault(person.registration.enrolment_id, {}).setdefault(person.registration_id, []).append(person)
    return {member: list(lists.values())[-1] for member, lists in named.items()}
