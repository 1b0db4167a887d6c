"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("activities", "0005_what_schools_are_told")]

    operations = [
        Guard("activities_activityevent", "activities_sessionevent"),
    ]
