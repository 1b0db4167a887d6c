"""Pages of a draft and of what happens to a plan: who may in which state, two people at once, nothing half done."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.programme.enums import PlanStatus, RehomingKind
from hocsuotdoi.programme.models import Clause, Plan, Rehoming
from hocsuotdoi.programme.operations.as_file import as_file, clause_of, digest_of, head_digest
from hocsuotdoi.programme.queries.targets import unit_targets
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, PlanFactory, TargetFactory, change_plan

STATES = [PlanStatus.DRAFT, PlanStatus.IN_FORCE, PlanStatus.INHERITED, PlanStatus.REPLACED, PlanStatus.RETIRED]
WRITE = {"draft", "draft/head", "draft/clause", "issue"}
END = {"replace", "retire", "inherit", "addendum"}
# What a planner of the place opens in each state (200); everybody else nothing.
MAY = {
    PlanStatus.DRAFT: WRITE,
    PlanStatus.IN_FORCE: END | {"rehoming"},
    PlanStatus.INHERITED: END | {"rehoming"},
    PlanStatus.REPLACED: END,
    PlanStatus.RETIRED: END,
}
PEOPLE = ["planner_of_the_ward", "planner_elsewhere", "auditor", "officer_of_bac_kan", "reader", "nobody"]


@pytest.fixture
def planner_of_the_ward(bac_kan):
    return holder(RoleName.PLANNER, bac_kan)


@pytest.fixture
def planner_elsewhere(duc_xuan):
    return holder(RoleName.PLANNER, duc_xuan)


def holder(role, unit):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=role, unit=unit)
    return person


@pytest.fixture
def plan(bac_kan) -> Plan:
    target = TargetFactory(clause__plan__unit=bac_kan, clause__plan__code="kh-phuong", clause__path="I.1")
    return target.plan


@pytest.fixture
def draft(plan) -> Plan:
    return change_plan(plan, status=PlanStatus.DRAFT, digest="d1", number="")


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_opens_what_in_which_state(who, state, plan, request):
    change_plan(plan, status=state)
    client = Client()
    person = None if who == "nobody" else request.getfixturevalue(who)
    if person is not None:
        client.force_login(person)
    for page in sorted(WRITE | END | {"rehoming"}):
        status = client.get(f"/workspace/plans/{plan.code}/{page}/").status_code
        if who == "planner_of_the_ward" and page in MAY[state]:
            assert status == 200, page
        elif who == "nobody":
            assert status == 302, page
        else:
            assert status in (403, 404), page
            if state == PlanStatus.DRAFT and who not in ("planner_of_the_ward",):
                assert status in (403, 404)
    api = ApiClient(person) if person is not None else None
    if api is not None:
        assert api.get(f"/plans/{plan.code}").status_code == (404 if state == PlanStatus.DRAFT else 200)
        given = {"number": "5/KH-UBND", "issued_on": "2026-01-05", "version": "x"}
        status = api.post(f"/plans/{plan.code}/issue", given).status_code
        # For the planner a wrong version or state is told in words; a right that is missing or a draft unseen is not.
        assert status == 409 if who == "planner_of_the_ward" else status in (403, 404)
    assert Plan.objects.get(pk=plan.pk).status == state


def clause_data(version: str = "", **more: str) -> dict[str, str]:
    return {
        "path": "I.1",
        "kind": "target",
        "heading": "",
        "text": "60% thư viện",
        "version": version,
        "figures-TOTAL_FORMS": "1",
        "figures-INITIAL_FORMS": "0",
        "figures-0-indicator": "library_services",
        "figures-0-cohort": "library_commune",
        "figures-0-year": "2027",
        "figures-0-figure": "60%",
        "duties-TOTAL_FORMS": "1",
        "duties-INITIAL_FORMS": "0",
        "duties-0-text": "Tổ chức ngày hội đọc sách",
        "duties-0-recurrence": "yearly",
        "duties-0-due_day": "21",
        "duties-0-due_month": "4",
        "duties-0-tiers": "commune",
        "duties-0-lead": "Phòng Văn hóa - Xã hội\nTrường học",
        "duties-0-activity_kinds": "reading_day",
        "duties-0-at_least": "2",
        "duties-0-indicator": "library_services",
    } | more


def test_draft_is_begun_written_issued_on_the_pages(client, planner_of_the_ward, bac_kan):
    IndicatorFactory(), CohortFactory()
    client.force_login(planner_of_the_ward)
    assert client.get("/workspace/plans/draft/").status_code == 200
    wrong = client.post("/workspace/plans/draft/", {"title": "", "issuer": "UBND", "unit": bac_kan.pk})
    assert wrong.status_code == 422
    begun = client.post("/workspace/plans/draft/", {"title": "Kế hoạch", "issuer": "UBND", "unit": bac_kan.pk})
    address = begun["Location"]
    assert client.post(f"{address}clause/", clause_data()).status_code == 302
    plan = Plan.objects.get(title="Kế hoạch")
    task = plan.tasks.get()
    assert (task.at_least, task.activity_kinds, task.due_month, task.tiers) == (2, ["reading_day"], 4, ["commune"])
    assert [part.written for part in task.agencies.all()] == ["Phòng Văn hóa - Xã hội", "Trường học"]
    assert (task.indicator_id, plan.targets.get().low) == ("library_services", 60)
    assert "60%" in client.get(address).content.decode()
    issue = f"/workspace/plans/{plan.code}/issue/"
    for page in (address, issue):  # names that nobody bears are said before the issue, and block nothing
        assert "Danh bạ chưa có cơ quan nào tên như vậy" in client.get(page).content.decode()
    data = {"number": "/KH", "issued_on": "2026-01-05", "version": plan.digest}
    assert client.post(issue, data).status_code == 422
    done = client.post(issue, data | {"number": "9/KH-UBND"})
    assert done["Location"] == "/plans/kh-9-2026-phuong-bac-kan/"
    told = client.get(done["Location"]).content.decode()
    assert "ban hành" in told and "không có nơi nhận việc: Phòng Văn hóa - Xã hội; Trường học" in told
    check = "/plans/kh-9-2026-phuong-bac-kan/check/"
    assert "Tên cơ quan không có nơi nhận việc" in client.get(check).content.decode()
    assert "Tên cơ quan không có nơi nhận việc" not in Client().get(check).content.decode()
    assert client.get(address).status_code == 404


def test_clause_that_is_opened_and_saved_unchanged_stays_as_it_is(client, draft, planner_of_the_ward):
    client.force_login(planner_of_the_ward)
    before = as_file(draft)
    known = clause_of(before, "I.1")
    page = client.get(f"/workspace/plans/{draft.code}/draft/clause/?path=I.1")
    data = {}
    for form in (page.context["words"], *page.context["figures"], *page.context["duties"]):
        for field in form:
            value = field.value()
            if value not in (None, False, [], ""):  # a browser sends no box that is not ticked
                data[field.html_name] = value
    for name in ("figures", "duties"):
        management = page.context[name].management_form
        data |= {field.html_name: field.value() for field in management}
    done = client.post(f"/workspace/plans/{draft.code}/draft/clause/?path=I.1", data)
    assert done.status_code == 302
    assert clause_of(as_file(draft), "I.1").targets == known.targets


@pytest.mark.parametrize(
    ("written", "kept", "shown"),
    [("1.500", "1500", "1500"), ("12,5", "12.5", "12,5"), ("12.5", "12.5", "12,5"), ("", None, None)],
)
def test_figure_of_the_base_year_is_typed_as_people_write_it(client, draft, planner_of_the_ward, written, kept, shown):
    client.force_login(planner_of_the_ward)
    address = f"/workspace/plans/{draft.code}/draft/clause/"
    base = {"figures-0-baseline_year": "2020", "figures-0-baseline_value": written}
    assert client.post(address, clause_data(path="I.2") | base).status_code == 302
    target = draft.targets.get(clause__path="I.2")
    assert target.baseline_value == (None if kept is None else Decimal(kept))
    field = client.get(f"{address}?path=I.2").context["figures"].forms[0]["baseline_value"]
    assert field.value() == shown
    assert 'type="text"' in str(field)  # a browser's number field would read 1.500 as one and a half


@pytest.mark.parametrize("wrong", ["mười", "1,500", "1.50.000", "1" * 13])
def test_figure_of_the_base_year_that_is_no_number_is_said_at_its_field(client, draft, planner_of_the_ward, wrong):
    client.force_login(planner_of_the_ward)
    base = {"figures-0-baseline_year": "2020", "figures-0-baseline_value": wrong}
    told = client.post(f"/workspace/plans/{draft.code}/draft/clause/", clause_data(path="I.2") | base)
    assert told.status_code == 422
    assert told.context["figures"].forms[0].errors["baseline_value"] == ["Hãy nhập một số, ví dụ 1.436 hoặc 12,5."]


def test_second_of_two_people_sees_both_texts_and_can_go_on(client, draft, planner_of_the_ward):
    client.force_login(planner_of_the_ward)
    address = f"/workspace/plans/{draft.code}/draft/clause/?path=I.1"
    version = digest_of(clause_of(as_file(draft), "I.1"))
    assert client.post(address, clause_data(version, text="của người thứ nhất")).status_code == 302
    told = client.post(address, clause_data(version, text="của người thứ hai"))
    body = told.content.decode()
    assert told.status_code == 409
    assert "của người thứ nhất" in body and "của người thứ hai" in body
    assert Clause.objects.get().text == "của người thứ nhất"
    fresh = digest_of(clause_of(as_file(draft), "I.1"))
    assert fresh in body
    assert client.post(address, clause_data(fresh, text="của cả hai")).status_code == 302
    assert Clause.objects.get().text == "của cả hai"


def test_more_rows_lose_nothing_and_wrong_fields_are_told(client, draft, planner_of_the_ward):
    client.force_login(planner_of_the_ward)
    address = f"/workspace/plans/{draft.code}/draft/clause/"
    more = client.post(address, clause_data(path="I.2", more="duties"))
    assert more.status_code == 200 and len(more.context["duties"].forms) >= 2
    assert "Trường học" in more.content.decode()
    for wrong in (
        {"path": "I..2"},
        {"path": "I.1"},
        {"figures-0-figure": "nhiều"},
        {"figures-0-cohort": ""},
        {"duties-0-due_month": ""},
    ):
        assert client.post(address, clause_data(path="I.2") | wrong).status_code == 422, wrong
    assert Clause.objects.count() == 1


def test_head_clause_and_draft_go(client, draft, planner_of_the_ward, bac_kan):
    client.force_login(planner_of_the_ward)
    base = f"/workspace/plans/{draft.code}/draft"
    data = {"title": "Tên mới", "issuer": "UBND", "unit": bac_kan.pk, "version": head_digest(draft)}
    assert client.post(f"{base}/head/", data).status_code == 302
    assert client.post(f"{base}/head/", data).status_code == 409
    version = digest_of(clause_of(as_file(draft), "I.1"))
    client.post(f"{base}/clause/drop/?path=I.1", {"version": "khac"})
    assert Clause.objects.exists()
    client.post(f"{base}/clause/drop/?path=I.1", {"version": version})
    assert not Clause.objects.exists()
    client.post(f"{base}/discard/")
    assert not Plan.objects.exists()


def test_plan_is_retired_with_a_reason_and_shows_its_life(client, plan, planner_of_the_ward):
    client.force_login(planner_of_the_ward)
    address = f"/workspace/plans/{plan.code}/retire/"
    assert client.post(address, {"effective_on": "2026-11-01", "reason": ""}).status_code == 422
    data = {"effective_on": "2026-11-01", "reason": "Hết thời hạn", "act_number": "9/NQ"}
    assert client.post(address, data).status_code == 422  # the act is not known here
    data |= {"act_title": "Nghị quyết", "act_issuer": "HĐND", "act_issued_on": "2026-10-30"}
    assert client.post(address, data)["Location"] == f"/plans/{plan.code}/#life"
    page = Client().get(f"/plans/{plan.code}/").content.decode()
    assert "Hết thời hạn" in page and "9/NQ" in page
    assert client.post(address, data).status_code == 302  # sent twice it is one act
    assert plan.steps.count() == 1
    assert client.post(address, data | {"reason": "Khác"}).status_code == 422


def test_plan_is_replaced_on_the_page(client, plan, planner_of_the_ward, bac_kan):
    client.force_login(planner_of_the_ward)
    other = PlanFactory(unit=bac_kan, number="99/KH-UBND")
    data = {"other": other.pk, "effective_on": "2026-11-01"}
    assert client.post(f"/workspace/plans/{plan.code}/replace/", data).status_code == 302
    assert "99/KH-UBND" in Client().get(f"/plans/{plan.code}/").content.decode()


def test_addendum_begins_as_a_draft(client, plan, planner_of_the_ward, planner_elsewhere):
    client.force_login(planner_elsewhere)
    assert client.post(f"/workspace/plans/{plan.code}/addendum/draft/").status_code == 403
    client.force_login(planner_of_the_ward)
    made = client.post(f"/workspace/plans/{plan.code}/addendum/draft/")
    draft = Plan.objects.get(amends=plan)
    assert made["Location"].endswith(f"/{draft.code}/draft/") and draft.status == PlanStatus.DRAFT
    assert client.get(made["Location"]).status_code == 200


def test_targets_that_nobody_takes_are_decided_about(client, thai_nguyen, bac_kan, planner_of_the_ward):
    planner = holder(RoleName.PLANNER, thai_nguyen)
    old = [
        TargetFactory(
            clause__plan=Plan.objects.first() or PlanFactory(unit=thai_nguyen, code="kh-tinh"),
            cohort=CohortFactory(code="library_district"),
            year=year,
        )
        for year in (2025, 2030)
    ]
    CohortFactory(code="library_commune")
    client.force_login(planner)
    assert "rehoming" in client.get("/workspace/plans/").content.decode()
    listed = client.get("/workspace/plans/rehoming/").content.decode()
    assert "library_district" in listed
    address = "/workspace/plans/kh-tinh/rehoming/?cohort=library_district"
    assert client.get(address).status_code == 200
    data = {
        "targets": [each.pk for each in old],
        "kind": RehomingKind.TAKEN_OVER,
        "units": [thai_nguyen.pk],
        "cohort": "library_commune",
        "effective_on": "2026-11-01",
        "reason": "Cấp huyện đã kết thúc",
        "act_number": "9/NQ",
        "act_title": "Nghị quyết",
        "act_issuer": "HĐND",
        "act_issued_on": "2026-10-30",
    }
    for wrong in ({"targets": []}, {"cohort": ""}, {"kind": "replaced"}, {"reason": ""}, {"act_number": ""}):
        assert client.post(address, data | wrong).status_code == 422, wrong
    assert not Rehoming.objects.exists()
    assert client.post(address, data).status_code == 302
    assert Rehoming.objects.count() == 2
    page = Client().get("/plans/kh-tinh/").content.decode()
    assert "<del>" in page and "9/NQ" in page
    client.force_login(planner_of_the_ward)
    assert client.get(address).status_code == 403
    assert dt.date(2026, 11, 1) == Rehoming.objects.first().effective_on


def test_target_dropped_for_one_ward_stands_on_the_pages_of_the_others(
    client, thai_nguyen, bac_kan, duc_xuan, planner, today
):
    target = TargetFactory(clause__plan__unit=thai_nguyen, clause__plan__code="kh-tinh", year=2030, figure=60)
    client.force_login(planner)
    data = {
        "targets": [target.pk],
        "kind": RehomingKind.DROPPED,
        "units": [duc_xuan.pk],
        "effective_on": "2026-11-01",
        "reason": "Phường không có thư viện",
        "act_number": "9/NQ",
        "act_title": "Nghị quyết",
        "act_issuer": "HĐND",
        "act_issued_on": "2026-10-30",
    }
    assert client.post("/workspace/plans/kh-tinh/rehoming/?cohort=library_commune", data).status_code == 302
    page = Client().get("/plans/kh-tinh/").content.decode()
    assert "<del>" not in page and "9/NQ" in page
    asked = {unit: bool(unit_targets(unit, today.year, today)) for unit in (thai_nguyen, bac_kan, duc_xuan)}
    assert asked == {thai_nguyen: True, bac_kan: True, duc_xuan: False}
