"""What was changed by whom cannot be changed afterwards, in SQL neither."""

from django.db import migrations

from hocsuotdoi.core.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("places", "0001_first")]

    operations = [
        Guard(
            "places_equipmentevent",
            "places_institutionagencyevent",
            "places_institutionevent",
            "places_institutionplacementevent",
            "places_institutionstatusevent",
            "places_openinghoursevent",
            "places_roomevent",
        ),
    ]
