"""Figures that are typed in: who may see and state them."""

import pytest
from django.urls import reverse

from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.ledger.models import Entry
from tests.workspace.indicators import test_stated as sheets
from tests.workspace.indicators.test_stated import (
    HISTORY,
    LIST,
    confirm,
    filled,
    form_url,
    send,
    sheet_url,
    template,
    template_url,
)

last_year, library, officer = sheets.last_year, sheets.library, sheets.officer


@pytest.fixture
def statement(client, library, officer_of_bac_kan, bac_kan, last_year) -> Statement:
    client.force_login(officer_of_bac_kan)
    confirm(client, send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url)
    client.logout()
    return Statement.objects.get()


def test_pages_are_closed_to_who_may_not_state(
    client, statement, bac_kan, library, last_year, reader, librarian_of_bac_kan, manager_of_bac_kan, planner
):
    pages = [
        LIST,
        sheet_url(bac_kan, last_year),
        template_url(bac_kan, last_year),
        form_url(bac_kan, last_year, library),
    ]
    undo = reverse("workspace:indicators-stated-undo", args=[statement.pk])
    for person in (reader, librarian_of_bac_kan, manager_of_bac_kan, planner):
        client.force_login(person)
        assert [client.get(url).status_code for url in [*pages, undo]] == [403] * 5
        assert send(client, bac_kan, last_year, b"x").status_code == 403
    client.logout()
    assert client.get(LIST).status_code == 302


def test_officer_of_another_ward_sees_and_states_nothing_here(
    client, statement, bac_kan, duc_xuan, library, last_year, department_of_thai_nguyen
):
    from hocsuotdoi.accounts.enums import RoleName
    from tests.factories.accounts import PersonFactory, RoleAssignmentFactory

    other = PersonFactory()
    RoleAssignmentFactory(person=other, role=RoleName.AGENCY_OFFICER, unit=duc_xuan)
    client.force_login(other)

    assert client.get(sheet_url(duc_xuan, last_year)).status_code == 200
    for url in (sheet_url(bac_kan, last_year), template_url(bac_kan, last_year), form_url(bac_kan, last_year, library)):
        assert client.get(url).status_code == 403
    assert send(client, bac_kan, last_year, b"x").status_code == 403
    assert client.get(reverse("workspace:indicators-stated-detail", args=[statement.pk])).status_code == 404
    assert client.post(reverse("workspace:indicators-stated-undo", args=[statement.pk])).status_code == 404
    assert client.get(form_url(duc_xuan, last_year, library)).status_code == 404


def test_preview_is_seen_by_nobody_but_its_maker(client, officer, bac_kan, last_year, province_officer):
    url = send(client, bac_kan, last_year, filled(client, bac_kan, last_year, LOAN=120)).url
    seen = client.get(url).context["plan"].digest
    client.force_login(province_officer)

    assert client.get(url).status_code == 404
    assert client.post(url, {"seen": seen}).status_code == 404
    assert not Statement.objects.exists()


def test_officer_of_the_province_states_for_its_wards_and_for_all_of_it(
    client, library, bac_kan, thai_nguyen, province_officer, last_year
):
    client.force_login(province_officer)

    assert len(template(client, thai_nguyen, last_year)) == len(template(client, bac_kan, last_year)) == 6
    confirm(client, send(client, thai_nguyen, last_year, filled(client, thai_nguyen, last_year, LOAN=3)).url)
    assert Entry.objects.get().place == bac_kan
    assert [unit.name for unit in client.get(LIST).context["page_obj"]] == ["Tỉnh Thái Nguyên"]
    assert [unit.name for unit in client.get(f"{LIST}?q=bac kan").context["page_obj"]] == ["Phường Bắc Kạn"]


def test_auditor_reads_what_was_stated_and_changes_nothing(client, statement, bac_kan, last_year, auditor):
    client.force_login(auditor)
    detail = client.get(reverse("workspace:indicators-stated-detail", args=[statement.pk]))

    assert (client.get(HISTORY).status_code, detail.status_code) == (200, 200)
    assert not detail.context["may_undo"]
    assert client.post(reverse("workspace:indicators-stated-undo", args=[statement.pk])).status_code == 403
    assert client.get(sheet_url(bac_kan, last_year)).status_code == 403


def test_staff_of_an_institution_see_no_statement(client, statement, librarian_of_bac_kan):
    client.force_login(librarian_of_bac_kan)

    assert client.get(HISTORY).context["rows"] == []
    assert client.get(reverse("workspace:indicators-stated-detail", args=[statement.pk])).status_code == 404
