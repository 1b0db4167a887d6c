"""Who took part and who lives there are told apart by one rule, or not at all; which residents are used."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.indicators.operations.definitions import load_definitions
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, TODAYS_MAP
from hocsuotdoi.indicators.queries.story import Told, story
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.indicators import CohortFactory, IndicatorFactory, PopulationFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory

TODAY = dt.date(2026, 11, 23)
THEN = dt.date(2024, 5, 1)
URBAN, RURAL, EVERYBODY = True, False, None


@pytest.fixture
def share(db):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    of = {
        each: CohortFactory(kind=CohortKind.POPULATION, urban=each, classes=[]).code
        for each in (URBAN, RURAL, EVERYBODY)
    }

    def told(unit, urban, year=2026, chosen=TODAYS_MAP):
        pair = indicator.code, of[urban]
        return values_for(unit, year, [pair], TODAY, chosen)[pair]

    return told


def parts(value):
    return value.numerator, value.denominator


def come(unit, people, day=TODAY, start=0):
    """So many different people, each once."""
    library = InstitutionFactory(unit=unit)
    for number in range(start, start + people):
        key = uuid.UUID(int=number + 1)
        make_posting(library, day, measure=MeasureCode.PROGRAMME_ATTENDANCE, quantity=1, learner_key=key)
    return library


def attended(unit, quantity, day=TODAY):
    make_posting(InstitutionFactory(unit=unit), day, measure=MeasureCode.PROGRAMME_ATTENDANCE, quantity=quantity)


def became_township(unit):
    unit.kind = UnitKind.TOWNSHIP
    unit.save()


@pytest.fixture
def zone(viet_nam):
    unit = UnitFactory(
        name="Đặc khu Phú Quốc", tier=Tier.COMMUNE, kind=UnitKind.SPECIAL_ZONE, starts_on=viet_nam.north.starts_on
    )
    UnitParent.objects.create(unit=unit, parent=viet_nam.north, starts_on=unit.starts_on)
    rebuild()
    return unit


# -- the province itself --


def test_who_came_to_the_province_s_own_library_is_neither_town_nor_countryside(viet_nam, share):
    PopulationFactory(unit=viet_nam.north, urban=200, rural=400)
    come(viet_nam.north, 6)

    for urban in (URBAN, RURAL):
        found = share(viet_nam.north, urban)
        assert (found.state, found.numerator, found.expected) == (ValueState.NOT_REPORTED, None, 0)
        assert "Không tính 6 lượt tham gia" in found.note
    assert parts(share(viet_nam.north, EVERYBODY)) == (6, 600)

    come(viet_nam.phuong, 5)
    found = share(viet_nam.north, URBAN)
    assert (parts(found), found.percent) == ((5, 200), Decimal("2.50"))
    assert "Không tính 6 lượt tham gia" in found.note
    assert parts(share(viet_nam.north, EVERYBODY)) == (6, 600)  # the same people


def test_what_a_former_district_counted_is_neither_on_the_map_of_today(viet_nam, share):
    PopulationFactory(unit=viet_nam.xa, year=2024, urban=0, rural=400)
    PopulationFactory(unit=viet_nam.phuong, year=2024, urban=200, rural=0)
    come(viet_nam.old_huyen, 5, THEN)

    assert share(viet_nam.north, RURAL, 2024).numerator is None
    assert share(viet_nam.old_north, RURAL, 2024, AS_REPORTED).numerator is None


# -- special zones --


def test_special_zone_has_no_urban_and_no_rural_share(viet_nam, share, zone):
    PopulationFactory(unit=zone, urban=170, rural=5)
    come(zone, 6)

    for urban in (URBAN, RURAL):
        found = share(zone, urban)
        assert (found.state, found.percent, found.denominator) == (ValueState.NOT_REPORTED, None, None)
        assert found.note.startswith("Đặc khu không phải phường cũng không phải xã")
    assert parts(share(zone, EVERYBODY)) == (6, 175)


def test_province_s_areas_hold_neither_who_came_in_its_special_zone_nor_who_lives_there(viet_nam, share, zone):
    PopulationFactory(unit=zone, urban=170, rural=5)
    PopulationFactory(unit=viet_nam.xa, urban=0, rural=400)
    PopulationFactory(unit=viet_nam.phuong, urban=200, rural=0)
    come(zone, 6)
    come(viet_nam.phuong, 7, start=10)

    assert parts(share(viet_nam.north, URBAN)) == (7, 200)
    assert share(viet_nam.north, RURAL).denominator == 400
    assert parts(share(viet_nam.north, EVERYBODY)) == (13, 775)

    PopulationFactory(unit=viet_nam.north, urban=370, rural=405)
    assert parts(share(viet_nam.north, URBAN)) == (7, 200)
    assert share(viet_nam.north, EVERYBODY).denominator == 775

    Population.objects.filter(unit=zone).delete()
    found = share(viet_nam.north, URBAN)
    assert parts(found) == (7, 370)
    assert "gồm cả dân số đặc khu" in found.note
    assert "đặc khu" not in share(viet_nam.north, EVERYBODY).note


# -- units whose kind has changed --


def test_residents_of_the_units_before_are_of_the_kind_of_what_they_became(viet_nam, share):
    """Here a rural commune that was made of a commune and a township."""
    became_township(viet_nam.old_b)
    PopulationFactory(unit=viet_nam.old_a, year=2024, urban=0, rural=40)
    PopulationFactory(unit=viet_nam.old_b, year=2024, urban=10, rural=0)
    come(viet_nam.old_a, 17, THEN)

    found = share(viet_nam.xa, RURAL, 2024)
    assert (parts(found), found.percent) == ((17, 50), Decimal("34.00"))
    assert share(viet_nam.xa, URBAN, 2024).state == ValueState.NOT_APPLICABLE
    assert parts(share(viet_nam.old_a, RURAL, 2024, AS_REPORTED)) == (17, 40)
    assert share(viet_nam.old_b, URBAN, 2024, AS_REPORTED).denominator == 10


def test_province_adds_up_the_units_before_by_what_they_became(viet_nam, share):
    became_township(viet_nam.old_b)
    for unit, people in ((viet_nam.old_a, (0, 40)), (viet_nam.old_b, (10, 0)), (viet_nam.old_c, (70, 0))):
        PopulationFactory(unit=unit, year=2024, urban=people[0], rural=people[1])
    come(viet_nam.old_b, 5, THEN)

    assert (share(viet_nam.north, RURAL, 2024).denominator, share(viet_nam.north, URBAN, 2024).denominator) == (50, 70)


def test_whole_entered_while_communes_were_of_another_kind_has_no_share_by_area(viet_nam, share):
    PopulationFactory(unit=viet_nam.old_north, year=2024, urban=300, rural=600)
    come(viet_nam.old_a, 5, THEN)
    assert parts(share(viet_nam.north, RURAL, 2024)) == (5, 600)  # communes and townships stayed what they were

    became_township(viet_nam.old_b)
    found = share(viet_nam.north, RURAL, 2024)
    assert (found.state, found.denominator) == (ValueState.NOT_REPORTED, None)
    assert "một số xã, phường còn thuộc loại khác" in found.note
    assert parts(share(viet_nam.north, EVERYBODY, 2024)) == (5, 900)
    assert parts(share(viet_nam.old_north, RURAL, 2024, AS_REPORTED)) == (5, 600)


# -- which residents --


def test_newer_sum_goes_before_an_older_own_number(viet_nam, share):
    PopulationFactory(unit=viet_nam.north, year=2023, urban=0, rural=20)
    PopulationFactory(unit=viet_nam.xa, urban=0, rural=400)
    PopulationFactory(unit=viet_nam.phuong, urban=200, rural=0)
    assert [share(viet_nam.north, each).denominator for each in (URBAN, RURAL, EVERYBODY)] == [200, 400, 600]

    PopulationFactory(unit=viet_nam.north, urban=190, rural=405)
    assert [share(viet_nam.north, each).denominator for each in (URBAN, RURAL, EVERYBODY)] == [190, 405, 595]


def test_country_adds_up_its_provinces(viet_nam, share):
    PopulationFactory(unit=viet_nam.north, urban=200, rural=400)
    assert share(viet_nam.country, URBAN).denominator is None

    PopulationFactory(unit=viet_nam.south, urban=0, rural=100)
    assert [share(viet_nam.country, each).denominator for each in (URBAN, RURAL, EVERYBODY)] == [200, 500, 700]


# -- what is no share --


def test_more_people_than_residents_are_no_share_and_are_to_be_looked_at(viet_nam, share):
    PopulationFactory(unit=viet_nam.phuong, urban=32, rural=0)
    come(viet_nam.phuong, 32)
    assert share(viet_nam.phuong, URBAN).percent == 100

    come(viet_nam.phuong, 1, start=40)
    found = share(viet_nam.phuong, URBAN)
    assert (found.state, found.percent) == (ValueState.NOT_REPORTED, None)
    assert "nhiều hơn dân số đã nhập (32 người, năm 2026)" in found.note


def test_attendances_alone_are_told_as_a_ratio_of_attendances(viet_nam, share):
    PopulationFactory(unit=viet_nam.phuong, urban=560_000, rural=0)
    attended(viet_nam.phuong, 8_554)

    found = share(viet_nam.phuong, URBAN)
    assert (found.state, found.percent, found.numerator) == (ValueState.NOT_REPORTED, None, None)
    assert (
        "Có 8.554 lượt tham gia, bằng 1,5 lượt trên 100 người dân: đây là tỷ số lượt tham gia trên dân số, không phải "
        "tỷ lệ người dân."
    ) in found.note
    told = story(Told(*found.defined, found))
    assert "; đã có 8.554 lượt tham gia, bằng 1,5 lượt trên 100 người dân" in told

    come(viet_nam.phuong, 4)
    assert "trên 100 người dân" not in share(viet_nam.phuong, URBAN).note  # of few nothing is told
    come(viet_nam.phuong, 1, start=4)
    assert "trên 100 người dân" in share(viet_nam.phuong, URBAN).note


def test_definition_says_where_people_count_and_promises_what_the_note_tells(client, db):
    load_definitions()

    page = client.get("/indicators/dictionary.csv").content.decode()

    assert "theo nơi tham gia chứ không theo nơi cư trú" in page
    assert "nêu là tỷ số lượt tham gia trên dân số" in page
