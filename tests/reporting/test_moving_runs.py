"""Documents move from one run each to as many runs as want them, and back."""

import uuid

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hocsuotdoi.reporting.models import DocumentRun
from tests.factories.running import NOW, make_cycle, make_report, make_snapshot

BEFORE = [("reporting", "0024_document_asked_by")]
AFTER = [("reporting", "0025_document_of_several_runs")]


def _migrate(to: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(to)


def _asked(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def test_the_run_of_a_document_moves_with_it_there_and_back(transactional_db, office_of_bac_kan):
    cycle = make_cycle()
    snapshots = [make_snapshot(make_report(cycle, office_of_bac_kan)).pk]
    first, second = (
        DocumentRun.objects.create(
            cycle=cycle, agency=office_of_bac_kan, formats=["docx"], asked_by=uuid.uuid4(), asked_at=NOW
        ).pk
        for _each in range(2)
    )
    _migrate(BEFORE)
    made = "INSERT INTO reporting_document (id, snapshot_id, kind, format, run_id, code, state, attempts, problem,"
    made += " file_name, digest, asked_at, signed_by)"
    made += " VALUES (%s, %s, 'unit_report', %s, %s, %s, 'waiting', 0, '', '', '', %s, '') RETURNING id"
    ((of_a_run,),) = _asked(made, uuid.uuid4(), snapshots[0], "docx", first, "a" * 16, NOW)
    ((alone,),) = _asked(made, uuid.uuid4(), snapshots[0], "xlsx", None, "b" * 16, NOW)
    _migrate(AFTER)
    assert _asked("SELECT document_id, documentrun_id FROM reporting_document_runs") == [(of_a_run, first)]

    _asked(
        "INSERT INTO reporting_document_runs (document_id, documentrun_id) VALUES (%s, %s) RETURNING id",
        of_a_run,
        second,
    )
    _migrate(BEFORE)
    assert dict(_asked("SELECT id, run_id FROM reporting_document")) == {of_a_run: second, alone: None}
    _migrate(AFTER)
