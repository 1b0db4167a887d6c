"""What people are told, as the staff see it: who is to be called, what failed, what was sent."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import NoticeKind, NoticeState
from hocsuotdoi.activities.models import Notice


class Pile(StrEnum):
    """Reminders by phone are a pile of their own: they can be left when there is no time."""

    CALL = "call"
    REMIND = "remind"
    PAPER = "paper"
    FAILED = "failed"
    SENT = "sent"


_TO_TELL = Q(state=NoticeState.TO_TELL)
_REMINDER = Q(kind=NoticeKind.REMINDER)
IN_PILE = {
    Pile.CALL: _TO_TELL & ~Q(address="") & ~_REMINDER,
    Pile.REMIND: _TO_TELL & ~Q(address="") & _REMINDER,
    Pile.PAPER: _TO_TELL & Q(address=""),
    Pile.FAILED: Q(state=NoticeState.FAILED),
    Pile.SENT: Q(state__in=[NoticeState.WAITING, NoticeState.SENT, NoticeState.TOLD]),
}
SENT_SHOWN = dt.timedelta(days=30)


def notices_seen_by(
    person: Someone, *, at: dt.datetime, day: dt.date | None = None, session: uuid.UUID | None = None
) -> QuerySet[Notice]:
    """Notices of sessions that are not over (and of what has no session), and those of the last thirty days, where
    `person` may see names; of one `session`, if given."""
    seen = Notice.objects.filter(institution__in=institutions_covered(person, Permission.VIEW_PARTICIPANTS, day))
    seen = seen.filter(Q(session__ends_at__gt=at) | Q(created_at__gt=at - SENT_SHOWN))
    return seen.filter(session=session) if session else seen


def piles(notices: QuerySet[Notice]) -> dict[Pile, int]:
    """How many are in each pile."""
    counts = notices.aggregate(**{pile.value: Count("pk", filter=condition) for pile, condition in IN_PILE.items()})
    return {pile: counts[pile.value] for pile in Pile}


def in_pile(notices: QuerySet[Notice], pile: Pile) -> QuerySet[Notice]:
    """Those of one pile with what a page shows of them: the soonest session first, what was sent newest first."""
    found = notices.filter(IN_PILE[pile]).select_related("session__activity", "institution", "registration")
    if pile == Pile.SENT:
        return found.order_by("-created_at", "-pk")
    return found.order_by("session__starts_at", "session", "name", "pk")


def on_the_sheet(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """Everybody who is still to be told by people: by phone, or without any address."""
    found = notices.filter(_TO_TELL | IN_PILE[Pile.FAILED])
    found = found.select_related("session__activity", "institution", "registration")
    return found.order_by("session__starts_at", "session", "name")


def people_to_call(person: Someone, *, at: dt.datetime, day: dt.date) -> "QuerySet[Any, Any]":
    """For each session how many `people` are to be called, the soonest first."""
    return (
        notices_seen_by(person, at=at, day=day)
        .filter(IN_PILE[Pile.CALL])
        .values("session", "session__activity__title", "session__activity__is_sample", "institution__name")
        .annotate(people=Count("pk"), soonest=Min("session__starts_at"))
        .order_by("soonest", "session")
    )
