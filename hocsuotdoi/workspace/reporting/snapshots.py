"""What was frozen of a report: one snapshot, its documents, two beside each other; and how a figure was added up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.enums import SnapshotKind
from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.formats.docx import render_report
from hocsuotdoi.reporting.formats.printed import short_digest
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.checking import is_intact
from hocsuotdoi.reporting.queries.content import report_content
from hocsuotdoi.reporting.queries.documents import kind_of, kind_of_report
from hocsuotdoi.reporting.queries.reports import moved_since
from hocsuotdoi.reporting.queries.trail import parts_of, turns_between
from hocsuotdoi.workspace.reporting.forms import WordsForm
from hocsuotdoi.workspace.reporting.found import DOCX, XLSX, content_of, find, find_in_cycle, find_snapshot, url_of
from hocsuotdoi.workspace.reporting.shown import origin_of, shown


@require_GET
@requires(Permission.VIEW_REPORT)
def report_draft(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    content = content_of(report, timezone.localdate())
    name = f"du-thao-bao-cao-{report.unit.code}-{report.year}.docx"
    kind = kind_of_report(report, has_below=bool(content.get("below")))
    return _file(render_report(content, digest_of(content), kind), DOCX, name)


@require_GET
@requires(Permission.VIEW_REPORT)
def report_figure(request: HttpRequest, pk: int) -> HttpResponse:
    """Which reports below bring what into one figure, and what the body counted itself."""
    report = find_in_cycle(request, pk)
    content = content_of(report, timezone.localdate())
    key = request.GET.get("key", "")
    figure = next((each for each in content.get("figures", ()) if each["key"] == key), None)
    if figure is None:
        raise Http404
    parts = parts_of(report, key)
    context = {
        "report": report,
        "figure": figure,
        "origin": origin_of(figure),
        "parts": parts,
        "is_amended": any(each.addendum for each in parts),
        "told": sum(each.numerator is not None for each in parts),
        "path": _path(report),
    }
    return render(request, "workspace/reporting/report_figure.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def report_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between two snapshots of one report."""
    report = find_in_cycle(request, pk)
    whole = _readable(request, report).filter(kind=SnapshotKind.REPORT)  # an addendum, a letter says something else
    old = get_object_or_404(whole, number=request.GET.get("from", "").replace("\x00", ""))
    new = get_object_or_404(whole, number=request.GET.get("to", "").replace("\x00", ""))
    figures, words = turns_between(old, new)
    labels = {name: WordsForm.base_fields[name].label for name in ("results", "difficulties", "causes", "proposals")}
    context = {
        "report": report,
        "old": old,
        "new": new,
        "figures": figures,
        "words": [{"label": labels[each.label], "before": each.before, "after": each.after} for each in words],
        "path": _path(report),
    }
    return render(request, "workspace/reporting/report_compare.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_detail(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = find_snapshot(request, number)
    report = snapshot.report
    assert report is not None  # find_snapshot saw to it
    moved = []
    if report.cycle_id is None:
        moved = moved_since(snapshot.content, report_content(report.unit, report.year, timezone.localdate()))
    context = {
        "snapshot": snapshot,
        "report": report,
        "shown": shown(snapshot.content, report) if "targets" in snapshot.content else None,
        "changes": snapshot.content.get("changes", []),
        "short_digest": short_digest(snapshot.digest),
        "is_intact": is_intact(snapshot),
        "moved": moved,
        "path": _path(report),
    }
    return render(request, "workspace/reporting/snapshot_detail.html", context)


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_document(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = find_snapshot(request, number)
    return _file(render_report(snapshot.content, snapshot.digest, kind_of(snapshot)), DOCX, f"{snapshot.number}.docx")


@require_GET
@requires(Permission.VIEW_REPORT)
def snapshot_annex(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = find_snapshot(request, number)
    return _file(render_annex(snapshot.content, snapshot.digest), XLSX, f"{snapshot.number}.xlsx")


def _readable(request: HttpRequest, report: Report):  # type: ignore[no-untyped-def]
    return Snapshot.objects.visible_to(request.user, timezone.localdate()).filter(report=report)


def _path(report: Report) -> list[tuple[str, str]]:
    return [(_("Reports"), reverse("workspace:reporting-report-list")), (str(report), url_of(report))]


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
