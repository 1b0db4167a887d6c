"""Tasks outside the plans, the armed forces' own line, and the figure that a task serves."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.programme.enums import Rung
from hocsuotdoi.programme.models import Assignment, Escalation
from hocsuotdoi.programme.operations import digest
from hocsuotdoi.programme.operations.assignment import NotHandedDown, hand_down_own
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, TargetFactory, TaskFactory
from tests.factories.running import make_assignment

ADDRESS = "/workspace/tasks/hand-down/own/"


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def own_data(*agencies, **more) -> dict[str, object]:
    return {
        "unit": "19",
        "title": "Rà soát tủ sách",
        "reason": "Theo kết luận kiểm tra",
        "due_on": "2026-12-10",
        "key": str(uuid.uuid4()),
        "agency": [each.pk for each in agencies],
    } | more


def test_office_asks_without_a_plan_and_says_why(province_officer, officer_of_bac_kan, office_of_bac_kan):
    client = signed_in(province_officer)
    assert office_of_bac_kan.name in client.get(ADDRESS).content.decode()
    data = own_data(office_of_bac_kan)
    for wrong in ({"title": ""}, {"reason": " "}, {"agency": []}, {f"due-{office_of_bac_kan.pk}": "mai"}):
        assert client.post(ADDRESS, data | wrong).status_code == 422, wrong
    assert not Assignment.objects.exists()
    assert client.post(ADDRESS, data | {f"due-{office_of_bac_kan.pk}": "2026-12-01"}).status_code == 302
    client.post(ADDRESS, data)  # the same form once more
    row = Assignment.objects.get()
    assert (row.title, row.remark, row.due_on) == ("Rà soát tủ sách", "Theo kết luận kiểm tra", dt.date(2026, 12, 1))
    page = signed_in(officer_of_bac_kan).get(f"/workspace/tasks/{row.pk}/").content.decode()
    assert "Theo kết luận kiểm tra" in page and "ngoài" in page


def test_nobody_asks_whom_they_may_not(
    province_officer, officer_of_bac_kan, office_of_bac_kan, reader, planner, country
):
    elsewhere = AgencyFactory()
    client = signed_in(province_officer)
    assert client.post(ADDRESS, own_data(elsewhere)).status_code == 422  # it is not among those offered
    assert signed_in(reader).get(ADDRESS).status_code == 403
    assert elsewhere.name not in client.get(ADDRESS).content.decode()
    own = signed_in(officer_of_bac_kan).post(ADDRESS, own_data(office_of_bac_kan, unit="01843"))
    assert own.status_code == 422  # nobody sets a day for the body for which they report
    assert not Assignment.objects.exists()


def test_programs_hand_down_under_the_same_rules(
    province_officer, officer_of_bac_kan, office_of_bac_kan, reading_task, reader
):
    given = {"task": reading_task.pk, "year": 2026, "agencies": [{"agency": office_of_bac_kan.code}], "remark": "Đủ"}
    to_whom = [{"agency": office_of_bac_kan.code}]
    own = {"title": "Việc", "reason": "Vì", "key": str(uuid.uuid4()), "agencies": to_whom}
    for person, status in ((officer_of_bac_kan, 422), (reader, 403), (province_officer, 200)):
        for path, body in (("/tasks/hand-down", given), ("/tasks/own", own)):
            assert ApiClient(person).post(path, body).status_code == status, (path, person)
    planned, free = Assignment.objects.order_by("title")
    assert (planned.task, planned.remark, planned.due_on) == (reading_task, "Đủ", dt.date(2026, 12, 31))
    assert (free.title, free.remark, free.due_on) == ("Việc", "Vì", None)
    client = ApiClient(province_officer)
    assert client.post("/tasks/own", own).json()["tasks"] == []  # sent again, it changes nothing
    again = {**given, "agencies": [{"agency": office_of_bac_kan.code, "part": "coordinating"}]}
    assert client.post("/tasks/hand-down", again).json()["tasks"][0]["part"] == "coordinating"
    assert client.post("/tasks/hand-down", given).json()["tasks"][0]["part"] == "coordinating"  # as it has it
    unknown = {**given, "agencies": [{"agency": "khong-co"}]}
    assert client.post("/tasks/hand-down", unknown).status_code == 422
    assert client.post("/tasks/hand-down", {**given, "task": 2**60}).status_code == 422
    assert client.post("/tasks/hand-down", {**given, "indicator": "khong-co"}).status_code == 422
    assert Assignment.objects.count() == 2


def test_own_task_needs_words_reason_and_somebody(province_officer, office_of_bac_kan, now):
    given = {"title": "Việc", "reason": "Vì", "due": {office_of_bac_kan: None}, "key": uuid.uuid4()}
    for wrong in ({"title": " "}, {"reason": ""}, {"due": {}}):
        with pytest.raises(NotHandedDown):
            hand_down_own(**{**given, **wrong}, by=province_officer, at=now)


@pytest.fixture
def of_the_army(thai_nguyen, reading_task):
    command = AgencyFactory(kind="military", unit=thai_nguyen, name="Bộ Chỉ huy Quân sự tỉnh")
    return make_assignment(
        task=reading_task,
        agency=command,
        due_on=timezone.localdate() - dt.timedelta(days=40),
        handed_at=timezone.now() - dt.timedelta(days=90),
        year=timezone.localdate().year,
    )


def soldier_of(assignment):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=assignment.agency)
    return person


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("soldier", True),
        ("auditor", True),
        ("province_officer", False),
        ("planner", False),
        ("officer_of_bac_kan", False),
    ],
)
def test_tasks_of_the_armed_forces_are_seen_on_their_line_only(who, sees, of_the_army, request):
    person = soldier_of(of_the_army) if who == "soldier" else request.getfixturevalue(who)
    client, status = signed_in(person), 200 if sees else 404
    year = timezone.localdate().year
    assert client.get(f"/workspace/tasks/{of_the_army.pk}/").status_code == status
    assert ApiClient(person).get(f"/tasks/{of_the_army.pk}").status_code == status
    for address in ("?view=list&scope=all&state=all", "?view=board&scope=all", f"of/19/{year}/"):
        page = client.get(f"/workspace/tasks/{address}")
        assert (of_the_army.agency.name in page.content.decode()) == sees or page.status_code == 404, address
    step = client.post(f"/workspace/tasks/{of_the_army.pk}/step/", {"state": "done", "version": 1})
    assert step.status_code == (302 if who == "soldier" else 403 if who == "auditor" else step.status_code)
    assert (Assignment.objects.get(pk=of_the_army.pk).state == "done") == (who == "soldier")


def test_nobody_of_the_culture_line_hands_down_to_the_army(of_the_army, province_officer, planner):
    for person in (province_officer, planner):
        assert of_the_army.agency.name not in signed_in(person).get(ADDRESS).content.decode()


def test_what_is_late_there_climbs_no_ladder_of_others(of_the_army, department_of_thai_nguyen, now):
    day = timezone.localdate()
    digest.climb(day=day, at=timezone.now())
    assert [(each.rung, each.agency) for each in Escalation.objects.all()] == [(Rung.UNIT, of_the_army.agency)]


def test_task_page_shows_the_figure_that_it_serves(officer_of_bac_kan, office_of_bac_kan, bac_kan, plan):
    indicator, cohort = IndicatorFactory(), CohortFactory()
    TargetFactory(clause__plan=plan, indicator=indicator, cohort=cohort)
    InstitutionFactory(unit=bac_kan)
    task = TaskFactory(clause__plan=plan, plan=plan, indicator=indicator, tiers=["commune"])
    row = make_assignment(task=task, agency=office_of_bac_kan, year=timezone.localdate().year)
    page = signed_in(officer_of_bac_kan).get(f"/workspace/tasks/{row.pk}/").content.decode()
    assert indicator.short_name in page and str(timezone.localdate().year) in page
    pair = timezone.localdate().year, "library_services", "library_commune"
    assert reverse("portal:indicators-value-lineage", args=["01843", *pair]) in page
