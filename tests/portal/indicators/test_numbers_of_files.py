"""In files of an indicator numbers are numbers, and what is kept back says why."""

import csv
import datetime as dt
import io
import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse
from lxml import etree
from openpyxl import load_workbook

from hocsuotdoi.indicators.models import Indicator, IndicatorVersion
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory

VISIT, ATTENDANCE = MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_ATTENDANCE
GROUP = "{urn:ihe:qrph:adx:2015}group"


def made(code: str, **definition) -> str:
    cache.clear()
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    fields = {**words, "kind": "count", "measures": [VISIT], "cohort_id": "library_commune", **definition}
    indicator = Indicator.objects.create(code=code, **fields)
    IndicatorVersion.objects.create(indicator=indicator, number=1, **fields)
    return code


def taken(client, code: str, form: str, **asked):
    answer = client.get(reverse("portal:indicators-indicator-file", args=[code, form]), {"unit": "VN", **asked})
    assert answer.status_code == 200
    return answer


def of_csv(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def of_excel(answer) -> list[dict[str, object]]:
    heads, *rows = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


@pytest.mark.closed_book
def test_a_loss_is_a_number_in_every_file(client, definitions, country, day):
    house = InstitutionFactory(unit=UnitFactory(name="Xã Lâu Năm", parent=country), institution_class="library_commune")
    for year, visits in ((day.year - 1, 13), (day.year, 12)):
        make_posting(house, dt.date(year, 5, 5), Line(VISIT, visits))
    code, asked = made("growth", kind="growth", base_year=day.year - 1), {"first": day.year, "last": day.year}

    (plain,) = of_csv(taken(client, code, "csv", **asked))
    (standard,) = of_csv(taken(client, code, "sdmx", **asked))
    (sheet,) = of_excel(taken(client, code, "xlsx", **asked))

    assert (plain["value"], standard["OBS_VALUE"]) == ("-7.69", "-7.69")
    assert sheet["value"] == -7.69
    assert (sheet["numerator"], sheet["denominator"], sheet["reporting"], sheet["version"]) == (12, 13, 1, 1)
    assert (sheet["period"], sheet["is_provisional"]) == (str(day.year), "false")


def test_what_there_is_no_number_of_is_an_empty_cell_and_words_are_no_formula(client, posting, bac_kan, day):
    bac_kan.name = "=1+1"
    bac_kan.save()
    code, asked = made("visits"), {"unit": bac_kan.code, "first": day.year - 1, "last": day.year}
    for rows in (of_csv(taken(client, code, "csv", **asked)), of_excel(taken(client, code, "xlsx", **asked))):
        before, now = rows
        assert not before["value"]
        assert int(now["value"]) == 12
        assert now["unit_name"] == "'=1+1"
    assert before["value"] is None


@pytest.mark.closed_book
def test_kept_back_for_another_reason_is_not_called_a_small_number(client, posting, bac_kan, day):
    """The women of one class are many; all women are told openly, so those of the other class would be too."""
    other = InstitutionFactory(unit=bac_kan, institution_class="museum_province")
    other.statuses.get_or_create(state=InstitutionState.ACTIVE)
    make_posting(other, day, Line(ATTENDANCE, 30, sex=Sex.FEMALE))
    code, asked = made("women", measures=[ATTENDANCE], sexes=[Sex.FEMALE]), {"first": day.year, "last": day.year}

    (plain,) = of_csv(taken(client, code, "csv", **asked))
    (standard,) = of_csv(taken(client, code, "sdmx", **asked))

    assert (plain["state"], standard["OBS_VALUE"]) == ("kept_back", "")
    assert (standard["OBS_STATUS"], standard["CONF_STATUS"]) == ("Q", "D")
    assert list(etree.fromstring(taken(client, code, "adx", **asked).content).iter(GROUP)) == []


@pytest.mark.closed_book
def test_a_small_number_is_called_one(client, posting, library_of_bac_kan, day):
    lines = [Line(ATTENDANCE, 1, learner_key=uuid.UUID(int=each)) for each in (1, 2, 3)]
    make_posting(library_of_bac_kan, day, *lines)
    code, asked = made("known", kind="stock", measures=["active_users"]), {"first": day.year, "last": day.year}

    (standard,) = of_csv(taken(client, code, "sdmx", **asked))

    assert (standard["OBS_STATUS"], standard["CONF_STATUS"]) == ("Q", "A")


@pytest.mark.slow
def test_file_of_a_map_says_how_many_have_figures_and_how_many_should(client, target, posting, bac_kan):
    """No words of bookings, which are called expected too."""
    address = reverse("portal:indicators-indicator-chart", args=["library_services", "map", "csv"])
    (row,) = of_csv(client.get(address, {"unit": "19"}))
    assert (row["Có số liệu"], row["Phải có số liệu"]) == ("0", "1")
