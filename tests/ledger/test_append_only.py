"""The database itself keeps the book: nobody changes, removes or slips in a row, whatever program they use."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from hocsuotdoi.ledger.models import Entry, Posting
from tests.factories.ledger import make_posting

DAY = dt.date(2026, 11, 23)


def run(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_entry_2026", "ledger_posting"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET occurred_on = '2026-11-24'",
        "UPDATE {table} SET occurred_on = occurred_on",
        "UPDATE {table} SET occurred_on = '2025-11-24'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "TRUNCATE {table} CASCADE",
    ],
)
def test_book_changed_in_sql_is_refused(library, table, statement):
    make_posting(library, DAY)

    with pytest.raises(DatabaseError):
        run(statement.format(table=table))

    assert (Posting.objects.count(), Entry.objects.get().occurred_on) == (1, DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET reason = 'khác'",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_entry_2026",
        "TRUNCATE ledger_entry_2026",
    ],
)
def test_book_changed_by_a_connection_that_calls_itself_a_replica_is_refused(library, statement):
    make_posting(library, DAY)
    run("SET session_replication_role = replica")
    try:
        with pytest.raises(DatabaseError, match=r"refused|Cannot update or delete"):
            run(statement)
    finally:
        run("SET session_replication_role = origin")


def test_triggers_of_a_new_partition_are_always_on(db):
    run("SELECT ledger_ensure_partition(2099)")
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT tgname, tgenabled FROM pg_trigger
               WHERE tgrelid = 'ledger_entry_2099'::regclass AND tgname IN
                     ('append_only', 'no_truncate', 'with_its_posting')"""
        )
        triggers = dict(cursor.fetchall())

    assert triggers == dict.fromkeys(["append_only", "no_truncate", "with_its_posting"], "A")


def test_truncate_of_a_table_the_book_rests_on_is_refused(library):
    make_posting(library, DAY)

    with pytest.raises(DatabaseError):
        run("TRUNCATE places_institution CASCADE")


def test_entry_changed_through_the_model_is_refused(library):
    entry = make_posting(library, DAY).entries.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(quantity=100)
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


INSERT = """INSERT INTO ledger_entry (id, institution_id, posting_id, occurred_on, place_id, measure, quantity)
            SELECT gen_random_uuid(), institution_id, posting_id, {day}, place_id, measure, {quantity}
            FROM ledger_entry LIMIT 1"""


def in_another_transaction() -> None:
    """Make the postings look like those of an earlier transaction (the test itself runs in one)."""
    run("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
    run("UPDATE ledger_posting SET written_in = '3'")
    run("ALTER TABLE ledger_posting ENABLE TRIGGER USER")


def test_entry_added_to_an_old_posting_is_refused(library):
    make_posting(library, DAY)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    in_another_transaction()

    with pytest.raises(DatabaseError, match="together with its posting"):
        run(INSERT.format(day="occurred_on", quantity=5))


@pytest.mark.parametrize(("day", "quantity"), [("occurred_on", -1), ("occurred_on", 0), ("'2026-01-01'", 1)])
def test_entry_that_contradicts_its_posting_is_refused(library, day, quantity):
    make_posting(library, DAY)

    with pytest.raises(DatabaseError):
        run(INSERT.format(day=day, quantity=quantity))


def test_posting_of_one_source_twice_in_sql_is_refused(library):
    make_posting(library, DAY)

    with pytest.raises(DatabaseError, match="posting_source_once"):
        run(
            """INSERT INTO ledger_posting (id, institution_id, kind, source_kind, source_id, revision, occurred_on,
                                           posted_at, reason)
               SELECT %s, institution_id, kind, source_kind, source_id, revision, occurred_on, posted_at, reason
               FROM ledger_posting""",
            uuid.uuid4(),
        )


@pytest.mark.parametrize(
    ("kind", "reason", "reverses"), [("reversal", "nhầm", False), ("reversal", "", True), ("happening", "", True)]
)
def test_reversal_without_what_or_why_in_sql_is_refused(library, kind, reason, reverses):
    posting = make_posting(library, DAY)

    with pytest.raises(DatabaseError, match="posting_reversal_names_what_and_why"):
        run(
            """INSERT INTO ledger_posting (id, institution_id, kind, source_kind, source_id, revision, occurred_on,
                                           posted_at, reason, reverses_id)
               SELECT gen_random_uuid(), institution_id, %s, source_kind, gen_random_uuid(), 1, occurred_on,
                      posted_at, %s, %s FROM ledger_posting""",
            kind,
            reason,
            posting.pk if reverses else None,
        )


def test_truncate_trigger_stands_on_every_partition(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM pg_trigger t WHERE t.tgrelid = i.inhrelid AND t.tgname = 'no_truncate')), count(*)
               FROM pg_inherits i WHERE i.inhparent = 'ledger_entry'::regclass"""
        )
        unguarded, partitions = cursor.fetchone()

    assert (unguarded, partitions) == (0, 21)
