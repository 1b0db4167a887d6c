"""Which year, quarter or month a page of figures speaks of."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.periods import Period, parse_period

Group = tuple[str | Promise, list[Period]]


def asked_period(code: str, otherwise: Period, today: dt.date) -> Period:
    """The period of that code; `otherwise` for none, or for one that has not begun."""
    try:
        found = parse_period(code)
    except ValueError:
        return otherwise
    return found if found.starts_on <= today else otherwise


def periods_back(today: dt.date, years: int) -> list[Group]:
    """So many years before this one, and within two years quarters and months, the newest first."""
    both = (today.year, today.year - 1)
    return [
        (gettext_lazy("Years"), [Period(today.year - back) for back in range(years + 1)]),
        (gettext_lazy("Quarters"), [Period(year, quarter=q) for year in both for q in (4, 3, 2, 1)]),
        (gettext_lazy("Months"), [Period(year, month=m) for year in both for m in range(12, 0, -1)]),
    ]


def shown_periods(groups: Iterable[Group], current: Period, today: dt.date) -> list[dict[str, Any]]:
    """To choose from in a form, without what has not begun."""
    return [
        {
            "label": label,
            "periods": [
                {"code": each.code, "words": each.words, "is_current": each == current}
                for each in periods
                if each.starts_on <= today
            ],
        }
        for label, periods in groups
    ]
