"""Renewals, reservations and gate counts come in by the typed sheet; sheets taken before they had columns do, too."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn, ValueState, columns_of
from hocsuotdoi.indicators.models import StatedFigure
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.places.enums import LIBRARIES, MUSEUMS, InstitutionClass, InstitutionState
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting

C = StatedColumn
SELDOM = {"Lượt gia hạn": 12, "Lượt đặt trước": 0, "Lượt qua cửa": 900}


@pytest.fixture
def last_year() -> Period:
    return Period(timezone.localdate().year - 1)


@pytest.fixture
def library(client, library_of_bac_kan, officer_of_bac_kan):
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    client.force_login(officer_of_bac_kan)
    return library_of_bac_kan


def template(client, unit, period) -> list[list[str]]:
    url = reverse("workspace:indicators-stated-template", args=[unit.code, period.code, "csv"])
    return [line.split(";") for line in client.get(url).content.decode("utf-8-sig").split("\r\n")]


def send(client, unit, period, rows: list[list[str]]):
    content = "\r\n".join(";".join(row) for row in rows).encode("utf-8-sig")
    url = reverse("workspace:indicators-stated-sheet", args=[unit.code, period.code])
    return client.post(url, {"file": SimpleUploadedFile("mau.csv", content), "source": "Báo cáo giấy"})


def confirm(client, url):
    return client.post(url, {"seen": client.get(url).context["plan"].digest})


def test_each_is_asked_of_the_houses_to_which_its_definition_speaks():
    for each in InstitutionClass.values:
        seldom = {C.RENEWAL, C.RESERVATION, C.GATE_COUNT} & set(columns_of(each))
        assert seldom == ({C.RENEWAL, C.RESERVATION, C.GATE_COUNT} if each in LIBRARIES else {C.GATE_COUNT})
    assert InstitutionClass.MUSEUM_PROVINCE in MUSEUMS


def test_sheet_takes_them_to_the_book_and_comes_back_with_them(client, bac_kan, library, last_year):
    rows = template(client, bac_kan, last_year)
    places = {words: rows[3].index(words) for words in SELDOM if words in rows[3]}
    assert set(places) == set(SELDOM)
    for words, quantity in SELDOM.items():
        rows[4][places[words]] = str(quantity)

    confirm(client, send(client, bac_kan, last_year, rows).url)

    assert dict(Entry.objects.values_list("measure", "quantity")) == {"renewal": 12, "gate_count": 900}
    assert StatedFigure.objects.get(column="reservation").quantity == 0
    again = template(client, bac_kan, last_year)
    assert {words: int(again[4][place]) for words, place in places.items()} == SELDOM


def test_form_of_one_institution_asks_for_them(client, bac_kan, library, last_year):
    url = reverse("workspace:indicators-stated-institution", args=[bac_kan.code, last_year.code, library.code])
    confirm(client, client.post(url, {"renewal": "7", "source": "Điện thoại"}).url)
    assert StatedFigure.objects.get().column == C.RENEWAL


def old_sheet(client, unit, period, **figures) -> list[list[str]]:
    """As it was taken before these columns were there, with its own mark."""
    layout = (
        "library_visit,loan,in_house_use,museum_visit:study_research,museum_visit,centre_visit,programme_session,"
        "programme_attendance,staff_trained"
    )
    check = hashlib.sha256(f"{unit.pk}|{period.code}|{layout}".encode()).hexdigest()[:8]
    rows = template(client, unit, period)
    first = rows[3].index("Lượt gia hạn")
    rows = [[*row[:first], *row[first + 6 :]] for row in rows]
    rows[0][1] = f"HSD1-{unit.code}-{period.code}-{check}"
    for words, quantity in figures.items():
        rows[4][rows[3].index(words.replace("_", " "))] = str(quantity)
    return rows


def test_sheet_taken_before_is_still_taken_in_and_takes_nothing_else_back(client, bac_kan, library, last_year):
    url = reverse("workspace:indicators-stated-institution", args=[bac_kan.code, last_year.code, library.code])
    confirm(client, client.post(url, {"gate_count": "900", "source": "Điện thoại"}).url)

    page = send(client, bac_kan, last_year, old_sheet(client, bac_kan, last_year, Lượt_mượn_về=40))
    plan = client.get(page.url).context["plan"]
    assert ([each.column for each in plan.changes], plan.emptied) == ([C.LOAN], [])
    confirm(client, page.url)

    assert {each.column: each.quantity for each in StatedFigure.objects.all()} == {"gate_count": 900, "loan": 40}


def test_sheet_of_any_other_mark_is_refused(client, bac_kan, library, last_year):
    rows = old_sheet(client, bac_kan, last_year, Lượt_mượn_về=40)
    rows[0][1] = rows[0][1][:-8] + "00000000"
    assert send(client, bac_kan, last_year, rows).status_code == 422


def test_who_reports_them_is_asked_as_of_every_column(client, bac_kan, library, last_year):
    pairs = {
        measure: (IndicatorFactory(kind="count", measures=[measure]).code, CohortFactory().code)
        for measure in (MeasureCode.RENEWAL, MeasureCode.RESERVATION, MeasureCode.GATE_COUNT)
    }

    def told() -> list[tuple]:
        found = values_for(bac_kan, last_year.year, list(pairs.values()), timezone.localdate())
        return [(found[pair].state, found[pair].numerator) for pair in pairs.values()]

    silent = ValueState.NOT_REPORTED, None
    assert told() == [silent, silent, silent]
    url = reverse("workspace:indicators-stated-institution", args=[bac_kan.code, last_year.code, library.code])
    confirm(client, client.post(url, {"renewal": "7", "gate_count": "0", "source": "Điện thoại"}).url)
    assert told() == [(ValueState.VALUE, 7), silent, (ValueState.VALUE, 0)]
    make_posting(library, last_year.last_day, measure=MeasureCode.LOAN, quantity=3)
    assert told()[1] == (ValueState.VALUE, 0)  # who records loans here has recorded reservations as well
