"""Jobs of activities."""

import logging

from django.utils import timezone

from hocsuotdoi.activities.operations.activity import publish_due as publish_drafts_due
from hocsuotdoi.activities.operations.search import refresh_search_texts
from hocsuotdoi.activities.operations.sending import remind as remind_of_sessions
from hocsuotdoi.activities.operations.sending import send_notices as send_waiting_notices
from hocsuotdoi.activities.operations.waiting import lapse_offers
from hocsuotdoi.core.jobs import enqueue, job

logger = logging.getLogger(__name__)


@job("activities.publish_due", cron="* * * * *")
def publish_due() -> None:
    """Publishes the drafts whose moment has come."""
    published, refused = publish_drafts_due(at=timezone.now())
    if published or refused:
        logger.info("Drafts published: %s; could not be: %s", published, refused)


@job("activities.lapse_offers", cron="* * * * *")
def lapse_overdue_offers() -> None:
    """Takes back offered places that nobody took up in time, and offers them to the next in line."""
    lapse_offers(at=timezone.now())


@job("activities.refresh_search_texts", cron="30 18 * * *")  # half past one in the night in Viet Nam
def refresh() -> None:
    """Activities are found by the names that their institutions and places have now."""
    logger.info("Search texts written anew: %s", refresh_search_texts(at=timezone.now()))


@job("activities.send_notices")
def send_notices() -> None:
    """Sends what people are to be told."""
    send_waiting_notices(at=timezone.now())


@job("activities.remind", cron="*/10 * * * *")
def remind() -> None:
    """Reminds of sessions to come; has what could not be sent before tried again."""
    remind_of_sessions(at=timezone.now())
    enqueue("activities.send_notices")
