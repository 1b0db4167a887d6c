"""The palette keeps the contrasts of WCAG 2.2 AA in both themes."""

import re
from pathlib import Path

import pytest

import hocsuotdoi

CSS = (Path(hocsuotdoi.__file__).parent / "core/static/css/tokens.css").read_text()
LIGHT_TEXT, DARK_TEXT = CSS.split("@media (prefers-color-scheme: dark)")[:2]

TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-soft", "cham", "cham-deep", "gold-ink", "lacquer")
    for ground in ("paper", "leaf")
] + [
    ("ink", "fold"),
    ("ink-soft", "fold"),
    ("on-cham", "cham"),
    ("on-cham", "cham-deep"),
    ("cham-deep", "cham-wash"),
    ("ink", "cham-wash"),
    ("ink-soft", "cham-wash"),
    ("gold-ink", "gold-wash"),
    ("ink", "gold-wash"),
    ("lacquer", "lacquer-wash"),
    ("ink", "lacquer-wash"),
    ("cham", "lacquer-wash"),
    ("cham", "gold-wash"),
]
EDGES = [(edge, ground) for edge in ("rule-strong", "cham") for ground in ("paper", "leaf")]


def palette(theme: str) -> dict[str, str]:
    light = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", LIGHT_TEXT))
    return light if theme == "light" else light | dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", DARK_TEXT))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_on_its_ground_has_contrast_of_four_and_a_half(theme: str) -> None:
    colours = palette(theme)
    assert [pair for pair in TEXT if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edge_of_a_field_has_contrast_of_three(theme: str) -> None:
    colours = palette(theme)
    assert [pair for pair in EDGES if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []


@pytest.mark.parametrize("sheet", sorted((Path(hocsuotdoi.__file__).parent / "core/static/css").glob("*.css")), ids=str)
def test_every_rule_is_closed(sheet):
    """One left open swallows whatever follows, and no browser complains."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    depth = 0
    for at, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
        if text.startswith("@layer components {", at):
            assert depth == 0
    assert depth == 0
