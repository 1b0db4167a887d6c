"""Public pages kept for seconds: the same for all strangers, but what must be each one's own."""

import re
import uuid

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from hocsuotdoi.activities.models import Registration
from hocsuotdoi.places.models import Institution
from tests.factories.activities import ActivityFactory, SessionFactory, local


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PAGE_KEPT_SECONDS = 60
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def activity(library_of_bac_kan):
    activity = ActivityFactory(institution=library_of_bac_kan, title="Kể chuyện bên hồ Ba Bể")
    SessionFactory(activity=activity, starts_at=local(2099, 1, 5), capacity=10)
    return activity


def url(activity) -> str:
    return reverse("portal:activities-activity-detail", args=[activity.pk])


def field(page: bytes, name: str) -> str:
    return re.search(f'name="{name}" value="([^"]*)"', page.decode())[1]


def test_second_stranger_gets_the_page_without_a_query(activity, django_assert_num_queries):
    first = Client().get(url(activity)).content
    with django_assert_num_queries(0):
        second = Client().get(url(activity)).content
    assert activity.title in second.decode()
    assert len(first) == len(second)


def test_each_stranger_has_a_form_of_their_own(activity):
    pages = [Client().get(url(activity)).content for _stranger in range(3)]
    keys = {field(page, "form_key") for page in pages}
    tokens = {field(page, "csrfmiddlewaretoken") for page in pages}
    assert (len(keys), len(tokens), "" in tokens) == (3, 3, False)
    assert all(uuid.UUID(key) for key in keys)


def test_forms_of_kept_pages_are_taken_each_once(activity):
    session = activity.sessions.get()
    for name in ("Lý Thị Mai", "Bàn Văn Páo"):
        stranger = Client(enforce_csrf_checks=True)
        page = stranger.get(url(activity)).content
        form = {"csrfmiddlewaretoken": field(page, "csrfmiddlewaretoken"), "form_key": field(page, "form_key")}
        joined = stranger.post(
            reverse("portal:activities-registration-create", args=[activity.pk]),
            {**form, "session": str(session.pk), "name": name, "group_size": "1"},
        )
        assert joined.status_code == 302
    assert Registration.objects.count() == 2


def test_who_is_signed_in_gets_a_page_of_their_own(client, activity, librarian_of_bac_kan):
    Client().get(url(activity))
    client.force_login(librarian_of_bac_kan)
    page = client.get(url(activity)).content.decode()
    assert "Việc của tôi" in page
    assert "Việc của tôi" not in Client().get(url(activity)).content.decode()


def test_languages_are_kept_apart(activity):
    vietnamese = Client().get(url(activity)).content.decode()
    english = Client()
    english.post("/language/", {"language": "en", "next": "/"})
    assert 'lang="vi"' in vietnamese.partition(">")[2][:200]
    assert 'lang="en"' in english.get(url(activity)).content.decode().partition(">")[2][:200]


def test_filters_are_kept_apart(activity):
    everything = Client().get("/activities/").content.decode()
    nothing = Client().get("/activities/?q=khongco").content.decode()
    assert (activity.title in everything, activity.title in nothing) == (True, False)


def test_what_is_not_there_is_not_kept(activity):
    missing = reverse("portal:activities-activity-detail", args=[uuid.uuid4()])
    assert [Client().get(missing).status_code for _time in range(2)] == [404, 404]


def test_a_message_is_shown_and_never_kept(client, activity, settings):
    Institution.objects.update(name="Thư viện khác")
    client.cookies["messages"] = "something"
    client.get(url(activity))
    with_messages = Client().get(url(activity)).content.decode()
    assert "Thư viện khác" in with_messages
