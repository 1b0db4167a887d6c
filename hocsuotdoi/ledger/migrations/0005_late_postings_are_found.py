from django.db import migrations

# What is posted after its year's book was closed for sexes and ages (1 February of the next year: decision 87) is rare,
# and is asked for with every table of people. In SQL, since the condition is one of expressions.
_INDEX = """
CREATE INDEX posting_late ON ledger_posting (occurred_on)
 WHERE (posted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= make_date(extract(year from occurred_on)::int + 1, 2, 1)
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_stated_postings_are_found_by_day")]

    operations = [migrations.RunSQL(_INDEX, "DROP INDEX posting_late")]
