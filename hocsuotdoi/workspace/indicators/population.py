"""Population and villages of a unit's communes: what is known, a template, a file, what it would change."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_held
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import BadFile
from hocsuotdoi.core.vietnamese import normalise, search_terms
from hocsuotdoi.indicators.enums import ImportKind, StatingWay
from hocsuotdoi.indicators.formats.population_sheet import (
    is_population_sheet,
    parse_population,
    render_csv,
    render_xlsx,
)
from hocsuotdoi.indicators.models import Population, PreviewedImport
from hocsuotdoi.indicators.operations.population import (
    enter_population,
    plan_of,
    preview_population,
    take_population_away,
)
from hocsuotdoi.indicators.queries.population import map_day_of, population_digest, populations_of, units_of
from hocsuotdoi.indicators.queries.population_doubts import population_doubts
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.workspace.sheets import SeenForm, SheetForm, attachment, sent_in, shown_problems, table_of

ON_A_PAGE = 50
YEARS_BACK = 10


@require_GET
@requires(Permission.STATE_FIGURES)
def population_list(request: HttpRequest) -> HttpResponse:
    """To one's own unit, where there is one; else which of them."""
    today = timezone.localdate()
    units = list(units_held(request.user, Permission.STATE_FIGURES, today)[:100])
    if len(units) == 1:
        return redirect("workspace:indicators-population-sheet", code=units[0].code, year=today.year)
    context = {"units": units, "year": today.year, "path": _path()}
    return render(request, "workspace/indicators/population_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def population_sheet(request: HttpRequest, code: str, year: int) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    unit = _unit(request, code, year, today)
    form = SheetForm(request.POST or None, request.FILES or None)
    form.fields["source"].label = _("Where the numbers were read")
    form.fields["source"].help_text = _("For instance: statistical yearbook of the province 2025, page 41")
    preview, problems = sent_in(request, form, lambda: _preview(request, unit, year, form, now))
    if preview is not None:
        return redirect("workspace:indicators-population-preview", pk=preview.pk)
    return render(
        request,
        "workspace/indicators/population_sheet.html",
        {
            "unit": unit,
            "year": year,
            "map_day": day_on_map_of(unit, map_day_of(year, today)),
            "form": form,
            **shown_problems(problems),
            "tabs": [
                {
                    "label": str(each),
                    "url": reverse("workspace:indicators-population-sheet", args=[unit.code, each]),
                    "is_current": each == year,
                    "count": "",
                }
                for each in range(today.year, today.year - 5, -1)
            ],
            **_known(request, unit, year, today),
            "path": _path(),
        },
        status=422 if problems or form.errors else 200,
    )


@require_GET
@requires(Permission.STATE_FIGURES)
def population_template(request: HttpRequest, code: str, year: int, kind: str) -> HttpResponse:
    """The unit, its provinces and communes on the map of the year, with what is known."""
    today = timezone.localdate()
    unit = _unit(request, code, year, today)
    units = list(units_of(unit, year, today))
    known = populations_of(units, year)
    rows = []
    for each in units:
        row = known.get(each.pk)
        numbers = [row.urban, row.rural, None, row.villages, row.source] if row else [None] * 5
        rows.append([each.code, each.name, year, *numbers])
    content = render_xlsx(rows, f"{unit.name}, {year}") if kind == "xlsx" else render_csv(rows)
    return attachment(content, kind, f"dan-so-{unit.code}-{year}")


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def population_preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    previews = PreviewedImport.objects.filter(kind=ImportKind.POPULATION, made_by=request.user.pk)
    preview = get_object_or_404(previews.select_related("unit"), pk=pk)
    require(request.user, Permission.STATE_FIGURES, preview.unit)
    sheet = redirect("workspace:indicators-population-sheet", code=preview.unit.code, year=int(preview.period))
    try:
        plan = plan_of(preview, timezone.localdate(now))
        if request.method == "POST":
            written = enter_population(preview, seen=request.POST.get("seen", ""), by=request.user, at=now)
            messages.success(request, _("Entered for {count} units.").format(count=written))
            return sheet
    except Refused as refusal:
        messages.error(request, str(refusal))
        return sheet
    doubts = population_doubts(plan.effective, preview.unit, timezone.localdate(now))
    looked_at = [(each, doubts.get((each.unit.pk, each.year))) for each in plan.changes]
    looked_at.sort(key=lambda pair: pair[1] is None)
    page = Paginator(looked_at, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "workspace/indicators/population_preview.html",
        {
            "preview": preview,
            "plan": plan,
            "doubt_count": len(doubts),
            "form": SeenForm(initial={"seen": plan.digest}),
            "page_obj": page,
            "sheet_url": sheet.url,
            "path": [*_path(), (preview.unit.name, sheet.url)],
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.STATE_FIGURES)
def population_take_away(request: HttpRequest, code: str, year: int, pk: int) -> HttpResponse:
    """What was entered by mistake and is not known: asked once more, then gone."""
    now = timezone.now()
    unit = _unit(request, code, year, timezone.localdate(now))
    here = units_of(unit, year, timezone.localdate(now))
    entered = get_object_or_404(Population.objects.select_related("unit"), pk=pk, year=year, unit__in=here)
    sheet_url = reverse("workspace:indicators-population-sheet", args=[unit.code, year])
    form = SeenForm(request.POST or None, initial={"seen": population_digest(entered)})
    if request.method == "POST" and form.is_valid():
        try:
            take_population_away(entered, seen=form.cleaned_data["seen"])
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("workspace:indicators-population-take-away", code=unit.code, year=year, pk=pk)
        messages.success(request, _("Taken away: nothing is entered for {unit} now.").format(unit=entered.unit.name))
        return redirect(sheet_url)
    return render(
        request,
        "workspace/indicators/population_take_away.html",
        {"entered": entered, "form": form, "cancel_url": sheet_url, "path": [*_path(), (unit.name, sheet_url)]},
        status=422 if form.errors else 200,
    )


def _preview(request: HttpRequest, unit: AdminUnit, year: int, form: SheetForm, now: dt.datetime) -> PreviewedImport:
    upload = form.cleaned_data["file"]
    table, digest = table_of(upload, is_population_sheet)
    rows, problems = parse_population(table)
    if problems:
        raise BadFile(problems)
    return preview_population(
        unit,
        year=year,
        rows=rows,
        way=StatingWay(table.way),
        source=form.cleaned_data["source"],
        file_name=upload.name or "",
        digest=digest,
        by=request.user,
        at=now,
    )


def _known(request: HttpRequest, unit: AdminUnit, year: int, today: dt.date) -> dict[str, Any]:
    text = normalise(request.GET.get("q", "")).strip()
    units = units_of(unit, year, today)
    for term in search_terms(text):
        units = units.filter(search_text__contains=term)
    page = Paginator(units, ON_A_PAGE).get_page(request.GET.get("page"))
    known = populations_of(list(page), year)
    return {"page_obj": page, "rows": [(each, known.get(each.pk)) for each in page], "text": text}


def _unit(request: HttpRequest, code: str, year: int, today: dt.date) -> AdminUnit:
    unit = get_object_or_404(AdminUnit.objects.visible_to(request.user).on(today), code=code)
    require(request.user, Permission.STATE_FIGURES, unit)
    if not today.year - YEARS_BACK <= year <= today.year:
        raise Http404
    return unit


def _path() -> list[tuple[str, str]]:
    return [(_("Figures typed in"), reverse("workspace:indicators-stated-list"))]
