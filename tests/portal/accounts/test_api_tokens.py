import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.models import ApiToken
from hocsuotdoi.accounts.operations.api_tokens import make_api_token, use_api_token
from tests.factories.accounts import PersonFactory

PAGE = "/account/api-keys/"


def _secret_on(response) -> str:
    found = re.search(r"hsd_[\w-]+", response.content.decode())
    return found[0] if found else ""


def test_secret_is_shown_once_in_the_answer_and_works(client, reader):
    client.force_login(reader)

    response = client.post(PAGE, {"name": "Trang web thư viện", "days": "90"})

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert use_api_token(_secret_on(response), at=timezone.now()).person == reader
    again = client.get(PAGE)
    assert "Trang web thư viện" in again.content.decode()
    assert _secret_on(again) == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "days": "90"},
        {"name": "x" * 81, "days": "90"},
        {"name": "Trang\x00web", "days": "90"},
        {"name": "Trang web", "days": "9999"},
        {"name": "Trang web", "days": ""},
        {"name": "Trang web", "days": "hai"},
    ],
)
def test_bad_form_says_so_and_makes_nothing(client, reader, fields):
    client.force_login(reader)
    response = client.post(PAGE, fields)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not ApiToken.objects.exists()


def test_revoking_asks_first_and_ends_the_key(client, reader):
    token, secret = make_api_token(reader, name="Trang web", days=30, at=timezone.now())
    client.force_login(reader)
    url = reverse("portal:accounts-api-token-revoke", args=[token.pk])

    assert "Trang web" in client.get(url).content.decode()
    assert use_api_token(secret, at=timezone.now()) is not None
    assert client.post(url).url == PAGE
    assert use_api_token(secret, at=timezone.now()) is None


def test_key_of_somebody_else_is_not_there(client, reader):
    token, secret = make_api_token(PersonFactory(full_name="Người Khác"), name="Bí mật", days=30, at=timezone.now())
    client.force_login(reader)

    assert client.post(reverse("portal:accounts-api-token-revoke", args=[token.pk])).status_code == 404
    assert "Bí mật" not in client.get(PAGE).content.decode()
    assert use_api_token(secret, at=timezone.now()) is not None


def test_pages_ask_strangers_to_sign_in(client, db):
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"
    assert client.post(PAGE, {"name": "x", "days": "30"}).status_code == 302
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_keys(client, reader, django_assert_num_queries, number):
    for each in range(number):
        make_api_token(reader, name=f"Khóa {each}", days=30, at=timezone.now())
    client.force_login(reader)
    with django_assert_num_queries(3):
        client.get(PAGE)
