from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanKind(models.TextChoices):
    PROGRAMME = "programme", _("programme")
    PLAN = "plan", _("plan")
    ADDENDUM = "addendum", _("addendum")
    ANNOUNCEMENT = "announcement", _("announcement of a plan")


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    IN_FORCE = "in_force", _("in force")
    INHERITED = "inherited", _("inherited by another unit")
    REPLACED = "replaced", _("replaced by another plan")
    RETIRED = "retired", _("retired")


BINDING = (PlanStatus.IN_FORCE, PlanStatus.INHERITED)
"""Plans in these states bind."""
ENDED = (PlanStatus.REPLACED, PlanStatus.RETIRED)


class PlanStepKind(models.TextChoices):
    """What can happen to a plan after somebody has begun to enter it."""

    ISSUED = "issued", _("issued")
    AMENDED = "amended", _("amended by an addendum")
    INHERITED = "inherited", _("taken over by another unit")
    REPLACED = "replaced", _("replaced by another plan")
    RETIRED = "retired", _("retired")


class RehomingKind(models.TextChoices):
    """What becomes of a target whose tier or place is no more."""

    TAKEN_OVER = "taken_over", _("taken over as it is")
    REPLACED = "replaced", _("replaced by a target of a later plan")
    DROPPED = "dropped", _("no longer pursued")


class TargetHome(models.TextChoices):
    """Who answers for a target on a day."""

    BOUND = "bound", _("somebody answers for it")
    SETTLED = "settled", _("replaced or dropped by a decision")
    NOBODY = "nobody", _("nobody takes it any more")


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
    COUNT = "count", pgettext_lazy("unit of a target", "number")


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


class Trend(models.TextChoices):
    BETTER = "better", _("better than the year before")
    SAME = "same", _("as the year before")
    WORSE = "worse", _("worse than the year before")


class AssignmentState(models.TextChoices):
    TO_DO = "to_do", _("not begun")
    DOING = "doing", pgettext_lazy("of a task handed down", "under way")
    DONE = "done", pgettext_lazy("of a task handed down", "done")
    CANNOT = "cannot", _("cannot be done")
    DROPPED = "dropped", _("no longer asked")


WAITING = (AssignmentState.TO_DO, AssignmentState.DOING)
"""Assignments in these states can be late."""


class AssignmentStepKind(models.TextChoices):
    HANDED_DOWN = "handed_down", _("handed down")
    DATED = "dated", _("date changed")
    PROGRESS = "progress", _("progress reported")
    NOTE = "note", _("note")


class EvidenceVerdict(models.TextChoices):
    """What a person says about something as evidence, against what the rule found or did not find."""

    ADDED = "added", _("added as evidence")
    REJECTED = "rejected", _("is no evidence")
    RESTORED = "restored", _("left to the rule again")


class Rung(models.IntegerChoices):
    """Who is told of a late task, one after the other."""

    UNIT = 1, _("who is to do it")
    OFFICE = 2, _("the office that is responsible there")
    FOCAL_POINT = 3, _("the province’s focal point")


class DigestState(models.TextChoices):
    WAITING = "waiting", _("to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")
    DROPPED = "dropped", _("no longer needed")


class MoneySource(models.TextChoices):
    """Where money comes from (plan of Bắc Kạn city, III). The state budget by the level that gives it."""

    CENTRAL_BUDGET = "central_budget", _("state budget, central")
    PROVINCE_BUDGET = "province_budget", _("state budget, province")
    DISTRICT_BUDGET = "district_budget", _("state budget, district (until 30 June 2025)")
    COMMUNE_BUDGET = "commune_budget", _("state budget, commune")
    DONATION = "donation", _("donations and sponsorship")
    OTHER = "other", _("other lawful sources")


BUDGETS = frozenset(
    {
        MoneySource.CENTRAL_BUDGET,
        MoneySource.PROVINCE_BUDGET,
        MoneySource.DISTRICT_BUDGET,
        MoneySource.COMMUNE_BUDGET,
    }
)
"""Of the state: appraised by a finance office before money is given."""


class MoneyStage(models.TextChoices):
    ESTIMATED = "estimated", _("estimated")
    APPRAISED = "appraised", _("appraised")
    ALLOCATED = "allocated", _("allocated")
    SPENT = "spent", _("spent")
