"""A table of counts that anybody can lay out, keep and pass on: its address holds the whole question."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.surfaces import public, signed_in
from hocsuotdoi.core.charts.chart import Cell, Chart, numbered
from hocsuotdoi.core.charts.ranking import Bar, bars
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
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
from hocsuotdoi.indicators.queries.suppression import TOTAL
from hocsuotdoi.indicators.queries.told import Told, too_much_words
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import country, units_on_map
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links, pictured
from hocsuotdoi.portal.indicators.open_files import table_files, table_observations
from hocsuotdoi.portal.indicators.pivot_form import PivotForm, first_question

ROWS_ON_A_PAGE = 100
MOST_BARS = 70


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
    data, form = _asked(request, today)
    context: dict[str, Any] = {"form": form, "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))]}
    if request.user.is_authenticated:
        context["saved"] = SavedTable.objects.visible_to(request.user)
    if form.is_valid():
        told = Told(answer(form.question(), today), today)
        found = told.answer
        page = Paginator(range(len(found.rows)), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        chart = chart_of(told)
        query = _without_page(data)
        context |= {
            "answer": found,
            "title": title_of(found.question),
            "notes": notes_of(found),
            "page_obj": page,
            "is_kept_back": told.is_kept_back,
            "too_much": too_much_words() if told.is_too_much else "",
            "rows": [_shown_row(told, at, data) for at in page],
            "heads": [head.label for head in found.columns],
            "corner": capfirst(DIMENSION_LABELS[found.question.rows]),
            "sums": _shown_sums(told),
            "has_row_totals": found.row_totals is not None,
            "chart": pictured(chart) if chart and chart.spec else None,
            "files": [*_files(chart, query), *(table_files(found.question, query) if chart else [])],
            "query": query,
            "has_sample": has_sample(found.question.unit, today),
        }
    return render(request, "portal/indicators/pivot.html", context)


@public
@require_safe
def pivot_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole table to take away, or its picture, for the same question as the page."""
    today = timezone.localdate()
    _data, asked = _asked(request, today)
    if not asked.is_valid():
        raise Http404
    question = asked.question()
    if form == "sdmx":
        return table_observations(Told(answer(question, today), today), today)
    chart = chart_of(Told(answer(question, today), today))
    if chart is None or (form in ("svg", "png") and not chart.spec):
        raise Http404
    source = _("Sample data") if has_sample(question.unit, today) else ""
    return chart_response(request, chart, form, name="hoc-suot-doi", source=source)


def chart_of(told: Told) -> Chart | None:
    """The table for files, with bars of its rows where a row comes to one number; None where it may not be told."""
    found = told.answer
    if told.is_kept_back or not found.cells:
        return None
    title, corner = title_of(found.question), str(capfirst(DIMENSION_LABELS[found.question.rows]))
    side = TOTAL if found.row_totals is not None else 0
    measure = str(_("Total")) if side == TOTAL else found.columns[0].label
    labels = [corner, *(head.label for head in found.columns), *([measure] if side == TOTAL else [])]
    places = [*range(len(found.columns)), *([TOTAL] if side == TOTAL else [])]
    words: list[list[Cell]] = []
    data: list[list[Any]] = []
    for at, head in enumerate(found.rows):
        words.append([head.label, *(told.words(at, place) for place in places)])
        data.append([head.label, *(told.number(at, place) for place in places)])
    can_be_drawn = (side == TOTAL or len(found.columns) == 1) and len(found.rows) <= MOST_BARS
    drawn = bars(
        title,
        [Bar(head.label, told.number(at, side), told.words(at, side)) for at, head in enumerate(found.rows)],
        name=corner,
        measure=measure,
    )
    return replace(
        drawn,
        spec=drawn.spec if can_be_drawn else {},
        columns=numbered(labels[1:], corner),
        rows=words,
        data_columns=labels,
        data=data,
    )


def _asked(request: HttpRequest, today: dt.date) -> tuple[QueryDict, PivotForm]:
    data = request.GET if request.GET else _as_data(first_question(today))
    return data, PivotForm(data, units=_units(request, data, today), today=today)


def _files(chart: Chart | None, query: str) -> list[dict[str, str]]:
    if chart is None:
        return []
    address = reverse("portal:indicators-pivot-file", args=["form"]).removesuffix(".form")
    links = file_links(address)
    return [
        {**link, "url": f"{link['url']}?{query}"}
        for link in links
        if chart.spec or not link["url"].endswith(("svg", "png"))
    ]


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


def _shown_row(told: Told, at: int, data: QueryDict) -> Row:
    found = told.answer
    places = [*range(len(found.columns)), *([TOTAL] if found.row_totals is not None else [])]
    head = found.rows[at]
    return Row(head.label, _address_below(found.question, head, data), [told.words(at, place) for place in places])


def _shown_sums(told: Told) -> list[str]:
    """The last line: empty where a sum would add different counts."""
    found = told.answer
    if found.column_totals is None or len(found.rows) < 2:
        return []
    places = [*range(len(found.columns)), *([TOTAL] if found.row_totals is not None else [])]
    return [told.words(TOTAL, place) for place in places]


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
