"""What was changed by whom cannot be changed afterwards, in SQL neither. Nor can who it was."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard

# Who did it, and where, stands in pghistory's own table, which grows within a request: what is written there stays.
CONTEXT = """
CREATE FUNCTION accounts_refuse_other_context() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.created_at = OLD.created_at
        AND NEW.metadata @> jsonb_strip_nulls(OLD.metadata) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: who changed what is never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_other_context();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_other_context();
ALTER TABLE pghistory_context ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE pghistory_context ENABLE ALWAYS TRIGGER no_truncate;
"""
BACK = """
DROP TRIGGER append_only ON pghistory_context;
DROP TRIGGER no_truncate ON pghistory_context;
DROP FUNCTION accounts_refuse_other_context();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_devices_and_tokens"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        Guard("accounts_powerswitchevent", "accounts_roleassignmentevent"),
        migrations.RunSQL(CONTEXT, BACK),
    ]
