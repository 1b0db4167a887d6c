"""What an indicator comes to: of a unit or of the units under it, year by year."""

import datetime as dt
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
from hocsuotdoi.indicators.queries.by_period import ONE_DAY, OnlyYears, PeriodValue, Span, values_by_period
from hocsuotdoi.indicators.queries.divided import notes_by_unit
from hocsuotdoi.indicators.queries.frame import ChosenMap, Map
from hocsuotdoi.indicators.queries.open_data import (
    Level,
    State,
    first_day_of,
    note_of,
    number_of,
    parts_of,
    period_ends,
    state_of,
    unit_measure,
    units_at,
)
from hocsuotdoi.indicators.queries.pivot import Period
from hocsuotdoi.indicators.queries.residents import Residents
from hocsuotdoi.indicators.queries.words import told_coverage
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.programme.queries.cohorts import Spoken, of_whom
from hocsuotdoi.programme.queries.target_paths import TargetPath, target_paths_of

router = ApiRouter("indicators", tag=_("Figures"))

MOST_YEARS = 10


class ValueFilter(Placed):
    level: Level = Field(Level.SELF, description=_("The unit itself, the units right under it, or all of a tier in it"))
    cohort: Annotated[str, Readable] = Field(
        "", max_length=60, description=_("Of whom, see the indicator; the usual one if left out")
    )
    first: str = Field("", max_length=7, description=_("The first year or month, this year if left out"))
    last: str = Field("", max_length=7, description=_("The last year or month; the first if left out"))
    year: str = Field("", max_length=4, description=_("The same as first, as the pages' addresses say it"))
    period: Period = Field(
        Period.YEAR,
        description=_(
            "Quarters and months of counts, of shares of counts, and of what there is on a day; others say why not"
        ),
    )
    map: str = Field(
        "today",
        max_length=10,
        description=_(
            "today: the unit's own map; reported: each thing where its place lay on its day; or the day of a map"
        ),
    )


class ResidentsShape(Shape):
    """What a share of residents is divided by, as it was entered."""

    year: int = Field(description=_("The newest that is known"))
    urban: int | None = Field(description=_("Null where they cannot be told by urban and rural area; see the note"))
    rural: int | None
    everybody: int | None = Field(description=_("All residents, also those of special zones, who are of neither area"))
    sources: list[str] = Field(description=_("Where the numbers were read"))

    @classmethod
    def of(cls, residents: Residents | None) -> "ResidentsShape | None":
        if residents is None:
            return None
        return cls(
            year=residents.year,
            urban=residents.urban,
            rural=residents.rural,
            everybody=residents.everybody,
            sources=list(residents.sources),
        )


class ValueShape(Shape):
    """Zero is a value; not reported, not applicable and kept back are not zero and carry no value."""

    period: str = Field(description=_("2026, 2026-Q1 or 2026-01"))
    state: State
    value: float | None = Field(description=_("A number, per cent, or 1 and 0 for yes and no; see value_is"))
    numerator: int | None
    denominator: int | None
    longer: int | None = Field(
        description=_(
            "Of counts by quarter or month: what is booked here and was typed in for a longer time; it is in no value, "
            "and with the values makes the year"
        )
    )
    reporting: int | None = Field(description=_("Of how many there are figures"))
    expected: int | None = Field(description=_("Of how many there should be"))
    coverage: float | None = Field(
        description=_(
            "Reporting in per cent of expected; null where nothing is expected. Of different people only what it is at "
            "least, in steps, and nothing where the figure is kept back."
        )
    )
    base_year: int | None = Field(description=_("The year that growth is counted from"))
    due: float | None = Field(
        description=_("What plans lay out for this year, between their targets, for this unit; null within years")
    )
    target: float | None = Field(description=_("The target that a plan sets for this very year"))
    version: int | None = Field(description=_("Of the definition by which it was computed"))
    cohort: str = Field(
        description=_("Of whom it was computed; an indicator's own can be others in years of another version")
    )
    residents: ResidentsShape | None = Field(
        description=_("Of shares of residents: how many there are and where that was read")
    )
    is_provisional: bool = Field(description=_("The period is not over"))
    note: str = Field(description=_("What a reader must know beside it; often empty"))


class UnitValues(Shape):
    unit: UnitNamed
    values: list[ValueShape] = Field(description=_("The earliest first"))
    notes: list[str] = Field(
        description=_(
            "What was divided by a reform and is counted whole, here or elsewhere: a sentence for each; none as "
            "reported"
        )
    )


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
    head = get_object_or_404(Indicator.objects.select_related("cohort"), code=code)
    unit = asked.found_unit(today)
    first, last = _span(asked, today)
    spoken = _spoken(head, asked.cohort, min(period_ends(last, asked.period) - ONE_DAY, today))
    indicator, cohort = spoken.indicator, spoken.cohort
    which, map_day = map_of(asked.map, today)
    during = (first, period_ends(last, asked.period) - ONE_DAY) if which == Map.REPORTED else None
    units = units_at(unit, asked.level, map_day or today, during)
    start = (asked.page - 1) * asked.limit
    shown = units[start : start + asked.limit]
    span, chosen = Span(first, last, asked.period, today), ChosenMap(which, map_day)
    try:
        found = values_by_period(indicator, spoken.named, unit, shown, span, chosen)
    except OnlyYears as refused:
        raise BadField("period", str(refused)) from None
    paths, notes = _paths(indicator, cohort, shown, span), notes_by_unit(shown, chosen, today)
    return IndicatorValues(
        indicator=indicator.code,
        cohort=CohortShape.of(cohort),
        value_is=unit_measure(indicator).lower(),
        map="own" if which == Map.TODAY else asked.map,
        refreshed_at=now.replace(second=0, microsecond=0),
        is_sample=has_sample(unit, day_on_map_of(unit, today)),
        licence=Licensed.address(),
        items=[
            UnitValues(
                unit=UnitNamed.of(each),
                values=[_shape(value, indicator, paths[each.pk]) for value in found[each.pk]],
                notes=notes.get(each.pk, []),
            )
            for each in shown
        ],
        count=len(units),
        next=asked.page + 1 if start + asked.limit < len(units) else None,
    )


def _spoken(head: Indicator, asked: str, day: dt.date) -> Spoken:
    known = of_whom(head, day)
    if not known.choices:
        raise BadField("cohort", gettext("No plan sets a target for this yet, so nobody has said of whom it speaks."))
    found = known.find(asked)
    if found is None:
        raise BadField("cohort", gettext("This indicator does not speak of them. Look them up at the indicator."))
    return found


def _span(asked: ValueFilter, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first days of the first and of the last period."""
    this_year = year_month("year", asked.year, dt.date(today.year, 1, 1))
    first = year_month("first", asked.first, year_month("last", asked.last, this_year))
    last = year_month("last", asked.last, first)
    if asked.period != Period.YEAR and len(asked.last or asked.first or "year") == 4:
        last = last.replace(month=12)
    if last < first:
        raise BadField("last", gettext("The last month lies before the first."))
    if last.year - first.year >= MOST_YEARS:
        raise BadField("first", gettext("Ask for at most {most} years at a time.").format(most=MOST_YEARS))
    return first_day_of(first, asked.period), first_day_of(last, asked.period)


def _paths(indicator: Indicator, cohort: Cohort, units: list[AdminUnit], span: Span) -> dict[int, TargetPath | None]:
    """What plans ask of each unit, measured as the values are; of nobody within years: plans set figures for years. Nor
    where the value is yes or no, which no figure of a plan stands beside."""
    if span.period != Period.YEAR or indicator.kind == IndicatorKind.YES_NO:
        return dict.fromkeys(unit.pk for unit in units)
    pair = indicator.code, cohort.code
    bound = target_paths_of(units, min(dt.date(span.last.year, 12, 31), span.today))
    found = {
        pk: next((each for each in paths if each.pair == pair and not each.is_partial), None)
        for pk, paths in bound.items()
    }
    return {pk: path and path.beside(indicator) for pk, path in found.items()}


def _shape(found: PeriodValue, indicator: Indicator, path: TargetPath | None) -> ValueShape:
    value = found.value
    state, (numerator, denominator) = state_of(value, indicator), parts_of(value, indicator)
    stated, covered = path.stated(value.year) if path else None, told_coverage(value, indicator)
    return ValueShape(
        period=found.key,
        state=state,
        value=_float(number_of(value, indicator)),
        numerator=numerator,
        denominator=denominator,
        longer=found.told_longer(indicator),
        reporting=covered.reporting,
        expected=covered.expected,
        coverage=_float(covered.percent),
        base_year=value.base_year,
        due=_float(path.expected(value.year)) if path else None,
        target=_float(stated.comparable) if stated else None,
        version=value.version,
        cohort=value.cohort_code,
        residents=ResidentsShape.of(value.residents),
        is_provisional=found.is_provisional,
        note=note_of(value, indicator),
    )


def _float(number: int | Decimal | None) -> float | None:
    return None if number is None else float(number)
