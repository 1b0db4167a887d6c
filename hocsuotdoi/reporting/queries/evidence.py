"""The frozen report as evidence of the task "report every year"."""

from collections.abc import Iterable

from django.utils import timezone

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.registry import Evidence
from hocsuotdoi.reporting.models import Snapshot

KIND = "reporting.snapshot"


def report_evidence(unit: AdminUnit, year: int) -> list[Evidence]:
    """The unit's first snapshot of that year: its day is the one that counts. One query."""
    rows = Snapshot.objects.filter(report__unit=unit, report__year=year).order_by("frozen_at", "pk")[:1]
    return [
        Evidence(f"Báo cáo {number}", timezone.localdate(frozen_at), KIND, number)
        for number, frozen_at in rows.values_list("number", "frozen_at")
    ]


def report_evidence_of_units(units: Iterable[int], year: int) -> dict[int, list[Evidence]]:
    """The same for many units, by their keys. One query."""
    rows = (
        Snapshot.objects.filter(report__unit__in=list(units), report__year=year)
        .order_by("report__unit", "frozen_at", "pk")
        .distinct("report__unit")
        .values_list("report__unit", "number", "frozen_at")
    )
    return {
        unit: [Evidence(f"Báo cáo {number}", timezone.localdate(frozen_at), KIND, number)]
        for unit, number, frozen_at in rows
    }
