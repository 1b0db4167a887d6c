"""The roll of a session: reading it, saying who came, closing it, putting it right.

A call that is repeated after a lost answer gives the same roll: marks and tally say how things are, not what to add,
and people who came without registering carry a key.
"""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import SessionStatus
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.rating import note_session
from hocsuotdoi.activities.operations.roll import (
    WalkIn,
    add_walk_in,
    close_session,
    correct_session,
    mark_all_present,
    mark_attendance,
    save_roll,
    set_tally,
)
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.api.activities.parties import IdempotencyKey, key_of
from hocsuotdoi.api.activities.schemas import RollShape
from hocsuotdoi.api.activities.sessions import session_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Readable, Whole, YesNo
from hocsuotdoi.ledger.enums import AgeBand, Sex

router = ApiRouter("activities", tag=_("Rolls"))


class Mark(Given):
    """How many of a line came; 0: nobody."""

    line: uuid.UUID = Field(description=_("Id of a line of this roll"))
    present: Whole = Field(description=_("From 0 to the line's size"))


class Marks(Given):
    """Lines that are not named stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"marks": [{"line": "0193e3c0-0000-7000-8000-000000000002", "present": 1}]}]}
    )

    marks: list[Mark] = Field(max_length=5000)

    def present(self) -> dict[uuid.UUID, int]:
        return {mark.line: mark.present for mark in self.marks}


class Counted(Given):
    """A cell of the tally; null: not stated."""

    sex: Sex | None = None
    age_band: AgeBand | None = None
    count: Whole = Field(description=_("How many people, not how many more; 0 empties the cell"))


class TallyGiven(Given):
    """Cells that are not named stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cells": [{"sex": "female", "age_band": "6-10", "count": 12}]}]}
    )

    cells: list[Counted] = Field(max_length=200)

    def by_key(self) -> dict[tuple[str | None, str | None], int]:
        return {(cell.sex, cell.age_band): cell.count for cell in self.cells}


class WalkInGiven(Given):
    """Someone who came without registering, present."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Bàn Văn Páo",
                    "sex": "male",
                    "age_band": "60+",
                    "form_key": "0193e3c0-0000-7000-8000-000000000003",
                }
            ]
        }
    )

    name: Annotated[str, Readable] = Field(max_length=120)
    sex: Sex | None = None
    age_band: AgeBand | None = None
    form_key: uuid.UUID | None = Field(
        None, description=_("A fresh UUID for each person (or header Idempotency-Key): sent twice, it counts once")
    )


class Sheet(Given):
    """A whole roll at once: a sheet of paper that is typed in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "all_present": True,
                    "walk_ins": [{"name": "Bàn Văn Páo", "form_key": "0193e3c0-0000-7000-8000-000000000003"}],
                }
            ]
        }
    )

    all_present: YesNo = Field(False, description=_("Every line in full; then marks are not looked at"))
    marks: list[Mark] = Field([], max_length=5000)
    cells: list[Counted] = Field([], max_length=200)
    walk_ins: list[WalkInGiven] = Field([], max_length=500)
    viewers: Whole | None = Field(None, description=_("The most people who followed on line at one time"))


class Note(Given):
    """How it went."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Các em muốn có thêm buổi kể chuyện."}]})

    note: Annotated[str, Readable] = Field(max_length=5000, description=_("For the staff"))


class Closing(Given):
    """What closing needs to know."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"nobody_came": False}]})

    nobody_came: YesNo = Field(
        False, description=_("Say true when nobody came: an untouched roll is not closed by mistake")
    )


class Correction(Given):
    """What was wrong in a closed roll. Lines and cells that are not named stay as they were."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "Đếm sót một nhóm đến muộn", "cells": [{"sex": "male", "count": 3}]}]
        }
    )

    reason: Annotated[str, Readable] = Field(
        max_length=300, description=_("Stands in the account book for everybody to read: name nobody")
    )
    marks: list[Mark] = Field([], max_length=5000)
    cells: list[Counted] = Field([], max_length=200)
    walk_ins: list[WalkInGiven] = Field([], max_length=500)
    viewers: Whole | None = Field(None, description=_("The most people who followed on line at one time"))


@router.get(
    "/sessions/{uuid:pk}/roll",
    response=RollShape,
    summary=_("Read a roll"),
    description=_("Who is expected, who came, who was counted without a name."),
)
@requires(Permission.VIEW_PARTICIPANTS)
def roll_detail(request: HttpRequest, pk: uuid.UUID) -> RollShape:
    return RollShape.of(roll_of(session_of(request, pk, Permission.VIEW_PARTICIPANTS)))


@router.post(
    "/sessions/{uuid:pk}/roll/marks",
    response=RollShape,
    summary=_("Mark who came"),
    description=_("Says for some lines how many came. The roll opens two hours before the session."),
)
@requires(Permission.CALL_ROLL)
def roll_mark(request: HttpRequest, pk: uuid.UUID, given: Marks) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    mark_attendance(session, present=given.present(), by=request.user, at=timezone.now())
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/roll/all-present",
    response=RollShape,
    summary=_("Mark all present"),
    description=_("Marks every line present in full, whatever it said before."),
)
@requires(Permission.CALL_ROLL)
def roll_all_present(request: HttpRequest, pk: uuid.UUID) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    mark_all_present(session, by=request.user, at=timezone.now())
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/roll/walk-ins",
    response={201: RollShape},
    summary=_("Add someone who came without registering"),
    description=_("Present at once. The same key and name again add nobody."),
)
@requires(Permission.CALL_ROLL)
def roll_walk_in(request: HttpRequest, pk: uuid.UUID, given: WalkInGiven, idempotency_key: IdempotencyKey) -> Status:
    session = session_of(request, pk, Permission.CALL_ROLL)
    fields = given.model_dump()
    fields["form_key"] = key_of(given.form_key, idempotency_key)
    add_walk_in(session, by=request.user, at=timezone.now(), **fields)
    return Status(201, _roll(session))


@router.post(
    "/sessions/{uuid:pk}/roll/tally",
    response=RollShape,
    summary=_("Count without names"),
    description=_("People who are on no line, by sex and age. Each count says how many there are."),
)
@requires(Permission.CALL_ROLL)
def roll_tally(request: HttpRequest, pk: uuid.UUID, given: TallyGiven) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    set_tally(session, cells=given.by_key(), by=request.user, at=timezone.now())
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/roll/sheet",
    response=RollShape,
    summary=_("Send a whole roll"),
    description=_("Marks, tally, people who came without registering and viewers at once, or nothing of it."),
)
@requires(Permission.CALL_ROLL)
def roll_sheet(request: HttpRequest, pk: uuid.UUID, given: Sheet) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    save_roll(
        session,
        all_present=given.all_present,
        present=Marks(marks=given.marks).present(),
        cells=TallyGiven(cells=given.cells).by_key(),
        walk_ins=_walk_ins(given.walk_ins),
        viewers=given.viewers,
        by=request.user,
        at=timezone.now(),
    )
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/roll/note",
    response=RollShape,
    summary=_("Note how it went"),
    description=_("The staff's own note; also after closing. It takes the place of the one before."),
)
@requires(Permission.CALL_ROLL)
def roll_note(request: HttpRequest, pk: uuid.UUID, given: Note) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    note_session(session, note=given.note, by=request.user, at=timezone.now())
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/close",
    response=RollShape,
    summary=_("Close a session"),
    description=_(
        "Closes the roll and counts it; lines that were not called count as absent. Closing again what you closed "
        "yourself counts nothing twice and answers as before."
    ),
)
@requires(Permission.CALL_ROLL)
def session_close(request: HttpRequest, pk: uuid.UUID, given: Closing) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    if session.status != SessionStatus.CLOSED or session.closed_by != request.user.pk:
        session, _posting = close_session(session, nobody_came=given.nobody_came, by=request.user, at=timezone.now())
    return _roll(session)


@router.post(
    "/sessions/{uuid:pk}/correct",
    response=RollShape,
    summary=_("Put a closed roll right"),
    description=_(
        "Takes the posting back with the reason, changes the roll and posts it anew. Sent again it is refused, since "
        "nothing is left to correct."
    ),
)
@requires(Permission.CALL_ROLL)
def session_correct(request: HttpRequest, pk: uuid.UUID, given: Correction) -> RollShape:
    session = session_of(request, pk, Permission.CALL_ROLL)
    session, _posting = correct_session(
        session,
        reason=given.reason,
        present=Marks(marks=given.marks).present(),
        cells=TallyGiven(cells=given.cells).by_key(),
        walk_ins=_walk_ins(given.walk_ins),
        viewers=given.viewers,
        by=request.user,
        at=timezone.now(),
    )
    return _roll(session)


def _walk_ins(given: list[WalkInGiven]) -> list[WalkIn]:
    return [
        WalkIn(name=each.name, form_key=key_of(each.form_key, None), sex=each.sex, age_band=each.age_band)
        for each in given
    ]


def _roll(session: Session) -> RollShape:
    """As it is now."""
    session.refresh_from_db(fields=["status", "revision", "note"])
    return RollShape.of(roll_of(session))
