"""Administrative units through time: what they were called, what they lay in, what they became."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.dated import Dated, DatedQuerySet, on
from hocsuotdoi.places.enums import Certainty, Disagreement, Doubt, SuccessionKind, Tier, UnitKind


class LegalAct(models.Model):
    """A law, resolution or decision that another row rests on."""

    number = models.CharField(max_length=60, unique=True)
    title = models.TextField()
    issuer = models.CharField(max_length=200)
    issued_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.number


class AdminUnitQuerySet(DatedQuerySet):
    def visible_to(self, person: object) -> Self:
        """The territory is public: everybody sees every unit of every time."""
        return self

    def under(self, unit: "AdminUnit", day: dt.date) -> Self:
        """`unit` and everything that lies in it on `day`."""
        return self.filter(on(day, "ancestries__"), ancestries__ancestor=unit)

    def above(self, unit: "AdminUnit", day: dt.date) -> Self:
        """`unit` and everything it lies in on `day`, the country first."""
        return self.filter(on(day, "descents__"), descents__unit=unit).order_by("-descents__distance")


class AdminUnit(Dated):
    """A country, province, district or commune while it exists. A code can be used again after a unit has ended."""

    code = models.CharField(
        _("code"),
        max_length=5,
        help_text=_("General Statistics Office code; the country is VN"),
    )
    tier = models.CharField(max_length=10, choices=Tier)
    kind = models.CharField(max_length=40, choices=UnitKind)
    name = models.CharField(_("name"), max_length=120, help_text=_("In full: «Phường Bắc Kạn»"))
    short_name = models.CharField(max_length=120, help_text=_("Without the kind: «Bắc Kạn»"))
    sort_key = models.CharField(max_length=480, editable=False, help_text=_("Vietnamese alphabetical order"))
    search_text = models.TextField(editable=False, help_text=_("The words of every spelling, with and without marks"))
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    began_by = models.ForeignKey(LegalAct, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(LegalAct, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AdminUnitQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["sort_key"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["code", "starts_on"],
                name="unit_code_once_at_a_time",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["tier", "code"])]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the unit stood; None while it stands."""
        return self.ends_on - dt.timedelta(days=1) if self.ends_on else None

    @property
    def is_urban(self) -> bool:
        return self.kind in {
            UnitKind.WARD,
            UnitKind.TOWNSHIP,
            UnitKind.URBAN_DISTRICT,
            UnitKind.CITY,
            UnitKind.TOWN,
        }


class UnitParent(Dated):
    """In which unit a unit lies, while it does."""

    unit = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="parents")
    parent = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="children")
    legal_act = models.ForeignKey(LegalAct, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "starts_on"],
                name="unit_one_parent_at_a_time",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(unit=F("parent")), name="unit_not_its_own_parent"),
        ]
        indexes = [models.Index(fields=["starts_on"], name="parent_starts")]


class UnitAncestry(Dated):
    """Every unit above a unit, itself included (distance 0), while it is. Computed from `UnitParent`, never typed."""

    unit = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="ancestries")
    ancestor = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="descents")
    distance = models.PositiveSmallIntegerField()

    class Meta(Dated.Meta):
        indexes = [
            models.Index(fields=["ancestor", "unit"]),
            models.Index(fields=["unit", "distance"]),
        ]


class Succession(models.Model):
    """One step from a unit that ended to a unit that took over its land, or part of it."""

    predecessor = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="became")
    successor = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="was")
    kind = models.CharField(max_length=10, choices=SuccessionKind)
    effective_on = models.DateField()
    is_main = models.BooleanField(default=True, help_text=_("The successor that takes what cannot be divided"))
    is_origin = models.BooleanField(
        default=False,
        help_text=_("The predecessor as which the successor is read on maps from before it"),
    )
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.CERTAIN)
    doubt = models.CharField(max_length=20, choices=Doubt, blank=True, help_text=_("Why it is uncertain"))
    note = models.TextField(blank=True)
    legal_act = models.ForeignKey(LegalAct, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(is_main=True),
                name="succession_one_main_successor",
            ),
            models.UniqueConstraint(
                fields=["successor"],
                condition=Q(is_origin=True),
                name="succession_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(certainty=Certainty.CERTAIN, doubt="") | (Q(certainty=Certainty.UNCERTAIN) & ~Q(doubt="")),
                name="succession_doubt_says_why",
            ),
        ]


class UnitReading(Dated):
    """As which unit a unit's facts are read on the maps of a time: itself while it stands, the end of its chain of
    main successors afterwards, its origin before. Computed from `Succession`, never typed; exactly one on any day."""

    unit = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="readings")
    reads_as = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="read_from")

    class Meta(Dated.Meta):
        indexes = [
            models.Index(fields=["reads_as", "unit"]),
            models.Index(fields=["starts_on"], name="reading_starts"),  # has the map changed between two days?
        ]


class UnitNote(models.Model):
    """Where the two sources of the territory say different things about a unit; the official one was kept."""

    unit = models.ForeignKey(AdminUnit, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=20, choices=Disagreement)
    kept = models.CharField(max_length=200)
    other = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "kind"], name="unit_note_once")]


class LoadedReference(models.Model):
    """Which version of a reference source this database holds, so that loading it again costs nothing."""

    name = models.SlugField(unique=True)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)
