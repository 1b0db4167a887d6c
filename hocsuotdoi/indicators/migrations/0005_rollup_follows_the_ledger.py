"""What is posted is noted as pending, and read together with the cells. Foreign keys of cells there are none: a cell is
as lasting as the entries behind it."""

from django.db import migrations

NOTE = """
CREATE FUNCTION indicators_note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicators_pending (
           id, institution_id, posting_id, occurred_on, place_id, measure, quantity, sex, age_band, channel, purpose,
           learner_key)
    SELECT id, institution_id, posting_id, occurred_on, place_id, measure, quantity, sex, age_band, channel, purpose,
           learner_key
      FROM fresh;
    RETURN NULL;
END $$;

-- On the whole table and for a whole statement: a bulk insert costs one more insert, not one for each row.
CREATE TRIGGER note_for_rollup AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION indicators_note_entries();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER note_for_rollup;

CREATE FUNCTION indicators_note_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicators_reclassed (institution_id, was, became)
    VALUES (NEW.id, OLD.institution_class, NEW.institution_class);
    RETURN NULL;
END $$;

CREATE TRIGGER note_class_for_rollup AFTER UPDATE OF institution_class ON places_institution
    FOR EACH ROW WHEN (OLD.institution_class IS DISTINCT FROM NEW.institution_class)
    EXECUTE FUNCTION indicators_note_class();

-- What is in the book already waits too.
INSERT INTO indicators_pending (
       id, institution_id, posting_id, occurred_on, place_id, measure, quantity, sex, age_band, channel, purpose,
       learner_key)
SELECT id, institution_id, posting_id, occurred_on, place_id, measure, quantity, sex, age_band, channel, purpose,
       learner_key
  FROM ledger_entry;

-- Cells are changed in place, thousands at each fold: room on the page keeps the indexes as they are.
ALTER TABLE indicators_cell SET (fillfactor = 85);
ALTER TABLE indicators_institutionmonth SET (fillfactor = 85);
ALTER TABLE indicators_unittotal SET (fillfactor = 70);
ALTER TABLE indicators_unittotalbyclass SET (fillfactor = 70);
ALTER TABLE indicators_unittotalbyperson SET (fillfactor = 70);
"""

BACK = """
DROP TRIGGER note_for_rollup ON ledger_entry;
DROP FUNCTION indicators_note_entries();
DROP TRIGGER note_class_for_rollup ON places_institution;
DROP FUNCTION indicators_note_class();
DROP VIEW IF EXISTS indicators_fresh_cell, indicators_fresh_institutionmonth, indicators_fresh_learneryear,
          indicators_fresh_unittotal, indicators_fresh_unittotalbyclass, indicators_fresh_unittotalbyperson;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_rollup"), ("ledger", "0003_guard_always"), ("places", "0002_guard_the_trail")]

    # The views are made by the newest migration that changes them.
    operations = [migrations.RunSQL(NOTE, BACK)]
