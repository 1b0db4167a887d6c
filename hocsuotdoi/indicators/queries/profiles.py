"""Who took part, by sex and age, at places in years, and what of it may be told: every table, page and file asks here.

Whether a number may be told depends on the number alone, never on the table it stands in: so tables set beside one
another give nothing away. That is why there are such numbers for whole years on today's map only, and not cut by
anything else (decision 81).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.queries.suppression import (
    TOTAL,
    Pattern,
    Rows,
    Shown,
    is_few,
    patterns_in_tree,
)
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.enums import AgeBand, Sex
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry

SEXES = (*Sex.values, "")
AGES = (*AgeBand.values, "")
"""The last of each is what is not known."""
MOST_PROFILES = 500
"""What can be decided while a reader waits."""

Codes = Sequence[str] | None
"""Some of the sexes or ages; None: of any."""
_Key = tuple[str, int, int]
"""Measure, unit id, year."""


@dataclass(frozen=True, slots=True)
class Profiles:
    rows: dict[_Key, Rows] = field(default_factory=dict)
    hidden: dict[_Key, Pattern] = field(default_factory=dict)

    def count(self, measure: str, unit_id: int, year: int, sexes: Codes = None, ages: Codes = None) -> int:
        rows = self.rows.get((measure, unit_id, year), ())
        return sum(
            rows[SEXES.index(sex)][AGES.index(age)] for sex, age in product(sexes or SEXES, ages or AGES) if rows
        )

    def shown(self, measure: str, unit_id: int, year: int, sexes: Codes = None, ages: Codes = None) -> Shown:
        """A sum is told when all its parts are, for then it says nothing new."""
        hidden = self.hidden.get((measure, unit_id, year))
        parts = list(product(_positions(sexes, SEXES), _positions(ages, AGES)))
        if parts == [(TOTAL, TOTAL)]:
            return Shown.AS_IT_IS
        if hidden is None:
            return Shown.KEPT_BACK
        if hidden.isdisjoint(parts):
            return Shown.AS_IT_IS
        few = len(parts) == 1 and is_few(self.count(measure, unit_id, year, sexes, ages))
        return Shown.FEW if few else Shown.KEPT_BACK


def _positions(codes: Codes, every: Sequence[str]) -> list[int]:
    if not codes or set(codes) >= set(every):
        return [TOTAL]
    return [every.index(code) for code in dict.fromkeys(codes)]


def profiles(
    measures: Collection[str], units: Collection[AdminUnit], years: Collection[int], today: dt.date
) -> Profiles:
    """Of the `units` that stand today; of others, and where too many are asked for at once, everything is kept back.

    Four queries. What a place hides depends on the places beside and above it, so these are looked at too.
    """
    tree, root = _tree(units, today)
    if root is None or len(tree) * len(years) * len(measures) > MOST_PROFILES:
        return Profiles()
    children: dict[int, list[int]] = defaultdict(list)
    for unit_id, (_unit, parent) in tree.items():
        if parent is not None:
            children[parent].append(unit_id)
    counted = _counted(measures, [unit for unit, _parent in tree.values()], years, today)
    found = Profiles()
    for measure, year in product(measures, years):
        rows = {unit_id: counted.get((measure, unit_id, year), _NOBODY) for unit_id in tree}
        hidden = patterns_in_tree(root, children, rows)
        found.rows.update({(measure, unit_id, year): each for unit_id, each in rows.items()})
        found.hidden.update({(measure, unit_id, year): each for unit_id, each in hidden.items()})
    return found


_NOBODY: Rows = tuple((0,) * len(AGES) for _sex in SEXES)


def _tree(units: Collection[AdminUnit], today: dt.date) -> tuple[dict[int, tuple[AdminUnit, int | None]], int | None]:
    """The country, its provinces, and the communes beside those asked for: unit id to unit and the one above."""
    standing = list(AdminUnit.objects.on(today).filter(tier__in=(Tier.COUNTRY, Tier.PROVINCE)).order_by("code"))
    root = next((unit.pk for unit in standing if unit.tier == Tier.COUNTRY), None)
    tree = {unit.pk: (unit, None if unit.pk == root else root) for unit in standing}
    asked = [unit.pk for unit in units if unit.tier == Tier.COMMUNE]
    holding = UnitAncestry.objects.filter(on(today), unit__in=asked, ancestor__tier=Tier.PROVINCE).values("ancestor")
    beside = (
        UnitAncestry.objects.filter(on(today), on(today, "unit__"), ancestor__in=holding, unit__tier=Tier.COMMUNE)
        .select_related("unit")
        .order_by("unit__code")
    )
    for link in beside:
        tree[link.unit_id] = (link.unit, link.ancestor_id)
    return tree, root


def _counted(
    measures: Collection[str], units: list[AdminUnit], years: Collection[int], today: dt.date
) -> dict[_Key, Rows]:
    rows = totals(
        Slice(tuple(measures)),
        units,
        by=("measure", "unit_id", "starts_on", "sex", "age_band"),
        first=dt.date(min(years), 1, 1),
        last=dt.date(max(years), 12, 31),
        map_day=today,
    )
    found: dict[_Key, list[list[int]]] = {}
    for measure, unit_id, starts_on, sex, age, quantity, _lines in rows:
        profile = found.setdefault((measure, unit_id, starts_on.year), [[0] * len(AGES) for _sex in SEXES])
        profile[SEXES.index(sex)][AGES.index(age)] = max(quantity, 0)
    return {key: _fixed(profile) for key, profile in found.items()}


def _fixed(rows: Iterable[Iterable[int]]) -> Rows:
    return tuple(tuple(row) for row in rows)
