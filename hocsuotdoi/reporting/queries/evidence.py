"""The frozen report as evidence of the task "report every year"."""

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
