"""Writes batches into the ledger by COPY, each in one transaction, through several connections at a time.

Nothing of the book's is switched off: keys, links, yearly partitions and the trigger that lets an entry in only with
its posting hold for these rows as for any other. A posting that is sent twice is sent as `ledger.operations.post` would
send it, and refused by the same key.
"""

import datetime as dt
import queue
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.queries.stated import SOURCE_KIND, slot_of
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.simulation.operations.activity import (
    AGES,
    CHANNELS,
    DAY_MS,
    EPOCH,
    MEASURES,
    PURPOSES,
    PUT_RIGHT_AFTER_MS,
    SEXES,
    Activity,
    Acts,
    Batch,
    Fate,
    column_of,
)
from hocsuotdoi.simulation.operations.stating import Stating, Typed, period_of
from hocsuotdoi.simulation.operations.writing import NULL, days_as_text, ids_of, learner_keys, moments_as_text

_COLUMNS = list(StatedColumn)
LATE_MS = 14 * DAY_MS
_POSTING = (
    "COPY {table} (id, institution_id, kind, source_kind, source_id, revision, occurred_on, posted_at, reverses_id, "
    "reason) FROM STDIN"
)
_ENTRY = (
    "COPY ledger_entry (id, institution_id, posting_id, occurred_on, place_id, tags, measure, sex, age_band, channel, "
    "purpose, quantity, residence_id, learner_key) FROM STDIN"
)
_STATEMENT = (
    "COPY indicators_statement (id, unit_id, period, way, file_name, file_digest, source, reason, undoes_id, "
    "stated_by, stated_at) FROM STDIN"
)
_FIGURE = (
    'COPY indicators_statedfigure (id, institution_id, statement_id, slot, revision, "column", period, starts_on, '
    "ends_on, quantity, recorded, posting_id) FROM STDIN"
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
    """Lines of text as COPY takes them; `again` are postings that the book must refuse."""

    postings: str
    entries: str
    again: str
    statements: str = ""
    figures: str = ""


@dataclass(frozen=True, slots=True)
class _Booking:
    """Postings of some acts of a batch: `which`, under which ids, when. `reverses` holds the postings taken back."""

    which: np.ndarray
    ids: list[str]
    moments: np.ndarray
    revision: int = 1
    reverses: list[str] | None = None


class Writing:
    """Makes rows of batches. The same batch and the same chance give the same rows, ids too."""

    def __init__(
        self, activity: Activity, institution_keys: np.ndarray, seed: int, *, has_figures: bool = True
    ) -> None:
        self.activity, self.country, self.seed = activity, activity.country, seed
        self.keys, self.has_figures = institution_keys.tolist(), has_figures
        self.institutions = [str(key) for key in institution_keys]
        self.units = [*(str(key) for key in activity.territory.pks), NULL]
        self.tags = ["{" + ",".join(tags) + "}" for tags in activity.tags.sets()]
        self.is_stated = np.array([act.is_stated for act in activity.acts])
        self.sources = [SOURCE_KIND if act.is_stated and has_figures else act.source for act in activity.acts]
        self.kinds = [str(PostingKind.STATED if act.is_stated else PostingKind.HAPPENING) for act in activity.acts]
        self._codes = [[*map(str, each), NULL] for each in (MEASURES, SEXES, AGES, CHANNELS, PURPOSES)]
        self.counts = Counts()

    def rows(self, rng: np.random.Generator, batch: Batch) -> Rows:
        part_of = np.arange(len(batch.acts))
        if self.has_figures:
            batch, part_of = batch.by_figure(self.is_stated)
        acts, lines = batch.acts, batch.lines
        back = np.flatnonzero((acts.fate == Fate.PUT_RIGHT) | (acts.fate == Fate.WITHDRAWN))
        right = np.flatnonzero(acts.fate == Fate.PUT_RIGHT)
        resent = np.flatnonzero(rng.random(len(acts)) < self.activity.model.resent_share)
        sources = ids_of(rng, (acts.day - EPOCH) * DAY_MS)
        typed = self._typed(batch, part_of) if self.has_figures else []
        for each in typed:
            sources[each.act] = each.slot.hex
        first = _booking(rng, np.arange(len(acts)), acts.posted)
        undone = _booking(rng, back, acts.corrected[back], reverses=[first.ids[act] for act in back.tolist()])
        posted_again = _booking(rng, right, acts.corrected[right] + PUT_RIGHT_AFTER_MS, revision=2)
        wrong = (acts.fate != Fate.RIGHT)[lines.act]
        as_posted = np.where(wrong, batch.wrong_quantities(), lines.quantity)
        postings = [row for each in (first, undone, posted_again) for row in self._postings(rng, acts, sources, each)]
        entries = [
            *self._entries(rng, batch, first, as_posted),
            *self._entries(rng, batch, undone, -as_posted),
            *self._entries(rng, batch, posted_again, lines.quantity),
        ]
        again = self._postings(rng, acts, sources, _booking(rng, resent, acts.posted[resent]))
        self._count(acts, len(postings), len(entries), len(again))
        stating = Stating(
            model=self.activity.model,
            acts=acts,
            typed=typed,
            institutions=self.institutions,
            units=[self.units[place] for place in self.country.stay_place[acts.stay].tolist()],
            posted=as_posted,
            right=lines.quantity,
            first=first.ids,
            again=dict(zip(right.tolist(), posted_again.ids, strict=True)),
        )
        stated = stating.rows(rng) if typed else ("", "")
        return Rows("".join(postings), "".join(entries), "".join(again), *stated)

    def _typed(self, batch: Batch, part_of: np.ndarray) -> list[Typed]:
        """The acts of a batch, split by figure, that are figures typed in; and in which sheets they came."""
        acts, lines = batch.acts, batch.lines
        mine = np.flatnonzero(self.is_stated[acts.code][lines.act])
        act = lines.act[mine]
        who = acts.institution[act]
        columns, every, days = column_of(lines)[mine], self.activity.typed_every[who], acts.day[act]
        return [
            Typed(line, number, sheet, institution, column, period, slot_of(self.keys[institution], column, period))
            for line, number, sheet, institution, column, period in zip(
                mine.tolist(),
                act.tolist(),
                part_of[act].tolist(),
                who.tolist(),
                (_COLUMNS[each] for each in columns.tolist()),
                (period_of(dt.date.fromordinal(day), m) for day, m in zip(days.tolist(), every.tolist(), strict=True)),
                strict=True,
            )
        ]

    def _postings(self, rng: np.random.Generator, acts: Acts, sources: list[str], booking: _Booking) -> list[str]:
        which, moments = booking.which, moments_as_text(booking.moments)
        codes, reverses = acts.code[which].tolist(), booking.reverses or [NULL] * len(which)
        kinds = [str(PostingKind.REVERSAL) if booking.reverses else self.kinds[code] for code in codes]
        reasons = self.activity.model.wrong_reasons
        why = [reasons[each] if booking.reverses else "" for each in rng.integers(0, len(reasons), len(which)).tolist()]
        days, institutions = days_as_text(acts.day[which]), acts.institution[which].tolist()
        return [
            f"{key}\t{self.institutions[who]}\t{kind}\t{self.sources[code]}\t{sources[act]}\t{booking.revision}\t{day}\t"
            f"{moment}\t{undone}\t{reason}\n"
            for key, who, kind, code, act, day, moment, undone, reason in zip(
                booking.ids, institutions, kinds, codes, which.tolist(), days, moments, reverses, why, strict=True
            )
        ]

    def _entries(self, rng: np.random.Generator, batch: Batch, booking: _Booking, quantities: np.ndarray) -> list[str]:
        """The lines of the acts that are booked; `quantities` stand for those of all lines."""
        acts, mine = batch.acts, np.isin(batch.lines.act, booking.which) & (batch.lines.quantity > 0)
        lines = batch.lines.taken(mine)
        number = np.zeros(len(acts), np.int64)
        number[booking.which] = np.arange(len(booking.which))
        posting = number[lines.act]
        heads = self._heads(acts, booking)
        measures, sexes, ages, channels, purposes = self._codes
        rows = zip(
            ids_of(rng, booking.moments[posting]),
            posting.tolist(),
            *(each.tolist() for each in (lines.measure, lines.sex, lines.age, lines.channel, lines.purpose)),
            quantities[mine].tolist(),
            lines.residence.tolist(),
            self._learners(lines.learner),
            strict=True,
        )
        return [
            f"{key}\t{heads[at]}\t{measures[m]}\t{sexes[s]}\t{ages[a]}\t{channels[c]}\t{purposes[p]}\t{quantity}\t"
            f"{self.units[home]}\t{learner}\n"
            for key, at, m, s, a, c, p, quantity, home, learner in rows
        ]

    def _heads(self, acts: Acts, booking: _Booking) -> list[str]:
        """What all entries of a posting begin with: institution, posting, day, place and tags."""
        which = booking.which
        return [
            f"{self.institutions[who]}\t{key}\t{day}\t{self.units[place]}\t{self.tags[tag]}"
            for who, key, day, place, tag in zip(
                acts.institution[which].tolist(),
                booking.ids,
                days_as_text(acts.day[which]),
                self.country.stay_place[acts.stay[which]].tolist(),
                acts.tag[which].tolist(),
                strict=True,
            )
        ]

    def _learners(self, learners: np.ndarray) -> list[str]:
        keys = learner_keys(self.seed, learners)
        return [key if known else NULL for key, known in zip(keys, (learners >= 0).tolist(), strict=True)]

    def _count(self, acts: Acts, postings: int, entries: int, resent: int) -> None:
        counts, fates = self.counts, np.bincount(acts.fate, minlength=len(Fate))
        is_stated = np.array([kind == PostingKind.STATED for kind in self.kinds])
        counts.postings += postings
        counts.entries += entries
        counts.stated += int(is_stated[acts.code].sum())
        counts.reversals += int(fates[Fate.PUT_RIGHT] + fates[Fate.WITHDRAWN])
        counts.revisions += int(fates[Fate.PUT_RIGHT])
        counts.withdrawn += int(fates[Fate.WITHDRAWN])
        counts.still_wrong += int(fates[Fate.STILL_WRONG])
        counts.late += int((acts.posted - (acts.day - EPOCH) * DAY_MS >= LATE_MS).sum())
        counts.resent += resent


def _booking(
    rng: np.random.Generator,
    which: np.ndarray,
    moments: np.ndarray,
    *,
    revision: int = 1,
    reverses: list[str] | None = None,
) -> _Booking:
    return _Booking(which, ids_of(rng, moments), moments, revision, reverses)


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
        for command, text in (
            (_POSTING.format(table="ledger_posting"), rows.postings),
            (_ENTRY, rows.entries),
            (_STATEMENT, rows.statements),
            (_FIGURE, rows.figures),
        ):
            if not text:
                continue
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
