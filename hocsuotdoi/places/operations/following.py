"""What stands in a unit, or is run by a body of it, goes on in what took that over when a reform ends it; what comes to
lie in another province is handed to the body of the same kind there."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection

from hocsuotdoi.core.audit import many_rows
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY

Chosen = tuple[str, dt.date, str]
"""An institution's code, a reform's day, the code of the unit that holds its place since: where land was divided."""

# Where it stood stays as it was until the day. What would only come to stand there later stands in the new unit at
# once. Reforms of one chain are followed one after the other: each run takes one step.
_PLACEMENTS = """
WITH chosen AS (
    SELECT * FROM unnest(%(codes)s::text[], %(days)s::date[], %(units)s::text[]) AS chosen (code, day, unit)
), outlasting AS (
    SELECT place.id, place.institution_id, place.address, place.latitude, place.longitude,
           place.ends_on, unit.ends_on AS day, coalesce(told.id, step.successor_id) AS goes_to,
           coalesce(place.starts_on >= unit.ends_on, false) AS is_later
      FROM places_institutionplacement place
      JOIN places_adminunit unit ON unit.id = place.unit_id AND unit.ends_on > %(reform)s
                                AND unit.ends_on < coalesce(place.ends_on, 'infinity')
      JOIN places_institution institution ON institution.id = place.institution_id
      JOIN places_succession step ON step.predecessor_id = unit.id AND step.is_main
      LEFT JOIN chosen ON chosen.code = institution.code AND chosen.day = unit.ends_on
      LEFT JOIN LATERAL (SELECT heir.id FROM places_succession part
                           JOIN places_adminunit heir ON heir.id = part.successor_id AND heir.code = chosen.unit
                          WHERE part.predecessor_id = unit.id) AS told ON true
), gone AS (
    UPDATE places_institutionplacement place SET ends_on = outlasting.day
      FROM outlasting WHERE place.id = outlasting.id AND NOT outlasting.is_later
), later AS (
    UPDATE places_institutionplacement place SET unit_id = outlasting.goes_to
      FROM outlasting WHERE place.id = outlasting.id AND outlasting.is_later
)
INSERT INTO places_institutionplacement (institution_id, unit_id, address, latitude, longitude, starts_on, ends_on)
SELECT institution_id, goes_to, address, latitude, longitude, day, ends_on FROM outlasting WHERE NOT is_later
"""

# The body of the same kind in the unit in or under which the institution stands since, where that took over land of the
# body's own unit; else in the unit that took that over mainly. Where there is none, nobody runs it until somebody says
# who.
_RUN_BY = """
WITH outlasting AS (
    SELECT run.id, run.institution_id, run.ends_on, agency.ends_on AS day, heir.id AS goes_to,
           coalesce(run.starts_on >= agency.ends_on, false) AS is_later
      FROM places_institutionagency run
      JOIN places_agency agency ON agency.id = run.agency_id AND agency.ends_on > %(reform)s
                               AND agency.ends_on < coalesce(run.ends_on, 'infinity')
      JOIN places_adminunit unit ON unit.id = agency.unit_id AND unit.ends_on = agency.ends_on
      LEFT JOIN LATERAL (
          SELECT body.id
            FROM places_succession step
            JOIN places_agency body ON body.unit_id = step.successor_id AND body.kind = agency.kind
                                   AND coalesce(body.starts_on, '-infinity') <= agency.ends_on
                                   AND coalesce(body.ends_on, 'infinity') > agency.ends_on
            LEFT JOIN (places_institutionplacement place
                       JOIN places_unitancestry above ON above.unit_id = place.unit_id)
                   ON above.ancestor_id = step.successor_id AND place.institution_id = run.institution_id
                  AND coalesce(place.starts_on, '-infinity') <= agency.ends_on
                  AND coalesce(place.ends_on, 'infinity') > agency.ends_on
                  AND coalesce(above.starts_on, '-infinity') <= agency.ends_on
                  AND coalesce(above.ends_on, 'infinity') > agency.ends_on
           WHERE step.predecessor_id = unit.id AND (step.is_main OR place.id IS NOT NULL)
           ORDER BY place.id NULLS LAST, body.kept_by_hand, body.id
           LIMIT 1) AS heir ON true
), gone AS (
    UPDATE places_institutionagency run SET ends_on = outlasting.day
      FROM outlasting WHERE run.id = outlasting.id AND NOT outlasting.is_later
), later AS (
    UPDATE places_institutionagency run SET agency_id = outlasting.goes_to
      FROM outlasting WHERE run.id = outlasting.id AND outlasting.is_later AND outlasting.goes_to IS NOT NULL
)
INSERT INTO places_institutionagency (institution_id, agency_id, starts_on, ends_on)
SELECT institution_id, goes_to, day, ends_on
  FROM outlasting WHERE goes_to IS NOT NULL AND NOT is_later
"""

# Of an institution whose place came to lie in another unit (its commune moved, or went up into one that lies there) the
# body of a unit that goes on without it hands it to the body of the same kind in the unit of that tier where it lies
# since. Where there is none it keeps it.
_HANDED = """
WITH moved AS (
    SELECT place.institution_id, link.starts_on AS day, place.unit_id AS before_id, place.unit_id AS after_id
      FROM places_unitparent link
      JOIN places_adminunit unit ON unit.id = link.unit_id AND coalesce(unit.starts_on, '-infinity') < link.starts_on
      JOIN places_institutionplacement place ON place.unit_id = unit.id
                                            AND coalesce(place.starts_on, '-infinity') < link.starts_on
                                            AND coalesce(place.ends_on, 'infinity') > link.starts_on
     WHERE link.starts_on > %(reform)s
    UNION
    SELECT came.institution_id, step.effective_on, was.unit_id, came.unit_id
      FROM places_succession step
      JOIN places_institutionplacement was ON was.unit_id = step.predecessor_id AND was.ends_on = step.effective_on
      JOIN places_institutionplacement came ON came.institution_id = was.institution_id
                                           AND came.unit_id = step.successor_id AND came.starts_on = step.effective_on
     WHERE step.effective_on > %(reform)s
), leaving AS (
    SELECT run.id, run.institution_id, run.ends_on, moved.day, heir.id AS goes_to
      FROM moved
      JOIN places_institutionagency run ON run.institution_id = moved.institution_id
                                       AND coalesce(run.starts_on, '-infinity') < moved.day
                                       AND coalesce(run.ends_on, 'infinity') > moved.day
      JOIN places_agency agency ON agency.id = run.agency_id AND coalesce(agency.ends_on, 'infinity') > moved.day
      JOIN places_adminunit unit ON unit.id = agency.unit_id
      JOIN LATERAL (
          SELECT body.id
            FROM places_unitancestry above
            JOIN places_adminunit there ON there.id = above.ancestor_id AND there.tier = unit.tier
            JOIN places_agency body ON body.unit_id = there.id AND body.kind = agency.kind
                                   AND coalesce(body.starts_on, '-infinity') <= moved.day
                                   AND coalesce(body.ends_on, 'infinity') > moved.day
           WHERE above.unit_id = moved.after_id AND coalesce(above.starts_on, '-infinity') <= moved.day
             AND coalesce(above.ends_on, 'infinity') > moved.day
           ORDER BY body.kept_by_hand, body.id
           LIMIT 1) AS heir ON true
     WHERE EXISTS (SELECT FROM places_unitancestry lay
                    WHERE lay.unit_id = moved.before_id AND lay.ancestor_id = unit.id
                      AND coalesce(lay.starts_on, '-infinity') < moved.day
                      AND coalesce(lay.ends_on, 'infinity') >= moved.day)
       AND NOT EXISTS (SELECT FROM places_unitancestry lies
                        WHERE lies.unit_id = moved.after_id AND lies.ancestor_id = unit.id
                          AND coalesce(lies.starts_on, '-infinity') <= moved.day
                          AND coalesce(lies.ends_on, 'infinity') > moved.day)
), gone AS (
    UPDATE places_institutionagency run SET ends_on = leaving.day FROM leaving WHERE run.id = leaving.id
)
INSERT INTO places_institutionagency (institution_id, agency_id, starts_on, ends_on)
SELECT institution_id, goes_to, day, ends_on FROM leaving
"""
_LONGEST_CHAIN = 50


def follow_units(chosen: Iterable[Chosen] = ()) -> int:
    """Places and bodies in charge that outlast their unit go on in its successors; how many rows did. Run again,
    nothing happens.

    Of reforms since that of 2025: what is known of the time before was written down as it was.
    """
    codes, days, units = [*zip(*chosen, strict=True)] or ((), (), ())
    given: dict[str, Any] = {"codes": list(codes), "days": list(days), "units": list(units), "reform": REFORM_DAY}
    followed = 0
    with many_rows(), connection.cursor() as cursor:
        for statement in (_PLACEMENTS, _RUN_BY, _HANDED):
            for _step in range(_LONGEST_CHAIN):
                cursor.execute(statement, given)
                if not cursor.rowcount:
                    break
                followed += cursor.rowcount
    return followed
