"""The annex as a workbook: every figure of the report with what stands behind it. Pure: content in, bytes out.

Numbers are numbers; shares and growth are live formulas over numerator and denominator, so that a reader can follow
them; the snapshot's number stands on every sheet and in every page's footer.
"""

import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from typing import Any, cast

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hocsuotdoi.reporting.formats.printed import SAMPLE_WARNING, cleaned, short_digest, spaced_key
from hocsuotdoi.reporting.formats.years_sheet import write_year_before, write_years
from hocsuotdoi.reporting.models.content import SHAPE_OF_A_CYCLE, Content, TargetContent

FONT = "Times New Roman"
NARROWNESS = 0.9  # of a letter of this type, against the digit that column widths are counted in
HEADING_ROW = 4  # zero-based: three lines of title and an empty one stand above
_LONG_AGO = dt.datetime(2026, 1, 1)  # a file's properties have no zone; of drafts only
_STAGES = ("estimated", "appraised", "allocated", "spent")
_ORIGINS = {"counted": "Tính từ sổ hoạt động", "typed": "Đơn vị tự nhập", "consolidated": "Cộng từ báo cáo dưới"}
_PERCENT_UNITS = {"percent", "percent_per_year"}
_VISITS = re.compile(r"measure:(library|museum|centre)_visit:[\d-]+")
NOT_REPORTED = "Chưa có số liệu"
_OF_MONTHS = ("sessions", "attendance", "visits")

Cell = str | int | float | None


def render_annex(content: Content, digest: str, address: str = "", key: str = "") -> bytes:
    """The workbook's bytes, the same each time. `digest` is the snapshot's, `address` its public page's, if it has
    one, `key` what opens all of it there (`printed.paper_key`)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    writer = _AnnexWriter(book, cleaned(content), digest, address, key)
    writer.write_targets()
    if content["shape"] >= SHAPE_OF_A_CYCLE:
        writer.write_figures()
    writer.write_behind()
    writer.write_activities()
    writer.write_tasks()
    if content.get("money", {}).get("rows"):
        writer.write_money()
    if content.get("below"):
        writer.write_below()
    writer.write_missing()
    write_years(writer.content, writer.sheet, writer.hide_keys, writer.formats)
    write_year_before(writer.content, writer.sheet, writer.hide_keys, writer.formats)
    frozen_at = content.get("frozen_at")
    moment = dt.datetime.fromisoformat(frozen_at).astimezone(dt.UTC).replace(tzinfo=None) if frozen_at else _LONG_AGO
    book.set_properties({"title": content["header"]["title"], "subject": content.get("number", ""), "created": moment})
    book.close()
    return buffer.getvalue()


def _formats(book: Workbook) -> dict[str, Format]:
    base = {"font_name": FONT, "font_size": 11, "valign": "top"}
    boxed = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 13}),
        "line": book.add_format({**base, "italic": True}),
        "heading": book.add_format(
            {
                **boxed,
                "bold": True,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
                "bg_color": "#EFEBDD",
            }
        ),
        "text": book.add_format({**boxed, "text_wrap": True}),
        "ordinal": book.add_format({**boxed, "align": "center"}),
        "number": book.add_format({**boxed, "num_format": "#,##0"}),
        "percent": book.add_format({**boxed, "num_format": "0.0%"}),
        "year": book.add_format({**boxed, "num_format": "0"}),
        "total": book.add_format({**boxed, "num_format": "#,##0", "bold": True}),
    }


class _AnnexWriter:
    def __init__(self, book: Workbook, content: Content, digest: str, address: str, key: str):
        self.book, self.content, self.digest, self.address, self.key = book, content, digest, address, key
        self.figures = {each["key"]: each for each in content.get("figures", [])}
        self.widths: dict[str, Sequence[float]] = {}
        self.formats = _formats(book)

    def sheet(self, name: str, title: str, headings: Sequence[str], widths: Sequence[float]) -> Worksheet:
        """A sheet with title, snapshot line and heading row, set up for A4 landscape."""
        content = self.content
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.6, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.freeze_panes(HEADING_ROW + 1, 0)
        number = content.get("number", "chưa chốt")
        sheet.set_footer(f'&L&"{FONT}"&9Số chốt: {number}&R&"{FONT}"&9Trang &P/&N')
        sheet.write_string(0, 0, title, self.formats["title"])
        day = dt.date.fromisoformat(content["as_of"])
        unit_line = f"{content['unit']['name']}, năm {content['year']}, số liệu đến ngày {day:%d/%m/%Y}"
        sheet.write_string(
            1, 0, unit_line + (f" - {SAMPLE_WARNING}" if content["has_sample"] else ""), self.formats["line"]
        )
        snapshot_line = f"Số chốt số liệu: {number}; mã kiểm tra: {short_digest(self.digest)}"
        if self.address:
            snapshot_line += f"; kiểm tra tại {self.address}"
        if self.key:
            snapshot_line += f"; mã đối chiếu: {spaced_key(self.key)}"
        sheet.write_string(2, 0, snapshot_line, self.formats["line"])
        self.widths[sheet.name] = widths
        sheet.set_row(HEADING_ROW, 32)
        for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(HEADING_ROW, column, heading, self.formats["heading"])
        return sheet

    def hide_keys(self, sheet: Worksheet, column: int, keys: Sequence[str]) -> None:
        """The key of each row's figure, in a column that only programs look at and that is not printed."""
        sheet.set_column(column, column, 30, None, {"hidden": True})
        sheet.write_string(HEADING_ROW, column, "Mã số liệu", self.formats["heading"])
        for row, key in enumerate(keys, start=HEADING_ROW + 1):
            if key:
                sheet.write_string(row, column, key)
        sheet.print_area(0, 0, HEADING_ROW + max(len(keys), 1), column - 1)

    def write(self, sheet: Worksheet, row: int, column: int, value: Cell, style: str = "") -> None:
        """A text, a number, or a boxed blank where nothing is known (never 0)."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.formats[style or "text"])
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self.formats[style or "text"])
        else:
            sheet.write_number(row, column, value, self.formats[style or "number"])

    def write_targets(self) -> None:
        headings = [
            *("TT", "Chỉ tiêu", "Đối tượng", "Văn bản, mục", "Năm của chỉ tiêu", "Mức giao (từ)", "Mức giao (đến)"),
            *("Tử số", "Mẫu số", "Kết quả", "Số nơi có số liệu", "Số nơi phải có", "Độ bao phủ", "Lộ trình năm nay"),
            "Đánh giá",
        ]
        widths = [4, 28, 20, 22, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 12]
        sheet = self.sheet("Chỉ tiêu", "Phụ lục 1. Kết quả thực hiện các chỉ tiêu", headings, widths)
        for index, target in enumerate(self.content["targets"]):
            self._write_target(sheet, HEADING_ROW + 1 + index, index + 1, target)
        self.hide_keys(sheet, len(headings), [target.get("key", "") for target in self.content["targets"]])
        headings = ["TT", "Chỉ tiêu", "Nguyên văn", "Kết quả như trong báo cáo", "Cách đánh giá", "Ghi chú"]
        title = "Phụ lục 1a. Nguyên văn chỉ tiêu và cách đánh giá"
        sheet = self.sheet("Cách đánh giá", title, headings, [5, 32, 46, 22, 46, 30])
        for ordinal, target in enumerate(self.content["targets"], start=1):
            values: list[Cell] = [ordinal, target["name"], target["written"], target["value_words"]]
            values += [target["rule_words"], target["note"]]
            self._write_row(sheet, HEADING_ROW + ordinal, values)

    def _write_target(self, sheet: Worksheet, row: int, ordinal: int, target: TargetContent) -> None:
        is_percent = target["unit"] in _PERCENT_UNITS
        scale, style = (100, "percent") if is_percent else (1, "number")
        where = ", mục ".join(part for part in (target["plan"], target["clause"]) if part)
        self._write_row(sheet, row, [ordinal, target["name"], target["of_whom"], where])
        self.write(sheet, row, 4, target["target_year"], "year")
        self.write(sheet, row, 5, float(target["low"]) / scale, style)
        self.write(sheet, row, 6, float(target["high"]) / scale, style)
        self.write(sheet, row, 7, _number(target["numerator"]))
        self.write(sheet, row, 8, _number(target["denominator"]))
        self._write_result(sheet, row, target)
        self.write(sheet, row, 10, target["reporting"])
        self.write(sheet, row, 11, target["expected"])
        if target["expected"]:
            reporting, expected = xl_rowcol_to_cell(row, 10), xl_rowcol_to_cell(row, 11)
            share = (target["reporting"] or 0) / target["expected"]
            sheet.write_formula(row, 12, f"={reporting}/{expected}", self.formats["percent"], share)
        else:
            self.write(sheet, row, 12, None, "percent")
        now = _number(target["expected_now"])
        self.write(sheet, row, 13, None if now is None else now / scale, style)
        self.write(sheet, row, 14, target["state_words"])

    def _write_result(self, sheet: Worksheet, row: int, target: TargetContent) -> None:
        """Column 9: a formula over numerator and denominator; blank where the value is not known."""
        numerator, denominator = _number(target["numerator"]), _number(target["denominator"])
        top, bottom = xl_rowcol_to_cell(row, 7), xl_rowcol_to_cell(row, 8)
        if numerator is None or target["value_state"] != "value":
            self.write(sheet, row, 9, None, "percent")
        elif not denominator:
            sheet.write_formula(row, 9, f"={top}", self.formats["number"], numerator)
        elif target["base_year"]:
            years = self.content["year"] - target["base_year"]
            growth = (numerator / denominator) ** (1 / years) - 1
            formula = f"=({top}/{bottom})^(1/{years})-1"
            sheet.write_formula(row, 9, formula, self.formats["percent"], growth)
        else:
            formula = f"={top}/{bottom}"
            sheet.write_formula(row, 9, formula, self.formats["percent"], numerator / denominator)

    def write_figures(self) -> None:
        """Every number that the document prints, each with its parts."""
        headings = ["TT", "Số liệu", "Như trong báo cáo", "Tử số", "Mẫu số", "Tử số/mẫu số"]
        headings += ["Số nơi có số liệu", "Số nơi phải có", "Độ bao phủ", "Từ đâu", "Ghi chú"]
        title = "Phụ lục 1b. Mọi số liệu của báo cáo"
        sheet = self.sheet("Số liệu", title, headings, [5, 46, 18, 12, 12, 11, 10, 10, 10, 22, 30])
        figures = self.content.get("figures", [])
        for row, each in enumerate(figures, start=HEADING_ROW + 1):
            self._write_row(sheet, row, [row - HEADING_ROW, each["label"], each["words"]])
            for column, part in ((3, "numerator"), (4, "denominator")):
                self.write(sheet, row, column, _number(each[part]), "number")
            self._write_share(sheet, row, 5, (3, _number(each["numerator"])), (4, _number(each["denominator"])))
            for column, count in ((6, each["reporting"]), (7, each["expected"])):
                self.write(sheet, row, column, count, "number")
            self._write_share(sheet, row, 8, (6, each["reporting"]), (7, each["expected"]))
            self.write(sheet, row, 9, _ORIGINS.get(each["origin"], ""))
            self.write(sheet, row, 10, each["note"])
        self.hide_keys(sheet, len(headings), [each["key"] for each in figures])

    def _write_share(
        self, sheet: Worksheet, row: int, column: int, top: tuple[int, Any], bottom: tuple[int, Any]
    ) -> None:
        """A live quotient of two cells of the row; blank where one is not known."""
        if top[1] is None or not bottom[1]:
            self.write(sheet, row, column, None, "percent")
            return
        formula = f"={xl_rowcol_to_cell(row, top[0])}/{xl_rowcol_to_cell(row, bottom[0])}"
        sheet.write_formula(row, column, formula, self.formats["percent"], top[1] / bottom[1])

    def write_money(self) -> None:
        """By source and stage, with sums and what is left: live formulas over what was said."""
        headings = ["TT", "Nguồn", "Dự toán", "Thẩm định", "Đã cấp", "Đã chi", "Còn lại (đã cấp - đã chi)"]
        sheet = self.sheet("Kinh phí", "Phụ lục 6. Kinh phí theo nguồn (đồng)", headings, [5, 40, 18, 18, 18, 18, 20])
        sources: dict[str, dict[str, Any]] = {}
        for each in self.content["money"]["rows"]:
            source = sources.setdefault(each["source"], {"label": each["source_words"], "keys": []})
            figure = self.figures.get(each["key"])
            source[each["stage"]] = _number(figure["numerator"]) if figure else None
            source["keys"].append(each["key"])
        first = HEADING_ROW + 1
        for row, source in enumerate(sources.values(), start=first):
            self._write_row(sheet, row, [row - HEADING_ROW, source["label"]])
            for column, stage in enumerate(_STAGES, start=2):
                self.write(sheet, row, column, source.get(stage), "number")
            allocated, spent = source.get("allocated"), source.get("spent")
            if allocated is None or spent is None:
                self.write(sheet, row, 6, None, "number")
            else:
                formula = f"={xl_rowcol_to_cell(row, 4)}-{xl_rowcol_to_cell(row, 5)}"
                sheet.write_formula(row, 6, formula, self.formats["number"], allocated - spent)
        last = first + len(sources) - 1
        self.write(sheet, last + 1, 0, None)
        self.write(sheet, last + 1, 1, "Cộng", "total")
        for column, stage in enumerate(_STAGES, start=2):
            known = [source[stage] for source in sources.values() if source.get(stage) is not None]
            if known:  # nothing said is not 0
                cells = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(last, column)}"
                sheet.write_formula(last + 1, column, f"=SUM({cells})", self.formats["total"], sum(known))
            else:
                self.write(sheet, last + 1, column, None, "total")
        self.write(sheet, last + 1, 6, None, "total")
        self.hide_keys(sheet, len(headings), [" ".join(source["keys"]) for source in sources.values()] + [""])

    def write_below(self) -> None:
        headings = ["TT", "Đơn vị báo cáo", "Đơn vị hành chính", "Tình trạng", "Số chốt số liệu", "Gửi lúc"]
        title = "Phụ lục 7. Báo cáo của các đơn vị"
        sheet = self.sheet("Đơn vị báo cáo", title, headings, [5, 56, 30, 18, 26, 18])
        row = HEADING_ROW + 1
        for ordinal, each in enumerate(self.content["below"], start=1):
            sent = each["submitted_at"]
            sent_words = f"{dt.datetime.fromisoformat(sent):%H:%M %d/%m/%Y}" if sent else ""
            values: list[Cell] = [ordinal, each["name"], each["unit"], each["state_words"], each["number"]]
            self._write_row(sheet, row, [*values, sent_words])
            row += 1
        self._autofilter(sheet, row, len(headings))

    def write_behind(self) -> None:
        headings = ["Chỉ tiêu số", "Chỉ tiêu", "Đối tượng", "Mã", "Tên", "Nơi", "Kết quả", "Số lượng"]
        title = "Phụ lục 2. Cơ sở, đơn vị đứng sau từng con số"
        sheet = self.sheet("Cơ sở", title, headings, [9, 36, 28, 20, 36, 24, 16, 12])
        ordinals: dict[tuple[str, str], list[str]] = {}
        first: dict[tuple[str, str], TargetContent] = {}
        for ordinal, target in enumerate(self.content["targets"], start=1):
            pair = (target["indicator"], target["cohort"])
            ordinals.setdefault(pair, []).append(str(ordinal))
            first.setdefault(pair, target)
        row = HEADING_ROW + 1
        for pair, target in first.items():
            for behind in target["behind"]:
                values: list[Cell] = [", ".join(ordinals[pair]), target["name"], target["of_whom"], behind["code"]]
                values += [behind["name"], behind["place"], behind["counted_words"], behind.get("quantity")]
                self._write_row(sheet, row, values)
                row += 1
        self._autofilter(sheet, row, len(headings))

    def write_activities(self) -> None:
        activities = self.content["activities"]
        headings = ["Tháng", "Số buổi", "Lượt tham gia", "Lượt đến cơ sở", "", "Phân tổ lượt tham gia", "Lượt"]
        title = "Phụ lục 3. Hoạt động theo tháng"
        sheet = self.sheet("Theo tháng", title, headings, [9, 12, 14, 14, 4, 34, 12])
        first = HEADING_ROW + 1
        for month in range(1, 13):
            self.write(sheet, first + month - 1, 0, month)
        apart = cast("dict[str, int]", activities.get("longer", {}))
        rows = 13 if any(apart.get(key) for key in _OF_MONTHS) else 12
        if rows == 13:
            self.write(sheet, first + 12, 0, "Theo quý, năm")
        self.write(sheet, first + rows, 0, "Cả giai đoạn" if "period" in self.content else "Cả năm", "total")
        for column, key in enumerate(_OF_MONTHS, start=1):
            told = {m["month"]: m[key] for m in activities["months"]}
            self._write_months(sheet, first, column, told | ({13: apart[key]} if rows == 13 else {}), key, rows)
        counts = [("Giới tính: ", c) for c in activities["by_sex"]] + [("Độ tuổi: ", c) for c in activities["by_age"]]
        counts += [("Lượt đến ", c) for c in activities["visits"]]
        for row, (kind, count) in enumerate(counts, start=first):
            self.write(sheet, row, 5, kind + count["label"])
            self.write(sheet, row, 6, count["quantity"])

    def _write_months(
        self, sheet: Worksheet, first: int, column: int, months: dict[int, int], what: str, rows: int
    ) -> None:
        """Months, with what was typed in for longer below them, and their live sum. A month of which nothing stands is
        0 only where the rows make up the whole: not where nothing is told, or totals were typed for the year. Later
        months are not zero, they have not been yet."""
        whole = self._whole(what)
        is_cut = whole is not None and sum(months.values()) == whole
        begun = int(self.content["as_of"][5:7])
        for month in range(1, rows + 1):
            value = months.get(month, 0 if is_cut and month <= begun else None)
            self.write(sheet, first + month - 1, column, value, "number")
        if is_cut:
            cells = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(first + rows - 1, column)}"
            sheet.write_formula(first + rows, column, f"=SUM({cells})", self.formats["total"], whole)
        else:
            self.write(sheet, first + rows, column, NOT_REPORTED if whole is None else whole, "total")

    def _whole(self, what: str) -> int | float | None:
        """Of sessions, attendance or all visits; None where nobody has told it."""
        activities: Any = self.content["activities"]
        if what != "visits":
            key = activities.get(f"{what}_key")
            if not key:
                return activities[what]
            return _number(self.figures[key]["numerator"]) if key in self.figures else None
        time = activities.get("sessions_key", "").rpartition(":")[2]  # the year before may be told beside
        visits = (each for key, each in self.figures.items() if _VISITS.fullmatch(key) and key.endswith(f":{time}"))
        told = [_number(each["numerator"]) for each in visits]
        known = [each for each in told if each is not None]
        if not known if "figures" in self.content else activities["sessions"] is None:
            return None
        return sum(each["quantity"] for each in activities["visits"])

    def write_tasks(self) -> None:
        headings = ["TT", "Văn bản", "Mục", "Nhiệm vụ", "Thời hạn", "Tình trạng", "Minh chứng", "Vì sao"]
        title = "Phụ lục 4. Tình hình thực hiện nhiệm vụ"
        sheet = self.sheet("Nhiệm vụ", title, headings, [5, 24, 10, 60, 14, 15, 36, 30])
        row = HEADING_ROW + 1
        for ordinal, task in enumerate(self.content["tasks"], start=1):
            values: list[Cell] = [ordinal, task["plan"], task["clause"], task["text"], task["due_words"]]
            self._write_row(sheet, row, [*values, task["state_words"], "; ".join(task["evidence"]), task["rule_words"]])
            row += 1
        self._autofilter(sheet, row, len(headings))

    def write_missing(self) -> None:
        headings = ["TT", "Mã cơ sở", "Tên cơ sở", "Nơi", "Chưa có số liệu về"]
        title = "Phụ lục 5. Cơ sở chưa có đủ số liệu"
        sheet = self.sheet("Chưa có số liệu", title, headings, [5, 22, 44, 30, 80])
        for ordinal, missing in enumerate(self.content["missing"], start=1):
            values: list[Cell] = [ordinal, missing["code"], missing["name"], missing["place"]]
            self._write_row(sheet, HEADING_ROW + ordinal, [*values, "; ".join(missing["indicators"])])

    def _write_row(self, sheet: Worksheet, row: int, values: Sequence[Cell]) -> None:
        """The values, in a row high enough for their longest text (readers differ in whether they do that)."""
        lengths = [len(value) if isinstance(value, str) else 0 for value in values]
        lines = max(
            math.ceil(NARROWNESS * length / width)
            for length, width in zip(lengths, self.widths[sheet.name], strict=False)
        )
        sheet.set_row(row, 15.0 * max(lines, 1) + 2)
        for column, value in enumerate(values):
            self.write(sheet, row, column, value, "ordinal" if column == 0 and isinstance(value, int) else "")

    def _autofilter(self, sheet: Worksheet, end_row: int, columns: int) -> None:
        if end_row > HEADING_ROW + 1:
            sheet.autofilter(HEADING_ROW, 0, end_row - 1, columns - 1)


def _number(text: Any) -> int | float | None:
    """The number in a decimal text; whole numbers stay whole; None stays "not known"."""
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value
