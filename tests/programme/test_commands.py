"""The three commands, as typed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hocsuotdoi.programme.models import Plan
from tests.factories.places import UnitFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, TargetFactory, change_plan

FILE = """\
code: kh-thu
number: 1/KH-UBND
title: Kế hoạch thử
issuer: Ủy ban nhân dân xã Thử
unit: T9001
issued_on: 2026-03-21
source: thử
clauses:
  - path: I
    targets:
      - {indicator: library_services, cohort: library_commune, year: 2027, figure: 60%}
"""


def run(command: str, *arguments: str) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def file(db, tmp_path):
    UnitFactory(code="T9001")
    IndicatorFactory()
    CohortFactory()
    path = tmp_path / "plan.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_load_plan_takes_the_file_in_and_says_so(file):
    assert "kh-thu" in run("load_plan", str(file))
    assert Plan.objects.filter(code="kh-thu").exists()


def test_load_plan_dry_run_changes_nothing(file):
    assert "kh-thu" in run("load_plan", str(file), "--dry-run")
    assert not Plan.objects.exists()


def test_load_plan_bad_file_prints_line_and_field_and_changes_nothing(file):
    file.write_text(FILE.replace("figure: 60%", "figure: nhiều"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"plan\.yaml:11: clauses\.1\.targets\.1\.figure: .+"):
        run("load_plan", str(file))
    assert not Plan.objects.exists()


def test_load_plan_unknown_unit_prints_line_and_field(file):
    file.write_text(FILE.replace("T9001", "T9"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"plan\.yaml:5: unit: .+T9"):
        run("load_plan", str(file))


def test_load_plan_missing_file_is_said_in_a_sentence(db):
    with pytest.raises(CommandError, match=r"khong-co\.yaml"):
        run("load_plan", "khong-co.yaml")


def test_load_plan_another_text_of_an_issued_plan_is_refused(file):
    run("load_plan", str(file))
    file.write_text(FILE.replace("60%", "70%"), encoding="utf-8")
    with pytest.raises(CommandError, match="kh-thu"):
        run("load_plan", str(file))


def test_export_targets_prints_each_with_numbers_as_numbers(db):
    TargetFactory(figure=60)
    target = TargetFactory(low=5, high=10, operator="range", unit="percent_per_year", year=None)
    rows = json.loads(run("export_targets", "--format", "json"))
    assert rows[1] == {
        "plan": target.plan.code,
        "number": target.plan.number,
        "clause": target.clause.path,
        "indicator": "library_services",
        "cohort": "library_commune",
        "year": None,
        "operator": "range",
        "low": 5,
        "high": 10,
        "unit": "percent_per_year",
    }


def test_export_targets_as_csv_has_one_line_each(db):
    TargetFactory()
    assert len(run("export_targets", "--format", "csv").split()) == 2


def test_check_plans_prints_findings_of_one_plan_or_all(db):
    first = change_plan(TargetFactory().plan, number="")
    TargetFactory()
    everything = json.loads(run("check_plans", "--format", "json"))
    assert {"plan", "rule", "clause", "indicator", "cohort", "year", "message"} == set(everything[0])
    assert {row["plan"] for row in everything} == set(Plan.objects.values_list("code", flat=True))
    assert {row["plan"] for row in json.loads(run("check_plans", "--plan", first.code))} == {first.code}


def test_check_plans_unknown_plan_is_said_in_a_sentence(db):
    with pytest.raises(CommandError, match="khong-co"):
        run("check_plans", "--plan", "khong-co")
