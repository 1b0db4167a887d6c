from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanKind(models.TextChoices):
    PROGRAMME = "programme", _("programme")
    PLAN = "plan", _("plan")
    ADDENDUM = "addendum", _("addendum")
    ANNOUNCEMENT = "announcement", _("announcement of a plan")


class PlanStatus(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    INHERITED = "inherited", _("inherited by another unit")
    RETIRED = "retired", _("retired")


class ClauseKind(models.TextChoices):
    GENERAL_GOAL = "general_goal", _("general goal")
    TARGET = "target", _("target")
    TASK = "task", _("task")
    FINANCE = "finance", _("finance")
    ORGANISATION = "organisation", _("organisation")
    OTHER = "other", _("other")


class Operator(models.TextChoices):
    """How the document states the figure."""

    EQUAL = "equal", _("reaches")
    AT_LEAST = "at_least", _("at least")
    RANGE = "range", _("from … to …")


class TargetUnit(models.TextChoices):
    PERCENT = "percent", _("%")
    PERCENT_PER_YEAR = "percent_per_year", _("% a year")
    OF = "n_of_n", _("of")
    COUNT = "count", _("number")


class Recurrence(models.TextChoices):
    ONCE = "once", _("once")
    YEARLY = "yearly", _("every year")
    ONGOING = "ongoing", _("ongoing")


class AgencyPart(models.TextChoices):
    LEAD = "lead", _("lead")
    COORDINATING = "coordinating", _("coordinating")
    REQUESTED = "requested", _("requested")


class CheckRule(models.TextChoices):
    """The ten rules of the plan check (FEATURES P3)."""

    BELOW_PARENT = "below_parent", _("Below the plan above")
    MISSING_CLASS = "missing_class", _("Class of institution left out")
    MERGED_CLASSES = "merged_classes", _("Classes merged into one figure")
    FALLING_PATH = "falling_path", _("Later figure lower than the earlier one")
    PERCENTAGE_OF_ONE = "percentage_of_one", _("Percentage of a single institution")
    GROWTH_WITHOUT_BASE = "growth_without_base", _("Growth without a base year")
    DROPPED_INDICATOR = "dropped_indicator", _("Indicator of the plan above left out")
    EXTRA_INDICATOR = "extra_indicator", _("Indicator the plan above does not have")
    NO_NUMBER_OR_DATE = "no_number_or_date", _("Document without number or date")
    ABOLISHED_TIER = "abolished_tier", _("Tier or unit that no longer exists")


class AnswerKind(models.TextChoices):
    ACCEPTED = "accepted", _("accepted with a reason")
    CORRECTED = "corrected", _("corrected by an addendum")


class TargetState(models.TextChoices):
    ON_TRACK = "on_track", _("on track")
    AT_RISK = "at_risk", _("at risk")
    OFF_TRACK = "off_track", _("off track")
    NO_DATA = "no_data", _("no data")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class TaskState(models.TextChoices):
    DONE = "done", _("done")
    LATE = "late", _("late")
    DOING = "doing", _("under way")
