"""The table that anybody lays out: what it adds up, what it refuses, and that its cost does not grow."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils.text import capfirst

from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

PAGE = reverse("portal:indicators-pivot")


@pytest.fixture
def asked(day, posting):
    return {
        "measures": ["programme_attendance"],
        "unit": "VN",
        "tier": "province",
        "rows": "unit",
        "columns": "period",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "year",
        "map": "today",
    }


def cells(response) -> dict[str, list[str]]:
    return {row.label: row.cells for row in response.context["rows"]}


def test_without_a_question_the_page_shows_who_came_province_by_province(client, posting):
    response = client.get(PAGE)
    assert response.status_code == 200
    assert any("12" in row.cells for row in response.context["rows"])


@pytest.mark.parametrize("folded", [False, True])
def test_pending_and_folded_are_the_same(client, asked, posting, day, thai_nguyen, folded):
    follow_map(day)
    if folded:
        fold()
    assert cells(client.get(PAGE, asked))[thai_nguyen.name] == ["12", "12"]


def test_a_measure_is_never_added_to_another(client, asked):
    response = client.get(PAGE, asked | {"measures": ["programme_attendance", "library_visit"]})
    assert response.context["form"].errors["columns"]
    assert "rows" not in response.context
    laid_out = client.get(PAGE, asked | {"measures": ["programme_attendance", "library_visit"], "columns": "measure"})
    assert laid_out.context["answer"].row_totals is None
    assert laid_out.context["answer"].total is None
    assert laid_out.context["answer"].column_totals == {"programme_attendance": 12, "library_visit": 12}


@pytest.mark.closed_book
def test_what_is_not_known_has_a_head_of_its_own(client, asked, library_of_bac_kan, day):
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30))
    response = client.get(PAGE, asked | {"rows": "sex", "columns": "", "tier": ""})
    assert cells(response) == {"Nữ": ["12"], "Không rõ": ["30"]}
    known = client.get(PAGE, asked | {"rows": "sex", "columns": "", "tier": "", "sexes": ["unknown"]})
    assert cells(known) == {"Không rõ": ["30"]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"measures": []}, "measures"),
        ({"measures": ["bia"]}, "measures"),
        ({"unit": "99999"}, "unit"),
        ({"unit": "<b>"}, "unit"),
        ({"rows": "learner_key"}, "rows"),
        ({"columns": "unit"}, "columns"),
        ({"first": "abc"}, "first"),
        ({"first": "2026-13"}, "first"),
        ({"first": "1990-01"}, "first"),
        ({"first": "2026-05", "last": "2026-01"}, "last"),
        ({"last": "2999-01"}, "last"),
        ({"first": "2001-01", "period": "month"}, "period"),
        ({"period": "week"}, "period"),
        ({"map": "day"}, "day"),
        ({"map": "day", "day": "31/2"}, "day"),
        ({"ages": "x", "age_bands": ["x"]}, "age_bands"),
    ],
)
def test_a_mistake_is_said_at_its_field(client, asked, wrong, field):
    response = client.get(PAGE, asked | wrong)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert "rows" not in response.context


def test_people_write_months_their_own_way(client, asked, day):
    response = client.get(PAGE, asked | {"first": f"1/{day.year}", "last": f"12/{day.year}"})
    assert not response.context["form"].errors


def test_heads_and_titles_are_written_as_on_other_pages(client, asked, day, thai_nguyen):
    both = {
        "measures": ["museum_visit", "programme_attendance"],
        "unit": thai_nguyen.code,
        "tier": "",
        "rows": "measure",
    }
    response = client.get(PAGE, asked | both | {"period": "quarter"})
    assert [head.label for head in response.context["heads"]][:2] == [f"Quý I/{day.year}", f"Quý II/{day.year}"]
    assert [row.label for row in response.context["rows"]] == [
        "Lượt khách tham quan bảo tàng, di tích",
        "Lượt tham gia",
    ]
    assert response.context["title"] == (
        "Lượt khách tham quan bảo tàng, di tích; lượt tham gia hoạt động, tỉnh Thái Nguyên, "
        f"quý I/{day.year} – quý IV/{day.year}"
    )
    months = client.get(PAGE, asked | {"period": "month", "last": f"{day.year}-02"})
    assert months.context["title"].endswith(f"Việt Nam, tháng 1/{day.year} – tháng 2/{day.year}")
    assert [head.label for head in months.context["heads"]][:1] == [f"1/{day.year}"]


def test_programs_read_the_same_words_of_a_period_as_people(client, asked, day):
    question = f"?measures=programme_attendance&unit=VN&rows=period&first={day.year}&last={day.year}&period="
    told = client.get(reverse("api:indicators-figure-totals") + question + "quarter").json()
    assert [item["label"] for item in told["items"]][2:] == [f"quý III/{day.year}", f"quý IV/{day.year}"]
    csv = client.get(
        reverse("portal:indicators-pivot-file", args=["csv"]),
        asked | {"rows": "period", "columns": "", "tier": "", "period": "quarter"},
    )
    assert f"Quý IV/{day.year}," in csv.content.decode()
    months = client.get(reverse("api:indicators-figure-totals") + question + "month").json()
    assert months["items"][10]["label"] == f"11/{day.year}"


def test_long_name_of_a_column_has_room(client, asked):
    assert 'class="end long"' not in client.get(PAGE, asked).content.decode()
    assert 'class="end long"' in client.get(PAGE, asked | {"columns": "institution_class"}).content.decode()


def test_quarters_hold_their_months(client, asked, day, posting):
    response = client.get(PAGE, asked | {"period": "quarter", "columns": "", "rows": "period", "tier": ""})
    quarter = (day.month + 2) // 3
    assert [row.cells for row in response.context["rows"]] == [["12"] if n == quarter else ["–"] for n in (1, 2, 3, 4)]


def test_a_unit_opens_into_what_lies_in_it(client, asked, thai_nguyen, library_of_bac_kan):
    response = client.get(PAGE, asked)
    url = next(row.url for row in response.context["rows"] if row.label == thai_nguyen.name)
    below = client.get(PAGE + url)
    assert "12" in str(cells(below).values())


def test_the_cost_does_not_grow_with_the_table(client, asked, library_of_bac_kan, day, django_assert_num_queries):
    follow_map(day)
    client.get(PAGE, asked)
    for number in range(3):
        with django_assert_num_queries(QUERIES):
            assert client.get(PAGE, asked).status_code == 200
        house = InstitutionFactory(unit=library_of_bac_kan.placements.get().unit, name=f"Nhà {number}")
        line = Line(MeasureCode.PROGRAMME_ATTENDANCE, 2, sex=Sex.MALE, age_band=AgeBand.SENIOR)
        make_posting(house, day - dt.timedelta(days=0), line)


QUERIES = 12


@pytest.mark.parametrize(
    ("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("svg", b"<svg"), ("png", b"\x89PNG")]
)
def test_the_table_is_taken_away_as_a_file(client, asked, form, begins):
    response = client.get(reverse("portal:indicators-pivot-file", args=[form]), asked)
    assert response.status_code == 200
    assert response.content.startswith(begins)


@pytest.mark.parametrize("wrong", [{"measures": []}, {"unit": "99999"}])
def test_there_is_no_file_of_a_wrong_question(client, asked, wrong):
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked | wrong).status_code == 404


def test_there_is_no_file_of_another_form(client, asked):
    assert client.get("/indicators/table.exe", asked).status_code == 404


@pytest.mark.closed_book
def test_periods_are_whole_wherever_in_them_one_begins(client, asked, library_of_bac_kan, thai_nguyen, day):
    """Twelve on the last day of the year, seven and nine in the months before."""
    year = day.year
    for month in (7, 9):
        make_posting(library_of_bac_kan, dt.date(year, month, 5), Line(MeasureCode.LIBRARY_VISIT, month))
    table = asked | {"measures": ["library_visit"], "first": f"{year}-08", "last": f"{year}-11", "period": "quarter"}
    assert cells(client.get(PAGE, table))[thai_nguyen.name] == ["16", "12", "28"]
    yearly = table | {"period": "year", "map": "reported", "tier": ""}
    assert [row.cells[-1] for row in client.get(PAGE, yearly).context["rows"]] == ["28"]


@pytest.mark.parametrize("page", [PAGE, reverse("portal:indicators-comparison")])
def test_what_no_word_has_breaks_no_page(client, asked, page):
    assert client.get(f"{page}?unit=%00VN&figure=%00").status_code == 200


def kinds(response) -> dict[str, bool]:
    return {
        each["url"].partition("&chart=")[2].partition("#")[0]: each["is_current"] for each in response.context["kinds"]
    }


def test_the_kind_of_chart_is_in_the_address_and_one_that_does_not_fit_is_left_out(client, asked, posting, day):
    over_years = asked | {"first": f"{day.year - 2}-01", "columns": "period", "unit": "19", "tier": ""}
    assert kinds(client.get(PAGE, over_years))["lines"]
    bars = client.get(PAGE, over_years | {"chart": "bars"})
    assert kinds(bars) == kinds(client.get(PAGE, over_years)) | {"lines": False, "bars": True}
    assert "chart=bars" in bars.context["query"]
    assert 'name="chart" value="bars"' in bars.content.decode()
    assert kinds(client.get(PAGE, over_years | {"chart": "pie"}))["lines"]


def test_rows_are_laid_out_by_a_column_the_largest_first(client, asked, library_of_bac_kan, country, day):
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30, channel=Channel.ONLINE))
    by_channel = asked | {"rows": "channel", "columns": "", "tier": ""}
    assert [row.cells for row in client.get(PAGE, by_channel).context["rows"]] == [["12"], ["30"]]
    ordered = client.get(PAGE, by_channel | {"sort": "1"})
    assert [row.cells for row in ordered.context["rows"]] == [["30"], ["12"]]
    assert 'aria-sort="descending"' in ordered.content.decode()
    csv = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), by_channel | {"sort": "1"})
    assert csv.content.decode().splitlines()[1].split(",")[1] == "30"
    wild = client.get(PAGE, by_channel | {"sort": "-7"})
    assert [row.cells for row in wild.context["rows"]] == [["12"], ["30"]]


def test_what_narrows_a_table_is_said_on_the_page_and_in_the_file(client, asked, posting):
    narrowed = asked | {"channels": ["on_site"], "origin": "recorded"}
    page = client.get(PAGE, narrowed)
    assert page.context["narrowed"].startswith("Chỉ tính: ")
    assert page.context["narrowed"].count(";") == 1
    svg = client.get(reverse("portal:indicators-pivot-file", args=["svg"]), narrowed).content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", svg).split())
    assert page.context["narrowed"] in said
    assert "Số liệu lúc " in said


def test_where_nothing_is_found_ways_out_are_offered(client, asked, posting, day):
    response = client.get(PAGE, asked | {"unit": "19", "tier": "", "channels": ["online"]})
    ways = {way["label"]: way["url"] for way in response.context["ways_out"]}
    assert len(ways) == 3
    assert any(
        "12" in cell
        for url in ways.values()
        for row in client.get(PAGE + url).context.get("rows", [])
        for cell in row.cells
    )


def test_all_rows_stand_on_one_page_to_print(client, asked, posting, monkeypatch, day):
    monkeypatch.setattr("hocsuotdoi.portal.indicators.pivot.ROWS_ON_A_PAGE", 5)
    months = asked | {"rows": "period", "columns": "", "tier": "", "period": "month"}
    paged = client.get(PAGE, months)
    assert len(paged.context["rows"]) == 5
    whole = client.get(PAGE + paged.context["all_url"])
    assert len(whole.context["rows"]) == 12
    assert paged.context["sums"] == whole.context["sums"]


@pytest.mark.parametrize("form", ["csv", "svg"])
def test_a_file_with_sample_data_is_marked_in_its_name_and_in_itself(client, asked, library_of_bac_kan, posting, form):
    address = reverse("portal:indicators-pivot-file", args=[form])
    assert "mau" not in client.get(address, asked)["Content-Disposition"]
    library_of_bac_kan.is_sample = True
    library_of_bac_kan.save()
    marked = client.get(address, asked)
    assert "du-lieu-mau." in marked["Content-Disposition"]
    assert ("Dữ liệu mẫu" if form == "csv" else "DỮ LIỆU MẪU") in marked.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx", "svg"])
def test_files_are_kept_no_longer_than_pages(client, asked, form, settings):
    settings.PAGE_KEPT_SECONDS = 5
    answer = client.get(reverse("portal:indicators-pivot-file", args=[form]), asked)
    assert "max-age=5" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "once",
    [
        {"level": "province", "rows": "unit_id", "columns": "starts_on"},
        {"level": "province", "rows": "institution_class", "columns": "unit_id"},
        {"level": "", "rows": "stated", "columns": "starts_on"},
    ],
)
def test_links_of_before_lead_to_the_same_table_in_todays_words(client, asked, posting, once):
    """The table is asked in the words of the API; what somebody kept or sent on under the old ones goes on working."""
    words = {"unit_id": "unit", "starts_on": "period", "institution_class": "class", "stated": "origin"}
    now = {"tier": once["level"], "rows": words[once["rows"]], "columns": words[once["columns"]]}
    plain = {name: value for name, value in asked.items() if name not in ("tier", "rows", "columns")}

    before, today = client.get(PAGE, plain | once), client.get(PAGE, plain | now)

    assert cells(before) == cells(today) != {}
    links = [*(each["url"] for each in before.context["files"]), before.context["corner"].url]
    assert all(f"rows={now['rows']}" in link and "level=" not in link for link in links)


@pytest.mark.parametrize("rows", ["unit", "class", "origin", "period"])
def test_table_and_api_are_asked_in_the_same_words(client, posting, day, thai_nguyen, rows):
    question = f"?unit={thai_nguyen.code}&tier=commune&measures=library_visit&rows={rows}&first={day.year}"
    page = client.get(f"{PAGE}{question}&last={day.year}&period=year&map={day.isoformat()}&columns=")
    told = client.get(f"/api/v1/figures/totals{question}&map={day.isoformat()}").json()
    assert [row.label for row in page.context["rows"]] == [capfirst(item["label"]) for item in told["items"]] != []
    assert page.context["answer"].question.map_day == day
