"""The frozen report as evidence of a task, for one unit and for many."""

import datetime as dt

from hocsuotdoi.programme.models import AssignmentTally
from hocsuotdoi.programme.operations.tally import count_evidence
from hocsuotdoi.programme.queries.evidence import evidence_of
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.evidence import report_evidence, report_evidence_of_units
from tests.factories.places import AgencyFactory
from tests.factories.programme import TaskFactory
from tests.factories.running import NOW, make_assignment, make_cycle, make_report, make_snapshot, submit


def test_first_snapshot_of_the_year_counts_for_one_and_for_many(db):
    agency, other = AgencyFactory(), AgencyFactory()
    report = make_report(make_cycle(), agency)
    first = submit(report)
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
    submit(make_report(make_cycle(), agency))
    reading = evidence_of(assignment, dt.date(2026, 11, 23))
    count_evidence(at=NOW, everything=True)
    tally = AssignmentTally.objects.get(assignment=assignment)
    assert (tally.happenings, tally.met_on) == (reading.count, reading.met_on) == (1, dt.date(2026, 11, 20))


def test_only_what_local_authorities_reported_and_did_not_take_back_is_evidence(bac_kan, office_of_bac_kan):
    cycle = make_cycle()
    ward = make_report(cycle, office_of_bac_kan)
    army = make_report(cycle, AgencyFactory(unit=bac_kan), line="military", detail="totals")
    submit(army)
    make_snapshot(ward, kind="letter")
    assert report_evidence(bac_kan, 2026) == []
    snapshot = submit(ward)
    assert [each.key for each in report_evidence(bac_kan, 2026)] == [snapshot.number]
    assert report_evidence_of_units([bac_kan.pk], 2026)[bac_kan.pk][0].key == snapshot.number
    Report.objects.filter(pk=ward.pk).update(state="returned")
    assert report_evidence(bac_kan, 2026) == [] and report_evidence_of_units([bac_kan.pk], 2026) == {}
