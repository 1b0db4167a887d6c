"""Finding a report for a person, what they may do with it, and what it says for them."""

import copy
import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.reporting.enums import OWED
from hocsuotdoi.reporting.models import Content, Report, Snapshot
from hocsuotdoi.reporting.models.report import FROZEN
from hocsuotdoi.reporting.operations.burden import note_work
from hocsuotdoi.reporting.queries.content import cycle_content, report_content
from hocsuotdoi.reporting.rules import Rights, rights_on

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def find(request: HttpRequest, pk: int) -> Report:
    """What one may not read is not there."""
    rows = Report.objects.visible_to(request.user, timezone.localdate()).select_related(
        "cycle", "agency", "unit", "goes_to__agency", "changed_by", "submitted", "approved"
    )
    return get_object_or_404(rows, pk=pk)


def find_in_cycle(request: HttpRequest, pk: int) -> Report:
    """Acts of a cycle are not there for what stands outside of any."""
    rows = Report.objects.visible_to(request.user, timezone.localdate()).filter(cycle__isnull=False)
    return get_object_or_404(
        rows.select_related("cycle", "agency", "unit", "goes_to__agency", "changed_by", "submitted", "approved"), pk=pk
    )


def find_snapshot(request: HttpRequest, number: str) -> Snapshot:
    """Of a report; minutes and nominations have pages of their own."""
    rows = Snapshot.objects.visible_to(request.user, timezone.localdate()).filter(report__isnull=False)
    return get_object_or_404(
        rows.select_related("report__unit", "report__agency", "report__cycle", "frozen_by", "amends"), number=number
    )


def rights(request: HttpRequest, report: Report) -> Rights:
    return rights_on(request.user, report, timezone.localdate())


def worked(request: HttpRequest, report: Report, allowed: Rights) -> None:
    """Measured is how long a report takes those who write it, while they write it: not who reads it above."""
    if allowed.write and report.state in OWED and report.cycle_id is not None:
        note_work(report, request.user, timezone.now())


def asks_for_json(request: HttpRequest) -> bool:
    """What is kept on a device until it is sent (static/workspace/reports) asks for no page."""
    return request.headers.get("Accept", "").startswith("application/json")


def admit(may: bool) -> None:
    if not may:
        raise PermissionDenied


def content_of(report: Report, day: dt.date) -> Content:
    """What was frozen, once it is submitted: readers see what lies with the body above, not what has moved since."""
    if report.cycle_id is None:
        return report_content(report.unit, report.year, day)
    if report.state in FROZEN and report.submitted:
        return report.submitted.content
    return cycle_content(report, day)


def prompting(report: Report, day: dt.date) -> Content:
    """The same, with what the figures would say in every field of words while it is written, also where somebody has
    written into it."""
    if report.state not in OWED:
        return content_of(report, day)
    wordless = copy.copy(report)
    wordless.results = wordless.difficulties = wordless.causes = wordless.proposals = ""
    return cycle_content(wordless, day)


def url_of(report: Report, part: str = "") -> str:
    return reverse("workspace:reporting-report-detail", args=[report.pk]) + (f"#{part}" if part else "")
