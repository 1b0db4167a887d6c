"""On which map a page of figures is read: chosen quietly, kept in the address, said in one sentence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.queries.dated_map import oldest_words
from hocsuotdoi.indicators.queries.divided import rules_of
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Frame, Map, children_in
from hocsuotdoi.indicators.queries.pivot import named
from hocsuotdoi.indicators.queries.series import Series
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.history import Break, breaks_of
from hocsuotdoi.places.queries.units import MAP_KNOWN_FROM, lay_there
from hocsuotdoi.portal.indicators.words import unit_address

MOST_NOTES = 6
_TAKEN = {"map", "day", "page"}


def map_field(*, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("On which map"),
        required=required,
        choices=[
            (Map.TODAY, gettext_lazy("today's map")),
            (Map.REPORTED, gettext_lazy("as reported, each place as it lay then")),
            (Map.DAY, gettext_lazy("constant territory, the map of a day")),
        ],
    )


def map_day_field() -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Day of the map"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class MapForm(forms.Form):
    map = map_field()
    day = map_day_field()


def asked_map(data: QueryDict, today: dt.date) -> tuple[ChosenMap, str]:
    """The map that the address asks for, and why another is shown; a wrong one is never an error page."""
    form = MapForm(data)
    form.is_valid()
    kind, day = form.cleaned_data.get("map") or Map.TODAY, form.cleaned_data.get("day")
    if kind == Map.REPORTED:
        return ChosenMap(Map.REPORTED), ""
    if "map" in form.errors:
        return TODAYS_MAP, _("There is no such map. What you see is the map of today.")
    if kind != Map.DAY:
        return TODAYS_MAP, ""
    if day is None:
        return TODAYS_MAP, _("Say the day of the map. What you see is today's map.")
    if day > today:
        sentence = _("The map of %(day)s is not known yet. What you see is the map of today.")
        return TODAYS_MAP, sentence % {"day": day_short(day)}
    if day < MAP_KNOWN_FROM:
        sentence = _("Maps are known from %(first)s on, not of %(day)s. What you see is the map of today.")
        return TODAYS_MAP, sentence % {"first": day_short(MAP_KNOWN_FROM), "day": day_short(day)}
    return ChosenMap(Map.DAY, day), ""


def map_query(chosen: ChosenMap) -> dict[str, str]:
    """What an address keeps of it: nothing of the map that nobody has to choose."""
    if chosen.kind == Map.REPORTED:
        return {"map": Map.REPORTED.value}
    if chosen.kind == Map.DAY and chosen.day is not None:
        return {"map": Map.DAY.value, "day": chosen.day.isoformat()}
    return {}


@dataclass(frozen=True, slots=True)
class MapLook:
    """What a page shows of the map that it is read on. `notes`: what was divided and is counted whole; `elsewhere`: the
    units that lay there on a map that does not have the page's own."""

    form: MapForm
    label: str
    sentence: str
    doubt: str
    is_chosen: bool
    hidden: list[tuple[str, str]]
    units: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    more_notes: list[str] = field(default_factory=list)
    elsewhere: list[tuple[str, str]] = field(default_factory=list)


def map_look(
    request: HttpRequest,
    frame: Frame | None,
    doubt: str,
    page: str,
    *arguments: object,
    notes_of: Sequence[AdminUnit] = (),
) -> MapLook:
    """`page`: the name under which a page like this one is opened for another unit, after whose code come
    `arguments`. `notes_of`: the units that the notes speak of, else the frame's."""
    chosen = frame.map if frame else TODAYS_MAP
    initial = {"map": chosen.kind, "day": chosen.day}
    look = MapLook(
        form=MapForm(initial=initial, auto_id="map_%s"),
        label=_label(frame) if frame else "",
        sentence=_sentence(frame) if frame else "",
        doubt=doubt,
        is_chosen=chosen != TODAYS_MAP,
        hidden=[(name, value) for name in request.GET if name not in _TAKEN for value in request.GET.getlist(name)],
    )
    if frame is None:
        return look
    query = {"year": frame.year, **map_query(chosen)}
    notes = rules_of(frame, notes_of)
    return replace(
        look,
        units=[(named(unit), unit_address(page, unit, *arguments, **query)) for unit in children_in(frame)],
        notes=notes[:MOST_NOTES],
        more_notes=notes[MOST_NOTES:],
        elsewhere=[(named(unit), unit_address(page, unit, *arguments, **query)) for unit in _elsewhere(frame)],
    )


def _label(frame: Frame) -> str:
    if frame.map.is_reported:
        return _("as reported")
    if frame.map.kind == Map.DAY:
        return _("constant territory of {day}").format(day=day_short(frame.map_day))
    if frame.unit.last_day is not None and frame.unit.last_day < frame.as_of:
        return _("that of its last day, {day}").format(day=day_short(frame.map_day))
    return _("today's")


def _sentence(frame: Frame) -> str:
    """The map in one sentence."""
    if frame.map.is_reported:
        return _(
            "As reported: each thing counts where its place lay on the day it happened, so a series breaks where a "
            "reform changed the territory."
        )
    if frame.map.kind == Map.DAY:
        words = _("Constant territory: all years are read on the map of {day}, also what happened before and after it.")
        return " ".join([words.format(day=day_short(frame.map_day)), *oldest_words(frame.map_day)])
    return _(
        "Constant territory: all years are read on the map of {day}; what happened in units that have ended counts for "
        "those that took them over."
    ).format(day=day_short(frame.map_day))


def _elsewhere(frame: Frame) -> list[AdminUnit]:
    """Where the map does not have the unit: those of its tier that lay there. One query."""
    if frame.stands(frame.unit) or frame.map.is_reported:
        return []
    return lay_there(frame.unit, frame.map_day, frame.as_of)


Key = TypeVar("Key")


def break_words(several: dict[Key, Series], chosen: ChosenMap) -> dict[Key, dict[int, str]]:
    """For each series as reported the years within which the territory changed, and by what; nothing on constant
    territory. Two queries."""
    if not chosen.is_reported:
        return {key: {} for key in several}
    shown = {value.unit.pk: value.unit for series in several.values() for value in series.values()}
    breaks = breaks_of([unit for unit in shown.values() if unit.tier != Tier.COUNTRY])
    return {key: _words_by_year(series, breaks) for key, series in several.items()}


def _words_by_year(series: Series, breaks: dict[int, list[Break]]) -> dict[int, str]:
    found = {each for value in series.values() for each in breaks.get(value.unit.pk, []) if each.day.year in series}
    by_year: dict[int, list[str]] = {}
    for each in sorted(found, key=lambda each: (each.day, each.act)):
        by_year.setdefault(each.day.year, []).append(": ".join(filter(None, [day_short(each.day), each.act])))
    return {year: "; ".join(words) for year, words in by_year.items()}


def line_note(series: Series) -> str:
    """That the earlier years of a series as reported are those of another unit."""
    newest = series[max(series)].unit
    others: dict[str, list[int]] = {}
    for year in sorted(series):
        if series[year].unit != newest:
            others.setdefault(named(series[year].unit), []).append(year)
    said = [
        _("{years}: {unit}").format(years=str(each[0]) if len(each) == 1 else f"{each[0]}–{each[-1]}", unit=name)
        for name, each in others.items()
    ]
    if not said:
        return ""
    return _("In its place stood {units}.").format(units="; ".join(said))
