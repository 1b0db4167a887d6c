"""Lists of reports: what one's own body owes, what waits for one's approval, all that one may read, and the few from
the time before there were cycles. And approving several at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.reporting.enums import OWED, ReportState
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.inbox import (
    in_others_stead,
    matching,
    outside_cycles,
    own_reports,
    readable_reports,
    to_approve,
)
from hocsuotdoi.reporting.queries.state import days_late
from hocsuotdoi.workspace.reporting.page import STATE_KINDS, lies

PAGE_SIZE = 20
LIST = "workspace:reporting-report-list"
_OWN, _INSTEAD, _APPROVE, _ALL, _OUTSIDE = "own", "instead", "approve", "all", "outside"


@require_GET
@requires(Permission.VIEW_REPORT)
def report_list(request: HttpRequest) -> HttpResponse:
    """Whoever writes no report sees those that they may read instead of their own."""
    day = timezone.localdate()
    own = own_reports(request.user, day)
    instead = in_others_stead(request.user, day)
    queue = to_approve(request.user, day)
    writes, approves = Permission.WRITE_REPORT in request.permissions, Permission.APPROVE_REPORT in request.permissions
    first = _OWN if writes else _ALL
    view = request.GET.get("view", "")
    if view not in (_OWN, _INSTEAD, _APPROVE, _ALL, _OUTSIDE) or (view == _APPROVE and not approves):
        view = first
    words = normalise(request.GET.get("q", "").replace("\x00", "")).strip()[:100]
    state = request.GET.get("state", "")
    asked = state if state in ReportState.values else ""
    cycle = request.GET.get("cycle", "")[:60].replace("\x00", "")
    rows = {_OWN: own, _INSTEAD: instead, _APPROVE: queue}.get(view)
    if rows is None:
        rows = matching(
            outside_cycles(request.user, day) if view == _OUTSIDE else readable_reports(request.user, day), words
        )
    if view == _ALL:
        rows = rows.filter(state=asked) if asked else rows
        rows = rows.filter(cycle__code=cycle) if cycle else rows
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "view": view,
        "words": words,
        "state": asked,
        "cycle": cycle,
        "states": ReportState.choices,
        "cycles": Cycle.objects.visible_to(request.user, day)[:20] if view == _ALL else [],
        "rows": [] if view == _APPROVE else [_row(report, day) for report in page],
        "waiting": waiting(page, request.user) if view == _APPROVE else [],
        "tabs": _tabs(request, view, writes=writes, approves=approves, queue=queue, instead=instead, day=day),
        "day": day,
    }
    context["plain"] = sum(each.is_plain for each in context["waiting"])
    return render(request, f"workspace/reporting/report_{'queue' if view == _APPROVE else 'list'}.html", context)


@require_POST
@requires(Permission.APPROVE_REPORT)
def report_approve_several(request: HttpRequest) -> HttpResponse:
    """First shows what would be approved; sent again it is done, one by one: what is refused is told by name."""
    day = timezone.localdate()
    versions = dict(_pairs(request.POST.getlist("report")))
    chosen = list(to_approve(request.user, day).filter(pk__in=versions)[:100])
    rows = [each for each in waiting(chosen, request.user) if each.is_plain]
    if not rows:
        messages.error(request, _("Choose reports that have nothing odd. Others are looked at one by one."))
        return redirect(f"{reverse(LIST)}?view={_APPROVE}")
    if "sure" not in request.POST:
        context = {"rows": rows, "back": f"{reverse(LIST)}?view={_APPROVE}", "path": [(_("Reports"), reverse(LIST))]}
        return render(request, "workspace/reporting/report_approve_several.html", context)
    done = 0
    for row in rows:
        try:
            approve_report(row.report, version=versions[row.report.pk], by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, f"{row.report.agency}: {refusal}")
        else:
            done += 1
    if done:
        said = ngettext("{count} report approved.", "{count} reports approved.", done)
        messages.success(request, said.format(count=done))
    return redirect(f"{reverse(LIST)}?view={_APPROVE}")


def _row(report: Any, day: Any) -> dict[str, Any]:
    late = days_late(report, report.cycle, day) if report.cycle_id else 0
    left = (report.due_on - day).days if report.due_on else None
    return {
        "report": report,
        "kind": STATE_KINDS[ReportState(report.state)],
        "left": left if report.state in OWED else None,
        "days_late": late,
        "lies": lies(report, day) if report.cycle_id else "",
    }


def _tabs(
    request: HttpRequest, view: str, *, writes: bool, approves: bool, queue: Any, instead: Any, day: Any
) -> list[dict[str, object]]:
    looks: list[tuple[str, str, object]] = []
    if writes:
        looks.append((_OWN, _("Ours"), ""))
    if writes and (count := instead.count()):
        looks.append((_INSTEAD, _("In others' stead"), count))
    if approves:
        looks.append((_APPROVE, _("To approve"), queue.count() or ""))
    looks.append((_ALL, _("All that I may read"), ""))
    if outside_cycles(request.user, day).exists():
        looks.append((_OUTSIDE, _("Outside any cycle"), ""))
    return [
        {"label": label, "url": f"?{urlencode({'view': name})}", "is_current": name == view, "count": count}
        for name, label, count in looks
    ]


def _pairs(texts: list[str]) -> list[tuple[int, int]]:
    """«17:3» is version 3 of report 17."""
    found = []
    for text in texts[:100]:
        pk, _colon, version = text.partition(":")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 10 and len(version) < 10:
            found.append((int(pk), int(version)))
    return found
