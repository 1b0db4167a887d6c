"""A year, a quarter or a month, as figures are reported for: written «2026», «2026-Q3», «2026-07»."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

_WRITTEN = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Period:
    """A year has neither quarter nor month."""

    year: int
    quarter: int | None = None
    month: int | None = None

    @property
    def code(self) -> str:
        if self.month is not None:
            return f"{self.year}-{self.month:02d}"
        return f"{self.year}-Q{self.quarter}" if self.quarter is not None else str(self.year)

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, self.month or 3 * (self.quarter or 1) - 2, 1)

    @property
    def ends_on(self) -> dt.date:
        """The first day after."""
        months = 1 if self.month is not None else 3 if self.quarter is not None else 12
        after = self.starts_on.month - 1 + months
        return dt.date(self.year + after // 12, after % 12 + 1, 1)

    @property
    def last_day(self) -> dt.date:
        return self.ends_on - dt.timedelta(days=1)

    def counted_until(self, today: dt.date) -> dt.date:
        """The last day that counts: the period's, or today while it runs."""
        return min(self.last_day, today)

    @property
    def year_before(self) -> "Period":
        """The same of the year before."""
        return Period(self.year - 1, self.quarter, self.month)

    @property
    def just_before(self) -> "Period":
        """As long, up to the day on which this one starts."""
        day = self.starts_on - dt.timedelta(days=1)
        if self.month is not None:
            return Period(day.year, month=day.month)
        return Period(day.year, quarter=(day.month + 2) // 3 if self.quarter is not None else None)

    @property
    def words(self) -> str:
        """«năm 2026», «quý III/2026», «tháng 7/2026», as they stand within a sentence."""
        if self.month is not None:
            return _("month {month}/{year}").format(month=self.month, year=self.year)
        if self.quarter is not None:
            return _("quarter {quarter}/{year}").format(quarter=_ROMAN[self.quarter - 1], year=self.year)
        return _("the year {year}").format(year=self.year)

    @property
    def head(self) -> str:
        """«2026», «quý III/2026», «7/2026», as they stand above a column."""
        if self.quarter is not None:
            return self.words
        return f"{self.month}/{self.year}" if self.month is not None else str(self.year)

    @property
    def months(self) -> list[dt.date]:
        """The first day of each month in it."""
        number = 1 if self.month is not None else 3 if self.quarter is not None else 12
        return [months_from(self.starts_on, each) for each in range(number)]


def months_from(day: dt.date, months: int) -> dt.date:
    """The first day of the month so many months after that of `day`; before it, where negative."""
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def parse_period(code: str) -> Period:
    """Raises ValueError for anything that is not written as `Period.code` writes it."""
    match = _WRITTEN.fullmatch(code)
    if match is None:
        raise ValueError(f"{code!r} is no period")
    year, quarter, month = match.groups()
    return Period(int(year), int(quarter) if quarter else None, int(month) if month else None)
