"""Entering population and villages of units: preview, confirm as a whole. The trail keeps who changed what."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import ImportKind, StatingWay
from hocsuotdoi.indicators.formats.population_sheet import PopulationRow
from hocsuotdoi.indicators.models import Population, PreviewedImport
from hocsuotdoi.indicators.queries.population import (
    PopulationChange,
    PopulationPlan,
    planned_population,
    population_digest,
)
from hocsuotdoi.indicators.queries.stated import Wrong
from hocsuotdoi.places.models import AdminUnit


class SourceMissing(Refused):
    """Numbers without saying where they were read."""


class NothingNew(Refused):
    """A file that says nothing that is not known."""


class CannotBeEntered(Refused):
    """Rows that cannot be taken in; all of them, cell by cell, in `problems`."""

    def __init__(self, problems: Sequence[Wrong]):
        super().__init__(problems[0].reason)
        self.problems = list(problems)


class ChangedMeanwhile(Refused):
    """What would happen is not any more what the person has seen."""


class PreviewGone(Refused):
    """A preview that was confirmed or thrown away."""


@transaction.atomic
def preview_population(
    unit: AdminUnit,
    *,
    year: int,
    rows: Sequence[PopulationRow],
    way: StatingWay,
    source: str,
    file_name: str,
    digest: str,
    by: Person,
    at: dt.datetime,
) -> PreviewedImport:
    """Keep what was sent in until it is confirmed. Refused: no source, rows that cannot be entered, nothing new."""
    source = " ".join(normalise(source).split())[:300]
    if not source:
        raise SourceMissing(_("Say where these numbers were read."), field="source")
    plan_population(unit, year=year, rows=rows, source=source, today=timezone.localdate(at))
    PreviewedImport.objects.filter(kind=ImportKind.POPULATION, unit=unit, period=str(year), made_by=by.pk).delete()
    return PreviewedImport.objects.create(
        kind=ImportKind.POPULATION,
        unit=unit,
        period=str(year),
        way=way,
        file_name=normalise(file_name)[-200:],
        file_digest=digest,
        source=source,
        rows=[asdict(each) for each in rows],
        made_by=by.pk,
        made_at=at,
    )


def plan_population(
    unit: AdminUnit, *, year: int | None, rows: Sequence[PopulationRow], source: str, today: dt.date
) -> PopulationPlan:
    """What entering would change. Refused: rows that cannot be entered, nothing new."""
    plan = planned_population(unit, rows, year=year, source=source, today=today)
    if plan.problems:
        raise CannotBeEntered(plan.problems)
    if not plan.effective:
        raise NothingNew(_("Nothing in it is new: these numbers stand here already, or every cell is empty."))
    return plan


def plan_of(preview: PreviewedImport, today: dt.date) -> PopulationPlan:
    """Refused: rows that cannot be entered, nothing new."""
    rows = [PopulationRow(**row) for row in preview.rows]
    return plan_population(preview.unit, year=int(preview.period), rows=rows, source=preview.source, today=today)


@transaction.atomic
def enter_population(preview: PreviewedImport, *, seen: str, by: Person, at: dt.datetime) -> int:
    """Everything in a preview, or nothing; how many rows were written.

    Refused: a preview confirmed before or thrown away, another plan by now than `seen`, what cannot be entered.
    """
    held = PreviewedImport.objects.select_for_update().filter(pk=preview.pk).first()
    if held is None:
        raise PreviewGone(_("This was confirmed before, or another file was sent since."))
    plan = plan_of(held, timezone.localdate(at))
    if plan.digest != seen:
        raise ChangedMeanwhile(_("Something has changed since you looked. Look through it once more, then confirm."))
    written = write_population(plan.effective)
    held.delete()
    return written


@transaction.atomic
def write_population(changes: Sequence[PopulationChange]) -> int:
    """Insert or update, so that the trail shows what stood before."""
    Population.objects.bulk_create(
        [
            Population(
                unit=each.unit,
                year=each.year,
                urban=each.urban,
                rural=each.rural,
                villages=each.villages,
                source=each.source,
            )
            for each in changes
        ],
        update_conflicts=True,
        unique_fields=["unit", "year"],
        update_fields=["urban", "rural", "villages", "source"],
    )
    return len(changes)


@transaction.atomic
def take_population_away(entered: Population, *, seen: str) -> None:
    """That nothing is known of the unit's year any more; the trail keeps what stood and who took it away. Figures are
    divided by what docs/figures.md names next: the sum of the communes, an older year, or nothing.

    Refused: what is not any more what the person has seen (`population_digest`).
    """
    held = Population.objects.select_for_update().filter(pk=entered.pk).first()
    if held is None or population_digest(held) != seen:
        raise ChangedMeanwhile(_("These numbers were changed since you looked. Look at them once more."))
    held.delete()
