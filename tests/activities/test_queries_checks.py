from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import cancel_registration
from hocsuotdoi.activities.queries.checks import check_activities
from tests.factories.activities import RegistrationFactory


def test_sound_sessions_are_not_mentioned(morning, now):
    RegistrationFactory(session=morning, group_size=3)
    cancel_registration(RegistrationFactory(session=morning, group_size=2), at=now)

    assert check_activities() == []


def test_session_that_contradicts_its_registrations_is_told(morning):
    RegistrationFactory(session=morning, group_size=3)
    Session.objects.filter(pk=morning.pk).update(places_taken=5)

    assert check_activities() == [
        f"Session {morning.pk} counts 5 places taken, but its confirmed registrations are for 3."
    ]
