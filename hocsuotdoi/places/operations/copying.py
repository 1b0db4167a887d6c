"""Many rows at once by COPY, several times as fast as inserts; for the loaders of reference data only.

Only what differs is written: the whole territory is worked out anew for each reform, which changes some dozens of its
rows; whoever reads meanwhile, the links' checks and the disk are spared the other hundred thousand.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper


def upsert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, unique: Sequence[str]
) -> None:
    """Adds `rows`, or brings those up to date that are there already by the columns of `unique`; keys stay. `columns`
    are the database's names."""
    table, names = model._meta.db_table, _names(columns)
    kept = ", ".join(f'"{each}" = EXCLUDED."{each}"' for each in columns if each not in unique)
    with _incoming(model, columns) as cursor:
        _copy("incoming", columns, rows)
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {names} FROM incoming EXCEPT SELECT {names} FROM "{table}" '
            f"ON CONFLICT ({_names(unique)}) DO UPDATE SET {kept}"
        )


def replace_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, among: str = "true"
) -> None:
    """`rows` are all that there are afterwards, of those that fulfil the SQL condition `among`."""
    with _incoming(model, columns) as cursor:
        _copy("incoming", columns, rows)
        _take_over(cursor, model, columns, among)


def replace_by_query(
    model: type[models.Model], columns: Sequence[str], query: str, given: Any = None, *, is_whole: bool = False
) -> None:
    """As `replace_rows`, with what the SQL `query` answers; `is_whole`: where anything differs all rows are new ones,
    with greater keys than all before."""
    with _incoming(model, columns) as cursor:
        cursor.execute(f"INSERT INTO incoming ({_names(columns)}) {query}", given)
        if is_whole and _differs(cursor, model, columns):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
        _take_over(cursor, model, columns, "true")


def _differs(cursor: CursorWrapper, model: type[models.Model], columns: Sequence[str]) -> bool:
    ours, theirs = (f'SELECT {_names(columns)} FROM "{table}"' for table in (model._meta.db_table, "incoming"))
    cursor.execute(f"SELECT EXISTS ({theirs} EXCEPT {ours}) OR EXISTS ({ours} EXCEPT {theirs})")
    return bool(cursor.fetchone()[0])


def _take_over(cursor: CursorWrapper, model: type[models.Model], columns: Sequence[str], among: str) -> None:
    table, names = model._meta.db_table, _names(columns)
    may_lack = {field.column for field in model._meta.concrete_fields if field.null}
    same = " AND ".join(
        f'incoming."{each}" {"IS NOT DISTINCT FROM" if each in may_lack else "="} "{table}"."{each}"'
        for each in columns
    )
    cursor.execute("ANALYZE incoming")
    cursor.execute(f'DELETE FROM "{table}" WHERE {among} AND NOT EXISTS (SELECT FROM incoming WHERE {same})')
    cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM incoming EXCEPT SELECT {names} FROM "{table}"')


@contextmanager
def _incoming(model: type[models.Model], columns: Sequence[str]) -> Iterator[CursorWrapper]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE incoming ON COMMIT DROP AS "
            f'SELECT {_names(columns)} FROM "{model._meta.db_table}" WITH NO DATA'
        )
        yield cursor
        cursor.execute("DROP TABLE incoming")


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({_names(columns)}) FROM STDIN') as copy:
        for row in rows:
            # Choices are enums; COPY wants their plain values.
            copy.write_row([str(value) if isinstance(value, models.TextChoices) else value for value in row])


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{each}"' for each in columns)
