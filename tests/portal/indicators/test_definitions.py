import csv
import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from hocsuotdoi.indicators.models import Cohort, Criterion, Indicator, Measure
from hocsuotdoi.indicators.queries.definitions import content_of
from hocsuotdoi.indicators.queries.dictionary import COLUMNS, DIMENSIONS
from tests.factories.indicators import IndicatorFactory

DICTIONARY = reverse("portal:indicators-dictionary")


def file(form):
    return reverse("portal:indicators-dictionary-file", args=[form])


def test_dictionary_holds_everything_that_is_defined(client, definitions):
    terms = json.loads(client.get(file("json")).content)["terms"]

    codes = {kind: [each["code"] for each in terms if each["kind"] == kind] for kind in {t["kind"] for t in terms}}
    assert set(codes["measure"]) == set(Measure.objects.values_list("code", flat=True))
    assert set(codes["indicator"]) == set(Indicator.objects.values_list("code", flat=True))
    assert set(codes["cohort"]) == set(Cohort.objects.values_list("code", flat=True))
    assert len(codes["criterion"]) == Criterion.objects.count()
    assert len(codes["dimension"]) == sum(len(choices) for choices in DIMENSIONS.values())
    loans = next(each for each in terms if each["code"] == "loan")
    assert (loans["name_vi"], loans["unit"]) == ("Lượt mượn về", "lượt")
    assert loans["name_en"]
    assert "renewal" in loans["never_added_to"].split()
    child = next(each for each in terms if each["of"] == "sex" and each["code"] == "female")
    assert (child["name_vi"], child["name_en"]) == ("nữ", "female")


def test_dictionary_says_the_same_in_every_file(client, definitions):
    terms = json.loads(client.get(file("json")).content)["terms"]
    table = client.get(file("csv"))
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(client.get(file("xlsx")).content)).active

    assert table.content.startswith(b"\xef\xbb\xbf")
    assert list(rows[0]) == COLUMNS == [cell.value for cell in sheet[1]]
    assert rows == terms
    assert [tuple(cell or "" for cell in row) for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        tuple(each.values()) for each in terms
    ]


def test_dictionary_gives_no_spreadsheet_a_formula(client, definitions):
    IndicatorFactory(code="bay", name="=HYPERLINK(1)")

    rows = list(csv.DictReader(io.StringIO(client.get(file("csv")).content.decode("utf-8-sig"))))

    assert [each["name_vi"] for each in rows if each["code"] == "bay"] == ["'=HYPERLINK(1)"]


@pytest.mark.parametrize("kind", ["measure", "indicator", "criterion", "cohort", "dimension", "nonsense"])
def test_dictionary_page_shows_each_kind(client, definitions, kind):
    page = client.get(DICTIONARY, {"kind": kind})

    assert page.status_code == 200
    assert page.context["terms"]


def test_dictionary_page_finds_words_without_marks(client, definitions):
    found = client.get(DICTIONARY, {"kind": "measure", "q": "luot muon ve"}).context["terms"]

    assert [term.code for term, _never in found] == ["loan"]
    assert "Lượt gia hạn" in found[0][1]
    assert client.get(DICTIONARY, {"q": "khong co gi nhu the"}).status_code == 200
    assert client.get(file("pdf")).status_code == 404


def test_dictionary_takes_the_same_queries_however_much_is_defined(client, definitions, django_assert_num_queries):
    client.get(DICTIONARY)
    for times in (1, 3):
        for _ in range(times):
            IndicatorFactory()
        with django_assert_num_queries(5):
            client.get(file("json"))


def test_version_page_of_an_indicator_of_the_documents(client, definitions):
    page = client.get(reverse("portal:indicators-version", args=["library_it", 1]))

    assert "Quyết định 1520/QĐ-TTg" in page.content.decode()
    for arguments in (["library_it", 2], ["no-such", 1]):
        assert client.get(reverse("portal:indicators-version", args=arguments)).status_code == 404


def test_content_of_an_indicator_is_that_of_its_version(definitions):
    for indicator in Indicator.objects.prefetch_related("versions"):
        assert content_of(indicator) == content_of(indicator.versions.all()[0])
