"""What waits from devices, decided by a person: taken into the roll after all, or dismissed; either with the reason."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import MarkOutcome, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Attendance, DeviceMark, Registration, Session
from hocsuotdoi.activities.operations.activity import locked_session
from hocsuotdoi.activities.operations.rating import note_session
from hocsuotdoi.activities.operations.roll import WalkIn, close_session, correct_session, open_roll, save_roll
from hocsuotdoi.activities.operations.sync import lines_by_key, note_in, present_in, tally_in
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution

_LONGEST_WORDS = 140  # so that both reasons, why it waited and what was decided, fit beside each other


class SettlingRefused(Refused):
    """These marks cannot be settled so."""


class BadSettling(SettlingRefused):
    """No marks, or marks that do not belong together."""


@dataclass
class _Changes:
    """What several marks together say about one roll; the later ones stand."""

    present: dict[uuid.UUID, int] = field(default_factory=dict)
    cells: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    walk_ins: list[WalkIn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    closes: bool = False
    nobody_came: bool = False

    @property
    def touch_the_roll(self) -> bool:
        return bool(self.present or self.cells or self.walk_ins)


@transaction.atomic
def settle_marks(marks: Iterable[DeviceMark], *, reason: str, by: Person, at: dt.datetime) -> list[DeviceMark]:
    """Take these waiting marks of one session into its roll, as they were noted; into a closed one by a correction with
    the reason. Someone who had cancelled and came all the same is added as a walk-in, a group of them to the tally.

    Refused, all of it: marks of several sessions, one that does not wait (any more), no reason, a session that is
    unknown, cancelled, a draft or not open yet.
    """
    waiting = _locked(marks)
    reason = one_line(
        reason, longest=_LONGEST_WORDS, missing=_("Say in a few words why: others read it later."), field="reason"
    )
    if len({mark.session for mark in waiting}) > 1:
        raise BadSettling(_("Settle the marks of one session at a time."), field="marks")
    session = Session.objects.filter(institution_id=waiting[0].institution_id, pk=waiting[0].session).first()
    if session is None:
        raise SettlingRefused(_("There is no such session (any more): dismiss the mark, with the reason."))
    session = locked_session(session)
    if session.status == SessionStatus.CANCELLED:
        raise SettlingRefused(_("The session was cancelled: dismiss the mark, or count the people at another session."))
    if session.status == SessionStatus.PLANNED:
        session = open_roll(session, by=by, at=at)
    changes = _changes(session, waiting)
    _apply(session, changes, reason=reason, by=by, at=at)
    return _decided(waiting, MarkOutcome.SETTLED, reason=reason, by=by, at=at)


@transaction.atomic
def dismiss_marks(marks: Iterable[DeviceMark], *, reason: str, by: Person, at: dt.datetime) -> list[DeviceMark]:
    """These waiting marks change nothing; they are kept with the reason. Refused: no reason, one that does not wait."""
    waiting = _locked(marks)
    reason = one_line(
        reason, longest=_LONGEST_WORDS, missing=_("Say in a few words why: others read it later."), field="reason"
    )
    return _decided(waiting, MarkOutcome.DISMISSED, reason=reason, by=by, at=at)


def _locked(marks: Iterable[DeviceMark]) -> list[DeviceMark]:
    asked = list(marks)
    if not asked:
        raise BadSettling(_("Choose at least one mark."), field="marks")
    # The institution is locked, too: two people who decide about the same marks do so one after the other.
    Institution.objects.select_for_update(no_key=True).get(pk=asked[0].institution_id)
    waiting = list(
        DeviceMark.objects.filter(
            institution_id=asked[0].institution_id,
            pk__in=[mark.pk for mark in asked],
            outcome=MarkOutcome.WAITING,
        )
        .select_for_update()
        .order_by("noted_at", "device", "number")
    )
    if len(waiting) != len(asked):
        raise SettlingRefused(_("Someone has decided about one of these marks already. Open the list again."))
    return waiting


def _changes(session: Session, marks: list[DeviceMark]) -> _Changes:
    changes = _Changes()
    lines = lines_by_key(session)
    for mark in marks:
        match mark.act:
            case "line" | "all":
                for key, people in present_in(mark.said).items():
                    _put_line(changes, session, mark, lines.get(key), key, people)
            case "walk_in":
                name = str(mark.said.get("name", ""))
                sex, age = mark.said.get("sex") or None, mark.said.get("age_band") or None
                changes.walk_ins.append(WalkIn(name=name, form_key=mark.pk, sex=sex, age_band=age))
            case "tally":
                cell, count = tally_in(mark.said)
                changes.cells[cell] = roll_of(session).tally.get(cell, 0) + count
            case "note":
                changes.notes.append(note_in(mark.said))
            case "close":
                changes.closes = True
                changes.nobody_came = mark.said.get("nobody_came") is True
            case _:
                raise SettlingRefused(_("The program does not know this kind of mark: it can only be dismissed."))
    return changes


def _put_line(
    changes: _Changes, session: Session, mark: DeviceMark, line: Attendance | None, key: str, people: Any
) -> None:
    if not isinstance(people, int) or isinstance(people, bool) or people < 0:
        raise SettlingRefused(_("This mark says nothing that can be counted: it can only be dismissed."))
    registration = (
        line.registration
        if line
        else Registration.objects.filter(
            institution_id=session.institution_id, session=session, code=key.partition(".")[0]
        ).first()
    )
    if registration is not None and registration.status != RegistrationStatus.CONFIRMED:
        name = (line.name if line and line.participant_id else registration.name) or key
        if people == 1:
            changes.walk_ins.append(WalkIn(name=name, form_key=uuid.uuid5(mark.pk, key)))
        elif people:
            changes.cells[(None, None)] = (
                changes.cells.get((None, None), roll_of(session).tally.get((None, None), 0)) + people
            )
    elif line is not None:
        changes.present[line.pk] = people
    else:
        raise SettlingRefused(
            _("Nobody on this roll has the code {key}: add the person at the roll, then dismiss the mark.").format(
                key=key[:40]
            )
        )


def _apply(session: Session, changes: _Changes, *, reason: str, by: Person, at: dt.datetime) -> None:
    parts: dict[str, Any] = {"present": changes.present, "cells": changes.cells, "walk_ins": changes.walk_ins}
    if changes.touch_the_roll and session.status == SessionStatus.CLOSED:
        if not _says_so_already(session, changes):
            correct_session(session, reason=reason, by=by, at=at, **parts)
    elif changes.touch_the_roll:
        save_roll(session, by=by, at=at, **parts)
    if changes.closes and session.status != SessionStatus.CLOSED:
        close_session(session, nobody_came=changes.nobody_came, by=by, at=at)
    if changes.notes:
        note_session(session, note="\n".join(filter(None, [session.note, *changes.notes])), by=by, at=at)


def _says_so_already(session: Session, changes: _Changes) -> bool:
    """A correction that would change nothing is refused by the roll; here it means that the mark is right already."""
    roll = roll_of(session)
    said = {line.id: line.present or 0 for line in roll.lines}
    same_lines = all(said.get(key) == people for key, people in changes.present.items())
    same_cells = all(roll.tally.get(cell, 0) == count for cell, count in changes.cells.items())
    return same_lines and same_cells and not changes.walk_ins


def _decided(
    marks: list[DeviceMark], outcome: MarkOutcome, *, reason: str, by: Person, at: dt.datetime
) -> list[DeviceMark]:
    for mark in marks:
        mark.outcome, mark.settled_at, mark.settled_by = outcome, at, by.pk
        mark.reason = f"{mark.reason[:155]} → {reason}"
    here = DeviceMark.objects.filter(institution_id=marks[0].institution_id)
    here.bulk_update(marks, ["outcome", "settled_at", "settled_by", "reason"])
    return marks
