"""How complete and how timely the figures of a unit are, for everybody: shares of many institutions, never of a few
(decision 87)."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.queries.quality_limits import DUE_DAYS
from hocsuotdoi.indicators.queries.quality_reporting import Reports, counted_at, months_counted, reports_by_unit
from hocsuotdoi.indicators.queries.results import percent_of
from hocsuotdoi.indicators.queries.suppression import FEWEST
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import day_on_map_of

ANYTHING = ""
"""Of the counted reports those in which something stands, of whatever measure."""


@dataclass(frozen=True, slots=True)
class ReportsShown:
    """`too_few`: so few institutions that a share would be a word about one of them; then there are no numbers."""

    too_few: bool
    reports: Reports = field(default_factory=Reports)
    months: int = 0
    counted_at: dt.datetime | None = None
    due_days: int = DUE_DAYS

    @property
    def reported(self) -> Decimal | None:
        return percent_of(self.reports.reported, self.reports.expected)

    @property
    def on_time(self) -> Decimal | None:
        return percent_of(self.reports.on_time, self.reports.expected)


def reports_shown(unit: AdminUnit, year: int, today: dt.date) -> ReportsShown | None:
    """Of the months of the year that are over; None where none has been counted, or nobody is expected. Two queries."""
    months = months_counted(Period(year), today)
    counted = counted_at(months)
    reports = reports_by_unit([unit], months, ANYTHING, day_on_map_of(unit, today)).get(unit.pk, Reports())
    if counted is None or not reports.expected:
        return None
    if reports.expected < FEWEST * len(months):
        return ReportsShown(too_few=True)
    return ReportsShown(False, reports, len(months), counted)
