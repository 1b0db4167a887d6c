"""Jobs of activities."""

from django.utils import timezone

from hocsuotdoi.activities.operations.sending import remind as remind_of_sessions
from hocsuotdoi.activities.operations.sending import send_notices as send_waiting_notices
from hocsuotdoi.core.jobs import enqueue, job


@job("activities.send_notices")
def send_notices() -> None:
    """Sends what people are to be told."""
    send_waiting_notices(at=timezone.now())


@job("activities.remind", cron="*/10 * * * *")
def remind() -> None:
    """Reminds of sessions to come; has what could not be sent before tried again."""
    remind_of_sessions(at=timezone.now())
    enqueue("activities.send_notices")
