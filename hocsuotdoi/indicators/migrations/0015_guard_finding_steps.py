"""What happened to a finding is never changed, by a replica's connection neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded


class Migration(migrations.Migration):
    dependencies = [("indicators", "0014_quality_findings")]

    operations = [AlwaysGuarded("indicators_findingstep")]
