"""Tasks that nobody takes, decided about by a program: as on the pages, each act once."""

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import LegalAct
from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.programme.models import Assignment, Task, TaskRehoming
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory, TaskFactory

ADDRESS = "/plans/kh-tinh/task-rehoming"


@pytest.fixture
def task(thai_nguyen, bac_kan, duc_xuan, office_of_bac_kan) -> Task:
    return TaskFactory(clause__plan=PlanFactory(unit=thai_nguyen, code="kh-tinh"), tiers=["district"])


@pytest.fixture
def program(planner) -> ApiClient:
    return ApiClient(planner)


def given(task: Task, **more) -> dict:
    return {
        "tasks": [task.pk],
        "kind": "taken_over",
        "units": ["01843"],
        "agency_kind": "culture_society",
        "effective_on": "2025-07-01",
        "reason": "Cấp huyện đã kết thúc",
        "act_number": "1683/NQ",
        "act_title": "Nghị quyết thử",
        "act_issuer": "Ủy ban Thường vụ Quốc hội",
        "act_issued_on": "2025-06-16",
        **more,
    }


def test_task_is_given_to_a_body_once(program, task, office_of_bac_kan):
    (row,) = program.get("/tasks-not-taken").json()["items"]
    assert (row["id"], row["plan"], row["clause"]) == (task.pk, "kh-tinh", task.clause.path)
    first = program.post(ADDRESS, given(task)).json()
    (decision,) = first["decisions"]
    assert (decision["task"], decision["unit"], decision["agency_kind"]) == (task.pk, "01843", "culture_society")
    assert program.post(ADDRESS, given(task)).json() == first
    assert TaskRehoming.objects.count() == Assignment.objects.count() == 1
    assert program.get("/tasks-not-taken").json()["count"] == 0
    named = {"units": [], "agency_kind": None, "agencies": [office_of_bac_kan.code], "part": "coordinating"}
    (decision,) = program.post(ADDRESS, given(task, **named)).json()["decisions"]
    assert (decision["agency"], decision["part"]) == (office_of_bac_kan.code, "coordinating")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"tasks": [2**40]}, "tasks"),
        ({"units": ["04"]}, "units"),
        ({"units": ["01840"]}, "agency_kind"),  # it has no such body
        ({"agency_kind": None}, "agency_kind"),
        ({"units": [], "agency_kind": None, "agencies": ["khong-co"]}, "agencies"),
        ({"kind": "replaced"}, "kind"),
        ({"effective_on": "2999-01-01"}, "effective_on"),
        ({"act_number": ""}, "act_number"),
        ({"reason": " "}, "reason"),
    ],
)
def test_task_is_not_given_like_this(more, field, program, task):
    answer = program.post(ADDRESS, given(task, **more))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert not TaskRehoming.objects.exists() and not Assignment.objects.exists() and not LegalAct.objects.exists()


def test_only_what_nobody_takes_or_was_decided_is_decided_about(program, task, bac_kan):
    living = TaskFactory(plan=task.plan, clause__plan=task.plan, tiers=["commune"])
    soldiers = AgencyFactory(unit=bac_kan, kind="military", code="quan-su-thu")
    named = {"units": [], "agency_kind": None, "agencies": [soldiers.code]}
    for wrong, field in ((given(living), "tasks"), (given(task, **named), "agencies")):
        answer = program.post(ADDRESS, wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert not TaskRehoming.objects.exists()


def test_who_must_not(task, duc_xuan, officer_of_bac_kan, auditor, anybody, reader, program, thai_nguyen):
    below = PersonFactory()
    RoleAssignmentFactory(person=below, role=RoleName.PLANNER, unit=duc_xuan)
    assert anybody.post(ADDRESS, given(task)).status_code == 401
    for person in (reader, auditor, officer_of_bac_kan, below):
        assert ApiClient(person).post(ADDRESS, given(task)).status_code == 403, person
    for person in (reader, auditor, officer_of_bac_kan):
        assert ApiClient(person).get("/tasks-not-taken").status_code == 403
    assert ApiClient(below).get("/tasks-not-taken").json()["count"] == 0
    PlanFactory(unit=thai_nguyen, code="kh-nhap", status=PlanStatus.DRAFT, digest="d")
    assert program.post("/plans/kh-nhap/task-rehoming", given(task)).status_code == 404
    assert not TaskRehoming.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_however_many(number, program, task, django_assert_num_queries):
    for _each in range(number - 1):
        TaskFactory(plan=task.plan, clause__plan=task.plan, tiers=["district"])
    program.get("/tasks-not-taken")
    with django_assert_num_queries(10):
        assert program.get("/tasks-not-taken").json()["count"] == number
