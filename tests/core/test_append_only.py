"""What was changed by whom stays, whoever asks: every table of the trail, and the others that only grow."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from pghistory.models import Event

from hocsuotdoi.accounts.doctor import trail
from hocsuotdoi.core.append_only import guarded_tables, unguarded_tables
from hocsuotdoi.core.doctor import Level
from hocsuotdoi.places.models import Institution

CONTEXT = "pghistory_context"
TRAIL = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if issubclass(model, Event) and hasattr(model, "pgh_tracked_model") and model._meta.managed
)


def run(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_every_table_of_the_trail_is_among_the_guarded():
    assert len(TRAIL) >= 18
    assert set(TRAIL) < set(guarded_tables())


def test_every_guarded_table_is_guarded_always(db):
    assert unguarded_tables() == []
    assert trail() == []


@pytest.mark.parametrize("table", [*TRAIL, CONTEXT])
def test_table_of_the_trail_emptied_is_refused(db, table: str):
    with pytest.raises(DatabaseError, match="never changed or removed"):
        run(f"TRUNCATE {table}")


CHANGES = [
    "DELETE FROM places_institutionevent",
    "UPDATE places_institutionevent SET name = 'khác'",
    f"DELETE FROM {CONTEXT}",
    f"""UPDATE {CONTEXT} SET metadata = '{{"user": "1"}}'""",
    f"UPDATE {CONTEXT} SET created_at = created_at - interval '1 day'",
]


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("statement", CHANGES)
def test_trail_changed_in_sql_is_refused(client, manager_of_bac_kan, library_of_bac_kan, statement: str, role: str):
    client.force_login(manager_of_bac_kan)
    run(f"""INSERT INTO {CONTEXT} (id, created_at, updated_at, metadata)
            VALUES (gen_random_uuid(), now(), now(), '{{"user": "7", "url": "/"}}')""")
    run(f"SET session_replication_role = {role}")
    try:
        with pytest.raises(DatabaseError, match="never changed or removed"):
            run(statement)
    finally:
        run("SET session_replication_role = origin")


def test_context_takes_more_words_within_a_request(db):
    run(f"""INSERT INTO {CONTEXT} (id, created_at, updated_at, metadata)
            VALUES (gen_random_uuid(), now(), now(), '{{"user": null, "url": "/"}}')""")

    run(f"""UPDATE {CONTEXT} SET metadata = '{{"user": "7", "url": "/", "more": 1}}'""")


@pytest.mark.parametrize("switch", ["DISABLE TRIGGER no_truncate", "ENABLE TRIGGER append_only"])
def test_table_whose_guard_is_not_always_on_is_named(db, switch: str):
    run(f"ALTER TABLE {Institution._meta.db_table}event {switch}")

    assert unguarded_tables() == ["places_institutionevent"]
    assert [finding.level for finding in trail()] == [Level.BROKEN]
