"""Jobs of the programme."""

import logging

from django.utils import timezone

from hocsuotdoi.core.jobs import job
from hocsuotdoi.programme.operations import digest
from hocsuotdoi.programme.operations.making import make_assignments as make
from hocsuotdoi.programme.operations.tally import count_evidence as count

logger = logging.getLogger(__name__)


@job("programme.make_assignments", cron="10 17 * * *")  # ten minutes into the day in Viet Nam
def make_assignments() -> None:
    """Makes what the plans ask of each unit this year: new on 1 January, and where a plan or a unit is new."""
    at = timezone.now()
    day = timezone.localdate(at)
    if made := make(year=day.year, day=day, at=at):
        logger.info("Tasks handed down by the plans: %s", made)


@job("programme.count_evidence", cron="*/10 * * * *")
def count_evidence() -> None:
    """Counts what shows that tasks were done, where something was posted."""
    count(at=timezone.now())


@job("programme.write_digests", cron="0 0 * * *")  # seven in the morning in Viet Nam
def write_digests() -> None:
    """Has late tasks climb the ladder, and writes each person's letter of the day."""
    at = timezone.now()
    day = timezone.localdate(at)
    digest.climb(day=day, at=at)
    digest.write_digests(day=day, at=at)


@job("programme.send_digests")
def send_digests() -> None:
    """Sends the letters of the day."""
    digest.send_digests(at=timezone.now())
