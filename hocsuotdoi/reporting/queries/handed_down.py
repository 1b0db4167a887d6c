"""Tasks in a report: those of the body itself and of those that left theirs to it, how far each is, and counts that add
up.

All of it is of the day by which the report is headed (`as_of`): what was done or shown by then, what was late then.
What people said without a day (under way, cannot be done, no longer asked) is as they had said it when it was read.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment, AssignmentStep
from hocsuotdoi.programme.queries.assignments import by_due_day, in_words
from hocsuotdoi.programme.queries.standing import SHOWN, days_over, standing_on
from hocsuotdoi.programme.queries.tally import evidence_counts
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

REPORTED = "report_submitted"
"""Of the task to report itself, in the tasks of plans."""
COUNTED = {
    "asked": "Số nhiệm vụ được giao",
    "done": "Số nhiệm vụ đã thực hiện",
    "shown": "Số nhiệm vụ đã có minh chứng thực hiện, chưa báo hoàn thành",
    "doing": "Số nhiệm vụ đang thực hiện",
    "to_do": "Số nhiệm vụ chưa thực hiện",
    "late": "Số nhiệm vụ chậm so với thời hạn",
    "cannot": "Số nhiệm vụ không thực hiện được",
}


def tasks_content(years: Sequence[Figures]) -> list[TaskContent]:
    """Tells the figures of tasks, of each year and of all years together, and lays each task of the body out once. What
    has been dropped is not asked. Three queries; one more where something was called done after the report's day, and
    two (one more for each kind of evidence of other areas and year) where something was held after it."""
    found = years[-1]
    report, day = found.report, found.as_of
    mine = Assignment.objects.filter(agency__in=bodies_told(report).values("pk")).exclude(state=AssignmentState.DROPPED)
    asked = mine.filter(Q(year__in=[each.year for each in years]) | Q(year=None))
    assignments = list(by_due_day(in_words(asked)))
    below = _below(assignments, day)
    notes = _notes(assignments)
    said, held = _said_before(assignments, day), _held_by(assignments, day)
    rows = [
        _task(each, day, said.get(each.pk, each.state), held.get(each.pk, _NOTHING_HELD), notes.get(each.pk, ""))
        for each in assignments
    ]
    for row in rows:
        if row["assignment"] in below:
            row["asked"], row["done"] = below[row["assignment"]]
    for row, assignment in zip(rows, assignments, strict=True):
        _tell_evidence(found, row, assignment, held.get(assignment.pk, _NOTHING_HELD))
        if assignment.agency_id != report.agency_id:
            row["evidence"] = [f"Nhiệm vụ giao cho {in_sentence(assignment.agency.name)}", *row["evidence"]]
    _tell_all_counts(years, rows, [each.year for each in assignments])
    for row in rows:
        for what in ("asked", "done"):
            if what in row:
                key, number = f"task:{row['assignment']}:{what}", row[what]
                row[f"{what}_key"] = key
                label = f"{'Số đơn vị được giao' if what == 'asked' else 'Số đơn vị đã thực hiện'}: {row['text']}"
                found.tell(key, label, Amount(Decimal(number)), number_words(number), is_additive=False)
    return rows


def tell_tasks_again(years: Sequence[Figures], told: Sequence[TaskContent], frozen_on: dt.date) -> None:
    """The same counts for an addendum to a report that was frozen on `frozen_on` with these tasks: each as it stood on
    the report's day by what has a day of its own (done on, shown on), as that is known now.

    What has none stays as it was told, since nobody can say how it stood on that day: which tasks were asked and until
    when, what was under way, what cannot be done. What is dated on the very day of freezing may have come after it, and
    is no correction: so are the reports that show the task to report. One query.
    """
    day = years[-1].as_of
    keys = [row["assignment"] for row in told if "assignment" in row]
    known = Assignment.objects.select_related("task", "tally").in_bulk(keys)
    rows: list[TaskContent] = []
    asked_in: list[int | None] = []
    for row in told:
        assignment = known.get(row.get("assignment", 0))
        rows.append({**row, "state": _state_again(row, assignment, day, frozen_on)})
        asked_in.append(assignment.year if assignment else None)
    _tell_all_counts(years, rows, asked_in)


def _state_again(row: TaskContent, assignment: Assignment | None, day: dt.date, frozen_on: dt.date) -> str:
    told = row["state"]
    if assignment is None or (assignment.task and assignment.task.evidence == REPORTED):
        return told
    last = day if told in (AssignmentState.DONE, SHOWN) else min(day, frozen_on - dt.timedelta(days=1))
    tally = getattr(assignment, "tally", None)
    said = row.get("said", told)
    if told == AssignmentState.DONE:  # taken up again, or done only later
        said = assignment.state if assignment.state in (*WAITING, AssignmentState.CANNOT) else AssignmentState.DOING
    return standing_on(
        day,
        said=said,
        due_on=dt.date.fromisoformat(row["due_on"]) if row.get("due_on") else None,
        done_on=_until(last, assignment.done_on),
        met_on=_until(last, tally.met_on if tally else None),
    )


def _until(last: dt.date, on: dt.date | None) -> dt.date | None:
    return on if on is not None and on <= last else None


def _tell_all_counts(years: Sequence[Figures], rows: Sequence[TaskContent], asked_in: Sequence[int | None]) -> None:
    """Of each year, and of all years together."""
    for each in years:
        _tell_counts(each, [row for row, of in zip(rows, asked_in, strict=True) if of in (None, each.year)], each.year)
    report = years[-1].report
    if len(years) > 1 and report.cycle is not None:
        _tell_counts(years[-1], rows, report.cycle.period)


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


@dataclass(frozen=True)
class _Held:
    """What the books hold of a task up to the report's day."""

    happenings: int
    last_on: dt.date | None
    met_on: dt.date | None


_NOTHING_HELD = _Held(0, None, None)


def _held_by(assignments: list[Assignment], day: dt.date) -> dict[int, _Held]:
    """As it was counted last; where something was held after `day`, counted anew up to it."""
    held = {each.pk: each.tally for each in assignments if hasattr(each, "tally")}
    later = [key for key, tally in held.items() if tally.last_on is not None and tally.last_on > day]
    found = {key: _Held(tally.happenings, tally.last_on, tally.met_on) for key, tally in held.items()}
    for each in evidence_counts(later, day, until=day) if later else ():
        found[each.assignment.pk] = _Held(each.happenings, each.last_on, each.met_on)
    return found


def _said_before(assignments: list[Assignment], day: dt.date) -> dict[int, str]:
    """Of what was done after `day`: what people had said before they called it done."""
    later = [each.pk for each in assignments if each.done_on is not None and each.done_on > day]
    if not later:
        return {}
    steps = AssignmentStep.objects.filter(assignment__in=later, state__in=WAITING)
    before = dict(steps.order_by("assignment", "-at", "-pk").distinct("assignment").values_list("assignment", "state"))
    return {key: before.get(key, AssignmentState.TO_DO.value) for key in later}


def _task(assignment: Assignment, day: dt.date, said: str, held: _Held, note: str) -> TaskContent:
    task, text = assignment.task, assignment.title or (assignment.task.text if assignment.task else "")
    due_on, done_on = assignment.due_on, assignment.done_on
    state = standing_on(day, said=said, due_on=due_on, done_on=done_on, met_on=held.met_on)
    return {
        "plan": plan_words(task.plan) if task else "",
        "plan_short": plan_short_words(task.plan) if task else "",
        "clause": task.clause.path if task else "",
        "text": text[:1].upper() + text[1:],
        "due_words": f"Trước {day_words(due_on)}" if due_on else "",
        "state": state,
        "state_words": TASK_STATE_WORDS[state],
        "evidence": _evidence(assignment, day, state, held, note),
        "rule_words": "",
        "assignment": assignment.pk,
        "due_on": due_on.isoformat() if due_on else "",
        "said": said,
        "met_on": held.met_on.isoformat() if held.met_on else "",
    }


def _evidence(assignment: Assignment, day: dt.date, state: str, held: _Held, note: str) -> list[str]:
    """What people said last, and what the book shows beside it by the report's day."""
    lines = [note] if note else []
    if assignment.done_on:
        after = ", sau ngày tính số liệu của báo cáo" if assignment.done_on > day else ""
        lines.append(
            f"Hoàn thành ngày {day_words(assignment.done_on)}{_over(assignment.due_on, assignment.done_on)}{after}"
        )
    if state == SHOWN and held.met_on:
        lines.append(f"Đủ minh chứng từ ngày {day_words(held.met_on)}{_over(assignment.due_on, held.met_on)}")
    if held.happenings and held.last_on:
        newest = day_words(held.last_on)
        lines.append(f"{number_words(held.happenings)} hoạt động đã ghi nhận, gần nhất ngày {newest}")
    return lines


def _tell_evidence(found: Figures, row: TaskContent, assignment: Assignment, held: _Held) -> None:
    """The numbers in the sentences of `_evidence`, each under a key of its own."""
    due_on, shown_on = assignment.due_on, held.met_on if row["state"] == SHOWN else None
    numbers = {
        "evidence": (held.happenings if held.last_on else 0, "Số hoạt động đã ghi nhận"),
        "done_over": (days_over(due_on, assignment.done_on) if assignment.done_on else 0, "Số ngày xong muộn"),
        "shown_over": (days_over(due_on, shown_on) if shown_on else 0, "Số ngày đủ minh chứng muộn"),
    }
    for what, (number, label) in numbers.items():
        if number:
            key = f"task:{assignment.pk}:{what}"
            found.tell(key, f"{label}: {row['text']}", Amount(Decimal(number)), number_words(number), is_additive=False)


def _over(due_on: dt.date | None, on: dt.date) -> str:
    days = days_over(due_on, on)
    return f", muộn {number_words(days)} ngày so với thời hạn" if days else ""


def _below(assignments: list[Assignment], day: dt.date) -> dict[int, tuple[int, int]]:
    """Of how many bodies each was asked further, and how many have done it by `day`. One query."""
    rows = (
        Assignment.objects.filter(handed_down_from__in=[each.pk for each in assignments])
        .exclude(state=AssignmentState.DROPPED)
        .order_by()
        .values("handed_down_from")
        .annotate(asked=Count("pk"), done=Count("pk", filter=Q(state=AssignmentState.DONE, done_on__lte=day)))
    )
    return {row["handed_down_from"]: (row["asked"], row["done"]) for row in rows}


def _notes(assignments: list[Assignment]) -> dict[int, str]:
    """The last words about each. One query."""
    steps = AssignmentStep.objects.filter(assignment__in=[each.pk for each in assignments], by__isnull=False)
    rows = steps.exclude(note="").order_by("assignment", "-at", "-pk").distinct("assignment")
    return dict(rows.values_list("assignment", "note"))
