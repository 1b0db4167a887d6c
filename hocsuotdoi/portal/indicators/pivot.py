"""A table of counts that anybody can lay out, keep and pass on: its address holds the whole question."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.surfaces import public, signed_in
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.models import Measure, SavedTable
from hocsuotdoi.indicators.operations.saved_tables import forget_table, save_table
from hocsuotdoi.indicators.queries.pivot import (
    DIMENSION_LABELS,
    Answer,
    Dimension,
    Head,
    Map,
    Question,
    answer,
    period_label,
)
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import country, units_on_map
from hocsuotdoi.portal.indicators.pivot_form import PivotForm, first_question
from hocsuotdoi.portal.indicators.views import asked_unit

ROWS_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    url: str
    cells: list[str]


@public
@never_cache
@require_safe
def pivot(request: HttpRequest) -> HttpResponse:
    """Without a question: the first one, with its answer."""
    today = timezone.localdate()
    data = request.GET if request.GET else _as_data(first_question(today))
    form = PivotForm(data, units=_units(request, data, today), today=today)
    context: dict[str, Any] = {"form": form, "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))]}
    if request.user.is_authenticated:
        context["saved"] = SavedTable.objects.visible_to(request.user)
    if form.is_valid():
        found = answer(form.question(), today)
        page = Paginator(found.rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "answer": found,
            "title": title_of(found.question),
            "notes": notes_of(found),
            "page_obj": page,
            "rows": _shown_rows(found, page, data),
            "heads": [head.label for head in found.columns],
            "corner": capfirst(DIMENSION_LABELS[found.question.rows]),
            "sums": _shown_sums(found),
            "has_row_totals": found.row_totals is not None,
            "query": _without_page(data),
        }
    return render(request, "portal/indicators/pivot.html", context)


def title_of(question: Question) -> str:
    """What the table shows, in a line."""
    names = dict(Measure.objects.filter(code__in=question.wanted.measures).values_list("code", "name"))
    counted = ", ".join(names.get(code, code) for code in question.wanted.measures)
    first, last = (period_label(day, question.period) for day in (question.first, question.last))
    when = first if first == last else f"{first} – {last}"
    return f"{counted}, {question.unit.name}, {when}"


def notes_of(found: Answer) -> list[str]:
    """What a reader must know beside the figures."""
    question = found.question
    notes = []
    if question.map == Map.REPORTED:
        notes.append(_("As reported: each month counts where the place lay then."))
    elif question.map == Map.DAY and question.map_day:
        notes.append(
            _("On the map of {day}, also for what happened before and after.").format(day=day_short(question.map_day))
        )
    else:
        notes.append(_("On today's map, also for what happened before units were merged."))
    notes.append(_("“–”: nothing was reported. 0: what was reported was taken back."))
    if (found.row_totals is None and question.columns == Dimension.MEASURE) or found.column_totals is None:
        notes.append(_("Different counts are never added together."))
    return notes


def _units(request: HttpRequest, data: QueryDict, today: dt.date) -> dict[str, AdminUnit]:
    """The country, its provinces, and what the address names."""
    found = {unit.code: unit for unit in [country(), *units_on_map(today, Tier.PROVINCE)]}
    code = data.get("unit", "")
    if code and code not in found and (unit := asked_unit(request, code, today)):
        found[code] = unit
    return found


def _as_data(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _shown_rows(found: Answer, page: Page, data: QueryDict) -> list[Row]:
    rows = []
    for head in page:
        cells = [shown(found.cell(head, column)) for column in found.columns]
        if found.row_totals is not None:
            cells.append(shown(found.row_totals.get(head.key)))
        rows.append(Row(head.label, _address_below(found.question, head, data), cells))
    return rows


def _shown_sums(found: Answer) -> list[str]:
    """The last line: empty where a sum would add different counts."""
    if found.column_totals is None or len(found.rows) < 2:
        return []
    sums = [shown(found.column_totals.get(column.key)) for column in found.columns]
    return [*sums, *([shown(found.total)] if found.row_totals is not None else [])]


def shown(quantity: int | None) -> str:
    return "–" if quantity is None else number(quantity)


def _address_below(question: Question, head: Head, data: QueryDict) -> str:
    """A unit opens into the units below it, with the same question."""
    if head.unit is None or head.unit == question.unit or head.unit.tier == Tier.COMMUNE:
        return ""
    asked = QueryDict(_without_page(data), mutable=True)
    asked["unit"], asked["level"] = head.unit.code, Tier.COMMUNE
    return f"?{asked.urlencode()}"


def _without_page(data: QueryDict) -> str:
    asked = data.copy()
    asked.pop("page", None)
    return asked.urlencode()


@signed_in
@require_POST
def table_save(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    try:
        table = save_table(
            cast(Person, request.user), name=request.POST.get("name", ""), query=query, at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“{name}” stands in your list now.").format(name=table.name))
    return redirect(f"{reverse('portal:indicators-pivot')}?{QueryDict(query[:2000]).urlencode()}")


@signed_in
@require_POST
def table_forget(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_object_or_404(SavedTable.objects.visible_to(request.user), pk=pk)
    forget_table(table)
    messages.success(request, _("“{name}” is no longer in your list.").format(name=table.name))
    return redirect("portal:indicators-pivot")
