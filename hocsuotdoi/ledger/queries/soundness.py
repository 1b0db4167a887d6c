"""Whether the book is still what it promises to be: guarded, and balanced."""

import uuid

from django.db import connection

_UNGUARDED = """
SELECT guarded.relname
  FROM pg_class AS guarded
 WHERE (guarded.oid = 'ledger_posting'::regclass OR guarded.oid IN (
            SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass))
   AND (SELECT count(*) FROM pg_trigger
         WHERE tgrelid = guarded.oid AND tgenabled = 'A' AND NOT tgisinternal
           AND (tgname IN ('append_only', 'no_truncate', 'with_its_posting') OR tgname LIKE 'pgtrigger_%%'))
       < CASE WHEN guarded.relname = 'ledger_posting' THEN 2 ELSE 3 END
 ORDER BY 1
"""

_CONTRADICTIONS = """
SELECT reversal.reverses_id
  FROM ledger_posting AS reversal
  JOIN ledger_entry AS entry
    ON entry.institution_id = reversal.institution_id AND entry.occurred_on = reversal.occurred_on
   AND entry.posting_id IN (reversal.id, reversal.reverses_id)
 WHERE reversal.kind = 'reversal'
 GROUP BY reversal.reverses_id, reversal.institution_id
HAVING sum(entry.quantity) <> 0
 LIMIT 20
"""


def unguarded_tables() -> list[str]:
    """Tables of the book, partitions too, that lack one of their triggers or have one not always on."""
    with connection.cursor() as cursor:
        cursor.execute(_UNGUARDED, [])
        return [name for (name,) in cursor.fetchall()]


def contradictions() -> list[uuid.UUID]:
    """Up to twenty reversed postings that do not add up to nothing with their reversal."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRADICTIONS)
        return [posting for (posting,) in cursor.fetchall()]
