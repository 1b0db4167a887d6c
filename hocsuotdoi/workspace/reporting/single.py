"""Reports of a unit outside any cycle, as they were written before there were cycles: read, worded, frozen. No page
begins new ones."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.models import Content, Report
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.report import freeze_report, word_report
from hocsuotdoi.reporting.queries.content import report_content
from hocsuotdoi.reporting.queries.documents import with_issue
from hocsuotdoi.workspace.reporting.forms import FIELDS, WordsForm
from hocsuotdoi.workspace.reporting.found import url_of
from hocsuotdoi.workspace.reporting.shown import shown, suggestion_of


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else wrote into a field meanwhile."""

    label: str
    text: str


def report_detail(request: HttpRequest, report: Report) -> HttpResponse:
    content = report_content(report.unit, report.year, timezone.localdate())
    return _report_page(request, report, content, WordsForm.of(report))


def report_word(request: HttpRequest, report: Report) -> HttpResponse:
    require(request.user, Permission.WRITE_REPORT, report.unit)
    form = WordsForm(request.POST)
    theirs: list[Theirs] = []
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            word_report(report, version=version, **form.words(), by=request.user, at=timezone.now())
        except ReportChangedMeanwhile as refusal:
            messages.error(request, str(refusal))
            report = refusal.current
            theirs = _theirs(form, report)
            form = WordsForm(initial={**form.cleaned_data, "version": report.version})
        else:
            messages.success(request, _("The words are saved."))
            return redirect(url_of(report))
    content = report_content(report.unit, report.year, timezone.localdate())
    return _report_page(request, report, content, form, theirs, status=409 if theirs else 422)


@require_http_methods(["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def report_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Report.objects.visible_to(request.user, timezone.localdate()).filter(cycle=None)
    report = get_object_or_404(visible.select_related("unit"), pk=pk)
    require(request.user, Permission.FREEZE_REPORT, report.unit)
    if request.method == "POST":
        try:
            snapshot = freeze_report(report, after=request.GET.get("after"), by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(url_of(report))
        messages.success(request, _("The figures are frozen as %(number)s.") % {"number": snapshot.number})
        return redirect("workspace:reporting-snapshot-detail", number=snapshot.number)
    newest = report.snapshots.first()
    context = {"report": report, "newest": newest.number if newest else ""}
    return render(request, "workspace/reporting/report_freeze.html", context)


def _report_page(
    request: HttpRequest,
    report: Report,
    content: Content,
    form: WordsForm,
    theirs: list[Theirs] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "report": report,
        "shown": shown(content),
        "form": form,
        "suggestions": [
            {"label": form.fields[name].label, "lines": suggestion_of(content, name)}
            for name in FIELDS
            if suggestion_of(content, name)
        ],
        "theirs": theirs or [],
        "may_write": request.person_may(Permission.WRITE_REPORT, report.unit),
        "may_freeze": request.person_may(Permission.FREEZE_REPORT, report.unit),
        "snapshots": with_issue(report.snapshots.select_related("frozen_by").defer("content")),
        "path": [(_("Reports"), f"{reverse('workspace:reporting-report-list')}?view=outside")],
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
