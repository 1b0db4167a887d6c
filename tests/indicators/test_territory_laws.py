"""Whatever happened to the map: an additive total is the same on all maps and at all levels, and a figure says what a
reckoning from the raw entries, done another way, says too."""

import datetime as dt
import itertools
from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.indicators.enums import IndicatorKind, ValueState
from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, ChosenMap, Map
from hocsuotdoi.indicators.queries.lineage import measure_total
from hocsuotdoi.indicators.queries.totals import Slice, totals
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Succession, UnitParent, UnitReading
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.places.test_reform_laws import World

VISIT = MeasureCode.LIBRARY_VISIT
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2021, 12, 31)
TODAY = dt.date(2022, 2, 1)


class Oracle:
    """Follows parents and successions one by one, from the raw rows, on one day at a time."""

    def __init__(self) -> None:
        self.units = {unit.pk: unit for unit in AdminUnit.objects.all()}
        self.parents = list(UnitParent.objects.values_list("unit_id", "parent_id", "starts_on", "ends_on"))
        self.main = dict(Succession.objects.filter(is_main=True).values_list("predecessor_id", "successor_id"))
        self.heirs: defaultdict[int, list[int]] = defaultdict(list)
        for ended, heir in Succession.objects.values_list("predecessor_id", "successor_id"):
            self.heirs[ended].append(heir)
        self.origin = dict(Succession.objects.filter(is_origin=True).values_list("successor_id", "predecessor_id"))
        self.facts = list(Entry.objects.values_list("place_id", "occurred_on", "quantity"))

    def above(self, unit: int, day: dt.date) -> list[int]:
        """The unit and what it lies in on the day, or on its own nearest."""
        own = self.units[unit]
        if own.ends_on is not None and day >= own.ends_on:
            day = own.ends_on - dt.timedelta(days=1)
        if own.starts_on is not None and day < own.starts_on:
            day = own.starts_on
        found = [unit]
        while over := [
            parent
            for child, parent, starts_on, ends_on in self.parents
            if child == found[-1] and (starts_on is None or starts_on <= day) and (ends_on is None or ends_on > day)
        ]:
            found += over
        return found

    def read(self, unit: int, day: dt.date) -> int:
        while (ends_on := self.units[unit].ends_on) is not None and ends_on <= day:
            heirs = self.heirs[unit]
            if len(heirs) > 1 and {self.units[each].tier for each in heirs} != {self.units[unit].tier}:
                ways = [self.above(each, ends_on) for each in heirs]
                unit = next(each for each in ways[0] if all(each in way for way in ways))
            else:
                unit = self.main[unit]
        while (starts_on := self.units[unit].starts_on) is not None and starts_on > day:
            unit = self.origin[unit]
        return unit

    def lay(self, place: int, day: dt.date, map_day: dt.date | None) -> list[int]:
        """As which units the place is read on the map of a day, or as reported on `day`."""
        return self.above(place, day) if map_day is None else self.above(self.read(place, map_day), map_day)

    def on_map(self, day: dt.date) -> Counter[tuple[int, int]]:
        """(unit, year) to the total."""
        found: Counter[tuple[int, int]] = Counter()
        for place, occurred_on, quantity in self.facts:
            for unit in self.above(self.read(place, day), day):
                found[unit, occurred_on.year] += quantity
        return found

    def as_reported(self) -> Counter[tuple[int, dt.date]]:
        """(unit, month) to the total."""
        found: Counter[tuple[int, dt.date]] = Counter()
        for place, occurred_on, quantity in self.facts:
            for unit in self.above(place, occurred_on):
                found[unit, occurred_on.replace(day=1)] += quantity
        return found


def draw_history(data: st.DataObject) -> tuple[World, list[dt.date]]:
    """A world with reforms on any days; before, between and after them things are counted, late and taken back."""
    world = World()
    world.day = FIRST
    country = world.make(Tier.COUNTRY, None)
    for _province in range(2):
        district = world.make(Tier.DISTRICT, world.make(Tier.PROVINCE, country))
        for _commune in range(2):
            world.make(Tier.COMMUNE, district)
    days = [FIRST]
    rebuild()
    _count(data, world)
    for act in data.draw(st.lists(st.sampled_from(["merge", "split", "rename", "move", "abolish"]), max_size=4)):
        world.day += dt.timedelta(days=data.draw(st.integers(1, 200)))
        days.append(world.day)
        _reform(data, world, act)
        rebuild()
        if data.draw(st.booleans()):
            _count(data, world)
    _count(data, world)
    fold()
    _count(data, world)
    follow_map(TODAY)
    return world, days


def _reform(data: st.DataObject, world: World, act: str) -> None:
    tier = Tier.COMMUNE if act in ("split", "move") else data.draw(st.sampled_from([Tier.COMMUNE, Tier.PROVINCE]))
    unit = data.draw(st.sampled_from(world.standing(tier)))
    beside = [u for u in world.standing(tier) if world.lies_in[u] == world.lies_in[unit] and u != unit]
    if act == "merge":
        world.merge([unit, *beside[:1]])
    elif act == "rename":
        world.merge([unit])
    elif act == "split":
        world.split(unit, 2)
    elif act == "move":
        parents = {parent for child, parent in world.lies_in.items() if child.tier == Tier.COMMUNE}
        others = sorted(parents - {world.lies_in[unit]}, key=lambda each: each.pk)
        if others:
            world.put(unit, data.draw(st.sampled_from(others)), world.day)
    else:
        world.abolish_districts()


def _count(data: st.DataObject, world: World) -> None:
    """At communes, districts and provinces of any time, on any day, some taken back."""
    places = [unit for unit in world.everything if unit.tier != Tier.COUNTRY]
    for _fact in range(data.draw(st.integers(1, 3))):
        library = InstitutionFactory(unit=data.draw(st.sampled_from(places)))
        day = FIRST + dt.timedelta(days=data.draw(st.integers(0, (LAST - FIRST).days)))
        posting = make_posting(library, day, measure=VISIT, quantity=data.draw(st.integers(1, 9)))
        if data.draw(st.integers(0, 4)) == 0:
            reverse(posting, reason="nhầm", by=None, at=noon(TODAY))


def found_by(map_day: dt.date | None, units: list[AdminUnit], grain: str) -> dict[tuple[int, dt.date], int]:
    rows = totals(
        Slice((VISIT,)), units, by=("unit_id", "starts_on"), first=FIRST, last=LAST, grain=grain, map_day=map_day
    )
    return {(unit, day): int(quantity) for unit, day, quantity, _lines in rows if quantity}


@pytest.mark.slow
@pytest.mark.django_db
class TestLaws(TestCase):
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_totals_are_what_the_raw_entries_say_on_every_map(self, data: st.DataObject) -> None:
        _world, days = draw_history(data)
        oracle = Oracle()
        everything = list(AdminUnit.objects.all())
        for day in {*days, days[-1] - dt.timedelta(days=1), TODAY}:
            standing = list(AdminUnit.objects.on(day))
            expected = {key: number for key, number in oracle.on_map(day).items() if number}
            found = {(unit, first.year): number for (unit, first), number in found_by(day, standing, "year").items()}
            assert found == expected
            self._check_levels(oracle, day, expected)
        reported = {key: number for key, number in oracle.as_reported().items() if number}
        assert found_by(None, everything, "month") == reported

    def _check_levels(self, oracle: Oracle, day: dt.date, sums: dict[tuple[int, int], int]) -> None:
        """Each unit is the sum of those right below it and of what was counted at it itself; the country is all."""
        whole = Entry.objects.all()
        for year in (2020, 2021):
            everything = sum(q for q in whole.filter(occurred_on__year=year).values_list("quantity", flat=True))
            country = AdminUnit.objects.get(tier=Tier.COUNTRY)
            assert sums.get((country.pk, year), 0) == everything
            below: defaultdict[int, int] = defaultdict(int)
            for unit, parent in UnitParent.objects.on(day).values_list("unit_id", "parent_id"):
                below[parent] += sums.get((unit, year), 0)
            for unit in AdminUnit.objects.on(day).exclude(tier=Tier.COMMUNE):
                own = sum(
                    quantity
                    for place, occurred_on, quantity in whole.values_list("place_id", "occurred_on", "quantity")
                    if occurred_on.year == year and oracle.read(place, day) == unit.pk
                )
                assert sums.get((unit.pk, year), 0) == below[unit.pk] + own

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_figures_are_what_the_raw_entries_say_on_every_map(self, data: st.DataObject) -> None:
        _world, days = draw_history(data)
        oracle, country = Oracle(), AdminUnit.objects.get(tier=Tier.COUNTRY)
        pair = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISIT]).code, CohortFactory().code
        for tier in (Tier.COMMUNE, Tier.PROVINCE):
            everything = list(AdminUnit.objects.filter(tier=tier))
            monthly = oracle.as_reported()
            for year in (2020, 2021):
                reported = values_by_unit(country, everything, year, pair, TODAY, AS_REPORTED)
                for unit in everything:
                    in_year = sum(n for (pk, month), n in monthly.items() if pk == unit.pk and month.year == year)
                    stood = (unit.starts_on is None or unit.starts_on.year <= year) and (
                        unit.ends_on is None or unit.ends_on > dt.date(year, 1, 1)
                    )
                    if stood and unit.ends_on is None:
                        assert (reported[unit.pk].numerator or 0) == in_year
                    elif not stood:
                        assert reported[unit.pk].state == ValueState.NOT_APPLICABLE
                day = data.draw(st.sampled_from(days))
                standing = list(AdminUnit.objects.on(day).filter(tier=tier))
                constant = values_by_unit(country, standing, year, pair, TODAY, ChosenMap(Map.DAY, day))
                on_map = oracle.on_map(day)
                assert {u.pk: constant[u.pk].numerator or 0 for u in standing} == {
                    u.pk: on_map[u.pk, year] for u in standing
                }

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_a_chain_of_reforms_composes(self, data: st.DataObject) -> None:
        """Read from a day to a later one is read over any day between, and the way back likewise."""
        _world, days = draw_history(data)
        units = {unit.pk: unit for unit in AdminUnit.objects.all()}
        reads = {day: dict(UnitReading.objects.on(day).values_list("unit_id", "reads_as_id")) for day in days}
        for first, between, last in itertools.combinations(days, 3):
            for pk, unit in units.items():
                if unit.starts_on is None or unit.starts_on <= first:
                    assert reads[last][reads[between][pk]] == reads[last][pk]
                if unit.ends_on is None or unit.ends_on > last:
                    assert reads[first][reads[between][pk]] == reads[first][pk]

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_opened_totals_are_what_the_raw_entries_say_on_every_map(self, data: st.DataObject) -> None:
        """At each unit of any time: its total, and that it is the sum of what it is opened into."""
        _world, days = draw_history(data)
        oracle, year = Oracle(), data.draw(st.sampled_from([2020, 2021]))
        maps = [AS_REPORTED, *(ChosenMap(Map.DAY, day) for day in {*days, days[-1] - dt.timedelta(days=1)})]
        for chosen, unit in itertools.product(maps, AdminUnit.objects.all()):
            opened = measure_total(VISIT, unit, year, TODAY, chosen)
            here = [
                quantity
                for place, day, quantity in oracle.facts
                if day.year == year and unit.pk in oracle.lay(place, day, chosen.day)
                if not chosen.is_reported or unit.ends_on is None or day < unit.ends_on
            ]
            if not opened.stands:
                assert chosen.is_reported or not unit.holds_on(chosen.day)
                assert opened.total == 0
                continue
            assert opened.total == sum(here), (chosen, unit)
            assert opened.adds_up or chosen.is_reported
