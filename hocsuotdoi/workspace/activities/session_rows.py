"""The sessions on an activity's page: what is to be done stands open, what was folds; one main act for each."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.queries.roll import can_be_called
from hocsuotdoi.ledger.enums import Channel

SHOWN_OPEN = 6
"""As on the public page: what is to come after these folds."""

Act = tuple[str, str]
"""What it says, where it leads."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: Session
    waits_to_be_closed: bool
    main: Act | None
    others: list[Act]


@dataclass(frozen=True, slots=True)
class SessionRows:
    """`first`: those to close, then those to come, the soonest first; `later`: further ones to come; `past`: the latest
    first."""

    first: list[SessionRow]
    later: list[SessionRow]
    past: list[SessionRow]


def rows_of(activity: Activity, *, may_edit: bool, may_call: bool, sees_names: bool, at: dt.datetime) -> SessionRows:
    """Of the activity's loaded sessions; no query."""
    rows = []
    for session in activity.sessions.all():
        acts = _acts(session, activity, may_edit=may_edit, may_call=may_call, sees_names=sees_names, at=at)
        is_called = activity.status == ActivityStatus.PUBLISHED and session.status == SessionStatus.PLANNED
        rows.append(SessionRow(session, is_called and session.ends_at <= at, acts[0] if acts else None, acts[1:]))
    to_close = [row for row in rows if row.waits_to_be_closed]
    coming = [row for row in rows if row.session.ends_at > at]
    past = [row for row in reversed(rows) if row.session.ends_at <= at and not row.waits_to_be_closed]
    return SessionRows([*to_close, *coming[:SHOWN_OPEN]], coming[SHOWN_OPEN:], past)


def _acts(
    session: Session, activity: Activity, *, may_edit: bool, may_call: bool, sees_names: bool, at: dt.datetime
) -> list[Act]:
    """What may be done with it, the main act first: the roll once it is open, else who registered."""

    def act(label: str, name: str) -> Act:
        return label, reverse(f"workspace:activities-{name}", args=[session.pk])

    is_planned, is_closed = session.status == SessionStatus.PLANNED, session.status == SessionStatus.CLOSED
    acts = []
    if sees_names:
        acts.append(act(_("Registrations"), "registration-list"))
    if is_planned and may_call and activity.status == ActivityStatus.PUBLISHED:
        acts.insert(0 if can_be_called(session, at) else 1, act(_("Call the roll"), "session-roll"))
    if is_closed and may_call:
        acts.append(act(_("Correct"), "session-correct"))
        if session.channel == Channel.ONLINE or session.also_online:
            acts.append(act(_("Views of the recording"), "session-recording"))
    if sees_names:
        acts.append(act(_("Sign-in sheet"), "session-sheet"))
    if is_planned and may_edit:
        acts += [act(_("Change"), "session-edit"), act(_("Cancel the session"), "session-cancel")]
    return acts
