"""Reads of the register: where institutions are on a day, which are expected to report."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import DateField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Least
from django.utils import timezone

from hocsuotdoi.core.dated import on
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import (
    AdminUnit,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    InstitutionStatus,
)
from hocsuotdoi.places.queries.units import day_on_map_of, reading_of, units_reading_as


def place_of(institution: Institution, day: dt.date) -> AdminUnit:
    """The unit an institution stands in on `day`. Where the register was not brought up to date after a reform, the
    unit as which its last place is read on that day. Raises `AdminUnit.DoesNotExist` where it stood nowhere."""
    placement = institution.placements.on(day).select_related("unit").first()
    if placement is None:
        raise AdminUnit.DoesNotExist(f"{institution} stood nowhere on {day}")
    unit: AdminUnit = placement.unit
    return unit if unit.holds_on(day) else reading_of(unit, day)


def places_of(institutions: Iterable[int], day: dt.date) -> dict[int, AdminUnit]:
    """Institution's key to what `place_of` says; who stood nowhere is left out. One query, and one more for each place
    that a reform has ended by then."""
    placements = InstitutionPlacement.objects.on(day).filter(institution__in=institutions)
    found: dict[int, AdminUnit] = {}
    read_as: dict[int, AdminUnit | None] = {}
    for placement in placements.select_related("unit").order_by("-pk"):
        unit: AdminUnit = placement.unit
        if not unit.holds_on(day) and unit.pk not in read_as:
            read_as[unit.pk] = AdminUnit.objects.filter(on(day, "read_from__"), read_from__unit=unit).first()
        if (place := unit if unit.holds_on(day) else read_as[unit.pk]) is not None:
            found[placement.institution_id] = place
    return found


def placed_in(unit: AdminUnit, day: dt.date, *, map_day: dt.date | None = None) -> QuerySet[Institution]:
    """Institutions whose place on `day` is read at or under `unit` on the map of `map_day` (`day` if None)."""
    units = units_reading_as(unit, map_day or day)
    placements = InstitutionPlacement.objects.on(day).filter(institution=OuterRef("pk"), unit__in=units)
    return Institution.objects.filter(Exists(placements))


def active_on(institutions: QuerySet[Institution], day: dt.date) -> QuerySet[Institution]:
    statuses = InstitutionStatus.objects.on(day).filter(institution=OuterRef("pk"), state=InstitutionState.ACTIVE)
    return institutions.filter(Exists(statuses))


def institutions_in(unit: AdminUnit, day: dt.date, classes: Iterable[str] | None = None) -> QuerySet[Institution]:
    """The institutions that stand at or under `unit` and are open on `day`, of `classes` if named."""
    found = active_on(placed_in(unit, day, map_day=day_on_map_of(unit, day)), day)
    return found if classes is None else found.filter(institution_class__in=list(classes))


def institutions_open_during(unit: AdminUnit, first: dt.date, last: dt.date) -> QuerySet[Institution]:
    """The institutions that were open, and stood somewhere, on at least one day from `first` to `last`, each with
    `last_open`, the last of these days, and `place_name`, where it stood then: at or under `unit`, as `institutions_in`
    reads it for `last`."""
    is_open = Q(institution__statuses__state=InstitutionState.ACTIVE)
    eves = [Cast(F(each) - dt.timedelta(days=1), DateField()) for each in ("ends_on", "open__ends_on")]
    stays = (
        InstitutionPlacement.objects.filter(institution=OuterRef("pk"))
        .annotate(open=FilteredRelation("institution__statuses", condition=is_open))
        .annotate(day=Least(*eves, Value(last), output_field=DateField()))  # an open end is NULL, which is passed over
        .filter(Q(starts_on=None) | Q(starts_on__lte=F("day")), open__isnull=False, day__gte=first)
        .filter(Q(open__starts_on=None) | Q(open__starts_on__lte=F("day")))
    )
    stood = InstitutionPlacement.objects.on(OuterRef("last_open")).filter(institution=OuterRef("pk"))  # type: ignore[arg-type]
    units = units_reading_as(unit, day_on_map_of(unit, last))
    # Looked at are those that ever stood here; the days of each of a country's would be worked out to find a commune's.
    ever_here = Institution.objects.filter(
        pk__in=InstitutionPlacement.objects.filter(unit__in=units).values("institution")
    )
    return (
        ever_here.annotate(last_open=Subquery(stays.order_by("-day").values("day")[:1]))
        .filter(Exists(stood.filter(unit__in=units)), last_open__isnull=False)
        .annotate(place_name=Subquery(stood.values("unit__name")[:1]))
    )


def institutions_expected(
    unit: AdminUnit, year: int, classes: Iterable[str] | None = None, as_of: dt.date | None = None
) -> QuerySet[Institution]:
    """Who is expected to report for a year: the institutions open on its last day, or on `as_of` (today if None) when
    that is earlier; read on a map that has `unit`, so a unit that ended keeps its own set."""
    day = min(dt.date(year, 12, 31), as_of or timezone.localdate())
    return institutions_in(unit, day, classes)


def left_alone(day: dt.date) -> QuerySet[InstitutionAgency]:
    """The last to run each open institution that nobody runs on `day`, since that body ended with its unit and there
    was none of its kind to take over. In Vietnamese order."""
    running = InstitutionAgency.objects.on(day).filter(institution=OuterRef("institution"))
    later = InstitutionAgency.objects.filter(institution=OuterRef("institution"), starts_on__gte=OuterRef("ends_on"))
    ended = InstitutionAgency.objects.filter(
        ends_on__lte=day, ends_on=F("agency__ends_on"), agency__unit__ends_on=F("agency__ends_on")
    )
    found = ended.filter(~Exists(running), ~Exists(later), institution__in=active_on(Institution.objects.all(), day))
    return found.select_related("institution", "agency").order_by("institution__sort_key", "institution__code")


def has_sample(unit: AdminUnit, day: dt.date) -> bool:
    """Whether sample institutions stand here, so that the figures hold sample data too."""
    return institutions_in(unit, day).filter(is_sample=True).exists()


def with_place(institutions: QuerySet[Institution], day: dt.date) -> QuerySet[Institution]:
    """Adds `place_name` and `place_code`: the unit each stands in on `day`, as the register has it."""
    placements = InstitutionPlacement.objects.on(day).filter(institution=OuterRef("pk"))
    return institutions.annotate(
        place_name=placements.values("unit__name")[:1], place_code=placements.values("unit__code")[:1]
    )
