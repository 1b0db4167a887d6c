"""That there was none, as it was typed in: a posting without entries, of which the roll-up knows nothing."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.indicators.queries.longer import AS_REPORTED, IN_UNITS, ON_DAY, has_typed
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.places.models import AdminUnit


@dataclass(frozen=True, slots=True)
class Zero:
    """`keys`: the values of what was asked for; `month`: in which it is booked; `figures`: how many say so."""

    unit_id: int
    keys: tuple[Any, ...]
    period: Period
    month: dt.date
    figures: int


def zeros(
    wanted: Slice,
    units: Collection[AdminUnit],
    *,
    by: Sequence[str],
    first: dt.date,
    last: dt.date,
    map_day: dt.date | None,
) -> list[Zero]:
    """Of each unit, laid out as `queries.totals` would lay out entries of 1: zeros that stand, from the month of
    `first` to that of `last`. One query; none where nothing can be typed in."""
    if not units or not has_typed(wanted):
        return []
    parameters: dict[str, Any] = {
        "units": [unit.pk for unit in units],
        "measures": list(wanted.measures),
        "classes": list(wanted.classes),
        "purposes": list(wanted.purposes),
        "first": first.replace(day=1),
        "stop": (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1),
        "day": map_day,
    }
    conditions = "".join(condition for field, condition in _CONDITIONS.items() if getattr(wanted, field))
    query = _ZEROS.format(
        reach=AS_REPORTED if map_day is None else ON_DAY,
        here=IN_UNITS,
        keys="".join(f"{_COLUMNS[name]}, " for name in by),
        conditions=conditions,
        groups=", ".join(str(at) for at in range(1, len(by) + 4)),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [
            Zero(unit, tuple(keys), parse_period(period), month, figures)
            for unit, *keys, period, month, figures in cursor.fetchall()
        ]


_MONTH = "date_trunc('month', posting.occurred_on::timestamp)::date"
_MEASURE = """split_part(figure."column", ':', 1)"""
_PURPOSE = """split_part(figure."column", ':', 2)"""
_CONDITIONS = {
    "classes": " AND institution.institution_class = ANY(%(classes)s)",
    "purposes": f" AND {_PURPOSE} = ANY(%(purposes)s)",
}
_COLUMNS = {
    "starts_on": _MONTH,
    "measure": _MEASURE,
    "institution_class": "institution.institution_class",
    "purpose": _PURPOSE,
    "channel": "''::text",
    "sex": "''::text",
    "age_band": "''::text",
    "stated": "true",
}
"""As `totals` has them."""
_ZEROS = f"""
WITH reach AS MATERIALIZED ({{reach}}
), figure AS MATERIALIZED (
    SELECT figure.institution_id, figure.posting_id, figure.period, figure."column"
      FROM indicators_statedfigure AS figure
     WHERE figure.quantity = 0 AND figure.starts_on < %(stop)s AND figure.ends_on > %(first)s
       AND {_MEASURE} = ANY(%(measures)s)
       AND {{here}}
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = figure.institution_id AND back.reverses_id = figure.posting_id)
)
SELECT reach.unit_id, {{keys}}figure.period, {_MONTH}, count(*)
  FROM figure
  JOIN ledger_posting AS posting ON posting.institution_id = figure.institution_id AND posting.id = figure.posting_id
  JOIN places_institutionplacement AS place ON place.institution_id = figure.institution_id
   AND coalesce(place.starts_on, '-infinity') <= posting.occurred_on
   AND coalesce(place.ends_on, 'infinity') > posting.occurred_on
  JOIN reach ON reach.place_id = place.unit_id
   AND posting.occurred_on >= reach.begins_on AND posting.occurred_on < reach.stops_on
  JOIN places_institution AS institution ON institution.id = figure.institution_id
 WHERE posting.occurred_on >= %(first)s AND posting.occurred_on < %(stop)s{{conditions}}
 GROUP BY {{groups}}
"""
