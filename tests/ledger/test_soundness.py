import datetime as dt

from django.db import connection

from hocsuotdoi.core.doctor import Level
from hocsuotdoi.ledger.doctor import account_book
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.ledger.queries.soundness import contradictions, unguarded_tables
from tests.factories.ledger import make_posting, noon

DAY = dt.date(2026, 11, 23)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_sound_book_has_nothing_to_mend(library):
    reverse(make_posting(library, DAY, quantity=3), reason="nhầm", by=None, at=noon(DAY))

    assert (unguarded_tables(), contradictions(), account_book()) == ([], [], [])


def test_table_with_a_trigger_switched_off_is_named(db):
    run("ALTER TABLE ledger_entry_2026 DISABLE TRIGGER append_only")
    run("ALTER TABLE ledger_posting DISABLE TRIGGER USER")

    assert unguarded_tables() == ["ledger_entry_2026", "ledger_posting"]
    assert {finding.level for finding in account_book()} == {Level.BROKEN}


def test_posting_changed_behind_the_back_of_the_program_is_found(library):
    posting = make_posting(library, DAY, quantity=3)
    reverse(posting, reason="nhầm", by=None, at=noon(DAY))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    run("UPDATE ledger_entry SET quantity = 30 WHERE quantity = 3")

    assert contradictions() == [posting.pk]
