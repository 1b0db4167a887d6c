"""Who changed what: rows written by database triggers, so that no bulk update slips past.

`@tracked` above a model keeps each insert, update and delete in `<Model>Event` beside it, with the person and the
address that the request middleware put in the context.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import connection, models

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def tracked(model: ModelClass) -> ModelClass:
    return _tracked(model, ())


def tracked_without(*fields: str) -> Callable[[ModelClass], ModelClass]:
    """As `tracked`, but `fields` leave no trail: names of people who are forgotten some day (operations/retention.py)
    would live on in it, for it is never changed."""
    return lambda model: _tracked(model, fields)


def tracked_where(flag: str) -> Callable[[ModelClass], ModelClass]:
    """As `tracked`, but only while the boolean `flag` holds of the row: where a register is loaded by thousands, what
    is looked for in the trail is what people did with single rows."""
    new, old = (pgtrigger.Condition(f'{row}."{flag}"') for row in ("NEW", "OLD"))
    changed = pgtrigger.Condition(f'OLD.* IS DISTINCT FROM NEW.* AND NEW."{flag}"')
    return pghistory.track(
        pghistory.InsertEvent(condition=new),
        pghistory.UpdateEvent(condition=changed),
        pghistory.DeleteEvent(condition=old),
    )


def _tracked(model: ModelClass, without: tuple[str, ...]) -> ModelClass:
    # A fresh set of trackers for each model: pghistory keeps the model's name in them.
    # What the database derives by itself has no history of its own.
    left_out = [field.name for field in model._meta.local_fields if field.generated or field.name in without]
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=left_out)(
        model
    )


@contextmanager
def many_rows() -> Iterator[None]:
    """Around a statement that writes thousands of tracked rows, within a transaction: links are checked with each
    statement, not at the end.

    The trigger that keeps the trail tries something that fails for each row, and whenever something fails PostgreSQL
    looks through all checks that wait for the end of the transaction: with 24,000 rows that was 80 seconds of 82.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
