"""Documents as Word files in the layout of Decree 30/2020/NĐ-CP, from a frozen content.

Layout and fixed words stand in the templates (templates/reporting/<kind>.docx, or a body's own), which may be edited
in Word; here only values are put in. Pure: content in, bytes out, and the same content gives the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from hocsuotdoi.core.qr import qr_png
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.context import Seal, context_of
from hocsuotdoi.reporting.formats.printed import cleaned
from hocsuotdoi.reporting.models.content import Content

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "reporting"
QR_SIZE = Mm(24)
ANNEX_STYLE = "HSD Phụ lục"
"""Of the paragraph that begins an annex."""
_LONG_AGO = dt.datetime(2026, 1, 1)  # a file's properties have no zone; of drafts only
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)


def own_template(kind: DocumentKind) -> bytes:
    """The template that comes with the program."""
    return (TEMPLATES / f"{kind.value}.docx").read_bytes()


def render_document(kind: DocumentKind, content: Mapping[str, Any], seal: Seal, template: bytes | None = None) -> bytes:
    """The document's bytes. `content` holds the number when it is frozen; `template` None: the program's own."""
    word = _Template(io.BytesIO(own_template(kind) if template is None else template))
    word.init_docx()
    context = cleaned(context_of(kind, content, seal))
    context["qr"] = InlineImage(word, io.BytesIO(qr_png(seal.scanned)), width=QR_SIZE) if seal.address else ""
    # Templates are files that people bring: what is in their tags reaches nothing but the values.
    word.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    _fit_columns(word)
    _count_annex_apart(word)
    _set_properties(word, content)
    buffer = io.BytesIO()
    word.save(buffer)
    return same_every_time(buffer.getvalue())


class _Template(DocxTemplate):
    def fix_tables(self, xml: Any) -> Any:
        """The library spreads looped columns evenly; here the widths of the template's cells hold (`_fit_columns`)."""
        return etree.fromstring(xml, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))


def _fit_columns(word: DocxTemplate) -> None:
    """A table with a column for each of a list has as many as its first row, as wide as that row's cells say; where
    they are wider than the table may be (its own width, in the template), all are narrowed alike."""
    for table in word.docx.element.body.iter(qn("w:tbl")):
        grid, first = table.find(qn("w:tblGrid")), table.find(qn("w:tr"))
        widths = [
            int(each.get(qn("w:w"), "0")) for each in first.iterfind(f"{qn('w:tc')}/{qn('w:tcPr')}/{qn('w:tcW')}")
        ]
        if grid is None or not widths or len(first.findall(f".//{qn('w:gridSpan')}")):
            continue
        if [int(each.get(qn("w:w"), "0")) for each in grid] == widths:
            continue
        most = table.find(f"{qn('w:tblPr')}/{qn('w:tblW')}")
        limit = int(most.get(qn("w:w"), "0")) if most is not None and most.get(qn("w:type")) == "dxa" else 0
        if limit and sum(widths) > limit:
            widths = [width * limit // sum(widths) for width in widths]
        for row in table.iterfind(qn("w:tr")):
            for width, cell in zip(widths, row.iterfind(f"{qn('w:tc')}/{qn('w:tcPr')}/{qn('w:tcW')}"), strict=False):
                cell.set(qn("w:w"), str(width))
        for column in list(grid):
            grid.remove(column)
        for width in widths:
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), str(width))
            grid.append(column)


def _count_annex_apart(word: DocxTemplate) -> None:
    """Pages of an annex have numbers of their own, and its first page shows none (Decree 30/2020, appendix I)."""
    last = word.docx.sections[-1]
    if next((True for each in last.iter_inner_content() if each.style.name == ANNEX_STYLE), False):
        last.different_first_page_header_footer = True
        for before in last._sectPr.findall(qn("w:pgNumType")):
            last._sectPr.remove(before)
        start = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        last._sectPr.find(qn("w:pgMar")).addnext(start)


def render_report(content: Content, digest: str, kind: DocumentKind = DocumentKind.UNIT_REPORT) -> bytes:
    """A document that has no public page: a draft, or one of the command `report`."""
    return render_document(kind, content, Seal(digest))


def same_every_time(package: bytes) -> bytes:
    """The same parts under one fixed date: written twice, a document is the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(entry, before.read(name))
    return out.getvalue()


def _set_properties(word: DocxTemplate, content: Mapping[str, Any]) -> None:
    properties = word.docx.core_properties
    properties.title = content["header"]["title"][:255]
    properties.author = content["header"]["issuer"][:255]
    properties.subject = content.get("number", "")
    properties.last_modified_by, properties.revision = "Học Suốt Đời", 1
    frozen_at = content.get("frozen_at")
    moment = dt.datetime.fromisoformat(frozen_at).astimezone(dt.UTC).replace(tzinfo=None) if frozen_at else _LONG_AGO
    properties.created = properties.modified = moment
