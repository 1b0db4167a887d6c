"""The frozen report as evidence of the task "report every year"."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.registry import Evidence
from hocsuotdoi.reporting.enums import CommandLine, SnapshotKind
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.models.report import FROZEN

KIND = "reporting.snapshot"


def report_evidence(unit: AdminUnit, year: int) -> list[Evidence]:
    """The first snapshot of the report that the unit's local authorities made of that year: its day is the one that
    counts. One query."""
    rows = _reported(year).filter(report__unit=unit).order_by("frozen_at", "pk")[:1]
    return [
        Evidence(f"Báo cáo {number}", timezone.localdate(frozen_at), KIND, number)
        for number, frozen_at in rows.values_list("number", "frozen_at")
    ]


def report_evidence_of_units(units: Iterable[int], year: int) -> dict[int, list[Evidence]]:
    """The same for many units, by their keys. One query."""
    rows = (
        _reported(year)
        .filter(report__unit__in=list(units))
        .order_by("report__unit", "frozen_at", "pk")
        .distinct("report__unit")
        .values_list("report__unit", "number", "frozen_at")
    )
    return {
        unit: [Evidence(f"Báo cáo {number}", timezone.localdate(frozen_at), KIND, number)]
        for unit, number, frozen_at in rows
    }


def _reported(year: int) -> QuerySet[Snapshot]:
    """Not what was taken back or returned, nor letters to the unit, nor what another line of command reports."""
    there = Q(report__cycle=None) | Q(report__state__in=FROZEN)
    return Snapshot.objects.filter(
        there, kind=SnapshotKind.REPORT, report__year=year, report__line=CommandLine.TERRITORY
    )
