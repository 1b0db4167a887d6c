from django.db import migrations

from hocsuotdoi.core.operational import SpreadByInstitution


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_first")]

    operations = [
        SpreadByInstitution("activities_activity"),
        SpreadByInstitution("activities_session", {"activity_id": "activities_activity"}),
        SpreadByInstitution("activities_registration", {"session_id": "activities_session"}),
        SpreadByInstitution(
            "activities_attendance",
            {"session_id": "activities_session", "registration_id": "activities_registration"},
        ),
        SpreadByInstitution("activities_tally", {"session_id": "activities_session"}),
    ]
