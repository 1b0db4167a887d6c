"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("places", "0005_public_holidays")]

    operations = [Guard("places_holidaydecisionevent"), Guard("places_holidayopeningevent")]
