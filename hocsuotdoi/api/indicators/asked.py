"""What figures are asked by: a unit on a day, a span of years or months, a map."""

import datetime as dt
import re
from typing import Annotated

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, Field

from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.shapes import Asked, Day, Readable, Shape
from hocsuotdoi.indicators.queries.dated_map import why_not_known
from hocsuotdoi.indicators.queries.licence import data_licence
from hocsuotdoi.indicators.queries.open_data import unit_key
from hocsuotdoi.indicators.queries.pivot import Map
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

EARLIEST_YEAR = 2000


class UnitAsked(BaseModel):
    """Of which unit."""

    unit: Annotated[str, Readable] = Field(
        "VN", max_length=5, description=_("Code of a unit, see /units; VN is the country"), examples=["VN"]
    )
    on: Day | None = Field(None, description=_("The day on which the unit bears the code; else the last that bore it"))

    def found_unit(self, today: dt.date) -> AdminUnit:
        """Problem 422 where no unit ever bore the code."""
        bearing = AdminUnit.objects.filter(code=self.unit)
        found = bearing.on(self.on or today).first() or bearing.order_by("-ends_on").first()
        if found is None:
            raise BadField("unit", gettext("There is no unit with this code. Look it up under /units."))
        return found


class Placed(UnitAsked, Asked):
    """Of which unit, and which of the units under it."""


class UnitNamed(Shape):
    """`key` names the unit for good; `code` can be borne by another one on another day."""

    key: str = Field(description=_("The code; of a unit that has ended with its last day: 24_20250630"))
    code: str
    name: str
    tier: Tier

    @classmethod
    def of(cls, unit: AdminUnit) -> "UnitNamed":
        return cls(key=unit_key(unit), code=unit.code, name=unit.name, tier=Tier(unit.tier))


class Licensed(Shape):
    """Figures that may be used anew, if their operator says so."""

    licence: str | None = Field(description=_("Address of the licence of the data; null where nobody has named one"))

    @staticmethod
    def address() -> str | None:
        named = data_licence()
        return named.url if named else None


def year_month(field: str, value: str, default: dt.date) -> dt.date:
    """«2026» or «2026-11», its first day; Problem 422 for anything else."""
    if not value:
        return default
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", value, re.ASCII)
    year, month = (int(found[1]), int(found[2] or 1)) if found else (0, 0)
    if not (EARLIEST_YEAR <= year <= 2100 and 1 <= month <= 12):
        raise BadField(field, gettext("Write a year as “2026” or a month as “2026-11”, from 2000 on."))
    return dt.date(year, month, 1)


def map_of(value: str, today: dt.date) -> tuple[Map, dt.date | None]:
    """«today», «reported», or a day of which the map is known; Problem 422 for anything else."""
    if value in (Map.TODAY, Map.REPORTED):
        return Map(value), None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise BadField("map", gettext("Write today, reported, or the day of a map as “2025-06-30”.")) from None
    if why := why_not_known(day, today):
        raise BadField("map", why)
    return Map.DAY, day
