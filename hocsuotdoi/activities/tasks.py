"""Jobs of activities."""

from django.utils import timezone

from hocsuotdoi.activities.operations.waiting import lapse_offers
from hocsuotdoi.core.jobs import job


@job("activities.lapse_offers", cron="* * * * *")
def lapse_overdue_offers() -> None:
    """Takes back offered places that nobody took up in time, and offers them to the next in line."""
    lapse_offers(at=timezone.now())
