import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from hocsuotdoi.activities.enums import NoticeKind, NoticeState, RegistrationStatus, SessionStatus
from hocsuotdoi.activities.models import Notice, PushSubscription, Registration, Session
from hocsuotdoi.activities.operations.notices import (
    URL,
    take_tick_back,
    tell,
    tell_people_of,
    tick_told,
)
from hocsuotdoi.activities.operations.sending import drop_outdated
from tests.factories.activities import RegistrationFactory, local

MOVED = NoticeKind.MOVED


def waiting(session: Session, **more) -> Registration:
    return RegistrationFactory(
        session=session, status=RegistrationStatus.WAITING, waiting_since=local(2026, 11, 20), **more
    )


def subscribe(registration: Registration, endpoint: str = "https://web.push.apple.com/1") -> PushSubscription:
    return PushSubscription.objects.create(
        institution=registration.institution,
        registration=registration,
        endpoint=endpoint,
        p256dh="x",
        auth="x",
        created_at=local(2026, 11, 20),
    )


@pytest.fixture
def all_ways(settings):
    settings.SMS_GATEWAY_URL, settings.ZNS_TEMPLATE_ID = "https://sms.example.vn/", "1"
    return settings


def test_each_is_told_by_the_best_way(morning, now, all_ways):
    browser = RegistrationFactory(session=morning, email="a@example.vn", phone="0912345671")
    subscribe(browser)
    letter = RegistrationFactory(session=morning, email="b@example.vn", phone="0912345672")
    phone = RegistrationFactory(session=morning, phone="0912345673")
    none = RegistrationFactory(session=morning)

    assert tell_people_of(morning, kind=MOVED, at=now, about="9:00") == 4

    told = {each.registration_id: (each.channel, each.address, each.state) for each in Notice.objects.all()}
    assert told == {
        browser.pk: ("push", "https://web.push.apple.com/1", NoticeState.WAITING),
        letter.pk: ("email", "b@example.vn", NoticeState.WAITING),
        phone.pk: ("zns", "0912345673", NoticeState.WAITING),
        none.pk: ("", "", NoticeState.TO_TELL),
    }


def test_sms_is_taken_where_there_is_no_zalo_and_the_phone_where_there_is_no_sms(morning, now, settings):
    RegistrationFactory(session=morning, phone="0912345673")
    tell_people_of(morning, kind=MOVED, at=now, about="1")
    settings.SMS_GATEWAY_URL = "https://sms.example.vn/"
    tell_people_of(morning, kind=MOVED, at=now, about="2")
    assert list(Notice.objects.order_by("once").values_list("channel", "state")) == [
        ("", NoticeState.DROPPED),
        ("sms", NoticeState.WAITING),
    ]


def test_same_thing_is_said_once(morning, now):
    RegistrationFactory(session=morning, email="a@example.vn")
    assert [tell_people_of(morning, kind=MOVED, at=now, about="9:00") for _time in range(2)] == [1, 0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            institution=morning.institution, kind=MOVED, once=Notice.objects.get().once, subject="", created_at=now
        )


def test_telling_rolls_back_with_its_act(morning, now):
    RegistrationFactory(session=morning, email="a@example.vn")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell_people_of(morning, kind=MOVED, at=now, about="9:00")
        _ = 1 / 0
    assert not Notice.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_sending_is_asked_for_only_when_something_is_to_be_sent(morning, now):
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="1")
    assert not ProcrastinateJob.objects.exists()
    RegistrationFactory(session=morning, email="a@example.vn")
    tell_people_of(morning, kind=MOVED, at=now, about="2")
    assert ProcrastinateJob.objects.get().task_name == "activities.send_notices"


@pytest.mark.parametrize("kind", [NoticeKind.CONFIRMED, NoticeKind.WAITING])
def test_what_the_page_has_just_said_is_not_told_by_phone(morning, now, kind):
    assert tell([RegistrationFactory(session=morning, phone="0912345678")], kind=kind, at=now, about="") == 0


def test_who_comes_up_from_the_waiting_list_is_called(morning, now):
    up = RegistrationFactory(session=morning, phone="0912345678", waiting_since=local(2026, 11, 20))
    assert tell([up], kind=NoticeKind.CONFIRMED, at=now, about="") == 1


@pytest.mark.parametrize("people", [1, 30])
def test_any_number_is_told_by_the_same_number_of_queries(morning, now, people, django_assert_num_queries):
    morning.capacity = None
    morning.save()
    for number in range(people):
        RegistrationFactory(session=morning, email=f"{number}@example.vn")
    # people, browsers, said before, outdated, history, notices, the job; savepoints of the two acts.
    with django_assert_num_queries(13):
        tell_people_of(morning, kind=MOVED, at=now, about="9:00")


def test_move_is_told_with_the_old_and_the_new_time(morning, now):
    RegistrationFactory(session=morning, email="a@example.vn")
    morning.starts_at, morning.ends_at = local(2026, 11, 24, 9), local(2026, 11, 24, 11)
    morning.save()
    tell_people_of(morning, kind=MOVED, at=now, about="9:00")
    notice = Notice.objects.get()
    assert notice.text == (
        "“Ngày hội đọc sách” dời từ 8:00 ngày 23/11/2026 sang 9:00 ngày 24/11/2026, Thư viện phường Bắc Kạn. "
        "Nếu không đến được, xin hủy đăng ký giúp."
    )
    assert notice.subject == "Đổi giờ hoặc địa điểm: Ngày hội đọc sách"


def test_cancellation_is_told_with_its_reason(morning, now):
    RegistrationFactory(session=morning, email="a@example.vn")
    morning.status, morning.cancel_reason = SessionStatus.CANCELLED, "Mất điện cả phường."
    morning.save()
    tell_people_of(morning, kind=NoticeKind.CANCELLED, at=now, about="")
    assert Notice.objects.get().text == (
        "“Ngày hội đọc sách”, 8:00 ngày 23/11/2026, bị hủy: Mất điện cả phường. Mong bạn thông cảm."
    )


def test_offer_is_told_with_its_end(morning, now):
    offered = RegistrationFactory(
        session=morning,
        email="a@example.vn",
        status=RegistrationStatus.OFFERED,
        waiting_since=now,
        offer_ends_at=local(2026, 11, 22, 21),
    )
    tell([offered], kind=NoticeKind.OFFERED, at=now, about="")
    assert "trước 21:00 ngày 22/11/2026" in Notice.objects.get().text


@pytest.mark.parametrize("kind", NoticeKind.values)
def test_words_of_every_kind_fit_three_sms_and_are_vietnamese(morning, now, kind, english):
    morning.activity.title = "Ngày hội đọc sách và kể chuyện bên bếp lửa nhà sàn cho thiếu nhi cả tỉnh " * 2
    morning.activity.save()
    registration = RegistrationFactory(session=morning, email="a@example.vn", waiting_since=now)
    tell([registration], kind=kind, at=now, about="")
    notice = Notice.objects.get()
    assert len(notice.text) < 300
    assert "ngày 23/11/2026" in notice.text
    assert notice.url == URL.format(session=morning.pk, code=registration.code)


def test_link_is_the_registrations_page(morning):
    registration = RegistrationFactory(session=morning)
    assert URL.format(session=morning.pk, code=registration.code) == reverse(
        "portal:activities-registration-detail", args=[morning.pk, registration.code]
    )


@pytest.mark.parametrize(
    ("kind", "status", "is_dropped"),
    [
        (NoticeKind.REMINDER, RegistrationStatus.CONFIRMED, False),
        (NoticeKind.REMINDER, RegistrationStatus.CANCELLED, True),
        (NoticeKind.CONFIRMED, RegistrationStatus.CANCELLED, True),
        (NoticeKind.MOVED, RegistrationStatus.WAITING, False),
        (NoticeKind.MOVED, RegistrationStatus.CANCELLED, True),
        (NoticeKind.WAITING, RegistrationStatus.CONFIRMED, True),
        (NoticeKind.LAPSED, RegistrationStatus.LAPSED, False),
        (NoticeKind.LAPSED, RegistrationStatus.WAITING, True),
        (NoticeKind.CANCELLED, RegistrationStatus.CANCELLED, False),
        (NoticeKind.BOOKING, RegistrationStatus.CONFIRMED, False),
    ],
)
def test_notice_that_is_no_longer_true_is_dropped(morning, now, kind, status, is_dropped):
    registration = RegistrationFactory(session=morning, email="a@example.vn", waiting_since=now)
    tell([registration], kind=kind, at=now, about="")
    Registration.objects.filter(pk=registration.pk).update(
        status=status, cancelled_at=now if status == RegistrationStatus.CANCELLED else None
    )
    assert drop_outdated(at=now) == is_dropped


def test_nothing_is_told_about_a_session_that_is_over(morning, now, afterwards):
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    assert drop_outdated(at=afterwards) == 1


def test_offer_whose_time_is_over_is_dropped(morning, now):
    offered = RegistrationFactory(
        session=morning, email="a@example.vn", status=RegistrationStatus.OFFERED, waiting_since=now, offer_ends_at=now
    )
    tell([offered], kind=NoticeKind.OFFERED, at=now - dt.timedelta(hours=1), about="")
    assert drop_outdated(at=now) == 1


def test_cancellation_takes_the_place_of_what_was_not_told_yet(morning, now):
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    tell_people_of(morning, kind=NoticeKind.CANCELLED, at=now, about="")
    assert dict(Notice.objects.values_list("kind", "state")) == {
        NoticeKind.MOVED: NoticeState.DROPPED,
        NoticeKind.CANCELLED: NoticeState.TO_TELL,
    }


def test_tick_is_noted_once_and_can_be_taken_back(morning, now, librarian_of_bac_kan):
    RegistrationFactory(session=morning, phone="0912345678")
    tell_people_of(morning, kind=MOVED, at=now, about="")
    notice = Notice.objects.get()
    assert [tick_told(notice, by=librarian_of_bac_kan, at=now) for _time in range(2)] == [True, False]
    notice.refresh_from_db()
    assert (notice.state, notice.done_by, notice.done_at) == (NoticeState.TOLD, librarian_of_bac_kan.pk, now)
    assert [take_tick_back(notice) for _time in range(2)] == [True, False]
