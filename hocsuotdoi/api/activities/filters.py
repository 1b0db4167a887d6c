"""The filters of what's on: the one place where an address becomes a `Wish`."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hocsuotdoi.activities.enums import ActivityKind, Audience, AudienceGroup, SpokenLanguage
from hocsuotdoi.activities.queries.offer import Wish
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.shapes import Asked, Day, Readable
from hocsuotdoi.ledger.enums import AgeBand
from hocsuotdoi.places.models import AdminUnit, Institution


class Order(StrEnum):
    SOON = "soon"
    NEAR = "near"


class Placed(Asked):
    """Where: a unit or an institution, by its code."""

    unit: Annotated[str, Readable] = Field(
        "",
        max_length=5,
        description=_("Code of a unit: only what is on in it or in what lies in it"),
        examples=["01843"],
    )
    institution: Annotated[str, Readable] = Field(
        "", max_length=80, description=_("The institution's code, see /institutions")
    )

    def unit_on(self, day: dt.date) -> AdminUnit | None:
        """Problem 422 for a unit that is not there on that day."""
        if not self.unit:
            return None
        unit = AdminUnit.objects.on(day).filter(code=self.unit).first()
        if unit is None:
            raise BadField("unit", gettext("There is no unit with this code today. Look it up under /units."))
        return unit

    def institution_named(self) -> Institution | None:
        """Problem 422 for one that is not there."""
        if not self.institution:
            return None
        institution = Institution.objects.visible_to(None).filter(code=self.institution).first()
        if institution is None:
            raise BadField(
                "institution", gettext("There is no institution with this code. Look it up under /institutions.")
            )
        return institution


class OfferFilter(Placed):
    """Nothing given: everything to come."""

    within: int | None = Field(
        None, ge=1, le=100, description=_("So many kilometres around the centre of the unit instead of in it")
    )
    first_day: Day | None = Field(None, description=_("From this day, Vietnamese time"))
    last_day: Day | None = Field(None, description=_("Until this day, included"))
    kind: ActivityKind | None = Field(None, description=_("Kind of activity"))
    audience: Audience | None = Field(None, description=_("For whom"))
    age: AgeBand | None = Field(None, description=_("For people of this age"))
    group: AudienceGroup | None = Field(None, description=_("Meant in particular for these people"))
    language: SpokenLanguage | None = Field(None, description=_("Held in this language (ISO 639-3)"))
    free: bool = Field(False, description=_("Only with free places"))
    online: bool = Field(False, description=_("Only what can be followed on line"))
    order: Order = Field(Order.SOON, description=_("Soonest first, or nearest to the centre of the unit first"))
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
            unit=self.unit_on(timezone.localdate(at)),
            within=self.within if self.unit else None,
            institution=self.institution_named(),
            first_day=self.first_day,
            last_day=self.last_day,
            kind=self.kind or "",
            audience=self.audience or "",
            age=self.age or "",
            group=self.group or "",
            language=self.language or "",
            words=self.q,
            free=self.free,
            online=self.online,
            nearest=bool(self.unit) and self.order == Order.NEAR,
        )
