"""A look at a cycle before it is opened: who would report to whom, and what its rules leave out."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.reporting.enums import CommandLine
from hocsuotdoi.reporting.models import Cycle, CycleRule
from hocsuotdoi.reporting.queries.asked import BODIES, INSTITUTIONS, WAYS, parameters, reading_many

_NAMED = 12
"""So many bodies are named of those of which something is missing; of more, the number is told."""

_MANNED = f"""
manned AS (
    SELECT a.agency_id
      FROM asked a
     WHERE EXISTS (SELECT FROM held h WHERE h.agency_id = a.agency_id)
        OR a.line = '{CommandLine.TERRITORY}' AND EXISTS (SELECT FROM held h WHERE h.at_unit = a.unit_id)
)"""

_HELD = """
held AS (
    SELECT ra.agency_id, COALESCE(ra.unit_id, CASE WHEN g.kind = ANY(%(leading)s) THEN g.unit_id END) AS at_unit
      FROM accounts_roleassignment ra
      JOIN accounts_person p ON p.id = ra.person_id AND p.is_active
      LEFT JOIN places_agency g ON g.id = ra.agency_id
     WHERE ra.role = ANY(%(roles)s)
       AND (ra.starts_on IS NULL OR ra.starts_on <= %(today)s) AND (ra.ends_on IS NULL OR ra.ends_on > %(today)s)
)"""

_BY_RULE = f"""
WITH RECURSIVE {BODIES}, {WAYS}, {_HELD}, {_MANNED}
SELECT b.ordinal, count(*), count(*) FILTER (WHERE b.lacks_receiver), count(*) FILTER (WHERE m.agency_id IS NULL)
  FROM bound b LEFT JOIN manned m ON m.agency_id = b.agency_id GROUP BY b.ordinal
"""

_MISSING = f"""
WITH RECURSIVE {BODIES}, {WAYS}, {_HELD}, {_MANNED}
SELECT what, name FROM (
    SELECT 'receiver' AS what, g.name, u.sort_key
      FROM bound b JOIN places_agency g ON g.id = b.agency_id JOIN places_adminunit u ON u.id = g.unit_id
     WHERE b.lacks_receiver ORDER BY u.sort_key, g.id LIMIT {_NAMED}
) lacking
UNION ALL
SELECT what, name FROM (
    SELECT 'person' AS what, g.name, u.sort_key
      FROM asked a JOIN places_agency g ON g.id = a.agency_id JOIN places_adminunit u ON u.id = g.unit_id
     WHERE a.agency_id NOT IN (SELECT agency_id FROM manned)
     ORDER BY u.tier = '{Tier.COMMUNE}', u.sort_key, g.id LIMIT {_NAMED}
) unmanned
"""

_COUNTED = f"""
WITH RECURSIVE {BODIES}, {INSTITUTIONS}
SELECT a.ordinal, i.class, count(*), NULL
  FROM counted c JOIN asked a ON a.agency_id = c.agency_id JOIN inside i ON i.id = c.id GROUP BY a.ordinal, i.class
UNION ALL
SELECT NULL, i.class, count(*), p.name
  FROM inside i
  LEFT JOIN counted c ON c.id = i.id
  LEFT JOIN places_unitancestry y ON y.unit_id = i.unit_id
   AND (y.starts_on IS NULL OR y.starts_on <= %(map_on)s) AND (y.ends_on IS NULL OR y.ends_on > %(map_on)s)
   AND EXISTS (SELECT FROM places_adminunit u WHERE u.id = y.ancestor_id AND u.tier = '{Tier.PROVINCE}')
  LEFT JOIN places_adminunit p ON p.id = y.ancestor_id
 WHERE c.id IS NULL GROUP BY i.class, p.name, p.sort_key
"""

_NOT_ASKED = f"""
WITH RECURSIVE {BODIES}
SELECT u.tier, g.kind, count(*)
  FROM places_agency g
  JOIN places_adminunit u ON u.id = g.unit_id
  JOIN scope s ON s.unit_id = u.id
 WHERE NOT g.is_sample AND g.id NOT IN (SELECT agency_id FROM asked)
   AND (g.starts_on IS NULL OR g.starts_on <= %(map_on)s) AND (g.ends_on IS NULL OR g.ends_on > %(map_on)s)
 GROUP BY u.tier, g.kind
"""


@dataclass(frozen=True)
class RuleCheck:
    """What one rule finds. `institutions`: counted by its bodies themselves."""

    rule: CycleRule
    bodies: int
    lack_receiver: int
    unmanned: int
    institutions: int

    @property
    def whom(self) -> str:
        return f"{Tier(self.rule.reporter_tier).label.capitalize()}: {AgencyKind(self.rule.reporter_kind).label}"


@dataclass(frozen=True)
class Uncounted:
    """Open institutions of one class that no rule counts, by where they stand."""

    label: str
    number: int
    places: list[tuple[str, int]]


@dataclass(frozen=True)
class OpeningCheck:
    rules: list[RuleCheck]
    uncounted: list[Uncounted]
    not_asked: list[tuple[str, int]]
    lacking_receiver: list[str]
    unmanned: list[str]

    @property
    def bodies(self) -> int:
        return sum(each.bodies for each in self.rules)

    @property
    def institutions(self) -> int:
        return sum(each.institutions for each in self.rules)

    @property
    def uncounted_number(self) -> int:
        return sum(each.number for each in self.uncounted)

    @property
    def lacking_receiver_number(self) -> int:
        return sum(each.lack_receiver for each in self.rules)

    @property
    def unmanned_number(self) -> int:
        return sum(each.unmanned for each in self.rules)


def opening_check(cycle: Cycle, day: dt.date) -> OpeningCheck:
    """Five queries, whatever the size; nothing is written. `day`: today, for who holds which role."""
    roles = [r.name for r in ROLES.values() if Permission.WRITE_REPORT in r.permissions and not r.must_be_switched_on]
    given = {
        **parameters(cycle),
        "today": day,
        "roles": [str(name) for name in roles],
        "leading": [str(kind) for kind in LEADING_KINDS],
    }
    with reading_many() as cursor:
        by_rule, by_class, missing, others = (
            _rows(cursor, statement, given) for statement in (_BY_RULE, _COUNTED, _MISSING, _NOT_ASKED)
        )
    found = {ordinal: figures for ordinal, *figures in by_rule}
    counted: dict[int, int] = {}
    left_out: dict[str, list[tuple[str, int]]] = {}
    for ordinal, kind, number, place in by_class:
        if ordinal is not None:
            counted[ordinal] = counted.get(ordinal, 0) + number
        else:
            left_out.setdefault(kind, []).append((place or "–", number))
    rules = [
        RuleCheck(rule, *found.get(rule.ordinal, (0, 0, 0)), institutions=counted.get(rule.ordinal, 0))
        for rule in cycle.rules.select_related("to_agency")
    ]
    uncounted = [
        Uncounted(
            str(InstitutionClass(kind).label),
            sum(number for _place, number in places),
            sorted(places, key=lambda place: -place[1]),
        )
        for kind, places in left_out.items()
    ]
    order = {tier: rank for rank, tier in enumerate(Tier.values)}
    not_asked = sorted(others, key=lambda row: (order[row[0]], row[1]))
    return OpeningCheck(
        rules,
        sorted(uncounted, key=lambda each: -each.number),
        [(f"{Tier(tier).label.capitalize()}: {AgencyKind(kind).label}", number) for tier, kind, number in not_asked],
        [name for what, name in missing if what == "receiver"],
        [name for what, name in missing if what == "person"],
    )


def _rows(cursor: CursorWrapper, statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(statement, given)
    return list(cursor.fetchall())
