"""What people type on one line: repaired, on one line, readable; or refused with a sentence."""

import re
import unicodedata

from django.utils.translation import gettext as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise

_PHONE = re.compile(r"\+?[0-9]{8,15}")
_SPACES_IN_PHONES = re.compile(r"[\s.\-()]")


class Unreadable(Refused):
    """A text that is missing, too long or made of signs that nobody can read out."""


class BadPhone(Refused):
    """Not a phone number."""


def one_line(text: str, *, longest: int, missing: str, field: str = "") -> str:
    """`text` in repaired Vietnamese on one line. `field`: what a refusal says it is about.

    Refused: nothing left (with the sentence `missing`), longer than `longest`, no letter or digit, markup, emoji.
    """
    line = " ".join(normalise(text).split())
    if not line:
        raise Unreadable(missing, field=field)
    if len(line) > longest:
        raise Unreadable(
            _("“{start}…” is too long: at most {longest} letters.").format(start=line[:30], longest=longest),
            field=field,
        )
    if any(_is_unreadable(char) for char in line) or not any(char.isalnum() for char in line):
        raise Unreadable(
            _("“{line}” has signs that cannot be used: write letters and digits.").format(line=line), field=field
        )
    return line


def phone_number(text: str) -> str:
    """`text` without spaces, dots and dashes; empty stays empty. Refused: anything but 8 to 15 digits."""
    digits = _SPACES_IN_PHONES.sub("", text)
    if digits and not _PHONE.fullmatch(digits):
        raise BadPhone(
            _("“{phone}” is not a phone number: 8 to 15 digits, or leave it empty.").format(phone=text[:60]),
            field="phone",
        )
    return digits


def _is_unreadable(char: str) -> bool:
    return char in "<>" or unicodedata.category(char) in {"So", "Cc", "Cf", "Cs", "Co", "Cn"}
