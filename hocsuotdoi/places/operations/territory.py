"""The territory that holds: what the packages know, and every reform entered since, in the order of the days."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.formats.reform import after
from hocsuotdoi.places.formats.territory import Territory, faults
from hocsuotdoi.places.models import TerritoryReform
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
            sentence = _("What {act} does from {day} on does not fit any more. {at}: {reason}")
            act, day = reform.legal_act.number, day_short(reform.day)
            raise DoesNotFit(sentence.format(act=act, day=day, at=problem.at, reason=problem.reason))
        territory = outcome.territory
    if broken := faults(territory):
        raise AssertionError(broken[0])  # a mistake in our rules, not in a file
    return territory


@transaction.atomic
def write_territory(progress: Callable[[str], Any] = lambda _line: None) -> None:
    """Units, their bodies, and what stands in those that ended. Written again, nothing changes."""
    reforms = list(TerritoryReform.objects.in_force().filter(written_at__isnull=False).select_related("legal_act"))
    territory = read_with(reforms)
    ids = load_units(territory, progress)
    load_agencies(territory, ids, progress)
    follow_units((code, reform.day, unit) for reform in reforms for code, unit in reform.places.items())


@transaction.atomic
def write_due_reforms(day: dt.date, *, at: dt.datetime) -> int:
    """Writes the reforms whose day has come; how many. Figures follow by themselves (`indicators.fold`)."""
    with one_at_a_time():
        due = TerritoryReform.objects.due(day)
        written = TerritoryReform.objects.filter(pk__in=[reform.pk for reform in due]).update(written_at=at)
        if written:
            write_territory()
    return written


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Until the end of the transaction nobody else enters or writes a reform: each is written on top of all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places_territory'))")
    yield
