"""Old plans of a merged province side by side: to read, to print, as a workbook."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.formats.side_by_side_sheet import SheetRow, write_sheet
from hocsuotdoi.programme.queries.side_by_side import Column, SideBySide, side_by_side

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@require_GET
def side_by_side_page(request: HttpRequest, code: str) -> HttpResponse:
    found = _found(code)
    only = request.GET.get("only") == "different"
    labels = [_named(column) for column in found.columns]
    blocks = []
    for block in found.blocks:
        lines = [
            {"line": line, "cells": list(zip(labels, line.cells, strict=True))}
            for line in block.lines
            if line.differs or not only
        ]
        if lines:
            blocks.append({"block": block, "lines": lines})
    return render(
        request,
        "portal/programme/side_by_side.html",
        {
            "found": found,
            "blocks": blocks,
            "has_new": any(column.is_new for column in found.columns),
            "only": only,
            "path": [(_("Plans"), reverse("portal:programme-plan-list"))],
        },
    )


@public
@require_GET
def side_by_side_sheet(request: HttpRequest, code: str) -> HttpResponse:
    found = _found(code)
    rows = [
        SheetRow(
            block.indicator.name,
            line.name,
            line.year,
            tuple(cell.text for cell in line.cells),
            line.differs,
            line.chosen,
        )
        for block in found.blocks
        for line in block.lines
    ]
    content = write_sheet(
        _("Old plans of %(unit)s side by side") % {"unit": found.unit.name},
        [_named(column) for column in found.columns],
        rows,
        has_new=any(column.is_new for column in found.columns),
    )
    name = f"doi-chieu-ke-hoach-{slugify(fold(found.unit.name))}.xlsx"
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(code: str) -> SideBySide:
    today = timezone.localdate()
    if not code.isalnum():
        raise Http404
    unit = get_object_or_404(AdminUnit.objects.on(today).filter(tier=Tier.PROVINCE), code=code)
    found = side_by_side(unit, today)
    if len({column.unit.pk for column in found.columns if not column.is_new}) < 2:
        raise Http404
    return found


def _named(column: Column) -> str:
    return f"{column.unit.name}: {column.plan.name}" if column.plan else column.unit.name
