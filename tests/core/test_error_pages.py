"""Error pages have the right status, say what happened and what to do, and lead on."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.utils import translation
from django.views import defaults
from django.views.csrf import csrf_failure


@pytest.fixture
def request_of_a_stranger(rf: RequestFactory) -> HttpRequest:
    return rf.get("/somewhere/")


def words_of(answer, status: int) -> str:
    assert answer.status_code == status
    text = answer.content.decode()
    assert '<html lang="en">' in text
    assert 'href="/"' in text
    return text


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_page_not_found_says_to_look_from_the_first_page(request_of_a_stranger: HttpRequest) -> None:
    text = words_of(defaults.page_not_found(request_of_a_stranger, Http404()), 404)
    assert "There is no page at this address" in text


def test_permission_denied_says_whom_to_ask(request_of_a_stranger: HttpRequest) -> None:
    text = words_of(defaults.permission_denied(request_of_a_stranger, PermissionDenied()), 403)
    assert "Ask the manager of your office" in text


def test_bad_request_says_nothing_was_saved(request_of_a_stranger: HttpRequest) -> None:
    text = words_of(defaults.bad_request(request_of_a_stranger, BadRequest()), 400)
    assert "Nothing has been saved" in text


def test_old_form_says_to_load_the_page_again(request_of_a_stranger: HttpRequest) -> None:
    text = words_of(csrf_failure(request_of_a_stranger, "stale"), 403)
    assert "load the page again" in text


def test_server_error_needs_nothing_that_may_be_broken(request_of_a_stranger: HttpRequest) -> None:
    text = words_of(defaults.server_error(request_of_a_stranger), 500)
    assert "try again" in text
