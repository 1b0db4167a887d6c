"""What is pending says itself whether it was typed in, so that reading it asks no posting. And the months of communes
are no longer held twice: they are in the cells."""

from django.db import migrations, models

from hocsuotdoi.indicators.operations.rolling import make_views

VIEWS = """
DROP VIEW IF EXISTS indicators_fresh_cell, indicators_fresh_institutionmonth, indicators_fresh_learneryear,
                    indicators_fresh_unittotal, indicators_fresh_unittotalbyclass, indicators_fresh_unittotalbyperson
"""

KINDS = """
UPDATE indicators_pending AS pending SET kind = coalesce(was.kind, own.kind)
  FROM ledger_posting AS own
  LEFT JOIN ledger_posting AS was ON was.institution_id = own.institution_id AND was.id = own.reverses_id
 WHERE own.institution_id = pending.institution_id AND own.id = pending.posting_id
"""

NOTE = """
CREATE OR REPLACE FUNCTION indicators_note_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indicators_pending (
           id, institution_id, kind, occurred_on, place_id, measure, quantity, sex, age_band, channel, purpose,
           learner_key)
    SELECT fresh.id, fresh.institution_id, coalesce(was.kind, own.kind), fresh.occurred_on, fresh.place_id,
           fresh.measure, fresh.quantity, fresh.sex, fresh.age_band, fresh.channel, fresh.purpose, fresh.learner_key
      FROM fresh
      JOIN ledger_posting AS own ON own.institution_id = fresh.institution_id AND own.id = fresh.posting_id
      LEFT JOIN ledger_posting AS was ON was.institution_id = own.institution_id AND was.id = own.reverses_id;
    RETURN NULL;
END $$;
"""

MONTHS = """
DELETE FROM indicators_unittotal WHERE grain = 'month' AND tier = 'commune';
DELETE FROM indicators_unittotalbyclass WHERE grain = 'month' AND tier = 'commune';
DELETE FROM indicators_unittotalbyperson WHERE grain = 'month' AND tier = 'commune';
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0015_guard_finding_steps"), ("ledger", "0004_stated_postings_are_found_by_day")]

    operations = [
        migrations.RunSQL(VIEWS),
        migrations.AddField(
            "pending",
            "kind",
            models.CharField(
                default="", help_text="happening or stated; a reversal's is that of what it reverses", max_length=12
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(KINDS),
        migrations.RemoveField("pending", "posting_id"),
        migrations.RunSQL(NOTE),
        migrations.RunSQL(MONTHS),
        migrations.RunPython(lambda apps, schema_editor: make_views(), migrations.RunPython.noop),
    ]
