"""Pages of the yearly report."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.formats.docx import render_report, short_digest
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Content, Report, Snapshot
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.report import (
    freeze_report,
    open_report,
    word_report,
)
from hocsuotdoi.reporting.queries.content import report_content
from hocsuotdoi.reporting.queries.reports import (
    due_of,
    moved_since,
    reported_years,
    units_with_report,
)
from hocsuotdoi.workspace.reporting.forms import FIELDS, WordsForm
from hocsuotdoi.workspace.reporting.shown import shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else wrote into a field meanwhile."""

    label: str
    text: str


@require_GET
@requires(Permission.VIEW_REPORT)
def report_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    years = reported_years(today)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else today.year
    text = normalise(request.GET.get("q", "")).strip()
    page = Paginator(units_with_report(request.user, year, today, text), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "workspace/reporting/report_list.html",
        {
            "page_obj": page,
            "year": year,
            "text": text,
            "due": due_of(year, today),
            "tabs": [
                {"label": str(each), "url": f"?year={each}", "is_current": each == year, "count": ""} for each in years
            ],
        },
    )


@require_POST
@requires(Permission.WRITE_REPORT)
def report_open(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    unit = get_object_or_404(
        units_covered(request.user, Permission.VIEW_REPORT, today), pk=_whole_number(request.POST.get("unit"))
    )
    require(request.user, Permission.WRITE_REPORT, unit)
    try:
        year = _whole_number(request.POST.get("year")) or today.year
        report = open_report(unit, year=year, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workspace:reporting-report-list")
    return redirect("workspace:reporting-report-detail", pk=report.pk)


@require_GET
@requires(Permission.VIEW_REPORT)
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible_report(request, pk)
    content = report_content(report.unit, report.year, timezone.localdate())
    return _report_page(request, report, content, WordsForm.of(report, content["words"]))


@require_POST
@requires(Permission.WRITE_REPORT)
def report_word(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible_report(request, pk)
    require(request.user, Permission.WRITE_REPORT, report)
    form = WordsForm(request.POST)
    theirs: list[Theirs] = []
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            word_report(
                report, version=version, causes=report.causes, **form.words(), by=request.user, at=timezone.now()
            )
        except ReportChangedMeanwhile as refusal:
            messages.error(request, str(refusal))
            report = refusal.current
            theirs = _theirs(form, report)
            form = WordsForm(initial={**form.cleaned_data, "version": report.version})
        else:
            messages.success(request, _("The words are saved."))
            return redirect("workspace:reporting-report-detail", pk=report.pk)
    content = report_content(report.unit, report.year, timezone.localdate())
    return _report_page(request, report, content, form, theirs, status=409 if theirs else 422)


@require_http_methods(["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def report_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible_report(request, pk)
    require(request.user, Permission.FREEZE_REPORT, report)
    if request.method == "POST":
        try:
            snapshot = freeze_report(report, by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("workspace:reporting-report-detail", pk=report.pk)
        messages.success(request, _("The figures are frozen as %(number)s.") % {"number": snapshot.number})
        return redirect("workspace:reporting-snapshot-detail", number=snapshot.number)
    return render(request, "workspace/reporting/report_freeze.html", {"report": report})


@require_GET
@requires(Permission.VIEW_REPORT)
def report_draft(request: HttpRequest, pk: int) -> HttpResponse:
    report = _visible_report(request, pk)
    content = report_content(report.unit, report.year, timezone.localdate())
    name = f"du-thao-bao-cao-{report.unit.code}-{report.year}.docx"
    return _file(render_report(content, digest_of(content)), DOCX, name)


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_detail(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = _visible_snapshot(request, number)
    now = report_content(snapshot.report.unit, snapshot.report.year, timezone.localdate())
    return render(
        request,
        "workspace/reporting/snapshot_detail.html",
        {
            "snapshot": snapshot,
            "report": snapshot.report,
            "shown": shown(snapshot.content),
            "short_digest": short_digest(snapshot.digest),
            "is_intact": digest_of(snapshot.content) == snapshot.digest,
            "moved": moved_since(snapshot.content, now),
            "path": [(_("Reports"), _list_url(snapshot.report)), (str(snapshot.report), _url(snapshot.report))],
        },
    )


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_document(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = _visible_snapshot(request, number)
    return _file(render_report(snapshot.content, snapshot.digest), DOCX, f"{snapshot.number}.docx")


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_annex(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = _visible_snapshot(request, number)
    return _file(render_annex(snapshot.content, snapshot.digest), XLSX, f"{snapshot.number}.xlsx")


def _visible_report(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(request.user).select_related("unit", "changed_by"), pk=pk)


def _visible_snapshot(request: HttpRequest, number: str) -> Snapshot:
    snapshots = Snapshot.objects.visible_to(request.user).select_related("report__unit", "frozen_by")
    return get_object_or_404(snapshots, number=number)


def _report_page(
    request: HttpRequest,
    report: Report,
    content: Content,
    form: WordsForm,
    theirs: list[Theirs] | None = None,
    status: int = 200,
) -> HttpResponse:
    today: dt.date = timezone.localdate()
    context: dict[str, Any] = {
        "report": report,
        "shown": shown(content),
        "form": form,
        "theirs": theirs or [],
        "due": due_of(report.year, today),
        "may_write": request.person_may(Permission.WRITE_REPORT, report),
        "may_freeze": request.person_may(Permission.FREEZE_REPORT, report),
        "snapshots": report.snapshots.select_related("frozen_by").defer("content"),
        "path": [(_("Reports"), _list_url(report))],
    }
    return render(request, "workspace/reporting/report_detail.html", context, status=status)


def _theirs(form: WordsForm, current: Report) -> list[Theirs]:
    """The fields in which the stored text differs from the one just typed."""
    mine = form.words()
    return [
        Theirs(str(form.fields[field].label), getattr(current, field))
        for field in FIELDS
        if getattr(current, field).split() != mine[field].split()
    ]


def _list_url(report: Report) -> str:
    return f"{reverse('workspace:reporting-report-list')}?year={report.year}"


def _url(report: Report) -> str:
    return reverse("workspace:reporting-report-detail", args=[report.pk])


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
