"""What a paper says otherwise than the one in whose place it stands: by paragraph, and within one by word."""

import difflib
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

KEPT_AROUND = 1
"""Paragraphs shown before and after a change, so that one knows where one is."""

MOST_WORDS = 600
"""Words of longer paragraphs are not held against each other: that takes the square of their number."""

ALIKE = 0.4
"""From this share of words in common on, one paragraph is the other one written anew."""


_Marked = tuple[tuple[bool, str], ...]


class ChangeKind(StrEnum):
    SAME = "same"
    NEW = "new"
    GONE = "gone"
    LEFT_OUT = "left_out"
    """Paragraphs that are the same and not shown."""


@dataclass(frozen=True, slots=True)
class Change:
    kind: ChangeKind
    text: str = ""
    number: int = 0
    """Of paragraphs left out."""
    marked: tuple[tuple[bool, str], ...] = ()
    """Of a paragraph written anew: its words in order, those that are different marked. Empty: all of it is."""


def changes_between(old: str, new: str) -> list[Change]:
    """The paragraphs of both texts in reading order; long stretches that are the same are left out and counted."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Change] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Change(ChangeKind.SAME, text) for text in after[j1:j2]]
        else:
            for gone, new in zip_longest(before[i1:i2], after[j1:j2]):
                words, others = _marked(gone, new)
                found += [Change(ChangeKind.GONE, gone, marked=words)] if gone else []
                found += [Change(ChangeKind.NEW, new, marked=others)] if new else []
    return _shortened(found)


def _marked(gone: str | None, new: str | None) -> tuple[_Marked, _Marked]:
    """The words of both; nothing where they have little in common, or are too many."""
    before, after = (gone or "").split(), (new or "").split()
    if not before or not after or max(len(before), len(after)) > MOST_WORDS:
        return (), ()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return (), ()
    steps = matcher.get_opcodes()
    old = tuple((tag != "equal", " ".join(before[i1:i2])) for tag, i1, i2, _j1, _j2 in steps if i2 > i1)
    return old, tuple((tag != "equal", " ".join(after[j1:j2])) for tag, _i1, _i2, j1, j2 in steps if j2 > j1)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _shortened(changes: list[Change]) -> list[Change]:
    changed = [at for at, each in enumerate(changes) if each.kind != ChangeKind.SAME]
    near = {each + step for each in changed for step in range(-KEPT_AROUND, KEPT_AROUND + 1)}
    shown: list[Change] = []
    for at, each in enumerate(changes):
        if each.kind != ChangeKind.SAME or at in near:
            shown.append(each)
        elif shown and shown[-1].kind == ChangeKind.LEFT_OUT:
            shown[-1] = Change(ChangeKind.LEFT_OUT, number=shown[-1].number + 1)
        else:
            shown.append(Change(ChangeKind.LEFT_OUT, number=1))
    return shown if changed else []
