"""Who has read a paper: by province, and by name who has not. What institutions of the armed forces have read is told
on their own line only, also where one was sent a paper by the map before."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.accounts.roles import LEADING_KINDS
from hocsuotdoi.core.dated import on
from hocsuotdoi.papers.models import Delivery, Paper, Receipt
from hocsuotdoi.papers.queries.days import with_day
from hocsuotdoi.places.enums import ARMED_FORCES, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, InstitutionPlacement, UnitReading
from hocsuotdoi.places.queries.units import units_reading_as


@dataclass(frozen=True, slots=True)
class Read:
    """`unit`: a province; None: bodies of the whole country and what stands nowhere on the day's map."""

    unit: AdminUnit | None
    sent: int
    read: int


def read_by_province(paper: Paper, day: dt.date) -> list[Read]:
    """To how many it was sent and how many have read it, province by province in Vietnamese order, the country's own
    bodies first. What has ended since, or stands in what has, counts where that is read that day. Three queries."""
    counts: dict[int | None, list[int]] = {}
    for column in ("agency", "institution"):
        deliveries = _with_place(_told(paper, day).filter(**{f"{column}__isnull": False}), column, day)
        rows = deliveries.order_by().values("province").annotate(sent=Count("pk"), read=Count("pk", Q(is_read=True)))
        for row in rows:
            counts.setdefault(row["province"], [0, 0])
            counts[row["province"]][0] += row["sent"]
            counts[row["province"]][1] += row["read"]
    units = {unit.pk: unit for unit in AdminUnit.objects.filter(pk__in=[key for key in counts if key])}
    found = [Read(units.get(key) if key else None, *numbers) for key, numbers in counts.items()]
    return sorted(found, key=lambda row: row.unit.sort_key if row.unit else "")


def not_read(paper: Paper, day: dt.date, province: AdminUnit | None = None) -> QuerySet[Delivery]:
    """The places that have not said so yet, with their day (`to_read_by`) and `has_people`: somebody holds a role
    there. In Vietnamese order of the units, bodies before institutions."""
    deliveries = _told(paper, day).filter(~Exists(Receipt.objects.filter(delivery=OuterRef("pk"))))
    if province is not None:
        deliveries = deliveries.filter(
            Q(agency__unit__in=units_reading_as(province, day)) | Q(institution__in=_standing_in(province, day))
        )
    held = RoleAssignment.objects.on(day)
    people = Exists(held.filter(Q(agency=OuterRef("agency")) | Q(institution=OuterRef("institution"))))
    # A role at a unit is one at the bodies that lead there, as in `inbox.deliveries_to`.
    at_the_unit = Q(Exists(held.filter(unit=OuterRef("agency__unit"))), agency__kind__in=LEADING_KINDS)
    return (
        with_day(deliveries)
        .annotate(has_people=ExpressionWrapper(Q(people) | at_the_unit, BooleanField()))
        .select_related("agency__unit", "institution")
        .order_by(F("agency__unit__sort_key").asc(nulls_last=True), F("institution__sort_key").asc(), "pk")
    )


def _told(paper: Paper, day: dt.date) -> QuerySet[Delivery]:
    deliveries = Delivery.objects.filter(paper=paper)
    if paper.sender.kind in ARMED_FORCES:
        return deliveries
    return deliveries.exclude(institution__in=of_armed_forces(day).values("pk"))


def _with_place(deliveries: QuerySet[Delivery], column: str, day: dt.date) -> QuerySet[Delivery]:
    """Adds `province` (its key) and `is_read`."""
    if column == "agency":
        units: QuerySet = Agency.objects.filter(pk=OuterRef(OuterRef("agency"))).values("unit")
    else:
        placements = InstitutionPlacement.objects.on(day)
        units = placements.filter(institution=OuterRef(OuterRef("institution"))).values("unit")
    province = (
        UnitReading.objects.on(day)
        .filter(on(day, "reads_as__ancestries__"), unit__in=units, reads_as__ancestries__ancestor__tier=Tier.PROVINCE)
        .values("reads_as__ancestries__ancestor")
    )
    said = Receipt.objects.filter(delivery=OuterRef("pk"))
    return deliveries.annotate(province=Subquery(province[:1]), is_read=Exists(said))


def _standing_in(province: AdminUnit, day: dt.date) -> QuerySet:
    placements = InstitutionPlacement.objects.on(day)
    return placements.filter(unit__in=units_reading_as(province, day)).values("institution")
