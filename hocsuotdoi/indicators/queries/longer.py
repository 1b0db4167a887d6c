"""What was typed in for a longer time than the one that is shown: a year's figure is booked on the year's last day and
is no figure of December, nor of its last quarter. It stands in the sum of the year, and beside its months by itself."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hocsuotdoi.core.periods import Period as Named
from hocsuotdoi.core.periods import parse_period
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.places.models import AdminUnit


@dataclass(frozen=True, slots=True)
class Longer:
    """`keys`: the values of `by`; `period`: for which it was typed in; `lines`: entries behind it."""

    keys: tuple[Any, ...]
    period: Named
    quantity: int
    lines: int

    def lies_in(self, first: dt.date, last: dt.date) -> bool:
        """Whether all of its time does."""
        return first <= self.period.starts_on and self.period.last_day <= last


def longer(
    wanted: Slice,
    units: Collection[AdminUnit],
    *,
    by: Sequence[str],
    first: dt.date,
    last: dt.date,
    than: int = 1,
    map_day: dt.date | None,
    within: Collection[int] | None = None,
) -> list[Longer]:
    """Of what `queries.totals` finds by months from the month of `first` to that of `last`, what was typed in for more
    than `than` months; `starts_on` is the month in which it is booked there, `occurred_on` the day. `within`: at these
    institutions wherever they lie, instead of in units. One query; none where nothing can be."""
    nowhere = not units if within is None else not within
    if nowhere or not has_typed(wanted):
        return []
    years = range(first.year, last.year + 1)
    spans = [Named(year) for year in years]
    if than < 3:
        spans += [Named(year, quarter=quarter) for year in years for quarter in (1, 2, 3, 4)]
    if than < 1:
        spans += [Named(year, month=month) for year in years for month in range(1, 13)]
    parameters: dict[str, Any] = {
        "periods": [each.code for each in spans],
        "starts": [each.starts_on for each in spans],
        "units": [unit.pk for unit in units],
        "within": list(within or ()),
        "measures": list(wanted.measures),
        "classes": list(wanted.classes),
        "purposes": list(wanted.purposes),
        "first": first.replace(day=1),
        "stop": (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1),
        "day": map_day,
    }
    conditions = "".join(condition for field, condition in _CONDITIONS.items() if getattr(wanted, field))
    keys = "".join(f"{_COLUMNS.get(name, name)} AS {name}, " for name in by)
    groups = ", ".join(str(at) for at in range(1, len(by) + 2))
    if within is not None:
        reach, here, lies = _NOWHERE, _WITHIN, ""
    else:
        reach, here, lies = AS_REPORTED if map_day is None else ON_DAY, IN_UNITS, _LIES
    query = _LONGER.format(reach=reach, here=here, lies=lies, conditions=conditions, keys=keys, groups=groups)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [Longer(row[:-3], parse_period(row[-3]), row[-2], row[-1]) for row in cursor.fetchall()]


def has_typed(wanted: Slice) -> bool:
    """Whether typed-in figures can be in it: of channel, sex and age they know nothing."""
    unknown = (wanted.channels, wanted.sexes, wanted.age_bands)
    return wanted.stated is not False and all("" in chosen for chosen in unknown if chosen)


def without_longer(rows: Iterable[tuple[Any, ...]], apart: Iterable[Longer]) -> list[tuple[Any, ...]]:
    """Rows of `totals`, each without what is no figure of its period; none where nothing else stands."""
    left = {row[:-2]: row[-2:] for row in rows}
    for each in apart:
        quantity, lines = left.pop(each.keys, (0, 0))
        if lines != each.lines:
            left[each.keys] = quantity - each.quantity, lines - each.lines
    return [(*keys, *sums) for keys, sums in left.items()]


_CONDITIONS = {
    "measures": " AND entry.measure = ANY(%(measures)s)",
    "classes": " AND institution.institution_class = ANY(%(classes)s)",
    "purposes": " AND coalesce(entry.purpose, '') = ANY(%(purposes)s)",
}
_COLUMNS = {
    "occurred_on": "entry.occurred_on",
    "starts_on": "date_trunc('month', entry.occurred_on::timestamp)::date",
    "measure": "entry.measure",
    "purpose": "coalesce(entry.purpose, '')",
    "channel": "''",
    "sex": "''",
    "age_band": "''",
    "stated": "true",
}

ON_DAY = """
SELECT reading.unit_id AS place_id, ancestry.ancestor_id AS unit_id,
       '-infinity'::date AS begins_on, 'infinity'::date AS stops_on
  FROM places_unitreading AS reading
  JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
   AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
   AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s AND coalesce(ancestry.ends_on, 'infinity') > %(day)s
"""
AS_REPORTED = """
SELECT ancestry.unit_id AS place_id, ancestry.ancestor_id AS unit_id,
       CASE WHEN ancestry.starts_on > coalesce(place.starts_on, '-infinity')
            THEN ancestry.starts_on ELSE '-infinity' END AS begins_on,
       CASE WHEN ancestry.ends_on < coalesce(place.ends_on, 'infinity')
            THEN ancestry.ends_on ELSE 'infinity' END AS stops_on
  FROM places_unitancestry AS ancestry JOIN places_adminunit AS place ON place.id = ancestry.unit_id
 WHERE ancestry.ancestor_id = ANY(%(units)s)
"""
"""As `totals` reads them."""
_NOWHERE = "SELECT NULL::bigint AS place_id"
_WITHIN = "figure.institution_id = ANY(%(within)s)"
IN_UNITS = """figure.institution_id IN (SELECT institution_id FROM places_institutionplacement
                                      WHERE unit_id IN (SELECT place_id FROM reach))"""
_LIES = """JOIN reach ON reach.place_id = entry.place_id
   AND entry.occurred_on >= reach.begins_on AND entry.occurred_on < reach.stops_on
  """
_LONGER = """
WITH reach AS MATERIALIZED ({reach}
), span AS (
    SELECT * FROM unnest(%(periods)s::text[], %(starts)s::date[]) AS span (period, starts_on)
), figure AS MATERIALIZED (
    SELECT figure.institution_id, figure.posting_id, figure.period, figure.starts_on, figure.ends_on
      FROM indicators_statedfigure AS figure JOIN span USING (period, starts_on)
     WHERE figure.quantity > 0
       AND {here}
       AND NOT EXISTS (SELECT FROM ledger_posting AS back
                        WHERE back.institution_id = figure.institution_id AND back.reverses_id = figure.posting_id)
)
SELECT {keys}figure.period, sum(entry.quantity)::bigint, count(*)
  FROM figure
  JOIN ledger_entry AS entry ON entry.institution_id = figure.institution_id AND entry.posting_id = figure.posting_id
   AND entry.occurred_on >= figure.starts_on AND entry.occurred_on < figure.ends_on
  {lies}JOIN places_institution AS institution ON institution.id = entry.institution_id
 WHERE entry.occurred_on >= %(first)s AND entry.occurred_on < %(stop)s{conditions}
 GROUP BY {groups}
"""
