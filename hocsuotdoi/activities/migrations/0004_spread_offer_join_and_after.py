from django.db import migrations

from hocsuotdoi.core.operational import LinkWithinInstitution, SpreadByInstitution

ACTIVITY, SESSION, REGISTRATION = "activities_activity", "activities_session", "activities_registration"

# A schedule's room and a session's equipment belong to the same institution, as a session's room does.
# A use of equipment carries its session's period, so that the database can tell two uses apart: it cannot drift, since
# it is part of the link and moves with the session.
SAME_HOUSE = """
CREATE UNIQUE INDEX places_equipment_of_institution ON places_equipment (institution_id, id);
ALTER TABLE activities_schedule ADD CONSTRAINT activities_schedule_room_same_institution
    FOREIGN KEY (institution_id, room_id) REFERENCES places_room (institution_id, id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE activities_equipmentuse ADD CONSTRAINT activities_equipmentuse_equipment_same_institution
    FOREIGN KEY (institution_id, equipment_id) REFERENCES places_equipment (institution_id, id)
    DEFERRABLE INITIALLY IMMEDIATE;
CREATE UNIQUE INDEX activities_session_with_period ON activities_session (institution_id, id, starts_at, ends_at);
ALTER TABLE activities_equipmentuse ADD CONSTRAINT activities_equipmentuse_period_of_session
    FOREIGN KEY (institution_id, session_id, starts_at, ends_at)
    REFERENCES activities_session (institution_id, id, starts_at, ends_at) ON UPDATE CASCADE;
"""
BACK = """
ALTER TABLE activities_equipmentuse DROP CONSTRAINT activities_equipmentuse_period_of_session;
DROP INDEX activities_session_with_period;
ALTER TABLE activities_equipmentuse DROP CONSTRAINT activities_equipmentuse_equipment_same_institution;
ALTER TABLE activities_schedule DROP CONSTRAINT activities_schedule_room_same_institution;
DROP INDEX places_equipment_of_institution;
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_offer_join_and_after")]

    operations = [
        SpreadByInstitution("activities_contributor", {"activity_id": ACTIVITY}),
        SpreadByInstitution("activities_question", {"activity_id": ACTIVITY}),
        SpreadByInstitution("activities_schedule", {"activity_id": ACTIVITY}),
        SpreadByInstitution("activities_equipmentuse"),
        SpreadByInstitution("activities_enrolment", {"activity_id": ACTIVITY}),
        SpreadByInstitution("activities_participant", {"registration_id": REGISTRATION}),
        SpreadByInstitution("activities_pushsubscription", {"registration_id": REGISTRATION}),
        SpreadByInstitution("activities_classbooking", {"activity_id": ACTIVITY, "session_id": SESSION}),
        SpreadByInstitution(
            "activities_notice",
            {"registration_id": REGISTRATION, "session_id": SESSION, "booking_id": "activities_classbooking"},
        ),
        SpreadByInstitution("activities_rating", {"session_id": SESSION, "registration_id": REGISTRATION}),
        SpreadByInstitution("activities_devicemark"),
        LinkWithinInstitution(ACTIVITY, {"copied_from_id": ACTIVITY}),
        LinkWithinInstitution(SESSION, {"schedule_id": "activities_schedule"}),
        LinkWithinInstitution(REGISTRATION, {"enrolment_id": "activities_enrolment"}),
        LinkWithinInstitution("activities_attendance", {"participant_id": "activities_participant"}),
        migrations.RunSQL(SAME_HOUSE, BACK),
    ]
