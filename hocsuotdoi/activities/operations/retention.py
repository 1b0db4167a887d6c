"""Forgetting people: names and phones are erased some months after the session. What was counted stays."""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hocsuotdoi.activities.models import Attendance, Registration


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows lost (dry run: would lose) their names and phones."""

    registrations: int
    attendances: int


@transaction.atomic
def erase_names(*, at: dt.datetime, dry_run: bool = False) -> Erased:
    """Erase names and phones of sessions that ended more than `NAMES_KEPT_MONTHS` (default 24) before `at`.

    Group sizes, sex, age bands and the ledger stay, so no figure changes. Running it again finds nothing.
    """
    before = _months_before(at, getattr(settings, "NAMES_KEPT_MONTHS", 24))
    registrations = Registration.objects.filter(session__ends_at__lt=before).exclude(name="", phone="")
    attendances = Attendance.objects.filter(session__ends_at__lt=before).exclude(name="")
    if dry_run:
        return Erased(registrations.count(), attendances.count())
    return Erased(
        _unlinked(registrations).update(name="", phone="", learner_key=None),
        _unlinked(attendances).update(name=""),
    )


def _unlinked(rows: QuerySet) -> QuerySet:
    return rows.model.objects.filter(Q(pk__in=rows.values("pk")))


def _months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same local time of day so many months earlier, on the month's last day where it is shorter."""
    local = timezone.localtime(at)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return timezone.make_aware(local.replace(year=year, month=month + 1, day=min(local.day, last), tzinfo=None))
