"""Who enters an office's money, who appraises it, who sees it; and sheets that mean harm."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.programme.formats.money_sheet import (
    ALLOCATED,
    APPRAISED,
    ESTIMATED,
    FIRST_ROW,
    MARK_ROW,
    PURPOSE,
    SOURCE,
)
from hocsuotdoi.programme.models import MoneyLine, MoneyPreview, MoneyStep
from hocsuotdoi.programme.operations.money import appraise
from hocsuotdoi.programme.rules import Entry, money_entry
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.workspace.money.conftest import NOW, YEAR


def holder(role: RoleName, **where):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=role, **where)
    return person


@pytest.fixture
def people(
    request, office_of_bac_kan, department_of_thai_nguyen, thai_nguyen, duc_xuan, country, bac_kan, finance_officer
) -> dict:
    ministry = AgencyFactory(kind="ministry", unit=country)
    school = AgencyFactory(kind="education", unit=thai_nguyen)
    known = ("officer_of_bac_kan", "province_officer", "planner", "auditor", "librarian_of_bac_kan", "reader")
    return {name: request.getfixturevalue(name) for name in known} | {
        "finance_officer": finance_officer,
        "officer_at_the_unit": holder(RoleName.AGENCY_OFFICER, unit=bac_kan),
        "officer_of_the_next_ward": holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=duc_xuan)),
        "officer_of_education": holder(RoleName.AGENCY_OFFICER, agency=school),
        "officer_of_the_ministry": holder(RoleName.AGENCY_OFFICER, agency=ministry),
        "inspector": holder(RoleName.INSPECTOR, unit=thai_nguyen),
        "nobody": None,
    }


# Of the money of the ward's office: (reads, enters, enters where nobody there could, appraises).
MAY = {
    "officer_of_bac_kan": (True, True, True, False),
    "officer_at_the_unit": (True, True, True, False),
    "province_officer": (True, False, True, False),
    "officer_of_the_ministry": (True, False, True, False),
    "finance_officer": (True, False, False, True),
    "planner": (True, False, False, False),
    "auditor": (True, False, False, False),
    "officer_of_the_next_ward": (False, False, False, False),
    "officer_of_education": (False, False, False, False),
    "librarian_of_bac_kan": (False, False, False, False),
    "inspector": (False, False, False, False),
    "reader": (False, False, False, False),
    "nobody": (False, False, False, False),
}


def goes_through(answer) -> bool:
    """Refused is 302 to the sign-in page, 403 or 404."""
    return answer.status_code in (200, 302, 422) and "login" not in answer.headers.get("Location", "")


@pytest.mark.slow
@pytest.mark.parametrize("who", MAY)
def test_who_reads_enters_and_appraises(who, client, people, make_line, office_of_bac_kan, plan):
    reads, enters, enters_in_place, appraises = MAY[who]
    line = make_line()
    if people[who] is not None:
        client.force_login(people[who])

    def act(name: str, **given) -> bool:
        address = reverse("workspace:money-line-act", args=[line.pk, name])
        return goes_through(client.post(address, {"version": MoneyLine.objects.get().version, **given}))

    def of_office(name: str) -> bool:
        return goes_through(client.get(reverse(f"workspace:money-{name}", args=[office_of_bac_kan.code, YEAR])))

    listed = client.get("/api/v1/money/lines")
    assert (listed.status_code == 200 and listed.json()["count"] == 1) is reads
    assert goes_through(client.get(reverse("workspace:money-line-detail", args=[line.pk]))) is reads
    assert of_office("agency-lines") is reads
    for page in ("line-create", "sheet"):
        assert of_office(page) is enters, page
    sheet = client.get(reverse("workspace:money-sheet-file", args=[office_of_bac_kan.code, YEAR]), {"plan": plan.code})
    assert (sheet.status_code == 200) is enters
    assert act("estimate", amount="13000000") is enters
    assert act("spend", amount="1", remark="Ứng trước") is enters
    assert (MoneyLine.objects.get().spent is not None) is enters
    assert act("appraise", amount="1", remark="Theo định mức") is appraises
    # Once nobody at the office could enter any more.
    RoleAssignment.objects.filter(role=RoleName.AGENCY_OFFICER, agency=office_of_bac_kan).exclude(
        person=people[who]
    ).update(ends_on=NOW.date())
    RoleAssignment.objects.filter(role=RoleName.AGENCY_OFFICER, unit=office_of_bac_kan.unit).exclude(
        person=people[who]
    ).update(ends_on=NOW.date())
    assert of_office("line-create") is enters_in_place


def test_what_is_entered_in_place_says_so_for_good(
    client, office_of_bac_kan, province_officer, plan, thai_nguyen, today
):
    assert money_entry(province_officer, office_of_bac_kan, today) == Entry.IN_PLACE
    client.force_login(province_officer)
    address = reverse("workspace:money-line-create", args=[office_of_bac_kan.code, YEAR])
    assert "nhập thay" in client.get(address).content.decode()
    client.post(address, {"plan": plan.pk, "purpose": "Mua sách", "source": "commune_budget", "estimated": "5000000"})
    line = MoneyLine.objects.get()
    client.post(
        reverse("workspace:money-line-act", args=[line.pk, "spend"]),
        {"version": line.version, "amount": "1000", "remark": "Ứng trước"},
    )
    assert [step.remark.startswith("Cấp trên nhập thay") for step in MoneyStep.objects.all()] == [True, True]
    own = holder(RoleName.AGENCY_OFFICER, agency=office_of_bac_kan)
    client.force_login(own)
    assert "Cấp trên nhập thay" in client.get(reverse("workspace:money-line-detail", args=[line.pk])).content.decode()
    client.force_login(province_officer)
    page = client.get(reverse("workspace:money-agency-lines", args=[office_of_bac_kan.code, YEAR])).content.decode()
    assert "tự nhập kinh phí" in page
    assert address not in page
    assert client.get(address).status_code == 403


# -- sheets that mean harm, or were filled in in a hurry --


@pytest.fixture
def own_sheet(client, make_line, office_of_bac_kan, officer_of_bac_kan, finance_officer, plan):
    """The workbook as taken away, of one line that the finance office has appraised."""
    line = appraise(make_line(), version=1, amount=12_000_000, by=finance_officer, at=NOW)
    client.force_login(officer_of_bac_kan)
    return taken(client, office_of_bac_kan, plan), line


def taken(client, agency, plan, year: int = YEAR):
    address = reverse("workspace:money-sheet-file", args=[agency.code, year])
    return load_workbook(io.BytesIO(client.get(address, {"plan": plan.code}).content))


def send(client, agency, plan, book):
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("kinh-phi.xlsx", out.getvalue())
    return client.post(reverse("workspace:money-sheet", args=[agency.code, YEAR]), {"plan": plan.pk, "file": file})


def fill(book, at: int = 1, **more) -> None:
    """A good new row, in the row `at` after the first, with `more` by column's number."""
    good = {PURPOSE: "Tập huấn", SOURCE: "Ngân sách cấp xã", ESTIMATED: 5_000_000}
    for column, value in (good | {int(k[1:]): v for k, v in more.items()}).items():
        book.worksheets[0].cell(FIRST_ROW + at, column).value = value


HARM = {
    "text in a number": (lambda book: fill(book, c6="mười triệu"), "F7"),
    "a formula": (lambda book: fill(book, c6="=F6*2"), "F7"),
    "half a đồng": (lambda book: fill(book, c6=0.5), "F7"),
    "too many noughts": (lambda book: fill(book, c6=10**16), "F7"),
    "merged cells": (lambda book: (fill(book), book.worksheets[0].merge_cells("F7:F8")), "F7:F8"),
    "the appraisal changed": (lambda book: fill(book, 0, c7=1), "G6"),
    "the allocation said": (lambda book: fill(book, c8=9), "H7"),
    "a line of somebody else": (lambda book: fill(book, c1="999999.1"), "A7"),
    "a heading moved": (lambda book: (fill(book), setattr(book.worksheets[0]["F5"], "value", "Đã chi")), "F5"),
    "another mark": (lambda book: (fill(book), setattr(book.worksheets[0]["B1"], "value", "HSD-KP1-x-2026-y")), "B1"),
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_told_by_its_cell_and_nothing_is_taken(harm, client, own_sheet, office_of_bac_kan, plan):
    book, line = own_sheet
    do, cell = HARM[harm]
    fill(book, 2, c3="Dòng đúng")
    do(book)
    page = send(client, office_of_bac_kan, plan, book)
    assert page.status_code == 422
    assert re.search(rf"\b{cell}\b", page.content.decode()), page.content.decode()
    assert not MoneyPreview.objects.exists()
    assert list(MoneyLine.objects.values_list("pk", "version")) == [(line.pk, line.version)]


def test_sheet_of_another_office_or_year_is_refused(client, own_sheet, office_of_bac_kan, bac_kan, plan):
    """Two offices of one officer; last year's sheet sent in for this one."""
    other = AgencyFactory(unit=bac_kan, kind="peoples_committee")
    for book in (taken(client, other, plan), taken(client, office_of_bac_kan, plan, YEAR - 1)):
        fill(book, 0)
        page = send(client, office_of_bac_kan, plan, book)
        assert page.status_code == 422
        assert re.search(r"\bB1\b", page.content.decode())
    assert not MoneyPreview.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("rows", [2_001, 20_000])
def test_sheet_with_too_many_rows_is_told_so(rows, client, own_sheet, office_of_bac_kan, plan):
    book, _line = own_sheet
    for at in range(1, rows + 1):
        fill(book, at, c3=f"Việc {at}")
    page = send(client, office_of_bac_kan, plan, book)
    assert page.status_code == 422
    assert not MoneyPreview.objects.exists()
    assert len(page.content) < 200_000


def test_columns_of_the_tests_are_those_of_the_sheet():
    assert (PURPOSE, SOURCE, ESTIMATED, APPRAISED, ALLOCATED, MARK_ROW, FIRST_ROW) == (3, 4, 6, 7, 8, 1, 6)
