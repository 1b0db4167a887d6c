"""What shares of residents and of villages are divided by, as it was entered, with where it was read."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.indicators.asked import Placed, UnitNamed
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Listed, Shape, listed
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.open_data import Level, units_at
from hocsuotdoi.indicators.queries.population import map_day_of

router = ApiRouter("indicators", tag=_("Figures"))


class PopulationFilter(Placed):
    level: Level = Field(Level.SELF, description=_("The unit itself, the units right under it, or all of a tier in it"))
    year: int | None = Field(None, ge=2000, le=2100, description=_("This year if left out"), examples=[2025])


class PopulationShape(Shape):
    unit: UnitNamed
    year: int
    urban: int | None = Field(description=_("Urban residents; null: not entered, which is not zero"))
    rural: int | None
    villages: int | None = Field(description=_("Villages and residential groups"))
    source: str = Field(description=_("Where the numbers were read"))

    @classmethod
    def of(cls, row: Population) -> "PopulationShape":
        return cls(
            unit=UnitNamed.of(row.unit),
            year=row.year,
            urban=row.urban,
            rural=row.rural,
            villages=row.villages,
            source=row.source,
        )


@router.get(
    "/figures/population",
    response=Listed[PopulationShape],
    summary=_("Population and villages"),
    description=_(
        "What was entered for a year, of a unit or of the units under it as the map of the year has them, with its "
        "source. Units of which nothing was entered are left out."
    ),
)
@public
def population(request: HttpRequest, asked: Query[PopulationFilter]) -> Listed[PopulationShape]:
    today = timezone.localdate()
    year = asked.year or today.year
    units = units_at(asked.found_unit(today), asked.level, map_day_of(year, today))
    rows = Population.objects.filter(unit__in=units, year=year).select_related("unit")
    return listed(rows.order_by("unit__sort_key", "unit_id"), asked, PopulationShape.of)
