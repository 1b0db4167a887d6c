"""Where sessions are: counted by commune, for maps."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import counted_by_institution
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import InstitutionPlacement


@dataclass(frozen=True, slots=True)
class CommuneCount:
    code: str
    name: str
    short_name: str
    sort_key: str
    latitude: float | None
    longitude: float | None
    province: str
    """Its code."""
    number: int


_READ = "unit__readings__"
_ABOVE = f"{_READ}reads_as__ancestries__"


def counted_by_commune(sessions: QuerySet[Session], day: dt.date) -> list[CommuneCount]:
    """How many of `sessions` there are in each unit that an institution stands in on `day`, read on the map of that
    day. Two queries: how many each institution has, then where those institutions stand; so that sessions, of which
    there are many, are counted before places are looked up."""
    numbers = counted_by_institution(sessions)
    columns = ("code", "name", "short_name", "sort_key", "latitude", "longitude")
    standing = (
        InstitutionPlacement.objects.on(day)
        .filter(on(day, _READ), on(day, _ABOVE), institution__in=numbers, **{f"{_ABOVE}ancestor__tier": Tier.PROVINCE})
        .values_list("institution", *(f"{_READ}reads_as__{name}" for name in columns), f"{_ABOVE}ancestor__code")
    )
    found: Counter[tuple] = Counter()
    for institution, *place in standing:
        found[tuple(place)] += numbers[institution]
    return sorted((CommuneCount(*place, number=n) for place, n in found.items()), key=lambda commune: commune.sort_key)
