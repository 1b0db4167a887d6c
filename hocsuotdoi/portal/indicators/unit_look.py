"""A unit, to look at: all that is asked of it as small trends, and what happened there in the year."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.trend import TrendPoint, key_of, trend
from hocsuotdoi.indicators.enums import ValueState
from hocsuotdoi.indicators.models import IndicatorVersion
from hocsuotdoi.indicators.queries.definitions import speaking_of_themselves
from hocsuotdoi.indicators.queries.divided import rules_of
from hocsuotdoi.indicators.queries.frame import ChosenMap, Frame, frame_of
from hocsuotdoi.indicators.queries.happenings import counted_at_all, counts_by_day
from hocsuotdoi.indicators.queries.quality_origin import Trust, trust_in
from hocsuotdoi.indicators.queries.reports_shown import reports_shown
from hocsuotdoi.indicators.queries.results import Pair
from hocsuotdoi.indicators.queries.series import Series, series_by_unit
from hocsuotdoi.indicators.queries.suppression import is_closed, not_closed_words
from hocsuotdoi.indicators.queries.words import as_defined
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.models import AdminUnit, UnitAncestry
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.portal.brief import briefly_kept
from hocsuotdoi.portal.indicators.asked import asked_unit
from hocsuotdoi.portal.indicators.chart_files import chart_response, file_links, pictured
from hocsuotdoi.portal.indicators.forms import AskedYear, asked_year, years_to_ask
from hocsuotdoi.portal.indicators.happening_charts import (
    calendar_of,
    calendar_story,
    pyramid_of,
    pyramid_story,
    safe_ages,
)
from hocsuotdoi.portal.indicators.map_choice import asked_map, break_words, map_look, map_query
from hocsuotdoi.portal.indicators.origins import ShownTrust, shown_trust
from hocsuotdoi.portal.indicators.trends import Figure, story_of, trend_points, version_note, years_up_to
from hocsuotdoi.portal.indicators.words import day_of, unit_address, unit_query, units_above
from hocsuotdoi.portal.limits import sets_type
from hocsuotdoi.programme.enums import TargetState
from hocsuotdoi.programme.queries.target_paths import TargetPath, target_paths


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: a small trend with its state (None: nobody set a target) and its sentence. `part`: the part of the
    unit that it speaks of."""

    title: str
    part: str
    state: TargetState | None
    story: str
    points: list[TrendPoint]
    chart: Chart
    url: str
    trust: ShownTrust | None
    figure: str
    """Indicator and cohort as the comparison page names them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A chart with its sentence; no chart where there is nothing to draw."""

    story: str
    chart: Chart | None
    files: list[dict[str, str]]


@public
@require_safe
@briefly_kept
def unit_look(request: HttpRequest, unit: str) -> HttpResponse:
    """`?year=`, by default the running one; `?on=` names the day, since a code can be used again."""
    today = timezone.localdate()
    place, asked, chosen, map_doubt = _asked(request, unit, today)
    year = asked.year
    frame = frame_of(place, year, today, chosen)
    cards, left_out = _cards(frame, today)
    groups = [(name, [card for _name, card in found]) for name, found in groupby(cards, key=lambda each: each[0])]
    shown = [card.state for _name, card in cards if card.state]
    years = [
        {"label": str(each), "url": _address(place, each, chosen), "is_current": each == year}
        for each in years_to_ask(today, year)
    ]
    compare = reverse("portal:indicators-comparison")
    choice = [("unit", place.code), *(("figure", card.figure) for _name, card in cards[:1]), *map_query(chosen).items()]
    return render(
        request,
        "portal/indicators/unit_look.html",
        {
            "unit": place,
            "year": year,
            "year_doubt": asked.doubt,
            "map": map_look(request, frame, map_doubt, "portal:indicators-unit-look"),
            "years": years,
            "until": frame.last_day if frame.is_running else None,
            "groups": groups,
            "states": [(state, count) for state in TargetState if (count := shown.count(state))],
            "key": key_of([point for _name, card in cards for point in card.points]) if cards else "",
            "has_sample": has_sample(place, frame.map_day),
            "left_out": left_out,
            "calendar": _on_page(_told_calendar(frame)),
            "reports": reports_shown(place, year, today),
            "pyramid": _on_page(_told_pyramid(frame)),
            "compare_url": f"{compare}?{urlencode(choice)}" if place.ends_on is None else "",
            "unit_url": unit_address("portal:places-unit-detail", place),
            "path": units_above(place, frame.map_day, "portal:indicators-unit-look", year=year, **map_query(chosen)),
        },
    )


@public
@require_safe
@sets_type
def unit_chart(request: HttpRequest, unit: str, chart: str, form: str) -> HttpResponse:
    today = timezone.localdate()
    place, asked, chosen, doubt = _asked(request, unit, today)
    if asked.doubt or doubt:
        raise Http404
    year = asked.year
    frame = frame_of(place, year, today, chosen)
    made = {"calendar": _told_calendar, "pyramid": _told_pyramid}.get(chart)
    told = made(frame) if made else None
    if told is None or told.chart is None:
        raise Http404
    rules = rules_of(frame)
    return chart_response(
        request,
        told.chart,
        form,
        name=f"{chart}-{place.code}-{year}",
        story=told.story,
        source=" ".join([_source(), *rules]),
        is_sample=has_sample(place, frame.map_day),
        notes=[" ".join(rules)],
    )


def _asked(request: HttpRequest, code: str, today: dt.date) -> tuple[AdminUnit, AskedYear, ChosenMap, str]:
    """The unit, the year, the map, and why that is another than the one asked for."""
    place = asked_unit(request, code, today)
    if place is None:
        raise Http404
    return place, asked_year(request.GET, today), *asked_map(request.GET, today)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A figure, and what it is held against; None where no plan asks it of the unit."""

    figure: Figure
    territory: AdminUnit
    path: TargetPath | None = None


def _asked_here(frame: Frame) -> list[_Asked]:
    """What plans ask in the order of the programme, then what they ask without a figure, and what the unit and those
    above it defined for themselves."""
    paths = target_paths(frame.unit, frame.last_day)
    of_plans = [
        _Asked(Figure(each.targets[0].indicator, each.targets[0].cohort), each.territory, each) for each in paths
    ]
    asked = {path.pair for path in paths}
    above = UnitAncestry.objects.on(frame.map_day).filter(unit=frame.unit).values("ancestor")
    here = IndicatorVersion.objects.filter(Q(indicator__owner=None) | Q(indicator__owner__in=above)).exclude(
        indicator__ends_on__lte=frame.starts_on
    )
    own = [
        Figure(each.indicator, cohort, is_own=True)
        for each in speaking_of_themselves(frame.last_day, here)
        if (cohort := each.indicator.cohort) and (each.indicator.code, cohort.code) not in asked
    ]
    return [*of_plans, *(_Asked(figure, frame.unit) for figure in own)]


def _cards(frame: Frame, today: dt.date) -> tuple[list[tuple[str, Card]], list[str]]:
    """(indicator's name, card), and the names of what does not apply this year."""
    every = _asked_here(frame)
    years = years_up_to(frame.year)
    pairs: dict[AdminUnit, list[Pair]] = {}
    for each in every:
        pairs.setdefault(each.territory, []).append(each.figure.pair)
    found: dict[tuple[int, Pair], Series] = {}
    for territory, asked in pairs.items():
        wanted = list(dict.fromkeys(asked))
        for pair, by_unit in series_by_unit(territory, [territory], wanted, years, today, frame.map).items():
            found[territory.pk, pair] = by_unit[territory.pk]
    trusts = {unit.pk: trust_in(frame_of(unit, frame.year, today)) for unit in pairs}
    marks = break_words(found, frame.map)
    cards, left_out = [], []
    for each in every:
        key = each.territory.pk, each.figure.pair
        series = found[key]
        # A plan's target names the indicator as it is now; what is shown is of the version that held in the year.
        figure = replace(each.figure, indicator=as_defined(series[frame.year], each.figure.indicator))
        if series[frame.year].state == ValueState.NOT_APPLICABLE:
            left_out.append(f"{figure.indicator.short_name} ({figure.cohort.name})")
        else:
            shown = _card(frame, replace(each, figure=figure), series, trusts[each.territory.pk], marks[key], today)
            cards.append((figure.indicator.short_name, shown))
    return cards, left_out


def _card(frame: Frame, asked: _Asked, series: Series, trust: Trust, marks: dict[int, str], today: dt.date) -> Card:
    figure, path = asked.figure, asked.path
    query = {**unit_query(asked.territory), "year": frame.year, "cohort": figure.cohort.code, **map_query(frame.map)}
    points = trend_points(figure, series, path, marks)
    title = f"{figure.indicator.short_name}: {figure.cohort.name}"
    return Card(
        title=figure.cohort.name,
        part=path.territory.name if path and path.is_partial else "",
        state=path.judge(series[frame.year], frame.year)[0] if path else None,
        story=" ".join(filter(None, [story_of(figure, series, path, frame.year, today, marks), version_note(series)])),
        points=points,
        chart=pictured(trend(title, points, unit=figure.unit, is_small=True)),
        url=f"{reverse('portal:indicators-indicator-detail', args=[figure.indicator.code])}?{urlencode(query)}",
        trust=shown_trust(trust, series[frame.year], figure.indicator, figure.cohort),
        figure=figure.name,
    )


def _told_calendar(frame: Frame) -> Told:
    counts, typed = counts_by_day(frame, MeasureCode.PROGRAMME_SESSION) if frame.has_begun else ({}, 0)
    chart = calendar_of(frame, counts) if counts else None
    return Told(calendar_story(frame, counts, typed), chart, _files(frame, "calendar"))


def _told_pyramid(frame: Frame) -> Told:
    if not frame.has_begun or not counted_at_all(frame, MeasureCode.PROGRAMME_ATTENDANCE):
        return Told("", None, [])
    if frame.unit.last_day is not None and frame.unit.last_day < frame.as_of:
        return Told(_("Ages and sexes are told of places on today's map only."), None, [])
    if not is_closed(frame.year, frame.as_of):
        return Told(not_closed_words(frame.year), None, [])
    table = safe_ages(frame, MeasureCode.PROGRAMME_ATTENDANCE)
    if table is None:
        return Told(_("So few took part that ages and sexes would tell who they were; they are not shown."), None, [])
    return Told(pyramid_story(frame, table), pyramid_of(frame, table), _files(frame, "pyramid"))


def _on_page(told: Told) -> Told:
    return replace(told, chart=pictured(told.chart) if told.chart else None)


def _files(frame: Frame, chart: str) -> list[dict[str, str]]:
    address = reverse("portal:indicators-unit-chart", args=[frame.unit.code, chart, "form"]).removesuffix(".form")
    return file_links(address, year=frame.year, **day_of(frame.unit), **map_query(frame.map))


def _address(unit: AdminUnit, year: int, chosen: ChosenMap) -> str:
    return unit_address("portal:indicators-unit-look", unit, year=year, **map_query(chosen))


def _source() -> str:
    return _("From sign-in sheets that were closed; small numbers are kept back.")
