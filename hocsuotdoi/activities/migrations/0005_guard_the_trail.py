"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_spread_offer_join_and_after")]

    operations = [
        Guard("activities_activityevent", "activities_sessionevent"),
    ]
