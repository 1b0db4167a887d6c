"""Public bodies and their lines of command."""

from django.db import models

from hocsuotdoi.core.dated import Dated
from hocsuotdoi.places.enums import AgencyKind, LineKind
from hocsuotdoi.places.models.unit import AdminUnit


class Agency(Dated):
    """A body that leads, coordinates or is asked: a ministry, a department, a commune's office."""

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24, choices=AgencyKind)
    unit = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT, related_name="agencies")
    is_sample = models.BooleanField(default=False)

    class Meta(Dated.Meta):
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class AgencyLine(Dated):
    """Who commands or guides whom, while they do."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="lines_up")
    superior = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="lines_down")
    kind = models.CharField(max_length=16, choices=LineKind)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "superior", "kind", "starts_on"],
                name="agency_line_once",
                nulls_distinct=False,
            ),
        ]
