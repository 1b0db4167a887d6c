"""What a figure is made of at a unit: whole numbers that add up over disjoint places.

The parts of a province are the sum of those of its communes; `values` makes the figure from the sum. So parts can be
kept, commune by commune, and only those of places where something was written need to be made anew (`kept_parts`).

An institution that moved from one commune to another is the exception: growth compares what was counted at it
everywhere in the unit. It stands beside the sum, by itself (`loose`), until all its places are together.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import add, sub
from typing import NamedTuple

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome, StockCode
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.conditions import over_for
from hocsuotdoi.indicators.queries.frame import Expected
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.sums import counted_for
from hocsuotdoi.places.models import AdminUnit


class Parts(NamedTuple):
    """`expected`: institutions, or units. `yes`, `no`, `excused` of them count, do not, are not asked. `reporting`:
    those that have figures; in growth those of the constant set. `total`, `whole`: sums, above and below the line.
    `base`: the sum of the base year. `added`, `gone`: institutions that stand apart now and then, with their sums.
    `registered`: places with an open institution of any class."""

    expected: int = 0
    yes: int = 0
    no: int = 0
    excused: int = 0
    reporting: int = 0
    total: int = 0
    whole: int = 0
    base: int = 0
    added: int = 0
    added_sum: int = 0
    gone: int = 0
    gone_sum: int = 0
    registered: int = 0

    def plus(self, other: "Parts") -> "Parts":
        return Parts(*map(add, self, other))

    def minus(self, other: "Parts") -> "Parts":
        return Parts(*map(sub, self, other))

    def settled(self) -> "Parts":
        """Of one institution, once all its places are together: compared, or apart."""
        if self.reporting:
            return Parts(expected=self.expected, reporting=1, total=self.total, base=self.base)
        return Parts(
            expected=self.expected,
            added=int(self.added > 0),
            added_sum=self.total,
            gone=int(self.gone > 0),
            gone_sum=self.base,
        )


COLUMNS = Parts._fields
NOTHING = Parts()
Loose = dict[int, Parts]
"""Institution id to its parts at a unit, not settled: `total` and `base` are what was counted at it there."""


@dataclass(frozen=True, slots=True)
class Made:
    """The parts of one figure at one unit."""

    parts: Parts = NOTHING
    loose: Loose = field(default_factory=dict)

    def settled(self) -> Parts:
        if not self.loose:
            return self.parts
        return added_up([self.parts, *(each.settled() for each in self.loose.values())])


def added_up(many: Iterable[Parts]) -> Parts:
    rows = list(many)
    return Parts(*map(sum, zip(*rows, strict=True))) if rows else NOTHING


def together(many: Iterable[Made]) -> Made:
    """Of disjoint places."""
    found = list(many)
    if len(found) == 1:
        return found[0]
    loose: dict[int, list[Parts]] = {}
    for made in found:
        for institution, parts in made.loose.items():
            loose.setdefault(institution, []).append(parts)
    return Made(
        added_up(made.parts for made in found),
        {institution: added_up(parts) for institution, parts in loose.items()},
    )


def adds_up(indicator: Indicator, cohort: Cohort) -> bool:
    """Whether the figure is made of parts at communes. Different people are not, nor whether something larger than a
    commune has an institution, nor what is counted at an institution wherever it moved and then held to a number."""
    if indicator.kind == IndicatorKind.SHARE_OF_POPULATION or indicator.measures == [StockCode.ACTIVE_USERS]:
        return False
    if cohort.kind == CohortKind.UNITS and cohort.tier not in ("", "commune"):
        return False
    return indicator.kind in (IndicatorKind.GROWTH, IndicatorKind.COUNT, IndicatorKind.STOCK) or not indicator.measures


def parts_from(material: Material, group: AdminUnit, indicator: Indicator, cohort: Cohort) -> Made:
    """No query."""
    return _Parts(material, group, indicator, cohort).made()


class _Parts:
    def __init__(self, material: Material, group: AdminUnit, indicator: Indicator, cohort: Cohort) -> None:
        self.material, self.group, self.indicator, self.cohort = material, group, indicator, cohort
        self.institutions = material.cohort(group, cohort)

    def made(self) -> Made:
        kind = self.indicator.kind
        if kind == IndicatorKind.GROWTH:
            return self._growth()
        if kind == IndicatorKind.COUNT:
            return Made(self._count())
        if kind == IndicatorKind.SHARE_OF_POPULATION or self.indicator.measures == [StockCode.ACTIVE_USERS]:
            return Made()
        if kind == IndicatorKind.STOCK:
            return Made(self._stock())
        if kind != IndicatorKind.YES_NO and self.cohort.kind == CohortKind.UNITS and self.cohort.tier:
            return Made(self._units())
        return Made(self._outcomes())

    def _outcomes(self) -> Parts:
        if not self.institutions:
            return Parts(registered=self._registered())
        outcomes = Counter(self._outcome(each) for each in self.institutions)
        return Parts(
            expected=len(self.institutions),
            yes=outcomes[Outcome.MET],
            no=outcomes[Outcome.NOT_MET],
            excused=outcomes[Outcome.NOT_APPLICABLE],
            registered=self._registered(),
        )

    def _units(self) -> Parts:
        material, tier = self.material, self.cohort.tier
        units = material.units_of.get((self.group.pk, tier), [])
        answers: dict[int, list[bool | None]] = {}
        for institution in self.institutions:
            if (unit_id := material.unit_where(institution.unit_id, tier, self.group)) is not None:
                answers.setdefault(unit_id, []).append(material.counts(self.indicator, self.cohort, institution))
        registered = material.registered_units(tier)
        decides = material.decides(self.indicator)
        verdicts = Counter(
            _verdict(answers.get(unit_id, []), absence_counts=unit_id in registered and not decides)
            for unit_id in units
        )
        return Parts(expected=len(units), yes=verdicts[True], no=verdicts[False])

    def _growth(self) -> Made:
        counted = counted_for(self.indicator, self.cohort)
        year = self.material.frame.year
        base_year = counted.base_before(year)
        expected = {each.institution_id for each in self.institutions}
        if base_year is None:
            return Made(Parts(expected=len(expected)))
        constant = self.material.constant_set(self.institutions, counted, base_year)
        base = self.material.sums_by_institution(self.group, counted, base_year)
        now = self.material.sums_by_institution(self.group, counted, year)
        loose = {
            each: Parts(
                expected=int(each in expected),
                reporting=int(each in constant),
                total=now.pop(each, 0) if (is_now := each in now) else 0,
                base=base.pop(each, 0) if (was := each in base) else 0,
                added=int(is_now),
                gone=int(was),
            )
            for each in self.material.crossers
            if each in expected or each in base or each in now
        }
        expected -= loose.keys()
        constant -= loose.keys()
        apart_now, apart_then = now.keys() - constant, base.keys() - constant
        parts = Parts(
            expected=len(expected),
            reporting=len(constant),
            total=sum(now.get(each, 0) for each in constant),
            base=sum(base.get(each, 0) for each in constant),
            added=len(apart_now),
            added_sum=sum(now[each] for each in apart_now),
            gone=len(apart_then),
            gone_sum=sum(base[each] for each in apart_then),
        )
        return Made(parts, loose)

    def _count(self) -> Parts:
        material, year = self.material, self.material.frame.year
        counted = counted_for(self.indicator, self.cohort)
        told = material.reporting(counted, year)
        reporting = {key for each in self.institutions if (key := each.institution_id) in told}
        whole = 0
        if self.indicator.over:
            below = material.sums_by_institution(self.group, over_for(self.indicator, self.cohort), year)
            whole = sum(quantity for institution, quantity in below.items() if institution in told)
        return Parts(
            expected=len(self.institutions),
            reporting=len(reporting),
            total=sum(material.sums_by_institution(self.group, counted, year).values()),
            whole=whole,
        )

    def _stock(self) -> Parts:
        stock = self.material.stocks.of(self.indicator.measures[0])
        below = [self.material.stocks.of(each) for each in self.indicator.over]
        known = [each.institution_id for each in self.institutions if each.institution_id in stock]
        return Parts(
            expected=len(self.institutions),
            reporting=len(known),
            total=sum(stock[each] for each in known),
            whole=sum(each.get(institution, 0) for each in below for institution in known),
            registered=self._registered(),
        )

    def _outcome(self, institution: Expected) -> Outcome:
        return self.material.outcome(self.indicator, self.cohort, institution)

    def _registered(self) -> int:
        return self.material.places_registered(self.group) if self.material.absence_counts(self.indicator) else 0


def _verdict(answers: list[bool | None], *, absence_counts: bool) -> bool | None:
    """A unit has it when one of its institutions does; without any, only a unit with a register can be said not to."""
    if True in answers:
        return True
    if None in answers or not answers:
        return False if absence_counts and not answers else None
    return False
