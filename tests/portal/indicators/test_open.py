"""Figures to take away: every form says the same, keeps back the same, and is read by those it is made for."""

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from hocsuotdoi.core.periods import Period as Named
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Indicator, IndicatorVersion
from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.indicators.queries.open_data import MOST_FIGURES
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.portal.indicators import open_files
from tests.factories.ledger import make_posting
from tests.indicators.dhis2 import problems_of_adx, problems_of_metadata
from tests.indicators.test_quality_rules import state

ADX = "{urn:ihe:qrph:adx:2015}"
COUNTS = reverse("portal:indicators-counts-file")
STRUCTURE = reverse("portal:indicators-sdmx-structure")
METADATA = reverse("portal:indicators-dhis2-metadata")


def file(form, code="library_services"):
    return reverse("portal:indicators-indicator-file", args=[code, form])


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture(autouse=True)
def _no_count(db):
    cache.clear()


@pytest.fixture
def few_men(posting, library_of_bac_kan, day):
    """Beside the twelve women of `posting` three men, and forty of whom it is not known."""
    few = Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE)
    return make_posting(library_of_bac_kan, day, few, Line(MeasureCode.PROGRAMME_ATTENDANCE, 40))


def test_page_of_an_indicator_offers_its_data(client, target, posting, day):
    page = client.get(reverse("portal:indicators-indicator-detail", args=["library_services"]))
    text = page.content.decode()

    for form in ("csv", "xlsx", "adx", "sdmx"):
        assert f"{file(form)}?unit=VN" in text
    assert "/api/v1/indicators/library_services/values?unit=VN" in text
    for each in page.context["open_data"].by_period[0].files:
        assert client.get(each["url"]).status_code == 200, each


def test_search_engines_read_a_data_set_that_cannot_break_out_of_its_script(client, target, day):
    target.indicator.short_name = "</script><b>"
    target.indicator.save()

    page = client.get(reverse("portal:indicators-indicator-detail", args=["library_services"]))

    inside = page.content.decode().split('<script type="application/ld+json">')[1].split("</script>")[0]
    told = json.loads(inside)
    assert told["@type"] == "Dataset"
    assert told["name"].startswith("</script><b>")
    assert len(told["description"]) >= 50
    assert {each["encodingFormat"] for each in told["distribution"]} >= {"text/csv", "application/adx+xml"}


def test_indicator_without_a_plan_offers_no_data(client, definitions):
    page = client.get(reverse("portal:indicators-indicator-detail", args=["library_services"]))
    assert page.context["open_data"] is None
    assert client.get(file("csv")).status_code == 404


def test_csv_and_sdmx_say_the_same(client, target, posting, day):
    query = {"unit": "VN", "level": "provinces"}
    (plain,) = rows_of(client.get(file("csv"), query))
    (standard,) = rows_of(client.get(file("sdmx"), query))

    assert (plain["unit"], standard["REF_AREA"]) == ("19", "VN_19")
    assert plain["period"] == standard["TIME_PERIOD"] == str(day.year)
    assert (plain["state"], standard["OBS_STATUS"]) == ("not_reported", "L")
    assert plain["value"] == standard["OBS_VALUE"] == ""
    assert plain["expected"] == standard["EXPECTED"] == "1"
    assert plain["version"] == standard["DEFINITION_VERSION"] == "1"


@pytest.mark.closed_book
def test_codes_of_a_file_stand_in_the_structure(client, target, posting, few_men, day):
    told = json.loads(client.get(STRUCTURE).content)["data"]
    codes = {each["id"]: {code["id"] for code in each["codes"]} for each in told["codelists"]}
    structures = {each["id"]: each["dataStructureComponents"] for each in told["dataStructures"]}
    table = {
        "measures": ["programme_attendance"],
        "unit": "VN",
        "level": "commune",
        "rows": "unit_id",
        "columns": "sex",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "year",
        "map": "today",
    }
    files = {
        "INDICATORS": client.get(file("sdmx"), {"level": "communes"}),
        "TOTALS": client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), table),
    }
    for flow, response in files.items():
        assert response["Content-Type"].startswith("application/vnd.sdmx.data+csv")
        parts = structures[flow]
        listed = {
            each["id"]: each["localRepresentation"]["enumeration"].rsplit(":", 1)[1].split("(")[0]
            for each in (*parts["dimensionList"]["dimensions"], *parts["attributeList"]["attributes"])
            if "enumeration" in each["localRepresentation"]
        }
        rows = rows_of(response)
        assert rows
        for row in rows:
            for column, codelist in listed.items():
                assert row[column] in codes[codelist], (column, row[column])


@pytest.mark.closed_book
def test_table_as_sdmx_keeps_back_what_the_page_keeps_back(client, few_men, bac_kan, day):
    table = {
        "measures": ["programme_attendance"],
        "unit": bac_kan.code,
        "level": "",
        "rows": "sex",
        "columns": "",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "year",
        "map": "today",
    }
    rows = {
        row["SEX"]: row for row in rows_of(client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), table))
    }

    assert {sex: row["OBS_VALUE"] for sex, row in rows.items()} == {"F": "", "M": "", "_U": "40"}
    assert (rows["M"]["OBS_STATUS"], rows["M"]["CONF_STATUS"]) == ("Q", "A")
    assert (rows["F"]["OBS_STATUS"], rows["F"]["CONF_STATUS"]) == ("Q", "D")
    assert (rows["_U"]["OBS_STATUS"], rows["_U"]["CONF_STATUS"]) == ("A", "F")


def test_sum_over_several_codes_is_no_observation(client, posting, day):
    table = {
        "measures": ["programme_attendance"],
        "unit": "VN",
        "rows": "unit_id",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "year",
        "map": "today",
        "channels": ["on_site", "online"],
    }
    page = client.get(reverse("portal:indicators-pivot"), table)
    assert not any("table.sdmx" in each["url"] for each in page.context["files"])
    assert client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), table).status_code == 404


def groups_of(response) -> dict[str, list[dict]]:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/adx+xml"
    root = etree.fromstring(response.content)
    return {group.get("orgUnit"): [dict(each.attrib) for each in group] for group in root.iter(f"{ADX}group")}


@pytest.mark.parametrize("period", ["year", "quarter", "month"])
def test_counts_for_dhis2_are_those_of_the_pages(client, posting, day, period):
    asked = {
        "measures": ["programme_attendance", "library_visit"],
        "unit": "VN",
        "level": "provinces",
        "period": period,
    }
    assert groups_of(client.get(COUNTS, asked)) == {
        "19": [
            {"dataElement": "HSD_library_visit", "value": "12"},
            {"dataElement": "HSD_programme_attendance", "value": "12"},
        ]
    }


@pytest.mark.closed_book
def test_by_sex_and_age_dhis2_is_told_what_the_pages_tell(client, few_men, bac_kan, day):
    asked = {"measures": ["programme_attendance"], "unit": bac_kan.code, "by": "sex-age"}
    response = client.get(COUNTS, asked)
    (values,) = groups_of(response).values()

    told = {(each["HSD_SEX"], each["HSD_AGE"]): each["value"] for each in values}
    assert told["HSD_SEX_UNKNOWN", "HSD_AGE_UNKNOWN"] == "40"
    assert ("HSD_SEX_MALE", "HSD_AGE_UNKNOWN") not in told
    assert ("HSD_SEX_FEMALE", "HSD_AGE_UNKNOWN") not in told
    assert "được giữ lại" in response.content.decode()


@pytest.mark.closed_book
def test_what_adx_names_a_dhis2_knows_from_the_metadata(client, target, few_men, day):
    counting("held", measures=["programme_session"])
    follow_map(day)
    told = json.loads(client.get(METADATA).content)
    assert list(problems_of_metadata(told)) == []
    asked = {"level": "communes", "first": day.year}
    files = [
        client.get(COUNTS, asked | {"measures": ["programme_attendance"]}),
        *(
            client.get(COUNTS, asked | {"measures": ["loan", "library_visit"], "period": p})
            for p in ("quarter", "month")
        ),
        client.get(COUNTS, asked | {"measures": ["programme_attendance"], "by": "sex-age"}),
        client.get(file("adx"), asked),
        *(client.get(file("adx", "held"), asked | {"period": period}) for period in ("year", "quarter", "month")),
    ]
    for response in files:
        assert list(problems_of_adx(response.content, told, timezone.localdate())) == []
    assert sum(len(etree.fromstring(each.content)) for each in files) >= 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"measures": []},
        {"measures": ["smiles"]},
        {"measures": ["loan"], "period": "week"},
        {"measures": ["loan"], "first": "2026", "last": "2025"},
        {"measures": ["loan"], "first": "2001", "last": "2020"},
        {"measures": ["loan"], "unit": "99999"},
        {"measures": ["loan"], "level": "villages"},
        {"measures": ["loan"], "by": "sex-age", "period": "month"},
        {"measures": ["programme_session"], "by": "sex-age"},
    ],
)
def test_there_is_no_file_of_a_wrong_question(client, posting, wrong):
    assert client.get(COUNTS, wrong).status_code == 404


def test_there_is_no_file_of_another_form(client, target):
    assert client.get("/indicators/library_services/values.exe").status_code == 404


def test_too_much_for_one_file_says_what_to_ask_for(client, posting, day, monkeypatch):
    assert MOST_FIGURES > 3_321 * 5
    monkeypatch.setattr("hocsuotdoi.indicators.queries.open_data.MOST_FIGURES", 0)
    response = client.get(COUNTS, {"measures": ["loan"]})
    assert response.status_code == 422
    assert "một tỉnh" in response.content.decode()


def test_one_address_is_given_so_many_files_a_minute(client, posting, monkeypatch):
    monkeypatch.setattr(open_files, "MOST_FILES_A_MINUTE", 2)
    answers = [client.get(COUNTS, {"measures": ["loan"]}).status_code for _n in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.closed_book
def test_open_data_is_explained_on_a_page_whose_links_lead_somewhere(client, target, few_men):
    page = client.get(reverse("portal:indicators-open"))
    assert page.status_code == 200
    for each in (page.context["totals_url"], page.context["people_url"], STRUCTURE, METADATA):
        assert client.get(each).status_code == 200


def test_files_cost_the_same_however_much_there_is(
    client, target, posting, library_of_bac_kan, day, django_assert_num_queries
):
    follow_map(day)
    asked = {"measures": ["programme_attendance"], "level": "communes"}
    client.get(COUNTS, asked)
    for _n in range(2):
        for by, queries in (({}, 21), ({"by": "sex-age"}, 24)):
            with django_assert_num_queries(queries):
                client.get(COUNTS, asked | by)
        make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30, sex=Sex.MALE))


@pytest.mark.closed_book
def test_figure_of_one_sex_does_not_open_into_the_numbers_of_a_single_house(client, definitions, posting, country, day):
    women = {"kind": "count", "measures": ["programme_attendance"], "sexes": ["female"], "cohort_id": "library_commune"}
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Phụ nữ")
    made = Indicator.objects.create(code="women", **words, **women)
    IndicatorVersion.objects.create(indicator=made, number=1, **words, **women)

    page = client.get(reverse("portal:indicators-value-lineage", args=["VN", day.year, "women", "library_commune"]))

    assert page.context["value"].words == "12"
    assert [(each.quantity, each.is_told) for each in page.context["institutions"]] == [(None, False)]
    assert "không nêu" in page.content.decode()


def counting(code, **definition) -> Indicator:
    """A count of visits that is asked of libraries; some plan speaks of it."""
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    fields = {**words, "kind": "count", "measures": ["library_visit"], "cohort_id": "library_commune", **definition}
    made = Indicator.objects.create(code=code, **fields)
    IndicatorVersion.objects.create(indicator=made, number=1, **fields)
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("period", "frequency", "duration"), [("year", "A", "P1Y"), ("quarter", "Q", "P3M"), ("month", "M", "P1M")]
)
def test_every_form_of_a_period_says_what_the_api_says(client, posting, day, period, frequency, duration):
    counting("visits", channels=["on_site"], over=["library_visit"], measures=["programme_attendance"])
    asked = {"unit": "19", "first": day.year, "last": day.year, "period": period}

    plain = rows_of(client.get(file("csv", "visits"), asked))
    standard = rows_of(client.get(file("sdmx", "visits"), asked))
    api = client.get(reverse("api:indicators-indicator-values", args=["visits"]), asked).json()
    told = {each["period"]: each for each in api["items"][0]["values"]}

    assert [each["period"] for each in plain] == [each["TIME_PERIOD"] for each in standard] == list(told)
    assert {each["FREQ"] for each in standard} == {frequency}
    for row, observation in zip(plain, standard, strict=True):
        value = told[row["period"]]
        assert row["state"] == value["state"]
        numbers = [value["numerator"], value["denominator"], value["reporting"], value["expected"]]
        written = ["" if each is None else str(each) for each in numbers]
        assert [row[each] for each in ("numerator", "denominator", "reporting", "expected")] == written
        assert [observation[each] for each in ("NUMERATOR", "DENOMINATOR", "REPORTING", "EXPECTED")] == written
        assert (float(row["value"]) if row["value"] else None) == value["value"]
    groups = list(etree.fromstring(client.get(file("adx", "visits"), asked).content).iter(f"{ADX}group"))
    values = [each for each in told.values() if each["state"] == "value"]
    assert len(groups) == len(values) >= 1
    assert {group.get("period").split("/")[1] for group in groups} == {duration}
    assert {group.get("dataSet") for group in groups} == {f"HSD_INDICATORS_{period.upper()}"}
    known = json.loads(client.get(METADATA).content)["dataSets"]
    assert f"HSD_INDICATORS_{period.upper()}" in {each["code"] for each in known}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "csv_map", "codes"),
    [
        ({}, "own", ("OWN", "")),
        ({"map": "reported"}, "reported", ("REPORTED", "")),
        ({"map": "day", "day": "2025-06-30"}, "2025-06-30", ("DAY", "2025-06-30")),
    ],
)
def test_file_says_on_which_map_it_stands(client, target, posting, day, asked, csv_map, codes):
    query = {"unit": "VN", "level": "provinces", **asked}
    assert {each["map"] for each in rows_of(client.get(file("csv"), query))} <= {csv_map}
    assert {(each["MAP"], each["MAP_DAY"]) for each in rows_of(client.get(file("sdmx"), query))} <= {codes}
    page = client.get(reverse("portal:indicators-indicator-detail", args=["library_services"]), asked)
    files = {each["label"]: each["url"] for each in page.context["open_data"].by_period[0].files}
    assert all(client.get(url).status_code == 200 for url in files.values())
    answer = client.get(file("adx"), query)
    if asked:
        assert "ADX, cho DHIS2" not in files
        assert (answer.status_code, "bản đồ hôm nay" in answer.content.decode()) == (422, True)
    else:
        assert answer.status_code == 200


def test_figure_that_has_only_years_says_so_on_the_page_and_in_place_of_a_file(client, target, posting, day):
    page = client.get(reverse("portal:indicators-indicator-detail", args=["library_services"]))
    assert len(page.context["open_data"].by_period) == 1
    assert "không có theo quý" in page.content.decode()
    answer = client.get(file("csv"), {"period": "month"})
    assert (answer.status_code, "không có theo quý" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [{"period": "week"}, {"map": "tomorrow"}, {"map": "day"}, {"map": "day", "day": "1999-01-01"}, {"day": "x"},
     {"map": "day", "day": "2999-01-01"}],
)  # fmt: skip
def test_there_is_no_file_on_a_wrong_map_or_of_a_wrong_period(client, target, wrong):
    assert client.get(file("csv"), wrong).status_code == 404


@pytest.mark.closed_book
def test_condition_on_a_sex_says_nothing_of_anybody_also_where_it_was_published_before(
    client, definitions, posting, day
):
    """Who asks for at least five, six, seven… women learns how many there were."""
    counting(
        "many_women", kind="share_of_institutions", measures=["programme_attendance"], sexes=["female"], at_least=9
    )
    asked = {"unit": "19", "level": "communes", "first": day.year}
    (row,) = [each for each in rows_of(client.get(file("csv", "many_women"), asked)) if each["unit"] == "01843"]
    assert (row["state"], row["value"], row["numerator"]) == ("kept_back", "", "")
    page = client.get(
        reverse("portal:indicators-value-lineage", args=["VN", day.year, "many_women", "library_commune"])
    )
    assert page.context["value"].words == "không nêu"
    assert [(each.outcome, each.is_met, each.is_known) for each in page.context["institutions"]] == [
        ("không nêu", False, False)
    ]


@pytest.mark.closed_book
def test_figure_of_a_year_is_no_months_in_files_either(client, posting, library_of_bac_kan, bac_kan, day):
    state(library_of_bac_kan, bac_kan, Named(day.year), StatedColumn.LIBRARY_VISIT, 1200, at=timezone.now())
    asked = {"measures": ["library_visit"], "unit": "VN", "level": "provinces", "first": day.year, "period": "month"}
    assert groups_of(client.get(COUNTS, asked)) == {"19": [{"dataElement": "HSD_library_visit", "value": "12"}]}

    counting("visits", measures=["library_visit"])
    asked = {"unit": bac_kan.code, "first": day.year, "last": day.year, "period": "month"}
    rows = rows_of(client.get(file("csv", "visits"), asked))
    assert [(row["value"], row["longer"]) for row in rows][-2:] == [("", "0"), ("12", "1200")]
    assert f"năm {day.year}" in rows[0]["note"]
