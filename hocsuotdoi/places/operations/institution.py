"""Acts on a register entry that keep what was before: its state, its place, its hours. The rest is edited plainly."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    Closure,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    InstitutionStatus,
    OpeningHours,
)

_Row = InstitutionStatus | InstitutionPlacement | InstitutionAgency
Span = tuple[int, dt.time, dt.time]
"""Weekday (Monday is 0), opens, closes."""

By = AbstractBaseUser | None
"""Who acts. The audit trail takes the person from the request; kept here so that every act names one."""


class RegisterRefused(Refused):
    pass


LONGEST_CLOSURE = 60
"""Days; what stays closed longer has another state."""


@transaction.atomic
def change_status(
    institution: Institution, *, state: InstitutionState, starts_on: dt.date, reason: str, by: By, at: dt.datetime
) -> InstitutionStatus:
    """The institution is `state` from `starts_on` on; what it was until then is kept.

    Refused: a day before the last change, a state it is in already, closing without a reason.
    """
    _lock(institution)
    last = _last(institution.statuses)
    _refuse_earlier(last, starts_on)
    if last and last.state == state and last.ends_on is None:
        raise RegisterRefused(_("It is in this state already."))
    if state != InstitutionState.ACTIVE and not reason.strip():
        raise RegisterRefused(_("Say why, so that visitors know: for example “repairs until March”."))
    _end(last, starts_on)
    return InstitutionStatus.objects.create(
        institution=institution, state=state, starts_on=starts_on, reason=reason.strip()
    )


@transaction.atomic
def move_institution(
    institution: Institution, *, unit: AdminUnit, address: str, starts_on: dt.date, by: By, at: dt.datetime
) -> InstitutionPlacement:
    """The institution stands in `unit` from `starts_on` on; where it stood until then is kept.

    Refused: a day before the last move, a unit that does not stand on that day, a place it has already. Its position on
    the map is not carried over. Where a reform moved it along, on divided land perhaps to the wrong part, that is put
    right from its day on.
    """
    _lock(institution)
    last = _last(institution.placements)
    is_mended = last is not None and last.starts_on == starts_on and _came_by_reform(last)
    if not is_mended:
        _refuse_earlier(last, starts_on)
    if not unit.holds_on(starts_on):
        raise RegisterRefused(
            _("{unit} does not exist on {day}. Choose the unit of that day.").format(
                unit=unit.name, day=day_short(starts_on)
            )
        )
    if last and last.ends_on is None and last.unit_id == unit.pk and last.address == address.strip():
        raise RegisterRefused(_("It stands there already."))
    if is_mended:
        last.unit, last.address, last.latitude, last.longitude = unit, address.strip(), None, None
        last.save(update_fields=["unit", "address", "latitude", "longitude"])
        return last
    _end(last, starts_on)
    return InstitutionPlacement.objects.create(
        institution=institution, unit=unit, address=address.strip(), starts_on=starts_on
    )


@transaction.atomic
def entrust_institution(
    institution: Institution, *, agency: Agency, starts_on: dt.date, by: By, at: dt.datetime
) -> InstitutionAgency:
    """`agency` runs the institution from `starts_on` on; who ran it until then is kept.

    Refused: a day before the last change, a body that does not stand on that day, the one that runs it already.
    """
    _lock(institution)
    last = _last(institution.agencies)
    if not agency.holds_on(starts_on):
        sentence = _("{body} does not exist on {day}. Choose a body of that day.")
        raise RegisterRefused(sentence.format(body=agency.name, day=day_short(starts_on)), field="agency")
    if last and last.ends_on is None and last.agency_id == agency.pk:
        raise RegisterRefused(_("This body runs it already."), field="agency")
    _refuse_earlier(last, starts_on)
    _end(last, starts_on)
    return InstitutionAgency.objects.create(institution=institution, agency=agency, starts_on=starts_on)


@transaction.atomic
def set_opening_hours(
    institution: Institution, *, spans: Iterable[Span], starts_on: dt.date, by: By, at: dt.datetime
) -> None:
    """These openings hold from `starts_on` on; what held until then is kept, what was planned for later is dropped.

    Refused: a day that lies before today (hours of the past are facts), an opening that ends before it begins, two
    openings of a day that overlap.
    """
    _lock(institution)
    if starts_on < timezone.localdate(at):
        raise RegisterRefused(_("Opening hours can be changed from today on, not for the past."))
    spans = sorted(set(spans))
    _refuse_wrong_spans(spans)
    institution.opening_hours.filter(starts_on__gte=starts_on).delete()
    current = institution.opening_hours.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
    current.update(ends_on=starts_on)
    OpeningHours.objects.bulk_create(
        OpeningHours(institution=institution, weekday=day, opens_at=opens, closes_at=closes, starts_on=starts_on)
        for day, opens, closes in spans
    )


@transaction.atomic
def add_closure(
    institution: Institution, *, starts_on: dt.date, last_day: dt.date, reason: str, by: By, at: dt.datetime
) -> Closure:
    """The institution is closed from `starts_on` to `last_day`, both included, whatever its hours say.

    Days of this year that are past may be told too, since nobody could foresee a flood. Refused: a last day before the
    first, a closure in an earlier year, one longer than 60 days, days that are told already, no reason.
    """
    _lock(institution)
    if last_day < starts_on:
        raise RegisterRefused(_("The last day must not come before the first."))
    if starts_on.year < timezone.localdate(at).year:
        raise RegisterRefused(_("Closures can be entered for this year and later ones."))
    if (last_day - starts_on).days >= LONGEST_CLOSURE:
        raise RegisterRefused(_("Longer than 60 days: change the state of the institution instead."))
    if not reason.strip():
        raise RegisterRefused(_("Say why, so that visitors know: for example “Tết holidays”."))
    ends_on = last_day + dt.timedelta(days=1)
    if institution.closures.during(starts_on, ends_on).exists():
        raise RegisterRefused(_("Some of these days are entered as closed already."))
    return Closure.objects.create(institution=institution, starts_on=starts_on, ends_on=ends_on, reason=reason.strip())


@transaction.atomic
def remove_closure(closure: Closure, *, by: By, at: dt.datetime) -> None:
    """The institution is open on these days after all. Refused: a closure that is over, which is a fact."""
    if closure.ends_on is not None and closure.ends_on <= timezone.localdate(at):
        raise RegisterRefused(_("This closure is over; what was is not removed."))
    closure.delete()


def _came_by_reform(placement: InstitutionPlacement) -> bool:
    """Whether it began because the unit before it ended."""
    before = InstitutionPlacement.objects.filter(
        institution=placement.institution, ends_on=placement.starts_on, unit__ends_on=placement.starts_on
    )
    return before.exists()


def _refuse_wrong_spans(spans: list[Span]) -> None:
    until: dict[int, dt.time] = {}
    for day, opens, closes in spans:
        if closes <= opens:
            raise RegisterRefused(_("An opening must end after it begins."))
        if day in until and opens < until[day]:
            raise RegisterRefused(_("Two openings of one day overlap."))
        until[day] = closes


def _lock(institution: Institution) -> None:
    Institution.objects.select_for_update().get(pk=institution.pk)


def _last(rows: Any) -> Any:
    return rows.order_by(F("starts_on").asc(nulls_first=True)).last()


def _refuse_earlier(last: _Row | None, starts_on: dt.date) -> None:
    if last and last.starts_on and starts_on <= last.starts_on:
        raise RegisterRefused(
            _("The last change is from {day}; the new one must come after it.").format(day=day_short(last.starts_on))
        )


def _end(last: _Row | None, day: dt.date) -> None:
    if last and (last.ends_on is None or last.ends_on > day):
        last.ends_on = day
        last.save(update_fields=["ends_on"])
