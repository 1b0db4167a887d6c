"""Figures to take away as other systems have them: CSV, Excel, ADX for DHIS2, SDMX; and what explains their columns."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import address_of, public
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.limits import count
from hocsuotdoi.indicators.enums import MeasureKind
from hocsuotdoi.indicators.formats import adx, dictionary, sdmx
from hocsuotdoi.indicators.formats.dataset import render_dataset
from hocsuotdoi.indicators.models import Indicator, Measure
from hocsuotdoi.indicators.queries import open_data
from hocsuotdoi.indicators.queries.by_period import OnlyYears, PeriodValue, Span, values_by_period
from hocsuotdoi.indicators.queries.divided import notes_by_unit
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Map
from hocsuotdoi.indicators.queries.licence import Licence, data_licence, licence_headers, licence_words
from hocsuotdoi.indicators.queries.open_data import Level, TooMuch, unit_key
from hocsuotdoi.indicators.queries.pivot import Period, Question
from hocsuotdoi.indicators.queries.suppression import counts_people, last_closed
from hocsuotdoi.indicators.queries.told import Told
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM, country
from hocsuotdoi.portal.indicators import open_figures
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.forms import FIRST_YEAR, Taken
from hocsuotdoi.portal.indicators.map_choice import map_day_field, map_field, map_query
from hocsuotdoi.portal.indicators.open_structure import dhis2_metadata, sdmx_structure
from hocsuotdoi.portal.indicators.open_tables import fits_sdmx, observations
from hocsuotdoi.portal.indicators.trends import YEARS
from hocsuotdoi.portal.indicators.words import unit_query
from hocsuotdoi.portal.limits import sets_type
from hocsuotdoi.programme.queries.cohorts import of_whom, spoken_pairs

MOST_FILES_A_MINUTE = 30
"""For one address: each is computed anew."""
MOST_YEARS = 10

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": (XLSX, "xlsx"),
    "adx": (adx.CONTENT_TYPE, "adx.xml"),
    "sdmx": (sdmx.CSV_TYPE, "sdmx.csv"),
}
"""In an address, to its media type and the ending of the file's name."""


class FileForm(forms.Form):
    """Which units and years; a wrong value is an address that leads nowhere."""

    level = forms.ChoiceField(choices=[(each.value, each.value) for each in Level], required=False)
    first = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    last = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    """As the pages' addresses say it: the first and the last, where neither is said."""
    period = forms.ChoiceField(choices=[(each.value, each.value) for each in Period], required=False)

    def years(self, today: dt.date, default: int = 0) -> list[int]:
        """By default this year. Raises Http404."""
        if not self.is_valid():
            raise Http404
        asked = self.cleaned_data
        last = asked["last"] or asked["first"] or asked["year"] or default or today.year
        first = self.cleaned_data["first"] or last
        if not 0 <= last - first < MOST_YEARS:
            raise Http404
        return list(range(first, last + 1))

    @property
    def asked_level(self) -> Level:
        return Level(self.cleaned_data.get("level") or Level.SELF)

    @property
    def asked_period(self) -> Period:
        return Period(self.cleaned_data["period"] or Period.YEAR)


class IndicatorFileForm(FileForm):
    """On which map, as the pages' addresses say it."""

    map = map_field()
    day = map_day_field()

    def asked_map(self, today: dt.date) -> ChosenMap:
        """Once `years` was asked. Raises Http404."""
        kind, day = Map(self.cleaned_data["map"] or Map.TODAY), self.cleaned_data["day"]
        if kind != Map.DAY:
            return ChosenMap(kind)
        if day is None or not MAP_KNOWN_FROM <= day <= today:
            raise Http404
        return ChosenMap(kind, day)


@public
@require_safe
@sets_type
def indicator_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The figures of an indicator of a unit, or of those under it, over some years, quarters or months, on any map."""
    if form not in FORMS:
        raise Http404
    today = timezone.localdate()
    head = get_object_or_404(Indicator.objects.select_related("cohort"), code=code)
    unit, asked = _unit(request, today), IndicatorFileForm(request.GET)
    years = asked.years(today)
    chosen, period = asked.asked_map(today), asked.asked_period
    first, last = dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31)
    spoken = of_whom(head, min(last, today)).find(request.GET.get("cohort", ""))
    if spoken is None:
        raise Http404
    _count(request)
    units = open_data.units_at(
        unit, asked.asked_level, chosen.day or today, (first, last) if chosen.is_reported else None
    )
    span = Span(first, open_data.first_day_of(last, period), period, today)
    try:
        if form == "adx":
            open_figures.check_adx_map(chosen)
        open_data.check_size(len(units) * len(span.starts))
        found = values_by_period(spoken.indicator, spoken.named, unit, units, span, chosen)
    except (TooMuch, OnlyYears, open_figures.NoSuchFile) as refused:
        return too_much(request, refused)
    values = [value for each in units for value in found[each.pk]]
    body = _indicator_body(form, values, spoken.indicator, _taken(unit, today, units, chosen))
    name = [head.code, unit_key(unit), str(years[0]), str(years[-1]), *([period] if period != Period.YEAR else [])]
    return _file(body, form, "-".join([*name, *map_query(chosen).values()]))


def _indicator_body(form: str, values: Sequence[PeriodValue], indicator: Indicator, taken: open_figures.Taken) -> bytes:
    if form == "adx":
        return adx.render_adx(open_figures.indicator_groups(values, indicator, taken), taken.refreshed_at)
    if form == "sdmx":
        return sdmx.render_csv(sdmx.INDICATORS, open_figures.indicator_observations(values, indicator, taken))
    rows = list(open_figures.indicator_rows(values, indicator, taken))
    if form == "csv":
        return dictionary.render_csv(open_figures.INDICATOR_COLUMNS, rows)
    return dictionary.render_xlsx(open_figures.INDICATOR_COLUMNS, rows, licence_words())


class CountForm(FileForm):
    """Several measures at once, each by itself."""

    measures = forms.MultipleChoiceField(choices=MeasureCode.choices)
    by = forms.ChoiceField(choices=[("sex-age", "sex-age")], required=False)


@public
@require_safe
@sets_type
def counts_file(request: HttpRequest) -> HttpResponse:
    """What was counted, for DHIS2: totals by unit and period, or by sex and age (`by=sex-age`, whole years only)."""
    today = timezone.localdate()
    asked, unit = CountForm(request.GET), _unit(request, today)
    years = asked.years(today, last_closed(today) if "by" in request.GET else today.year)
    measures, period = asked.cleaned_data["measures"], asked.asked_period
    by_people = bool(asked.cleaned_data["by"])
    if unit.ends_on is not None or (by_people and (period != Period.YEAR or not counts_people(measures))):
        raise Http404
    _count(request)
    units = open_data.units_at(unit, asked.asked_level, today)
    taken = _taken(unit, today, units)
    try:
        if by_people:
            people = [each for each in measures if counts_people([each])]
            groups = open_figures.people_groups(people, units, years=years, taken=taken)
        else:
            first, last = dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31)
            groups = open_figures.total_groups(measures, units, first=first, last=last, period=period, taken=taken)
    except TooMuch as refused:
        return too_much(request, refused)
    body = adx.render_adx(groups, taken.refreshed_at)
    return _file(body, "adx", f"hoc-suot-doi-{unit_key(unit)}-{years[0]}-{years[-1]}")


def table_observations(told: Told, today: dt.date, name: str) -> HttpResponse:
    """The table as SDMX-CSV. Raises Http404 where it does not fit."""
    question = told.answer.question
    if not fits_sdmx(question) or told.is_kept_back:
        raise Http404
    heads = [*told.answer.rows, *told.answer.columns]
    units = [question.unit, *(head.unit for head in heads if head.unit)]
    rows = observations(told, _taken(question.unit, today, units, ChosenMap(question.map, question.map_day)))
    return _file(sdmx.render_csv(sdmx.TOTALS, rows), "sdmx", name)


@public
@require_safe
@sets_type
def structure(request: HttpRequest) -> HttpResponse:
    """The columns of our SDMX explained: a structure message."""
    _count(request)
    return _download(sdmx_structure(timezone.now()), sdmx.JSON_TYPE, "hoc-suot-doi-sdmx-structure.json")


@public
@require_safe
@sets_type
def metadata(request: HttpRequest) -> HttpResponse:
    """What a DHIS2 has to know before it takes our ADX in."""
    _count(request)
    body = dhis2_metadata(spoken_pairs(), timezone.localdate())
    return _download(body, "application/json", "hoc-suot-doi-dhis2-metadata.json")


@public
@require_safe
def open_page(request: HttpRequest) -> HttpResponse:
    """All ways to take figures away, and what explains them."""
    today = timezone.localdate()
    address = reverse("portal:indicators-counts-file")
    example = {"unit": country().code, "level": "provinces", "first": today.year, "last": today.year}
    people = example | dict.fromkeys(("first", "last"), last_closed(today))
    visits = [MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_ATTENDANCE]
    return render(
        request,
        "portal/indicators/open.html",
        {
            "totals_url": f"{address}?{urlencode({**example, 'measures': visits}, doseq=True)}",
            "people_url": f"{address}?{urlencode({**people, 'measures': visits, 'by': 'sex-age'}, doseq=True)}",
            "people_year": people["last"],
            "measures": Measure.objects.filter(kind=MeasureKind.HAPPENING).order_by("name"),
            "licence": data_licence(),
            "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))],
        },
    )


@dataclass(frozen=True, slots=True)
class Files:
    """In every form; `label`: by what they are laid out. `files`: label and address."""

    label: str
    files: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class OpenSection:
    """What an indicator's page says of its data. `only_years`: why there are no quarters and months; `no_adx`: why
    there is no ADX; `json_ld` for search engines."""

    by_period: list[Files]
    only_years: str
    no_adx: str
    refreshed_at: dt.datetime
    json_ld: str
    licence: Licence | None


def open_section(request: HttpRequest, indicator: Indicator, taken: Taken) -> OpenSection:
    """With what is chosen on the page."""
    last = taken.year
    first = max(min(FIRST_YEAR, last), last - YEARS + 1)
    only_years = open_data.why_only_years(indicator)
    names = {Period.YEAR: _("By year"), Period.QUARTER: _("By quarter"), Period.MONTH: _("By month")}
    by_period = [
        Files(label, _files_of(indicator, taken, first, last, period))
        for period, label in names.items()
        if period == Period.YEAR or not only_years
    ]
    now, named = timezone.localtime(), data_licence()
    site = request.build_absolute_uri("/").removesuffix("/")
    json_ld = render_dataset(
        indicator,
        url=site + reverse("portal:indicators-indicator-detail", args=[indicator.code]),
        place=taken.unit.name,
        first=first,
        last=last,
        files=[(each["kind"], site + each["url"]) for each in by_period[0].files],
        publisher="Học Suốt Đời",
        changed_on=now.date(),
        licence=named.url if named else "",
    )
    no_adx = "" if open_figures.fits_adx(taken.map) else open_figures.no_adx_words()
    return OpenSection(by_period, only_years, no_adx, now.replace(second=0, microsecond=0), json_ld, named)


def _files_of(indicator: Indicator, taken: Taken, first: int, last: int, period: Period) -> list[dict[str, str]]:
    """Label, address and media type of each."""
    asked: dict[str, Any] = {
        **unit_query(taken.unit),
        "first": first,
        "last": last,
        "cohort": taken.cohort.code if taken.cohort else "",
        **({} if period == Period.YEAR else {"period": period.value}),
    }
    labels = {"csv": "CSV", "xlsx": _("Excel (XLSX)"), "adx": _("ADX, for DHIS2"), "sdmx": "SDMX-CSV"}
    if not open_figures.fits_adx(taken.map):
        del labels["adx"]
    files = [
        {
            "label": label,
            "url": f"{reverse('portal:indicators-indicator-file', args=[indicator.code, form])}?"
            + urlencode({**asked, **map_query(taken.map)}),
            "kind": FORMS[form][0].partition(";")[0],
        }
        for form, label in labels.items()
    ]
    of_api = {} if taken.map == TODAYS_MAP else {"map": taken.map.day or taken.map.kind.value}
    address = reverse("api:indicators-indicator-values", args=[indicator.code])
    json = {"label": "JSON", "url": f"{address}?{urlencode({**asked, **of_api})}", "kind": "application/json"}
    return [*files[:2], json, *files[2:]]


def table_files(question: Question, query: str) -> list[dict[str, str]]:
    """Beside the files of every chart."""
    if not fits_sdmx(question):
        return []
    return [{"label": "SDMX-CSV", "url": f"{reverse('portal:indicators-pivot-file', args=['sdmx'])}?{query}"}]


def _unit(request: HttpRequest, today: dt.date) -> AdminUnit:
    code = request.GET.get("unit", "")
    unit = asked_unit(request, code, today) if code else country()
    if unit is None:
        raise Http404
    return unit


def _taken(
    unit: AdminUnit, today: dt.date, units: Sequence[AdminUnit], chosen: ChosenMap = TODAYS_MAP
) -> open_figures.Taken:
    notes = notes_by_unit(units, chosen, today)
    return open_figures.Taken(today, timezone.localtime(), has_sample(unit, today), chosen, notes)


def _count(request: HttpRequest) -> None:
    count("open-files", address_of(request), most=MOST_FILES_A_MINUTE, at=timezone.now())


def _file(body: bytes, form: str, name: str) -> HttpResponse:
    content_type, ending = FORMS[form]
    return _download(body, content_type, f"{name}.{ending}")


def _download(body: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers=licence_headers())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=settings.PAGE_KEPT_SECONDS)
    return response


def too_much(request: HttpRequest, refused: Refused) -> HttpResponse:
    context = {"reason": str(refused), "is_too_much": isinstance(refused, TooMuch)}
    return render(request, "portal/indicators/too_much.html", context, status=422)
