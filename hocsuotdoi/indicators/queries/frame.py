"""What a figure is read in: a unit, a year, and the day from which both are looked at."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import InstitutionState, UnitKind
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, InstitutionStatus, UnitReading
from hocsuotdoi.places.queries.units import units_reading_as

URBAN_KINDS = {UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.URBAN_DISTRICT, UnitKind.CITY, UnitKind.TOWN}
"""As `AdminUnit.is_urban` has it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A unit's year as seen on `as_of`. Facts after `as_of` are not looked at."""

    unit: AdminUnit
    year: int
    as_of: dt.date

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day that counts: the year's, or `as_of` while the year runs."""
        return min(dt.date(self.year, 12, 31), self.as_of)

    @property
    def is_running(self) -> bool:
        return self.as_of < dt.date(self.year, 12, 31)

    @property
    def is_whole_year(self) -> bool:
        """Nothing more can be posted for the year that the frame leaves out: it is over, or seen from today."""
        return not self.is_running or self.as_of >= timezone.localdate()

    @property
    def has_begun(self) -> bool:
        return self.starts_on <= self.as_of

    @property
    def map_day(self) -> dt.date:
        """The day of the unit's own map: today's for a living unit, its last day's for one that has ended."""
        if self.unit.ends_on is not None and self.unit.ends_on <= self.as_of:
            return self.unit.ends_on - dt.timedelta(days=1)
        if self.unit.starts_on is not None and self.unit.starts_on > self.as_of:
            return self.unit.starts_on
        return self.as_of


def frame_of(unit: AdminUnit, year: int, as_of: dt.date | None = None) -> Frame:
    """`as_of` None is today, in Viet Nam."""
    return Frame(unit, year, as_of or timezone.localdate())


@dataclass(frozen=True, slots=True)
class Expected:
    """An institution that should have something to tell for the year, and the unit it stands in."""

    institution_id: int
    institution_class: str
    unit_id: int


def expected_institutions(frame: Frame, classes: set[str]) -> list[Expected]:
    """Institutions of `classes`, open on the frame's last day, whose place then reads as the unit or under it.

    The set of `places.queries.institutions.institutions_expected`, with what figures need of it. One query.
    """
    if not classes:
        return []
    day = frame.last_day
    open_then = InstitutionStatus.objects.on(day).filter(
        institution=OuterRef("institution"), state=InstitutionState.ACTIVE
    )
    placements = (
        InstitutionPlacement.objects.on(day)
        .filter(
            Exists(open_then),
            institution__institution_class__in=classes,
            unit__in=units_reading_as(frame.unit, frame.map_day),
        )
        .order_by("institution__sort_key", "institution_id", "starts_on")
        .values_list("institution_id", "institution__institution_class", "unit_id")
    )
    return list({row[0]: Expected(*row) for row in placements}.values())


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a unit of any time is read on the frame's map: under which group, and whether in a town."""

    group_id: int
    is_urban: bool


def spots_by_place(frame: Frame, groups: list[AdminUnit]) -> dict[int, Spot]:
    """Under which of `groups` (units of the frame's map, none within another) each unit of any time is read.

    One query; keyed by unit id. Units read outside all groups are left out.
    """
    day = frame.map_day
    rows = UnitReading.objects.filter(
        on(day), on(day, "reads_as__ancestries__"), reads_as__ancestries__ancestor__in=groups
    ).values_list("unit_id", "reads_as__ancestries__ancestor_id", "reads_as__kind")
    return {unit_id: Spot(group_id, kind in URBAN_KINDS) for unit_id, group_id, kind in rows}


MANY = 2000
"""Beyond this many institutions it is quicker to read all of them than to name each in the query."""


def at_any_of(institutions: Collection[int]) -> Q:
    """The condition that a row is of one of these institutions, or no condition where they are many: whoever asks
    looks only at those asked for, so more rows do no harm."""
    return Q() if len(institutions) > MANY else Q(institution__in=institutions)
