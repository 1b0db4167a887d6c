"""Marks as a device's journal writes them: one JSON object each, chained by SHA-256 so that a gap or a change shows;
and the journal as a phone saves it in a file.

A mark's hash is that of its canonical JSON (keys in order, no spaces, UTF-8) without the key `hash`. The other side of
this format is workspace/static/roll/journal.js.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LINE, ALL, WALK_IN, TALLY, NOTE, CLOSE = "line", "all", "walk_in", "tally", "note", "close"
ACTS = (LINE, ALL, WALK_IN, TALLY, NOTE, CLOSE)

_KEYS = {"id", "number", "session", "act", "said", "noted_at", "previous_hash", "hash"}
_LAST_MOMENT = 253_402_300_799_000  # end of the year 9999, in milliseconds


class UnreadableMark(ValueError):
    """Something that no journal of ours has written."""


class UnreadableJournal(ValueError):
    """A file that no phone of ours has saved."""


class BrokenJournal(UnreadableJournal):
    """The mark `number` is not what the phone wrote, or does not follow the one before it."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class Mark:
    """`said`: what the act says. line and all {"present": {key: people}}, walk_in {"name", "sex", "age_band"}, tally
    {"sex", "age_band", "count", "phone"}, note {"note", "phone"}, close {"nobody_came"}; `phone` names the journal:
    one phone may be enrolled several times. `is_whole`: the hash fits what came."""

    id: uuid.UUID
    number: int
    session: uuid.UUID
    act: str
    said: dict[str, Any]
    noted_at: dt.datetime
    previous_hash: str
    hash: str
    is_whole: bool


def parse_mark(raw: object) -> Mark:
    """Refused (`UnreadableMark`): anything without the journal's own keys and kinds of values."""
    if not isinstance(raw, dict) or raw.keys() != _KEYS:
        raise UnreadableMark
    number, noted_at, said = raw["number"], raw["noted_at"], raw["said"]
    if (
        not _is_whole_number(number, 2**53)
        or not _is_whole_number(noted_at, _LAST_MOMENT)
        or not isinstance(said, dict)
    ):
        raise UnreadableMark
    texts = [raw[key] for key in ("id", "session", "act", "previous_hash", "hash")]
    if not all(isinstance(text, str) and len(text) <= 64 and _is_storable(text) for text in texts):
        raise UnreadableMark
    try:
        named, session = uuid.UUID(raw["id"]), uuid.UUID(raw["session"])
        computed = mark_hash(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableMark from error
    return Mark(
        id=named,
        number=number,
        session=session,
        act=raw["act"][:16],
        said=_storable(said),
        noted_at=dt.datetime.fromtimestamp(noted_at / 1000, dt.UTC),
        previous_hash=raw["previous_hash"],
        hash=raw["hash"],
        is_whole=computed == raw["hash"],
    )


@dataclass(frozen=True, slots=True)
class JournalPart:
    """What a journal noted for one institution, in its order, and the phone's latest enrolment there."""

    device: uuid.UUID
    marks: list[Mark]


def parse_journal(content: bytes) -> list[JournalPart]:
    """What a phone saved: {"device": {"id", "institution_id"}, "marks": [a mark with "institution" and "device", …]}.
    One phone may have been enrolled at several institutions and has a chain for each (one for all of them, in files of
    phones that have not been updated). A phone drops what was taken long ago, so numbers may be left out, but what
    stands side by side must fit.

    Refused: `UnreadableJournal`, `BrokenJournal`.
    """
    try:
        given = json.loads(content)
        head, rows = given["device"], given["marks"]
        named, home = uuid.UUID(head["id"]), head.get("institution_id")
        marks = [parse_mark({key: row[key] for key in _KEYS}) for row in rows]
        places = [row.get("institution", home) for row in rows]
        latest = {
            place: named if place == home else uuid.UUID(row.get("device", head["id"]))
            for place, row in zip(places, rows, strict=True)
        }
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableJournal from error
    parts = [
        JournalPart(device, [mark for mark, at in zip(marks, places, strict=True) if at == place])
        for place, device in latest.items()
    ]
    for part in parts:
        _check_order(part.marks)
    return parts


def _check_order(marks: list[Mark]) -> None:
    before: Mark | None = None
    for mark in marks:
        follows = before is None or (
            mark.previous_hash == before.hash if mark.number == before.number + 1 else mark.number > before.number
        )
        if not mark.is_whole or not follows:
            raise BrokenJournal(mark.number)
        before = mark


def mark_hash(raw: Mapping[str, Any]) -> str:
    """The hash that a mark must carry."""
    content = {key: value for key, value in raw.items() if key != "hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_whole_number(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_storable(text: str) -> bool:
    return not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def _storable(value: Any) -> Any:
    """Without the signs that the database cannot keep."""
    if isinstance(value, str):
        return "".join(char for char in value if _is_storable(char))
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return value
