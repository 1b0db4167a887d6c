"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import AlwaysGuarded, Guard


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_first")]

    operations = [
        Guard(
            "programme_planevent",
            "programme_clauseevent",
            "programme_targetevent",
            "programme_taskevent",
            "programme_taskagencyevent",
        ),
        AlwaysGuarded("programme_findinganswer"),
    ]
