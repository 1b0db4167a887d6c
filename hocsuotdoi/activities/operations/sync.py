"""Taking in what a device noted while it had no connection: any number of times, in any order, never losing any of it.

What can be taken into the roll is; what cannot waits, with the reason, for a person (operations/settling.py). Which of
several marks of one line stands is decided by when they were noted, not by when they arrive (decision 0057).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.activities.enums import MarkOutcome, SessionStatus
from hocsuotdoi.activities.formats.journal import ALL, CLOSE, LINE, NOTE, TALLY, WALK_IN, Mark
from hocsuotdoi.activities.models import Attendance, DeviceMark, Session
from hocsuotdoi.activities.operations.merging import (
    OwnCounts,
    OwnNotes,
    check_counted_once,
    check_line,
    is_counted_by_head,
    lines_by_key,
    moment_of,
    present_in,
    registration_of,
)
from hocsuotdoi.activities.operations.places import lock_activities, locked_session
from hocsuotdoi.activities.operations.rating import note_session
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, open_roll, put_on_roll
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused

LONGEST_REASON = 300
_TOLD_AGAIN = {MarkOutcome.WAITING: "waiting", MarkOutcome.DISMISSED: "dismissed"}


@dataclass(frozen=True, slots=True)
class Held:
    """One person of a mark that is about several, who waits for a decision while the mark counts for the others."""

    key: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one mark. `outcome`: applied, duplicate (taken before), dismissed (somebody decided that it does
    not count), or waiting, with the reason in words. Of a mark about several people that was taken: which of them wait
    (`held`), and about whom somebody decided that it does not count (`dropped`, by key)."""

    id: uuid.UUID
    outcome: str
    reason: str = ""
    held: Sequence[Held] = ()
    dropped: Sequence[str] = ()


@dataclass(slots=True)
class Verdicts:
    """Why marks wait, and what is to be remembered of those that were taken."""

    waiting: dict[uuid.UUID, str] = field(default_factory=dict)
    noted: dict[uuid.UUID, str] = field(default_factory=dict)
    held: dict[uuid.UUID, list[Held]] = field(default_factory=dict)

    def wait(self, marks: Iterable[Mark], reason: object) -> None:
        for mark in marks:
            self.waiting.setdefault(mark.id, str(reason)[:LONGEST_REASON])

    def hold(self, mark: Mark, held: list[Held]) -> None:
        """The mark counts, but not for these people of it."""
        self.held[mark.id] = held
        words = ngettext(
            "Counted, but one person waits for a decision: {names}",
            "Counted, but {count} people wait for a decision: {names}",
            len(held),
        )
        names = ", ".join(one.name for one in held)
        self.noted[mark.id] = words.format(count=len(held), names=names)[:LONGEST_REASON]


@transaction.atomic
def take_marks(device: Device, marks: Sequence[Mark], *, at: dt.datetime) -> list[Answer]:
    """Take each mark into its roll, in the name of whoever enrolled the device, or keep it waiting with the reason; an
    answer for each. The same mark again changes nothing.

    A mark waits when it was changed on the way, when its chain is broken, when its session is unknown, cancelled,
    closed or not open, and when the person is not expected (any more). Of a mark about several people (all are here)
    those wait whom it does not fit, each as a mark of their own; for the others it counts. Marks of one session are
    taken in one lock.
    """
    device = Device.objects.select_for_update(of=("self",)).select_related("enrolled_by").get(pk=device.pk)
    here = DeviceMark.objects.filter(institution_id=device.institution_id)
    sent, marks = marks, _told_apart(here, marks)
    taken = {mark.pk: mark for mark in here.filter(pk__in=[mark.id for mark in marks])}
    fresh = sorted({mark.id: mark for mark in marks if mark.id not in taken}.values(), key=lambda mark: mark.number)
    verdicts = Verdicts()
    _check_chain(here, device, fresh, verdicts)
    sessions = {
        session.pk: session
        for session in Session.objects.filter(
            institution_id=device.institution_id, pk__in={mark.session for mark in fresh}
        )
    }
    by_session = defaultdict(list)
    for mark in fresh:
        if mark.id not in verdicts.waiting:
            by_session[mark.session].append(mark)
    lock_activities(device.institution_id, {session.activity_id for session in sessions.values()})
    for session_id in sorted(by_session):
        if session_id in sessions:
            _Taking(device, sessions[session_id], by_session[session_id], verdicts, at).take()
        else:
            verdicts.wait(by_session[session_id], _("This institution has no such session (any more)."))
    DeviceMark.objects.bulk_create(row for mark in fresh for row in _rows(mark, device, verdicts, at=at))
    parts = _parts_of(here, [mark for mark in marks if mark.id in taken])
    return [_answer(mark, as_sent.id, taken, parts, verdicts) for mark, as_sent in zip(marks, sent, strict=True)]


@dataclass(slots=True)
class _Taking:
    """The marks of one session, taken in one go."""

    device: Device
    session: Session
    marks: list[Mark]
    verdicts: Verdicts
    at: dt.datetime

    def take(self) -> None:
        """Those who came without registering first: a later mark may be about them. Closing last."""
        of = defaultdict(list)
        for mark in self.marks:
            of[LINE if mark.act == ALL else mark.act].append(mark)
        self._note(of.pop(NOTE, []))
        closing = of.pop(CLOSE, [])
        walk_ins, lines, tallies = (of.pop(act, []) for act in (WALK_IN, LINE, TALLY))
        for marks in of.values():
            self.verdicts.wait(marks, _("The program does not know this kind of mark. Bring the program up to date."))
        if walk_ins or lines or tallies:
            try:
                with transaction.atomic():
                    self.session = open_roll(self.session, by=self.device.enrolled_by, at=self.at)
            except Refused as refusal:
                self.verdicts.wait([*walk_ins, *lines, *tallies], refusal)
            else:
                self._walk_ins(walk_ins)
                self._lines(lines)
                self._tally(tallies)
        self._close(closing)

    def moment(self, mark: Mark) -> dt.datetime:
        return moment_of(self.session, noted_at=mark.noted_at, number=mark.number, received_at=self.at)

    def _walk_ins(self, marks: list[Mark]) -> None:
        for mark in marks:
            sex, age = mark.said.get("sex"), mark.said.get("age_band")
            try:
                with transaction.atomic():
                    add_walk_in(
                        self.session,
                        name=str(mark.said.get("name", "")),
                        form_key=mark.id,
                        sex=sex if sex is None else str(sex),
                        age_band=age if age is None else str(age),
                        by=self.device.enrolled_by,
                        at=self.moment(mark),
                    )
            except Refused as refusal:
                self.verdicts.wait([mark], refusal)

    def _lines(self, marks: list[Mark]) -> None:
        if not marks:
            return
        lines, by_head = lines_by_key(self.session), is_counted_by_head(self.session)
        changed: dict[uuid.UUID, Attendance] = {}
        for mark in marks:
            moment = self.moment(mark)
            stands, problems = False, list[Held]()
            for key, people in present_in(mark.said).items():
                line = lines.get(key)
                try:
                    check_line(self.session, key, line, people)
                    assert line is not None
                    check_counted_once(line, people, by_head=by_head)
                except Refused as refusal:
                    problems.append(Held(key, self._name(key, line), str(refusal)[:LONGEST_REASON]))
                    continue
                # Of two marks at one moment the higher number stands, so that the order of arrival never matters.
                if line.marked_at is None or (moment, people) > (line.marked_at, line.present or 0):
                    line.present, line.marked_at, line.marked_by = people, moment, self.device.enrolled_by.pk
                    changed[line.pk] = line
                    stands = True
            if len(problems) == len(present_in(mark.said)):
                words = problems[0].reason if problems else _("This mark says nothing about anybody.")
                self.verdicts.wait([mark], words)
            elif problems:
                self.verdicts.hold(mark, problems)
            elif not stands:
                self.verdicts.noted[mark.id] = _("A later mark of the same line stands.")
        here = Attendance.objects.filter(institution_id=self.session.institution_id)
        here.bulk_update(changed.values(), ["present", "marked_at", "marked_by"])

    def _name(self, key: str, line: Attendance | None) -> str:
        registration = None if line else registration_of(self.session, key)
        return line.name if line else registration.name if registration else key[:40]

    def _tally(self, marks: list[Mark]) -> None:
        """A phone says its own count of a cell; the counts of several phones add up to what is there already."""
        if not marks:
            return
        own = OwnCounts(self.session)
        cells = roll_of(self.session).tally
        took = []
        for mark in marks:
            try:
                if own.put(cells, mark.said, device=self.device.pk, number=mark.number):
                    took.append(mark)
                else:
                    self.verdicts.noted[mark.id] = _("A later count of this device stands.")
            except Refused as refusal:
                self.verdicts.wait([mark], refusal)
        if not took:
            return
        try:
            with transaction.atomic():
                put_on_roll(self.session, cells=cells, by=self.device.enrolled_by, at=self.at)
        except Refused as refusal:  # several devices together count more than a cell can hold
            self.verdicts.wait(took, refusal)

    def _note(self, marks: list[Mark]) -> None:
        """A phone's note stands beside what others wrote; a later one of the same phone takes its place."""
        if not marks:
            return
        self.session = locked_session(self.session)
        own = OwnNotes(self.session)
        for mark in marks:
            merged = own.merged(self.session.note, mark.said, device=self.device.pk, number=mark.number)
            if merged is None:
                self.verdicts.noted[mark.id] = _("A later note of this device stands.")
                continue
            try:
                with transaction.atomic():
                    self.session = note_session(self.session, note=merged, by=self.device.enrolled_by, at=self.at)
            except Refused as refusal:
                self.verdicts.wait([mark], refusal)
            else:
                own.remember(mark.said, device=self.device.pk, number=mark.number)

    def _close(self, marks: list[Mark]) -> None:
        for mark in marks:
            if mark.id in self.verdicts.noted:  # something before it has not arrived
                self.verdicts.wait([mark], self.verdicts.noted.pop(mark.id))
                continue
            try:
                with transaction.atomic():
                    self.session, _posting = close_session(
                        self.session,
                        nobody_came=mark.said.get("nobody_came") is True,
                        by=self.device.enrolled_by,
                        at=self.at,
                    )
            except Refused as refusal:
                self.session.refresh_from_db(fields=["status"])
                if self.session.status == SessionStatus.CLOSED:
                    self.verdicts.noted[mark.id] = str(refusal)
                else:
                    self.verdicts.wait([mark], refusal)


def _told_apart(here: Any, marks: Sequence[Mark]) -> list[Mark]:
    """Two different marks under one id: the later one is kept under an id of its own, and will wait."""
    known = dict(here.filter(pk__in=[mark.id for mark in marks]).values_list("pk", "hash"))
    apart = []
    for mark in marks:
        if known.setdefault(mark.id, mark.hash) != mark.hash:
            mark = _under(mark, uuid.uuid5(mark.id, mark.hash))
        apart.append(mark)
    return apart


def _under(mark: Mark, other: uuid.UUID) -> Mark:
    return Mark(
        other,
        mark.number,
        mark.session,
        mark.act,
        mark.said,
        mark.noted_at,
        mark.previous_hash,
        mark.hash,
        is_whole=False,
    )


def _check_chain(here: Any, device: Device, marks: list[Mark], verdicts: Verdicts) -> None:
    """A mark that was changed waits, and one whose predecessor is another than it says. A predecessor that is not there
    (yet) is only remembered; one that came under an earlier enrolment of the same phone is known by its hash."""
    before = {mark.number: mark.hash for mark in marks}
    missing = {mark.number - 1 for mark in marks} - before.keys()
    before |= dict(here.filter(device=device.pk, number__in=missing).values_list("number", "hash"))
    elsewhere = {mark.previous_hash for mark in marks if mark.previous_hash and mark.number - 1 not in before}
    arrived = set(here.filter(hash__in=elsewhere).values_list("hash", flat=True)) if elsewhere else set()
    for mark in marks:
        if not mark.is_whole:
            verdicts.wait([mark], _("What arrived is not what the device wrote down: it was changed on the way."))
        elif before.get(mark.number - 1, mark.previous_hash) != mark.previous_hash:
            verdicts.wait([mark], _("The chain of this device is broken here: the mark before it is another one."))
        elif mark.previous_hash and mark.number - 1 not in before and mark.previous_hash not in arrived:
            verdicts.noted[mark.id] = _("The mark before this one has not arrived.")


def _rows(mark: Mark, device: Device, verdicts: Verdicts, *, at: dt.datetime) -> Iterator[DeviceMark]:
    """The mark as it was taken, and one for each of its people who waits: what the rows say adds up to the mark."""
    waits, held = verdicts.waiting.get(mark.id), verdicts.held.get(mark.id, [])
    for one in held:
        row = _row(mark, device, at=at)
        row.pk, row.act = _part_id(mark, one.key), LINE
        row.said = {"present": {one.key: present_in(mark.said)[one.key]}, "name": one.name}
        row.outcome, row.reason = MarkOutcome.WAITING, one.reason
        yield row
    row = _row(mark, device, at=at)
    apart = {one.key for one in held}
    row.said |= {"present": {key: n for key, n in present_in(mark.said).items() if key not in apart}} if held else {}
    row.outcome = MarkOutcome.APPLIED if waits is None else MarkOutcome.WAITING
    row.reason = verdicts.noted.get(mark.id, "") if waits is None else waits
    yield row


def _part_id(mark: Mark, key: str) -> uuid.UUID:
    """Under which a person of the mark waits: the same each time it is sent."""
    return uuid.uuid5(mark.id, key)


def _parts_of(here: Any, marks: list[Mark]) -> dict[uuid.UUID, DeviceMark]:
    """What became of those who waited of marks that were taken before."""
    ids = [_part_id(mark, key) for mark in marks if len(present_in(mark.said)) > 1 for key in present_in(mark.said)]
    return here.in_bulk(ids) if ids else {}


def _row(mark: Mark, device: Device, *, at: dt.datetime) -> DeviceMark:
    return DeviceMark(
        id=mark.id,
        institution_id=device.institution_id,
        device=device.pk,
        number=mark.number,
        previous_hash=mark.previous_hash,
        hash=mark.hash,
        session=mark.session,
        act=mark.act,
        said=dict(mark.said),
        noted_at=mark.noted_at,
        received_at=at,
    )


def _answer(
    mark: Mark,
    named: uuid.UUID,
    taken: dict[uuid.UUID, DeviceMark],
    parts: dict[uuid.UUID, DeviceMark],
    verdicts: Verdicts,
) -> Answer:
    if (before := taken.get(mark.id)) is not None:
        apart = [(key, part) for key in present_in(mark.said) if (part := parts.get(_part_id(mark, key)))]
        return Answer(
            named,
            _TOLD_AGAIN.get(MarkOutcome(before.outcome), "duplicate"),
            before.reason,
            held=[
                Held(key, part.said.get("name", key), part.reason)
                for key, part in apart
                if part.outcome == MarkOutcome.WAITING
            ],
            dropped=[key for key, part in apart if part.outcome == MarkOutcome.DISMISSED],
        )
    if mark.id in verdicts.waiting:
        return Answer(named, "waiting", verdicts.waiting[mark.id])
    return Answer(named, "applied", verdicts.noted.get(mark.id, ""), held=verdicts.held.get(mark.id, []))
