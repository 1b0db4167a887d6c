"""What an enrolled device carries: the rolls of one institution for the next two weeks, small enough for a weak signal.

A line's key is short, since names and keys are nearly all of the weight: the registration's code; for a named person of
a group the code, a full stop and the person's number; for a walk-in its form key. No phones, no e-mails.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.activities.enums import ActivityStatus, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Attendance, Participant, Registration, Session, Tally
from hocsuotdoi.core.vietnamese import name_sort_key

DAYS_AHEAD = 14
DAYS_BACK = 7
MOST_SESSIONS = 120
MOST_NAMES = 2_000
"""Beyond these the later sessions come without names, then not at all; both is said on the device."""


@dataclass(slots=True)
class _Names:
    """Everybody on the rolls, by session. `lines`: a row of `[key, name, size, present]` for one line, or of
    `[code, party, [[number, name, present], …]]` for a group of named people; `series`: code → the series' code."""

    lines: dict[uuid.UUID, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    walk_ins: dict[uuid.UUID, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    tallied: dict[uuid.UUID, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    series: dict[uuid.UUID, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def carried(device: Device, *, at: dt.datetime) -> dict[str, Any]:
    """The published sessions of the device's institution from today on for 14 days, and what of the last 7 days is not
    closed; five queries, however much it is."""
    first, end = _window(at)
    found = list(
        Session.objects.filter(
            institution_id=device.institution_id,
            status=SessionStatus.PLANNED,
            activity__status__in=[ActivityStatus.PUBLISHED, ActivityStatus.HELD],
            starts_at__gte=first,
            starts_at__lt=end,
        )
        .select_related("activity", "room")
        .order_by("starts_at", "number", "pk")[: MOST_SESSIONS + 1]
    )
    sessions = found[:MOST_SESSIONS]
    names = _names(device, [session for session in sessions if session.places_taken or session.starts_at <= at])
    carried_names, rows = 0, []
    for session in sessions:
        lines = names.lines[session.pk]
        weight = sum(len(line[2]) if isinstance(line[-1], list) else 1 for line in lines)
        fits = carried_names + weight <= MOST_NAMES
        carried_names += weight if fits else 0
        rows.append(_row(session, names, with_names=fits))
    return {
        "institution": device.institution.name,
        "device": device.name,
        "enrolled_by": str(device.enrolled_by),
        "ends_at": _seconds(device.expires_at),
        "sessions": rows,
        "more_sessions": len(found) > MOST_SESSIONS,
    }


def _window(at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    today = timezone.localdate(at)
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    return midnight - dt.timedelta(days=DAYS_BACK), midnight + dt.timedelta(days=DAYS_AHEAD)


def _names(device: Device, sessions: Iterable[Session]) -> _Names:
    here = {"institution_id": device.institution_id, "session__in": [session.pk for session in sessions]}
    called: dict[uuid.UUID, int | None] = {}
    names = _Names()
    marked = Attendance.objects.filter(**here).order_by("id")
    for pk, session_id, registration_id, key, name, present, size in marked.values_list(
        "pk", "session_id", "registration_id", "form_key", "name", "present", "size"
    ):
        called[pk] = present
        if registration_id is None:
            names.walk_ins[session_id].append([str(key), name, present, *([size] if size > 1 else [])])
    people = _people(device, here)
    registered = Registration.objects.filter(**here, status=RegistrationStatus.CONFIRMED)
    for pk, session_id, code, name, size, series in sorted(
        registered.values_list("pk", "session_id", "code", "name", "group_size", "enrolment__code"),
        key=lambda row: (name_sort_key(row[3]), row[0]),
    ):
        if pk in people:
            rows = [[number, person, called.get(key)] for key, number, person in people[pk]]
            names.lines[session_id].append([code, name, rows])
        else:
            names.lines[session_id].append(_short([code, name, size, called.get(pk)]))
        if series:
            names.series[session_id][code] = series
    for session_id, sex, age, count in Tally.objects.filter(**here, channel=None).values_list(
        "session_id", "sex", "age_band", "count"
    ):
        names.tallied[session_id].append([sex, age, count])
    return names


def _people(device: Device, here: dict[str, Any]) -> dict[uuid.UUID, list[tuple[uuid.UUID, int, str]]]:
    people: dict[uuid.UUID, list[tuple[uuid.UUID, int, str]]] = defaultdict(list)
    named = Participant.objects.filter(
        institution_id=device.institution_id,
        registration__session__in=here["session__in"],
        registration__status=RegistrationStatus.CONFIRMED,
    )
    for pk, registration_id, number, name in named.values_list("pk", "registration_id", "number", "name"):
        people[registration_id].append((pk, number, name))
    return people


def _short(line: list[Any]) -> list[Any]:
    """Without what most lines have: one person, not called yet."""
    if line[3] is None:
        return line[:2] if line[2] == 1 else line[:3]
    return line


def _row(session: Session, names: _Names, *, with_names: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(session.pk),
        "title": session.activity.title,
        "number": session.number,
        "starts": _seconds(session.starts_at),
        "ends": _seconds(session.ends_at),
        "place": session.room.name if session.room else session.venue,
        "expected": session.places_taken,
    }
    if not with_names:
        return row | {"left_out": True}
    more = {
        "lines": names.lines[session.pk],
        "walk_ins": names.walk_ins[session.pk],
        "tally": names.tallied[session.pk],
        "series": names.series[session.pk],
        "note": session.note,
    }
    return row | {key: value for key, value in more.items() if value}


def _seconds(moment: dt.datetime) -> int:
    return int(moment.timestamp())
