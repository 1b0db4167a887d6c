"""Nothing is counted twice and nothing is lost: the figures of the parts add up to the figure of the whole, for every
kind that adds up, however institutions are divided between reports."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.queries.frame import ChosenMap, Frame, Map
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.reporting.queries.amounts import added_up, adds_up
from hocsuotdoi.reporting.queries.own import measures_of, read
from tests.factories.indicators import CohortFactory, CriteriaSetFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

DAY = dt.date(2026, 11, 20)
VISIT, SESSION, ATTENDANCE = MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_SESSION, MeasureCode.PROGRAMME_ATTENDANCE


@pytest.fixture
def houses(bac_kan, duc_xuan) -> list[Institution]:
    """A dozen, with a year of their own each, some of them silent, some of them new."""
    chance = random.Random(5)
    houses = [InstitutionFactory(unit=chance.choice([bac_kan, duc_xuan])) for _number in range(12)]
    for house in houses:
        for year in (2025, 2026):
            for _number in range(chance.randrange(4)):
                lines = [
                    Line(VISIT, chance.randrange(1, 9)),
                    Line(SESSION, 1),
                    Line(ATTENDANCE, chance.randrange(1, 30)),
                ]
                day = dt.date(year, chance.randrange(8, 12), chance.randrange(1, 20))
                make_posting(house, day, *lines[: chance.randrange(1, 4)])
    return houses


@pytest.fixture
def pairs(bac_kan, duc_xuan) -> list[tuple[str, str]]:
    """An indicator of each kind that adds up."""
    libraries = CohortFactory()
    communes = CohortFactory(kind=CohortKind.UNITS, tier="commune")
    villages = CohortFactory(kind=CohortKind.UNITS, tier="")
    checked = IndicatorFactory()
    CriteriaSetFactory(indicator=checked, criteria=[("held", "quantity_at_least", {"measure": SESSION, "quantity": 2})])
    of_units, of_villages, any_of = (
        IndicatorFactory(kind=kind, measures=[VISIT], at_least=10)
        for kind in (IndicatorKind.UNITS_OF_UNITS, IndicatorKind.SHARE_OF_UNITS, IndicatorKind.YES_NO)
    )
    for unit in (bac_kan, duc_xuan):
        Population.objects.create(unit=unit, year=2026, urban=1000, villages=40, source="Sổ")
    return [
        (checked.code, libraries.code),
        (IndicatorFactory(measures=[VISIT], at_least=10).code, libraries.code),
        (IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISIT]).code, libraries.code),
        (IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISIT], over=[ATTENDANCE]).code, libraries.code),
        (IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[VISIT]).code, libraries.code),
        (IndicatorFactory(kind=IndicatorKind.STOCK, measures=[StockCode.INSTITUTIONS_OPEN]).code, libraries.code),
        (of_units.code, communes.code),
        (of_villages.code, villages.code),
        (any_of.code, libraries.code),
    ]


def amounts_of(unit: AdminUnit, pairs, institutions) -> dict:
    within = frozenset(each.pk for each in institutions)
    material = Material(Frame(unit, 2026, DAY, ChosenMap(Map.DAY, DAY), within=within), [unit], pairs)
    return {(i.code, c.code): read(material, unit, i, c)[1] for i, c in material.defined if adds_up(i, c)}


def test_parts_by_commune_add_up_to_the_province_for_every_kind(houses, pairs, bac_kan, duc_xuan, thai_nguyen):
    there = {unit: [house for house in houses if house.placements.get().unit == unit] for unit in (bac_kan, duc_xuan)}
    parts = [amounts_of(unit, pairs, members) for unit, members in there.items()]
    whole = amounts_of(thai_nguyen, pairs, houses)
    assert whole.keys() == set(pairs)
    yes_no = pairs[-1]
    for pair in pairs[:-1]:
        assert added_up([part[pair] for part in parts]) == whole[pair], pair
    # A yes of one of the parts is the yes of the whole; added up they say how many have it.
    assert whole[yes_no].numerator == min(added_up([part[yes_no] for part in parts]).numerator, Decimal(1))


def test_any_division_of_institutions_adds_up_to_the_whole(houses, pairs, bac_kan, thai_nguyen):
    """Also where two reports count institutions of one commune, each on its own line."""
    of_institutions = [pair for pair in pairs if pair not in pairs[-3:]]
    whole = amounts_of(thai_nguyen, of_institutions, houses)
    for seed in range(3):
        chance = random.Random(seed)
        parts: list[list[Institution]] = [[], [], []]
        for house in houses:
            chance.choice(parts).append(house)
        found = [amounts_of(thai_nguyen, of_institutions, part) for part in parts if part]
        for pair in of_institutions:
            assert added_up([part[pair] for part in found]) == whole[pair], (seed, pair)


def test_what_moved_away_counts_for_the_unit_of_its_report(pairs, bac_kan, duc_xuan):
    """Else a commune that lost its only house to another during the cycle would have none, and the other neither."""
    moved = InstitutionFactory(unit=duc_xuan)
    make_posting(moved, dt.date(2026, 9, 1), Line(VISIT, 12))
    of_units = pairs[-3]
    amount = amounts_of(bac_kan, [of_units], [moved])[of_units]
    assert (amount.numerator, amount.denominator) == (1, 1)


def test_what_moved_away_is_known_of_for_the_unit_of_its_report(bac_kan, duc_xuan):
    """A register that knows one of its houses says of others that there is none: no, and not that nobody knows."""
    centres = CohortFactory(classes=["culture_centre_commune"], kind=CohortKind.UNITS, tier="commune")
    open_ones = IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS)
    library_moved = InstitutionFactory(unit=duc_xuan)
    pair = (open_ones.code, centres.code)
    amount = amounts_of(bac_kan, [pair], [library_moved])[pair]
    assert (amount.numerator, amount.denominator) == (0, 1)


def test_all_institutions_of_a_unit_say_what_the_unit_says(houses, pairs, bac_kan):
    """What pages tell of a commune (from the book or from kept parts) and its report are one number."""
    members = [house for house in houses if house.placements.get().unit == bac_kan]
    amounts = amounts_of(bac_kan, pairs, members)
    values = values_for(bac_kan, 2026, pairs, DAY)
    for pair, value in values.items():
        if value.has_value and pair != pairs[-1]:
            assert (amounts[pair].numerator, amounts[pair].denominator) == (value.numerator, value.denominator), pair
            assert (amounts[pair].reporting, amounts[pair].expected) == (value.reporting, value.expected), pair


def test_what_was_held_adds_up_over_any_division(houses, thai_nguyen):
    def frame(institutions):
        within = frozenset(each.pk for each in institutions)
        return Frame(thai_nguyen, 2026, DAY, ChosenMap(Map.DAY, DAY), within=within)

    def classes(part):
        return {each.pk: each.institution_class for each in part}

    whole = measures_of(frame(houses), classes(houses))
    parts = [measures_of(frame(part), classes(part)) for part in (houses[:3], houses[3:4], houses[4:])]
    for key, amount in whole.items():
        assert added_up([part.get(key) for part in parts]).numerator == amount.numerator, key
