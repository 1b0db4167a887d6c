"""The roll of a session: reading it, saying who came, closing it, putting it right.

A call that is repeated after a lost answer gives the same roll: marks and tally say how things are, not what to add,
and people who came without registering carry a key.
"""

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Status
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.enums import SessionStatus
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
from hocsuotdoi.api.activities.found import acting, session_of
from hocsuotdoi.api.activities.parties import IdempotencyKey, key_of
from hocsuotdoi.api.activities.schemas import RollShape
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


def present_of(marks: list[Mark]) -> dict[uuid.UUID, int]:
    return {mark.line: mark.present for mark in marks}


def cells_of(cells: list[Counted]) -> dict[tuple[str | None, str | None], int]:
    return {(cell.sex, cell.age_band): cell.count for cell in cells}


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


class Said(Given):
    """What a whole roll says. Lines and cells that are not named stay as they are."""

    marks: list[Mark] = Field([], max_length=5000)
    cells: list[Counted] = Field([], max_length=200)
    walk_ins: list[WalkInGiven] = Field([], max_length=500)
    viewers: Whole | None = Field(None, description=_("The most people who followed on line at one time"))

    def said(self) -> dict[str, Any]:
        """As the acts take it."""
        return {
            "present": present_of(self.marks),
            "cells": cells_of(self.cells),
            "walk_ins": [
                WalkIn(name=each.name, form_key=key_of(each.form_key, None), sex=each.sex, age_band=each.age_band)
                for each in self.walk_ins
            ],
            "viewers": self.viewers,
        }


class Sheet(Said):
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


class Correction(Said):
    """What was wrong in a closed roll."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "Đếm sót một nhóm đến muộn", "cells": [{"sex": "male", "count": 3}]}]
        }
    )

    reason: Annotated[str, Readable] = Field(
        max_length=300, description=_("Stands in the account book for everybody to read: name nobody")
    )


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
    return _after(mark_attendance, request, pk, present=present_of(given.marks))


@router.post(
    "/sessions/{uuid:pk}/roll/all-present",
    response=RollShape,
    summary=_("Mark all present"),
    description=_("Marks every line present in full, whatever it said before."),
)
@requires(Permission.CALL_ROLL)
def roll_all_present(request: HttpRequest, pk: uuid.UUID) -> RollShape:
    return _after(mark_all_present, request, pk)


@router.post(
    "/sessions/{uuid:pk}/roll/walk-ins",
    response={201: RollShape},
    summary=_("Add someone who came without registering"),
    description=_("Present at once. The same key and name again add nobody."),
)
@requires(Permission.CALL_ROLL)
def roll_walk_in(request: HttpRequest, pk: uuid.UUID, given: WalkInGiven, idempotency_key: IdempotencyKey) -> Status:
    key = key_of(given.form_key, idempotency_key)
    return Status(201, _after(add_walk_in, request, pk, **given.model_dump(exclude={"form_key"}), form_key=key))


@router.post(
    "/sessions/{uuid:pk}/roll/tally",
    response=RollShape,
    summary=_("Count without names"),
    description=_("People who are on no line, by sex and age. Each count says how many there are."),
)
@requires(Permission.CALL_ROLL)
def roll_tally(request: HttpRequest, pk: uuid.UUID, given: TallyGiven) -> RollShape:
    return _after(set_tally, request, pk, cells=cells_of(given.cells))


@router.post(
    "/sessions/{uuid:pk}/roll/sheet",
    response=RollShape,
    summary=_("Send a whole roll"),
    description=_("Marks, tally, people who came without registering and viewers at once, or nothing of it."),
)
@requires(Permission.CALL_ROLL)
def roll_sheet(request: HttpRequest, pk: uuid.UUID, given: Sheet) -> RollShape:
    return _after(save_roll, request, pk, all_present=given.all_present, **given.said())


@router.post(
    "/sessions/{uuid:pk}/roll/note",
    response=RollShape,
    summary=_("Note how it went"),
    description=_("The staff's own note; also after closing. It takes the place of the one before."),
)
@requires(Permission.CALL_ROLL)
def roll_note(request: HttpRequest, pk: uuid.UUID, given: Note) -> RollShape:
    return _after(note_session, request, pk, note=given.note)


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
    if session.status == SessionStatus.CLOSED and session.closed_by == request.user.pk:
        return RollShape.of(roll_of(session))
    return _after(close_session, request, pk, nobody_came=given.nobody_came)


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
    return _after(correct_session, request, pk, reason=given.reason, **given.said())


def _after(act: Callable[..., Any], request: HttpRequest, pk: uuid.UUID, **given: Any) -> RollShape:
    """The roll as it is once `act` was done with its session."""
    session = session_of(request, pk, Permission.CALL_ROLL)
    act(session, **given, **acting(request))
    session.refresh_from_db(fields=["status", "revision", "note"])
    return RollShape.of(roll_of(session))
