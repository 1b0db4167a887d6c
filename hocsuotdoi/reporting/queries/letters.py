"""Who owes a body a report and has not sent it, and the official letter that reminds them."""

import datetime as dt

from django.db.models import OuterRef, Q, QuerySet, Subquery

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import ReportState, SnapshotKind
from hocsuotdoi.reporting.models import Cycle, Report, Snapshot
from hocsuotdoi.reporting.models.content import FigureContent
from hocsuotdoi.reporting.models.line import on_the_line
from hocsuotdoi.reporting.models.other_contents import LetterContent
from hocsuotdoi.reporting.queries.header import PROGRAMME, in_time
from hocsuotdoi.reporting.queries.paper_header import paper_header, short_name, signature_of_body

SHAPE = 1
_STILL_TO_DO = {
    ReportState.EXPECTED: "- Lập báo cáo: đến nay chưa bắt đầu;",
    ReportState.DRAFT: "- Hoàn thành báo cáo đang soạn;",
    ReportState.RETURNED: "- Sửa báo cáo đã được trả lại theo lý do ghi trong hệ thống;",
}


def late_reports(cycle: Cycle, person: Someone, day: dt.date) -> QuerySet[Report]:
    """Late reports of the cycle that go to a body at which `person` approves, the longest late first; each with the
    number of its newest letter (`letter_number`) and the moment (`letter_at`). One query."""
    letters = Snapshot.objects.filter(report=OuterRef("pk"), kind=SnapshotKind.LETTER).order_by("-frozen_at", "-pk")
    receivers = Report.objects.filter(on_the_line(person, Permission.APPROVE_REPORT, day), cycle=cycle)
    return (
        Report.objects.filter(cycle=cycle)
        .late(day)
        .filter(Q(goes_to__in=receivers.values("pk")))
        .annotate(
            letter_number=Subquery(letters.values("number")[:1]), letter_at=Subquery(letters.values("frozen_at")[:1])
        )
        .select_related("agency", "unit", "cycle", "goes_to__agency__unit")
        .order_by("due_on", "unit__sort_key", "pk")
    )


def letter_content(report: Report, sender: Agency, answer_by: dt.date, day: dt.date) -> LetterContent:
    """What `sender` writes to the body that owes the report, on `day`."""
    assert report.cycle is not None and report.agency is not None and report.due_on is not None
    days = (day - report.due_on).days + 1  # «before» its day: on the day itself it is one day late
    figure: FigureContent = {
        "key": f"late:days:{report.cycle.code}",
        "label": "Số ngày chậm báo cáo",
        "value_state": "value",
        "numerator": str(days),
        "denominator": None,
        "words": str(days),
        "reporting": None,
        "expected": None,
        "coverage_words": "",
        "is_additive": False,
        "origin": "counted",
        "note": "",
    }
    due, until = f"{report.due_on:%d/%m/%Y}", f"{answer_by:%d/%m/%Y}"
    return {
        "shape": SHAPE,
        "year": report.year,
        "has_sample": report.agency.is_sample,
        "header": paper_header(
            sender,
            title=f"V/v đôn đốc báo cáo kết quả thực hiện Chương trình học tập suốt đời {in_time(report)}",
            addressee=report.agency.name,
            day=day,
        ),
        "figures": [figure],
        "paragraphs": [
            f"Thực hiện {PROGRAMME}, các đơn vị gửi báo cáo của đợt “{report.cycle.title}” trước ngày {due}.",
            f"Đến ngày {day:%d/%m/%Y}, {report.agency.name} chưa gửi báo cáo, chậm {days} ngày. {sender.name} đề nghị "
            f"đơn vị thực hiện các nội dung sau và gửi báo cáo trước ngày {until}:",
        ],
        "items": [
            _STILL_TO_DO[ReportState(report.state)],
            "- Kiểm tra, giải trình các số liệu bất thường mà hệ thống đã nêu;",
            "- Gửi báo cáo trên hệ thống Học Suốt Đời; nếu có vướng mắc, phản ánh ngay để được hướng dẫn.",
        ],
        "closing": f"{sender.name} đề nghị {report.agency.name} quan tâm, thực hiện./.",
        "recipients": ["- Như trên;", f"- Lưu: VT, {short_name(sender)}."],
        "signature": signature_of_body(sender),
    }
