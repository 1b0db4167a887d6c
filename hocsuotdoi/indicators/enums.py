from django.db import models
from django.utils.translation import gettext_lazy as _


class IndicatorKind(models.TextChoices):
    COUNT = "count", _("count")
    SHARE_OF_INSTITUTIONS = (
        "share_of_institutions",
        _("share of institutions meeting the criteria"),
    )
    SHARE_OF_UNITS = "share_of_units", _("share of units having it")
    SHARE_OF_POPULATION = "share_of_population", _("share of the population")
    GROWTH = "growth", _("average yearly growth since the base year")
    UNITS_OF_UNITS = "n_of_n", _("so many of so many")


class Direction(models.TextChoices):
    UP = "up", _("higher is better")
    DOWN = "down", _("lower is better")


class CohortKind(models.TextChoices):
    INSTITUTIONS = "institutions", _("institutions")
    UNITS = "units", _("administrative units")
    POPULATION = "population", _("population")


class AnswerSource(models.TextChoices):
    LEDGER = "ledger", _("from what happened")
    REGISTER = "register", _("from the register")
    STAFF = "staff", _("stated by staff")


class AnswerValue(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class Outcome(models.TextChoices):
    """What a checklist says about one institution."""

    MET = "met", _("meets the criteria")
    NOT_MET = "not_met", _("does not meet the criteria")
    UNKNOWN = "unknown", _("not enough answers yet")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class ValueState(models.TextChoices):
    """Zero is a value; a missing one is not zero; and some figures have no meaning at a unit."""

    VALUE = "value", _("reported")
    NOT_REPORTED = "not_reported", _("not reported")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
