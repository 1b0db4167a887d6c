"""Every task of the printed documents was judged: what shows that it was done."""

import pytest

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.programme.formats.plan_file import ParsedTask, parse_plan
from hocsuotdoi.programme.models import Task
from hocsuotdoi.programme.operations.plan import DATA_DIR
from hocsuotdoi.programme.queries.evidence import has_rule
from hocsuotdoi.programme.queries.judged import DATA, handed_in_for
from hocsuotdoi.programme.queries.kinds_of_evidence import named_evidence, source_kinds

JUDGED = read_yaml(DATA)


def rule_of(task: ParsedTask) -> bool:
    of_the_book = task.observances or task.activity_kinds or task.programmes or task.source_kinds or task.measures
    return bool(of_the_book or task.evidence)


def tasks() -> dict[tuple[str, str, int], ParsedTask]:
    plans = [parse_plan(file.read_bytes()) for file in DATA_DIR.glob("*.yaml")]
    return {
        (plan.code, clause.path, number): task
        for plan in plans
        for clause in plan.clauses
        for number, task in enumerate(clause.tasks, 1)
    }


def test_every_task_was_judged_once_and_the_rules_say_the_same():
    rows = [(row["plan"], row["clause"], row["task"]) for row in JUDGED["tasks"]]
    assert len(rows) == len(set(rows))
    assert {row: task for row, task in tasks().items() if row not in rows} == {}
    assert set(rows) == set(tasks())
    found = {(row["plan"], row["clause"], row["task"]): row["shown_by"] == "rule" for row in JUDGED["tasks"]}
    assert found == {place: rule_of(task) for place, task in tasks().items()}
    assert {row["why"] for row in JUDGED["tasks"]} == set(JUDGED["reasons"])


def test_rules_name_only_what_there_is():
    named, sources = dict(named_evidence()), dict(source_kinds())
    for place, task in tasks().items():
        assert not task.evidence or task.evidence in named, place
        assert set(task.source_kinds) <= set(sources), place


@pytest.mark.slow
def test_task_without_a_rule_says_what_to_hand_in(reference):
    for task in Task.objects.select_related("plan", "clause"):
        assert bool(handed_in_for(task)) != has_rule(task), str(task)
