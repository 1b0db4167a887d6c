from hocsuotdoi.activities.doctor import activities
from hocsuotdoi.activities.models import Session
from hocsuotdoi.activities.operations.registration import cancel_registration
from hocsuotdoi.core.doctor import Level
from tests.factories.activities import RegistrationFactory


def test_sound_sessions_are_not_mentioned(morning, now):
    RegistrationFactory(session=morning, group_size=3)
    cancel_registration(RegistrationFactory(session=morning, group_size=2), at=now)

    assert activities() == []


def test_session_that_contradicts_its_registrations_is_told(morning, english):
    RegistrationFactory(session=morning, group_size=3)
    Session.objects.filter(pk=morning.pk).update(places_taken=5)

    (finding,) = activities()

    assert finding.level is Level.BROKEN
    assert "counts 5 places taken; confirmed and offered are 3" in finding.message
