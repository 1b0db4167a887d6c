"""Months of an institution, written as they are told: recorded or typed in."""

import datetime as dt
import uuid

from hocsuotdoi.core.periods import months_from
from hocsuotdoi.indicators.enums import QualityRule
from hocsuotdoi.indicators.queries.quality_rules import RULES, Found, found_by
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post
from tests.factories.ledger import noon

TODAY = dt.date(2026, 11, 23)
NOW = noon(TODAY)
OCTOBER = dt.date(2026, 10, 1)

VISITS, SESSIONS, PEOPLE = MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE
STEADY = [100, 112, 95, 104, 98, 107, 101, 93, 110, 99, 103, 97]
"""A year of a library."""


def told(institution, month: dt.date, *lines: tuple[str, int], typed: bool = False, posted_at=None) -> Posting:
    day = month.replace(day=15)
    return post(
        institution,
        source_kind="test.return" if typed else "test.happening",
        source_id=uuid.uuid4(),
        occurred_on=day,
        lines=[Line(measure, quantity) for measure, quantity in lines if quantity],
        by=None,
        at=posted_at or noon(day),
        kind=PostingKind.STATED if typed else PostingKind.HAPPENING,
    )


def told_until(institution, last: dt.date, quantities: list[int | None], measure=VISITS, *, typed=False) -> None:
    """One quantity a month, the last one in the month of `last`; None: nothing."""
    for back, quantity in enumerate(reversed(quantities)):
        if quantity is not None:
            told(institution, months_from(last, -back), (measure, quantity), typed=typed)


def look(rule: QualityRule, *months: dt.date, day: dt.date = TODAY) -> list[Found]:
    return found_by(RULES[rule], months or [OCTOBER], day)
