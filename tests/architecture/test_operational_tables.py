"""The database can be spread over several servers by institution (docs/decisions/0003): read from its own catalogue."""

import pytest
from django.apps import apps
from django.db import connection

from hocsuotdoi.core.operational import OperationalModel

# Tables that Django has no model class with this base for: entries are partitioned by hand.
WITHOUT_MODEL_BASE = {"ledger_entry"}

KEYS = """
SELECT t.relname, i.relname, array_agg(a.attname ORDER BY a.attname)
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
WHERE x.indisunique GROUP BY 1, 2
"""
LINKS = """
SELECT s.relname, c.conname, t.relname,
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = s.oid AND a.attnum = ANY (c.conkey)),
       array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (c.confkey))
FROM pg_constraint c JOIN pg_class s ON s.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
WHERE c.contype = 'f' AND s.relnamespace = 'public'::regnamespace AND NOT s.relispartition
"""


@pytest.fixture
def operational() -> set[str]:
    return {
        model._meta.db_table for model in apps.get_models() if issubclass(model, OperationalModel)
    } | WITHOUT_MODEL_BASE


def _rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def test_unique_keys_of_operational_tables_contain_the_institution(db, operational):
    without = [
        f"{table}: {key} {columns}"
        for table, key, columns in _rows(KEYS)
        if table in operational and "institution_id" not in columns
    ]
    assert without == []


def test_links_between_operational_tables_stay_within_an_institution(db, operational):
    loose = [
        f"{source}.{name} {columns} → {target} {referenced}"
        for source, name, target, columns, referenced in _rows(LINKS)
        if source in operational and target in operational
        if "institution_id" not in columns or "institution_id" not in referenced
    ]
    assert loose == []


def test_no_reference_table_points_at_an_operational_one(db, operational):
    pointing = [
        f"{source}.{name} → {target}"
        for source, name, target, _, _ in _rows(LINKS)
        if target in operational and source not in operational
    ]
    assert pointing == []


def test_operational_tables_all_exist(db, operational):
    assert operational <= set(connection.introspection.table_names())
