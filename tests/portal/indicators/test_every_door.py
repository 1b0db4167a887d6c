"""Every door by which figures leave: what one keeps back of sexes and ages no other tells, in whatever form.

The numbers are large and like no other, so that a text can be searched for them; small ones beside them make that some
of the large ones must be kept back too. All stand at one library: the ward, the province and the country have the same
numbers, so what is kept back of one is kept back of all.
"""

import io
import itertools
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hocsuotdoi.indicators.models import Indicator, IndicatorVersion
from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.indicators.queries.profiles import AGES, SEXES, profiles
from hocsuotdoi.indicators.queries.suppression import Shown
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, Sex
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.portal.indicators import open_files
from tests.factories.ledger import make_posting

pytestmark = [pytest.mark.slow, pytest.mark.closed_book]
ATTENDANCE = MeasureCode.PROGRAMME_ATTENDANCE
F, M = Sex.FEMALE, Sex.MALE
CHILD, ADULT, SENIOR = AgeBand.CHILD, AgeBand.ADULT, AgeBand.SENIOR
BOOKS = [
    {(F, CHILD): 3, (F, ADULT): 12011, (M, CHILD): 34071, (M, ADULT): 56093, (None, None): 80021},
    {(F, SENIOR): 1, (M, SENIOR): 2, (F, ADULT): 23017, (M, ADULT): 45013, (M, CHILD): 67033, (F, CHILD): 91009},
]
MADE = [
    ("count", {}, [F], []),
    ("count", {"over": [ATTENDANCE]}, [M], [ADULT]),
    ("growth", {"base_year": 2022}, [], [CHILD]),
    ("yes_no", {"at_least": 9}, [F], []),
]
"""Figures that somebody made on a page: kind, more of the definition, sexes, ages."""
UNITS = ["19", "01843"]


@pytest.fixture(params=range(len(BOOKS)))
def book(request, definitions, library_of_bac_kan, day, monkeypatch) -> Posting:
    monkeypatch.setattr(open_files, "MOST_FILES_A_MINUTE", 10_000)
    numbers = BOOKS[request.param].items()
    lines = [Line(ATTENDANCE, n, sex=sex, age_band=age, channel=Channel.ON_SITE) for (sex, age), n in numbers]
    posting = make_posting(library_of_bac_kan, day, Line(MeasureCode.PROGRAMME_SESSION, 1), *lines)
    follow_map(timezone.localdate())
    return posting


@pytest.fixture
def hidden(book, bac_kan, day) -> set[int]:
    """The numbers of the profile, sums included, that its rule keeps back; large enough to be looked for."""
    told = profiles([ATTENDANCE], [bac_kan], [day.year], timezone.localdate())
    every = [(sexes, ages) for sexes in [None, *([s] for s in SEXES)] for ages in [None, *([a] for a in AGES)]]
    kept, shown = set(), set()
    for sexes, ages in every:
        count = told.count(ATTENDANCE, bac_kan.pk, day.year, sexes, ages)
        is_told = told.shown(ATTENDANCE, bac_kan.pk, day.year, sexes, ages) is Shown.AS_IT_IS
        (shown if is_told else kept).add(count)
    return {each for each in kept - shown if each > 10_000}


@pytest.fixture
def figures_by_person(definitions) -> list[str]:
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    codes = []
    for number, (kind, more, sexes, ages) in enumerate(MADE):
        fields = {**words, "kind": kind, "measures": [ATTENDANCE], "cohort_id": "library_commune", **more}
        fields |= {"sexes": sexes, "age_bands": ages}
        made = Indicator.objects.create(code=f"made-{number}", **fields)
        IndicatorVersion.objects.create(indicator=made, number=1, **fields)
        codes.append(made.code)
    return codes


def addresses(codes: list[str], posting: Posting) -> Iterator[str]:
    year, library = posting.occurred_on.year, posting.institution
    yield from of_tables(year)
    for unit, level in (("VN", "provinces"), ("19", "communes")):
        where = f"unit={unit}&level={level}&first={year}&last={year}"
        yield f"{reverse('portal:indicators-counts-file')}?measures={ATTENDANCE}&by=sex-age&{where}"
        for code in codes:
            for form in ("csv", "xlsx", "adx", "sdmx"):
                yield f"{reverse('portal:indicators-indicator-file', args=[code, form])}?{where}"
            yield f"{reverse('portal:indicators-indicator-file', args=[code, 'csv'])}?{where}&map=reported"
            yield f"/api/v1/indicators/{code}/values?{where}"
            yield f"/api/v1/indicators/{code}/values?{where}&map={year}-06-30"
    for unit in UNITS:
        yield f"{reverse('portal:indicators-unit-look', args=[unit])}?year={year}"
        for form in ("svg", "csv", "xlsx"):
            yield f"{reverse('portal:indicators-unit-chart', args=[unit, 'pyramid', form])}?year={year}"
        for code in codes:
            yield reverse("portal:indicators-value-lineage", args=[unit, year, code, "library_commune"])
            detail = reverse("portal:indicators-indicator-detail", args=[code])
            yield f"{detail}?unit={unit}&year={year}&cohort=library_commune"
    yield reverse("portal:indicators-posting-list", args=[library.code, year, ATTENDANCE])
    yield reverse("portal:indicators-posting-detail", args=[posting.pk])


def of_tables(year: int) -> Iterator[str]:
    layouts = [("sex", "age_band"), ("sex", ""), ("age_band", ""), ("unit", "sex"), ("unit", "age_band")]
    for unit, (rows, columns) in itertools.product(UNITS, layouts):
        if (rows == "unit") == (unit == "01843"):
            continue
        for level in ("commune",) if rows == "unit" else ("",):
            on_page = {"unit": "unit_id"}.get(rows, rows)
            asked = f"measures={ATTENDANCE}&unit={unit}&level={level}&rows={on_page}&columns={columns}"
            asked += f"&first={year}-01&last={year}-12&period=year&map=today"
            yield f"{reverse('portal:indicators-pivot')}?{asked}"
            for form in ("csv", "xlsx", "svg", "sdmx"):
                yield f"{reverse('portal:indicators-pivot-file', args=[form])}?{asked}"
            asked = f"measures={ATTENDANCE}&unit={unit}&rows={rows}&first={year}&last={year}"
            asked += f"&columns={columns}" if columns else ""
            yield f"/api/v1/figures/totals?{asked}" + (f"&tier={level}" if level else "")


def text_of(response) -> str:
    kind = response["Content-Type"]
    if "spreadsheet" in kind:
        sheets = load_workbook(io.BytesIO(response.content)).worksheets
        return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
    return response.content.decode()


def numbers_in(text: str) -> set[int]:
    """Also those written with a point between the thousands."""
    return {int(each) for each in re.findall(r"\d+", re.sub(r"(?<=\d)[.,\s\u00a0](?=\d{3}\b)", "", text))}


def test_what_is_kept_back_is_told_by_no_door(client, book, hidden, figures_by_person):
    assert hidden, "small numbers must make large ones kept back, else nothing is tried"
    asked = list(addresses(figures_by_person, book))
    answered = 0
    for address in asked:
        cache.clear()
        response = client.get(address)
        assert response.status_code in (200, 404, 422), (response.status_code, address)
        if response.status_code == 200:
            answered += 1
            assert not numbers_in(text_of(response)) & hidden, address
    assert answered > 0.8 * len(asked)
