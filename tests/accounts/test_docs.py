"""docs/accounts.md tells every role with its places and permissions; the sign-in library's words are all there."""

import re
from pathlib import Path

import allauth
import polib

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import ROLES

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "hocsuotdoi" / "accounts" / "sign_in_words" / "vi" / "LC_MESSAGES"
# Pages and parts of the library that we do not open to anybody.
UNUSED = (
    "usersessions",
    "signup_by_passkey",
    "mfa/trust",
    "mfa/webauthn/signup",
    "phone",
    "idp",
    "headless",
    "openid/",
)
PAGES = [
    path
    for path in (Path(allauth.__file__).parent / "templates").rglob("*")
    if path.suffix in {".html", ".txt"} and not any(part in str(path) for part in UNUSED)
]


def test_roles_in_the_document_are_those_of_the_code():
    text = (ROOT / "docs" / "accounts.md").read_text(encoding="utf-8").partition("## Roles")[2].partition("\n## ")[0]
    told = {}
    for row in re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE):
        told[row[0]] = (set(row[1].split(", ")), set(re.findall(r"`(\w+)`", row[2])) or row[2].strip())
    everything = "everything, while the powers are switched on"
    nothing = "nothing in the workspace"
    assert told == {
        role.name: (
            {place.value for place in role.held_at},
            everything
            if role.must_be_switched_on and role.permissions == set(Permission)
            else {permission.value for permission in role.permissions} or nothing,
        )
        for role in ROLES.values()
    }


def test_every_word_on_the_sign_in_librarys_pages_is_vietnamese():
    known = {entry.msgid for entry in polib.pofile(str(WORDS / "django.po")) if entry.translated()}
    unused = {"Sign up using a passkey"}
    shown = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown |= set(re.findall(r"{%\s*trans(?:late)?\s+\"([^\"]+)\"", text))
        shown |= set(re.findall(r"{%\s*trans(?:late)?\s+'([^']+)'", text))
    assert shown - known - unused == set()


def test_words_keep_their_placeholders():
    holder = re.compile(r"%\(\w+\)s|%[sd]|{\w+}")
    for entry in polib.pofile(str(WORDS / "django.po")):
        said = entry.msgstr or entry.msgstr_plural[0]
        assert set(holder.findall(said)) == set(holder.findall(entry.msgid)), entry.msgid
