"""Writing a plan before it is issued, by several people; and that what is read back is what was written."""

import datetime as dt

import pytest

from hocsuotdoi.programme.enums import ClauseKind, PlanStatus, Recurrence
from hocsuotdoi.programme.formats.plan_file import ParsedClause, parse_plan
from hocsuotdoi.programme.models import Clause, Plan, Target, Task
from hocsuotdoi.programme.operations import drafting as acts
from hocsuotdoi.programme.operations import load_plan
from hocsuotdoi.programme.operations.as_file import as_file, begun_from, clause_of, digest_of, head_digest
from hocsuotdoi.programme.operations.plan import DATA_DIR, PlanIssued
from hocsuotdoi.programme.queries.plan_check import check_plan
from tests.factories.programme import CohortFactory, IndicatorFactory, PlanFactory
from tests.factories.running import make_line


@pytest.fixture
def draft(bac_kan, planner, now) -> Plan:
    IndicatorFactory()
    CohortFactory()
    head = acts.Head(title="Kế hoạch của phường", issuer="UBND phường Bắc Kạn", unit=bac_kan)
    return acts.begin_draft(head, source="thử", by=planner, at=now)


def clause(path: str = "I.1", text: str = "60% thư viện", **more) -> ParsedClause:
    return ParsedClause.model_validate({"path": path, "text": text, **more})


FIGURE = {"indicator": "library_services", "cohort": "library_commune", "year": 2027, "figure": "≥ 60%"}
DUTY = {
    "text": "Tổ chức ngày hội đọc sách",
    "recurrence": "yearly",
    "due": {"month": 4, "day": 21},
    "activity_kinds": ["reading_day"],
    "indicator": "library_services",
    "agencies": [{"part": "lead", "written": "Phòng Văn hóa - Xã hội"}],
}


def put(draft: Plan, each: ParsedClause, by, at, **more) -> Plan:
    return acts.put_clause(draft, each, by=by, at=at, **more)


def version_of(draft: Plan, path: str) -> str:
    found = clause_of(as_file(draft), path)
    assert found is not None
    return digest_of(found)


def test_draft_is_seen_by_nobody_and_grows_clause_by_clause(draft, planner, reader, now):
    assert (draft.status, draft.code) == (PlanStatus.DRAFT, "kh-khong-so-2026-phuong-bac-kan")
    put(draft, clause("I.2", "sau"), planner, now)
    put(draft, clause("I.1", targets=[FIGURE], tasks=[DUTY]), planner, now)
    put(draft, clause("I.10", "cuối"), planner, now)
    put(draft, clause("II", "phần hai"), planner, now)
    put(draft, clause("I.1.a", "trong một"), planner, now)
    assert [each.path for each in draft.clauses.order_by("ordinal")] == ["I.1", "I.1.a", "I.2", "I.10", "II"]
    assert (Target.objects.get().low, Task.objects.get().indicator_id) == (60, "library_services")
    assert draft not in Plan.objects.visible_to(reader)
    assert draft not in Plan.objects.issued()
    assert not Target.objects.issued().exists()


def test_same_clause_again_keeps_its_rows(draft, planner, now):
    put(draft, clause(targets=[FIGURE], tasks=[DUTY]), planner, now)
    target, task = Target.objects.get(), Task.objects.get()
    version = version_of(draft, "I.1")
    put(
        draft,
        clause("I.1", "70% thư viện", targets=[{**FIGURE, "figure": "70%"}], tasks=[DUTY]),
        planner,
        now,
        instead_of="I.1",
        version=version,
    )
    assert (Target.objects.get().pk, Target.objects.get().low, Task.objects.get().pk) == (target.pk, 70, task.pk)


def test_clause_below_goes_with_a_new_number(draft, planner, now):
    put(draft, clause("I"), planner, now)
    put(draft, clause("I.1"), planner, now)
    put(draft, clause("II"), planner, now, instead_of="I", version=version_of(draft, "I"))
    assert [each.path for each in draft.clauses.order_by("ordinal")] == ["II", "II.1"]
    child = Clause.objects.get(path="II.1")
    assert child.parent is not None and child.parent.path == "II"


def test_second_of_two_people_is_told_what_stands_there(draft, planner, now):
    put(draft, clause(), planner, now)
    read = version_of(draft, "I.1")
    put(draft, clause(text="của người thứ nhất"), planner, now, instead_of="I.1", version=read)
    with pytest.raises(acts.DraftChanged) as told:
        put(draft, clause(text="của người thứ hai"), planner, now, instead_of="I.1", version=read)
    assert told.value.now is not None and told.value.now.text == "của người thứ nhất"
    with pytest.raises(acts.DraftChanged):
        acts.take_out_clause(draft, "I.1", version=read, by=planner, at=now)
    assert Clause.objects.get().text == "của người thứ nhất"
    acts.take_out_clause(draft, "I.1", version=version_of(draft, "I.1"), by=planner, at=now)
    with pytest.raises(acts.DraftChanged):
        put(draft, clause(), planner, now, instead_of="I.1", version=read)
    assert not Clause.objects.exists()


def test_two_people_on_two_clauses_do_not_meet(draft, planner, now):
    put(draft, clause("I.1"), planner, now)
    put(draft, clause("I.2"), planner, now)
    one, two = version_of(draft, "I.1"), version_of(draft, "I.2")
    put(draft, clause("I.1", "một"), planner, now, instead_of="I.1", version=one)
    put(draft, clause("I.2", "hai"), planner, now, instead_of="I.2", version=two)
    assert [each.text for each in draft.clauses.order_by("ordinal")] == ["một", "hai"]


def test_head_is_changed_by_one_at_a_time(draft, planner, bac_kan, now):
    read = head_digest(draft)
    head = acts.Head(title="Tên mới", issuer="UBND phường", unit=bac_kan, number="5/KH-UBND")
    changed = acts.change_head(draft, head, version=read, by=planner, at=now)
    assert (changed.title, changed.number, changed.code) == ("Tên mới", "5/KH-UBND", draft.code)
    with pytest.raises(acts.DraftChanged):
        acts.change_head(draft, head, version=read, by=planner, at=now)


@pytest.mark.parametrize(
    "each",
    [
        {"path": "I.1"},
        {"path": "I.3", "targets": [{**FIGURE, "indicator": "khong_co"}]},
        {"path": "I.3", "targets": [{**FIGURE, "cohort": "khong_co"}]},
        {"path": "I.3", "tasks": [{**DUTY, "activity_kinds": ["khong_co"]}]},
        {"path": "I.3", "tasks": [{**DUTY, "indicator": "khong_co"}]},
    ],
)
def test_clause_that_cannot_stand_is_refused_and_changes_nothing(draft, planner, now, each):
    put(draft, clause("I.1"), planner, now)
    with pytest.raises(acts.BadClause):
        put(draft, clause(**each), planner, now)
    assert Clause.objects.count() == 1


def test_issued_plan_takes_no_clause(bac_kan, planner, now):
    plan = PlanFactory(unit=bac_kan)
    for act in (
        lambda: put(plan, clause(), planner, now),
        lambda: acts.take_out_clause(plan, "I.1", version="", by=planner, at=now),
        lambda: acts.change_head(plan, acts.Head("a", "b", bac_kan), version=head_digest(plan), by=planner, at=now),
        lambda: acts.discard_draft(plan, by=planner, at=now),
    ):
        with pytest.raises(acts.NotADraft):
            act()


def test_draft_is_discarded_unless_something_hangs_on_it(draft, planner, now, bac_kan):
    put(draft, clause(targets=[FIGURE]), planner, now)
    other = acts.begin_draft(acts.Head("Kế hoạch khác", "UBND", bac_kan), source="thử", by=planner, at=now)
    make_line(plan=draft)
    with pytest.raises(acts.NotADraft):
        acts.discard_draft(draft, by=planner, at=now)
    assert Target.objects.exists()
    put(other, clause(targets=[FIGURE]), planner, now)
    acts.discard_draft(other, by=planner, at=now)
    assert not Plan.objects.filter(pk=other.pk).exists()


def test_draft_begins_from_the_plan_above(thai_nguyen, planner, now, reference):
    model = Plan.objects.get(code="qd-1520-2022")
    head = acts.Head(title="Kế hoạch của tỉnh", issuer="UBND tỉnh", unit=thai_nguyen, parent=model)
    with_figures = acts.begin_draft(head, source="thử", model=model, by=planner, at=now)
    bare = acts.begin_draft(head, source="thử", model=model, figures=False, by=planner, at=now)
    assert with_figures.code != bare.code
    assert with_figures.targets.count() == model.targets.count() > 0 == bare.targets.count()
    assert with_figures.clauses.count() == bare.clauses.count() == model.clauses.count()
    assert {tier for task in with_figures.tasks.all() for tier in task.tiers} <= {"province", "district", "commune"}
    assert check_plan(with_figures)  # growth without a base year, as above
    assert not bare.clauses.filter(kind=ClauseKind.TARGET).exists()
    assert [each.path for each in begun_from(model, unit_tier="province", figures=True)]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(file.stem for file in DATA_DIR.glob("*.yaml")))
def test_what_is_read_back_is_what_was_written(name, reference):
    """For every document: reading it back and writing that again changes not a row."""
    from hocsuotdoi.programme.operations.plan import resolve
    from hocsuotdoi.programme.operations.transcription import write_plan

    plan = Plan.objects.get(code=parse_plan((DATA_DIR / f"{name}.yaml").read_bytes()).code)

    def rows():
        return [list(kind.objects.filter(plan=plan).order_by("pk").values()) for kind in (Clause, Target, Task)] + [
            sorted(plan.tasks.values_list("pk", "agencies__agency", "agencies__part", "agencies__written"), key=str)
        ]

    before, read = rows(), as_file(plan)
    write_plan(plan, read, resolve(read, dt.date(2026, 1, 1), unit=plan.unit), digest_of(read))
    assert rows() == before
    assert digest_of(as_file(plan)) == digest_of(read)


def test_file_can_be_taken_in_as_a_draft_once(bac_kan, planner, now):
    text = "code: kh-thu\ntitle: a\nissuer: b\nunit: '01843'\nunit_on: 2026-01-01\nstatus: draft\nsource: thử\n"
    plan = load_plan(parse_plan(text), by=planner, at=now)
    assert plan.status == PlanStatus.DRAFT and not plan.steps.exists()
    with pytest.raises(PlanIssued, match="dự thảo"):
        load_plan(parse_plan(text.replace("title: a", "title: c")), by=planner, at=now)


def test_recurrence_of_a_draft_task_can_be_changed_and_of_an_issued_one_not(draft, planner, now):
    put(draft, clause(tasks=[DUTY]), planner, now)
    put(
        draft,
        clause(tasks=[{**DUTY, "recurrence": "ongoing"}]),
        planner,
        now,
        instead_of="I.1",
        version=version_of(draft, "I.1"),
    )
    assert Task.objects.get().recurrence == Recurrence.ONGOING
