"""Jobs of the territory."""

import logging

from django.utils import timezone

from hocsuotdoi.core.jobs import job
from hocsuotdoi.places.operations.territory import write_due_reforms

logger = logging.getLogger(__name__)


@job("places.write_due_reforms", cron="0,15,30,45 * * * *")
def write_due() -> None:
    """Writes the reforms of the territory whose day has come: from midnight on the map is the new one."""
    now = timezone.now()
    if written := write_due_reforms(timezone.localdate(now), at=now):
        logger.info("Reforms of the territory written: %s", written)
