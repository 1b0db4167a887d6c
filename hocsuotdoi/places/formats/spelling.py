"""Names written in two ways: the tone of oa, oe, uy on the first letter («Hòa», «Thủy») or on the last («Hoà»)."""

import re
import unicodedata

from hocsuotdoi.core.vietnamese import normalise, search_text

_TONES = "\u0300\u0309\u0303\u0301\u0323"


def _twins() -> dict[str, str]:
    """Both ways, each to the other: «òa» ↔ «oà»."""
    pairs: dict[str, str] = {}
    for first, last in ("oa", "oe", "uy"):
        for tone in _TONES:
            old, new = (unicodedata.normalize("NFC", text) for text in (first + tone + last, first + last + tone))
            pairs |= {old: new, new: old}
    return pairs


_TWINS = _twins()
# At the end of a syllable only: «hoàn» has one spelling; after q the u belongs to the consonant («quý»).
_TWIN = re.compile(f"(?<!q)({'|'.join(_TWINS)})(?![^\\W_])", re.IGNORECASE)


def other_spelling(text: str) -> str:
    """`text` in small letters with every such tone moved to the other letter; itself where there is none."""
    return _TWIN.sub(lambda found: _TWINS[found[0]], normalise(text).lower())


def search_text_of(*names: str) -> str:
    """What is stored to find `names` by, however their tones are placed."""
    return search_text(*names, *(other_spelling(name) for name in names if other_spelling(name) != name.lower()))
