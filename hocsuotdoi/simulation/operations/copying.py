"""Writes batches into the ledger by COPY, each in one transaction, through several connections at a time.

Nothing of the book's is switched off: keys, links, yearly partitions and the trigger that lets an entry in only with
its posting hold for these rows as for any other. A posting that is sent twice is sent as `ledger.operations.post` would
send it, and refused by the same key.
"""

import queue
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.simulation.operations.activity import (
    AGES,
    CHANNELS,
    DAY_MS,
    EPOCH,
    MEASURES,
    OFFSET_MS,
    PURPOSES,
    SEXES,
    Activity,
    Acts,
    Batch,
    Fate,
    Lines,
)

NULL = r"\N"
_POSTING = (
    "COPY {table} (id, institution_id, kind, source_kind, source_id, revision, occurred_on, posted_at, reverses_id, "
    "reason) FROM STDIN"
)
_ENTRY = (
    "COPY ledger_entry (id, institution_id, posting_id, occurred_on, place_id, tags, measure, sex, age_band, channel, "
    "purpose, quantity, residence_id, learner_key) FROM STDIN"
)
_SENT_AGAIN = (
    "CREATE TEMP TABLE IF NOT EXISTS sent_again (LIKE ledger_posting INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
)
_SEND_AGAIN = "INSERT INTO ledger_posting SELECT * FROM sent_again ON CONFLICT DO NOTHING"


class BookTookItTwice(Refused):
    """A posting sent again was not refused: figures would be counted twice."""


@dataclass(slots=True)
class Counts:
    """What was written. `late` postings came two weeks after the act or later; `resent` were refused by the book."""

    postings: int = 0
    entries: int = 0
    stated: int = 0
    reversals: int = 0
    revisions: int = 0
    withdrawn: int = 0
    still_wrong: int = 0
    late: int = 0
    resent: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of text as COPY takes them."""

    postings: str
    entries: str
    again: str
    again_count: int


class Writing:
    """Makes rows of batches. The same batch and the same numbers give the same rows, ids too."""

    def __init__(self, activity: Activity, institution_keys: np.ndarray, seed: int) -> None:
        self.activity, self.country, self.seed = activity, activity.country, seed
        self.institutions = [str(key) for key in institution_keys]
        self.units = [*(str(key) for key in activity.territory.pks), NULL]
        self.tags = ["{" + ",".join(tags) + "}" for tags in activity.tags.sets()]
        self._codes = [[*map(str, each), NULL] for each in (MEASURES, SEXES, AGES, CHANNELS, PURPOSES)]
        self.counts = Counts()

    def rows(self, rng: np.random.Generator, batch: Batch) -> Rows:
        acts = batch.acts
        reversed_acts = np.flatnonzero((acts.fate == Fate.PUT_RIGHT) | (acts.fate == Fate.WITHDRAWN))
        right_again = np.flatnonzero(acts.fate == Fate.PUT_RIGHT)
        sources = _ids(rng, (acts.day - EPOCH) * DAY_MS)
        first = _ids(rng, acts.posted)
        taken_back = _ids(rng, acts.corrected[reversed_acts])
        posted_again = _ids(rng, acts.corrected[right_again] + 60_000)
        everything = np.arange(len(acts))
        kinds = [PostingKind.STATED if act.is_stated else PostingKind.HAPPENING for act in self.activity.acts]
        kind_of = [str(kinds[code]) for code in acts.code.tolist()]
        reasons = self.activity.model.wrong_reasons
        why = rng.integers(0, len(reasons), len(acts))
        postings = [
            *self._postings(acts, everything, first, sources, kind_of, acts.posted, 1),
            *self._reversals(acts, reversed_acts, taken_back, sources, first, [reasons[each] for each in why.tolist()]),
            *self._postings(acts, right_again, posted_again, sources, kind_of, acts.corrected + 60_000, 2),
        ]
        entries = self._entries(rng, batch, first, reversed_acts, taken_back, right_again, posted_again)
        resent = np.flatnonzero(rng.random(len(acts)) < self.activity.model.resent_share)
        again = self._postings(acts, resent, _ids(rng, acts.posted[resent]), sources, kind_of, acts.posted, 1)
        self._count(acts, kind_of, len(postings), len(entries), len(resent))
        return Rows("".join(postings), "".join(entries), "".join(again), len(resent))

    def _postings(
        self, acts: Acts, which: np.ndarray, ids: list[str], sources: list[str], kinds: list[str],
        posted: np.ndarray, revision: int,
    ) -> list[str]:  # fmt: skip
        heads = self._heads(acts, which)
        return [
            f"{key}\t{who}\t{kinds[act]}\t{source}\t{sources[act]}\t{revision}\t{day}\t{moment}\t{NULL}\t\n"
            for key, act, (who, source, day), moment in zip(
                ids, which.tolist(), heads, _moments(posted[which]), strict=True
            )
        ]

    def _reversals(
        self, acts: Acts, which: np.ndarray, ids: list[str], sources: list[str], firsts: list[str], reasons: list[str]
    ) -> list[str]:
        heads, moments = self._heads(acts, which), _moments(acts.corrected[which])
        return [
            f"{key}\t{who}\t{PostingKind.REVERSAL}\t{source}\t{sources[act]}\t1\t{day}\t{moment}\t{firsts[act]}\t"
            f"{reasons[act]}\n"
            for key, act, (who, source, day), moment in zip(ids, which.tolist(), heads, moments, strict=True)
        ]

    def _heads(self, acts: Acts, which: np.ndarray) -> list[tuple[str, str, str]]:
        """Institution, kind of source and day of acts."""
        sources = [act.source for act in self.activity.acts]
        return [
            (self.institutions[who], sources[code], day)
            for who, code, day in zip(
                acts.institution[which].tolist(), acts.code[which].tolist(), _days(acts.day[which]), strict=True
            )
        ]

    def _entries(
        self, rng: np.random.Generator, batch: Batch, first: list[str], reversed_acts: np.ndarray,
        taken_back: list[str], right_again: np.ndarray, posted_again: list[str],
    ) -> list[str]:  # fmt: skip
        acts, lines = batch.acts, batch.lines
        wrong = (acts.fate != Fate.RIGHT)[lines.act]
        as_posted = np.where(wrong, batch.wrong_quantities(), lines.quantity)
        back = np.isin(lines.act, reversed_acts)
        right = np.isin(lines.act, right_again)
        again = dict(zip(right_again.tolist(), posted_again, strict=True))
        undone = dict(zip(reversed_acts.tolist(), taken_back, strict=True))
        return [
            *self._of_postings(rng, acts, lines, as_posted, acts.posted, dict(enumerate(first))),
            *self._of_postings(rng, acts, lines.taken(back), -as_posted[back], acts.corrected, undone),
            *self._of_postings(rng, acts, lines.taken(right), lines.quantity[right], acts.corrected + 60_000, again),
        ]

    def _of_postings(
        self, rng: np.random.Generator, acts: Acts, lines: Lines, quantity: np.ndarray, posted: np.ndarray,
        postings: dict[int, str],
    ) -> list[str]:  # fmt: skip
        """The text of the lines, each in the posting of its act."""
        places = self.country.stay_place[acts.stay].tolist()
        heads = {
            act: f"{self.institutions[who]}\t{postings[act]}\t{day}\t{self.units[places[act]]}\t{self.tags[tag]}"
            for act, (who, day, tag) in enumerate(
                zip(acts.institution.tolist(), _days(acts.day), acts.tag.tolist(), strict=True)
            )
            if act in postings
        }
        measures, sexes, ages, channels, purposes = self._codes
        numbers = zip(
            _ids(rng, posted[lines.act]),
            lines.act.tolist(),
            *(each.tolist() for each in (lines.measure, lines.sex, lines.age, lines.channel, lines.purpose)),
            quantity.tolist(),
            lines.residence.tolist(),
            self._learners(lines.learner),
            strict=True,
        )
        return [
            f"{key}\t{heads[act]}\t{measures[m]}\t{sexes[s]}\t{ages[a]}\t{channels[c]}\t{purposes[p]}\t{q}\t"
            f"{self.units[home]}\t{learner}\n"
            for key, act, m, s, a, c, p, q, home, learner in numbers
        ]

    def _learners(self, learners: np.ndarray) -> list[str]:
        keys = learner_keys(self.seed, learners)
        return [key if known else NULL for key, known in zip(keys, (learners >= 0).tolist(), strict=True)]

    def _count(self, acts: Acts, kinds: list[str], postings: int, entries: int, resent: int) -> None:
        counts, fates = self.counts, np.bincount(acts.fate, minlength=len(Fate))
        counts.postings += postings
        counts.entries += entries
        counts.stated += kinds.count(str(PostingKind.STATED))
        counts.reversals += int(fates[Fate.PUT_RIGHT] + fates[Fate.WITHDRAWN])
        counts.revisions += int(fates[Fate.PUT_RIGHT])
        counts.withdrawn += int(fates[Fate.WITHDRAWN])
        counts.still_wrong += int(fates[Fate.STILL_WRONG])
        counts.late += int((acts.posted - (acts.day - EPOCH) * DAY_MS >= 14 * DAY_MS).sum())
        counts.resent += resent


class Writers:
    """Connections that write at the same time; a batch is one transaction of one of them.

    Used as a context: leaving it waits until all is written, and raises what went wrong in a writer.
    """

    def __init__(self, number: int) -> None:
        self._jobs: queue.Queue[Rows | None] = queue.Queue(maxsize=2 * number)
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._work, args=(_own(),), daemon=True) for _number in range(number)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def write(self, rows: Rows) -> None:
        """Waits while all are busy, so that memory stays flat. Raises what went wrong in a writer."""
        if self._failure is not None:
            raise self._failure
        self._jobs.put(rows)

    def _work(self, own: BaseDatabaseWrapper) -> None:
        try:
            while (rows := self._jobs.get()) is not None:
                if self._failure is None:
                    try:
                        _write(own, rows)
                    except BaseException as failure:  # told to the thread that hands out the work
                        self._failure = failure
        finally:
            own.close()


def _own() -> BaseDatabaseWrapper:
    """A connection for one thread."""
    own = connection.copy()
    own.inc_thread_sharing()
    return own


def _write(own: Any, rows: Rows) -> None:
    own.ensure_connection()
    with own.connection.transaction(), own.connection.cursor() as cursor:
        # Lost in a crash is at worst the end of a made-up book.
        cursor.execute("SET LOCAL synchronous_commit TO off")
        for command, text in ((_POSTING.format(table="ledger_posting"), rows.postings), (_ENTRY, rows.entries)):
            with cursor.copy(command) as copy:
                copy.write(text)
        if rows.again:
            cursor.execute(_SENT_AGAIN)
            with cursor.copy(_POSTING.format(table="sent_again")) as copy:
                copy.write(rows.again)
            cursor.execute(_SEND_AGAIN)
            if cursor.rowcount:
                raise BookTookItTwice(f"{cursor.rowcount}")


@transaction.atomic
def ensure_partitions(years: range) -> None:
    with connection.cursor() as cursor:
        for year in years:
            cursor.execute("SELECT ledger_ensure_partition(%s)", [year])


def learner_keys(seed: int, learners: np.ndarray) -> list[str]:
    """Pseudonyms: the same learner has the same key at every house and in every year of one simulation."""
    base = learners.astype(np.uint64) * np.uint64(2) + np.uint64(seed % 2**32 << 40)
    return _hex(_stamped(_splitmix(base), 4), _variant(_splitmix(base + np.uint64(1))))


def _ids(rng: np.random.Generator, moments: np.ndarray) -> list[str]:
    """UUIDv7 (RFC 9562) of moments in milliseconds, random in the rest."""
    luck = rng.integers(0, 2**64, (2, len(moments)), np.uint64, endpoint=False)
    high = (moments.astype(np.uint64) << np.uint64(16)) | (luck[0] & np.uint64(0xFFFF))
    return _hex(_stamped(high, 7), _variant(luck[1]))


def _stamped(high: np.ndarray, version: int) -> np.ndarray:
    return (high & np.uint64(0xFFFF_FFFF_FFFF_0FFF)) | np.uint64(version << 12)


def _variant(low: np.ndarray) -> np.ndarray:
    return (low & np.uint64(2**62 - 1)) | np.uint64(2**63)


def _splitmix(x: np.ndarray) -> np.ndarray:
    """Mixes each number of 64 bits so well that neighbours have nothing in common, and never makes two the same."""
    x = x * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _hex(high: np.ndarray, low: np.ndarray) -> list[str]:
    text = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    return [text[start : start + 32] for start in range(0, len(text), 32)]


def _days(days: np.ndarray) -> list[str]:
    return np.datetime_as_string((days - EPOCH).astype("datetime64[D]")).tolist()


def _moments(moments: np.ndarray) -> list[str]:
    """As Viet Nam's clocks show them."""
    local = (moments + OFFSET_MS).astype("datetime64[ms]")
    return [f"{moment}+07" for moment in np.datetime_as_string(local).tolist()]
