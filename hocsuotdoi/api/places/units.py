"""Administrative units, on any day."""

import datetime as dt
from typing import Annotated, Self

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import BaseModel, Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Day, Listed, Readable, Shape, listed
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import path_of, search_units, unit_by_code

router = ApiRouter("places", tag=_("Units"))

ON = _("The day of the map, today if left out: a code can be used again, so it names a unit only on a day")


class UnitShape(Shape):
    """A country, province, district (until 30 June 2025) or commune."""

    code: str
    name: str
    tier: Tier
    starts_on: dt.date | None
    ends_on: dt.date | None = Field(description=_("The first day on which it is no more; null: it still is"))

    @classmethod
    def of(cls, unit: AdminUnit) -> Self:
        return cls(code=unit.code, name=unit.name, tier=Tier(unit.tier), starts_on=unit.starts_on, ends_on=unit.ends_on)


class UnitPlaced(UnitShape):
    """A unit and what it lies in, the country first."""

    path: list[UnitShape]


class UnitFilter(Asked):
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of the name"), examples=["bac kan"])
    tier: Tier | None = None
    on: Day | None = Field(None, description=ON)


class OnDay(BaseModel):
    on: Day | None = Field(None, description=ON)


@router.get(
    "/units",
    response=Listed[UnitShape],
    summary=_("Find a unit"),
    description=_("Units by name and tier, in Vietnamese order. The code is what /offers takes as unit."),
)
@public
def unit_list(request: HttpRequest, asked: Query[UnitFilter]) -> Listed:
    units = search_units(asked.q, asked.on or timezone.localdate())
    if asked.tier:
        units = units.filter(tier=asked.tier)
    return listed(units.order_by("sort_key", "pk"), asked, UnitShape.of)


@router.get(
    "/units/{slug:code}",
    response=UnitPlaced,
    summary=_("One unit"),
    description=_("The unit that bears this code on a day, and what it lies in."),
)
@public
def unit_detail(request: HttpRequest, code: str, asked: Query[OnDay]) -> UnitPlaced:
    day = asked.on or timezone.localdate()
    try:
        unit = unit_by_code(code.upper(), day)
    except AdminUnit.DoesNotExist:
        raise Http404 from None
    above = [UnitShape.of(each) for each in path_of(unit, day) if each.pk != unit.pk]
    return UnitPlaced(**dict(UnitShape.of(unit)), path=above)
