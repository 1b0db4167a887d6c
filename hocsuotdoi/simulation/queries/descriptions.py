"""What is simulated, in words, so that a figure of a simulated country opens down to its act as any other does."""

import uuid
from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.ledger.registry import Describe, SourceDescription


def _as(title: Promise) -> Describe:
    def describe(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, SourceDescription]:
        description = SourceDescription(str(title), str(_("Sample data from a simulation")))
        return dict.fromkeys(ids, description)

    return describe


DESCRIPTIONS: dict[str, Describe] = {
    "simulation.day": _as(_("Counts of a day")),
    "simulation.loans": _as(_("Loans of a day")),
    "simulation.session": _as(_("A session")),
    "simulation.recording": _as(_("Views of a recording")),
    "simulation.training": _as(_("A staff training")),
    "simulation.return": _as(_("Figures of a month, typed in")),
}
