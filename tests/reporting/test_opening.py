"""Opening a cycle: who reports to whom, and which institution is counted where; on the real territory and made ones."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import Agency, Institution
from hocsuotdoi.places.queries.institutions import active_on
from hocsuotdoi.reporting.enums import CycleState, ReportState
from hocsuotdoi.reporting.models import CountedInstitution, Report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly


@pytest.fixture
def ministry(reference) -> Agency:
    return Agency.objects.get(code="bo-vhttdl")


@pytest.mark.slow
def test_country_is_asked_in_a_handful_of_statements(ministry, now):
    cycle = make_cycle("nam-2026", owner=ministry, given=yearly(2026, ministry), by=None, at=now)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        opened = open_cycle(cycle, by=None, at=now)
    assert len(seen) <= 12
    reports = Report.objects.filter(cycle=cycle)
    assert opened.reports == reports.count() == 3321 + 34 * 4 + 2
    root = reports.get(agency=ministry)
    assert (root.goes_to, root.above) == (None, [])
