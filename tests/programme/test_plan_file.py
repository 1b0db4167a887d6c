"""Reading a plan's file."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.programme.enums import Operator, TargetUnit
from hocsuotdoi.programme.formats.plan_file import BadPlanFile, figure_of, parse_plan, read_figure

GOOD = """\
code: kh-xa-thu
number: 12/KH-UBND
title: Kế hoạch thử
issuer: Ủy ban nhân dân xã Thử
unit: 06
issued_on: 21/3/2026
source: thử
clauses:
  - path: I.1
    kind: target
    text: 60% thư viện
    targets:
      - {indicator: library_services, cohort: library_commune, year: 2027, figure: 60%}
"""


def problems(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(BadPlanFile) as caught:
        parse_plan(text)
    assert all(problem.reason for problem in caught.value.problems)
    return [(problem.line, problem.field) for problem in caught.value.problems]


def test_plan_good_file_is_read_as_written():
    plan = parse_plan(GOOD)
    assert (plan.unit, plan.issued_on, plan.has_full_text) == ("06", dt.date(2026, 3, 21), True)
    assert plan.clauses[0].targets[0].resolved_unit == TargetUnit.PERCENT
    assert plan.clauses[0].line == 9


@pytest.mark.parametrize(
    ("figure", "read"),
    [
        ("60%", (Operator.EQUAL, Decimal(60), Decimal(60), None)),
        ("60", (Operator.EQUAL, Decimal(60), Decimal(60), None)),
        ("≥ 12,5 %", (Operator.AT_LEAST, Decimal("12.5"), Decimal("12.5"), None)),
        (">=60%", (Operator.AT_LEAST, Decimal(60), Decimal(60), None)),
        ("10 - 15%", (Operator.RANGE, Decimal(10), Decimal(15), None)),
        ("5% – 10%", (Operator.RANGE, Decimal(5), Decimal(10), None)),
        ("1.500", (Operator.EQUAL, Decimal(1500), Decimal(1500), None)),
        ("1.250 - 1.500,5", (Operator.RANGE, Decimal(1250), Decimal("1500.5"), None)),
        ("≥ 1.500.000", (Operator.AT_LEAST, Decimal(1_500_000), Decimal(1_500_000), None)),
        ("1.5", (Operator.EQUAL, Decimal("1.5"), Decimal("1.5"), None)),
        ("0.25", (Operator.EQUAL, Decimal("0.25"), Decimal("0.25"), None)),
        ("8/8", (Operator.EQUAL, Decimal(8), Decimal(8), Decimal(8))),
    ],
)
def test_figure_is_read_in_the_ways_documents_write_it(figure, read):
    assert read_figure(figure) == read


@pytest.mark.parametrize("figure", ["1500.250", "01.500", "0.500 - 1.000"])
def test_figure_with_three_digits_after_a_point_that_are_no_thousands_is_refused(figure):
    with pytest.raises(PydanticCustomError):
        read_figure(figure)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.500", 1500),
        ("'1.500.000,5'", "1500000.5"),
        ("'12,5'", "12.5"),
        ("12.5", "12.5"),
        ("-1.500", -1500),
        ("''", None),
    ],
)
def test_figure_of_the_base_year_is_read_as_a_figure_is(written, read):
    plan = parse_plan(GOOD.replace("figure: ", f"baseline_year: 2020, baseline_value: {written}, figure: "))
    assert plan.clauses[0].targets[0].baseline_value == (None if read is None else Decimal(read))


@pytest.mark.parametrize("written", ["1500.250", "mười", "1.50.000"])
def test_figure_of_the_base_year_that_is_no_number_is_refused(written):
    with pytest.raises(BadPlanFile) as refusal:
        parse_plan(GOOD.replace("figure: ", f"baseline_year: 2020, baseline_value: {written}, figure: "))
    assert [p.field for p in refusal.value.problems] == ["clauses.1.targets.1.baseline_value"]


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.booleans())
def test_figure_is_read_back_as_it_was_written(value, is_percent):
    text = figure_of(Operator.AT_LEAST, value, value, None, is_percent=is_percent)
    assert read_figure(text) == (Operator.AT_LEAST, value, value, None)
    assert read_figure(f"≥ {number(value, 2)}")[1] == value  # as pages write it


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("number: 12/KH-UBND", "numbr: 12/KH-UBND", [(2, "numbr")]),
        ("issued_on: 21/3/2026", "issued_on: 31/2/2026", [(6, "issued_on")]),
        ("title: Kế hoạch thử\n", "", [(1, "title")]),
        ("path: I.1", "path: I..1", [(9, "clauses.1.path")]),
        ("figure: 60%", "figure: sáu mươi", [(13, "clauses.1.targets.1.figure")]),
        ("figure: 60%", "figure: 160%", [(13, "clauses.1.targets.1")]),
        ("figure: 60%", "figure: 15-10%", [(13, "clauses.1.targets.1")]),
        ("figure: 60%", "figure: 8/8, unit: percent", [(13, "clauses.1.targets.1")]),
        ("year: 2027", "year: hai nghìn", [(13, "clauses.1.targets.1.year")]),
        ("kind: target", "kind: chi-tieu", [(10, "clauses.1.kind")]),
        ("code: kh-xa-thu", "code: Kế hoạch", [(1, "code")]),
        ("number: 12/KH-UBND", "number: 12/KH-UBND\nnumber: 13", [(3, "number")]),
        ("clauses:\n", "clauses: [", [(8, "")]),
        ("figure: 60%", "figure: 99999999999/99999999999", [(13, "clauses.1.targets.1.figure")]),
        ("figure: 60%", "figure: '60,125%'", [(13, "clauses.1.targets.1.figure")]),
        ("figure: 60%", "figure: 9/8", [(13, "clauses.1.targets.1")]),
        ("figure: 60%", "figure: 60%, baseline_value: 1e400", [(13, "clauses.1.targets.1.baseline_value")]),
        ("text: 60% thư viện", 'text: "a\\0b"', [(11, "clauses.1.text")]),
        ("path: I.1", 'path: "I\\0"', [(9, "clauses.1.path")]),
        ("source: thử", 'legal_basis: ["\\0"]\nsource: thử', [(7, "legal_basis.1")]),
        ("    targets:\n", "    tasks: [{due: {month: 2, day: 30}}]\n    targets:\n", [(12, "clauses.1.tasks.1.due")]),
        (
            "    targets:\n",
            f"    tasks: [{{evidence: {'x' * 25}}}]\n    targets:\n",
            [(12, "clauses.1.tasks.1.evidence")],
        ),
    ],
)
def test_plan_bad_file_names_line_and_field(old, new, expected):
    assert old in GOOD
    assert problems(GOOD.replace(old, new)) == expected


def test_plan_file_with_several_faults_names_each():
    text = GOOD.replace("title: Kế hoạch thử\n", "").replace("figure: 60%", "figure: nhiều")
    assert problems(text) == [(1, "title"), (12, "clauses.1.targets.1.figure")]


def test_plan_file_with_a_clause_twice_is_refused_at_the_second():
    assert problems(GOOD + "  - {path: I.1}\n") == [(14, "clauses.2.path")]


def test_plan_file_with_two_figures_for_one_thing_is_refused():
    second = "      - {indicator: library_services, cohort: library_commune, year: 2027, figure: 70%}\n"
    assert problems(GOOD + second) == [(14, "clauses.1.targets")]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "chỉ là chữ", "", "- một\n- hai"])
def test_plan_file_that_is_no_plan_is_refused_at_its_first_line(content):
    assert [line for line, _field in problems(content)] == [1]


@pytest.mark.parametrize(
    "legal_basis",
    ["&all [*all]", "[" * 30 + "]" * 30, "[" * 3000 + "]" * 3000, "[&a [a, a], [*a, *a, *a], [*a, *a, *a]]"],
)
def test_plan_file_that_unfolds_without_end_is_refused(legal_basis):
    assert problems(GOOD + f"legal_basis: {legal_basis}\n") == [(1, "")]


def test_plan_task_on_the_last_of_february_of_every_year_is_read():
    task = "    tasks: [{recurrence: yearly, due: {month: 2, day: 29}}]\n"
    assert parse_plan(GOOD.replace("    targets:\n", task + "    targets:\n")).clauses[0].tasks[0].due.day == 29
