"""The shape of a figure."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from hocsuotdoi.indicators.enums import ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.residents import Residents
from hocsuotdoi.places.models import AdminUnit

Pair = tuple[str, str]
"""An indicator's code and a cohort's, or `OWN` in its place."""
OWN = ""
"""Of whom the definition itself speaks: in each year, as the version has it that holds then (decision 129)."""


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """A figure of one indicator for one cohort, unit and year.

    `state` says whether there is one. `numerator` and `denominator` are what it is made of and what is ever added up;
    `percent` is made from them (growth: the yearly rate), with two decimals. `reporting` of `expected` is its coverage:
    institutions, units, or attendances of known people. `note` says in words what a reader must know beside it.
    """

    indicator_code: str
    cohort_code: str
    unit: AdminUnit
    year: int
    state: ValueState
    numerator: int | None = None
    denominator: int | None = None
    percent: Decimal | None = None
    reporting: int = 0
    expected: int = 0
    base_year: int | None = None
    note: str = ""
    version: int = 1
    """Of the definition, as it stood on the last day that counts."""
    kept_back: bool = False
    """Whether it is of people by sex or age and cannot be told; then it holds no number."""
    defined: tuple[Indicator, Cohort] | None = field(default=None, compare=False, repr=False)
    """The definition and of whom, as they held then: the words about a figure are theirs. None: as whoever asks has
    it."""
    residents: Residents | None = field(default=None, compare=False, repr=False)
    """What was entered, where it is a share of residents."""

    @property
    def has_value(self) -> bool:
        return self.state == ValueState.VALUE

    @property
    def coverage(self) -> Decimal | None:
        """Reporting of expected, in per cent; None when nobody is expected."""
        return percent_of(self.reporting, self.expected)


def percent_of(numerator: int, denominator: int) -> Decimal | None:
    """`numerator` in per cent of `denominator`, two decimals; None where the denominator is zero."""
    if not denominator:
        return None
    return two_decimals(Decimal(100) * numerator / denominator)


def yearly_growth(now: int, base: int, years: int) -> Decimal:
    """The compound yearly rate in per cent that leads from `base` (above zero) to `now` in `years` (above zero)."""
    if now <= 0:
        return Decimal("-100.00")
    # A root in decimals takes as long as all else about a commune; binary fractions say the same unless they lie too
    # near to where rounding turns.
    factor = (now / base) ** (1 / years)
    hundredths = 10_000 * (factor - 1)
    if abs(hundredths % 1 - 0.5) > 1e-10 * (10_000 + abs(hundredths)):
        return Decimal(round(hundredths)).scaleb(-2)
    rate = (Decimal(now) / Decimal(base)) ** (Decimal(1) / Decimal(years)) - 1
    return two_decimals(100 * rate) + 0  # no «-0.00»


def two_decimals(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
