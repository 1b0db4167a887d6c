"""Forgetting people: names, phones and what else tells who somebody is are erased some months after the session. What
was counted stays."""

import calendar
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from hocsuotdoi.activities.enums import MarkOutcome
from hocsuotdoi.activities.models import (
    Attendance,
    ClassBooking,
    DeviceMark,
    Enrolment,
    Notice,
    Participant,
    PushSubscription,
    Registration,
    Session,
)

_PARTY: dict[str, Any] = {"name": "", "phone": "", "email": "", "guardian_name": "", "answers": {}, "learner_key": None}
_BOOKING = {"teacher": "", "phone": "", "email": "", "wishes": "", "transport": "", "risks": ""}
_MARK: dict[str, Any] = {"said": {}, "reason": ""}
_NOTICE = {"name": "", "address": "", "subject": "", "text": "", "url": ""}


@transaction.atomic
def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Erase (count only, if `dry_run`) who was registered, enrolled, listed, written to or booked for sessions that
    ended more than `NAMES_KEPT_MONTHS` before `at`; return how many rows of each kind.

    Group sizes, sex, age bands, when a guardian agreed, codes and the ledger stay, so no figure changes. A member of a
    series is forgotten that long after leaving it or after its last session. Running it again finds nothing.
    """
    before = _months_before(at, settings.NAMES_KEPT_MONTHS)
    over = Q(session__ends_at__lt=before)
    erased: list[tuple[str, QuerySet, dict[str, Any] | None]] = [
        ("registrations", _known(Registration.objects.filter(over), _PARTY), _PARTY),
        (
            "participants",
            _known(Participant.objects.filter(registration__in=_over(before)), {"name": ""}),
            {"name": ""},
        ),
        ("enrolments", _known(_ended_enrolments(before), _PARTY), _PARTY),
        ("attendances", _known(Attendance.objects.filter(over), {"name": ""}), {"name": ""}),
        ("notices", _known(Notice.objects.filter(over | Q(session=None, created_at__lt=before)), _NOTICE), _NOTICE),
        ("push subscriptions", PushSubscription.objects.filter(registration__in=_over(before)), None),
        ("class bookings", _known(_ended_bookings(before), _BOOKING), _BOOKING),
        # What devices noted, and why it was not taken, names walk-ins; what still waits for a person is needed.
        (
            "device marks",
            _known(DeviceMark.objects.filter(received_at__lt=before), _MARK).exclude(outcome=MarkOutcome.WAITING),
            _MARK,
        ),
    ]
    if dry_run:
        return {kind: rows.count() for kind, rows, _values in erased}
    return {kind: _erase(rows, values) for kind, rows, values in erased}


def _decided_marks(before: dt.datetime) -> QuerySet[DeviceMark]:
    return DeviceMark.objects.filter(received_at__lt=before).exclude(outcome=MarkOutcome.WAITING)


def _over(before: dt.datetime) -> QuerySet:
    return Registration.objects.filter(session__ends_at__lt=before).values("pk")


def _ended_enrolments(before: dt.datetime) -> QuerySet[Enrolment]:
    over = (Session.objects.order_by().values("activity").annotate(last=Max("ends_at")).filter(last__lt=before)).values(
        "activity"
    )
    return Enrolment.objects.filter(Q(ended_at__lt=before) | Q(activity__in=over))


def _ended_bookings(before: dt.datetime) -> QuerySet[ClassBooking]:
    """Held that long ago; or, never held, asked for that long ago and for no day since."""
    return ClassBooking.objects.filter(
        Q(session__ends_at__lt=before) | Q(session=None, created_at__lt=before) & _proposed_before(before)
    )


def _proposed_before(moment: dt.datetime) -> Q:
    """All the moments (at most three) that a class proposed."""
    condition = Q(proposed__0__lt=moment)
    for position in (1, 2):
        condition &= Q(proposed__len__lte=position) | Q(**{f"proposed__{position}__lt": moment})
    return condition


def _known(rows: QuerySet, values: dict[str, Any]) -> QuerySet:
    """Those of `rows` of which something is not erased yet."""
    gone = {
        (f"{name}__isnull" if value is None else name): True if value is None else value
        for name, value in values.items()
    }
    return rows.exclude(**gone)


def _erase(rows: QuerySet, values: dict[str, Any] | None) -> int:
    """By their ids: an UPDATE or DELETE cannot have the join by which they were found."""
    found = rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))
    return found.delete()[0] if values is None else found.update(**values)


def _months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same local time of day so many months earlier, on the month's last day where it is shorter."""
    local = timezone.localtime(at)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return timezone.make_aware(local.replace(year=year, month=month + 1, day=min(local.day, last), tzinfo=None))
