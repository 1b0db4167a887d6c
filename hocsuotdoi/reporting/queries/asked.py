"""Who would report to whom by the rules of a cycle, and which institution would be counted where: said once in SQL, for
looking before the cycle is opened and for opening it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from hocsuotdoi.places.enums import ARMED_FORCES, InstitutionClass, InstitutionState, LineKind
from hocsuotdoi.reporting.enums import CommandLine, ReportsTo
from hocsuotdoi.reporting.models import Cycle

_FURTHEST = 8
"""Levels between the lowest report and the last; more is a circle."""
_FORCES = ", ".join(f"'{kind}'" for kind in sorted(ARMED_FORCES))
_FORCES_LINES = f"('{CommandLine.MILITARY}', '{CommandLine.POLICE}')"
_FORCES_CLASS = f"'{InstitutionClass.LIBRARY_ARMED_FORCES}'"


def _on(table: str, day: str) -> str:
    return holds(table, f"%({day})s")


def holds(table: str, day: str) -> str:
    begun = f"({table}.starts_on IS NULL OR {table}.starts_on <= {day})"
    return f"{begun} AND ({table}.ends_on IS NULL OR {table}.ends_on > {day})"


BODIES = f"""
scope AS (
    SELECT DISTINCT y.unit_id FROM places_unitancestry y WHERE y.ancestor_id = %(top)s AND {_on("y", "map_on")}
), asked AS (
    SELECT DISTINCT ON (g.id)
           g.id AS agency_id, g.unit_id, g.kind, r.ordinal, r.line, r."to", r.to_kind, r.to_agency_id AS named_id,
           r.copies_to, r.due_on, r.detail, r.classes
      FROM reporting_cyclerule r
      JOIN places_agency g ON g.kind = r.reporter_kind AND NOT g.is_sample AND {_on("g", "bodies_on")}
      JOIN places_adminunit u ON u.id = g.unit_id AND u.tier = r.reporter_tier
      JOIN scope s ON s.unit_id = u.id
     WHERE r.cycle_id = %(cycle)s
     ORDER BY g.id, r.ordinal
)"""
"""`asked`: each body that a rule finds, once, by the first rule. Only in the territory of the cycle's owner."""

WAYS = f"""
chain AS (
    SELECT a.agency_id, a.line, l.superior_id, 1 AS step, (l.kind <> '{LineKind.ADMINISTRATIVE}')::int AS by_guidance
      FROM asked a JOIN places_agencyline l ON l.agency_id = a.agency_id AND {_on("l", "bodies_on")}
     WHERE a."to" = '{ReportsTo.COMMAND}'
     UNION
    SELECT c.agency_id, c.line, l.superior_id, c.step + 1, c.by_guidance
      FROM chain c JOIN places_agencyline l ON l.agency_id = c.superior_id AND {_on("l", "bodies_on")}
     WHERE c.step < {_FURTHEST}
), receivers AS (
    SELECT a.agency_id, b.agency_id AS to_id, 0 AS far, 0 AS by_guidance, b.ordinal
      FROM asked a JOIN asked b ON b.unit_id = a.unit_id AND b.kind = a.to_kind WHERE a."to" = '{ReportsTo.SAME_UNIT}'
     UNION ALL
    SELECT a.agency_id, b.agency_id, y.distance, 0, b.ordinal
      FROM asked a
      JOIN places_unitancestry y ON y.unit_id = a.unit_id AND y.distance > 0 AND {_on("y", "map_on")}
      JOIN asked b ON b.unit_id = y.ancestor_id AND b.kind = a.to_kind
     WHERE a."to" = '{ReportsTo.UNIT_ABOVE}'
     UNION ALL
    SELECT a.agency_id, b.agency_id, 0, 0, b.ordinal
      FROM asked a JOIN asked b ON b.agency_id = a.named_id WHERE a."to" = '{ReportsTo.NAMED}'
     UNION ALL
    SELECT c.agency_id, b.agency_id, c.step, c.by_guidance, b.ordinal
      FROM chain c JOIN asked b ON b.agency_id = c.superior_id AND b.line = c.line
), bound AS (
    SELECT DISTINCT ON (a.agency_id)
           a.*, COALESCE(r.to_id, CASE WHEN a."to" <> '{ReportsTo.NOBODY}' AND a.agency_id <> %(owner)s
                                        AND EXISTS (SELECT FROM asked WHERE agency_id = %(owner)s)
                                       THEN %(owner)s END) AS to_id,
           r.to_id IS NULL AND a."to" <> '{ReportsTo.NOBODY}' AS lacks_receiver
      FROM asked a
      LEFT JOIN receivers r ON r.agency_id = a.agency_id AND r.to_id <> a.agency_id
     ORDER BY a.agency_id, r.far, r.by_guidance, r.ordinal, r.to_id
), way AS (
    SELECT agency_id, ARRAY[]::bigint[] AS above FROM bound WHERE to_id IS NULL
     UNION ALL
    SELECT b.agency_id, array_prepend(b.to_id, way.above)
      FROM bound b JOIN way ON way.agency_id = b.to_id
     WHERE cardinality(way.above) < {_FURTHEST}
)"""
"""`bound`: to whom each body's report goes; where the rule's receiver does not stand there, to the owner of the cycle,
so that no report is lost. `way`: all above it; bodies that report in a circle are in none."""

INSTITUTIONS = f"""
looked AS (
    SELECT unnest(%(looked_at)s::date[]) AS day
), standing AS (
    SELECT DISTINCT ON (i.id)
           i.id, i.institution_class AS class, COALESCE(d.reads_as_id, p.unit_id) AS unit_id, looked.day AS open_on
      FROM places_institution i
      JOIN places_institutionstatus t ON t.institution_id = i.id AND t.state = '{InstitutionState.ACTIVE}'
      JOIN looked ON {holds("t", "looked.day")}
      JOIN places_institutionplacement p ON p.institution_id = i.id
       AND (({_on("p", "map_on")}) OR ({holds("p", "looked.day")}))
      LEFT JOIN places_unitreading d ON d.unit_id = p.unit_id AND {_on("d", "map_on")}
     ORDER BY i.id, looked.day DESC, ({_on("p", "map_on")}) DESC, p.id
), of_forces AS MATERIALIZED (
    SELECT DISTINCT o.id
      FROM standing o
      JOIN places_institutionagency g ON g.institution_id = o.id
       AND (({_on("g", "map_on")}) OR ({holds("g", "o.open_on")}))
      JOIN places_agency a ON a.id = g.agency_id AND a.kind IN ({_FORCES})
), inside AS (
    SELECT o.*, CASE WHEN f.id IS NULL THEN o.class ELSE {_FORCES_CLASS} END AS claimed_as
      FROM standing o JOIN scope s ON s.unit_id = o.unit_id LEFT JOIN of_forces f ON f.id = o.id
), claims AS (
    SELECT agency_id, unit_id, line, ordinal, class
      FROM (SELECT agency_id, unit_id, line, ordinal, unnest(classes) AS class FROM asked) said
     WHERE class <> {_FORCES_CLASS} OR line IN {_FORCES_LINES}
), run AS MATERIALIZED (
    SELECT o.id, o.claimed_as AS class, g.agency_id
      FROM inside o
      JOIN places_institutionagency g ON g.institution_id = o.id
       AND (({_on("g", "map_on")}) OR ({holds("g", "o.open_on")}))
), lying AS MATERIALIZED (
    SELECT o.id, o.claimed_as AS class, y.ancestor_id
      FROM inside o JOIN places_unitancestry y ON y.unit_id = o.unit_id AND {_on("y", "map_on")}
), found AS (
    SELECT o.id, c.agency_id, c.line, c.ordinal, 0 AS by_place
      FROM run o JOIN claims c ON c.agency_id = o.agency_id AND c.class = o.class
     UNION ALL
    SELECT o.id, c.agency_id, c.line, c.ordinal, 1
      FROM lying o JOIN claims c ON c.unit_id = o.ancestor_id AND c.class = o.class
), counted AS (
    SELECT DISTINCT ON (id) id, agency_id FROM found
     ORDER BY id, (line = '{CommandLine.TERRITORY}'), by_place, ordinal, agency_id
)"""
"""`inside`: institutions open on the last day looked at, or on the last day of an earlier year of the cycle, each read
on the map of the cycle. What a military or police body runs is claimed as the armed forces' whatever its class, and by
their lines only: they report in totals, nobody else names it. `counted`: by which body, once. A line other than the
territory's claims its classes first; then the body that runs the institution, then the one in whose territory it
stands."""


@contextmanager
def reading_many() -> Iterator[CursorWrapper]:
    """A cursor for the statements of this module. The planner cannot know how many bodies the rules find, takes them
    for one, and would look thousands up one by one in one another: it is told to lay whole sides together."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def parameters(cycle: Cycle, *, bodies_on: dt.date | None = None) -> dict[str, Any]:
    """`bodies_on`: the day on which bodies must stand (that of the cycle's map if None)."""
    return {
        "cycle": cycle.pk,
        "owner": cycle.owner_id,
        "top": cycle.owner.unit_id,
        "map_on": cycle.map_on,
        "bodies_on": bodies_on or cycle.map_on,
        "looked_at": sorted({min(dt.date(year, 12, 31), cycle.counted_until) for year in cycle.years}),
    }


def parameters_today(cycle: Cycle, day: dt.date) -> dict[str, Any]:
    """The same rules on the map of `day`: for what has come since the cycle opened."""
    return {**parameters(cycle, bodies_on=day), "map_on": day}
