"""Definitions (data, loaded from files) and staff's answers to criteria. Values are computed, never typed."""

from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated
from hocsuotdoi.core.operational import OperationalModel
from hocsuotdoi.core.two_languages import also_in_english
from hocsuotdoi.indicators.enums import (
    AnswerSource,
    AnswerValue,
    CohortKind,
    Direction,
    IndicatorKind,
)
from hocsuotdoi.places.enums import InstitutionClass, Tier

ENGLISH = Path(__file__).resolve().parents[1] / "data" / "english.yaml"


@also_in_english(ENGLISH, "name", "definition", "unit", "source")
class Measure(models.Model):
    """What is counted (`ledger.enums.MeasureCode`), by which definition."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200)
    definition = models.TextField()
    unit = models.CharField(max_length=60)
    source = models.CharField(max_length=300)
    never_added_to = ArrayField(models.CharField(max_length=32), default=list, blank=True)


def _by_classes(cohort: Any, field: str) -> str:
    """A plan's own joining of classes has no words of ours; the classes have."""
    return ", ".join(str(InstitutionClass(each).label) for each in cohort.classes)


@also_in_english(ENGLISH, "name", fallback=_by_classes)
class Cohort(models.Model):
    """Of whom a target speaks: institutions of some classes, units of a tier, or a part of the population."""

    code = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=CohortKind)
    classes = ArrayField(models.CharField(max_length=32, choices=InstitutionClass), default=list, blank=True)
    tier = models.CharField(max_length=10, choices=Tier, blank=True)
    urban = models.BooleanField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


@also_in_english(
    ENGLISH, "name", "short_name", "definition", "numerator", "denominator", "unit", "source", "legal_basis"
)
class Indicator(models.Model):
    """A figure of the programme: numerator, denominator, unit, direction, where it comes from."""

    code = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=300)
    short_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=IndicatorKind)
    definition = models.TextField()
    numerator = models.TextField()
    denominator = models.TextField(blank=True)
    unit = models.CharField(max_length=40)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    measures = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    purposes = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    source = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=300)
    version = models.PositiveSmallIntegerField(default=1)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.name


@also_in_english(ENGLISH, "rule", "source")
class CriteriaSet(Dated):
    """The checklist that decides whether an institution counts for an indicator, as it stood for a time."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="criteria_sets")
    classes = ArrayField(models.CharField(max_length=32, choices=InstitutionClass))
    version = models.PositiveSmallIntegerField(default=1)
    rule = models.TextField(help_text="In words: how many of the criteria must be met")
    needed = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["indicator", "classes", "version"], name="criteria_set_once"),
        ]

    @property
    def class_names(self) -> list[str]:
        """For whom it is, in words."""
        return [str(InstitutionClass(each).label) for each in self.classes]


@also_in_english(ENGLISH, "question")
class Criterion(models.Model):
    """One question of a checklist. `answered_by` says who answers; `rule` names the computed answer in
    `indicators.queries.criteria`, empty when staff answer."""

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=60)
    question = models.TextField()
    answered_by = models.CharField(max_length=10, choices=AnswerSource)
    rule = models.CharField(max_length=60, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_once"),
            models.CheckConstraint(
                condition=Q(answered_by=AnswerSource.STAFF, rule="") | ~Q(answered_by=AnswerSource.STAFF) & ~Q(rule=""),
                name="criterion_computed_has_a_rule",
            ),
        ]


class CriterionAnswer(OperationalModel):
    """What staff state about one criterion for one year. A new answer is a new row; the newest holds."""

    criterion_code = models.SlugField(max_length=60)
    indicator_code = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=16, choices=AnswerValue)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_by = models.UUIDField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["institution", "year"])]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=~Q(value=AnswerValue.NOT_APPLICABLE) | ~Q(note=""),
                name="answer_not_applicable_has_a_reason",
            )
        ]


@tracked
class Population(models.Model):
    """What figures of a unit are divided by in a year: residents, urban and rural; villages and residential groups.

    NULL is not entered; 0 is none. `source` says where the numbers were read.
    """

    unit = models.ForeignKey("places.AdminUnit", on_delete=models.CASCADE, related_name="populations")
    year = models.PositiveSmallIntegerField()
    urban = models.PositiveBigIntegerField(null=True)
    rural = models.PositiveBigIntegerField(null=True)
    villages = models.PositiveIntegerField(null=True, help_text="Villages and residential groups below a commune")
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="population_once"),
            models.CheckConstraint(condition=~Q(source=""), name="population_names_its_source"),
        ]
