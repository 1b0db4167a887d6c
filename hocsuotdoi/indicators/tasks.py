"""Jobs of the figures."""

from importlib import import_module  # Ibis, which says the roll-up, is large: web processes read this file too

from django.utils import timezone

from hocsuotdoi.core.jobs import enqueue, job

AGAIN_AFTER = 3
"""Seconds between two folds while people are posting."""


@job("indicators.fold", cron="* * * * *")
def fold_pending() -> None:
    """Adds what was posted to the cells, and follows the map when it changes."""
    rolling = import_module("hocsuotdoi.indicators.operations.rolling")
    rolling.follow_map(timezone.localdate())
    if rolling.fold():
        enqueue("indicators.fold", in_seconds=AGAIN_AFTER)
