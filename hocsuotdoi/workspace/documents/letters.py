"""Official letters to bodies that are late with their report."""

import datetime as dt

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.reporting.enums import CycleState
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.operations.letters import write_letter
from hocsuotdoi.reporting.queries.letters import late_reports
from hocsuotdoi.reporting.rules import may_approve
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.documents.views import to_overview

_ON_A_PAGE = 50
_USUAL_DAYS = 5


class LetterForm(forms.Form):
    answer_by = forms.DateField(
        label=gettext_lazy("The report is asked for by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@requires(Permission.APPROVE_REPORT)
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    cycles = list(Cycle.objects.visible_to(request.user, today).filter(state=CycleState.OPEN))
    asked = request.GET.get("cycle", "")
    cycle = next((each for each in cycles if each.code == asked), cycles[0] if cycles else None)
    late = late_reports(cycle, request.user, today) if cycle else Report.objects.none()
    return render(
        request,
        "workspace/documents/letter_list.html",
        {
            "cycles": cycles,
            "cycle": cycle,
            "today": today,
            "page_obj": Paginator(late, _ON_A_PAGE).get_page(request.GET.get("page")),
            "path": [to_overview()],
        },
    )


@requires(Permission.APPROVE_REPORT)
@require_http_methods(["GET", "POST"])
def letter_create(request: HttpRequest, report: int) -> HttpResponse:
    visible = Report.objects.visible_to(request.user).select_related("agency", "cycle", "unit", "goes_to__agency")
    found = get_object_or_404(visible, pk=report, cycle__isnull=False)
    now = timezone.now()
    today = timezone.localdate(now)
    if not may_approve(request.user, found, today):
        raise PermissionDenied
    form = LetterForm(request.POST or None, initial={"answer_by": today + dt.timedelta(days=_USUAL_DAYS)})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            snapshot = write_letter(found, answer_by=form.cleaned_data["answer_by"], by=request.user, at=now)
            return redirect("workspace:documents-snapshot-documents", number=snapshot.number)
    context = {
        "report": found,
        "form": form,
        "path": [to_overview(), (_("Letters to those who are late"), reverse("workspace:documents-letter-list"))],
    }
    return render(request, "workspace/documents/letter_create.html", context, status=422 if form.errors else 200)
