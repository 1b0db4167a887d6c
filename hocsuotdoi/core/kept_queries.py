"""Questions to the database that are written down once and then only asked.

Django writes a question's SQL anew each time it is asked, which takes longer than the answer where there are many
columns, and the server plans it anew. What is asked thousands of times an hour, with nothing in it that differs but one
key, is kept here as text and prepared on each connection. The answer is always the database's, at that moment.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import psycopg
from django.db import NotSupportedError, OperationalError, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

_SOME_KEY = uuid.UUID("5b0d5c57-4b0c-4f0e-9a35-0d1f6f3c1e2a")


def kept_rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any], *, binary: bool = False) -> list[tuple]:
    """What a question finds that stays the same text but for its parameters, prepared; one query.

    `binary`: how the answer travels, worth it for arrays of numbers; no moments, which Django reads from text.
    """
    # Django asks each connection whether it lives before a request first uses it. This question finds out itself; and
    # whether what was prepared still fits the tables.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _asked(sql, parameters, binary)
    except (OperationalError, NotSupportedError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _asked(sql, parameters, binary)


def _asked(sql: str, parameters: Sequence[Any] | Mapping[str, Any], binary: bool) -> list[tuple]:
    with connection.cursor() as cursor:
        # Within Django's wrapper, which turns errors into Django's, a cursor that prepares; unless queries are logged,
        # for which Django reads their text from its own kind of cursor.
        if not connection.queries_logged:
            cursor.cursor = _PreparingCursor(connection.connection)
            cursor.cursor.format = psycopg.pq.Format.BINARY if binary else psycopg.pq.Format.TEXT
        cursor.execute(sql, parameters)
        return cursor.fetchall()


class KeptQuery(Generic[Row]):
    """What `written(key)` finds, for any key. `written` must put nothing into the question that changes but the key:
    no moment, no person, no language."""

    def __init__(self, written: Callable[[uuid.UUID], QuerySet[Row]]):
        self._written = written

    def of(self, key: uuid.UUID) -> list[Row]:
        """The objects, as the queryset gives them, without what it prefetches; one query."""
        return self._asked(self._kept.sql, key)

    def of_each(self, keys: Iterable[uuid.UUID]) -> list[Row]:
        """The same for several keys at once, in the queryset's order; one query."""
        return self._asked(self._kept.sql_of_each, list(keys))

    def _asked(self, sql: str, asked: uuid.UUID | list[uuid.UUID]) -> list[Row]:
        return [self._kept.object_of(row) for row in kept_rows(sql, [asked])]

    @cached_property
    def _kept(self) -> "_Written":
        return _Written(self._written(_SOME_KEY))


class _PreparingCursor(psycopg.Cursor):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)


class _Written:
    """SQL with one place for the key, and how a row becomes an object (as `django.db.models.query.ModelIterable`)."""

    def __init__(self, queryset: QuerySet):
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        # What does not change stands in the text: so the planner knows it, and takes the index of what is published.
        text = _composed(sql, params).replace("%", "%%")
        some_key = _composed("%s", [_SOME_KEY])
        self.sql = text.replace(some_key, "%s")
        self.sql_of_each = text.replace(f"= {some_key}", "= ANY (%s)")
        start, *_, last = compiler.klass_info["select_fields"]
        self.columns = slice(start, last + 1)
        self.model = compiler.klass_info["model"]
        self.names = [column[0].target.attname for column in compiler.select[self.columns]]
        self.populators = get_related_populators(  # type: ignore[call-arg]
            compiler.klass_info, compiler.select, connection.alias
        )
        self.annotations = list(compiler.annotation_col_map.items())
        self.converters = compiler.get_converters([column[0] for column in compiler.select])

    def object_of(self, row: Any) -> Any:
        if self.converters:
            row = list(row)
            for place, (convert, expression) in self.converters.items():
                for each in convert:
                    row[place] = each(row[place], expression, connection)
        made = self.model.from_db(connection.alias, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, made)
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


def _composed(sql: str, params: Sequence[Any]) -> str:
    """The text with its parameters in it."""
    return connection.ops.compose_sql(sql, params)  # type: ignore[attr-defined]
