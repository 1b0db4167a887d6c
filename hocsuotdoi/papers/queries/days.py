"""By when each place is to have read what it was sent."""

import datetime as dt
from typing import Any

from django.db.models import Case, DateField, F, Q, QuerySet, When
from django.db.models.functions import Greatest, TruncDate

from hocsuotdoi.papers.models import Delivery

DAYS_FOR_NEWCOMERS = dt.timedelta(days=14)
"""As newcomers of a reporting cycle have: nobody is late on the day on which they are asked."""


def with_day(deliveries: QuerySet[Delivery]) -> QuerySet[Any, Any]:
    """Adds `to_read_by`: the paper's day; of what came to stand since it was sent, fourteen days after it got the
    paper, where that is later."""
    given = TruncDate(F("sent_at") + DAYS_FOR_NEWCOMERS)
    later = When(
        Q(sent_at__gt=F("paper__sent_at"), paper__read_by__isnull=False), then=Greatest(F("paper__read_by"), given)
    )
    return deliveries.annotate(to_read_by=Case(later, default=F("paper__read_by"), output_field=DateField()))
