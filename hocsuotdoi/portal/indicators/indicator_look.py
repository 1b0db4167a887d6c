"""An indicator at a unit, to look at: how it went, where it stands on the map, who is how far, province by province."""

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.ranking import ranking
from hocsuotdoi.core.charts.trend import multiples, trend
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import CriteriaSet
from hocsuotdoi.indicators.queries.frame import Frame, children_in, frame_of
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.indicators.queries.quality_origin import trust_in
from hocsuotdoi.indicators.queries.residents import residents
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.series import Series, series_by_unit, series_for
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators.chart_files import pictured
from hocsuotdoi.portal.indicators.fair_ranking import FairRanking, fair_ranking
from hocsuotdoi.portal.indicators.forms import Taken
from hocsuotdoi.portal.indicators.map_choice import break_words, line_note, map_query, named
from hocsuotdoi.portal.indicators.map_points import map_chart
from hocsuotdoi.portal.indicators.origins import ShownTrust, shown_trust
from hocsuotdoi.portal.indicators.pages import ShownValue, shown_value
from hocsuotdoi.portal.indicators.trends import Figure, story_of, trend_points, version_note, years_up_to
from hocsuotdoi.programme.enums import TargetState
from hocsuotdoi.programme.models import Plan
from hocsuotdoi.programme.queries.target_paths import TargetPath, target_paths


class View(StrEnum):
    YEARS = "years"
    MAP = "map"
    UNITS = "units"
    """Small multiples, one for each province of the country or each unit right below."""


@dataclass(frozen=True, slots=True)
class ShownPath:
    """What the figure is held against."""

    plan: Plan
    state: TargetState
    rule: str


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    checklists: list[CriteriaSet]
    view: View = View.YEARS
    tabs: list[dict[str, object]] = field(default_factory=list)
    value: ShownValue | None = None
    story: str = ""
    path: ShownPath | None = None
    line_note: str = ""
    """Of which other unit earlier years are, as reported, and by which versions of the definition they are counted."""
    trend: Chart | None = None
    trust: ShownTrust | None = None
    ranked: FairRanking | None = None
    ranking: Chart | None = None
    map: Chart | None = None
    units: Chart | None = None


def indicator_page(
    figure: Figure | None, checklists: list[CriteriaSet], taken: Taken, today: dt.date, view: View
) -> IndicatorPage:
    """`figure` None: no plan sets a target for it yet, so only the definition is shown. Each view loads only what it
    shows."""
    if figure is None:
        return IndicatorPage(checklists)
    tabs = _tabs(figure, taken, view)
    if view == View.MAP:
        return IndicatorPage(checklists, view, tabs, map=pictured(indicator_map(figure, taken, today)))
    if view == View.UNITS:
        return IndicatorPage(checklists, view, tabs, units=pictured(indicator_units(figure, taken, today)))
    past = _past(figure, taken, today)
    path, value = past.path, past.series[taken.year]
    fair = _ranked(figure, taken, today)
    shown = shown_value(value, figure.indicator, figure.cohort, map_query(taken.map))
    return IndicatorPage(
        checklists,
        view,
        tabs,
        # Why it is not told stands in the story.
        value=replace(shown, note="") if value.kept_back else shown,
        story=past.story,
        trust=shown_trust(trust_in(frame_of(taken.unit, taken.year, today)), value, figure.indicator, figure.cohort),
        path=ShownPath(path.plan, *path.judge(value, taken.year)) if path else None,
        line_note=past.line_note,
        trend=pictured(past.trend),
        ranked=fair,
        ranking=pictured(_ranking_chart(figure, taken, fair)) if fair and fair.names else None,
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """The figure over the years."""

    series: Series
    path: TargetPath | None
    story: str
    line_note: str
    trend: Chart


def _past(figure: Figure, taken: Taken, today: dt.date) -> _Past:
    series = series_for(taken.unit, figure.pair, years_up_to(taken.year), today, taken.map)
    marks = break_words({0: series}, taken.map)[0]
    path = path_for(figure, taken, today)
    points = trend_points(figure, series, path, marks)
    return _Past(
        series,
        path,
        story_of(figure, series, path, taken.year, today, marks),
        " ".join(filter(None, [line_note(series), version_note(series)])),
        trend(titled(figure, taken, years_words(taken)), points, unit=figure.unit),
    )


def path_for(figure: Figure, taken: Taken, today: dt.date) -> TargetPath | None:
    """The nearest plan's that binds the whole unit."""
    paths = target_paths(taken.unit, min(dt.date(taken.year, 12, 31), today))
    return next((each for each in paths if each.pair == figure.pair and not each.is_partial), None)


def chart_named(name: str, figure: Figure, taken: Taken, today: dt.date) -> tuple[Chart, str] | None:
    """A chart of the page by its name in an address, with its story; None where the page has none such."""
    if name == View.MAP and taken.unit.tier != Tier.COMMUNE:
        return indicator_map(figure, taken, today, is_file=True), ""
    if name == View.UNITS and taken.unit.tier != Tier.COMMUNE:
        return indicator_units(figure, taken, today), ""
    if name == "trend":
        past = _past(figure, taken, today)
        return past.trend, " ".join(filter(None, [past.story, past.line_note]))
    fair = _ranked(figure, taken, today) if name == "ranking" else None
    return (_ranking_chart(figure, taken, fair), fair.rule) if fair and fair.names else None


def indicator_map(figure: Figure, taken: Taken, today: dt.date, *, is_file: bool = False) -> Chart:
    address = indicator_address(figure, taken, view=View.MAP, unit="{code}").replace("%7Bcode%7D", "{code}")
    title = titled(figure, taken, how=_("by commune"))
    return map_chart(title, figure, taken.unit, taken.year, today, address=address, chosen=taken.map, is_file=is_file)


def indicator_units(figure: Figure, taken: Taken, today: dt.date) -> Chart:
    below = _below(taken, today)
    years = years_up_to(taken.year)
    found = series_by_unit(taken.unit, below, [figure.pair], years, today, taken.map)[figure.pair]
    marks = break_words(found, taken.map)
    below.sort(key=lambda unit: _highest_first(figure, found[unit.pk][taken.year]))
    drawn = multiples(
        titled(figure, taken, years_words(taken), how=_("unit by unit on one scale")),
        [
            (
                unit.short_name if unit.last_day is None else named(unit),
                indicator_address(figure, taken, unit=unit_key(unit)),
                trend_points(figure, found[unit.pk], None, marks[unit.pk]),
            )
            for unit in below
        ],
        name=_("Unit"),
        unit=figure.unit,
    )
    words = _("The highest of {year} first; each opens.").format(year=taken.year)
    return replace(drawn, legend=f"{words} {drawn.legend}")


def _highest_first(figure: Figure, value: IndicatorValue) -> tuple[bool, float]:
    """Those without a figure last; of like ones in the order they came."""
    shown = figure.number(value)
    return shown is None, -float(shown or 0)


def indicator_address(figure: Figure, taken: Taken, *, view: View | None = None, unit: str = "") -> str:
    query = taken.query | {"cohort": figure.cohort.code}
    if unit:
        query["unit"] = unit
        query.pop("on", None)
    if view and view != View.YEARS:
        query["view"] = view.value
    return f"{reverse('portal:indicators-indicator-detail', args=[figure.indicator.code])}?{urlencode(query)}"


def titled(figure: Figure, taken: Taken, when: str = "", *, how: str = "") -> str:
    """What, of whom, where and when, so that a picture says it alone."""
    what = f"{figure.indicator.short_name}: {figure.cohort.name}"
    return ", ".join(filter(None, [what, taken.unit.name, when or str(taken.year), how]))


def years_words(taken: Taken) -> str:
    years = years_up_to(taken.year)
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _tabs(figure: Figure, taken: Taken, view: View) -> list[dict[str, object]]:
    """None for a commune: nothing lies below it."""
    if taken.unit.tier == Tier.COMMUNE:
        return []
    below = _("Province by province") if taken.unit.tier == Tier.COUNTRY else _("Unit by unit")
    labels = {View.YEARS: _("Over the years"), View.MAP: _("Map"), View.UNITS: below}
    return [
        {"label": label, "url": indicator_address(figure, taken, view=each), "is_current": each == view}
        for each, label in labels.items()
    ]


def _below(taken: Taken, today: dt.date) -> list[AdminUnit]:
    return children_in(_frame(taken, today))


def _frame(taken: Taken, today: dt.date) -> Frame:
    return frame_of(taken.unit, taken.year, today, taken.map)


def _ranked(figure: Figure, taken: Taken, today: dt.date) -> FairRanking | None:
    below = _below(taken, today) if taken.unit.tier != Tier.COMMUNE else []
    if not below:
        return None
    values = values_by_unit(taken.unit, below, taken.year, figure.pair, today, taken.map)
    known = residents(_frame(taken, today), below)
    return fair_ranking(figure, [values[unit.pk] for unit in below], known, map_query(taken.map))


def _ranking_chart(figure: Figure, taken: Taken, fair: FairRanking) -> Chart:
    words = _("At the right: of how many expected there are figures.")
    return ranking(
        titled(figure, taken, how=_("unit beside unit")),
        fair.groups,
        name=_("Unit"),
        measure=_("Value, per cent a year") if figure.indicator.kind == IndicatorKind.GROWTH else _("Value"),
        unit=fair.unit,
        legend=words,
    )
