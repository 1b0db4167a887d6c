"""Where sessions are: counted by commune, for maps."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from hocsuotdoi.activities.models import Session
from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import Tier


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


_READ = "institution__placements__unit__readings__"
_ABOVE = f"{_READ}reads_as__ancestries__"


def counted_by_commune(sessions: QuerySet[Session], day: dt.date) -> list[CommuneCount]:
    """How many of `sessions` there are in each unit that an institution stands in on `day`, read on the map of that
    day. One query, at most one row for each commune."""
    reads_as = f"{_READ}reads_as__"
    rows = (
        sessions.order_by()
        .filter(
            on(day, "institution__placements__"),
            on(day, _READ),
            on(day, _ABOVE),
            **{f"{_ABOVE}ancestor__tier": Tier.PROVINCE},
        )
        .values_list(
            *(f"{reads_as}{name}" for name in ("code", "name", "short_name", "sort_key", "latitude", "longitude")),
            f"{_ABOVE}ancestor__code",
        )
        .annotate(number=Count("pk"))
    )
    return sorted((CommuneCount(*row) for row in rows), key=lambda commune: commune.sort_key)
