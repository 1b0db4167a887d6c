"""Who took part, by sex and age, at places in years, and what of it may be told: every table, page and file asks here.

Whether a number may be told depends on the number alone, never on the table it stands in: so tables set beside one
another give nothing away. That is why there are such numbers for whole years on today's map only, and not cut by
anything else (decision 81). They are those of the day on which the year's book was closed, so that one asked today and
again tomorrow is the same (decision 87).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db import connection

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Definition
from hocsuotdoi.indicators.queries.suppression import (
    TOTAL,
    Decided,
    Rows,
    Shown,
    counts_people,
    decide_together,
    is_closed,
    is_few,
    last_closed,
    patterns_in_tree,
)
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.enums import MADE_OF, AgeBand, Sex
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitAncestry

SEXES = (*Sex.values, "")
AGES = (*AgeBand.values, "")
"""The last of each is what is not known."""
MOST_PROFILES = 500
"""What can be decided while a reader waits; measures that are decided together are one."""

Codes = Sequence[str] | None
"""Some of the sexes or ages; None: of any."""
_Key = tuple[str, int, int]
"""Measure, unit id, year."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """`rows`: as the book stood when it was closed; `now`: as it stands."""

    rows: dict[_Key, Rows] = field(default_factory=dict)
    decided: dict[_Key, Decided] = field(default_factory=dict)
    now: dict[_Key, Rows] = field(default_factory=dict)

    def count(self, measure: str, unit_id: int, year: int, sexes: Codes = None, ages: Codes = None) -> int:
        return _added_up(self.rows.get((measure, unit_id, year), ()), sexes, ages)

    def count_now(self, measure: str, unit_id: int, year: int, sexes: Codes = None, ages: Codes = None) -> int:
        """Never to be told: to see whether a figure is made of all of it."""
        return _added_up(self.now.get((measure, unit_id, year), ()), sexes, ages)

    def shown(self, measure: str, unit_id: int, year: int, sexes: Codes = None, ages: Codes = None) -> Shown:
        """A sum is told when all its parts are, for then it says nothing new."""
        decided = self.decided.get((measure, unit_id, year))
        parts = list(product(_positions(sexes, SEXES), _positions(ages, AGES)))
        if parts == [(TOTAL, TOTAL)]:
            return Shown.AS_IT_IS
        if decided is None or is_few(self.count(measure, unit_id, year)):
            return Shown.KEPT_BACK  # of so few not even where they are: the words would say it of each
        if decided.hidden.isdisjoint(parts):
            return Shown.AS_IT_IS
        few = decided.names_few and len(parts) == 1 and is_few(self.count(measure, unit_id, year, sexes, ages))
        return Shown.FEW if few else Shown.KEPT_BACK


TOLD_BY_PERSON = (IndicatorKind.COUNT,)
"""Kinds that have figures by sex or age, as far as the profiles tell them. Different people do not add up, so nothing
could be proved of them (decision 87). Growth is of those institutions that reported in both years: a cut further than
the profiles are (decision 128). A condition says yes or no of a single institution, and one more condition
another number of it: whoever asks for at least five, six, seven… women learns how many there were (decision 88)."""


def is_of_people(definition: Definition) -> bool:
    """Whether a figure is of people of one sex or some ages."""
    return bool(definition.sexes or definition.age_bands) and counts_people(definition.measures)


def _added_up(rows: Rows, sexes: Codes, ages: Codes) -> int:
    """What is named twice counts once: else all of them and one more would tell that one."""
    chosen = product(dict.fromkeys(sexes or SEXES), dict.fromkeys(ages or AGES))
    return sum(rows[SEXES.index(sex)][AGES.index(age)] for sex, age in chosen if rows)


def _positions(codes: Codes, every: Sequence[str]) -> list[int]:
    if not codes or set(codes) >= set(every):
        return [TOTAL]
    return [every.index(code) for code in dict.fromkeys(codes)]


def profiles(
    measures: Collection[str], units: Collection[AdminUnit], years: Collection[int], today: dt.date
) -> Profiles:
    """Of the `units` that stand today, in years that are closed; of others, and where too many are asked for at once,
    everything is kept back.

    Five queries. What a place hides depends on the places beside and above it, so these are looked at too, on what
    was counted at a place itself, in none of those under it, and on the measures that make a whole with the one asked.
    """
    tree, root = _tree(units, today)
    years = [year for year in years if is_closed(year, today)] or [last_closed(today)]
    together = decided_together(measures)
    if root is None or len(tree) * len(years) * len(together) > MOST_PROFILES:
        return Profiles()
    measures = [measure for each in together for measure in each]
    children: dict[int, list[int]] = defaultdict(list)
    for unit_id, (_unit, parent) in tree.items():
        if parent is not None:
            children[parent].append(unit_id)
    there = [unit for unit, _parent in tree.values()]
    now = _counted(measures, there, years, today)
    counted = _less(now, _late(measures, there, years, today))
    found = Profiles(now=now)
    with_own = {unit_id: [*below, -unit_id] for unit_id, below in children.items()}
    for each, year in product(together, years):
        rows = {m: {unit_id: counted.get((m, unit_id, year), _NOBODY) for unit_id in tree} for m in each}
        found.rows.update({(m, unit_id, year): there for m in each for unit_id, there in rows[m].items()})
        decided = _decided(root, with_own, [rows[m] | _own(rows[m], children) for m in each])
        for measure, of_places in zip(each, decided, strict=True):
            found.decided.update({(measure, unit_id, year): of_places[unit_id] for unit_id in tree})
    return found


def decided_together(measures: Collection[str]) -> list[tuple[str, ...]]:
    """Each of the measures with those that make a whole with it, the whole first; or by itself."""
    families = [(str(whole), *map(str, parts)) for whole, parts in MADE_OF.items()]
    return list(dict.fromkeys(next((each for each in families if m in each), (str(m),)) for m in measures))


def _decided(
    root: int, children: Mapping[int, Sequence[int]], rows: Sequence[Mapping[int, Rows]]
) -> list[dict[int, Decided]]:
    whole, *parts = rows
    if parts:
        return decide_together(root, children, whole, parts)
    return [patterns_in_tree(root, children, {unit_id: (each,) for unit_id, each in whole.items()})]


def _own(rows: Mapping[int, Rows], children: Mapping[int, Sequence[int]]) -> dict[int, Rows]:
    return {-unit_id: _rest(rows[unit_id], [rows[child] for child in below]) for unit_id, below in children.items()}


def slice_of(indicator: Definition, cohort: Cohort) -> Slice:
    """What the figure is made of, whatever the sex and age."""
    return Slice(tuple(indicator.measures), tuple(cohort.classes), tuple(indicator.purposes), tuple(indicator.channels))


def of_everybody(
    slices: Iterable[Slice], units: Collection[AdminUnit], years: Sequence[int], today: dt.date
) -> dict[tuple[Slice, int, int], int]:
    """Slice, unit id and year to what was counted, as everybody can ask. One query a slice."""
    asked: dict[str, Any] = {"first": dt.date(years[0], 1, 1), "last": dt.date(years[-1], 12, 31), "map_day": today}
    return {
        (each, unit_id, day.year): count
        for each in slices
        for unit_id, day, count, _lines in totals(each, units, by=("unit_id", "starts_on"), **asked)
    }


_NOBODY: Rows = tuple((0,) * len(AGES) for _sex in SEXES)


def _rest(rows: Rows, below: Iterable[Rows]) -> Rows:
    """What was counted at a place itself: it can be computed from the others, so it is held back with them."""
    return tuple(
        tuple(count - sum(each[at][column] for each in below) for column, count in enumerate(row))
        for at, row in enumerate(rows)
    )


def _less(now: dict[_Key, Rows], late: dict[_Key, Rows]) -> dict[_Key, Rows]:
    """What stood in the book on the day on which it was closed."""
    return {
        key: _fixed(
            [max(count - less, 0) for count, less in zip(row, away, strict=True)]
            for row, away in zip(now.get(key, _NOBODY), late.get(key, _NOBODY), strict=True)
        )
        for key in now.keys() | late.keys()
    }


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
    return _laid_out((measure, unit, day.year, sex, age, count) for measure, unit, day, sex, age, count, _lines in rows)


_LATE = """
-- The few that are late first, by their own index, then the entries of each by its posting (OFFSET keeps that order):
-- the planner takes them for many and would read the book, or all of an institution's day for each.
WITH late AS MATERIALIZED (
    SELECT id, institution_id, occurred_on FROM ledger_posting
     WHERE (posted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= make_date(extract(year from occurred_on)::int + 1, 2, 1)
       AND occurred_on BETWEEN %(first)s AND %(last)s
), entry AS MATERIALIZED (
    SELECT found.* FROM late
     CROSS JOIN LATERAL (
        SELECT institution_id, place_id, occurred_on, measure, sex, age_band, quantity FROM ledger_entry AS each
         WHERE each.posting_id = late.id AND each.occurred_on = late.occurred_on
        OFFSET 0) AS found
     WHERE found.institution_id = late.institution_id AND found.measure = ANY(%(measures)s)
)
SELECT entry.measure, ancestry.ancestor_id, extract(year from entry.occurred_on)::int, coalesce(entry.sex, ''),
       coalesce(entry.age_band, ''), sum(entry.quantity)::bigint
  FROM entry
  JOIN places_unitreading AS reading ON reading.unit_id = entry.place_id
  JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
   AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
 GROUP BY 1, 2, 3, 4, 5
"""
"""What was posted after its year had been closed (`suppression.closes_on`); few, and found by an index of their own."""


def _late(
    measures: Collection[str], units: list[AdminUnit], years: Collection[int], today: dt.date
) -> dict[_Key, Rows]:
    parameters: dict[str, Any] = {
        "measures": list(measures),
        "units": [unit.pk for unit in units],
        "first": dt.date(min(years), 1, 1),
        "last": dt.date(max(years), 12, 31),
        "day": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATE, parameters)
        return _laid_out(cursor.fetchall())


def _laid_out(rows: Iterable[tuple[Any, ...]]) -> dict[_Key, Rows]:
    """Rows of measure, unit id, year, sex, age, count."""
    found: dict[_Key, list[list[int]]] = {}
    for measure, unit_id, year, sex, age, count in rows:
        profile = found.setdefault((measure, unit_id, year), [[0] * len(AGES) for _sex in SEXES])
        profile[SEXES.index(sex)][AGES.index(age)] = count
    return {key: _fixed(profile) for key, profile in found.items()}


def _fixed(rows: Iterable[Iterable[int]]) -> Rows:
    return tuple(tuple(row) for row in rows)
