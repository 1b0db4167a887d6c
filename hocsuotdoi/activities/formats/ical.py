"""Sessions as iCalendar. RFC 5545; RFC 7986 for the calendar's name.

A meeting's UID never changes and its SEQUENCE grows with each change, so that a calendar puts the moved or cancelled
meeting in place of the one it holds.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Session

CONTENT_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as it stands in somebody's calendar. `sequence`: how often it was changed (queries.with_sequence);
    `is_off`: this person no longer comes; `note`: shown below the activity's description; `address`: the house's."""

    session: Session
    url: str
    sequence: int = 0
    is_off: bool = False
    note: str = ""
    address: str = ""


def render_calendar(meetings: Iterable[Meeting], *, name: str, stamped_at: dt.datetime) -> bytes:
    """The meetings as a published calendar called `name`; sessions come with activity, institution and room."""
    book = Calendar()
    book.add("prodid", "-//hocsuotdoi//hoat dong//VI")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("name", name)
    book.add("x-wr-calname", name)
    for meeting in meetings:
        book.add_component(_event(meeting, stamped_at=stamped_at))
    return book.to_ical()


def place_of(session: Session, address: str = "") -> str:
    """Where, in words: room or venue, house, address."""
    return ", ".join(
        filter(None, [session.room.name if session.room else session.venue, session.institution.name, address])
    )


def _event(meeting: Meeting, *, stamped_at: dt.datetime) -> Event:
    session, activity = meeting.session, meeting.session.activity
    gone = session.status == SessionStatus.CANCELLED or activity.status == ActivityStatus.CANCELLED
    event = Event()
    event.add("uid", f"{session.pk}@hocsuotdoi")
    event.add("dtstamp", stamped_at.astimezone(dt.UTC))
    event.add("sequence", meeting.sequence + meeting.is_off)
    event.add("status", "CANCELLED" if gone or meeting.is_off else "CONFIRMED")
    event.add("summary", activity.title)
    # In UTC: no table of zones is needed, and every calendar shows it in the reader's own time.
    event.add("dtstart", session.starts_at.astimezone(dt.UTC))
    event.add("dtend", session.ends_at.astimezone(dt.UTC))
    event.add("location", place_of(session, meeting.address))
    if words := "\n\n".join(filter(None, [activity.description, meeting.note])):
        event.add("description", words)
    event.add("url", meeting.url)
    return event
