"""Whether an institution counts, where the definition itself says when: by one criterion, by how much was counted at it
in the year, or by what it has on a day. Loaded by `material.Material`; asking runs no query."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from hocsuotdoi.indicators.enums import AnswerValue, IndicatorKind, Outcome, StockCode
from hocsuotdoi.indicators.models import Cohort, Definition, Indicator
from hocsuotdoi.indicators.queries.criteria import Checklists
from hocsuotdoi.indicators.queries.definitions import counts_happenings, counts_stock, has_condition
from hocsuotdoi.indicators.queries.frame import Expected, Frame
from hocsuotdoi.indicators.queries.stocks import Stock, stocks_on
from hocsuotdoi.indicators.queries.sums import Counted, counted_for

_OUTCOMES = {
    AnswerValue.YES: Outcome.MET,
    AnswerValue.NO: Outcome.NOT_MET,
    AnswerValue.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
    None: Outcome.UNKNOWN,
}


def criterion_of(definition: Definition) -> tuple[str, str]:
    """The indicator and the criterion that a definition names; two empty words where it names none."""
    indicator, _slash, criterion = definition.criterion.partition("/")
    return indicator, criterion


def counted_by_conditions(defined: Iterable[tuple[Indicator, Cohort]]) -> set[Counted]:
    return {counted_for(i, c) for i, c in defined if has_condition(i) and not i.criterion and counts_happenings(i)}


def counted_below(defined: Iterable[tuple[Indicator, Cohort]]) -> set[Counted]:
    """What stands in denominators of counts: everything of these measures, whoever it was."""
    return {over_for(i, c) for i, c in defined if i.kind == IndicatorKind.COUNT and i.over}


def over_for(indicator: Indicator, cohort: Cohort) -> Counted:
    return Counted(tuple(indicator.over), (), tuple(cohort.classes))


def people_for(indicator: Indicator) -> Counted:
    """Of whom a share of the population is made: whoever took part, at whatever institution."""
    return replace(counted_for(indicator, Cohort()), classes=())


class Stocks:
    """What the institutions have on the frame's last day, of every stock that some definition speaks of."""

    def __init__(
        self, frame: Frame, defined: Sequence[tuple[Indicator, Cohort]], institutions: Sequence[Expected]
    ) -> None:
        codes = {code for i, _c in defined if counts_stock(i) for code in [*i.measures, *i.over]}
        codes &= set(StockCode.values)
        known = [each.institution_id for each in institutions]
        self._stocks = stocks_on(frame, codes, known) if codes else {}

    def of(self, code: str) -> Stock:
        return self._stocks.get(code, {})


def condition_outcome(
    indicator: Indicator,
    institution: Expected,
    *,
    checklists: Checklists | None,
    stocks: Stocks,
    counted: dict[int, int],
    reporting: Set[int],
) -> Outcome:
    """`counted`: institution id to what was counted at it in the year; `reporting`: those that are not silent."""
    key = institution.institution_id
    if indicator.criterion:
        if checklists is None:
            return Outcome.UNKNOWN
        return _OUTCOMES[checklists.holds(*criterion_of(indicator), institution)]
    if counts_stock(indicator):
        has = stocks.of(indicator.measures[0]).get(key)
    else:
        has = counted.get(key, 0) if key in reporting else None
    if has is None:
        return Outcome.UNKNOWN
    return Outcome.MET if has >= indicator.at_least else Outcome.NOT_MET
