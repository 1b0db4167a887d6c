"""A table of counts that anybody can lay out, keep and pass on: its address holds the whole question."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.grid import KIND_LABELS
from hocsuotdoi.core.templatetags.house import moment
from hocsuotdoi.indicators.models import SavedTable
from hocsuotdoi.indicators.queries.dated_map import absence_words, in_its_place
from hocsuotdoi.indicators.queries.open_data import TooMuch, period_key, unit_key
from hocsuotdoi.indicators.queries.pivot import DIMENSION_LABELS, Head, Map, Question, answer, named
from hocsuotdoi.indicators.queries.suppression import TOTAL
from hocsuotdoi.indicators.queries.told import too_much_words
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import country, units_on_map
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links, pictured
from hocsuotdoi.portal.indicators.open_files import table_files, table_observations, too_much
from hocsuotdoi.portal.indicators.pivot_answer import (
    LaidOut,
    chart_of,
    map_words,
    narrowed_words,
    notes_by_row,
    notes_of,
    rules_of_question,
    title_of,
    with_table,
    with_what_it_is,
)
from hocsuotdoi.portal.indicators.pivot_form import PivotForm, as_asked_today, first_question
from hocsuotdoi.portal.indicators.words import unit_query

ROWS_ON_A_PAGE = 100
MOST_NAMED = 3
"""Measures in the name of a file."""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    url: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """`url` lays the rows out by it, the largest first."""

    label: str
    url: str
    is_order: bool


@public
@never_cache
@require_safe
def pivot(request: HttpRequest) -> HttpResponse:
    """Without a question: the first one, with its answer. `all=1` has every row on one page, to print."""
    today = timezone.localdate()
    data, form = _asked(request, today)
    context: dict[str, Any] = {"form": form, "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))]}
    if request.user.is_authenticated:
        here = request.build_absolute_uri(reverse("portal:indicators-pivot"))
        saved = SavedTable.objects.visible_to(request.user)
        context["saved"] = [(table, f"{here}?{table.query}") for table in saved]
    if form.is_valid():
        told = LaidOut(answer(form.question(), today), today, form.cleaned_data["sort"])
        found = told.answer
        on_a_page = max(len(told.order), 1) if "all" in data else ROWS_ON_A_PAGE
        page = Paginator(told.order, on_a_page).get_page(request.GET.get("page"))
        query = _without(data, "page", "all")
        context |= {
            "answer": found,
            "title": title_of(found.question),
            "narrowed": narrowed_words(form.narrowed),
            "notes": notes_of(found, today),
            "page_obj": page,
            "all_url": f"?{query}&all=1" if page.paginator.num_pages > 1 else "",
            "is_kept_back": told.is_kept_back,
            "too_much": too_much_words() if told.is_too_much else "",
            "rows": [_shown_row(told, at, data) for at in page],
            "heads": _shown_heads(told, data),
            "corner": Column(capfirst(DIMENSION_LABELS[found.question.rows]), f"?{_without(data, 'sort')}", False),
            "sums": _shown_sums(told),
            "query": query,
            "absent": " ".join(absence_words(found.question, [])),
            "nobody": not found.cells and told.is_absent(TOTAL, TOTAL),
            "ways_out": _ways_out(form, data, today) if not found.cells else [],
            "told_at": timezone.now(),
            "has_sample": has_sample(found.question.unit, today),
            **_drawn(told, form.cleaned_data["chart"], data),
        }
    return render(request, "portal/indicators/pivot.html", context)


def _file_name(question: Question) -> str:
    """What is counted, where and when, on which map."""
    measures = question.wanted.measures
    counted = "-".join(measures) if len(measures) <= MOST_NAMED else f"{len(measures)}-so-dem"
    day = question.map_day.isoformat() if question.map == Map.DAY and question.map_day else ""
    when = dict.fromkeys(period_key(each, question.period) for each in (question.first, question.last))
    return "-".join(filter(None, ["hoc-suot-doi", counted, unit_key(question.unit), *when, question.map, day])).lower()


@public
@require_safe
def pivot_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole table to take away, or its picture, for the same question as the page."""
    today = timezone.localdate()
    _data, asked = _asked(request, today)
    if not asked.is_valid():
        raise Http404
    question = asked.question()
    told = LaidOut(answer(question, today), today, asked.cleaned_data["sort"])
    if told.is_too_much:
        return too_much(request, TooMuch(too_much_words()))
    if form == "sdmx":
        return table_observations(told, today, _file_name(question))
    made = chart_of(told, asked.cleaned_data["chart"])
    if made is None or (form in ("svg", "png") and not made[0].spec):
        raise Http404
    chart, story = with_table(made[0], told), narrowed_words(asked.narrowed)
    return chart_response(
        request,
        with_what_it_is(chart, question, story) if form == "csv" else chart,
        form,
        name=_file_name(question),
        story=story,
        source=" ".join([map_words(question), *rules_of_question(question, today)]),
        told_at=_("Figures as of {moment}.").format(moment=moment(timezone.now())),
        is_sample=has_sample(question.unit, today),
        notes=notes_by_row(told, today) if form == "csv" else (),
    )


def _drawn(told: LaidOut, kind: str, data: QueryDict) -> dict[str, Any]:
    """The picture, the other kinds that fit, and the files."""
    made = chart_of(told, kind)
    if made is None:
        return {}
    chart, drawn_as, fit = made
    query = _without(data, "page", "all")
    kinds = [
        {
            "label": str(KIND_LABELS[each]),
            "url": f"?{_without(data, 'page', 'all', 'chart')}&chart={each}#chart",
            "is_current": each == drawn_as,
        }
        for each in fit
    ]
    return {
        "chart": pictured(chart) if chart.spec else None,
        "kinds": kinds if len(kinds) > 1 else [],
        "files": [*_files(chart, query), *table_files(told.answer.question, query)],
    }


def _asked(request: HttpRequest, today: dt.date) -> tuple[QueryDict, PivotForm]:
    """What was asked, as addresses say it, and the form, in which a unit that has ended has a key of its own."""
    data = as_asked_today(request.GET) if request.GET else _as_data(first_question(today))
    units = {unit.code: unit for unit in [country(), *units_on_map(today, Tier.PROVINCE)]}
    if (code := data.get("unit", "")) and (unit := _named_in(request, data, units, today)):
        _name_unit(data, unit)
        units.setdefault(code := unit_key(unit), unit)
    chosen = data.copy()
    chosen["unit"] = code
    return data, PivotForm(chosen, units=units, today=today)


def _named_in(request: HttpRequest, data: QueryDict, units: dict[str, AdminUnit], today: dt.date) -> AdminUnit | None:
    """The unit of the address. A code may be another's on the day that it names."""
    code = data["unit"]
    return units[code] if code in units and "on" not in data else asked_unit(request, code, today)


def _name_unit(data: QueryDict, unit: AdminUnit) -> None:
    data.pop("on", None)
    for name, value in unit_query(unit).items():
        data[name] = value


def _files(chart: Chart, query: str) -> list[dict[str, str]]:
    address = reverse("portal:indicators-pivot-file", args=["form"]).removesuffix(".form")
    return [
        {**link, "url": f"{link['url']}?{query}"}
        for link in file_links(address)
        if chart.spec or not link["url"].endswith(("svg", "png"))
    ]


def _as_data(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _shown_row(told: LaidOut, at: int, data: QueryDict) -> Row:
    head = told.answer.rows[at]
    address = _address_below(told.answer.question, head, data)
    return Row(head.label, address, [told.words(at, place) for place in told.across])


def _shown_heads(told: LaidOut, data: QueryDict) -> list[Column]:
    query = _without(data, "page", "sort")
    return [
        Column(
            _("Total") if place == TOTAL else told.answer.columns[place].label,
            f"?{query}&sort={'total' if place == TOTAL else place + 1}",
            told.by == place,
        )
        for place in told.across
    ]


def _shown_sums(told: LaidOut) -> list[str]:
    """The last line: empty where a sum would add different counts."""
    found = told.answer
    if found.column_totals is None or len(found.rows) < 2:
        return []
    return [told.words(TOTAL, place) for place in told.across]


def _address_below(question: Question, head: Head, data: QueryDict) -> str:
    """A unit opens into the units below it, with the same question."""
    if head.unit is None or head.unit == question.unit or head.unit.tier == Tier.COMMUNE:
        return ""
    asked = QueryDict(_without(data, "page", "all"), mutable=True)
    _name_unit(asked, head.unit)
    asked["tier"] = Tier.COMMUNE
    return f"?{asked.urlencode()}"


def _ways_out(form: PivotForm, data: QueryDict, today: dt.date) -> list[dict[str, str]]:
    """What to take back where nothing was found, each a link to the table without it; where the map does not have the
    unit, the tables of those that it has there."""
    if not form.question().stands:
        there = in_its_place(form.question(), today)
        return [_way(data, named(unit), **unit_query(unit)) for unit in there]
    found = [
        {"label": _("without “{what}”").format(what=f"{label}: {values}"), "url": f"?{_without(data, 'page', name)}"}
        for name, label, values in form.narrowed
    ]
    wider, question = first_question(today), form.question()
    if (question.first, question.last) != (
        form.fields["first"].clean(wider["first"]),
        form.fields["last"].clean(wider["last"]),
    ):
        found.append(
            _way(data, _("over the last five years"), first=wider["first"], last=wider["last"], period=wider["period"])
        )
    if question.unit.tier != Tier.COUNTRY:
        found.append(_way(data, _("in the whole country, by province"), unit=wider["unit"], tier=wider["tier"]))
    return found


def _way(data: QueryDict, label: str, **instead: Any) -> dict[str, str]:
    asked = QueryDict(_without(data, "page"), mutable=True)
    if "unit" in instead:
        asked.pop("on", None)
    for name, value in instead.items():
        asked[name] = value
    return {"label": label, "url": f"?{asked.urlencode()}"}


def _without(data: QueryDict, *names: str) -> str:
    asked = data.copy()
    for name in names:
        asked.pop(name, None)
    return asked.urlencode()
