"""Snapshots whose rows of figures say other than the content that the digest binds."""

from django.db import connection

MOST_TOLD = 20

_APART = """
SELECT snapshot.number
  FROM reporting_snapshot AS snapshot
 WHERE coalesce((snapshot.content ->> 'shape')::int, 1) > 1
   AND EXISTS (
       SELECT FROM jsonb_to_recordset(snapshot.content -> 'figures')
                   AS told (key text, value_state text, numerator numeric, denominator numeric)
         FULL JOIN (SELECT * FROM reporting_figure WHERE snapshot_id = snapshot.id) AS figure USING (key)
        WHERE (told.value_state, told.numerator, told.denominator)
              IS DISTINCT FROM (figure.value_state, figure.numerator, figure.denominator))
 ORDER BY snapshot.id LIMIT %s
"""


def snapshots_apart() -> list[str]:
    """Their numbers, the first of them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_APART, [MOST_TOLD])
        return [number for (number,) in cursor.fetchall()]
