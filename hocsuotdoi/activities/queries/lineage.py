"""What stands behind a figure: sessions as the ledger's sources, in words."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.models import Session
from hocsuotdoi.core.templatetags.house import clock, day_short
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.registry import SourceDescription


def describe_sessions(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, SourceDescription]:
    """Sessions as (title, when and where); one query, no names of people."""
    sessions = Session.objects.filter(pk__in=ids).select_related("activity", "institution")
    return {
        session.pk: SourceDescription(
            title=session.activity.title,
            detail=_("{day} at {time}, {institution}").format(
                day=day_short(session.held_on),
                time=clock(session.starts_at),
                institution=session.institution.name,
            ),
        )
        for session in sessions
    }


def describe_recordings(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, SourceDescription]:
    """The recordings of sessions, named as the sessions are; one query."""
    return {
        key: SourceDescription(title=_("Recording: {title}").format(title=one.title), detail=one.detail)
        for key, one in describe_sessions(ids).items()
    }


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One posting of a session: people or views (negative: taken back), when, by whom, why."""

    revision: int
    is_reversal: bool
    people: int
    posted_at: dt.datetime
    by: str
    reason: str


def postings_of(session: Session) -> list[PostingLine]:
    """What was posted for the session and taken back again, in order; three queries."""
    return posting_lines(session, "activities.session", MeasureCode.PROGRAMME_ATTENDANCE)


def posting_lines(session: Session, source_kind: str, measure: MeasureCode) -> list[PostingLine]:
    """Postings of one kind about the session, each with how much of `measure` it holds; three queries."""
    postings = Posting.objects.filter(
        institution_id=session.institution_id, source_kind=source_kind, source_id=session.pk
    ).order_by("posted_at", "id")
    people = dict(
        Entry.objects.filter(
            institution_id=session.institution_id,
            posting__in=postings.order_by().values("pk"),
            measure=measure,
        )
        .values_list("posting")
        .annotate(people=Sum("quantity"))
    )
    names = dict(
        Person.objects.filter(pk__in={posting.posted_by for posting in postings}).values_list("pk", "full_name")
    )
    return [
        PostingLine(
            revision=posting.revision,
            is_reversal=posting.kind == PostingKind.REVERSAL,
            people=people.get(posting.pk, 0),
            posted_at=posting.posted_at,
            by=names.get(posting.posted_by, "") if posting.posted_by else "",
            reason=posting.reason,
        )
        for posting in postings
    ]
