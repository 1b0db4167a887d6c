"""Jobs of the figures."""

from importlib import import_module  # Ibis, which says the roll-up, is large: web processes read this file too

from django.utils import timezone

from hocsuotdoi.core.jobs import enqueue, job
from hocsuotdoi.indicators.operations import parts, quality, quality_reporting

AGAIN_AFTER = 3
"""Seconds between two folds while people are posting."""


@job("indicators.fold", cron="* * * * *")
def fold_pending() -> None:
    """Adds what was posted to the cells, and follows the map when it changes."""
    rolling = import_module("hocsuotdoi.indicators.operations.rolling")
    rolling.follow_map(timezone.localdate())
    if rolling.fold():
        enqueue("indicators.fold", in_seconds=AGAIN_AFTER)
        enqueue("indicators.refresh_parts")


@job("indicators.refresh_parts", cron="* * * * *")
def refresh_parts() -> None:
    """Makes anew the parts of figures that something was written on."""
    if parts.refresh(timezone.localdate()):
        enqueue("indicators.refresh_parts", in_seconds=AGAIN_AFTER)


@job("indicators.check_figures", cron="0 20 * * *")
def check_figures() -> None:
    """Looks for odd figures of the last months and of those that were touched."""
    at = timezone.now()
    quality.check_figures(quality.months_to_check(at), at=at)


@job("indicators.count_reports", cron="20 * * * *")
def count_reports() -> None:
    """Counts who has reported for the months that can still change."""
    at = timezone.now()
    quality_reporting.count_months(quality_reporting.months_to_count(at), at=at)
