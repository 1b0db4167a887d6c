"""The territory that holds: what the packages know, and every reform entered since, in the order of the days."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.formats.reform import after
from hocsuotdoi.places.formats.reform_2025 import REFORM_DAY
from hocsuotdoi.places.formats.territory import Territory, faults
from hocsuotdoi.places.models import AdminUnit, TerritoryReform
from hocsuotdoi.places.operations.following import follow_units
from hocsuotdoi.places.operations.load_agencies import load_agencies
from hocsuotdoi.places.operations.load_units import load_units, read_territory
from hocsuotdoi.places.operations.reform_plan import as_reform


class DoesNotFit(Refused):
    """A reform that was entered does not fit what stands before its day any more."""


def read_with(reforms: Iterable[TerritoryReform]) -> Territory:
    """Reads the packages (seconds) and applies `reforms` in their order; not in the database. Raises `DoesNotFit`."""
    territory = read_territory()
    for reform in reforms:
        outcome = after(territory, as_reform(reform))
        for problem in outcome.problems:
            sentence = _("What {act} does from {day} on does not fit any more. {unit}: {reason}")
            act, day = reform.legal_act.number, day_short(reform.day)
            raise DoesNotFit(sentence.format(act=act, day=day, unit=problem.about or act, reason=problem.reason))
        territory = outcome.territory
    if broken := faults(territory):
        raise AssertionError(broken[0])  # a mistake in our rules, not in a file
    return territory


@transaction.atomic
def write_territory(progress: Callable[[str], Any] = lambda _line: None, *, waiting: bool = False) -> None:
    """Units, their bodies, and what stands in those that ended, with the reforms that are written, or also with those
    that wait. Written again, nothing changes. Raises `DoesNotFit`."""
    one_at_a_time()
    entered = TerritoryReform.objects.in_force().select_related("legal_act")
    reforms = list(entered if waiting else entered.filter(written_at__isnull=False))
    territory = read_with(reforms)
    _refuse_strays(territory)
    ids = load_units(territory, progress)
    load_agencies(territory, ids, progress)
    follow_units((code, reform.day, unit) for reform in reforms for code, unit in reform.places.items())


@transaction.atomic
def write_due_reforms(day: dt.date, *, at: dt.datetime) -> int:
    """Writes the reforms whose day has come; how many. Figures follow by themselves (`indicators.fold`)."""
    one_at_a_time()
    due = TerritoryReform.objects.due(day)
    written = TerritoryReform.objects.filter(pk__in=[reform.pk for reform in due]).update(written_at=at)
    if written:
        write_territory()
    return written


def try_writing() -> None:
    """Writes all that was entered, also what waits, and takes it back at once: what the database would refuse on the
    day is refused now. Raises `DoesNotFit`."""
    with transaction.atomic():
        write_territory(waiting=True)
        transaction.set_rollback(True)


def one_at_a_time() -> None:
    """Until the end of the transaction nobody else enters or writes a reform: each is written on top of all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places_territory'))")


def _refuse_strays(territory: Territory) -> None:
    """Things were recorded in units that an earlier reform made: none may vanish because a later one says otherwise."""
    known = {unit.key for unit in territory.units}
    for unit in AdminUnit.objects.filter(starts_on__gt=REFORM_DAY).order_by("starts_on", "code"):
        if (unit.code, unit.starts_on) not in known:
            sentence = _("{unit} stands since {day} by an act that was entered before; with this one it never began.")
            raise DoesNotFit(sentence.format(unit=unit.name, day=day_short(unit.starts_on)))
