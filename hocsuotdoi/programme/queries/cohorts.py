"""Of whom indicators speak: the groups that plans set targets for, and the indicator's own."""

from collections import defaultdict

from django.db.models import Count

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.programme.models import Target


def cohorts_of(indicator: Indicator) -> list[Cohort]:
    """The one of which most plans speak first; the indicator's own where no plan names it. One query, two with its own.

    Empty: no plan sets a target for it yet, so nobody has said of whom it speaks.
    """
    targeted = Cohort.objects.filter(targets__in=Target.objects.issued().filter(indicator=indicator))
    cohorts: list[Cohort] = [*targeted.annotate(spoken_of=Count("targets")).order_by("-spoken_of", "code")]
    if indicator.cohort is not None and indicator.cohort not in cohorts:
        cohorts.insert(0, indicator.cohort)
    return cohorts


def spoken_pairs() -> list[tuple[str, str]]:
    """Every indicator's code with each cohort's of whom it speaks. Two queries."""
    found: dict[str, set[str]] = defaultdict(set)
    for indicator, cohort in Target.objects.issued().values_list("indicator_id", "cohort_id").distinct():
        found[indicator].add(cohort)
    for indicator, cohort in Indicator.objects.exclude(cohort=None).values_list("code", "cohort_id"):
        found[indicator].add(cohort)
    return sorted((indicator, cohort) for indicator, cohorts in found.items() for cohort in cohorts)
