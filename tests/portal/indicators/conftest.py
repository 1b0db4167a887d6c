"""Definitions, and a library of Bắc Kạn with a session held, in the small territory of tests/people.py."""

import datetime as dt

import pytest
from django.utils import timezone

from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.queries.suppression import last_closed
from hocsuotdoi.ledger.enums import Channel, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.programme.models import Plan
from tests.factories.ledger import make_posting
from tests.factories.programme import ClauseFactory, TargetFactory


@pytest.fixture
def day(request) -> dt.date:
    today = timezone.localdate()
    return dt.date(last_closed(today), 12, 31) if request.node.get_closest_marker("closed_book") else today


@pytest.fixture
def definitions(db, country):
    load_definitions()
    return Indicator.objects.get(code="library_services"), Cohort.objects.get(code="library_commune")


@pytest.fixture
def posting(definitions, library_of_bac_kan, day):
    library_of_bac_kan.statuses.get_or_create(state=InstitutionState.ACTIVE)
    return make_posting(
        library_of_bac_kan,
        day,
        Line(MeasureCode.PROGRAMME_SESSION, 1),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 12, sex=Sex.FEMALE, channel=Channel.ON_SITE),
        Line(MeasureCode.LIBRARY_VISIT, 12),
    )


@pytest.fixture
def target(definitions, country):
    """A plan that sets a target for libraries of communes, so that the indicator's page can speak of them."""
    indicator, cohort = definitions
    plan = Plan.objects.create(code="thu", title="Kế hoạch thử", issuer="Thử", unit=country, source="thử")
    return TargetFactory(
        clause=ClauseFactory(plan=plan, path="I.1", ordinal=1),
        indicator=indicator,
        cohort=cohort,
        year=2030,
        operator="at_least",
        low=60,
        high=60,
        unit="percent",
        written="60%",
        ordinal=1,
    )
