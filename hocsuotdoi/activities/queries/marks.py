"""What devices noted and a person must decide about, in words."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Device, Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import MarkOutcome, SessionStatus
from hocsuotdoi.activities.models import Attendance, DeviceMark, Participant, Registration, Session
from hocsuotdoi.ledger.enums import AgeBand, Sex

MOST_SHOWN = 500
"""So many marks at a time: those who decide see the oldest first."""


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One mark in words."""

    mark: DeviceMark
    words: str
    device: Device | None
    settled_by: Person | None = None


@dataclass(frozen=True, slots=True)
class WaitingSession:
    """The marks about one session that wait; `session` is None where the institution has no such session."""

    institution: str
    session: Session | None
    rows: list[MarkRow]

    @property
    def session_id(self) -> uuid.UUID:
        return self.rows[0].mark.session

    @property
    def can_be_settled(self) -> bool:
        return self.session is not None and self.session.status != SessionStatus.CANCELLED

    @property
    def is_closed(self) -> bool:
        return self.session is not None and self.session.status == SessionStatus.CLOSED


def marks_waiting(person: Someone, day: dt.date | None = None) -> QuerySet[DeviceMark]:
    """Marks that wait at institutions whose roll `person` calls."""
    covered = institutions_covered(person, Permission.CALL_ROLL, day)
    return DeviceMark.objects.filter(outcome=MarkOutcome.WAITING, institution__in=covered)


def marks_by_session(person: Someone, day: dt.date | None = None) -> QuerySet[DeviceMark, Any]:
    """How many marks wait for `person`, session by session, the oldest first: rows of `session`, its activity's `title`
    (None: there is no such session), `institution__name`, `marks` and when the `oldest` was noted; one query."""
    named = Session.objects.filter(institution=OuterRef("institution"), pk=OuterRef("session"))
    return (
        marks_waiting(person, day)
        .values("institution", "institution__name", "session")
        .annotate(marks=Count("pk"), oldest=Min("noted_at"), title=Subquery(named.values("activity__title")[:1]))
        .order_by("oldest", "session")
    )


def waiting_sessions(person: Someone, day: dt.date | None = None) -> list[WaitingSession]:
    """The oldest marks that wait, by session; six queries, however many."""
    marks = list(
        marks_waiting(person, day)
        .select_related("institution")
        .order_by("institution", "session", "noted_at", "device", "number")[:MOST_SHOWN]
    )
    sessions = _sessions(marks)
    groups: dict[tuple[int, uuid.UUID], list[MarkRow]] = {}
    for row in in_words(marks):
        groups.setdefault((row.mark.institution_id, row.mark.session), []).append(row)
    found = [WaitingSession(str(rows[0].mark.institution), sessions.get(key), rows) for key, rows in groups.items()]
    return sorted(found, key=lambda group: group.rows[0].mark.noted_at)


def marks_decided(person: Someone, day: dt.date | None = None) -> list[MarkRow]:
    """The latest twenty that somebody decided about, with who; six queries."""
    covered = institutions_covered(person, Permission.CALL_ROLL, day)
    decided = DeviceMark.objects.filter(institution__in=covered, settled_at__isnull=False)
    return in_words(list(decided.select_related("institution").order_by("-settled_at", "number")[:20]))


def in_words(marks: list[DeviceMark]) -> list[MarkRow]:
    """Each mark with what it says; four queries."""
    devices = Device.objects.select_related("enrolled_by").in_bulk({mark.device for mark in marks})
    people = Person.objects.in_bulk({mark.settled_by for mark in marks if mark.settled_by})
    names = _names(marks)
    return [MarkRow(mark, _words(mark, names), devices.get(mark.device), people.get(mark.settled_by)) for mark in marks]


def gaps_of(devices: Iterable[Device]) -> dict[uuid.UUID, int]:
    """How many marks of each device have never arrived although later ones have; one query."""
    rows = (
        DeviceMark.objects.filter(device__in=[device.pk for device in devices])
        .values("device")
        .annotate(missing=Max("number") - Min("number") + 1 - Count("number", distinct=True))
        .filter(missing__gt=0)
        .values_list("device", F("missing"))
    )
    return {device: int(missing) for device, missing in rows}


def waiting_of(device: Device) -> int:
    """How many of the device's marks wait for a person."""
    return DeviceMark.objects.filter(
        institution_id=device.institution_id, device=device.pk, outcome=MarkOutcome.WAITING
    ).count()


def _sessions(marks: list[DeviceMark]) -> dict[tuple[int, uuid.UUID], Session]:
    found = Session.objects.filter(
        institution__in={mark.institution_id for mark in marks}, pk__in={mark.session for mark in marks}
    ).select_related("activity")
    return {(session.institution_id, session.pk): session for session in found}


def _names(marks: list[DeviceMark]) -> dict[str, str]:
    """Names by the keys of lines: of registrations and of their people."""
    keys = {key for mark in marks for key in _present(mark)}
    here = {"institution__in": {mark.institution_id for mark in marks}}
    codes = {key.partition(".")[0] for key in keys}
    registered = Registration.objects.filter(**here, code__in=codes)
    names = {registration.code: registration.name for registration in registered}
    people = Participant.objects.filter(**here, registration__in=registered).select_related("registration")
    names |= {f"{person.registration.code}.{person.number}": person.name for person in people}
    own = [key for key in keys if len(key) == 36]
    names |= {
        str(line.form_key): line.name
        for line in Attendance.objects.filter(**here, form_key__in=_uuids(own), registration=None)
    }
    return names


def _uuids(texts: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _present(mark: DeviceMark) -> dict[str, int]:
    present = mark.said.get("present")
    return present if isinstance(present, dict) else {}


def _words(mark: DeviceMark, names: dict[str, str]) -> str:
    said = mark.said
    match mark.act:
        case "line" | "all":
            return _words_of_lines(mark, names)
        case "walk_in":
            return _("Came without registering: {name} ({who})").format(
                name=said.get("name", ""), who=_who(said.get("sex"), said.get("age_band"))
            )
        case "tally":
            return _("Counted without names: {who}, {count}").format(
                who=_who(said.get("sex"), said.get("age_band")), count=said.get("count")
            )
        case "note":
            return _("Note: {note}").format(note=said.get("note", ""))
        case "close":
            return _("Close the session; nobody came") if said.get("nobody_came") else _("Close the session")
        case _:
            return _("An unknown mark: {act}").format(act=mark.act)


def _words_of_lines(mark: DeviceMark, names: dict[str, str]) -> str:
    present = _present(mark)
    if len(present) == 1:
        ((key, people),) = present.items()
        name = names.get(key) or mark.said.get("name") or key
        if people == 0:
            return _("{name}: not here").format(name=name)
        return _("{name}: here").format(name=name) if people == 1 else f"{name}: {people}"
    words = ngettext("{count} person on the list: here", "{count} people on the list: here", len(present))
    return words.format(count=len(present))


def _who(sex: object, age_band: object) -> str:
    known = [str(Sex(sex).label)] if sex in Sex.values else []
    known += [str(AgeBand(age_band).label)] if age_band in AgeBand.values else []
    return ", ".join(known) or _("not stated")
