"""The file of the right answers: JSON Lines (https://jsonlines.org), UTF-8, gzipped where its name ends in `.gz`.

The first line is an object: `format` ("hocsuotdoi-truth"), `version`, `plan` (what was asked for), `counts` (what was
written), `maps` (map to its day), `measures`, `learner_measure`. Every further line is an array that begins with its
kind. A unit is its official code, with `@` and the day it began where it has one ("24@2025-07-01"), for codes are used
again. A map is `reported` (the units of the day on which it happened), `today` or `before` (the day before the reform
of 2025). What is zero is left out.

    ["total", map, unit, year, {measure: sum}]
        what stands in the end; units of every tier
    ["month", map, unit, "2024-03", class, {measure: sum}]
        the same by month and class; the country and provinces
    ["institutions", map, unit, year, class, expected, reporting]
        open on the last day of the year that counts; those of them with a posting in it that stands
    ["people", map, unit, year, people, known, attendances]
        different people, attendances with a learner's key, all attendances
    ["growth", map, unit, figure, class, year, base_year, now, base, institutions]
        sums of the constant set, and how many it has; the country and provinces, years that are whole. Who types a
        count is in it for what was typed in, be it 0, and not for what else it records
    ["wrong", institution, day, measure, posted, right]
        what stands and is wrong, for nobody has noticed yet: what was posted of the measure, what would be right

A figure of growth is a measure, or a measure and a purpose joined by `:`. Nothing here was read back from the ledger.
"""

import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT, VERSION = "hocsuotdoi-truth", 1
REPORTED, TODAY, BEFORE = "reported", "today", "before"
MAPS = (REPORTED, TODAY, BEFORE)

Row = list[Any]
Sums = dict[str, int]


class NotTheTruth(ValueError):
    """A file of another format or version."""


@dataclass(frozen=True, slots=True)
class People:
    """Different people, attendances of people who can be told apart, all attendances."""

    people: int = 0
    known: int = 0
    attendances: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """Sums over the institutions that told the figure in both years and were expected in the later one."""

    base_year: int
    now: int
    base: int
    institutions: int


@dataclass(frozen=True, slots=True)
class Reporting:
    expected: int = 0
    reporting: int = 0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A figure that stands although it is wrong. `institution` is its code."""

    institution: str
    day: dt.date
    measure: str
    posted: int
    right: int


@dataclass
class Truth:
    """The right answers, asked by unit (as the file names units: `key_of`), year and map."""

    head: dict[str, Any]
    _totals: dict[tuple[str, str, int], Sums] = field(default_factory=dict)
    _months: dict[tuple[str, str, str], dict[str, Sums]] = field(default_factory=dict)
    _institutions: dict[tuple[str, str, int], dict[str, Reporting]] = field(default_factory=dict)
    _people: dict[tuple[str, str, int], People] = field(default_factory=dict)
    _growth: dict[tuple[str, str, str, int], dict[str, Growth]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    @classmethod
    def of(cls, head: dict[str, Any], rows: Iterable[Row]) -> "Truth":
        truth = cls(head)
        for row in rows:
            truth._take(row)
        return truth

    @classmethod
    def read(cls, path: Path) -> "Truth":
        """Raises `NotTheTruth` for another file."""
        with _opened(path, "rt") as lines:
            head = _head(next(lines, ""))
            if (head.get("format"), head.get("version")) != (FORMAT, VERSION):
                raise NotTheTruth(f"{path} is not a file of the truth, version {VERSION}.")
            return cls.of(head, map(json.loads, lines))

    def _take(self, row: Row) -> None:
        kind, on, unit, *rest = row
        if kind == "wrong":
            self.wrong.append(Wrong(on, dt.date.fromisoformat(unit), *rest))
            return
        if kind == "total":
            self._totals[on, unit, rest[0]] = rest[1]
        elif kind == "month":
            self._months.setdefault((on, unit, rest[0]), {})[rest[1]] = rest[2]
        elif kind == "institutions":
            self._institutions.setdefault((on, unit, rest[0]), {})[rest[1]] = Reporting(*rest[2:])
        elif kind == "people":
            self._people[on, unit, rest[0]] = People(*rest[1:])
        elif kind == "growth":
            figure, institution_class, year, *values = rest
            self._growth.setdefault((on, unit, figure, year), {})[institution_class] = Growth(*values)

    @property
    def counts(self) -> Sums:
        return self.head["counts"]

    @property
    def years(self) -> list[int]:
        return sorted({year for _on, _unit, year in self._totals})

    def units(self, on: str = TODAY) -> list[str]:
        """The units that have any total on a map."""
        return sorted({unit for each, unit, _year in self._totals if each == on})

    def totals(self, unit: str, year: int, on: str = TODAY) -> Sums:
        """Every measure with what was counted in the year; what is not there is zero."""
        return dict(self._totals.get((on, unit, year), {}))

    def of_months(
        self, unit: str, year: int, months: Iterable[int], on: str = TODAY, classes: Iterable[str] | None = None
    ) -> Sums:
        """Of some months and classes (None: all); only of the country and of provinces."""
        found: Counter[str] = Counter()
        wanted = None if classes is None else set(classes)
        for month in months:
            for institution_class, sums in self._months.get((on, unit, f"{year}-{month:02}"), {}).items():
                if wanted is None or institution_class in wanted:
                    found.update(sums)
        return dict(found)

    def of_quarter(
        self, unit: str, year: int, quarter: int, on: str = TODAY, classes: Iterable[str] | None = None
    ) -> Sums:
        return self.of_months(unit, year, range(3 * quarter - 2, 3 * quarter + 1), on, classes)

    def institutions(self, unit: str, year: int, on: str = TODAY, classes: Iterable[str] | None = None) -> Reporting:
        rows = self._institutions.get((on, unit, year), {})
        kept = rows.values() if classes is None else [rows[each] for each in classes if each in rows]
        return Reporting(sum(each.expected for each in kept), sum(each.reporting for each in kept))

    def people(self, unit: str, year: int, on: str = TODAY) -> People:
        return self._people.get((on, unit, year), People())

    def growth(self, unit: str, figure: str, year: int, classes: Iterable[str], on: str = TODAY) -> Growth | None:
        """None where no institution was there in both years."""
        rows = self._growth.get((on, unit, figure, year), {})
        kept = [rows[each] for each in classes if each in rows]
        if not kept:
            return None
        sums = (
            sum(values) for values in zip(*((each.now, each.base, each.institutions) for each in kept), strict=True)
        )
        return Growth(kept[0].base_year, *sums)


def write_truth(path: Path, head: dict[str, Any], rows: Iterable[Row]) -> None:
    """Line by line, so that the truth of a large country needs no memory."""
    with _opened(path, "wt") as file:
        file.write(_line({"format": FORMAT, "version": VERSION, **head}))
        for row in rows:
            file.write(_line(row))


def _head(line: str) -> dict[str, Any]:
    with suppress(json.JSONDecodeError):
        head = json.loads(line)
        if isinstance(head, dict):
            return head
    return {}


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[IO[str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, mode, encoding="utf-8") as file:
        yield file
