"""The marked sample goes on: in one province communes have handed in, some are approved and went out, one was returned,
some write; the province has begun, everybody else is still waited for. Done with the acts that pages use."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.reporting.enums import CommandLine, ReportState
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.approval import approve_report, return_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.issuing import note_issued
from hocsuotdoi.reporting.operations.report import begin_report, word_report
from hocsuotdoi.reporting.operations.submission import ExceptionsUnanswered, submit_report

APPROVED, WAITING, RETURNED = 4, 2, 1
"""So many communes each, in the order of their names; the others where a sample person sits have begun."""
WARD = "01843"
"""Where the sample story plays: its report is being written."""

_CHECKED = "Đã đối chiếu với sổ theo dõi, số liệu đúng."
_REASON = "Phần khó khăn chưa nêu nguyên nhân; đề nghị bổ sung rồi gửi lại."
_WORDS = {
    "results": "Duy trì hoạt động đọc sách tại thư viện và nhà văn hóa; tổ chức ngày hội đọc sách tháng 4.",
    "difficulties": "Kinh phí bổ sung sách còn ít; cán bộ kiêm nhiệm nhiều việc.",
    "causes": "Thư viện chưa có biên chế chuyên trách.",
    "proposals": "Đề nghị cấp trên hỗ trợ luân chuyển sách về cơ sở.",
}


@transaction.atomic
def load_sample(*, at: dt.datetime, day: dt.date, progress: Callable[[str], Any] = print) -> None:
    """Once; nothing where a report of the sample cycle has been begun, or no sample person sits at a province."""
    reports = Report.objects.filter(cycle__code=f"nam-{day.year}-mau").select_related("unit", "agency")
    sitting = _sitting()
    of_provinces = reports.filter(agency__in=sitting, unit__tier=Tier.PROVINCE, line=CommandLine.TERRITORY)
    province = of_provinces.order_by("pk").first()
    if province is None or reports.exclude(state=ReportState.EXPECTED).exists():
        return
    above = sitting[province.agency_id]
    below = reports.filter(goes_to=province, agency__in=sitting, line=CommandLine.TERRITORY)
    communes = list(below.order_by("unit__sort_key"))
    handing_in = [each for each in communes if each.unit.code != WARD]
    for number, report in enumerate(handing_in[: APPROVED + WAITING + RETURNED]):
        _hand_in(report, by=sitting[report.agency_id], at=at)
        if number < APPROVED:
            approve_report(report, version=_version(report), by=above, at=at)
            _send_out(report, number=number + 1, by=sitting[report.agency_id], at=at)
        elif number >= APPROVED + WAITING:
            return_report(report, version=_version(report), reason=_REASON, by=above, at=at)
    for report in handing_in[APPROVED + WAITING + RETURNED :]:
        begin_report(report, by=sitting[report.agency_id], at=at)
    for report in communes:
        if report.unit.code == WARD:
            _word(report, by=sitting[report.agency_id], at=at)
    begin_report(province, by=above, at=at)
    progress(_("%(number)d of them have been begun") % {"number": reports.exclude(state=ReportState.EXPECTED).count()})


def _sitting() -> dict[int | None, Person]:
    """The sample officer of each body that has one."""
    held = RoleAssignment.objects.filter(
        role=RoleName.AGENCY_OFFICER, person__is_sample=True, agency__isnull=False, ends_on=None
    )
    return {each.agency_id: each.person for each in held.select_related("person")}


def _word(report: Report, *, by: Person, at: dt.datetime) -> Report:
    begin_report(report, by=by, at=at)
    return word_report(report, version=_version(report), **_WORDS, by=by, at=at)


def _hand_in(report: Report, *, by: Person, at: dt.datetime) -> None:
    """As somebody does who looks it through: says of what is odd that it is so."""
    report = _word(report, by=by, at=at)
    try:
        submit_report(report, version=report.version, by=by, at=at)
    except ExceptionsUnanswered as unanswered:
        answers = [Answer(each.key, each.numbers, _CHECKED) for each in unanswered.found]
        answer_exceptions(report, answers=answers, by=by, at=at)
        submit_report(report, version=_version(report), by=by, at=at)


def _send_out(report: Report, *, number: int, by: Person, at: dt.datetime) -> None:
    approved = Snapshot.objects.get(pk__in=Report.objects.filter(pk=report.pk).values("approved"))
    signer, day = f"{by.full_name}, Phó Chủ tịch", timezone.localdate(at)
    note_issued(approved, number=f"{number:02}/BC-UBND", issued_on=day, signer=signer, file=None, by=by, at=at)


def _version(report: Report) -> int:
    return Report.objects.values_list("version", flat=True).get(pk=report.pk)
