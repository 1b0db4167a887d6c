"""The demonstration's cycle as a newcomer finds it."""

from collections import Counter

import pytest

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.sample import load_sample as load_people
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import IssuedDocument, Report
from hocsuotdoi.reporting.operations import sample_cycle, sample_reports

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("reference")]


def states() -> Counter[str]:
    return Counter(Report.objects.exclude(state=ReportState.EXPECTED).values_list("state", flat=True))


def load(now, told: list[str]) -> None:
    for step in (sample_cycle, sample_reports):
        step.load_sample(at=now, day=now.date(), progress=told.append)


def test_reports_stand_in_every_state(now):
    told: list[str] = []
    load_people(at=now, day=now.date(), progress=told.append)
    load(now, told)
    # Of communes one has begun beside the sample ward; the province writes.
    assert states() == {
        ReportState.APPROVED: 4,
        ReportState.SUBMITTED: 2,
        ReportState.RETURNED: 1,
        ReportState.DRAFT: 3,
    }
    ward = Report.objects.get(unit__code="01843", cycle__isnull=False)
    assert ward.results
    assert ward.changed_by.full_name == "Triệu Văn Minh (mẫu)"
    approved = Report.objects.filter(state=ReportState.APPROVED)
    assert not approved.filter(approved_by__in=approved.values("submitted_by")).exists()
    out = IssuedDocument.objects.filter(snapshot__in=approved.values("approved"))
    assert sorted(out.values_list("number", flat=True)) == [f"0{number}/BC-UBND" for number in (1, 2, 3, 4)]
    assert any("10" in line for line in told)


def test_a_second_time_changes_nothing(now):
    load_people(at=now, day=now.date(), progress=str)
    load(now, [])
    before = list(Report.objects.exclude(state=ReportState.EXPECTED).values_list("pk", "version", "state"))
    load(now, [])
    assert list(Report.objects.exclude(state=ReportState.EXPECTED).values_list("pk", "version", "state")) == before


def test_without_sample_people_nothing_is_begun(now):
    assert not Person.objects.filter(is_sample=True).exists()
    load(now, [])
    assert not states()
