from django.db import migrations

from hocsuotdoi.core.operational import SpreadByInstitution

# A session's room belongs to the session's institution: the foreign key is on both columns.
ROOM = """
CREATE UNIQUE INDEX places_room_of_institution ON places_room (institution_id, id);
ALTER TABLE activities_session ADD CONSTRAINT activities_session_room_same_institution
    FOREIGN KEY (institution_id, room_id) REFERENCES places_room (institution_id, id) DEFERRABLE INITIALLY IMMEDIATE;
"""
ROOM_BACK = """
ALTER TABLE activities_session DROP CONSTRAINT activities_session_room_same_institution;
DROP INDEX places_room_of_institution;
"""


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
        migrations.RunSQL(ROOM, ROOM_BACK),
    ]
