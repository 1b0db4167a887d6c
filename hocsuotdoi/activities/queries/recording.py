"""Views of a session's recording: what the account book says of them."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.queries.lineage import PostingLine, posting_lines
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry

RECORDING = "activities.recording"
COUNTED_DAYS = 30
"""Views of so many days after the session count (guides derived from the IMLS survey)."""


def counted_until(session: Session) -> dt.date:
    """The last day whose views count."""
    return timezone.localdate(session.ends_at) + dt.timedelta(days=COUNTED_DAYS)


def views_of(session: Session) -> int:
    """Of the session's recording. One query."""
    entries = _entries(session.institution_id).filter(posting__source_id=session.pk)
    return entries.aggregate(views=Sum("quantity"))["views"] or 0


def views_by_activity(activities: Sequence[Activity]) -> dict[uuid.UUID, int]:
    """Activity → views of all its sessions' recordings, for activities of one institution. One query."""
    institution_id = activities[0].institution_id
    sessions = Session.objects.filter(institution_id=institution_id, activity__in=activities).order_by()
    named = sessions.filter(pk=OuterRef("posting__source_id")).values("activity")
    entries = _entries(institution_id).filter(posting__source_id__in=sessions.values("pk"))
    rows = entries.annotate(activity=Subquery(named)).order_by().values_list("activity").annotate(Sum("quantity"))
    return dict(rows)


def recording_postings(session: Session) -> list[PostingLine]:
    """What was posted of the recording and taken back again, in order; three queries."""
    return posting_lines(session, RECORDING, MeasureCode.RECORDING_VIEW)


def _entries(institution_id: int) -> QuerySet[Entry]:
    return Entry.objects.filter(
        institution_id=institution_id,
        measure=MeasureCode.RECORDING_VIEW,
        posting__institution_id=institution_id,
        posting__source_kind=RECORDING,
    )
