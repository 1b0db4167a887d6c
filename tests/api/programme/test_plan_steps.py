"""What becomes of plans and of their targets, recorded by a program: as on the pages, each act once."""

import datetime as dt

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.models import LegalAct, Succession, UnitReading
from hocsuotdoi.programme.enums import PlanStatus, RehomingKind
from hocsuotdoi.programme.models import Plan, PlanStep, Rehoming, Target
from tests.api.conftest import ApiClient
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, make_unit
from tests.factories.programme import CohortFactory, PlanFactory, TargetFactory

REFORM = dt.date(2025, 7, 1)
ACT = {
    "act_number": "1683/NQ",
    "act_title": "Nghị quyết thử",
    "act_issuer": "Ủy ban Thường vụ Quốc hội",
    "act_issued_on": "2025-06-16",
}


@pytest.fixture
def program(planner) -> ApiClient:
    """Of the province's planner."""
    return ApiClient(planner)


@pytest.fixture
def plan(thai_nguyen) -> Plan:
    return PlanFactory(unit=thai_nguyen, code="kh-tinh", issued_on=dt.date(2023, 3, 1))


@pytest.fixture
def of_districts(plan) -> Target:
    return TargetFactory(clause__plan=plan, cohort=CohortFactory(code="library_district"), year=2030, figure=100)


@pytest.fixture
def of_the_old_province(country, thai_nguyen) -> Plan:
    unit = make_unit("06", "Tỉnh Bắc Kạn", tier="province", kind="province", parent=country, ends_on=REFORM)
    Succession.objects.create(predecessor=unit, successor=thai_nguyen, kind="merged", effective_on=REFORM)
    UnitReading.objects.create(unit=unit, reads_as=thai_nguyen, starts_on=REFORM)
    return PlanFactory(unit=unit, code="kh-cu", issued_on=dt.date(2023, 1, 1))


def rehoming(target: Target, **more) -> dict:
    return {
        "targets": [target.pk],
        "kind": "taken_over",
        "units": ["19"],
        "cohort": "library_commune",
        "effective_on": "2025-07-01",
        "reason": "Cấp huyện đã kết thúc",
        **ACT,
        **more,
    }


def test_plan_is_replaced_once(program, plan, thai_nguyen):
    new = PlanFactory(unit=thai_nguyen, code="kh-moi", issued_on=dt.date(2026, 2, 1))
    given = {"other": new.code, "effective_on": "2026-03-01", "reason": "Giai đoạn mới", **ACT}
    first = program.post("/plans/kh-tinh/replace", given).json()
    assert (first["status"], first["life"][0]["other"], first["life"][0]["legal_act"]) == (
        "replaced",
        "kh-moi",
        "1683/NQ",
    )
    assert program.post("/plans/kh-tinh/replace", given).json() == first
    assert PlanStep.objects.count() == LegalAct.objects.count() == 1
    again = program.post("/plans/kh-tinh/replace", {**given, "effective_on": "2026-04-01"})
    assert (again.status_code, again.json()["error"]) == (409, "not_ended")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"other": "khong-co"}, "other"),
        ({"other": "kh-tinh"}, "other"),
        ({"effective_on": "2999-01-01"}, "effective_on"),
        ({"act_number": "9/MOI"}, "act_title"),
    ],
)
def test_plan_is_not_replaced_like_this_and_nothing_is_left(more, field, program, plan, thai_nguyen):
    PlanFactory(unit=thai_nguyen, code="kh-moi", issued_on=dt.date(2026, 2, 1))
    given = {"other": "kh-moi", "effective_on": "2026-03-01", **more}
    answer = program.post("/plans/kh-tinh/replace", given)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    full = program.post("/plans/kh-tinh/replace", {**given, **ACT, "effective_on": "2999-01-01"})
    assert full.status_code == 422
    assert not LegalAct.objects.exists()
    assert Plan.objects.get(code="kh-tinh").status == PlanStatus.IN_FORCE


def test_plan_is_retired_once_with_a_reason(program, plan):
    given = {"effective_on": "2026-03-01", "reason": "Hết thời hạn"}
    assert program.post("/plans/kh-tinh/retire", {**given, "reason": " "}).status_code == 422
    first = program.post("/plans/kh-tinh/retire", given).json()
    assert (first["status"], first["life"][0]["reason"]) == ("retired", "Hết thời hạn")
    assert program.post("/plans/kh-tinh/retire", given).json() == first
    assert program.post("/plans/kh-tinh/retire", {**given, "reason": "Khác"}).status_code == 409
    assert PlanStep.objects.count() == 1


def test_plan_of_a_unit_that_ended_is_taken_over_once(program, of_the_old_province):
    given = {"unit": "19", "effective_on": "2025-07-01", **ACT}
    assert program.post("/plans/kh-cu/inherit", {**given, "unit": "06"}).status_code == 422
    assert program.post("/plans/kh-cu/inherit", {**given, "act_number": ""}).status_code == 422
    first = program.post("/plans/kh-cu/inherit", given).json()
    assert (first["status"], first["life"][0]["unit"]) == ("inherited", "19")
    assert program.post("/plans/kh-cu/inherit", given).json() == first
    assert PlanStep.objects.count() == 1


def test_target_of_an_abolished_tier_is_rehomed_once(program, plan, of_districts):
    CohortFactory(code="library_commune")
    (group,) = program.get("/plans-not-taken").json()["items"]
    assert (group["plan"], group["cohort"], group["units"]) == ("kh-tinh", "library_district", ["19"])
    assert [each["id"] for each in group["targets"]] == [of_districts.pk]
    first = program.post("/plans/kh-tinh/rehoming", rehoming(of_districts)).json()
    (decision,) = first["decisions"]
    assert (decision["target"], decision["unit"], decision["cohort"]) == (of_districts.pk, "19", "library_commune")
    assert program.post("/plans/kh-tinh/rehoming", rehoming(of_districts)).json() == first
    assert Rehoming.objects.count() == 1
    assert program.get("/plans-not-taken").json()["count"] == 0
    assert program.get("/plans/kh-tinh").json()["decisions"] == [decision]
    dropped = {"kind": "dropped", "cohort": ""}
    assert program.post("/plans/kh-tinh/rehoming", rehoming(of_districts, **dropped)).status_code == 200
    kinds = [each["kind"] for each in program.get("/plans/kh-tinh").json()["decisions"]]
    assert kinds == [RehomingKind.DROPPED, RehomingKind.TAKEN_OVER]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"targets": [2**40]}, "targets"),
        ({"targets": [2**70]}, "targets"),
        ({"units": ["04"]}, "units"),
        ({"cohort": ""}, "cohort"),
        ({"cohort": "khong-co"}, "cohort"),
        ({"kind": "replaced"}, "replacement"),
        ({"kind": "replaced", "replacement": "khong-co"}, "replacement"),
        ({"effective_on": "2999-01-01"}, "effective_on"),
        ({"act_number": ""}, "act_number"),
        ({"reason": " "}, "reason"),
    ],
)
def test_target_is_not_rehomed_like_this(more, field, program, of_districts):
    CohortFactory(code="library_commune")
    answer = program.post("/plans/kh-tinh/rehoming", rehoming(of_districts, **more))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert not Rehoming.objects.exists()
    assert not LegalAct.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_what_nobody_takes_in_a_fixed_number_of_queries(number, program, plan, django_assert_num_queries):
    for year in range(number):
        TargetFactory(clause__plan=plan, cohort=CohortFactory(code="library_district"), year=2027 + year)
        TargetFactory(clause__plan__unit=plan.unit, cohort=CohortFactory(code="library_district"))
    program.get("/plans-not-taken")
    with django_assert_num_queries(15):
        assert program.get("/plans-not-taken").json()["count"] == 1 + number


ACTS = {
    "replace": {"other": "kh-moi", "effective_on": "2026-03-01"},
    "retire": {"effective_on": "2026-03-01", "reason": "Hết"},
    "inherit": {"unit": "19", "effective_on": "2025-07-01", **ACT},
    "rehoming": None,
}


@pytest.mark.parametrize("act", ACTS)
def test_who_must_not(act, plan, of_districts, thai_nguyen, duc_xuan, officer_of_bac_kan, auditor, anybody, reader):
    """A reader, the auditor, a commune's officer, the planner of a commune below: the plan is the province's."""
    PlanFactory(unit=thai_nguyen, code="kh-moi", issued_on=dt.date(2026, 2, 1))
    below = PersonFactory(full_name="Triệu Văn Sơn")
    RoleAssignmentFactory(person=below, role=RoleName.PLANNER, unit=duc_xuan)
    given = ACTS[act] or rehoming(of_districts)
    assert anybody.post(f"/plans/kh-tinh/{act}", given).status_code == 401
    for person in (reader, auditor, officer_of_bac_kan, below):
        assert ApiClient(person).post(f"/plans/kh-tinh/{act}", given).status_code == 403, person
    assert not PlanStep.objects.exists()
    assert not Rehoming.objects.exists()
    assert Plan.objects.get(code="kh-tinh").status == PlanStatus.IN_FORCE


@pytest.mark.parametrize("act", ACTS)
def test_draft_is_not_there(act, program, thai_nguyen, of_districts):
    PlanFactory(unit=thai_nguyen, code="kh-nhap", status=PlanStatus.DRAFT, digest="d")
    assert program.post(f"/plans/kh-nhap/{act}", ACTS[act] or rehoming(of_districts)).status_code == 404


def test_unit_that_stands_is_decided_for_only_by_who_plans_there(plan, of_districts, bac_kan, program, planner):
    """The planner of a ward decides for nobody in the province's plan; the province's may, for the wards in it."""
    CohortFactory(code="library_commune")
    assert program.post("/plans/kh-tinh/rehoming", rehoming(of_districts, units=["01843"])).status_code == 200
