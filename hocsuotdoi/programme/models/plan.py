"""A plan as it was issued: document, clauses, targets with the figures as written, tasks with their agencies."""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered, units_held, units_read_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.audit import tracked
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency, UnitReading
from hocsuotdoi.programme.enums import (
    BINDING,
    AgencyPart,
    ClauseKind,
    Operator,
    PlanKind,
    PlanStatus,
    PlanStepKind,
    Recurrence,
    TargetUnit,
)


def _kept_as_issued(noun: str, *columns: str) -> pgtrigger.Trigger:
    """What a plan says can be changed only while it is being prepared. A better transcription of a printed document
    takes the place of the old rows, it does not change them (`operations.plan`)."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return pgtrigger.Trigger(
        name=f"{noun}_kept_as_issued",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(changed),
        func=_REFUSE_ISSUED,
    )


_REFUSE_ISSUED = """
IF EXISTS (SELECT FROM programme_plan WHERE id = OLD.plan_id AND status <> 'draft') THEN
    RAISE EXCEPTION 'the plan of % % has been issued: it is amended, not edited', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW;
"""


def _nothing_added_or_taken(noun: str) -> pgtrigger.Trigger:
    """Nothing comes to a plan that was issued, and nothing goes: it gets an addendum."""
    return pgtrigger.Trigger(
        name=f"{noun}_stays_as_issued",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Delete,
        func="""
IF EXISTS (SELECT FROM programme_plan WHERE id = coalesce(NEW.plan_id, OLD.plan_id) AND status <> 'draft') THEN
    RAISE EXCEPTION 'the plan of this % has been issued: nothing is added to it or taken from it', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN coalesce(NEW, OLD);
""",
    )


_HEAD = ("code", "number", "title", "kind", "issuer", "issued_on", "unit_id", "parent_id", "amends_id")
_STAYS_ISSUED = pgtrigger.Trigger(
    name="plan_stays_issued",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "OLD.status <> 'draft' AND (NEW.status = 'draft' OR "
        + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _HEAD)
        + ")"
    ),
    func="""
RAISE EXCEPTION 'the plan % has been issued: it is amended, not edited, and does not become a draft again', OLD.code
    USING ERRCODE = 'integrity_constraint_violation';
""",
)


class OfPlansQuerySet(models.QuerySet):
    def issued(self) -> Self:
        """Without what stands in drafts, which says nothing to anybody yet."""
        return self.exclude(plan__status=PlanStatus.DRAFT)


class PlanQuerySet(models.QuerySet):
    def issued(self) -> Self:
        """Without drafts. What is computed of plans for everybody begins here."""
        return self.exclude(status=PlanStatus.DRAFT)

    def visible_to(self, person: Someone, day: dt.date | None = None) -> Self:
        """Every issued plan: they are public documents. One that is being prepared is for those who may enter plans of
        its unit, or of that as which it is read once it has ended."""
        issued = ~Q(status=PlanStatus.DRAFT)
        if person is None or not person.is_authenticated:
            return self.filter(issued)
        return self.filter(issued | Q(unit__in=units_read_covered(person, Permission.EDIT_PLAN, day)))

    def binding(self) -> Self:
        return self.filter(status__in=BINDING)

    def asking(self, day: dt.date) -> Self:
        """Those whose tasks are asked on `day`: in force, with their text; addenda of such plans ask what they add."""
        issued = self.binding().filter(Q(issued_on=None) | Q(issued_on__lte=day), has_full_text=True)
        return issued.exclude(Q(kind=PlanKind.ADDENDUM) & ~Q(amends__status__in=BINDING))

    def kept_by(self, person: Someone, permission: Permission, day: dt.date) -> Self:
        """Plans that `person` answers for. One of a unit that has ended is kept at its main successor, or where an act
        has put it."""
        covered = units_covered(person, permission, day)
        readings = UnitReading.objects.on(day).filter(reads_as__in=covered).values("unit")
        steps: Any = self.model._meta.get_field("steps").related_model  # it is defined after plans
        taken = steps.objects.filter(plan=OuterRef("pk"), kind=PlanStepKind.INHERITED)
        kept_at = Subquery(taken.order_by("-at", "-pk").values("unit")[:1])
        return self.alias(kept_at=Coalesce(kept_at, F("unit"), output_field=models.BigIntegerField())).filter(
            kept_at__in=readings
        )

    def kept_near(self, person: Someone, permission: Permission, day: dt.date) -> Self:
        """Of those that `person` answers for what is looked through for what waits: of the country's planners the plans
        of the country and of provinces, for the provinces are asked about the thousands below. One query at once."""
        tiers = {each.tier for each in units_held(person, permission, day)}
        kept = self.kept_by(person, permission, day)
        return kept.filter(unit__tier__in=[Tier.COUNTRY, Tier.PROVINCE]) if tiers == {Tier.COUNTRY} else kept


@tracked
class Plan(models.Model):
    """A numbered, dated document under the one above. `code` is ours, stable; `number` is as printed, odd or empty."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    title = models.TextField(_("title"))
    kind = models.CharField(max_length=12, choices=PlanKind, default=PlanKind.PLAN)
    issuer = models.CharField(_("issued by"), max_length=200)
    issuer_agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    unit = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="plans")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issued_text = models.CharField(max_length=80, blank=True, help_text=_("The date as printed"))
    legal_basis = ArrayField(models.TextField(), default=list)
    status = models.CharField(max_length=12, choices=PlanStatus, default=PlanStatus.IN_FORCE)
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="addenda")
    has_full_text = models.BooleanField(default=True, help_text=_("False where only its existence is known"))
    source = models.CharField(max_length=300, help_text=_("Which document this was read from"))
    digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Of the file it was loaded from, so that loading it again changes nothing"),
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        triggers = [_STAYS_ISSUED]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="plan_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(kind=PlanKind.ADDENDUM, amends__isnull=False)
                | ~Q(kind=PlanKind.ADDENDUM) & Q(amends__isnull=True),
                name="plan_addendum_names_what_it_amends",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def name(self) -> str:
        """What the plan is called: its number, or that it has none."""
        if self.has_number:
            return self.number
        if self.number:
            return gettext("Plan without a number («%(number)s»)") % {"number": self.number}
        return gettext("Plan without a number")

    @property
    def day(self) -> str:
        """The day of issue as known, else as printed; empty when neither."""
        if self.issued_on:
            return f"{self.issued_on.day}/{self.issued_on.month}/{self.issued_on.year}"
        return f"«{self.issued_text}»" if self.issued_text else ""

    @property
    def has_number(self) -> bool:
        """Whether the number as printed is one: a draft prints «/KH-UBND»."""
        return any(character.isdigit() for character in self.number)


@tracked
class Clause(models.Model):
    """A numbered piece of a plan, with its words. `path` is how it is cited: «I.2.a.1»."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="clauses")
    path = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    kind = models.CharField(max_length=16, choices=ClauseKind)
    heading = models.TextField(blank=True)
    text = models.TextField(blank=True)
    ordinal = models.PositiveIntegerField()

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "path"], name="clause_path_once"),
        ]
        triggers = [_kept_as_issued("clause", "path", "heading", "text"), _nothing_added_or_taken("clause")]

    def __str__(self) -> str:
        return self.path


@tracked
class Target(models.Model):
    """One figure for one cohort and year, exactly as written.

    `low` and `high` are equal but for a range; `total` is the 8 of "7 of 8"; `year` NULL where none is stated;
    `phase_from` is the first year of "from 2026 to 2030, a year"; `written` is the sentence's own wording.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="targets")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    operator = models.CharField(max_length=10, choices=Operator)
    low = models.DecimalField(max_digits=12, decimal_places=2)
    high = models.DecimalField(max_digits=12, decimal_places=2)
    total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, choices=TargetUnit)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    written = models.TextField()
    remark = models.TextField(blank=True, help_text=_("What is odd in the document"))
    ordinal = models.PositiveIntegerField()

    objects = OfPlansQuerySet.as_manager()

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.CheckConstraint(condition=Q(high__gte=F("low")), name="target_high_not_below_low"),
            models.CheckConstraint(
                condition=Q(operator=Operator.RANGE) | Q(low=F("high")),
                name="target_only_a_range_has_two_figures",
            ),
            models.UniqueConstraint(
                fields=["plan", "clause", "indicator", "cohort", "year"],
                name="target_once",
                nulls_distinct=False,
            ),
        ]
        triggers = [
            _nothing_added_or_taken("target"),
            _kept_as_issued(
                "target", "indicator_id", "cohort_id", "year", "operator", "low", "high", "total", "unit", "written"
            ),
        ]

    def __str__(self) -> str:
        return self.written


@tracked
class Task(models.Model):
    """What a clause asks someone to do."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="tasks")
    text = models.TextField()
    recurrence = models.CharField(max_length=10, choices=Recurrence)
    due_month = models.PositiveSmallIntegerField(null=True, blank=True)
    due_day = models.PositiveSmallIntegerField(null=True, blank=True)
    due_year = models.PositiveSmallIntegerField(null=True, blank=True)
    observances = ArrayField(
        models.CharField(max_length=24),
        default=list,
        blank=True,
        help_text=_("Days that it names, of activities.enums.Observance; each asks for an activity"),
    )
    activity_kinds = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text=_("Kinds that are evidence, of activities.enums.ActivityKind"),
    )
    themes = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text=_("Only activities with one of these themes are evidence, of activities.enums.Theme; empty: any"),
    )
    evidence = models.CharField(
        max_length=24,
        blank=True,
        help_text=_("Evidence of another area, by its name in programme.registry"),
    )
    programmes = ArrayField(
        models.CharField(max_length=24),
        default=list,
        blank=True,
        help_text=_("Other programmes that it is part of, of activities.enums.OtherProgramme"),
    )
    source_kinds = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text=_("What in the ledger is evidence besides sessions (rotations, broadcasts), by its source kind"),
    )
    measures = ArrayField(
        models.CharField(max_length=32, choices=MeasureCode),
        default=list,
        blank=True,
        help_text=_("Whatever was posted or typed in of these measures is evidence, whoever posts it"),
    )
    at_least = models.PositiveSmallIntegerField(default=1, help_text=_("How many happenings show that it was done"))
    tiers = ArrayField(
        models.CharField(max_length=10, choices=Tier),
        default=list,
        help_text=_("Units of which tiers the clause asks"),
    )
    indicator = models.ForeignKey(
        Indicator,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        help_text=_("The figure that the task serves"),
    )
    ordinal = models.PositiveIntegerField()

    objects = OfPlansQuerySet.as_manager()

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.CheckConstraint(condition=Q(at_least__gte=1), name="task_shown_by_something")]
        triggers = [
            _nothing_added_or_taken("task"),
            _kept_as_issued("task", "text", "recurrence", "due_year", "due_month", "due_day"),
        ]

    def __str__(self) -> str:
        return self.text


@tracked
class TaskAgency(models.Model):
    """Who leads, coordinates or is asked; `agency` empty where the document names a group ("các phòng, ban")."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="agencies")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="task_parts")
    part = models.CharField(max_length=14, choices=AgencyPart)
    written = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.written
