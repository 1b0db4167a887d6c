"""The office's sheet: taken away, filled in, looked through, confirmed; and the sums of a unit as a file."""

import hashlib
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import LARGEST_FILE, BadFile, Problem, read_table
from hocsuotdoi.places.models import Agency
from hocsuotdoi.programme.enums import MoneySource
from hocsuotdoi.programme.formats.money_sheet import (
    MoneyRow,
    MoneyTemplate,
    is_money_sheet,
    mark_of,
    read_money_sheet,
    render_money_sheet,
    task_label,
)
from hocsuotdoi.programme.formats.money_totals import TotalsRow, TotalsSheet, render_money_totals
from hocsuotdoi.programme.models import MoneyPreview, MoneyStep, Plan, Task
from hocsuotdoi.programme.operations.money_import import (
    ChangeKind,
    MoneyNotTaken,
    changes_of,
    confirm_money,
    forget_preview,
    preview_money,
)
from hocsuotdoi.programme.queries.money import (
    Sums,
    by_task,
    lines_in,
    lines_of,
    numbered_tasks,
    sums_by_child,
    sums_by_source,
    task_sums,
)
from hocsuotdoi.programme.rules import Entry
from hocsuotdoi.workspace.money.views import (
    agency_seen,
    entry_at,
    find_year,
    plans_for,
    to_overview,
    unit_asked,
    year_asked,
)
from hocsuotdoi.workspace.sheets import attachment

PROBLEMS_SHOWN = 200


class MoneySheetForm(forms.Form):
    plan = forms.ModelChoiceField(label=gettext_lazy("Plan"), queryset=Plan.objects.none(), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("The filled-in file"),
        help_text=gettext_lazy("Excel (.xlsx), at most 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


@requires(Permission.ESTIMATE_MONEY)
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Take the sheet, send it in: everything that is wrong, cell by cell, or what it would change."""
    agency = _agency(request, code)
    now = timezone.now()
    find_year(year, timezone.localdate(now))
    plans = plans_for(agency, timezone.localdate(now))
    form = MoneySheetForm(request.POST or None, request.FILES or None)
    form.fields["plan"].queryset = Plan.objects.filter(pk__in=[plan.pk for plan in plans])
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = _preview(request, agency, year, form)
        except (BadFile, MoneyNotTaken) as refusal:
            problems = refusal.problems
        else:
            return redirect("workspace:money-preview", pk=made.pk)
    return render(
        request,
        "workspace/money/sheet.html",
        {
            "agency": agency,
            "year": year,
            "plans": plans,
            "form": form,
            "in_place": entry_at(request, agency) == Entry.IN_PLACE,
            "problems": problems[:PROBLEMS_SHOWN],
            "problem_count": len(problems),
            "path": _path(agency, year),
        },
        status=422 if problems or form.errors else 200,
    )


@requires(Permission.ESTIMATE_MONEY)
@require_GET
def sheet_file(request: HttpRequest, code: str, year: int) -> HttpResponse:
    agency = _agency(request, code)
    find_year(year, timezone.localdate())
    plans = {plan.code: plan for plan in plans_for(agency, timezone.localdate())}
    plan = plans.get(request.GET.get("plan", ""))
    if plan is None:
        raise Http404
    content = render_money_sheet(_template(agency, plan, year))
    return attachment(content, "xlsx", f"kinh-phi-{agency.code}-{year}")


@requires(Permission.ESTIMATE_MONEY)
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Row by row what confirming would write; nothing has been written yet."""
    found = MoneyPreview.objects.filter(pk=pk, made_by=request.user.pk).select_related("agency").first()
    if found is None:
        step = get_object_or_404(
            MoneyStep.objects.filter(imported=pk, by=request.user.pk).select_related("line__agency")[:1]
        )
        return redirect("workspace:money-agency-lines", code=step.line.agency.code, year=step.line.year)
    in_place = entry_at(request, found.agency) == Entry.IN_PLACE
    back = reverse("workspace:money-agency-lines", args=[found.agency.code, found.year])
    if request.method == "POST":
        if request.POST.get("act") == "forget":
            forget_preview(found)
            messages.info(request, _("Nothing was written."))
            return redirect(back)
        try:
            number = confirm_money(found, by=request.user, at=timezone.now(), in_place=in_place)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("workspace:money-sheet", code=found.agency.code, year=found.year)
        said = ngettext("{number} line was written.", "{number} lines were written.", number)
        messages.success(request, said.format(number=number))
        return redirect(back)
    changes = changes_of(found)
    return render(
        request,
        "workspace/money/preview.html",
        {
            "preview": found,
            "in_place": in_place,
            "changes": [
                {"change": each, "source": MoneySource(each.source).label}
                for each in changes
                if each.kind != ChangeKind.SAME
            ],
            "same": sum(each.kind == ChangeKind.SAME for each in changes),
            "back": back,
            "path": _path(found.agency, found.year),
        },
    )


@requires(Permission.VIEW_MONEY)
@require_GET
def totals_file(request: HttpRequest) -> HttpResponse:
    """The sums of a unit: by source, by the units under it and by task, with live formulas."""
    today = timezone.localdate()
    year, unit = year_asked(request, today), unit_asked(request, today)
    if unit is None:
        raise Http404
    lines = lines_in(unit, year, today).visible_to(request.user, today)
    totals = TotalsSheet(
        f"Kinh phí thực hiện Chương trình năm {year}: {unit.name}",
        [_totals_row(str(source.label), sums) for source, sums in sums_by_source(lines).items()],
        [_totals_row(each.unit.name, each.sums) for each in sums_by_child(lines, unit, today)],
        [_totals_row(_task_words(each.task), each.sums) for each in task_sums(by_task(lines))],
    )
    return attachment(render_money_totals(totals), "xlsx", f"kinh-phi-{unit.code}-{year}")


def _totals_row(name: str, sums: Sums) -> TotalsRow:
    return TotalsRow(name, sums.columns, sums.asked, sums.granted)


def _task_words(task: Task | None) -> str:
    return f"{task.text} ({task.plan.name}, {task.clause.path})" if task else "Không ghi nhiệm vụ"


def _preview(request: HttpRequest, agency: Agency, year: int, form: forms.Form) -> MoneyPreview:
    file = form.cleaned_data["file"]
    if (file.size or 0) > LARGEST_FILE:
        raise BadFile([Problem("", _("The file is too large: at most 5 MB."))])
    content = file.read()
    table = read_table(content, file.name or "", is_money_sheet)
    return preview_money(
        agency,
        plan=form.cleaned_data["plan"],
        year=year,
        sheet=read_money_sheet(table),
        file_name=file.name or "",
        digest=hashlib.sha256(content).hexdigest(),
        by=request.user,
        at=timezone.now(),
    )


def _template(agency: Agency, plan: Plan, year: int) -> MoneyTemplate:
    tasks = [(task, task_label(number, task.text)) for number, task in numbered_tasks(plan)]
    labels = {task.pk: label for task, label in tasks}
    rows = [
        MoneyRow(
            each.pk,
            each.version,
            labels[each.task_id] if each.task_id else "",
            each.purpose,
            MoneySource(each.source),
            each.source_name,
            each.estimated,
            each.appraised,
            each.allocated,
            each.spent,
        )
        for each in lines_of(agency, year).filter(plan=plan)
    ]
    title = f"Kinh phí năm {year}: {agency.name}. Kế hoạch: {plan.name}"
    return MoneyTemplate(
        title, mark_of(agency.code, agency.pk, plan.code, year), rows, [(label, task.text) for task, label in tasks]
    )


def _agency(request: HttpRequest, code: str) -> Agency:
    agency = agency_seen(request, code)
    entry_at(request, agency)
    return agency


def _path(agency: Agency, year: int) -> list[tuple[str, str]]:
    here = reverse("workspace:money-agency-lines", args=[agency.code, year])
    return [to_overview(), (f"{agency.name}, {year}", here)]
