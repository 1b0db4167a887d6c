"""What's on for calendars (iCalendar, RFC 5545) and for readers of news (Atom, RFC 4287)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.core.templatetags.house import time_range
from hocsuotdoi.ledger.enums import Channel

ASK_AGAIN = dt.timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Entry:
    """A session with what is not in its own row. `url`: the activity's page; `changes`: how often it was changed."""

    session: Session
    url: str
    place: str
    changes: int
    changed_at: dt.datetime

    @property
    def is_cancelled(self) -> bool:
        return self.session.status == SessionStatus.CANCELLED


def uid_of(session: Session) -> str:
    """The same for ever and from every server, so that a calendar never shows a session twice."""
    return f"{session.pk}@hocsuotdoi"


def render_icalendar(entries: Iterable[Entry], *, name: str, url: str) -> bytes:
    """A calendar to subscribe to. Cancelled sessions stand in it as cancelled, so that they go from where they were."""
    calendar = Calendar()
    calendar.add("prodid", "-//Học Suốt Đời//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("url", url)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    session, activity = entry.session, entry.session.activity
    event = Event()
    event.add("uid", uid_of(session))
    event.add("sequence", entry.changes)
    # Not the clock: the same state of things is the same text, and a client that has it gets no answer to read.
    event.add("dtstamp", entry.changed_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", session.starts_at.astimezone(dt.UTC))
    event.add("dtend", session.ends_at.astimezone(dt.UTC))
    event.add("summary", _("Cancelled: {title}").format(title=activity.title) if entry.is_cancelled else activity.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    words = [session.cancel_reason if entry.is_cancelled else "", activity.description, entry.url]
    event.add("description", "\n\n".join(filter(None, words)))
    event.add("location", _("Online") if session.channel == Channel.ONLINE else entry.place)
    event.add("categories", [str(activity.get_kind_display())])
    event.add("url", entry.url)
    return event


def render_atom(entries: Iterable[Entry], *, name: str, url: str, feed_url: str) -> str:
    """One entry for each activity, in the order in which its first session comes; with all its sessions that came."""
    by_activity: dict[Activity, list[Entry]] = {}
    for entry in entries:
        by_activity.setdefault(entry.session.activity, []).append(entry)
    feed = Atom1Feed(title=name, link=url, description=name, feed_url=feed_url, language="vi")
    for activity, those in by_activity.items():
        assert activity.published_at is not None
        all_off = all(entry.is_cancelled for entry in those)
        feed.add_item(
            title=_("Cancelled: {title}").format(title=activity.title) if all_off else activity.title,
            link=those[0].url,
            description="\n".join(filter(None, [*(_line(entry) for entry in those), activity.description])),
            unique_id=f"urn:uuid:{activity.pk}",
            pubdate=activity.published_at,
            updateddate=max(activity.published_at, *(entry.changed_at for entry in those)),
            author_name=those[0].session.institution.name,
            categories=[str(activity.get_kind_display())],
        )
    return str(feed.writeString("utf-8"))


def _line(entry: Entry) -> str:
    when = time_range(entry.session.starts_at, entry.session.ends_at)
    where = _("Online") if entry.session.channel == Channel.ONLINE else entry.place
    return ". ".join(filter(None, [_("Cancelled") if entry.is_cancelled else "", when, where]))
