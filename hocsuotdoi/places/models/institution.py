"""Libraries, museums and culture centres: where they were when, whose they are, what they have, when they open."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated
from hocsuotdoi.core.vietnamese import search_terms
from hocsuotdoi.places.enums import CENTRES, LIBRARIES, MUSEUMS, EquipmentKind, InstitutionClass, InstitutionState
from hocsuotdoi.places.models.agency import Agency
from hocsuotdoi.places.models.unit import AdminUnit

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class InstitutionQuerySet(models.QuerySet):
    def visible_to(self, person: object) -> Self:
        """The register is public: everybody sees every entry, signed in or not."""
        return self

    def named(self, text: str) -> Self:
        """Whose name holds every word of `text`; typed without marks, a word matches any marking of it."""
        found = self
        for term in search_terms(text):
            found = found.filter(search_text__contains=term)
        return found


@tracked
class Institution(models.Model):
    """Its key never changes, whatever happens to units around it: operational tables are spread by it."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=400, editable=False)
    search_text = models.TextField(editable=False, default="")
    institution_class = models.CharField(_("class"), max_length=32, choices=InstitutionClass)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("about"), blank=True)
    is_sample = models.BooleanField(default=False, help_text=_("Made up, to show how the program works"))
    source = models.CharField(max_length=300, blank=True, help_text=_("Where this register entry was read"))

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key"]
        indexes = [models.Index(fields=["sort_key", "id"], name="institution_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_library(self) -> bool:
        return self.institution_class in LIBRARIES

    @property
    def is_museum(self) -> bool:
        return self.institution_class in MUSEUMS

    @property
    def is_centre(self) -> bool:
        return self.institution_class in CENTRES


@tracked
class InstitutionPlacement(Dated):
    """The lowest unit an institution stands in, while it stands there."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="placements")
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="placements")
    address = models.CharField(_("address"), max_length=300, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "starts_on"],
                name="placement_one_at_a_time",
                nulls_distinct=False,
            ),
        ]


@tracked
class InstitutionAgency(Dated):
    """Which agency runs an institution, while it does."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="agencies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="institutions")

    class Meta(Dated.Meta):
        pass


@tracked
class InstitutionStatus(Dated):
    """Open, suspended or closed, while it is."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="statuses")
    state = models.CharField(max_length=12, choices=InstitutionState)
    reason = models.CharField(max_length=300, blank=True)

    class Meta(Dated.Meta):
        pass


@tracked
class OpeningHours(Dated):
    """One opening on one weekday (Monday is 0)."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="opening_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_on_a_weekday"),
        ]
        ordering = ["weekday", "opens_at"]


@tracked
class Closure(Dated):
    """Days on which an institution is closed although its hours say otherwise: Tết, stock-taking, repairs. The first
    day and the first day after are both known; longer than some weeks, its state is changed instead."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="closures")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False, ends_on__isnull=False), name="closure_begins_and_ends"
            ),
        ]
        ordering = ["starts_on"]

    @property
    def last_day(self) -> dt.date | None:
        return self.ends_on - dt.timedelta(days=1) if self.ends_on else None


@tracked
class Room(models.Model):
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(_("room"), max_length=120)
    capacity = models.PositiveIntegerField(_("places"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="room_name_once")]

    def __str__(self) -> str:
        return self.name


@tracked
class Equipment(models.Model):
    """What a room or a house has: sound, light, tables, computers (plan 169 I.2.c; FEATURES C1)."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="equipment")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="equipment")
    kind = models.CharField(_("equipment"), max_length=40, choices=EquipmentKind)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    usable = models.PositiveIntegerField(_("of which usable"), default=1)
    checked_on = models.DateField(_("checked on"))

    class Meta:
        verbose_name_plural = "equipment"
        constraints = [
            models.CheckConstraint(
                condition=Q(usable__lte=F("quantity")),
                name="equipment_usable_within_quantity",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
