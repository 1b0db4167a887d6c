"""What the nation reaches if every province meets its own target.

Counted over the provinces that stood before the reform of 1 July 2025, because their plans hold the figures; each lies
in exactly one province of today. A province is taken at the figure of the plan that speaks for it: the one that its
successor has issued since, else its own; figures that were taken over, replaced or dropped by a decision are read as
they are asked since. Provinces weigh by the number of institutions that the register knows there.
Growth is left out: it would weigh by visits.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.enums import CohortKind
from hocsuotdoi.indicators.queries.results import percent_of, two_decimals
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, Succession
from hocsuotdoi.programme.enums import PlanKind, TargetUnit
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.programme.queries.binding import Bound, bound_of
from hocsuotdoi.programme.queries.plan_facts import TIER_ENDED, TargetFacts, target_facts
from hocsuotdoi.programme.queries.plan_rules_above import required_figure
from hocsuotdoi.programme.queries.targets import effective_targets

LAST_OLD_DAY = TIER_ENDED[Tier.DISTRICT] - dt.timedelta(days=1)


@dataclass
class Feasibility:
    """One national target held against the provinces' own figures for it.

    `of_planned` is reached over the institutions of provinces with a figure; `of_all` when the other provinces meet the
    national figure exactly. None where the register knows no institution to weigh by. `planned` of `known` institutions
    is the coverage.
    """

    target: Target
    facts: TargetFacts
    with_figure: list[tuple[AdminUnit, Decimal, int]] = field(default_factory=list)
    without_figure: list[AdminUnit] = field(default_factory=list)
    planned: int = 0
    known: int = 0
    of_planned: Decimal | None = None
    of_all: Decimal | None = None

    @property
    def is_reached(self) -> bool | None:
        """Whether the nation reaches its figure; None where nothing can be weighed."""
        return None if self.of_all is None else self.of_all >= self.facts.comparable

    @property
    def coverage(self) -> Decimal | None:
        return percent_of(self.planned, self.known)


def feasibility(today: dt.date) -> list[Feasibility]:
    """Every national share, held against the provinces' figures as issued by `today`. A fixed number of queries."""
    provinces = list(AdminUnit.objects.on(LAST_OLD_DAY).filter(tier=Tier.PROVINCE))
    successors = dict(
        Succession.objects.filter(predecessor__in=provinces, is_main=True).values_list("predecessor", "successor")
    )
    speaking = {successors.get(province.pk, province.pk) for province in provinces}
    now = AdminUnit.objects.filter(Q(pk__in=speaking) | on(today) & Q(tier=Tier.COUNTRY))
    decided = bound_of(list(now), today)
    national = _national_targets(today, {unit.pk: decided[unit.pk] for unit in now if unit.tier == Tier.COUNTRY})
    figures = _figures_of(provinces, successors, decided, today)
    weights = _institutions_by_province({c for target in national for c in target.cohort.classes})
    return [_held_against(target, provinces, figures, weights) for target in national]


def _national_targets(today: dt.date, decided: Mapping[int, Bound]) -> list[Target]:
    plans = Plan.objects.binding().filter(unit__tier=Tier.COUNTRY, parent=None)
    gone = {pk for what in decided.values() for pk in what.gone}
    targets = [t for of_plan in effective_targets(list(plans), today).values() for t in of_plan if t.pk not in gone]
    targets += [target for unit, what in decided.items() for target in what.taken_by(unit)]
    shares = [t for t in targets if t.unit == TargetUnit.PERCENT and t.cohort.kind == CohortKind.INSTITUTIONS]
    return sorted(shares, key=lambda t: (t.indicator.ordinal, t.ordinal))


def _held_against(
    target: Target,
    provinces: Collection[AdminUnit],
    figures: dict[int, list[TargetFacts]],
    weights: Counter[tuple[int, str]],
) -> Feasibility:
    row = Feasibility(target, target_facts(target))
    reached = Decimal(0)
    for province in provinces:
        own = [t for t in figures.get(province.pk, []) if t.indicator.code == row.facts.indicator.code]
        shares = {c: required_figure(own, c, row.facts) for c in sorted(row.facts.cohort.classes)}
        stated = {c: t.comparable for c, t in shares.items() if t is not None}
        weight = sum(weights[province.pk, c] for c in row.facts.cohort.classes)
        row.known += weight
        if not stated:
            row.without_figure.append(province)
            continue
        planned = sum(weights[province.pk, c] for c in stated)
        row.planned += planned
        met = sum((weights[province.pk, c] * share for c, share in stated.items()), Decimal(0))
        reached += met
        row.with_figure.append((province, met / planned if planned else min(stated.values()), planned))
    if row.planned:
        row.of_planned = two_decimals(reached / row.planned)
    if row.known:
        row.of_all = two_decimals((reached + (row.known - row.planned) * row.facts.comparable) / row.known)
    return row


def _figures_of(
    provinces: Collection[AdminUnit], successors: Mapping[int, int], decided: Mapping[int, Bound], today: dt.date
) -> dict[int, list[TargetFacts]]:
    """Figures that speak for each old province, by its id: those of its successor's newest plan, else of its own."""
    plans = [
        plan
        for plan in Plan.objects.binding()
        .filter(unit__in=[*(p.pk for p in provinces), *successors.values()])
        .exclude(kind=PlanKind.ADDENDUM)
        .order_by("issued_on")
        if plan.issued_on is None or plan.issued_on <= today
    ]
    targets = effective_targets(plans, today)
    of_unit = {plan.unit_id: targets[plan.pk] for plan in plans if targets[plan.pk]}
    found = {}
    for province in provinces:
        speaking = successors.get(province.pk, province.pk)
        what = decided[speaking]
        stated = of_unit.get(speaking) or of_unit.get(province.pk, [])
        still = [target for target in stated if target.pk not in what.gone]
        found[province.pk] = [target_facts(target) for target in [*still, *what.taken_by(speaking)]]
    return found


def _institutions_by_province(classes: Collection[str]) -> Counter[tuple[int, str]]:
    """How many institutions of each class the register has in each old province: by (province id, class).

    Where it stood on the last old day, else (entered since) where its first place is read on the map of that day.
    """
    ancestor = "unit__readings__reads_as__ancestries__ancestor"
    stood = InstitutionPlacement.objects.on(LAST_OLD_DAY).filter(institution=OuterRef("institution"))
    rows = (
        InstitutionPlacement.objects.filter(institution__institution_class__in=classes)
        .filter(on(LAST_OLD_DAY) | Q(starts_on__gt=LAST_OLD_DAY) & ~Exists(stood))
        .filter(
            on(LAST_OLD_DAY, "unit__readings__"),
            on(LAST_OLD_DAY, "unit__readings__reads_as__ancestries__"),
            **{f"{ancestor}__tier": Tier.PROVINCE},
        )
        .values_list(ancestor, "institution__institution_class")
        .annotate(number=Count("institution", distinct=True))
    )
    return Counter({(province, institution_class): number for province, institution_class, number in rows})
