"""Taking plans in."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.enums import AgencyPart, PlanKind
from hocsuotdoi.programme.formats.plan_file import parse_plan
from hocsuotdoi.programme.models import Clause, Plan, Target, Task
from hocsuotdoi.programme.operations.plan import PlanIssued, PlanRefused, load_documents, load_plan
from tests.factories.places import AgencyFactory, UnitFactory
from tests.factories.programme import ClauseFactory, CohortFactory, IndicatorFactory, PlanFactory, TargetFactory
from tests.factories.running import make_assignment

AT = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)
FILE = """\
code: kh-xa-thu
number: 12/KH-UBND
title: Kế hoạch thử
issuer: Ủy ban nhân dân xã Thử
unit: T9001
parent: cap-tren
issued_on: 2026-03-21
source: thử
clauses:
  - {path: I, heading: Mục tiêu}
  - path: I.1
    kind: target
    text: 60% thư viện các xã, phường và thư viện trường học
    targets:
      - {indicator: library_services, cohort: library_commune + library_school, year: 2027, figure: 60%}
  - path: II
    kind: task
    text: Tổ chức ngày hội đọc sách và gửi báo cáo
    tasks:
      - recurrence: yearly
        observances: [book_day]
        activity_kinds: [reading_day]
        due: {month: 11, day: 25}
        agencies: [{part: lead, written: Phòng Văn hóa - Xã hội}]
"""


@pytest.fixture
def territory(db):
    unit = UnitFactory(code="T9001", short_name="Thử")
    PlanFactory(code="cap-tren")
    IndicatorFactory()
    CohortFactory(code="library_commune")
    CohortFactory(code="library_school")
    AgencyFactory(name="Phòng Văn hóa và Xã hội xã Thử", unit=unit)
    return unit


def taken_in(text: str = FILE) -> Plan:
    return load_plan(parse_plan(text), by=None, at=AT)


def refusals(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PlanRefused) as caught:
        taken_in(text)
    return [(problem.line, problem.field) for problem in caught.value.problems]


def test_load_plan_takes_in_clauses_targets_and_tasks(territory):
    plan = taken_in()
    assert (plan.unit, plan.parent.code, plan.kind) == (territory, "cap-tren", PlanKind.PLAN)
    assert [(c.path, c.parent and c.parent.path) for c in plan.clauses.all()] == [
        ("I", None),
        ("I.1", "I"),
        ("II", None),
    ]
    target = plan.targets.get()
    assert (target.low, target.high, target.year, target.written) == (60, 60, 2027, "60%")
    task = plan.tasks.get()
    assert (task.text, task.due_month, task.tiers) == ("Tổ chức ngày hội đọc sách và gửi báo cáo", 11, ["commune"])


def test_load_plan_merged_classes_make_one_cohort_that_is_found_again(territory):
    cohort = taken_in().targets.get().cohort
    assert (cohort.code, sorted(cohort.classes)) == (
        "library_commune-library_school",
        ["library_commune", "library_school"],
    )
    again = FILE.replace("kh-xa-thu", "kh-xa-thu-2").replace(
        "library_commune + library_school", "library_school+library_commune"
    )
    assert taken_in(again).targets.get().cohort == cohort
    assert Cohort.objects.count() == 3


def test_load_plan_finds_the_agency_by_its_words(territory):
    part = taken_in().tasks.get().agencies.get()
    assert (part.part, part.agency.name) == (AgencyPart.LEAD, "Phòng Văn hóa và Xã hội xã Thử")


def test_load_plan_again_changes_nothing_and_another_text_is_refused(territory):
    plan = taken_in()
    assert taken_in("# một ghi chú\n" + FILE) == plan
    with pytest.raises(PlanIssued):
        taken_in(FILE.replace("figure: 60%", "figure: 70%"))
    assert plan.targets.get().low == 60


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("unit: T9001", "unit: T9002", (5, "unit")),
        ("parent: cap-tren", "parent: khong-co", (6, "parent")),
        ("indicator: library_services", "indicator: library_servces", (15, "I.1.indicator")),
        (
            "cohort: library_commune + library_school",
            "\n          cohort: library_commune + khong_co",
            (16, "I.1.cohort"),
        ),
        ("[book_day]", "[tet]", (21, "II.observances")),
        ("[reading_day]", "[doc_sach]", (22, "II.activity_kinds")),
        ("[reading_day]", "[reading_day]\n        themes: [doc_sach]", (23, "II.themes")),
        ("part: lead, written", "part: lead, agency: khong-co, written", (24, "II.agencies.agency")),
        ("source: thử", "source: thử\nkind: addendum", (1, "amends")),
    ],
)
def test_load_plan_refused_names_line_and_field_and_writes_nothing(territory, old, new, expected):
    assert old in FILE
    assert refusals(FILE.replace(old, new)) == [expected]
    assert (Plan.objects.count(), Clause.objects.count(), Target.objects.count(), Task.objects.count()) == (1, 0, 0, 0)


def test_load_plan_rolled_back_leaves_no_cohort(territory):
    with pytest.raises(IntegrityError), transaction.atomic():
        taken_in()
        PlanFactory(code="kh-xa-thu")
    assert (Plan.objects.count(), Cohort.objects.count()) == (1, 2)


def test_load_plan_is_audited(territory):
    plan = taken_in()
    assert [event.pgh_label for event in plan.events.all()] == ["insert"]


def test_load_plan_addendum_names_what_it_amends(territory):
    plan = taken_in()
    text = FILE.replace("kh-xa-thu", "kh-xa-thu-bo-sung").replace(
        "source: thử", "source: thử\nkind: addendum\namends: kh-xa-thu"
    )
    assert taken_in(text).amends == plan


MENDED = FILE.replace("parent: cap-tren\n", "")


@pytest.fixture
def file_of_ours(territory, tmp_path, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.programme.operations.plan.DATA_DIR", tmp_path)
    file = tmp_path / "plan.yaml"
    file.write_text(MENDED, encoding="utf-8")
    return file


def mended(file, *replacements: tuple[str, str]) -> Plan:
    text = MENDED
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    (plan,) = load_documents()
    return plan


def test_load_documents_mended_file_puts_the_same_rows_right(file_of_ours):
    (plan,) = load_documents()
    target, task = plan.targets.get(), plan.tasks.get()
    make_assignment(task=task, agency=AgencyFactory())
    assert (
        mended(file_of_ours, ("figure: 60%", "figure: 65%"), ("gửi báo cáo", "gửi báo cáo năm"), ("day: 25", "day: 24"))
        == plan
    )
    assert (plan.targets.get(), plan.targets.get().low, plan.clauses.count()) == (target, 65, 3)
    task.refresh_from_db()
    assert (task.text, task.due_day) == ("Tổ chức ngày hội đọc sách và gửi báo cáo năm", 24)
    assert task.agencies.get().written == "Phòng Văn hóa - Xã hội"


def test_load_documents_mended_file_finds_a_task_by_its_words_when_places_move(file_of_ours):
    two = "tasks:\n      - text: gửi báo cáo\n        recurrence: yearly\n      - recurrence: yearly\n"
    plan = mended(file_of_ours, ("tasks:\n      - recurrence: yearly\n", two))
    first, second = plan.tasks.all()
    make_assignment(task=second, agency=AgencyFactory())
    load = mended(file_of_ours)
    assert (list(load.tasks.all()), Task.objects.filter(pk=first.pk).exists()) == ([second], False)


def test_load_documents_mended_file_keeps_what_was_handed_down_and_asks_nobody_anew(file_of_ours):
    (plan,) = load_documents()
    task = plan.tasks.get()
    make_assignment(task=task, agency=AgencyFactory())
    start = MENDED.index("  - path: II\n")
    file_of_ours.write_text(MENDED[:start], encoding="utf-8")
    load_documents()
    assert [(each.pk, each.tiers) for each in plan.tasks.all()] == [(task.pk, [])]
    assert plan.clauses.filter(path="II").exists()


def test_load_documents_mended_file_removes_what_nothing_hangs_on(file_of_ours):
    (plan,) = load_documents()
    file_of_ours.write_text(MENDED[: MENDED.index("  - path: II\n")], encoding="utf-8")
    load_documents()
    assert (plan.tasks.count(), plan.clauses.count()) == (0, 2)


def test_load_documents_mended_file_does_not_take_back_what_became_of_the_plan(file_of_ours):
    (plan,) = load_documents()
    Plan.objects.filter(pk=plan.pk).update(status="retired")
    mended(file_of_ours, ("figure: 60%", "figure: 65%"))
    plan.refresh_from_db()
    assert (plan.status, plan.targets.get().low) == ("retired", 65)


# -- constraints --


def test_plan_cannot_be_its_own_parent(db):
    plan = PlanFactory(status="draft")
    plan.parent = plan
    with pytest.raises(IntegrityError, match="plan_not_its_own_parent"), transaction.atomic():
        plan.save()


@pytest.mark.parametrize("fields", [{"kind": PlanKind.ADDENDUM}, {"amends": True}])
def test_plan_addendum_without_plan_or_plan_that_amends_is_impossible(db, fields):
    if "amends" in fields:
        fields = {"amends": PlanFactory()}
    with pytest.raises(IntegrityError, match="plan_addendum"), transaction.atomic():
        PlanFactory(**fields)


def test_clause_path_stands_once_in_a_plan(db):
    clause = ClauseFactory()
    with pytest.raises(IntegrityError, match="clause_path_once"), transaction.atomic():
        ClauseFactory(plan=clause.plan, path=clause.path)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"low": 10, "high": 5, "operator": "range"}, "target_high_not_below_low"),
        ({"low": 5, "high": 10}, "target_only_a_range_has_two_figures"),
    ],
)
def test_target_figures_that_contradict_are_impossible(db, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TargetFactory(**fields)


def test_target_without_a_year_stands_once(db):
    target = TargetFactory(year=None)
    with pytest.raises(IntegrityError, match="target_once"), transaction.atomic():
        TargetFactory(clause=target.clause, year=None)


# -- the real documents --


def test_load_documents_are_below_the_plans_they_rest_on(reference):
    parents = dict(Plan.objects.values_list("code", "parent__code"))
    assert parents == {
        "qd-1520-2022": None,
        "kh-176-2021-dak-nong": None,
        "qd-1346-2023-bvhttdl": "qd-1520-2022",
        "kh-169-2023-dak-nong": "qd-1520-2022",
        "kh-169-2023-dak-nong-tin": "kh-169-2023-dak-nong",
        "qd-1150-2023-bac-kan": "qd-1520-2022",
        "kh-2023-tp-bac-kan": "qd-1150-2023-bac-kan",
    }
    assert Target.objects.count() == 85


def test_load_documents_stand_at_the_units_of_their_day(reference):
    city = Plan.objects.get(code="kh-2023-tp-bac-kan").unit
    assert (city.name, city.ends_on) == ("Thành phố Bắc Kạn", dt.date(2025, 7, 1))
    assert AdminUnit.objects.get(plans__code="kh-169-2023-dak-nong").name == "Tỉnh Đắk Nông"


def test_load_documents_again_changes_nothing(reference):
    before = list(Target.objects.order_by("pk").values_list("pk", "low"))
    load_documents()
    assert list(Target.objects.order_by("pk").values_list("pk", "low")) == before
