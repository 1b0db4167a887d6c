"""Cycles for programs: the list, one with its rules, how far it is; who may and who may not."""

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.reporting.models import Report
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import make_country, make_opened_cycle, make_preset_cycle
from tests.factories.running import submit

CYCLES = "/api/v1/cycles"


def holder(role, **where):
    return RoleAssignmentFactory(person=PersonFactory(), role=role, **where).person


@pytest.fixture
def country(db):
    return make_country(2, 1)


@pytest.fixture
def officer(country):
    commune = next(iter(country.provinces.values()))[0]
    return holder(RoleName.AGENCY_OFFICER, agency=country.body(commune, K.CULTURE_SOCIETY))


def test_cycles_are_listed_and_one_tells_its_rules(client, country, officer):
    opened, prepared = make_opened_cycle(country), make_preset_cycle(country)
    client.force_login(officer)
    (item,) = client.get(CYCLES).json()["items"]
    assert (item["code"], item["asked"], item["approved"]) == (opened.code, 9, 0), "13, but for the armed forces' four"
    assert client.get(CYCLES, {"state": "closed"}).json()["items"] == []
    assert client.get(CYCLES, {"owner": "bo-khac"}).json()["items"] == []
    entry = client.get(f"{CYCLES}/{opened.code}").json()
    assert [rule["reporter_kind"] for rule in entry["rules"]][:2] == ["culture_society", "education"]
    assert client.get(f"{CYCLES}/{prepared.code}").status_code == 404
    client.force_login(holder(RoleName.PLANNER, agency=country.ministry))
    assert client.get(f"{CYCLES}/{prepared.code}").status_code == 200
    assert client.get(f"{CYCLES}/{opened.code}").json()["asked"] == 13
    assert client.get(f"{CYCLES}/{prepared.code}/state").status_code == 404


def test_state_counts_by_province_and_leaves_the_armed_forces_out(client, country, officer):
    opened = make_opened_cycle(country)
    first = next(iter(country.provinces))
    submit(Report.objects.get(cycle=opened, agency=country.body(first, K.EDUCATION)))
    client.force_login(officer)
    state = client.get(f"{CYCLES}/{opened.code}/state").json()
    assert set(state["lines"]) == {"territory", "education"}
    row = next(each for each in state["provinces"] if each["unit"] == first.code)
    assert (row["whole"]["asked"], row["whole"]["submitted"]) == (4, 1)
    assert "1 báo cáo chờ tỉnh duyệt" in row["waits"]
    assert [each["agency_name"] for each in state["central"]] == ["Bộ thử", "Bộ Giáo dục"]
    client.force_login(holder(RoleName.PLANNER, agency=country.ministry))
    state = client.get(f"{CYCLES}/{opened.code}/state").json()
    assert set(state["lines"]) == {"territory", "education", "military", "police"}


@pytest.mark.parametrize("role", [RoleName.FINANCE_OFFICER, RoleName.INSPECTOR, RoleName.LEARNER])
def test_others_are_refused(client, country, role):
    opened = make_opened_cycle(country)
    where = {} if role == RoleName.LEARNER else {"unit": country.unit}
    for address in (CYCLES, f"{CYCLES}/{opened.code}", f"{CYCLES}/{opened.code}/state"):
        assert client.get(address).status_code == 401
    client.force_login(holder(role, **where))
    for address in (CYCLES, f"{CYCLES}/{opened.code}", f"{CYCLES}/{opened.code}/state"):
        assert client.get(address).status_code == 403
