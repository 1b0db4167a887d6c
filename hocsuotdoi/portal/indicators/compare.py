"""Units beside each other, or figures of one unit: each small, all on one scale. The address holds the whole choice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.trend import multiples
from hocsuotdoi.indicators.queries.divided import rules_of
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Map, frame_of
from hocsuotdoi.indicators.queries.series import Series, series_by_unit
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import country, search_units, units_on_map
from hocsuotdoi.portal.brief import briefly_kept
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links, pictured
from hocsuotdoi.portal.indicators.forms import asked_year, years_to_ask
from hocsuotdoi.portal.indicators.map_choice import asked_map, break_words, line_note, map_look, map_query
from hocsuotdoi.portal.indicators.trends import Figure, story_of, trend_points, version_note, years_up_to
from hocsuotdoi.portal.indicators.words import unit_query
from hocsuotdoi.portal.limits import sets_type
from hocsuotdoi.programme.queries.cohorts import every_spoken

MOST_UNITS, MOST_FIGURES = 8, 4
FOUND = 8
_UNIT_LOOK = "portal:indicators-unit-look"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is compared."""

    units: list[AdminUnit]
    figures: list[Figure]
    year: int
    is_cut: bool
    """More was asked for than is shown."""
    map: ChosenMap = TODAYS_MAP
    doubt: str = ""
    """Why the map is another than the one asked for."""
    year_doubt: str = ""

    @property
    def map_day(self) -> dt.date | None:
        """The day whose units can be chosen; None: today."""
        return self.map.day if self.map.kind == Map.DAY else None

    def query(self, *, year: int | None = None, more: str = "", without: str = "") -> str:
        units = [("unit", unit.code) for unit in self.units if unit.code != without]
        units += [("unit", more)] if more else []
        return urlencode(
            [
                *units,
                *(("figure", each.name) for each in self.figures),
                ("year", year or self.year),
                *map_query(self.map).items(),
            ]
        )


@dataclass(frozen=True, slots=True)
class Compared:
    chart: Chart
    stories: list[tuple[str, str]]
    """(what, its sentence)."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@public
@require_safe
@briefly_kept
def comparison(request: HttpRequest) -> HttpResponse:
    """`?unit=…&unit=…&figure=indicator.cohort&year=`; `?add=` finds a unit to add by its name."""
    today = timezone.localdate()
    choice, figures = _chosen(request.GET, today)
    words = request.GET.get("add", "").strip()
    here = reverse("portal:indicators-comparison")
    taken = {unit.pk for unit in choice.units}
    day = choice.map_day or today
    found = [unit for unit in search_units(words, day)[:FOUND] if unit.pk not in taken] if words else []
    provinces = [country(), *units_on_map(day, Tier.PROVINCE).order_by("sort_key")]
    shown = {unit.pk for unit in provinces}
    options = [*provinces, *(unit for unit in choice.units if unit.pk not in shown)]
    compared = _compared(choice, today)
    whole = frame_of(provinces[0], choice.year, today, choice.map)
    address = reverse("portal:indicators-comparison-chart", args=[0, "form"]).removesuffix("0.form")
    return render(
        request,
        "portal/indicators/comparison.html",
        {
            "choice": choice,
            "map": map_look(request, whole, choice.doubt, _UNIT_LOOK, notes_of=choice.units),
            "map_kept": list(map_query(choice.map).items()),
            "compared": [
                (replace(each, chart=pictured(each.chart)), _files(f"{address}{at}", choice))
                for at, each in enumerate(compared)
            ],
            "unit_options": [Option(unit.code, unit.name, unit.pk in taken) for unit in options],
            "figure_options": _figure_options(figures, choice),
            "has_sample": bool(compared) and has_sample(provinces[0], today),
            "years": years_to_ask(today, choice.year),
            "words": words,
            "found": [(unit, f"{here}?{choice.query(more=unit.code)}") for unit in found],
            "most_units": MOST_UNITS,
            "most_figures": MOST_FIGURES,
            "path": [(_("Indicators"), reverse("portal:indicators-indicator-list"))],
        },
    )


@public
@require_safe
@sets_type
def comparison_chart(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The chart of that number on the page with the same choice."""
    today = timezone.localdate()
    choice, _figures = _chosen(request.GET, today)
    compared = _compared(choice, today)
    if number >= len(compared) or choice.year_doubt or choice.doubt:
        raise Http404
    each = compared[number]
    rules = rules_of(frame_of(country(), choice.year, today, choice.map), choice.units)
    return chart_response(
        request,
        each.chart,
        form,
        name=f"comparison-{choice.year}-{number + 1}",
        story=" ".join(said for _what, said in each.stories) if len(each.stories) <= 2 else "",
        source=" ".join([*dict.fromkeys(figure.indicator.source for figure in choice.figures), *rules]),
        is_sample=has_sample(country(), today),
        notes=[" ".join(rules)],
    )


def _chosen(data: QueryDict, today: dt.date) -> tuple[Choice, list[Figure]]:
    """The choice, and every figure that can be chosen. What cannot be is left out."""
    codes, names = list(dict.fromkeys(data.getlist("unit"))), list(dict.fromkeys(data.getlist("figure")))
    chosen, doubt = asked_map(data, today)
    day = chosen.day if chosen.kind == Map.DAY and chosen.day else today
    standing = {unit.code: unit for unit in AdminUnit.objects.on(day).filter(code__in=codes[: 4 * MOST_UNITS])}
    units = [standing[code] for code in codes if code in standing]
    asked_for = asked_year(data, today)
    every = every_spoken(min(dt.date(asked_for.year, 12, 31), today))
    by_name = {f"{each.indicator.code}.{code}": Figure.of(each) for each, codes in every for code in codes}
    asked = list(dict.fromkeys(by_name[name] for name in names if name in by_name))
    is_cut = len(units) > MOST_UNITS or len(asked) > MOST_FIGURES
    choice = Choice(units[:MOST_UNITS], asked[:MOST_FIGURES], asked_for.year, is_cut, chosen, doubt, asked_for.doubt)
    return choice, [Figure.of(each) for each, _codes in every]


def _figure_options(figures: list[Figure], choice: Choice) -> list[tuple[str, list[Option]]]:
    chosen = {each.pair for each in choice.figures}
    groups: dict[str, list[Option]] = {}
    for each in figures:
        option = Option(each.name, each.cohort.name, each.pair in chosen)
        groups.setdefault(each.indicator.short_name, []).append(option)
    return list(groups.items())


def _compared(choice: Choice, today: dt.date) -> list[Compared]:
    """A chart for each figure with the units beside each other; of a single unit one for all figures of one kind."""
    if not choice.units or not choice.figures:
        return []
    series = _series(choice, today)
    if len(choice.units) > 1:
        return [_units_beside(figure, choice, series, today) for figure in choice.figures]
    by_scale: dict[tuple[str, bool], list[Figure]] = {}
    for figure in choice.figures:
        by_scale.setdefault((figure.unit, figure.is_answer), []).append(figure)
    return [_figures_beside(figures, choice, series, today) for figures in by_scale.values()]


def _series(choice: Choice, today: dt.date) -> dict[tuple[tuple[str, str], int], Series]:
    """Tier by tier, because of the units asked for together none may lie within another."""
    whole, found = country(), {}
    pairs = [figure.pair for figure in choice.figures]
    for tier in Tier:
        units = [unit for unit in choice.units if unit.tier == tier]
        if units:
            for pair, by_unit in series_by_unit(
                whole, units, pairs, years_up_to(choice.year), today, choice.map
            ).items():
                found |= {(pair, pk): years for pk, years in by_unit.items()}
    return found


def _units_beside(
    figure: Figure, choice: Choice, series: dict[tuple[tuple[str, str], int], Series], today: dt.date
) -> Compared:
    by_unit = {unit: series[figure.pair, unit.pk] for unit in choice.units}
    marks = break_words(by_unit, choice.map)
    panels = [
        (unit.name, _page(figure, unit, choice), trend_points(figure, each, None, marks[unit]))
        for unit, each in by_unit.items()
    ]
    stories = [
        (unit.name, _said(story_of(figure, each, None, choice.year, today, marks[unit]), each))
        for unit, each in by_unit.items()
    ]
    title = f"{figure.indicator.short_name}: {figure.cohort.name}, {_years(choice)}"
    return Compared(multiples(title, panels, name=_("Unit"), unit=figure.unit, across=2), stories)


def _figures_beside(
    figures: Sequence[Figure], choice: Choice, series: dict[tuple[tuple[str, str], int], Series], today: dt.date
) -> Compared:
    (unit,) = choice.units
    pairs = [(figure, figure.pair) for figure in figures]
    of_unit = {figure.pair: series[figure.pair, unit.pk] for figure in figures}
    marks = break_words(of_unit, choice.map)
    shared, names = _names(figures)
    panels = [
        (names[pair], _page(each, unit, choice), trend_points(each, of_unit[pair], None, marks[pair]))
        for each, pair in pairs
    ]
    stories = [
        (names[pair], _said(story_of(each, of_unit[pair], None, choice.year, today, marks[pair]), of_unit[pair]))
        for each, pair in pairs
    ]
    return Compared(
        multiples(
            ", ".join(filter(None, [shared, unit.name, _years(choice)])),
            panels,
            name=_("Figure"),
            unit=figures[0].unit,
            across=2,
        ),
        stories,
    )


def _names(figures: Sequence[Figure]) -> tuple[str, dict[tuple[str, str], str]]:
    """What all of them share, said once, and by what each differs."""
    indicators = {figure.indicator.code: figure.indicator.short_name for figure in figures}
    cohorts = {figure.cohort.code: figure.cohort.name for figure in figures}
    if len(indicators) == 1:
        return next(iter(indicators.values())), {figure.pair: figure.cohort.name for figure in figures}
    if len(cohorts) == 1:
        return next(iter(cohorts.values())), {figure.pair: figure.indicator.short_name for figure in figures}
    return "", {figure.pair: f"{figure.indicator.short_name}: {figure.cohort.name}" for figure in figures}


def _years(choice: Choice) -> str:
    years = years_up_to(choice.year)
    return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(choice.year)


def _said(story: str, series: Series) -> str:
    return " ".join(filter(None, [story, line_note(series), version_note(series)]))


def _page(figure: Figure, unit: AdminUnit, choice: Choice) -> str:
    address = reverse("portal:indicators-indicator-detail", args=[figure.indicator.code])
    query = {**unit_query(unit), "year": choice.year, "cohort": figure.cohort.code, **map_query(choice.map)}
    return f"{address}?{urlencode(query)}"


def _files(address: str, choice: Choice) -> list[dict[str, str]]:
    return [{**link, "url": f"{link['url']}?{choice.query()}"} for link in file_links(address)]
