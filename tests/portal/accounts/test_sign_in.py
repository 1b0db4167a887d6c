"""Sign-up, sign-in by password and by a code sent by e-mail, where one lands, and what is refused."""

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.core.cache import cache

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.people import open_account
from tests.factories.accounts import RoleAssignmentFactory

PASSWORD = "con-trâu-đi-trước"


@pytest.fixture(autouse=True)
def _no_attempts_counted(db):
    cache.clear()


@pytest.fixture
def mai(db) -> Person:
    return open_account("mai@thu.example", full_name="Lý Thị Mai", password=PASSWORD, by=None)


def _sign_in(client, password=PASSWORD, email="mai@thu.example", **more):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def test_sign_up_with_name_email_and_password_opens_an_account(client, db):
    answer = client.post(
        "/accounts/signup/", {"full_name": "Lý Thị Mai", "email": "Mai@Thu.example", "password1": PASSWORD}
    )
    person = Person.objects.get()
    assert (answer.status_code, answer.url) == (302, "/")
    assert (person.full_name, person.email, person.roles.count()) == ("Lý Thị Mai", "mai@thu.example", 0)
    assert client.get("/account/").status_code == 200
    assert not EmailAddress.objects.get().verified
    assert [letter.to for letter in mail.outbox] == [["mai@thu.example"]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"full_name": ""}, "bắt buộc"),
        ({"full_name": "<script>x</script>"}, "hãy"),
        ({"full_name": "12345"}, "chữ"),
        ({"email": "khong-phai"}, "thư điện tử"),
        ({"password1": "12345678"}, "Mật khẩu"),
        ({"password1": "mai@thu.example"}, "Mật khẩu"),
    ],
)
def test_sign_up_with_something_wrong_is_refused_in_words(client, db, wrong, words):
    good = {"full_name": "Lý Thị Mai", "email": "mai@thu.example", "password1": PASSWORD}
    answer = client.post("/accounts/signup/", good | wrong)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Person.objects.exists()


def test_sign_up_with_a_taken_address_is_refused_and_changes_nothing(client, mai):
    answer = client.post("/accounts/signup/", {"full_name": "Kẻ Lạ", "email": mai.email, "password1": PASSWORD})
    assert "Đã có tài khoản" in answer.content.decode()
    assert [str(person) for person in Person.objects.all()] == ["Lý Thị Mai"]


def test_learner_who_signs_in_lands_on_the_portal(client, mai):
    assert _sign_in(client).url == "/"


def test_staff_who_sign_in_land_in_the_workspace(client, mai, library_of_bac_kan):
    RoleAssignmentFactory(person=mai, role="institution_staff", institution=library_of_bac_kan)
    assert _sign_in(client).url == "/workspace/"


def test_administrator_at_rest_lands_in_the_workspace(client, mai, country):
    RoleAssignmentFactory(person=mai, role="administrator", unit=country)
    assert _sign_in(client).url == "/workspace/"


def test_page_asked_for_before_signing_in_opens_afterwards(client, mai):
    asked = client.get("/account/")
    assert asked.url == "/accounts/login/?next=/account/"
    assert _sign_in(client, next="/account/").url == "/account/"


def test_address_of_another_site_is_not_followed(client, mai):
    assert _sign_in(client, next="https://la.example/").url == "/"


def test_wrong_password_is_refused_in_vietnamese(client, mai):
    answer = _sign_in(client, password="sai-mật-khẩu")
    assert "chưa đúng" in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_closed_account_does_not_open(client, mai):
    Person.objects.update(is_active=False)
    _sign_in(client)
    assert client.get("/account/").status_code == 302


def test_many_wrong_passwords_stop_being_looked_at(client, mai):
    for _attempt in range(5):
        _sign_in(client, password="sai-mật-khẩu")
    answer = _sign_in(client)
    assert answer.status_code == 200
    assert "quá nhiều lần" in answer.content.decode()


def test_code_sent_by_email_signs_in(client, mai):
    assert client.post("/accounts/login/code/", {"email": mai.email}).status_code == 302
    assert mail.outbox[0].to == [mai.email]
    assert mail.outbox[0].subject.strip() == "Mã đăng nhập"
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[0].body, re.MULTILINE)[0]
    assert client.post("/accounts/login/code/confirm/", {"code": code}).url == "/"
    assert client.get("/account/").status_code == 200


def test_wrong_code_does_not_sign_in(client, mai):
    client.post("/accounts/login/code/", {"email": mai.email})
    answer = client.post("/accounts/login/code/confirm/", {"code": "AAA-BBB"})
    assert "Mã không đúng" in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_code_confirms_the_address_it_was_sent_to(client, mai):
    EmailAddress.objects.update(verified=False)
    client.post("/accounts/login/code/", {"email": mai.email})
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[0].body, re.MULTILINE)[0]
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert EmailAddress.objects.get().verified


def test_identity_server_of_the_settings_gets_a_button(client, db, settings):
    app = {
        "provider_id": "vneid",
        "name": "VNeID",
        "client_id": "hocsuotdoi",
        "secret": "bí mật",
        "settings": {"server_url": "https://id.example/"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    page = client.get("/accounts/login/").content.decode()
    assert "VNeID" in page
    assert "/accounts/oidc/vneid/login/" in page


def test_sign_in_page_without_identity_servers_offers_none(client, db):
    assert "oidc" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("page", ["login/", "signup/", "login/code/", "password/reset/"])
def test_pages_for_strangers_are_in_our_look_and_carry_nothing_inline(client, db, page):
    text = client.get(f"/accounts/{page}").content.decode()
    assert 'lang="vi"' in text
    assert 'class="button button-primary"' in text
    assert not re.search(r"<style|style=|onclick=|<script(?![^>]*(src=|application/json))", text)


@pytest.mark.parametrize(
    "page", ["email/", "password/change/", "logout/", "2fa/", "2fa/webauthn/", "reauthenticate/", "3rdparty/"]
)
def test_pages_about_ones_sign_in_open_in_our_look(client, mai, page):
    _sign_in(client)
    answer = client.get(f"/accounts/{page}")
    assert answer.status_code == 200, answer.headers
    assert "page-head" in answer.content.decode()


PLAIN = {"p", "h2", "hr", "img", "table", "thead", "tbody", "tr", "th", "td"}
"""Elements of django-allauth that are the bare tag: there is no look of ours to give them."""


def foreign_templates(answer) -> set[str]:
    """Layouts and elements of the page that are not ours."""
    parts = [
        each for each in answer.templates if (each.name or "").startswith(("allauth/elements/", "allauth/layouts/"))
    ]
    assert parts
    strange = {each.name for each in parts if "/hocsuotdoi/accounts/templates/" not in str(each.origin)}
    return strange - {f"allauth/elements/{name}.html" for name in PLAIN}


def test_every_page_for_strangers_is_put_together_from_our_templates(client, mai):
    EmailAddress.objects.update(verified=False)
    client.post("/accounts/login/code/", {"email": mai.email})
    confirming = client.get("/accounts/login/code/confirm/")
    assert foreign_templates(confirming) == set()
    client.post("/accounts/password/reset/", {"email": mai.email})
    key = EmailConfirmationHMAC(EmailAddress.objects.get()).key
    reset = re.search(r"/accounts/password/reset/key/[^\s]+", mail.outbox[-1].body)[0]
    for page in (
        *("/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"),
        *("/accounts/password/reset/done/", "/accounts/confirm-email/", f"/accounts/confirm-email/{key}/", reset),
    ):
        answer = client.get(page, follow=True)
        assert (page, answer.status_code, foreign_templates(answer)) == (page, 200, set())
        assert answer.text.count("<h1>") == 1
        assert 'class="page-head"' in answer.text


def test_every_page_about_ones_sign_in_is_put_together_from_our_templates(client, mai):
    _sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for page in (
        *("email/", "password/change/", "logout/", "2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "2fa/totp/activate/"),
        *("reauthenticate/", "3rdparty/"),
    ):
        answer = client.get(f"/accounts/{page}")
        assert (page, answer.status_code, foreign_templates(answer)) == (page, 200, set())


def test_second_step_is_set_up_only_after_the_password_was_given_again(client, mai):
    _sign_in(client)
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    assert "quét mã QR" in page


def test_failed_sign_in_does_not_speak_of_saving(client, reader):
    page = client.post("/accounts/login/", {"login": reader.email, "password": "khong-dung"}).content.decode()
    assert "Chưa lưu gì" not in page
    assert "Chưa được" in page
