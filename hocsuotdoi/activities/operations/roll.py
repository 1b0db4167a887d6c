"""Calling the roll, closing a session into the ledger, and putting a closed one right.

Every act locks the session first. The acts that a phone may repeat after a lost answer (walk-in, marks, tally) give
the same roll when they are repeated.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.activities.enums import ActivityStatus, SessionStatus
from hocsuotdoi.activities.models import Attendance, Registration, Session, Tally
from hocsuotdoi.activities.operations.activity import settle_status
from hocsuotdoi.activities.operations.places import lock_activity_of, locked_session
from hocsuotdoi.activities.operations.wording import one_line
from hocsuotdoi.activities.queries.roll import Counted, Roll, can_be_called, confirmed_with_people, roll_of
from hocsuotdoi.activities.rules import is_training_of_staff, tags_of, visit_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, PostingKind, Purpose, Sex
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post, reverse

SOURCE_KIND = "activities.session"
MOST_IN_A_CELL = 10_000

Cells = Mapping[tuple[str | None, str | None], int]
"""(sex, age band) → people; either may be None: not known."""


class RollRefused(Refused):
    """The roll cannot be called (any more)."""


class BadMark(Refused):
    """More or fewer people than the line has."""


class BadCell(Refused):
    """A tally that nobody can have counted."""


class NobodyMarked(Refused):
    """Closing an untouched roll without saying that nobody came."""


class NotClosable(Refused):
    """The session cannot be closed (again)."""


class NotCorrectable(Refused):
    """There is nothing to correct."""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Someone who came without registering; `size`: a group of so many, all of them here."""

    name: str
    form_key: uuid.UUID
    sex: str | None = None
    age_band: str | None = None
    size: int = 1


@transaction.atomic
def open_roll(session: Session, *, by: Person | None, at: dt.datetime) -> Session:
    """Make a line for each confirmed registration that has none; return the session, locked.

    Refused: more than two hours before it starts, a draft, a closed or cancelled session.
    """
    session = _callable(session, at=at)
    _make_lines(session)
    return session


@transaction.atomic
def mark_all_present(session: Session, *, by: Person | None, at: dt.datetime) -> None:
    """Mark every line present in full, whatever it said before. Refused as in `open_roll`."""
    session = open_roll(session, by=by, at=at)
    Attendance.objects.filter(institution_id=session.institution_id, session=session).update(
        present=F("size"), marked_by=by.pk if by else None, marked_at=at
    )


@transaction.atomic
def mark_attendance(session: Session, *, present: Mapping[uuid.UUID, int], by: Person | None, at: dt.datetime) -> None:
    """Say for some lines how many came (line id → people, 0: nobody). Other lines stay as they are.

    Refused: a number outside 0 to the line's size, a line of another session, and as in `open_roll`.
    """
    session = open_roll(session, by=by, at=at)
    _mark(session, present, by=by, at=at)


@transaction.atomic
def add_walk_in(
    session: Session,
    *,
    name: str,
    form_key: uuid.UUID,
    by: Person | None,
    at: dt.datetime,
    sex: str | None = None,
    age_band: str | None = None,
) -> Attendance:
    """Add someone who came without registering, present. The same `form_key` and name again return the first line.

    Refused: no readable name, a sex or age that is not on the list, and as in `open_roll`.
    """
    session = _callable(session, at=at)
    walk_in = WalkIn(name=name, form_key=form_key, sex=sex, age_band=age_band)
    return _add_walk_in(session, walk_in, by=by, at=at)


@transaction.atomic
def set_tally(session: Session, *, cells: Cells, by: Person | None, at: dt.datetime) -> None:
    """Count the people who are on no line: put these counts into their cells, other cells stay. 0 empties a cell.

    Refused: a count below 0 or above `MOST_IN_A_CELL`, a sex or age not on the list, and as in `open_roll`.
    """
    session = _callable(session, at=at)
    _set_tally(session, cells)


@transaction.atomic
def count_viewers(session: Session, *, viewers: int, by: Person | None, at: dt.datetime) -> None:
    """Say how many people, at the most at one time, followed the session on line; beside those who came.

    Refused: a session that could not be followed on line too, a number that nobody can have counted, and as in
    `open_roll`.
    """
    session = _callable(session, at=at)
    _count_viewers(session, viewers)


@transaction.atomic
def save_roll(
    session: Session,
    *,
    by: Person | None,
    at: dt.datetime,
    present: Mapping[uuid.UUID, int] | None = None,
    cells: Cells | None = None,
    walk_ins: Iterable[WalkIn] = (),
    viewers: int | None = None,
    all_present: bool = False,
) -> Session:
    """Everything that one form of the roll says: everybody present if `all_present`, else the marks that changed; the
    cells that changed; people who came without registering; viewers, if they changed. Refused, all of it, as each of
    these acts is.
    """
    session = open_roll(session, by=by, at=at)
    if all_present:
        mark_all_present(session, by=by, at=at)
        present = None
    put_on_roll(session, present=present, cells=cells, walk_ins=walk_ins, viewers=viewers, by=by, at=at)
    return session


def put_on_roll(
    session: Session,
    *,
    by: Person | None,
    at: dt.datetime,
    present: Mapping[uuid.UUID, int] | None = None,
    cells: Cells | None = None,
    walk_ins: Iterable[WalkIn] = (),
    viewers: int | None = None,
) -> None:
    """What the roll of the locked `session` says from now on, whatever state it is in: for acts that have asked whether
    it may be changed. Refused as `mark_attendance`, `set_tally`, `count_viewers` and `add_walk_in` are."""
    _mark(session, present or {}, by=by, at=at)
    if cells:
        _set_tally(session, cells)
    if viewers is not None:
        _count_viewers(session, viewers)
    for walk_in in walk_ins:
        _add_walk_in(session, walk_in, by=by, at=at)


@transaction.atomic
def close_session(
    session: Session, *, by: Person | None, at: dt.datetime, nobody_came: bool = False
) -> tuple[Session, Posting]:
    """Close the roll and post what it counts to the ledger, all or nothing; lines that were not called count as absent.

    Posted: one programme session; attendance by sex and age band; and, unless online, one visit each by the class of
    the institution. A training of staff counts as that only: each who came as trained, no session for the public, no
    attendance, no visit. Refused: before it started, closed, cancelled or not published, and an untouched roll unless
    `nobody_came` says that it is meant (a session held for a group counts even then).
    """
    lock_activity_of(session)
    session = locked_session(session)
    _check_closable(session, at=at)
    _make_lines(session)
    roll = roll_of(session)
    if roll.is_untouched and not nobody_came:
        raise NobodyMarked(_("Nobody is marked and nothing is tallied. Call the roll, or confirm that nobody came."))
    session.status = SessionStatus.CLOSED
    session.closed_at = at
    session.closed_by = by.pk if by else None
    posting = _post(session, roll, revision=1, by=by, at=at)
    settle_status(session.activity)
    return session, posting


@transaction.atomic
def correct_session(
    session: Session,
    *,
    reason: str,
    by: Person | None,
    at: dt.datetime,
    present: Mapping[uuid.UUID, int] | None = None,
    cells: Cells | None = None,
    walk_ins: Iterable[WalkIn] = (),
    viewers: int | None = None,
) -> tuple[Session, Posting]:
    """Put a closed roll right: take the posting back with the reason, change the roll, post it as the next revision.

    Lines and cells that are not named stay as they were. Refused: a session that is not closed, no reason, nothing
    that changes the roll, and what `mark_attendance`, `add_walk_in` and `set_tally` refuse.
    """
    session = locked_session(session)
    if session.status != SessionStatus.CLOSED:
        raise NotCorrectable(_("This session is not closed: change the roll itself."))
    reason = one_line(
        reason, longest=300, missing=_("Say in a few words why the figures are corrected."), field="reason"
    )
    before = roll_of(session)
    put_on_roll(session, present=present, cells=cells, walk_ins=walk_ins, viewers=viewers, by=by, at=at)
    posting = recount(session, before=before, reason=reason, by=by, at=at)
    if posting is None:
        raise NotCorrectable(_("Nothing was changed, so there is nothing to correct."))
    return session, posting


def recount(session: Session, *, before: Roll, reason: str, by: Person | None, at: dt.datetime) -> Posting | None:
    """Post the locked, closed `session` again: its posting is taken back with the reason, the next revision made. None,
    and nothing posted, when its roll counts as it did `before`."""
    roll = roll_of(session)
    if sorted(map(repr, roll.counted())) == sorted(map(repr, before.counted())):
        return None
    reverse(posting_of(session), reason=reason, by=by, at=at)
    return _post(session, roll, revision=session.revision + 1, by=by, at=at)


def posting_of(session: Session) -> Posting:
    """The posting that counts for a closed session."""
    return Posting.objects.get(
        institution_id=session.institution_id,
        source_kind=SOURCE_KIND,
        source_id=session.pk,
        revision=session.revision,
        kind=PostingKind.HAPPENING,
    )


def ledger_lines(session: Session, roll: Roll) -> list[Line]:
    """What a session with this roll counts as."""
    activity = session.activity
    tags = tags_of(activity.kind, activity.themes, activity.observance, activity.programmes, activity.groups)
    if is_training_of_staff(activity.kind):
        return _lines_of_people(MeasureCode.STAFF_TRAINED, roll.counted(), session.channel, tags)
    is_class_visit = activity.is_bookable and session.bookings.exists()
    visit = visit_of(
        session.institution.institution_class, activity.kind, session.channel, is_class_visit=is_class_visit
    )
    lines = [Line(measure=MeasureCode.PROGRAMME_SESSION, quantity=1, channel=session.channel, tags=tags)]
    lines += _lines_of_people(MeasureCode.PROGRAMME_ATTENDANCE, roll.counted(), session.channel, tags)
    if visit:
        measure, purpose = visit
        came = [cell for cell in roll.counted() if not cell.is_online]
        lines += _lines_of_people(measure, came, session.channel, tags, purpose)
    return lines


def _lines_of_people(
    measure: MeasureCode, cells: Iterable[Counted], channel: str, tags: list[str], purpose: Purpose | None = None
) -> list[Line]:
    return [
        Line(
            measure=measure,
            quantity=cell.people,
            sex=cell.sex,
            age_band=cell.age_band,
            channel=Channel.ONLINE if cell.is_online else channel,
            purpose=purpose,
            learner_key=cell.learner_key,
            tags=tags,
        )
        for cell in cells
    ]


def _post(session: Session, roll: Roll, *, revision: int, by: Person | None, at: dt.datetime) -> Posting:
    session.attended = roll.people
    session.revision = revision
    session.save(update_fields=["status", "closed_at", "closed_by", "attended", "revision"])
    return post(
        session.institution,
        source_kind=SOURCE_KIND,
        source_id=session.pk,
        occurred_on=session.held_on,
        lines=ledger_lines(session, roll),
        by=by,
        at=at,
        revision=revision,
        may_be_empty=is_training_of_staff(session.activity.kind),
    )


def _callable(session: Session, *, at: dt.datetime) -> Session:
    session = locked_session(session)
    if session.status == SessionStatus.CLOSED:
        raise RollRefused(_("This roll is closed and counted. A mistake is put right by a correction."))
    if session.status == SessionStatus.CANCELLED:
        raise RollRefused(_("This session was cancelled: there is no roll to call."))
    if session.activity.status == ActivityStatus.DRAFT:
        raise RollRefused(_("This activity is a draft. Publish it first, then call the roll."))
    if not can_be_called(session, at):
        raise RollRefused(_("The roll opens two hours before the session starts."))
    return session


def _check_closable(session: Session, *, at: dt.datetime) -> None:
    if session.status == SessionStatus.CLOSED:
        raise NotClosable(_("This session was closed before. A mistake is put right by a correction."))
    if session.status == SessionStatus.CANCELLED:
        raise NotClosable(_("This session was cancelled: it is not counted."))
    if session.activity.status == ActivityStatus.DRAFT:
        raise NotClosable(_("This activity is a draft. Publish it first, then close its session."))
    if at < session.starts_at:
        raise NotClosable(_("This session has not started yet. Close it when people have come."))


def _make_lines(session: Session) -> None:
    here = {"institution_id": session.institution_id, "session_id": session.pk}
    called = set(Attendance.objects.filter(**here).values_list("pk", flat=True))
    Attendance.objects.bulk_create(
        line
        for registration in confirmed_with_people(session)
        for line in _fresh_lines(registration, here)
        if line.pk not in called
    )


def _fresh_lines(registration: Registration, here: Mapping[str, Any]) -> list[Attendance]:
    """One line for a registration, or one for each person that it names."""
    people = registration.participants.all()
    if not people:
        return [
            Attendance(
                **here,
                id=registration.pk,
                registration=registration,
                name=registration.name,
                size=registration.group_size,
                form_key=registration.form_key,
            )
        ]
    return [
        Attendance(
            **here,
            id=person.pk,
            registration=registration,
            participant=person,
            name=person.name,
            sex=person.sex,
            age_band=person.age_band,
            form_key=person.pk,
        )
        for person in people
    ]


def _mark(session: Session, present: Mapping[uuid.UUID, int], *, by: Person | None, at: dt.datetime) -> None:
    lines = list(
        Attendance.objects.filter(institution_id=session.institution_id, session=session, pk__in=present.keys())
    )
    if len(lines) != len(present):
        raise BadMark(_("Someone on this form is no longer on the roll. Open the roll again and check."))
    for line in lines:
        if not 0 <= present[line.pk] <= line.size:
            raise BadMark(_("{name}: from 0 to {size} people can be present.").format(name=line.name, size=line.size))
        line.present = present[line.pk]
        line.marked_by = by.pk if by else None
        line.marked_at = at
    # One statement for each number of people (mostly 0 and 1), not one for each line.
    for number in {line.present for line in lines}:
        Attendance.objects.filter(
            institution_id=session.institution_id, pk__in=[line.pk for line in lines if line.present == number]
        ).update(present=number, marked_by=by.pk if by else None, marked_at=at)


def _add_walk_in(session: Session, walk_in: WalkIn, *, by: Person | None, at: dt.datetime) -> Attendance:
    name = one_line(walk_in.name, longest=120, missing=_("Write the name, or count the person in the tally."))
    if walk_in.sex not in (None, *Sex.values) or walk_in.age_band not in (None, *AgeBand.values):
        raise BadCell(_("Choose sex and age from the list, or leave them open."))
    # A page gone back to sends its key again for the next person: the key stands for one name, another gets its own.
    for key in (walk_in.form_key, uuid.uuid5(walk_in.form_key, f"{session.pk} {name}")):
        line = Attendance(
            institution_id=session.institution_id,
            session=session,
            name=name,
            size=walk_in.size,
            present=walk_in.size,
            sex=walk_in.sex,
            age_band=walk_in.age_band,
            form_key=key,
            marked_by=by.pk if by else None,
            marked_at=at,
        )
        try:
            with transaction.atomic():
                line.save(force_insert=True)
        except IntegrityError:
            line = Attendance.objects.get(institution_id=session.institution_id, form_key=key)
        if line.session_id == session.pk and line.name == name:
            break
    return line


def _set_tally(session: Session, cells: Cells) -> None:
    for (sex, age_band), count in cells.items():
        if sex not in (None, *Sex.values) or age_band not in (None, *AgeBand.values):
            raise BadCell(_("Choose sex and age from the list, or leave them open."))
        if not 0 <= count <= MOST_IN_A_CELL:
            raise BadCell(_("Give a number of people from 0 to {most}.").format(most=MOST_IN_A_CELL))
    here = Tally.objects.filter(institution_id=session.institution_id, session=session, channel=None)
    tally = {(cell.sex, cell.age_band): cell.count for cell in here} | dict(cells)
    here.delete()
    Tally.objects.bulk_create(
        Tally(institution_id=session.institution_id, session=session, sex=sex, age_band=age_band, count=count)
        for (sex, age_band), count in tally.items()
        if count
    )


def _count_viewers(session: Session, viewers: int) -> None:
    if not session.also_online:
        raise BadCell(_("Nobody could follow this session on line. Say so at the session first, then count viewers."))
    if not 0 <= viewers <= MOST_IN_A_CELL:
        raise BadCell(_("Give a number of people from 0 to {most}.").format(most=MOST_IN_A_CELL))
    here = {"institution_id": session.institution_id, "session": session, "channel": Channel.ONLINE}
    Tally.objects.filter(**here).delete()
    if viewers:
        Tally.objects.create(**here, count=viewers)
