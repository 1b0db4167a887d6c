"""The same question for several years, put to the database once: the years' statements stand in one, one under another.

So a series of ten years runs as many queries as one year does, and each year is still asked what it would be asked by
itself.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet, Value

Rows = list[tuple[Any, ...]]
Ask = TypeVar("Ask")


class Together:
    """What several frames were told. `frames` is empty where one stands alone."""

    ALIKE = frozenset({"definitions", "cohorts", "base years", "with checklist", "criteria sets"})
    """What does not depend on the frames, by how its key begins."""

    def __init__(self, like: "Together | None" = None) -> None:
        """`like`: others of which it is known what does not depend on the frames."""
        self.frames: tuple[Any, ...] = ()
        self.classes: frozenset[str] = like.classes if like else frozenset()
        """Of the institutions that any of the frames looks at, whatever the figures."""
        self.institutions: set[int] = set()
        """Those that any of the frames looks at: a condition that names them serves all."""
        known = like._known.items() if like else ()
        self._known: dict[Hashable, Any] = {key: value for key, value in known if self._is_alike(key)}

    def once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """What `find` found when it was first asked for."""
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    def look_at(self, classes: Collection[str], find: Callable[[frozenset[str]], set[int]]) -> None:
        """That institutions of these classes are looked at, too: `find` finds those of classes. What was asked of fewer
        is forgotten, as it does not speak of all."""
        if self.institutions and self.classes.issuperset(classes):
            return
        if self.institutions:
            self._known = {key: value for key, value in self._known.items() if self._is_alike(key)}
        self.classes = self.classes.union(classes)
        self.institutions = find(self.classes)

    def _is_alike(self, key: Hashable) -> bool:
        return isinstance(key, tuple) and bool(key) and key[0] in self.ALIKE


def rows_of(asks: Sequence[Ask], build: Callable[[Ask], QuerySet[Any, Any]]) -> list[Rows]:
    """For each of `asks` the rows of the query (of `values_list`) that `build` makes for it. One query."""
    found: list[Rows] = [[] for _ask in asks]
    queries = [_told_apart(build(ask), at) for at, ask in enumerate(asks)]
    if not queries:
        return found
    for *row, at in queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]:
        found[at].append(tuple(row))
    return found


def _told_apart(query: QuerySet[Any, Any], at: int) -> QuerySet[Any, Any]:
    if query.query.distinct and not query.query.distinct_fields:  # an order would stand among the columns
        query = query.order_by()
    return query.annotate(asked=Value(at))


def raw_rows_of(
    asks: Sequence[Ask], build: Callable[[Ask], tuple[str, Any]], shared: tuple[str, Any] | None = None
) -> list[Rows]:
    """The same of a statement with its parameters. `shared`: what stands before all of them, «WITH name AS (…)». One
    query."""
    found: list[Rows] = [[] for _ask in asks]
    operations: Any = connection.ops
    statements = [
        f"SELECT {at} AS asked, each.* FROM ({operations.compose_sql(*build(ask))}) AS each"
        for at, ask in enumerate(asks)
    ]
    if not statements:
        return found
    with connection.cursor() as cursor:
        head = operations.compose_sql(*shared) if shared else ""
        cursor.execute(f"{head} {' UNION ALL '.join(statements)}")
        for at, *row in cursor.fetchall():
            found[at].append(tuple(row))
    return found
