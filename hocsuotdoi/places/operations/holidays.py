"""Acts on public holidays: what the state decides for a year, and what an institution does on one."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.models import Closure, HolidayDecision, HolidayOpening, Institution
from hocsuotdoi.places.operations.institution import By
from hocsuotdoi.places.queries.holidays import DAY, holidays_between


class HolidayRefused(Refused):
    pass


EARLIEST = dt.date(2015, 1, 1)
FURTHEST_YEARS = 5


@transaction.atomic
def decide_holiday(
    day: dt.date, *, is_holiday: bool, name: str, legal_act: str, by: By, at: dt.datetime
) -> HolidayDecision:
    """`day` is a public holiday, or is not, because an act of the state says so; an earlier decision is replaced.

    Refused: no name or no act, a day that is so already, a day before the programme's time or far ahead.
    """
    name, legal_act = " ".join(name.split()), " ".join(legal_act.split())
    if not name or not legal_act:
        raise HolidayRefused(_("Say what the day is for, and which act decides it with its number and date."))
    if not EARLIEST <= day <= dt.date(timezone.localdate(at).year + FURTHEST_YEARS, 12, 31):
        raise HolidayRefused(_("Holidays can be decided from 2015 on, and for at most five years ahead."))
    standing = HolidayDecision.objects.select_for_update().filter(day=day).first()
    if standing is None and (day in holidays_between(day, day)) == is_holiday:
        if is_holiday:
            raise HolidayRefused(_("{day} is a public holiday already.").format(day=day_short(day)))
        raise HolidayRefused(
            _("{day} is no public holiday, so there is nothing to take away.").format(day=day_short(day))
        )
    values = {"is_holiday": is_holiday, "name": name, "legal_act": legal_act}
    decision, _made = HolidayDecision.objects.update_or_create(day=day, defaults=values)
    return decision


@transaction.atomic
def withdraw_decision(decision: HolidayDecision, *, by: By, at: dt.datetime) -> None:
    """The day is again what the law makes it. What was decided stays in the trail of changes."""
    decision.delete()


@transaction.atomic
def open_on_holidays(institution: Institution, *, days: Collection[dt.date], by: By, at: dt.datetime) -> None:
    """It is open on these holidays as its hours are; closures that lie within them are taken back.

    Refused: days that are over, days that are no holidays, a longer closure that covers one of them.
    """
    first, last = _checked(institution, days, at)
    for closure in institution.closures.during(first, last + DAY):
        if (
            closure.starts_on is None
            or closure.ends_on is None
            or closure.starts_on < first
            or closure.ends_on > last + DAY
        ):
            raise HolidayRefused(
                _(
                    "It is entered as closed ({reason}) for more than these holidays. Change those days below first."
                ).format(reason=closure.reason)
            )
        closure.delete()
    HolidayOpening.objects.bulk_create(
        [HolidayOpening(institution=institution, day=day) for day in sorted(days)], ignore_conflicts=True
    )


@transaction.atomic
def close_on_holidays(
    institution: Institution, *, days: Collection[dt.date], reason: str, by: By, at: dt.datetime
) -> None:
    """It is closed on these holidays; those that are entered as closed already stay as they are.

    Refused: days that are over, days that are no holidays.
    """
    first, last = _checked(institution, days, at)
    institution.holiday_openings.filter(day__in=days).delete()
    closed = list(institution.closures.during(first, last + DAY))
    begins: dt.date | None = None
    for day in [first + number * DAY for number in range((last - first).days + 2)]:
        is_asked = day in days and not any(closure.holds_on(day) for closure in closed)
        if is_asked and begins is None:
            begins = day
        elif not is_asked and begins is not None:
            Closure.objects.create(institution=institution, starts_on=begins, ends_on=day, reason=reason)
            begins = None


def _checked(institution: Institution, days: Collection[dt.date], at: dt.datetime) -> tuple[dt.date, dt.date]:
    Institution.objects.select_for_update().get(pk=institution.pk)
    if not days or max(days) < timezone.localdate(at):
        raise HolidayRefused(_("These holidays are over; what was is not changed."))
    first, last = min(days), max(days)
    if set(days) - set(holidays_between(first, last)):
        raise HolidayRefused(_("The calendar of holidays has changed meanwhile. Look at it again."))
    return first, last
