"""The pages, the workbook and the program after a reform: what the offices of ended units said stays in the sums, and
the people of the place that took over find it; nobody else does."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory
from tests.factories.running import make_line
from tests.people import REFORM
from tests.support.reform import make_reform
from tests.workspace.money.test_who_may import goes_through

YEAR = 2025
OVERVIEW = reverse("workspace:money-line-list")


@pytest.fixture
def units(country):
    return make_reform(country)


@pytest.fixture
def line(units):
    """Of the commune `hill`, which was merged into `valley` in the new province."""
    office = AgencyFactory(unit=units["hill"], name="Phòng của xã cũ", ends_on=REFORM)
    plan = PlanFactory(unit=units["hill"])
    return make_line(agency=office, plan=plan, year=YEAR, estimated=12_000_000, purpose="Mua sách trước sắp xếp")


@pytest.fixture
def officer(units):
    """Signs in anybody who holds the role at a leading office of the unit."""

    def at(name: str, role: RoleName = RoleName.AGENCY_OFFICER, kind: str = AgencyKind.CULTURE):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=role, agency=AgencyFactory(unit=units[name], kind=kind))
        return person

    return at


def test_province_and_commune_that_took_over_find_the_line_from_the_sums_down(client, line, units, officer):
    client.force_login(officer("new"))
    page = client.get(OVERVIEW, {"year": YEAR}).content.decode()
    assert "12.000.000" in page and units["valley"].name in page
    page = client.get(OVERVIEW, {"year": YEAR, "unit": units["valley"].code}).content.decode()
    assert "12.000.000" in page
    of_office = reverse("workspace:money-agency-lines", args=[line.agency.code, YEAR])
    assert of_office in page and f"thuộc {units['hill'].name}, kết thúc hoạt động từ ngày" in page
    page = client.get(of_office).content.decode()
    of_line = reverse("workspace:money-line-detail", args=[line.pk])
    assert of_line in page
    assert line.purpose in client.get(of_line).content.decode()

    client.force_login(officer("valley"))
    assert of_office in client.get(OVERVIEW, {"year": YEAR}).content.decode()
    assert client.get(of_line).status_code == 200


def test_workbook_and_program_have_it_too(client, line, units, officer):
    client.force_login(officer("new"))
    book = load_workbook(io.BytesIO(client.get(reverse("workspace:money-totals-file"), {"year": YEAR}).content))
    sheet = book.worksheets[1]
    assert (sheet.cell(4, 1).value, sheet.cell(4, 2).value) == (units["valley"].name, 12_000_000)
    (item,) = client.get("/api/v1/money/lines", {"year": YEAR}).json()["items"]
    assert (item["id"], item["agency"]) == (line.pk, line.agency.code)
    totals = client.get("/api/v1/money/totals", {"unit": units["new"].code, "year": YEAR}).json()
    assert totals["total"]["estimated"] == {"amount": 12_000_000, "lines": 1, "of": 1}
    (part,) = totals["by_unit"]
    assert (part["unit"], part["estimated"]["amount"]) == (units["valley"].code, 12_000_000)


@pytest.mark.parametrize(
    ("where", "kind", "role", "sees"),
    [
        ("new", "culture", RoleName.AGENCY_OFFICER, True),
        ("valley", "culture_society", RoleName.AGENCY_OFFICER, True),
        ("new", "finance", RoleName.FINANCE_OFFICER, True),
        ("country", "ministry", RoleName.PLANNER, True),
        ("other", "culture", RoleName.AGENCY_OFFICER, False),
        ("bank", "culture_society", RoleName.AGENCY_OFFICER, False),
        ("ford", "culture_society", RoleName.AGENCY_OFFICER, False),
        ("new", "education", RoleName.AGENCY_OFFICER, False),
        ("new", "culture", RoleName.INSPECTOR, False),
        ("north", "culture", RoleName.AGENCY_OFFICER, False),
    ],
)
def test_list_and_link_say_the_same_to_everybody(client, line, officer, where, kind, role, sees):
    client.force_login(officer(where, role, kind))
    answer = client.get("/api/v1/money/lines", {"year": YEAR})
    assert (answer.status_code == 200 and answer.json()["count"] == 1) is sees
    for address in (
        reverse("workspace:money-line-detail", args=[line.pk]),
        reverse("workspace:money-agency-lines", args=[line.agency.code, YEAR]),
    ):
        assert goes_through(client.get(address)) is sees, address


def test_finance_of_the_new_province_appraises_it_and_that_of_another_does_not(client, line, officer):
    queue = reverse("workspace:money-appraise-list")
    appraise = reverse("workspace:money-line-act", args=[line.pk, "appraise"])
    said = {"version": 1, "amount": "12.000.000"}
    client.force_login(officer("other", RoleName.FINANCE_OFFICER, AgencyKind.FINANCE))
    assert line.purpose not in client.get(queue).content.decode()
    assert client.post(appraise, said).status_code == 404
    client.force_login(officer("new", RoleName.FINANCE_OFFICER, AgencyKind.FINANCE))
    assert line.purpose in client.get(queue).content.decode()
    assert client.post(appraise, said).status_code == 302
    line.refresh_from_db()
    assert line.appraised == 12_000_000


def test_successor_says_in_place_what_had_been_spent(client, line, officer):
    spend = reverse("workspace:money-line-act", args=[line.pk, "spend"])
    said = {"version": 1, "amount": "1.000.000", "remark": "Chi trước ngày sắp xếp"}
    client.force_login(officer("other"))
    assert client.post(spend, said).status_code == 404
    client.force_login(officer("valley"))
    assert client.post(spend, said).status_code == 302
    step = line.steps.get()
    assert step.amount == 1_000_000 and step.remark.startswith("Cấp trên nhập thay")


def test_who_sits_at_a_forgotten_office_still_has_its_own_money(client, units):
    """The office was never ended although its commune was."""
    office = AgencyFactory(unit=units["river"], name="Phòng bị quên")
    make_line(agency=office, year=YEAR, estimated=3_000_000, purpose="Việc dở dang")
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=office)
    client.force_login(person)
    page = client.get(OVERVIEW, {"year": YEAR}).content.decode()
    assert "3.000.000" in page and "Phòng bị quên" in page


@pytest.mark.parametrize("number", [1, 3])
def test_overview_asks_the_same_number_of_questions(client, units, officer, number, django_assert_num_queries):
    for each in range(number):
        make_line(agency=AgencyFactory(unit=units["hill"], ends_on=REFORM), year=YEAR, purpose=f"Việc {each}")
    client.force_login(officer("valley"))
    with django_assert_num_queries(13):
        assert client.get(OVERVIEW, {"year": YEAR}).context["agencies"]


def test_money_of_a_body_without_a_unit_stands_in_the_sum_of_the_country_only(client, units, officer):
    office = AgencyFactory(unit=None, kind=AgencyKind.STUDY_ENCOURAGEMENT, name="Hội Khuyến học")
    line = make_line(agency=office, year=YEAR, estimated=5_000_000, plan=PlanFactory(unit=units["country"]))
    of_line = reverse("workspace:money-line-detail", args=[line.pk])
    client.force_login(officer("country", RoleName.PLANNER, AgencyKind.MINISTRY))
    page = client.get(OVERVIEW, {"year": YEAR}).content.decode()
    assert "5.000.000" in page and office.name in page
    assert client.get(of_line).status_code == 200
    totals = client.get("/api/v1/money/totals", {"unit": units["country"].code, "year": YEAR}).json()
    assert [(each["unit"], each["estimated"]["amount"]) for each in totals["by_unit"]] == [("VN", 5_000_000)]
    client.force_login(officer("new"))
    assert "5.000.000" not in client.get(OVERVIEW, {"year": YEAR}).content.decode()
    assert client.get(of_line).status_code == 404
