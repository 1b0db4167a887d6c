"""Residents that do not fit what is known are asked about before they are entered."""

import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from hocsuotdoi.ledger.enums import MeasureCode
from tests.factories.accounts import make_unit
from tests.factories.indicators import PopulationFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.workspace.indicators.test_population import filled, send

ALERT = "không khớp với số đã biết"


@pytest.fixture
def year() -> int:
    return timezone.localdate().year


@pytest.fixture
def officer(client, bac_kan, duc_xuan, province_officer):
    client.force_login(province_officer)
    return province_officer


def look_at(client, unit, year, **residents):
    return client.get(send(client, unit, year, filled(client, unit, year, **residents)).url)


def test_residents_in_thousands_are_asked_about_beside_the_newest_year(
    client, officer, thai_nguyen, bac_kan, duc_xuan, year
):
    for at, people in ((year - 3, 60), (year - 1, 20_000)):
        PopulationFactory(unit=duc_xuan, year=at, urban=people, rural=0)
    PopulationFactory(unit=bac_kan, year=year - 1, urban=20_000, rural=0)

    page = look_at(client, thai_nguyen, year, **{bac_kan.code: 21_000, duc_xuan.code: 20})

    text = page.content.decode()
    assert ALERT in text
    assert f"Cần xem lại: năm {year - 1} có 20.000 người dân, lần này 20" in text
    assert page.context["doubt_count"] == 1
    assert [(each.unit, doubt is None) for each, doubt in page.context["page_obj"]] == [
        (duc_xuan, False),
        (bac_kan, True),
    ]


def test_residents_fewer_than_who_took_part_are_asked_about(client, officer, thai_nguyen, bac_kan, year):
    library = InstitutionFactory(unit=bac_kan)
    for number in range(6):
        make_posting(
            library,
            timezone.localdate(),
            measure=MeasureCode.PROGRAMME_ATTENDANCE,
            quantity=1,
            learner_key=uuid.UUID(int=number + 1),
        )

    text = look_at(client, thai_nguyen, year, **{bac_kan.code: 5}).content.decode()
    assert ALERT in text
    assert f"Cần xem lại: năm {year} có 6 người khác nhau tham gia, trong khi dân số 5" in text
    assert ALERT not in look_at(client, thai_nguyen, year, **{bac_kan.code: 6}).content.decode()


def test_what_fits_and_what_stands_already_is_not_asked_about(client, officer, thai_nguyen, bac_kan, year):
    PopulationFactory(unit=bac_kan, year=year - 1, urban=20_000, rural=0)
    assert ALERT not in look_at(client, thai_nguyen, year, **{bac_kan.code: 24_000}).content.decode()
    assert ALERT in look_at(client, thai_nguyen, year, **{bac_kan.code: 26_000}).content.decode()


def test_command_says_what_to_look_at(thai_nguyen, duc_xuan, tmp_path, capsys, year):
    PopulationFactory(unit=duc_xuan, year=year - 1, urban=20_000, rural=0)
    file = tmp_path / "dan-so.csv"
    file.write_text(f"Mã;Thành thị\n{duc_xuan.code};20\n")

    call_command("import_population", file, "--year", str(year), "--source", "Niên giám", "--unit", thai_nguyen.code)

    assert f"trước đây có 20.000 người dân (năm {year - 1}), lần này 20." in capsys.readouterr().err


def test_preview_costs_the_same_queries_for_one_and_three(
    client, officer, thai_nguyen, bac_kan, year, django_assert_num_queries
):
    url = send(client, thai_nguyen, year, filled(client, thai_nguyen, year, **{bac_kan.code: 5_000})).url
    with django_assert_num_queries(11):
        client.get(url)
    more = {make_unit(f"9000{each}", f"Phường {each}", parent=thai_nguyen, kind="phuong").code: 7 for each in range(3)}
    url = send(client, thai_nguyen, year, filled(client, thai_nguyen, year, **{bac_kan.code: 5_000, **more})).url
    with django_assert_num_queries(11):
        client.get(url)
