"""Definitions (data, loaded from files) and staff's answers to criteria. Values are computed, never typed."""

import datetime as dt
from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.core.two_languages import also_in_english
from hocsuotdoi.indicators.enums import (
    AnswerSource,
    AnswerValue,
    CohortKind,
    Direction,
    ImportKind,
    IndicatorKind,
    StatedColumn,
    StatingWay,
)
from hocsuotdoi.places.enums import InstitutionClass, Tier

ENGLISH = Path(__file__).resolve().parent / "data" / "english.yaml"


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


class PreviewedImport(models.Model):
    """What somebody has sent in and not confirmed yet: nothing of it counts. Confirming takes it away.

    `rows` is what the file said, cell by cell, as the import's own reader left it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=ImportKind)
    unit = models.ForeignKey("places.AdminUnit", on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=8, help_text="As core.periods writes it")
    way = models.CharField(max_length=8, choices=StatingWay)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file")
    source = models.CharField(max_length=300)
    rows = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()


class StatementQuerySet(models.QuerySet):
    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """For who may see the figures of its unit; staff of one institution may not."""
        return self.filter(unit__in=units_covered(person, Permission.VIEW_FIGURES, day))


class Statement(models.Model):
    """One act of stating figures of institutions: a file, a form, or the undoing of one of these.

    Its key is that of the preview it confirms, so that confirming twice states once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("places.AdminUnit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    way = models.CharField(max_length=8, choices=StatingWay)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True, help_text="Why figures stated before are changed")
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    stated_by = models.UUIDField(help_text="Person's id; no link, so that an account can go")
    stated_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["unit", "stated_at"])]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(way=StatingWay.UNDO, undoes__isnull=False) & ~Q(reason="")
                | ~Q(way=StatingWay.UNDO) & Q(undoes__isnull=True),
                name="statement_undoing_names_what_and_why",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="statement_names_its_source"),
        ]


class StatedFigure(OperationalModel):
    """What was stated of one institution, column and period. A new figure is a new row; the newest `revision` holds.

    `quantity` 0 is reported and none; NULL takes back what was stated before, so that nothing is reported. Each figure
    has a posting, which is without entries where there was nothing. `slot` names institution, column and period to
    the ledger.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="figures")
    slot = models.UUIDField()
    revision = models.PositiveSmallIntegerField()
    column = models.CharField(max_length=60, choices=StatedColumn)
    period = models.CharField(max_length=8)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day after the period")
    quantity = models.PositiveBigIntegerField(null=True)
    recorded = models.PositiveBigIntegerField(
        default=0, help_text="What the system had recorded of the period by itself; the figure is in addition to it"
    )
    posting = operational_link("ledger.Posting", null=True, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["institution", "starts_on"])]
        constraints = [
            models.UniqueConstraint(fields=["institution", "slot", "revision"], name="stated_figure_once"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True, posting__isnull=True)
                | Q(quantity__isnull=False, posting__isnull=False),
                name="stated_figure_is_posted",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stated_period_ends_after_it_starts"),
        ]
