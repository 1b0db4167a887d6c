"""The table behind CACHES: counts of sign-in attempts, seen by every web process (Django's own `createcachetable`)."""

from django.db import migrations

TABLE = """
CREATE TABLE accounts_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_first")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE accounts_cache")]
