"""What the document and the annex print alike."""

import re
from typing import Any

from hocsuotdoi.core.vietnamese import normalise

SAMPLE_WARNING = "DỮ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU CHÍNH THỨC"

# Characters that XML 1.0 does not allow, and lone surrogates.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def short_digest(digest: str) -> str:
    """The first 16 of the 64 digits, in fours, so that a person can compare them."""
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def cleaned(value: Any) -> Any:
    """`value` with every text in it in NFC and without characters that a document cannot hold."""
    if isinstance(value, str):
        return _NOT_XML.sub("", normalise(value))
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value
