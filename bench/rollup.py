"""The roll-up against the wide-table shape (`bench/wide.py`, and the same with better indexes) and against DuckDB's
plain scan of the exported files. BENCH_VALUES says how many values there are, a million if it is not set; the plans of
all queries are kept in BENCH_PLANS. BENCH_PARTS names the parts to be measured (PARTS; all if it is not set): with a
database that is kept (BENCH_KEPT, see `bench/stage.py`) a long run can be taken in pieces. What is filled and built
is found again; parts that write leave the totals as they were. PIECES are some of the parts in smaller steps, for
sizes at which not all fits on the disk or into an hour: what one has done the next finds, and one that was stopped is
taken up where it stood.

The same values on both sides: 10 measures of women and men, 20 quarters, at institutions in the country's communes;
before the reform of 2025 they lie in the communes of that time. Settings are those that the field recommends.
"""

import datetime as dt
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import wide
from bench.dashboards import time_pages
from bench.report import Table
from bench.rollup_data import MEASURES, TAG, TODAY, enter_values, entered
from bench.rollup_files import (
    exports_of,
    time_compare,
    time_export,
    time_files,
    time_load,
    time_memory,
    time_rebuild,
)
from bench.stage import Stage, settle
from bench.timing import mb, middle_ms, seconds, times_better
from hocsuotdoi.config.web import keep_what_is_loaded
from hocsuotdoi.indicators.operations.rolling import fold, note_pending, rebuild
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.models import AdminUnit, Institution

VALUES = int(os.environ.get("BENCH_VALUES", 1_000_000))
PLANS = Path(os.environ.get("BENCH_PLANS", "build/bench"))
PAIR = (MEASURES[0], MEASURES[1])


@dataclass
class Figures:
    """What a run says: the table, and the plans to be kept beside it."""

    table: Table
    plans: list[str] = field(default_factory=list)


def run(stage: Stage) -> Table:
    wanted = os.environ.get("BENCH_PARTS", ",".join(PARTS)).split(",")
    steps = {**PARTS, **PIECES}
    if unknown := set(wanted) - steps.keys():
        raise SystemExit(f"No part is called {', '.join(unknown)}: choose from {', '.join(steps)}.")
    _recommended()
    about = f"{VALUES:,} values; the wide table's time or size first, then how many times ours is better"
    said = Figures(Table("Roll-up", about))
    if not entered(stage):
        enter_values(stage, VALUES)
    builds = {"build", "build-wide"} & set(wanted)
    asked = wide.YEARS if NEED_ALL_YEARS & set(wanted) else wide.LAST
    if (NEED_ALL_YEARS | NEED_LAST) & set(wanted) and not builds and not wide.is_built(stage, asked):
        wanted.insert(0, "build")
    for part, measure in steps.items():
        if part in wanted:
            said.table.add(f"part: {part}", f"load {os.getloadavg()[0]:.1f}", "before it began")
            measure(stage, said)
    return said.table


def _recommended() -> None:
    """The settings that the field recommends, for this connection."""
    with connection.cursor() as cursor:
        for setting in wide.SETTINGS:
            cursor.execute(f"SET {setting}")


def _builds(stage: Stage, said: Figures) -> None:
    ours = seconds(lambda: rebuild(TODAY))
    wide.drop(stage)
    theirs = wide.build_all(stage)
    said.table.add("build, all years", f"{theirs:.1f} s", times_better(theirs, ours, "s"))
    stage.sql("VACUUM ANALYZE")
    _sizes(stage, said)


def _build_ours(stage: Stage, said: Figures) -> None:
    said.table.add("build, all years: ours", f"{seconds(lambda: rebuild(TODAY)):.1f} s", "beside the wide table's")
    stage.sql("VACUUM ANALYZE")
    said.table.add("size on disk: ours, the ledger", f"{mb(_size(stage, OURS))}, {mb(_size(stage, '^ledger_'))}", "")


def _build_wide(stage: Stage, said: Figures) -> None:
    said.table.add("build, all years: the wide table", f"{wide.build_all(stage):.1f} s", "of all runs that it took")
    _sizes(stage, said)


def _build_wide_last(stage: Stage, said: Figures) -> None:
    """Enough for a slice of that year and an edit in it, where there is no room or time for all."""
    said.table.add(f"build, {wide.LAST[0]}: the wide table", f"{wide.build_all(stage, wide.LAST):.1f} s", "")


def _sizes(stage: Stage, said: Figures) -> None:
    size = _size(stage, OURS)
    said.table.add("size on disk", mb(wide.size(stage)), f"{mb(size)}: {wide.size(stage) / size:.1f}")
    said.table.add("the ledger itself, with its indexes", mb(_size(stage, "^ledger_")), "both need one")


OURS = "^indicators_(cell|institutionmonth|learneryear|unittotal|pending|reach)"


def _size(stage: Stage, tables: str) -> int:
    return stage.sql(
        "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relname ~ %s", tables
    )[0][0]


def _queries(stage: Stage, said: Figures) -> None:
    _queries_plain(stage, said)
    wide.index_better(stage)
    _both_asked(stage, said, "with composite indexes")


def _queries_plain(stage: Stage, said: Figures) -> None:
    wide.index_plain(stage)
    settle()
    _both_asked(stage, said, "as the field builds it")


def _queries_better(stage: Stage, said: Figures) -> None:
    """The last that is asked of the wide table: its other indexes are gone afterwards."""
    wide.index_plain(stage)
    wide.make_room(stage)
    wide.index_better(stage)
    settle()
    _both_asked(stage, said, "with composite indexes")


def _both_asked(stage: Stage, said: Figures, shape: str) -> None:
    provinces, communes, country = (
        list(AdminUnit.objects.on(TODAY).filter(tier=tier)) for tier in ("province", "commune", "country")
    )
    elements = _elements(*PAIR)
    last, all_years = range(2025, 2026), wide.YEARS
    keep_what_is_loaded()  # as in the processes that serve; for both
    for what, units, level, years, period in [
        ("34 provinces, one year", provinces, 2, last, "yearly"),
        ("3,321 communes, one year", communes, 3, last, "yearly"),
        ("34 provinces, 20 quarters", provinces, 2, all_years, "quarterly"),
        ("the country, five years", country, 1, all_years, "yearly"),
        ("3,321 communes, five years", communes, 3, all_years, "yearly"),
    ]:
        uids = [f"u{unit.pk:010}" for unit in units]
        asked = wide.query(elements, level, uids, years, period)
        grain: Any = "year" if period == "yearly" else "month"

        def ours(units: list = units, years: range = years, grain: Any = grain) -> list:
            return totals(
                Slice(PAIR), units, by=("unit_id", "starts_on", "measure"),
                first=dt.date(years[0], 1, 1), last=dt.date(years[-1], 12, 31), grain=grain, map_day=TODAY,
            )  # fmt: skip

        assert sum(row[3] for row in _rows(asked)) == sum(row[3] for row in ours()), what
        theirs_ms, ours_ms = middle_ms(lambda asked=asked: _rows(asked)), middle_ms(ours)
        said.table.add(f"two measures, {what}; {shape}", f"{theirs_ms:.1f} ms", times_better(theirs_ms, ours_ms, "ms"))
        theirs_ms, ours_ms = _cold(stage, lambda asked=asked: _rows(asked)), _cold(stage, ours)
        said.table.add("… cold, the server just started", f"{theirs_ms:.1f} ms", times_better(theirs_ms, ours_ms, "ms"))
        _keep_plan(said, f"wide, {shape}: {what}", lambda asked=asked: _rows(asked))
        _keep_plan(said, f"roll-up: {what}", ours)


def _slice(said: Figures) -> None:
    """By something that the roll-up does not have, and that is a column of the wide table."""
    tag = f"substr('c' || md5('{TAG}'), 1, 11)"
    asked = (
        f'select ax."dx", ax."uidlevel2", sum(value) from analytics_2025 as ax where ax."ao" = {tag} '
        f'and ax."dx" in ({",".join(repr(each) for each in _elements(*PAIR))}) '
        "and ax.\"yearly\" in ('2025') group by 1, 2"
    )
    mine = """
        SELECT entry.measure, reach.unit_id, sum(entry.quantity) FROM ledger_entry AS entry
          JOIN indicators_reach AS reach ON reach.place_id = entry.place_id AND reach.tier = 'province'
         WHERE entry.measure = ANY(%s) AND entry.occurred_on BETWEEN '2025-01-01' AND '2025-12-31'
           AND entry.tags @> ARRAY[%s]::varchar[] GROUP BY 1, 2
    """
    values = [list(PAIR), TAG]
    assert sum(row[2] for row in _rows(asked)) == sum(row[2] for row in _rows(mine, values))
    theirs, ours = middle_ms(lambda: _rows(asked)), middle_ms(lambda: _rows(mine, values))
    said.table.add(
        "a slice that is not rolled up: a tag, by province", f"{theirs:.1f} ms", times_better(theirs, ours, "ms")
    )
    _keep_plan(said, "wide: a tag, by province", lambda: _rows(asked))
    _keep_plan(said, "ledger: a tag, by province", lambda: _rows(mine, values))


def _edit(stage: Stage, said: Figures) -> None:
    """A value is corrected; until the answer has it."""
    country = list(AdminUnit.objects.on(TODAY).filter(tier="country"))
    wrong = Posting.objects.filter(occurred_on__year=2025).order_by("pk")[0]
    now = timezone.now()

    def answer() -> int:
        rows = totals(
            Slice(PAIR), country, by=("unit_id",), first=dt.date(2025, 1, 1), last=TODAY.replace(year=2025, month=12),
            map_day=TODAY,
        )  # fmt: skip
        return rows[0][1]

    before = answer()
    entries = list(wrong.entries.filter(occurred_on=wrong.occurred_on))

    def correct(was: Posting, more: int) -> Posting:
        with transaction.atomic():
            reverse(was, reason="Đếm nhầm", by=None, at=now)
            lines = [Line(entry.measure, entry.quantity + more, sex=entry.sex, tags=entry.tags) for entry in entries]
            made = post(
                was.institution, source_kind=was.source_kind, source_id=was.source_id, revision=was.revision + 1,
                occurred_on=was.occurred_on, lines=lines, by=None, at=now,
            )  # fmt: skip
        assert answer() == before + 4 * more  # two measures, women and men
        return made

    made: list[Posting] = []
    ours = seconds(lambda: made.append(correct(wrong, 1)))
    wide.report_values(stage, 2025)
    changed = "UPDATE wide_value SET value = (value::int + {})::text WHERE ctid = (SELECT min(ctid) FROM wide_value)"
    stage.sql(changed.format(1))
    theirs = seconds(lambda: wide.build(stage, 2025, swapped=False))
    said.table.add(
        "one edited value to a fresh answer (its year built anew)", f"{theirs:.2f} s", times_better(theirs, ours, "s")
    )
    stage.sql(changed.format(-1))
    correct(made[0], 0)
    fold()


def _writing(stage: Stage, said: Figures) -> None:
    """Turn by turn, so that what else the machine does falls on both."""
    house = Institution.objects.filter(code__startswith="wide-").first()
    assert house is not None
    spent = {"ENABLE ALWAYS": 0.0, "DISABLE": 0.0}
    unnoted: list[Posting] = []
    everything: list[Posting] = []
    for _turn in range(4):
        for state in spent:
            stage.sql(f"ALTER TABLE ledger_entry {state} TRIGGER note_for_rollup")
            made: list[Posting] = []
            spent[state] += seconds(lambda made=made: made.extend(_post_one(house, number) for number in range(40)))
            unnoted += made if state == "DISABLE" else []
            everything += made
    stage.sql("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER note_for_rollup")
    unnoted_entries = Entry.objects.filter(posting__in=unnoted, occurred_on__year=2025).values_list("pk", flat=True)
    note_pending("id = ANY(%s)", [list(unnoted_entries)])
    with_it, without = (4 * 40 * 20 / seconds for seconds in spent.values())
    said.table.add(
        "writing, the roll-up kept fresh (20 entries a posting, one writer)",
        f"{without:,.0f} entries/s without it",
        f"{with_it:,.0f}/s with it: {with_it / without:.2f}",
    )
    _take_back(everything)


def _folding(said: Figures) -> None:
    houses = list(Institution.objects.filter(code__startswith="wide-")[:500])
    made = [_post_one(house, number) for number, house in enumerate(houses)]
    taken = 0

    def all_of_it() -> None:
        nonlocal taken
        taken = fold()

    spent = seconds(all_of_it)
    said.table.add("folding what waits", f"{taken / spent:,.0f} entries/s", f"{taken / spent / 500:,.1f} times 500/s")
    _take_back(made)


def _take_back(made: list[Posting]) -> None:
    """So that the parts measured after it find the same values."""
    for each in made:
        reverse(each, reason="Đo", by=None, at=timezone.now())
    fold()


def _post_one(house: Institution, number: int) -> Posting:
    lines = [Line(measure, 1 + number % 9, sex=sex) for measure in MEASURES for sex in ("female", "male")]
    source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
    return post(
        house, **source, occurred_on=dt.date(2025, 11, 1 + number % 28), lines=lines, by=None, at=timezone.now()
    )


def _elements(*measures: str) -> tuple[str, ...]:
    return tuple(row[0] for row in _rows("SELECT wide_element(unnest(%s::text[]))", [list(measures)]))


def _rows(query: str, values: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _keep_plan(said: Figures, what: str, ask: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as captured:
        ask()
    asked = captured.captured_queries[-1]["sql"]
    plan = "\n".join(row[0] for row in _rows("EXPLAIN (ANALYZE, BUFFERS) " + asked.replace("%", "%%")))
    said.plans.append(f"== {what}\n{asked[:1500]}\n\n{plan}\n")
    PLANS.mkdir(parents=True, exist_ok=True)
    (PLANS / f"rollup-{VALUES}.txt").write_text("\n".join(said.plans), encoding="utf-8")


def _cold(stage: Stage, act: Callable[[], object]) -> float:
    """Milliseconds, the first time that anything is asked of the data."""
    stage.chill()
    _recommended()
    return seconds(act) * 1000


PARTS: dict[str, Callable[[Stage, Figures], None]] = {
    "build": _builds,
    "queries": _queries,
    "slice": lambda _stage, said: _slice(said),
    "pages": lambda stage, said: time_pages(stage, said.table),
    "files": lambda _stage, said: time_files(said.table),
    "edit": _edit,
    "writing": _writing,
    "folding": lambda _stage, said: _folding(said),
}
"""In the order in which they are measured."""

PIECES: dict[str, Callable[[Stage, Figures], None]] = {
    "build-ours": _build_ours,
    "build-wide": _build_wide,
    "build-wide-last": _build_wide_last,
    "queries-plain": _queries_plain,
    "queries-better": _queries_better,
    "drop-wide": lambda stage, _said: wide.drop(stage),
    "files-export": lambda stage, said: time_export(said.table, exports_of(stage)),
    "files-rebuild": lambda stage, said: time_rebuild(said.table, exports_of(stage)),
    "files-memory": lambda stage, said: time_memory(said.table, exports_of(stage)),
    "files-compare": lambda stage, said: time_compare(said.table, exports_of(stage)),
    "files-load": lambda stage, said: time_load(said.table, exports_of(stage)),
}
"""Of `build`, `queries` and `files`; in the order in which they fit one after the other."""
NEED_ALL_YEARS = {"queries", "queries-plain", "queries-better"}
NEED_LAST = {"slice", "edit"}
"""What is asked of the wide table too, and of which of its years."""
