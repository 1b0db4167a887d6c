"""Tasks as programs see them; who may is in tests/workspace/tasks/test_who_may.py."""

import pytest

from hocsuotdoi.programme.models import Assignment
from tests.api.conftest import ApiClient
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.programme.conftest import assignment, held, plan, reading_task

__all__ = ["assignment", "plan", "reading_task"]


@pytest.fixture
def program(officer_of_bac_kan):
    return ApiClient(officer_of_bac_kan)


@pytest.mark.parametrize("number", [1, 3])
def test_list_is_of_whom_one_sees_in_a_fixed_number_of_queries(
    number, assignment, plan, program, django_assert_num_queries
):
    for _each in range(number - 1):
        make_assignment(task=TaskFactory(plan=plan, clause__plan=plan), agency=assignment.agency)
    program.get("/tasks")
    with django_assert_num_queries(4):
        answer = program.get("/tasks").json()
    assert answer["count"] == number
    assert {each["agency"] for each in answer["items"]} == {assignment.agency.code}


def test_list_is_narrowed(assignment, program):
    Assignment.objects.filter(pk=assignment.pk).update(due_on="2020-01-01")
    for query, count in (("late=true", 1), ("state=done", 0), ("year=2026", 1), ("agency=x", 0), ("mine=true", 1)):
        assert program.get(f"/tasks?{query}").json()["count"] == count


def test_report_and_weigh(assignment, program, library_of_bac_kan):
    session = held(library_of_bac_kan)
    entry = program.get(f"/tasks/{assignment.pk}").json()
    assert [each["source_id"] for each in entry["evidence"]["shown"]] == [str(session.pk)]
    told = program.post(
        f"/tasks/{assignment.pk}/steps", {"state": "doing", "version": 1, "percent": 40, "note": "Đã mời"}
    )
    assert (told.json()["state"], told.json()["steps"][0]["note"]) == ("doing", "Đã mời")
    again = program.post(f"/tasks/{assignment.pk}/steps", {"state": "done", "version": 1})
    assert (again.status_code, again.json()["error"]) == (409, "changed_meanwhile")
    given = {
        "source_kind": "activities.session",
        "source_id": str(session.pk),
        "verdict": "rejected",
        "reason": "Không",
    }
    weighed = program.post(f"/tasks/{assignment.pk}/evidence", given).json()
    assert (weighed["evidence"]["count"], weighed["evidence"]["rejected"][0]["reason"]) == (0, "Không")


def test_task_that_is_not_there(program):
    assert program.get(f"/tasks/{2**70}").status_code == 404
