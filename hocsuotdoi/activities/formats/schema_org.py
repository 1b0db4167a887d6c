"""Activities as schema.org Events in JSON-LD, for search engines: what https://schema.org/Event knows and what
https://developers.google.com/search/docs/appearance/structured-data/event asks for and recommends."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus, Audience, ContributorRole, SessionStatus
from hocsuotdoi.activities.models import Activity, Schedule, Session
from hocsuotdoi.ledger.enums import AgeBand, Channel

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
_VIETNAMESE = "vi"
_LANGUAGES = {"vie": _VIETNAMESE, "eng": "en"}
"""BCP 47 prefers the two letters where there are two; other codes of ISO 639-3 stand as they are."""
_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday"}
_DAYS["SU"] = "Sunday"
_EVERY = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
_RULE_DAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")


def render_events(
    activity: Activity,
    sessions: Iterable[Session],
    *,
    url: str,
    address: str = "",
    images: Sequence[str] = (),
    organiser_url: str = "",
    moved_from: Mapping[uuid.UUID, dt.datetime] | None = None,
    schedules: Iterable[Schedule] = (),
    contributors: Iterable[Any] = (),
) -> str:
    """The sessions as a JSON-LD list, safe to stand inside a script element; a series comes first.

    `address`: the institution's, in words; `organiser_url`: its page; `images`: absolute addresses; `moved_from`: when
    sessions that were moved were to begin before.
    """
    shared = _shared(
        activity, url=url, images=list(images), organiser_url=organiser_url, contributors=list(contributors)
    )
    events = [
        _event(session, shared, address=address, before=(moved_from or {}).get(session.pk)) for session in sessions
    ]
    if events and (rules := [_schedule(schedule) for schedule in schedules]):
        # A series is an event as well: from the first of its sessions to the last, where the first one is.
        series = {**shared, "@type": "EventSeries", "@id": f"{url}#series", "eventSchedule": rules}
        series |= {"startDate": events[0]["startDate"], "endDate": events[-1]["endDate"]}
        series["location"] = events[0]["location"]
        events = [series, *({**event, "superEvent": {"@id": series["@id"]}} for event in events)]
    return json.dumps(events, ensure_ascii=False).translate(_ESCAPES)


def _shared(
    activity: Activity, *, url: str, images: list[str], organiser_url: str, contributors: list[Any]
) -> dict[str, Any]:
    """What all sessions of the activity have in common."""
    organisers = [{"@type": "Organization", "name": activity.institution.name}]
    if organiser_url:
        organisers[0]["url"] = organiser_url
    organisers += [
        {"@type": "Organization", "name": each.name}
        for each in contributors
        if each.role == ContributorRole.CO_ORGANISER
    ]
    languages = [_LANGUAGES.get(code, code) for code in activity.languages] or [_VIETNAMESE]
    shared: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": activity.title,
        "organizer": organisers if len(organisers) > 1 else organisers[0],
        "inLanguage": languages if len(languages) > 1 else languages[0],
        "isAccessibleForFree": True,
        "url": url,
    }
    performers = [
        {"@type": "Person", "name": each.name}
        for each in contributors
        if each.role in (ContributorRole.LEADER, ContributorRole.SPEAKER)
    ]
    if performers:
        shared["performer"] = performers
    if activity.description:
        shared["description"] = activity.description
    if images:
        shared["image"] = images
    return shared | _audience(activity)


def _audience(activity: Activity) -> dict[str, Any]:
    audience: dict[str, Any] = {}
    if activity.audience != Audience.EVERYONE:
        audience["audienceType"] = str(activity.get_audience_display())
    ages = {}
    if bands := [band for band in AgeBand.values if band in activity.age_bands]:
        low, high = bands[0].partition("-")[0].rstrip("+"), bands[-1].partition("-")[2]
        audience["suggestedMinAge"] = int(low)
        if high:
            audience["suggestedMaxAge"] = int(high)
        ages["typicalAgeRange"] = f"{low}-{high}"
    if not audience:
        return {}
    kind = "PeopleAudience" if ages else "Audience"
    return {**ages, "audience": {"@type": kind, **audience}}


def _event(session: Session, shared: dict[str, Any], *, address: str, before: dt.datetime | None) -> dict[str, Any]:
    online = session.channel == Channel.ONLINE
    mode = "Online" if online else "Mixed" if session.also_online else "Offline"
    status = "EventScheduled"
    if session.status == SessionStatus.CANCELLED or session.activity.status == ActivityStatus.CANCELLED:
        status = "EventCancelled"
    elif before is not None:
        status = "EventRescheduled"
    opens = session.activity.joining_opens_at or session.activity.published_at
    event = {
        **shared,
        "startDate": timezone.localtime(session.starts_at).isoformat(),
        "endDate": timezone.localtime(session.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "VND",
            "availability": f"https://schema.org/{'SoldOut' if session.is_full or session.places_saved else 'InStock'}",
            "url": shared["url"],
            **({"validFrom": timezone.localtime(opens).isoformat()} if opens else {}),
        },
    }
    if before is not None and status == "EventRescheduled":
        event["previousStartDate"] = timezone.localtime(before).isoformat()
    virtual = {"@type": "VirtualLocation", "url": shared["url"]}
    place = _place(session, _organiser(shared), address)
    event["location"] = virtual if online else [place, virtual] if session.also_online else place
    if session.capacity is not None:
        event["maximumAttendeeCapacity"] = session.capacity
        event["remainingAttendeeCapacity"] = 0 if session.places_saved else session.places_left
    return event


def _place(session: Session, house: str, address: str) -> dict[str, Any]:
    """Only what is in the house has the house's address."""
    outside = session.venue if session.room is None else ""
    name = outside or (f"{session.room.name}, {house}" if session.room else house)
    street = outside if session.channel == Channel.OFF_SITE else ""
    where = {"@type": "PostalAddress", "streetAddress": street or address or name, "addressCountry": "VN"}
    return {"@type": "Place", "name": name, "address": where}


def _organiser(shared: dict[str, Any]) -> str:
    """The name of who organises, the first where there are several."""
    organiser = shared["organizer"]
    return str((organiser[0] if isinstance(organiser, list) else organiser)["name"])


def _schedule(schedule: Schedule) -> dict[str, Any]:
    """A rule of RFC 5545 as far as schema.org can say it."""
    rule = dict(part.partition("=")[::2] for part in schedule.rule.upper().split(";") if "=" in part)
    told: dict[str, Any] = {
        "@type": "Schedule",
        "startDate": schedule.starts_on.isoformat(),
        "startTime": f"{schedule.starts:%H:%M:%S}",
        "duration": f"PT{schedule.minutes}M",
        "scheduleTimezone": "Asia/Ho_Chi_Minh",
    }
    if every := _EVERY.get(rule.get("FREQ", "")):
        told["repeatFrequency"] = f"P{rule.get('INTERVAL', '1')}{every}"
    if days := [_DAYS[day] for _nth, day in _RULE_DAY.findall(rule.get("BYDAY", ""))]:
        told["byDay"] = [f"https://schema.org/{day}" for day in days]
    if schedule.until:
        told["endDate"] = schedule.until.isoformat()
    if (count := rule.get("COUNT", "")).isascii() and count.isdigit():
        told["repeatCount"] = int(count)
    if schedule.except_on:
        told["exceptDate"] = [day.isoformat() for day in schedule.except_on]
    return told
