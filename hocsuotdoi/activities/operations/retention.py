"""Forgetting people: names and phones are erased some months after the session. What was counted stays."""

import calendar
import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hocsuotdoi.activities.models import Attendance, ClassBooking, Registration


@transaction.atomic
def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Erase (count only, if `dry_run`) names and phones of sessions that ended more than `NAMES_KEPT_MONTHS` before
    `at`; return how many registrations and lines of rolls.

    Group sizes, sex, age bands and the ledger stay, so no figure changes. Running it again finds nothing.
    """
    before = _months_before(at, settings.NAMES_KEPT_MONTHS)
    registrations = Registration.objects.filter(session__ends_at__lt=before).exclude(name="", phone="")
    attendances = Attendance.objects.filter(session__ends_at__lt=before).exclude(name="")
    over = Q(session__ends_at__lt=before) | Q(session=None) & _proposed_before(before)
    bookings = ClassBooking.objects.filter(over).exclude(teacher="", phone="", email="")
    if dry_run:
        return {
            "registrations": registrations.count(),
            "attendances": attendances.count(),
            "bookings": bookings.count(),
        }
    return {
        "registrations": _found_again(registrations).update(name="", phone="", learner_key=None),
        "attendances": _found_again(attendances).update(name=""),
        "bookings": _found_again(bookings).update(teacher="", phone="", email=""),
    }


def _proposed_before(moment: dt.datetime) -> Q:
    """All the moments (at most three) that a class proposed."""
    condition = Q(proposed__0__lt=moment)
    for position in (1, 2):
        condition &= Q(proposed__len__lte=position) | Q(**{f"proposed__{position}__lt": moment})
    return condition


def _found_again(rows: QuerySet) -> QuerySet:
    """The same rows without the join, which an UPDATE cannot have."""
    return rows.model.objects.filter(pk__in=rows.values("pk"))


def _months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same local time of day so many months earlier, on the month's last day where it is shorter."""
    local = timezone.localtime(at)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return timezone.make_aware(local.replace(year=year, month=month + 1, day=min(local.day, last), tzinfo=None))
