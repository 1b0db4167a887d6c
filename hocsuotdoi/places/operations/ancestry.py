"""Works out what is never typed: what lies under what when, and as which unit each unit is read when."""

from django.db import connection, transaction

# A unit's periods under an ancestor are the overlaps of the periods of each link on the way up, and of its own life.
_ANCESTRIES = """
INSERT INTO places_unitancestry (unit_id, ancestor_id, distance, starts_on, ends_on)
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
# before the day it began as its origin, and so on back. The periods meet and never overlap.
_READINGS = """
INSERT INTO places_unitreading (unit_id, reads_as_id, starts_on, ends_on)
WITH RECURSIVE later (unit_id, reads_as_id, starts_on, ends_on) AS (
    SELECT id, id, starts_on, ends_on FROM places_adminunit
    UNION ALL
    SELECT later.unit_id, step.successor_id, step.effective_on, next.ends_on
      FROM later
      JOIN places_succession step ON step.predecessor_id = later.reads_as_id AND step.is_main
      JOIN places_adminunit next ON next.id = step.successor_id
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
    """Recomputes `UnitAncestry` and `UnitReading` whole, from parents and successions (a second for the country)."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM places_unitancestry")
        cursor.execute("DELETE FROM places_unitreading")
        cursor.execute(_ANCESTRIES)
        cursor.execute(_READINGS)
        cursor.execute("ANALYZE places_adminunit, places_unitancestry, places_unitreading, places_succession")
