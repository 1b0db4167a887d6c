"""Indicators, their values, and what the values were made of."""

import datetime as dt

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator, Measure
from hocsuotdoi.indicators.queries.criteria import readings_of
from hocsuotdoi.indicators.queries.lineage import lineage
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.units import path_of
from hocsuotdoi.portal.day import DayForm
from hocsuotdoi.portal.indicators.forms import ValueForm
from hocsuotdoi.portal.indicators.pages import (
    behind,
    children_of_figure,
    indicator_page,
    measures_of_criteria,
    shown_value,
)
from hocsuotdoi.portal.indicators.words import unit_address

ON_A_PAGE = 50


@public
@require_GET
def indicator_list(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "portal/indicators/indicator_list.html",
        {"indicators": Indicator.objects.all(), "measures": Measure.objects.order_by("name")},
    )


@public
@require_GET
def indicator_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What an indicator means, its value where and when asked (by default the country, this year), the provinces."""
    today = timezone.localdate()
    indicator = get_object_or_404(Indicator.objects.select_related("cohort"), code=code)
    unit = asked_unit(request, request.GET.get("unit", ""), today) if request.GET.get("unit") else None
    # Higher areas may not be asked from below, but a page may: these are the groups that plans set targets for.
    # The one of which most plans speak comes first.
    targeted = Cohort.objects.filter(targets__indicator=indicator)
    cohorts = list(targeted.annotate(spoken_of=Count("targets")).order_by("-spoken_of", "code"))
    if indicator.cohort is not None and indicator.cohort not in cohorts:
        cohorts.insert(0, indicator.cohort)
    form = ValueForm(request.GET, today=today, unit=unit, cohorts=cohorts)
    return render(
        request,
        "portal/indicators/indicator_detail.html",
        {
            "indicator": indicator,
            "form": form,
            "taken": form.taken,
            "doubt": DayForm(request.GET).doubt(today),
            "page": indicator_page(indicator, form.taken.cohort, form.taken.unit, form.taken.year, today),
            "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))],
        },
    )


@public
@require_GET
def value_lineage(request: HttpRequest, unit: str, year: int, indicator: str, cohort: str) -> HttpResponse:
    """A figure opened: the units below and the institutions behind it."""
    today = timezone.localdate()
    place = asked_unit(request, unit, today)
    if place is None or not Indicator.objects.filter(code=indicator).exists() or not is_a_year(year):
        raise Http404
    get_object_or_404(Cohort, code=cohort)
    found = lineage(indicator, cohort, place, year, today)
    children, left_out = children_of_figure(found)
    page = Paginator(found.rows, ON_A_PAGE).get_page(request.GET.get("page"))
    path = [
        (each.name, unit_address("portal:indicators-value-lineage", each, year, indicator, cohort))
        for each in path_of(place, found.frame.map_day)[:-1]
    ]
    return render(
        request,
        "portal/indicators/value_lineage.html",
        {
            "unit": place,
            "doubt": DayForm(request.GET).doubt(today),
            "year": year,
            "indicator": found.indicator,
            "cohort": found.cohort,
            "value": shown_value(found.value, found.indicator, found.cohort),
            "children": children,
            "left_out": left_out,
            "version": found.value.version,
            "shows_counts": found.indicator.kind in (IndicatorKind.COUNT, IndicatorKind.GROWTH, IndicatorKind.STOCK),
            "institutions": behind(found, list(page)),
            "page_obj": page,
            "path": [
                (found.indicator.short_name, reverse("portal:indicators-indicator-detail", args=[indicator])),
                *path,
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
    readings = readings_of([place], year, today, indicator)[place.pk] if is_a_year(year) else []
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


def asked_unit(request: HttpRequest, code: str, today: dt.date) -> AdminUnit | None:
    """The unit that bears `code` on the day asked for (`?on=`), else the last that bore it; None where nobody did."""
    bearing = AdminUnit.objects.visible_to(request.user).filter(code=code)
    return bearing.on(DayForm(request.GET).day(today)).first() or bearing.order_by("-ends_on").first()


def is_a_year(year: int) -> bool:
    return 2000 <= year <= 2100
