"""The state of tasks, from what was held."""

import datetime as dt

import pytest

from hocsuotdoi.places.queries.units import unit_by_code
from hocsuotdoi.programme.enums import PlanKind, PlanStatus, Recurrence, TaskState
from hocsuotdoi.programme.models import Plan, Task
from hocsuotdoi.programme.queries.due import OBSERVED_BY
from hocsuotdoi.programme.queries.tasks import Held, read_task, unit_tasks
from hocsuotdoi.programme.registry import Evidence
from hocsuotdoi.reporting.queries.content import report_content
from hocsuotdoi.reporting.queries.wording import basis_words
from tests.factories.programme import PlanFactory, TaskFactory, change_plan

TODAY = dt.date(2026, 11, 20)


def held(kind: str = "reading_day", observance: str = "", day: dt.date = TODAY, themes: tuple[str, ...] = ()) -> Held:
    return Held(kind, observance, Evidence("Ngày hội đọc sách", day, "activities.session", "1"), themes)


def task(**fields) -> Task:
    return Task(**{"recurrence": Recurrence.ONGOING, "plan": Plan(), "text": "Việc"} | fields)


def state_of(a_task: Task, *happened: Held, named=(), today: dt.date = TODAY) -> TaskState:
    reading = read_task(a_task, list(happened), list(named), year=2026, today=today)
    assert reading.rule_in_words
    return reading.state


@pytest.mark.parametrize(
    ("happened", "today", "state"),
    [
        ([], dt.date(2026, 4, 21), TaskState.DOING),
        ([], dt.date(2026, 4, 22), TaskState.LATE),
        (["book_day"], dt.date(2026, 4, 22), TaskState.DOING),
        (["book_day"], dt.date(2026, 11, 24), TaskState.LATE),
        (["book_day", "heritage_day"], dt.date(2026, 11, 24), TaskState.DONE),
        (["museum_day"], dt.date(2026, 4, 22), TaskState.LATE),
    ],
)
def test_task_of_observance_days_is_done_when_something_was_held_for_each(happened, today, state):
    a_task = task(observances=["book_day", "heritage_day"])
    assert state_of(a_task, *[held(observance=o) for o in happened], today=today) == state


def test_task_of_observance_days_keeps_evidence_of_those_days_only():
    a_task = task(observances=["book_day", "heritage_day"], activity_kinds=["reading_day"])
    reading = read_task(a_task, [held(observance="book_day"), held()], [], year=2026, today=TODAY)
    assert len(reading.evidence) == 1
    assert reading.due_on == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("fields", "happened", "today", "state"),
    [
        ({}, [], TODAY, TaskState.DOING),
        ({}, ["contest"], TODAY, TaskState.DONE),
        ({}, ["club"], TODAY, TaskState.DOING),
        ({"recurrence": Recurrence.YEARLY}, [], TODAY, TaskState.DOING),
        ({"recurrence": Recurrence.YEARLY}, [], dt.date(2027, 1, 1), TaskState.LATE),
        ({"due_month": 11, "due_day": 19}, [], TODAY, TaskState.LATE),
        ({"due_month": 11, "due_day": 20}, [], TODAY, TaskState.DOING),
    ],
)
def test_task_with_kinds_is_done_when_one_was_held_and_late_after_its_day(fields, happened, today, state):
    a_task = task(activity_kinds=["contest"], **fields)
    assert state_of(a_task, *[held(kind) for kind in happened], today=today) == state


@pytest.mark.parametrize(
    ("themes", "state"),
    [
        (("livelihood",), TaskState.DOING),
        ((), TaskState.DOING),
        (("heritage",), TaskState.DONE),
        (("livelihood", "heritage"), TaskState.DONE),
    ],
)
def test_task_with_themes_is_done_only_by_an_activity_on_one_of_them(themes, state):
    a_task = task(activity_kinds=["class"], themes=["heritage"])
    assert state_of(a_task, held("class", themes=themes)) == state


def test_task_of_observance_days_with_themes_needs_the_theme_on_the_day():
    a_task = task(observances=["heritage_day"], themes=["heritage"])
    on_the_day = {"observance": "heritage_day"}
    assert state_of(a_task, held(**on_the_day, themes=("sport",))) == TaskState.DOING
    assert state_of(a_task, held(**on_the_day, themes=("heritage",))) == TaskState.DONE


def test_training_of_farmers_is_no_evidence_of_history_and_culture(reference):
    farming = held("class", themes=("livelihood",))
    of_heritage = [each for each in Task.objects.all() if each.themes and "livelihood" not in each.themes]
    named = {(each.plan.code, each.clause.path) for each in of_heritage}
    assert {("kh-2023-tp-bac-kan", "II.3.3"), ("kh-2023-tp-bac-kan", "IV.2.2")} <= named
    assert {state for each in of_heritage if (state := state_of(each, farming)) == TaskState.DONE} == set()


@pytest.mark.parametrize(
    ("named", "today", "state"),
    [
        ((), dt.date(2026, 11, 25), TaskState.DOING),
        ((), dt.date(2026, 11, 26), TaskState.LATE),
        ((Evidence("Báo cáo", TODAY, "reporting.report", "1"),), dt.date(2026, 11, 26), TaskState.DONE),
    ],
)
def test_task_of_the_yearly_report_is_done_by_the_report(named, today, state):
    a_task = task(recurrence=Recurrence.YEARLY, due_month=11, due_day=25, evidence="report_submitted")
    assert state_of(a_task, held(), named=named, today=today) == state


def test_task_of_29_february_is_due_on_the_last_of_the_month():
    assert read_task(task(due_month=2, due_day=29), [], [], year=2026, today=TODAY).due_on == dt.date(2026, 2, 28)


def test_every_observance_that_documents_name_has_its_day(reference):
    named = {
        observance for observances in Task.objects.values_list("observances", flat=True) for observance in observances
    }
    assert named <= set(OBSERVED_BY)


def test_unit_tasks_ask_the_ward_what_plans_ask_of_communes(reference):
    readings = unit_tasks(unit_by_code("01843", TODAY), 2026, TODAY)
    paths = [(r.plan.code, r.task.clause.path) for r in readings]
    assert ("kh-2023-tp-bac-kan", "IV.7.1") in paths
    assert ("kh-2023-tp-bac-kan", "IV.1.1") not in paths
    report = next(r for r in readings if r.task.due_month == 11)
    assert (report.due_on, report.state) == (dt.date(2026, 11, 25), TaskState.DOING)


def test_unit_tasks_once_in_another_year_are_not_asked(reference):
    years = {r.task.due_year for r in unit_tasks(unit_by_code("VN", TODAY), 2026, TODAY)}
    assert years == {None}
    years = {r.task.due_year for r in unit_tasks(unit_by_code("VN", TODAY), 2030, dt.date(2030, 6, 1))}
    assert years == {None, 2030}


def test_unit_tasks_need_a_fixed_number_of_queries(reference, django_assert_num_queries):
    with django_assert_num_queries(10):
        unit_tasks(unit_by_code("01843", TODAY), 2026, TODAY)


def test_what_an_addendum_adds_is_asked_after_the_tasks_of_its_plan_and_told_in_the_report(
    thai_nguyen, bac_kan, django_assert_num_queries
):
    plan = PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 1, 1))
    of_plan = TaskFactory(clause__plan=plan, tiers=["commune"], ordinal=9)

    def addendum(day: dt.date, **more) -> Task:
        adding = PlanFactory(unit=thai_nguyen, kind=PlanKind.ADDENDUM, amends=plan, issued_on=day, **more)
        return TaskFactory(clause__plan=adding, tiers=["commune"], ordinal=1, text=f"việc thêm ngày {day}")

    later, earlier = addendum(dt.date(2025, 1, 1)), addendum(dt.date(2024, 1, 1))
    addendum(TODAY + dt.timedelta(days=1))  # not issued yet
    addendum(dt.date(2024, 2, 1), status=PlanStatus.DRAFT)
    addendum(dt.date(2024, 3, 1), status=PlanStatus.RETIRED)
    TaskFactory(clause__plan=later.plan, tiers=["province"])  # of another tier
    with django_assert_num_queries(6):
        asked = [reading.task for reading in unit_tasks(bac_kan, 2026, TODAY)]
    assert asked == [of_plan, earlier, later]
    content = report_content(bac_kan, 2026, TODAY)
    told = [task["text"] for task in content["tasks"]]
    assert told == [of_plan.text, "Việc thêm ngày 2024-01-01", "Việc thêm ngày 2025-01-01"]
    named = [earlier.plan, later.plan]
    assert [line.rstrip(";.") for line in content["basis"]] == [basis_words(each) for each in (plan, *named)]
    change_plan(plan, status=PlanStatus.RETIRED)
    assert unit_tasks(bac_kan, 2026, TODAY) == []
