"""What waits to be added has views of its own, so that a question can take a table's cells as they lie and add the few
that wait. The views of the roll-up are made here, the last time that their definition changed."""

from django.db import migrations

from hocsuotdoi.indicators.operations.rolling import make_views


class Migration(migrations.Migration):
    dependencies = [("indicators", "0017_institution_months_by_place")]

    operations = [migrations.RunPython(lambda apps, schema_editor: make_views(), migrations.RunPython.noop)]
