"""How busy each day is: the week, the season, Tet, the days that the programme's documents name."""

import calendar
import datetime as dt

import numpy as np

from hocsuotdoi.activities.enums import Observance
from hocsuotdoi.simulation.formats.model import Rhythm

_TET = (
    "2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 "
    "2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 "
    "2030-02-02 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08"
)
TET = {day.year: day for day in map(dt.date.fromisoformat, _TET.split())}
"""The first day of the lunar year by Vietnamese time: in 2030 a day before China's."""

YEARS = range(min(TET), max(TET) + 1)
"""The years that can be simulated."""

FIXED = {
    (4, 21): Observance.BOOK_DAY,
    (4, 23): Observance.WORLD_BOOK_DAY,
    (5, 18): Observance.MUSEUM_DAY,
    (10, 10): Observance.DIGITAL_DAY,
    (11, 23): Observance.HERITAGE_DAY,
} | {(10, day): Observance.LIFELONG_LEARNING_WEEK for day in range(1, 8)}


def days_of(year: int, month: int) -> list[dt.date]:
    return [dt.date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def is_tet(day: dt.date) -> bool:
    """From the eve to the fifth day: offices and schools are closed."""
    return -1 <= (day - TET[day.year]).days <= 5


def observance_of(day: dt.date) -> Observance | None:
    """What is observed on `day` or on the day after it, when the eve is used for it."""
    next_day = day + dt.timedelta(days=1)
    return FIXED.get((day.month, day.day)) or FIXED.get((next_day.month, next_day.day))


def busyness(rhythm: Rhythm, year: int, month: int) -> np.ndarray:
    """One weight for each day of the month; about one on an ordinary day."""
    weights = []
    for day in days_of(year, month):
        weight = rhythm.week[day.weekday()] * rhythm.months[month - 1]
        if is_tet(day):
            weight *= rhythm.tet
        if observed := observance_of(day):
            # A day is observed on a Sunday too, where the house would be closed.
            weight = max(weight, 0.3) * rhythm.observances.get(observed.value, 1)
        weights.append(weight)
    return np.array(weights)
