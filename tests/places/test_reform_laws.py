"""Whatever the reforms, each unit of any time is read as exactly one unit of any map, and totals agree on all maps."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, UnitParent, UnitReading
from hocsuotdoi.places.operations.ancestry import rebuild
from hocsuotdoi.places.queries.units import units_reading_as
from tests.support.depth import cases
from tests.support.worlds import START, World, draw_world


@pytest.mark.slow
@settings(max_examples=cases(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_chain_of_reforms_reads_each_unit_once_and_keeps_totals(empty_territory: None, data: st.DataObject) -> None:
    with connection.cursor() as cursor:
        for table in ("succession", "unitancestry", "unitreading", "unitparent", "adminunit"):
            cursor.execute(f"DELETE FROM places_{table}")
    world, days = draw_world(data)
    facts = {unit.pk: 2**index for index, unit in enumerate(world.everything)}
    reads: dict[dt.date, dict[int, int]] = {}
    for day in days:
        rows = list(UnitReading.objects.on(day).values_list("unit_id", "reads_as_id"))
        assert sorted(pk for pk, _reads_as in rows) == sorted(facts)
        reads[day] = dict(rows)
        standing = list(AdminUnit.objects.on(day))
        assert set(reads[day].values()) <= {unit.pk for unit in standing}
        parents = dict(UnitParent.objects.on(day).values_list("unit_id", "parent_id"))
        total = {u.pk: sum(facts[f.pk] for f in units_reading_as(u, day)) for u in standing}
        for unit in standing:
            own = sum(facts[pk] for pk, reads_as in rows if reads_as == unit.pk)
            below = sum(total[child] for child, parent in parents.items() if parent == unit.pk)
            assert total[unit.pk] == own + below
            assert unit.tier != Tier.COUNTRY or total[unit.pk] == sum(facts.values())
    for earlier, later in itertools.pairwise(days):
        begun = {u.pk for u in world.everything if u.starts_on is None or u.starts_on <= earlier}
        assert all(reads[later][reads[earlier][pk]] == reads[later][pk] for pk in begun)


@pytest.mark.django_db
def test_units_reading_as_of_a_merged_unit_holds_both_its_predecessors(empty_territory: None) -> None:
    world = World()
    country = world.make(Tier.COUNTRY, None)
    province = world.make(Tier.PROVINCE, country)
    first, second = world.make(Tier.COMMUNE, province), world.make(Tier.COMMUNE, province)
    world.day += dt.timedelta(days=1)
    world.merge([first, second])
    rebuild()
    new = world.everything[-1]
    assert set(units_reading_as(new, world.day)) == {first, second, new}
    assert set(units_reading_as(first, START)) == {first, new}
    assert set(units_reading_as(second, START)) == {second}
