"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("places", "0011_reforms_entered_later")]

    operations = [Guard("places_territoryreformevent")]
