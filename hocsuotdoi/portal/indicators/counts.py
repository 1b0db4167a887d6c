"""Counts of the ledger opened: a measure's total, the postings of an institution, one posting."""

import datetime as dt
import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.indicators.models import Measure
from hocsuotdoi.indicators.queries.lineage import measure_total
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.entries import posting_lines, posting_story
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.portal.day import DayForm
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.map_choice import asked_map, map_look, map_query
from hocsuotdoi.portal.indicators.pages import counted_children, counted_institutions, sheet_address, shown_postings
from hocsuotdoi.portal.indicators.views import ON_A_PAGE, is_a_year
from hocsuotdoi.portal.indicators.words import units_above


@public
@require_GET
def measure_lineage(request: HttpRequest, unit: str, year: int, measure: str) -> HttpResponse:
    """So many sessions, visits…: of which units, of which institutions."""
    today = timezone.localdate()
    place = asked_unit(request, unit, today)
    if place is None or not is_a_year(year):
        raise Http404
    code = _measure(measure)
    chosen, doubt = asked_map(request.GET, today)
    found, kept = measure_total(code, place, year, today, chosen), map_query(chosen)
    children = counted_children(found, year)
    page = Paginator(found.institutions, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/indicators/measure_lineage.html",
        {
            "unit": place,
            "doubt": DayForm(request.GET).doubt(today),
            "map": map_look(request, found.frame, doubt, "portal:indicators-measure-lineage", year, measure),
            "stands": found.stands,
            "has_sample": found.stands and has_sample(place, found.frame.map_day),
            "adds_up": found.adds_up,
            "year": year,
            "measure": code,
            "definition": Measure.objects.filter(code=code).first(),
            "total": found.total,
            "children": children,
            "without": len(found.children) - len(children),
            "institutions": counted_institutions(page, year, code),
            "page_obj": page,
            "path": units_above(place, found.frame.map_day, "portal:indicators-measure-lineage", year, measure, **kept),
        },
    )


@public
@require_GET
def posting_list(request: HttpRequest, institution: str, year: int, measure: str) -> HttpResponse:
    """The postings behind an institution's count of a year, the newest first."""
    place = get_object_or_404(Institution.objects.visible_to(request.user), code=institution)
    if not is_a_year(year):
        raise Http404
    code = _measure(measure)
    lines = posting_lines(place, dt.date(year, 1, 1), dt.date(year, 12, 31), [code])
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/indicators/posting_list.html",
        {
            "institution": place,
            "year": year,
            "measure": code,
            "postings": shown_postings(list(page)),
            "page_obj": page,
            "path": [(place.name, reverse("portal:places-institution-detail", args=[place.code]))],
        },
    )


@public
@require_GET
def posting_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One posting with its entries, what took it back, and the act it came from. Nobody's name stands here."""
    posting = get_object_or_404(Posting.objects.visible_to(request.user).select_related("institution"), pk=pk)
    story, institution = posting_story(posting), posting.institution
    sees_people = request.user.is_authenticated and request.person_may(Permission.VIEW_PARTICIPANTS, institution)
    return render(
        request,
        "portal/indicators/posting_detail.html",
        {
            "story": story,
            "lines": _lines(story.entries, sees_people),
            "sees_people": sees_people,
            "posting": posting,
            "sheet": sheet_address(posting.source_kind, posting.source_id),
            "path": [(institution.name, reverse("portal:places-institution-detail", args=[institution.code]))],
        },
    )


def _lines(entries: list[Entry], sees_people: bool) -> list[Entry]:
    """For others than those who see who came, what differs only in sex or age is one line: of a single session these
    numbers are small."""
    if sees_people:
        return entries
    lines: dict[tuple[object, ...], Entry] = {}
    for entry in entries:
        line = lines.setdefault((entry.measure, entry.channel, entry.purpose), entry)
        if line is not entry:
            line.quantity += entry.quantity
    return list(lines.values())


def _measure(code: str) -> MeasureCode:
    try:
        return MeasureCode(code)
    except ValueError:
        raise Http404 from None
