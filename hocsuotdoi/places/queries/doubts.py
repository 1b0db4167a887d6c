"""What is not certain about the territory: told by `doctor`, listed in docs/territory.md."""

from dataclasses import dataclass

from django.db.models import Count

from hocsuotdoi.places.enums import Certainty, Disagreement, Doubt
from hocsuotdoi.places.models import AdminUnit, Succession, UnitNote


@dataclass(frozen=True)
class Doubts:
    """How many units and steps are uncertain, by reason."""

    divided_units: int
    """Ended units whose land was divided between several."""
    steps: dict[str, int]
    """Uncertain successions by `Doubt`."""
    disagreements: dict[str, int]
    """Units that the two sources tell differently, by `Disagreement`."""
    without_act: int
    """Units that began or ended by an act that is not known."""


def doubts() -> Doubts:
    uncertain = Succession.objects.filter(certainty=Certainty.UNCERTAIN)
    counted_steps = dict(uncertain.values_list("doubt").annotate(n=Count("pk")))
    counted_notes = dict(UnitNote.objects.values_list("kind").annotate(n=Count("pk")))
    began = AdminUnit.objects.filter(starts_on__isnull=False, began_by=None)
    ended = AdminUnit.objects.filter(ends_on__isnull=False, ended_by=None)
    return Doubts(
        divided_units=uncertain.filter(kind="split").values("predecessor").distinct().count(),
        steps={doubt.value: counted_steps.get(doubt.value, 0) for doubt in Doubt},
        disagreements={kind.value: counted_notes.get(kind.value, 0) for kind in Disagreement},
        without_act=(began | ended).distinct().count(),
    )


def broken_laws(at_most: int = 20) -> list[str]:
    """Sentences on units that break a law every map must keep; none in a sound installation."""
    ended = AdminUnit.objects.filter(ends_on__isnull=False).exclude(became__is_main=True)
    begun = AdminUnit.objects.filter(starts_on__isnull=False).exclude(was__is_origin=True)
    told = [f"{unit.name} ({unit.code}) ended but nothing is its main successor." for unit in ended[:at_most]]
    return told + [f"{unit.name} ({unit.code}) began but has no origin on older maps." for unit in begun[:at_most]]
