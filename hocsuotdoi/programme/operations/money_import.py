"""Taking in a sheet of money: first what it would change, then, once confirmed, all of it or nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import Problem
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.formats.money_sheet import (
    ALLOCATED,
    APPRAISED,
    ESTIMATED,
    GIVER,
    KEY,
    PURPOSE,
    REMARK,
    SOURCE,
    SPENT,
    TASK,
    ReadMoney,
    SheetLine,
    edition_of,
    mark_of,
)
from hocsuotdoi.programme.models import MoneyLine, MoneyPreview, MoneyStep, Plan, Task
from hocsuotdoi.programme.operations.money import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_GIVER,
    LONGEST_PURPOSE,
    Spending,
    add_line,
    estimate,
    spend,
    too_long,
)
from hocsuotdoi.programme.queries.money import tasks_by_number


class MoneyNotTaken(Refused):
    """Nothing was taken in; `problems` says what is wrong in which cell."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].reason if problems else "")
        self.problems = list(problems)


Named = Mapping[str, Sequence[Task]]
"""A number as sheets write it to the tasks that it names."""


class ChangeKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one row would do; as kept in the preview. Sums in đồng, `before` as they are."""

    kind: str
    at: str
    key: int | None
    version: int | None
    task: int | None
    purpose: str
    source: str
    source_name: str
    estimated: int | None
    estimated_before: int | None
    spent: int | None
    spent_before: int | None
    remark: str


@transaction.atomic
def preview_money(
    agency: Agency,
    *,
    plan: Plan,
    year: int,
    sheet: ReadMoney,
    file_name: str,
    digest: str,
    by: Person,
    at: dt.datetime,
) -> MoneyPreview:
    """Keeps what the sheet would change, to be confirmed. Refused (`MoneyNotTaken`, cell by cell): another agency's,
    plan's or year's sheet, a line that has changed since the sheet was taken away, what a line is for changed, what the
    acts would refuse."""
    problems = list(sheet.problems)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(Problem("", _("The programme runs in no such year.")))
    edition = edition_of(sheet.mark)
    if not problems and sheet.mark != mark_of(agency.code, agency.pk, plan.code, year, edition):
        problems.append(Problem("B1", _("This sheet is of another office, plan or year. Take the right one away.")))
    changes: list[RowChange] = []
    if not problems:
        named = tasks_by_number(plan) if edition > 1 else {str(task.ordinal): [task] for task in plan.tasks.all()}
        changes = _changes(agency, plan, year, sheet.lines, named, problems)
    if not problems and not any(each.kind != ChangeKind.SAME for each in changes):
        problems.append(Problem("", _("The sheet changes nothing.")))
    if problems:
        raise MoneyNotTaken(problems)
    rows = {"plan": plan.pk, "changes": [asdict(each) for each in changes]}
    return MoneyPreview.objects.create(
        agency=agency, year=year, file_name=file_name[:200], file_digest=digest, rows=rows, made_by=by.pk, made_at=at
    )


@transaction.atomic
def confirm_money(preview: MoneyPreview, *, by: Person, at: dt.datetime, in_place: bool = False) -> int:
    """Writes what was previewed; returns how many lines were added or changed. A second time it writes nothing.

    Refused as a whole: a line has changed since the preview.
    """
    locked = MoneyPreview.objects.select_for_update().filter(pk=preview.pk).first()
    if locked is None:
        return MoneyStep.objects.filter(imported=preview.pk).values("line").distinct().count()
    plan = Plan.objects.get(pk=locked.rows["plan"])
    tasks = {task.pk: task for task in plan.tasks.all()}
    agency = Agency.objects.get(pk=locked.agency_id)
    done = 0
    for change in changes_of(locked):
        if change.kind != ChangeKind.SAME:
            _write(change, agency, plan, locked.year, tasks, imported=locked.pk, in_place=in_place, by=by, at=at)
            done += 1
    locked.delete()
    return done


@transaction.atomic
def forget_preview(preview: MoneyPreview) -> None:
    """Nothing of it is taken in."""
    MoneyPreview.objects.filter(pk=preview.pk).delete()


def changes_of(preview: MoneyPreview) -> list[RowChange]:
    return [RowChange(**each) for each in preview.rows["changes"]]


def _changes(
    agency: Agency,
    plan: Plan,
    year: int,
    lines: Sequence[SheetLine],
    tasks: Named,
    problems: list[Problem],
) -> list[RowChange]:
    lines_there = MoneyLine.objects.filter(agency=agency, year=year, plan=plan).select_related("task")
    known = {each.pk: each for each in lines_there}
    seen: dict[tuple[Any, ...], str] = {
        (each.task_id, each.source, each.source_name, each.purpose): "" for each in known.values()
    }
    found = []
    first_of: dict[int, str] = {}
    for line in lines:
        reasons: list[tuple[int, str]] = []
        if line.key is None:
            change = _new(line, tasks, seen, reasons)
        elif line.key in first_of:
            # Each would be right by itself; together the second finds the version of the first.
            change = None
            reasons.append((KEY, _("The same line stands in {cell}.").format(cell=first_of[line.key])))
        else:
            first_of[line.key] = line.at(KEY)
            change = _changed(line, known.get(line.key), tasks, reasons)
        problems += [Problem(line.at(column), reason, line.purpose[:60]) for column, reason in reasons]
        if change is not None:
            found.append(change)
    return found


def _new(
    line: SheetLine, tasks: Named, seen: dict[tuple[Any, ...], str], reasons: list[tuple[int, str]]
) -> RowChange | None:
    found = _tasks_of(line, tasks)
    task = found[0] if len(found) == 1 else None
    if not line.purpose:
        reasons.append((PURPOSE, _("Say what the money is for.")))
    for column, text, longest in ((PURPOSE, line.purpose, LONGEST_PURPOSE), (GIVER, line.source_name, LONGEST_GIVER)):
        if len(text) > longest:
            reasons.append((column, too_long(longest)))
    if len(found) > 1:
        sentence = _("The plan has several tasks at {number}: choose one from the list.")
        reasons.append((TASK, sentence.format(number=line.task)))
    elif line.task and task is None:
        reasons.append((TASK, _("The plan has no task {number}.").format(number=line.task[:60])))
    if line.source is None:
        reasons.append((SOURCE, _("Choose where the money comes from.")))
    elif line.source in (MoneySource.DONATION, MoneySource.OTHER) and not line.source_name:
        reasons.append((GIVER, _("Say who gives it: a reader of the report asks.")))
    if line.estimated is None:
        reasons.append((ESTIMATED, _("A new line begins with its estimate.")))
    reasons += [(column, _of_finance()) for column, said in _in_grey(line).items() if said is not None]
    if line.spent is not None:
        reasons.append((SPENT, _("Nothing can have been spent of a line that is new. Add it first.")))
    if reasons or line.source is None:
        return None
    key = (task.pk if task else None, line.source.value, line.source_name, line.purpose)
    if key in seen:
        first = seen[key]
        sentence = (
            _("The same line stands in {cell}.").format(cell=first) if first else _("This line is there already.")
        )
        reasons.append((PURPOSE, sentence))
        return None
    seen[key] = line.at(PURPOSE)
    return RowChange(
        ChangeKind.NEW,
        line.at(PURPOSE),
        None,
        None,
        task.pk if task else None,
        line.purpose,
        line.source.value,
        line.source_name,
        line.estimated,
        None,
        None,
        None,
        line.remark,
    )


def _tasks_of(line: SheetLine, tasks: Named) -> Sequence[Task]:
    return tasks.get(fold(line.task), ()) if line.task else ()


def _changed(
    line: SheetLine, before: MoneyLine | None, tasks: Named, reasons: list[tuple[int, str]]
) -> RowChange | None:
    if before is None:
        reasons.append((KEY, _("There is no such line here. Leave the code empty for a new one.")))
        return None
    if before.version != line.version:
        sentence = _("This line has changed since the sheet was taken away. Take a new one.")
        reasons.append((KEY, sentence))
        return None
    reasons += _otherwise_for(line, before, tasks)
    if line.estimated is None and before.estimated is not None:
        reasons.append((ESTIMATED, _("An estimate is taken back on the page of the line, with a reason.")))
    if line.spent is None and before.spent is not None:
        reasons.append((SPENT, _("What was spent is not emptied. Type the sum.")))
    known = {APPRAISED: before.appraised, ALLOCATED: before.allocated}
    reasons += [(column, _of_finance()) for column, said in _in_grey(line).items() if said != known[column]]
    has_money = before.allocated is not None or before.spent is not None
    if line.estimated != before.estimated and has_money and not reasons:
        reasons.append((ESTIMATED, _("Money has been allocated or spent: the estimate stays as it was.")))
    is_spent = line.spent is not None and line.spent != before.spent
    if is_spent and (line.spent or 0) > (before.allocated or 0) and not line.remark:
        reasons.append((REMARK, _("More is spent than was allocated: say where the rest comes from.")))
    is_same = line.estimated == before.estimated and not is_spent
    if is_same and line.remark and not reasons:
        reasons.append((REMARK, _("No sum of this line has changed. A remark goes with a new sum.")))
    if reasons:
        return None
    return RowChange(
        ChangeKind.SAME if is_same else ChangeKind.CHANGED,
        line.at(PURPOSE),
        before.pk,
        before.version,
        before.task_id,
        before.purpose,
        before.source,
        before.source_name,
        line.estimated,
        before.estimated,
        line.spent,
        before.spent,
        line.remark,
    )


def _otherwise_for(line: SheetLine, before: MoneyLine, tasks: Named) -> list[tuple[int, str]]:
    """What a line is for stands once for all, as on its page: only its sums are said anew."""
    reasons = []
    if bool(line.task) != (before.task is not None) or (before.task and before.task not in _tasks_of(line, tasks)):
        reasons.append((TASK, _("The task of a line stays. Put the number back, or add another line instead.")))
    if line.purpose != before.purpose:
        reasons.append((PURPOSE, _("What a line is for stays. Add another line instead.")))
    if line.source != before.source:
        reasons.append((SOURCE, _("The source of a line stays. Put it back, or add another line instead.")))
    if line.source_name != before.source_name:
        reasons.append((GIVER, _("Who gives the money of a line stays. Put it back, or add another line instead.")))
    return reasons


def _in_grey(line: SheetLine) -> dict[int, int | None]:
    return {APPRAISED: line.appraised, ALLOCATED: line.allocated}


def _of_finance() -> str:
    return _("Grey cells are the finance office’s: leave them as they were.")


def _write(
    change: RowChange,
    agency: Agency,
    plan: Plan,
    year: int,
    tasks: dict[int, Task],
    *,
    imported: uuid.UUID,
    in_place: bool,
    by: Person,
    at: dt.datetime,
) -> None:
    if change.key is None:
        task = tasks[change.task] if change.task is not None else None
        spending = Spending(change.purpose, MoneySource(change.source), change.source_name, task)
        add_line(
            agency,
            plan=plan,
            year=year,
            spending=spending,
            estimated=change.estimated,
            remark=change.remark,
            by=by,
            at=at,
            imported=imported,
            in_place=in_place,
        )
        return
    line = MoneyLine.objects.get(pk=change.key, agency=agency)
    version = change.version or 0
    said: dict[str, Any] = {"remark": change.remark, "by": by, "at": at, "imported": imported, "in_place": in_place}
    if change.estimated != change.estimated_before:
        line = estimate(line, version=version, amount=change.estimated, **said)
        version = line.version
    if change.spent is not None and change.spent != change.spent_before:
        spend(line, version=version, amount=change.spent, **said)
