"""Reminding bodies of reports that they owe, by the rules of the cycle; the late ones climb the ladder as tasks do."""

import datetime as dt

from django.db import connection, transaction

from hocsuotdoi.reporting.enums import OWED, CycleState

RUNGS = (7, 14)
"""Days late after which the office that the body answers to, and then the last but one above it, are told; as
programme's ladder. They climb whatever the cycle's rules say."""

_REMIND = """
WITH owed AS (
    SELECT r.id, r.cycle_id, r.due_on
      FROM reporting_report r JOIN reporting_cycle c ON c.id = r.cycle_id
     WHERE c.state = %(open)s AND r.state = ANY(%(owed)s)
), reached AS (
    SELECT o.id AS report_id, m.id AS rule_id, m.days, o.due_on
      FROM owed o JOIN reporting_cyclereminder m ON m.cycle_id = o.cycle_id
     WHERE o.due_on + m.days <= %(day)s
     UNION ALL
    SELECT o.id, NULL, rung, o.due_on
      FROM owed o CROSS JOIN unnest(%(rungs)s::int[]) AS rung
     WHERE o.due_on + rung <= %(day)s
       AND NOT EXISTS (SELECT FROM reporting_cyclereminder m WHERE m.cycle_id = o.cycle_id AND m.days = rung)
)
INSERT INTO reporting_reminder (report_id, rule_id, days, due_on, at)
SELECT report_id, rule_id, days, due_on, %(at)s FROM reached
    ON CONFLICT (report_id, days, due_on) DO NOTHING
"""


@transaction.atomic
def remind(*, day: dt.date, at: dt.datetime) -> int:
    """Notes for each report that is owed in an open cycle the reminders that its day has reached and that were not
    noted yet; returns how many. One statement, whatever the size; done again, nothing changes. A report that has been
    submitted, approved or let off is left in peace. What is noted today is told in today's letter
    (`queries.reminded.reminder_lines`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REMIND,
            {
                "open": CycleState.OPEN.value,
                "owed": [state.value for state in OWED],
                "rungs": list(RUNGS),
                "day": day,
                "at": at,
            },
        )
        return int(cursor.rowcount)
