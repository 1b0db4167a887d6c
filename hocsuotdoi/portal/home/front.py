"""What the first page shows, gathered in a few reads."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.queries.offer import Wish, whats_on
from hocsuotdoi.indicators.queries.values import counts_for
from hocsuotdoi.ledger.enums import VISITS, MeasureCode
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement
from hocsuotdoi.places.queries.institutions import active_on
from hocsuotdoi.places.queries.units import children_of, country
from hocsuotdoi.portal.home.calendar import ObservanceAhead, observance_ahead
from hocsuotdoi.portal.home.stitched_map import KEPT_SECONDS, StitchedMap, path_of_runs, square_at, stitched_map
from hocsuotdoi.programme.enums import TargetState
from hocsuotdoi.programme.queries.targets import unit_targets

SHOWN_SESSIONS = 5
LOOKED_AT_SESSIONS = 200
FIGURES_KEPT_SECONDS = 45  # a new entry shows within a minute
SOON_DAYS = 14


@dataclass(frozen=True)
class Reached:
    """Whole-country figures of the year. `visits` are those of libraries, museums and centres together."""

    year: int
    sessions: int
    attendance: int
    visits: int
    institutions: int
    has_sample: bool


@dataclass(frozen=True)
class Front:
    today: dt.date
    sessions: list[Session] = field(default_factory=list)
    sessions_today: int = 0
    observance: ObservanceAhead | None = None
    country: AdminUnit | None = None
    provinces: list[AdminUnit] = field(default_factory=list)
    reached: Reached | None = None
    targets: list[tuple[str, int]] = field(default_factory=list)
    """How many of the country's targets are in each state, the best state first."""
    map: StitchedMap | None = None
    gold: str = ""
    """The stitches of the map where something is coming up within two weeks."""


def front_at(at: dt.datetime) -> Front:
    """The first page at the moment `at`; before the territory is loaded, the page without places and figures."""
    today = timezone.localdate(at)
    to_come = whats_on(Wish(), at=at)
    sessions = _varied(to_come[:LOOKED_AT_SESSIONS])
    sessions_today = whats_on(Wish(first_day=today, last_day=today), at=at).count()
    try:
        whole = country()
    except AdminUnit.DoesNotExist:
        return Front(today, sessions, sessions_today, observance_ahead(today))
    kept = _kept(
        {
            "reached": (lambda: _reached(whole, today), FIGURES_KEPT_SECONDS),
            "targets": (lambda: _targets(whole, today), FIGURES_KEPT_SECONDS),
            "map": (lambda: stitched_map(today), KEPT_SECONDS),
        },
        today,
    )
    return Front(
        today=today,
        sessions=sessions,
        sessions_today=sessions_today,
        observance=observance_ahead(today),
        country=whole,
        provinces=list(children_of(whole, today)),
        reached=kept["reached"],
        targets=kept["targets"],
        map=kept["map"],
        gold=_gold_stitches(at),
    )


def _varied(sessions: Iterable[Session]) -> list[Session]:
    """The first few, each title once: the same day of books in forty communes is one thing to a reader."""
    by_title: dict[str, Session] = {}
    for session in sessions:
        by_title.setdefault(session.activity.title, session)
    return list(by_title.values())[:SHOWN_SESSIONS]


def _kept(makers: dict[str, tuple[Callable[[], Any], int]], today: dt.date) -> dict[str, Any]:
    """What was made lately, asked for at once; what has grown too old, made anew."""
    keys = {name: f"front:{name}:{today}" for name in makers}
    found = cache.get_many(keys.values())
    for name, (make, seconds) in makers.items():
        if keys[name] not in found:
            found[keys[name]] = make()
            cache.set(keys[name], found[keys[name]], seconds)
    return {name: found[key] for name, key in keys.items()}


def _targets(whole: AdminUnit, today: dt.date) -> list[tuple[str, int]]:
    states = Counter(reading.state for reading in unit_targets(whole, today.year))
    return [(state.value, states[state]) for state in TargetState if states[state]]


def _gold_stitches(at: dt.datetime) -> str:
    today = timezone.localdate(at)
    soon = Wish(first_day=today, last_day=today + dt.timedelta(days=SOON_DAYS))
    placements = InstitutionPlacement.objects.on(today).filter(
        institution__in=whats_on(soon, at=at).order_by().values("institution"), unit__latitude__isnull=False
    )
    return path_of_runs({square_at(*spot) for spot in placements.values_list("unit__latitude", "unit__longitude")})


def _reached(whole: AdminUnit, today: dt.date) -> Reached:
    counts = counts_for(whole, today.year)
    return Reached(
        year=today.year,
        sessions=counts[MeasureCode.PROGRAMME_SESSION],
        attendance=counts[MeasureCode.PROGRAMME_ATTENDANCE],
        visits=sum(counts[m] for m in VISITS),
        institutions=active_on(Institution.objects.all(), today).count(),
        has_sample=Institution.objects.filter(is_sample=True).exists(),
    )
