"""The views of the roll-up with what is pending are made anew: both halves of one type, so that keys are used."""

from django.db import migrations

from hocsuotdoi.indicators.operations.rolling import make_views


class Migration(migrations.Migration):
    dependencies = [("indicators", "0012_first_versions")]

    operations = [migrations.RunPython(lambda apps, schema_editor: make_views(), migrations.RunPython.noop)]
