"""Sessions as iCalendar, wherever they are handed out: with a ticket, in a letter, in a feed. RFC 5545; RFC 7986 for
the calendar's name and how often to ask again.

Everywhere a session is the same event: its UID never changes, its SEQUENCE grows with each change, and its DTSTAMP is
the moment of the last one (RFC 5546, 2.1.5), so that a calendar puts what is newer in place of what it holds.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.ledger.enums import Channel

CONTENT_TYPE = "text/calendar; charset=utf-8"
ASK_AGAIN = dt.timedelta(hours=6)
ZONE = "Asia/Ho_Chi_Minh"
_OFFSET = dt.timedelta(hours=7)
_LOCAL = dt.timezone(_OFFSET)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as it stands in somebody's calendar. `changes`: how often it was changed, `changed_at`: when last
    (queries.history); `is_mine`: the reader is to be there, and is busy then; `is_off`: no longer comes; `note`: stands
    below the activity's description."""

    session: Session
    url: str
    changed_at: dt.datetime
    changes: int = 0
    is_mine: bool = False
    is_off: bool = False
    note: str = ""

    @property
    def is_cancelled(self) -> bool:
        """For everybody, or for this reader."""
        session = self.session
        is_gone = session.status == SessionStatus.CANCELLED or session.activity.status == ActivityStatus.CANCELLED
        return self.is_off or is_gone

    @property
    def title(self) -> str:
        title = self.session.activity.title
        return _("Cancelled: {title}").format(title=title) if self.is_cancelled else title


def meeting_with(registration: Registration, *, url: str, changes: int, changed_at: dt.datetime) -> Meeting:
    """The session of a registration in the calendar of who registered."""
    told_at = registration.cancelled_at or registration.created_at
    return Meeting(
        session=registration.session,
        url=url,
        changed_at=max(changed_at, told_at),
        changes=changes,
        is_mine=True,
        is_off=not registration.holds_places,
        note=_("Your code: {code}").format(code=registration.code_shown),
    )


def render_calendar(meetings: Iterable[Meeting], *, name: str, url: str = "", is_followed: bool = False) -> bytes:
    """The meetings as a published calendar called `name`; sessions come as `queries.history.for_calendars` has them.
    `is_followed`: one to subscribe to, asked for again and again; `url`: where it is read by people."""
    book = Calendar()
    book.add("prodid", "-//Học Suốt Đời//VI")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("name", name)
    book.add("x-wr-calname", name)
    book.add("x-wr-timezone", ZONE)
    if url:
        book.add("url", url)
    if is_followed:
        book.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
        book.add("x-published-ttl", "PT6H")
    book.add_component(_zone())
    for meeting in meetings:
        book.add_component(_event(meeting))
    return book.to_ical()


def place_of(session: Session, address: str = "") -> str:
    """Where, in words: room or venue, house, address."""
    return ", ".join(
        filter(None, [session.room.name if session.room else session.venue, session.institution.name, address])
    )


def address_of(session: Session) -> str:
    """Of the session's house, as `queries.history.for_calendars` tells it: street and unit."""
    return ", ".join(filter(None, [getattr(session, "street", None), getattr(session, "place_name", None)]))


def where(session: Session) -> str:
    """What a calendar shows as its place."""
    return _("Online") if session.channel == Channel.ONLINE else place_of(session, address_of(session))


def _event(meeting: Meeting) -> Event:
    session, activity = meeting.session, meeting.session.activity
    event = Event()
    event.add("uid", f"{session.pk}@hocsuotdoi")
    event.add("sequence", meeting.changes)
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    # Not the clock: the same state of things is the same text, and a client that has it gets no answer to read.
    changed_at = meeting.changed_at.astimezone(dt.UTC).replace(microsecond=0)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    for name, moment in (("dtstart", session.starts_at), ("dtend", session.ends_at)):
        event.add(name, moment.astimezone(_LOCAL).replace(tzinfo=None), parameters={"TZID": ZONE})
    event.add("summary", meeting.title)
    event.add("location", where(session))
    words = [session.cancel_reason if meeting.is_cancelled else "", activity.description, meeting.note, meeting.url]
    event.add("description", "\n\n".join(filter(None, words)))
    event.add("categories", [str(activity.get_kind_display())])
    event.add("transp", "OPAQUE" if meeting.is_mine and not meeting.is_cancelled else "TRANSPARENT")
    event.add("url", meeting.url)
    return event


def _zone() -> Timezone:
    """Seven hours ahead all the year since 1975: one rule, and no table of a library that may change."""
    standard = TimezoneStandard()
    standard.add("dtstart", dt.datetime(1975, 6, 13))
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "+07")
    zone = Timezone()
    zone.add("tzid", ZONE)
    zone.add_component(standard)
    return zone
