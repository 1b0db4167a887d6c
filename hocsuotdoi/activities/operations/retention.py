"""Forgetting people: names and phones are erased some months after the session. What was counted stays."""

import calendar
import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hocsuotdoi.activities.enums import MarkOutcome
from hocsuotdoi.activities.models import Attendance, DeviceMark, Registration


@transaction.atomic
def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Erase (count only, if `dry_run`) names and phones of sessions that ended more than `NAMES_KEPT_MONTHS` before
    `at`; return how many registrations, lines of rolls and marks of
    devices (those that wait for a person stay whole until somebody decides).

    Group sizes, sex, age bands and the ledger stay, so no figure changes. Running it again finds nothing.
    """
    before = _months_before(at, settings.NAMES_KEPT_MONTHS)
    registrations = Registration.objects.filter(session__ends_at__lt=before).exclude(name="", phone="")
    attendances = Attendance.objects.filter(session__ends_at__lt=before).exclude(name="")
    noted = DeviceMark.objects.filter(received_at__lt=before).exclude(said={}, reason="")
    noted = noted.exclude(outcome=MarkOutcome.WAITING)
    if dry_run:
        return {
            "registrations": registrations.count(),
            "attendances": attendances.count(),
            "device_marks": noted.count(),
        }
    return {
        "registrations": _found_again(registrations).update(name="", phone="", learner_key=None),
        "attendances": _found_again(attendances).update(name=""),
        "device_marks": noted.update(said={}, reason=""),
    }


def _found_again(rows: QuerySet) -> QuerySet:
    """The same rows without the join, which an UPDATE cannot have."""
    return rows.model.objects.filter(pk__in=rows.values("pk"))


def _months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same local time of day so many months earlier, on the month's last day where it is shorter."""
    local = timezone.localtime(at)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return timezone.make_aware(local.replace(year=year, month=month + 1, day=min(local.day, last), tzinfo=None))
