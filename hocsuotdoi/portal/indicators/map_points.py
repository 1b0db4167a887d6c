"""A figure commune by commune, as a map of points with its table."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.chart import Cell, Chart, Number
from hocsuotdoi.core.charts.classes import Classes, classes_of, percent_classes, step_classes
from hocsuotdoi.core.charts.points import Spot, Standing, points
from hocsuotdoi.core.charts.viet_nam import ISLANDS_FROM, island_label, sea_and_islets
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import AnswerValue, IndicatorKind, ValueState
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, frame_of
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.story import lower_first
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.indicators.queries.words import is_number
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.portal.indicators.map_choice import map_query
from hocsuotdoi.portal.indicators.trends import Figure
from hocsuotdoi.portal.indicators.words import coverage_words, told_coverage, unit_address, value_words


@dataclass(frozen=True, slots=True)
class _Placed:
    unit: AdminUnit
    province: str
    value: IndicatorValue
    shown: Number | None


def map_chart(
    title: str,
    figure: Figure,
    unit: AdminUnit,
    year: int,
    today: dt.date,
    *,
    address: str,
    chosen: ChosenMap = TODAYS_MAP,
    is_file: bool = False,
) -> Chart:
    """Every commune of `unit`. `address` with a province's code for «{code}» opens the map of that province; the table
    of the country has a row for each province, that of a province one for each commune. `is_file`: with the rows that
    a file has, a line for each commune."""
    day = frame_of(unit, year, today, chosen).map_day
    communes = _communes(unit, day)
    values = values_by_unit(unit, [each for each, _province in communes], year, figure.pair, today, chosen)
    placed = [_Placed(each, province, own := values[each.pk], figure.number(own)) for each, province in communes]
    drawn = [each.shown for each in placed if each.shown is not None]
    columns, rows = (
        _by_province(placed, address)
        if unit.tier == Tier.COUNTRY
        else _by_commune(figure, placed, year, map_query(chosen))
    )
    return points(
        title,
        [_spot(each) for each in placed if each.unit.latitude is not None] + _furniture(unit),
        _classes(figure, drawn),
        columns=columns,
        rows=rows,
        data_columns=_data_columns() if is_file else [],
        data=[_data(figure, each) for each in placed] if is_file else [],
        legend=_("Large dark dots: yes; small light ones: no.") if figure.is_answer else "",
        is_held_back=any(each.value.has_value and each.shown is None for each in placed),
    )


def _communes(unit: AdminUnit, day: dt.date) -> list[tuple[AdminUnit, str]]:
    """With the key and the name of the province each lies in. Two queries."""
    found = list(AdminUnit.objects.under(unit, day).filter(tier=Tier.COMMUNE).order_by("sort_key"))
    above = AdminUnit.objects.filter(
        on(day, "descents__"), tier=Tier.PROVINCE, descents__unit__tier=Tier.COMMUNE
    ).values_list("descents__unit_id", "code", "name", "ends_on")
    provinces = {pk: f"{unit_key(AdminUnit(code=code, ends_on=ends))} {name}" for pk, code, name, ends in above}
    return [(each, provinces.get(each.pk, "")) for each in found]


def _spot(placed: _Placed) -> Spot:
    unit, shown = placed.unit, placed.shown
    standing: Standing = "value" if shown is not None else "not_reported"
    if placed.value.state == ValueState.NOT_APPLICABLE:
        standing = "not_applicable"
    is_far = unit.kind == UnitKind.SPECIAL_ZONE and (unit.longitude or 0) > ISLANDS_FROM
    return Spot(
        unit.latitude or 0,
        unit.longitude or 0,
        shown,
        standing,
        label=island_label(unit.short_name, _province(placed)) if is_far else (),
    )


def _province(placed: _Placed) -> str:
    return lower_first(placed.province.partition(" ")[2])


def _furniture(unit: AdminUnit) -> list[Spot]:
    return sea_and_islets() if unit.tier == Tier.COUNTRY else []


def _classes(figure: Figure, drawn: list[Any]) -> Classes:
    if figure.is_answer:
        return Classes((1,), [str(each.label).capitalize() for each in (AnswerValue.NO, AnswerValue.YES)])
    if is_number(figure.indicator):
        return classes_of(drawn, 5)
    return step_classes(drawn) if figure.indicator.kind == IndicatorKind.GROWTH else percent_classes()


def _by_province(placed: list[_Placed], address: str) -> tuple[list[dict[str, Any]], list[list[Cell]]]:
    there: defaultdict[str, Counter[ValueState]] = defaultdict(Counter)
    for each in placed:
        there[each.province][each.value.state] += 1
    labels = [_("Communes with a figure"), _("Not reported"), _("Does not apply")]
    columns = [{"label": _("Province or city")}, *({"label": label, "numeric": True} for label in labels)]
    states = (ValueState.VALUE, ValueState.NOT_REPORTED, ValueState.NOT_APPLICABLE)
    rows: list[list[Cell]] = []
    for province, counted in sorted(there.items()):  # by code
        code, _space, name = province.partition(" ")
        cell: Cell = {"text": name, "url": address.replace("{code}", code)}
        rows.append([cell, *(number(counted[state]) for state in states)])
    return columns, rows


def _by_commune(
    figure: Figure, placed: list[_Placed], year: int, query: dict[str, str]
) -> tuple[list[dict[str, Any]], list[list[Cell]]]:
    columns = [{"label": _("Commune")}, {"label": _("Value"), "numeric": True}, {"label": _("Coverage")}]
    rows: list[list[Cell]] = [
        [
            {
                "text": each.unit.name,
                "url": unit_address("portal:indicators-value-lineage", each.unit, year, *figure.codes, **query),
            },
            value_words(each.value, figure.indicator),
            coverage_words(each.value, figure.indicator, figure.cohort) or "–",
        ]
        for each in placed
    ]
    return columns, rows


def _data_columns() -> list[str]:
    return [
        _("Code"),
        _("Commune"),
        _("Province or city"),
        _("Latitude"),
        _("Longitude"),
        _("Value"),
        _("With figures"),
        _("Expected to have figures"),
        _("Note"),
    ]


def _data(figure: Figure, placed: _Placed) -> list[Any]:
    unit, value, shown = placed.unit, placed.value, placed.shown
    covered = told_coverage(value, figure.indicator)
    return [
        unit.code,
        unit.name,
        placed.province.partition(" ")[2],
        unit.latitude,
        unit.longitude,
        shown,
        covered.reporting,
        covered.expected,
        "" if shown is not None and not figure.is_answer else value_words(value, figure.indicator),
    ]
