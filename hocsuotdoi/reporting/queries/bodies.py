"""Whose money and tasks stand in which report of a cycle, and whose in none: whatever became of units and bodies."""

from django.db.models import Exists, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.units import COUNTRY_CODE
from hocsuotdoi.programme.enums import AssignmentState, MoneyStage
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.asked import holds

CULTURE_KINDS = frozenset[str]({AgencyKind.CULTURE, AgencyKind.CULTURE_SOCIETY})


def bodies_told(report: Report) -> QuerySet[Agency]:
    """Whose money and tasks the report tells: the body's own, and what bodies of its kind left that have ended or whose
    unit has, where no other report of the cycle is nearer to it.

    Who owes a report in the cycle tells its own. What was left is told once in a cycle, whatever the maps on which its
    reports stand: by the nearest body of its kind on the way up from where it is read; of several as near, by the one
    that was asked on the earlier map, then by the first. What nobody tells is in `bodies_untold`.
    """
    if report.agency_id is None or report.cycle_id is None:
        return Agency.objects.none()
    # A body that owes reports on two lines of command tells its money in the first.
    is_again = _asked(report).filter(agency=report.agency_id, pk__lt=report.pk)
    left = RawSQL(f"{_LEFT} SELECT office_id FROM told WHERE report_id = %s", [report.pk, report.pk])
    return Agency.objects.filter(Q(pk=report.agency_id) & ~Exists(is_again) | Q(pk__in=left))


def bodies_untold(report: Report) -> QuerySet[Agency]:
    """Bodies of the report's territory whose money of the years of the cycle stands in no report of it: those that
    stand and owe none, and those that left theirs where nobody of their kind reports. In Vietnamese order of the
    units, those of the whole country first."""
    untold = RawSQL(f"{_LEFT} SELECT id FROM offices WHERE says EXCEPT SELECT office_id FROM told", [report.pk])
    return Agency.objects.filter(pk__in=untold).order_by(F("unit__sort_key").asc(nulls_first=True), "name", "pk")


def _asked(report: Report) -> QuerySet[Report]:
    return Report.objects.filter(cycle=report.cycle_id).exclude(state=ReportState.EXCUSED)


def _family(table: str) -> str:
    """What a district's culture office did is a commune's office for culture and society's now."""
    return f"CASE WHEN {table}.kind IN ({_CULTURE}) THEN '{AgencyKind.CULTURE}' ELSE {table}.kind END"


_CULTURE = ", ".join(f"'{kind}'" for kind in sorted(CULTURE_KINDS))
_LEFT = f"""
WITH reports AS MATERIALIZED (
    SELECT each.id, each.agency_id, each.unit_id, {_family("body")} AS family, each.id = this.id AS is_this,
           each.state <> '{ReportState.EXCUSED}' AS is_asked,
           EXTRACT(year FROM cycle.starts_on) AS first_year, EXTRACT(year FROM cycle.ends_on - 1) AS last_year,
           CASE WHEN unit.ends_on <= cycle.map_on THEN unit.ends_on - 1
                ELSE GREATEST(cycle.map_on, unit.starts_on) END AS day
      FROM reporting_report this
      JOIN reporting_cycle cycle ON cycle.id = this.cycle_id
      JOIN reporting_report each ON each.cycle_id = cycle.id
      JOIN places_agency body ON body.id = each.agency_id
      JOIN places_adminunit unit ON unit.id = each.unit_id
     WHERE this.id = %s
), this AS MATERIALIZED (
    SELECT * FROM reports WHERE is_this
), here AS MATERIALIZED (
    SELECT reading.unit_id
      FROM this
      JOIN places_unitancestry way ON way.ancestor_id = this.unit_id AND {holds("way", "this.day")}
      JOIN places_unitreading reading ON reading.reads_as_id = way.unit_id AND {holds("reading", "this.day")}
), standing AS (
    SELECT office.*, here.unit_id AS place FROM here JOIN places_agency office ON office.unit_id = here.unit_id
     UNION ALL
    SELECT office.*, this.unit_id
      FROM this
      JOIN places_adminunit country ON country.id = this.unit_id AND country.code = '{COUNTRY_CODE}'
      JOIN places_agency office ON office.unit_id IS NULL
), offices AS MATERIALIZED (
    SELECT office.id, office.place, {_family("office")} AS family, office.ends_on, line.says
      FROM standing office
     CROSS JOIN LATERAL (
           SELECT bool_or(num_nonnulls({", ".join(f"line.{stage}" for stage in MoneyStage.values)}) > 0) AS says
             FROM programme_moneyline line, this
            WHERE line.agency_id = office.id AND line.year BETWEEN this.first_year AND this.last_year) line
     WHERE NOT office.is_sample
       AND (line.says IS NOT NULL
            OR EXISTS (SELECT FROM programme_assignment task
                        WHERE task.agency_id = office.id AND task.state <> '{AssignmentState.DROPPED}'))
       AND NOT EXISTS (SELECT FROM reports WHERE agency_id = office.id AND is_asked)
), told AS (
    SELECT DISTINCT ON (office.id) office.id AS office_id, nearest.id AS report_id
      FROM offices office
      JOIN places_unitreading reading ON reading.unit_id = office.place
      JOIN places_unitancestry way ON way.unit_id = reading.reads_as_id
      JOIN reports nearest ON nearest.unit_id = way.ancestor_id AND nearest.family = office.family AND nearest.is_asked
     WHERE {holds("reading", "nearest.day")} AND {holds("way", "nearest.day")}
       AND (reading.reads_as_id <> office.place OR office.ends_on <= nearest.day)
     ORDER BY office.id, way.distance, nearest.day, nearest.agency_id, nearest.id
)
"""
"""Of one report: the `offices` of its territory that have lines in the years of the cycle, or tasks, and owe no report
in it, and by which report is `told` what those left that do not stand on its map. Each report has the map of the cycle,
or of the nearest day on which its own unit stands. A body without a unit is the whole country's."""
