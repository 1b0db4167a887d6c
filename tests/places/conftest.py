"""A territory of its own for tests of the laws: empty tables that hide the real ones inside the test's transaction."""

from collections.abc import Iterator

import pytest
from django.db import connection

_TABLES = [
    "places_legalact",
    "places_adminunit",
    "places_unitparent",
    "places_unitancestry",
    "places_unitreading",
    "places_succession",
]


@pytest.fixture
def empty_territory(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL)")
        yield
        for table in _TABLES:
            cursor.execute(f"DROP TABLE pg_temp.{table}")
