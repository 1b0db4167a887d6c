"""How much the books hold for many tasks at once, in SQL: what boards are counted from, and what a report tells of the
days that it is about. The law is `queries.evidence`; a test holds the two against each other."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Q

from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.places.enums import ARMED_FORCES, InstitutionClass, Tier
from hocsuotdoi.programme.models import Assignment
from hocsuotdoi.programme.queries.evidence import SESSION, met_on, period_of, years_of
from hocsuotdoi.programme.registry import Evidence, evidence_of_units

HAS_RULE = Q(task__isnull=False) & ~Q(  # what comes from no clause would pass the second half
    task__observances=[],
    task__activity_kinds=[],
    task__programmes=[],
    task__source_kinds=[],
    task__measures=[],
    task__evidence="",
)
"""Assignments of which anything in the books can show that they were done."""

_STANDS = "({0}.starts_on IS NULL OR {0}.starts_on <= {1}) AND ({0}.ends_on IS NULL OR {0}.ends_on > {1})"

_FOUND = f"""
WITH asked AS (
    SELECT a.id, a.agency_id, g.unit_id, t.observances, t.activity_kinds, t.themes, t.programmes, t.source_kinds,
           t.measures,
           coalesce(a.starts_on, make_date(a.year, 1, 1), p.issued_on,
                    (a.handed_at AT TIME ZONE %(zone)s)::date) AS first,
           LEAST(make_date(a.year + 1, 1, 1), u.ends_on, g.ends_on) AS until,
           g.kind = ANY(%(leading)s) AND coalesce(u.tier, %(country)s) <> %(country)s AS by_place,
           CASE WHEN u.ends_on <= %(day)s THEN u.ends_on - 1 ELSE GREATEST(%(day)s, u.starts_on) END AS map_day,
           LEAST(%(day)s, g.ends_on - 1) AS last_day
      FROM programme_assignment a
      JOIN programme_task t ON t.id = a.task_id
      JOIN programme_plan p ON p.id = t.plan_id
      JOIN places_agency g ON g.id = a.agency_id
      LEFT JOIN places_adminunit u ON u.id = g.unit_id
     WHERE a.id = ANY(%(keys)s)
), houses AS (
    SELECT DISTINCT asked.agency_id, c.institution_id
      FROM (SELECT DISTINCT agency_id, unit_id, map_day FROM asked WHERE by_place) asked
      JOIN places_unitancestry y ON y.ancestor_id = asked.unit_id AND {_STANDS.format("y", "asked.map_day")}
      JOIN places_unitreading r ON r.reads_as_id = y.unit_id AND {_STANDS.format("r", "asked.map_day")}
      JOIN places_institutionplacement c ON c.unit_id = r.unit_id AND {_STANDS.format("c", "asked.map_day")}
      JOIN places_institution h ON h.id = c.institution_id AND h.institution_class <> %(armed_library)s
     WHERE NOT EXISTS (SELECT FROM places_institutionagency i JOIN places_agency k ON k.id = i.agency_id
                        WHERE i.institution_id = c.institution_id AND k.kind = ANY(%(armed)s)
                          AND {_STANDS.format("i", "asked.map_day")})
     UNION
    SELECT asked.agency_id, i.institution_id
      FROM (SELECT DISTINCT agency_id, last_day FROM asked WHERE NOT by_place) asked
      JOIN places_institutionagency i ON i.agency_id = asked.agency_id AND {_STANDS.format("i", "asked.last_day")}
), found AS (
    SELECT asked.id, %(session)s::text AS kind, s.id AS key, (s.starts_at AT TIME ZONE %(zone)s)::date AS held_on,
           v.observance
      FROM asked
      JOIN houses ON houses.agency_id = asked.agency_id
      JOIN activities_session s ON s.institution_id = houses.institution_id AND s.status = 'closed'
       AND s.starts_at >= asked.first::timestamp AT TIME ZONE %(zone)s
       AND (asked.until IS NULL OR s.starts_at < asked.until::timestamp AT TIME ZONE %(zone)s)
      JOIN activities_activity v ON v.institution_id = s.institution_id AND v.id = s.activity_id
     WHERE asked.observances || asked.activity_kinds || asked.programmes <> '{{}}'
       AND CASE WHEN asked.observances <> '{{}}' THEN v.observance = ANY(asked.observances)
                ELSE asked.activity_kinds = '{{}}' OR v.kind = ANY(asked.activity_kinds) END
       AND (asked.themes = '{{}}' OR v.themes && asked.themes)
       AND (asked.programmes = '{{}}' OR v.programmes && asked.programmes)
     UNION ALL
    SELECT asked.id, b.source_kind, b.source_id, b.occurred_on, ''
      FROM asked
      JOIN houses ON houses.agency_id = asked.agency_id
      JOIN ledger_posting b ON b.institution_id = houses.institution_id AND b.kind = 'happening'
       AND b.source_kind = ANY(asked.source_kinds) AND b.source_kind <> %(session)s
       AND b.occurred_on >= asked.first AND (asked.until IS NULL OR b.occurred_on < asked.until)
     WHERE NOT EXISTS (SELECT FROM ledger_posting x WHERE x.institution_id = b.institution_id AND x.reverses_id = b.id)
    /* measured */
), decided AS (
    SELECT DISTINCT ON (assignment_id, source_kind, source_id) assignment_id, institution_id, source_kind, source_id,
           verdict
      FROM programme_evidencedecision
     WHERE assignment_id = ANY(%(keys)s)
     ORDER BY assignment_id, source_kind, source_id, at DESC, id DESC
), added AS (
    SELECT d.assignment_id, d.source_kind, d.source_id,
           coalesce((s.starts_at AT TIME ZONE %(zone)s)::date, b.occurred_on) AS held_on,
           coalesce(v.observance, '') AS observance
      FROM decided d
      LEFT JOIN activities_session s ON d.source_kind = %(session)s AND s.id = d.source_id
       AND s.institution_id = d.institution_id AND s.status = 'closed'
      LEFT JOIN activities_activity v ON v.institution_id = s.institution_id AND v.id = s.activity_id
      LEFT JOIN ledger_posting b ON d.source_kind <> %(session)s AND b.institution_id = d.institution_id
       AND b.source_kind = d.source_kind AND b.source_id = d.source_id AND b.kind IN ('happening', 'stated')
       AND NOT EXISTS (SELECT FROM ledger_posting x
                        WHERE x.institution_id = b.institution_id AND x.reverses_id = b.id)
     WHERE d.verdict = 'added'
), kept AS (
    SELECT found.* FROM found
      LEFT JOIN decided d ON d.assignment_id = found.id AND d.source_kind = found.kind AND d.source_id = found.key
     WHERE d.verdict IS DISTINCT FROM 'rejected'
     UNION
    SELECT * FROM added WHERE held_on IS NOT NULL
), firsts AS (
    SELECT kept.id, CASE WHEN kept.observance = ANY(asked.observances) THEN kept.observance ELSE kept.key::text END,
           min(kept.held_on) AS held_on, count(*) AS times, max(kept.held_on) AS last_on
      FROM kept JOIN asked ON asked.id = kept.id
     WHERE %(until)s::date IS NULL OR kept.held_on <= %(until)s
     GROUP BY 1, 2
)
SELECT firsts.id, sum(firsts.times)::int, max(firsts.last_on), array_agg(firsts.held_on ORDER BY firsts.held_on)
  FROM firsts GROUP BY firsts.id
"""

_MEASURED = """
     UNION ALL
    SELECT DISTINCT asked.id, b.source_kind, b.source_id,
           coalesce((s.starts_at AT TIME ZONE %(zone)s)::date, e.occurred_on), coalesce(v.observance, '')
      FROM asked
      JOIN houses ON houses.agency_id = asked.agency_id AND asked.measures <> '{}'
      JOIN ledger_entry e ON e.institution_id = houses.institution_id AND e.measure = ANY(asked.measures)
       AND e.quantity > 0 AND e.occurred_on >= asked.first AND (asked.until IS NULL OR e.occurred_on < asked.until)
      JOIN ledger_posting b ON b.institution_id = e.institution_id AND b.id = e.posting_id
       AND b.kind IN ('happening', 'stated')
      LEFT JOIN activities_session s ON b.source_kind = %(session)s AND s.institution_id = b.institution_id
       AND s.id = b.source_id
      LEFT JOIN activities_activity v ON v.institution_id = s.institution_id AND v.id = s.activity_id
     WHERE (asked.themes = '{}' OR e.tags && asked.themes) AND (asked.programmes = '{}' OR e.tags && asked.programmes)
       AND NOT EXISTS (SELECT FROM ledger_posting x WHERE x.institution_id = b.institution_id AND x.reverses_id = b.id)
"""
"""Asked only where a task names measures: it reads entries, of which there are many more than postings."""


@dataclass(frozen=True)
class Counted:
    """`met_on`: the day on which the rule was first met."""

    assignment: Assignment
    happenings: int
    last_on: dt.date | None
    met_on: dt.date | None


def evidence_counts(keys: Iterable[int], day: dt.date, *, until: dt.date | None = None) -> list[Counted]:
    """Of each of these that has a rule, with institutions as they are on `day`; `until`: only what was by that day. Two
    queries, and one for each name of evidence of other areas and year."""
    rows = list(
        Assignment.objects.filter(HAS_RULE, pk__in=list(keys))
        .select_related("task__plan", "agency__unit")
        .order_by("pk")
    )
    if not rows:
        return []
    is_measured = any(row.task and row.task.measures for row in rows)
    found = _found([row.pk for row in rows], day, until, is_measured=is_measured)
    named = _named(rows, day)
    return [
        _counted(
            row, found.get(row.pk), [each.on for each in named.get(row.pk, []) if until is None or each.on <= until]
        )
        for row in rows
    ]


def _counted(row: Assignment, found: tuple[int, dt.date, list[dt.date]] | None, extra: list[dt.date]) -> Counted:
    assert row.task is not None  # it has a rule
    happenings, last_on, firsts = found or (0, None, [])
    days = [("", str(number), day) for number, day in enumerate([*firsts, *extra])]
    last = max([*extra, *([last_on] if last_on else [])], default=None)
    return Counted(row, happenings + len(extra), last, met_on(row.task, days))


def _found(
    keys: list[int], day: dt.date, until: dt.date | None, *, is_measured: bool
) -> dict[int, tuple[int, dt.date, list[dt.date]]]:
    """For each assignment how many happenings, the last day, and the days of those that count one each."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND.replace("/* measured */", _MEASURED if is_measured else ""),
            {
                "keys": keys,
                "day": day,
                "until": until,
                "zone": settings.TIME_ZONE,
                "leading": [str(kind) for kind in LEADING_KINDS],
                "country": str(Tier.COUNTRY),
                "armed": [str(kind) for kind in ARMED_FORCES],
                "armed_library": str(InstitutionClass.LIBRARY_ARMED_FORCES),
                "session": SESSION,
            },
        )
        return {key: (number, last, days) for key, number, last, days in cursor.fetchall()}


def _named(rows: list[Assignment], day: dt.date) -> dict[int, list[Evidence]]:
    """What other areas have: one query for each name and year."""
    asked: dict[tuple[str, int], list[Assignment]] = {}
    for row in rows:
        if row.task and row.task.evidence and row.agency.unit_id and row.agency.kind in LEADING_KINDS:
            for year in years_of(row, day):
                asked.setdefault((row.task.evidence, year), []).append(row)
    found: dict[int, list[Evidence]] = {}
    for (name, year), group in asked.items():
        by_unit = evidence_of_units(name, {row.agency.unit_id for row in group if row.agency.unit_id}, year)
        for row in group:
            there = by_unit.get(row.agency.unit_id or 0, [])
            found.setdefault(row.pk, []).extend(each for each in there if each.on >= period_of(row)[0])
    return found
