"""What people are told, in Vietnamese whatever the language of the one who acts: what it is about, what has changed,
until when something holds; short enough for an SMS."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import NoticeKind, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.core.templatetags.house import clock, day_short

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    text: str


def words_of(people: Sequence[Registration], kind: NoticeKind) -> dict[object, Words]:
    """The words for each of `people`, whose sessions are loaded with activity, institution and room."""
    before = _times_before({each.session for each in people}) if kind == NoticeKind.MOVED else {}
    with translation.override("vi"):
        return {each.pk: Words(_subject(each, kind), _text(each, kind, before.get(each.session_id))) for each in people}


def _subject(registration: Registration, kind: NoticeKind) -> str:
    title = registration.session.activity.title
    if kind == NoticeKind.CANCELLED and registration.session.status != SessionStatus.CANCELLED:
        return _("Your registration is cancelled: {title}").format(title=title)
    return {
        NoticeKind.CONFIRMED: _("You are registered: {title}"),
        NoticeKind.WAITING: _("You are on the waiting list: {title}"),
        NoticeKind.OFFERED: _("A place is free for you: {title}"),
        NoticeKind.LAPSED: _("The offered place has passed on: {title}"),
        NoticeKind.MOVED: _("Time or place has changed: {title}"),
        NoticeKind.CANCELLED: _("Cancelled: {title}"),
        NoticeKind.REMINDER: _("Reminder: {title}"),
        NoticeKind.BOOKING: _("About the visit: {title}"),
    }[kind].format(title=title)


def _text(registration: Registration, kind: NoticeKind, before: dt.datetime | None) -> str:
    session = registration.session
    said = {
        "title": _short(session.activity.title),
        "when": _when(session.starts_at),
        "where": session.room.name if session.room else session.venue,
        "institution": session.institution.name,
        "size": registration.group_size,
    }
    said["where"] = ", ".join(filter(None, [said["where"], said["institution"]]))
    if kind == NoticeKind.OFFERED and registration.offer_ends_at:
        said["until"] = _when(registration.offer_ends_at)
        return _(
            "A place is free for you at “{title}”, {when}, {where}. Please accept it by {until}; after that it is "
            "offered to the next person."
        ).format(**said)
    if kind == NoticeKind.MOVED and before:
        return _("“{title}” moves from {before} to {when}, {where}. If you cannot come, please cancel.").format(
            **said, before=_when(before)
        )
    if kind == NoticeKind.CANCELLED:
        return _cancelled(registration, said)
    return {
        NoticeKind.CONFIRMED: _("You are registered for “{title}”, {when}, {where}, people: {size}."),
        NoticeKind.WAITING: _(
            "“{title}”, {when}, is full. You are on the waiting list; we write when a place is free."
        ),
        NoticeKind.OFFERED: _("A place is free for you at “{title}”, {when}, {where}."),
        NoticeKind.LAPSED: _(
            "The place offered to you at “{title}”, {when}, was not accepted in time and has passed on."
        ),
        NoticeKind.MOVED: _(
            "Please note: “{title}” now takes place {when}, {where}. If you cannot come, please cancel."
        ),
        NoticeKind.REMINDER: _("We expect you at “{title}”, {when}, {where}. If you cannot come, please cancel."),
        NoticeKind.BOOKING: _("About the visit “{title}”, {when}, {where}."),
    }[kind].format(**said)


def _cancelled(registration: Registration, said: dict) -> str:
    session = registration.session
    if session.status == SessionStatus.CANCELLED:
        said["reason"] = session.cancel_reason.rstrip(". ")
        return _("“{title}”, {when}, is cancelled: {reason}. We are sorry.").format(**said)
    if registration.status == RegistrationStatus.CANCELLED:
        return _("Your registration for “{title}”, {when}, is cancelled. Questions: please call {institution}.").format(
            **said
        )
    return _("“{title}”, {when}, is cancelled. We are sorry.").format(**said)


def _when(moment: dt.datetime) -> str:
    return _("{time} on {day}").format(time=clock(moment), day=day_short(moment))


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _times_before(sessions: set[Session]) -> dict[object, dt.datetime]:
    """When each session was to begin before its last move, as its history tells."""
    history = Session.pgh_event_model.objects  # type: ignore[attr-defined]
    now = {session.pk: session.starts_at for session in sessions}
    rows = history.filter(pgh_obj_id__in=now).order_by("pgh_id").values_list("pgh_obj_id", "starts_at")
    return {pk: starts_at for pk, starts_at in rows if starts_at != now[pk]}
