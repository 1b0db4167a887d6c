"""What a paper says otherwise than the one in whose place it stands, paragraph by paragraph."""

import difflib
from dataclasses import dataclass
from enum import StrEnum

KEPT_AROUND = 1
"""Paragraphs shown before and after a change, so that one knows where one is."""


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


def changes_between(old: str, new: str) -> list[Change]:
    """The paragraphs of both texts in reading order; long stretches that are the same are left out and counted."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[Change] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Change(ChangeKind.SAME, text) for text in after[j1:j2]]
        else:
            found += [Change(ChangeKind.GONE, text) for text in before[i1:i2]]
            found += [Change(ChangeKind.NEW, text) for text in after[j1:j2]]
    return _shortened(found)


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
