"""Postings are never made behind the back of `post`: these call it with a line and a source of their own."""

import datetime as dt
import uuid

from django.utils import timezone

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.models import Institution


def noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def make_posting(
    institution: Institution,
    occurred_on: dt.date,
    *lines: Line,
    measure: str = MeasureCode.LIBRARY_VISIT,
    quantity: int = 1,
    source_kind: str = "test.happening",
    source_id: uuid.UUID | None = None,
    **dimensions: object,
) -> Posting:
    """Post `lines`, or one line of `quantity` of `measure`, on `occurred_on`."""
    return post(
        institution,
        source_kind=source_kind,
        source_id=source_id or uuid.uuid4(),
        occurred_on=occurred_on,
        lines=lines or [Line(measure, quantity, **dimensions)],
        by=None,
        at=noon(occurred_on),
    )
