"""A reform entered through its pages: the sheet, what is wrong in it, what follows, entered, taken back; who may."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import PowerSwitch
from hocsuotdoi.places.models import AdminUnit, Agency, InstitutionAgency, LegalAct, TerritoryReform
from hocsuotdoi.places.operations.territory import write_due_reforms
from hocsuotdoi.places.queries.units import unit_by_code
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory, InstitutionFactory

pytestmark = pytest.mark.usefixtures("reference")
LIST = reverse("workspace:places-reform-list")
SEND = reverse("workspace:places-reform-send")
HEAD = "Mã đơn vị cũ;Tên đơn vị cũ;Thuộc (trước sắp xếp);Mã đơn vị mới;Tên đơn vị mới;Mã tỉnh sau sắp xếp;Phần đất\n"
ACT = {
    "act_number": "99/NQ-UBTVQH16",
    "act_title": "Về việc sắp xếp các đơn vị hành chính cấp xã",
    "act_issuer": "Ủy ban Thường vụ Quốc hội",
    "act_issued_on": "2026-01-05",
}


@pytest.fixture
def day() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=60)


@pytest.fixture
def administrator(db):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.ADMINISTRATOR, unit=AdminUnit.objects.get(code="VN"))
    now = timezone.now()
    PowerSwitch.objects.create(person=person, reason="Nhập sắp xếp", starts_at=now, ends_at=now + dt.timedelta(hours=1))
    return person


@pytest.fixture
def keeper(client, administrator):
    client.force_login(administrator)
    return client


def sheet(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("sap-xep.csv", (HEAD + "\n".join(lines)).encode())


def send(client, day, *lines: str, more=None):
    return client.post(SEND, {"file": sheet(*lines), "day": day.isoformat(), **ACT, **(more or {})})


def looked_at(client, day, *lines: str):
    answer = send(client, day, *lines)
    assert answer.status_code == 302, answer.context["problems"] or answer.context["form"].errors
    return client.get(answer.url)


def enter(client, page):
    reform = page.context["reform"]
    url = reverse("workspace:places-reform-enter", args=[reform.pk])
    return client.post(url, {"seen": page.context["plan"].digest}, follow=True)


def test_sheet_that_is_filled_in_is_looked_at_then_entered_then_taken_back(keeper, day):
    template = keeper.get(reverse("workspace:places-reform-template", args=["19", "xlsx"]))
    book = load_workbook(io.BytesIO(template.content))
    rows = {row[0].value: row for row in book.active.iter_rows(min_row=2)}
    assert rows["19"][1].value == "Tỉnh Thái Nguyên"
    assert len(rows) == 93
    for code in ("01843", "01840"):
        rows[code][3].value, rows[code][4].value = "01843", "Phường Bắc Kạn"
    filled = io.BytesIO()
    book.save(filled)
    file = SimpleUploadedFile("sap-xep.xlsx", filled.getvalue())

    page = keeper.get(keeper.post(SEND, {"file": file, "day": day.isoformat(), **ACT}).url)
    text = page.content.decode()
    assert "Chưa ghi gì" in text and "3.321 → 3.320" in text
    assert "Phường Bắc Kạn" in text and rows["01840"][1].value in text
    assert AdminUnit.objects.filter(starts_on=day).count() == 0

    done = enter(keeper, page)
    assert "Đã nhập việc sắp xếp" in done.content.decode()
    assert "Chờ đến ngày" in done.content.decode()
    assert not AdminUnit.objects.filter(starts_on=day).exists()
    listed = keeper.get(LIST).content.decode()
    assert "99/NQ-UBTVQH16" in listed and "chưa đến ngày" in listed.lower()

    take_back = reverse("workspace:places-reform-take-back", args=[page.context["reform"].pk])
    assert keeper.post(take_back, {"reason": ""}).status_code == 422
    assert keeper.post(take_back, {"reason": "Nhập nhầm"}).status_code == 302
    assert not AdminUnit.objects.filter(starts_on=day).exists()
    assert (
        "Nhập nhầm"
        in keeper.get(reverse("workspace:places-reform-detail", args=[page.context["reform"].pk])).content.decode()
    )


def test_csv_template_has_the_whole_country_with_its_zeros(keeper):
    answer = keeper.get(reverse("workspace:places-reform-template", args=["VN", "csv"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 34 + 3321
    assert rows[1][:3] == ["01", "Thành phố Hà Nội", "Việt Nam"]
    assert any(row[0] == "00004" for row in rows)
    assert keeper.get(reverse("workspace:places-reform-template", args=["VN", "pdf"])).status_code == 404
    assert keeper.get(reverse("workspace:places-reform-template", args=["01843", "csv"])).status_code == 404


@pytest.mark.parametrize(
    ("line", "cell", "reason"),
    [
        ("99999;;;99999;Xã Lạ;;", "A2", "99999"),
        (";;;01999;Xã Lạ;;", "A2", "mã của đơn vị"),
        ("01843;Xã Sai;;01843;Phường Mới;;", "B2", "Phường Bắc Kạn"),
        ("01843;;;;Phường Mới;;", "D2", "mã của đơn vị mới"),
        ("01843;;;01999;Mới;;", "E2", "Mới"),
        ("01843;;;01999;Phường Mới;77;", "F2", "77"),
        ("01843;;;01999;Phường Mới;;nửa", "G2", "toàn bộ"),
        ("01843;;;01999;Phường Mới;;phần chính", "G2", "một phần"),
        ("=1+1;;;01999;Phường Mới;;", "A2", "=1+1"),
        ("19;;;;;04;", "F2", "nhập vào tỉnh khác"),
    ],
)
def test_mistakes_are_told_cell_by_cell_and_nothing_is_kept(keeper, day, line, cell, reason):
    answer = send(keeper, day, line)
    assert answer.status_code == 422
    (problem,) = answer.context["problems"]
    assert problem.at == cell
    assert reason in problem.reason
    assert not TerritoryReform.objects.exists()
    assert not LegalAct.objects.filter(number=ACT["act_number"]).exists()


def test_numbers_that_lost_their_zeros_and_merged_cells(keeper, day):
    page = looked_at(keeper, day, "1843;Bắc Kạn;;1843;phường bắc  kạn mới;;TOÀN BỘ")
    (made,) = page.context["plan"].outcome.made
    assert (made.unit.code, made.unit.name) == ("01843", "Phường bắc kạn mới")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"day": "2025-07-01"}, "day"),
        ({"day": ""}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"act_number": ""}, "act_number"),
        ({"act_title": ""}, "act_title"),
        ({"act_issued_on": "2099-01-01"}, "act_issued_on"),
        ({"file": ""}, "file"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_at_its_field(keeper, day, more, field):
    answer = send(keeper, day, "01843;;;01843;Phường Mới;;", more=more)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_sheet_without_anything_new_is_refused(keeper, day):
    answer = send(keeper, day, "01843;Phường Bắc Kạn;;;;;")
    assert "đều trống" in answer.context["problems"][0].reason
    answer = send(keeper, day, "01843;Phường Bắc Kạn;;01843;Phường Bắc Kạn;;")
    assert "Không có gì mới" in answer.context["form"].errors["file"][0]


def test_institutions_on_divided_land_are_placed_page_by_page(keeper, day):
    library = InstitutionFactory(unit=unit_by_code("01843", day))
    page = looked_at(
        keeper, day, "01843;;;01843;Phường Bắc Kạn;;phần chính", "01843;;;01999;Phường Sông Mới;;phần còn lại"
    )
    assert "Trên địa bàn bị chia" in page.content.decode()
    places = reverse("workspace:places-reform-places", args=[page.context["reform"].pk])
    form = keeper.get(places).content.decode()
    assert library.name in form and "Phường Sông Mới" in form
    wrong = keeper.post(places, {f"place-{library.code}": "01840"}, follow=True)
    assert "thay đổi" in wrong.content.decode()
    assert keeper.post(places, {f"place-{library.code}": "01999"}).status_code == 302
    assert "thay đổi" in enter(keeper, page).content.decode()  # what was seen is not what would be done
    detail = reverse("workspace:places-reform-detail", args=[page.context["reform"].pk])
    enter(keeper, keeper.get(detail))
    write_due_reforms(day, at=timezone.now())
    assert "Phường Sông Mới" in keeper.get(detail).content.decode()
    assert "3.321 → 3.322" in keeper.get(LIST).content.decode()
    assert library.placements.on(day).get().unit.name == "Phường Sông Mới"
    assert keeper.get(places).status_code == 302


def test_errors_of_a_spreadsheet_and_half_a_position_are_mistakes(keeper, day):
    book = Workbook()
    head = [*HEAD.strip().split(";"), "Vĩ độ", "Kinh độ"]
    for line in (head, ["19", None, None, "19", "#N/A"], ["01843", None, None, "01999", "Phường A", None, None, 22.1]):
        book.active.append(line)
    book.active["E2"].data_type = "e"
    filled = io.BytesIO()
    book.save(filled)
    file = SimpleUploadedFile("sap-xep.xlsx", filled.getvalue())
    problems = keeper.post(SEND, {"file": file, "day": day.isoformat(), **ACT}).context["problems"]
    assert {problem.at: problem.reason.split(":")[0] for problem in problems} == {
        "E2": "“#N/A” là lỗi của bảng tính",
        "H3": "Vĩ độ và kinh độ đi cùng nhau",
    }


def test_preview_that_does_not_fit_any_more_says_so(keeper, administrator, day):
    page = looked_at(
        keeper, day, "01843;;;01843;Phường Bắc Kạn;;phần chính", "01843;;;01999;Phường Sông Mới;;phần còn lại"
    )
    mine = page.context["reform"]
    other = TerritoryReform.objects.create(
        **{
            "day": day - dt.timedelta(days=9),
            "legal_act": LegalAct.objects.create(number="1/2", title="T", issuer="Q"),
        },
        **{"file_name": "x", "rows": [{**mine.rows[0], "new": "01998", "new_name": "Phường Lạ", "part": "whole"}]},
        **{"sent_by": administrator.pk, "sent_at": timezone.now(), "entered_by": administrator.pk},
        **{"entered_at": timezone.now()},
    )
    for name in ("detail", "places"):
        answer = keeper.get(reverse(f"workspace:places-reform-{name}", args=[mine.pk]), follow=True)
        assert "01843" in answer.content.decode()
        assert answer.redirect_chain
    assert "1/2" in keeper.get(LIST).content.decode()
    other.rows = mine.rows
    other.rows[0]["old"] = "99999"
    other.save()
    stuck = keeper.get(reverse("workspace:places-reform-detail", args=[other.pk]), follow=True)
    assert stuck.redirect_chain[-1][0] == reverse("workspace:places-reform-take-back", args=[other.pk])
    assert "99999" in stuck.content.decode()
    assert keeper.post(stuck.redirect_chain[-1][0], {"reason": "Không khớp"}).status_code == 302


def test_people_whose_roles_end_are_counted(keeper, day):
    RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, unit=unit_by_code("01843", day))
    page = looked_at(keeper, day, "01843;;;01843;Phường Tên Mới;;")
    assert page.context["people"] == 1
    assert "1 người có vai trò" in page.content.decode()


def test_what_is_looked_at_is_its_senders(keeper, day, client):
    page = looked_at(keeper, day, "01843;;;01843;Phường Tên Mới;;")
    url = reverse("workspace:places-reform-detail", args=[page.context["reform"].pk])
    other = PersonFactory()
    RoleAssignmentFactory(person=other, role=RoleName.ADMINISTRATOR, unit=AdminUnit.objects.get(code="VN"))
    now = timezone.now()
    PowerSwitch.objects.create(person=other, reason="Xem", starts_at=now, ends_at=now + dt.timedelta(hours=1))
    client.force_login(other)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("held", ["officer_of_country", "administrator_of_province", "administrator_without_powers"])
def test_only_an_administrator_of_the_country_with_powers_on_keeps_the_territory(client, keeper, day, held):
    page = looked_at(keeper, day, "01843;;;01843;Phường Tên Mới;;")
    person = PersonFactory()
    country, province = AdminUnit.objects.get(code="VN"), unit_by_code("19", day)
    role = RoleName.AGENCY_OFFICER if held == "officer_of_country" else RoleName.ADMINISTRATOR
    RoleAssignmentFactory(person=person, role=role, unit=province if "province" in held else country)
    now = timezone.now()
    if "without" not in held:
        PowerSwitch.objects.create(person=person, reason="Xem", starts_at=now, ends_at=now + dt.timedelta(hours=1))
    client.force_login(person)
    pk = page.context["reform"].pk
    pages = [
        SEND,
        reverse("workspace:places-reform-template", args=["VN", "csv"]),
        *(reverse(f"workspace:places-reform-{name}", args=[pk]) for name in ("detail", "places", "take-back")),
    ]
    assert {client.get(url).status_code for url in pages} == {403}
    enter_url = reverse("workspace:places-reform-enter", args=[pk])
    assert client.post(enter_url, {"seen": page.context["plan"].digest}).status_code == 403
    assert send(client, day, "01843;;;01843;Phường Tên Mới;;").status_code == 403
    assert TerritoryReform.objects.get().entered_at is None
    if role == RoleName.AGENCY_OFFICER:
        listed = client.get(LIST)
        assert listed.status_code == 200
        assert SEND not in listed.content.decode()


def test_list_tells_of_the_reform_of_2025(keeper):
    text = keeper.get(LIST).content.decode()
    assert "63 → 34" in text and "10.035 → 3.321" in text and "696 → 0" in text


def test_institutions_that_nobody_will_run_are_named_before_and_after(keeper, administrator, day):
    ward = AdminUnit.objects.get(code="01840", ends_on=None)
    club = AgencyFactory(name="Hội Khuyến học phường", kind="study_encouragement", unit=ward)
    house = InstitutionFactory(unit=ward, name="Nhà truyền thống")
    InstitutionAgency.objects.create(institution=house, agency=club)
    past = timezone.localdate() - dt.timedelta(days=3)
    page = looked_at(keeper, past, "01843;;;01843;Phường Bắc Kạn;;", "01840;;;01843;;;")
    text = page.content.decode()
    assert "Nhà truyền thống" in text and "Hội Khuyến học phường" in text and "1 cơ sở" in text
    assert "Nhà truyền thống" in enter(keeper, page).content.decode()


def test_institutions_that_another_province_takes_over_are_named(keeper, day):
    house = InstitutionFactory(unit=AdminUnit.objects.get(code="01840", ends_on=None), name="Nhà truyền thống")
    department = Agency.objects.get(code="so-vhttdl-19")
    InstitutionAgency.objects.create(institution=house, agency=department)
    page = looked_at(keeper, day, "01840;;;01840;;04;")
    text = page.content.decode()
    assert "Chuyển sang cơ quan của tỉnh khác" in text
    assert f"{department.name} → Tỉnh Cao Bằng" in text
