"""Works out what is never typed: what lies under what when, and as which unit each unit is read when."""

from django.db import connection, transaction

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import UnitAncestry, UnitReading
from hocsuotdoi.places.operations.copying import replace_by_query

# A unit's periods under an ancestor are the overlaps of the periods of each link on the way up, and of its own life.
_ANCESTRIES = """
WITH RECURSIVE up (unit_id, ancestor_id, distance, starts_on, ends_on) AS (
    SELECT id, id, 0, starts_on, ends_on FROM places_adminunit
    UNION ALL
    SELECT up.unit_id, link.parent_id, up.distance + 1,
           GREATEST(up.starts_on, link.starts_on), LEAST(up.ends_on, link.ends_on)
      FROM up JOIN places_unitparent link ON link.unit_id = up.ancestor_id
     WHERE COALESCE(GREATEST(up.starts_on, link.starts_on), '-infinity')
         < COALESCE(LEAST(up.ends_on, link.ends_on), 'infinity')
)
SELECT * FROM up
"""

# From the day it ends a unit is read as its main successor, from the day that ends as the successor's, and so on;
# before the day it began as its origin, and so on back. The periods meet and never overlap. Where the land of a unit
# went to several of smaller tiers (a district's to communes) none of them is read for all of it, but the smallest unit
# in which they all lie on that day (decision 124).
_READINGS = """
WITH RECURSIVE scattered (unit_id, day, parts) AS (
    SELECT step.predecessor_id, max(step.effective_on), count(*)
      FROM places_succession step
      JOIN places_adminunit before ON before.id = step.predecessor_id
      JOIN places_adminunit after ON after.id = step.successor_id
     WHERE step.doubt <> 'far'
     GROUP BY step.predecessor_id
    HAVING count(*) > 1 AND min(array_position(%(tiers)s, after.tier) - array_position(%(tiers)s, before.tier)) > 0
), holders (unit_id, ancestor_id, distance) AS (
    SELECT scattered.unit_id, above.ancestor_id, max(above.distance)
      FROM scattered
      JOIN places_succession step ON step.predecessor_id = scattered.unit_id AND step.doubt <> 'far'
      JOIN places_unitancestry above ON above.unit_id = step.successor_id
                                    AND coalesce(above.starts_on, '-infinity') <= scattered.day
                                    AND coalesce(above.ends_on, 'infinity') > scattered.day
     GROUP BY scattered.unit_id, above.ancestor_id, scattered.parts
    HAVING count(*) = scattered.parts
), next (unit_id, reads_as_id, day) AS MATERIALIZED (
    SELECT step.predecessor_id, coalesce(holder.ancestor_id, step.successor_id), step.effective_on
      FROM places_succession step
      LEFT JOIN (SELECT DISTINCT ON (unit_id) unit_id, ancestor_id FROM holders ORDER BY unit_id, distance) AS holder
             ON holder.unit_id = step.predecessor_id
     WHERE step.is_main
), later (unit_id, reads_as_id, starts_on, ends_on) AS (
    SELECT id, id, starts_on, ends_on FROM places_adminunit
    UNION ALL
    SELECT later.unit_id, next.reads_as_id, next.day, unit.ends_on
      FROM later
      JOIN next ON next.unit_id = later.reads_as_id
      JOIN places_adminunit unit ON unit.id = next.reads_as_id
), earlier (unit_id, reads_as_id, starts_on, ends_on) AS (
    SELECT id, id, starts_on, ends_on FROM places_adminunit
    UNION ALL
    SELECT earlier.unit_id, step.predecessor_id, previous.starts_on, step.effective_on
      FROM earlier
      JOIN places_succession step ON step.successor_id = earlier.reads_as_id AND step.is_origin
      JOIN places_adminunit previous ON previous.id = step.predecessor_id
)
SELECT * FROM later
UNION ALL
SELECT * FROM earlier WHERE unit_id <> reads_as_id
"""


@transaction.atomic
def rebuild() -> None:
    """Works `UnitAncestry` and `UnitReading` out, whole, from parents and successions (a second for the country)."""
    replace_by_query(UnitAncestry, ["unit_id", "ancestor_id", "distance", "starts_on", "ends_on"], _ANCESTRIES)
    columns = ["unit_id", "reads_as_id", "starts_on", "ends_on"]
    # By their keys it is seen whether the map is still the one on which totals stand (`indicators.RollupMap`).
    replace_by_query(UnitReading, columns, _READINGS, {"tiers": [str(tier) for tier in Tier]}, is_whole=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_adminunit, places_unitancestry, places_unitreading, places_succession")
