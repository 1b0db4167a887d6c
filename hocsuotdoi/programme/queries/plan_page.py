"""Plans as pages show them: the tree, and one document with its figures and tasks beside its words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.programme.enums import BINDING, PlanStatus, RehomingKind
from hocsuotdoi.programme.models import Clause, FindingAnswer, Plan, PlanStep, Rehoming, Target, Task
from hocsuotdoi.programme.queries.plan_check import check_plan, check_plans
from hocsuotdoi.programme.queries.plan_facts import target_facts
from hocsuotdoi.programme.queries.plan_finding import Finding, day_text, figure_text
from hocsuotdoi.programme.queries.rehoming import decisions_on, taken_away
from hocsuotdoi.programme.queries.untaken import task_decisions_on, words_of_task_decisions


@dataclass(frozen=True)
class Decided:
    """What was decided about a plan's targets, by target id; and those that it has taken away from the plan."""

    rows: dict[int, list[Rehoming]]
    struck: set[int]


SHOWN_BELOW = 12  # plans under one plan that the tree lists; of more it gives the number and the plan's page the list

_FIGURE = re.compile(r"(\d+(?:[.,]\d+)?(?:\s*[-–]\s*\d+)?\s*%(?:/năm)?|\b\d+/\d+\b)")


@dataclass
class TreeNode:
    plan: Plan
    below: list["TreeNode"] = field(default_factory=list)
    more_below: int = 0
    findings: int = 0


@dataclass
class FigureTable:
    """The targets of a clause for one indicator, or for several with the same figures: a row for each class, a column
    for each year. `remarks` hold for every row."""

    indicators: list[Indicator]
    years: list[int | None]
    rows: list["FigureRow"]
    remarks: list[str]


@dataclass(frozen=True)
class FigureCell:
    """`is_struck`: recorded decisions have taken the target away from here for all; the figure stays as issued."""

    year: int | None = None
    text: str = ""
    is_struck: bool = False


@dataclass
class FigureRow:
    """`decided`: what was decided about its targets, in words, with the act."""

    name: str
    cells: list[FigureCell]
    remarks: list[str]
    decided: list[str] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        return ", ".join(f"{cell.year}: {cell.text}" if cell.year else cell.text for cell in self.cells if cell.text)


@dataclass
class ClausePiece:
    """A clause as it stands in the document. `depth` 0 is a part; `words` alternate between text and figures."""

    clause: Clause
    depth: int
    words: list[tuple[str, bool]]
    tables: list[FigureTable]
    tasks: list[Task]
    findings: list[Finding]


@dataclass
class PlanPart:
    """A part of the document: its own clause and those below, in the order of the document."""

    head: ClausePiece
    pieces: list[ClausePiece]


@dataclass
class AnsweredFinding:
    finding: Finding
    answers: list[FindingAnswer]


class PlanForest:
    """The plans as trees; an addendum hangs under what it amends. `current`: ids of the roots of trees in which some
    plan is in force, those with plans below first; `earlier`: of all others, the newest first. One query."""

    def __init__(self, plans: QuerySet[Plan]):
        self._plans = plans
        links = list(plans.order_by("issued_on", "code").values_list("pk", "parent", "amends", "status"))
        self._below: dict[int, list[int]] = {pk: [] for pk, *_more in links}
        roots: list[int] = []
        for pk, parent, amends, _status in links:
            self._below.get(amends or parent or 0, roots).append(pk)
        live = self._with_those_above(links)
        for below in self._below.values():
            below.sort(key=lambda pk: pk not in live)
        self.current = sorted((pk for pk in roots if pk in live), key=lambda pk: not self._below[pk])
        self.earlier = [pk for pk in reversed(roots) if pk not in live]

    @staticmethod
    def _with_those_above(links: Iterable[tuple[int, int | None, int | None, str]]) -> set[int]:
        """Ids of the plans in force and of everything that they hang under."""
        above = {pk: amends or parent for pk, parent, amends, _status in links}
        found: set[int] = set()
        for pk, _parent, _amends, status in links:
            each: int | None = pk if status in BINDING else None
            while each in above and each not in found:
                found.add(each)
                each = above[each]
        return found

    def trees(self, roots: Iterable[int]) -> list[TreeNode]:
        """Of these roots. Only the plans shown are read and checked; a fixed number of queries."""
        roots = list(roots)
        shown: list[int] = []
        level = roots
        while level:
            shown += level
            level = [each for pk in level for each in self._below[pk][:SHOWN_BELOW]]
        found = with_counts(self._plans.filter(pk__in=shown)).in_bulk()
        findings = check_plans(found.values())

        def node(pk: int) -> TreeNode:
            return TreeNode(
                plan=found[pk],
                below=[node(each) for each in self._below[pk][:SHOWN_BELOW]],
                more_below=max(len(self._below[pk]) - SHOWN_BELOW, 0),
                findings=len(findings[pk]),
            )

        return [node(pk) for pk in roots]


def with_counts(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans in the order of their days, with `number_of_targets` and `number_of_tasks`."""
    return (
        plans.select_related("unit", "parent", "amends")
        .annotate(
            number_of_targets=_number_of(Target),
            number_of_tasks=_number_of(Task),
        )
        .order_by("issued_on", "code")
    )


def plans_named(words: str) -> QuerySet[Plan]:
    """Issued plans whose number, title or issuer holds the words, `with_counts`."""
    matching = Q(number__icontains=words) | Q(title__icontains=words) | Q(issuer__icontains=words)
    return with_counts(Plan.objects.issued().filter(matching))


def _number_of(model: type[Target] | type[Task]) -> Coalesce:
    """Each counted for itself: counted over one join, every target of a plan meets every task of it."""
    rows = model.objects.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


def with_rows(clauses: QuerySet[Clause]) -> QuerySet[Clause]:
    """Clauses with their targets and tasks: three queries more."""
    return clauses.prefetch_related(
        Prefetch("targets", Target.objects.select_related("indicator", "cohort", "clause")), "tasks"
    )


def plan_document(plan: Plan) -> list[PlanPart]:
    """The document part by part. A fixed number of queries."""
    clauses = plan.clauses.prefetch_related(
        Prefetch("targets", Target.objects.select_related("indicator", "cohort", "clause")),
        Prefetch("tasks", Task.objects.prefetch_related("agencies__agency")),
    )
    findings: dict[str, list[Finding]] = {}
    for finding in check_plan(plan):
        findings.setdefault(finding.clause, []).append(finding)
    rows = decisions_on(plan.targets.values("pk"))
    of_tasks = task_decisions_on(plan.tasks.values("pk"))
    decided = Decided(rows, taken_away(plan, rows, timezone.localdate()))
    parts: list[PlanPart] = []
    for clause in clauses:
        piece = _piece(clause, findings.get(clause.path, []), decided)
        for task in piece.tasks:
            task.decided = words_of_task_decisions(of_tasks.get(task.pk, []))  # type: ignore[attr-defined]
        if piece.depth == 0 or not parts:
            parts.append(PlanPart(piece, []))
        else:
            parts[-1].pieces.append(piece)
    return parts


def answered_findings(plan: Plan) -> list[AnsweredFinding]:
    """What the check finds in `plan`, each with the answers given to it, the newest first."""
    answers: dict[str, list[FindingAnswer]] = {}
    for answer in plan.finding_answers.select_related("answered_by", "addendum"):
        answers.setdefault(answer.finding_key, []).append(answer)
    return [AnsweredFinding(finding, answers.get(finding.key, [])) for finding in check_plan(plan)]


def _piece(clause: Clause, findings: list[Finding], decided: Decided) -> ClausePiece:
    targets = list(clause.targets.all())
    return ClausePiece(
        clause=clause,
        depth=clause.path.count("."),
        words=_words(clause.text, has_figures=bool(targets)),
        tables=_tables(targets, decided),
        tasks=list(clause.tasks.all()),
        findings=findings,
    )


def _words(text: str, *, has_figures: bool) -> list[tuple[str, bool]]:
    """The text cut at its figures: every second piece is one."""
    pieces = _FIGURE.split(text) if has_figures else [text]
    return [(piece, bool(number % 2)) for number, piece in enumerate(pieces) if piece]


def _tables(targets: list[Target], decided: Decided) -> list[FigureTable]:
    by_indicator: dict[str, list[Target]] = {}
    for target in targets:
        by_indicator.setdefault(target.indicator_id, []).append(target)
    tables: list[FigureTable] = []
    for group in by_indicator.values():
        table = _table(group, decided)
        same = next(
            (t for t in tables if (t.years, t.rows, t.remarks) == (table.years, table.rows, table.remarks)), None
        )
        if same is not None:
            same.indicators += table.indicators
        else:
            tables.append(table)
    return tables


def _table(group: list[Target], decided: Decided) -> FigureTable:
    years = sorted({t.year for t in group}, key=lambda year: (year is None, year or 0))
    cohorts: dict[str, dict[int | None, Target]] = {}
    for target in group:
        cohorts.setdefault(target.cohort_id, {})[target.year] = target
    remarks = {cohort: _sentences(by_year.values()) for cohort, by_year in cohorts.items()}
    common = [sentence for sentence in next(iter(remarks.values())) if all(sentence in r for r in remarks.values())]
    rows = [
        FigureRow(
            name=next(iter(by_year.values())).cohort.name,
            cells=[_cell(by_year.get(year), decided) for year in years],
            remarks=[sentence for sentence in remarks[cohort] if sentence not in common],
            decided=list(dict.fromkeys(_words_of(d) for t in by_year.values() for d in decided.rows.get(t.pk, []))),
        )
        for cohort, by_year in cohorts.items()
    ]
    return FigureTable([group[0].indicator], years, rows, common)


def _cell(target: Target | None, decided: Decided) -> FigureCell:
    if target is None:
        return FigureCell()
    return FigureCell(target.year, figure_text(target_facts(target)), is_struck=target.pk in decided.struck)


def _words_of(decision: Rehoming) -> str:
    """What was decided, by which act, from when."""
    words = {
        "unit": decision.unit.name,
        "act": decision.legal_act.number,
        "day": day_text(decision.effective_on),
        "cohort": decision.cohort.name if decision.cohort else "",
        "plan": decision.replacement.plan.name if decision.replacement else "",
        "clause": decision.replacement.clause.path if decision.replacement else "",
    }
    if decision.kind == RehomingKind.TAKEN_OVER:
        return _("Taken over by %(unit)s for «%(cohort)s» from %(day)s (%(act)s).") % words
    if decision.kind == RehomingKind.REPLACED:
        return _("Replaced for %(unit)s by %(plan)s, %(clause)s, from %(day)s (%(act)s).") % words
    return _("No longer pursued for %(unit)s from %(day)s (%(act)s).") % words


def life_of(plan: Plan) -> list[PlanStep]:
    """The steps of its life, the newest first. One query."""
    steps = plan.steps.select_related("other", "unit", "legal_act").order_by("-effective_on", "-at", "-pk")
    return [step for step in steps if step.other is None or step.other.status != PlanStatus.DRAFT]


def _sentences(targets: Iterable[Target]) -> list[str]:
    """The sentences of their remarks, each once."""
    found = [sentence for t in targets for sentence in re.split(r"(?<=\.)\s+", t.remark) if sentence]
    return list(dict.fromkeys(found))
