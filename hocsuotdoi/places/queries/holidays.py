"""Public holidays: by law, and as decided for a year.

The law (Labour Code 45/2019/QH14, article 112; compensation, article 111.3) is kept by the library `holidays`, with the
days of the Vietnamese lunar calendar. What the state decides each year stands above it (`HolidayDecision`). What
follows from a holiday is said in decision 84; days that are only meant to become one, in decision 87.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from holidays.countries.vietnam import Vietnam, VietnamStaticHolidays

from hocsuotdoi.places.enums import HolidayAnswer, HolidayBasis
from hocsuotdoi.places.models import HolidayDecision

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holiday:
    day: dt.date
    name: str
    basis: HolidayBasis
    legal_act: str = ""


def holidays_between(first: dt.date, last: dt.date) -> dict[dt.date, Holiday]:
    """The public holidays from `first` to `last`, both included, in order. One query."""
    language = "en_US" if (get_language() or "vi").startswith("en") else "vi"
    found = {
        day: holiday
        for year in range(first.year, last.year + 1)
        for day, holiday in _by_law(year, language).items()
        if first <= day <= last
    }
    for decision in HolidayDecision.objects.filter(day__range=(first, last)):
        found.pop(decision.day, None)
        if decision.is_holiday:
            found[decision.day] = Holiday(decision.day, decision.name, HolidayBasis.DECISION, decision.legal_act)
    return dict(sorted(found.items()))


MEANT_SINCE, MEANT_BY = 2026, "Nghị quyết số 80-NQ/TW ngày 07/01/2026 của Bộ Chính trị"
"""Resolution 80-NQ/TW of the Politburo (7 January 2026) wants 24 November, the Day of Vietnamese Culture, to be a
paid day off; article 112 of the Labour Code names the holidays, and of its amendment we know only that resolution
30/NQ-CP of the Government has it prepared. So it is no holiday here until an officer enters the act that does it."""


def days_to_confirm(first: dt.date, last: dt.date) -> list[Holiday]:
    """Days that are meant to be public holidays and of which nobody has entered an act yet. One query."""
    meant = {dt.date(year, 11, 24) for year in range(max(first.year, MEANT_SINCE), last.year + 1)}
    meant = {day for day in meant if first <= day <= last}
    decided = set(HolidayDecision.objects.filter(day__in=meant).values_list("day", flat=True))
    name = _("Day of Vietnamese Culture")
    return [Holiday(day, name, HolidayBasis.MEANT, MEANT_BY) for day in sorted(meant - decided)]


class _OfTheLaw(Vietnam):
    """The library's days without that which is only meant to become one."""

    def _add_holiday_nov_24(self, name: str) -> dt.date:
        # What is answered may be moved to a Monday: a day that is a holiday anyway, so that nothing is.
        return dt.date(self._year, 1, 1)


@lru_cache(maxsize=64)
def _by_law(year: int, language: str) -> Mapping[dt.date, Holiday]:
    of_the_law = {
        day
        for day, name in _OfTheLaw(years=year, language="vi", observed=False).items()
        if not name.startswith(_EXCHANGED)
    }
    return {
        day: Holiday(day, name, HolidayBasis.LAW if day in of_the_law else HolidayBasis.COMPENSATION)
        for day, name in _OfTheLaw(years=year, language=language).items()
    }


_EXCHANGED = VietnamStaticHolidays.substituted_label.partition("%")[0]
"""How the library begins the name of a working day that was exchanged for another."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Holidays in a row: Tết, 30 April with 1 May. `answer` is what one institution does on those of its days on which
    its hours would have it open; None where they would not on any."""

    first: dt.date
    last: dt.date
    name: str
    answer: HolidayAnswer | None = None

    @property
    def days(self) -> list[dt.date]:
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]


def occasions_of(holidays: Iterable[Holiday]) -> list[Occasion]:
    """Holidays, in order, with those in a row taken together under the names of its law's days."""
    rows: list[list[Holiday]] = []
    for holiday in holidays:
        if rows and holiday.day - rows[-1][-1].day == DAY:
            rows[-1].append(holiday)
        else:
            rows.append([holiday])
    return [Occasion(row[0].day, row[-1].day, _name_of(row)) for row in rows]


def _name_of(row: list[Holiday]) -> str:
    """The names of the days themselves; compensation has a name of its own only where it stands alone."""
    own = [holiday.name for holiday in row if holiday.basis != HolidayBasis.COMPENSATION] or [row[0].name]
    if len(own) > _NAMED_ONE_BY_ONE:
        return next((name for name in own if name in _WHOLE), own[0])
    return ", ".join(dict.fromkeys(own))


_NAMED_ONE_BY_ONE = 3
_WHOLE = {"Tết Nguyên Đán", "Lunar New Year"}
"""What a row of many days is called by."""
