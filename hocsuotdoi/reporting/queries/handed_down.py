"""Tasks in a report: those of the body itself and of those that left theirs to it, how far each is, and counts that add
up."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q

from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment, AssignmentStep, AssignmentTally
from hocsuotdoi.programme.queries.assignments import by_due_day, in_words
from hocsuotdoi.reporting.models.content import TaskContent
from hocsuotdoi.reporting.queries.amounts import Amount, tasks_key
from hocsuotdoi.reporting.queries.bodies import bodies_told
from hocsuotdoi.reporting.queries.figures import Figures
from hocsuotdoi.reporting.queries.wording import (
    TASK_STATE_WORDS,
    day_words,
    in_sentence,
    number_words,
    plan_short_words,
    plan_words,
)

COUNTED = {
    "asked": "Số nhiệm vụ được giao",
    "done": "Số nhiệm vụ đã thực hiện",
    "doing": "Số nhiệm vụ đang thực hiện",
    "to_do": "Số nhiệm vụ chưa thực hiện",
    "late": "Số nhiệm vụ chậm so với thời hạn",
    "cannot": "Số nhiệm vụ không thực hiện được",
}


def tasks_content(years: Sequence[Figures]) -> list[TaskContent]:
    """Tells the figures of tasks, of each year and of all years together, and lays each task of the body out once. What
    has been dropped is not asked. Three queries."""
    found = years[-1]
    report, day = found.report, found.as_of
    mine = Assignment.objects.filter(agency__in=bodies_told(report).values("pk")).exclude(state=AssignmentState.DROPPED)
    asked = mine.filter(Q(year__in=[each.year for each in years]) | Q(year=None))
    assignments = list(by_due_day(in_words(asked)))
    below = _below(assignments)
    notes = _notes(assignments)
    rows = [_task(each, day, below.get(each.pk), notes.get(each.pk, "")) for each in assignments]
    for row, assignment in zip(rows, assignments, strict=True):
        if tally := _tally(assignment):
            key, label = f"task:{row['assignment']}:evidence", f"Số hoạt động đã ghi nhận: {row['text']}"
            row["evidence_key"] = key
            found.tell(key, label, Amount(Decimal(tally.happenings)), number_words(tally.happenings), is_additive=False)
        if assignment.agency_id != report.agency_id:
            row["evidence"] = [f"Nhiệm vụ giao cho {in_sentence(assignment.agency.name)}", *row["evidence"]]
    for each in years:
        of_year = [row for row, one in zip(rows, assignments, strict=True) if one.year in (None, each.year)]
        _tell_counts(each, of_year, each.year)
    if len(years) > 1 and report.cycle is not None:
        _tell_counts(found, rows, report.cycle.period)
    for row in rows:
        for what in ("asked", "done"):
            if what in row:
                key, number = f"task:{row['assignment']}:{what}", row[what]
                row[f"{what}_key"] = key
                label = f"{'Số đơn vị được giao' if what == 'asked' else 'Số đơn vị đã thực hiện'}: {row['text']}"
                found.tell(key, label, Amount(Decimal(number)), number_words(number), is_additive=False)
    return rows


def _tell_counts(found: Figures, rows: Sequence[TaskContent], time: int | str) -> None:
    counts = Counter(row["state"] for row in rows)
    counts["asked"] = len(rows)
    for state, label in COUNTED.items():
        key = tasks_key(state, time)
        if rows:
            found.own.amounts[key] = Amount(Decimal(counts[state]))
        amount = found.combined(key, 0)
        if amount is not None and amount.numerator is not None:
            found.tell(key, label, amount, number_words(amount.numerator))


def _task(assignment: Assignment, day: dt.date, below: tuple[int, int] | None, note: str) -> TaskContent:
    task, text = assignment.task, assignment.title or (assignment.task.text if assignment.task else "")
    state = _state(assignment, day)
    row: TaskContent = {
        "plan": plan_words(task.plan) if task else "",
        "plan_short": plan_short_words(task.plan) if task else "",
        "clause": task.clause.path if task else "",
        "text": text[:1].upper() + text[1:],
        "due_words": f"Trước {day_words(assignment.due_on)}" if assignment.due_on else "",
        "state": state,
        "state_words": TASK_STATE_WORDS[state],
        "evidence": _evidence(assignment, note),
        "rule_words": "",
        "assignment": assignment.pk,
        "due_on": assignment.due_on.isoformat() if assignment.due_on else "",
    }
    if below is not None:
        row["asked"], row["done"] = below
    return row


def _state(assignment: Assignment, day: dt.date) -> str:
    if assignment.state in WAITING and assignment.due_on is not None and assignment.due_on < day:
        return "late"
    return str(assignment.state)


def _evidence(assignment: Assignment, note: str) -> list[str]:
    """What people said last, and what the book shows beside it."""
    lines = [note] if note else []
    if assignment.done_on:
        lines.append(f"Hoàn thành ngày {day_words(assignment.done_on)}")
    if (tally := _tally(assignment)) and tally.last_on:
        newest = day_words(tally.last_on)
        lines.append(f"{number_words(tally.happenings)} hoạt động đã ghi nhận, gần nhất ngày {newest}")
    return lines


def _tally(assignment: Assignment) -> AssignmentTally | None:
    """What the book shows of it; None where it shows nothing."""
    tally = getattr(assignment, "tally", None)
    return tally if tally is not None and tally.happenings and tally.last_on else None


def _below(assignments: list[Assignment]) -> dict[int, tuple[int, int]]:
    """Of how many bodies each was asked further, and how many have done it. One query."""
    rows = (
        Assignment.objects.filter(handed_down_from__in=[each.pk for each in assignments])
        .exclude(state=AssignmentState.DROPPED)
        .order_by()
        .values("handed_down_from")
        .annotate(asked=Count("pk"), done=Count("pk", filter=Q(state=AssignmentState.DONE)))
    )
    return {row["handed_down_from"]: (row["asked"], row["done"]) for row in rows}


def _notes(assignments: list[Assignment]) -> dict[int, str]:
    """The last words about each. One query."""
    steps = AssignmentStep.objects.filter(assignment__in=[each.pk for each in assignments], by__isnull=False)
    rows = steps.exclude(note="").order_by("assignment", "-at", "-pk").distinct("assignment")
    return dict(rows.values_list("assignment", "note"))
