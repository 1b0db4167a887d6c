"""Figures that are typed in, as rows that the program would have written: the sheets that they came with, what was
stated of each, what was put right, and whole sheets that were undone."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.simulation.formats.model import Model
from hocsuotdoi.simulation.operations.activity import PUT_RIGHT_AFTER_MS, Acts, Fate
from hocsuotdoi.simulation.operations.writing import NULL, ids_of, moments_as_text

_NOBODY = uuid.UUID("0190b0f4-0d3e-7c5a-9a53-000000000000")
"""Who stated what is made up: no account."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure: `line` and `act` say which of its batch, `sheet` with which others it came, `slot` how the ledger knows
    it."""

    line: int
    act: int
    sheet: int
    institution: int
    column: StatedColumn
    period: Period
    slot: uuid.UUID


def period_of(last: dt.date, months: int) -> Period:
    """The month, quarter or year that ends with this day."""
    if months == 1:
        return Period(last.year, month=last.month)
    return Period(last.year, quarter=(last.month + 2) // 3 if months == 3 else None)


@dataclass(frozen=True, slots=True)
class Stating:
    """`institutions`: their keys as text; `units`: by act, where they stood; `posted`, `right`: what was written and
    what would be right, by line; `first`, `again`: keys of postings, by act."""

    model: Model
    acts: Acts
    typed: Sequence[Typed]
    institutions: Sequence[str]
    units: Sequence[str]
    posted: np.ndarray
    right: np.ndarray
    first: Sequence[str]
    again: Mapping[int, str]

    def rows(self, rng: np.random.Generator) -> tuple[str, str]:
        """Statements and figures, as COPY takes them."""
        fates, corrected = self.acts.fate.tolist(), self.acts.corrected.tolist()
        sheets = {each.sheet: each for each in self.typed}
        undone = {key: each for key, each in sheets.items() if fates[each.act] == Fate.WITHDRAWN}
        mended = [each for each in self.typed if fates[each.act] == Fate.PUT_RIGHT]
        told = self._statements(rng, list(sheets.values()), [self.acts.posted[e.act] for e in sheets.values()])
        first = dict(zip(sheets, told, strict=True))
        taken = self._statements(
            rng, list(undone.values()), [corrected[e.act] for e in undone.values()], [first[key].key for key in undone]
        )
        later = self._statements(rng, mended, [corrected[e.act] + PUT_RIGHT_AFTER_MS for e in mended], mends=True)
        undoing = dict(zip(undone, taken, strict=True))
        posted, right = self.posted.tolist(), self.right.tolist()
        figures = [(e, first[e.sheet].key, 1, posted[e.line], self.first[e.act]) for e in self.typed]
        figures += [(e, undoing[e.sheet].key, 2, NULL, NULL) for e in self.typed if e.sheet in undoing]
        figures += [
            (e, statement.key, 2, right[e.line], self.again[e.act]) for e, statement in zip(mended, later, strict=True)
        ]
        moments = np.array([self.acts.posted[e.act] for e, *_rest in figures], np.int64)
        rows = [
            f"{key}\t{self.institutions[e.institution]}\t{statement}\t{e.slot.hex}\t{revision}\t{e.column.value}\t"
            f"{e.period.code}\t{e.period.starts_on}\t{e.period.ends_on}\t{quantity}\t0\t{posting}\n"
            for key, (e, statement, revision, quantity, posting) in zip(ids_of(rng, moments), figures, strict=True)
        ]
        return "".join(each.row for each in (*told, *taken, *later)), "".join(rows)

    def _statements(
        self,
        rng: np.random.Generator,
        of: Sequence[Typed],
        moments: Sequence[int],
        undoes: Sequence[str] | None = None,
        *,
        mends: bool = False,
    ) -> list["_Statement"]:
        at = np.array(moments, np.int64)
        reasons = self.model.wrong_reasons
        luck = rng.integers(0, len(reasons), len(of)).tolist()
        way = StatingWay.FORM if undoes is None else StatingWay.UNDO
        return [
            _Statement(
                key,
                f"{key}\t{self.units[each.act]}\t{each.period.code}\t{way}\t\t\t{self.model.typed_source}\t"
                f"{reasons[why] if mends or undoes else ''}\t{undone}\t{_NOBODY}\t{moment}\n",
            )
            for key, each, why, undone, moment in zip(
                ids_of(rng, at), of, luck, undoes or [NULL] * len(of), moments_as_text(at), strict=True
            )
        ]


@dataclass(frozen=True, slots=True)
class _Statement:
    key: str
    row: str
