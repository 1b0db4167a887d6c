"""Public bodies and their lines of command."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.audit import tracked_where
from hocsuotdoi.core.dated import Dated, DatedQuerySet
from hocsuotdoi.places.enums import AgencyKind, LineKind
from hocsuotdoi.places.models.unit import AdminUnit


class AgencyQuerySet(DatedQuerySet):
    def visible_to(self, person: object) -> Self:
        """Which bodies there are is public; who sits there and what they do is not."""
        return self


@tracked_where("kept_by_hand")
class Agency(Dated):
    """A body that leads, coordinates or is asked: a ministry, a department, a commune's office.

    `kept_by_hand`: people entered or changed it; what is loaded again leaves it as it is, and its changes leave a
    trail.
    """

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(max_length=24, choices=AgencyKind)
    unit = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, related_name="agencies")
    is_sample = models.BooleanField(default=False)
    ended_for = models.TextField(_("reason of its end"), blank=True, default="", db_default="")
    kept_by_hand = models.BooleanField(default=False, db_default=False, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name_plural = "agencies"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "kind", "name"],
                condition=Q(ends_on__isnull=True, kept_by_hand=True),
                nulls_distinct=False,
                name="agency_once_while_it_stands",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="agency_has_a_name"),
            models.CheckConstraint(condition=Q(ended_for="") | Q(ends_on__isnull=False), name="agency_reason_with_end"),
            models.CheckConstraint(
                condition=Q(kept_by_hand=False) | Q(ends_on__isnull=True) | ~Q(ended_for=""),
                name="agency_ended_by_hand_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked_where("kept_by_hand")
class AgencyLine(Dated):
    """Who commands or guides whom, while they do. `kept_by_hand`: as of `Agency`."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="lines_up")
    superior = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="lines_down")
    kind = models.CharField(max_length=16, choices=LineKind)
    kept_by_hand = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "superior", "kind", "starts_on"],
                name="agency_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(agency=F("superior")), name="agency_not_its_own_superior"),
        ]
