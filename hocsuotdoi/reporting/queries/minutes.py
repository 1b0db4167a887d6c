"""What the minutes of an inspection say, read from a visit that is closed. Words are Vietnamese and ready to print,
whatever language the asker reads pages in."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, ItemKind, Seen, Severity
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.queries.known import answer_in_words
from hocsuotdoi.inspection.queries.visits import Asked, Found, VisitReading, reading_of_visit
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.reporting.models.content import FigureContent
from hocsuotdoi.reporting.queries.header import place_of_issue
from hocsuotdoi.reporting.queries.wording import day_words, long_day_words, number_words

SHAPE_OF_MINUTES = 1


def minutes_content(visit: Visit, day: dt.date) -> dict[str, Any]:
    """`day` is that of issue. Every number that the document prints stands in `figures` under its key."""
    with translation.override("vi"):
        return _content(visit, reading_of_visit(visit, timezone.localdate(visit.closed_at)), day)


def _content(visit: Visit, reading: VisitReading, day: dt.date) -> dict[str, Any]:
    began_on = timezone.localdate(visit.began_at)
    place = place_of(visit.institution, began_on)
    agency = visit.plan.agency
    asked = [each for part in reading.parts for each in part.asked]
    counts = _counts(asked, reading.found, len(reading.photos) + sum(len(each.photos) for each in asked))
    decision = f" theo {visit.plan.decision}" if visit.plan.decision else ""
    return {
        "shape": SHAPE_OF_MINUTES,
        "kind": "minutes",
        "year": began_on.year,
        "has_sample": visit.institution.is_sample,
        "header": {
            "superior": "",
            "issuer_lines": [agency.name.upper()],
            "issuer": agency.name,
            "symbol": "BB-KT",
            "place": place_of_issue(_unit_of(agency.unit, place)),
            "day": long_day_words(day),
            "title": f"Kiểm tra hoạt động của {visit.institution.name}",
            "addressee": "",
        },
        "institution": {"code": visit.institution.code, "name": visit.institution.name, "unit": place.name},
        "visit": {
            "plan": visit.plan.title,
            "decision": visit.plan.decision,
            "checklist": visit.checklist.title,
            "checklist_version": visit.checklist.version,
            "began_on": began_on.isoformat(),
            "closed_at": timezone.localtime(visit.closed_at).isoformat(timespec="seconds"),
        },
        "opening": f"{long_day_words(began_on).capitalize()}, tại {visit.institution.name} ({place.name}), đoàn kiểm "
        f"tra của {agency.name} tiến hành kiểm tra thuộc “{visit.plan.title}”{decision}, theo bảng hỏi "
        f"“{visit.checklist.title}” (bản {visit.checklist.version}).",
        "team": _team(reading.team),
        "met": _met(visit),
        "answer_sentences": _answer_sentences(counts),
        "sections": [{"title": part.heading, "rows": [_row(each) for each in part.asked]} for part in reading.parts],
        "finding_sentences": _finding_sentences(reading.found),
        "findings": [_finding(each) for each in reading.found if each.finding.severity in MENDED_BY_A_DAY],
        "opinion": visit.opinion.splitlines() or ["Cơ sở không có ý kiến khác."],
        "conclusion": visit.conclusion.splitlines(),
        "closing": "Biên bản được lập sau khi kết thúc kiểm tra, các bên cùng đọc, thống nhất nội dung và ký tên.",
        "recipients": [f"- {visit.institution.name};", f"- Lưu: {agency.name}."],
        "signature": {"lines": ["ĐẠI DIỆN CƠ SỞ ĐƯỢC KIỂM TRA"]},
        "signature_right": {"lines": ["TRƯỞNG ĐOÀN KIỂM TRA"]},
        "figures": [*_count_figures(counts), *(_number_figure(each) for each in asked if _is_number(each))],
    }


def _met(visit: Visit) -> list[str]:
    """Who spoke for the institution, one line each, as they agreed on the spot; or why nobody signed."""
    names = [
        ", ".join(filter(None, [each["name"], each["post"]])) for each in visit.signed if each["side"] == "institution"
    ]
    if visit.unsigned_reason:
        return [f"Đại diện cơ sở không ký biên bản. Lý do: {visit.unsigned_reason}"]
    return names or ([visit.met] if visit.met else [])


def _unit_of(own: AdminUnit | None, place: AdminUnit) -> AdminUnit:
    return own if own is not None else place


def _counts(asked: list[Asked], found: list[Found], photos: int) -> dict[str, int]:
    seen = [each.answer.seen for each in asked if each.answer]
    return {
        "questions": len(asked),
        **{value: seen.count(value) for value in Seen.values},
        "findings": len(found),
        "to_mend": sum(each.finding.severity in MENDED_BY_A_DAY for each in found),
        "photos": photos,
    }


_LABELS = {
    "questions": "Số nội dung đã kiểm tra",
    Seen.YES: "Số nội dung đạt",
    Seen.PARTLY: "Số nội dung đạt một phần",
    Seen.NO: "Số nội dung chưa đạt",
    Seen.NOT_APPLICABLE: "Số nội dung không áp dụng",
    "findings": "Số ghi nhận của đoàn kiểm tra",
    "to_mend": "Số tồn tại phải khắc phục",
    "photos": "Số ảnh chụp tại cơ sở",
}


def _answer_sentences(counts: dict[str, int]) -> list[str]:
    photos = f"Kèm theo {counts['photos']} ảnh chụp tại cơ sở." if counts["photos"] else "Không có ảnh kèm theo."
    return [
        f"Đoàn đã kiểm tra {counts['questions']} nội dung: {counts[Seen.YES]} đạt, {counts[Seen.PARTLY]} đạt một "
        f"phần, {counts[Seen.NO]} chưa đạt, {counts[Seen.NOT_APPLICABLE]} không áp dụng; các nội dung còn lại ghi số "
        f"liệu hoặc nhận xét. {photos}"
    ]


def _team(names: list[str]) -> list[str]:
    """One line each, as lists in such documents are written."""
    last = len(names) - 1
    return [
        f"- {name}{', trưởng đoàn' if order == 0 else ''}{'.' if order == last else ';'}"
        for order, name in enumerate(names)
    ]


def _finding_sentences(found: list[Found]) -> list[str]:
    """What asks for nothing to be mended is told in words; the table below holds what does."""
    said = []
    for severity, begin in ((Severity.PRAISE, "Mặt làm tốt"), (Severity.ADVICE, "Khuyến nghị")):
        for each in found:
            if each.finding.severity == severity:
                said.append(f"{begin}: {' '.join([each.finding.text, each.finding.demand]).strip()}")
    if not any(each.finding.severity in MENDED_BY_A_DAY for each in found):
        said.append("Đoàn kiểm tra không ghi nhận tồn tại phải khắc phục.")
    return said


def _row(asked: Asked) -> dict[str, str]:
    answer = asked.answer
    row = {"question": asked.item.question, "seen": "", "remark": ""}
    if answer is not None:
        row["seen"] = str(Seen(answer.seen).label) if answer.seen else ""
        row["remark"] = answer.words
        if answer.number is not None:
            row["seen"] = number_words(answer.number)
            row["key"] = _key(asked)
        elif not row["seen"]:
            row["seen"], row["remark"] = "", answer_in_words(answer)
    return row


def _finding(found: Found) -> dict[str, str]:
    finding = found.finding
    return {
        "severity_words": str(Severity(finding.severity).label),
        "text": finding.text,
        "demand": finding.demand,
        "due_words": day_words(finding.due_on) if finding.due_on else "",
    }


def _is_number(asked: Asked) -> bool:
    return asked.item.kind == ItemKind.NUMBER and asked.answer is not None and asked.answer.number is not None


def _key(asked: Asked) -> str:
    return f"inspection:item:{asked.item.ordinal}"


def _number_figure(asked: Asked) -> FigureContent:
    number = asked.answer.number if asked.answer and asked.answer.number is not None else Decimal(0)
    return _figure(_key(asked), asked.item.question, number, is_additive=False)


def _count_figures(counts: dict[str, int]) -> list[FigureContent]:
    return [_figure(f"inspection:{name}", _LABELS[name], Decimal(value)) for name, value in counts.items()]


def _figure(key: str, label: str, number: Decimal, *, is_additive: bool = True) -> FigureContent:
    return {
        "key": key,
        "label": label,
        "value_state": "value",
        "numerator": str(number),
        "denominator": None,
        "words": number_words(number),
        "reporting": None,
        "expected": None,
        "coverage_words": "",
        "is_additive": is_additive,
        "origin": "counted",
        "note": "",
    }
