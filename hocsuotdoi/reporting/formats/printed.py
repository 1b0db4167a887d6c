"""What the document and the annex print alike."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.reporting.formats.canonical import canonical_json

SAMPLE_WARNING = "DỮ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU CHÍNH THỨC"

# Characters that XML 1.0 does not allow, and lone surrogates.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def short_digest(digest: str) -> str:
    """The first 16 of the 64 digits, in fours, so that a person can compare them."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


KEY_LENGTH = 8
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def paper_key(content: Mapping[str, Any], code: str) -> str:
    """What only the document itself says, beside its code: who types it in has the paper, and reads on the public page
    also what is printed there and told to nobody else (decision 118). Nothing that is told publicly leads to it: it
    comes from the whole content, whose own digest is another."""
    number = int.from_bytes(hashlib.sha256(b"paper\0" + code.encode() + b"\0" + canonical_json(content)).digest())
    letters = []
    for _each in range(KEY_LENGTH):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters)


def spaced_key(key: str) -> str:
    """In fours, as it is printed."""
    return f"{key[:4]} {key[4:]}".strip()


def cleaned(value: Any) -> Any:
    """`value` with every text in it in NFC and without characters that a document cannot hold."""
    if isinstance(value, str):
        return _NOT_XML.sub("", normalise(value))
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value
