"""The frame is drawn once for many people, so nobody's own may stand in it."""

import re

import pytest
from django.test import Client
from django.utils import translation

FRAME = re.compile(r"^.*?<main|</main>.*$", re.DOTALL)


@pytest.fixture(autouse=True)
def _language_stays():
    with translation.override(translation.get_language()):
        yield


def frame(client: Client, path: str) -> str:
    return " ".join(FRAME.findall(client.get(path).content.decode()))


def test_stranger_and_staff_in_turns_each_have_their_own_door(librarian_of_bac_kan, reader):
    staff, stranger, other = Client(), Client(), Client()
    staff.force_login(librarian_of_bac_kan)
    other.force_login(reader)
    for _turn in range(2):
        for client, door in ((stranger, "/accounts/login/"), (staff, "/workspace/"), (other, "/workspace/")):
            found = frame(client, "/about/")
            tools = found[found.index("site-tools") : found.index("site-nav")]
            assert [path in tools for path in ("/accounts/login/", "/workspace/")] == [
                path == door for path in ("/accounts/login/", "/workspace/")
            ]
            assert not any(word in found for word in (librarian_of_bac_kan.full_name, reader.full_name, "@"))


@pytest.mark.usefixtures("db")
def test_each_page_is_marked_in_the_navigation_and_named_to_the_language_switch():
    for path, area in (("/activities/", "/activities/"), ("/plans/", "/plans/"), ("/activities/?q=a", "/activities/")):
        found = frame(Client(), path)
        assert f'href="{area}" aria-current="page"' in found
        assert found.count("aria-current") == 1
        assert re.findall(r'name="next" value="([^"]*)"', found) == [path, path]


@pytest.mark.usefixtures("db")
def test_address_with_markup_stays_text():
    found = frame(Client(), '/about/?a="><script>alert(1)</script>&b=\\1')
    assert "<script>alert" not in found
    assert found.count('name="next"') == 2


@pytest.mark.usefixtures("db")
def test_frame_speaks_the_language_of_who_asks_in_turns():
    english, vietnamese = Client(), Client()
    english.cookies["django_language"] = "en"
    for _turn in range(2):
        assert "Đăng nhập" in frame(vietnamese, "/about/")
        assert "Sign in" in frame(english, "/about/")
        assert "Đăng nhập" not in frame(english, "/about/")
