"""DuckDB makes of the exported files what PostgreSQL has; its tables can take the place of PostgreSQL's."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.models import Cell, Pending, Reclassed, RollupMap, UnitTotal
from hocsuotdoi.indicators.operations import rebuilding
from hocsuotdoi.indicators.operations.exporting import export
from hocsuotdoi.indicators.operations.rebuilding import (
    Difference,
    OfAnotherLedger,
    OutOfDate,
    compare,
    load,
    made_by_duckdb,
)
from hocsuotdoi.indicators.operations.rolling import fold, follow_map, map_is, pending
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.operations.ancestry import rebuild as rebuild_territory
from tests.factories.places import UnitFactory
from tests.indicators.book import NOW, TODAY, found, many_steps, play, step
from tests.indicators.test_rollup import everything, everything_after_a_rebuild
from tests.support.depth import cases


@pytest.mark.slow
@settings(max_examples=cases(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14), later=st.lists(step, max_size=5))
def test_duckdb_makes_what_postgresql_has_and_can_take_its_place(world, tmp_path, steps, later):
    _country, houses = world
    play(steps, houses)
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    fold()  # a change of class is in the export at once, in the cells with the next fold
    with made_by_duckdb(exported) as engine:
        assert compare(engine, exported) == []
        play(later, houses)  # and what comes after the export stays right
        load(engine, exported)
    fold()
    assert everything() == everything_after_a_rebuild()


@pytest.mark.slow
def test_a_larger_ledger_agrees_with_little_memory(world, tmp_path):
    _country, houses = world
    play(many_steps(150, seed=4), houses)
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    with made_by_duckdb(exported, memory="64MB", spill=tmp_path) as engine:
        assert compare(engine, exported) == []
    assert not list(tmp_path.glob("rollup-*"))


def post_visits(house, day, quantity=1):
    source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
    return post(house, **source, occurred_on=day, lines=[Line(MeasureCode.LIBRARY_VISIT, quantity)], by=None, at=NOW)


def visits_of_the_country() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(quantity) FROM indicators_fresh_unittotal WHERE tier = 'country' AND grain = 'year'")
        return cursor.fetchone()[0]


def test_differences_are_named(world, tmp_path):
    _country, houses = world
    post_visits(houses[2], dt.date(2026, 2, 1), 3)
    fold()
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    Cell.objects.update(quantity=4)
    with made_by_duckdb(exported) as engine:
        differences = compare(engine, exported)
    key = ("library_visit", dt.date(2026, 2, 1), Cell.objects.get().place_id, "library_commune", "", "", "", "", False)
    assert differences == [Difference("indicators_cell", key, (3, 1), (4, 1))]
    Cell.objects.all().delete()
    with made_by_duckdb(exported) as engine:
        assert compare(engine, exported) == [Difference("indicators_cell", key, (3, 1), None)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda houses: post_visits(houses[2], dt.date(2026, 2, 1)), "2/2026"),
        (lambda houses: follow_map(dt.date(2025, 6, 30)), "bản đồ"),
        (lambda houses: (UnitFactory(name="Xã khác"), rebuild_territory()), "bản đồ"),
        (lambda houses: Institution.objects.update(institution_class="bookcase"), "loại"),
    ],
    ids=["entry", "day", "territory", "class"],
)
def test_an_export_since_which_something_changed_is_not_compared(world, tmp_path, change, reason):
    _country, houses = world
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    change(houses)
    with made_by_duckdb(exported) as engine, pytest.raises(OutOfDate, match=reason):
        compare(engine, exported)


@pytest.mark.slow
def test_people_post_and_read_while_totals_are_loaded(transactional_db, tmp_path, monkeypatch):
    _country, houses = found()
    post_visits(houses[0], dt.date(2025, 5, 2), 3)
    fold()
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    seen = []

    def meanwhile() -> None:
        post_visits(houses[0], dt.date(2025, 5, 3), 20)
        seen.append((visits_of_the_country(), fold()))
        connection.close()

    def copy_small(*arguments) -> None:
        last_step(*arguments)
        other = threading.Thread(target=meanwhile)
        other.start()
        other.join()

    last_step = rebuilding._copy_small
    monkeypatch.setattr(rebuilding, "_copy_small", copy_small)
    with made_by_duckdb(exported) as engine:
        assert load(engine, exported) == 0
    assert seen == [(23, 0)]
    assert pending() == 1
    assert visits_of_the_country() == 23
    assert fold() == 1
    assert everything() == everything_after_a_rebuild()


def test_what_was_posted_after_the_export_is_pending_after_loading(world, tmp_path):
    _country, houses = world
    first = post_visits(houses[0], dt.date(2025, 5, 2), 3)
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    reverse(first, reason="Đếm nhầm", by=None, at=NOW)
    post_visits(houses[0], dt.date(2025, 5, 3), 20)
    post_visits(houses[0], dt.date(2025, 8, 3), 100)
    fold()
    with made_by_duckdb(exported) as engine:
        assert load(engine, exported) == 3
    assert Pending.objects.count() == 3
    assert UnitTotal.objects.get(grain="year", tier="country").quantity == 3
    assert visits_of_the_country() == 120
    assert fold() == 3
    assert visits_of_the_country() == 120


def test_a_class_changed_after_the_export_moves_with_the_next_fold(world, tmp_path):
    _country, houses = world
    post_visits(houses[0], dt.date(2025, 5, 2), 3)
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    houses[0].institution_class = "bookcase"
    houses[0].save(update_fields=["institution_class"])
    with made_by_duckdb(exported) as engine:
        assert load(engine, exported) == 0
    assert Reclassed.objects.count() == 1
    fold()
    assert Cell.objects.get(lines=1).institution_class == "bookcase"
    assert everything() == everything_after_a_rebuild()


def test_loading_stands_on_the_map_of_the_export(world, tmp_path):
    _country, houses = world
    post_visits(houses[0], dt.date(2025, 5, 2), 3)
    before_the_reform = dt.date(2025, 6, 30)
    exported, _written = export(tmp_path, at=NOW, day=before_the_reform)
    follow_map(TODAY)
    with made_by_duckdb(exported) as engine:
        load(engine, exported)
    assert RollupMap.objects.get().day == before_the_reform
    assert not map_is(TODAY)
    follow_map(TODAY)
    assert everything() == everything_after_a_rebuild()


def test_an_export_of_another_ledger_is_refused_and_nothing_changes(world, tmp_path):
    _country, houses = world
    post_visits(houses[0], dt.date(2025, 5, 2), 3)
    fold()
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    month = exported.months[dt.date(2025, 5, 1)]
    exported.months[dt.date(2025, 4, 1)] = month
    before = everything()
    with made_by_duckdb(exported) as engine, pytest.raises(OfAnotherLedger):
        load(engine, exported)
    assert everything() == before


def test_an_empty_ledger_is_rebuilt_to_nothing(world, tmp_path):
    exported, _written = export(tmp_path, at=NOW, day=TODAY)
    with made_by_duckdb(exported) as engine:
        assert compare(engine, exported) == []
        assert load(engine, exported) == 0
    assert not Cell.objects.exists()
