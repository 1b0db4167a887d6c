"""Handing tasks down and saying how far they are."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file, without_traces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.file_kind import EVIDENCE, BadFileKind, file_kind
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import (
    ENDED,
    WAITING,
    AgencyPart,
    AssignmentState,
    AssignmentStepKind,
    EvidenceVerdict,
    PlanStatus,
)
from hocsuotdoi.programme.models import Assignment, AssignmentFile, AssignmentStep, EvidenceDecision, Plan, Task
from hocsuotdoi.programme.operations.tally import count_for
from hocsuotdoi.programme.queries.due import year_of
from hocsuotdoi.programme.queries.evidence import happening

MOST_FILES = 10
OWN = "task.own"
"""Origin of what an office asks without a plan."""

# From which state a person may go to which; the same state with another percentage is progress too.
STEPS = {
    AssignmentState.TO_DO: (AssignmentState.DOING, AssignmentState.DONE, AssignmentState.CANNOT),
    AssignmentState.DOING: (AssignmentState.DOING, AssignmentState.DONE, AssignmentState.CANNOT),
    AssignmentState.DONE: (AssignmentState.DOING,),
    AssignmentState.CANNOT: (AssignmentState.DOING,),
    AssignmentState.DROPPED: (),
}


class NotHandedDown(Refused):
    """The task cannot be handed down that way."""


class BadHandDown(Refused):
    """A task, body or figure that cannot be named in handing down."""


class BadDate(Refused):
    """The day cannot be the one by which it is due."""


class BadStep(Refused):
    """The task cannot go from where it is to there."""


class ChangedMeanwhile(Refused):
    """Somebody else said something in the meantime."""


class BadFile(Refused):
    """The file cannot be handed in."""


class NotDecided(Refused):
    """Nothing can be said about this as evidence."""


@dataclass(frozen=True)
class HandedIn:
    """A file that comes with a step."""

    name: str
    content: bytes


@transaction.atomic
def hand_down(
    task: Task,
    *,
    due: Mapping[Agency, dt.date | None],
    year: int,
    remark: str,
    by: Person,
    at: dt.datetime,
    starts_on: dt.date | None = None,
    indicator: Indicator | None = None,
    handed_down_from: Assignment | None = None,
    parts: Mapping[Agency, AgencyPart] | None = None,
    note: str = "",
) -> list[Assignment]:
    """Hand `task` down to the agencies, each with its own day, and return their assignments in the same order.

    An agency that has it already gets the new day, and part, beginning and remark where they are given (what it
    reported stays; what was dropped is asked again); a new one leads unless `parts` says otherwise. `note`: what the
    trail tells instead of the remark. Refused: nobody chosen, a plan that is not in force, a day before the
    beginning. The permission at each receiving agency is the surface's question.
    """
    if not due:
        raise NotHandedDown(_("Choose at least one body that is to do this."))
    # Locked and read again: whoever ends the plan at this moment drops what it asks, and must find this among it.
    plan = Plan.objects.select_for_update(no_key=True).get(pk=task.plan_id)
    if plan.status in (PlanStatus.DRAFT, *ENDED):
        raise NotHandedDown(_("This plan is not in force: its tasks cannot be handed down."))
    for day in due.values():
        _check_days(starts_on, day)
    of_year, remark = year_of(task, year), normalise(remark).strip()
    parts = parts or {}
    new = [
        Assignment(task=task, agency=agency, part=parts.get(agency, AgencyPart.LEAD), year=of_year, starts_on=starts_on,
                   due_on=day, remark=remark, indicator=indicator, handed_down_from=handed_down_from, handed_by=by.pk,
                   handed_at=at)
        for agency, day in due.items()
    ]  # fmt: skip
    rows = _new_or_known(new, Q(task=task, agency__in=list(due), year=of_year))
    for agency, day in due.items():
        row, is_new = rows[agency.pk]
        if is_new:
            continue
        _check_days(starts_on or row.starts_on, day)
        row.starts_on, row.due_on, row.remark = starts_on or row.starts_on, day, remark or row.remark
        row.indicator = indicator or row.indicator
        row.part = parts.get(agency, AgencyPart(row.part))
        if handed_down_from is not None and handed_down_from.pk != row.pk:
            row.handed_down_from = handed_down_from
        row.handed_by, row.handed_at = by.pk, at
        if row.state == AssignmentState.DROPPED:
            row.state = AssignmentState.TO_DO
        row.version += 1
        row.save()
    made = [rows[agency.pk][0] for agency in due]
    AssignmentStep.objects.bulk_create(
        _step(row, AssignmentStepKind.HANDED_DOWN, note=note or remark, by=by, at=at) for row in made
    )
    return made


def _new_or_known(new: list[Assignment], same: Q) -> dict[int, tuple[Assignment, bool]]:
    """Each agency's assignment, locked, and whether it is the new one: somebody else may hand the same down at this
    moment, or the tasks of a plan that was just issued are being made. `same`: finds what must be there only once."""
    before = set(Assignment.objects.filter(same).values_list("agency", flat=True))
    Assignment.objects.bulk_create([row for row in new if row.agency_id not in before], ignore_conflicts=True)
    act = {row.agency_id: (row.handed_by, row.handed_at) for row in new}
    return {
        row.agency_id: (row, row.agency_id not in before and (row.handed_by, row.handed_at) == act[row.agency_id])
        for row in Assignment.objects.select_for_update().filter(same)
    }


@transaction.atomic
def hand_down_one(
    *, title: str, origin: str, agency: Agency, due_on: dt.date | None, remark: str, by: Person, at: dt.datetime
) -> Assignment:
    """A task that no clause asks for: `origin` says from where it comes («inspection.finding:…»; empty: a task of
    one's own). The same origin for the same agency is one assignment: asked again, it is returned as it is."""
    title = " ".join(normalise(title).split())
    if not title:
        raise NotHandedDown(_("Say what is to be done."), field="title")
    row = Assignment(
        title=title,
        origin=origin,
        agency=agency,
        due_on=due_on,
        remark=normalise(remark).strip(),
        handed_by=by.pk,
        handed_at=at,
    )
    if origin:
        row, is_new = _new_or_known([row], Q(origin=origin, agency=agency))[agency.pk]
        if not is_new:
            return row
    else:
        row.save()
    _step(row, AssignmentStepKind.HANDED_DOWN, note=row.remark, by=by, at=at).save()
    return row


@transaction.atomic
def hand_down_own(
    *,
    title: str,
    reason: str,
    due: Mapping[Agency, dt.date | None],
    key: uuid.UUID,
    by: Person,
    at: dt.datetime,
    indicator: Indicator | None = None,
) -> list[Assignment]:
    """A task that no clause asks for, to several bodies at once, each with its own day; return what is new.

    `key`: of the one act; sent again, it changes nothing. Refused: nobody chosen, without words or without a reason,
    which whoever is to do it reads. The permission at each body is the surface's question.
    """
    title, reason = " ".join(normalise(title).split()), normalise(reason).strip()
    if not title:
        raise NotHandedDown(_("Say what is to be done."), field="title")
    if not reason:
        raise NotHandedDown(_("No plan asks for this: say why it is asked."), field="reason")
    if not due:
        raise NotHandedDown(_("Choose at least one body that is to do this."))
    origin = f"{OWN}:{key}"
    new = [
        Assignment(title=title, origin=origin, agency=agency, year=day.year if day else None, due_on=day,
                   indicator=indicator, remark=reason, handed_by=by.pk, handed_at=at)
        for agency, day in due.items()
    ]  # fmt: skip
    rows = _new_or_known(new, Q(origin=origin, agency__in=list(due)))
    made = [row for row, is_new in (rows[agency.pk] for agency in due) if is_new]
    AssignmentStep.objects.bulk_create(
        _step(row, AssignmentStepKind.HANDED_DOWN, note=reason, by=by, at=at) for row in made
    )
    return made


@transaction.atomic
def redate(assignment: Assignment, *, due_on: dt.date | None, reason: str, by: Person, at: dt.datetime) -> None:
    """Give it another day, with the reason. Refused: without a reason, when it waits for nobody any more."""
    row = _locked(assignment)
    reason = _reason(reason, _("Say why the day is changed: whoever is to do it reads it."))
    if row.state not in WAITING:
        raise BadDate(_("This is not waiting to be done any more, so its day stays."))
    _check_days(row.starts_on, due_on)
    if due_on == row.due_on:
        raise BadDate(_("This is the day that it has already."), field="due_on")
    row.due_on = due_on
    _save(row, assignment, ["due_on"])
    _step(row, AssignmentStepKind.DATED, note=reason, by=by, at=at).save()


@transaction.atomic
def drop(assignment: Assignment, *, reason: str, by: Person, at: dt.datetime) -> None:
    """It is asked no longer, with the reason. Refused: what is done, cannot be done, or was dropped before."""
    row = _locked(assignment)
    reason = _reason(reason, _("Say why this is asked no longer: whoever was to do it reads it."))
    if row.state not in WAITING:
        raise BadStep(_("Only what is still to be done can be dropped."))
    row.state = AssignmentState.DROPPED
    _save(row, assignment, ["state"])
    _step(row, AssignmentStepKind.PROGRESS, note=reason, by=by, at=at).save()


@transaction.atomic
def drop_of_ended(plans: Sequence[int], *, effective_on: dt.date, by: Person, at: dt.datetime) -> int:
    """What plans that have ended asked to be done on that day or later is asked no longer; returns how many."""
    asked = Assignment.objects.filter(task__plan__in=plans).filter(Q(due_on=None) | Q(due_on__gte=effective_on))
    return drop_all(asked, note=_("The plan that asked for this is no longer in force."), by=by, at=at)


@transaction.atomic
def drop_all(asked: QuerySet[Assignment], *, note: str, by: Person, at: dt.datetime) -> int:
    """What of this still waits is asked no longer; returns how many."""
    waiting = asked.filter(state__in=WAITING).select_for_update(of=("self",))
    rows = list(waiting.only("pk", "due_on", "percent"))
    for row in rows:
        row.state = AssignmentState.DROPPED
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=AssignmentState.DROPPED, version=F("version") + 1
    )
    AssignmentStep.objects.bulk_create(_step(row, AssignmentStepKind.PROGRESS, note=note, by=by, at=at) for row in rows)
    return len(rows)


@transaction.atomic
def change_parts(
    rows: QuerySet[Assignment], parts: Mapping[int, str], *, note: str, by: Person, at: dt.datetime
) -> None:
    """Each of `rows` in the part that `parts` says for its key, from now on by this person; its days and what was
    reported stay."""
    found = list(rows.filter(pk__in=list(parts)).select_for_update(of=("self",)))
    for row in found:
        row.part = parts[row.pk]
        row.handed_by, row.handed_at = by.pk, at
        row.version += 1
    Assignment.objects.bulk_update(found, ["part", "handed_by", "handed_at", "version"])
    AssignmentStep.objects.bulk_create(
        _step(row, AssignmentStepKind.HANDED_DOWN, note=note, by=by, at=at) for row in found
    )


@transaction.atomic
def report_progress(
    assignment: Assignment,
    *,
    state: AssignmentState,
    version: int,
    by: Person,
    at: dt.datetime,
    percent: int | None = None,
    note: str = "",
    done_on: dt.date | None = None,
    files: Sequence[HandedIn] = (),
) -> AssignmentStep:
    """Say how far it is, with what belongs to it. `version`: of the assignment as the person saw it.

    Refused: a state that does not follow, taking up again or giving up without saying why, a day that has not come, a
    percentage beyond 100, files that cannot be taken; and when somebody else reported in the meantime.
    """
    row = _locked(assignment)
    note = normalise(note).strip()
    if row.version != version:
        raise ChangedMeanwhile(
            _("Somebody else has reported on this in the meantime. Look at what they said, then report again.")
        )
    if state not in STEPS[AssignmentState(row.state)]:
        raise BadStep(_refusal(row), field="state")
    if state == AssignmentState.CANNOT and not note:
        raise BadStep(_("Say why it cannot be done: the body above reads it."), field="note")
    if row.state not in WAITING and not note:
        raise BadStep(_("Say why it is taken up again."), field="note")
    if percent is not None and not 0 <= percent <= 100:
        raise BadStep(_("Write a number from 0 to 100."), field="percent")
    today = timezone.localdate(at)
    if done_on is not None and done_on > today:
        raise BadStep(_("This day has not come yet."), field="done_on")
    row.state = state
    row.percent = 100 if state == AssignmentState.DONE else percent
    row.done_on = (done_on or today) if state == AssignmentState.DONE else None
    _save(row, assignment, ["state", "percent", "done_on"])
    step = _step(row, AssignmentStepKind.PROGRESS, note=note, by=by, at=at)
    kept = _kept(step, files)
    step.save()
    AssignmentFile.objects.bulk_create(kept)
    return step


@transaction.atomic
def add_note(
    assignment: Assignment, *, note: str, by: Person, at: dt.datetime, files: Sequence[HandedIn] = ()
) -> AssignmentStep:
    """Words or files that change nothing. The very same as the last thing in the history is the same note sent again
    and stands once. Refused: nothing said, and on what is asked no longer."""
    row = _locked(assignment)
    if row.state == AssignmentState.DROPPED:
        raise BadStep(_refusal(row))
    note = normalise(note).strip() or (_("Files handed in") if files else "")
    if not note:
        raise BadStep(_("Write a few words, or choose a file."), field="note")
    step = _step(row, AssignmentStepKind.NOTE, note=note, by=by, at=at)
    kept = _kept(step, files)
    last = row.steps.order_by("-at", "-pk").first()
    is_same = last is not None and (last.kind, last.note, last.by) == (step.kind, step.note, step.by)
    if last and is_same and sorted(each.digest for each in kept) == sorted(each.digest for each in last.files.all()):
        return last
    step.save()
    AssignmentFile.objects.bulk_create(kept)
    return step


@transaction.atomic
def decide_evidence(
    assignment: Assignment,
    *,
    source_kind: str,
    source_id: uuid.UUID,
    verdict: EvidenceVerdict,
    reason: str,
    by: Person,
    at: dt.datetime,
) -> EvidenceDecision:
    """Say of one happening that it is evidence, that it is none, or leave it to the rule again; always with a reason.

    Refused: without one, for a task without a rule, for what the books do not hold, on what is asked no longer.
    """
    row = _locked(assignment)
    if row.state == AssignmentState.DROPPED:
        raise NotDecided(_refusal(row))
    reason = _reason(reason, _("Say why: the reason stays beside it."))[:300]
    found = happening(source_kind, source_id)
    if found is None:
        raise NotDecided(_("The book does not hold this, or it was taken back."))
    if row.task is None:
        raise NotDecided(_("This task comes from no clause and has no rule for evidence: hand in a file instead."))
    decision = EvidenceDecision.objects.create(
        assignment=row,
        institution_id=found.institution_id,
        source_kind=found.source_kind,
        source_id=found.source_id,
        verdict=verdict,
        reason=reason,
        by=by.pk,
        at=at,
    )
    count_for([row.pk], at=at)
    return decision


def _locked(assignment: Assignment) -> Assignment:
    return Assignment.objects.select_for_update(of=("self",)).select_related("task").get(pk=assignment.pk)


def _save(row: Assignment, shown: Assignment, fields: list[str]) -> None:
    """The row, and what the caller holds of it."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    for name in [*fields, "version"]:
        setattr(shown, name, getattr(row, name))


def _step(row: Assignment, kind: AssignmentStepKind, *, note: str, by: Person, at: dt.datetime) -> AssignmentStep:
    return AssignmentStep(
        assignment=row,
        kind=kind,
        state=row.state,
        percent=row.percent,
        due_on=row.due_on,
        note=note,
        by=by.pk,
        at=at,
    )


def _kept(step: AssignmentStep, files: Sequence[HandedIn]) -> list[AssignmentFile]:
    """Their content is kept; the rows are to be saved after the step."""
    if len(files) > MOST_FILES:
        raise BadFile(_("At most {number} files at once.").format(number=MOST_FILES), field="files")
    rows = []
    for each in files:
        try:
            kind = file_kind(each.name, each.content, takes=EVIDENCE)
            content = without_traces(each.content, kind.media_type)
        except BadFileKind as bad:
            raise BadFile(_("“{name}”: {problem}").format(name=each.name[:100], problem=bad), field="files") from None
        except ValueError:
            raise BadFile(
                _("“{name}” cannot be read as a picture: it seems to be damaged.").format(name=each.name[:100]),
                field="files",
            ) from None
        digest, size = keep_file(content)
        rows.append(
            AssignmentFile(step=step, file_name=kind.file_name, media_type=kind.media_type, size=size, digest=digest)
        )
    return rows


def _reason(reason: str, missing: str) -> str:
    reason = normalise(reason).strip()
    if not reason:
        raise BadStep(missing, field="reason")
    return reason


def _check_days(starts_on: dt.date | None, due_on: dt.date | None) -> None:
    if starts_on is not None and due_on is not None and due_on < starts_on:
        raise BadDate(
            _("It cannot be due before it begins, on {day}.").format(day=day_short(starts_on)), field="due_on"
        )


def _refusal(row: Assignment) -> str:
    return {
        AssignmentState.TO_DO: _("This has not been begun: say that it is under way, done, or cannot be done."),
        AssignmentState.DOING: _("This is under way: say how far it is, that it is done, or cannot be done."),
        AssignmentState.DONE: _("This is done already. To change that, take it up again and say why."),
        AssignmentState.CANNOT: _(
            "It was said that this cannot be done. To change that, take it up again and say why."
        ),
        AssignmentState.DROPPED: _("This is asked no longer, so nothing is reported on it."),
    }[AssignmentState(row.state)]
