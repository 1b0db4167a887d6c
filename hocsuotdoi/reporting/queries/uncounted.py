"""Institutions that came after a cycle was opened: in which of its reports nobody has counted them yet."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.reporting.enums import OWED
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.queries.asked import BODIES, INSTITUTIONS, parameters_today, reading_many

_LEFT = f"""
WITH RECURSIVE {BODIES}, {INSTITUTIONS}
SELECT count(*), count(*) FILTER (WHERE c.id IS NOT NULL AND (r.id IS NULL OR r.state = ANY(%(owed)s)))
  FROM inside i
  LEFT JOIN counted c ON c.id = i.id
  LEFT JOIN reporting_report r ON r.cycle_id = %(cycle)s AND r.agency_id = c.agency_id
 WHERE NOT EXISTS (
    SELECT FROM reporting_countedinstitution x WHERE x.cycle_id = %(cycle)s AND x.institution_id = i.id
 )
"""


@dataclass(frozen=True)
class Left:
    """`number`: open institutions in no report of the cycle; `possible`: of these, those that `ask_newcomers` would
    count now. The report of the others has been submitted, or no rule names their class."""

    number: int
    possible: int


def left_uncounted(cycle: Cycle, day: dt.date) -> Left:
    """One query, whatever the size, on the map of `day`."""
    with reading_many() as cursor:
        cursor.execute(_LEFT, {**parameters_today(cycle, day), "owed": [str(state) for state in OWED]})
        return Left(*cursor.fetchone())
