"""The table that anybody lays out: what it adds up, what it refuses, and that its cost does not grow."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import SavedTable
from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.indicators.operations.saved_tables import MOST, TableNotSaved, save_table
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import UnitAncestry
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.indicators.test_quality_rules import state

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


QUERIES = 11


SAVE = reverse("portal:indicators-table-save")


def test_a_table_is_kept_under_a_name_once_and_found_again(client, country, reader):
    client.force_login(reader)
    for query in ("unit=VN", "unit=19"):
        assert client.post(SAVE, {"name": " Của  tôi ", "query": query}).status_code == 302
    table = SavedTable.objects.get()
    assert (table.name, table.query) == ("Của tôi", "unit=19")
    assert "?unit=19" in client.get(PAGE).content.decode()
    client.post(reverse("portal:indicators-table-forget", args=[table.pk]))
    assert not SavedTable.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "Hãy đặt tên"),
        ({"name": "x" * 121}, "tối đa 120"),
        ({"query": "x" * 2001}, "hỏi quá nhiều thứ"),
        ({"query": "a\0"}, "hỏi quá nhiều thứ"),
    ],
)
def test_a_table_that_cannot_be_kept_is_told_why(client, country, reader, wrong, told):
    client.force_login(reader)
    response = client.post(SAVE, {"name": "Bảng", "query": "unit=VN"} | wrong, follow=True)
    assert not SavedTable.objects.exists()
    assert told in response.content.decode()


def test_nobody_keeps_without_an_account_and_nobody_removes_anothers(client, reader, auditor):
    assert client.post(SAVE, {"name": "Bảng", "query": "unit=VN"}).status_code == 302
    assert not SavedTable.objects.exists()
    table = save_table(auditor, name="Bảng", query="unit=VN", at=timezone.now())
    client.force_login(reader)
    assert client.post(reverse("portal:indicators-table-forget", args=[table.pk])).status_code == 404
    assert "saved/" not in client.get(PAGE).content.decode()
    assert SavedTable.objects.exists()


def test_a_person_keeps_so_many_tables_and_no_more(reader):
    for number in range(MOST):
        save_table(reader, name=str(number), query="", at=timezone.now())
    with pytest.raises(TableNotSaved):
        save_table(reader, name="Một bảng nữa", query="", at=timezone.now())
    save_table(reader, name="1", query="unit=VN", at=timezone.now())


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
def test_small_numbers_of_people_are_kept_back(client, asked, library_of_bac_kan, day):
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    about_people = asked | {"rows": "sex", "columns": "", "tier": ""}
    shown = cells(client.get(PAGE, about_people))
    assert "3" not in str(shown)
    assert shown["Nam"] == ["dưới 5"]
    data = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), about_people).content.decode()
    assert ",3" not in data


@pytest.mark.closed_book
def test_a_table_of_which_nothing_may_be_told_says_so(client, asked, library_of_duc_xuan, duc_xuan, day):
    make_posting(library_of_duc_xuan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    alone = asked | {"rows": "sex", "columns": "", "tier": "", "unit": duc_xuan.code}
    response = client.get(PAGE, alone)
    assert response.context["is_kept_back"]
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), alone).status_code == 404


@pytest.mark.parametrize(
    ("cut", "field"),
    [
        ({"period": "month"}, "period"),
        ({"period": "quarter"}, "period"),
        ({"map": "reported"}, "map"),
        ({"map": "day", "day": "2024-01-01"}, "map"),
        ({"classes": ["library_commune"]}, "columns"),
        ({"purposes": ["learning"]}, "columns"),
        ({"channels": ["on_site"]}, "columns"),
        ({"origin": "stated"}, "columns"),
        ({"columns": "institution_class"}, "columns"),
        ({"rows": "channel", "columns": "sex"}, "rows"),
    ],
)
@pytest.mark.closed_book
def test_sex_and_age_are_not_cut_so_that_two_tables_would_tell_a_third(client, asked, cut, field):
    about_people = asked | {"rows": "sex", "columns": "", "tier": ""}
    response = client.get(PAGE, about_people | cut)
    assert field in response.context["form"].errors
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), about_people | cut).status_code == 404


@pytest.mark.parametrize("measure", ["programme_session", "gate_count", "recording_view"])
def test_counts_behind_which_nobody_stands_are_told_whatever_their_number(
    client, asked, library_of_bac_kan, day, measure
):
    make_posting(library_of_bac_kan, day, Line(MeasureCode(measure), 2, sex=Sex.MALE))
    monthly = asked | {"measures": [measure], "rows": "sex", "columns": "", "tier": "", "period": "month"}
    assert cells(client.get(PAGE, monthly))["Nam"] == ["2"]


@pytest.mark.closed_book
def test_the_same_number_is_kept_back_whatever_table_it_stands_in(client, asked, library_of_bac_kan, bac_kan, day):
    """Of the whole ward 12 women and 3 men: nobody says so by women only, by both, by place, or as a file."""
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    tables = [
        {"rows": "sex", "columns": "", "tier": ""},
        {"rows": "sex", "columns": "period", "tier": ""},
        {"rows": "unit", "columns": "sex"},
        {"rows": "unit", "columns": "", "sexes": ["female"]},
        {"rows": "unit", "columns": "", "sexes": ["male", "unknown"]},
        {"rows": "age_band", "columns": "sex", "tier": "", "unit": bac_kan.code},
        {"rows": "period", "columns": "", "tier": "", "sexes": ["female"]},
    ]
    for table in tables:
        response = client.get(PAGE, asked | table)
        assert not response.context["form"].errors
        told = [] if response.context["is_kept_back"] else [cell for row in cells(response).values() for cell in row]
        assert not {"3", "12"} & set(told), (table, told)


@pytest.mark.closed_book
@pytest.mark.parametrize("once_more", [["female"], ["male"], ["female", "female"], []])
def test_a_sex_named_twice_counts_once(client, asked, library_of_bac_kan, day, once_more):
    """All of them and one of them again would tell that one, beside the total that everybody may see."""
    make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex=Sex.MALE))
    table = asked | {"rows": "unit", "columns": "", "sexes": ["female", "male", "other", "unknown", *once_more]}
    response = client.get(PAGE, table)
    assert {cell for row in cells(response).values() for cell in row} - {"–"} == {"15"}
    api = {"measures": "programme_attendance", "rows": "unit", "tier": "province", "first": day.year}
    told = client.get(reverse("api:indicators-figure-totals"), api | {"sexes": ["female", "female"]})
    assert [row["cells"][0]["value"] for row in told.json()["items"] if row["cells"]] in ([], [None])


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


@pytest.mark.closed_book
def test_cost_of_a_table_about_people_does_not_grow(client, asked, library_of_bac_kan, day, django_assert_num_queries):
    follow_map(day)
    about_people = asked | {"rows": "unit", "columns": "sex", "tier": "commune"}
    client.get(PAGE, about_people)
    for number in range(3):
        with django_assert_num_queries(QUERIES + 3):
            client.get(PAGE, about_people)
        house = InstitutionFactory(unit=library_of_bac_kan.placements.get().unit, name=f"Nhà {number}")
        make_posting(house, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 20 * number + 9, sex=Sex.MALE))


@pytest.mark.closed_book
def test_more_places_than_can_be_decided_about_says_what_to_ask_for(client, asked, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.indicators.queries.profiles.MOST_PROFILES", 1)
    response = client.get(PAGE, asked | {"rows": "unit", "columns": "sex"})
    assert "hãy chọn một tỉnh" in response.content.decode()
    file = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked | {"columns": "sex"})
    assert (file.status_code, "hãy chọn một tỉnh" in file.content.decode()) == (422, True)


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


@pytest.mark.closed_book
def test_the_order_of_rows_does_not_tell_what_is_kept_back(client, asked, library_of_bac_kan, day):
    for sex, quantity in ((Sex.MALE, 3), (Sex.OTHER, 4)):
        make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, quantity, sex=sex))
    by_sex = asked | {"rows": "sex", "columns": "", "tier": ""}
    unordered = [row.label for row in client.get(PAGE, by_sex).context["rows"]]
    ordered = [row.label for row in client.get(PAGE, by_sex | {"sort": "1"}).context["rows"]]
    assert ordered == unordered


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


RENAMED = {"name": "Mới"}


def test_a_kept_table_is_renamed_and_its_link_shows_others_the_same(client, country, reader, asked, posting):
    table = save_table(reader, name="Cũ", query="unit=VN", at=timezone.now())
    other = save_table(reader, name="Khác", query="unit=19", at=timezone.now())
    client.force_login(reader)
    assert f'value="http://testserver{PAGE}?unit=VN"' in client.get(PAGE).content.decode()
    client.post(reverse("portal:indicators-table-rename", args=[table.pk]), RENAMED)
    table.refresh_from_db()
    assert table.name == "Mới"
    refused = client.post(reverse("portal:indicators-table-rename", args=[other.pk]), RENAMED, follow=True)
    assert "đã có một bảng khác tên “Mới”" in refused.content.decode()
    other.refresh_from_db()
    assert other.name == "Khác"


def test_nobody_renames_anothers_table(client, country, reader, auditor):
    table = save_table(auditor, name="Bảng", query="unit=VN", at=timezone.now())
    address = reverse("portal:indicators-table-rename", args=[table.pk])
    assert client.post(address, RENAMED).status_code == 302
    client.force_login(reader)
    assert client.post(address, RENAMED).status_code == 404
    assert client.get(address).status_code == 405
    table.refresh_from_db()
    assert table.name == "Bảng"


@pytest.mark.parametrize("form", ["csv", "svg"])
def test_a_file_with_sample_data_is_marked_in_its_name_and_in_itself(client, asked, library_of_bac_kan, posting, form):
    address = reverse("portal:indicators-pivot-file", args=[form])
    assert "mau" not in client.get(address, asked)["Content-Disposition"]
    library_of_bac_kan.is_sample = True
    library_of_bac_kan.save()
    marked = client.get(address, asked)
    assert "du-lieu-mau." in marked["Content-Disposition"]
    assert ("Dữ liệu mẫu" if form == "csv" else "DỮ LIỆU MẪU") in marked.content.decode()


@pytest.mark.parametrize("folded", [False, True])
def test_what_a_province_counts_itself_stands_beside_its_communes(client, asked, posting, day, thai_nguyen, folded):
    own = InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    make_posting(own, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 30))
    follow_map(day)
    if folded:
        fold()
    given = asked | {"unit": thai_nguyen.code, "tier": "commune"}
    found = cells(client.get(PAGE, given))
    assert found[f"{thai_nguyen.name}, không thuộc đơn vị nào ở đây"][-1] == "30"
    assert client.get(PAGE, given).context["answer"].total == 42
    assert (
        "không thuộc đơn vị nào ở đây"
        in client.get(reverse("portal:indicators-pivot-file", args=["csv"]), given).content.decode()
    )
    by_class = cells(client.get(PAGE, given | {"rows": "institution_class", "columns": ""}))
    assert sum(int(number) for (number,) in by_class.values()) == 42
    by_year = cells(client.get(PAGE, given | {"rows": "period", "columns": ""}))
    assert by_year == {str(day.year): ["42"]}


def test_units_that_make_the_whole_have_nothing_beside_them(client, asked, posting, thai_nguyen):
    found = cells(client.get(PAGE, asked | {"unit": thai_nguyen.code, "tier": "commune"}))
    assert not any("không thuộc" in label for label in found)


def test_table_of_a_unit_that_has_ended_says_which_map_it_is_on(client, asked, country):
    gone = UnitFactory(name="Tỉnh Đắk Nông", tier="province", parent=country, ends_on=dt.date(2025, 7, 1))
    given = asked | {"unit": gone.code, "tier": "province", "first": "2024-01", "last": "2025-12"}
    page = client.get(PAGE, given).content.decode()
    assert "Theo bản đồ ngày 30/6/2025, ngày cuối cùng của tỉnh Đắk Nông" in page
    assert "Theo bản đồ hôm nay" not in page


def test_map_older_than_what_is_known_of_communes_says_so(client, asked):
    words = "Bản đồ cấp huyện, cấp xã cũ nhất có ở đây là của ngày 30/6/2025"
    assert words in client.get(PAGE, asked | {"map": "day", "day": "30/6/2019"}).content.decode()
    assert words not in client.get(PAGE, asked | {"map": "day", "day": "30/6/2025"}).content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx", "svg"])
def test_files_are_kept_no_longer_than_pages(client, asked, form, settings):
    settings.PAGE_KEPT_SECONDS = 5
    answer = client.get(reverse("portal:indicators-pivot-file", args=[form]), asked)
    assert "max-age=5" in answer["Cache-Control"]


def test_as_reported_a_unit_that_did_not_stand_is_not_one_that_reported_nothing(client, asked, country):
    new = UnitFactory(name="Tỉnh Mới", tier="province", parent=country, starts_on=dt.date(2025, 7, 1))
    given = asked | {"map": "reported", "first": "2024-01", "last": "2025-12", "period": "quarter"}
    row = cells(client.get(PAGE, given))[new.name]
    assert row[:6] == ["×"] * 6
    assert row[6:8] == ["–", "–"]
    itself = given | {"unit": new.code, "tier": "province", "rows": "period", "columns": ""}
    assert [each for (each,) in cells(client.get(PAGE, itself)).values()] == ["×"] * 6 + ["–", "–"]
    told = client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), itself).content.decode()
    assert told.count(",M,") == 6
    assert "×" not in client.get(PAGE, given | {"map": "today"}).content.decode()


def test_as_reported_a_commune_counts_where_it_lay_then(client, asked, country):
    """The communes of a province make what it reports itself, before a reform and after it."""
    reform = dt.date(2025, 7, 1)
    old = UnitFactory(name="Tỉnh Cũ", tier="province", parent=country, ends_on=reform)
    new = UnitFactory(name="Tỉnh Mới", tier="province", parent=country, starts_on=reform)
    moved = UnitFactory(name="Xã Dời", parent=old)
    UnitAncestry.objects.filter(unit=moved, ancestor=old).update(ends_on=reform)
    UnitAncestry.objects.create(unit=moved, ancestor=new, distance=1, starts_on=reform)
    house = InstitutionFactory(unit=moved)
    own = InstitutionFactory(unit=old, institution_class="library_province")
    make_posting(house, dt.date(2025, 6, 30), Line(MeasureCode.PROGRAMME_ATTENDANCE, 5))
    make_posting(house, reform, Line(MeasureCode.PROGRAMME_ATTENDANCE, 7))
    make_posting(own, dt.date(2025, 3, 1), Line(MeasureCode.PROGRAMME_ATTENDANCE, 100))
    given = asked | {"map": "reported", "first": "2025-01", "last": "2025-12", "columns": "", "on": "2025-06-30"}
    for unit, communes in (
        (old, {"Xã Dời": ["5"], "Tỉnh Cũ, không thuộc đơn vị nào ở đây": ["100"]}),
        (new, {"Xã Dời": ["7"]}),
    ):
        by_commune = given | {"unit": unit.code, "tier": "commune"}
        for period in ("year", "quarter", "month"):
            assert cells(client.get(PAGE, by_commune | {"period": period})) == communes, period
        itself = given | {"unit": unit.code, "tier": "province", "rows": "period"}
        whole = str(sum(int(each) for (each,) in communes.values()))
        assert cells(client.get(PAGE, itself)) == {"2025": [whole]}
        assert cells(client.get(PAGE, by_commune | {"rows": "period"})) == {"2025": [whole]}
    before = given | {"unit": new.code, "tier": "commune", "first": "2024-01", "last": "2024-12"}
    assert cells(client.get(PAGE, before)) == {}


def test_as_reported_cells_are_read_once_for_a_country(client, asked, day, django_assert_num_queries):
    """What the country has as reported it has on today's map too: that is added up already."""
    follow_map(day)
    given = asked | {"map": "reported"}
    client.get(PAGE, given)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE, given)
    assert sum("indicators_fresh_cell" in query["sql"] for query in captured) == 1
    for number in range(2):
        with django_assert_num_queries(len(captured)):
            client.get(PAGE, given)
        house = InstitutionFactory(unit=UnitFactory(name=f"Xã {number}"))
        make_posting(house, day, Line(MeasureCode.PROGRAMME_ATTENDANCE, 2))


def test_files_of_different_maps_have_different_names(client, asked, thai_nguyen):
    given = ({}, {"map": "reported"}, {"map": "day", "day": "31/12/2025"}, {"unit": thai_nguyen.code, "tier": ""})
    address = reverse("portal:indicators-pivot-file", args=["csv"])
    names = {client.get(address, asked | more)["Content-Disposition"] for more in given}
    assert len(names) == 4
    assert any("-day-2025-12-31.csv" in name for name in names)


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


@pytest.fixture
def year_typed_in(posting, library_of_bac_kan, bac_kan, day):
    """A year's figure, a quarter's beside it; of the month only the session's twelve."""
    at = timezone.now()
    state(library_of_bac_kan, bac_kan, Period(day.year), StatedColumn.LIBRARY_VISIT, 1200, at=at)
    other = InstitutionFactory(unit=bac_kan)
    state(other, bac_kan, Period(day.year, quarter=(day.month + 2) // 3), StatedColumn.LIBRARY_VISIT, 90, at=at)


@pytest.mark.closed_book
@pytest.mark.parametrize("which", ["today", "reported"])
def test_what_was_typed_in_for_a_year_has_a_head_of_its_own_beside_months(
    client, asked, year_typed_in, day, thai_nguyen, which
):
    months = asked | {"measures": ["library_visit"], "period": "month", "map": which}
    response = client.get(PAGE, months)
    row = cells(response)[thai_nguyen.name]
    assert (len(row), [cell for cell in row if cell not in "–×"]) == (14, ["12", "1.290", "1.302"])
    assert [head.label for head in response.context["heads"]][-2] == "Cho cả quý hoặc cả năm"
    assert any("“Cho cả quý hoặc cả năm”" in note for note in response.context["notes"])

    quarters = months | {"period": "quarter", "rows": "period", "columns": ""}
    column = [cell for (cell,) in cells(client.get(PAGE, quarters)).values()]
    assert (len(column), column[3:]) == (5, ["102", "1.200"])

    file = reverse("portal:indicators-pivot-file", args=["csv"])
    assert "1200" in client.get(file, quarters).content.decode()
    sdmx = client.get(reverse("portal:indicators-pivot-file", args=["sdmx"]), months).content.decode()
    assert "1200" not in sdmx and "1290" not in sdmx
    assert f"{day.year}-12" in sdmx


@pytest.mark.closed_book
def test_part_of_a_year_leaves_out_what_was_typed_in_for_all_of_it_and_says_so(client, asked, year_typed_in, day):
    december = asked | {"measures": ["library_visit"], "period": "month", "first": f"{day.year}-12", "columns": ""}
    response = client.get(PAGE, december)
    assert next(iter(cells(response).values())) == ["12"]
    assert any("hãy chọn cả năm" in note for note in response.context["notes"])
    whole = client.get(PAGE, december | {"first": f"{day.year}-01"})
    assert next(iter(cells(whole).values())) == ["1.302"]
    assert not any("hãy chọn cả năm" in note for note in whole.context["notes"])


@pytest.mark.closed_book
def test_line_through_months_leaves_out_what_is_of_no_month(client, asked, year_typed_in):
    months = asked | {"measures": ["library_visit"], "period": "month", "tier": "", "rows": "period"}
    response = client.get(PAGE, months | {"columns": "", "chart": "lines"})
    assert "1200" not in str(response.context["chart"].spec)
