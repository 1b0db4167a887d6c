"""The numbers of a figure, how they add up, and the keys that name them in snapshots and documents. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.profiles import is_of_people
from hocsuotdoi.indicators.queries.results import IndicatorValue, percent_of, yearly_growth
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

KEPT_BACK = "kept_back"
"""Beside the states of indicators: known, and not told because it would give people away."""
DUE = "due"
"""How keys of what a target's trajectory asks for in a year begin."""
LONGER = "longer"
"""In place of a month: what was typed in for a quarter or a year."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What is ever added up: numerator and denominator, and of how many it is told. None is not reported, never 0."""

    numerator: Decimal | None
    denominator: Decimal | None = None
    reporting: int | None = None
    expected: int | None = None
    is_kept_back: bool = False

    @property
    def state(self) -> str:
        if self.is_kept_back:
            return KEPT_BACK
        return str(ValueState.NOT_REPORTED if self.numerator is None else ValueState.VALUE)

    def plus(self, other: "Amount") -> "Amount":
        return Amount(
            _added(self.numerator, other.numerator),
            _added(self.denominator, other.denominator),
            _counted(self.reporting, other.reporting),
            _counted(self.expected, other.expected),
            self.is_kept_back or other.is_kept_back,
        )

    def out_of(self, more: int) -> "Amount":
        """The same, of which so many more were expected to tell."""
        if not more:
            return self
        return Amount(
            self.numerator,
            self.denominator,
            self.reporting or 0,
            (self.expected or 0) + more,
            self.is_kept_back,
        )


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    known = [each for each in (one, other) if each is not None]
    return sum(known, Decimal(0)) if known else None


def _counted(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return sum(known) if known else None


def added_up(amounts: Iterable[Amount | None]) -> Amount | None:
    total: Amount | None = None
    for each in amounts:
        if each is not None:
            total = each if total is None else total.plus(each)
    return total


# -- keys --


def indicator_key(indicator: str, cohort: str, year: int | str) -> str:
    return f"indicator:{indicator}:{cohort}:{year}"


def measure_key(measure: str, year: int | str, cut: str = "", value: object = "") -> str:
    """`year`: or a period («2023-2025»). `cut`: by which the measure is cut, with the value: sex, age, month,
    observance; «after» a day, what was of the rest of the year."""
    key = f"measure:{measure}:{year}"
    return f"{key}:{cut}:{value or 'unknown'}" if cut else key


def money_key(stage: str, source: str, year: int | str) -> str:
    return f"money:{stage}:{source}:{year}"


def tasks_key(state: str, year: int | str) -> str:
    return f"tasks:{state}:{year}"


def due_key(target: int, year: int) -> str:
    return f"{DUE}:{target}:{year}"


def whole_of(key: str) -> str:
    """The key of the measure that a part by sex, age, month or observance is cut from; empty where it is no part."""
    what, name, year, *cut = key.split(":")
    if not cut or what != "measure":
        return ""
    # Visits of a month are those of libraries, museums and centres together: there is no figure of all of them.
    return measure_key(MeasureCode.PROGRAMME_SESSION if name == "visit" else name, year)


def is_of_year(key: str, year: int | str) -> bool:
    """`year`: or a period, as in `period_key`."""
    return str(year) in key.split(":")


def period_key(key: str, year: int, period: str) -> str:
    """The key of the same figure over the whole period."""
    return ":".join(period if part == str(year) else part for part in key.split(":"))


def key_of_year(key: str, year: int, other: int) -> str:
    """The key of the same figure in another year."""
    return ":".join(str(other) if part == str(year) else part for part in key.split(":"))


# -- indicators --


def adds_up(indicator: Indicator, cohort: Cohort) -> bool:
    """Whether reports add the figure up from those below. Different people do not add up, nor does what is cut by sex
    or age (a sum of what was told would leave out what was kept back), nor whether something larger than a commune has
    an institution: these are asked anew."""
    if is_of_people(indicator) or indicator.kind == IndicatorKind.SHARE_OF_POPULATION:
        return False
    if indicator.measures == [StockCode.ACTIVE_USERS]:
        return False
    return cohort.kind != CohortKind.UNITS or cohort.tier in ("", Tier.COMMUNE)


def value_of_amount(
    indicator: Indicator, cohort: Cohort, unit: AdminUnit, year: int, amount: Amount, note: str
) -> IndicatorValue:
    """The figure that the numbers make: shares and growth from the sums of their parts, never from percentages."""
    top, below = amount.numerator, amount.denominator
    percent, state, base_year = None, ValueState.VALUE, indicator.base_year
    if indicator.kind == IndicatorKind.GROWTH:
        if top is None or not below or base_year is None or base_year >= year:
            state = ValueState.NOT_REPORTED
        else:
            percent = yearly_growth(int(top), int(below), year - base_year)
    elif top is None and not amount.is_kept_back:
        state = ValueState.NOT_REPORTED
    elif top is not None and below is not None and indicator.kind != IndicatorKind.YES_NO:
        percent = percent_of(int(top), int(below))
        state = ValueState.VALUE if below else ValueState.NOT_APPLICABLE
    return IndicatorValue(
        indicator.code,
        cohort.code,
        unit,
        year,
        state,
        numerator=None if top is None else int(top),
        denominator=None if below is None else int(below),
        percent=percent,
        reporting=amount.reporting or 0,
        expected=amount.expected or 0,
        base_year=base_year if indicator.kind == IndicatorKind.GROWTH else None,
        note=note,
        version=indicator.version,
        kept_back=amount.is_kept_back,
    )
