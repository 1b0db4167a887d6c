"""A plan of a new commune, a clause, a target, a task: nothing that a test did not ask for. And facts for the rules."""

import datetime as dt
from decimal import Decimal

import factory
import pgtrigger
from django.db import transaction
from factory.django import DjangoModelFactory

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Indicator, IndicatorVersion
from hocsuotdoi.indicators.queries.definitions import content_of
from hocsuotdoi.programme.enums import ClauseKind, Operator, Recurrence, TargetUnit
from hocsuotdoi.programme.models import Clause, Plan, Target, Task
from hocsuotdoi.programme.queries.plan_facts import CohortFacts, IndicatorFacts, PlanFacts, TargetFacts
from tests.factories.places import UnitFactory

SERVICES = IndicatorFacts("library_services", "Thư viện phục vụ học tập suốt đời")


HELD = (
    "programme.Plan:plan_stays_issued",
    "programme.Clause:clause_stays_as_issued",
    "programme.Target:target_stays_as_issued",
    "programme.Task:task_stays_as_issued",
)
"""Triggers that hold issued plans: tests make plans piece by piece."""


class _OfIssued(DjangoModelFactory):
    """Made as a transcription makes it: into a plan that is in force already."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with pgtrigger.ignore(*HELD), transaction.atomic():  # a refused row must not keep the triggers from coming back
            return super()._create(model_class, *args, **kwargs)


def change_plan(plan: Plan, **fields) -> Plan:
    """What nobody can do to an issued plan."""
    with pgtrigger.ignore(*HELD):
        Plan.objects.filter(pk=plan.pk).update(**fields)
    plan.refresh_from_db()
    return plan


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    code = factory.Sequence(lambda n: f"ke-hoach-{n}")
    number = factory.Sequence(lambda n: f"{n + 1}/KH-UBND")
    title = "Kế hoạch thử"
    issuer = "Ủy ban nhân dân xã Thử"
    unit = factory.SubFactory(UnitFactory)
    source = "thử"


class ClauseFactory(_OfIssued):
    class Meta:
        model = Clause

    plan = factory.SubFactory(PlanFactory)
    path = factory.Sequence(lambda n: f"I.{n + 1}")
    kind = ClauseKind.TARGET
    text = "60% thư viện các xã, phường"
    ordinal = factory.Sequence(lambda n: n + 1)


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator
        skip_postgeneration_save = True
        django_get_or_create = ("code",)

    code = "library_services"
    name = "Thư viện có cung cấp dịch vụ phục vụ việc học tập suốt đời"
    short_name = "Thư viện phục vụ học tập suốt đời"
    kind = IndicatorKind.SHARE_OF_INSTITUTIONS
    definition = "thử"
    numerator = "thử"
    unit = "%"
    source = "thử"
    legal_basis = "thử"

    @factory.post_generation
    def version_one(indicator, create, extracted, **kwargs):
        IndicatorVersion.objects.get_or_create(indicator=indicator, number=1, defaults=content_of(indicator))


class CohortFactory(DjangoModelFactory):
    """A cohort of one class, named like the class."""

    class Meta:
        model = Cohort
        django_get_or_create = ("code",)

    code = "library_commune"
    name = factory.LazyAttribute(lambda cohort: cohort.code)
    kind = CohortKind.INSTITUTIONS
    classes = factory.LazyAttribute(lambda cohort: [cohort.code])


class TargetFactory(_OfIssued):
    """60% of commune libraries by 2025; `figure` sets low and high at once."""

    class Meta:
        model = Target
        exclude = ("figure",)

    figure = 60
    clause = factory.SubFactory(ClauseFactory)
    plan = factory.SelfAttribute("clause.plan")
    indicator = factory.SubFactory(IndicatorFactory)
    cohort = factory.SubFactory(CohortFactory)
    year = 2025
    operator = Operator.EQUAL
    low = factory.SelfAttribute("figure")
    high = factory.SelfAttribute("figure")
    unit = TargetUnit.PERCENT
    written = factory.LazyAttribute(lambda target: f"{target.low}%")
    ordinal = factory.Sequence(lambda n: n)


class TaskFactory(_OfIssued):
    class Meta:
        model = Task

    clause = factory.SubFactory(ClauseFactory, kind=ClauseKind.TASK)
    plan = factory.SelfAttribute("clause.plan")
    text = "Tổ chức các hoạt động hưởng ứng"
    recurrence = Recurrence.YEARLY
    tiers = factory.LazyAttribute(lambda task: [task.plan.unit.tier])
    ordinal = factory.Sequence(lambda n: n)


def cohort_of(*classes: str) -> CohortFacts:
    """The cohort of these classes, named by joining them."""
    return CohortFacts(code="-".join(sorted(classes)), name=", ".join(classes), classes=frozenset(classes))


def figure_of(
    figure: str,
    *classes: str,
    year: int | None = 2025,
    clause: str = "I.2",
    indicator: IndicatorFacts = SERVICES,
    unit: str = "",
    **more,
) -> TargetFacts:
    """Facts of a target: «60», «10-15», «8/8»."""
    low, _dash, high = figure.partition("-")
    of, _slash, total = figure.partition("/")
    is_of = bool(total)
    return TargetFacts(
        clause=clause,
        indicator=indicator,
        cohort=more.pop("cohort", None) or cohort_of(*(classes or ("library_commune",))),
        year=year,
        low=Decimal(of if is_of else low),
        high=Decimal(of if is_of else high or low),
        total=Decimal(total) if is_of else None,
        operator=Operator.RANGE if high else Operator.EQUAL,
        unit=unit or (TargetUnit.OF if is_of else TargetUnit.PERCENT),
        **more,
    )


def plan_of(*targets: TargetFacts, **fields) -> PlanFacts:
    """Facts of a province's plan with a number and a date."""
    given = {
        "code": "ke-hoach",
        "number": "1/KH-UBND",
        "tier": "province",
        "unit_name": "Tỉnh Thử",
        "issued_on": dt.date(2023, 3, 21),
    }
    return PlanFacts(**{**given, **fields}, targets=targets)
