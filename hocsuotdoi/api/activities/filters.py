"""The filters of what's on: the one place where an address becomes a `Wish`."""

import datetime as dt
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hocsuotdoi.activities.enums import ActivityKind, Audience
from hocsuotdoi.activities.queries.offer import Wish
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.shapes import Asked, Day, Readable
from hocsuotdoi.places.models import AdminUnit


class OfferFilter(Asked):
    """Nothing given: everything to come."""

    unit: Annotated[str, Readable] = Field(
        "",
        max_length=5,
        description=_("Code of a unit: only what is on in it or in what lies in it"),
        examples=["01843"],
    )
    first_day: Day | None = Field(None, description=_("From this day, Vietnamese time"))
    last_day: Day | None = Field(None, description=_("Until this day, included"))
    kind: ActivityKind | None = Field(None, description=_("Kind of activity"))
    audience: Audience | None = Field(None, description=_("For whom"))
    q: Annotated[str, Readable] = Field(
        "",
        max_length=100,
        description=_(
            "Words of title or description; without marks they find every marking, with marks only their own"
        ),
        examples=["doc sach"],
    )

    def wish(self, at: dt.datetime) -> Wish:
        """Problem 422 for a unit that is not there today."""
        return Wish(
            unit=self._unit(timezone.localdate(at)),
            first_day=self.first_day,
            last_day=self.last_day,
            kind=self.kind or "",
            audience=self.audience or "",
            words=self.q,
        )

    def _unit(self, today: dt.date) -> AdminUnit | None:
        if not self.unit:
            return None
        unit = AdminUnit.objects.on(today).filter(code=self.unit).first()
        if unit is None:
            raise BadField("unit", gettext("There is no unit with this code today. Look it up under /units."))
        return unit
