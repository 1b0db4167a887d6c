"""How complete and how timely a unit's figures are: what its page tells everybody, for programs."""

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.indicators.asked import Licensed, UnitAsked, UnitNamed
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.indicators.queries.open_data import State
from hocsuotdoi.indicators.queries.quality_limits import DUE_DAYS
from hocsuotdoi.indicators.queries.reports_shown import reports_shown
from hocsuotdoi.places.queries.institutions import has_sample
from hocsuotdoi.places.queries.units import day_on_map_of

router = ApiRouter("indicators", tag=_("Figures"))


class CompletenessFilter(UnitAsked):
    year: int | None = Field(None, ge=2000, le=2100, description=_("This year if left out"), examples=[2025])


class CompletenessShape(Licensed):
    """One report is one institution's month. Without numbers where none has been counted, or so few institutions are
    expected that a share would be a word about one of them."""

    unit: UnitNamed
    year: int
    state: State = Field(description=_("value, not_reported (not counted yet, or nobody is expected), or kept_back"))
    expected: int | None = Field(description=_("Reports that there should be, of the months that are over"))
    reported: int | None = Field(description=_("Reports that came: something of the month stands, a zero too"))
    on_time: int | None = Field(description=_("Of them those that came in time"))
    due_days: int = Field(description=_("Days after the month within which a report is in time"))
    months: int | None = Field(description=_("Months of the year that are over"))
    counted_at: dt.datetime | None = Field(description=_("When this was counted"))
    is_sample: bool = Field(description=_("There is sample data in them"))


@router.get(
    "/figures/completeness",
    response=CompletenessShape,
    summary=_("How complete a unit's figures are"),
    description=_(
        "Of the months of institutions that should have been reported in the year, how many were, and how many in "
        "time, on the unit's own map."
    ),
)
@public
def completeness(request: HttpRequest, asked: Query[CompletenessFilter]) -> CompletenessShape:
    today = timezone.localdate()
    unit = asked.found_unit(today)
    year = asked.year or today.year
    shown = reports_shown(unit, year, today)
    has_numbers = shown is not None and not shown.too_few
    state = State.VALUE if has_numbers else State.KEPT_BACK if shown else State.NOT_REPORTED
    return CompletenessShape(
        unit=UnitNamed.of(unit),
        year=year,
        state=state,
        expected=shown.reports.expected if shown and has_numbers else None,
        reported=shown.reports.reported if shown and has_numbers else None,
        on_time=shown.reports.on_time if shown and has_numbers else None,
        due_days=DUE_DAYS,
        months=shown.months if shown and has_numbers else None,
        counted_at=shown.counted_at if shown and has_numbers else None,
        is_sample=has_sample(unit, day_on_map_of(unit, today)),
        licence=Licensed.address(),
    )
