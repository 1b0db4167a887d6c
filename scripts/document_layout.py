"""How the documents of an office look: page, styles, tables. Sizes and blocks: Decree 30/2020/NĐ-CP, appendix I. Within
its ranges these take: margins 20 mm above and below, 30 mm left, 15 mm right; body 14 pt, tables 12 pt, page number
13 pt."""

from copy import deepcopy

from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Mm, Pt, RGBColor, Twips
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
TEXT_WIDTH_MM = 165
CERTIFICATE_WIDTH_MM = 247

# name: (size, bold, italic, alignment, first line cm, before pt, after pt, keep with next)
STYLES: dict[str, tuple[float, bool, bool, ALIGN, float, float, float, bool]] = {
    "HSD Cơ quan chủ quản": (13, False, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Tên cơ quan": (13, True, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Quốc hiệu": (13, True, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Tiêu ngữ": (14, True, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Về việc": (12, False, False, ALIGN.CENTER, 0, 3, 0, False),
    "HSD Số ký hiệu": (13, False, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Địa danh": (14, False, True, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Tên loại": (14, True, False, ALIGN.CENTER, 0, 18, 0, True),
    "HSD Trích yếu": (14, True, False, ALIGN.CENTER, 0, 0, 0, True),
    "HSD Kính gửi": (14, False, False, ALIGN.CENTER, 0, 12, 6, False),
    "HSD Căn cứ": (14, False, True, ALIGN.JUSTIFY, 1.27, 0, 6, False),
    "HSD Nội dung": (14, False, False, ALIGN.JUSTIFY, 1.27, 0, 6, False),
    "HSD Sau bảng": (14, False, False, ALIGN.JUSTIFY, 1.27, 6, 6, False),
    "HSD Lời kết": (14, False, False, ALIGN.JUSTIFY, 1.27, 0, 6, True),
    "HSD Mục I": (14, True, False, ALIGN.JUSTIFY, 1.27, 6, 6, True),
    "HSD Mục 1": (14, True, False, ALIGN.JUSTIFY, 1.27, 0, 6, True),
    "HSD Tên bảng": (13, True, False, ALIGN.CENTER, 0, 6, 4, True),
    "HSD Bảng đầu": (12, True, False, ALIGN.CENTER, 0, 2, 2, False),
    "HSD Bảng nhóm": (12, True, False, ALIGN.LEFT, 0, 2, 2, True),
    "HSD Bảng chữ": (12, False, False, ALIGN.LEFT, 0, 2, 2, False),
    "HSD Bảng số": (12, False, False, ALIGN.CENTER, 0, 2, 2, False),
    "HSD Bảng năm": (10, False, False, ALIGN.CENTER, 0, 2, 2, False),
    "HSD Bảng nhỏ": (10, False, True, ALIGN.CENTER, 0, 0, 2, False),
    "HSD Bảng nghiêng": (12, False, True, ALIGN.LEFT, 0, 0, 2, False),
    "HSD Nơi nhận đầu": (12, True, True, ALIGN.LEFT, 0, 0, 0, True),
    "HSD Nơi nhận": (11, False, False, ALIGN.LEFT, 0, 0, 0, True),
    "HSD Quyền hạn": (14, True, False, ALIGN.CENTER, 0, 0, 0, True),
    "HSD Thẩm quyền": (14, True, False, ALIGN.CENTER, 0, 12, 6, True),
    "HSD Điều": (14, False, False, ALIGN.JUSTIFY, 1.27, 0, 6, False),
    "HSD Phụ lục": (14, True, False, ALIGN.CENTER, 0, 0, 0, True),
    "HSD Tên phụ lục": (14, True, False, ALIGN.CENTER, 0, 0, 0, True),
    "HSD Kèm theo": (14, False, True, ALIGN.CENTER, 0, 0, 12, True),
    "HSD Khen quốc hiệu": (16, True, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Khen người tặng": (22, True, False, ALIGN.CENTER, 0, 30, 10, False),
    "HSD Khen tặng": (20, True, False, ALIGN.CENTER, 0, 0, 0, False),
    "HSD Khen tên": (54, True, False, ALIGN.CENTER, 0, 6, 14, False),
    "HSD Khen ai": (28, True, False, ALIGN.CENTER, 0, 4, 4, False),
    "HSD Khen vì": (18, False, False, ALIGN.CENTER, 0, 6, 4, False),
    "HSD Khen chân": (13, False, True, ALIGN.LEFT, 0, 0, 2, False),
    "HSD Số liệu mẫu": (13, True, True, ALIGN.CENTER, 0, 12, 0, False),
    "HSD Số chốt": (11, False, True, ALIGN.LEFT, 0, 0, 2, False),
}
OUTLINE = {"HSD Mục I": 0, "HSD Mục 1": 1}


def set_fonts(element, language: bool = False) -> None:
    """Times New Roman for every script on a w:rPr's owner; theme fonts removed, since they would win."""
    properties = element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), FONT)
    properties.insert(0, fonts)
    if language:
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        lang = OxmlElement("w:lang")
        for slot in ("val", "eastAsia"):
            lang.set(qn(f"w:{slot}"), "vi-VN")
        properties.append(lang)


def make_styles(document: DocumentType) -> None:
    root = document.styles.element
    defaults = root.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    holder = defaults.find(qn("w:rPr"))
    for child in list(holder):
        holder.remove(child)
    fonts, lang = OxmlElement("w:rFonts"), OxmlElement("w:lang")
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), FONT)
    for slot in ("val", "eastAsia"):
        lang.set(qn(f"w:{slot}"), "vi-VN")
    holder.extend([fonts, lang])
    keep = {"Normal", "Header", "Footer", "Table Grid", "Normal Table", "Default Paragraph Font", "No List"}
    for style in list(document.styles):
        if style.name not in keep:
            style.element.getparent().remove(style.element)
    normal = document.styles["Normal"]
    set_fonts(normal.element, language=True)
    normal.font.size, normal.font.color.rgb = Pt(14), RGBColor(0, 0, 0)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for name in ("Header", "Footer"):
        set_fonts(document.styles[name].element)
        document.styles[name].font.size = Pt(13)
    for name, (size, bold, italic, align, first, before, after, keep_next) in STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.quick_style = True
        set_fonts(style.element)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, italic
        layout = style.paragraph_format
        layout.alignment, layout.first_line_indent = align, Cm(first)
        layout.space_before, layout.space_after, layout.keep_with_next = Pt(before), Pt(after), keep_next
        layout.widow_control = True
        if name in OUTLINE:  # headings for the navigation pane and for screen readers
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(OUTLINE[name]))
            style.element.get_or_add_pPr().append(level)


def make_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    # In whole twips, rounded up: 15 mm would be stored as 14.99 mm, less than the decree allows.
    section.top_margin = section.bottom_margin = Twips(1134)
    section.left_margin, section.right_margin = Twips(1701), Twips(851)
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    section.different_first_page_header_footer = True
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:pgMar")).addnext(start)
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), ("text", "2"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind == "text":
            run.text = text
        elif kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def turn_for_certificate(document: DocumentType) -> None:
    """A sheet to hang up: lying, with even margins and a double border, without page numbers."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Twips(1418)
    section.top_margin = section.bottom_margin = Twips(1021)
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        border = OxmlElement(f"w:{side}")
        for key, value in (("val", "thinThickSmallGap"), ("sz", "24"), ("space", "24"), ("color", "A87B1E")):
            border.set(qn(f"w:{key}"), value)
        borders.append(border)
    section._sectPr.find(qn("w:pgMar")).addnext(borders)
    section.header.is_linked_to_previous = True


def begin_lying(document: DocumentType) -> None:
    """From here on pages lie across, for tables with many columns. The paragraph that ends the section before is the
    last one added: between the tags of a condition it is there, or not, with the pages."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Twips(1134), Twips(1134)
    section.top_margin, section.bottom_margin = Twips(1701), Twips(851)
    _go_on_counting(section)


def end_lying(document: DocumentType) -> None:
    first = document.sections[0]
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = first.page_width, first.page_height
    for side in ("top_margin", "bottom_margin", "left_margin", "right_margin"):
        setattr(section, side, getattr(first, side))
    _go_on_counting(section)
    # Where the pages across are left out, this section is the only one: it names the page number itself.
    for reference in first._sectPr.findall(qn("w:headerReference")):
        section._sectPr.insert(0, deepcopy(reference))


def begin_annex(document: DocumentType) -> None:
    """From here on, an annex, on pages like those before, which count for themselves (`reporting.formats.docx`). Where
    it is left out, this section is the one before, with its counting."""
    reference = document.sections[-1]._sectPr.findall(qn("w:headerReference"))
    section = document.add_section(WD_SECTION.NEW_PAGE)
    for each in reference:
        section._sectPr.insert(0, deepcopy(each))


def _go_on_counting(section: Section) -> None:
    section.different_first_page_header_footer = False
    for start in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(start)


def bookmark(paragraph: Paragraph, name: str) -> None:
    """A named place that a PDF of the document knows, too."""
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), "7700")
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)


class Writer:
    """Adds paragraphs by style name to a document or a cell; the first one in a cell fills the empty paragraph."""

    def __init__(self, holder: DocumentType | _Cell):
        self.holder = holder
        self.is_fresh = isinstance(holder, _Cell)

    def add(self, style: str, text: str = "") -> Paragraph:
        if self.is_fresh:
            paragraph = self.holder.paragraphs[0]
            self.is_fresh = False
        else:
            paragraph = self.holder.add_paragraph()
        paragraph.style = style
        if text:
            paragraph.add_run(text)
        return paragraph

    def rule(self, width_cm: float, holder_width_cm: float) -> Paragraph:
        """A thin line of that length, centred: the lower border of an almost flat paragraph."""
        paragraph = self.add("Normal")
        side = Cm((holder_width_cm - width_cm) / 2)
        layout = paragraph.paragraph_format
        layout.left_indent = layout.right_indent = side
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
        border, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        border.append(line)
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
        return paragraph

    def loop(self, style: str, item: str, items: str) -> None:
        """One paragraph for each item; docxtpl removes the paragraphs that hold a {%p … %} tag."""
        self.add(style, f"{{%p for {item} in {items} %}}")
        self.add(style, f"{{{{ {item} }}}}")
        self.add(style, "{%p endfor %}")


def make_table(document: DocumentType, widths_mm: list[float], *, grid: bool) -> Table:
    table = document.add_table(rows=0, cols=len(widths_mm))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    if grid:
        table.style = "Table Grid"
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "70" if grid else "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)
    return table


def widest(table: Table, width_mm: float) -> None:
    """As wide as a table with looped columns may become."""
    most = table._tbl.tblPr.find(qn("w:tblW"))
    most.set(qn("w:type"), "dxa")
    most.set(qn("w:w"), str(Mm(width_mm).twips))


def add_row(table: Table, widths_mm: list[float]) -> list[Writer]:
    row = table.add_row()
    unbroken = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(unbroken)
    for cell, width in zip(row.cells, widths_mm, strict=True):
        cell.width = Mm(width)
    return [Writer(cell) for cell in row.cells]


def add_heading_row(table: Table, widths_mm: list[float], headings: list[str]) -> None:
    for writer, heading in zip(add_row(table, widths_mm), headings, strict=True):
        writer.add("HSD Bảng đầu", heading)
    repeat = OxmlElement("w:tblHeader")
    table.rows[-1]._tr.get_or_add_trPr().append(repeat)


def add_tag_row(table: Table, widths_mm: list[float], tag: str) -> None:
    """A row that only holds a {%tr … %} tag; it is gone from the written document."""
    add_row(table, widths_mm)[0].add("HSD Bảng chữ", tag)


def add_group_row(table: Table, widths_mm: list[float], text: str) -> None:
    add_row(table, widths_mm)
    cells = table.rows[-1].cells
    merged = cells[0].merge(cells[-1])
    merged.paragraphs[0].style = "HSD Bảng nhóm"
    merged.paragraphs[0].add_run(text)
    for extra in merged.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
