"""Totals that a body types into its own report; where two people type at once, nobody writes over what they have not
seen."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import moment
from hocsuotdoi.programme.queries.assignments import names_of
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile, WrongState
from hocsuotdoi.reporting.operations.totals import type_totals
from hocsuotdoi.reporting.queries.typed import TypedRow, seen_of, typed_rows
from hocsuotdoi.workspace.reporting.forms import Theirs, TotalForm, forms_without_row, total_forms, total_words
from hocsuotdoi.workspace.reporting.found import admit, asks_for_json, find_in_cycle, rights, url_of, worked
from hocsuotdoi.workspace.reporting.page import report_page


@require_POST
@requires(Permission.WRITE_REPORT)
def report_total(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Asked for JSON, it answers as `report_word` does."""
    report = find_in_cycle(request, pk)
    admit((allowed := rights(request, report)).write)
    worked(request, report, allowed)
    answer = _typed(request, report)
    if isinstance(answer, HttpResponse):
        return JsonResponse({}, status=answer.status_code) if asks_for_json(request) else answer
    messages.success(request, " ".join(part for part in (_("The totals are saved."), answer) if part))
    if asks_for_json(request):
        shown = total_forms(typed_rows(find_in_cycle(request, pk)))
        fields = {field.html_name: field.value() for form in shown for field in form}
        return JsonResponse({"fields": fields, "said": answer})
    return redirect(url_of(report, "totals"))


def _typed(request: HttpRequest, report: Report) -> HttpResponse | str:
    """The page, where something was refused; else what somebody else wrote meanwhile, in words."""
    rows = typed_rows(report)
    shown = total_forms(rows, request.POST)
    sent = [form for form in shown if form.is_bound]
    version = _whole_number(request.POST.get("version"))
    wrong = [form for form in sent if not form.is_valid()]  # each is looked at, so each says what is wrong
    if wrong or version is None:
        return report_page(request, report, totals=shown, status=422)
    without_row = [form for form in forms_without_row(rows, request.POST) if not form.is_valid() or form.is_other]
    if without_row:
        text = _("Something that you typed is not typed here any more: it is not asked for, or counted from the book.")
        typed = [form.written for form in without_row]
        return report_page(request, report, totals=shown, totals_refused=text, totals_typed=typed, status=422)
    given = [form for form in sent if form.is_other]
    try:
        if given:
            totals = [form.total() for form in given]
            type_totals(report, version=version, rows=totals, by=request.user, at=timezone.now())
    except (ReportChangedMeanwhile, WrongState) as refusal:
        return _both_totals(request, find_in_cycle(request, report.pk), str(refusal), given)
    except Refused as refusal:
        wrong = [form for form in sent if form.row.key == refusal.field]
        for form in wrong:
            form.add_error("numerator", str(refusal))
        typed = [] if wrong else [form.written for form in given]
        refused = "" if wrong else str(refusal)
        return report_page(request, report, totals=shown, totals_refused=refused, totals_typed=typed, status=422)
    return _typed_beside([form.row for form in sent if not form.is_other and _is_new(form)])


def _is_new(form: TotalForm) -> bool:
    """What stands there is other than what was shown."""
    return form.row.seen != form.cleaned_data["seen"]


def _typed_beside(rows: Sequence[TypedRow]) -> str:
    """What somebody else wrote into other rows meanwhile, where there was something."""
    if not rows:
        return ""
    people = names_of({row.total.typed_by for row in rows if row.total})
    labels = ", ".join(f"«{row.label}»" for row in rows)
    if not people:
        return _("Meanwhile somebody else wrote into {fields}; both stand.").format(fields=labels)
    names = ", ".join(sorted(set(people.values())))
    return _("Meanwhile {people} wrote into {fields}; both stand.").format(people=names, fields=labels)


def _both_totals(request: HttpRequest, current: Report, refusal: str, given: Sequence[TotalForm]) -> HttpResponse:
    """Nothing is lost: what was typed stays in its fields, beside it stands what the other person saved, and when.
    Saved again, it is written over what is shown now and nothing else."""
    mine = {form.row.key: form for form in given}
    rows = typed_rows(current)
    people = names_of({row.total.typed_by for row in rows if row.total and row.key in mine})
    shown = []
    for row in rows:
        form = mine.get(row.key)
        typed = form.total() if form else None
        is_both = form is not None and _is_changed_below(row, form)
        shown.append(TotalForm(None, row=row, mine=typed, theirs=_theirs(row, people) if is_both else None))
    return report_page(
        request,
        current,
        totals=shown,
        totals_refused=refusal,
        totals_conflict=True,
        totals_typed=[form.written for form in given],
        status=409,
    )


def _is_changed_below(row: TypedRow, form: TotalForm) -> bool:
    return row.seen not in (form.cleaned_data["seen"], seen_of(form.total()))


def _theirs(row: TypedRow, people: Mapping[UUID, str]) -> Theirs:
    if row.total is None:
        return Theirs("", "", "")
    return Theirs(total_words(row.total), people.get(row.total.typed_by, ""), moment(row.total.typed_at))


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
