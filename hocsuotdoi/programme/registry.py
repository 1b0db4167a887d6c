"""Sockets for areas above the programme.

- **Evidence** of another area (a submitted report): a finder under the name that a task's `evidence` carries. It
  answers, for a unit and a year, what there is; `of_units` the same for many units in one query, for boards.
- **Happenings** in the ledger besides sessions (rotations, broadcasts): who knows what they are called, by source kind.
- **Lines of the digest**: what else people of an agency are to be reminded of, beside late tasks; and what single
  people are to be told, wherever they are (who is in a team, who has a paper to read).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hocsuotdoi.places.models import AdminUnit

REPORT_SUBMITTED = "report_submitted"
INSPECTION_HELD = "inspection_held"


@dataclass(frozen=True)
class Evidence:
    """Something that was held or sent: what to call it, when, and the kind and key by which a surface links to it."""

    title: str
    on: date
    kind: str
    key: str


@dataclass(frozen=True)
class Line:
    """One thing that a person is reminded of. `url`: the path of its page."""

    title: str
    detail: str = ""
    url: str = ""


Finder = Callable[[AdminUnit, int], list[Evidence]]
FinderOfUnits = Callable[[Iterable[int], int], Mapping[int, list[Evidence]]]
Namer = Callable[[Iterable[uuid.UUID]], Mapping[uuid.UUID, str]]
LineFinder = Callable[[Iterable[int], dt.date], Mapping[int, list[Line]]]
PersonalFinder = Callable[[dt.date, Collection[uuid.UUID] | None], Mapping[uuid.UUID, list[Line]]]
Taker = Callable[[Collection[uuid.UUID], dt.datetime], None]

_finders: dict[str, tuple[Finder, FinderOfUnits | None]] = {}
_happenings: dict[str, Namer] = {}
_lines: dict[str, LineFinder] = {}
_personal: dict[str, tuple[PersonalFinder, Taker | None]] = {}


def register_evidence(name: str, finder: Finder, of_units: FinderOfUnits | None = None) -> None:
    _finders[name] = finder, of_units


def evidence_named(name: str, unit: AdminUnit, year: int) -> list[Evidence]:
    """What the area that registered `name` has for this unit and year; nothing when no area did."""
    finder, _of_units = _finders.get(name, (None, None))
    return finder(unit, year) if finder else []


def evidence_of_units(name: str, units: Iterable[int], year: int) -> Mapping[int, list[Evidence]]:
    """The same for many units (by their keys) at once; nothing where the area only answers for one at a time."""
    _finder, of_units = _finders.get(name, (None, None))
    return of_units(units, year) if of_units else {}


def register_happenings(source_kind: str, namer: Namer) -> None:
    """`namer`: what the happenings with these source ids are called."""
    _happenings[source_kind] = namer


def names_of_happenings(source_kind: str, keys: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    namer = _happenings.get(source_kind)
    return namer(keys) if namer else {}


def register_digest_lines(name: str, finder: LineFinder) -> None:
    """`finder`: for agencies (by their keys) and a day, what each is to be reminded of on that day; once only what is
    to be said once."""
    _lines[name] = finder


def other_digest_lines(agencies: Iterable[int], day: dt.date) -> dict[str, Mapping[int, list[Line]]]:
    """What each area has to say, by its name."""
    keys = list(agencies)
    return {name: finder(keys, day) for name, finder in _lines.items()}


def register_personal_lines(name: str, finder: PersonalFinder, taken: Taker | None = None) -> None:
    """`finder`: for a day, what each person is to be told on that day; of the people named, where they are.

    `taken`: these people have it in a letter, written in the same transaction; for what is said once. Without it the
    finder is asked again before the letter goes out, and what it does not say any more is left out.
    """
    _personal[name] = finder, taken


def personal_digest_lines(
    day: dt.date, people: Collection[uuid.UUID] | None = None, *, names: Collection[str] | None = None
) -> dict[str, Mapping[uuid.UUID, list[Line]]]:
    """What each area (or only those named) has to say to people, by its name."""
    return {name: finder(day, people) for name, (finder, _taken) in _personal.items() if names is None or name in names}


def personal_lines_taken(name: str, people: Collection[uuid.UUID], at: dt.datetime) -> None:
    _finder, taken = _personal[name]
    if taken is not None:
        taken(people, at)


def is_said_once(name: str) -> bool:
    """Whether the area forgets what it has said, so that it cannot be asked again."""
    return name in _personal and _personal[name][1] is not None
