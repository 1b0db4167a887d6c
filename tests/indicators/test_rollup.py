"""The roll-up: at any moment its cells with what is pending say what the ledger says, however it was folded."""

import datetime as dt
import uuid
from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.models import Cell, Pending, UnitTotal
from hocsuotdoi.indicators.operations.rolling import fold, follow_map, map_is, pending, rebuild
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.models import Institution
from hocsuotdoi.places.operations.ancestry import rebuild as rebuild_territory
from tests.factories.places import UnitFactory
from tests.indicators.book import NOW, TODAY, play, step
from tests.support.depth import cases


@pytest.mark.slow
@settings(max_examples=cases(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14))
def test_cells_and_what_is_pending_say_what_the_ledger_says(world, steps):
    play(steps, world[1])
    assert totals("indicators_fresh_unittotal", "tier = 'country' AND grain = 'year'") == by_hand("occurred_on__year")
    fold()
    assert pending() == 0
    assert everything() == everything_after_a_rebuild()


def totals(view: str, condition: str) -> dict[tuple[str, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT measure, extract(year FROM starts_on)::int, sum(quantity)::int FROM {view} "
            f"WHERE {condition} GROUP BY 1, 2"
        )
        return {(measure, year): quantity for measure, year, quantity in cursor.fetchall()}


def by_hand(year: str) -> dict[tuple[str, int], int]:
    found: Counter = Counter()
    for measure, each, quantity in Entry.objects.values_list("measure", year, "quantity"):
        found[measure, each] += quantity
    return dict(found)


TABLES = {
    "indicators_cell": "measure, month, place_id, institution_class, purpose, channel, sex, age_band, stated",
    "indicators_institutionmonth": "measure, month, institution_id, place_id, purpose, stated",
    "indicators_learneryear": "measure, year, place_id, learner_key",
    "indicators_unittotal": "measure, grain, tier, starts_on, unit_id",
    "indicators_unittotalbyclass": "measure, grain, tier, starts_on, unit_id, institution_class, purpose, stated",
    "indicators_unittotalbyperson": "measure, grain, tier, starts_on, unit_id, channel, sex, age_band",
}


def everything() -> dict[str, list]:
    """All cells that hold something: one that was emptied says no more than one that is not there."""
    found = {}
    for table, keys in TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {keys}, quantity, lines FROM {table} WHERE quantity <> 0 OR lines <> 0 ORDER BY {keys}"
            )
            found[table] = cursor.fetchall()
    return found


def everything_after_a_rebuild() -> dict[str, list]:
    rebuild(TODAY)
    return everything()


def post_visits(house: Institution, day: dt.date, quantity: int = 1):
    source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
    lines = [Line(MeasureCode.LIBRARY_VISIT, quantity)]
    return post(house, **source, occurred_on=day, lines=lines, by=None, at=NOW)


def test_a_fold_takes_what_is_pending_once(world):
    post_visits(world[1][0], dt.date(2026, 2, 1), 3)
    assert Pending.objects.count() == 1
    assert fold() == 1
    assert fold() == 0
    assert Cell.objects.get().quantity == 3


def test_a_fold_that_breaks_leaves_everything_pending(world):
    post_visits(world[1][0], dt.date(2026, 2, 1), 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE indicators_unittotal ADD CONSTRAINT broken CHECK (quantity <> 3)")
    with pytest.raises(Exception, match="broken"):
        fold()
    assert Pending.objects.count() == 1
    assert not Cell.objects.exists()


def test_totals_stand_on_the_map_of_the_day(world):
    there, houses = world
    post_visits(houses[0], dt.date(2025, 5, 1), 4)
    fold()
    assert UnitTotal.objects.get(grain="year", unit_id=there.north.pk).quantity == 4
    assert not map_is(dt.date(2025, 6, 30))
    assert follow_map(dt.date(2025, 6, 30))
    assert UnitTotal.objects.get(grain="year", unit_id=there.old_north.pk).quantity == 4
    assert not UnitTotal.objects.filter(unit_id=there.north.pk).exists()
    assert not follow_map(dt.date(2025, 6, 29))


def test_a_territory_made_anew_is_noticed(world):
    assert map_is(TODAY)
    rebuild_territory()
    assert map_is(TODAY)  # worked out again, nothing differs
    UnitFactory(name="Xã khác")
    rebuild_territory()
    assert not map_is(TODAY)
    assert follow_map(TODAY)
    assert map_is(TODAY)
