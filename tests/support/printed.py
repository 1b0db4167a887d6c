"""Every number that a document prints, read back from the file, paragraphs and cells; but for what is no figure by
rule: days and years, numbers of laws and snapshots, clauses, headings, ordinals, names, and people's own words."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from docx import Document as Word
from docx.oxml.ns import qn
from openpyxl import load_workbook

from hocsuotdoi.reporting.queries.wording import (
    AGE_WORDS,
    MONEY_SOURCE_WORDS,
    OBSERVANCE_WORDS,
    number_words,
    percent_words,
)

_NO_FIGURE = re.compile(
    r"https?://\S+"
    r"|Mã kiểm tra: [0-9a-f ]+|mã kiểm tra: [0-9a-f ]+|Mã đối chiếu: [a-z0-9 ]+|mã đối chiếu: [a-z0-9 ]+"
    r"|16 ký tự đầu của SHA-256"
    r"|\b(?:BC|BS)-[\w]+-\d{4}-\d+"  # a snapshot
    r"|\d+[\w./-]*/(?:KH|QĐ|NĐ|QH|CT|BC|NQ)[-\w]*"  # a law or plan
    r"|\d{1,2}:\d{2}"
    r"|\d{1,2}/\d{1,2}(?:/\d{4})?"
    r"|ngày \d{1,2} tháng \d{1,2} năm \d{4}|tháng \d{1,2}\b"
    r"|(?i:năm|giai đoạn)[ \u00a0]\d{4}(?:\s*[-–]\s*\d{4})?"
    r"|^\d{4}(?:[-–]\d{4})?$"  # a column's year
    r"|(?:Bảng|Phụ lục)[ \u00a0]\d+[a-z]?"
    r"|^\d+\. "  # a heading
    r"|(?:mục|Mục) [\w.]+"
)
_ORDINALS = {"TT", "Chỉ tiêu số", "Tháng"}
_OF_PLANS = {"Năm của chỉ tiêu", "Mức giao (từ)", "Mức giao (đến)", "Nguyên văn", "Mức giao", "Văn bản", "Mục", "Năm"}
_NAMES = {"Văn bản, mục", "Mã", "Mã cơ sở", "Mã số liệu", "Thời hạn", "Số chốt số liệu"}


def numbers_of_word(file: bytes, said: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each number with the text it stands in. `said`: names and people's words."""
    word = Word(io.BytesIO(file))
    ordinals = {cell for table in word.tables for cell in _ordinal_cells(table)}
    for paragraph in word.element.body.iter(qn("w:p")):
        cell = next(paragraph.iterancestors(qn("w:tc")), None)
        if cell is None or cell not in ordinals:
            text = "".join(each.text or "" for each in paragraph.iter(qn("w:t")))
            yield from _in_text(text, said)


def _ordinal_cells(table: Any) -> Iterator[Any]:
    headings = [cell.text for cell in table.rows[0].cells]
    for place, heading in enumerate(headings):
        if heading in _ORDINALS:
            yield from (row.cells[place]._tc for row in table.rows[1:] if len(set(row.cells)) > 1)


def numbers_of_book(file: bytes, said: Iterable[str]) -> Iterator[tuple[str, str]]:
    """A live formula shows what its cells say, and is no number of its own; 0 is nothing."""
    for sheet in load_workbook(io.BytesIO(file)).worksheets:
        headings = {cell.column: cell.value for cell in sheet[5]}
        for row in sheet.iter_rows():
            for cell in row:
                heading = headings.get(cell.column)
                is_table = cell.row > 5
                if cell.value in (None, 0) or cell.data_type == "f":
                    continue
                if is_table and (heading in _ORDINALS | _OF_PLANS | _NAMES):
                    continue
                if isinstance(cell.value, str):
                    yield from _in_text(cell.value, said)
                else:
                    number = Decimal(str(cell.value))
                    words = percent_words(100 * number) if "%" in cell.number_format else number_words(number)
                    yield words, f"{sheet.title}!{cell.coordinate}"


def _in_text(text: str, said: Iterable[str]) -> Iterator[tuple[str, str]]:
    left = text
    for each in said:
        left = left.replace(each, " ")
    left = _NO_FIGURE.sub(" ", left)
    for number in re.findall(r"\d[\d.,]*", left):
        yield number.rstrip(".,"), text


def said_in(content: Mapping[str, Any], *more: str) -> list[str]:
    """Names, what plans say, and the words that people wrote: no number in them is computed. The longest first."""
    texts = {*more, content["header"]["title"], content["header"]["symbol"], *content["basis"]}
    for target in content["targets"]:
        named = ("name", "short_name", "of_whom", "plan", "clause", "written", "target_words")
        texts |= {target[each] for each in named}
        texts |= {each[name] for each in target["behind"] for name in ("name", "place", "code", "counted_words")}
    for task in content["tasks"]:
        texts |= {task[each] for each in ("plan", "plan_short", "clause", "text", "due_words")}
    texts |= {each["name"] for each in content["missing"]} | {each["place"] for each in content["missing"]}
    texts |= {each[name] for each in content.get("below", []) for name in ("name", "unit", "number")}
    texts |= {*AGE_WORDS.values(), *OBSERVANCE_WORDS.values(), *MONEY_SOURCE_WORDS.values()}
    for field, paragraphs in content["words"].items():
        if field != "suggested" and field not in content["words"]["suggested"]:
            texts |= set(paragraphs)
    lowered = {each[:1].lower() + each[1:] for each in texts}
    return sorted(
        {each for each in texts | lowered if re.search(r"\d", each) and re.search(r"[^\W\d]", each)},
        key=len,
        reverse=True,
    )
