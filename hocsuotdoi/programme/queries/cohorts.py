"""Of whom indicators speak: the groups that plans set targets for, and the indicator's own.

A plan says of whom, and that stays; of whom an indicator itself speaks each version of it says, from its day on
(decision 129). One that no plan names is therefore asked for as the indicator's own, whatever version's code an address
carries.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion
from hocsuotdoi.indicators.queries.definitions import as_defined_on, held_on, speaking_of_themselves
from hocsuotdoi.indicators.queries.results import OWN, Pair
from hocsuotdoi.programme.models import Target


@dataclass(frozen=True, slots=True)
class Spoken:
    """One that an indicator can be asked about on a day. `is_own`: as its definition says, which may say another in
    other years."""

    indicator: Indicator
    cohort: Cohort
    is_own: bool

    @property
    def pair(self) -> Pair:
        """By which its figures are asked for."""
        return self.indicator.code, OWN if self.is_own else self.cohort.code

    @property
    def named(self) -> Cohort | None:
        """None: as the definition of each period says."""
        return None if self.is_own else self.cohort


@dataclass(frozen=True, slots=True)
class OfWhom:
    """An indicator as it was defined on a day, and of whom it can be asked. `own`: of whom its versions spoke."""

    indicator: Indicator
    choices: list[Spoken]
    own: frozenset[str]

    @property
    def cohorts(self) -> list[Cohort]:
        return [each.cohort for each in self.choices]

    def find(self, code: str) -> Spoken | None:
        """Who is meant by a code: the usual one where there is none; by the code of another version, of whom the
        indicator spoke on the day."""
        if not code:
            return self.choices[0] if self.choices else None
        if (found := next((each for each in self.choices if each.cohort.code == code), None)) is not None:
            return found
        return next((each for each in self.choices if code in self.own and each.cohort == self.indicator.cohort), None)


def of_whom(head: Indicator, day: dt.date) -> OfWhom:
    """Its own first where no plan names it, then those of which most plans speak. No choice: no plan sets a target for
    it yet, so nobody has said of whom it speaks. One query, two with its own; two more where it has several versions.
    """
    targeted = Cohort.objects.filter(targets__in=Target.objects.issued().filter(indicator=head))
    indicator = held_on(head, day)
    choices = [
        Spoken(indicator, each, is_own=False)
        for each in targeted.annotate(spoken_of=Count("targets")).order_by("-spoken_of", "code")
    ]
    own = indicator.cohort
    if own is not None and own not in [each.cohort for each in choices]:
        choices.insert(0, Spoken(indicator, own, is_own=True))
    codes = set(head.versions.values_list("cohort_id", flat=True)) if head.version > 1 else {head.cohort_id}
    return OfWhom(indicator, choices, frozenset(filter(None, codes)))


def cohorts_of(indicator: Indicator, day: dt.date) -> list[Cohort]:
    return of_whom(indicator, day).cohorts


def every_spoken(day: dt.date) -> list[tuple[Spoken, frozenset[str]]]:
    """All that can be asked, in the order of the programme: each as it was defined on `day`, with the codes that mean
    it. Four queries, one more where one has several versions."""
    targeted = Target.objects.issued().order_by().values_list("indicator", "cohort").distinct()
    indicators, cohorts = as_defined_on(Indicator.objects.in_bulk(), day), Cohort.objects.in_bulk()
    found = {(i, c): (Spoken(indicators[i], cohorts[c], is_own=False), frozenset({c})) for i, c in targeted}
    for own in speaking_of_themselves(day, IndicatorVersion.objects.all()):
        if (cohort := own.indicator.cohort) is not None:
            pair = own.indicator.code, cohort.code
            codes = frozenset(
                each for each in own.cohorts if (own.indicator.code, each) not in found or each == cohort.code
            )
            spoken, _codes = found.get(pair, (Spoken(own.indicator, cohort, is_own=True), None))
            found[pair] = spoken, codes
    return sorted(found.values(), key=lambda each: (each[0].indicator.ordinal, each[0].cohort.name))


def spoken_pairs() -> list[tuple[str, str]]:
    """Every indicator's code with each cohort's of whom it speaks, or spoke in an earlier version. Two queries."""
    found: dict[str, set[str]] = defaultdict(set)
    for indicator, cohort in Target.objects.issued().values_list("indicator_id", "cohort_id").distinct():
        found[indicator].add(cohort)
    versions = IndicatorVersion.objects.order_by().exclude(cohort=None).values_list("indicator_id", "cohort_id")
    heads = Indicator.objects.order_by().exclude(cohort=None).values_list("code", "cohort_id")
    for indicator, cohort in versions.union(heads):
        found[indicator].add(cohort)
    return sorted((indicator, cohort) for indicator, cohorts in found.items() for cohort in cohorts)
