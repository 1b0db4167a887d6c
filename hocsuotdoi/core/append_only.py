"""Tables that only grow: the database refuses to change, remove or truncate, whoever asks.

A model says so with `append_only()`, the trail that pghistory writes with `Guard` in a migration. Both stand only once
a migration has made them `ALWAYS`: a trigger is otherwise passed over by a connection that calls itself a replica.
`unguarded_tables` and a test tell which table was forgotten.
"""

from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.migrations.operations import RunSQL
from pghistory.models import Context, Event

GUARDS = r"^(pgtrigger_)?(append_only|no_truncate)"

_REFUSE = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_ALWAYS = """
DO $$
DECLARE
    guard name;
BEGIN
    FOR guard IN SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname ~ '{guards}' LOOP
        EXECUTE format('ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER %I', guard);
    END LOOP;
END $$
"""

_UNGUARDED = """
SELECT relname FROM pg_class
 WHERE oid = ANY(%s::regclass[])
   AND (SELECT coalesce(bit_or(tgtype), 0) FROM pg_trigger
         WHERE tgrelid = pg_class.oid AND tgenabled = 'A' AND tgname ~ %s)::integer & 56 <> 56
 ORDER BY 1
"""  # 56: DELETE (8), UPDATE (16) and TRUNCATE (32)


def append_only() -> list[pgtrigger.Trigger]:
    """The triggers for a model's `Meta.triggers`; `AlwaysGuarded` follows in the migration."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'rows of % are never removed', TG_TABLE_NAME;",
        ),
    ]


class _OfTables(RunSQL):
    def __init__(self, *tables: str):
        forward, back = self._sql(tables)
        super().__init__(forward, reverse_sql=back, elidable=False)
        self.tables = tables

    def _sql(self, tables: tuple[str, ...]) -> tuple[Any, Any]:
        raise NotImplementedError

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, list(self.tables), {})


class Guard(_OfTables):
    """Tables without a model of ours, such as the trail: their rows are never changed, removed or truncated."""

    def _sql(self, tables: tuple[str, ...]) -> tuple[Any, Any]:
        forward = [_REFUSE]
        for table in tables:
            forward += [
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
                f'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()",
                _ALWAYS.format(table=table, guards=GUARDS),
            ]
        return forward, [f'DROP TRIGGER {name} ON "{t}"' for t in tables for name in ("append_only", "no_truncate")]


class AlwaysGuarded(_OfTables):
    """Tables whose model has `append_only()`: their triggers hold for connections that call themselves replicas too."""

    def _sql(self, tables: tuple[str, ...]) -> tuple[Any, Any]:
        return [_ALWAYS.format(table=table, guards=GUARDS) for table in tables], RunSQL.noop


def guarded_tables() -> list[str]:
    """Every table that is to be append-only: the trail's (who it was, too), and those whose models say so."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.managed
        and (
            model is Context
            or (issubclass(model, Event) and hasattr(model, "pgh_tracked_model"))
            or "append_only" in {trigger.name for trigger in getattr(model._meta, "triggers", [])}
        )
    )


def unguarded_tables() -> list[str]:
    """Those of them that would let a row be changed or removed, or all be emptied."""
    with connection.cursor() as cursor:
        cursor.execute(_UNGUARDED, [guarded_tables(), GUARDS])
        return [name for (name,) in cursor.fetchall()]
