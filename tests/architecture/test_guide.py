"""The users' guide names what the program really shows: its pictures are there, its words stand in the catalogue.

In the guide a word to look for on the screen (a button, a link, a heading, a field) is written **«…»**; other quotation
marks are plain speech and are not looked at.
"""

import re

import polib
import pytest

from tests.architecture.rooms import ROOT

GUIDE = ROOT / "docs" / "guide"
PICTURES = GUIDE / "pictures"
PAGES = sorted(GUIDE.glob("*.md"))
ON_SCREEN = re.compile(r"\*\*«([^»]+)»\*\*")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
VALUE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
HEAVIEST = 3_000_000  # bytes, all pictures together: a clone on a weak line should not wait for them


def _same(words: str) -> str:
    """Words as the eye compares them: one space, no difference between «…» typed and «...», capitals as they come."""
    return re.sub(r"\s+", " ", words.replace("...", "…")).replace(" …", "…").strip().casefold()


@pytest.fixture(scope="module")
def shown() -> re.Pattern:
    """Every Vietnamese sentence of the catalogue, whole, with anything in the places of its values."""
    # The program's own, and its words for the pages of the sign-in library.
    catalogues = sorted((ROOT / "hocsuotdoi").glob("**/vi/LC_MESSAGES/django.po"))
    entries = [entry for path in catalogues for entry in polib.pofile(str(path)) if not entry.obsolete]
    words = {text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values()) if text}
    # A sentence that is nothing but values would match everything.
    telling = [text for text in words if VALUE.sub("", text).strip(" .,:%/–-")]
    patterns = [".+".join(re.escape(_same(part)) for part in VALUE.split(text)) for text in telling]
    return re.compile("|".join(patterns))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_words_quoted_from_the_screen_are_in_the_catalogue(page, shown):
    quoted = ON_SCREEN.findall(page.read_text(encoding="utf-8"))
    assert [words for words in quoted if not shown.fullmatch(_same(words))] == []


def test_pictures_of_the_guide_are_there_and_each_is_used():
    used = {
        (page.parent / target).resolve() for page in PAGES for _, target in PICTURE.findall(page.read_text("utf-8"))
    }
    assert used == set(PICTURES.glob("*.png"))


def test_pictures_of_the_guide_are_described_in_words():
    found = [
        (page.name, target) for page in PAGES for words, target in PICTURE.findall(page.read_text("utf-8")) if not words
    ]
    assert found == []


def test_pictures_of_the_guide_are_light():
    assert sum(picture.stat().st_size for picture in PICTURES.glob("*.png")) < HEAVIEST


def test_pages_of_the_guide_are_all_in_its_index():
    index = (GUIDE / "README.vi.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "README.vi.md" and f"]({page.name})" not in index] == []
