"""Jobs of papers."""

from django.utils import timezone

from hocsuotdoi.core.jobs import job
from hocsuotdoi.papers.operations.paper import deliver_to_new


@job("papers.deliver_to_new", cron="20 19 * * *")  # twenty past two in Viet Nam
def deliver_papers_to_new() -> None:
    now = timezone.now()
    deliver_to_new(day=timezone.localdate(now), at=now)
