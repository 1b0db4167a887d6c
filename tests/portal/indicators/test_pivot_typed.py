"""The table that anybody lays out, with what was typed in: zeros, and what is of a longer time."""

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.indicators.operations.stated import undo_statement
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, reverse_all
from hocsuotdoi.places.enums import InstitutionState
from tests.factories.accounts import PersonFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.indicators.test_quality_rules import state
from tests.portal.indicators import test_pivot

PAGE, asked, cells = test_pivot.PAGE, test_pivot.asked, test_pivot.cells


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


@pytest.fixture
def zero(definitions, library_of_bac_kan, bac_kan, day):
    """Loans of a month, of which there were none; of no other month anybody said anything."""
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    state(library_of_bac_kan, bac_kan, Period(day.year, month=12), StatedColumn.LOAN, 0, at=timezone.now())


@pytest.fixture
def loans(day, zero):
    return {
        "measures": ["loan"],
        "unit": "VN",
        "tier": "province",
        "rows": "unit",
        "columns": "period",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "month",
        "map": "today",
    }


@pytest.mark.closed_book
@pytest.mark.parametrize("which", ["today", "reported"])
@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_zero_that_was_typed_in_is_not_what_nobody_reported(client, loans, thai_nguyen, bac_kan, which, period):
    asked = loans | {"map": which, "period": period}
    response = client.get(PAGE, asked)
    columns = {"month": 12, "quarter": 4, "year": 1}[period]
    row = cells(response)[thai_nguyen.name]
    assert (len(row), row[-2:], "0" in row[:-2]) == (columns + 1, ["0", "0"], False)
    assert row[-3:-2] == ["–"] * (columns > 1)
    assert "“–”: chưa có số liệu. 0: đã báo cáo là không có." in response.context["notes"]
    below = asked | {"unit": thai_nguyen.code, "tier": "commune"}
    assert cells(client.get(PAGE, below))[bac_kan.name][-1] == "0"
    itself = asked | {"unit": thai_nguyen.code, "tier": "", "rows": "period", "columns": "origin"}
    assert list(cells(client.get(PAGE, itself)).values())[-1] == ["0", "0"]
    assert client.get(PAGE, asked | {"origin": "recorded"}).context["answer"].cells == {}


@pytest.mark.closed_book
def test_zero_of_an_institution_of_the_province_stands_beside_its_communes(client, loans, thai_nguyen, day):
    of_province = InstitutionFactory(unit=thai_nguyen, institution_class="library_province")
    state(of_province, thai_nguyen, Period(day.year, month=9), StatedColumn.LOAN, 0, at=timezone.now())
    shown = cells(client.get(PAGE, loans | {"unit": thai_nguyen.code, "tier": "commune"}))
    rest = shown[f"{thai_nguyen.name}, không thuộc đơn vị nào ở đây"]
    assert [at for at, cell in enumerate(rest) if cell == "0"] == [8, 12]


@pytest.mark.closed_book
def test_zero_of_a_quarter_is_no_months_zero(client, loans, library_of_bac_kan, bac_kan, thai_nguyen, day):
    state(library_of_bac_kan, bac_kan, Period(day.year, quarter=3), StatedColumn.LOAN, 0, at=timezone.now())
    row = cells(client.get(PAGE, loans))[thai_nguyen.name]
    assert row == [*["–"] * 11, "0", "0", "0"]
    quarters = cells(client.get(PAGE, loans | {"period": "quarter"}))[thai_nguyen.name]
    assert quarters == ["–", "–", "0", "0", "0"]
    september = loans | {"first": f"{day.year}-09", "last": f"{day.year}-09"}
    assert client.get(PAGE, september).context["answer"].cells == {}


@pytest.mark.closed_book
def test_what_was_taken_back_is_not_reported_any_more(client, loans, library_of_bac_kan, thai_nguyen, day):
    undo_statement(Statement.objects.get(), reason="nhầm", by=PersonFactory(), at=timezone.now())
    wrong = make_posting(library_of_bac_kan, day, Line(MeasureCode.LOAN, 5))
    assert cells(client.get(PAGE, loans))[thai_nguyen.name][-2:] == ["5", "5"]
    reverse_all([wrong], reason="nhầm", by=PersonFactory(), at=timezone.now())
    assert client.get(PAGE, loans).context["answer"].cells == {}


@pytest.mark.closed_book
def test_programs_and_files_tell_zero_from_silence(client, loans, thai_nguyen, day):
    question = f"?measures=loan&unit=VN&tier=province&columns=period&period=quarter&first={day.year}&last={day.year}"
    items = client.get(reverse("api:indicators-figure-totals") + question).json()["items"]
    here = next(item for item in items if item["label"] == thai_nguyen.name)
    assert [cell["state"] for cell in here["cells"]] == [*["not_reported"] * 3, "value"]
    assert here["cells"][3]["value"] == here["total"]["value"] == 0
    csv = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), loans).content.decode()
    assert f"{thai_nguyen.name}{',chưa báo cáo' * 11},0,0," in csv
