"""Lists of reports for the pages, and what is due when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.reporting.models import Report, Snapshot

FIRST_REPORTED_YEAR = 2022  # the programme's decision is of 9 December 2022
DUE_MONTH, DUE_DAY = 11, 25  # "before 25 November every year": plan of Bắc Kạn city, closing paragraph


@dataclass(frozen=True, slots=True)
class Due:
    """When a year's report must be in. `days_left` is negative once it is late."""

    on: dt.date
    days_left: int


def due_of(year: int, today: dt.date) -> Due:
    on = dt.date(year, DUE_MONTH, DUE_DAY)
    return Due(on, (on - today).days)


def reported_years(today: dt.date) -> list[int]:
    """The years that can be reported on, the newest first."""
    return list(range(today.year, FIRST_REPORTED_YEAR - 1, -1))


def units_with_report(person: Someone, year: int, day: dt.date, text: str = "") -> QuerySet[AdminUnit]:
    """Units whose report `person` may read, the higher tiers first, with `report_pk`, `report_version`,
    `snapshot_count` and `last_number` of that year. `text` narrows by name. One query."""
    reports = Report.objects.filter(cycle=None, unit=OuterRef("pk"), year=year)
    snapshots = Snapshot.objects.filter(report__cycle=None, report__unit=OuterRef("pk"), report__year=year)
    counted = snapshots.order_by().values("report").annotate(n=Count("pk")).values("n")
    tiers = [When(tier=tier, then=Value(rank)) for rank, tier in enumerate(Tier.values)]
    condition = Q()
    for term in search_terms(text):
        condition &= Q(search_text__contains=term)
    return (
        AdminUnit.objects.filter(pk__in=units_covered(person, Permission.VIEW_REPORT, day).values("pk"))
        .filter(condition)
        .annotate(
            report_pk=Subquery(reports.values("pk")[:1]),
            report_version=Subquery(reports.values("version")[:1]),
            snapshot_count=Coalesce(Subquery(counted[:1], output_field=IntegerField()), 0),
            last_number=Subquery(snapshots.values("number")[:1], output_field=CharField()),
            rank=Case(*tiers, output_field=IntegerField()),
        )
        .order_by("rank", "sort_key", "pk")
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """A target whose value is no longer what a snapshot says."""

    name: str
    of_whom: str
    frozen: str
    now: str


def moved_since(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[Moved]:
    """The targets of a frozen content whose value differs in the content of now."""
    current = {_key(target): target for target in now["targets"]}
    moved = []
    for target in frozen["targets"]:
        other = current.get(_key(target))
        if other is not None and other["value_words"] != target["value_words"]:
            moved.append(Moved(target["name"], target["of_whom"], target["value_words"], other["value_words"]))
    return moved


def _key(target: Mapping[str, Any]) -> tuple[Any, ...]:
    return target["plan"], target["clause"], target["indicator"], target["cohort"], target["target_year"]
