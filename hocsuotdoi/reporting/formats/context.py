"""What the tags of a document's template name, made ready from a frozen content. Pure.

Every number of the body is a `Number`: printed as its words, found again on the public page by its key.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.printed import SAMPLE_WARNING, short_digest, spaced_key

Content = Mapping[str, Any]
TASK_GROUPS = (
    ("done", "Nhiệm vụ đã thực hiện"),
    ("shown", "Nhiệm vụ đã có minh chứng thực hiện, chưa báo hoàn thành"),
    ("doing", "Nhiệm vụ đang thực hiện"),
    ("late", "Nhiệm vụ chậm so với thời hạn"),
    ("to_do", "Nhiệm vụ chưa thực hiện"),
    ("cannot", "Nhiệm vụ không thực hiện được"),
)
DOCUMENT_NAMES = {
    DocumentKind.UNIT_REPORT: "BÁO CÁO",
    DocumentKind.CONSOLIDATED_REPORT: "BÁO CÁO",
    DocumentKind.MID_TERM_REVIEW: "BÁO CÁO SƠ KẾT",
    DocumentKind.FINAL_REVIEW: "BÁO CÁO TỔNG KẾT",
    DocumentKind.PRIME_MINISTER_REPORT: "BÁO CÁO",
    DocumentKind.REMINDER_LETTER: "",
    DocumentKind.INSPECTION_MINUTES: "BIÊN BẢN",
    DocumentKind.NOMINATION: "TỜ TRÌNH",
    DocumentKind.COMMENDATION_DECISION: "QUYẾT ĐỊNH",
    DocumentKind.CERTIFICATE: "",
    DocumentKind.ADDENDUM: "BÁO CÁO BỔ SUNG",
}
PERIOD_GROUPS = {"activities": "Hoạt động", "tasks": "Nhiệm vụ", "money": "Kinh phí (đồng)"}
_STAGES = ("estimated", "appraised", "allocated", "spent")
_NONE = ["Không có."]
MOST_IN_BODY = 20
"""Of more reports below, the body says how many and names those that are missing; all are listed in an annex."""


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in the text of a document."""

    key: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Seal:
    """How a reader can tell that a document says what was frozen. `code` and `address` are those of its public page,
    empty for a file that is written without one (the command `report`); `key` opens there what is told to nobody but
    who has the paper, empty where there is nothing of the kind."""

    digest: str
    code: str = ""
    address: str = ""
    key: str = ""

    @property
    def scanned(self) -> str:
        """What the square says: who scans it has the paper."""
        return f"{self.address}?paper={self.key}" if self.key else self.address


def context_of(kind: DocumentKind, content: Content, seal: Seal) -> dict[str, Any]:
    """All values for a template of this kind, but for the picture of the code (`qr`). `formats.placeholders` says the
    names to people; a test holds the two against each other."""
    if kind == DocumentKind.COMMENDATION_DECISION:  # a document of its own, of another body, beside the proposal
        content = {**content, **content["decision"], "figures": [], "closing": ""}
    numbers = _numbers(content)
    if kind == DocumentKind.CERTIFICATE:  # to hang up: no more small print than the check needs
        where = f"Quét mã hoặc mở {seal.address} để kiểm tra." if seal.address else ""
        lines = [f"Số chốt: {content['number']}", where] if "number" in content else ["Bản dự thảo."]
        return {**_common(kind, content, seal), **_certificate(content, numbers), "snapshot_lines": lines}
    return {**_common(kind, content, seal), **_OF_KIND[kind](content, numbers)}


def _common(kind: DocumentKind, content: Content, seal: Seal) -> dict[str, Any]:
    header = content["header"]
    return {
        "superior": header["superior"],
        "issuer_lines": header["issuer_lines"],
        "issuer": header["issuer"],
        "symbol": header["symbol"],
        "place_and_date": f"{header['place']}, {header['day']}",
        "sample_warning": SAMPLE_WARNING if content["has_sample"] else "",
        "document_name": DOCUMENT_NAMES[kind],
        "title": re.sub(r"năm (\d{4})", "năm\u00a0\\1", header["title"]),  # a year never alone on a line
        "addressee": header["addressee"],
        "year": content["year"],
        "closing": content["closing"],
        "recipients": content["recipients"],
        "signature_lines": content["signature"]["lines"],
        "snapshot_lines": snapshot_lines(content, seal),
        "figures": [
            {
                "ordinal": ordinal,
                "label": each["label"],
                "value": Number(each["key"], each["words"]),
                "coverage_words": each.get("coverage_words", ""),
            }
            for ordinal, each in enumerate(content.get("figures", []), start=1)
        ],
    }


def _report(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    return {**_report_of_a_year(content, numbers), **_period(content, numbers), **_year_before(content, numbers)}


def _year_before(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    added = content.get("year_before") or {"title": "", "sentences": [], "rows": [], "year": "", "after": ""}
    return {
        "before_title": added["title"],
        "before_year": str(added["year"]),
        "before_after": f"{dt.date.fromisoformat(added['after']):%d/%m/%Y}" if added["after"] else "",
        "before_sentences": added["sentences"],
        "before_rows": [
            {
                "label": each["label"],
                "added": numbers.get(each["key"], Number(each["key"], each["words"])),
                "whole": numbers.get(each["whole_key"], Number(each["whole_key"], each["whole_words"])),
            }
            for each in added["rows"]
        ],
    }


def _period(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    """Year by year, of a report over several; all empty in one of a year."""
    period = content.get("period") or {"words": "", "years": [], "rows": [], "sentences": []}
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in period["rows"]:
        cells = [_cell(each, numbers) for each in row["cells"]]
        groups.setdefault(row["group"], []).append(
            {"label": row["label"], "cells": cells, "total": _cell(row["total"], numbers)}
        )
    targets = [each for each in content["targets"] if each.get("years")] if period["years"] else []
    return {
        "period_words": period["words"],
        "period_years": [str(each["year"]) for each in period["years"]],
        "period_sentences": [
            *period["sentences"],
            *(f"Năm {each['year']}: {each['note']}" for each in period["years"] if each["note"]),
        ],
        "period_groups": [{"title": PERIOD_GROUPS[group], "rows": rows} for group, rows in groups.items()],
        "target_years": [
            {
                "ordinal": ordinal,
                "name": each["short_name"],
                "of_whom": each["of_whom"],
                "cells": [
                    {
                        "value": numbers.get(year["key"], Number(year["key"], year["value_words"])),
                        "due_words": year["due_words"],
                        "state_words": year["state_words"],
                    }
                    for year in each["years"]
                ],
            }
            for ordinal, each in enumerate(targets, start=1)
        ],
    }


def _cell(cell: Mapping[str, Any], numbers: Mapping[str, Number]) -> Number:
    return numbers.get(cell["key"], Number(cell["key"], cell["words"]))


def _report_of_a_year(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    money = content.get("money", {"rows": [], "sentences": []})
    below = content.get("below", [])
    rows_below = [{"ordinal": ordinal, **each} for ordinal, each in enumerate(below, start=1)]
    return {
        "bases": content["basis"],
        "opening": content["opening"],
        "activity_sentences": content["activities"]["sentences"],
        "target_sentences": content["target_sentences"],
        "target_groups": target_groups(content["targets"], numbers),
        "task_sentences": content["task_sentences"],
        "task_groups": task_groups(content["tasks"], numbers),
        "missing_sentences": content["missing_sentences"] or ["Không có cơ sở nào còn thiếu số liệu."],
        "money_sentences": money["sentences"],
        "money_rows": money_rows(money["rows"], numbers),
        "below_sentences": below_sentences(below),
        "below_rows": rows_below,
        "below_in_body": rows_below if len(below) <= MOST_IN_BODY else [],
        "below_annexed": rows_below if len(below) > MOST_IN_BODY else [],
        "gaps": content.get("gaps", []),
        "results": content["words"]["results"],
        "difficulties": content["words"]["difficulties"],
        "causes": content["words"].get("causes", []),
        "proposals": content["words"]["proposals"],
    }


def _letter(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    return {"paragraphs": content["paragraphs"], "items": content["items"]}


def _minutes(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    sections, ordinal = [], 0
    for section in content["sections"]:
        rows = []
        for row in section["rows"]:
            ordinal += 1
            seen = numbers.get(row.get("key", ""), row["seen"])
            rows.append({"ordinal": ordinal, "question": row["question"], "seen": seen, "remark": row["remark"]})
        sections.append({"title": section["title"], "rows": rows})
    return {
        "opening": content["opening"],
        "team": content["team"] or _NONE,
        "met": content["met"] or _NONE,
        "answer_sentences": content["answer_sentences"],
        "sections": sections,
        "finding_sentences": content["finding_sentences"] or ([] if content["findings"] else _NONE),
        "findings": [{"ordinal": number, **each} for number, each in enumerate(content["findings"], start=1)],
        "opinion": content["opinion"] or _NONE,
        "conclusion": content["conclusion"] or _NONE,
        "signature_lines_right": content["signature_right"]["lines"],
    }


def _nomination(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    return {
        "bases": content["basis"],
        "opening": content["opening"],
        "nominee": content["nominee"],
        "form": content["form"],
        "merits": content["merits"],
        "evidence_rows": [
            {
                "ordinal": ordinal,
                "label": each["label"],
                "value": numbers.get(each["key"], each["words"]),
                "source": each["source"],
            }
            for ordinal, each in enumerate(content["evidence"], start=1)
        ],
        "peer_sentences": content["peer_sentences"],
    }


def _decision(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    return {
        "authority": content["authority"],
        "bases": [*content["basis"], f"{content['proposal']}."],
        "articles": [{"ordinal": ordinal, "text": each} for ordinal, each in enumerate(content["articles"], start=1)],
    }


def _certificate(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    return {
        "authority": content["authority"],
        "award": content["award"],
        "nominee": content["nominee"],
        "nominee_more": content["nominee_more"],
        "reason": content["reason"],
        "decision": content["decision"],
        "signer": content["signer"],
    }


def _addendum(content: Content, numbers: Mapping[str, Number]) -> dict[str, Any]:
    amends = content["amends"]
    frozen_at = dt.datetime.fromisoformat(amends["frozen_at"])
    issuer, number = content["header"]["issuer"], amends["number"]
    return {
        "opening": f"{issuer} báo cáo bổ sung số liệu đã thay đổi so với báo cáo có số chốt số liệu {number}, chốt "
        f"ngày {frozen_at:%d/%m/%Y}. Các số liệu khác của báo cáo giữ nguyên.",
        "amends": number,
        "changes": [
            {
                "ordinal": ordinal,
                "label": each["label"],
                "before": Number(each["key"], each["before_words"]),
                "after": Number(each["key"], each["after_words"]),
            }
            for ordinal, each in enumerate(content["changes"], start=1)
        ],
        "reason": content.get("reason", ""),
    }


_OF_KIND: dict[DocumentKind, Callable[[Content, Mapping[str, Number]], dict[str, Any]]] = {
    DocumentKind.UNIT_REPORT: _report,
    DocumentKind.CONSOLIDATED_REPORT: _report,
    DocumentKind.MID_TERM_REVIEW: _report,
    DocumentKind.FINAL_REVIEW: _report,
    DocumentKind.PRIME_MINISTER_REPORT: _report,
    DocumentKind.REMINDER_LETTER: _letter,
    DocumentKind.INSPECTION_MINUTES: _minutes,
    DocumentKind.NOMINATION: _nomination,
    DocumentKind.COMMENDATION_DECISION: _decision,
    DocumentKind.CERTIFICATE: _certificate,
    DocumentKind.ADDENDUM: _addendum,
}


def snapshot_lines(content: Content, seal: Seal) -> list[str]:
    if "number" not in content:
        return ["Bản dự thảo: số liệu chưa chốt, còn có thể thay đổi."]
    frozen_at = dt.datetime.fromisoformat(content["frozen_at"])
    return [
        f"Số chốt số liệu: {content['number']}, chốt lúc {frozen_at:%H:%M} ngày {frozen_at:%d/%m/%Y}.",
        f"Mã kiểm tra: {short_digest(seal.digest)} (16 ký tự đầu của SHA-256). Số liệu đã chốt không sửa được.",
        f"Quét mã bên trái hoặc mở {seal.address} để kiểm tra{' từng con số' if content.get('figures', True) else ''}."
        if seal.address
        else "Cách kiểm tra: trong Học Suốt Đời, mở mục Báo cáo, tìm số chốt này rồi so mã kiểm tra và các con số.",
        *_key_lines(seal),
    ]


def _key_lines(seal: Seal) -> list[str]:
    if not seal.key:
        return []
    return [f"Mã đối chiếu: {spaced_key(seal.key)} (để kiểm tra cả các số theo giới tính, độ tuổi)."]


def target_groups(
    targets: Iterable[Mapping[str, Any]], numbers: Mapping[str, Number] | None = None
) -> list[dict[str, Any]]:
    """Rows of table 1 under the plan that sets them, numbered through."""
    numbers = numbers or {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for ordinal, target in enumerate(targets, start=1):
        value = Number(target.get("key", ""), target["value_words"])
        row = {**target, "ordinal": ordinal, "value": numbers.get(value.key, value)}
        groups.setdefault(target["plan"], []).append(row)
    return [{"title": plan, "rows": rows} for plan, rows in groups.items()]


def task_groups(
    tasks: Iterable[Mapping[str, Any]], numbers: Mapping[str, Number] | None = None
) -> list[dict[str, Any]]:
    """Rows of table 2, group by group in the order of `TASK_GROUPS`; one without tasks is left out."""
    numbers = numbers or {}
    by_state: dict[str, list[Mapping[str, Any]]] = {}
    for task in tasks:
        by_state.setdefault(task["state"], []).append(task)
    titles = dict(TASK_GROUPS)
    for state, rows in by_state.items():
        titles.setdefault(state, rows[0]["state_words"])
    groups, ordinal = [], 0
    for state, title in titles.items():
        shown: list[dict[str, Any]] = []
        for task in by_state.get(state, []):
            ordinal += 1
            source = ", mục ".join(part for part in (task["plan_short"], task["clause"]) if part)
            row = {**task, "ordinal": ordinal, "source": source, "evidence": "; ".join(task["evidence"])}
            shown.append({**row, "handed_words": _handed_words(task, numbers)})
        if shown:
            groups.append({"state": state, "title": f"{title} ({len(shown)})", "rows": shown})
    return groups


def _handed_words(task: Mapping[str, Any], numbers: Mapping[str, Number]) -> str:
    done, asked = numbers.get(task.get("done_key", "")), numbers.get(task.get("asked_key", ""))
    return f"{done}/{asked} đơn vị được giao đã thực hiện" if done and asked else ""


def money_rows(rows: Iterable[Mapping[str, Any]], numbers: Mapping[str, Number]) -> list[dict[str, Any]]:
    """A row for each source with its sums at the four stages; what was not said is a dash, never 0."""
    sources: dict[str, dict[str, Any]] = {}
    for each in rows:
        row = sources.setdefault(
            each["source"], {"source": each["source_words"], **{stage: Number("", "–") for stage in _STAGES}}
        )
        row[each["stage"]] = numbers.get(each["key"], row[each["stage"]])
    return list(sources.values())


def below_sentences(below: Iterable[Mapping[str, Any]]) -> list[str]:
    states = [each["state"] for each in below]
    if not states:
        return []
    sentence = (
        f"Trong {len(states)} đơn vị phải báo cáo: {states.count('approved')} báo cáo đã được duyệt và được tổng hợp "
        "vào báo cáo này."
    )
    return [sentence + (" Danh sách từng đơn vị tại Phụ lục kèm theo." if len(states) > MOST_IN_BODY else "")]


def _numbers(content: Content) -> dict[str, Number]:
    return {each["key"]: Number(each["key"], each["words"]) for each in content.get("figures", [])}
