"""Figures of institutions without the system: a sheet for a unit and a period, or a form for one institution."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.core.table_file import BadFile, Problem
from hocsuotdoi.core.vietnamese import normalise, search_terms
from hocsuotdoi.indicators.enums import ImportKind, StatedColumn, StatingWay, columns_of
from hocsuotdoi.indicators.formats.stated_sheet import (
    ReadSheet,
    Template,
    TemplateCell,
    TemplateRow,
    is_stated_sheet,
    mark_of,
    marks_of,
    read_sheet,
    render_csv,
    render_xlsx,
)
from hocsuotdoi.indicators.models import PreviewedImport, Statement
from hocsuotdoi.indicators.operations.stated import (
    Sent,
    plan_of,
    preview_figures,
    state_figures,
)
from hocsuotdoi.indicators.queries.stated import (
    Asked,
    Change,
    ChangeKind,
    Planned,
    Sheet,
    planned,
    sheet_of,
    typed_on_grey,
    under_another_name,
    with_outcome,
)
from hocsuotdoi.indicators.queries.stated_looks import with_looks
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.periods import asked_period, periods_back, shown_periods
from hocsuotdoi.workspace.indicators.stated_forms import EMPTIED_ASKED, ConfirmForm, InstitutionFiguresForm
from hocsuotdoi.workspace.sheets import SheetForm, attachment, sent_in, shown_problems, table_of

ON_A_PAGE = 25
CHANGES_ON_A_PAGE = 50
YEARS_BACK = 5
EMPTIED = "emptied"
_ORDER = [ChangeKind.TAKEN_BACK, ChangeKind.CHANGED, ChangeKind.NEW, ChangeKind.UNCHANGED]


@require_GET
@requires(Permission.STATE_FIGURES)
def stated_list(request: HttpRequest) -> HttpResponse:
    """The units one may state for, for a period that one chooses, and what was stated last."""
    today = timezone.localdate()
    text = normalise(request.GET.get("q", "")).strip()
    period = asked_period(request.GET.get("period", ""), Period(today.year), today)
    page = Paginator(_units(request, today, text), ON_A_PAGE).get_page(request.GET.get("page"))
    last = with_outcome(Statement.objects.visible_to(request.user, today)).select_related("unit")
    return render(
        request,
        "workspace/indicators/stated_list.html",
        {
            "page_obj": page,
            "text": text,
            "period": period,
            "periods": shown_periods(periods_back(today, YEARS_BACK), period, today),
            "statements": [shown_statement(each) for each in last.order_by("-stated_at", "-pk")[:5]],
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def stated_sheet(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The sheet of a unit and a period: take it away, send it in, or open one institution."""
    now = timezone.now()
    today = timezone.localdate(now)
    unit, asked_period = _place(request, code, period, today)
    form = SheetForm(request.POST or None, request.FILES or None)
    preview, problems = sent_in(request, form, lambda: _preview(request, unit, asked_period, form, now))
    if preview is not None:
        return redirect("workspace:indicators-stated-preview", pk=preview.pk)
    sheet = sheet_of(unit, asked_period, today)
    return render(
        request,
        "workspace/indicators/stated_sheet.html",
        {
            "unit": unit,
            "period": asked_period,
            "sheet": sheet,
            "form": form,
            **shown_problems(problems),
            "grown": [
                (institution, column.label, figure.quantity, recorded)
                for institution, column, figure, recorded in sheet.grown()
            ],
            **_institutions(request, sheet),
            "path": _path(),
        },
        status=422 if problems or form.errors else 200,
    )


@require_GET
@requires(Permission.STATE_FIGURES)
def stated_template(request: HttpRequest, code: str, period: str, kind: str) -> HttpResponse:
    today = timezone.localdate()
    unit, asked_period = _place(request, code, period, today)
    template = template_of(sheet_of(unit, asked_period, today))
    if not template.rows:
        raise Http404
    content = render_xlsx(template) if kind == "xlsx" else render_csv(template)
    return attachment(content, kind, f"so-lieu-{unit.code}-{asked_period.code.lower()}")


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def stated_institution(request: HttpRequest, code: str, period: str, institution: str) -> HttpResponse:
    """The same for one institution, typed in on the page."""
    now = timezone.now()
    today = timezone.localdate(now)
    unit, asked_period = _place(request, code, period, today)
    sheet = sheet_of(unit, asked_period, today, Institution.objects.filter(code=institution))
    if not sheet.institutions:
        raise Http404
    subject = sheet.institutions[0]
    form = InstitutionFiguresForm(request.POST or None, sheet=sheet, institution=subject)
    if request.method == "POST" and form.is_valid():
        sent = Sent(StatingWay.FORM, form.cleaned_data["source"])
        with refusals_in(form):
            preview = preview_figures(unit, period=asked_period, asked=form.asked(), sent=sent, by=request.user, at=now)
            return redirect("workspace:indicators-stated-preview", pk=preview.pk)
    url = reverse("workspace:indicators-stated-sheet", args=[unit.code, asked_period.code])
    return render(
        request,
        "workspace/indicators/stated_institution.html",
        {
            "unit": unit,
            "period": asked_period,
            "institution": subject,
            "days": sheet.days_words(subject),
            "form": form,
            "cancel_url": url,
            "path": [*_path(), (unit.name, url)],
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def stated_preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything that confirming would do, row by row; nothing has been written yet."""
    now = timezone.now()
    today = timezone.localdate(now)
    previews = PreviewedImport.objects.filter(kind=ImportKind.FIGURES, made_by=request.user.pk).select_related("unit")
    preview = previews.filter(pk=pk).first()
    if preview is None:
        statement = get_object_or_404(Statement.objects.visible_to(request.user, today), pk=pk)
        return redirect("workspace:indicators-stated-detail", pk=statement.pk)
    require(request.user, Permission.STATE_FIGURES, preview.unit)
    plan = plan_of(preview, today)
    looked_through = with_looks(plan)
    form = ConfirmForm(request.POST or None, plan=plan, has_bounds=any(each.bounds for each in looked_through))
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            statement = state_figures(
                preview,
                seen=answers["seen"],
                in_addition=answers.get("in_addition", False),
                reason=answers.get("reason", ""),
                take_away=answers.get("take_away", []),
                by=request.user,
                at=now,
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("workspace:indicators-stated-preview", pk=preview.pk)
        messages.success(request, _("Written into the book: everything of this sheet."))
        return redirect("workspace:indicators-stated-detail", pk=statement.pk)
    period = parse_period(preview.period)
    kind = request.GET.get("kind", "")
    changes = sorted(looked_through, key=_as_looked_at)
    looked_at = plan.emptied if kind == EMPTIED else [each for each in changes if kind in ("", each.kind)]
    url = reverse("workspace:indicators-stated-sheet", args=[preview.unit.code, preview.period])
    return render(
        request,
        "workspace/indicators/stated_preview.html",
        {
            "preview": preview,
            "period": period,
            "plan": plan,
            "form": form,
            "leaps": sum(each.leap is not None for each in changes),
            "looks": sum(bool(each.history or each.bounds) for each in changes),
            "page_obj": Paginator(looked_at, CHANGES_ON_A_PAGE).get_page(request.GET.get("page")),
            "are_emptied": kind == EMPTIED,
            "emptied_asked": EMPTIED_ASKED,
            "tabs": _tabs(plan, kind),
            "sheet_url": url,
            "path": [*_path(), (preview.unit.name, url)],
        },
        status=422 if form.errors else 200,
    )


def template_of(sheet: Sheet) -> Template:
    """The sheet as it is taken away."""
    rows = [
        TemplateRow(
            code=each.code,
            name=each.name,
            class_name=str(each.get_institution_class_display()),
            place=_place_words(sheet, each),
            cells={
                column: TemplateCell(
                    sheet.quantity((each.pk, column)), max(sheet.recorded.get((each.pk, column), 0), 0)
                )
                for column in columns_of(each.institution_class)
            },
        )
        for each in sheet.institutions
    ]
    title = f"{sheet.unit.name}, {sheet.period.words}"
    return Template(title, mark_of(sheet.unit.code, sheet.unit.pk, sheet.period.code), rows)


def _place_words(sheet: Sheet, institution: Institution) -> str:
    """Where it is counted, and since or until when; in the sheet's language."""
    with override("vi"):
        place, days = institution.place_name or "", sheet.days_words(institution)  # type: ignore[attr-defined]
    return f"{place} ({days})" if days else place


def shown_statement(statement: Statement) -> dict[str, Any]:
    """As a row of a list."""
    return {
        "statement": statement,
        "period": parse_period(statement.period).words,
        "figures": statement.number_of_figures or 0,  # type: ignore[attr-defined]
        "is_undone": statement.is_undone,  # type: ignore[attr-defined]
    }


def _preview(
    request: HttpRequest, unit: AdminUnit, period: Period, form: SheetForm, now: dt.datetime
) -> PreviewedImport:
    upload = form.cleaned_data["file"]
    table, digest = table_of(upload, is_stated_sheet)
    read = read_sheet(table)
    if not read.problems and read.mark not in marks_of(unit.code, unit.pk, period.code):
        read.problems.append(Problem("B1", _another_sheet(read.mark, unit, period)))
    asked = [Asked(each.institution, each.column, each.quantity, each.at) for each in read.cells]
    asked += [Asked(each.institution, each.column, None, each.at, is_emptied=True) for each in read.empty]
    problems = [*read.problems, *_problems(unit, period, asked, read, timezone.localdate(now))]
    if problems:
        raise BadFile(sorted(problems, key=_in_order))
    sent = Sent(StatingWay(table.way), form.cleaned_data["source"], upload.name or "", digest)
    return preview_figures(unit, period=period, asked=asked, sent=sent, by=request.user, at=now)


def _problems(unit: AdminUnit, period: Period, asked: list[Asked], read: ReadSheet, today: dt.date) -> list[Problem]:
    """What the sheet itself cannot know. An institution that is not of the unit is told once, for its row, which may be
    without a figure."""
    sheet = sheet_of(unit, period, today)
    known = {each.code for each in sheet.institutions}
    a_column = next(iter(StatedColumn))
    strange = [Asked(code, a_column, 0, f"A{row}") for code, row in read.rows.items() if code not in known]
    own = [each for each in asked if each.institution in known]
    greys = typed_on_grey(sheet, [(each.institution, each.column, each.text, each.at) for each in read.greys])
    misnamed = under_another_name(sheet, [(code, name, f"B{read.rows[code]}") for code, name in read.names.items()])
    wrong = [*planned(sheet, [*own, *strange]).problems, *misnamed, *greys]
    return [Problem(each.at, each.reason, each.about) for each in wrong]


def _in_order(problem: Problem) -> tuple[int, str]:
    """Row by row, as one mends a sheet; what is about the whole file first."""
    digits = "".join(filter(str.isdigit, problem.at.partition(":")[0]))
    return int(digits or 0), problem.at


def _another_sheet(mark: str, unit: AdminUnit, period: Period) -> str:
    parts = mark.split("-")
    try:
        their_period = parse_period("-".join(parts[2:-1]))
        theirs = AdminUnit.objects.filter(code=parts[1]).order_by("-starts_on").first()
    except (ValueError, IndexError):
        theirs = None
    if theirs is None or mark in marks_of(unit.code, unit.pk, period.code):
        return _("The template's mark has been changed. Download the template anew.")
    if (theirs.code, their_period) == (unit.code, period):
        return _("This template is of an older form. Download the template anew and copy the figures over.")
    return _("This is the template of {unit}, {period}. Open that page, or download the template of this one.").format(
        unit=theirs.name, period=their_period.words
    )


def _place(request: HttpRequest, code: str, period: str, today: dt.date) -> tuple[AdminUnit, Period]:
    """404 for a unit that is not there and a period that nobody can state; 403 for a unit of somebody else."""
    unit = get_object_or_404(
        AdminUnit.objects.visible_to(request.user).on(today), code=code, tier__in=[Tier.PROVINCE, Tier.COMMUNE]
    )
    require(request.user, Permission.STATE_FIGURES, unit)
    try:
        found = parse_period(period)
    except ValueError:
        raise Http404 from None
    if found.starts_on > today:
        raise Http404
    return unit, found


def _units(request: HttpRequest, today: dt.date, text: str) -> QuerySet[AdminUnit]:
    """Those named, or one's own where nothing is looked for."""
    tiers = [Tier.PROVINCE, Tier.COMMUNE]
    if not text:
        return units_held(request.user, Permission.STATE_FIGURES, today).filter(tier__in=tiers)
    units = units_covered(request.user, Permission.STATE_FIGURES, today).on(today).filter(tier__in=tiers)  # type: ignore[attr-defined]
    for term in search_terms(text):
        units = units.filter(search_text__contains=term)
    return units.order_by("sort_key", "pk")


def _institutions(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    """The institutions of a page, each with what stands stated."""
    text = normalise(request.GET.get("q", "")).strip()
    terms = search_terms(text)
    found = [each for each in sheet.institutions if all(term in each.search_text for term in terms)]
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = []
    for each in page:
        told = [
            (column.label, quantity)
            for column in columns_of(each.institution_class)
            if (quantity := sheet.quantity((each.pk, column))) is not None
        ]
        rows.append((each, told, each.pk in sheet.recording, sheet.days_words(each)))
    return {"page_obj": page, "rows": rows, "text": text}


def _as_looked_at(change: Change) -> tuple[bool, bool, int, bool]:
    """What asks to be looked at comes first."""
    return change.leap is None, not change.asks_for_a_look, _ORDER.index(change.kind), not change.is_beside


def _tabs(plan: Planned, current: str) -> list[dict[str, Any]]:
    labels = {
        ChangeKind.TAKEN_BACK: _("Taken back"),
        ChangeKind.CHANGED: _("Changed"),
        ChangeKind.NEW: _("New"),
        ChangeKind.UNCHANGED: _("Unchanged"),
        EMPTIED: _("Came back empty"),
    }
    counts = {**{each: plan.count(each) for each in _ORDER}, EMPTIED: len(plan.emptied)}
    return [
        {"label": labels[kind], "url": f"?kind={kind}", "is_current": current == kind, "count": count}
        for kind, count in counts.items()
        if count
    ]


def _path() -> list[tuple[str, str]]:
    return [(_("Figures typed in"), reverse("workspace:indicators-stated-list"))]
