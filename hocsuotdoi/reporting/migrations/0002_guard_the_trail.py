"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_first")]

    operations = [
        Guard("reporting_reportevent"),
        AlwaysGuarded("reporting_snapshot"),
    ]
