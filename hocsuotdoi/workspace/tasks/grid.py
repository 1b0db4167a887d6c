"""How far each body of a place is with each task; of the country, how far each province is."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.assignments import by_province, grid_of
from hocsuotdoi.reporting.formats.table_book import render_table_book
from hocsuotdoi.workspace.sheets import attachment
from hocsuotdoi.workspace.tasks.shown import shown
from hocsuotdoi.workspace.tasks.task_table import country_table, task_table


@require_GET
@requires(Permission.VIEW_TASKS)
def task_grid(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Only of bodies whose tasks one may see; a place of which one may see none is not there. With `form=xlsx`, as a
    workbook."""
    as_file = request.GET.get("form") == "xlsx"
    day = timezone.localdate()
    unit = get_object_or_404(AdminUnit.objects.on(day), code=code)
    visible = Assignment.objects.visible_to(request.user, day)
    context = {
        "unit": unit,
        "year": year,
        "years": [
            (each, reverse("workspace:programme-task-grid", args=[code, each])) for each in (year - 1, year, year + 1)
        ],
        "path": [(_("Tasks"), reverse("workspace:programme-task-list"))],
    }
    if unit.tier == Tier.COUNTRY:
        parts = by_province(visible, year, day)
        rows = [
            {"part": each, "url": reverse("workspace:programme-task-grid", args=[each.unit.code, year])}
            for each in parts
        ]
        if not rows and Permission.VIEW_TASKS not in request.permissions:
            raise Http404
        if as_file and parts:
            return attachment(render_table_book(country_table(unit, parts, year, day)), "xlsx", f"nhiem-vu-vn-{year}")
        return render(request, "workspace/tasks/task_country.html", {**context, "rows": rows})
    grid = grid_of(visible, unit, year, day)
    if not grid.rows and not request.person_may(Permission.VIEW_TASKS, unit):
        raise Http404
    if as_file and grid.rows:
        book = render_table_book(task_table(unit, grid, year, day))
        return attachment(book, "xlsx", f"nhiem-vu-{unit.code}-{year}")
    rows = [
        {"agency": row.agency, "cells": [shown(each, day) if each else None for each in row.cells]} for row in grid.rows
    ]
    return render(request, "workspace/tasks/task_grid.html", {**context, "tasks": grid.tasks, "rows": rows})
