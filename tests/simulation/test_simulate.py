"""The act: the same plan gives the same rows, and what is refused."""

import dataclasses
import datetime as dt
import gzip
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.queries.entries import totals_by_measure
from hocsuotdoi.ledger.registry import describe_sources
from hocsuotdoi.places.models import Institution
from hocsuotdoi.simulation.formats.truth import NotTheTruth, Truth
from hocsuotdoi.simulation.operations import Plan, simulate
from hocsuotdoi.simulation.operations.copying import BookTookItTwice, Rows, Writers, learner_keys
from hocsuotdoi.simulation.operations.simulate import SimulationRefused
from tests.factories.accounts import PersonFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.simulation.conftest import AT

SMALL = Plan(institutions=30, first_year=2025, until=dt.date(2025, 12, 31), seed=11, entries=1200)

_CHECKSUM = """
SELECT md5(string_agg(md5(row::text), '' ORDER BY id)) FROM (
    SELECT id, kind, source_kind, source_id, revision, occurred_on, posted_at, reverses_id, reason,
           institution_id - (SELECT min(id) FROM places_institution WHERE is_sample) AS institution
      FROM ledger_posting) AS row
UNION ALL
SELECT md5(string_agg(md5(row::text), '' ORDER BY id)) FROM (
    SELECT id, posting_id, occurred_on, measure, quantity, sex, age_band, channel, purpose, learner_key, tags,
           place_id, residence_id,
           institution_id - (SELECT min(id) FROM places_institution WHERE is_sample) AS institution
      FROM ledger_entry) AS row
UNION ALL
SELECT md5(string_agg(md5(row::text), '' ORDER BY code, starts_on)) FROM (
    SELECT code, name, institution_class, unit_id, placement.starts_on, placement.ends_on
      FROM places_institution AS institution
      JOIN places_institutionplacement AS placement ON placement.institution_id = institution.id
     WHERE is_sample) AS row
"""


def _checksums() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_CHECKSUM, [])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.slow
def test_same_seed_same_rows_other_seed_others(scratch: Callable[[str], None]):
    scratch("first")
    first = simulate(SMALL, at=AT, writers=2).counts
    sums = _checksums()
    scratch("again")
    # On another day, with another number of writers: nothing of it may be seen in the rows.
    assert simulate(SMALL, at=AT + dt.timedelta(days=300), writers=1).counts == first
    assert _checksums() == sums
    scratch("other")
    simulate(dataclasses.replace(SMALL, seed=12), at=AT)
    assert not set(_checksums()) & set(sums)


@pytest.mark.slow
def test_command_writes_country_and_truth(scratch: Callable[[str], None], tmp_path: Path):
    scratch("command")
    out, path = StringIO(), tmp_path / "truth.jsonl.gz"
    call_command(
        "simulate", "--institutions=12", "--years=2", "--seed=5", "--until=2025-03-31", "--provinces=24, 38",
        "--entries=400", f"--truth={path}", stdout=out,
    )  # fmt: skip
    assert str(path) in out.getvalue()
    truth = Truth.read(path)
    assert truth.head["plan"]["provinces"] == ["24", "38"]
    assert truth.counts["entries"] == Entry.objects.count() > 200
    assert {unit.partition("@")[0] for unit in truth.units() if len(unit.partition("@")[0]) == 2} <= {"VN", "24", "38"}
    posting = Posting.objects.filter(source_kind="simulation.day").first()
    key = posting.source_kind, posting.source_id
    assert describe_sources([key])[key].title
    with pytest.raises(SimulationRefused):  # not twice in one database
        simulate(SMALL, at=AT)


@pytest.mark.parametrize(
    "changed",
    [
        {"institutions": 0},
        {"entries": 0},
        {"seed": -1},
        {"until": AT.date() + dt.timedelta(days=1)},
        {"first_year": 2026},
        {"first_year": 2009},
        {"provinces": ("98",)},
    ],
)
def test_plan_that_cannot_be_is_refused(reference, changed: dict):
    with pytest.raises(SimulationRefused):
        simulate(dataclasses.replace(SMALL, **changed), at=AT)
    assert not Institution.objects.filter(is_sample=True).exists()


def test_territory_that_is_not_loaded_is_refused(db):
    with pytest.raises(SimulationRefused):
        simulate(SMALL, at=AT)


def test_database_with_real_people_is_refused(reference):
    PersonFactory(is_sample=False)
    with pytest.raises(SimulationRefused):
        simulate(SMALL, at=AT)


def test_database_with_a_real_book_is_refused(reference):
    make_posting(InstitutionFactory(is_sample=False), dt.date(2026, 1, 5))
    with pytest.raises(SimulationRefused):
        simulate(SMALL, at=AT)


@pytest.mark.parametrize("wrong", [["--until=31/12/2025"], ["--years=0"], ["--truth=/nowhere/truth.jsonl"]])
def test_command_refuses_wrong_arguments(reference, wrong: list[str]):
    with pytest.raises(CommandError) as refused:
        call_command("simulate", "--institutions=5", *wrong)
    assert refused.value.returncode == 2


@pytest.mark.slow
def test_year_that_runs_ends_now_and_has_mistakes_that_nobody_noticed(scratch: Callable[[str], None]):
    scratch("running")
    summary = simulate(Plan(institutions=30, first_year=2026, until=AT.date(), seed=3, entries=4000), at=AT)
    assert summary.counts.still_wrong > 0
    assert not Posting.objects.filter(posted_at__gt=AT).exists()
    assert not Posting.objects.filter(occurred_on__gt=AT.date()).exists()
    sums = {measure.value: total for measure, total in totals_by_measure(Entry.objects.all()).items() if total}
    assert summary.truth().totals("VN", 2026) == sums


@pytest.mark.slow
def test_writers_bypass_nothing_of_the_book(scratch: Callable[[str], None]):
    scratch("guards")
    simulate(dataclasses.replace(SMALL, institutions=5, entries=60), at=AT)
    before = Posting.objects.count(), Entry.objects.count()
    posting = Posting.objects.exclude(kind="reversal").first()
    entry = Entry.objects.filter(posting=posting).first()
    fresh = "019a0000-0000-7000-8000-000000000001"
    slipped_in = (
        f"{fresh}\t{posting.institution_id}\t{posting.pk}\t{posting.occurred_on}\t{entry.place_id}\t{{}}\tlibrary_visit"
        "\t\\N\t\\N\t\\N\t\\N\t5\t\\N\t\\N\n"
    )
    with pytest.raises(Exception, match="together with its posting"), Writers(1) as out:
        out.write(Rows("", slipped_in, ""))
    # Sent again it must be refused; one with another source would be counted twice.
    again = (
        f"{fresh}\t{posting.institution_id}\thappening\tsimulation.day\t{fresh}\t1\t{posting.occurred_on}"
        "\t2026-01-01 00:00+07\t\\N\t\n"
    )
    with pytest.raises(BookTookItTwice), Writers(1) as out:
        out.write(Rows("", "", again))
    assert (Posting.objects.count(), Entry.objects.count()) == before


def test_learner_keys_are_their_own_for_each_seed():
    learners = np.arange(5000)
    keys = {key for seed in range(20) for key in learner_keys(seed, learners)}
    assert len(keys) == 100_000
    assert {uuid.UUID(key).version for key in learner_keys(3, learners)} == {4}


def test_file_of_another_kind_is_not_the_truth(tmp_path: Path):
    for number, text in enumerate(["", "{}\n", "[1]\n", "no\n", '{"format":"hocsuotdoi-truth","version":99}\n']):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NotTheTruth):
            Truth.read(path)
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"format":"hocsuotdoi-truth","version":1,"counts":{}}\n'))
    assert Truth.read(packed).years == []
