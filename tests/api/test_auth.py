"""Who asks: keys, sessions with their CSRF token, anybody; languages; what every answer carries."""

import datetime as dt
import json
import uuid

import pytest
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.utils import timezone
from pghistory.models import Events

from hocsuotdoi.accounts.models import ApiToken
from hocsuotdoi.activities.models import Activity, Registration
from hocsuotdoi.api.limits import MOST_A_MINUTE


def test_key_acts_with_the_roles_of_its_person_and_its_use_is_noted(librarian, draft):
    answer = librarian.get("/staff/drafts")
    assert [each["title"] for each in answer.json()["items"]] == ["Lớp tin học"]
    assert ApiToken.objects.get().last_seen_at is not None


@pytest.mark.parametrize(
    "header",
    ["Bearer hsd_khong-co", "Bearer", "bearer ", "Bearer \x7f", "Bearer " + "x" * 5000],
)
def test_unknown_key_is_told_so_even_on_public_addresses(anybody, header):
    answer = anybody.get("/offers", Authorization=header)
    assert (answer.status_code, answer.json()["error"]) == (401, "bad_key")


def test_expired_and_revoked_keys_no_longer_work(librarian, draft):
    now = timezone.now()
    ApiToken.objects.update(created_at=now - dt.timedelta(days=2), expires_at=now - dt.timedelta(days=1))
    assert librarian.get("/staff/drafts").status_code == 401
    ApiToken.objects.update(expires_at=now + dt.timedelta(days=1))
    assert librarian.get("/staff/drafts").status_code == 200
    ApiToken.objects.update(revoked_at=now)
    assert librarian.get("/staff/drafts").status_code == 401


def test_key_stays_below_the_powers_that_its_person_lost(librarian, librarian_of_bac_kan, draft):
    librarian_of_bac_kan.roles.all().delete()
    assert librarian.get("/staff/drafts").status_code == 403


def test_other_schemes_of_authorization_are_nobody(anybody):
    assert anybody.get("/offers", Authorization="Basic YTpi").status_code == 200
    assert anybody.get("/staff/drafts", Authorization="Basic YTpi").status_code == 401


def _session(person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def test_session_reads_without_and_writes_only_with_its_csrf_token(librarian_of_bac_kan, draft):
    client = _session(librarian_of_bac_kan)
    url = f"/api/v1/offers/{draft.pk}/publish"
    assert client.get("/api/v1/staff/drafts").status_code == 200

    refused = client.post(url, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]) == (403, "csrf")
    assert Activity.objects.get(pk=draft.pk).published_at is None

    request = RequestFactory().get("/")
    token = get_token(request)
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    assert client.post(url, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200


def test_session_is_held_to_its_token_on_public_addresses_too(reader, tomorrow):
    body = {"name": "Lý Thị Mai", "form_key": str(uuid.uuid4())}
    url = f"/api/v1/sessions/{tomorrow.pk}/registrations"
    answer = _session(reader).post(url, json.dumps(body), content_type="application/json")
    assert answer.status_code == 403
    assert not Registration.objects.exists()


def test_trail_of_changes_names_the_person_of_the_key(librarian, librarian_of_bac_kan, draft):
    librarian.post(f"/offers/{draft.pk}/publish")
    contexts = [event.pgh_context for event in Events.objects.tracks(draft) if event.pgh_label == "update"]
    assert [context["user"] for context in contexts] == [str(librarian_of_bac_kan.pk)]


@pytest.mark.parametrize(
    ("asked", "word"),
    [("", "bạn"), ("vi", "bạn"), ("en", "you"), ("en-GB,vi;q=0.5", "you"), ("fr, en;q=0.1", "you"), ("fr", "bạn"),
     ("en;q=0.1,vi", "bạn"), ("\x7f", "bạn"), ("x" * 3000, "bạn")],
)  # fmt: skip
def test_sentences_come_in_the_language_that_was_asked_for(anybody, asked, word):
    answer = anybody.get(f"/offers/{uuid.uuid4()}", **{"Accept-Language": asked})
    assert word in answer.json()["message"]
    assert answer["Content-Language"] == ("en" if word == "you" else "vi")


def test_cookie_of_the_pages_does_not_decide_the_language(anybody):
    anybody.client.cookies["django_language"] = "en"
    assert "bạn" in anybody.get(f"/offers/{uuid.uuid4()}").json()["message"]


@pytest.mark.parametrize("path", ["/nothing", "/offers/x", "/offers/", "/", "/offers/%00", "/units/%00", "/sessions/1"])
def test_unknown_address_is_not_found_in_json(anybody, path):
    answer = anybody.get(path)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POT"])
def test_method_that_an_address_does_not_take_is_answered_with_those_it_takes(anybody, method):
    answer = anybody.ask(method, "/units")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_public_lists_are_open_to_other_sites_and_answered_again_only_when_they_changed(anybody, tomorrow):
    first = anybody.get("/offers")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "no-cache"
    again = anybody.get("/offers", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    Activity.objects.update(title="Đổi tên")
    assert anybody.get("/offers", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_head_is_get_without_its_body(anybody, tomorrow):
    head, get = anybody.ask("HEAD", "/offers"), anybody.get("/offers")
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(get.content)))
    assert head["ETag"] == get["ETag"]


def test_what_is_personal_is_kept_by_nobody_and_read_by_no_other_site(anybody, librarian, mai, running):
    answers = [
        anybody.get(f"/sessions/{running.pk}/registrations/{mai.code}"),
        librarian.get(f"/sessions/{running.pk}/registrations"),
        librarian.get(f"/sessions/{running.pk}/roll"),
        librarian.get("/offers"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert ["Access-Control-Allow-Origin" in answer for answer in answers] == [False, False, False, True]


def test_other_sites_cannot_ask_to_post(anybody, tomorrow):
    preflight = anybody.ask("OPTIONS", f"/sessions/{tomorrow.pk}/registrations", Origin="https://noi-khac.example")
    assert preflight.status_code == 204
    assert "Access-Control-Allow-Origin" not in preflight


@pytest.mark.parametrize(
    ("body", "content_type", "status", "error"),
    [
        (b"name=Mai", "application/x-www-form-urlencoded", 415, "not_json"),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415, "not_json"),
        (b"{", "application/json", 400, "unreadable_body"),
        (b"\xff\xfe", "application/json", 400, "unreadable_body"),
        (b'{"group_size": NaN}', "application/json", 400, "unreadable_body"),
        (b"[" * 100_000, "application/json", 400, "unreadable_body"),
        (b'{"group_size": ' + b"9" * 5000 + b"}", "application/json", 400, "unreadable_body"),
        (b"", "application/json", 422, "bad_input"),
        (b"null", "application/json", 422, "bad_input"),
        (b"[]", "application/json", 422, "bad_input"),
        (b" " * 3_000_000, "application/json", 413, "too_large"),
    ],
)
def test_body_that_cannot_be_read_is_told_so(anybody, tomorrow, body, content_type, status, error):
    url = f"/api/v1/sessions/{tomorrow.pk}/registrations"
    answer = anybody.client.generic("POST", url, body, content_type=content_type)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.slow
def test_one_address_posts_so_often_and_then_waits_a_minute(anybody, librarian, tomorrow):
    url = f"/sessions/{tomorrow.pk}/registrations"
    answers = {anybody.post(url, {}).status_code for _time in range(MOST_A_MINUTE)}
    refused = anybody.post(url, {})
    if refused.status_code != 429:  # the minute turned over in between
        answers |= {anybody.post(url, {}).status_code for _time in range(MOST_A_MINUTE - 1)}
        refused = anybody.post(url, {})
    assert answers == {422}
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")
    assert anybody.get("/offers").status_code == 200
    assert librarian.post(url, {}).status_code == 422
