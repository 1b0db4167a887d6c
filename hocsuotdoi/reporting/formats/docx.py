"""The signed report as a Word document in the layout of Decree 30/2020/NĐ-CP, from a frozen content.

Layout and fixed words stand in templates/reporting/report.docx, which may be edited in Word; here only values are
made ready. Pure: content in, bytes out.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from hocsuotdoi.reporting.formats.printed import SAMPLE_WARNING, cleaned, short_digest
from hocsuotdoi.reporting.models.content import Content, TargetContent, TaskContent

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "reporting" / "report.docx"
TASK_GROUPS = (
    ("done", "Nhiệm vụ đã thực hiện"),
    ("doing", "Nhiệm vụ đang thực hiện"),
    ("late", "Nhiệm vụ chậm so với thời hạn"),
)


def render_report(content: Content, digest: str, template: Path = TEMPLATE) -> bytes:
    """The document's bytes. `digest` is the snapshot's; `content` holds the number when it is frozen."""
    document = DocxTemplate(str(template))
    document.render(cleaned(report_context(content, digest)), autoescape=True)
    properties = document.docx.core_properties
    properties.title = f"{content['header']['title']} - {content['unit']['name']}"[:255]
    properties.author = content["header"]["issuer"]
    properties.subject = content.get("number", "")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def report_context(content: Content, digest: str) -> dict[str, Any]:
    """What the template's tags name. The list stands in docs/how-to/change-the-report.md."""
    header = content["header"]
    return {
        "superior": header["superior"],
        "issuer_lines": header["issuer_lines"],
        "symbol": header["symbol"],
        "place_and_date": f"{header['place']}, {header['day']}",
        "sample_warning": SAMPLE_WARNING if content["has_sample"] else "",
        "title": re.sub(r"năm (\d{4})", "năm\u00a0\\1", header["title"]),  # a year never alone on a line
        "addressee": header["addressee"],
        "bases": content["basis"],
        "opening": content["opening"],
        "year": content["year"],
        "activity_sentences": content["activities"]["sentences"],
        "target_sentences": content["target_sentences"],
        "target_groups": target_groups(content["targets"]),
        "task_sentences": content["task_sentences"],
        "task_groups": task_groups(content["tasks"]),
        "missing_sentences": content["missing_sentences"],
        "results": content["words"]["results"],
        "difficulties": content["words"]["difficulties"],
        "proposals": content["words"]["proposals"],
        "closing": content["closing"],
        "recipients": content["recipients"],
        "signature_lines": content["signature"]["lines"],
        "snapshot_lines": snapshot_lines(content, digest),
    }


def snapshot_lines(content: Content, digest: str) -> list[str]:
    if "number" not in content:
        return ["Bản dự thảo: số liệu chưa chốt, còn có thể thay đổi."]
    frozen_at = dt.datetime.fromisoformat(content["frozen_at"])
    return [
        f"Số chốt số liệu: {content['number']}, chốt lúc {frozen_at:%H:%M} ngày {frozen_at:%d/%m/%Y}.",
        f"Mã kiểm tra: {short_digest(digest)} (16 ký tự đầu của SHA-256). Số liệu đã chốt không sửa được.",
        "Cách kiểm tra: trong Học Suốt Đời, mở mục Báo cáo, tìm số chốt này rồi so mã kiểm tra và các con số.",
    ]


def target_groups(targets: Iterable[TargetContent]) -> list[dict[str, Any]]:
    """Rows of table 1 under the plan that sets them, numbered through."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for ordinal, target in enumerate(targets, start=1):
        groups.setdefault(target["plan"], []).append({**target, "ordinal": ordinal})
    return [{"title": plan, "rows": rows} for plan, rows in groups.items()]


def task_groups(tasks: Iterable[TaskContent]) -> list[dict[str, Any]]:
    """Rows of table 2: done, under way, late; a state without tasks is left out."""
    by_state: dict[str, list[TaskContent]] = {}
    for task in tasks:
        by_state.setdefault(task["state"], []).append(task)
    groups, ordinal = [], 0
    for state, title in TASK_GROUPS:
        rows = []
        for task in by_state.get(state, []):
            ordinal += 1
            source = ", mục ".join(part for part in (task["plan_short"], task["clause"]) if part)
            rows.append({**task, "ordinal": ordinal, "source": source, "evidence": "; ".join(task["evidence"])})
        if rows:
            groups.append({"state": state, "title": f"{title} ({len(rows)})", "rows": rows})
    return groups
