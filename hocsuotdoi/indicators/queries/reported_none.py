"""Of what nothing was counted: where somebody reports it, so that there was none, and where nobody is who could.

By the rule of `reported`: who records here what is recorded together with a measure, and does not type that one,
reports that there was none of it. Zeros that were typed in: `zeros`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from hocsuotdoi.indicators.queries.reported import RECORDED_TOGETHER, recorded_with
from hocsuotdoi.indicators.queries.reported_within import AS_REPORTED, ON_A_MAP, Lasting
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import LIBRARIES, MUSEUMS

Place = tuple[Any, ...]
"""A unit's id, a period's first day, a class."""


@dataclass(frozen=True, slots=True)
class Silence:
    """`there`: where somebody should report; `none_of`: where somebody reports a measure, by its code."""

    there: set[Place] = field(default_factory=set)
    none_of: set[tuple[Place, str]] = field(default_factory=set)


def silence(
    measures: Collection[str],
    classes: Collection[str],
    units: Collection[int],
    periods: Sequence[Lasting],
    map_day: Any,
) -> Silence:
    """Of units by their ids and of classes, all of them where none is named. `map_day` None: as reported. One query."""
    found = Silence()
    if not units or not periods:
        return found
    pairs = [(measure, together) for measure in measures for together in sorted(recorded_with([measure]))]
    parameters: dict[str, Any] = {
        "firsts": [each.first for each in periods],
        "lasts": [each.last for each in periods],
        "stops": [each.stop for each in periods],
        "from_year": min(each.first for each in periods).year,
        "to_year": max(each.last for each in periods).year,
        "units": list(units),
        "classes": list(classes),
        "day": map_day,
        "measures": [measure for measure, _together in pairs],
        "together": [together for _measure, together in pairs],
    }
    statement = _SILENCE.format(places=AS_REPORTED if map_day is None else ON_A_MAP)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for *place, measure in cursor.fetchall():
            found.there.add(tuple(place))
            if measure is not None:
                found.none_of.add((tuple(place), measure))
    return found


def is_counted_at(measure: str, institution_class: str) -> bool:
    """Whether a measure makes sense for a class of institution, as `enums.columns_of` has it."""
    if measure in _AT_LIBRARIES:
        return institution_class in LIBRARIES
    if measure == MeasureCode.MUSEUM_VISIT:
        return institution_class in MUSEUMS
    return measure != MeasureCode.CENTRE_VISIT or institution_class not in {*LIBRARIES, *MUSEUMS}


_AT_LIBRARIES = {MeasureCode.LIBRARY_VISIT, *RECORDED_TOGETHER[1]}

_SILENCE = """
WITH span AS (
    SELECT * FROM unnest(%(firsts)s::date[], %(lasts)s::date[], %(stops)s::date[]) AS span (first_day, last_day, stop)
), part AS MATERIALIZED (
    SELECT span.first_day, month::date AS month
      FROM span CROSS JOIN generate_series(span.first_day, span.stop - 1, interval '1 month') AS month
), place AS MATERIALIZED ({places}
), stands AS MATERIALIZED (
    SELECT place.*, placement.institution_id, institution.institution_class,
           coalesce(placement.starts_on, '-infinity') AS came_on, coalesce(placement.ends_on, 'infinity') AS left_on
      FROM place
      JOIN places_institutionplacement AS placement ON placement.unit_id = place.place_id
      JOIN places_institution AS institution
        ON institution.id = placement.institution_id
       AND (%(classes)s::text[] = '{{}}' OR institution.institution_class = ANY(%(classes)s))
), expected AS MATERIALIZED (
    SELECT DISTINCT span.first_day, stands.unit_id, stands.institution_id, stands.institution_class
      FROM stands
      JOIN span ON stands.until >= span.first_day
     CROSS JOIN LATERAL (SELECT least(span.last_day, stands.until) AS day) AS seen
     WHERE stands.starts_on <= seen.day AND stands.ends_on > seen.day
       AND stands.came_on <= seen.day AND stands.left_on > seen.day
       AND EXISTS (SELECT FROM places_institutionstatus AS status
                    WHERE status.institution_id = stands.institution_id AND status.state = 'active'
                      AND coalesce(status.starts_on, '-infinity') <= seen.day
                      AND coalesce(status.ends_on, 'infinity') > seen.day)
), room AS (
    SELECT * FROM unnest(%(measures)s::text[], %(together)s::text[]) AS room (measure, together)
), typing AS MATERIALIZED (
    SELECT DISTINCT figure.institution_id, split_part(figure."column", ':', 1) AS measure,
           extract(year FROM posting.occurred_on)::int + later.years AS year
      FROM indicators_statedfigure AS figure
      JOIN ledger_posting AS posting
        ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
     CROSS JOIN (VALUES (0), (1)) AS later (years)
     WHERE split_part(figure."column", ':', 1) = ANY(%(measures)s)
       AND figure.ends_on > make_date(%(from_year)s - 1, 1, 1) AND figure.starts_on < make_date(%(to_year)s + 1, 1, 1)
       AND figure.institution_id IN (SELECT institution_id FROM expected)
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = posting.institution_id AND back.reverses_id = posting.id)
), recorded AS MATERIALIZED (
    SELECT counted.institution_id, part.first_day, room.measure
      FROM indicators_fresh_institutionmonth AS counted
      JOIN part ON part.month = counted.month
      JOIN room ON room.together = counted.measure
     WHERE NOT counted.stated AND counted.institution_id IN (SELECT institution_id FROM expected)
       AND NOT EXISTS (SELECT FROM typing
                        WHERE typing.institution_id = counted.institution_id AND typing.measure = room.measure
                          AND typing.year = extract(year FROM counted.month))
     GROUP BY 1, 2, 3 HAVING sum(counted.lines) > 0
)
SELECT DISTINCT expected.unit_id, expected.first_day, expected.institution_class, recorded.measure
  FROM expected LEFT JOIN recorded USING (institution_id, first_day)
"""
