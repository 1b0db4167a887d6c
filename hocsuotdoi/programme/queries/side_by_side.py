"""The plans that old provinces brought into a merged one, side by side, and what the new province chose."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Succession
from hocsuotdoi.programme.enums import BINDING, PlanKind
from hocsuotdoi.programme.models import Plan, Target
from hocsuotdoi.programme.queries.binding import Bound, bound
from hocsuotdoi.programme.queries.plan_facts import IndicatorFacts, TargetFacts, target_facts
from hocsuotdoi.programme.queries.plan_finding import facet_name, figure_text, worse
from hocsuotdoi.programme.queries.targets import effective_targets


@dataclass(frozen=True)
class Column:
    """An old plan, or the new province's own. `plan` None: no plan of this unit is known here."""

    unit: AdminUnit
    plan: Plan | None
    is_new: bool = False

    @property
    def has_figures(self) -> bool:
        return self.plan is not None and self.plan.has_full_text


@dataclass(frozen=True)
class Cell:
    text: str = ""
    clause: str = ""
    plan: str = ""


@dataclass(frozen=True)
class Line:
    """One class (or several with the same figures) in one year. `differs`: the old plans do not say the same.
    `chosen`: what the new plan's figure is beside the old ones, in words; empty where it states none."""

    name: str
    year: int | None
    cells: tuple[Cell, ...]
    differs: bool
    chosen: str = ""


@dataclass
class Block:
    indicator: IndicatorFacts
    lines: list[Line] = field(default_factory=list)


@dataclass
class SideBySide:
    unit: AdminUnit
    columns: list[Column]
    blocks: list[Block]

    @property
    def differing(self) -> int:
        return sum(line.differs for block in self.blocks for line in block.lines)


def side_by_side(unit: AdminUnit, day: dt.date) -> SideBySide:
    """For a unit that several of its tier became. A fixed number of queries, however many plans.

    What was decided since about a figure of a plan in force is read as decided: one that this unit has taken over is
    asked of the class that the decision names, one that others took over or that was replaced or dropped here is gone.
    """
    old = AdminUnit.objects.filter(
        pk__in=Succession.objects.filter(successor=unit, effective_on__lte=day, predecessor__tier=unit.tier).values(
            "predecessor"
        )
    ).order_by("sort_key")
    units = list(old)
    plans = list(
        Plan.objects.issued()
        .filter(Q(unit__in=units) | Q(unit=unit))
        .filter(Q(issued_on=None) | Q(issued_on__lte=day))
        .exclude(kind__in=[PlanKind.ADDENDUM, PlanKind.ANNOUNCEMENT])
        .select_related("unit")
        .order_by("issued_on", "code")
    )
    columns = [
        Column(each, plan)
        for each in units
        for plan in ([p for p in plans if p.unit_id == each.pk] or [None])  # type: ignore[list-item]
    ]
    columns += [Column(unit, plan, is_new=True) for plan in plans if plan.unit_id == unit.pk]
    targets = _as_decided(effective_targets(plans, day), plans, bound(unit, day), unit)
    facts = [[target_facts(target) for target in targets[column.plan.pk]] if column.plan else [] for column in columns]
    ordinals = {
        target.indicator_id: (target.indicator.ordinal, target.indicator_id)
        for of_plan in targets.values()
        for target in of_plan
    }
    indicators = {each.indicator.code: each.indicator for of_column in facts for each in of_column}
    blocks = [_block(indicators[code], columns, facts) for code in sorted(indicators, key=lambda code: ordinals[code])]
    return SideBySide(unit, columns, blocks)


def _as_decided(
    targets: Mapping[int, Sequence[Target]], plans: Sequence[Plan], decided: Bound, unit: AdminUnit
) -> dict[int, list[Target]]:
    taken = decided.taken_by(unit.pk)
    found = {}
    for plan in plans:
        if plan.status not in BINDING:  # nothing is decided about it any more
            found[plan.pk] = list(targets[plan.pk])
            continue
        still = [each for each in targets[plan.pk] if each.pk not in decided.gone]
        found[plan.pk] = [*still, *(each for each in taken if plan.pk in (each.plan_id, each.plan.amends_id))]
    return found


def _block(indicator: IndicatorFacts, columns: Sequence[Column], facts: Sequence[list[TargetFacts]]) -> Block:
    own = [[each for each in of_column if each.indicator.code == indicator.code] for of_column in facts]
    order = {value: number for number, value in enumerate(InstitutionClass.values)}
    spoken = {facet for of_column in own for each in of_column for facet in each.cohort.facets}
    facets = sorted(spoken, key=lambda facet: (order.get(facet, len(order)), facet))
    years = sorted({t.year for of_column in own for t in of_column}, key=lambda year: (year is None, year or 0))
    names = {each.cohort.facets: each.cohort.name for of_column in own for each in of_column}
    grouped: dict[tuple[int | None, tuple[Cell, ...], str], list[str]] = {}
    told: dict[tuple[int | None, tuple[Cell, ...], str], bool] = {}
    for year in years:
        for facet in facets:
            found = [
                next((t for t in of_column if facet in t.cohort.facets and t.year == year), None) for of_column in own
            ]
            if not any(found):
                continue
            cells = tuple(
                Cell(figure_text(each), each.clause, column.plan.code) if each and column.plan else Cell()
                for each, column in zip(found, columns, strict=True)
            )
            key = year, cells, _chosen(found, columns)
            grouped.setdefault(key, []).append(facet)
            told[key] = _differs(found, columns)
    lines = [
        Line(
            names.get(frozenset(of_line)) or ", ".join(facet_name(facet) for facet in of_line),
            year,
            cells,
            told[year, cells, chosen],
            chosen,
        )
        for (year, cells, chosen), of_line in grouped.items()
    ]
    return Block(indicator, sorted(lines, key=lambda line: (line.name, line.year is None, line.year or 0)))


def _differs(found: Sequence[TargetFacts | None], columns: Sequence[Column]) -> bool:
    """Whether old plans with a known text say different things, or one says nothing where another does."""
    said = {
        figure_text(each) if each else ""
        for each, column in zip(found, columns, strict=True)
        if column.has_figures and not column.is_new
    }
    return len(said) > 1


def _chosen(found: Sequence[TargetFacts | None], columns: Sequence[Column]) -> str:
    new = next((each for each, column in zip(found, columns, strict=True) if column.is_new and each), None)
    if new is None:
        return ""
    old = [
        (each, column.unit.short_name)
        for each, column in zip(found, columns, strict=True)
        if each is not None and not column.is_new
    ]
    same = [name for each, name in old if figure_text(each) == figure_text(new)]
    if not old:
        return _("new")
    if same:
        return _("as in %(names)s") % {"names": ", ".join(dict.fromkeys(same))}
    if all(worse(new, each) for each, _name in old):
        return _("lower than all of them")
    if all(worse(each, new) for each, _name in old):
        return _("higher than all of them")
    return _("in between")
