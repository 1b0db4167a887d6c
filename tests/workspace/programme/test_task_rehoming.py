"""Pages of the tasks that nobody takes: where a planner finds them, and the decision told where it is read."""

import re

import pytest
from django.test import Client

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.programme.enums import AgencyPart
from hocsuotdoi.programme.models import Assignment, Plan, TaskAgency, TaskRehoming
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory, TaskFactory

ADDRESS = "/workspace/plans/kh-tinh/rehoming/tasks/"


@pytest.fixture
def plan(thai_nguyen) -> Plan:
    return PlanFactory(unit=thai_nguyen, code="kh-tinh", number="169/KH-UBND")


@pytest.fixture
def tasks(plan, bac_kan, duc_xuan):
    return [
        TaskFactory(plan=plan, clause__plan=plan, text=f"Tổ chức giao lưu lần {number}", tiers=["district"])
        for number in (1, 2)
    ]


@pytest.fixture
def planner_of_the_ward(bac_kan):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=bac_kan)
    return person


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def given(tasks, unit, **more):
    return {
        "tasks": [task.pk for task in tasks],
        "kind": "taken_over",
        "units": [unit.pk],
        "agency_kind": "culture_society",
        "part": "lead",
        "effective_on": "2026-11-01",
        "reason": "Cấp huyện đã kết thúc",
        "act_number": "9/NQ",
        "act_title": "Nghị quyết",
        "act_issuer": "HĐND",
        "act_issued_on": "2026-10-30",
    } | more


def test_planner_finds_them_from_the_tasks_the_start_page_and_the_plan(planner, reader, tasks, plan):
    client = signed_in(planner)
    assert "/workspace/plans/rehoming/tasks/" in client.get("/workspace/tasks/?view=list").content.decode()
    for page in ("/workspace/", "/plans/kh-tinh/"):
        assert ADDRESS in client.get(page).content.decode(), page
    assert "2 nhiệm vụ chưa có nơi nhận" in client.get("/workspace/plans/").content.decode()
    listed = client.get("/workspace/plans/rehoming/tasks/").content.decode()
    assert all(task.text in listed for task in tasks) and ADDRESS in listed
    assert "nay không còn cấp huyện" in listed
    assert ADDRESS not in Client().get("/plans/kh-tinh/").content.decode()


def test_list_comes_in_pages_of_plans(planner, thai_nguyen, bac_kan):
    for number in range(11):
        TaskFactory(
            clause__plan=PlanFactory(unit=thai_nguyen, code=f"kh-{number}", number=f"{number}/KH"), tiers=["district"]
        )
    client, address = signed_in(planner), "/workspace/plans/rehoming/tasks/"
    first, second = (client.get(f"{address}?page={page}").context["page_obj"] for page in (1, 2))
    assert (len(first), len(second)) == (10, 1)
    assert len({group.plan.code for page in (first, second) for group in page}) == 11


def test_country_s_planner_is_not_told_of_the_communes_plans(country, tasks, plan, bac_kan):
    TaskFactory(clause__plan__unit=bac_kan, clause__plan__code="kh-phuong", tiers=["district"])
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=country)
    (group,) = signed_in(person).get("/workspace/plans/rehoming/tasks/").context["page_obj"]
    assert group.plan == plan
    (told,) = {row["plan"] for row in ApiClient(person).get("/tasks-not-taken").json()["items"]}
    assert told == plan.code


def test_decision_is_made_for_several_and_told_where_it_is_read(planner, tasks, office_of_bac_kan, bac_kan, duc_xuan):
    client = signed_in(planner)
    form = client.get(ADDRESS)
    assert form.status_code == 200 and form.context["form"]["agency_kind"].value() == "culture_society"
    data = given(tasks, bac_kan)
    for wrong in (
        {"tasks": []},
        {"agency_kind": ""},
        {"units": []},
        {"units": [duc_xuan.pk]},  # it has no such body
        {"kind": "replaced"},
        {"reason": ""},
        {"act_number": ""},
        {"effective_on": "2030-01-01"},
    ):
        assert client.post(ADDRESS, data | wrong).status_code == 422, wrong
    assert not TaskRehoming.objects.exists()
    assert client.post(ADDRESS, data).status_code == 302
    assert TaskRehoming.objects.count() == 2
    rows = Assignment.objects.filter(agency=office_of_bac_kan)
    assert {row.task for row in rows} == set(tasks)
    told = client.get(f"/workspace/tasks/{rows[0].pk}/").content.decode()
    assert "9/NQ" in told and "Cấp huyện đã kết thúc" in told and "Theo quyết định" in told
    public = Client().get("/plans/kh-tinh/").content.decode()
    assert public.count("9/NQ") == 2 and "Phường Bắc Kạn" in public
    assert "Mọi nhiệm vụ đều có nơi nhận" in client.get("/workspace/plans/rehoming/tasks/").content.decode()
    assert ADDRESS in client.get("/plans/kh-tinh/").content.decode()  # to decide anew
    assert client.post(ADDRESS, given(tasks[:1], bac_kan, kind="dropped", agency_kind="")).status_code == 302
    assert Assignment.objects.get(task=tasks[0]).state == "dropped"


def test_page_says_whom_the_plan_names_and_proposes_nothing_that_is_another_branch_s(planner, tasks, bac_kan):
    for task, written in zip(tasks, ("Phòng Văn hoá & Thông tin", "Công an <thành phố>"), strict=True):
        TaskAgency.objects.create(task=task, part=AgencyPart.LEAD, written=written)
    page = signed_in(planner).get(ADDRESS).content.decode()
    assert "Kế hoạch giao: Phòng Văn hoá &amp; Thông tin" in page
    assert "Kế hoạch giao: Công an &lt;thành phố&gt;" in page
    boxes = dict(re.findall(r'name="tasks" value="(\d+)"([^>]*)>', page))
    assert {int(pk): "checked" in rest for pk, rest in boxes.items()} == {tasks[0].pk: True, tasks[1].pk: False}


def test_nobody_decides_for_a_unit_that_is_not_theirs(
    planner_of_the_ward, auditor, reader, tasks, plan, office_of_bac_kan, bac_kan, duc_xuan, thai_nguyen
):
    for person in (planner_of_the_ward, auditor, reader):
        client = signed_in(person)
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS, given(tasks, bac_kan)).status_code == 403
    assert signed_in(auditor).get("/workspace/plans/rehoming/tasks/").status_code == 403
    assert Client().get(ADDRESS).status_code == 302
    own = TaskFactory(clause__plan__unit=bac_kan, clause__plan__code="kh-phuong", tiers=["district"])
    client, address = signed_in(planner_of_the_ward), "/workspace/plans/kh-phuong/rehoming/tasks/"
    assert client.get(address).status_code == 200
    assert client.post(address, given([own], duc_xuan)).status_code == 422
    assert client.post(address, given([own], thai_nguyen, kind="dropped")).status_code == 422
    assert client.post(address, given(tasks, bac_kan)).status_code == 422  # of another plan
    assert not TaskRehoming.objects.exists()
    assert client.post(address, given([own], bac_kan)).status_code == 302


def test_armed_forces_are_offered_on_their_own_line_only(planner, tasks, office_of_bac_kan, bac_kan):
    soldiers = AgencyFactory(unit=bac_kan, kind="military", name="Ban Chỉ huy quân sự")
    form = signed_in(planner).get(ADDRESS).context["form"]
    assert list(form.fields["agencies"].queryset) == [office_of_bac_kan]
    assert "military" not in [kind for kind, _label in form.fields["agency_kind"].choices]
    RoleAssignmentFactory(person=planner, role=RoleName.PLANNER, agency=soldiers)
    assert soldiers in signed_in(planner).get(ADDRESS).context["form"].fields["agencies"].queryset


def test_heirs_bodies_are_offered_in_handing_down(planner, tasks, office_of_bac_kan):
    page = signed_in(planner).get(f"/workspace/tasks/hand-down/{tasks[0].pk}/").content.decode()
    assert office_of_bac_kan.name in page
