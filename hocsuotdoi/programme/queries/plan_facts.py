"""What the plan check needs to know of plans, as plain values; and reading them from the database.

The rules (`queries.plan_rules`) see nothing but these, so that they can be tried on plans that nobody issued.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

from hocsuotdoi.indicators.enums import CohortKind, Direction, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.profiles import is_of_people
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, Institution, Succession
from hocsuotdoi.programme.enums import Operator, PlanKind, PlanStatus, TargetUnit
from hocsuotdoi.programme.models import Plan, Target

TIER_DEPTH = {Tier.COUNTRY: 0, Tier.PROVINCE: 1, Tier.DISTRICT: 2, Tier.COMMUNE: 3, "": 4}

# Luật Tổ chức chính quyền địa phương 72/2025/QH15 and Nghị quyết 203/2025/QH15: two tiers from this day.
TIER_ENDED: Mapping[str, dt.date] = {Tier.DISTRICT: dt.date(2025, 7, 1)}

MOST_NAMED = 3
"""Classes named one by one; more are a collective word."""

# The lowest tier whose plan can speak for a class: a city has no say in a provincial library. Other classes (schools,
# village houses, private libraries and museums…) lie in every commune.
_LOWEST_TIER: Mapping[str, Tier] = {
    InstitutionClass.LIBRARY_NATIONAL: Tier.COUNTRY,
    InstitutionClass.MUSEUM_NATIONAL: Tier.COUNTRY,
    InstitutionClass.MUSEUM_MINISTRY: Tier.COUNTRY,
    InstitutionClass.MUSEUM_SPECIALISED: Tier.COUNTRY,
    InstitutionClass.LIBRARY_PROVINCE: Tier.PROVINCE,
    InstitutionClass.LIBRARY_SPECIAL: Tier.PROVINCE,
    InstitutionClass.LIBRARY_UNIVERSITY: Tier.PROVINCE,
    InstitutionClass.MUSEUM_PROVINCE: Tier.PROVINCE,
    InstitutionClass.CULTURE_CENTRE_PROVINCE: Tier.PROVINCE,
    InstitutionClass.LIBRARY_DISTRICT: Tier.DISTRICT,
    InstitutionClass.LIBRARY_ARMED_FORCES: Tier.DISTRICT,
    InstitutionClass.CULTURE_CENTRE_DISTRICT: Tier.DISTRICT,
}
# Classes that belong to a tier's own government, and so ended with the district.
OF_TIER: Mapping[str, frozenset[str]] = {
    Tier.PROVINCE: frozenset(
        {
            InstitutionClass.LIBRARY_PROVINCE,
            InstitutionClass.MUSEUM_PROVINCE,
            InstitutionClass.CULTURE_CENTRE_PROVINCE,
        }
    ),
    Tier.DISTRICT: frozenset({InstitutionClass.LIBRARY_DISTRICT, InstitutionClass.CULTURE_CENTRE_DISTRICT}),
    Tier.COMMUNE: frozenset({InstitutionClass.LIBRARY_COMMUNE, InstitutionClass.CULTURE_CENTRE_COMMUNE}),
    Tier.COUNTRY: frozenset({InstitutionClass.LIBRARY_NATIONAL}),
}


def can_speak_for(facet: str, tier: str) -> bool:
    """Whether a plan of a unit of `tier` can set a figure for this facet (see `CohortFacts.facets`)."""
    if facet.startswith("tier:"):
        return TIER_DEPTH[facet.removeprefix("tier:")] >= TIER_DEPTH[tier]
    return TIER_DEPTH[_LOWEST_TIER.get(facet, Tier.COMMUNE)] >= TIER_DEPTH[tier]


@dataclass(frozen=True)
class IndicatorFacts:
    """`counts`: its figure counts something, so that a number can be asked for. `is_of_people`: a small number would
    give people away."""

    code: str
    name: str
    higher_is_better: bool = True
    counts: bool = False
    is_of_people: bool = False


@dataclass(frozen=True)
class CohortFacts:
    code: str
    name: str
    kind: str = CohortKind.INSTITUTIONS
    classes: frozenset[str] = frozenset()
    tier: str = ""
    urban: bool | None = None

    @property
    def facets(self) -> frozenset[str]:
        """What a figure for this cohort speaks of, piece by piece: classes, `tier:…`, or a part of the residents."""
        if self.kind == CohortKind.POPULATION:
            parts = {True: {"urban"}, False: {"rural"}, None: {"urban", "rural"}}[self.urban]
            return frozenset(f"residents:{part}" for part in parts)
        return self.classes or frozenset({f"tier:{self.tier}"})

    def living_facets(self, day: dt.date) -> frozenset[str]:
        """Its facets without those of tiers that have ended by `day`; a collective word goes on speaking of all."""
        if self.tier == "" and len(self.classes) > MOST_NAMED:
            return self.facets
        ended = [tier for tier, since in TIER_ENDED.items() if since <= day]
        return self.facets.difference(*(OF_TIER[tier] | {f"tier:{tier}"} for tier in ended))

    @property
    def ended_tier(self) -> str:
        """The tier that has ended and that this cohort names; empty when none.

        A collective word («libraries of all kinds») does not name the tiers in it; up to three classes do.
        """
        named = self.classes if len(self.classes) <= MOST_NAMED else frozenset()
        return next((tier for tier in TIER_ENDED if self.tier == tier or named & OF_TIER[tier]), "")


@dataclass(frozen=True)
class DocumentFacts:
    code: str
    number: str

    @property
    def name(self) -> str:
        return self.number or self.code


@dataclass(frozen=True)
class TargetFacts:
    """One figure. `year` None: the document states none. `addendum`: where it stands, if not in the plan itself."""

    clause: str
    indicator: IndicatorFacts
    cohort: CohortFacts
    year: int | None
    low: Decimal
    high: Decimal
    unit: str = TargetUnit.PERCENT
    operator: str = Operator.EQUAL
    total: Decimal | None = None
    baseline_year: int | None = None
    baseline_value: Decimal | None = None
    written: str = ""
    addendum: DocumentFacts | None = None

    @property
    def comparable(self) -> Decimal:
        """What is compared: the low end of a range, n of n as a share."""
        return self.low * 100 / self.total if self.total else self.low

    @property
    def measured_as(self) -> str:
        """Figures are comparable when this is equal: n of n is a share like a percentage."""
        return TargetUnit.PERCENT if self.unit == TargetUnit.OF else self.unit


@dataclass(frozen=True)
class PlanFacts(DocumentFacts):
    tier: str
    unit_name: str
    targets: tuple[TargetFacts, ...]
    issued_on: dt.date | None = None
    unit_ended_on: dt.date | None = None
    unit_became: str = ""
    kind: str = PlanKind.PLAN
    is_retired: bool = False
    is_replaced: bool = False
    # How many institutions of a class the register knows in the unit; a class that is not in it is not known.
    known: Mapping[str, int] = field(default_factory=dict)


def plan_facts(plans: Iterable[Plan]) -> dict[int, PlanFacts]:
    """Facts of plans by id, in a fixed number of queries; `plans` come with their unit (`select_related`)."""
    plans, today = list(plans), timezone.localdate()
    targets = _targets(plans)
    units = {plan.unit for plan in plans}
    became = _became(units)
    known = _known_institutions(plans)
    return {
        plan.pk: PlanFacts(
            code=plan.code,
            number=plan.number,
            tier=plan.unit.tier,
            unit_name=plan.unit.name,
            targets=tuple(targets[plan.pk]),
            issued_on=plan.issued_on,
            unit_ended_on=None if plan.unit.holds_on(today) else plan.unit.ends_on,
            unit_became=became.get(plan.unit_id, ""),
            kind=plan.kind,
            is_retired=plan.status == PlanStatus.RETIRED,
            is_replaced=plan.status == PlanStatus.REPLACED,
            known=known.get(plan.pk, {}),
        )
        for plan in plans
    }


def _targets(plans: Iterable[Plan]) -> dict[int, list[TargetFacts]]:
    """By plan id. Of thousands of plans only the columns are read, and each indicator and cohort once."""
    indicators = {each.code: indicator_facts(each) for each in Indicator.objects.all()}
    cohorts = {each.code: cohort_facts(each) for each in Cohort.objects.all()}
    found: dict[int, list[TargetFacts]] = {plan.pk: [] for plan in plans}
    more = ("year", "low", "high", "unit", "operator", "total", "baseline_year", "baseline_value", "written")
    rows = Target.objects.filter(plan__in=found).values_list("plan", "clause__path", "indicator", "cohort", *more)
    for plan, clause, indicator, cohort, *rest in rows:
        found[plan].append(TargetFacts(clause, indicators[indicator], cohorts[cohort], *rest))
    return found


def target_facts(target: Target) -> TargetFacts:
    return TargetFacts(
        clause=target.clause.path,
        indicator=indicator_facts(target.indicator),
        cohort=cohort_facts(target.cohort),
        year=target.year,
        low=target.low,
        high=target.high,
        unit=target.unit,
        operator=target.operator,
        total=target.total,
        baseline_year=target.baseline_year,
        baseline_value=target.baseline_value,
        written=target.written,
    )


def indicator_facts(indicator: Indicator) -> IndicatorFacts:
    return IndicatorFacts(
        code=indicator.code,
        name=indicator.short_name,
        higher_is_better=indicator.direction == Direction.UP,
        counts=indicator.kind in (IndicatorKind.COUNT, IndicatorKind.STOCK),
        is_of_people=is_of_people(indicator) or indicator.measures == [StockCode.ACTIVE_USERS],
    )


def cohort_facts(cohort: Cohort) -> CohortFacts:
    return CohortFacts(
        code=cohort.code,
        name=cohort.name,
        kind=cohort.kind,
        classes=frozenset(cohort.classes),
        tier=cohort.tier,
        urban=cohort.urban,
    )


def _became(units: Iterable[AdminUnit]) -> dict[int, str]:
    """Names of what ended units became, by unit id."""
    names: dict[int, list[str]] = {}
    rows = Succession.objects.filter(predecessor__in=[unit.pk for unit in units]).select_related("successor")
    for row in rows.order_by("-is_main", "successor__sort_key"):
        names.setdefault(row.predecessor_id, []).append(row.successor.name)
    return {unit: ", ".join(found) for unit, found in names.items()}


def _known_institutions(plans: Iterable[Plan]) -> dict[int, dict[str, int]]:
    """How many institutions of a province's own classes the register ever placed in each province, by plan id.

    Below the province a tier's own class has one institution by law.
    """
    provinces = {plan.unit_id for plan in plans if plan.unit.tier == Tier.PROVINCE}
    ancestor = "placements__unit__ancestries__ancestor"
    rows = (
        Institution.objects.filter(institution_class__in=OF_TIER[Tier.PROVINCE], **{f"{ancestor}__in": list(provinces)})
        .values_list(ancestor, "institution_class")
        .annotate(number=Count("pk", distinct=True))
        .order_by()
    )
    by_unit: dict[int, dict[str, int]] = {}
    for unit, institution_class, number in rows:
        by_unit.setdefault(unit, {})[institution_class] = number
    return {plan.pk: by_unit.get(plan.unit_id, {}) for plan in plans}
