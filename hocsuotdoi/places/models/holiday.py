"""What the law of public holidays leaves to people: days that are decided each year, and who is open on a holiday."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.audit import tracked
from hocsuotdoi.places.models.institution import Institution


@tracked
class HolidayDecision(models.Model):
    """A day that an act of the state makes a public holiday, or an ordinary day: compensation, exchanged working days,
    a new holiday. It stands above what the law gives by itself (`queries.holidays`)."""

    day = models.DateField(_("day"), unique=True)
    is_holiday = models.BooleanField(_("public holiday"))
    name = models.CharField(_("what for"), max_length=120)
    legal_act = models.CharField(_("act"), max_length=200)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(legal_act=""), name="holiday_decision_names_its_act")
        ]


@tracked
class HolidayOpening(models.Model):
    """That an institution has said it is open on a public holiday, as its hours are. Being closed is a `Closure`."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="holiday_openings")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "day"], name="holiday_opening_once")]
