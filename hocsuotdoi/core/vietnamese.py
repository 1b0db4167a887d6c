"""Vietnamese text: repaired marks, sort keys, tone-aware search, numbers. Pure functions.

The database has no ICU (the embedded server's wheel carries none), so order is computed here and stored as ASCII.
"""

import re
import unicodedata
from decimal import Decimal

_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: dictionary order after the level tone
_VOWEL_MARKS = "\u0302\u0306\u031b"  # â ê ô, ă, ơ ư
_LATE_MARK = re.compile(f"([A-Za-zĐđ])([{_VOWEL_MARKS}]?)( )([{_TONES}{_VOWEL_MARKS}]+)")
_MARKS = re.compile(f"[{_TONES}{_VOWEL_MARKS}]+")
_LETTER_RANK = {
    "\u0306": "2",
    "\u0302": "3",
    "\u031b": "4",
}  # a < ă < â, e < ê, o < ô < ơ, u < ư
_WORD = re.compile(r"[^\W_]+")
_THOUSANDS = r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"
NUMBER = rf"(?:{_THOUSANDS}|\d+(?:,\d+|\.\d{{1,2}})?)"
"""A number as Vietnamese writes it, to be put into expressions; `read_number` reads what it matches."""


def read_number(text: str) -> Decimal:
    """1.500 is fifteen hundred, and 1,5 one and a half (1.5, too). ValueError where it is no number."""
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(rf"-?{NUMBER}", text):
        raise ValueError(text)
    if re.fullmatch(rf"-?{_THOUSANDS}", text):
        text = text.replace(".", "")
    return Decimal(text.replace(",", "."))


def normalise(text: str) -> str:
    """`text` in NFC with misplaced marks repaired: a tone before a vowel mark, or marks that slipped past a space.

    Library records hold both («Đò̂ng», «Nha ̀xuất»); see docs/glossary.md, "Vietnamese text".
    """
    if unicodedata.is_normalized("NFC", text) and not _MARKS.search(text):
        return text  # no mark stands alone, so each is in its place: nearly every text
    decomposed = unicodedata.normalize("NFD", text)
    decomposed = _LATE_MARK.sub(r"\1\2\4\3", decomposed)
    ordered = _MARKS.sub(lambda m: "".join(sorted(m[0], key=lambda c: c in _TONES)), decomposed)
    return unicodedata.normalize("NFC", ordered)


def without_marks(text: str) -> str:
    """`text` without any mark, capitals as they are: «Đọc sách» → «Doc sach»."""
    decomposed = unicodedata.normalize("NFD", normalise(text).replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold(text: str) -> str:
    """`text` in small letters without any mark: «Đọc sách» → «doc sach»."""
    return without_marks(normalise(text).lower())


def sort_key(text: str) -> str:
    """An ASCII key whose plain order is the Vietnamese dictionary's: syllable by syllable, letters, then tone."""
    return "".join(_syllable_key(word) for word in _WORD.findall(normalise(text).lower()))


def name_sort_key(full_name: str) -> str:
    """The sort key of a person's name: by given name (the last word), then family and middle names."""
    words = full_name.split()
    return sort_key(" ".join(words[-1:] + words[:-1]))


def _syllable_key(syllable: str) -> str:
    letters: list[str] = []
    tone = "1"
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONES:
            tone = str(_TONES.index(char) + 2)
        elif char in _LETTER_RANK and letters:
            letters[-1] = letters[-1][0] + _LETTER_RANK[char]
        elif char == "đ":
            letters.append("d2")
        elif char.isascii() and char.isalnum():
            letters.append(char + "1" if char.isalpha() else f"1{char}")
    return "".join(letters) + "0" + tone


def search_text(*parts: str) -> str:
    """What is stored to be searched: the words with their marks, then without, each preceded by a space."""
    marked = " ".join(_WORD.findall(normalise(" ".join(parts)).lower()))
    return f" {marked} | {fold(marked)}"


def search_terms(query: str) -> list[str]:
    """The pieces that must all occur (SQL LIKE `%piece%`) in a `search_text`.

    A word typed with marks matches only itself («đường» never finds «dương»); typed without, any marking of it.
    """
    return [f" {word}" for word in _WORD.findall(normalise(query).lower())]


def search_expression(query: str) -> str:
    """What PostgreSQL's `to_tsquery('simple', …)` takes, to match the vector of a `search_text`; empty when nothing can
    be looked for. All words must occur, the last one perhaps unfinished; each as in `search_terms`."""
    words = _WORD.findall(normalise(query).lower())
    return " & ".join(f"'{word}'" for word in words) + ":*" if words else ""


def exact_expression(query: str) -> str:
    """The same for texts that hold every word just as typed; empty when `search_expression` asks no less: all words
    have marks. Words as written weigh A in the vector."""
    words = _WORD.findall(normalise(query).lower())
    if all(fold(word) != word for word in words):
        return ""
    return " & ".join(f"'{word}':A" for word in words[:-1]) + (" & " if words[1:] else "") + f"'{words[-1]}':*A"
