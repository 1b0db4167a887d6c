import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.activities.enums import ActivityStatus
from hocsuotdoi.activities.models import Rating
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory

KEY = uuid.UUID("0193a000-0000-7000-8000-000000000072")


@pytest.fixture
def running(open_day):
    return SessionFactory(activity=open_day, starts_at=timezone.now() - dt.timedelta(minutes=30))


def url(session) -> str:
    return reverse("portal:activities-rating-create", args=[session.pk])


def test_one_tap_rates_and_words_can_follow(client, running):
    page = client.get(url(running))
    assert page.content.decode().count('name="face"') == 3
    thanks = client.post(url(running), {"face": "3", "form_key": str(KEY)}, follow=True)
    assert "Cảm ơn" in thanks.content.decode()

    client.post(thanks.redirect_chain[-1][0], {"words": "Cô kể chuyện hay"})
    assert Rating.objects.values_list("face", "words").get() == (3, "Cô kể chuyện hay")
    assert "Cô kể chuyện hay" in client.get(thanks.redirect_chain[-1][0]).content.decode()


def test_the_same_form_sent_twice_counts_once(client, running):
    for face in ("1", "2"):
        client.post(url(running), {"face": face, "form_key": str(KEY)})
    assert Rating.objects.get().face == 2


def test_a_registrations_code_counts_once(client, running):
    mai = RegistrationFactory(session=running, code="ABCD1234")
    for _tap in range(2):
        client.post(url(running), {"face": "3", "code": "abcd-1234"})
    assert Rating.objects.get().registration == mai


@pytest.mark.parametrize("code", ["", "NOPE", "\x00", "💐" * 50])
def test_a_wrong_code_is_a_rating_without_a_registration(client, running, code):
    assert client.post(url(running), {"face": "3", "code": code}).status_code == 302
    assert Rating.objects.get().registration is None


@pytest.mark.parametrize(
    "data",
    [{}, {"face": "4"}, {"face": "x"}, {"face": "٣"}, {"face": "3", "words": "a" * 1001}],
    ids=["nothing", "no such face", "a letter", "another script", "too long"],
)
def test_what_cannot_be_kept_is_said_and_keeps_nothing(client, running, data):
    page = client.post(url(running), data)
    assert page.status_code == 422
    assert "Chưa lưu được gì" in page.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.parametrize("key", ["", "abc", "\x00"])
def test_a_form_without_a_good_key_still_counts(client, running, key):
    client.post(url(running), {"face": "3", "form_key": key})
    assert Rating.objects.count() == 1


def test_a_session_to_come_is_not_rated(client, open_day):
    session = SessionFactory(activity=open_day, starts_at=timezone.now() + dt.timedelta(days=1))
    assert client.post(url(session), {"face": "3"}).status_code == 422


def test_words_that_are_too_long_are_said_and_kept_in_the_form(client, running):
    thanks = client.post(url(running), {"face": "3"}).url
    page = client.post(thanks, {"words": "a" * 1001})
    assert (page.status_code, "a" * 1001 in page.content.decode()) == (422, True)


def test_a_draft_is_no_page(client, library_of_bac_kan):
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    assert client.get(url(SessionFactory(activity=draft))).status_code == 404


def test_thanks_of_another_session_is_no_page(client, running, open_day):
    client.post(url(running), {"face": "3", "form_key": str(KEY)})
    other = SessionFactory(activity=open_day)
    assert client.get(reverse("portal:activities-rating-detail", args=[other.pk, KEY])).status_code == 404
