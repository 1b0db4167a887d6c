"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_spread_by_institution")]

    operations = [
        Guard("indicators_populationevent"),
        AlwaysGuarded("indicators_criterionanswer"),
    ]
