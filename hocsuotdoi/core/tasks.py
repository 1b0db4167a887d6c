"""Jobs of the house itself."""

from django.utils import timezone

from hocsuotdoi.core.jobs import job
from hocsuotdoi.core.retention import forget_all


@job("core.forget_personal_data", cron="0 19 * * *")  # two in the night in Viet Nam
def forget_personal_data() -> None:
    """Removes personal data that is older than its area keeps it."""
    forget_all(at=timezone.now(), dry_run=False)


@job("core.note_alive")
def note_alive() -> None:
    """Does nothing: `doctor` has it done to see whether jobs are done at all."""
