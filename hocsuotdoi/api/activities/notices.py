"""Telling people: who is still to be told and what, what failed, what was sent."""

import datetime as dt
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import NoticeKind, NoticeState
from hocsuotdoi.activities.models import Notice
from hocsuotdoi.activities.operations.notices import take_tick_back, tick_told
from hocsuotdoi.activities.queries.notices import Pile, in_pile, notices_seen_by
from hocsuotdoi.api.activities.found import notice_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Shape, listed

router = ApiRouter("activities", tag=_("Telling people"))


WhichPile = StrEnum("WhichPile", {pile.name: pile.value for pile in Pile})
"""Without the docstring, which is for us."""


class NoticeShape(Shape):
    """One thing that one person is to be told."""

    id: uuid.UUID
    kind: NoticeKind
    state: NoticeState
    name: str = Field(description=_("The person it is about"))
    addressee: str = Field(description=_("Whom to tell: the guardian who answers for the person, else the person"))
    channel: str = Field(description=_("How it is sent; empty: by people, by phone or on paper"))
    address: str = Field(description=_("Phone number or e-mail address; empty: none is known"))
    subject: str
    text: str = Field(description=_("What to say"))
    problem: str = Field(description=_("Why it could not be sent"))
    session: uuid.UUID | None = Field(description=_("Id of the session that it is about"))
    created_at: dt.datetime
    done_at: dt.datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        plain = ("name", "addressee", "channel", "subject", "text", "problem")
        return cls(
            **{name: getattr(notice, name) for name in plain},
            id=notice.pk,
            kind=NoticeKind(notice.kind),
            state=NoticeState(notice.state),
            # What a browser is reached by is nobody's address: whoever has it can write to that person.
            address="" if notice.channel == "push" else notice.address,
            session=notice.session_id,
            created_at=timezone.localtime(notice.created_at),
            done_at=timezone.localtime(notice.done_at) if notice.done_at else None,
        )


class NoticeFilter(Asked):
    pile: WhichPile = Field(
        WhichPile("call"),
        description=_("To be called; reminders by phone; without an address; could not be sent; sent and told"),
    )
    session: uuid.UUID | None = Field(None, description=_("Only of this session"))


@router.get(
    "/staff/notices",
    response=Listed[NoticeShape],
    summary=_("Who is to be told"),
    description=_("Pile by pile, the soonest session first."),
)
@requires(Permission.VIEW_PARTICIPANTS)
def notice_list(request: HttpRequest, asked: Query[NoticeFilter]) -> Listed:
    seen = notices_seen_by(request.user, at=timezone.now(), session=asked.session)
    return listed(in_pile(seen, Pile(asked.pile)), asked, NoticeShape.of)


@router.post(
    "/notices/{uuid:pk}/told",
    response=NoticeShape,
    summary=_("Somebody was told"),
    description=_("By phone. Saying so again changes nothing."),
)
@requires(Permission.CALL_ROLL)
def notice_tell(request: HttpRequest, pk: uuid.UUID) -> NoticeShape:
    return _after(lambda notice: tick_told(notice, by=request.user, at=timezone.now()), request, pk)


@router.post(
    "/notices/{uuid:pk}/not-told",
    response=NoticeShape,
    summary=_("Somebody was not told after all"),
    description=_("Puts them on the list again."),
)
@requires(Permission.CALL_ROLL)
def notice_take_back(request: HttpRequest, pk: uuid.UUID) -> NoticeShape:
    return _after(take_tick_back, request, pk)


def _after(act: Callable[[Notice], Any], request: HttpRequest, pk: uuid.UUID) -> NoticeShape:
    notice = notice_of(request, pk)
    act(notice)
    notice.refresh_from_db(fields=["state", "done_at"])
    return NoticeShape.of(notice)
