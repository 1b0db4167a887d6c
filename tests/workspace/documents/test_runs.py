"""Whose runs of documents a person sees: along the line of command, as the reports that they write."""

import pytest
from django.urls import reverse

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat
from hocsuotdoi.reporting.models import DocumentRun
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.documents import frozen_report
from tests.factories.running import NOW, make_cycle, make_report

pytestmark = pytest.mark.django_db


def _body(code: str, name: str, unit, kind: AgencyKind = AgencyKind.MILITARY) -> tuple[Agency, Person]:
    agency = Agency.objects.create(code=code, name=name, kind=kind, unit=unit)
    person = PersonFactory(full_name=f"Người của {name}")
    RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=agency)
    return agency, person


@pytest.fixture
def army(thai_nguyen, bac_kan, department_of_thai_nguyen):
    """The province's command, the ward's below it, another province's; the culture department gets copies."""
    command, commander = _body("bchqs-tinh-thu", "Bộ chỉ huy", thai_nguyen)
    ward, officer = _body("bchqs-phuong-thu", "Ban chỉ huy phường", bac_kan)
    _police, chief = _body("ca-thu", "Công an tỉnh", thai_nguyen, AgencyKind.POLICE)
    cycle = make_cycle()
    above = make_report(cycle, command, line="military", detail="totals")
    copies = [department_of_thai_nguyen.pk]
    below = {"line": "military", "detail": "totals", "goes_to": above, "above": [command.pk], "copies_to": copies}
    frozen_report(ward, cycle=cycle, **below)
    run = DocumentRun.objects.create(
        cycle=cycle, agency=ward, formats=[DocumentFormat.DOCX], asked_by=officer.pk, asked_at=NOW
    )
    return run, {"command": commander, "ward": officer, "police": chief}


def test_run_of_a_subordinate_armed_body_is_seen_up_its_line_and_nowhere_else(
    army, client, province_officer, officer_of_bac_kan, planner, auditor
):
    run, people = army
    page = reverse("workspace:documents-run-detail", args=[run.pk])
    others = {"province": province_officer, "office": officer_of_bac_kan, "planner": planner, "auditor": auditor}
    seen = set()
    for name, person in {**people, **others}.items():
        client.force_login(person)
        answers = {client.get(page).status_code, client.get(page + "progress/").status_code}
        answers.add(client.get(page + "all.zip").status_code)
        assert answers in ({200}, {404}), name
        if answers == {200}:
            seen.add(name)
            assert page in client.get(reverse("workspace:documents-run-list")).content.decode()
        else:
            assert page not in client.get(reverse("workspace:documents-run-list")).content.decode()
    assert seen == {"ward", "command", "auditor"}


def test_run_is_stopped_by_whom_it_belongs_to_and_not_by_who_only_reads_along(army, client, auditor):
    run, people = army
    page = reverse("workspace:documents-run-detail", args=[run.pk])
    for person in (auditor, people["command"]):
        client.force_login(person)
        assert client.post(page, {"act": "stop"}).status_code == 403
    client.force_login(people["ward"])
    assert client.post(page, {"act": "stop"}).status_code == 302
    run.refresh_from_db()
    assert run.stopped_at is not None


def test_run_of_a_culture_body_is_seen_by_its_territory(
    client, office_of_bac_kan, officer_of_bac_kan, province_officer, librarian_of_duc_xuan
):
    report = frozen_report(office_of_bac_kan).report
    run = DocumentRun.objects.create(
        cycle=report.cycle, agency=office_of_bac_kan, formats=["docx"], asked_by=officer_of_bac_kan.pk, asked_at=NOW
    )
    page = reverse("workspace:documents-run-detail", args=[run.pk])
    for person, status in ((officer_of_bac_kan, 200), (province_officer, 200), (librarian_of_duc_xuan, 403)):
        client.force_login(person)
        assert client.get(page).status_code == status
