"""What an indicator comes to: of a unit or of the units under it, year by year."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.indicators.asked import Licensed, Placed, UnitNamed, map_of, year_month
from hocsuotdoi.api.indicators.definitions import CohortShape
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Readable, Shape
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.open_data import (
    Level,
    State,
    first_day_of,
    is_provisional,
    number_of,
    parts_of,
    period_ends,
    period_key,
    state_of,
    unit_measure,
    units_at,
)
from hocsuotdoi.indicators.queries.pivot import Map, Period
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.series import series_by_unit
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.queries.cohorts import cohorts_of
from hocsuotdoi.programme.queries.target_paths import TargetPath, target_paths

router = ApiRouter("indicators", tag=_("Figures"))

MOST_YEARS = 10


class ValueFilter(Placed):
    level: Level = Field(Level.SELF, description=_("The unit itself, the units right under it, or all of a tier in it"))
    cohort: Annotated[str, Readable] = Field(
        "", max_length=60, description=_("Of whom, see the indicator; the usual one if left out")
    )
    first: str = Field("", max_length=7, description=_("The first year or month, this year if left out"))
    last: str = Field("", max_length=7, description=_("The last year or month; the first if left out"))
    period: Period = Field(
        Period.YEAR, description=_("Quarters and months are for plain counts only: a share has years")
    )
    map: str = Field(
        "today",
        max_length=10,
        description=_("today, reported, or a day: for plain counts only; other figures are on the unit's own map"),
    )


class ValueShape(Shape):
    """Zero is a value; not reported, not applicable and kept back are not zero and carry no value."""

    period: str = Field(description=_("2026, 2026-Q1 or 2026-01"))
    state: State
    value: float | None = Field(description=_("A number, per cent, or 1 and 0 for yes and no; see value_is"))
    numerator: int | None
    denominator: int | None
    reporting: int | None = Field(description=_("Of how many there are figures"))
    expected: int | None = Field(description=_("Of how many there should be"))
    coverage: float | None = Field(description=_("Reporting in per cent of expected; null where nothing is expected"))
    base_year: int | None = Field(description=_("The year that growth is counted from"))
    due: float | None = Field(
        description=_("What plans lay out for this year, between their targets; of the unit itself only")
    )
    target: float | None = Field(description=_("The target that a plan sets for this very year"))
    version: int | None = Field(description=_("Of the definition by which it was computed"))
    is_provisional: bool = Field(description=_("The period is not over"))
    note: str = Field(description=_("What a reader must know beside it; often empty"))


class UnitValues(Shape):
    unit: UnitNamed
    values: list[ValueShape] = Field(description=_("The earliest first"))


class IndicatorValues(Licensed):
    """A page of units with their values, and what holds for all of them."""

    indicator: str
    cohort: CohortShape
    value_is: str = Field(description=_("number, percent, percent_per_year or yes_no"))
    map: str = Field(description=_("own: the unit's own map; else as asked"))
    refreshed_at: dt.datetime = Field(
        description=_("The minute for which the figures hold: everything booked by then is in them")
    )
    is_sample: bool = Field(description=_("There is sample data in them"))
    items: list[UnitValues]
    count: int = Field(description=_("How many units there are on all pages"))
    next: int | None = Field(description=_("Number of the next page; null on the last"))


@router.get(
    "/indicators/{slug:code}/values",
    response=IndicatorValues,
    summary=_("Values of an indicator"),
    description=_(
        "Of a unit or of the units under it, one value for each period, with its state, numerator, denominator, "
        "coverage, the definition's version and what plans ask for. Small numbers of people are kept back."
    ),
)
@public
def indicator_values(request: HttpRequest, code: str, asked: Query[ValueFilter]) -> IndicatorValues:
    now = timezone.localtime()
    today = now.date()
    indicator = get_object_or_404(Indicator.objects.select_related("cohort"), code=code)
    cohort = _cohort(indicator, asked.cohort)
    unit = asked.found_unit(today)
    first, last = _span(asked, today)
    which, map_day = map_of(asked.map)
    units = units_at(unit, asked.level, map_day or today)
    start = (asked.page - 1) * asked.limit
    shown = units[start : start + asked.limit]
    if asked.period == Period.YEAR and which == Map.TODAY:
        found = _yearly(indicator, cohort, unit, shown, list(range(first.year, last.year + 1)), today)
    else:
        found = _counted(indicator, cohort, shown, first, last, asked.period, which, map_day or today, today)
    return IndicatorValues(
        indicator=indicator.code,
        cohort=CohortShape.of(cohort),
        value_is=unit_measure(indicator).lower(),
        map="own" if asked.period == Period.YEAR and which == Map.TODAY else asked.map,
        refreshed_at=now.replace(second=0, microsecond=0),
        is_sample=has_sample(unit, day_on_map_of(unit, today)),
        licence=Licensed.address(),
        items=[UnitValues(unit=UnitNamed.of(each), values=found[each.pk]) for each in shown],
        count=len(units),
        next=asked.page + 1 if start + asked.limit < len(units) else None,
    )


def _cohort(indicator: Indicator, asked: str) -> Cohort:
    cohorts = cohorts_of(indicator)
    if not cohorts:
        raise BadField("cohort", gettext("No plan sets a target for this yet, so nobody has said of whom it speaks."))
    if not asked:
        return cohorts[0]
    found = next((each for each in cohorts if each.code == asked), None)
    if found is None:
        raise BadField("cohort", gettext("This indicator does not speak of them. Look them up at the indicator."))
    return found


def _span(asked: ValueFilter, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first days of the first and of the last period."""
    first = year_month("first", asked.first, year_month("last", asked.last, dt.date(today.year, 1, 1)))
    last = year_month("last", asked.last, first)
    if asked.period != Period.YEAR and len(asked.last or asked.first) == 4:
        last = last.replace(month=12)
    if last < first:
        raise BadField("last", gettext("The last month lies before the first."))
    if last.year - first.year >= MOST_YEARS:
        raise BadField("first", gettext("Ask for at most {most} years at a time.").format(most=MOST_YEARS))
    return first_day_of(first, asked.period), first_day_of(last, asked.period)


def _yearly(
    indicator: Indicator, cohort: Cohort, unit: AdminUnit, units: list[AdminUnit], years: list[int], today: dt.date
) -> dict[int, list[ValueShape]]:
    pair = indicator.code, cohort.code
    series = series_by_unit(unit, units, [pair], years, today)[pair]
    paths = target_paths(unit, min(dt.date(years[-1], 12, 31), today)) if unit in units else []
    path = next((each for each in paths if each.pair == pair and not each.is_partial), None)
    return {
        each.pk: [_shape(series[each.pk][year], indicator, path if each == unit else None, today) for year in years]
        for each in units
    }


def _shape(value: IndicatorValue, indicator: Indicator, path: TargetPath | None, today: dt.date) -> ValueShape:
    state, (numerator, denominator) = state_of(value, indicator), parts_of(value, indicator)
    stated = path.stated(value.year) if path else None
    return ValueShape(
        period=str(value.year),
        state=state,
        value=_float(number_of(value, indicator)),
        numerator=numerator,
        denominator=denominator,
        reporting=value.reporting,
        expected=value.expected,
        coverage=_float(value.coverage),
        base_year=value.base_year,
        due=_float(path.expected(value.year)) if path else None,
        target=_float(stated.comparable) if stated else None,
        version=value.version,
        is_provisional=is_provisional(value, today),
        note="" if state == State.KEPT_BACK and not value.kept_back else value.note,
    )


def _float(number: int | Decimal | None) -> float | None:
    return None if number is None else float(number)


def _counted(
    indicator: Indicator,
    cohort: Cohort,
    units: Sequence[AdminUnit],
    first: dt.date,
    last: dt.date,
    period: Period,
    which: Map,
    map_day: dt.date,
    today: dt.date,
) -> dict[int, list[ValueShape]]:
    """Of a plain count, from the totals: on any map, by year, quarter or month. Two queries."""
    field = "period" if period != Period.YEAR else "map"
    if indicator.kind != IndicatorKind.COUNT or indicator.over or indicator.tags:
        raise BadField(field, gettext("Only plain counts have quarters, months and other maps; this is none."))
    if indicator.sexes or indicator.age_bands:
        raise BadField(
            field, gettext("By sex or age there are whole years only: several short times would give people away.")
        )
    wanted = Slice(
        tuple(indicator.measures),
        classes=tuple(cohort.classes),
        purposes=tuple(indicator.purposes),
        channels=tuple(indicator.channels),
    )
    found: dict[tuple[int, dt.date], int] = {}
    rows = totals(
        wanted,
        units,
        by=("unit_id", "starts_on"),
        first=first,
        last=period_ends(last, period) - dt.timedelta(days=1),
        grain="year" if period == Period.YEAR else "month",
        map_day=None if which == Map.REPORTED else map_day,
    )
    for unit_id, starts_on, quantity, lines in rows:
        if lines:
            key = unit_id, first_day_of(starts_on, period)
            found[key] = found.get(key, 0) + quantity
    starts = [first]
    while (following := period_ends(starts[-1], period)) <= last:
        starts.append(following)
    return {unit.pk: [_plain(found.get((unit.pk, day)), day, period, today) for day in starts] for unit in units}


def _plain(count: int | None, starts_on: dt.date, period: Period, today: dt.date) -> ValueShape:
    return ValueShape(
        period=period_key(starts_on, period),
        state=State.VALUE if count is not None else State.NOT_REPORTED,
        value=count,
        numerator=count,
        denominator=None,
        reporting=None,
        expected=None,
        coverage=None,
        base_year=None,
        due=None,
        target=None,
        version=None,
        is_provisional=period_ends(starts_on, period) > today,
        note="",
    )
