"""A plan that is being written is nobody's but its writers': no page, no answer to a program, no file says its name."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.api.routing import ApiPath
from hocsuotdoi.programme.enums import PlanKind, PlanStatus
from hocsuotdoi.programme.models import Plan
from tests.architecture.test_permissions import routes
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import CohortFactory, IndicatorFactory, PlanFactory, TargetFactory, TaskFactory

TITLE = "Kế hoạch còn giấu kín"
WORDS = "Việc chưa ai được biết"


@pytest.fixture
def draft(thai_nguyen, bac_kan) -> Plan:
    plan = PlanFactory(
        unit=thai_nguyen,
        code="ban-nhap-kin",
        number="77/KH-NHAP",
        title=TITLE,
        issuer="UBND kín",
        status=PlanStatus.DRAFT,
    )
    # An indicator and a class of which only the draft speaks.
    own = TargetFactory(
        clause__plan=plan,
        clause__text=WORDS,
        indicator=IndicatorFactory(code="chi_so_thu"),
        cohort=CohortFactory(code="library_private"),
        figure=77,
    )
    TaskFactory(clause=own.clause, plan=plan, text=WORDS, tiers=["province", "commune"])
    issued = PlanFactory(unit=thai_nguyen, code="kh-da-ban-hanh")
    TargetFactory(clause__plan=issued, figure=60)
    PlanFactory(
        unit=thai_nguyen,
        code="bo-sung-kin",
        number="78/KH-NHAP",
        kind=PlanKind.ADDENDUM,
        amends=issued,
        title=TITLE,
        status=PlanStatus.DRAFT,
    )
    return plan


def addresses() -> list[str]:
    """Every address of ours that takes nothing, or what the fixture knows."""
    known = {
        "<slug:code>": ("ban-nhap-kin", "bo-sung-kin", "kh-da-ban-hanh", "19", "01843", "chi_so_thu"),
        "<int:year>": ("2026",),
    }
    found = [""]
    for _name, path, pattern in routes(get_resolver().url_patterns):
        if isinstance(pattern.callback, ApiPath) and "GET" not in pattern.callback.permissions:
            continue
        filled = [path]
        for place, values in known.items():
            filled = [each.replace(place, value) for each in filled for value in values] if place in path else filled
        found += [each for each in filled if "<" not in each and "logout" not in each and "admin" not in each]
    return sorted(set(found))


@pytest.mark.slow
@pytest.mark.parametrize("who", ["anonymous", "reader", "planner_elsewhere", "officer_of_bac_kan"])
def test_no_page_and_no_answer_names_the_draft(who, draft, duc_xuan, request):
    client = Client()
    client.raise_request_exception = False
    if who == "planner_elsewhere":
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=duc_xuan)
        client.force_login(person)
    elif who != "anonymous":
        client.force_login(request.getfixturevalue(who))
    asked = 0
    for address in addresses():
        response = client.get(f"/{address}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode("utf-8", "replace")
        assert response.status_code != 500, address
        for secret in (TITLE, WORDS, "77/KH-NHAP", "78/KH-NHAP", "UBND kín"):
            assert secret not in text, address
        asked += response.status_code == 200
    assert asked > 30
    for code in ("ban-nhap-kin", "bo-sung-kin"):
        for address in (f"/plans/{code}/", f"/plans/{code}/check/", f"/plans/{code}/compare/", f"/api/v1/plans/{code}"):
            assert client.get(address).status_code == 404


def test_figures_ask_nothing_that_only_a_draft_says(draft):
    from hocsuotdoi.programme.queries.cohorts import cohorts_of, spoken_pairs
    from hocsuotdoi.programme.queries.targets import targeted_pairs

    pair = "chi_so_thu", "library_private"
    assert pair not in spoken_pairs()
    assert pair not in targeted_pairs()
    assert cohorts_of(draft.targets.get().indicator, timezone.localdate()) == []


def test_planner_of_the_place_finds_it_in_the_workspace_only(client, draft, planner_of_the_province):
    client.force_login(planner_of_the_province)
    assert "77/KH-NHAP" in client.get("/workspace/plans/").content.decode()
    assert client.get("/workspace/plans/ban-nhap-kin/draft/").status_code == 200
    assert client.get("/plans/ban-nhap-kin/").status_code == 404


@pytest.fixture
def planner_of_the_province(thai_nguyen):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.PLANNER, unit=thai_nguyen)
    return person
