import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.activity import cancel_session
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory


@pytest.fixture
def filled(tomorrow):
    return {
        "session": str(tomorrow.pk),
        "name": "Lý Thị Mai",
        "phone": "0912 345 678",
        "group_size": "2",
        "form_key": str(uuid.uuid4()),
    }


def join(client, activity, data):
    return client.post(reverse("portal:activities-registration-create", args=[activity.pk]), data)


def test_joining_leads_to_a_confirmation_with_the_code(client, tomorrow, filled):
    response = join(client, tomorrow.activity, filled)

    registration = Registration.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("portal:activities-registration-detail", args=[tomorrow.pk, registration.code])
    page = client.get(response.url).content.decode()
    assert registration.code_shown in page
    assert "Lý Thị Mai" in page
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 2
    assert registration.learner_key is None


def test_joining_when_signed_in_keeps_the_pseudonym(client, tomorrow, filled, reader):
    client.force_login(reader)

    join(client, tomorrow.activity, filled)

    assert Registration.objects.get().learner_key == reader.learner_key


def test_joining_twenty_times_with_one_form_registers_once(client, tomorrow, filled):
    places = {join(client, tomorrow.activity, filled).url for _time in range(20)}

    assert len(places) == 1
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 121),
        ("name", "<script>alert(1)</script>"),
        ("name", "😀"),
        ("name", "a\x00b"),
        ("phone", "gọi tôi nhé"),
        ("phone", "1" * 200),
        ("phone", "<b>"),
        ("group_size", ""),
        ("group_size", "0"),
        ("group_size", "-1"),
        ("group_size", "51"),
        ("group_size", "hai"),
        ("group_size", "1e3"),
        ("group_size", "9" * 40),
        ("session", ""),
        ("session", "tomorrow"),
        ("session", "0193e3c0-0000-7000-8000-000000000000"),
        ("form_key", ""),
        ("form_key", "x"),
    ],
)
def test_joining_with_a_bad_value_says_so_and_changes_nothing(client, tomorrow, filled, field, value):
    response = join(client, tomorrow.activity, {**filled, field: value})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert "<script>alert" not in page
    assert not Registration.objects.exists()
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0


def test_joining_keeps_what_was_typed_when_refused(client, tomorrow, filled):
    page = join(client, tomorrow.activity, {**filled, "group_size": "11"}).content.decode()

    assert "Lý Thị Mai" in page
    assert "10" in page


def test_joining_a_session_of_another_institution_changes_nothing(client, tomorrow, filled, library_of_duc_xuan):
    elsewhere = SessionFactory(
        activity=ActivityFactory(institution=library_of_duc_xuan), starts_at=timezone.now() + dt.timedelta(days=2)
    )

    assert join(client, tomorrow.activity, {**filled, "session": str(elsewhere.pk)}).status_code == 422
    assert not Registration.objects.exists()


def test_joining_a_session_that_is_over_says_so(client, tomorrow, filled):
    Session.objects.update(
        starts_at=timezone.now() - dt.timedelta(hours=3), ends_at=timezone.now() - dt.timedelta(hours=1)
    )

    assert join(client, tomorrow.activity, filled).status_code == 422
    assert not Registration.objects.exists()


def test_joining_a_draft_is_not_found(client, library_of_bac_kan, filled):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)

    assert join(client, draft, filled).status_code == 404


@pytest.fixture
def registration(tomorrow):
    return RegistrationFactory(session=tomorrow, group_size=3, code="K7MR3QXD")


def test_confirmation_needs_the_right_code_and_session(client, registration, tomorrow, library_of_bac_kan):
    elsewhere = SessionFactory(activity=ActivityFactory(institution=library_of_bac_kan))

    for pk, code in ((tomorrow.pk, "K7MR3QXE"), (elsewhere.pk, "K7MR3QXD"), (uuid.uuid4(), "K7MR3QXD")):
        url = reverse("portal:activities-registration-detail", args=[pk, code])
        assert client.get(url).status_code == 404


def test_confirmation_by_another_session_of_the_activity_leads_to_where_it_is(client, registration, tomorrow):
    other = SessionFactory(activity=tomorrow.activity)

    response = client.get(reverse("portal:activities-registration-detail", args=[other.pk, "K7MR3QXD"]))

    assert response.url == reverse("portal:activities-registration-detail", args=[tomorrow.pk, "K7MR3QXD"])


@pytest.mark.parametrize("typed", ["K7MR3QXD", "k7mr-3qxd", " K7MR 3QXD "])
def test_code_however_typed_finds_the_registration(client, registration, tomorrow, typed):
    url = reverse("portal:activities-registration-find", args=[tomorrow.activity_id])

    response = client.get(url, {"code": typed})

    assert response.url == reverse("portal:activities-registration-detail", args=[tomorrow.pk, "K7MR3QXD"])


@pytest.mark.parametrize("typed", ["", "K7MR", "K7MR3QXE", "<b>", "😀", "x" * 500])
def test_code_that_is_wrong_says_so(client, registration, tomorrow, typed):
    response = client.get(reverse("portal:activities-registration-find", args=[tomorrow.activity_id]), {"code": typed})

    assert response.status_code == 200
    assert "K7MR3QXD" not in response.content.decode()
    assert 'class="error"' in response.content.decode()


def test_cancelling_asks_first_and_then_gives_the_places_back(client, registration, tomorrow):
    url = reverse("portal:activities-registration-cancel", args=[tomorrow.pk, "K7MR3QXD"])

    assert client.get(url).status_code == 200
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 3
    response = client.post(url, follow=True)

    registration.refresh_from_db()
    assert not registration.is_confirmed
    assert Session.objects.get(pk=tomorrow.pk).places_taken == 0
    assert "K7MR-3QXD" not in response.content.decode()


def test_cancelling_with_a_wrong_code_is_not_found(client, registration, tomorrow):
    url = reverse("portal:activities-registration-cancel", args=[tomorrow.pk, "K7MR3QXE"])

    assert client.post(url).status_code == 404
    registration.refresh_from_db()
    assert registration.is_confirmed


def test_cancelling_after_the_session_says_why_not(client, registration, tomorrow):
    Session.objects.update(
        starts_at=timezone.now() - dt.timedelta(hours=3), ends_at=timezone.now() - dt.timedelta(hours=1)
    )
    url = reverse("portal:activities-registration-cancel", args=[tomorrow.pk, "K7MR3QXD"])

    page = client.post(url, follow=True).content.decode()

    registration.refresh_from_db()
    assert registration.is_confirmed
    assert 'role="alert"' in page


def test_session_that_is_over_promises_nothing_any_more(client, registration, tomorrow):
    Session.objects.update(
        starts_at=timezone.now() - dt.timedelta(hours=3), ends_at=timezone.now() - dt.timedelta(hours=1)
    )

    page = client.get(reverse("portal:activities-registration-detail", args=[tomorrow.pk, "K7MR3QXD"])).text

    assert "Buổi này đã kết thúc" in page
    assert "hẹn gặp bạn" not in page
    assert "đổi hoặc hủy đăng ký" not in page
    assert "K7MR-3QXD" in page


def test_session_that_was_cancelled_expects_nobody_and_says_why(client, registration, tomorrow):
    cancel_session(tomorrow, reason="Bão số 3", by=None, at=timezone.now())

    page = client.get(reverse("portal:activities-registration-detail", args=[tomorrow.pk, "K7MR3QXD"])).text

    assert page.count("Buổi này đã bị hủy") == 1
    assert "Bão số 3" in page
    assert "hẹn gặp bạn" not in page
