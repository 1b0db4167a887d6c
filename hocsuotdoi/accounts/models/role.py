"""Who holds which role where, and administrators' powers while they are switched on."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated, DatedQuerySet, on
from hocsuotdoi.places.models import AdminUnit, Agency, Institution


class RoleAssignmentQuerySet(DatedQuerySet):
    def usable(self, day: dt.date) -> Self:
        """Those that hold on `day`, but for one left open at a unit or an agency that has ended: it is nobody's any
        more."""
        return self.on(day).filter(Q(unit=None) | on(day, "unit__"), Q(agency=None) | on(day, "agency__"))


@tracked
class RoleAssignment(Dated):
    """A role held at a unit, an agency or an institution; it covers what lies under that on the day asked about."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24, choices=RoleName)
    unit = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    Q(unit__isnull=False, agency__isnull=True, institution__isnull=True)
                    | Q(
                        unit__isnull=True,
                        agency__isnull=False,
                        institution__isnull=True,
                    )
                    | Q(
                        unit__isnull=True,
                        agency__isnull=True,
                        institution__isnull=False,
                    )
                    | Q(
                        role=RoleName.LEARNER,
                        unit__isnull=True,
                        agency__isnull=True,
                        institution__isnull=True,
                    )
                ),
                name="role_held_at_one_place",
            ),
        ]


class PowerSwitchQuerySet(models.QuerySet):
    def on_at(self, moment: dt.datetime) -> Self:
        """Switches that are on at `moment`."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


@tracked
class PowerSwitch(models.Model):
    """An administrator's powers, switched on for a reason and a limited time. The rows are the log."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="power_switches",
    )
    reason = models.TextField(_("reason"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = PowerSwitchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="power_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="power_has_a_reason"),
        ]
