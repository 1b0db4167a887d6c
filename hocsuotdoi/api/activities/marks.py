"""What devices noted and could not be taken into a roll, and what a person decides about it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Annotated, Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.models import DeviceMark
from hocsuotdoi.activities.operations.settling import dismiss_marks, settle_marks
from hocsuotdoi.activities.queries.marks import MOST_SHOWN, MarkRow, WaitingSession, marks_waiting, waiting_sessions
from hocsuotdoi.api.activities.found import acting
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Readable, Shape

router = ApiRouter("activities", tag=_("Marks of devices"))


class MarkShape(Shape):
    """One thing that a device noted."""

    id: uuid.UUID
    words: str = Field(description=_("What it says, in the language you asked for"))
    reason: str = Field(description=_("Why it waits"))
    device: str = Field(description=_("Name of the device; empty: unknown"))
    noted_at: dt.datetime = Field(description=_("By the device's clock"))

    @classmethod
    def of(cls, row: MarkRow) -> Self:
        return cls(
            id=row.mark.pk,
            words=row.words,
            reason=row.mark.reason,
            device=row.device.name if row.device else "",
            noted_at=timezone.localtime(row.mark.noted_at),
        )


class MarksOfSession(Shape):
    """The marks about one session that wait."""

    session: uuid.UUID
    institution: str = Field(description=_("Name of the institution"))
    title: str | None = Field(description=_("Of the activity; null: there is no such session (any more)"))
    starts_at: dt.datetime | None
    can_be_settled: bool = Field(description=_("False: they can only be dismissed"))
    marks: list[MarkShape]

    @classmethod
    def of(cls, group: WaitingSession) -> Self:
        session = group.session
        return cls(
            session=group.session_id,
            institution=group.institution,
            title=session.activity.title if session else None,
            starts_at=timezone.localtime(session.starts_at) if session else None,
            can_be_settled=group.can_be_settled,
            marks=[MarkShape.of(row) for row in group.rows],
        )


class MarksWaiting(Shape):
    """By session, the oldest first."""

    items: list[MarksOfSession]


class Decision(Given):
    """About marks of one session."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"marks": ["0193e3c0-0000-7000-8000-000000000007"], "reason": "Em đã hủy nhưng vẫn đến dự."}]
        }
    )

    marks: list[uuid.UUID] = Field(max_length=MOST_SHOWN, description=_("Their ids"))
    reason: Annotated[str, Readable] = Field(max_length=140, description=_("Others read it later"))


class Decided(Shape):
    count: int = Field(description=_("How many marks were decided about"))


@router.get(
    "/staff/marks",
    response=MarksWaiting,
    summary=_("Marks that wait"),
    description=_("What devices noted without a connection and a person must decide about, the oldest five hundred."),
)
@requires(Permission.CALL_ROLL)
def mark_list(request: HttpRequest) -> MarksWaiting:
    return MarksWaiting(items=[MarksOfSession.of(group) for group in waiting_sessions(request.user)])


@router.post(
    "/staff/marks/settle",
    response=Decided,
    summary=_("Take marks into the roll"),
    description=_("As they were noted; into a closed roll by a correction with the reason. All of them or none."),
)
@requires(Permission.CALL_ROLL)
def mark_settle(request: HttpRequest, given: Decision) -> Decided:
    return _decided(settle_marks, request, given)


@router.post(
    "/staff/marks/dismiss",
    response=Decided,
    summary=_("Dismiss marks"),
    description=_("They change nothing and are kept with the reason."),
)
@requires(Permission.CALL_ROLL)
def mark_dismiss(request: HttpRequest, given: Decision) -> Decided:
    return _decided(dismiss_marks, request, given)


def _decided(act: Callable[..., list[DeviceMark]], request: HttpRequest, given: Decision) -> Decided:
    marks = list(marks_waiting(request.user).filter(pk__in=given.marks))
    if len(marks) < len(set(given.marks)):
        raise BadField("marks", gettext("One of these marks does not wait (any more). Read the list again."))
    return Decided(count=len(act(marks, reason=given.reason, **acting(request))))
