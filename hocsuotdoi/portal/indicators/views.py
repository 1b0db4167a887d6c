"""Indicators, their values, and what the values were made of."""

import datetime as dt
from dataclasses import replace

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Indicator, Measure
from hocsuotdoi.indicators.queries.criteria import readings_of
from hocsuotdoi.indicators.queries.definitions import as_defined_on
from hocsuotdoi.indicators.queries.divided import rules_of
from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.lineage import lineage
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.portal.brief import briefly_kept
from hocsuotdoi.portal.day import DayForm
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links
from hocsuotdoi.portal.indicators.forms import Taken, ValueForm, asked_year
from hocsuotdoi.portal.indicators.indicator_look import View, chart_named, indicator_page
from hocsuotdoi.portal.indicators.map_choice import asked_map, map_look, map_query
from hocsuotdoi.portal.indicators.open_files import open_section
from hocsuotdoi.portal.indicators.pages import behind, children_of_figure, measures_of_criteria, shown_value
from hocsuotdoi.portal.indicators.trends import Figure
from hocsuotdoi.portal.indicators.words import unit_address, units_above
from hocsuotdoi.portal.limits import sets_type
from hocsuotdoi.programme.queries.cohorts import of_whom

ON_A_PAGE = 50


@public
@require_GET
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Each as it is defined today: a version to come says nothing yet."""
    heads = {each.code: each for each in Indicator.objects.all()}
    indicators = list(as_defined_on(heads, timezone.localdate()).values())
    return render(
        request,
        "portal/indicators/indicator_list.html",
        {"indicators": indicators, "measures": Measure.objects.order_by("name")},
    )


@public
@require_safe
@briefly_kept
def indicator_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What an indicator means, its value where and when asked (by default the country, this year), to look at over the
    years, on the map (`?view=map`) and unit by unit (`?view=units`)."""
    today = timezone.localdate()
    form, indicator, figure, doubt, year_doubt = _asked_figure(request, code, today)
    frame = frame_of(form.taken.unit, form.taken.year, today, form.taken.map)
    view = View(asked) if (asked := request.GET.get("view", "")) in set(View) else View.YEARS
    if form.taken.unit.tier == Tier.COMMUNE:
        view = View.YEARS
    checklists = list(indicator.criteria_sets.on(today).prefetch_related("criteria").order_by("pk"))
    page = indicator_page(figure, checklists, form.taken, today, view)
    base_year = page.value.base_year if page.value else None
    return render(
        request,
        "portal/indicators/indicator_detail.html",
        {
            "indicator": indicator,
            "form": form,
            "taken": form.taken,
            "doubt": DayForm(request.GET).doubt(today),
            "year_doubt": year_doubt,
            "map": map_look(request, frame if figure else None, doubt, "portal:indicators-unit-look"),
            "page": page,
            "base_url": f"?{urlencode(form.taken.query | {'year': base_year})}" if base_year else "",
            "map_kept": list(map_query(form.taken.map).items()),
            "has_sample": has_sample(form.taken.unit, today),
            "files": _files_of(indicator, form.taken) if figure else {},
            "open_data": open_section(request, indicator, form.taken) if figure else None,
            "unit_url": unit_address(
                "portal:indicators-unit-look", form.taken.unit, year=form.taken.year, **map_query(form.taken.map)
            ),
            "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))],
        },
    )


@public
@require_safe
@sets_type
def indicator_chart(request: HttpRequest, code: str, chart: str, form: str) -> HttpResponse:
    """A chart of the page with the same question."""
    today = timezone.localdate()
    asked, indicator, figure, *doubts = _asked_figure(request, code, today)
    found = chart_named(chart, figure, asked.taken, today) if figure and not any(doubts) else None
    if found is None:
        raise Http404
    drawn, story = found
    name = f"{indicator.code}-{unit_key(asked.taken.unit)}-{asked.taken.year}-{chart}"
    notes = rules_of(frame_of(asked.taken.unit, asked.taken.year, today, asked.taken.map))
    return chart_response(
        request,
        drawn,
        form,
        name=name,
        story=story,
        source=" ".join([indicator.source, *notes]),
        is_sample=has_sample(asked.taken.unit, today),
        notes=[" ".join(notes)],
    )


def _asked_figure(
    request: HttpRequest, code: str, today: dt.date
) -> tuple[ValueForm, Indicator, Figure | None, str, str]:
    """The indicator as it was defined in the year asked about. The figure None: no plan sets a target for it yet, so
    nobody has said of whom it speaks. Last: why another map is shown than the one asked for, and why another year."""
    head = get_object_or_404(Indicator.objects.select_related("cohort"), code=code)
    unit = asked_unit(request, request.GET.get("unit", ""), today) if request.GET.get("unit") else None
    asked = asked_year(request.GET, today)
    found = of_whom(head, min(dt.date(asked.year, 12, 31), today))
    spoken = found.find(request.GET.get("cohort", "")) or found.find("")
    shown = spoken.cohort if spoken else None
    form = ValueForm(request.GET, today=today, unit=unit, year=asked.year, cohorts=found.cohorts, shown=shown)
    chosen, doubt = asked_map(request.GET, today)
    form.taken = replace(form.taken, map=chosen)
    return form, found.indicator, Figure.of(spoken) if spoken else None, doubt, asked.doubt


def _files_of(indicator: Indicator, taken: Taken) -> dict[str, list[dict[str, str]]]:
    address = reverse("portal:indicators-indicator-chart", args=[indicator.code, "chart", "form"])
    address = address.removesuffix("chart.form")
    return {name: file_links(f"{address}{name}", **taken.query) for name in ("trend", "ranking", "map", "units")}


@public
@require_GET
def value_lineage(request: HttpRequest, unit: str, year: int, indicator: str, cohort: str) -> HttpResponse:
    """A figure opened: the units below and the institutions behind it. None of whom neither a plan nor a version of the
    indicator speaks."""
    today = timezone.localdate()
    place = asked_unit(request, unit, today)
    if place is None or not is_a_year(year):
        raise Http404
    head = get_object_or_404(Indicator.objects.select_related("cohort"), code=indicator)
    spoken = of_whom(head, min(dt.date(year, 12, 31), today)).find(cohort)
    if spoken is None:
        raise Http404
    chosen, doubt = asked_map(request.GET, today)
    found = lineage(indicator, spoken.pair[1], place, year, today, chosen)
    kept = map_query(chosen)
    children, left_out = children_of_figure(found)
    page = Paginator(found.rows, ON_A_PAGE).get_page(request.GET.get("page"))
    page_name, figure = "portal:indicators-value-lineage", (year, indicator, cohort)
    return render(
        request,
        "portal/indicators/value_lineage.html",
        {
            "unit": place,
            "doubt": DayForm(request.GET).doubt(today),
            "map": map_look(request, found.frame, doubt, page_name, *figure),
            "year": year,
            "indicator": found.indicator,
            "cohort": found.cohort,
            "value": shown_value(found.value, found.indicator, found.cohort, kept),
            "has_sample": has_sample(place, found.frame.map_day),
            "children": children,
            "left_out": left_out,
            "version": found.value.version,
            "residents": found.value.residents,
            "shows_counts": found.indicator.kind in (IndicatorKind.COUNT, IndicatorKind.GROWTH, IndicatorKind.STOCK),
            "institutions": behind(found, list(page)),
            "page_obj": page,
            "path": [
                (found.indicator.short_name, reverse("portal:indicators-indicator-detail", args=[indicator])),
                *units_above(place, found.frame.map_day, page_name, *figure, **kept),
            ],
        },
    )


@public
@require_GET
def institution_lineage(request: HttpRequest, institution: str, year: int, indicator: str) -> HttpResponse:
    """One institution's checklist: each criterion with what the book and the register say and what staff state."""
    place = get_object_or_404(Institution.objects.visible_to(request.user), code=institution)
    what = get_object_or_404(Indicator, code=indicator)
    today = timezone.localdate()
    readings = readings_of([place], year, today, indicator)[place.pk] if is_a_year(year) and year <= today.year else []
    if not readings:
        raise Http404
    may_answer = request.user.is_authenticated and request.person_may(Permission.ANSWER_CRITERIA, place)
    return render(
        request,
        "portal/indicators/institution_lineage.html",
        {
            "institution": place,
            "indicator": what,
            "year": year,
            "reading": readings[0],
            "measures": measures_of_criteria(place, year, readings[0]),
            "may_answer": may_answer,
            "path": [
                (what.short_name, reverse("portal:indicators-indicator-detail", args=[what.code])),
                (place.name, reverse("portal:places-institution-detail", args=[place.code])),
            ],
        },
    )


def is_a_year(year: int) -> bool:
    return 2000 <= year <= 2100
