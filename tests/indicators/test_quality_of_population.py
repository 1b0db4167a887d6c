"""Findings about population: parts that do not make the whole, and jumps on the same land."""

import datetime as dt

import pytest

from hocsuotdoi.indicators.enums import QualityRule as R
from hocsuotdoi.indicators.models import QualityFinding
from hocsuotdoi.indicators.queries.quality import sentence_of
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.indicators import PopulationFactory
from tests.indicators.quality import look


def test_towns_of_provinces_must_make_those_of_the_country(viet_nam):
    PopulationFactory(unit=viet_nam.country, urban=900, rural=100)
    for unit in (viet_nam.north, viet_nam.south):
        PopulationFactory(unit=unit, urban=100, rural=400)

    found = {each.measure: each for each in look(R.POPULATION_PARTS)}

    assert {code: (each.numbers["whole"], each.numbers["parts"]) for code, each in found.items()} == {
        "urban": (900, 200),
        "rural": (100, 800),
    }
    sentence = sentence_of(
        QualityFinding(
            rule=R.POPULATION_PARTS, measure="urban", period=found["urban"].period, numbers=found["urban"].numbers
        )
    )
    assert sentence == "Dân thành thị, năm 2026: toàn địa bàn nhập 900; cộng các tỉnh, thành phố được 200."


def test_villages_of_communes_must_make_those_of_the_province(viet_nam):
    PopulationFactory(unit=viet_nam.south, rural=None, urban=None, villages=9)
    PopulationFactory(unit=viet_nam.nam, rural=None, urban=None, villages=8)

    [found] = look(R.POPULATION_PARTS)

    assert (found.measure, found.numbers["whole"], found.numbers["parts"]) == ("villages", 9, 8)


@pytest.mark.parametrize(("now", "is_found"), [(12600, True), (7000, True), (12400, False)])
def test_population_that_jumps_is_found(viet_nam, now, is_found):
    ever = viet_nam._unit("Xã Cũ", Tier.COMMUNE, UnitKind.COMMUNE, viet_nam.south)
    rebuild()
    PopulationFactory(unit=ever, year=2024, rural=10000)
    PopulationFactory(unit=ever, year=2026, rural=now)
    PopulationFactory(unit=viet_nam.xa, year=2024, rural=100000)  # of the smaller commune of that name, until 2025
    PopulationFactory(unit=viet_nam.xa, year=2026, rural=now)
    PopulationFactory(unit=viet_nam.phuong, year=2025, rural=100)
    PopulationFactory(unit=viet_nam.phuong, year=2026, rural=500)  # small places may

    found = [(each.unit_id, each.numbers) for each in look(R.POPULATION_JUMP)]

    assert found == ([(ever.pk, {"now": now, "before": 10000, "year": 2024})] if is_found else [])


REFORMED = dt.date(2026, 3, 1)


def test_population_of_land_that_has_grown_or_shrunk_is_not_compared(viet_nam):
    """A commune takes in a part of its neighbour, which begins anew; the province of both has the same land."""
    other = viet_nam._unit("Xã Cạnh", Tier.COMMUNE, UnitKind.COMMUNE, viet_nam.north, ends_on=REFORMED)
    less = viet_nam._unit("Xã Cạnh nhỏ", Tier.COMMUNE, UnitKind.COMMUNE, viet_nam.north, starts_on=REFORMED)
    for successor, is_main in ((viet_nam.xa, False), (less, True)):
        Succession.objects.create(
            predecessor=other, successor=successor, kind="split", effective_on=REFORMED, is_main=is_main
        )
    rebuild()
    for unit, before, now in ((viet_nam.xa, 10000, 20000), (less, 15000, 5000), (viet_nam.north, 50000, 90000)):
        PopulationFactory(unit=unit, year=2025, rural=before)
        PopulationFactory(unit=unit, year=2026, rural=now)

    assert [each.unit_id for each in look(R.POPULATION_JUMP)] == [viet_nam.north.pk]


def test_population_of_provinces_between_which_a_commune_moves_is_not_compared(viet_nam):
    UnitParent.objects.filter(unit=viet_nam.phuong).update(ends_on=REFORMED)
    UnitParent.objects.create(unit=viet_nam.phuong, parent=viet_nam.south, starts_on=REFORMED)
    rebuild()
    for unit, before, now in (
        (viet_nam.north, 90000, 50000),
        (viet_nam.south, 50000, 90000),
        (viet_nam.phuong, 40000, 20000),
        (viet_nam.country, 140000, 280000),
    ):
        PopulationFactory(unit=unit, year=2025, rural=before)
        PopulationFactory(unit=unit, year=2026, rural=now)

    assert {each.unit_id for each in look(R.POPULATION_JUMP)} == {viet_nam.phuong.pk, viet_nam.country.pk}
