"""Money through the pages: estimate, appraise, allocate, spend; a sheet in and out; who may do none of it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import PlanKind, PlanStatus
from hocsuotdoi.programme.formats.money_sheet import ESTIMATED, FIRST_ROW, GIVER, PURPOSE, SOURCE, TASK
from hocsuotdoi.programme.models import MoneyLine, MoneyPreview, Plan
from hocsuotdoi.programme.operations.money import allocate, appraise, spend
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.programme import ClauseFactory, PlanFactory, TaskFactory
from tests.factories.running import make_assignment
from tests.workspace.money.conftest import NOW, YEAR

OVERVIEW = reverse("workspace:money-line-list")
QUEUE = reverse("workspace:money-appraise-list")


def of_agency(name, agency):
    return reverse(f"workspace:money-{name}", args=[agency.code, YEAR])


def act(line, name):
    return reverse("workspace:money-line-act", args=[line.pk, name])


def read(client, address, **asked) -> str:
    return client.get(address, asked).content.decode()


def test_line_is_entered_appraised_allocated_and_spent(
    client, plan, office_of_bac_kan, officer_of_bac_kan, finance_officer
):
    client.force_login(officer_of_bac_kan)
    filled = {"plan": plan.pk, "purpose": "Mua sách", "source": "commune_budget", "estimated": "12.000.000"}
    assert (
        "12.000.000" in client.post(of_agency("line-create", office_of_bac_kan), filled, follow=True).content.decode()
    )
    line = MoneyLine.objects.get()

    client.force_login(finance_officer)
    assert "Mua sách" in read(client, reverse("workspace:home"))
    assert "Mua sách" in read(client, QUEUE)
    client.post(act(line, "appraise"), {"version": 1, "amount": "10 000 000", "remark": "Theo định mức"})
    client.post(act(line, "allocate"), {"version": 2, "amount": "10000000", "act": "12/QĐ-UBND"})

    client.force_login(officer_of_bac_kan)
    told = client.post(act(line, "spend"), {"version": 3, "amount": "9.000.000"}, follow=True).content.decode()
    assert "Đã ghi số đã chi" in told
    assert "Theo định mức" in told
    page = read(client, of_agency("agency-lines", office_of_bac_kan))
    assert "1.000.000" in page, "what is left"
    line.refresh_from_db()
    assert (line.estimated, line.appraised, line.allocated, line.spent) == (
        12_000_000,
        10_000_000,
        10_000_000,
        9_000_000,
    )


def test_money_is_entered_for_a_task_that_an_addendum_asks(client, plan, office_of_bac_kan, officer_of_bac_kan):
    def addendum(**more) -> Plan:
        return PlanFactory(unit=plan.unit, kind=PlanKind.ADDENDUM, amends=plan, **more)

    asking, changing, ended = addendum(), addendum(), addendum(status=PlanStatus.RETIRED)
    task = TaskFactory(clause__plan=asking, tiers=["commune"])
    TaskFactory(clause__plan=ended, tiers=["commune"])
    client.force_login(officer_of_bac_kan)
    address = of_agency("line-create", office_of_bac_kan)
    assert client.get(address).context["plans"] == [plan, asking]
    filled = {"purpose": "Mua sách", "source": "commune_budget", "estimated": "12.000.000", "task": task.pk}
    assert client.post(address, filled | {"plan": changing.pk}).status_code == 422
    assert client.post(address, filled | {"plan": plan.pk}).status_code == 422  # the task of another document
    assert client.post(address, filled | {"plan": asking.pk}).status_code == 302
    line = MoneyLine.objects.get()
    assert (line.plan, line.task) == (asking, task)


@pytest.mark.parametrize("amount", ["12.000.00", "-5", "mười triệu", "1e6", "12.5", "9" * 17])
def test_sum_that_is_none_comes_back_with_a_sentence(client, plan, office_of_bac_kan, officer_of_bac_kan, amount):
    client.force_login(officer_of_bac_kan)
    filled = {"plan": plan.pk, "purpose": "Mua sách", "source": "commune_budget", "estimated": amount}
    page = client.post(of_agency("line-create", office_of_bac_kan), filled)
    assert page.status_code == 422
    assert "estimated" in page.context["form"].errors
    assert "Mua sách" in page.content.decode()
    assert not MoneyLine.objects.exists()


def test_many_are_appraised_by_ticking(client, make_line, finance_officer):
    lines = [make_line(f"Việc {number}") for number in range(3)]
    client.force_login(finance_officer)
    client.post(QUEUE, {"line": [f"{each.pk}.{each.version}" for each in lines[:2]]})
    assert MoneyLine.objects.filter(appraised=12_000_000).count() == 2
    stale = client.post(QUEUE, {"line": [f"{lines[2].pk}.9", "x", "1.y"]}, follow=True).content.decode()
    assert "Có khoản vừa thay đổi" in stale
    assert MoneyLine.objects.filter(appraised=None).count() == 1


def test_second_person_is_told_and_nothing_is_written_over(client, make_line, officer_of_bac_kan):
    line = make_line()
    client.force_login(officer_of_bac_kan)
    client.post(act(line, "estimate"), {"version": 1, "amount": "13.000.000"})
    page = client.post(act(line, "estimate"), {"version": 1, "amount": "14.000.000"})
    told = page.content.decode()
    assert page.status_code == 422
    assert "Có người vừa sửa khoản này" in told
    assert "13.000.000 đồng" in told, "what the first said"
    assert "14.000.000" in told, "what the second typed"
    line.refresh_from_db()
    assert line.estimated == 13_000_000


def test_sheet_names_tasks_as_people_know_them(client, plan, make_line, office_of_bac_kan, officer_of_bac_kan):
    text = "Tổ chức ngày hội đọc sách hằng năm tại các thư viện công cộng và trường học trên địa bàn"
    task = TaskFactory(clause=ClauseFactory(plan=plan, path="I.2.a"), plan=plan, text=text, ordinal=15000)
    make_line(task=task)
    client.force_login(officer_of_bac_kan)
    content = client.get(of_agency("sheet-file", office_of_bac_kan), {"plan": plan.code}).content
    sheet, tasks = load_workbook(io.BytesIO(content)).worksheets
    label = sheet.cell(FIRST_ROW, TASK).value
    assert label.startswith("I.2.a – Tổ chức ngày hội đọc sách") and label.endswith("…")
    assert (tasks["A2"].value, tasks["B2"].value) == (label, text)
    assert any("'Nhiệm vụ'!$A$2:$A$2" in each.formula1 for each in sheet.data_validations.dataValidation)


def test_sheet_goes_out_and_comes_in(client, plan, make_line, office_of_bac_kan, officer_of_bac_kan):
    make_line()
    client.force_login(officer_of_bac_kan)
    address = of_agency("sheet-file", office_of_bac_kan)
    book = load_workbook(io.BytesIO(client.get(address, {"plan": plan.code}).content))
    for column, value in ((PURPOSE, "Tập huấn"), (SOURCE, "ngân sách cấp xã"), (ESTIMATED, 5_000_000)):
        book.worksheets[0].cell(FIRST_ROW + 1, column).value = value
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("kinh-phi.xlsx", out.getvalue())
    page = client.post(of_agency("sheet", office_of_bac_kan), {"plan": plan.pk, "file": file})
    assert page.status_code == 302
    preview = page["Location"]
    assert "Tập huấn" in read(client, preview)
    assert MoneyLine.objects.count() == 1
    assert "Đã ghi 1 dòng" in client.post(preview, follow=True).content.decode()
    assert MoneyLine.objects.count() == 2
    again = client.get(preview)
    assert again["Location"] == of_agency("agency-lines", office_of_bac_kan)


@pytest.mark.parametrize(
    ("column", "value", "cell", "said"),
    [
        (TASK, 1, "B6", "Nhiệm vụ của khoản giữ nguyên"),
        (SOURCE, "ngân sách cấp tỉnh", "D6", "Nguồn của khoản giữ nguyên"),
        (GIVER, "Hội Khuyến học", "E6", "Bên cấp, tài trợ của khoản giữ nguyên"),
    ],
)
def test_sheet_that_changes_what_a_line_is_for_is_told_where(
    client, plan, make_line, office_of_bac_kan, officer_of_bac_kan, column, value, cell, said
):
    line = make_line()
    client.force_login(officer_of_bac_kan)
    book = load_workbook(
        io.BytesIO(client.get(of_agency("sheet-file", office_of_bac_kan), {"plan": plan.code}).content)
    )
    for at, given in ((column, value), (ESTIMATED, 5_000_000)):
        book.worksheets[0].cell(FIRST_ROW, at).value = given
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("kinh-phi.xlsx", out.getvalue())
    page = client.post(of_agency("sheet", office_of_bac_kan), {"plan": plan.pk, "file": file})
    told = page.content.decode()
    assert page.status_code == 422
    assert said in told and cell in told
    assert not MoneyPreview.objects.exists()
    line.refresh_from_db()
    assert (line.estimated, line.version) == (12_000_000, 1)


@pytest.mark.parametrize("far", [-20, 3, 70])
def test_sheet_is_of_the_years_of_the_page(client, plan, office_of_bac_kan, officer_of_bac_kan, far):
    client.force_login(officer_of_bac_kan)
    year = timezone.localdate().year + far
    for name in ("line-create", "sheet", "sheet-file"):
        address = reverse(f"workspace:money-{name}", args=[office_of_bac_kan.code, year])
        assert client.get(address, {"plan": plan.code}).status_code == 404, name
        if name != "sheet-file":
            assert client.post(address, {"plan": plan.pk}).status_code == 404, name


def test_sheet_with_mistakes_changes_nothing(client, plan, office_of_bac_kan, officer_of_bac_kan):
    client.force_login(officer_of_bac_kan)
    file = SimpleUploadedFile("x.xlsx", b"khong phai bang")
    page = client.post(of_agency("sheet", office_of_bac_kan), {"plan": plan.pk, "file": file})
    assert page.status_code == 422
    assert client.get(of_agency("sheet-file", office_of_bac_kan), {"plan": "khác"}).status_code == 404


def test_previews_are_of_their_maker(client, plan, make_line, office_of_bac_kan, officer_of_bac_kan, province_officer):
    test_sheet = SimpleUploadedFile
    client.force_login(officer_of_bac_kan)
    address = of_agency("sheet-file", office_of_bac_kan)
    book = load_workbook(io.BytesIO(client.get(address, {"plan": plan.code}).content))
    for column, value in ((PURPOSE, "Tập huấn"), (SOURCE, "ngân sách cấp xã"), (ESTIMATED, 5_000_000)):
        book.worksheets[0].cell(FIRST_ROW, column).value = value
    out = io.BytesIO()
    book.save(out)
    page = client.post(
        of_agency("sheet", office_of_bac_kan), {"plan": plan.pk, "file": test_sheet("k.xlsx", out.getvalue())}
    )
    client.force_login(province_officer)
    assert client.get(page["Location"]).status_code == 404
    client.force_login(officer_of_bac_kan)
    client.post(page["Location"], {"act": "forget"})
    assert not MoneyLine.objects.exists()


def test_province_sees_the_sums_and_takes_them_away(client, make_line, thai_nguyen, bac_kan, province_officer):
    make_line()
    make_line("Chưa có số", None)
    client.force_login(province_officer)
    page = read(client, OVERVIEW, year=YEAR)
    assert bac_kan.name in page
    assert "12.000.000" in page
    file = client.get(reverse("workspace:money-totals-file"), {"year": YEAR})
    sheet = load_workbook(io.BytesIO(file.content)).worksheets[1]
    assert sheet.cell(4, 1).value == bac_kan.name
    assert sheet.cell(4, 2).value == 12_000_000
    assert sheet.cell(5, 2).value == "=SUM(B4:B4)"


def test_sums_by_task_stand_on_the_pages_and_in_the_workbook(
    client, plan, make_line, office_of_bac_kan, officer_of_bac_kan, finance_officer, province_officer
):
    task = TaskFactory(clause__plan=plan, plan=plan, text="Tổ chức ngày hội đọc sách")
    line = make_line(task=task)
    line = appraise(line, version=1, amount=10_000_000, remark="Theo định mức", by=finance_officer, at=NOW)
    line = allocate(line, version=2, amount=7_000_000, act="45/QĐ-UBND", by=finance_officer, at=NOW)
    spend(line, version=3, amount=6_500_000, by=officer_of_bac_kan, at=NOW)
    make_line("Không của nhiệm vụ nào", 9_000_000)
    for person, address in (
        (officer_of_bac_kan, of_agency("agency-lines", office_of_bac_kan)),
        (province_officer, f"{OVERVIEW}?year={YEAR}"),
    ):
        client.force_login(person)
        page = client.get(address)
        told = page.content.decode()
        assert "Tổ chức ngày hội đọc sách" in told and "Giảm khi thẩm định" in told
        assert "{#" not in told, "a remark for developers"
        assert (f"{plan.name}, {task.clause.path}</span></th>" in told) == (person == officer_of_bac_kan)
        of_task, of_none = page.context["tasks"]
        assert (of_task.task, of_none.task) == (task, None)
        assert (of_task.sums.cut, of_task.sums.unallocated, of_task.sums.left) == (2_000_000, 3_000_000, 500_000)
    book = load_workbook(io.BytesIO(client.get(reverse("workspace:money-totals-file"), {"year": YEAR}).content))
    sheet = book["Theo nhiệm vụ"]
    assert "Tổ chức ngày hội đọc sách" in sheet.cell(4, 1).value
    row = [sheet.cell(4, column).value for column in range(2, 11)]
    assert row == [12_000_000, 12_000_000, 10_000_000, "=C4-D4", 7_000_000, 7_000_000, "=D4-G4", 6_500_000, "=F4-I4"]
    assert [sheet.cell(5, column).value for column in (1, 2, 5)] == ["Không ghi nhiệm vụ", 9_000_000, None]
    assert sheet.cell(6, 5).value == "=SUM(E4:E5)"


def test_task_page_tells_its_money_to_whoever_may_see_that(
    client, plan, make_line, office_of_bac_kan, department_of_thai_nguyen, officer_of_bac_kan, province_officer, bac_kan
):
    """The ward's office sees its own sums on the task; the province those of both; an inspector, who sees the task, and
    whoever may see other money only, see none."""
    task = TaskFactory(clause__plan=plan, plan=plan)
    here, above = (make_assignment(task=task, agency=each) for each in (office_of_bac_kan, department_of_thai_nguyen))
    make_line("Mua sách", 12_345_000, task=task)
    make_line("Của tỉnh", 77_000_000, agency=department_of_thai_nguyen, task=task)

    def shown(person, assignment) -> str:
        client.force_login(person)
        page = client.get(reverse("workspace:programme-task-detail", args=[assignment.pk]))
        assert page.status_code == 200
        return page.content.decode()

    assert "12.345.000" in shown(officer_of_bac_kan, here)
    assert "77.000.000" not in shown(officer_of_bac_kan, here)
    told = shown(province_officer, above)
    assert "77.000.000" in told and "89.345.000" in told
    inspector = PersonFactory()
    RoleAssignmentFactory(person=inspector, role=RoleName.INSPECTOR, unit=bac_kan)
    assert "12.345.000" not in shown(inspector, here)
    # who may see the task by one role, and money by another only elsewhere
    both = PersonFactory()
    RoleAssignmentFactory(person=both, role=RoleName.INSPECTOR, unit=bac_kan)
    elsewhere = Agency.objects.create(code="o-noi-khac", name="Nơi khác", kind=AgencyKind.FINANCE, unit=plan.unit)
    RoleAssignmentFactory(person=both, role=RoleName.AGENCY_OFFICER, agency=elsewhere)
    assert "12.345.000" not in shown(both, here)


def test_nobody_else_sees_or_says_a_sum(
    client, make_line, office_of_bac_kan, department_of_thai_nguyen, finance_officer, officer_of_bac_kan,
    librarian_of_bac_kan, librarian_of_duc_xuan, auditor, reader
):  # fmt: skip
    line = make_line()
    detail = reverse("workspace:money-line-detail", args=[line.pk])
    for person in (librarian_of_bac_kan, librarian_of_duc_xuan, reader):
        client.force_login(person)
        assert client.get(OVERVIEW).status_code == 403
        assert client.get(detail).status_code == 403
        assert client.get("/api/v1/money/lines").status_code == 403
    client.force_login(auditor)
    assert client.get(detail).status_code == 200
    assert client.post(act(line, "estimate"), {"version": 1, "amount": "1"}).status_code == 403
    client.force_login(finance_officer)
    assert client.post(act(line, "estimate"), {"version": 1, "amount": "1"}).status_code == 403
    assert client.get(of_agency("line-create", office_of_bac_kan)).status_code == 403
    client.force_login(officer_of_bac_kan)
    assert client.post(act(line, "appraise"), {"version": 1, "amount": "1"}).status_code == 403
    assert client.get(QUEUE).status_code == 403
    assert client.get(of_agency("agency-lines", department_of_thai_nguyen)).status_code == 404
    higher = make_line("Của tỉnh", agency=department_of_thai_nguyen)
    assert client.get(reverse("workspace:money-line-detail", args=[higher.pk])).status_code == 404
    assert client.get(act(line, "khac")).status_code == 404
    client.logout()
    assert client.get(detail).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_the_same_number_of_questions(
    client, plan, make_line, office_of_bac_kan, officer_of_bac_kan, province_officer, number, django_assert_num_queries
):
    for each in range(number):
        make_line(f"Việc {each}", task=TaskFactory(clause__plan=plan, plan=plan, ordinal=each + 1))
    client.force_login(officer_of_bac_kan)
    with django_assert_num_queries(11):
        client.get(of_agency("agency-lines", office_of_bac_kan))
    client.force_login(province_officer)
    with django_assert_num_queries(14):
        client.get(OVERVIEW, {"year": YEAR})


def test_program_reads_lines_and_sums(client, make_line, thai_nguyen, office_of_bac_kan, province_officer):
    make_line()
    client.force_login(province_officer)
    (item,) = client.get("/api/v1/money/lines", {"year": YEAR}).json()["items"]
    assert (item["estimated"], item["spent"], item["agency"]) == (12_000_000, None, office_of_bac_kan.code)
    totals = client.get("/api/v1/money/totals", {"unit": "19", "year": YEAR}).json()
    assert totals["total"]["estimated"] == {"amount": 12_000_000, "lines": 1, "of": 1}
    assert totals["by_unit"][0]["spent"]["amount"] is None
    assert client.get("/api/v1/money/totals", {"unit": "01", "year": YEAR}).status_code == 422


def test_money_of_the_armed_forces_is_their_own(
    client, make_line, thai_nguyen, province_officer, finance_officer, auditor
):
    command = Agency.objects.create(code="bchqs-thu", name="BCHQS (thử)", kind=AgencyKind.MILITARY, unit=thai_nguyen)
    soldier = PersonFactory()
    RoleAssignmentFactory(person=soldier, role=RoleName.AGENCY_OFFICER, agency=command)
    line = make_line("Tủ sách đơn vị", agency=command, by=soldier)
    detail = reverse("workspace:money-line-detail", args=[line.pk])
    for person, status in ((soldier, 200), (auditor, 200), (province_officer, 404), (finance_officer, 404)):
        client.force_login(person)
        assert client.get(detail).status_code == status, person
        assert client.get(of_agency("agency-lines", command)).status_code == status, person
    client.force_login(finance_officer)
    assert "Tủ sách đơn vị" not in read(client, QUEUE)


@pytest.mark.parametrize(
    "asked", [{"unit": "\x00"}, {"unit": "999"}, {"year": "1999"}, {"year": "x"}, {"year": "\x00"}]
)
def test_overview_of_nothing_is_not_there(client, province_officer, asked):
    client.force_login(province_officer)
    assert client.get(OVERVIEW, asked).status_code == 404
    assert client.get(reverse("workspace:money-totals-file"), asked).status_code == 404
