"""The entries: partitioned by year, append-only for everyone, also in SQL. Django has no words for either."""

from django.db import migrations

from hocsuotdoi.core.operational import SpreadByInstitution

ENTRY = """
CREATE TABLE ledger_entry (
    id uuid NOT NULL,
    institution_id bigint NOT NULL REFERENCES places_institution (id),
    posting_id uuid NOT NULL,
    occurred_on date NOT NULL,
    place_id bigint NOT NULL REFERENCES places_adminunit (id),
    measure varchar(32) NOT NULL,
    quantity bigint NOT NULL CHECK (quantity <> 0),
    sex varchar(8),
    age_band varchar(8),
    residence_id bigint REFERENCES places_adminunit (id),
    channel varchar(12),
    purpose varchar(16),
    learner_key uuid,
    tags varchar(60)[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, institution_id, occurred_on),
    FOREIGN KEY (institution_id, posting_id) REFERENCES ledger_posting (institution_id, id)
) PARTITION BY RANGE (occurred_on);

CREATE INDEX ledger_entry_by_measure ON ledger_entry (measure, occurred_on, institution_id);
CREATE INDEX ledger_entry_by_institution ON ledger_entry (institution_id, occurred_on);
CREATE INDEX ledger_entry_by_place ON ledger_entry (place_id, occurred_on);
CREATE INDEX ledger_entry_by_posting ON ledger_entry (posting_id);

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % on % refused: entries are never changed or removed; post a reversal', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- A row trigger on the parent is cloned to its partitions; a TRUNCATE trigger is not, so each gets its own.
CREATE FUNCTION ledger_ensure_partition(year integer) RETURNS void LANGUAGE plpgsql AS $$
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
    END IF;
END $$;

-- Entries are written together with their posting or never: nobody slips one into an old posting. The column holds
-- the top transaction that wrote the posting; the program never reads it, so the model does not have it.
ALTER TABLE ledger_posting ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posting ledger_posting;
BEGIN
    SELECT * INTO posting FROM ledger_posting
        WHERE id = NEW.posting_id AND institution_id = NEW.institution_id;
    IF posting.written_in IS DISTINCT FROM pg_current_xact_id() THEN
        RAISE EXCEPTION 'ledger: an entry is written together with its posting or never'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF posting.occurred_on <> NEW.occurred_on OR (NEW.quantity < 0) <> (posting.kind = 'reversal') THEN
        RAISE EXCEPTION 'ledger: the entry contradicts its posting'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER with_its_posting BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();

SELECT ledger_ensure_partition(year) FROM generate_series(2015, 2035) AS year;
"""

BACK = """
DROP TABLE ledger_entry;
DROP FUNCTION ledger_ensure_partition(integer);
DROP FUNCTION ledger_refuse_change();
DROP FUNCTION ledger_check_entry();
ALTER TABLE ledger_posting DROP COLUMN written_in;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first"), ("places", "0001_first")]

    operations = [
        SpreadByInstitution("ledger_posting", {"reverses_id": "ledger_posting"}),
        migrations.RunSQL(ENTRY, BACK),
    ]
