"""Who has reported and in time: a unit's period, the units below side by side, who is behind."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.queries.quality_limits import DUE_DAYS
from hocsuotdoi.indicators.queries.quality_reporting import (
    ANYTHING,
    Behind,
    Reports,
    behind,
    counted_at,
    due_at,
    measures_asked,
    months_counted,
    reports_by_unit,
)
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import children_of, path_of
from hocsuotdoi.workspace.indicators.periods import asked_period, periods_back, shown_periods

ON_A_PAGE = 25
YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class Row:
    unit: AdminUnit
    reports: Reports
    url: str

    @property
    def missing(self) -> int:
        return self.reports.expected - self.reports.reported


@require_GET
@requires(Permission.VIEW_FIGURES)
def reporting(request: HttpRequest) -> HttpResponse:
    """A unit that one may see, one's own if none is named; last month if no period is. Staff of one institution see
    how their own house stands on its page, not how others do."""
    today = timezone.localdate()
    unit = _unit(request, today)
    if unit is None:
        return render(request, "workspace/indicators/quality_reporting.html", {"path": _path()})
    period, measure = _period(request, today), _measure(request)
    months = months_counted(period, today)
    children = list(children_of(unit, today)) if unit.tier != Tier.COMMUNE else []
    reports = reports_by_unit([unit, *children], months, measure, today)
    rows = [each for each in children if each.pk in reports]
    with_late = request.GET.get("who") == "late"
    query = {"period": period.code, "measure": measure, **({"who": "late"} if with_late else {})}
    listed = _behind(request, unit, months, measure, today, with_late=with_late) if unit.tier != Tier.COUNTRY else None
    return render(
        request,
        "workspace/indicators/quality_reporting.html",
        {
            "unit": unit,
            "period": period,
            "measure": measure,
            "reports": reports.get(unit.pk, Reports()),
            "rows": sorted(
                (Row(each, reports[each.pk], _address(each, query)) for each in rows), key=lambda row: -row.missing
            ),
            "beside": _beside(unit, reports.get(unit.pk, Reports()), [reports[each.pk] for each in rows]),
            "without": len(children) - len(rows),
            "page_obj": listed,
            "tabs": [
                {
                    "label": label,
                    "url": _address(unit, query | {"who": who}),
                    "is_current": (who == "late") == with_late,
                }
                for who, label in (("missing", _("Missing")), ("late", _("Missing or late")))
            ],
            "periods": shown_periods(reversed(periods_back(today, YEARS_BACK)), period, today),
            "measures": [
                {"code": each, "words": _measure_words(each), "is_current": each == measure}
                for each in measures_asked()
            ],
            "counted_at": counted_at(months) if months else None,
            "is_due": bool(months) and due_at(months[-1]) <= timezone.now(),
            "due_on": due_at(months[-1]) - dt.timedelta(days=1) if months else None,
            "due_days": DUE_DAYS,
            "path": [
                *_path(),
                *((each.name, _address(each, query)) for each in _seen(request, path_of(unit, today)[:-1], today)),
            ],
        },
    )


def _beside(unit: AdminUnit, whole: Reports, parts: list[Reports]) -> Row | None:
    """Of the unit's institutions those that lie in none of the units below, so that the rows add up."""
    expected, reported, on_time = (
        getattr(whole, name) - sum(getattr(each, name) for each in parts)
        for name in ("expected", "reported", "on_time")
    )
    return Row(unit, Reports(expected, reported, on_time), "") if parts and expected else None


class _Listed(Paginator):
    """Rows that the database has cut already; only the count is known of the others."""

    def __init__(self, rows: list[Behind], count: int) -> None:
        super().__init__(rows, ON_A_PAGE)
        self.__dict__["count"] = count  # a cached property of the paginator

    def page(self, number: int | str) -> Any:
        return self._get_page(self.object_list, self.validate_number(number), self)


def _behind(
    request: HttpRequest, unit: AdminUnit, months: list[dt.date], measure: str, today: dt.date, *, with_late: bool
) -> Any:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and 0 < int(asked) < 10_000 else 1
    rows, count = behind(
        unit, months, measure, today, with_late=with_late, limit=ON_A_PAGE, offset=ON_A_PAGE * (number - 1)
    )
    return _Listed(rows, count).get_page(number if count else 1)


def _unit(request: HttpRequest, today: dt.date) -> AdminUnit | None:
    """404 for a unit that one may not see; None where one's role covers no unit."""
    code = request.GET.get("unit", "")
    if not code:
        return units_held(request.user, Permission.VIEW_FIGURES, today).filter(tier__in=_TIERS).first()
    covered: QuerySet[AdminUnit] = units_covered(request.user, Permission.VIEW_FIGURES, today)
    unit = covered.on(today).filter(code=code, tier__in=_TIERS).first()  # type: ignore[attr-defined]
    if unit is None:
        raise Http404
    found: AdminUnit = unit
    return found


_TIERS = [Tier.COUNTRY, Tier.PROVINCE, Tier.COMMUNE]


def _seen(request: HttpRequest, units: list[AdminUnit], today: dt.date) -> list[AdminUnit]:
    """Those of the units above that one may open."""
    covered = set(
        units_covered(request.user, Permission.VIEW_FIGURES, today)
        .filter(pk__in=[each.pk for each in units])
        .values_list("pk", flat=True)
    )
    return [each for each in units if each.pk in covered]


def _period(request: HttpRequest, today: dt.date) -> Period:
    last = months_from(today, -1)
    return asked_period(request.GET.get("period", ""), Period(last.year, month=last.month), today)


def _measure(request: HttpRequest) -> str:
    asked = request.GET.get("measure", ANYTHING)
    return asked if asked in measures_asked() else ANYTHING


def _measure_words(code: str) -> str:
    return str(MeasureCode(code).label).capitalize() if code else _("Anything at all")


def _address(unit: AdminUnit, query: dict[str, str]) -> str:
    return f"{reverse('workspace:indicators-quality-reporting')}?{urlencode({'unit': unit.code, **query})}"


def _path() -> list[tuple[str, str]]:
    return [(_("Points to check in the figures"), reverse("workspace:indicators-quality-list"))]
