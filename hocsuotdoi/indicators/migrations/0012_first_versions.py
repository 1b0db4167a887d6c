"""Every indicator that is there already gets the version that it is."""

from django.db import migrations

_COLUMNS = (
    "name, short_name, definition, numerator, denominator, unit, source, legal_basis, kind, direction, measures, "
    "purposes, age_bands, sexes, channels, tags, criterion, at_least, cohort_id"
)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0011_spread_and_guard_reviews")]

    operations = [
        migrations.RunSQL(
            f"""INSERT INTO indicators_indicatorversion (indicator_id, number, change_note, "over", {_COLUMNS})
                SELECT code, 1, '', "over", {_COLUMNS} FROM indicators_indicator
                ON CONFLICT DO NOTHING""",
            migrations.RunSQL.noop,
        )
    ]
