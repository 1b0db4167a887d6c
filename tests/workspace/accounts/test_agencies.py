"""The pages of bodies: found, looked at; entered, renamed and ended by administrators of the territory, nobody else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.programme.formats.plan_file import ParsedClause
from hocsuotdoi.programme.models import TaskAgency
from hocsuotdoi.programme.operations.drafting import Head, begin_draft, put_clause
from tests.factories.accounts import PersonFactory, PowerSwitchFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory, UnitFactory
from tests.factories.running import make_assignment, make_cycle, make_report

LIST, NEW = reverse("workspace:accounts-agency-list"), reverse("workspace:accounts-agency-add")


def page_of(name: str, agency: Agency) -> str:
    return reverse(f"workspace:accounts-agency-{name}", args=[agency.code])


@pytest.fixture
def administrator_of_thai_nguyen(thai_nguyen):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.ADMINISTRATOR, unit=thai_nguyen)
    now = timezone.now()
    PowerSwitchFactory(person=person, starts_at=now, ends_at=now + dt.timedelta(minutes=60))
    return person


# -- looking --


def test_bodies_are_found_by_name_kind_and_unit(
    client, auditor, office_of_bac_kan, department_of_thai_nguyen, duc_xuan
):
    old = AgencyFactory(unit=duc_xuan, kind=K.FRONT, name="Mặt trận phường cũ", ends_on=dt.date(2025, 7, 1))
    client.force_login(auditor)

    def found(**asked) -> list[Agency]:
        return list(client.get(LIST, asked).context["page_obj"])

    assert found() == [department_of_thai_nguyen, office_of_bac_kan]
    assert found(q="phòng bắc kạn") == [office_of_bac_kan]
    assert found(kind=K.CULTURE) == [department_of_thai_nguyen]
    assert found(unit="bac kan") == found(unit="01843") == [office_of_bac_kan]
    assert found(ended="on", kind=K.FRONT) == [old]
    assert found(q="không có") == []
    assert client.get(LIST, {"kind": "\x00", "q": "'"}).status_code == 200


def test_page_tells_who_sits_there_what_waits_and_who_commands(
    client, auditor, officer_of_bac_kan, office_of_bac_kan, department_of_thai_nguyen
):
    AgencyLine.objects.create(agency=office_of_bac_kan, superior=department_of_thai_nguyen, kind="administrative")
    make_assignment(agency=office_of_bac_kan)
    make_report(make_cycle(title="Báo cáo thử"), office_of_bac_kan)
    client.force_login(auditor)
    page = client.get(page_of("detail", office_of_bac_kan)).content.decode()
    for words in (str(officer_of_bac_kan), "Báo cáo thử", "1 nhiệm vụ chưa xong", department_of_thai_nguyen.name):
        assert words in page
    assert "/end/" not in page
    assert client.get(reverse("workspace:accounts-agency-detail", args=["khong-co"])).status_code == 404


def test_what_waits_at_the_armed_forces_is_not_told_to_who_leads_the_territory(client, province_officer, thai_nguyen):
    army = AgencyFactory(unit=thai_nguyen, kind=K.MILITARY, name="Bộ Chỉ huy")
    make_assignment(agency=army)
    make_report(make_cycle(title="Báo cáo thử"), army, line="military", detail="totals")
    client.force_login(province_officer)
    page = client.get(page_of("detail", army))
    assert (page.context["reports"], page.context["tasks"]) == ([], 0)
    assert "Báo cáo thử" not in page.content.decode()


def test_list_takes_the_same_queries_with_one_and_three(client, auditor, office_of_bac_kan, django_assert_num_queries):
    client.force_login(auditor)
    client.get(LIST)
    for _more in range(2):
        with django_assert_num_queries(5):
            assert client.get(LIST).status_code == 200
        AgencyFactory(unit=office_of_bac_kan.unit)
        AgencyFactory()


# -- entering --


def test_administrator_of_a_province_enters_a_body_and_plans_find_it(client, administrator_of_thai_nguyen, thai_nguyen):
    client.force_login(administrator_of_thai_nguyen)
    assert "Nhập cơ quan" in client.get(LIST).content.decode()
    where = client.get(NEW, {"kind": K.STUDY_ENCOURAGEMENT, "q": "thai nguyen"})
    assert list(where.context["units"]) == [thai_nguyen]
    address = f"{NEW}?kind={K.STUDY_ENCOURAGEMENT}&unit=19"
    form = client.get(address).context["form"]
    assert (form["name"].label, form["name"].value()) == ("Tên cơ quan", "Hội Khuyến học tỉnh Thái Nguyên")
    sent = {"name": form["name"].value(), "starts_on": "2025-07-01"}
    page = client.post(address, sent, follow=True)
    made = Agency.objects.get(kind=K.STUDY_ENCOURAGEMENT)
    assert page.redirect_chain == [(page_of("detail", made), 302)]
    assert (made.unit, made.starts_on) == (thai_nguyen, dt.date(2025, 7, 1))
    client.post(address, sent)
    again = client.post(address, {**sent, "starts_on": "2026-01-01"})
    assert again.status_code == 422
    assert "Đã có «Hội Khuyến học tỉnh Thái Nguyên»" in again.content.decode()
    assert Agency.objects.filter(kind=K.STUDY_ENCOURAGEMENT).count() == 1
    front = f"{NEW}?kind={K.FRONT}&unit=19"
    client.post(front, {"name": client.get(front).context["form"]["name"].value(), "starts_on": "2025-07-01"})
    party = f"{NEW}?kind={K.PARTY}&unit=19"
    client.post(party, {"name": "Ban Tuyên giáo và Dân vận Tỉnh ủy Thái Nguyên", "starts_on": "2025-07-01"})
    written = {"Hội Khuyến học tỉnh": K.STUDY_ENCOURAGEMENT, "Ban Tuyên giáo và Dân vận Tỉnh ủy": K.PARTY}
    written |= dict.fromkeys(("Mặt trận Tổ quốc tỉnh", "Ủy ban MTTQ tỉnh", "MTTQ Việt Nam tỉnh Thái Nguyên"), K.FRONT)
    duty = {"text": "Phát động", "agencies": [{"part": "requested", "written": name} for name in written]}
    clause = ParsedClause.model_validate({"path": "IV.1", "text": "Đề nghị phối hợp", "tasks": [duty]})
    person, now = administrator_of_thai_nguyen, timezone.now()
    head = Head(title="Kế hoạch của tỉnh", issuer="UBND tỉnh Thái Nguyên", unit=thai_nguyen)
    put_clause(begin_draft(head, source="thử", by=person, at=now), clause, by=person, at=now)
    assert dict(TaskAgency.objects.values_list("written", "agency__kind")) == written


def test_army_gets_its_superior_on_its_own_line(client, administrator, country, thai_nguyen):
    ministry = AgencyFactory(unit=country, kind=K.MILITARY, name="Bộ Quốc phòng")
    other = AgencyFactory(unit=country, kind=K.POLICE, name="Bộ Công an")
    client.force_login(administrator)
    address = f"{NEW}?kind={K.MILITARY}&unit=19"
    sent = {"name": "Bộ Chỉ huy Quân sự tỉnh Thái Nguyên", "starts_on": "2025-07-01"}
    assert client.post(address, {**sent, "superior": other.pk}).status_code == 422
    client.post(address, {**sent, "superior": ministry.pk})
    made = Agency.objects.get(unit=thai_nguyen, kind=K.MILITARY)
    assert made.lines_up.get().superior == ministry


# -- renaming and ending --


def test_administrator_renames_and_ends_a_body_with_what_hangs_on_it_said(
    client, administrator_of_thai_nguyen, office_of_bac_kan, officer_of_bac_kan
):
    client.force_login(administrator_of_thai_nguyen)
    client.post(page_of("rename", office_of_bac_kan), {"name": "Phòng Văn hóa phường Bắc Kạn"})
    office_of_bac_kan.refresh_from_db()
    assert office_of_bac_kan.name == "Phòng Văn hóa phường Bắc Kạn"
    make_assignment(agency=office_of_bac_kan)
    address = page_of("end", office_of_bac_kan)
    assert "confirmed" not in client.get(address).context["form"].fields
    sent = {"ends_on": "2027-01-01", "reason": "Quyết định 12/QĐ-UBND"}
    page = client.post(address, sent)
    told = page.content.decode()
    assert page.status_code == 422
    assert "Có 1 người đang giữ vai trò ở đây" in told
    assert "Còn 1 nhiệm vụ" in told
    assert client.post(address, {**sent, "reason": ""}).status_code == 422
    assert client.post(address, {**sent, "ends_on": "9999-12-31"}).status_code == 422
    office_of_bac_kan.refresh_from_db()
    assert office_of_bac_kan.ends_on is None
    page = client.post(address, {**sent, "confirmed": "on"}, follow=True).content.decode()
    office_of_bac_kan.refresh_from_db()
    assert (office_of_bac_kan.ends_on, office_of_bac_kan.ended_for) == (dt.date(2027, 1, 1), "Quyết định 12/QĐ-UBND")
    assert "Quyết định 12/QĐ-UBND" in page
    trail = client.get(reverse("workspace:accounts-audit"), {"thing": f"places.agency:{office_of_bac_kan.pk}"})
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" in trail.content.decode()
    assert str(administrator_of_thai_nguyen) in trail.content.decode()


# -- who may --


@pytest.mark.parametrize("who", ["officer_of_bac_kan", "province_officer", "manager_of_bac_kan", "auditor"])
def test_who_gives_or_sees_roles_looks_and_changes_nothing(client, request, who, office_of_bac_kan):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == client.get(page_of("detail", office_of_bac_kan)).status_code == 200
    refuse_all(client, office_of_bac_kan)


@pytest.mark.parametrize("who", ["reader", "librarian_of_bac_kan", "planner", "administrator_at_rest"])
def test_others_do_not_even_look(client, request, who, office_of_bac_kan):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == client.get(page_of("detail", office_of_bac_kan)).status_code == 403
    refuse_all(client, office_of_bac_kan)


def test_administrator_of_one_province_keeps_no_body_of_another(client, administrator_of_thai_nguyen, country):
    other = UnitFactory(tier="province", kind="tinh", parent=country, code="88", name="Tỉnh Khác")
    client.force_login(administrator_of_thai_nguyen)
    refuse_all(client, AgencyFactory(unit=other))
    refuse_all(client, AgencyFactory(unit=country))
    assert list(client.get(NEW, {"kind": K.FRONT, "q": "khac"}).context["units"]) == []


def refuse_all(client, agency: Agency) -> None:
    before = (agency.name, agency.ends_on)
    for name, sent in (
        ("rename", {"name": "Khác"}),
        ("end", {"ends_on": "2027-01-01", "reason": "Thử", "confirmed": "on"}),
    ):
        assert client.get(page_of(name, agency)).status_code == 403
        assert client.post(page_of(name, agency), sent).status_code == 403
    number = Agency.objects.count()
    address = f"{NEW}?kind={K.FRONT}&unit={agency.unit.code}"
    assert client.post(address, {"name": "Mặt trận", "starts_on": "2026-01-01"}).status_code == 403
    agency.refresh_from_db()
    assert ((agency.name, agency.ends_on), Agency.objects.count()) == (before, number)


def test_nobody_signed_in_is_sent_to_sign_in(client, office_of_bac_kan):
    for address in (LIST, NEW, page_of("detail", office_of_bac_kan), page_of("end", office_of_bac_kan)):
        assert client.get(address).status_code == 302
