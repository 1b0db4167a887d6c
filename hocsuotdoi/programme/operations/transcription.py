"""Writing a plan as its document reads, for the first time or anew.

What was written before stays the same rows: a task on which assignments or money hang, a target that was re-homed. A
clause is found by its path; in it a target by indicator, cohort and year, a task by its words, and what is left by its
place. What the document does not say any more is removed, unless something hangs on it: then it stays, and a task asks
no unit from then on.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pgtrigger
from django.db import models
from django.db.models import ProtectedError

from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.formats.plan_file import ParsedClause, ParsedPlan, ParsedTarget, ParsedTask, read_figure
from hocsuotdoi.programme.models import Clause, Plan, Target, Task, TaskAgency

Row = TypeVar("Row", Target, Task)
Fields = Mapping[str, Any]

_WITHIN = ((Target, "clause"), (Task, "clause"), (Clause, "parent"))

_KEPT_AS_ISSUED = [
    "programme.Clause:clause_kept_as_issued",
    "programme.Target:target_kept_as_issued",
    "programme.Task:task_kept_as_issued",
    "programme.Clause:clause_stays_as_issued",
    "programme.Target:target_stays_as_issued",
    "programme.Task:task_stays_as_issued",
    "programme.Plan:plan_stays_issued",
]
_OF_PLANS = (
    "number",
    "kind",
    "title",
    "issuer",
    "issued_on",
    "issued_text",
    "legal_basis",
    "status",
    "source",
    "has_full_text",
)


@dataclass(frozen=True)
class References:
    """What the plan's words stand for, found before anything is written."""

    unit: AdminUnit
    parent: Plan | None
    amends: Plan | None
    issuer_agency: Agency | None
    indicators: dict[str, Indicator]
    cohorts: dict[str, Cohort]
    agencies: dict[str, Agency]


def write_plan(plan: Plan, parsed: ParsedPlan, refs: References, digest: str) -> Plan:
    """Make `plan` and what stands in it as `parsed` says; the caller's transaction."""
    status = plan.status
    is_new = plan._state.adding
    for field in _OF_PLANS:
        setattr(plan, field, getattr(parsed, field))
    if not is_new:
        plan.status = status  # what became of it since (inherited, retired) was decided here, not printed
    plan.digest, plan.unit, plan.parent, plan.amends = digest, refs.unit, refs.parent, refs.amends
    plan.issuer_agency = refs.issuer_agency
    with pgtrigger.ignore(*_KEPT_AS_ISSUED):
        plan.save()
    for cohort in refs.cohorts.values():
        if cohort._state.adding:
            with stored_words():
                cohort.save()
    # The document itself has not changed: only what was copied from it is put right.
    with pgtrigger.ignore(*_KEPT_AS_ISSUED):
        _write_clauses(plan, parsed.clauses, refs)
    return plan


def _write_clauses(plan: Plan, parsed: Sequence[ParsedClause], refs: References) -> None:
    known = {clause.path: clause for clause in plan.clauses.prefetch_related("targets", "tasks")}
    by_path: dict[str, Clause] = {}
    for ordinal, piece in enumerate(parsed, 1):
        clause = known.get(piece.path) or Clause(plan=plan, path=piece.path)
        given = {
            "parent": by_path.get(piece.path.rpartition(".")[0]),
            "kind": piece.kind,
            "heading": piece.heading,
            "text": piece.text,
            "ordinal": ordinal,
        }
        _put(clause, given)
        by_path[clause.path] = clause
        is_new = clause.path not in known
        _write_targets(clause, [] if is_new else list(clause.targets.all()), piece.targets, refs)
        _write_tasks(clause, [] if is_new else list(clause.tasks.all()), piece.tasks, refs)
    for clause in reversed(list(known.values())):  # those within others first
        if clause.path not in by_path:
            _remove_targets(clause.targets.all())
            _remove_tasks(clause.tasks.all())
            if not _holds_something(clause):
                clause.delete()


def _holds_something(clause: Clause) -> bool:
    """Asked anew: what was read with the clause may be gone by now."""
    return any(rows.objects.filter(**{by: clause}).exists() for rows, by in _WITHIN)


def _write_targets(clause: Clause, known: list[Target], parsed: Sequence[ParsedTarget], refs: References) -> None:
    given = [_target(each, refs) | {"ordinal": clause.ordinal * 1000 + n} for n, each in enumerate(parsed)]
    rows, left = _matched(
        known,
        [(g["indicator"].pk, g["cohort"].pk, g["year"]) for g in given],
        lambda row: (row.indicator_id, row.cohort_id, row.year),
    )
    _remove_targets(left)
    new = [Target(plan=clause.plan, clause=clause, **g) for row, g in zip(rows, given, strict=True) if row is None]
    for row, fields in zip(rows, given, strict=True):
        if row is not None:
            _put(row, fields)
    Target.objects.bulk_create(new)


def _write_tasks(clause: Clause, known: list[Task], parsed: Sequence[ParsedTask], refs: References) -> None:
    given = [_task(each, clause, refs) | {"ordinal": clause.ordinal * 1000 + n} for n, each in enumerate(parsed)]
    found, left = _matched(known, [g["text"] for g in given], lambda row: row.text)
    _remove_tasks(left)
    tasks = []
    for row, fields in zip(found, given, strict=True):
        tasks.append(row or Task(plan=clause.plan, clause=clause, **fields))
        if row is not None:
            _put(row, fields)
    Task.objects.bulk_create([task for task in tasks if task._state.adding])
    parts = {task.pk: _parts(each, refs) for task, each in zip(tasks, parsed, strict=True)}
    stand: dict[int, list[tuple[int | None, str, str]]] = {}
    for part in TaskAgency.objects.filter(task__in=[row for row in found if row]).order_by("pk"):
        stand.setdefault(part.task_id, []).append((part.agency_id, part.part, part.written))
    changed = [pk for pk, given_parts in parts.items() if stand.get(pk, []) != given_parts]
    TaskAgency.objects.filter(task__in=[pk for pk in changed if pk in stand]).delete()
    TaskAgency.objects.bulk_create(
        TaskAgency(task_id=pk, agency_id=agency, part=part, written=written)
        for pk in changed
        for agency, part, written in parts[pk]
    )


def _matched(
    known: list[Row], wanted: Sequence[Hashable], key_of: Callable[[Row], Hashable]
) -> tuple[list[Row | None], list[Row]]:
    """For each wanted key the row that is it, else the next one that is nothing wanted; and the rows left over."""
    left = list(known)
    found: list[Row | None] = []
    for key in wanted:
        row = next((each for each in left if key_of(each) == key), None)
        if row is not None:
            left.remove(row)
        found.append(row)
    for number, row in enumerate(found):
        if row is None and left:
            found[number] = left.pop(0)
    return found, left


def _put(row: models.Model, fields: Fields) -> None:
    """Save `row` with these fields if any of them says something else now: the trail tells of changes only."""
    changed = row._state.adding or any(getattr(row, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(row, name, value)
    if changed:
        row.save()


def _remove_targets(rows: "Sequence[Target] | models.QuerySet[Target]") -> None:
    for row in rows:
        try:
            row.delete()
        except ProtectedError:
            continue


def _remove_tasks(rows: "Sequence[Task] | models.QuerySet[Task]") -> None:
    for row in rows:
        try:
            row.delete()
        except ProtectedError:
            _put(row, {"tiers": []})


def _target(parsed: ParsedTarget, refs: References) -> dict[str, Any]:
    operator, low, high, total = read_figure(parsed.figure)
    return {
        "indicator": refs.indicators[parsed.indicator],
        "cohort": refs.cohorts[parsed.cohort],
        "year": parsed.year,
        "operator": operator,
        "low": low,
        "high": high,
        "total": total,
        "unit": parsed.resolved_unit,
        "baseline_year": parsed.baseline_year,
        "baseline_value": parsed.baseline_value,
        "written": parsed.written or parsed.figure,
        "remark": parsed.remark,
    }


def _task(parsed: ParsedTask, clause: Clause, refs: References) -> dict[str, Any]:
    return {
        "text": parsed.text or clause.text,
        "recurrence": parsed.recurrence,
        "due_year": parsed.due.year,
        "due_month": parsed.due.month,
        "due_day": parsed.due.day,
        "observances": parsed.observances,
        "activity_kinds": parsed.activity_kinds,
        "themes": parsed.themes,
        "programmes": parsed.programmes,
        "source_kinds": parsed.source_kinds,
        "measures": parsed.measures,
        "at_least": parsed.at_least,
        "evidence": parsed.evidence,
        "indicator": refs.indicators.get(parsed.indicator),
        "tiers": list(parsed.tiers) or [refs.unit.tier],
    }


def _parts(parsed: ParsedTask, refs: References) -> list[tuple[int | None, str, str]]:
    found = [
        (refs.agencies.get(part.agency) or refs.agencies.get(part.written), part.part, part.written)
        for part in parsed.agencies
    ]
    return [(agency.pk if agency else None, part, written) for agency, part, written in found]
