"""Which totals a body may type into its report, and which it has."""

from dataclasses import dataclass

from hocsuotdoi.reporting.enums import Detail
from hocsuotdoi.reporting.models import Content, Report, TypedTotal


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A figure that can be typed. `is_share`: with both parts. `total`: what was typed so far."""

    key: str
    label: str
    is_share: bool
    total: TypedTotal | None = None


def typed_rows(report: Report) -> list[TypedRow]:
    return []


def totals_missing(report: Report, content: Content) -> bool:
    """Whether a body that reports totals only has typed none."""
    typed = any(figure["origin"] == "typed" for figure in content.get("figures", ()))
    return report.detail == Detail.TOTALS and not typed
