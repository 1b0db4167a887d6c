"""An activity again: last year's as this year's draft."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ContributorRole, SessionStatus
from hocsuotdoi.activities.models import Activity, Contributor, Question, Session
from hocsuotdoi.activities.operations.activity import NewSession, insert_session, locked_activity
from hocsuotdoi.activities.operations.activity_checks import CHANGEABLE, BadActivity
from hocsuotdoi.activities.operations.session_checks import SessionRefused

DAYS_OF_A_YEAR = 365.2425
MOST_YEARS = 3


@dataclass(frozen=True, slots=True)
class Copied:
    """The draft, and the sessions of the old one that could not be planned anew, each with the sentence why."""

    activity: Activity
    left_out: list[tuple[Session, str]]


@transaction.atomic
def copy_activity(
    activity: Activity, *, by: Person | None, at: dt.datetime, to_year: int | None, with_sessions: bool = True
) -> Copied:
    """A draft with everything but people: nobody who joined, no leader, speaker or volunteer (co-organisers stay).

    Sessions that were not cancelled move by whole weeks, to the same weekday at about the same day of `to_year`, which
    counts from the year of the first one; a session that cannot be held then is left out and named. Sessions that a
    rule made become single ones: the rule is set anew, for its days are another year's.

    Refused: a year before the old one's or more than three years after it.
    """
    activity = locked_activity(activity)
    sessions = list(
        activity.sessions.filter(institution_id=activity.institution_id)
        .exclude(status=SessionStatus.CANCELLED)
        .select_related("room")
        .order_by("starts_at", "number")
    )
    weeks = _weeks(sessions, to_year) if with_sessions and to_year is not None else 0
    copy = Activity(
        institution=activity.institution,
        copied_from=activity,
        search_text=activity.search_text,
        picture=activity.picture,
        created_by=by.pk if by else None,
        created_at=at,
        **{field: getattr(activity, field) for field in CHANGEABLE - {"joining_opens_at"}},
    )
    copy.save(force_insert=True)
    _copy_rows(activity, copy)
    left_out: list[tuple[Session, str]] = []
    number = 1
    for session in sessions if with_sessions else []:
        try:
            # A savepoint: the one that cannot be held must not undo the others.
            with transaction.atomic():
                insert_session(copy, _shifted(session, weeks), number=number, at=at)
        except SessionRefused as refusal:
            left_out.append((session, str(refusal)))
        else:
            number += 1
    return Copied(copy, left_out)


def _weeks(sessions: list[Session], to_year: int) -> int:
    if not sessions:
        return 0
    years = to_year - timezone.localtime(sessions[0].starts_at).year
    if not 0 <= years <= MOST_YEARS:
        raise BadActivity(
            _("Choose a year from that of the activity to {most} years later.").format(most=MOST_YEARS), field="to_year"
        )
    return round(years * DAYS_OF_A_YEAR / 7)


def _shifted(session: Session, weeks: int) -> NewSession:
    shift = dt.timedelta(weeks=weeks)
    return NewSession(
        starts_at=session.starts_at + shift,
        ends_at=session.ends_at + shift,
        room=session.room,
        venue=session.venue,
        channel=session.channel,
        also_online=session.also_online,
        capacity=session.capacity,
    )


def _copy_rows(activity: Activity, copy: Activity) -> None:
    """What stands beside the activity: its questions, and the organisations that helped."""
    own = {"institution_id": activity.institution_id, "activity": activity}
    Question.objects.bulk_create(
        Question(
            institution_id=copy.institution_id,
            activity=copy,
            number=question.number,
            text=question.text,
            kind=question.kind,
            options=question.options,
            is_required=question.is_required,
        )
        for question in Question.objects.filter(**own)
    )
    Contributor.objects.bulk_create(
        Contributor(
            institution_id=copy.institution_id,
            activity=copy,
            role=helper.role,
            name=helper.name,
            note=helper.note,
            number=helper.number,
        )
        for helper in Contributor.objects.filter(**own, role=ContributorRole.CO_ORGANISER)
    )
