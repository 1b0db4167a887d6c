"""The names that a template may use, by kind of document, with what each stands for. Shown to whoever makes a template
of their own, and held against `formats.context` by a test. The words are Vietnamese as the documents are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hocsuotdoi.reporting.enums import DocumentKind


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`parts`: what each item of a list has; empty for a value or a list of plain paragraphs."""

    name: str
    words: str
    is_list: bool = False
    parts: Mapping[str, "Placeholder"] = field(default_factory=dict)

    def lines(self, prefix: str = "") -> Iterator[tuple[str, str]]:
        """The tag as it is typed and its words, with those of its parts."""
        yield f"{prefix}{self.name}", self.words
        for part in self.parts.values():
            yield from part.lines(f"{prefix}{self.name} → ")


def _value(name: str, words: str) -> Placeholder:
    return Placeholder(name, words)


def _lines(name: str, words: str) -> Placeholder:
    return Placeholder(name, words, is_list=True)


def _rows(name: str, words: str, *parts: Placeholder) -> Placeholder:
    return Placeholder(name, words, is_list=True, parts={part.name: part for part in parts})


_ORDINAL = _value("ordinal", "số thứ tự")
_COMMON = [
    _value("superior", "cơ quan chủ quản; trống đối với ủy ban nhân dân và bộ"),
    _lines("issuer_lines", "tên cơ quan ban hành, từng dòng"),
    _value("issuer", "tên cơ quan ban hành trong câu"),
    _value("symbol", "ký hiệu sau số, ví dụ BC-UBND"),
    _value("place_and_date", "địa danh và ngày tháng năm"),
    _value("sample_warning", "lời cảnh báo, chỉ có khi văn bản chứa dữ liệu mẫu"),
    _value("document_name", "tên loại văn bản; trống đối với công văn"),
    _value("title", "trích yếu"),
    _value("addressee", "nơi kính gửi; có thể trống"),
    _value("year", "năm"),
    _value("closing", "câu kết"),
    _lines("recipients", "nơi nhận, từng dòng"),
    _lines("signature_lines", "quyền hạn, chức vụ của người ký, từng dòng"),
    _lines("snapshot_lines", "số chốt số liệu và cách kiểm tra, từng dòng"),
    _value("qr", "mã QR dẫn đến trang kiểm tra"),
    _rows(
        "figures",
        "mọi con số của văn bản",
        _ORDINAL,
        _value("label", "tên số liệu"),
        _value("value", "con số"),
        _value("coverage_words", "độ bao phủ số liệu"),
    ),
]
_REPORT = [
    _lines("bases", "căn cứ"),
    _value("opening", "câu mở đầu"),
    _lines("activity_sentences", "câu về hoạt động"),
    _lines("target_sentences", "câu về chỉ tiêu"),
    _rows(
        "target_groups",
        "chỉ tiêu theo từng kế hoạch",
        _value("title", "kế hoạch giao chỉ tiêu"),
        _rows(
            "rows",
            "các chỉ tiêu của kế hoạch",
            _ORDINAL,
            _value("name", "tên chỉ tiêu"),
            _value("short_name", "tên ngắn"),
            _value("of_whom", "của loại cơ sở nào"),
            _value("target_words", "mức giao"),
            _value("trajectory_words", "lộ trình năm nay"),
            _value("value", "kết quả"),
            _value("coverage_words", "độ bao phủ số liệu"),
            _value("state_words", "đánh giá"),
            _value("rule_words", "cách đánh giá"),
            _value("written", "nguyên văn chỉ tiêu"),
            _value("clause", "mục của kế hoạch"),
            _value("note", "ghi chú"),
        ),
    ),
    _value("period_words", "giai đoạn, ví dụ 2023–2025; trống đối với báo cáo một năm"),
    _lines("period_years", "các năm của giai đoạn"),
    _lines("period_sentences", "câu về số liệu từng năm"),
    _rows(
        "period_groups",
        "kết quả theo từng năm",
        _value("title", "nhóm số liệu"),
        _rows(
            "rows",
            "các số liệu của nhóm",
            _value("label", "tên số liệu"),
            _lines("cells", "con số của từng năm"),
            _value("total", "cả giai đoạn"),
        ),
    ),
    _rows(
        "target_years",
        "chỉ tiêu theo từng năm",
        _ORDINAL,
        _value("name", "tên ngắn"),
        _value("of_whom", "của loại cơ sở nào"),
        _rows(
            "cells",
            "từng năm",
            _value("value", "kết quả"),
            _value("due_words", "lộ trình"),
            _value("state_words", "đánh giá"),
        ),
    ),
    _value("before_title", "tên phần bổ sung số liệu năm trước; trống nếu không có gì bổ sung"),
    _value("before_year", "năm được bổ sung số liệu"),
    _value("before_after", "ngày chốt số liệu của báo cáo năm đó"),
    _lines("before_sentences", "câu về số liệu bổ sung"),
    _rows(
        "before_rows",
        "số liệu bổ sung của năm trước",
        _value("label", "tên số liệu"),
        _value("added", "số bổ sung, sau ngày chốt"),
        _value("whole", "cả năm"),
    ),
    _lines("task_sentences", "câu về nhiệm vụ"),
    _rows(
        "task_groups",
        "nhiệm vụ theo tình trạng",
        _value("title", "tình trạng"),
        _value("state", "mã tình trạng: done, doing, late"),
        _rows(
            "rows",
            "các nhiệm vụ ở tình trạng đó",
            _ORDINAL,
            _value("text", "nội dung nhiệm vụ"),
            _value("source", "kế hoạch và mục"),
            _value("due_words", "thời hạn"),
            _value("evidence", "minh chứng"),
            _value("handed_words", "số đơn vị được giao đã thực hiện"),
            _value("rule_words", "vì sao chưa tính là xong"),
            _value("state", "mã tình trạng"),
            _value("state_words", "tình trạng"),
        ),
    ),
    _lines("missing_sentences", "câu về số liệu còn thiếu"),
    _lines("money_sentences", "câu về kinh phí; trống nếu kỳ báo cáo không hỏi"),
    _rows(
        "money_rows",
        "kinh phí theo nguồn",
        _value("source", "nguồn"),
        _value("estimated", "dự toán"),
        _value("appraised", "thẩm định"),
        _value("allocated", "đã cấp"),
        _value("spent", "đã chi"),
    ),
    _lines("below_sentences", "câu về báo cáo của các đơn vị dưới"),
    *(
        _rows(
            name,
            about,
            _ORDINAL,
            _value("name", "đơn vị báo cáo"),
            _value("unit", "đơn vị hành chính"),
            _value("state_words", "tình trạng"),
            _value("number", "số chốt số liệu"),
        )
        for name, about in (
            ("below_rows", "báo cáo của các đơn vị dưới, tất cả"),
            ("below_in_body", "báo cáo của các đơn vị dưới, nếu không quá 20; nhiều hơn thì trống"),
            ("below_annexed", "báo cáo của các đơn vị dưới, nếu quá 20, để lập phụ lục"),
        )
    ),
    _lines("gaps", "những gì chưa được tổng hợp"),
    _lines("results", "kết quả, đánh giá chung"),
    _lines("difficulties", "khó khăn, vướng mắc"),
    _lines("causes", "nguyên nhân"),
    _lines("proposals", "đề xuất, kiến nghị"),
]
_OF_KIND: dict[DocumentKind, list[Placeholder]] = {
    **dict.fromkeys(
        (
            DocumentKind.UNIT_REPORT,
            DocumentKind.CONSOLIDATED_REPORT,
            DocumentKind.MID_TERM_REVIEW,
            DocumentKind.FINAL_REVIEW,
            DocumentKind.PRIME_MINISTER_REPORT,
        ),
        _REPORT,
    ),
    DocumentKind.REMINDER_LETTER: [
        _lines("paragraphs", "nội dung công văn"),
        _lines("items", "những việc còn thiếu, từng dòng"),
    ],
    DocumentKind.INSPECTION_MINUTES: [
        _value("opening", "câu mở đầu: ngày, nơi, căn cứ"),
        _lines("team", "thành viên đoàn kiểm tra"),
        _lines("met", "đại diện cơ sở"),
        _lines("answer_sentences", "câu về cách kiểm tra"),
        _rows(
            "sections",
            "các phần của bảng hỏi",
            _value("title", "tên phần"),
            _rows(
                "rows",
                "các câu hỏi",
                _ORDINAL,
                _value("question", "nội dung"),
                _value("seen", "kết quả"),
                _value("remark", "ghi nhận"),
            ),
        ),
        _lines("finding_sentences", "câu về tồn tại"),
        _rows(
            "findings",
            "các tồn tại",
            _ORDINAL,
            _value("severity_words", "mức độ"),
            _value("text", "nội dung"),
            _value("demand", "yêu cầu"),
            _value("due_words", "thời hạn"),
        ),
        _lines("opinion", "ý kiến của cơ sở"),
        _lines("conclusion", "kết luận"),
        _lines("signature_lines_right", "người ký bên phải"),
    ],
    DocumentKind.NOMINATION: [
        _lines("bases", "căn cứ"),
        _value("opening", "câu mở đầu"),
        _value("nominee", "tập thể, cá nhân được đề nghị"),
        _value("form", "hình thức khen thưởng"),
        _lines("merits", "thành tích"),
        _rows(
            "evidence_rows",
            "số liệu chứng minh",
            _ORDINAL,
            _value("label", "nội dung"),
            _value("value", "kết quả"),
            _value("source", "nguồn"),
        ),
        _lines("peer_sentences", "so với những nơi cùng loại, cùng quy mô"),
    ],
    DocumentKind.COMMENDATION_DECISION: [
        _value("authority", "người quyết định, chữ in hoa"),
        _lines("bases", "căn cứ"),
        _rows("articles", "các điều", _ORDINAL, _value("text", "nội dung của điều")),
    ],
    DocumentKind.CERTIFICATE: [
        _value("authority", "người quyết định, chữ in hoa"),
        _value("award", "hình thức khen thưởng, chữ in hoa"),
        _value("nominee", "tập thể, cá nhân được khen thưởng"),
        _value("nominee_more", "chức vụ, nơi công tác của cá nhân; có thể trống"),
        _value("reason", "thành tích"),
        _value("decision", "số và ngày của quyết định"),
        _value("signer", "họ tên người ký; có thể trống"),
    ],
    DocumentKind.ADDENDUM: [
        _value("opening", "câu mở đầu"),
        _value("amends", "số chốt của báo cáo được bổ sung"),
        _rows(
            "changes",
            "số liệu đã thay đổi",
            _ORDINAL,
            _value("label", "tên số liệu"),
            _value("before", "số đã báo cáo"),
            _value("after", "số nay là"),
        ),
        _value("reason", "lý do"),
    ],
}
KINDS_WITH_TEMPLATES = tuple(_OF_KIND)


def placeholders_of(kind: DocumentKind) -> dict[str, Placeholder]:
    """By name, those that all kinds have first. The annex is a workbook and has none."""
    return {each.name: each for each in [*_COMMON, *_OF_KIND.get(kind, [])]}
