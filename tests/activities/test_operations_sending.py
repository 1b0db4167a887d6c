import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connection

from hocsuotdoi.activities.enums import ActivityStatus, NoticeKind, NoticeState, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Notice, PushSubscription
from hocsuotdoi.activities.operations.notices import tell_people_of
from hocsuotdoi.activities.operations.sending import PAUSES, remind, send_notices
from hocsuotdoi.core.channels.push.keys import private_key
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory, local
from tests.support.fake_push import FakeBrowser, FakePush
from tests.support.fake_service import running
from tests.support.fake_sms import FakeSms

MOVED = NoticeKind.MOVED


@pytest.fixture
def sms(settings):
    with running(FakeSms()) as service:
        settings.SMS_GATEWAY_URL, settings.SMS_TOKEN, settings.SMS_SENDER = service.url, service.token, service.sender
        yield service


def told() -> list[tuple]:
    return list(Notice.objects.order_by("pk").values_list("channel", "state", "attempts"))


def test_waiting_notices_are_sent_once_with_the_link(morning, now, settings):
    settings.PUBLIC_URL = "https://hoc.example.vn"
    registration = RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")

    assert send_notices(at=now) == {"sent": 1, "not sent": 0}
    assert send_notices(at=now) == {"sent": 0, "not sent": 0}

    (letter,) = mail.outbox
    assert letter.to == ["mai@example.vn"]
    assert f"https://hoc.example.vn/activities/sessions/{morning.pk}/{registration.code}/" in letter.body
    assert told() == [("email", NoticeState.SENT, 1)]
    assert Notice.objects.get().done_at == now


def test_letter_about_the_day_brings_it_for_the_calendar(morning, now):
    registration = RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    tell_people_of(morning, kind=NoticeKind.REMINDER, at=now, about="")

    send_notices(at=now)

    brought = [letter.attachments for letter in mail.outbox]
    assert sorted(map(len, brought)) == [0, 1]
    ((name, content, kind),) = max(brought, key=len)
    assert (name, kind) == (f"{registration.code}.ics", "text/calendar")
    assert f"UID:{morning.pk}@hocsuotdoi" in content.replace("\r\n ", "")


def test_notice_no_longer_true_is_never_sent(morning, now, afterwards):
    RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    send_notices(at=afterwards)
    assert (mail.outbox, told()) == ([], [("email", NoticeState.DROPPED, 0)])


def test_service_that_is_away_is_tried_again_with_growing_pauses_then_given_up(morning, now, sms):
    morning.starts_at, morning.ends_at = now + dt.timedelta(days=9), now + dt.timedelta(days=10)
    morning.save()
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    sms.broken = 503
    for attempts, pause in enumerate(PAUSES[:-1]):
        if pause:
            send_notices(at=now + pause - dt.timedelta(seconds=1))
        assert told() == [("sms", NoticeState.WAITING, attempts)]
        send_notices(at=now + pause)
    assert told() == [("sms", NoticeState.WAITING, len(PAUSES) - 1)]
    send_notices(at=now + PAUSES[-1])
    assert told() == [("sms", NoticeState.TO_TELL, len(PAUSES))]
    assert Notice.objects.get().problem


def test_service_that_comes_back_delivers(morning, now, sms):
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    sms.broken = 503
    send_notices(at=now)
    sms.broken = 0
    send_notices(at=now + PAUSES[1])
    assert (len(sms.taken), told()) == (1, [("sms", NoticeState.SENT, 2)])
    assert Notice.objects.get().problem == ""


def test_service_that_is_away_is_left_alone_and_the_others_go_on(morning, now, sms):
    for number in range(6):
        RegistrationFactory(session=morning, phone=f"091234567{number}")
    RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    sms.broken = 503
    assert send_notices(at=now) == {"sent": 1, "not sent": 3}


def test_number_that_is_refused_for_good_is_called_by_a_person(morning, now, sms):
    RegistrationFactory(session=morning, phone="0900000000")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    send_notices(at=now)
    notice = Notice.objects.get()
    assert (notice.state, notice.address, bool(notice.problem)) == (NoticeState.TO_TELL, "0900000000", True)


def test_browser_that_left_is_forgotten_and_the_next_way_taken(morning, now, settings, tmp_path):
    settings.DATA_DIR, settings.WEB_PUSH_SERVICES = tmp_path, ["127.0.0.1"]
    private_key.cache_clear()
    registration = RegistrationFactory(session=morning, email="mai@example.vn")
    with running(FakePush()) as service:
        PushSubscription.objects.create(
            institution=morning.institution,
            registration=registration,
            endpoint=f"{service.url}/gone",
            created_at=now,
            **FakeBrowser().keys,
        )
        tell_people_of(morning, kind=MOVED, at=now, about="")
        send_notices(at=now)
        send_notices(at=now)  # as the first has asked for
    private_key.cache_clear()
    assert not PushSubscription.objects.exists()
    assert told() == [("email", NoticeState.SENT, 1)]
    assert len(mail.outbox) == 1


def test_letter_nobody_takes_has_failed_where_there_is_no_phone(morning, now, settings):
    RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # the channel is taken away
    send_notices(at=now)
    assert told() == [("email", NoticeState.FAILED, 1)]


def test_channel_that_breaks_does_not_hold_up_the_others(morning, now, settings):
    """An error nobody thought of, in the mail library itself."""
    RegistrationFactory(session=morning, email="mai@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert send_notices(at=now) == {"sent": 0, "not sent": 1}
    assert told() == [("email", NoticeState.WAITING, 1)]


@pytest.mark.slow
def test_two_workers_at_once_send_each_notice_once(transactional_db, morning, now, sms):
    morning.capacity = None
    morning.save()
    for number in range(10, 40):
        RegistrationFactory(session=morning, phone=f"09123456{number}")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    sent: list[int] = []

    def work() -> None:
        try:
            sent.append(send_notices(at=now)["sent"])
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (sum(sent), len(sms.taken)) == (30, 30)
    assert {state for _channel, state, _attempts in told()} == {NoticeState.SENT}


# --- reminders ---

EARLY = local(2026, 11, 22, 9)
"""The day before, in office hours."""


def test_everybody_expected_tomorrow_is_reminded_once(morning):
    RegistrationFactory(session=morning, email="mai@example.vn")
    RegistrationFactory(session=morning, email="b@example.vn", status=RegistrationStatus.WAITING, waiting_since=EARLY)
    assert [remind(at=EARLY), remind(at=EARLY), remind(at=EARLY + dt.timedelta(hours=2))] == [1, 0, 0]
    morning.refresh_from_db()
    assert morning.reminded_at == EARLY
    assert Notice.objects.get().kind == NoticeKind.REMINDER


def test_who_has_just_registered_is_not_reminded(morning):
    RegistrationFactory(session=morning, email="a@example.vn", created_at=EARLY - dt.timedelta(hours=5))
    RegistrationFactory(session=morning, email="b@example.vn", created_at=EARLY - dt.timedelta(hours=6))
    remind(at=EARLY)
    assert [notice.address for notice in Notice.objects.all()] == ["b@example.vn"]


@pytest.mark.parametrize(("hour", "reminded"), [(6, 0), (7, 1), (20, 1), (21, 0), (23, 0)])
def test_nobody_is_reminded_at_night(reading_day, hour, reminded):
    session = SessionFactory(activity=reading_day, starts_at=local(2026, 11, 23, 6))
    RegistrationFactory(session=session, email="mai@example.vn")
    assert remind(at=local(2026, 11, 22, hour)) == (reminded if hour >= 6 else 0)


@pytest.mark.parametrize(
    "starts_at",
    [local(2026, 11, 23, 9, 1), local(2026, 11, 22, 9), local(2026, 11, 22, 8)],
    ids=["later", "now", "past"],
)
def test_session_that_is_not_within_a_day_is_left_alone(reading_day, starts_at):
    RegistrationFactory(session=SessionFactory(activity=reading_day, starts_at=starts_at), email="mai@example.vn")
    assert remind(at=EARLY) == 0


def test_session_that_does_not_take_place_is_left_alone(morning, library_of_bac_kan):
    RegistrationFactory(session=morning, email="mai@example.vn")
    morning.status, morning.cancel_reason = SessionStatus.CANCELLED, "Mưa"
    morning.save()
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    RegistrationFactory(session=SessionFactory(activity=draft), email="mai@example.vn")
    assert remind(at=EARLY) == 0


@pytest.mark.parametrize("sessions", [1, 4])
def test_any_number_of_sessions_is_reminded_by_the_same_number_of_queries(
    reading_day, sessions, django_assert_num_queries
):
    for _number in range(sessions):
        RegistrationFactory(session=SessionFactory(activity=reading_day), email="mai@example.vn")
    with django_assert_num_queries(11):
        assert remind(at=EARLY) == sessions
