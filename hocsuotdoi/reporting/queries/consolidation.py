"""What the reports below add up to: sums of the figures that were approved, and nothing else."""

from dataclasses import dataclass
from decimal import Decimal

from hocsuotdoi.reporting.models import Report


@dataclass(frozen=True, slots=True)
class SummedFigure:
    """A figure added up over approved reports below. `reports`: of how many; NULL parts are not reported, never 0."""

    key: str
    numerator: Decimal | None
    denominator: Decimal | None
    reporting: int
    expected: int
    reports: int


def consolidated(report: Report) -> dict[str, SummedFigure]:
    """By key, over the approved reports that go into this one. One query, however many there are."""
    return {}
