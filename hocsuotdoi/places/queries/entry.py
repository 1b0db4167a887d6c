"""One register entry as it stands at a moment, with its past. A fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F
from django.utils import timezone

from hocsuotdoi.core.dated import Dated
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    Closure,
    Equipment,
    Institution,
    InstitutionPlacement,
    InstitutionStatus,
    Room,
)
from hocsuotdoi.places.models.institution import WEEKDAYS
from hocsuotdoi.places.queries.institutions import place_of
from hocsuotdoi.places.queries.opening import WeeklyHours, closures_from, timetable, weekly_hours

_EARLIEST_FIRST = F("starts_on").asc(nulls_first=True)


@dataclass(frozen=True)
class OpenDay:
    name: str
    spans: list[tuple[dt.time, dt.time]]
    is_today: bool


@dataclass(frozen=True)
class RegisterEntry:
    institution: Institution
    unit: AdminUnit | None
    placement: InstitutionPlacement | None
    status: InstitutionStatus | None
    agency: Agency | None
    week: list[OpenDay]
    hours: WeeklyHours | None
    """None where no hours are known."""
    is_open: bool
    rooms: list[Room]
    equipment: list[Equipment]
    placements: list[InstitutionPlacement]
    statuses: list[InstitutionStatus]
    closures: list[Closure]
    """That run or are to come."""


def register_entry(institution: Institution, *, at: dt.datetime) -> RegisterEntry:
    now = timezone.localtime(at)
    day = now.date()
    placements = list(institution.placements.select_related("unit").order_by(_EARLIEST_FIRST))
    statuses = list(institution.statuses.order_by(_EARLIEST_FIRST))
    runs = institution.agencies.on(day).select_related("agency").first()
    week = timetable(institution, day)
    names = [str(name) for _number, name in WEEKDAYS]
    placement = _held(placements, day)
    status = _held(statuses, day)
    closures = closures_from(institution, day)
    return RegisterEntry(
        institution=institution,
        unit=place_of(institution, day) if placement else None,
        placement=placement,
        status=status,
        agency=runs.agency if runs else None,
        week=[
            OpenDay(name, spans, number == now.weekday())
            for number, (name, spans) in enumerate(zip(names, week, strict=True))
        ],
        hours=weekly_hours([institution.pk], day).get(institution.pk),
        is_open=not _held(closures, day) and any(opens <= now.time() < closes for opens, closes in week[now.weekday()]),
        rooms=list(institution.rooms.order_by("-capacity", "name")),
        equipment=list(institution.equipment.select_related("room").order_by("kind")),
        placements=placements,
        statuses=statuses,
        closures=closures,
    )


DatedRow = TypeVar("DatedRow", bound=Dated)


def _held(rows: list[DatedRow], day: dt.date) -> DatedRow | None:
    return next((row for row in rows if row.holds_on(day)), None)
