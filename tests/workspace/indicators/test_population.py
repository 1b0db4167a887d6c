"""The pages of population: template, file, preview; and whom they are closed to."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.indicators.models import Population, PreviewedImport
from tests.factories.accounts import make_unit
from tests.factories.indicators import PopulationFactory

LIST = reverse("workspace:indicators-population-list")


@pytest.fixture
def year() -> int:
    return timezone.localdate().year


@pytest.fixture
def officer(client, bac_kan, duc_xuan, province_officer):
    client.force_login(province_officer)
    return province_officer


def sheet_url(unit, year) -> str:
    return reverse("workspace:indicators-population-sheet", args=[unit.code, year])


def template_url(unit, year, kind="csv") -> str:
    return reverse("workspace:indicators-population-template", args=[unit.code, year, kind])


def send(client, unit, year, text: str, source="Niên giám thống kê"):
    return client.post(
        sheet_url(unit, year), {"file": SimpleUploadedFile("dan-so.csv", text.encode()), "source": source}
    )


def filled(client, unit, year, **residents) -> str:
    """The template with urban residents by code."""
    rows = [line.split(";") for line in client.get(template_url(unit, year)).content.decode("utf-8-sig").split("\r\n")]
    for row in rows:
        if row[0] in residents:
            row[3] = str(residents[row[0]])
    return "\r\n".join(";".join(row) for row in rows)


def test_words_that_look_like_a_formula_come_back_as_they_were_written(client, officer, thai_nguyen, bac_kan, year):
    content = filled(client, thai_nguyen, year, **{bac_kan.code: 12_000})
    source = "=HYPERLINK(A1)"
    page = send(client, thai_nguyen, year, content, source=source)
    client.post(page.url, {"seen": client.get(page.url).context["plan"].digest})
    assert Population.objects.get(unit=bac_kan).source == source

    again = client.get(template_url(thai_nguyen, year)).content.decode("utf-8-sig")
    assert f";'{source}" in again
    page = send(client, thai_nguyen, year, again.replace(";12000;", ";12500;"))
    client.post(page.url, {"seen": client.get(page.url).context["plan"].digest})
    entered = Population.objects.get(unit=bac_kan)
    assert (entered.urban, entered.source) == (12_500, source)


def test_sheet_is_taken_filled_in_looked_at_and_entered(client, officer, thai_nguyen, bac_kan, duc_xuan, year):
    content = filled(client, thai_nguyen, year, **{bac_kan.code: 12_000, duc_xuan.code: 8_000})
    looked_at = send(client, thai_nguyen, year, content)
    page = client.get(looked_at.url)
    assert [(each.unit, each.urban, each.rural) for each, _doubt in page.context["page_obj"]] == [
        (bac_kan, 12_000, 0),
        (duc_xuan, 8_000, 0),
    ]
    assert not Population.objects.exists()

    done = client.post(looked_at.url, {"seen": page.context["plan"].digest}, follow=True)

    assert "Đã ghi cho 2 đơn vị." in done.content.decode()
    assert Population.objects.get(unit=bac_kan).source == "Niên giám thống kê"
    assert "12.000" in done.content.decode()
    assert client.post(looked_at.url, {"seen": ""}).status_code == 404


def test_template_holds_the_units_of_the_year_with_what_is_known(client, officer, thai_nguyen, bac_kan, year):
    PopulationFactory(unit=bac_kan, year=year, urban=12_000, rural=0, villages=9, source="Niên giám")

    content = client.get(template_url(thai_nguyen, year, "xlsx")).content
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))

    assert rows[1][:2] == (thai_nguyen.code, thai_nguyen.name)
    assert (bac_kan.code, bac_kan.name, year, 12_000, 0, None, 9, "Niên giám") in rows
    assert "Không có gì mới" in send(client, thai_nguyen, year, filled(client, thai_nguyen, year)).content.decode()


def test_sheet_says_of_which_day_its_map_is(client, officer, thai_nguyen):
    young = make_unit("99001", "Xã Mới", parent=thai_nguyen, starts_on=dt.date(2025, 7, 1))
    assert "theo bản đồ ngày 1/7/2025" in client.get(sheet_url(young, 2024)).content.decode()
    assert "theo bản đồ ngày 31/12/2025" in client.get(sheet_url(thai_nguyen, 2025)).content.decode()


def test_wrong_cells_are_told_and_nothing_is_kept(client, officer, thai_nguyen, bac_kan, year):
    page = send(client, thai_nguyen, year, f"Mã,Tên,Thành thị,Nông thôn\n{bac_kan.code},,5,5\n99999,,1,\n")

    assert page.status_code == 422
    assert [each.at for each in page.context["problems"]] == ["D2", "A3"]
    assert not PreviewedImport.objects.exists()
    assert [e.at for e in send(client, thai_nguyen, year, "Mã,Thành thị\n1,x\n").context["problems"]] == ["B2"]


def test_file_without_source_is_refused(client, officer, thai_nguyen, bac_kan, year):
    page = send(client, thai_nguyen, year, filled(client, thai_nguyen, year, **{bac_kan.code: 1}), source=" ")

    assert page.status_code == 422


def test_change_seen_by_nobody_is_not_made(client, officer, thai_nguyen, bac_kan, year):
    url = send(client, thai_nguyen, year, filled(client, thai_nguyen, year, **{bac_kan.code: 5})).url
    seen = client.get(url).context["plan"].digest
    PopulationFactory(unit=bac_kan, year=year, urban=3, rural=0)

    page = client.post(url, {"seen": seen}, follow=True)

    assert "Từ lúc bạn xem đến nay đã có thay đổi" in page.content.decode()
    assert Population.objects.get().urban == 3


def test_officer_of_one_unit_is_led_there(client, officer, thai_nguyen, year):
    assert client.get(LIST).url == sheet_url(thai_nguyen, year)


def test_pages_are_closed_to_who_may_not_enter(
    client, thai_nguyen, bac_kan, year, reader, librarian_of_bac_kan, planner, auditor, officer_of_bac_kan
):
    for person in (reader, librarian_of_bac_kan, planner, auditor):
        client.force_login(person)
        urls = (LIST, sheet_url(bac_kan, year), template_url(bac_kan, year))
        assert [client.get(url).status_code for url in urls] == [403] * 3
    client.force_login(officer_of_bac_kan)
    assert client.get(sheet_url(bac_kan, year)).status_code == 200
    assert client.get(sheet_url(thai_nguyen, year)).status_code == 403
    assert send(client, thai_nguyen, year, "x").status_code == 403


def test_preview_is_seen_by_nobody_but_its_maker(client, officer, thai_nguyen, bac_kan, year, officer_of_bac_kan):
    url = send(client, thai_nguyen, year, filled(client, thai_nguyen, year, **{bac_kan.code: 5})).url
    client.force_login(officer_of_bac_kan)

    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_sheet_costs_the_same_queries_for_one_and_three(
    client, officer, thai_nguyen, year, count, django_assert_num_queries
):
    for number in range(count):
        PopulationFactory(unit=make_unit(f"9000{number}", f"Xã {number}", parent=thai_nguyen), year=year)

    with django_assert_num_queries(9):
        client.get(sheet_url(thai_nguyen, year))


def test_year_that_nobody_can_enter_is_no_page(client, officer, thai_nguyen, year):
    assert [client.get(sheet_url(thai_nguyen, each)).status_code for each in (year + 1, year - 11)] == [404, 404]


# -- taking away --


def away_url(unit, entered) -> str:
    return reverse("workspace:indicators-population-take-away", args=[unit.code, entered.year, entered.pk])


def test_numbers_entered_by_mistake_are_taken_away_after_one_more_question(client, officer, thai_nguyen, bac_kan, year):
    entered = PopulationFactory(unit=bac_kan, year=year, urban=12_000, rural=0, source="Niên giám")
    url = away_url(thai_nguyen, entered)
    assert url in client.get(sheet_url(thai_nguyen, year)).content.decode()

    page = client.get(url)
    assert "12.000" in page.content.decode()
    assert Population.objects.filter(pk=entered.pk).exists()
    answer = client.post(url, {"seen": page.context["form"]["seen"].value()})

    assert (answer.status_code, answer.url) == (302, sheet_url(thai_nguyen, year))
    assert not Population.objects.filter(pk=entered.pk).exists()
    trail = Population.pgh_event_model.objects.filter(pgh_obj_id=entered.pk, pgh_label="delete").get()
    assert (trail.urban, trail.source, trail.pgh_context.metadata["user"]) == (12_000, "Niên giám", str(officer.pk))
    assert client.post(url, {"seen": "x"}).status_code == 404


def test_what_was_changed_meanwhile_is_not_taken_away(client, officer, thai_nguyen, bac_kan, year):
    entered = PopulationFactory(unit=bac_kan, year=year, urban=12_000, rural=0)
    url = away_url(thai_nguyen, entered)
    seen = client.get(url).context["form"]["seen"].value()
    Population.objects.update(urban=12_500)

    answer = client.post(url, {"seen": seen}, follow=True)

    assert "đã được sửa" in answer.content.decode()
    assert Population.objects.get().urban == 12_500
    assert client.post(url, {"seen": ""}).status_code == 422


def test_nobody_else_takes_numbers_away(client, officer, thai_nguyen, bac_kan, librarian_of_bac_kan, year):
    entered = PopulationFactory(unit=bac_kan, year=year, urban=12_000, rural=0)
    elsewhere = PopulationFactory(unit=make_unit("01", "Tỉnh Khác"), year=year, urban=5, rural=5)
    assert client.post(away_url(thai_nguyen, elsewhere), {"seen": "x"}).status_code == 404
    client.force_login(librarian_of_bac_kan)
    assert client.post(away_url(thai_nguyen, entered), {"seen": "x"}).status_code == 403
    client.logout()
    assert client.post(away_url(thai_nguyen, entered), {"seen": "x"}).status_code == 302
    assert Population.objects.count() == 2
