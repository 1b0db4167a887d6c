"""What happens to plans after they are entered: issued, amended, taken over at a reform, replaced, retired; and what
becomes of targets and tasks whose tier or place is no more."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Agency, LegalAct
from hocsuotdoi.programme.enums import AgencyPart, PlanStepKind, RehomingKind
from hocsuotdoi.programme.models.plan import Plan, Target, Task

_BY_ANOTHER_PLAN = [PlanStepKind.AMENDED, PlanStepKind.REPLACED]


class PlanStep(models.Model):
    """One step in the life of a plan, on the legal act that decided it. `other` is the addendum, or the plan that takes
    its place; `unit` the one that takes it over."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=PlanStepKind)
    effective_on = models.DateField(_("from"))
    other = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(AdminUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    legal_act = models.ForeignKey(LegalAct, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=_BY_ANOTHER_PLAN, other__isnull=False)
                | ~Q(kind__in=_BY_ANOTHER_PLAN) & Q(other__isnull=True),
                name="plan_step_names_the_other_plan",
            ),
            models.CheckConstraint(
                condition=Q(kind=PlanStepKind.INHERITED, unit__isnull=False, legal_act__isnull=False)
                | ~Q(kind=PlanStepKind.INHERITED) & Q(unit__isnull=True),
                name="plan_step_taken_over_by_a_unit_on_an_act",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PlanStepKind.RETIRED) | ~Q(reason=""), name="plan_step_retired_says_why"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(kind=PlanStepKind.ISSUED), name="plan_step_issued_once"
            ),
        ]


class _Decision(models.Model):
    """On which act, from when, why, by whom."""

    effective_on = models.DateField(_("from"))
    legal_act = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Rehoming(_Decision):
    """The recorded decision about one target of a tier or unit that is no more. The newest for a target and unit holds.

    The target itself stays as issued, and goes on being asked of whoever does not lie in `unit` (decision 0111). Taken
    over: `unit` answers for it from that day, and its figure is asked of `cohort`. Replaced: by `replacement`.
    """

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="rehomings")
    kind = models.CharField(max_length=10, choices=RehomingKind)
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="rehomed_targets")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replacement = models.ForeignKey(Target, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RehomingKind.TAKEN_OVER, cohort__isnull=False, replacement__isnull=True)
                | Q(kind=RehomingKind.REPLACED, cohort__isnull=True, replacement__isnull=False)
                | Q(kind=RehomingKind.DROPPED, cohort__isnull=True, replacement__isnull=True),
                name="rehoming_says_where_to",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rehoming_has_a_reason"),
            models.CheckConstraint(condition=~Q(replacement=models.F("target")), name="rehoming_not_to_itself"),
        ]


class TaskRehoming(_Decision):
    """The recorded decision about one task whose tier, unit or body is no more (decision 0112). The newest act for a
    task and unit holds; one act can name several bodies of a unit.

    The task itself stays as issued. Taken over: from that day it asks `agency`, or `unit`'s body of `agency_kind`,
    whichever that is at the time, in this `part`. Dropped: nobody there is asked.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="rehomings")
    kind = models.CharField(max_length=10, choices=RehomingKind)
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="rehomed_tasks")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency_kind = models.CharField(max_length=24, choices=AgencyKind, blank=True)
    part = models.CharField(max_length=14, choices=AgencyPart, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RehomingKind.TAKEN_OVER)
                & ~Q(part="")
                & (Q(agency__isnull=False, agency_kind="") | Q(agency__isnull=True) & ~Q(agency_kind=""))
                | Q(kind=RehomingKind.DROPPED, agency__isnull=True, agency_kind="", part=""),
                name="task_rehoming_says_who",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="task_rehoming_has_a_reason"),
            models.UniqueConstraint(
                fields=["task", "unit", "agency", "agency_kind", "at"],
                name="task_rehoming_once_an_act",
                nulls_distinct=False,
            ),
        ]
