"""Administrators' powers: on for a reason and at most an hour, off by themselves. The rows are the log."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person, PowerSwitch
from hocsuotdoi.accounts.rules import holds_switched_role
from hocsuotdoi.core.errors import Refused

LONGEST_MINUTES = 60
SHORTEST_REASON = 10


class PowersRefused(Refused):
    pass


@transaction.atomic
def switch_powers_on(person: Person, *, reason: str, minutes: int, at: dt.datetime) -> PowerSwitch:
    """Switch the powers of an administrator on for `minutes` (1 to 60).

    Refused: someone who is no administrator on that day, a reason of less than ten letters, another length of time,
    powers that are on already.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    reason = reason.strip()
    if not holds_switched_role(person, timezone.localdate(at)):
        raise PowersRefused(_("Only an administrator can switch powers on."))
    if len(reason) < SHORTEST_REASON:
        raise PowersRefused(
            _(
                "Say in at least {shortest} letters what you need the powers for. It is kept and others can read it."
            ).format(shortest=SHORTEST_REASON)
        )
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise PowersRefused(_("Powers can be on for {longest} minutes at most.").format(longest=LONGEST_MINUTES))
    if PowerSwitch.objects.on_at(at).filter(person=person).exists():
        raise PowersRefused(_("Your powers are on already."))
    return PowerSwitch.objects.create(
        person=person, reason=reason, starts_at=at, ends_at=at + dt.timedelta(minutes=minutes)
    )


@transaction.atomic
def switch_powers_off(person: Person, *, at: dt.datetime) -> None:
    """Switch them off before their time. Nothing happens if they are off."""
    for switch in PowerSwitch.objects.select_for_update().on_at(at).filter(person=person):
        # At least a moment stays in the log, also when switched off in the instant of switching on.
        switch.ends_at = max(at, switch.starts_at + dt.timedelta(microseconds=1))
        switch.save(update_fields=["ends_at"])
