"""Inspections that were carried out as evidence of the task to inspect."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.inspection.enums import VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.programme.registry import Evidence

KIND = "inspection.visit"


def inspections_held(unit: AdminUnit, year: int) -> list[Evidence]:
    """The visits that the unit's local authorities and offices of culture closed in that year. One query."""
    return inspections_held_by([unit.pk], year).get(unit.pk, [])


def inspections_held_by(units: Iterable[int], year: int) -> dict[int, list[Evidence]]:
    """The same for many units, by unit id, in one query. Not those of the armed forces, of which only their own line
    of command reads, nor of education."""
    rows = Visit.objects.filter(
        plan__agency__unit__in=list(units),
        plan__agency__kind__in=LEADING_KINDS,
        state=VisitState.CLOSED,
        closed_at__year=year,
    ).order_by("closed_at", "pk")
    found: dict[int, list[Evidence]] = {}
    for unit, key, name, closed_at in rows.values_list("plan__agency__unit", "pk", "institution__name", "closed_at"):
        held = Evidence(_("Inspection of {name}").format(name=name), timezone.localdate(closed_at), KIND, str(key))
        found.setdefault(unit, []).append(held)
    return found
