"""How long people work on a report, by the program's own clock."""

import datetime as dt

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.reporting.models import Report

PAUSE = dt.timedelta(minutes=10)
"""A longer silence ends a spell: nobody knows whether they were still at it."""

_NOTE = """
WITH going_on AS (
    UPDATE reporting_workspell SET last_at = GREATEST(last_at, %(at)s), requests = requests + 1
     WHERE id = (SELECT id FROM reporting_workspell
                  WHERE report_id = %(report)s AND whose = %(whose)s AND last_at > %(since)s
                    AND began_at <= %(at)s
                  ORDER BY last_at DESC LIMIT 1)
    RETURNING id
)
INSERT INTO reporting_workspell (report_id, whose, began_at, last_at, requests)
SELECT %(report)s, %(whose)s, %(at)s, %(at)s, 1 WHERE NOT EXISTS (SELECT FROM going_on)
    ON CONFLICT (report_id, whose, began_at) DO UPDATE SET requests = reporting_workspell.requests + 1
"""


@transaction.atomic
def note_work(report: Report, person: Person, at: dt.datetime) -> None:
    """One request of somebody who writes this report. Goes on with the spell that is not ten minutes old, or begins
    one. Who it was cannot be read back: only that two people's spells are not one (`whose` differs in each report).
    For those who write it at the body that owes it, not for readers above."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"report": report.pk, "whose": whose(report, person), "at": at, "since": at - PAUSE})


def whose(report: Report, person: Person) -> str:
    mark = salted_hmac("hocsuotdoi.reporting.burden", f"{person.pk}:{report.pk}")
    return mark.hexdigest()[:16]
