"""What of a typed sheet asks to be looked at again before it is written. Nothing of it is refused: each may be true.

Beside its own earlier periods a figure is held by the rule of the night (`quality_series`, `quality_periods`); a house
without any is held against what needs none: how long the period was, what was typed beside it, what houses like it
told, and how many people live there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from statistics import quantiles
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.core.templatetags.house import number
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import FreshInstitutionMonth, Population
from hocsuotdoi.indicators.queries import quality_periods, quality_series
from hocsuotdoi.indicators.queries.quality_limits import (
    LEAST_DIFFERENCE,
    LEAST_OTHERS,
    MOST_A_DAY,
    MOST_AT_A_SESSION,
    MOST_PER_RESIDENT,
    MOST_SESSIONS_A_DAY,
    SESSIONS_ALONE,
    TIMES_OTHERS,
)
from hocsuotdoi.indicators.queries.quality_rules import MEASURES_OF_RESIDENTS
from hocsuotdoi.indicators.queries.residents import NEWEST
from hocsuotdoi.indicators.queries.stated import Change, ChangeKind, Planned, Sheet, with_leaps
from hocsuotdoi.places.enums import LIBRARIES, MUSEUMS, Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of, units_reading_as

_NEW = (ChangeKind.NEW, ChangeKind.CHANGED)
_TOGETHER = (StatedColumn.SESSION, StatedColumn.ATTENDANCE)


def with_looks(plan: Planned) -> list[Change]:
    """Every change of the plan, with what asks for a look at it: `leap` and `history` beside its own earlier periods,
    `bounds` beside what needs none. Six queries, however many figures there are."""
    sheet = plan.sheet
    changes = with_leaps(plan.changes, sheet.period)
    told = [each for each in changes if each.kind in _NEW and each.after is not None]
    if not told:
        return changes
    usual = _usual(told, sheet.period, sheet.today)
    around = _Around(sheet, told)

    def looked_at(change: Change) -> Change:
        if change.kind not in _NEW or change.after is None:
            return change
        history = "" if change.leap else usual.get((change.institution.pk, change.column), "")
        return replace(change, history=history, bounds=tuple(_bounds(change, sheet, around)))

    return [looked_at(each) for each in changes]


# -- its own earlier periods --


def _usual(changes: Collection[Change], period: Period, day: dt.date) -> dict[tuple[int, StatedColumn], str]:
    """In words, what is usual for figures that are far from it, by the rule that looks at them at night. One query."""
    is_month = period.month is not None
    rows = [
        (
            each.institution.pk,
            each.column.measure if is_month else each.column.value,
            each.after - (each.before or 0) if is_month else each.after,
        )
        for each in changes
        if each.after
    ]
    if not rows:
        return {}
    keys, measures, quantities = (list(each) for each in zip(*rows, strict=True))
    asked: dict[str, Any] = {
        "institutions": keys,
        "measures": measures,
        "columns": measures,
        "quantities": quantities,
        "months": [period.starts_on],
        "first": months_from(period.starts_on, -36) if is_month else period.starts_on,
        "last": period.starts_on,
        "until": period.ends_on,
        "period": period.code,
        "day": day,
    }
    with connection.cursor() as cursor:
        cursor.execute((quality_series if is_month else quality_periods).PROPOSED, asked)
        found = {
            (institution, measure): quality_series.read(numbers)
            for institution, _unit, measure, code, _starts, _ends, numbers in cursor.fetchall()
            if code == period.code
        }
    sentence = (
        _("Look at it again: its earlier months have {median}, this one {value}")
        if is_month
        else _("Look at it again: its earlier periods as long have {median}, this one {value}")
    )
    return {
        (each.institution.pk, each.column): sentence.format(
            median=number(round(numbers["median"])), value=number(numbers["value"])
        )
        for each in changes
        if (numbers := found.get((each.institution.pk, each.column.measure if is_month else each.column.value)))
    }


# -- what needs no history --


def _bounds(change: Change, sheet: Sheet, around: "_Around") -> Iterable[str]:
    days = (sheet.period.counted_until(sheet.today) - sheet.period.starts_on).days + 1
    most = MOST_SESSIONS_A_DAY if change.column == StatedColumn.SESSION else MOST_A_DAY
    if change.total > most * days:
        yield _("Look at it again: more than {most} a day, on each of {days} days").format(most=number(most), days=days)
    if change.column in _TOGETHER and (said := _sessions_and_people(change, sheet, around)):
        yield said
    if limit := around.limit_of(change):
        others, usual = limit
        if change.total > TIMES_OTHERS * usual * around.months and change.total >= LEAST_DIFFERENCE:
            yield _(
                "Look at it again: of {others} institutions of this kind nearby nearly all have at most {usual} a month"
            ).format(others=number(others), usual=number(round(usual)))
    most_of_all = around.residents * MOST_PER_RESIDENT * around.months / 12 if around.residents else None
    if most_of_all and change.column.measure in MEASURES_OF_RESIDENTS and change.total > most_of_all:
        yield _("Look at it again: far too many for the {residents} residents of {unit}").format(
            residents=number(around.residents), unit=sheet.unit.name
        )


def _sessions_and_people(change: Change, sheet: Sheet, around: "_Around") -> str:
    sessions, people = (around.quantity(change.institution.pk, column) for column in _TOGETHER)
    if sessions is None or people is None:
        return ""
    if sessions >= SESSIONS_ALONE and people < sessions:
        return _(
            "Look at it again: {sessions} sessions and {people} attendances. Have the two columns been swapped?"
        ).format(sessions=number(sessions), people=number(people))
    if sessions and people > MOST_AT_A_SESSION * sessions:
        return _("Look at it again: {people} attendances at {sessions} sessions").format(
            people=number(people), sessions=number(sessions)
        )
    return ""


class _Around:
    """What stands around the figures of a sheet. Three queries."""

    def __init__(self, sheet: Sheet, changes: Collection[Change]) -> None:
        self._sheet = sheet
        self._after = {(each.institution.pk, each.column): each.total for each in changes}
        self.months = round((sheet.period.ends_on - sheet.period.starts_on).days / 30.4)
        day = day_on_map_of(sheet.unit, sheet.period.counted_until(sheet.today))
        within = [each for each in AdminUnit.objects.above(sheet.unit, day) if each.tier == Tier.PROVINCE]
        self._limits = _limits(within[0] if within else sheet.unit, day, sheet.period, changes)
        self.residents = _residents(sheet.unit, sheet.period.year)

    def quantity(self, institution: int, column: StatedColumn) -> int | None:
        """All that would stand, typed in and recorded; None: nobody has said."""
        spot = institution, column
        if spot in self._after:
            return self._after[spot]
        typed, recorded = self._sheet.quantity(spot), self._sheet.recorded.get(spot, 0)
        return None if typed is None and not recorded else (typed or 0) + recorded

    def limit_of(self, change: Change) -> tuple[int, float] | None:
        """How many houses of its class, or of its kind where these are few, told the measure; and what in a month all
        but a few of them stay below."""
        own = change.institution.institution_class
        return self._limits.get((own, change.column.measure)) or self._limits.get(
            (_kind_of(own), change.column.measure)
        )


def _kind_of(institution_class: str) -> str:
    if institution_class in LIBRARIES:
        return "libraries"
    return "museums" if institution_class in MUSEUMS else "centres"


def _limits(
    province: AdminUnit, day: dt.date, period: Period, changes: Collection[Change]
) -> Mapping[tuple[str, str], tuple[int, float]]:
    """By class (or kind of class) and measure, of the year before the period, in the province."""
    rows = (
        FreshInstitutionMonth.objects.filter(
            place_id__in=units_reading_as(province, day).values("pk"),
            month__range=(months_from(period.starts_on, -12), months_from(period.starts_on, -1)),
            measure__in={each.column.measure for each in changes},
        )
        .exclude(institution__in={each.institution.pk for each in changes})
        .order_by()
        .values_list("institution__institution_class", "measure", "institution")
        .annotate(Sum("quantity"), Count("month", distinct=True))
    )
    means: dict[tuple[str, str], list[float]] = defaultdict(list)
    for institution_class, measure, _institution, quantity, months in rows:
        if quantity > 0:
            means[institution_class, measure].append(quantity / months)
            means[_kind_of(institution_class), measure].append(quantity / months)
    return {key: (len(found), quantiles(found, n=20)[-1]) for key, found in means.items() if len(found) >= LEAST_OTHERS}


def _residents(unit: AdminUnit, year: int) -> int:
    """Of the newest year that is known and not too old; 0: not known."""
    rows = Population.objects.filter(unit=unit, year__lte=year, year__gt=year - NEWEST).order_by("-year")
    known = [(urban or 0) + (rural or 0) for urban, rural in rows.values_list("urban", "rural")]
    return next((each for each in known if each), 0)
