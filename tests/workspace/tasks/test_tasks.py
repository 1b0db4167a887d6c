"""The pages of tasks."""

import datetime as dt
import io
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.operations.digest import URL
from hocsuotdoi.programme.operations.tally import count_evidence
from tests.factories.places import AgencyFactory, UnitFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import make_assignment
from tests.people import REFORM
from tests.programme.conftest import held
from tests.support.reform import make_reform


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def officer(officer_of_bac_kan):
    return signed_in(officer_of_bac_kan)


@pytest.fixture
def late(assignment) -> Assignment:
    """Late on whatever day the test runs."""
    today = timezone.localdate()
    Assignment.objects.filter(pk=assignment.pk).update(due_on=today - dt.timedelta(days=3), year=today.year)
    assignment.refresh_from_db()
    return assignment


def test_digest_leads_to_the_page(assignment):
    assert URL.format(pk=assignment.pk) == reverse("workspace:programme-task-detail", args=[assignment.pk])


def test_mine_today_shows_what_is_late_and_is_done_in_one_tap(late, officer):
    page = officer.get("/workspace/tasks/").content.decode()
    assert "Tổ chức ngày hội đọc sách" in page
    assert "Quá hạn 3 ngày" in page
    given = {"state": "done", "version": late.version, "next": "/workspace/tasks/"}
    response = officer.post(f"/workspace/tasks/{late.pk}/step/", given)
    assert response["Location"] == "/workspace/tasks/"
    late.refresh_from_db()
    assert (late.state, late.percent, late.done_on) == ("done", 100, timezone.localdate())


def test_step_that_is_refused_shows_the_form_with_what_was_written(late, officer):
    response = officer.post(
        f"/workspace/tasks/{late.pk}/step/", {"state": "cannot", "version": late.version, "note": ""}
    )
    assert response.status_code == 422
    response = officer.post(
        f"/workspace/tasks/{late.pk}/step/", {"state": "doing", "version": late.version + 1, "note": "Đã mời 30 em"}
    )
    assert (response.status_code, "Đã mời 30 em" in response.content.decode()) == (422, True)


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "/workspace/\\evil"])
def test_step_leads_nowhere_else(late, officer, address):
    given = {"state": "doing", "version": late.version, "next": address}
    assert officer.post(f"/workspace/tasks/{late.pk}/step/", given)["Location"] == f"/workspace/tasks/{late.pk}/"


def test_page_proposes_what_was_held(late, officer, library_of_bac_kan):
    held(library_of_bac_kan, timezone.localdate())
    page = officer.get(f"/workspace/tasks/{late.pk}/").content.decode()
    assert "Báo cáo đã xong" in page
    assert "Ngày hội đọc sách" in page


def test_page_looks_for_more_evidence_by_words(late, officer, library_of_bac_kan):
    held(library_of_bac_kan, timezone.localdate(), kind="contest")
    about = f"/workspace/tasks/{late.pk}/"
    assert "Tính làm minh chứng" not in officer.get(about).content.decode()  # looked for only when it is asked for
    assert "Tính làm minh chứng" in officer.get(about + "?more=1").content.decode()
    assert "Tính làm minh chứng" in officer.get(about + "?q=ngay+hoi").content.decode()
    page = officer.get(about + "?q=tr%C6%B0ng+b%C3%A0y").content.decode()
    assert "Tính làm minh chứng" not in page
    assert 'value="trưng bày"' in page


@pytest.mark.parametrize("view", ["today", "list", "board", "calendar", "timeline"])
@pytest.mark.parametrize("number", [1, 3])
def test_looks_take_the_same_number_of_queries(view, number, late, officer_of_bac_kan, plan, django_assert_num_queries):
    for _each in range(number - 1):
        task = TaskFactory(plan=plan, clause__plan=plan, tiers=["commune"])
        make_assignment(task=task, agency=late.agency, year=late.year, due_on=late.due_on)
    count_evidence(at=timezone.now())
    officer = signed_in(officer_of_bac_kan)
    officer.get("/workspace/tasks/")
    month = late.due_on.strftime("%Y-%m")
    with django_assert_num_queries({"today": 10, "list": 6, "board": 6, "calendar": 5, "timeline": 6}[view]):
        page = officer.get(f"/workspace/tasks/?view={view}&state=all&month={month}")
    assert page.content.decode().count("Tổ chức") >= number


@pytest.mark.parametrize("number", [1, 3])
def test_board_with_all_columns_takes_a_fixed_number_of_queries(
    number, late, officer_of_bac_kan, plan, django_assert_num_queries
):
    for state in ("to_do", "doing", "done", "cannot"):
        for _each in range(number):
            make_assignment(
                task=TaskFactory(plan=plan, clause__plan=plan, tiers=["commune"]),
                agency=late.agency,
                year=late.year,
                state=state,
                done_on=late.due_on if state == "done" else None,
            )
    officer = signed_in(officer_of_bac_kan)
    officer.get("/workspace/tasks/")
    with django_assert_num_queries(9):
        officer.get("/workspace/tasks/?view=board")


@pytest.mark.parametrize("number", [1, 3])
def test_detail_takes_a_fixed_number_of_queries(
    number, late, officer_of_bac_kan, library_of_bac_kan, django_assert_num_queries
):
    for _each in range(number):
        held(library_of_bac_kan, timezone.localdate())
        held(library_of_bac_kan, timezone.localdate(), kind="contest")
    officer = signed_in(officer_of_bac_kan)
    officer.get("/workspace/tasks/")
    with django_assert_num_queries(14):
        officer.get(f"/workspace/tasks/{late.pk}/")


def test_planner_sees_those_below_and_no_looks_of_their_own(late, planner):
    page = signed_in(planner).get("/workspace/tasks/").content.decode()
    assert "Tổ chức ngày hội đọc sách" in page
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" in page
    assert "view=today" not in page


def test_what_an_address_cannot_mean_narrows_nothing(late, officer):
    for query in ("view=xyz", "year=abc", "state=xyz", "view=calendar&month=99", "q=%00", "page=999", "year=99999"):
        assert officer.get(f"/workspace/tasks/?{query}").status_code == 200


# -- handing down --


def test_province_hands_down_with_own_days_after_a_look(
    reading_task, late, province_officer, office_of_bac_kan, duc_xuan, thai_nguyen
):
    other = AgencyFactory(unit=duc_xuan, name="Phòng Văn hóa - Xã hội phường Đức Xuân")
    client = signed_in(province_officer)
    page = client.get(f"/workspace/tasks/hand-down/{reading_task.pk}/").content.decode()
    assert "Phòng Văn hóa - Xã hội phường Bắc Kạn" in page
    assert other.name in page
    given = {
        "unit": thai_nguyen.code,
        "year": late.year,
        "agency": [office_of_bac_kan.pk, other.pk],
        f"due-{other.pk}": f"{late.year}-12-01",
        "due_on": f"{late.year}-12-15",
        "remark": "Mỗi phường một buổi",
    }
    look = client.post(f"/workspace/tasks/hand-down/{reading_task.pk}/", {**given, "look": "yes"})
    assert "Mỗi phường một buổi" in look.content.decode()
    assert Assignment.objects.filter(agency=other).count() == 0
    done = client.post(f"/workspace/tasks/hand-down/{reading_task.pk}/", {**given, "confirm": "yes"})
    assert done["Location"] == f"/workspace/tasks/of/{thai_nguyen.code}/{late.year}/"
    days = dict(Assignment.objects.values_list("agency", "due_on"))
    assert days == {office_of_bac_kan.pk: dt.date(late.year, 12, 15), other.pk: dt.date(late.year, 12, 1)}


def test_who_has_it_already_is_not_chosen_and_keeps_the_day_that_was_moved(
    reading_task, late, province_officer, office_of_bac_kan, duc_xuan, thai_nguyen
):
    other = AgencyFactory(unit=duc_xuan)
    client, address = signed_in(province_officer), f"/workspace/tasks/hand-down/{reading_task.pk}/"
    page = client.get(address).content.decode()
    chosen = re.findall(r'name="agency" value="(\d+)" checked', page)
    assert chosen == [str(other.pk)]
    shown = re.search(rf'name="due-{office_of_bac_kan.pk}" value="([^"]*)"', page)[1]
    assert shown == late.due_on.isoformat()
    given = {"unit": thai_nguyen.code, "year": late.year, "due_on": f"{late.year}-12-31", "confirm": "yes"}
    given |= {"agency": [office_of_bac_kan.pk, other.pk], f"due-{office_of_bac_kan.pk}": shown}
    assert client.post(address, given).status_code == 302
    days = dict(Assignment.objects.values_list("agency", "due_on"))
    assert days == {office_of_bac_kan.pk: late.due_on, other.pk: dt.date(late.year, 12, 31)}


def test_planner_chooses_the_part_of_each_body(
    reading_task, late, province_officer, office_of_bac_kan, duc_xuan, thai_nguyen
):
    asked, other = AgencyFactory(unit=duc_xuan), AgencyFactory(unit=duc_xuan)
    reading_task.agencies.create(agency=asked, part="requested", written=asked.name)
    client, address = signed_in(province_officer), f"/workspace/tasks/hand-down/{reading_task.pk}/"
    shown = {row.agency: row.part for row in client.get(address).context["rows"]}
    assert shown == {office_of_bac_kan: "lead", asked: "requested", other: "lead"}
    given = {"unit": thai_nguyen.code, "year": late.year, "agency": [office_of_bac_kan.pk, asked.pk, other.pk]}
    given |= {f"part-{office_of_bac_kan.pk}": "requested", f"part-{other.pk}": "coordinating"}
    look = client.post(address, given | {"look": "yes"}).content.decode()
    assert f'name="part-{other.pk}" value="coordinating"' in look
    assert client.post(address, given | {"confirm": "yes", f"part-{asked.pk}": "boss"}).status_code == 302
    parts = dict(Assignment.objects.values_list("agency", "part"))
    assert parts == {office_of_bac_kan.pk: "requested", asked.pk: "requested", other.pk: "coordinating"}


def test_what_is_late_is_late_whatever_its_year(late, officer):
    make_assignment(title="Sửa mái", agency=late.agency, year=late.year - 1, due_on=late.due_on)
    today = officer.get("/workspace/tasks/?view=today")
    assert "Sửa mái" in today.content.decode()
    assert today.context["counts"]["late"] == 2
    assert "Sửa mái" in officer.get("/workspace/tasks/?view=list&state=late").content.decode()
    assert "Sửa mái" not in officer.get("/workspace/tasks/?view=list&state=all").content.decode()


def test_hand_down_reaches_nobody_elsewhere(
    reading_task, province_officer, officer_of_bac_kan, office_of_bac_kan, bac_kan, thai_nguyen
):
    stranger = AgencyFactory(unit=UnitFactory())
    given = {"unit": thai_nguyen.code, "year": timezone.localdate().year, "agency": [stranger.pk], "confirm": "yes"}
    address = f"/workspace/tasks/hand-down/{reading_task.pk}/"
    assert signed_in(province_officer).post(address, given).status_code == 422
    own = {**given, "unit": bac_kan.code, "agency": [office_of_bac_kan.pk]}
    assert signed_in(officer_of_bac_kan).post(address, own).status_code == 422
    assert signed_in(officer_of_bac_kan).get(f"{address}?unit={thai_nguyen.code}").status_code == 404
    assert not Assignment.objects.exists()


def test_hand_down_with_a_wrong_day_says_beside_whom(reading_task, province_officer, office_of_bac_kan, thai_nguyen):
    given = {
        "unit": thai_nguyen.code,
        "year": timezone.localdate().year,
        "agency": [office_of_bac_kan.pk],
        f"due-{office_of_bac_kan.pk}": "31/31",
        "confirm": "yes",
    }
    response = signed_in(province_officer).post(f"/workspace/tasks/hand-down/{reading_task.pk}/", given)
    assert (response.status_code, "31/31" in response.content.decode()) == (422, True)


def test_choose_finds_tasks_by_words(reading_task, province_officer):
    client = signed_in(province_officer)
    assert "Tổ chức ngày hội đọc sách" in client.get("/workspace/tasks/hand-down/?q=ngày+hội").content.decode()
    assert "Tổ chức ngày hội đọc sách" not in client.get("/workspace/tasks/hand-down/?q=bóng+đá").content.decode()


# -- how far each is --


@pytest.mark.parametrize("number", [1, 3])
def test_grid_of_a_province_takes_a_fixed_number_of_queries(
    number, late, reading_task, province_officer, thai_nguyen, django_assert_num_queries
):
    for _each in range(number):
        make_assignment(task=reading_task, agency=AgencyFactory(unit=UnitFactory(parent=thai_nguyen)), year=late.year)
    client = signed_in(province_officer)
    client.get("/workspace/tasks/")
    with django_assert_num_queries(6):
        page = client.get(f"/workspace/tasks/of/{thai_nguyen.code}/{late.year}/").content.decode()
    assert page.count("task-cell") == number + 1


@pytest.mark.parametrize("number", [1, 3])
def test_grid_of_the_country_counts_each_province(
    number, late, reading_task, auditor, country, thai_nguyen, django_assert_num_queries
):
    for _each in range(number):
        make_assignment(task=reading_task, agency=AgencyFactory(unit=UnitFactory(parent=thai_nguyen)), year=late.year)
    client = signed_in(auditor)
    client.get("/workspace/tasks/")
    with django_assert_num_queries(6):
        page = client.get(f"/workspace/tasks/of/VN/{late.year}/").content.decode()
    assert "Tỉnh Thái Nguyên" in page
    assert f'data-label="Được giao">{number + 1}<' in page


def test_grid_of_a_place_of_which_one_sees_nothing_is_not_there(late, officer, thai_nguyen, duc_xuan):
    for form in ("", "?form=xlsx"):
        assert officer.get(f"/workspace/tasks/of/{duc_xuan.code}/{late.year}/{form}").status_code == 404


def test_tasks_of_a_place_are_taken_away_as_a_workbook_that_counts_states(late, province_officer, auditor, thai_nguyen):
    found = signed_in(province_officer).get(f"/workspace/tasks/of/{thai_nguyen.code}/{late.year}/?form=xlsx")
    assert found["Content-Disposition"].endswith(f'nhiem-vu-{thai_nguyen.code}-{late.year}.xlsx"')
    book = load_workbook(io.BytesIO(found.content))
    row = [cell.value for cell in book["Nhiệm vụ"][5]]
    days = (timezone.localdate() - late.due_on).days
    assert row == [1, late.agency.name, late.task.plan.name, late.task.clause.path, late.task.text,
                   f"{late.due_on:%d/%m/%Y}", "Chưa thực hiện", days]  # fmt: skip
    assert book["Tổng hợp"]["A5"].value == "Chưa thực hiện"
    country = signed_in(auditor).get(f"/workspace/tasks/of/VN/{late.year}/?form=xlsx")
    row = [cell.value for cell in load_workbook(io.BytesIO(country.content))["Nhiệm vụ"][5]]
    assert row == [1, "Tỉnh Thái Nguyên", 1, 0, "=D5/C5", 0, 0, 0, 1]


def test_tasks_of_an_office_of_an_ended_unit_count_where_the_unit_is_read(country, auditor):
    units = make_reform(country)
    office = AgencyFactory(unit=units["hill"], name="Phòng của xã cũ", ends_on=REFORM)
    make_assignment(agency=office, year=2025)
    client = signed_in(auditor)
    parts = client.get("/workspace/tasks/of/VN/2025/").context["rows"]
    assert [(each["part"].unit, each["part"].asked) for each in parts] == [(units["new"], 1)]
    for place in ("new", "valley"):
        assert office.name in client.get(f"/workspace/tasks/of/{units[place].code}/2025/").content.decode()


def test_on_paper_each_task_is_a_number_and_its_state_a_sign(late, province_officer, thai_nguyen):
    page = signed_in(province_officer).get(f"/workspace/tasks/of/{thai_nguyen.code}/{late.year}/").content.decode()
    assert '<span class="only-print">1</span>' in page
    assert '<span class="only-print">!</span>' in page
    assert f"<li>{late.task.text} <span" in page


def test_plan_says_how_many_have_done_a_task(late, plan, client):
    assert "0/1 đơn vị đã làm xong trong năm nay" in client.get(f"/plans/{plan.code}/").content.decode()


# -- the calendar --


def test_feed_holds_the_days_due_and_ends_with_the_password(late, officer_of_bac_kan, client):
    page = signed_in(officer_of_bac_kan).get("/workspace/tasks/").content.decode()
    address = urlsplit(re.search(r"[^\s<>\"]+/workspace/tasks/calendar/[^\s<>\"]+", page)[0]).path
    book = client.get(address)
    assert book["Content-Type"].startswith("text/calendar")
    assert f"DTSTART;VALUE=DATE:{late.due_on:%Y%m%d}" in book.content.decode()
    assert client.get(address[:-6] + "x.ics").status_code == 404
    officer_of_bac_kan.set_password("moi-tinh-khoi-ngay")
    officer_of_bac_kan.save()
    assert client.get(address).status_code == 404


def test_start_page_says_what_is_due(late, officer):
    page = officer.get("/workspace/").content.decode()
    assert "Nhiệm vụ theo kế hoạch" in page
    assert "Tổ chức ngày hội đọc sách" in page
