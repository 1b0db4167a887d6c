"""Every kind of document, read back: page, fonts, blocks in order, each number a figure, the same bytes."""

import io
import re

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn

from hocsuotdoi.core.office import page_count, to_pdf
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.context import DOCUMENT_NAMES, Seal
from hocsuotdoi.reporting.formats.docx import render_document
from hocsuotdoi.reporting.formats.placeholders import KINDS_WITH_TEMPLATES
from tests.factories.documents import CONTENTS, consolidated_content
from tests.support.office import text_of

SHEETS = tuple(kind for kind in KINDS_WITH_TEMPLATES if kind != DocumentKind.CERTIFICATE)
"""What follows the decree's page; a certificate lies across."""
SEAL = Seal("3f9a21bc77de0a12" + "0" * 48, "abcdefgh23456789", "https://h.vn/documents/abcdefgh23456789/")
TWIPS = {"top": (1134, 1418), "bottom": (1134, 1418), "left": (1701, 1985), "right": (851, 1134)}
NATION = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]


def written(kind: DocumentKind) -> DocumentType:
    return Document(io.BytesIO(render_document(kind, CONTENTS[kind](), SEAL)))


def texts_of(document: DocumentType) -> list[str]:
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("kind", SHEETS)
def test_page_margins_lie_within_the_decree_in_twips(kind):
    size = written(kind).element.body.sectPr.find(qn("w:pgSz"))
    margins = written(kind).element.body.sectPr.find(qn("w:pgMar"))
    assert (int(size.get(qn("w:w"))), int(size.get(qn("w:h")))) in {(11906, 16838), (11905, 16837)}
    for side, (least, most) in TWIPS.items():
        assert least <= int(margins.get(qn(f"w:{side}"))) <= most


@pytest.mark.parametrize("kind", SHEETS)
def test_letters_are_times_new_roman_and_the_page_number_is_above(kind):
    document = written(kind)
    fonts = [node for root in (document.element, document.styles.element) for node in root.iter(qn("w:rFonts"))]
    assert {node.get(qn(f"w:{slot}")) for node in fonts for slot in ("ascii", "hAnsi", "cs")} == {"Times New Roman"}
    section = document.sections[0]
    assert "PAGE" in "".join(node.text for node in section.header._element.iter(qn("w:instrText")))
    assert section.different_first_page_header_footer


@pytest.mark.parametrize("kind", SHEETS)
def test_blocks_stand_in_the_decrees_order_and_no_tag_is_left(kind):
    content, texts = CONTENTS[kind](), texts_of(written(kind))
    if kind == DocumentKind.COMMENDATION_DECISION:
        content = {**content, **content["decision"], "closing": "QUYẾT ĐỊNH:"}
    assert not any("{{" in text or "{%" in text for text in texts)
    wanted = [content["header"]["issuer_lines"][0], *NATION]
    if DOCUMENT_NAMES[kind]:
        wanted.append(DOCUMENT_NAMES[kind])
    wanted.append(content["closing"])
    wanted += [] if kind == DocumentKind.INSPECTION_MINUTES else ["Nơi nhận:"]
    wanted.append(content["signature"]["lines"][-1])
    places = [texts.index(each) for each in wanted]
    assert places == sorted(places)
    assert any(SEAL.address in text for text in texts)
    assert any(text.startswith(f"Số chốt số liệu: {content['number']}") for text in texts)


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.,/%]*\d|\d", text))


@pytest.mark.parametrize("kind", KINDS_WITH_TEMPLATES)
def test_every_number_in_a_table_of_results_is_a_figure_of_the_snapshot(kind):
    content = CONTENTS[kind]()
    known = set().union(*(numbers_in(each["words"]) for each in content["figures"]))
    known |= set().union(set(), *(numbers_in(each["before_words"]) for each in content.get("changes", [])))
    columns = {"Kết quả năm 2026": "HSD Bảng số", "Dự toán": "", "Đã cấp": "", "Đã chi": "", "Nay là": ""}
    seen = 0
    for table in written(kind).tables:
        heading = [cell.text for cell in table.rows[0].cells]
        for place, name in enumerate(heading):
            if name not in columns:
                continue
            for row in table.rows[1:]:
                cells = [cell.text for cell in row.cells]
                if cells[0] == cells[-1]:  # a group's name across the table
                    continue
                seen += 1
                assert numbers_in(cells[place]) <= known, cells
    if kind in {DocumentKind.UNIT_REPORT, DocumentKind.CONSOLIDATED_REPORT, DocumentKind.ADDENDUM}:
        assert seen


def test_document_is_the_same_file_each_time():
    for kind in KINDS_WITH_TEMPLATES:
        assert render_document(kind, CONTENTS[kind](), SEAL) == render_document(kind, CONTENTS[kind](), SEAL)


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_libreoffice_opens_every_kind_and_prints_its_number_and_signature(tmp_path):
    files = {f"{kind.value}.docx": render_document(kind, CONTENTS[kind](), SEAL) for kind in KINDS_WITH_TEMPLATES}
    files["lon.docx"] = render_document(DocumentKind.CONSOLIDATED_REPORT, consolidated_content(120), SEAL)
    pages = to_pdf(files)
    assert set(pages) == set(files)
    assert page_count(pages["lon.docx"]) > 6
    for kind in KINDS_WITH_TEMPLATES:
        text = text_of(pages[f"{kind.value}.docx"], tmp_path)
        content = CONTENTS[kind]()
        if kind == DocumentKind.COMMENDATION_DECISION:
            content = {**content, **content["decision"]}
        assert content["number"] in text
        assert content["signature"]["lines"][-1] in text
    assert page_count(pages["certificate.docx"]) == 1


def test_certificate_lies_across_and_names_who_is_commended_for_what_by_which_decision():
    document = written(DocumentKind.CERTIFICATE)
    section = document.sections[0]
    assert section.page_width > section.page_height
    content, texts = CONTENTS[DocumentKind.CERTIFICATE](), texts_of(document)
    wanted = [*NATION, content["authority"], "TẶNG", "BẰNG KHEN", content["nominee"], content["reason"]]
    wanted += [content["decision"], content["signer"]]
    places = [texts.index(each) for each in wanted]
    assert places == sorted(places)
    assert not any("{{" in text or "{%" in text for text in texts)
    assert not any("PAGE" in (node.text or "") for node in section.header._element.iter(qn("w:instrText")))


def test_decision_is_the_authoritys_and_its_articles_are_numbered():
    texts = texts_of(written(DocumentKind.COMMENDATION_DECISION))
    assert "SỞ VĂN HÓA, THỂ THAO" not in texts
    assert texts.index("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN") < texts.index("QUYẾT ĐỊNH:")
    assert [text[:7] for text in texts if text.startswith("Điều ")] == ["Điều 1.", "Điều 2.", "Điều 3."]


def annexed(document: DocumentType) -> list[str]:
    """The texts after the annex begins; nothing where there is none."""
    texts = texts_of(document)
    return texts[texts.index("Phụ lục") :] if "Phụ lục" in texts else []


@pytest.mark.parametrize("kind", [DocumentKind.CONSOLIDATED_REPORT, DocumentKind.FINAL_REVIEW])
@pytest.mark.parametrize(("reports", "has_annex"), [(20, False), (21, True)])
def test_many_reports_below_are_listed_in_an_annex_that_the_body_points_to(kind, reports, has_annex):
    content = {**CONTENTS[kind](), "below": consolidated_content(reports)["below"]}
    document = Document(io.BytesIO(render_document(kind, content, SEAL)))
    texts, annex = texts_of(document), annexed(document)
    names = [each["name"] for each in content["below"]]
    assert len([text for text in annex if text in names]) == (reports if has_annex else 0)
    body = texts[: len(texts) - len(annex)]
    assert len([text for text in body if text in names]) == (0 if has_annex else reports)
    assert any("tại Phụ lục kèm theo" in text for text in body) == has_annex
    last = document.sections[-1]
    assert "PAGE" in "".join(node.text for node in last.header._element.iter(qn("w:instrText")))
    if has_annex:  # counted for itself, the first page without a number
        assert last.different_first_page_header_footer
        assert last._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert body.index("Nơi nhận:") < len(body)
