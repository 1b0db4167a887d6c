"""Views of the recording of a closed session: a figure of its own, never among the people who took part."""

import datetime as dt
import uuid
from typing import Annotated, Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.recording import count_recording_views
from hocsuotdoi.activities.queries.lineage import PostingLine
from hocsuotdoi.activities.queries.recording import counted_until, recording_postings
from hocsuotdoi.api.activities.found import acting, session_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Readable, Shape, Whole

router = ApiRouter("activities", tag=_("Rolls"))


class ViewsPosted(Shape):
    """What was posted to the ledger; below zero: taken back."""

    revision: int
    views: int
    posted_at: dt.datetime
    by: str = Field(description=_("Who posted it"))
    reason: str = Field(description=_("Why the number is another one; empty for the first"))

    @classmethod
    def of(cls, line: PostingLine) -> Self:
        return cls(
            revision=line.revision,
            views=line.people,
            posted_at=timezone.localtime(line.posted_at),
            by=line.by,
            reason=line.reason,
        )


class Recording(Shape):
    """How often the recording of a session was viewed."""

    session: uuid.UUID
    views: int = Field(description=_("As the ledger has it now"))
    counted_until: dt.date = Field(description=_("The last day whose views count; a first number comes until then"))
    postings: list[ViewsPosted] = Field(description=_("In order, those that were taken back too"))

    @classmethod
    def of(cls, session: Session, lines: list[PostingLine]) -> Self:
        return cls(
            session=session.pk,
            views=sum(line.people for line in lines),
            counted_until=counted_until(session),
            postings=[ViewsPosted.of(line) for line in lines],
        )


class ViewsCounted(Given):
    """All views together, not those that came since."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"views": 340}]})

    views: Whole = Field(description=_("All views in the 30 days after the session, as the video page shows them"))
    reason: Annotated[str, Readable] = Field(
        "",
        max_length=300,
        description=_("Needed where a number was given before: why it is another one. All can read it; name nobody"),
    )


@router.get(
    "/sessions/{uuid:pk}/recording",
    response=Recording,
    summary=_("Views of the recording"),
    description=_("What was counted, and what was posted and taken back on the way there."),
)
@requires(Permission.CALL_ROLL)
def recording_detail(request: HttpRequest, pk: uuid.UUID) -> Recording:
    return _shown(session_of(request, pk, Permission.CALL_ROLL))


@router.put(
    "/sessions/{uuid:pk}/recording",
    response=Recording,
    summary=_("Count views of the recording"),
    description=_(
        "Of a session that is closed. Another number takes back the one before, with the reason; 0 only takes it back. "
        "The same number again changes nothing."
    ),
)
@requires(Permission.CALL_ROLL)
def recording_count(request: HttpRequest, pk: uuid.UUID, given: ViewsCounted) -> Recording:
    session = session_of(request, pk, Permission.CALL_ROLL)
    count_recording_views(session, views=given.views, reason=given.reason, **acting(request))
    return _shown(session)


def _shown(session: Session) -> Recording:
    return Recording.of(session, recording_postings(session))
