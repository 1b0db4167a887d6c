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
from hocsuotdoi.core.templatetags.house import day_short, number
from hocsuotdoi.indicators.models import Measure, SavedTable
from hocsuotdoi.indicators.operations.saved_tables import forget_table, save_table
from hocsuotdoi.indicators.queries.frame import ChosenMap, frame_of
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
from hocsuotdoi.indicators.queries.suppression import TOTAL, SafeTable, safe_table
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import country, units_on_map
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links, pictured
from hocsuotdoi.portal.indicators.map_choice import rules_of
from hocsuotdoi.portal.indicators.pivot_form import PivotForm, first_question
from hocsuotdoi.portal.indicators.views import asked_unit

ROWS_ON_A_PAGE = 100
MOST_BARS = 70
MOST_CELLS_ABOUT_PEOPLE = 400
"""What can be kept back soundly while a reader waits."""


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
        told = Told(answer(form.question(), today))
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
            "rows": [_shown_row(told, at, data) for at in page],
            "heads": [head.label for head in found.columns],
            "corner": capfirst(DIMENSION_LABELS[found.question.rows]),
            "sums": _shown_sums(told),
            "has_row_totals": found.row_totals is not None,
            "chart": pictured(chart) if chart and chart.spec else None,
            "files": _files(chart, query),
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
    chart = chart_of(Told(answer(question, today)))
    if chart is None or (form in ("svg", "png") and not chart.spec):
        raise Http404
    source = _("Sample data") if has_sample(question.unit, today) else ""
    source = " ".join(filter(None, [source, *rules_of_question(question)]))
    return chart_response(request, chart, form, name="hoc-suot-doi", source=source)


class Told:
    """An answer as it may be told: small numbers of people are kept back, so that nobody can be found by them."""

    def __init__(self, found: Answer):
        self.answer = found
        self.is_kept_back = False
        self._safe: SafeTable | None = None
        if found.question.is_about_people and found.cells:
            if len(found.rows) * len(found.columns) <= MOST_CELLS_ABOUT_PEOPLE:
                counts = [[found.cell(row, column) or 0 for column in found.columns] for row in found.rows]
                self._safe = safe_table(counts)
            self.is_kept_back = self._safe is None

    def words(self, row: int, column: int) -> str:
        """By their places among the heads; `TOTAL` for the sum of either."""
        quantity = self._quantity(row, column)
        if self._safe is not None and quantity is not None:
            return self._safe.words(row, column)
        return "–" if quantity is None else number(quantity)

    def number(self, row: int, column: int) -> int | None:
        """For files: None where nothing was reported or it is kept back."""
        quantity = self._quantity(row, column)
        return self._safe.number(row, column) if self._safe is not None and quantity is not None else quantity

    def _quantity(self, row: int, column: int) -> int | None:
        found = self.answer
        if row == TOTAL and column == TOTAL:
            return found.total
        if row == TOTAL:
            return (found.column_totals or {}).get(found.columns[column].key)
        if column == TOTAL:
            return (found.row_totals or {}).get(found.rows[row].key)
        return found.cell(found.rows[row], found.columns[column])


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
    notes += rules_of_question(question)
    notes.append(_("“–”: nothing was reported. 0: what was reported was taken back."))
    if (found.row_totals is None and question.columns == Dimension.MEASURE) or found.column_totals is None:
        notes.append(_("Different counts are never added together."))
    return notes


def rules_of_question(question: Question) -> list[str]:
    """What was divided and is counted whole on the map of the table."""
    if question.map == Map.REPORTED:
        return []
    kind = Map.DAY if question.map == Map.DAY and question.map_day else Map.TODAY
    chosen = ChosenMap(kind, question.map_day if kind == Map.DAY else None)
    return rules_of(frame_of(question.unit, question.last.year, chosen=chosen))


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
