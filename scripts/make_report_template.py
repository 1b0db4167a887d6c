"""Writes the Word templates of hocsuotdoi/reporting/templates/reporting, one for each kind of document.

Run once; from then on a template may be edited in Word (docs/how-to/change-the-report.md). Run again only to start
over: `python scripts/make_report_template.py [kind …]`. What the kinds have in common is written by the same functions.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from document_layout import (
    CERTIFICATE_WIDTH_MM,
    TEXT_WIDTH_MM,
    Writer,
    add_group_row,
    add_heading_row,
    add_row,
    add_tag_row,
    begin_annex,
    begin_lying,
    bookmark,
    end_lying,
    make_page,
    make_styles,
    make_table,
    turn_for_certificate,
    widest,
)
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Cm, Pt, RGBColor

SIGNATURE_MARK = "chuky"  # reporting.operations.signing looks for it
OUT = Path(__file__).resolve().parent.parent / "hocsuotdoi/reporting/templates/reporting"


def write_head(document: DocumentType, *, subject: bool = False) -> None:
    """Issuing body and national name; number and place. `subject`: an official letter says under its number what it is
    about."""
    widths = [65.0, 100.0]
    table = make_table(document, widths, grid=False)
    left, right = add_row(table, widths)
    left.add("HSD Cơ quan chủ quản", "{%p if superior %}")
    left.add("HSD Cơ quan chủ quản", "{{ superior }}")
    left.add("HSD Cơ quan chủ quản", "{%p endif %}")
    left.loop("HSD Tên cơ quan", "line", "issuer_lines")
    left.rule(2.0, 6.5)
    right.add("HSD Quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    right.add("HSD Tiêu ngữ", "Độc lập - Tự do - Hạnh phúc")
    right.rule(6.0, 10.0)
    left, right = add_row(table, widths)
    for writer, style, text in (
        (left, "HSD Số ký hiệu", "Số:          /{{ symbol }}"),
        (right, "HSD Địa danh", "{{ place_and_date }}"),
    ):
        writer.add(style, text).paragraph_format.space_before = Pt(6)
    if subject:
        left.add("HSD Về việc", "{{ title }}")


def write_sample_warning(body: Writer) -> None:
    body.add("HSD Số liệu mẫu", "{%p if sample_warning %}")
    body.add("HSD Số liệu mẫu", "{{ sample_warning }}")
    body.add("HSD Số liệu mẫu", "{%p endif %}")


def write_title(document: DocumentType) -> None:
    body = Writer(document)
    write_sample_warning(body)
    body.add("HSD Tên loại", "{{ document_name }}")
    subject = body.add("HSD Trích yếu", "{{ title }}").paragraph_format
    subject.left_indent = subject.right_indent = Cm(0.8)
    body.rule(5.0, TEXT_WIDTH_MM / 10)


def write_addressee(body: Writer) -> None:
    body.add("HSD Kính gửi", "{%p if addressee %}")
    body.add("HSD Kính gửi", "Kính gửi: {{ addressee }}")
    body.add("HSD Kính gửi", "{%p endif %}")


def write_opening(document: DocumentType) -> None:
    body = Writer(document)
    write_addressee(body)
    body.loop("HSD Căn cứ", "basis", "bases")
    body.add("HSD Nội dung", "{{ opening }}")


def spaced(body: Writer, style: str, text: str) -> None:
    """A heading after a table, which keeps no distance of its own."""
    body.add(style, text).paragraph_format.space_before = Pt(12)


def when(body: Writer, condition: str, write: Callable[[], None]) -> None:
    body.add("HSD Nội dung", f"{{%p if {condition} %}}")
    write()
    body.add("HSD Nội dung", "{%p endif %}")


def write_targets(document: DocumentType, heading: str) -> None:
    body = Writer(document)
    body.add("HSD Mục 1", heading)
    body.loop("HSD Nội dung", "paragraph", "target_sentences")
    body.add("HSD Tên bảng", "{%p if target_groups %}")
    body.add("HSD Tên bảng", "Bảng 1. Kết quả thực hiện các chỉ tiêu năm {{ year }}")
    widths = [10.0, 50.0, 28.0, 27.0, 22.0, 28.0]
    table = make_table(document, widths, grid=True)
    headings = ["TT", "Chỉ tiêu", "Mức giao", "Kết quả năm {{ year }}", "Độ bao phủ số liệu", "Đánh giá"]
    add_heading_row(table, widths, headings)
    add_tag_row(table, widths, "{%tr for group in target_groups %}")
    add_group_row(table, widths, "{{ group.title }}")
    add_tag_row(table, widths, "{%tr for target in group.rows %}")
    number, name, given, value, coverage, state = add_row(table, widths)
    number.add("HSD Bảng số", "{{ target.ordinal }}")
    name.add("HSD Bảng chữ", "{{ target.short_name }}")
    name.add("HSD Bảng nghiêng", "{%p if target.of_whom %}")
    name.add("HSD Bảng nghiêng", "{{ target.of_whom }}")
    name.add("HSD Bảng nghiêng", "{%p endif %}")
    given.add("HSD Bảng số", "{{ target.target_words }}")
    given.add("HSD Bảng số", "{%p if target.trajectory_words %}")
    given.add("HSD Bảng số", "{{ target.trajectory_words }}")
    given.add("HSD Bảng số", "{%p endif %}")
    value.add("HSD Bảng số", "{{ target.value }}")
    coverage.add("HSD Bảng số", "{{ target.coverage_words }}")
    state.add("HSD Bảng số", "{{ target.state_words }}")
    add_tag_row(table, widths, "{%tr endfor %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.add("HSD Nội dung", "{%p endif %}")


def write_tasks(document: DocumentType, heading: str) -> None:
    body = Writer(document)
    spaced(body, "HSD Mục 1", heading)
    body.loop("HSD Nội dung", "paragraph", "task_sentences")
    body.add("HSD Tên bảng", "{%p if task_groups %}")
    body.add("HSD Tên bảng", "Bảng 2. Tình hình thực hiện nhiệm vụ năm {{ year }}")
    widths = [10.0, 82.0, 25.0, 48.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Nhiệm vụ", "Thời hạn", "Kết quả, minh chứng"])
    add_tag_row(table, widths, "{%tr for group in task_groups %}")
    add_group_row(table, widths, "{{ group.title }}")
    add_tag_row(table, widths, "{%tr for task in group.rows %}")
    number, text, due, evidence = add_row(table, widths)
    number.add("HSD Bảng số", "{{ task.ordinal }}")
    text.add("HSD Bảng chữ", "{{ task.text }}")
    text.add("HSD Bảng nghiêng", "{{ task.source }}")
    due.add("HSD Bảng số", "{{ task.due_words }}")
    for condition, words in (("task.evidence", "task.evidence"), ("task.handed_words", "task.handed_words")):
        evidence.add("HSD Bảng chữ", f"{{%p if {condition} %}}")
        evidence.add("HSD Bảng chữ", f"{{{{ {words} }}}}")
        evidence.add("HSD Bảng chữ", "{%p endif %}")
    evidence.add("HSD Bảng nghiêng", "{%p if task.state != 'done' %}")
    evidence.add("HSD Bảng nghiêng", "{{ task.rule_words }}")
    evidence.add("HSD Bảng nghiêng", "{%p endif %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.add("HSD Nội dung", "{%p endif %}")


def write_money(document: DocumentType, heading: str) -> None:
    """Left out whole where the cycle does not ask for money."""
    body = Writer(document)

    def write() -> None:
        spaced(body, "HSD Mục 1", heading)
        body.loop("HSD Nội dung", "paragraph", "money_sentences")
        body.add("HSD Tên bảng", "{%p if money_rows %}")
        body.add("HSD Tên bảng", "Bảng 3. Kinh phí theo nguồn năm {{ year }} (đồng)")
        widths = [45.0, 30.0, 30.0, 30.0, 30.0]
        table = make_table(document, widths, grid=True)
        add_heading_row(table, widths, ["Nguồn", "Dự toán", "Thẩm định", "Đã cấp", "Đã chi"])
        add_tag_row(table, widths, "{%tr for money in money_rows %}")
        source, *stages = add_row(table, widths)
        source.add("HSD Bảng chữ", "{{ money.source }}")
        for writer, stage in zip(stages, ("estimated", "appraised", "allocated", "spent"), strict=True):
            writer.add("HSD Bảng số", f"{{{{ money.{stage} }}}}")
        add_tag_row(table, widths, "{%tr endfor %}")
        body.add("HSD Nội dung", "{%p endif %}")

    when(body, "money_sentences or money_rows", write)


def write_below(document: DocumentType, heading: str) -> None:
    body = Writer(document)
    spaced(body, "HSD Mục 1", heading)
    body.loop("HSD Nội dung", "paragraph", "below_sentences")
    body.add("HSD Tên bảng", "{%p if below_in_body %}")
    body.add("HSD Tên bảng", "Bảng 4. Báo cáo của các đơn vị")
    write_reports_below(document, "below_in_body")
    body.add("HSD Nội dung", "{%p endif %}")
    when(body, "gaps", lambda: body.loop("HSD Sau bảng", "gap", "gaps"))


def write_reports_below(document: DocumentType, rows: str) -> None:
    widths = [10.0, 75.0, 35.0, 45.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Đơn vị báo cáo", "Tình trạng", "Số chốt số liệu"])
    add_tag_row(table, widths, f"{{%tr for below in {rows} %}}")
    number, name, state, frozen = add_row(table, widths)
    number.add("HSD Bảng số", "{{ below.ordinal }}")
    name.add("HSD Bảng chữ", "{{ below.name }}")
    state.add("HSD Bảng số", "{{ below.state_words }}")
    frozen.add("HSD Bảng số", "{{ below.number }}")
    add_tag_row(table, widths, "{%tr endfor %}")


def write_annex(document: DocumentType) -> None:
    """After the signature, on pages of its own with their own numbers: of many reports below, each with its state."""
    body = Writer(document)
    body.add("HSD Nội dung", "{%p if below_annexed %}")
    begin_annex(document)
    body.add("HSD Phụ lục", "Phụ lục")
    body.add("HSD Tên phụ lục", "TÌNH HÌNH BÁO CÁO CỦA CÁC ĐƠN VỊ NĂM {{ year }}")
    body.add("HSD Kèm theo", "(Kèm theo Báo cáo số          /{{ symbol }} ngày … tháng … năm … của {{ issuer }})")
    write_reports_below(document, "below_annexed")
    body.add("HSD Nội dung", "{%p endif %}")


def write_results(document: DocumentType, *, consolidated: bool) -> None:
    """Part I of every report: what was held, targets, tasks, money, what is missing."""
    body = Writer(document)
    numbers = iter(range(1, 9))
    body.add("HSD Mục 1", f"{next(numbers)}. Hoạt động phục vụ học tập suốt đời")
    body.loop("HSD Nội dung", "paragraph", "activity_sentences")
    write_targets(document, f"{next(numbers)}. Kết quả thực hiện các chỉ tiêu")
    write_tasks(document, f"{next(numbers)}. Kết quả thực hiện các nhiệm vụ")
    spaced(body, "HSD Mục 1", f"{next(numbers)}. Số liệu còn thiếu")
    body.loop("HSD Nội dung", "paragraph", "missing_sentences")
    if consolidated:
        write_below(document, f"{next(numbers)}. Tình hình báo cáo của các đơn vị")
        spaced(body, "HSD Mục 1", f"{next(numbers)}. Đánh giá chung")
    else:
        body.add("HSD Mục 1", f"{next(numbers)}. Đánh giá chung")
    body.loop("HSD Nội dung", "paragraph", "results")
    write_money(document, f"{next(numbers)}. Kinh phí thực hiện")
    write_year_before(document, f"{next(numbers)}. {{{{ before_title }}}}")


def write_year_before(document: DocumentType, heading: str) -> None:
    """What was held in the year before after its report had been closed; left out whole where there is nothing."""
    body = Writer(document)

    def write() -> None:
        spaced(body, "HSD Mục 1", heading)
        body.loop("HSD Nội dung", "paragraph", "before_sentences")
        body.add("HSD Tên bảng", "Bảng 5. {{ before_title }}")
        widths = [85.0, 40.0, 40.0]
        table = make_table(document, widths, grid=True)
        add_heading_row(table, widths, ["Số liệu", "Sau ngày {{ before_after }}", "Cả năm {{ before_year }}"])
        add_tag_row(table, widths, "{%tr for row in before_rows %}")
        label, added, whole = add_row(table, widths)
        label.add("HSD Bảng chữ", "{{ row.label }}")
        added.add("HSD Bảng số", "{{ row.added }}")
        whole.add("HSD Bảng số", "{{ row.whole }}")
        add_tag_row(table, widths, "{%tr endfor %}")

    when(body, "before_rows", write)


def write_period(document: DocumentType, *, lying: bool) -> None:
    """Year by year: three years stand on the page, eight on one that lies across."""
    body = Writer(document)
    body.add("HSD Nội dung", "{%p if period_groups %}")
    if lying:
        begin_lying(document)
    width, each, total = (257.0, 23.0, 28.0) if lying else (165.0, 27.0, 27.0)
    figures = "HSD Bảng năm" if lying else "HSD Bảng số"
    years = 8 if lying else 3
    label = width - years * each - total
    body.add("HSD Tên bảng", "Bảng 5. Kết quả theo từng năm, giai đoạn {{ period_words }}")
    widths = [label, 1.0, each, 1.0, total]
    table = make_table(document, widths, grid=True)
    widest(table, width)
    add_heading_row(
        table,
        widths,
        ["Số liệu", "{%tc for column in period_years %}", "{{ column }}", "{%tc endfor %}", "Cả giai đoạn"],
    )
    add_tag_row(table, widths, "{%tr for group in period_groups %}")
    name, begin, cell, end, whole = add_row(table, widths)
    name.add("HSD Bảng nhóm", "{{ group.title }}")
    begin.add("HSD Bảng số", "{%tc for column in period_years %}")
    cell.add("HSD Bảng số")
    end.add("HSD Bảng số", "{%tc endfor %}")
    whole.add("HSD Bảng số")
    add_tag_row(table, widths, "{%tr for row in group.rows %}")
    name, begin, cell, end, whole = add_row(table, widths)
    name.add("HSD Bảng chữ", "{{ row.label }}")
    begin.add("HSD Bảng số", "{%tc for cell in row.cells %}")
    cell.add(figures, "{{ cell }}")
    end.add("HSD Bảng số", "{%tc endfor %}")
    whole.add(figures, "{{ row.total }}")
    add_tag_row(table, widths, "{%tr endfor %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.loop("HSD Sau bảng", "paragraph", "period_sentences")
    write_target_years(document, [10.0, label + total - 10.0, 1.0, each, 1.0], width)
    if lying:
        end_lying(document)
    body.add("HSD Nội dung", "{%p endif %}")


def write_target_years(document: DocumentType, widths: list[float], width: float) -> None:
    body = Writer(document)
    body.add("HSD Tên bảng", "{%p if target_years %}")
    body.add("HSD Tên bảng", "Bảng 6. Chỉ tiêu theo từng năm, giai đoạn {{ period_words }}")
    table = make_table(document, widths, grid=True)
    widest(table, width)
    add_heading_row(
        table, widths, ["TT", "Chỉ tiêu", "{%tc for column in period_years %}", "{{ column }}", "{%tc endfor %}"]
    )
    add_tag_row(table, widths, "{%tr for target in target_years %}")
    number, name, begin, cell, end = add_row(table, widths)
    number.add("HSD Bảng số", "{{ target.ordinal }}")
    name.add("HSD Bảng chữ", "{{ target.name }}")
    name.add("HSD Bảng nghiêng", "{%p if target.of_whom %}")
    name.add("HSD Bảng nghiêng", "{{ target.of_whom }}")
    name.add("HSD Bảng nghiêng", "{%p endif %}")
    begin.add("HSD Bảng số", "{%tc for year in target.cells %}")
    cell.add("HSD Bảng số", "{{ year.value }}")
    cell.add("HSD Bảng nhỏ", "{%p if year.due_words %}")
    cell.add("HSD Bảng nhỏ", "{{ year.due_words }}")
    cell.add("HSD Bảng nhỏ", "{%p endif %}")
    cell.add("HSD Bảng nhỏ", "{{ year.state_words }}")
    end.add("HSD Bảng số", "{%tc endfor %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.add("HSD Tên bảng", "{%p endif %}")


def write_causes(body: Writer, heading: str) -> None:
    def write() -> None:
        body.add("HSD Mục 1", heading)
        body.loop("HSD Nội dung", "paragraph", "causes")

    when(body, "causes", write)


def write_report(document: DocumentType, *, consolidated: bool) -> None:
    write_title(document)
    write_opening(document)
    body = Writer(document)
    body.add("HSD Mục I", "I. KẾT QUẢ THỰC HIỆN")
    write_results(document, consolidated=consolidated)
    spaced(body, "HSD Mục I", "II. KHÓ KHĂN, VƯỚNG MẮC VÀ NGUYÊN NHÂN")
    body.loop("HSD Nội dung", "paragraph", "difficulties")
    body.loop("HSD Nội dung", "paragraph", "causes")
    body.add("HSD Mục I", "III. ĐỀ XUẤT, KIẾN NGHỊ")
    body.loop("HSD Nội dung", "paragraph", "proposals")


def write_review(document: DocumentType, *, final: bool) -> None:
    """Mid-term and final: direction first, then results, then limits with their causes, then what is to come."""
    write_title(document)
    write_opening(document)
    body = Writer(document)
    body.add("HSD Mục I", "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI THỰC HIỆN")
    body.loop("HSD Nội dung", "paragraph", "task_sentences")
    body.add("HSD Mục I", "II. KẾT QUẢ THỰC HIỆN" + (" ĐẾN NĂM 2030" if final else " GIỮA KỲ"))
    write_results(document, consolidated=True)
    write_period(document, lying=final)
    spaced(body, "HSD Mục I", "III. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN")
    body.add("HSD Mục 1", "1. Tồn tại, hạn chế")
    body.loop("HSD Nội dung", "paragraph", "difficulties")
    write_causes(body, "2. Nguyên nhân")
    heading = "IV. ĐÁNH GIÁ CHUNG, ĐỀ XUẤT CHO GIAI ĐOẠN SAU" if final else "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ VÀ KIẾN NGHỊ"
    body.add("HSD Mục I", heading)
    body.loop("HSD Nội dung", "paragraph", "proposals")


def write_letter(document: DocumentType) -> None:
    """Official letter: no name of a kind; what it is about stands under the number."""
    body = Writer(document)
    write_sample_warning(body)
    body.add("HSD Kính gửi", "Kính gửi: {{ addressee }}").paragraph_format.space_before = Pt(18)
    body.loop("HSD Nội dung", "paragraph", "paragraphs")
    when(body, "items", lambda: body.loop("HSD Nội dung", "item", "items"))


def write_minutes(document: DocumentType) -> None:
    write_title(document)
    body = Writer(document)
    body.add("HSD Nội dung", "{{ opening }}").paragraph_format.space_before = Pt(12)
    body.add("HSD Mục I", "I. THÀNH PHẦN")
    body.add("HSD Mục 1", "1. Đoàn kiểm tra")
    body.loop("HSD Nội dung", "person", "team")
    body.add("HSD Mục 1", "2. Đại diện cơ sở được kiểm tra")
    body.loop("HSD Nội dung", "person", "met")
    body.add("HSD Mục I", "II. NỘI DUNG VÀ KẾT QUẢ KIỂM TRA")
    body.loop("HSD Nội dung", "paragraph", "answer_sentences")
    widths = [12.0, 78.0, 30.0, 45.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Nội dung", "Kết quả", "Ghi nhận"])
    add_tag_row(table, widths, "{%tr for section in sections %}")
    add_group_row(table, widths, "{{ section.title }}")
    add_tag_row(table, widths, "{%tr for row in section.rows %}")
    number, question, seen, remark = add_row(table, widths)
    number.add("HSD Bảng số", "{{ row.ordinal }}")
    question.add("HSD Bảng chữ", "{{ row.question }}")
    seen.add("HSD Bảng số", "{{ row.seen }}")
    remark.add("HSD Bảng chữ", "{{ row.remark }}")
    add_tag_row(table, widths, "{%tr endfor %}")
    add_tag_row(table, widths, "{%tr endfor %}")
    spaced(body, "HSD Mục I", "III. TỒN TẠI VÀ YÊU CẦU KHẮC PHỤC")
    body.loop("HSD Nội dung", "paragraph", "finding_sentences")
    body.add("HSD Nội dung", "{%p if findings %}")
    widths = [12.0, 30.0, 55.0, 43.0, 25.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Mức độ", "Nội dung", "Yêu cầu", "Thời hạn"])
    add_tag_row(table, widths, "{%tr for finding in findings %}")
    for writer, key in zip(
        add_row(table, widths), ("ordinal", "severity_words", "text", "demand", "due_words"), strict=True
    ):
        style = "HSD Bảng chữ" if key in {"text", "demand"} else "HSD Bảng số"
        writer.add(style, f"{{{{ finding.{key} }}}}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.add("HSD Nội dung", "{%p endif %}")
    spaced(body, "HSD Mục I", "IV. Ý KIẾN CỦA CƠ SỞ")
    body.loop("HSD Nội dung", "paragraph", "opinion")
    body.add("HSD Mục I", "V. KẾT LUẬN")
    body.loop("HSD Nội dung", "paragraph", "conclusion")


def write_nomination(document: DocumentType) -> None:
    write_title(document)
    write_opening(document)
    body = Writer(document)
    body.add("HSD Mục I", "I. TẬP THỂ, CÁ NHÂN ĐƯỢC ĐỀ NGHỊ")
    body.add("HSD Nội dung", "{{ nominee }}")
    body.add("HSD Nội dung", "Hình thức khen thưởng đề nghị: {{ form }}.")
    body.add("HSD Mục I", "II. THÀNH TÍCH")
    body.loop("HSD Nội dung", "paragraph", "merits")
    body.add("HSD Tên bảng", "{%p if evidence_rows %}")
    body.add("HSD Tên bảng", "Bảng 1. Số liệu chứng minh thành tích")
    widths = [10.0, 75.0, 40.0, 40.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Nội dung", "Kết quả", "Nguồn"])
    add_tag_row(table, widths, "{%tr for evidence in evidence_rows %}")
    for writer, key in zip(add_row(table, widths), ("ordinal", "label", "value", "source"), strict=True):
        writer.add("HSD Bảng chữ" if key in {"label", "source"} else "HSD Bảng số", f"{{{{ evidence.{key} }}}}")
    add_tag_row(table, widths, "{%tr endfor %}")
    body.add("HSD Nội dung", "{%p endif %}")
    when(body, "peer_sentences", lambda: body.loop("HSD Sau bảng", "paragraph", "peer_sentences"))


def write_decision(document: DocumentType) -> None:
    """An individual decision (appendix III of the decree): the authority, its grounds, then the articles."""
    write_title(document)
    body = Writer(document)
    body.add("HSD Thẩm quyền", "{{ authority }}")
    body.loop("HSD Căn cứ", "basis", "bases")
    body.add("HSD Thẩm quyền", "QUYẾT ĐỊNH:")
    body.add("HSD Điều", "{%p for article in articles %}")
    article = body.add("HSD Điều")
    article.add_run("Điều {{ article.ordinal }}. ").bold = True
    article.add_run("{{ article.text }}")
    body.add("HSD Điều", "{%p endfor %}")


def write_certificate(document: DocumentType) -> None:
    """The words in the order of the printed sheets; emblem and ornament are on those."""
    body = Writer(document)
    body.add("HSD Số liệu mẫu", "{%p if sample_warning %}")
    body.add("HSD Số liệu mẫu", "{{ sample_warning }}").paragraph_format.space_before = Pt(0)
    body.add("HSD Số liệu mẫu", "{%p endif %}")
    body.add("HSD Khen quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    body.add("HSD Khen quốc hiệu", "Độc lập - Tự do - Hạnh phúc")
    body.rule(6.5, CERTIFICATE_WIDTH_MM / 10)
    body.add("HSD Khen người tặng", "{{ authority }}")
    body.add("HSD Khen tặng", "TẶNG")
    body.add("HSD Khen tên", "{{ award }}").runs[0].font.color.rgb = RGBColor(0xB0, 0x1E, 0x23)
    body.add("HSD Khen ai", "{{ nominee }}")
    body.add("HSD Khen vì", "{%p if nominee_more %}")
    body.add("HSD Khen vì", "{{ nominee_more }}")
    body.add("HSD Khen vì", "{%p endif %}")
    reason = body.add("HSD Khen vì", "{{ reason }}").paragraph_format
    reason.left_indent = reason.right_indent = Cm(0.8)
    widths = [30.0, 97.0, 120.0]
    table = make_table(document, widths, grid=False)
    code, left, right = add_row(table, widths)
    code.add("HSD Số chốt", "{{ qr }}").paragraph_format.space_before = Pt(28)
    left.add("HSD Khen chân", "{{ decision }}").paragraph_format.space_before = Pt(28)
    left.add("HSD Khen chân", "Vào sổ khen thưởng số: ……")
    left.loop("HSD Số chốt", "line", "snapshot_lines")
    right.add("HSD Địa danh", "{{ place_and_date }}").paragraph_format.space_before = Pt(24)
    right.loop("HSD Quyền hạn", "line", "signature_lines")
    write_room_to_sign(right)
    right.add("HSD Quyền hạn", "{{ signer }}")
    end_flat(document)


def end_flat(document: DocumentType) -> None:
    """The paragraph that must follow a table takes no room: it would begin another page."""
    gap = Writer(document).add("Normal").paragraph_format
    gap.line_spacing_rule, gap.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def write_addendum(document: DocumentType) -> None:
    write_title(document)
    body = Writer(document)
    write_addressee(body)
    body.add("HSD Nội dung", "{{ opening }}").paragraph_format.space_before = Pt(6)
    body.add("HSD Tên bảng", "Bảng 1. Số liệu thay đổi so với báo cáo {{ amends }}")
    widths = [10.0, 75.0, 40.0, 40.0]
    table = make_table(document, widths, grid=True)
    add_heading_row(table, widths, ["TT", "Số liệu", "Đã báo cáo", "Nay là"])
    add_tag_row(table, widths, "{%tr for change in changes %}")
    for writer, key in zip(add_row(table, widths), ("ordinal", "label", "before", "after"), strict=True):
        writer.add("HSD Bảng chữ" if key == "label" else "HSD Bảng số", f"{{{{ change.{key} }}}}")
    add_tag_row(table, widths, "{%tr endfor %}")
    spaced(body, "HSD Nội dung", "Lý do: {{ reason }}")


def write_end(document: DocumentType, *, has_closing: bool = True) -> None:
    """Closing sentence, recipients and signature in one table, kept together: a signature never stands alone."""
    widths = [80.0, 85.0]
    table = make_table(document, widths, grid=False)
    if has_closing:
        add_group_row(table, widths, "{{ closing }}")
        table.rows[-1].cells[0].paragraphs[0].style = "HSD Lời kết"
    left, right = add_row(table, widths)
    left.add("HSD Nơi nhận đầu", "Nơi nhận:").paragraph_format.space_before = Pt(6)
    left.loop("HSD Nơi nhận", "recipient", "recipients")
    right.loop("HSD Quyền hạn", "line", "signature_lines")
    write_room_to_sign(right)
    write_check(document)


def write_room_to_sign(writer: Writer, *, marked: bool = True) -> None:
    """For signature, seal and name; a digital signature is shown at the mark."""
    for ordinal in range(4):
        paragraph = writer.add("HSD Quyền hạn")
        if marked and ordinal == 0:
            bookmark(paragraph, SIGNATURE_MARK)


def write_two_signatures(document: DocumentType) -> None:
    """Minutes are signed by both sides and have no recipients."""
    widths = [82.0, 83.0]
    table = make_table(document, widths, grid=False)
    add_group_row(table, widths, "{{ closing }}")
    table.rows[-1].cells[0].paragraphs[0].style = "HSD Lời kết"
    left, right = add_row(table, widths)
    for writer, lines in ((left, "signature_lines"), (right, "signature_lines_right")):
        writer.loop("HSD Quyền hạn", "line", lines)
        write_room_to_sign(writer, marked=writer is right)
    write_check(document)


def write_check(document: DocumentType) -> None:
    """The code with the lines that say how a reader checks the figures."""
    body = Writer(document)
    gap = body.add("Normal")
    gap.paragraph_format.line_spacing_rule, gap.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(12)
    widths = [30.0, 135.0]
    table = make_table(document, widths, grid=False)
    left, right = add_row(table, widths)
    left.add("HSD Số chốt", "{{ qr }}")
    right.loop("HSD Số chốt", "line", "snapshot_lines")
    right.add("HSD Số chốt")


def make_template(kind: str) -> DocumentType:
    document = Document()
    make_styles(document)
    make_page(document)
    title, write = KINDS[kind]
    if kind == "certificate":
        turn_for_certificate(document)
    else:
        write_head(document, subject=kind == "reminder_letter")
    write(document)
    if kind == "inspection_minutes":
        write_two_signatures(document)
    elif kind != "certificate":
        write_end(document, has_closing=kind != "commendation_decision")
    if kind in CONSOLIDATED:
        write_annex(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "Học Suốt Đời", ""
    properties.language = "vi-VN"
    return document


KINDS: dict[str, tuple[str, Callable[[DocumentType], None]]] = {
    "unit_report": ("Báo cáo của đơn vị", lambda document: write_report(document, consolidated=False)),
    "consolidated_report": ("Báo cáo tổng hợp", lambda document: write_report(document, consolidated=True)),
    "mid_term_review": ("Báo cáo sơ kết giữa kỳ", lambda document: write_review(document, final=False)),
    "final_review": ("Báo cáo tổng kết", lambda document: write_review(document, final=True)),
    "prime_minister_report": (
        "Báo cáo Thủ tướng Chính phủ",
        lambda document: write_report(document, consolidated=True),
    ),
    "reminder_letter": ("Công văn đôn đốc", write_letter),
    "inspection_minutes": ("Biên bản kiểm tra", write_minutes),
    "nomination": ("Tờ trình khen thưởng", write_nomination),
    "commendation_decision": ("Quyết định khen thưởng", write_decision),
    "certificate": ("Giấy khen, bằng khen", write_certificate),
    "addendum": ("Báo cáo bổ sung", write_addendum),
}

CONSOLIDATED = ("consolidated_report", "mid_term_review", "final_review", "prime_minister_report")

if __name__ == "__main__":
    for kind in sys.argv[1:] or KINDS:
        target = OUT / f"{kind}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        make_template(kind).save(str(target))
        print(target)
