"""Jobs of activities."""

import logging

from django.utils import timezone

from hocsuotdoi.activities.operations.search import refresh_search_texts
from hocsuotdoi.core.jobs import job

logger = logging.getLogger(__name__)


@job("activities.refresh_search_texts", cron="30 18 * * *")  # half past one in the night in Viet Nam
def refresh() -> None:
    """Activities are found by the names that their institutions and places have now."""
    logger.info("Search texts written anew: %s", refresh_search_texts(at=timezone.now()))
