"""Activities as schema.org Events in JSON-LD, for search engines. https://schema.org/Event"""

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.ledger.enums import Channel

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def render_events(activity: Activity, sessions: Iterable[Session], *, url: str, address: str = "") -> str:
    """The sessions as a JSON-LD list, safe to stand inside a script element. `address`: the institution's, in words."""
    events = [_event(activity, session, url=url, address=address) for session in sessions]
    return json.dumps(events, ensure_ascii=False).translate(_ESCAPES)


def _event(activity: Activity, session: Session, *, url: str, address: str) -> dict[str, Any]:
    online = session.channel == Channel.ONLINE
    cancelled = session.status == SessionStatus.CANCELLED
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": activity.title,
        "startDate": timezone.localtime(session.starts_at).isoformat(),
        "endDate": timezone.localtime(session.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"https://schema.org/{'Online' if online else 'Offline'}EventAttendanceMode",
        "organizer": {"@type": "Organization", "name": activity.institution.name},
        "inLanguage": "vi",
        "url": url,
    }
    if activity.description:
        event["description"] = activity.description
    if online:
        event["location"] = {"@type": "VirtualLocation", "url": url}
    else:
        where = session.venue or activity.institution.name
        event["location"] = {"@type": "Place", "name": where, "address": address or where}
    if session.capacity is not None:
        event["maximumAttendeeCapacity"] = session.capacity
        event["remainingAttendeeCapacity"] = session.places_left
    return event
