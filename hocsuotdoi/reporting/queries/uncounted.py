"""Institutions that came after a cycle was opened: in which of its reports nobody has counted them yet."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.reporting.enums import OWED
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.queries.asked import BODIES, INSTITUTIONS, parameters_today, reading_many

_LEFT = f"""
WITH RECURSIVE {BODIES}, {INSTITUTIONS}
SELECT i.class, count(*), count(*) FILTER (WHERE c.id IS NOT NULL AND (r.id IS NULL OR r.state = ANY(%(owed)s)))
  FROM inside i
  LEFT JOIN counted c ON c.id = i.id
  LEFT JOIN reporting_report r ON r.cycle_id = %(cycle)s AND r.agency_id = c.agency_id
 WHERE NOT EXISTS (
    SELECT FROM reporting_countedinstitution x WHERE x.cycle_id = %(cycle)s AND x.institution_id = i.id
 )
 GROUP BY i.class ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class Left:
    """`number`: open institutions in no report of the cycle; `possible`: of these, those that `ask_newcomers` would
    count now. The report of the others has been submitted, or no rule names their class. `of_class`: how many of each
    class, most first."""

    number: int
    possible: int
    of_class: tuple[tuple[str, int], ...]


def left_uncounted(cycle: Cycle, day: dt.date) -> Left:
    """One query, whatever the size, on the map of `day`."""
    with reading_many() as cursor:
        cursor.execute(_LEFT, {**parameters_today(cycle, day), "owed": [str(state) for state in OWED]})
        rows = cursor.fetchall()
    of_class = tuple((str(InstitutionClass(kind).label), number) for kind, number, _possible in rows)
    return Left(sum(number for _kind, number, _possible in rows), sum(row[2] for row in rows), of_class)
