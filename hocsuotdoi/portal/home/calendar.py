"""The days of the year that the programme's documents name, as the first page announces them."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.activities.enums import Observance

# (first month and day, last month and day)
DAYS: dict[Observance, tuple[tuple[int, int], tuple[int, int]]] = {
    Observance.BOOK_DAY: ((4, 21), (4, 21)),
    Observance.WORLD_BOOK_DAY: ((4, 23), (4, 23)),
    Observance.MUSEUM_DAY: ((5, 18), (5, 18)),
    Observance.LIFELONG_LEARNING_WEEK: ((10, 1), (10, 7)),
    Observance.DIGITAL_DAY: ((10, 10), (10, 10)),
    Observance.HERITAGE_DAY: ((11, 23), (11, 23)),
}
ANNOUNCED_DAYS = 14


@dataclass(frozen=True)
class ObservanceAhead:
    observance: Observance
    first_day: dt.date
    last_day: dt.date
    days_to_go: int
    """0 while it lasts."""

    @property
    def is_now(self) -> bool:
        return self.days_to_go == 0


def observance_ahead(today: dt.date) -> ObservanceAhead | None:
    """The observance that lasts today or begins within two weeks, the nearest one."""
    found = []
    for observance, (first, last) in DAYS.items():
        for year in (today.year, today.year + 1):
            begins, ends = dt.date(year, *first), dt.date(year, *last)
            if begins <= today + dt.timedelta(days=ANNOUNCED_DAYS) and ends >= today:
                found.append(ObservanceAhead(observance, begins, ends, max(0, (begins - today).days)))
    return min(found, key=lambda ahead: ahead.days_to_go, default=None)
