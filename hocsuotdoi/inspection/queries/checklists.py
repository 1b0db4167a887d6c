"""Which checklists somebody reads, as text too, and what others changed in one while somebody wrote."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q, QuerySet

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import agencies_commanded
from hocsuotdoi.accounts.queries.scope import agencies_on_line
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.inspection.enums import ItemKind
from hocsuotdoi.inspection.models import Checklist, ChecklistItem, Visit
from hocsuotdoi.inspection.queries.visits import people_named
from hocsuotdoi.places.enums import ARMED_FORCES
from hocsuotdoi.places.models import Agency

KINDS = {"?": ItemKind.YES_NO, "#": ItemKind.NUMBER, "…": ItemKind.WORDS}
_MARKS = {kind: mark for mark, kind in KINDS.items()}


@dataclass(frozen=True)
class ListChanges:
    """What stands for a body now (`stands`; None: its list is not in use any more, the proposal is) against the list
    that somebody saw. `by`: who published it, where the trail knows; `new` and `gone` as lines (`as_text`); neither:
    only the order, the parts or the title are different."""

    stands: Checklist | None
    by: str
    new: list[str]
    gone: list[str]


def checklists_seen(person: Someone, day: dt.date) -> QuerySet[Checklist]:
    """What is published; of the armed forces' own only those of the bodies on the person's line, as their plans."""
    on_line = agencies_on_line(person, Permission.VIEW_INSPECTION, day).values("pk")
    commanded = agencies_commanded(person, Permission.VIEW_INSPECTION, day).values("pk")
    of_others = Q(owner=None) | ~Q(owner__kind__in=ARMED_FORCES)
    own = Q(owner__in=on_line) | Q(owner__in=commanded)
    return Checklist.objects.exclude(published_at=None).filter(of_others | own).select_related("owner")


def checklists_met(person: Someone, day: dt.date) -> QuerySet[Checklist]:
    """Also those with which a visit was made that the person sees: its questions stand there anyway."""
    visits = Visit.objects.visible_to(person, day).filter(checklist__owner__kind__in=ARMED_FORCES)
    met = Checklist.objects.filter(pk__in=visits.values("checklist")).select_related("owner")
    return checklists_seen(person, day) | met


def as_text(items: Sequence[ChecklistItem]) -> str:
    """One line for each question, “? …” for yes or no, “# …” for a number, “… …” for words; “== …” begins a part."""
    lines: list[str] = []
    heading = None
    for item in items:
        if item.heading != heading:
            lines += ([""] if lines else []) + [f"== {item.heading}"]
            heading = item.heading
        lines.append(_line(item))
    return "\n".join(lines)


def own_code(base: Checklist, owner: Agency) -> str:
    """Of the body's list in place of `base`: the same, whether `base` is the proposal or a version of that list."""
    return f"{base.code.partition('--')[0]}--{owner.code}"[:60]


def versions_in_use(base: Checklist, owners: Iterable[Agency]) -> dict[int, int]:
    """By body, the version of its own list that is in use; 0: none. One query."""
    codes = {own_code(base, each): each.pk for each in owners}
    rows = Checklist.objects.filter(code__in=codes, retired_at=None).values_list("code", "version")
    return dict.fromkeys(codes.values(), 0) | {codes[code]: version for code, version in rows}


def changes_of_list(base: Checklist, owner: Agency, seen: int) -> ListChanges:
    """`seen`: the version of the body's list that somebody saw; 0: none, but `base`. A constant number of queries."""
    of_code = Checklist.objects.filter(code=own_code(base, owner)).prefetch_related("items")
    before = of_code.filter(version=seen).first() or base
    stands = of_code.filter(retired_at=None).first()
    if stands is None:
        return ListChanges(None, "", [], [])
    was, now = ([_line(item) for item in each.items.all()] for each in (before, stands))
    return ListChanges(
        stands,
        _published_by(stands),
        new=[each for each in now if each not in was],
        gone=[each for each in was if each not in now],
    )


def _published_by(checklist: Checklist) -> str:
    trail = apps.get_model("inspection", "ChecklistEvent")._default_manager.filter(id=checklist.pk, pgh_label="insert")
    row = trail.select_related("pgh_context").first()
    user = row.pgh_context.metadata.get("user") if row and row.pgh_context else None
    return people_named([uuid.UUID(str(user))]).get(uuid.UUID(str(user)), "") if user else ""


def _line(item: ChecklistItem) -> str:
    return f"{_MARKS[ItemKind(item.kind)]} {item.question}"
