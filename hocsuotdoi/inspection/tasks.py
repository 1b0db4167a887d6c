"""Jobs of inspection."""

import logging

from django.utils import timezone

from hocsuotdoi.core.jobs import job
from hocsuotdoi.inspection.operations import telling

logger = logging.getLogger(__name__)


@job("inspection.tell_of_near_visits")
def tell_of_near_visits() -> None:
    """Tells people of visits of today and tomorrow that were planned, moved or cancelled since the last letter."""
    if sent := telling.tell_of_near_visits(at=timezone.now()):
        logger.info("Letters about near visits: %s", sent)
