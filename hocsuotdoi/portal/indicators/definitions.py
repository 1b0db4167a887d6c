"""Definitions for everybody: an indicator's versions, and the data dictionary as a page and as files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core.vietnamese import fold, sort_key
from hocsuotdoi.indicators.formats.dictionary import render_csv, render_json, render_xlsx
from hocsuotdoi.indicators.models import Indicator
from hocsuotdoi.indicators.queries.definitions import changes, history
from hocsuotdoi.indicators.queries.dictionary import COLUMNS, Term, terms
from hocsuotdoi.indicators.queries.licence import data_licence, licence_headers, licence_words
from hocsuotdoi.indicators.queries.shown import described, described_changes

KINDS: dict[str, Any] = {
    "measure": gettext_lazy("What is counted"),
    "indicator": gettext_lazy("Indicators"),
    "criterion": gettext_lazy("Criteria"),
    "cohort": gettext_lazy("Of whom"),
    "dimension": gettext_lazy("Dimensions and their codes"),
}


@public
@require_GET
def indicator_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version as it was published, what it changed, and the others."""
    indicator = get_object_or_404(Indicator.objects.select_related("owner").prefetch_related("versions"), code=code)
    periods = history(indicator)
    period = next((each for each in periods if each.version.number == number), None)
    if period is None:
        raise Http404
    before = next((each.version for each in periods if each.version.number == number - 1), None)
    return render(
        request,
        "portal/indicators/version.html",
        {
            "indicator": indicator,
            "period": period,
            "version": period.version,
            "facts": described(period.version),
            "changes": described_changes(changes(before, period.version)) if before else [],
            "periods": periods,
            "path": [
                (_("Indicators"), reverse("portal:indicators-indicator-list")),
                (indicator.short_name, reverse("portal:indicators-indicator-detail", args=[code])),
            ],
        },
    )


@public
@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """Everything that is defined; `?kind=` shows one kind, `?q=` what holds these words."""
    every = terms()
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    kind = kind if kind in KINDS else "measure"
    names = {term.code: term.name_vi for term in every if term.kind == "measure"}
    found = [
        (term, [names.get(code, code) for code in term.never_added_to.split()])
        for term in every
        if term.kind == kind and _holds(term, words)
    ]
    if kind == "measure":
        found.sort(key=lambda each: sort_key(each[0].name_vi))
    return render(
        request,
        "portal/indicators/dictionary.html",
        {
            "terms": found,
            "kind": kind,
            "title": KINDS[kind],
            "licence": data_licence(),
            "words": words,
            "tabs": [
                {
                    "label": label,
                    "url": f"?kind={each}",
                    "is_current": each == kind,
                    "count": sum(term.kind == each for term in every),
                }
                for each, label in KINDS.items()
            ],
            "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))],
        },
    )


@public
@require_GET
def dictionary_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole dictionary to take away."""
    every, today = [term.row() for term in terms()], timezone.localdate().isoformat()
    if form == "csv":
        body, content_type = render_csv(COLUMNS, every), "text/csv; charset=utf-8"
    elif form == "xlsx":
        body = render_xlsx(COLUMNS, every, licence_words())
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    elif form == "json":
        body, content_type = render_json(COLUMNS, every, today, licence_words()), "application/json"
    else:
        raise Http404
    response = HttpResponse(body, content_type=content_type, headers=licence_headers())
    if form != "json":
        response["Content-Disposition"] = f'attachment; filename="tu-dien-du-lieu-{today}.{form}"'
    return response


def _holds(term: Term, words: str) -> bool:
    if not words:
        return True
    text = fold(f"{term.code} {term.name_vi} {term.definition_vi} {term.name_en}")
    return all(word in text for word in fold(words).split())
