"""Planners' answers to what the plan check found. Findings themselves are computed (`queries.plan_check`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.programme.enums import AnswerKind, CheckRule
from hocsuotdoi.programme.models.plan import Plan


class FindingAnswer(models.Model):
    """An answer to one finding; never changed, a later one stands beside it. The finding stays shown."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="finding_answers")
    finding_key = models.CharField(max_length=200, help_text=_("rule|clause|indicator|cohort|year"))
    rule = models.CharField(max_length=24, choices=CheckRule)
    kind = models.CharField(max_length=10, choices=AnswerKind)
    reason = models.TextField(_("reason"))
    addendum = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-answered_at"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="finding_answer_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.CORRECTED, addendum__isnull=False)
                | Q(kind=AnswerKind.ACCEPTED, addendum__isnull=True),
                name="finding_corrected_names_the_addendum",
            ),
        ]
