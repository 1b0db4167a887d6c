"""The documents as data: every figure of their targets is carried by a target, and every target stands in the text."""

import re
from collections import Counter
from decimal import Decimal

import pytest
import yaml

from hocsuotdoi.indicators import operations as indicator_operations
from hocsuotdoi.programme.enums import ClauseKind, TargetUnit
from hocsuotdoi.programme.formats.plan_file import ParsedClause, ParsedPlan, parse_plan, read_figure
from hocsuotdoi.programme.operations.plan import DATA_DIR

FIVE = {
    "qd-1520-2022",
    "qd-1346-2023-bvhttdl",
    "kh-169-2023-dak-nong",
    "kh-169-2023-dak-nong-tin",
    "kh-2023-tp-bac-kan",
}
PLANS = {plan.code: plan for plan in (parse_plan(file.read_bytes()) for file in sorted(DATA_DIR.glob("*.yaml")))}

# «10 - 15%», «60%», «8/8»; a day («21/4») is never written with the same number twice in a target.
_FIGURE = re.compile(r"(\d+)\s*[-–]\s*(\d+)\s*%|(\d+)\s*%|\b(\d+)/(\d+)\b")


def figures_in(text: str) -> Counter:
    """Every figure written in a text, as (low, high, total)."""
    found: Counter = Counter()
    for low, high, single, of, total in _FIGURE.findall(text):
        if single:
            found[Decimal(single), Decimal(single), None] += 1
        elif high:
            found[Decimal(low), Decimal(high), None] += 1
        else:
            found[Decimal(of), Decimal(of), Decimal(total)] += 1
    return found


def figures_carried(clause: ParsedClause) -> Counter:
    """The figures of a clause's targets; one that stands for several indicators is written once."""
    once = {(t.cohort, t.year): read_figure(t.figure)[1:] for t in clause.targets}
    return Counter(once.values())


def clauses_with_targets() -> list[tuple[ParsedPlan, ParsedClause]]:
    return [(plan, clause) for plan in PLANS.values() for clause in plan.clauses if clause.kind == ClauseKind.TARGET]


@pytest.mark.parametrize(
    ("plan", "clause"), clauses_with_targets(), ids=lambda piece: getattr(piece, "path", None) or piece.code
)
def test_clause_with_targets_carries_each_figure_of_its_text_once(plan, clause):
    assert figures_carried(clause) == figures_in(clause.text)


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.code)
def test_clause_without_targets_holds_no_figure(plan):
    others = [c for c in plan.clauses if c.kind != ClauseKind.TARGET]
    assert [c.path for c in others if "%" in c.text] == []
    assert [c.path for c in others if c.targets] == []


def test_figures_in_finds_what_a_missing_target_would_lose():
    text = "60% (năm 2025) và 80%; tăng 5 – 10% mỗi năm; 8/8 huyện"
    assert figures_in(text) == Counter(
        {
            (Decimal(60), Decimal(60), None): 1,
            (Decimal(80), Decimal(80), None): 1,
            (Decimal(5), Decimal(10), None): 1,
            (Decimal(8), Decimal(8), Decimal(8)): 1,
        }
    )


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.code)
def test_written_words_of_targets_and_tasks_stand_in_their_clause(plan):
    for clause in plan.clauses:
        assert [t.written for t in clause.targets if t.written not in clause.text] == []
        assert [t.text for t in clause.tasks if t.text not in clause.text] == []


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.code)
def test_target_figure_stands_in_its_written_words(plan):
    for clause in plan.clauses:
        for target in clause.targets:
            figure = Counter([read_figure(target.figure)[1:]])
            # «đạt 60% (năm 2025)», or a figure that opens the sentence which names the class
            assert figure <= figures_in(target.written), (clause.path, target)


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.code)
def test_every_clause_that_asks_for_something_has_a_task_or_target(plan):
    asking = {ClauseKind.TARGET, ClauseKind.TASK}
    assert [c.path for c in plan.clauses if c.kind in asking and not (c.targets or c.tasks)] == []


def test_growth_figures_are_yearly():
    for _plan, clause in clauses_with_targets():
        for target in clause.targets:
            assert (target.resolved_unit == TargetUnit.PERCENT_PER_YEAR) == ("growth" in target.indicator)


def test_the_five_documents_have_the_targets_they_print():
    numbers = {code: sum(len(c.targets) for c in plan.clauses) for code, plan in PLANS.items() if code in FIVE}
    assert numbers == {
        "qd-1520-2022": 34,
        "qd-1346-2023-bvhttdl": 0,
        "kh-169-2023-dak-nong": 37,
        "kh-169-2023-dak-nong-tin": 0,
        "kh-2023-tp-bac-kan": 14,
    }


def test_odd_things_are_kept_as_printed():
    city = {(t.cohort, t.year): t.figure for c in PLANS["kh-2023-tp-bac-kan"].clauses for t in c.targets}
    assert PLANS["kh-2023-tp-bac-kan"].number == "/KH-UBND"
    assert PLANS["kh-2023-tp-bac-kan"].issued_on is None
    assert city["commune_with_villages", 2025] == "60%"
    texts = " ".join(c.text for c in PLANS["kh-2023-tp-bac-kan"].clauses)
    assert "phân đầu đạt 60%" in texts
    assert "thành phổ có trách nhiệm" in texts


ASKED_WITHOUT_A_FIGURE = {"hours_outside_office_share", "staff_trained_yearly", "province_library_website"}
"""Yearly work of plan 169 and decision 1346 that can be counted though no number is set."""


def test_definitions_name_every_indicator_and_cohort_of_the_documents():
    folder = indicator_operations.definitions.DATA
    indicators = {row["code"] for row in yaml.safe_load((folder / "indicators.yaml").read_text(encoding="utf-8"))}
    cohorts = {row["code"] for row in yaml.safe_load((folder / "cohorts.yaml").read_text(encoding="utf-8"))}
    targets = [t for plan in PLANS.values() for c in plan.clauses for t in c.targets]
    assert {t.indicator for t in targets} == indicators - ASKED_WITHOUT_A_FIGURE
    assert {t.cohort for t in targets} <= cohorts
