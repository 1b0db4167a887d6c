"""Small definitions of a test's own, so that a change of the real checklists breaks no test of the machinery."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.indicators.enums import AnswerSource, AnswerValue, CohortKind, IndicatorKind, Verdict
from hocsuotdoi.indicators.models import (
    Cohort,
    CriteriaSet,
    Criterion,
    CriterionAnswer,
    CriterionReview,
    Indicator,
    IndicatorVersion,
    Population,
)
from hocsuotdoi.indicators.queries.definitions import content_of
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.places import InstitutionFactory, UnitFactory


class IndicatorFactory(DjangoModelFactory):
    """With its first version, which holds always."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"indicator-{n}")
    name = factory.Sequence(lambda n: f"Chỉ số {n}")
    short_name = factory.SelfAttribute("name")
    kind = IndicatorKind.SHARE_OF_INSTITUTIONS
    definition = "Định nghĩa"
    numerator = "Tử số"
    denominator = "Mẫu số"
    unit = "%"
    source = "Nguồn"
    legal_basis = "Căn cứ"
    base_year = factory.LazyAttribute(lambda made: 2024 if made.kind == IndicatorKind.GROWTH else None)

    @factory.post_generation
    def version_one(indicator, create, extracted, **kwargs):
        IndicatorVersion.objects.create(indicator=indicator, number=1, **content_of(indicator))


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort

    code = factory.Sequence(lambda n: f"cohort-{n}")
    name = factory.Sequence(lambda n: f"Nhóm {n}")
    kind = CohortKind.INSTITUTIONS
    classes = factory.LazyFunction(lambda: [InstitutionClass.LIBRARY_COMMUNE])


class CriteriaSetFactory(DjangoModelFactory):
    """One of one staff question, unless `criteria` gives (code, rule, parameters) rows."""

    class Meta:
        model = CriteriaSet
        skip_postgeneration_save = True

    indicator = factory.SubFactory(IndicatorFactory)
    classes = factory.LazyFunction(lambda: [InstitutionClass.LIBRARY_COMMUNE])
    rule = "Đạt khi đủ số tiêu chí."
    needed = 1
    source = "Nguồn"

    @factory.post_generation
    def criteria(criteria_set, create, criteria, **kwargs):
        for ordinal, (code, rule, parameters) in enumerate(criteria or [("asked", "", {})]):
            Criterion.objects.create(
                criteria_set=criteria_set,
                code=code,
                question=f"{code}?",
                answered_by=AnswerSource.LEDGER if rule else AnswerSource.STAFF,
                rule=rule,
                parameters=parameters,
                ordinal=ordinal,
            )


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = CriterionAnswer

    institution = factory.SubFactory(InstitutionFactory)
    criterion_code = "asked"
    year = 2026
    value = AnswerValue.YES
    note = factory.LazyAttribute(lambda answer: "lý do" if answer.value == AnswerValue.NOT_APPLICABLE else "")
    answered_by = factory.LazyFunction(uuid7)
    answered_at = factory.LazyFunction(lambda: timezone.make_aware(dt.datetime(2026, 11, 1)))


class ReviewFactory(DjangoModelFactory):
    """Of an answer that differs from a computed no."""

    class Meta:
        model = CriterionReview

    answer = factory.SubFactory(AnswerFactory)
    institution = factory.SelfAttribute("answer.institution")
    verdict = Verdict.ACCEPTED
    reason = "đã kiểm tra tại chỗ"
    found = AnswerValue.NO
    stated_by = factory.SelfAttribute("answer.answered_by")
    reviewed_by = factory.LazyFunction(uuid7)
    reviewed_at = factory.LazyFunction(lambda: timezone.make_aware(dt.datetime(2026, 11, 2)))


class PopulationFactory(DjangoModelFactory):
    class Meta:
        model = Population

    unit = factory.SubFactory(UnitFactory)
    year = 2026
    urban = 0
    rural = 1000
    source = "Nguồn"
