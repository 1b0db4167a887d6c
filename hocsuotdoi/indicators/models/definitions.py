"""Definitions (loaded from files or made on a page), staff's answers to criteria and their reviews. Values are
computed, never typed.

An indicator's definition stands in three tables of the same columns: `IndicatorDraft` while it is written,
`IndicatorVersion` as it was published, each from its day on, and `Indicator` as the newest version has it
(decision 73).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.append_only import append_only
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.core.dated import Dated
from hocsuotdoi.core.operational import OperationalModel, operational_link
from hocsuotdoi.core.two_languages import also_in_english
from hocsuotdoi.indicators.enums import (
    AnswerSource,
    AnswerValue,
    CohortKind,
    Direction,
    IndicatorKind,
    MeasureKind,
    Verdict,
)
from hocsuotdoi.ledger.enums import AgeBand, Channel, Purpose, Sex
from hocsuotdoi.places.enums import InstitutionClass, Tier

MADE = "classes-"
"""How the codes of cohorts begin that are made of classes on a page; before it the tier, where they are units."""
ENGLISH = Path(__file__).resolve().parents[1] / "data" / "english.yaml"


@also_in_english(ENGLISH, "name", "definition", "unit", "source")
class Measure(models.Model):
    """What is counted (`ledger.enums.MeasureCode`, `enums.StockCode`), by which definition."""

    code = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=10, choices=MeasureKind, default=MeasureKind.HAPPENING)
    name = models.CharField(max_length=200)
    definition = models.TextField()
    unit = models.CharField(max_length=60)
    source = models.CharField(max_length=300)
    never_added_to = ArrayField(models.CharField(max_length=32), default=list, blank=True)


def _by_classes(cohort: Any, field: str) -> str:
    """A plan's own joining of classes has no words of ours; the classes have."""
    return named_by(cohort.tier, cohort.classes)


_UNITS = {
    Tier.PROVINCE: _("provinces and cities"),
    Tier.DISTRICT: _("districts (until 30 June 2025)"),
    Tier.COMMUNE: _("wards and communes"),
}


def named_by(tier: str, classes: Iterable[str]) -> str:
    """«Wards and communes (as seen by public libraries)», or the classes alone."""
    labels = [str(InstitutionClass(each).label) for each in classes]
    if not tier:
        return ", ".join(labels)
    through = ", ".join(each[:1].lower() + each[1:] for each in labels)
    return _("{units} (as seen by {classes})").format(units=capfirst(str(_UNITS[Tier(tier)])), classes=through)


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

    @property
    def in_a_sentence(self) -> str:
        """Of units that somebody chose on a page without the institutions by which they are looked at: those stand in
        the name, and would come between the units and their place."""
        is_made = self.tier and self.code.startswith(f"{self.tier}-{MADE}")
        return str(_UNITS[Tier(self.tier)]) if is_made else self.name


class Definition(models.Model):
    """What a figure is: in words, and as what is counted of whom, over what."""

    name = models.CharField(_("name in full"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=120)
    definition = models.TextField(_("definition"))
    numerator = models.TextField(_("numerator"))
    denominator = models.TextField(_("denominator"), blank=True)
    unit = models.CharField(_("unit of measure"), max_length=40)
    source = models.CharField(_("source"), max_length=300)
    legal_basis = models.CharField(_("legal basis"), max_length=300)

    kind = models.CharField(_("kind"), max_length=24, choices=IndicatorKind)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.UP)
    measures = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    over = ArrayField(
        models.CharField(max_length=32),
        default=list,
        blank=True,
        help_text="Measures of a denominator",
    )
    purposes = ArrayField(models.CharField(max_length=16, choices=Purpose), default=list, blank=True)
    age_bands = ArrayField(models.CharField(max_length=8, choices=AgeBand), default=list, blank=True)
    sexes = ArrayField(models.CharField(max_length=8, choices=Sex), default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=12, choices=Channel), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    criterion = models.CharField(
        max_length=121, blank=True, help_text="“indicator/criterion”: what an institution must answer with yes to count"
    )
    at_least = models.PositiveIntegerField(default=1, help_text="How many of the measure an institution needs to count")
    base_year = models.PositiveSmallIntegerField(
        _("base year"), null=True, blank=True, help_text="With which year growth compares; empty for other kinds"
    )
    cohort = models.ForeignKey(
        Cohort,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of whom it speaks by itself; empty where only targets say so",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


WORDS = ("name", "short_name", "definition", "numerator", "denominator", "unit", "source", "legal_basis")
"""May be mended in place."""
SUBSTANCE = (
    "kind",
    "direction",
    "measures",
    "over",
    "purposes",
    "age_bands",
    "sexes",
    "channels",
    "tags",
    "criterion",
    "at_least",
    "base_year",
    "cohort_id",
)
"""Never changed once published: values of past years rest on it."""
_GROWS_FROM = ~Q(kind=IndicatorKind.GROWTH) | Q(base_year__isnull=False)


@also_in_english(ENGLISH, *WORDS)
class Indicator(Definition):
    """A figure of the programme, as its newest version defines it."""

    code = models.SlugField(max_length=60, primary_key=True)
    version = models.PositiveSmallIntegerField(default=1)
    ordinal = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        "places.AdminUnit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who made it on a page; empty: it comes with the program, from the five documents",
    )
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it is not computed any more")
    end_note = models.CharField(max_length=300, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal", "short_name"]
        constraints = [models.CheckConstraint(condition=_GROWS_FROM, name="indicator_growth_has_a_base_year")]

    @property
    def is_built_in(self) -> bool:
        return self.owner_id is None


_NEWEST = """
PERFORM 1 FROM indicators_indicator WHERE code = NEW.indicator_id FOR UPDATE;
IF EXISTS (
    SELECT FROM indicators_indicatorversion AS other
     WHERE other.indicator_id = NEW.indicator_id
       AND (other.number >= NEW.number OR other.starts_on >= NEW.starts_on)
) THEN
    RAISE EXCEPTION 'version % of % would not be the newest', NEW.number, NEW.indicator_id
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW;
"""


@also_in_english(ENGLISH, *WORDS)
class IndicatorVersion(Definition):
    """A definition as published. It holds from `starts_on` (the first: from the beginning) until the next one starts,
    so that two never hold on the same day. The database keeps what it counts, and that a new one is the newest."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField(null=True)
    change_note = models.TextField(_("what has changed"), blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True, help_text="Person's id; empty: came with the program")

    class Meta:
        ordering = ["indicator_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="indicator_version_once"),
            models.UniqueConstraint(fields=["indicator", "starts_on"], name="indicator_version_starts_once"),
            models.CheckConstraint(
                condition=Q(number=1, starts_on__isnull=True) | Q(number__gt=1, starts_on__isnull=False),
                name="indicator_version_first_is_open",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(change_note=""), name="indicator_version_says_what_has_changed"
            ),
            models.CheckConstraint(condition=_GROWS_FROM, name="indicator_version_growth_has_a_base_year"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="substance_kept",
                fields=[*(name.removesuffix("_id") for name in SUBSTANCE), "indicator", "number", "starts_on"],
            ),
            pgtrigger.Protect(name="version_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="newest_only", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_NEWEST),
        ]


class DraftQuerySet(models.QuerySet):
    def visible_to(self, person: Someone) -> Self:
        """Drafts are for those who may define at the unit that owns them."""
        return self.filter(owner__in=units_covered(person, Permission.DEFINE_INDICATOR))


@tracked
class IndicatorDraft(Definition):
    """A definition in the making, of a new indicator or of the next version of one. Nothing is computed from it but its
    preview. Published, it stays as it was, beside the version it became."""

    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.CASCADE, related_name="drafts")
    owner = models.ForeignKey("places.AdminUnit", on_delete=models.PROTECT, related_name="+")
    change_note = models.TextField(_("what has changed"), blank=True)
    made_by = models.UUIDField()
    changed_by = models.UUIDField()
    changed_at = models.DateTimeField()
    published_as = models.OneToOneField(IndicatorVersion, null=True, on_delete=models.CASCADE, related_name="draft")

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]


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


class CriterionReview(OperationalModel):
    """What a reviewer said of a statement that differs from what the program had found (`found`, with the numbers it
    rested on; empty where it had found nothing). Accepted, the statement holds as long as the program finds the same;
    rejected, it does not hold."""

    answer = operational_link(CriterionAnswer, related_name="reviews")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=300)
    found = models.CharField(max_length=16, choices=AnswerValue)
    found_quantity = models.BigIntegerField(null=True)
    found_needed = models.BigIntegerField(null=True)
    stated_by = models.UUIDField(help_text="As in the answer")
    reviewed_by = models.UUIDField()
    reviewed_at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["institution", "answer"], name="review_once"),
            models.CheckConstraint(condition=~Q(reviewed_by=models.F("stated_by")), name="review_by_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_has_a_reason"),
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
