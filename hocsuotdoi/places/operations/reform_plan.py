"""What a reform would do, before anybody enters it; and the reforms there are."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Doubt, SuccessionKind, Tier
from hocsuotdoi.places.formats.reform import Outcome, Part, Reform, ReformRow
from hocsuotdoi.places.formats.territory import Key, Parent, Step, Territory, Unit
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    InstitutionAgency,
    InstitutionPlacement,
    Succession,
    TerritoryReform,
    UnitAncestry,
    UnitParent,
)
from hocsuotdoi.places.operations.load_agencies import kinds_by_rule


@dataclass(frozen=True, slots=True)
class OnDividedLand:
    """An institution whose unit is divided: in which of the new ones it stands has to be said. `chosen`: the code of
    the one said, else of the main one."""

    code: str
    name: str
    old: Unit
    new: tuple[Unit, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An institution that nobody will run: the body ends, and the new units have none of its kind."""

    code: str
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class Handed:
    """An institution whose place comes to lie in another province, where the body of the same kind runs it."""

    code: str
    name: str
    agency: str
    province: str


@dataclass(frozen=True, slots=True)
class ReformPlan:
    """`before` and `since`: how many units stand, by tier. `ended`: keys of the units that end; `institutions`: how
    many stand in them; `agencies`: how many bodies end with them."""

    outcome: Outcome
    before: dict[str, int]
    since: dict[str, int]
    ended: tuple[int, ...]
    institutions: int
    agencies: int
    divided: list[OnDividedLand] = field(default_factory=list)
    alone: list[LeftAlone] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    digest: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.outcome.made or self.outcome.moved)


def as_reform(reform: TerritoryReform) -> Reform:
    rows = tuple(ReformRow(**{**row, "part": Part(row["part"])}) for row in reform.rows)
    return Reform(reform.day, reform.legal_act.number, rows)


def planned_reform(reform: TerritoryReform, outcome: Outcome) -> ReformPlan:
    """What follows from `outcome` for institutions and bodies. Eight queries."""
    ended = {unit.key: unit for unit in outcome.ended}
    rows = AdminUnit.objects.filter(code__in={code for code, _starts_on in ended})
    keys = {pk: (code, starts_on) for pk, code, starts_on in rows.values_list("pk", "code", "starts_on")}
    units = {pk: ended[key] for pk, key in keys.items() if key in ended}
    placed = InstitutionPlacement.objects.on(reform.day).filter(unit__in=units)
    found = placed.order_by("unit__sort_key", "institution__sort_key", "institution__code")
    standing = list(found.values_list("unit_id", "institution__code", "institution__name"))
    heirs = _heirs(outcome)
    divided = [
        OnDividedLand(code, name, units[unit], heirs[keys[unit]], _chosen(reform.places.get(code), heirs[keys[unit]]))
        for unit, code, name in standing
        if len(heirs[keys[unit]]) > 1
    ]
    agencies = Agency.objects.on(reform.day).filter(unit__in=units).count()
    alone = _left_alone(reform.day, {pk: heirs[key] for pk, key in keys.items() if pk in units})
    said = [reform.day, reform.legal_act.number, sorted(units), len(standing), agencies]
    handed = _handed(reform, outcome, {pk: key for pk, key in keys.items() if pk in units})
    said += [[(each.code, each.agency) for each in alone], [(each.code, each.province) for each in handed]]
    said += [[made.unit.code for made in outcome.made], [(each.code, each.chosen) for each in divided]]
    return ReformPlan(
        outcome,
        before=_counts(outcome.territory, reform.day - dt.timedelta(days=1)),
        since=_counts(outcome.territory, reform.day),
        ended=tuple(units),
        institutions=len(standing),
        agencies=agencies,
        divided=divided,
        alone=alone,
        handed=handed,
        digest=hashlib.sha256(repr(said).encode()).hexdigest()[:16],
    )


def _heirs(outcome: Outcome) -> dict[Key, tuple[Unit, ...]]:
    """What took over each ended unit, the main one first."""
    heirs: dict[Key, list[Unit]] = defaultdict(list)
    for made in outcome.made:
        for old, part in made.was:
            heirs[old.key].insert(len(heirs[old.key]) if part == Part.REST else 0, made.unit)
    return {key: tuple(units) for key, units in heirs.items()}


def _left_alone(day: dt.date, heirs: Mapping[int, Sequence[Unit]]) -> list[LeftAlone]:
    """`heirs`: what takes over each unit that ends. New units have the bodies that every unit of their tier has."""
    known = kinds_by_rule()
    run = InstitutionAgency.objects.on(day).filter(agency__unit__in=heirs).filter(on(day, "agency__"))
    rows = run.order_by("institution__sort_key", "institution__code").values_list(
        *("agency__unit_id", "agency__kind", "institution__code", "institution__name", "agency__name")
    )
    return [
        LeftAlone(code, name, agency)
        for unit, kind, code, name, agency in rows
        if not any((str(heir.tier), kind) in known for heir in heirs[unit])
    ]


def _handed(reform: TerritoryReform, outcome: Outcome, ended: Mapping[int, Key]) -> list[Handed]:
    """As `following` will do it. Four queries, fewer where there are none."""
    above = {unit.key: parent for unit, parent in outcome.moved}
    parents = {made.unit.code: made.parent for made in outcome.made}
    heirs = _heirs(outcome)
    named = AdminUnit.objects.filter(code__in={code for code, _starts_on in above})
    moved = {pk: above.get((code, since)) for pk, code, since in named.values_list("pk", "code", "starts_on")}
    eve = reform.day - dt.timedelta(days=1)
    lying = UnitAncestry.objects.on(eve).filter(unit__in={*moved, *ended}, ancestor__tier=Tier.PROVINCE)
    province_of = dict(lying.exclude(ancestor__in=ended).values_list("unit_id", "ancestor_id"))
    run = InstitutionAgency.objects.on(reform.day).filter(agency__unit__in=set(province_of.values()))
    here = run.filter(on(reform.day, "institution__placements__"), institution__placements__unit__in=province_of)
    rows = here.order_by("institution__sort_key", "institution__code").values_list(
        *("institution__placements__unit_id", "institution__code", "institution__name"),
        *("agency__unit_id", "agency__unit__code", "agency__name", "agency__kind"),
    )
    standing = set(Agency.objects.on(reform.day).values_list("unit__code", "kind"))
    known = kinds_by_rule()
    found = []
    for unit, code, name, province, province_code, agency, kind in rows:
        there = moved.get(unit)
        if there is None and unit in ended and heirs[ended[unit]]:
            there = parents[_chosen(reform.places.get(code), heirs[ended[unit]])]
        if there is None or province != province_of[unit] or there.code == province_code:
            continue
        if (str(there.tier), kind) in known or (there.code, kind) in standing:
            found.append(Handed(code, name, agency, there.name))
    return found


def _chosen(code: str | None, offered: tuple[Unit, ...]) -> str:
    return code if code in {unit.code for unit in offered} else offered[0].code


def _counts(territory: Territory, day: dt.date) -> dict[str, int]:
    return Counter(str(unit.tier) for unit in territory.units if unit.stands_on(day))


def territory_in_books() -> Territory:
    """The territory as the database has it, all times. Three queries."""
    columns = (
        *("code", "tier", "kind", "name", "starts_on", "ends_on", "latitude", "longitude", "area_km2"),
        *("began_by__number", "ended_by__number"),
    )
    units: dict[int, Unit] = {}
    for pk, *values, began_by, ended_by in AdminUnit.objects.order_by("pk").values_list("pk", *columns):
        code, tier, *rest = values
        units[pk] = Unit(code, Tier(tier), *rest, began_by=began_by or "", ended_by=ended_by or "")
    links = UnitParent.objects.values_list("unit_id", "parent_id", "starts_on", "ends_on", "legal_act__number")
    steps = Succession.objects.values_list(
        *("predecessor_id", "successor_id", "kind", "effective_on", "is_main", "is_origin", "doubt"),
        "legal_act__number",
    )
    return Territory(
        sorted(units.values(), key=lambda unit: unit.tier != Tier.COUNTRY),  # the country first, as from the packages
        [Parent(units[u].key, units[p].key, first, last, act or "") for u, p, first, last, act in links],
        [
            Step(
                *(units[old].key, units[new].key, SuccessionKind(kind), day, is_main, is_origin),
                doubt=Doubt(doubt) if doubt else None,
                legal_act=act or "",
            )
            for old, new, kind, day, is_main, is_origin, doubt, act in steps
        ],
    )
