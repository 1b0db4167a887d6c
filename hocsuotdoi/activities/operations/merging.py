"""How what devices noted meets on a roll: which mark of a line stands, what a count adds, where a note goes.

Syncing and settling both go by it, so a mark counts the same whether it was taken at once or decided about days later,
and whatever came before it: the roll is that of the journal applied once (decision 0057).
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import MarkOutcome, RegistrationStatus
from hocsuotdoi.activities.formats.journal import ALL, LINE, NOTE, TALLY, WALK_IN
from hocsuotdoi.activities.models import Attendance, DeviceMark, Registration, Session, Tally
from hocsuotdoi.activities.operations.roll import MOST_IN_A_CELL, BadCell, BadMark
from hocsuotdoi.activities.queries.school import visit_at
from hocsuotdoi.ledger.enums import AgeBand, Sex

OPENS_BEFORE = dt.timedelta(hours=2)

Cell = tuple[str | None, str | None]


def moment_of(session: Session, *, noted_at: dt.datetime, number: int, received_at: dt.datetime) -> dt.datetime:
    """When a mark was noted. By a clock that runs ahead just before it arrived, by a slow one not before the roll
    opened; both still in the device's order."""
    if noted_at > received_at:
        noted_at = received_at - dt.timedelta(seconds=1) + dt.timedelta(microseconds=number % 10**6)
    opens = session.starts_at - OPENS_BEFORE
    return noted_at if noted_at >= opens else opens + dt.timedelta(microseconds=min(number, 10**9))


def marks_taken(session: Session, *acts: str) -> Iterable[DeviceMark]:
    """The marks of these acts that count: those taken at once and those that somebody settled."""
    return DeviceMark.objects.filter(
        institution_id=session.institution_id,
        session=session.pk,
        act__in=acts,
        outcome__in=[MarkOutcome.APPLIED, MarkOutcome.SETTLED],
    )


class OwnCounts:
    """What each phone said last of each cell. A later count of the same phone takes its place, so the cell changes by
    the difference; the counts of several phones add up."""

    def __init__(self, session: Session):
        self._last: dict[tuple[str, Cell], tuple[int, int]] = {}
        for mark in marks_taken(session, TALLY):
            cell, count = tally_in(mark.said)
            key = (phone_of(mark.said, mark.device), cell)
            self._last[key] = max(self._last.get(key, (-1, 0)), (mark.number, count))

    def put(self, cells: dict[Cell, int], said: dict[str, Any], *, device: uuid.UUID, number: int) -> bool:
        """Count it in `cells`; False, and nothing changed, when a later count of the phone stands. Refused: as
        `tally_in` does."""
        cell, count = tally_in(said)
        key = (phone_of(said, device), cell)
        last, before = self._last.get(key, (-1, 0))
        if number <= last:
            return False
        self._last[key] = (number, count)
        cells[cell] = max(0, cells.get(cell, 0) + count - before)
        return True


class OwnNotes:
    """What each phone wrote last about the session. A later note of it takes the place of the one before; notes of
    others stand beside it."""

    def __init__(self, session: Session):
        self._last: dict[str, tuple[int, str]] = {}
        for mark in marks_taken(session, NOTE):
            phone = phone_of(mark.said, mark.device)
            self._last[phone] = max(self._last.get(phone, (-1, "")), (mark.number, note_in(mark.said)))

    def merged(self, whole: str, said: dict[str, Any], *, device: uuid.UUID, number: int) -> str | None:
        """The session's note with this one in it; None when a later one of the phone stands."""
        last, before = self._last.get(phone_of(said, device), (-1, ""))
        if number <= last:
            return None
        now = note_in(said)
        if before and before in whole:
            return whole.replace(before, now, 1).strip()
        return f"{whole}\n{now}".strip() if now not in whole else whole

    def remember(self, said: dict[str, Any], *, device: uuid.UUID, number: int) -> None:
        self._last[phone_of(said, device)] = (number, note_in(said))


def said_last(session: Session) -> dict[str, tuple[dt.datetime, int]]:
    """Of each line the mark that stands among those that devices made and that count: (moment, people)."""
    last: dict[str, tuple[dt.datetime, int]] = {}
    for mark in marks_taken(session, LINE, ALL, WALK_IN):
        moment = moment_of(session, noted_at=mark.noted_at, number=mark.number, received_at=mark.received_at)
        present = {str(mark.pk): 1} if mark.act == WALK_IN else present_in(mark.said)
        for key, people in present.items():
            last[key] = max(last.get(key, (moment, people)), (moment, people))
    return last


def lines_by_key(session: Session) -> dict[str, Attendance]:
    """The lines of an opened roll by the keys that devices use (queries/carry.py)."""
    lines = Attendance.objects.filter(institution_id=session.institution_id, session=session)
    return {line_key(line): line for line in lines.select_related("registration", "participant")}


def line_key(line: Attendance) -> str:
    if line.registration is None:
        return str(line.form_key)
    if line.participant is not None:
        return f"{line.registration.code}.{line.participant.number}"
    return line.registration.code


def is_counted_by_head(session: Session) -> bool:
    """A class's visit whose headcount stands in the tally: on the class's own line its people would count again."""
    if not session.activity.is_bookable or visit_at(session) is None:
        return False
    return Tally.objects.filter(institution_id=session.institution_id, session=session, channel=None).exists()


def check_counted_once(line: Attendance, people: int, *, by_head: bool) -> None:
    """Refused: people on the line of a class that was counted by its headcount."""
    if by_head and people and line.registration is not None:
        raise BadMark(
            _("{name} is counted by the headcount already. Put the headcount right, and dismiss this.").format(
                name=line.name
            )
        )


def check_line(session: Session, key: str, line: Attendance | None, people: object) -> None:
    """Refused: nobody's line, someone who cancelled, a number that the line cannot have."""
    registration = line.registration if line else registration_of(session, key)
    if registration is not None and registration.status != RegistrationStatus.CONFIRMED:
        raise BadMark(
            _("{name} had cancelled, or holds no place, but the device says that they came.").format(
                name=registration.name or key
            )
        )
    if line is None:
        raise BadMark(_("Nobody on this roll has the code {key}.").format(key=key[:40]))
    check_people(line, people)


def check_people(line: Attendance, people: object) -> None:
    if not isinstance(people, int) or isinstance(people, bool) or not 0 <= people <= line.size:
        raise BadMark(_("{name}: from 0 to {size} people can be present.").format(name=line.name, size=line.size))


def registration_of(session: Session, key: str) -> Registration | None:
    return Registration.objects.filter(
        institution_id=session.institution_id, session=session, code=key.partition(".")[0]
    ).first()


def present_in(said: dict[str, Any]) -> dict[str, Any]:
    present = said.get("present")
    return present if isinstance(present, dict) else {}


def tally_in(said: dict[str, Any]) -> tuple[Cell, int]:
    """The cell and the count. Refused: what is on no list, a count that nobody can have counted."""
    sex, age, count = said.get("sex"), said.get("age_band"), said.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_IN_A_CELL:
        raise BadCell(_("Give a number of people from 0 to {most}.").format(most=MOST_IN_A_CELL))
    if sex not in (None, *Sex.values) or age not in (None, *AgeBand.values):
        raise BadCell(_("Choose sex and age from the list, or leave them open."))
    return (sex, age), count


def note_in(said: dict[str, Any]) -> str:
    note = said.get("note")
    return note if isinstance(note, str) else ""


def phone_of(said: dict[str, Any], device: uuid.UUID) -> str:
    """Which journal a count or a note is of: the phone names it, since one phone may be enrolled several times."""
    phone = said.get("phone")
    return phone if isinstance(phone, str) and phone else str(device)
