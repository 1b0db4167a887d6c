"""Days by which tasks are due, as iCalendar (RFC 5545): one to-do-like event of a whole day for each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueDay:
    """`key`: never changes; `sequence` grows with each change, `changed_at` is when the last was made (RFC 5546)."""

    key: str
    title: str
    on: dt.date
    url: str
    sequence: int
    changed_at: dt.datetime
    detail: str = ""


def render_due_days(days: Iterable[DueDay], *, name: str) -> bytes:
    """The days as a calendar to subscribe to. The same days are the same bytes."""
    book = Calendar()
    for field, value in (
        ("prodid", "-//Học Suốt Đời//VI"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("name", name),
        ("x-wr-calname", name),
        ("x-published-ttl", "PT6H"),
    ):
        book.add(field, value)
    for each in days:
        event = Event()
        changed_at = each.changed_at.astimezone(dt.UTC).replace(microsecond=0)
        event.add("uid", f"{each.key}@hocsuotdoi")
        event.add("sequence", each.sequence)
        event.add("dtstamp", changed_at)
        event.add("last-modified", changed_at)
        event.add("dtstart", each.on)
        event.add("dtend", each.on + _DAY)
        event.add("transp", "TRANSPARENT")  # nobody is busy because something is due
        event.add("summary", each.title)
        event.add("description", "\n".join(filter(None, [each.detail, each.url])))
        event.add("url", each.url)
        book.add_component(event)
    return book.to_ical()
