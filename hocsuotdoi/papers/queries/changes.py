"""What a paper says otherwise than the one in whose place it stands: by paragraph, and within one by word."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, zip_longest

KEPT_AROUND = 1
"""Paragraphs shown before and after a change, so that one knows where one is."""

MOST_WORDS = 600
"""Words of longer paragraphs are not held against each other: that takes the square of their number."""

ALIKE = 0.4
"""From this share of words in common on, one paragraph is the other one written anew."""

MOST_STEPS = 5_000_000
"""Steps of comparing, of the paragraphs and again of the words: about a second. Three thousand paragraphs with every
other one changed stay below; lines that say the same over and over take the cube of their number."""

MOST_SHOWN = 5_000
"""Paragraphs: a page of more is read by nobody and takes long to write."""


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


class TooDifferent(Exception):
    """Too long and too different to be laid side by side."""


class _Effort:
    """How many steps of comparing are left."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooDifferent


class _Matcher(difflib.SequenceMatcher):
    """Gives up where it would take too many steps: it counts those that its longest loop is about to take."""

    def __init__(self, before: Sequence[str], after: Sequence[str], effort: _Effort):
        super().__init__(None, before, after, autojunk=False)
        self._effort = effort
        found = Counter(after)
        self._steps = [0, *accumulate(1 + found[each] for each in before)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> difflib.Match:
        self._effort.spend(self._steps[-1 if ahi is None else ahi] - self._steps[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def changes_between(old: str, new: str) -> list[Change]:
    """The paragraphs of both texts in reading order; long stretches that are the same are left out and counted. Raises
    `TooDifferent`."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Change] = []
    of_words = _Effort()
    for tag, i1, i2, j1, j2 in _Matcher(before, after, _Effort()).get_opcodes():
        if tag == "equal":
            found += [Change(ChangeKind.SAME, text) for text in after[j1:j2]]
        else:
            for gone, new in zip_longest(before[i1:i2], after[j1:j2]):
                words, others = _marked(gone, new, of_words)
                found += [Change(ChangeKind.GONE, gone, marked=words)] if gone else []
                found += [Change(ChangeKind.NEW, new, marked=others)] if new else []
    shown = _shortened(found)
    if len(shown) > MOST_SHOWN:
        raise TooDifferent
    return shown


def _marked(gone: str | None, new: str | None, effort: _Effort) -> tuple[_Marked, _Marked]:
    """The words of both; nothing where they have little in common, or are too many."""
    before, after = (gone or "").split(), (new or "").split()
    if not before or not after or max(len(before), len(after)) > MOST_WORDS:
        return (), ()
    matcher = _Matcher(before, after, effort)
    try:
        if matcher.ratio() < ALIKE:
            return (), ()
    except TooDifferent:
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
