import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from hocsuotdoi.reporting.formats.canonical import digest_of
from hocsuotdoi.reporting.models import Report, Snapshot
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile
from hocsuotdoi.reporting.operations.report import (
    NothingToReport,
    UnitNotInYear,
    YearNotYet,
    freeze_report,
    open_report,
    word_report,
)
from hocsuotdoi.reporting.queries.evidence import report_evidence
from tests.factories.reporting import ReportFactory


@pytest.fixture
def report(bac_kan, plan, library, now) -> Report:
    return open_report(bac_kan, year=2026, by=None, at=now)


def words(**changes: str) -> dict[str, str]:
    return {"results": "Tốt.", "difficulties": "", "causes": "", "proposals": "", **changes}


def test_open_report_twice_gives_the_same_report(bac_kan, now):
    first = open_report(bac_kan, year=2026, by=None, at=now)
    assert open_report(bac_kan, year=2026, by=None, at=now + dt.timedelta(days=1)) == first
    assert Report.objects.count() == 1


def test_open_report_of_a_year_to_come_is_refused(bac_kan, now):
    with pytest.raises(YearNotYet):
        open_report(bac_kan, year=2027, by=None, at=now)


@pytest.mark.parametrize("year", [2024, 2019, 1900])
def test_open_report_of_a_year_without_the_unit_is_refused(bac_kan, now, year):
    with pytest.raises(UnitNotInYear):
        open_report(bac_kan, year=year, by=None, at=now)


def test_word_report_keeps_who_wrote_when_and_tidies_the_text(report, officer_of_bac_kan, now):
    decomposed = "  Ba\u0306\u0301c Ka\u0323n\r\nDòng hai  "
    changed = word_report(report, version=1, **words(results=decomposed), by=officer_of_bac_kan, at=now)
    assert (changed.results, changed.version, changed.changed_by) == ("Bắc Kạn\nDòng hai", 2, officer_of_bac_kan)
    assert changed.changed_at == now


def test_word_report_of_an_older_version_is_refused_and_loses_nothing(report, officer_of_bac_kan, planner, now):
    word_report(report, version=1, **words(results="Của cán bộ."), by=officer_of_bac_kan, at=now)
    with pytest.raises(ReportChangedMeanwhile) as refusal:
        word_report(report, version=1, **words(results="Của người khác."), by=planner, at=now)
    assert officer_of_bac_kan.full_name in str(refusal.value)
    assert refusal.value.current.results == "Của cán bộ."
    assert Report.objects.get().version == 2


def test_word_report_is_audited(report, officer_of_bac_kan, now):
    word_report(report, version=1, **words(), by=officer_of_bac_kan, at=now)
    events = report.events.order_by("pgh_id").values_list("pgh_label", "results")  # pghistory's own rows
    assert list(events) == [("insert", ""), ("update", "Tốt.")]


def test_freeze_report_keeps_content_number_and_digest(report, officer_of_bac_kan, now):
    word_report(report, version=1, **words(), by=officer_of_bac_kan, at=now)
    snapshot = freeze_report(report, by=officer_of_bac_kan, at=now)
    snapshot.refresh_from_db()
    assert snapshot.number == snapshot.content["number"] == "BC-01843-2026-001"
    assert snapshot.content["words"]["results"] == ["Tốt."]
    assert snapshot.content["frozen_at"] == "2026-11-23T09:30:00+07:00"
    assert snapshot.digest == digest_of(snapshot.content)
    assert snapshot.frozen_by == officer_of_bac_kan


def test_freeze_report_again_runs_the_number_on_and_leaves_the_first_alone(report, now):
    first = freeze_report(report, by=None, at=now)
    word_report(report, version=1, **words(), by=None, at=now)
    assert freeze_report(report, by=None, at=now).number == "BC-01843-2026-002"
    assert Snapshot.objects.get(pk=first.pk).content["words"]["suggested"] == ["results", "difficulties", "proposals"]


def test_freeze_report_with_nothing_to_say_is_refused(bac_kan, now):
    report = open_report(bac_kan, year=2026, by=None, at=now)
    with pytest.raises(NothingToReport):
        freeze_report(report, by=None, at=now)
    assert not Snapshot.objects.exists()


def test_freeze_report_of_a_year_to_come_is_refused(bac_kan, now):
    report = ReportFactory(unit=bac_kan, year=2027)
    with pytest.raises(YearNotYet):
        freeze_report(report, by=None, at=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reporting_snapshot SET digest = 'x'",
        "DELETE FROM reporting_snapshot",
        "TRUNCATE reporting_snapshot CASCADE",
    ],
)
def test_snapshot_changed_in_sql_is_refused_by_the_database(report, now, statement):
    freeze_report(report, by=None, at=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    assert Snapshot.objects.get().digest != "x"


def test_report_twice_for_a_year_is_refused_by_the_database(report, bac_kan):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFactory(unit=bac_kan, year=2026)


def test_report_of_a_senseless_year_is_refused_by_the_database(bac_kan):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportFactory(unit=bac_kan, year=1999)


CONNECTIONS = 6


def at_once(act):
    """`act` in several threads, each on its own connection, released together."""
    gate = Barrier(CONNECTIONS)

    def one(_number):
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=20)
            return act()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(one, range(CONNECTIONS)))


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_freeze_report_from_many_connections_never_gives_a_number_twice(report, now):
    numbers = at_once(lambda: freeze_report(report, by=None, at=now).number)
    assert sorted(numbers) == [f"BC-01843-2026-{n:03d}" for n in range(1, CONNECTIONS + 1)]


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_word_report_from_many_connections_lets_exactly_one_through(report, now):
    def act():
        try:
            word_report(report, version=1, **words(results=f"Của luồng {get_ident()}."), by=None, at=now)
        except ReportChangedMeanwhile:
            return "refused"
        return "written"

    assert sorted(at_once(act)) == ["refused"] * (CONNECTIONS - 1) + ["written"]
    assert Report.objects.get().version == 2


def test_freeze_report_is_evidence_that_the_unit_reported(report, now):
    assert report_evidence(report.unit, 2026) == []
    freeze_report(report, by=None, at=now)
    freeze_report(report, by=None, at=now + dt.timedelta(days=1))
    (evidence,) = report_evidence(report.unit, 2026)
    assert (evidence.on, evidence.key) == (now.date(), "BC-01843-2026-001")
