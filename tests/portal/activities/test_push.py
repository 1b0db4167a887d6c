"""«Báo cho tôi trên máy này»: a browser that wants to be told about a registration."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.models import PushSubscription
from hocsuotdoi.activities.operations.push import MOST_BROWSERS, subscribe
from hocsuotdoi.core.channels.push.keys import private_key
from tests.factories.activities import RegistrationFactory
from tests.support.fake_push import FakeBrowser

KEY, WORKER = reverse("portal:activities-push-key"), reverse("portal:activities-push-worker")


@pytest.fixture(autouse=True)
def _own_key(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    private_key.cache_clear()
    yield
    private_key.cache_clear()


@pytest.fixture
def mai(tomorrow):
    return RegistrationFactory(session=tomorrow, code="ACDEFGHK")


def url(registration, code: str = "") -> str:
    return reverse("portal:activities-push-subscribe", args=[registration.session_id, code or registration.code])


def asked(number: int = 1, **more) -> dict:
    return {"endpoint": f"https://web.push.apple.com/{number}", **FakeBrowser().keys, **more}


def test_browser_is_told_from_now_on_however_often_it_asks(client, mai):
    assert [client.post(url(mai), asked()).status_code for _time in range(2)] == [204, 204]
    subscription = PushSubscription.objects.get()
    assert (subscription.registration_id, subscription.endpoint) == (mai.pk, "https://web.push.apple.com/1")


def test_browser_that_wants_no_more_is_forgotten(client, mai):
    client.post(url(mai), asked())
    client.post(url(mai), asked(act="stop"))
    assert not PushSubscription.objects.exists()


def test_code_is_taken_as_it_is_read_out(client, mai):
    assert client.post(url(mai, "acde-fghk"), asked()).status_code == 204


def test_wrong_code_is_not_found(client, mai):
    assert client.post(url(mai, "ACDEFGHX"), asked()).status_code == 404
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"endpoint": ""},
        {"endpoint": "https://169.254.169.254/latest/meta-data/"},
        {"endpoint": "http://web.push.apple.com/1"},
        {"endpoint": "https://web.push.apple.com/" + "x" * 1000},
        {"p256dh": ""},
        {"p256dh": "đọc sách 😀"},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
        {"auth": "<b>"},
    ],
)
def test_what_is_no_subscription_is_refused_with_a_sentence(client, mai, bad):
    response = client.post(url(mai), asked(**bad))
    assert response.status_code == 422
    assert response.json()["problem"].startswith("Không báo tin qua trình duyệt này được.")
    assert not PushSubscription.objects.exists()


def test_only_so_many_browsers_are_told_the_newest(mai):
    for number in range(MOST_BROWSERS + 2):
        subscribe(mai, at=timezone.now(), **asked(number))
    kept = PushSubscription.objects.order_by("created_at").values_list("endpoint", flat=True)
    assert list(kept) == [f"https://web.push.apple.com/{number}" for number in range(2, MOST_BROWSERS + 2)]


def test_form_from_elsewhere_is_refused(mai):
    assert Client(enforce_csrf_checks=True).post(url(mai), asked()).status_code == 403


def test_key_is_given_where_it_is_offered_only(client, db, settings):
    assert len(client.get(KEY).json()["key"]) == 87
    settings.WEB_PUSH = False
    assert client.get(KEY).status_code == 404


def test_nobody_subscribes_where_it_is_not_offered(client, mai, settings):
    settings.WEB_PUSH = False
    assert client.post(url(mai), asked()).status_code == 422


def test_worker_is_a_script_for_the_pages_of_activities_and_leaves_their_fetching_alone(client, db):
    response = client.get(WORKER)
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert WORKER.startswith("/activities/")
    assert b'"fetch"' not in response.content


def test_registrations_page_asks_and_is_hidden_without_a_script(client, mai):
    page = client.get(
        reverse("portal:activities-registration-detail", args=[mai.session_id, mai.code])
    ).content.decode()
    assert f'action="{url(mai)}"' in page
    assert 'push-asked" hidden' in page
