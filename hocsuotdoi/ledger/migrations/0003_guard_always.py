"""The book's triggers hold for connections that call themselves replicas too, in partitions to come as well."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded

ENTRIES = """
-- On the parent this reaches the clones in every partition, and partitions to come take it over.
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER with_its_posting;

DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', partition);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ledger_ensure_partition(year integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := format('ledger_entry_%s', year);
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ledger_ensure_partition'));
    -- Asked of pg_class: to_regclass() may still answer from a cache filled before the lock.
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = current_schema()::regnamespace) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF ledger_entry FOR VALUES FROM (%L) TO (%L)',
                       name, make_date(year, 1, 1), make_date(year + 1, 1, 1));
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', name);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_entry_in_partitions")]

    operations = [
        AlwaysGuarded("ledger_posting"),
        migrations.RunSQL(ENTRIES, migrations.RunSQL.noop),
    ]
