"""What anybody may see of a document by its code."""

import re

import pytest
from django.core.cache import caches
from django.urls import reverse
from docx import Document as Word
from docx.oxml.ns import qn
from openpyxl import load_workbook

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.core.qr import qr_png
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, SnapshotKind
from hocsuotdoi.reporting.formats.printed import paper_key
from hocsuotdoi.reporting.models import Document, Figure, Report, ReportStep, Snapshot
from hocsuotdoi.reporting.operations.checking import key_of
from hocsuotdoi.reporting.operations.documents import ask_document, write_one
from hocsuotdoi.reporting.operations.freezing import freeze
from hocsuotdoi.reporting.queries.documents import document_address
from hocsuotdoi.reporting.queries.verification import tidy_number
from tests.factories.documents import addendum_content, cycle_content, figure, frozen_report
from tests.factories.running import NOW

pytestmark = pytest.mark.django_db
FOUND = "số liệu của văn bản mang con số này"


def written(snapshot: Snapshot, person) -> Document:
    document = ask_document(snapshot, DocumentFormat.DOCX, by=person, at=NOW)
    write_one(document, at=NOW)
    document.refresh_from_db()
    return document


def page_of(client, document: Document, **asked):
    return client.get(reverse("portal:documents-document-check", args=[document.code]), asked)


@pytest.fixture
def document(office_of_bac_kan, officer_of_bac_kan) -> Document:
    return written(frozen_report(office_of_bac_kan), officer_of_bac_kan)


def test_page_tells_number_body_digest_and_every_figure_with_its_parts(client, document):
    page = page_of(client, document).content.decode()
    snapshot = document.snapshot
    assert snapshot.number in page
    assert "Số liệu không thay đổi kể từ khi chốt" in page
    for each in snapshot.content["figures"]:
        assert each["label"] in page
        assert each["words"] in page
    assert "3/4 cơ sở (75%)" in page
    assert ">14.500.000</td>" in page, "parts with points between thousands, as the words have them"
    assert not any(each["key"] in page for each in snapshot.content["figures"]), "names for programs are for the API"


@pytest.mark.parametrize(
    ("number", "found"),
    [("1.436", True), ("1436", True), ("33,3%", True), ("14.500.000", True), ("1.437", False), ("abc", False)],
)
def test_printed_number_is_found_among_the_figures_or_not(client, document, number, found):
    page = page_of(client, document, number=number).content.decode()
    assert (FOUND in page and "Không thấy số này" not in page) is found


def test_content_that_does_not_fit_its_digits_is_told(client, document, officer_of_bac_kan):
    report, content = document.snapshot.report, document.snapshot.content
    wrong = Snapshot.objects.create(report=report, number="BC-SAI", content=content, digest="0" * 64, frozen_at=NOW)
    ReportStep.objects.create(report=report, kind="approved", snapshot=wrong, at=NOW)
    assert "không khớp với mã kiểm tra" in page_of(client, written(wrong, officer_of_bac_kan)).content.decode()


def test_figures_that_differ_from_the_content_are_told(client, office_of_bac_kan, officer_of_bac_kan):
    snapshot = frozen_report(office_of_bac_kan)
    Figure.objects.create(snapshot=snapshot, key="la", value_state="value", numerator=1)
    assert "không khớp với mã kiểm tra" in page_of(client, written(snapshot, officer_of_bac_kan)).content.decode()


def test_drafts_unknown_codes_and_what_was_never_approved_are_not_there(client, office_of_bac_kan, officer_of_bac_kan):
    submitted = written(frozen_report(office_of_bac_kan, state="submitted"), officer_of_bac_kan)
    waiting = ask_document(frozen_report(office_of_bac_kan), DocumentFormat.DOCX, by=officer_of_bac_kan, at=NOW)
    codes = [submitted.code, waiting.code, "abcdefgh23456789", "a", "x" * 16, "%00" * 5]
    for code in codes:
        assert client.get(f"/documents/{code}/").status_code == 404
        assert client.get(f"/api/v1/documents/{code}").status_code in {404, 422}


def test_approval_that_was_taken_back_is_told(client, document):
    Report.objects.filter(pk=document.snapshot.report_id).update(
        state="returned", approved=None, approved_at=None, approved_by=None
    )
    assert "không còn là bản được duyệt" in page_of(client, document).content.decode()


def test_addendum_stands_beside_with_both_values_and_has_a_page_of_its_own(client, document, officer_of_bac_kan):
    content = {key: each for key, each in addendum_content().items() if key not in {"number", "frozen_at"}}
    report = document.snapshot.report
    added = freeze(SnapshotKind.ADDENDUM, content, report=report, amends=document.snapshot, by=None, at=NOW)
    page = page_of(client, document).content.decode()
    assert added.number in page
    assert "<del>11</del>" in page
    assert "<strong>12</strong>" in page
    own = page_of(client, written(added, officer_of_bac_kan)).content.decode()
    assert document.snapshot.number in own


def test_addendum_goes_with_the_approval_of_what_it_amends(client, document, officer_of_bac_kan):
    content = {key: each for key, each in addendum_content().items() if key not in {"number", "frozen_at"}}
    report = document.snapshot.report
    added = written(
        freeze(SnapshotKind.ADDENDUM, content, report=report, amends=document.snapshot, by=None, at=NOW),
        officer_of_bac_kan,
    )
    assert "không còn là bản được duyệt" not in page_of(client, added).content.decode()
    Report.objects.filter(pk=report.pk).update(state="returned", approved=None, approved_at=None, approved_by=None)
    assert "không còn là bản được duyệt" in page_of(client, added).content.decode()


CUT = [
    ("measure:programme_attendance:2026:sex:female", "Lượt nữ", "1.433"),
    ("measure:programme_attendance:2026:sex:male", "Lượt nam", "3"),
    ("measure:programme_attendance:2026:age:60+", "Lượt người cao tuổi", "1.200"),
    ("measure:programme_attendance:2025:sex:female", "Lượt nữ năm trước", "1.377"),
]
"""The last is told in no part of the document but the annex."""


@pytest.fixture
def cut_content():
    content = cycle_content()
    content["figures"] += [figure(key, label, words, words.replace(".", "")) for key, label, words in CUT]
    content["figures"].append(figure("count:missing", "Số cơ sở thiếu số liệu", "0", "0"))
    content["activities"]["by_sex"] = [
        {"code": "female", "label": "nữ", "quantity": 1433, "key": CUT[0][0]},
        {"code": "male", "label": "nam", "quantity": 3, "key": CUT[1][0]},
    ]
    content["activities"]["by_age"] = [{"code": "60+", "label": "từ 60 tuổi", "quantity": 1200, "key": CUT[2][0]}]
    return content


@pytest.fixture
def cut_document(cut_content, office_of_bac_kan, officer_of_bac_kan) -> Document:
    return written(frozen_report(office_of_bac_kan, content=cut_content), officer_of_bac_kan)


def test_parts_by_sex_or_age_are_told_to_nobody_without_the_paper(client, cut_document):
    """Also where none of them is small: the report of the province, of a neighbour or of another day less this one
    would be."""
    page = page_of(client, cut_document).content.decode()
    told = {each["key"]: each for each in client.get(f"/api/v1/documents/{cut_document.code}").json()["figures"]}
    for key, label, words in CUT:
        assert label in page
        assert f">{words}<" not in page or words == "3", "three is also of how many libraries it is told"
        assert told[key]["numerator"] == "" and words not in told[key]["words"]
    assert page.count("không nêu ở đây: số theo giới tính") == len(CUT)
    assert told["activities:sessions:2026"]["numerator"] == "12"


def answers(client, document: Document, **asked) -> dict[int, str]:
    """What the page says to each number from 0 to 1500, but for the number itself."""
    found = {}
    for number in [*range(25), *range(1190, 1210), *range(1370, 1440)]:
        caches["default"].clear()  # who has many addresses does not wait
        page = page_of(client, document, number=str(number), **asked).content.decode()
        page = re.sub(r'nonce="[^"]*"|value="\d*"|\?number=\d+', "", page)
        found[number] = page.partition('id="figures"')[2].partition("<table")[0]
    return found


def test_number_that_is_kept_back_is_answered_as_one_that_is_not_there(client, cut_document):
    """Who goes through all numbers, with a wrong key or none, finds those that are told and no other; and a true number
    of the paper is never said to be wrong."""
    for asked in ({}, {"paper": "aaaabbbb"}, {"paper": cut_document.code[:8]}):
        found = answers(client, cut_document, **asked)
        told = {number for number, page in found.items() if FOUND in page}
        assert {12, 1436} <= told and not told & {1433, 1200, 1377}
        absent = found[1377]
        assert "Không thấy số này trong các số liệu được nêu công khai" in absent and "không đúng" not in absent
        assert {number for number, page in found.items() if page == absent} == set(found) - told


def test_who_has_the_paper_checks_every_number_that_it_prints_and_no_other(client, cut_document):
    key = key_of(cut_document)
    typed = f" {key[:4]} {key[4:]}".upper()
    for words in ("1.433", "3", "1.200"):
        page = page_of(client, cut_document, number=words, paper=typed).content.decode()
        assert FOUND in page and "Mã đối chiếu đúng" in page
    page = page_of(client, cut_document, number="1.377", paper=key).content.decode()
    assert FOUND not in page, "only the annex prints it"
    wrong = page_of(client, cut_document, number="1.434", paper=key).content.decode()
    assert "không đúng với số liệu đã chốt" in wrong, "all that this paper prints is told"
    told = client.get(f"/api/v1/documents/{cut_document.code}", {"paper": key}).json()
    assert {each["key"]: each["numerator"] for each in told["figures"]}[CUT[0][0]] == "1433" and told["is_whole"]


def test_annex_has_a_key_of_its_own_that_opens_all_figures_and_what_institutions_gave(
    client, cut_content, office_of_bac_kan, officer_of_bac_kan
):
    cut_content["targets"][0]["behind"][0]["quantity"] = 717
    snapshot = frozen_report(office_of_bac_kan, content=cut_content)
    word = written(snapshot, officer_of_bac_kan)
    annex = ask_document(snapshot, DocumentFormat.XLSX, by=officer_of_bac_kan, at=NOW)
    write_one(annex, at=NOW)
    annex.refresh_from_db()
    for words in ("1.377", "717"):
        assert FOUND in page_of(client, annex, number=words, paper=key_of(annex)).content.decode()
        for key in ("", key_of(word)):
            page = page_of(client, annex, number=words, paper=key).content.decode()
            assert FOUND not in page and "Không thấy số này" in page
    with open_kept(annex.digest) as file:
        line = load_workbook(file)["Số liệu"]["A3"].value
    assert f"mã đối chiếu: {key_of(annex)[:4]} {key_of(annex)[4:]}" in line


def test_square_leads_to_the_page_with_the_key_and_the_key_is_printed_beside(cut_document):
    key = key_of(cut_document)
    with open_kept(cut_document.digest) as file:
        word = Word(file)
    pictures = [part.blob for part in word.part.package.iter_parts() if part.partname.endswith(".png")]
    assert qr_png(f"{document_address(cut_document.code)}?paper={key}") in pictures
    texts = [each.text or "" for each in word.element.body.iter(qn("w:t"))]
    assert any(text.startswith(f"Mã đối chiếu: {key[:4]} {key[4:]} ") for text in texts)


def test_key_comes_from_nothing_that_is_told(client, cut_document):
    page = page_of(client, cut_document).content.decode()
    told = client.get(f"/api/v1/documents/{cut_document.code}").content.decode()
    key = key_of(cut_document)
    assert key not in page and key not in told and f"{key[:4]} {key[4:]}" not in page
    other = {**cut_document.snapshot.content, "opening": "Khác."}
    assert paper_key(other, cut_document.code) != key


def test_report_frozen_before_its_counts_were_figures_is_never_said_to_be_wrong(client, document):
    page = page_of(client, document, number="19").content.decode()
    assert "Không thấy số này" in page and "không đúng" not in page


def test_few_known_people_are_not_told_outside(client, office_of_bac_kan, officer_of_bac_kan):
    """The pages keep back a share of the population that fewer than five people make; so does a document's page."""
    words = dict.fromkeys(("name", "short_name", "definition", "numerator", "unit", "source", "legal_basis"), "Thử")
    Cohort.objects.create(code="dan", name="dân", kind="population")
    for code, kind in (("known", "share_of_population"), ("held", "count")):
        Indicator.objects.create(code=code, kind=kind, measures=["programme_attendance"], cohort_id="dan", **words)
    content = cycle_content()
    content["figures"] += [figure(f"indicator:{code}:dan:2026", code, "3", "3") for code in ("known", "held")]
    document = written(frozen_report(office_of_bac_kan, content=content), officer_of_bac_kan)
    told = {each["key"]: each for each in client.get(f"/api/v1/documents/{document.code}").json()["figures"]}
    assert told["indicator:known:dan:2026"]["numerator"] == ""
    assert told["indicator:held:dan:2026"]["numerator"] == "3"
    assert "số người quá ít" in page_of(client, document).content.decode()


def test_armed_forces_are_told_in_totals_and_nothing_of_few_people(client, thai_nguyen, province_officer):
    command = Agency.objects.create(code="bchqs-thu", name="Bộ Chỉ huy quân sự", kind=AgencyKind.MILITARY,
                                    unit=thai_nguyen)  # fmt: skip
    content = cycle_content(figures=[figure("activities:attendance:2026", "Lượt người tham gia", "4", "4")])
    snapshot = frozen_report(command, content=content, line="military", detail="totals")
    document = written(snapshot, province_officer)
    page = page_of(client, document).content.decode()
    assert "chỉ nêu số tổng" in page
    assert "không nêu ở đây" in page
    assert "Tủ sách" not in page
    assert key_of(document) == "" and "Mã đối chiếu" not in page, "no paper opens more"

    given = {"key": "activities:attendance:2026", "label": "Lượt người tham gia đính chính"}
    sides = {"before": {"numerator": "4"}, "after": {"numerator": "17"}, "before_words": "4", "after_words": "17"}
    amended = {key: each for key, each in addendum_content().items() if key not in {"number", "frozen_at"}}
    amended["changes"] = [*amended["changes"], given | sides]
    freeze(SnapshotKind.ADDENDUM, amended, report=snapshot.report, amends=snapshot, by=None, at=NOW)
    page = page_of(client, document).content.decode()
    assert "<strong>12</strong>" in page, "sessions are of nobody"
    assert "đính chính" not in page, "from 4 to 17 says that there were 4"


@pytest.mark.parametrize(("added", "whole", "told"), [("3", "40", False), ("38", "40", False), ("20", "40", True)])
def test_whole_of_the_year_before_gives_no_few_people_away(client, thai_nguyen, province_officer, added, whole, told):
    command = Agency.objects.create(code="bchqs-thu", name="Bộ Chỉ huy quân sự", kind=AgencyKind.MILITARY,
                                    unit=thai_nguyen)  # fmt: skip
    key = "measure:programme_attendance:2025"
    rest = figure(f"{key}:after:2025-11-20", "Lượt người tham gia, sau ngày 20/11/2025", added, added)
    content = cycle_content(figures=[rest, figure(key, "Lượt người tham gia, cả năm 2025", whole, whole)])
    document = written(frozen_report(command, content=content, line="military", detail="totals"), province_officer)
    figures = client.get(f"/api/v1/documents/{document.code}").json()["figures"]
    assert {each["key"]: each["numerator"] for each in figures}[key] == (whole if told else "")


def test_whole_of_the_year_before_gives_no_few_people_away_through_an_addendum(client, thai_nguyen, province_officer):
    """Its report of that year told 100 to everybody."""
    command = Agency.objects.create(code="bchqs-thu", name="Bộ Chỉ huy quân sự", kind=AgencyKind.MILITARY,
                                    unit=thai_nguyen)  # fmt: skip
    key = "measure:programme_attendance:2025"
    rest = figure(f"{key}:after:2025-11-20", "Lượt người tham gia, sau ngày 20/11/2025", "3", "3")
    content = cycle_content(figures=[rest, figure(key, "Lượt người tham gia, cả năm 2025", "103", "103")])
    snapshot = frozen_report(command, content=content, line="military", detail="totals")
    given = {"key": key, "label": "Lượt người tham gia, cả năm 2025", "before_words": "103", "after_words": "104"}
    sides = {"before": {"numerator": "103"}, "after": {"numerator": "104"}}
    amended = {name: each for name, each in addendum_content().items() if name not in {"number", "frozen_at"}}
    amended |= {"changes": [given | sides], "figures": [figure(key, given["label"], "104", "104")]}
    added = freeze(SnapshotKind.ADDENDUM, amended, report=snapshot.report, amends=snapshot, by=None, at=NOW)
    for document in (written(snapshot, province_officer), written(added, province_officer)):
        page = page_of(client, document).content.decode()
        assert "103" not in page and "104" not in page


def test_code_typed_off_the_page_leads_there_whatever_its_spaces_and_capitals(client, document):
    find = reverse("portal:documents-document-find")
    spaced = " ".join(document.code[at : at + 4] for at in range(0, 16, 4)).upper()
    assert client.get(find, {"code": spaced}).url == reverse("portal:documents-document-check", args=[document.code])
    refused = client.get(find, {"code": "12345\0"})
    assert (refused.status_code, "16 chữ cái" in refused.content.decode()) == (422, True)


def test_many_questions_from_one_address_have_to_wait(client, document):
    answers = (client.get("/documents/abcdefgh23456789/").status_code for _n in range(125))  # over a minute's end, too
    assert 429 in answers


def test_page_asks_the_database_as_often_for_one_figure_as_for_many(
    client, document, office_of_bac_kan, officer_of_bac_kan, django_assert_num_queries
):
    one = cycle_content(figures=cycle_content()["figures"][:1])
    small = written(frozen_report(office_of_bac_kan, content=one), officer_of_bac_kan)
    page_of(client, small)  # the count of this minute is begun
    for each in (small, document):
        with django_assert_num_queries(18):
            page_of(client, each)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.436", "1436"), ("33,3%", "33.3"), (" 1 436 ", "1436"), ("", ""), ("12a", ""), ("٣", ""), ("1" * 99, "1" * 40)],
)
def test_numbers_are_compared_as_people_write_them(text, number):
    assert tidy_number(text) == number
