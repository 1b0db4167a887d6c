"""The table that anybody lays out, taken away as a file, and at addresses whose code is another unit's now."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import AdminUnit
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.portal.indicators import test_pivot

PAGE, asked = test_pivot.PAGE, test_pivot.asked


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_file_holds_numbers_and_says_in_words_why_there_is_none(client, asked, thai_nguyen):
    response = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked)
    head, *rows = rows_of(response)
    cells = {row[0]: row[1:3] for row in rows}
    assert cells.pop(thai_nguyen.name) == ["12", "12"]
    assert all(each == ["chưa báo cáo"] * 2 for each in cells.values())
    assert head[3:] == ["Bảng", "Đơn vị tính"]
    assert {row[4] for row in rows} == {"lượt"}
    year = asked["first"][:4]
    assert {row[3] for row in rows} == {client.get(PAGE, asked).context["title"]}
    assert f"programme_attendance-vn-{year}-today.csv" in response["Content-Disposition"]


@pytest.mark.closed_book
def test_a_file_of_people_says_which_numbers_are_not_told(client, asked, library_of_bac_kan, day):
    few = [Line(MeasureCode.PROGRAMME_ATTENDANCE, count, sex=sex) for sex, count in ((Sex.MALE, 3), (Sex.OTHER, 4))]
    make_posting(library_of_bac_kan, day, *few)
    about_people = asked | {"rows": "sex", "columns": "", "tier": ""}
    found = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), about_people)
    assert {row[0]: row[1] for row in rows_of(found)[1:]}["Nam"] == "dưới 5"


class TestACodeUsedAgain:
    """A province that has ended, and another that bears its code now."""

    @pytest.fixture
    def ended(self, posting, thai_nguyen):
        country = AdminUnit.objects.get(tier="country")
        name = {"name": "Tỉnh Bắc Kạn", "short_name": "Bắc Kạn"}
        unit = UnitFactory(code="19", **name, tier="province", parent=country, ends_on=dt.date(2025, 7, 1))
        library = InstitutionFactory(unit=unit, institution_class="library_province")
        make_posting(library, dt.date(2025, 3, 1), Line(MeasureCode.PROGRAMME_ATTENDANCE, 7))
        return unit

    def test_address_of_a_day_means_the_unit_of_that_day(self, client, asked, ended):
        given = asked | {"unit": "19", "on": "2025-06-30", "tier": "", "first": "2025-01"}
        page = client.get(PAGE, given)
        assert page.context["answer"].question.unit == ended
        assert page.context["form"]["unit"].value() == "19_20250630"
        assert 'value="19_20250630" selected' in page.content.decode()
        assert all("on=2025-06-30" in each["url"] for each in page.context["files"])
        file = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), given)
        assert "-19_20250630-" in file["Content-Disposition"]

    def test_form_sends_the_unit_that_it_shows(self, client, asked, ended):
        again = client.get(PAGE, asked | {"unit": "19_20250630", "tier": ""})
        assert again.context["answer"].question.unit == ended
        assert {"unit=19", "on=2025-06-30"} <= set(again.context["query"].split("&"))

    def test_another_unit_takes_no_day_along(self, client, asked, ended, thai_nguyen):
        page = client.get(PAGE, asked | {"unit": "19", "tier": ""})
        assert page.context["answer"].question.unit == thai_nguyen
        assert "on=" not in page.context["query"]

    def test_row_of_an_ended_unit_opens_that_unit(self, client, asked, ended, thai_nguyen):
        table = client.get(PAGE, asked | {"first": "2025-01", "map": "reported"})
        opened = {
            row.label: client.get(f"{PAGE}{row.url}").context["answer"].question.unit
            for row in table.context["rows"]
            if row.url
        }
        assert opened == {"Tỉnh Bắc Kạn (đến 30/6/2025)": ended, thai_nguyen.name: thai_nguyen}

    def test_page_of_an_indicator_marks_the_unit_that_it_shows(self, client, target, ended):
        address = reverse("portal:indicators-indicator-detail", args=["library_services"])
        page = client.get(address, {"unit": "19", "on": "2025-06-30", "year": 2025})
        assert page.context["taken"].unit == ended
        assert 'value="19_20250630" selected' in page.content.decode()
        assert client.get(address, {"unit": "19_20250630", "year": 2025}).context["taken"].unit == ended
        below = client.get(address, {"unit": "VN", "view": "units", "year": 2025, "map": "reported"})
        opened = [client.get(url).context["taken"].unit for _name, url in below.context["page"].units.panels]
        assert ended in opened
