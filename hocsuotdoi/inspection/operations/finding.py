"""What a team concludes, what the institution says to it, and looking again at what was to be mended. Findings come
from the office's page, or from a phone hours later: sent twice they are once there, and nobody's words are written over
by somebody who has not seen them."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, Outcome, Severity, VisitState
from hocsuotdoi.inspection.models import ChecklistItem, FindingCheck, Visit, VisitFinding
from hocsuotdoi.inspection.operations.plan import locked, save
from hocsuotdoi.inspection.operations.seeing import NotTaken, begin, check_open, each_for_itself

LONGEST = 4_000


class BadFinding(Refused):
    """The finding cannot stand that way."""


class NotOpen(Refused):
    """The visit is where nothing of the kind can happen."""


@dataclass(frozen=True)
class NotedFinding:
    """A finding as it was noted on a phone; `id` was given there. `base`: of which words it was made, by their
    `noted_at`; None: new. `is_removed`: it is to be taken out."""

    id: uuid.UUID
    visit: uuid.UUID
    item: int | None
    severity: Severity
    text: str
    demand: str
    due_on: dt.date | None
    noted_at: dt.datetime
    base: dt.datetime | None = None
    is_removed: bool = False


@dataclass(frozen=True)
class ToldOfFinding:
    """What became of it. `noted_at`: the moment under which it stands now; `holds`: what stands instead, where somebody
    else wrote meanwhile; with `CHANGED` and without `holds` it was taken out, `by` this person."""

    id: uuid.UUID
    outcome: Outcome
    reason: str = ""
    noted_at: dt.datetime | None = None
    holds: VisitFinding | None = None
    by: uuid.UUID | None = None


@transaction.atomic
def add_finding(
    visit: Visit,
    *,
    severity: Severity,
    text: str,
    demand: str = "",
    due_on: dt.date | None = None,
    item: ChecklistItem | None = None,
    by: Person,
    at: dt.datetime,
) -> VisitFinding:
    """Refused: a visit not under way; a shortcoming or violation without what is asked and until when."""
    row = locked(visit)
    check_under_way(row)
    given = _fitting(severity, text, demand, due_on, at)
    if item is not None and item.checklist_id != row.checklist_id:
        raise BadFinding(_("This question does not belong to the visit’s checklist."), field="item")
    return VisitFinding.objects.create(
        visit=row, institution_id=row.institution_id, item=item, **given, noted_at=at, noted_by=by.pk
    )


def take_findings(noted: Sequence[NotedFinding], *, by: Person, at: dt.datetime, day: dt.date) -> list[ToldOfFinding]:
    return each_for_itself(
        noted, lambda visit, one: take_finding(visit, one, by=by, at=at), ToldOfFinding, by=by, day=day
    )


@transaction.atomic
def take_finding(visit: Visit, noted: NotedFinding, *, by: Person, at: dt.datetime) -> ToldOfFinding:
    """New, changed or taken out. A day to mend by is judged by the moment at which it was noted. Refused: a finished
    visit, what does not fit; told and not taken: what somebody else has changed or taken out since `base`."""
    row = locked(visit)
    known = VisitFinding.objects.filter(pk=noted.id).first()
    if known is not None and known.visit_id != row.pk:
        raise NotTaken(_("This finding was sent for another visit already."))
    noted_at = min(noted.noted_at, at)
    if noted.is_removed and known is None:
        return ToldOfFinding(noted.id, Outcome.KNOWN)
    given = {} if noted.is_removed else _fitting(noted.severity, noted.text, noted.demand, noted.due_on, noted_at)
    if known is not None and not noted.is_removed and _is_same(known, noted.item, given):
        return ToldOfFinding(noted.id, Outcome.KNOWN, noted_at=known.noted_at)
    check_open(row)
    if known is not None:
        if known.noted_at != noted.base:
            return ToldOfFinding(noted.id, Outcome.CHANGED, holds=known, by=known.noted_by)
        if noted.is_removed:
            known.delete()
            return ToldOfFinding(noted.id, Outcome.TAKEN)
    elif (remover := _removed_by(row, noted.id)) is not None:
        return ToldOfFinding(noted.id, Outcome.CHANGED, by=remover)
    if noted.item is not None and not ChecklistItem.objects.filter(pk=noted.item, checklist=row.checklist_id).exists():
        raise NotTaken(_("This question does not belong to the visit’s checklist."))
    begin(row, visit, noted_at, at)
    finding = known or VisitFinding(pk=noted.id, visit=row, institution_id=row.institution_id)
    for name, value in {**given, "item_id": noted.item, "noted_at": noted_at, "noted_by": by.pk}.items():
        setattr(finding, name, value)
    finding.save()
    return ToldOfFinding(noted.id, Outcome.TAKEN, noted_at=noted_at)


@transaction.atomic
def remove_finding(finding: VisitFinding, *, by: Person, at: dt.datetime, base: str | None = None) -> None:
    """Before the visit is closed; what was removed stays in the history of changes. `base`: the moment of the words
    that were looked at, as they were shown; None: whatever stands. Refused: somebody has changed the words since."""
    check_under_way(locked(finding.visit))
    now = VisitFinding.objects.filter(pk=finding.pk).first()
    if now is None:
        return
    if base is not None and base != (now.noted_at.isoformat() if now.noted_at else ""):
        raise NotOpen(_("Somebody has changed this finding since you opened the page. Look at it as it is now."))
    now.delete()


@transaction.atomic
def state_opinion(visit: Visit, *, met: str, opinion: str, version: int, by: Person, at: dt.datetime) -> None:
    """What the institution says to what was seen, and who spoke for it; until the visit is closed."""
    row = locked(visit)
    check_under_way(row)
    check_version(row, version)
    row.met, row.opinion = " ".join(normalise(met).split())[:300], in_words(opinion)
    save(row, visit, "met", "opinion")


@transaction.atomic
def check_finding(finding: VisitFinding, *, is_mended: bool, words: str, by: Person, at: dt.datetime) -> FindingCheck:
    """Somebody looked again. Refused: of a visit not closed, of what asked for nothing, without words, what is mended
    already said to be mended again."""
    row = locked(finding.visit)
    if row.state != VisitState.CLOSED:
        raise NotOpen(_("Close the visit first: until then the finding itself can be changed."))
    if finding.severity not in MENDED_BY_A_DAY:
        raise NotOpen(_("Nothing was to be mended here."))
    words = in_words(words)
    if not words:
        raise BadFinding(_("Say what you saw when you looked again."), field="words")
    newest = finding.checks.order_by("-checked_at", "-pk").first()
    if newest is not None and newest.is_mended and is_mended:
        raise NotOpen(_("It was said already that this has been mended."))
    return FindingCheck.objects.create(
        finding=finding,
        institution_id=finding.institution_id,
        is_mended=is_mended,
        words=words,
        checked_at=at,
        checked_by=by.pk,
    )


@transaction.atomic
def number_minutes(visit: Visit, number: str, *, by: Person, at: dt.datetime) -> None:
    """Note under which number the minutes were frozen. Refused: of a visit not closed."""
    row = locked(visit)
    if row.state != VisitState.CLOSED:
        raise NotOpen(_("Minutes are written once the visit is closed."))
    row.minutes_number = number
    save(row, visit, "minutes_number")


def check_under_way(row: Visit) -> None:
    if row.state == VisitState.PLANNED:
        raise NotOpen(_("The visit has not begun: begin it when the team is there."))
    if row.state == VisitState.CLOSED:
        raise NotOpen(_("This visit has been closed: what was found stands."))
    if row.state == VisitState.CANCELLED:
        raise NotOpen(_("This visit was cancelled: {reason}").format(reason=row.cancel_reason))


def check_version(row: Visit, version: int) -> None:
    if row.version != version:
        raise NotOpen(_("Somebody else has changed this visit in the meantime. Look at it, then change it again."))


def in_words(text: str) -> str:
    return normalise(text).strip()[:LONGEST]


def _fitting(severity: Severity, text: str, demand: str, due_on: dt.date | None, at: dt.datetime) -> dict[str, Any]:
    text, demand = in_words(text), in_words(demand)
    if not text:
        raise BadFinding(_("Write what was found."), field="text")
    if severity not in MENDED_BY_A_DAY:
        return {"severity": severity, "text": text, "demand": demand, "due_on": None}
    if not demand:
        raise BadFinding(_("Say what is to be done about it."), field="demand")
    if due_on is None:
        raise BadFinding(_("Say by when it is to be mended."), field="due_on")
    if due_on <= timezone.localdate(at):
        raise BadFinding(_("Give them time: choose a day to come."), field="due_on")
    return {"severity": severity, "text": text, "demand": demand, "due_on": due_on}


def _is_same(known: VisitFinding, item: int | None, given: dict[str, Any]) -> bool:
    return known.item_id == item and all(getattr(known, name) == value for name, value in given.items())


def _removed_by(visit: Visit, finding: uuid.UUID) -> uuid.UUID | None:
    """Who took the finding out of the visit; None: it never stood there."""
    trail = apps.get_model("inspection", "VisitFindingEvent")._default_manager.filter(
        visit=visit.pk, id=finding, pgh_label="delete"
    )
    row = trail.select_related("pgh_context").order_by("-pgh_id").first()
    if row is None:
        return None
    context = row.pgh_context.metadata if row.pgh_context else {}
    return uuid.UUID(str(context["user"])) if context.get("user") else uuid.UUID(int=0)
