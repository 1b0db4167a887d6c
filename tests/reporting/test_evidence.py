"""The frozen report as evidence of a task, for one unit and for many."""

import datetime as dt

from hocsuotdoi.programme.models import AssignmentTally
from hocsuotdoi.programme.operations.tally import count_evidence
from hocsuotdoi.programme.queries.evidence import evidence_of
from hocsuotdoi.reporting.queries.evidence import report_evidence, report_evidence_of_units
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import NOW, make_assignment, make_cycle, make_report, make_snapshot


def test_first_snapshot_of_the_year_counts_for_one_and_for_many(db):
    agency, other = AgencyFactory(), AgencyFactory()
    report = make_report(make_cycle(), agency)
    first = make_snapshot(report)
    make_snapshot(report, kind="report")
    found = report_evidence(agency.unit, 2026)
    assert [(each.key, each.on) for each in found] == [(first.number, dt.date(2026, 11, 20))]
    assert report_evidence_of_units([agency.unit_id, other.unit_id], 2026) == {agency.unit_id: found}
    assert report_evidence_of_units([agency.unit_id], 2025) == {}


def test_report_shows_its_task_live_and_on_boards(db):
    agency = AgencyFactory()
    assignment = make_assignment(
        task=TaskFactory(evidence="report_submitted", activity_kinds=[]), agency=agency, due_on=dt.date(2026, 11, 25)
    )
    make_snapshot(make_report(make_cycle(), agency))
    reading = evidence_of(assignment, dt.date(2026, 11, 23))
    count_evidence(at=NOW, everything=True)
    tally = AssignmentTally.objects.get(assignment=assignment)
    assert (tally.happenings, tally.met_on) == (reading.count, reading.met_on) == (1, dt.date(2026, 11, 20))
