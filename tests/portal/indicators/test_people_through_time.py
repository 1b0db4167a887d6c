"""By sex and age every door tells a year once, and the same ever after: pages, files and the API, asked again and again
while late entries come in."""

import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from hocsuotdoi.indicators.models import Indicator, IndicatorVersion
from hocsuotdoi.indicators.queries.suppression import closes_on
from hocsuotdoi.ledger.enums import MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line, post
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory

COUNTS = reverse("portal:indicators-counts-file")
TABLE = reverse("portal:indicators-pivot")
TOTALS = reverse("api:indicators-figure-totals")
ATTENDANCE = MeasureCode.PROGRAMME_ATTENDANCE


@pytest.fixture(autouse=True)
def _no_count(db):
    cache.clear()


@pytest.fixture
def women(definitions) -> str:
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Phụ nữ")
    kind = {"kind": "count", "measures": [ATTENDANCE], "sexes": ["female"], "cohort_id": "library_commune"}
    made = Indicator.objects.create(code="women", **words, **kind)
    IndicatorVersion.objects.create(indicator=made, number=1, **words, **kind)
    return made.code


def asked_of(year: int) -> dict:
    shape = {"measures": [ATTENDANCE], "unit": "VN", "level": "commune", "rows": "unit_id", "columns": "sex"}
    return shape | {"first": f"{year}-01", "last": f"{year}-12", "period": "year", "map": "today"}


def doors(client, women: str, year: int) -> dict[str, object]:
    """What each of them says of women and men in the year."""
    cache.clear()
    page = client.get(TABLE, asked_of(year))
    files = {
        form: client.get(reverse("portal:indicators-pivot-file", args=[form]), asked_of(year))
        for form in ("csv", "sdmx")
    }
    api = client.get(TOTALS, {"measures": ATTENDANCE, "rows": "sex", "tier": "province", "first": year}).json()
    values = client.get(reverse("api:indicators-indicator-values", args=[women]), {"first": year, "unit": "19"}).json()
    adx = client.get(COUNTS, {"measures": ATTENDANCE, "by": "sex-age", "level": "communes", "first": year})
    own = client.get(reverse("portal:indicators-indicator-file", args=[women, "csv"]), {"first": year, "unit": "19"})
    return {
        "page": [(row.label, row.cells) for row in page.context["rows"]],
        "csv": files["csv"].content,
        "sdmx": [line.rsplit(",", 1)[0] for line in files["sdmx"].content.decode().splitlines()],
        "api": [(row["key"], row["cells"], row["total"]) for row in api["items"]],
        "values": [(each["state"], each["value"], each["numerator"]) for each in values["items"][0]["values"]],
        "adx": [line for line in adx.content.decode().splitlines() if "exported" not in line],
        "own": [line.split(",")[5:9] for line in own.content.decode("utf-8-sig").splitlines()],
    }


@pytest.mark.slow
@pytest.mark.closed_book
def test_what_is_posted_late_moves_no_door(client, posting, women, library_of_bac_kan, day):
    lines = [Line(ATTENDANCE, 30, sex=Sex.MALE), Line(ATTENDANCE, 8, sex=Sex.FEMALE)]
    make_posting(library_of_bac_kan, day, *lines)
    before = doors(client, women, day.year)
    assert before["page"] == [("Phường Bắc Kạn", ["20", "30", "50"])] or before["page"][0][1][:2] == ["20", "30"]
    assert before["values"] == [("value", 20.0, 20)]

    late = {"source_kind": "test.late", "source_id": uuid.uuid4(), "occurred_on": day, "by": None}
    post(library_of_bac_kan, **late, lines=[Line(ATTENDANCE, 1, sex=Sex.FEMALE)], at=noon(closes_on(day.year)))

    assert doors(client, women, day.year) == before


@pytest.mark.slow
def test_running_year_is_refused_by_every_door_with_the_day_from_which_it_is_told(client, posting, women, day):
    said = f"1/2/{day.year + 1}"
    page = client.get(TABLE, asked_of(day.year))
    assert said in page.context["form"].errors["last"][0] and "rows" not in page.context
    assert client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked_of(day.year)).status_code == 404
    api = client.get(TOTALS, {"measures": ATTENDANCE, "rows": "sex"})
    assert (api.status_code, said in api.json()["fields"]["last"]) == (422, True)
    adx = client.get(COUNTS, {"measures": ATTENDANCE, "by": "sex-age", "first": day.year})
    assert (adx.status_code, said in adx.content.decode()) == (422, True)
    (value,) = client.get(reverse("api:indicators-indicator-values", args=[women])).json()["items"][0]["values"]
    assert (value["state"], value["value"], value["numerator"]) == ("kept_back", None, None)
    assert said in value["note"]
    file = client.get(reverse("portal:indicators-indicator-file", args=[women, "csv"])).content.decode()
    assert "kept_back" in file and ",12," not in file


@pytest.mark.slow
@pytest.mark.closed_book
def test_who_was_posted_late_brings_no_row_no_column_and_no_zero(client, posting, library_of_bac_kan, day):
    """A sex and an age that nobody had when the book was closed."""
    lines = [Line(ATTENDANCE, 30, sex=Sex.MALE, age_band="35-59"), Line(ATTENDANCE, 80, age_band="60+")]
    make_posting(library_of_bac_kan, day, *lines)
    before = laid_out(client, day.year)
    assert [row.lower() for row, _cells in before["page"]] == ["nữ", "nam", "không rõ"]

    late = {"source_kind": "test.late", "source_id": uuid.uuid4(), "occurred_on": day, "by": None}
    lines = [Line(ATTENDANCE, 1, sex=Sex.OTHER, age_band="0-5"), Line(ATTENDANCE, 1, sex=Sex.FEMALE, age_band="60+")]
    post(library_of_bac_kan, **late, lines=lines, at=noon(closes_on(day.year)))

    assert laid_out(client, day.year) == before


@pytest.mark.slow
@pytest.mark.closed_book
def test_year_of_which_everything_was_posted_late_says_as_little_as_before(client, library_of_bac_kan, day):
    before = laid_out(client, day.year)

    late = {"source_kind": "test.late", "source_id": uuid.uuid4(), "occurred_on": day, "by": None}
    lines = [Line(ATTENDANCE, 7, sex=Sex.OTHER, age_band="0-5")]
    post(library_of_bac_kan, **late, lines=lines, at=noon(closes_on(day.year)))

    assert laid_out(client, day.year) == before


def laid_out(client, year: int) -> dict[str, object]:
    """Sexes down, ages across: on the page, in its file and by the API."""
    cache.clear()
    asked = asked_of(year) | {"rows": "sex", "columns": "age_band", "level": "province"}
    page = client.get(TABLE, asked)
    file = client.get(reverse("portal:indicators-pivot-file", args=["csv"]), asked)
    told = client.get(TOTALS, {"measures": ATTENDANCE, "rows": "sex", "columns": "age_band", "first": year}).json()
    return {
        "page": [(row.label, row.cells) for row in page.context["rows"]],
        "is_kept_back": page.context["is_kept_back"],
        "heads": [head.label for head in page.context["heads"]],
        "csv": (file.status_code, file.content),
        "api": {name: told[name] for name in ("is_kept_back", "items", "columns", "total", "count")},
    }


@pytest.mark.slow
@pytest.mark.closed_book
@pytest.mark.parametrize("somebody", [Sex.FEMALE, Sex.MALE])
def test_figure_of_one_class_does_not_tell_the_sex_of_the_one_in_another(
    client, women, library_of_bac_kan, bac_kan, day, somebody
):
    """20 women and 30 men came to the library and one person to the centre, which everybody can ask. Whether the
    figure «women at libraries» is told hangs on that one's being there, not on their sex; nor on who came late."""
    make_posting(library_of_bac_kan, day, Line(ATTENDANCE, 20, sex=Sex.FEMALE), Line(ATTENDANCE, 30, sex=Sex.MALE))
    assert figure_opened(client, women, bac_kan, day.year) == ("20", 200)

    centre = InstitutionFactory(unit=bac_kan, institution_class="culture_centre_commune")
    make_posting(centre, day, Line(ATTENDANCE, 1, sex=somebody))
    assert figure_opened(client, women, bac_kan, day.year) == ("không nêu", 200)

    late = {"source_kind": "test.late", "source_id": uuid.uuid4(), "occurred_on": day, "by": None}
    post(centre, **late, lines=[Line(ATTENDANCE, 1, sex=Sex.MALE)], at=noon(closes_on(day.year)))
    assert figure_opened(client, women, bac_kan, day.year) == ("không nêu", 200)


def figure_opened(client, women: str, unit, year: int) -> tuple[str, int]:
    cache.clear()
    page = client.get(reverse("portal:indicators-value-lineage", args=[unit.code, year, women, "library_commune"]))
    return page.context["value"].words, page.status_code
