"""Evidence that areas above the programme hold (a submitted report): they register a finder under the name that a
task's `evidence` carries. A finder answers, for a unit and a year, what there is: empty when nothing yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hocsuotdoi.places.models import AdminUnit

REPORT_SUBMITTED = "report_submitted"


@dataclass(frozen=True)
class Evidence:
    """Something that was held or sent: what to call it, when, and the kind and key by which a surface links to it."""

    title: str
    on: date
    kind: str
    key: str


Finder = Callable[[AdminUnit, int], list[Evidence]]
_finders: dict[str, Finder] = {}


def register_evidence(name: str, finder: Finder) -> None:
    _finders[name] = finder


def evidence_named(name: str, unit: AdminUnit, year: int) -> list[Evidence]:
    """What the area that registered `name` has for this unit and year; nothing when no area did."""
    finder = _finders.get(name)
    return finder(unit, year) if finder else []
