"""A plan that is kept here, in the shape of a plan's file: what `operations.transcription` writes, read back.

For going on with a draft, for beginning a plan from another one, and for handing one out.
"""

import datetime as dt
import hashlib
from typing import Any

from django.db.models import Prefetch

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import ClauseKind, TargetUnit
from hocsuotdoi.programme.formats.plan_file import ParsedClause, ParsedPlan, Piece, figure_of
from hocsuotdoi.programme.models import Clause, Plan, Target, Task
from hocsuotdoi.programme.queries.plan_facts import TIER_DEPTH

# A task that says nothing of these counts as it did before tasks could say anything.
_CAME_LATER: dict[str, object] = {
    "themes": [],
    "programmes": [],
    "source_kinds": [],
    "measures": [],
    "at_least": 1,
    "indicator": "",
}


def as_file(plan: Plan) -> ParsedPlan:
    """The whole plan. Six queries, whatever its length."""
    clauses = plan.clauses.prefetch_related(
        Prefetch("targets", Target.objects.order_by("ordinal", "pk")),
        Prefetch("tasks", Task.objects.order_by("ordinal", "pk").prefetch_related("agencies__agency")),
    )
    return ParsedPlan.model_validate(
        {
            "code": plan.code,
            "number": plan.number,
            "kind": plan.kind,
            "title": plan.title,
            "issuer": plan.issuer,
            "issuer_agency": plan.issuer_agency.code if plan.issuer_agency else "",
            "unit": plan.unit.code,
            "unit_on": _day_of(plan.unit),
            "parent": plan.parent.code if plan.parent else "",
            "amends": plan.amends.code if plan.amends else "",
            "issued_on": plan.issued_on,
            "issued_text": plan.issued_text,
            "legal_basis": plan.legal_basis,
            "status": plan.status,
            "has_full_text": plan.has_full_text,
            "source": plan.source,
            "clauses": [_clause(clause) for clause in clauses.order_by("ordinal", "pk")],
        }
    )


def begun_from(model: Plan, *, unit_tier: str, figures: bool) -> list[ParsedClause]:
    """The clauses of `model` as the beginning of another plan for a unit of `unit_tier`.

    With `figures`, its targets are taken along, to be changed; tasks are, as far as they ask units of that tier or
    below, with the agencies as the document names them and without those that are meant there.
    """
    clauses = []
    for clause in as_file(model).clauses:
        tasks = []
        for task in clause.tasks:
            tiers = [tier for tier in task.tiers if TIER_DEPTH[Tier(tier)] >= TIER_DEPTH[Tier(unit_tier)]]
            if tiers:
                agencies = [agency.model_copy(update={"agency": ""}) for agency in task.agencies]
                tasks.append(task.model_copy(update={"tiers": tiers, "agencies": agencies}))
        targets = clause.targets if figures else []
        kind = ClauseKind.OTHER if clause.kind == ClauseKind.TARGET and not targets else clause.kind
        clauses.append(clause.model_copy(update={"kind": kind, "targets": targets, "tasks": tasks}))
    return clauses


def clause_of(plan: ParsedPlan, path: str) -> ParsedClause | None:
    return next((clause for clause in plan.clauses if clause.path == path), None)


def digest_of(piece: Piece) -> str:
    """The same for the same content, wherever its lines stand: what two people who write at once hold against."""

    def without_lines(value: object) -> object:
        if isinstance(value, dict):
            return {
                k: without_lines(v)
                for k, v in value.items()
                if k not in {"line", "lines"} and (k not in _CAME_LATER or v != _CAME_LATER[k])
            }
        return [without_lines(v) for v in value] if isinstance(value, list) else value

    return hashlib.sha256(repr(without_lines(piece.model_dump(mode="json"))).encode()).hexdigest()


def head_digest(plan: Plan) -> str:
    """Of what stands before the clauses."""
    head = (plan.number, plan.title, plan.issuer, str(plan.issued_on), str(plan.unit_id), str(plan.parent_id))
    return hashlib.sha256(repr(head).encode()).hexdigest()


def _day_of(unit: AdminUnit) -> dt.date | None:
    """A day on which it bears its code."""
    return unit.starts_on or (unit.ends_on and unit.ends_on - dt.timedelta(days=1))


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "path": clause.path,
        "kind": clause.kind,
        "heading": clause.heading,
        "text": clause.text,
        "targets": [_target(target) for target in clause.targets.all()],
        "tasks": [_task(task, clause) for task in clause.tasks.all()],
    }


def _target(target: Target) -> dict[str, Any]:
    is_percent = target.unit in (TargetUnit.PERCENT, TargetUnit.PERCENT_PER_YEAR)
    return {
        "indicator": target.indicator_id,
        "cohort": target.cohort_id,
        "year": target.year,
        "figure": figure_of(target.operator, target.low, target.high, target.total, is_percent=is_percent),
        "unit": target.unit,
        "baseline_year": target.baseline_year,
        "baseline_value": target.baseline_value,
        "written": target.written,
        "remark": target.remark,
    }


def _task(task: Task, clause: Clause) -> dict[str, Any]:
    return {
        "text": "" if task.text == clause.text else task.text,
        "recurrence": task.recurrence,
        "due": {"year": task.due_year, "month": task.due_month, "day": task.due_day},
        "observances": task.observances,
        "activity_kinds": task.activity_kinds,
        "themes": task.themes,
        "programmes": task.programmes,
        "source_kinds": task.source_kinds,
        "measures": task.measures,
        "at_least": task.at_least,
        "evidence": task.evidence,
        "indicator": task.indicator_id or "",
        "tiers": task.tiers,
        "agencies": [
            {"part": each.part, "written": each.written, "agency": each.agency.code if each.agency else ""}
            for each in sorted(task.agencies.all(), key=lambda each: each.pk)
        ],
    }
