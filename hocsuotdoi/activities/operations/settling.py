"""What waits from devices, decided by a person: taken into the roll after all, or dismissed; either with the reason."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import MarkOutcome, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.formats.journal import ACTS, ALL, CLOSE, LINE, NOTE, TALLY, WALK_IN
from hocsuotdoi.activities.models import Attendance, DeviceMark, Session
from hocsuotdoi.activities.operations.merging import (
    OwnCounts,
    OwnNotes,
    check_counted_once,
    check_people,
    is_counted_by_head,
    lines_by_key,
    moment_of,
    present_in,
    registration_of,
    said_last,
)
from hocsuotdoi.activities.operations.places import lock_activity_of, locked_session
from hocsuotdoi.activities.operations.rating import note_session
from hocsuotdoi.activities.operations.roll import WalkIn, close_session, open_roll, put_on_roll, recount
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.models import Institution

_LONGEST_WORDS = 140  # so that both reasons, why it waited and what was decided, fit beside each other


class SettlingRefused(Refused):
    """These marks cannot be settled so."""


class BadSettling(SettlingRefused):
    """No marks, or marks that do not belong together."""


@transaction.atomic
def settle_marks(marks: Iterable[DeviceMark], *, reason: str, by: Person, at: dt.datetime) -> list[DeviceMark]:
    """Take these waiting marks of one session into its roll, as they were noted; into a closed one by a correction with
    the reason. Someone who had cancelled and came all the same is added as a walk-in, once however often it was noted.

    What a device said before and later counts here as in syncing, so nothing is counted twice; over what a page says,
    the decision stands. Refused, all of it: marks of several sessions, one that does not wait (any more), no reason, a
    session that is unknown, cancelled, a draft or not open yet, and a mark that says nothing that can be counted.
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
    lock_activity_of(session)
    session = locked_session(session)
    if session.status == SessionStatus.CANCELLED:
        raise SettlingRefused(_("The session was cancelled: dismiss the mark, or count the people at another session."))
    if unknown := {mark.act for mark in waiting} - set(ACTS):
        raise SettlingRefused(
            _("The program does not know this kind of mark ({act}): it can only be dismissed.").format(act=min(unknown))
        )
    if session.status == SessionStatus.PLANNED:
        session = open_roll(session, by=by, at=at)
    before = roll_of(session)
    _Settling(session, waiting, by, at).put()
    if session.status == SessionStatus.CLOSED:
        recount(session, before=before, reason=reason, by=by, at=at)
    elif closing := [mark for mark in waiting if mark.act == CLOSE]:
        nobody_came = any(mark.said.get("nobody_came") is True for mark in closing)
        close_session(session, nobody_came=nobody_came, by=by, at=at)
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


@dataclass(slots=True)
class _Settling:
    """The marks of one session, put on its roll: those who came without registering first, a later mark may be about
    them."""

    session: Session
    marks: list[DeviceMark]
    by: Person
    at: dt.datetime

    def put(self) -> None:
        self._walk_ins()
        self._lines()
        self._tally()
        self._note()

    def _of(self, *acts: str) -> list[DeviceMark]:
        return [mark for mark in self.marks if mark.act in acts]

    def _walk_ins(self) -> None:
        for mark in self._of(WALK_IN):
            sex, age = mark.said.get("sex") or None, mark.said.get("age_band") or None
            walk_in = WalkIn(str(mark.said.get("name", "")), form_key=mark.pk, sex=sex, age_band=age)
            put_on_roll(self.session, walk_ins=[walk_in], by=self.by, at=self._moment(mark))

    def _lines(self) -> None:
        marks = self._of(LINE, ALL)
        if not marks:
            return
        last, lines = said_last(self.session), lines_by_key(self.session)
        by_head = is_counted_by_head(self.session)
        changed: dict[uuid.UUID, Attendance] = {}
        for mark in marks:
            if not present_in(mark.said):
                raise SettlingRefused(_("This mark says nothing that can be counted: it can only be dismissed."))
            moment = self._moment(mark)
            for key, people in present_in(mark.said).items():
                line = self._line(key, people, lines)
                if line is None:
                    continue
                check_people(line, people)
                check_counted_once(line, people, by_head=by_head)
                if key in last and last[key] > (moment, people):
                    continue  # a later word of a device about the same line counts already
                last[key] = (moment, people)
                line.present, line.marked_at, line.marked_by = people, moment, self.by.pk
                changed[line.pk] = line
        here = Attendance.objects.filter(institution_id=self.session.institution_id)
        here.bulk_update(changed.values(), ["present", "marked_at", "marked_by"])

    def _line(self, key: str, people: object, lines: dict[str, Attendance]) -> Attendance | None:
        """The line that `key` means; of one who had cancelled a walk-in's line of their own, the same one each time.
        None: nobody came of those who had cancelled, and there is no line to say so on."""
        line = lines.get(key)
        registration = line.registration if line else registration_of(self.session, key)
        if registration is None or registration.status == RegistrationStatus.CONFIRMED:
            if line is None:
                raise SettlingRefused(
                    _(
                        "Nobody on this roll has the code {key}: add the person at the roll, then dismiss the mark."
                    ).format(key=key[:40])
                )
            return line
        own = uuid.uuid5(self.session.pk, key)
        if str(own) not in lines and people:
            is_person = "." in key
            name = (line.name if line and is_person else registration.name) or key
            size = 1 if is_person else registration.group_size
            walk_in = WalkIn(name=name, form_key=own, size=size)
            put_on_roll(self.session, walk_ins=[walk_in], by=self.by, at=self.at)
            lines |= lines_by_key(self.session)
        return lines.get(str(own))

    def _tally(self) -> None:
        marks = self._of(TALLY)
        if not marks:
            return
        own, cells = OwnCounts(self.session), dict(roll_of(self.session).tally)
        for mark in marks:
            own.put(cells, mark.said, device=mark.device, number=mark.number)
        put_on_roll(self.session, cells=cells, by=self.by, at=self.at)

    def _note(self) -> None:
        marks = self._of(NOTE)
        if not marks:
            return
        own, note = OwnNotes(self.session), self.session.note
        for mark in marks:
            merged = own.merged(note, mark.said, device=mark.device, number=mark.number)
            if merged is not None:
                note = merged
                own.remember(mark.said, device=mark.device, number=mark.number)
        note_session(self.session, note=note, by=self.by, at=self.at)

    def _moment(self, mark: DeviceMark) -> dt.datetime:
        return moment_of(self.session, noted_at=mark.noted_at, number=mark.number, received_at=mark.received_at)


def _decided(
    marks: list[DeviceMark], outcome: MarkOutcome, *, reason: str, by: Person, at: dt.datetime
) -> list[DeviceMark]:
    for mark in marks:
        mark.outcome, mark.settled_at, mark.settled_by = outcome, at, by.pk
        mark.reason = f"{mark.reason[:155]} → {reason}"
    here = DeviceMark.objects.filter(institution_id=marks[0].institution_id)
    here.bulk_update(marks, ["outcome", "settled_at", "settled_by", "reason"])
    return marks
