"""Additions taken together: the same models, the same tables, and the way back."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from hocsuotdoi.core.migrating import Together, together

SHELF = [
    migrations.CreateModel("Room", [("id", models.BigAutoField(primary_key=True))]),
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.AddField("Shelf", "room", models.ForeignKey("shelves.room", models.CASCADE)),
    migrations.AddField("Shelf", "number", models.IntegerField(default=1)),
    migrations.AlterField("Shelf", "name", models.CharField(max_length=9)),
    migrations.AddIndex("Shelf", models.Index(fields=["name"], name="shelf_name")),
    migrations.AddConstraint("Shelf", models.UniqueConstraint(fields=["room", "number"], name="shelf_once")),
    migrations.AddConstraint("Shelf", models.CheckConstraint(condition=models.Q(number__gt=0), name="shelf_counts")),
]
_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name LIKE 'shelves%'
UNION ALL
SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename LIKE 'shelves%'
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint
 WHERE conrelid::regclass::text LIKE 'shelves%'
ORDER BY 1, 2, 3
"""


def _migrate(operations: list[Operation]) -> tuple[list[ProjectState], list[tuple]]:
    """The states before and after each operation, and what then stands in the database."""
    states = [ProjectState()]
    assert states[0].apps  # from here on the classes are kept up, as they are when somebody migrates
    with connection.schema_editor() as editor:
        for operation in operations:
            states.append(states[-1].clone())
            operation.state_forwards("shelves", states[-1])
            operation.database_forwards("shelves", editor, *states[-2:])
    return states, _tables()


def _tables() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        return cursor.fetchall()


def _back(operations: list[Operation], states: list[ProjectState]) -> None:
    with connection.schema_editor() as editor:
        for at in reversed(range(len(operations))):
            operations[at].database_backwards("shelves", editor, states[at + 1], states[at])


def test_neighbours_that_add_become_one_and_the_order_stays() -> None:
    found = together(SHELF)
    assert [len(each.operations) if isinstance(each, Together) else 1 for each in found] == [2, 2, 1, 3]
    assert [one for each in found for one in getattr(each, "operations", [each])] == SHELF


@pytest.mark.usefixtures("db")
def test_together_is_the_same_as_one_after_the_other_there_and_back() -> None:
    states, tables = _migrate(SHELF)
    assert len(tables) > 10
    _back(SHELF, states)
    assert _tables() == []

    as_one = together(SHELF)
    states_of_one, tables_of_one = _migrate(as_one)
    assert (states_of_one[-1], tables_of_one) == (states[-1], tables)
    found = states_of_one[-1].apps.get_model("shelves", "Shelf")
    assert [field.name for field in found._meta.fields] == ["id", "name", "room", "number"]
    _back(as_one, states_of_one)
    assert _tables() == []


def test_migrations_with_many_additions_take_them_together() -> None:
    """Whoever makes one writes `operations = together(operations)` under it: each by itself costs 0.1 s, for ever."""
    ours = {k: v for k, v in MigrationLoader(None).disk_migrations.items() if v.__module__.startswith("hocsuotdoi.")}
    assert len(ours) > 50
    spared = {key: len(each.operations) - len(together(each.operations)) for key, each in ours.items()}
    assert {key: number for key, number in spared.items() if number > 5} == {}
