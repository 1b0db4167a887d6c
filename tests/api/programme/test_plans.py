"""Plans as programs see them."""

import datetime as dt

import pytest

from hocsuotdoi.programme.enums import PlanStatus
from hocsuotdoi.programme.models import Plan
from tests.api.conftest import ApiClient
from tests.factories.programme import PlanFactory, TargetFactory, TaskFactory


@pytest.fixture
def plan(bac_kan) -> Plan:
    target = TargetFactory(clause__plan__unit=bac_kan, clause__plan__code="kh-phuong", clause__path="I.1")
    TaskFactory(clause=target.clause, plan=target.plan, indicator=target.indicator, tiers=["commune"])
    return target.plan


@pytest.mark.parametrize("number", [1, 3])
def test_list_in_a_fixed_number_of_queries(number, client, plan, django_assert_num_queries):
    for _each in range(number - 1):
        PlanFactory()
    PlanFactory(status=PlanStatus.DRAFT)
    client.get("/api/v1/plans")
    with django_assert_num_queries(2):
        answer = client.get("/api/v1/plans").json()
    assert answer["count"] == number
    assert client.get("/api/v1/plans?unit=01843").json()["count"] == 1
    assert client.get("/api/v1/plans?status=retired").json()["count"] == 0


def test_plan_with_clauses_targets_tasks_and_life(client, plan, planner):
    draft = TargetFactory(clause__plan__unit=plan.unit, clause__plan__status=PlanStatus.DRAFT).plan
    Plan.objects.filter(pk=draft.pk).update(digest="d", number="")
    given = {"number": "8/KH-UBND", "issued_on": "2026-01-05", "version": "d"}
    program = ApiClient(planner)
    assert program.post(f"/plans/{draft.code}/issue", {**given, "version": "e"}).status_code == 409
    assert program.post(f"/plans/{draft.code}/issue", {**given, "number": "KH"}).status_code == 422
    issued = program.post(f"/plans/{draft.code}/issue", given).json()
    assert [step["kind"] for step in issued["life"]] == ["issued"]
    answer = client.get("/api/v1/plans/kh-phuong").json()
    (clause,) = answer["clauses"]
    assert clause["targets"][0]["figure"] == "60%"
    assert clause["tasks"][0]["indicator"] == "library_services"
    assert dt.date.fromisoformat(issued["issued_on"]) == dt.date(2026, 1, 5)
