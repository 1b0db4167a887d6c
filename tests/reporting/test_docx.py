"""The written document, read back with python-docx and lxml, held against Decree 30/2020/NĐ-CP, appendix I."""

import io
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hocsuotdoi.core.office import to_pdf
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.docx import own_template, render_report
from tests.factories.reporting import DIGEST, hand_made_content
from tests.support.office import text_of

FONT = "Times New Roman"


def written(**changes) -> DocumentType:
    return Document(io.BytesIO(render_report(hand_made_content(**changes), DIGEST)))


def all_paragraphs(document: DocumentType) -> list[str]:
    """The texts of the body in the order in which they are read, tables included."""
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))]


def test_page_of_the_document_is_a4_with_the_decrees_margins():
    section = written().sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(20) <= section.top_margin <= Mm(25)
    assert Mm(20) <= section.bottom_margin <= Mm(25)
    assert Mm(30) <= section.left_margin <= Mm(35)
    assert Mm(15) <= section.right_margin <= Mm(20)


def test_page_number_stands_centred_in_the_top_margin_from_page_two():
    section = written().sections[0]
    paragraph = section.header.paragraphs[0]
    instruction = "".join(node.text for node in paragraph._p.iter(qn("w:instrText"))).strip()
    assert instruction == "PAGE"
    assert paragraph.alignment == ALIGN.CENTER
    assert {run.font.size for run in paragraph.runs} == {Pt(13)}
    assert section.header_distance < section.top_margin
    assert section.different_first_page_header_footer
    assert [p.text for p in section.first_page_header.paragraphs] == [""]
    assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_fonts_of_every_run_and_style_are_times_new_roman_in_every_script():
    document = written()
    roots = [document.element, document.styles.element, document.sections[0].header._element]
    fonts = [node for root in roots for node in root.iter(qn("w:rFonts"))]
    assert {node.get(qn(f"w:{slot}")) for node in fonts for slot in ("ascii", "hAnsi", "eastAsia", "cs")} == {FONT}
    assert not any("Theme" in key for node in fonts for key in node.attrib)
    styled = {
        style.style_id: style.element.rPr is not None and style.element.rPr.rFonts is not None
        for style in document.styles
        if style.name.startswith("HSD") or style.name in {"Normal", "Header"}
    }
    assert all(styled.values())
    used = {
        p.pPr.pStyle.val
        for p in document.element.body.iter(qn("w:p"))
        if p.pPr is not None and p.pPr.pStyle is not None
    }
    assert used <= set(styled)


def test_colours_of_every_run_are_black():
    document = written()
    colours = {
        node.get(qn("w:val"))
        for root in (document.element, document.styles.element)
        for node in root.iter(qn("w:color"))
    }
    assert colours <= {"000000", "auto"}


@pytest.mark.parametrize(
    ("style", "size", "bold", "italic"),
    [
        ("HSD Quốc hiệu", 13, True, False),
        ("HSD Tiêu ngữ", 14, True, False),
        ("HSD Tên cơ quan", 13, True, False),
        ("HSD Số ký hiệu", 13, False, False),
        ("HSD Địa danh", 14, False, True),
        ("HSD Tên loại", 14, True, False),
        ("HSD Trích yếu", 14, True, False),
        ("HSD Nội dung", 14, False, False),
        ("HSD Nơi nhận đầu", 12, True, True),
        ("HSD Nơi nhận", 11, False, False),
        ("HSD Quyền hạn", 14, True, False),
    ],
)
def test_block_has_the_decrees_size_and_weight(style, size, bold, italic):
    document = written()
    font = document.styles[style].font
    assert (font.size, font.bold, font.italic) == (Pt(size), bold, italic)
    runs = [
        run
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        if paragraph.style.name == style
        for run in paragraph.runs
    ] + [run for paragraph in document.paragraphs if paragraph.style.name == style for run in paragraph.runs]
    assert runs
    assert all(run.font.size is None and run.font.bold is None and run.font.name is None for run in runs)


def test_body_text_is_justified_with_an_indented_first_line():
    layout = written().styles["HSD Nội dung"].paragraph_format
    assert layout.alignment == ALIGN.JUSTIFY
    assert Mm(10) <= layout.first_line_indent <= Mm(12.8)
    assert layout.space_after >= Pt(6)


def test_blocks_stand_in_the_decrees_order():
    texts = all_paragraphs(written())
    wanted = [
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG BẮC KẠN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:          /BC-UBND",
        "Bắc Kạn, ngày 23 tháng 11 năm 2026",
        "BÁO CÁO",
        "Kính gửi: Ủy ban nhân dân tỉnh Thái Nguyên",
        "I. KẾT QUẢ THỰC HIỆN",
        "1. Hoạt động phục vụ học tập suốt đời",
        "2. Kết quả thực hiện các chỉ tiêu",
        "3. Kết quả thực hiện các nhiệm vụ",
        "4. Số liệu còn thiếu",
        "5. Đánh giá chung",
        "II. KHÓ KHĂN, VƯỚNG MẮC VÀ NGUYÊN NHÂN",
        "III. ĐỀ XUẤT, KIẾN NGHỊ",
        "Nơi nhận:",
        "- Lưu: VT, VHXH.",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
    ]
    assert [texts.index(text) for text in wanted] == sorted(texts.index(text) for text in wanted)


def test_rule_under_the_motto_is_as_long_as_the_motto():
    table = written().tables[0]
    flat = [p for p in table.rows[0].cells[1].paragraphs if p._p.pPr.find(qn("w:pBdr")) is not None]
    sides = flat[0].paragraph_format
    assert 58 <= 100 - sides.left_indent.mm - sides.right_indent.mm <= 62  # the words measure 60.3 mm


def test_snapshot_number_and_check_digits_stand_at_the_end():
    end = [text for text in all_paragraphs(written()) if text][-3:]
    assert "BC-01843-2026-003" in end[0]
    assert "3f9a 21bc 77de 0a12" in end[1]
    assert "Cách kiểm tra" in end[2]


def test_document_without_a_snapshot_says_that_it_is_a_draft():
    content = hand_made_content()
    del content["number"], content["frozen_at"]
    document = Document(io.BytesIO(render_report(content, DIGEST)))
    assert [text for text in all_paragraphs(document) if text][-1].startswith("Bản dự thảo")


def test_table_of_targets_shows_every_figure_of_the_content():
    content = hand_made_content()
    rows = [[cell.text for cell in row.cells] for row in written().tables[1].rows]
    figures = [row for row in rows if row[0].isdigit()]
    assert len(figures) == len(content["targets"])
    for row, each in zip(figures, content["targets"], strict=True):
        assert row[1].split("\n")[0] == each["short_name"]
        assert row[2].split("\n")[0] == each["target_words"]
        assert row[3:] == [each["value_words"], each["coverage_words"], each["state_words"]]


def test_tables_repeat_their_heading_row_and_never_break_a_row():
    for table in written().tables[1:3]:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_tasks_are_told_by_state_with_what_proves_them():
    rows = [[cell.text for cell in row.cells] for row in written().tables[2].rows]
    groups = [row[0] for row in rows if row[0] == row[1]]
    assert groups == [
        "Nhiệm vụ đã thực hiện (1)",
        "Nhiệm vụ đang thực hiện (1)",
        "Nhiệm vụ chậm so với thời hạn (1)",
    ]
    assert rows[2][3] == "Ngày hội đọc sách, 23/11/2026"


def test_words_with_markup_emoji_and_decomposed_letters_stand_as_typed():
    nasty = '<b>5 < 6 & "7"</b> {{ 7 * 7 }} {% if %} 📚 \x0b]]>'
    decomposed = "Ba\u0306\u0301c Ka\u0323n"
    words = {**hand_made_content()["words"], "results": [nasty, decomposed]}
    texts = all_paragraphs(written(words=words))
    assert '<b>5 < 6 & "7"</b> {{ 7 * 7 }} {% if %} 📚 ]]>' in texts
    assert "Bắc Kạn" in texts


def test_long_words_become_one_paragraph_for_each_line():
    lines = [f"Dòng thứ {number}. " + "Rất dài. " * 60 for number in range(80)]
    words = {**hand_made_content()["words"], "results": lines}
    texts = all_paragraphs(written(words=words))
    assert [text for text in texts if text.startswith("Dòng thứ")] == lines


def test_document_without_targets_and_tasks_has_no_empty_table():
    document = written(targets=[], tasks=[])
    assert len(document.tables) == 3  # head, signature, check of the figures
    assert not any(text.startswith("Bảng") for text in all_paragraphs(document))


def test_sample_figures_are_marked_before_the_title():
    texts = all_paragraphs(written(has_sample=True))
    assert texts.index("DỮ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU CHÍNH THỨC") < texts.index("BÁO CÁO")


def test_template_holds_no_tag_that_a_content_leaves_over():
    document = written()
    assert not any("{{" in text or "{%" in text for text in all_paragraphs(document))
    assert len(own_template(DocumentKind.UNIT_REPORT)) < 60_000


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_printed_pages_carry_their_number_from_page_two_and_keep_the_signature_in_company(tmp_path: Path):
    made = to_pdf({"report.docx": render_report(hand_made_content(), DIGEST)})
    text = text_of(made["report.docx"], tmp_path)
    pages = [page.strip().splitlines() for page in text.split("\f") if page.strip()]
    assert 2 <= len(pages) <= 4
    assert pages[0][0].strip().startswith("ỦY BAN NHÂN DÂN")
    assert [page[0].strip() for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]
    (signed,) = [page for page in pages if any("TM. ỦY BAN NHÂN DÂN" in line for line in page)]
    assert any("Trên đây là báo cáo" in line for line in signed)
