"""Counting the views of a closed session's recording: a figure of its own, never among the people who took part."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.places import locked_session
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.recording import COUNTED_DAYS, RECORDING, counted_until
from hocsuotdoi.activities.rules import tags_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.ledger.enums import Channel, MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post, reverse

MOST_VIEWS = 10_000_000


class RecordingRefused(Refused):
    """The views cannot be counted now."""


class BadViews(Refused):
    """A number of views that nobody can have counted."""


@transaction.atomic
def count_recording_views(
    session: Session, *, views: int, by: Person | None, at: dt.datetime, reason: str = ""
) -> Posting | None:
    """The recording of `session` was viewed so often within 30 days; return what was posted (None: nothing now).

    A number that was posted before is taken back, with the reason, and the new one posted; 0 only takes back. The same
    number again changes nothing. Refused: a session that is not closed; a number that nobody can have counted; a first
    number after the 30 days; another number without a reason.
    """
    if not 0 <= views <= MOST_VIEWS:
        raise BadViews(_("Give a number of views from 0 to {most}.").format(most=MOST_VIEWS), field="views")
    session = locked_session(session)
    if session.status != SessionStatus.CLOSED:
        raise RecordingRefused(
            _("This session is not closed yet. Close it first, then count who watched the recording.")
        )
    postings = list(
        Posting.objects.filter(
            institution_id=session.institution_id, source_kind=RECORDING, source_id=session.pk
        ).order_by("revision")
    )
    happenings = [one for one in postings if one.kind == PostingKind.HAPPENING]
    taken_back = {one.reverses_id for one in postings}
    standing = next((one for one in happenings if one.pk not in taken_back), None)
    if views == _views(standing):
        return standing
    if not happenings and timezone.localdate(at) > counted_until(session):
        raise RecordingRefused(
            _("Only views of {days} days count, until {day}. It is too late for a first number.").format(
                days=COUNTED_DAYS, day=day_short(counted_until(session))
            )
        )
    if happenings:
        reason = one_line(
            reason, longest=300, missing=_("Say in a few words why the figures are corrected."), field="reason"
        )
    if standing is not None:
        reverse(standing, reason=reason, by=by, at=at)
    if not views:
        return None
    return _post(session, views, revision=len(happenings) + 1, by=by, at=at)


def _views(posting: Posting | None) -> int:
    if posting is None:
        return 0
    # The day too: it names the one partition to look into.
    return posting.entries.get(institution_id=posting.institution_id, occurred_on=posting.occurred_on).quantity


def _post(session: Session, views: int, *, revision: int, by: Person | None, at: dt.datetime) -> Posting:
    activity = session.activity
    line = Line(
        measure=MeasureCode.RECORDING_VIEW,
        quantity=views,
        channel=Channel.ONLINE,
        tags=tags_of(activity.kind, activity.themes, activity.observance, activity.programmes, activity.groups),
    )
    return post(
        session.institution,
        source_kind=RECORDING,
        source_id=session.pk,
        occurred_on=session.held_on,
        lines=[line],
        by=by,
        at=at,
        revision=revision,
    )
