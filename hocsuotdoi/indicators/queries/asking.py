"""Whether a table can be laid out as it is asked for."""

import datetime as dt

from django.utils.translation import gettext as _

from hocsuotdoi.indicators.queries.pivot import Dimension, Question, periods
from hocsuotdoi.indicators.queries.told import why_not_told

EARLIEST = dt.date(2000, 1, 1)
MOST_PERIODS = 120
"""Ten years of months."""


def problem_of(question: Question, today: dt.date) -> tuple[str, str]:
    """The field at which it can be mended, and a sentence; both empty where there is none."""
    if question.first > question.last:
        return "last", _("The last month lies before the first.")
    if question.first < EARLIEST:
        return "first", _("Nothing is counted before {year}.").format(year=EARLIEST.year)
    if question.last.year > today.year + 1:
        return "last", _("That month is still far off: nothing can be counted in it yet.")
    if len(periods(question)) > MOST_PERIODS:
        return "period", _("That is too many periods: at most {most}.").format(most=MOST_PERIODS)
    if question.rows == question.columns:
        return "columns", _("Rows and columns are laid out by the same: choose another for one of them.")
    if len(question.wanted.measures) > 1 and Dimension.MEASURE not in question.sides:
        return "columns", _(
            "Different counts are never added together: lay the rows or the columns out by what is counted."
        )
    return why_not_told(question, today)
