"""Make a country: its institutions in the register, what happens in the ledger, the right answers beside it."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.indicators.operations.rolling import rebuild
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.operations.register import write_entries
from hocsuotdoi.simulation.formats.calendar import YEARS
from hocsuotdoi.simulation.formats.model import read_model
from hocsuotdoi.simulation.formats.truth import Truth, write_truth
from hocsuotdoi.simulation.operations.activity import DAY_MS, EPOCH, OFFSET_MS, Activity, Batch
from hocsuotdoi.simulation.operations.copying import Counts, Writers, Writing, ensure_partitions
from hocsuotdoi.simulation.operations.country import CODE, Country, Span
from hocsuotdoi.simulation.operations.tally import Tally
from hocsuotdoi.simulation.queries.territory import Territory

MODEL = Path(__file__).resolve().parent.parent / "data" / "model.yaml"
BOOK_LOOKED_AT = 90
"""Days after the last one until which figures still come in and mistakes are noticed, if those days have come."""

ENTRIES_AT_A_TIME = 40_000
_REGISTERED_AT_A_TIME = 5_000
_COUNTRY, _ACTIVITY, _ROWS = range(3)
"""Streams of chance: what one draws does not move what the others draw."""


class SimulationRefused(Refused):
    """A country that cannot be made, or not here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for. `years` end with `until`; `entries` None: as many as the model has; `provinces` are codes of
    today's map, none: all. `has_figures`: what is typed in comes as figures of sheets; else as one plain posting for
    each sheet, for who counts with what the ledger holds alone."""

    institutions: int
    first_year: int
    until: dt.date
    seed: int
    entries: int | None = None
    provinces: tuple[str, ...] = ()
    has_figures: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    counts: Counts
    _head: dict[str, Any]
    _tally: Tally

    def write(self, path: Path) -> None:
        write_truth(path, self._head, self._tally.rows())

    def truth(self) -> Truth:
        """The right answers without a file, for tests."""
        return Truth.of(self._head, self._tally.rows())


Progress = Callable[[dt.date, int], None]
"""Told the month that has been handed to the writers, and how many entries there are so far."""


def simulate(
    plan: Plan, *, at: dt.datetime, writers: int | None = None, progress: Progress = lambda month, entries: None
) -> Summary:
    """Write a country as `plan` asks; return what was written and what is true of it.

    The same plan in the same territory gives the same rows, ids too, on whatever day it is made; only for a plan that
    ends within the last three months does the day `at` cut off what had not been posted by then. The register is
    written in one transaction, the ledger in many: what was begun and not ended cannot be taken up again.
    Refused: a database that holds anything real or has a simulated country; no institution, years that have not come or
    whose calendar is not known, a province that is not on today's map, a territory that is not loaded.
    """
    _check_plan(plan, timezone.localdate(at))
    _check_database()
    country = drawn_country(plan, at=at)
    keys = _register(country)
    activity, tally = drawn_activity(plan, country, at=at), Tally(country, has_figures=plan.has_figures)
    writing = Writing(activity, keys, plan.seed, has_figures=plan.has_figures)
    ensure_partitions(range(plan.first_year, plan.until.year + 1))
    with Writers(writers or max(1, min(8, os.cpu_count() or 1))) as out:
        told = 0
        for month, part, batch in batches(plan, activity):
            if month != told:
                progress(dt.date(*country.span.months[told], 1), writing.counts.entries)
                told = month
            tally.add(batch, month)
            out.write(writing.rows(_chance(plan, _ROWS, month, part), batch))
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE ledger_posting, ledger_entry, indicators_statement, indicators_statedfigure, places_institution, "
            "places_institutionplacement"
        )
    rebuild(timezone.localdate(at))
    return Summary(writing.counts, {"plan": _told(plan), "counts": asdict(writing.counts), **tally.head()}, tally)


def drawn_country(plan: Plan, *, at: dt.datetime) -> Country:
    """The institutions, not yet written anywhere."""
    span = _span(plan, timezone.localdate(at))
    return Country(_chance(plan, _COUNTRY), read_model(MODEL), Territory(), span, plan.institutions)


def drawn_activity(plan: Plan, country: Country, *, at: dt.datetime) -> Activity:
    """What draws the batches, as busy as is asked for."""
    last_seen = (plan.until + dt.timedelta(days=BOOK_LOOKED_AT + 1)).toordinal()
    seen_until = min((last_seen - EPOCH) * DAY_MS - OFFSET_MS, int(at.timestamp() * 1000))
    activity = Activity(country, seen_until=seen_until)
    _set_pace(plan, activity)
    return activity


def batches(plan: Plan, activity: Activity) -> Iterator[tuple[int, int, Batch]]:
    """Month by month, and in each month the institutions part by part: what they do."""
    for month in range(len(activity.country.span.months)):
        for part, institutions in enumerate(_parts(activity, month)):
            batch = activity.batch(_chance(plan, _ACTIVITY, month, part), month, institutions)
            if batch is not None:
                yield month, part, batch


def _chance(plan: Plan, *stream: int) -> np.random.Generator:
    return np.random.default_rng([plan.seed, *stream])


def _told(plan: Plan) -> dict[str, Any]:
    return {**asdict(plan), "until": str(plan.until), "provinces": list(plan.provinces)}


def _span(plan: Plan, today: dt.date) -> Span:
    months = [
        (year, month)
        for year in range(plan.first_year, plan.until.year + 1)
        for month in range(1, 13)
        if (year, month) <= (plan.until.year, plan.until.month)
    ]
    return Span(
        first=dt.date(plan.first_year, 1, 1).toordinal(),
        last=plan.until.toordinal(),
        months=months,
        today=today.toordinal(),
        provinces=frozenset(plan.provinces),
    )


@transaction.atomic(durable=True)
def _register(country: Country) -> np.ndarray:
    """Writes the register and returns the institutions' keys, in their order."""
    chunk: list = []
    for entry in country.entries():
        chunk.append(entry)
        if len(chunk) == _REGISTERED_AT_A_TIME:
            write_entries(chunk)
            chunk = []
    write_entries(chunk)
    keys = Institution.objects.filter(code__startswith=CODE).order_by("code").values_list("pk", flat=True)
    return np.fromiter(keys, np.int64)


def _set_pace(plan: Plan, activity: Activity) -> None:
    """So that there are about as many entries as asked for. Figures typed in come once a month at most: where more is
    asked for than the model has, only acts become more."""
    if plan.entries is None:
        return
    acts, typed = 0.0, 0.0
    for month in range(len(activity.country.span.months)):
        of_acts, of_typed = activity.expected(month)
        acts, typed = acts + of_acts.sum(), typed + of_typed.sum()
    if plan.entries < acts + typed:
        activity.pace = activity.typed_pace = plan.entries / (acts + typed)
    elif acts:
        activity.pace = (plan.entries - typed) / acts


def _parts(activity: Activity, month: int) -> Iterator[np.ndarray]:
    """The institutions in runs that write about as many entries as fit into one batch."""
    acts, typed = activity.expected(month)
    upto = np.cumsum(acts * activity.pace + typed * activity.typed_pace)
    cuts = np.searchsorted(upto, np.arange(ENTRIES_AT_A_TIME, upto[-1], ENTRIES_AT_A_TIME)) + 1
    everyone = np.arange(activity.country.count)
    return (part for part in np.split(everyone, np.unique(cuts)) if len(part))


def _check_plan(plan: Plan, today: dt.date) -> None:
    if plan.institutions < 1:
        raise SimulationRefused(_("A country needs at least one institution."))
    if plan.entries is not None and plan.entries < 1:
        raise SimulationRefused(_("Ask for at least one entry, or leave the number out."))
    if plan.seed < 0:
        raise SimulationRefused(_("A seed is a number from 0 up."))
    if plan.until > today:
        raise SimulationRefused(_("{day} has not come yet.").format(day=day_short(plan.until)))
    if plan.first_year > plan.until.year:
        raise SimulationRefused(_("The first year must not come after the last one."))
    if plan.first_year not in YEARS or plan.until.year not in YEARS:
        raise SimulationRefused(
            _("Years from {first} to {last} can be simulated: the calendar of others is not known.").format(
                first=YEARS[0], last=YEARS[-1]
            )
        )
    if not AdminUnit.objects.filter(tier=Tier.COMMUNE).exists():
        raise SimulationRefused(_("The territory is not loaded. Run: hocsuotdoi load-reference"))
    provinces = AdminUnit.objects.on(today).filter(tier=Tier.PROVINCE, code__in=plan.provinces)
    if unknown := set(plan.provinces) - set(provinces.values_list("code", flat=True)):
        raise SimulationRefused(
            _("No province of today has the code {codes}.").format(codes=", ".join(sorted(unknown)))
        )


def _check_database() -> None:
    """Nothing real may be here: what is simulated cannot be taken out again."""
    if Person.objects.filter(is_sample=False).exists():
        raise SimulationRefused(
            _("Real people have accounts here. Simulate in a database of its own: choose another DATA_DIR.")
        )
    if Posting.objects.filter(institution__is_sample=False).exists():
        raise SimulationRefused(
            _(
                "The account book here counts what really happened. Simulate in a database of its own: choose another "
                "DATA_DIR."
            )
        )
    if Institution.objects.filter(code__startswith=CODE).exists():
        raise SimulationRefused(_("A country was simulated here before. For another one choose another DATA_DIR."))
