"""The territory that holds: what the packages know, and every reform entered since, in the order of the days."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.places.formats.reform import after
from hocsuotdoi.places.formats.territory import Territory, faults
from hocsuotdoi.places.models import TerritoryReform
from hocsuotdoi.places.operations.following import Chosen, follow_units
from hocsuotdoi.places.operations.load_agencies import load_agencies
from hocsuotdoi.places.operations.load_units import load_units, read_territory
from hocsuotdoi.places.operations.reform_plan import as_reform


class DoesNotFit(Refused):
    """A reform that was entered does not fit what stands before its day any more."""


def entered_territory() -> Territory:
    """Reads the packages (seconds) and applies what was entered; not in the database. Raises `DoesNotFit`."""
    territory = read_territory()
    for reform in TerritoryReform.objects.in_force().select_related("legal_act"):
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
    territory = entered_territory()
    ids = load_units(territory, progress)
    load_agencies(territory, ids, progress)
    follow_units(_chosen())


def _chosen() -> Iterator[Chosen]:
    for day, places in TerritoryReform.objects.in_force().values_list("day", "places"):
        for institution, unit in places.items():
            yield institution, day, unit
