"""Sign-in in a real browser: a passkey, accessibility, narrow screens. The passkey is the browser's own make-believe
key, so what is tested is our pages with the sign-in library's script under our content security policy."""

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.operations.people import open_account
from hocsuotdoi.places.queries.units import country
from tests.factories.accounts import RoleAssignmentFactory
from tests.support.browser import PHONE

pytestmark = pytest.mark.slow
PASSWORD = "mot-mat-khau-dai"


def _auditor(email: str) -> Person:
    person = open_account(email, full_name="Vũ Thị Thanh", password=PASSWORD, by=None)
    RoleAssignmentFactory(person=person, role=RoleName.AUDITOR, unit=country())
    return person


def _sign_in(page, person):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/workspace/")


def _give_a_key(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_and_opens_the_account_without_a_password(page, live_program):
    person = _auditor("khoa@thu.example")
    page.goto(live_program.url.replace("127.0.0.1", "localhost") + "/accounts/login/")
    _give_a_key(page)
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/workspace/")
    here = page.url.removesuffix("/workspace/")
    page.goto(f"{here}/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/accounts/2fa/" in url and "/add/" not in url)
    page.goto(f"{here}/accounts/logout/")
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/logout/" not in url)  # what the browser keeps is cleared first
    page.goto(f"{here}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/workspace/")
    assert str(person) in page.inner_text("body")


def test_pages_of_accounts_are_accessible_and_fit_a_phone(visitor, accessibility, live_program):
    page = visitor(viewport=PHONE).new_page()
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/login/code/"):
        page.goto(path)
        assert (path, accessibility(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    _sign_in(page, _auditor("kiem-tra@thu.example"))
    for path in ("/workspace/", "/workspace/roles/", "/workspace/audit/", "/account/", "/accounts/2fa/"):
        page.goto(path)
        assert (path, accessibility(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
