"""What the activity's page shows to those who want to join: the form, or the sentence why there is none."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.safestring import SafeString

from hocsuotdoi.activities.enums import ActivityStatus, Joining, SessionStatus, WaitingRule
from hocsuotdoi.activities.models import Activity, Question, Session
from hocsuotdoi.activities.operations.registration import joining_closes_at
from hocsuotdoi.portal.activities.blank import DrawnForm, blank_code_field, blank_join_form, drawn
from hocsuotdoi.portal.activities.forms import CodeForm


class JoinState(StrEnum):
    OPEN = "open"
    JUST_COME = "just_come"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    FULL = "full"
    OVER = "over"
    NOT_OFFERED = "not_offered"


@dataclass
class JoinPart:
    """`offered`: sessions that one can join now, or wait for. `takes_codes`: who joined may come back with the code;
    `code_form`: as it came in, with what is wrong with it. `takes_lists`: a class may come by list."""

    activity: Activity
    state: JoinState
    sessions: list[Session]
    offered: list[Session] = field(default_factory=list)
    form: DrawnForm | None = None
    takes_codes: bool = False
    code_form: CodeForm | None = None

    @property
    def code_field(self) -> SafeString:
        return drawn(self.code_form) if self.code_form else blank_code_field()

    @property
    def takes_lists(self) -> bool:
        return self.state == JoinState.OPEN and self.activity.takes_registrations

    @property
    def has_free_places(self) -> bool:
        return any(not session.is_full and not session.places_saved for session in self.offered)

    @property
    def has_saved_places(self) -> bool:
        return any(not session.is_full and session.places_saved for session in self.offered)


def join_part(activity: Activity, *, at: dt.datetime, with_form: bool = True) -> JoinPart:
    """The part as it stands; `with_form`: with a fresh form where one can join; what the activity asks came with
    `queries.offer.completed`."""
    sessions = list(activity.sessions.all())
    to_come = [each for each in sessions if each.status == SessionStatus.PLANNED and each.ends_at > at]
    state, offered = _state(activity, to_come, at=at)
    part = JoinPart(activity, state, sessions, offered)
    if with_form and state == JoinState.OPEN:
        part.form = blank_join_form(activity, offered, activity.questions.all())
    is_joined = activity.status == ActivityStatus.PUBLISHED and activity.joining != Joining.JUST_COME
    part.takes_codes = bool(to_come) and is_joined
    return part


def form_needs(part: JoinPart, questions: list[Question]) -> dict:
    return {
        "activity": part.activity,
        "sessions": part.sessions,
        "offered": part.offered,
        "questions": questions,
    }


def can_be_joined(activity: Activity, session: Session, *, at: dt.datetime) -> bool:
    """Is there a place at `session`, or a waiting list, and is its window open?"""
    if joining_closes_at(activity, session) <= at:
        return False
    return not session.is_full or (activity.waiting_rule != WaitingRule.NONE and at < session.starts_at)


def _state(activity: Activity, to_come: list[Session], *, at: dt.datetime) -> tuple[JoinState, list[Session]]:
    if activity.status in (ActivityStatus.DRAFT, ActivityStatus.CANCELLED):
        return JoinState.NOT_OFFERED, []
    if not to_come:
        return JoinState.OVER, []
    if activity.joining == Joining.JUST_COME:
        return JoinState.JUST_COME, []
    if activity.joining_opens_at and at < activity.joining_opens_at:
        return JoinState.NOT_YET, []
    open_now = [each for each in to_come if joining_closes_at(activity, each) > at]
    if not open_now:
        return JoinState.CLOSED, []
    offered = [each for each in open_now if can_be_joined(activity, each, at=at)]
    return (JoinState.OPEN, offered) if offered else (JoinState.FULL, [])
