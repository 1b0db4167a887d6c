import datetime as dt
from decimal import Decimal

import pytest

from hocsuotdoi.indicators.enums import AnswerValue, CohortKind, IndicatorKind, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.operations import load_definitions
from hocsuotdoi.indicators.queries.values import counts_for, values_by_unit, values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState, Tier
from tests.factories.indicators import (
    AnswerFactory,
    CohortFactory,
    CriteriaSetFactory,
    IndicatorFactory,
    PopulationFactory,
    ReviewFactory,
)
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory

TODAY = dt.date(2026, 11, 23)
LIBRARY = InstitutionClass.LIBRARY_COMMUNE


@pytest.fixture
def share(db):
    """Met when the library held a session in the year, or says so."""
    indicator, cohort = IndicatorFactory(), CohortFactory()
    CriteriaSetFactory(
        indicator=indicator,
        criteria=[("asked", "quantity_at_least", {"measure": MeasureCode.PROGRAMME_SESSION, "quantity": 1})],
    )
    return indicator.code, cohort.code


@pytest.fixture
def growth(db):
    return growth_since(2024)


def growth_since(base_year):
    made = IndicatorFactory(kind=IndicatorKind.GROWTH, measures=[MeasureCode.LIBRARY_VISIT], base_year=base_year)
    return made.code, CohortFactory().code


@pytest.fixture
def count(db):
    indicator = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[MeasureCode.LIBRARY_VISIT])
    return indicator.code, CohortFactory().code


def value(unit, pair, year=2026, as_of=TODAY):
    return values_for(unit, year, [pair], as_of)[pair]


def hold_session(institution, day=TODAY):
    return make_posting(institution, day, measure=MeasureCode.PROGRAMME_SESSION)


def visits(institution, quantity, day=TODAY):
    return make_posting(institution, day, measure=MeasureCode.LIBRARY_VISIT, quantity=quantity)


# -- share of institutions --


def test_share_of_institutions_counts_met_of_known_and_says_how_many_are_known(viet_nam, share):
    hold_session(InstitutionFactory(unit=viet_nam.xa))
    visits(InstitutionFactory(unit=viet_nam.xa), 5)  # reports, but held no session
    InstitutionFactory(unit=viet_nam.phuong)  # silent

    found = value(viet_nam.north, share)

    assert (found.state, found.numerator, found.denominator) == (ValueState.VALUE, 1, 2)
    assert (found.percent, found.reporting, found.expected) == (Decimal("50.00"), 2, 3)


def test_share_of_institutions_where_nobody_reports_is_not_zero(viet_nam, share):
    InstitutionFactory(unit=viet_nam.xa)

    found = value(viet_nam.north, share)

    assert (found.state, found.percent, found.reporting, found.expected) == (ValueState.NOT_REPORTED, None, 0, 1)
    assert found.note


def test_share_of_institutions_where_all_report_and_none_meets_is_zero(viet_nam, share):
    visits(InstitutionFactory(unit=viet_nam.xa), 5)

    assert value(viet_nam.north, share).percent == Decimal("0.00")


def test_share_of_institutions_where_there_is_none_does_not_apply(viet_nam, share):
    InstitutionFactory(unit=viet_nam.nam)

    assert value(viet_nam.north, share).state == ValueState.NOT_APPLICABLE


def test_share_of_institutions_leaves_out_those_closed_and_those_to_which_it_does_not_apply(viet_nam, share):
    hold_session(InstitutionFactory(unit=viet_nam.xa))
    InstitutionFactory(unit=viet_nam.xa, state=InstitutionState.CLOSED)
    excused = InstitutionFactory(unit=viet_nam.xa)
    answer = AnswerFactory(institution=excused, indicator_code=share[0], value=AnswerValue.NOT_APPLICABLE)

    assert value(viet_nam.xa, share).expected == 2, "nobody has accepted that it does not apply"

    ReviewFactory(answer=answer, found="")
    found = value(viet_nam.xa, share)
    assert (found.numerator, found.denominator, found.expected) == (1, 1, 1)
    assert "1" in found.note


def test_share_of_institutions_with_a_session_taken_back_is_not_met_any_more(viet_nam, share):
    library = InstitutionFactory(unit=viet_nam.xa)
    visits(library, 3)
    session = hold_session(library)
    assert value(viet_nam.xa, share).numerator == 1

    reverse(session, reason="không tổ chức", by=None, at=noon(TODAY))

    assert value(viet_nam.xa, share).numerator == 0


def test_share_of_institutions_looks_at_no_fact_after_the_day_it_is_seen_from(viet_nam, share):
    library = InstitutionFactory(unit=viet_nam.xa)
    visits(library, 3, dt.date(2026, 2, 1))
    hold_session(library, dt.date(2026, 6, 1))

    assert value(viet_nam.xa, share, as_of=dt.date(2026, 5, 31)).numerator == 0
    assert value(viet_nam.xa, share, as_of=dt.date(2026, 6, 1)).numerator == 1


def test_value_of_a_year_to_come_is_not_reported(viet_nam, share):
    InstitutionFactory(unit=viet_nam.xa)

    assert value(viet_nam.xa, share, year=2027).state == ValueState.NOT_REPORTED


# -- the map --


def test_facts_of_old_communes_are_read_at_the_new_commune(viet_nam, count):
    library = InstitutionFactory(unit=viet_nam.old_a)
    library.placements.update(ends_on=dt.date(2025, 7, 1))
    library.placements.create(unit=viet_nam.xa, starts_on=dt.date(2025, 7, 1))
    visits(library, 10, dt.date(2025, 3, 1))
    visits(library, 5, dt.date(2025, 9, 1))

    assert value(viet_nam.xa, count, 2025).numerator == 15
    assert value(viet_nam.north, count, 2025).numerator == 15
    assert value(viet_nam.old_a, count, 2025).numerator == 15  # its own last map, read on
    assert value(viet_nam.old_b, count, 2025).state == ValueState.NOT_APPLICABLE
    assert value(viet_nam.country, count, 2025).numerator == 15


def test_institution_left_in_an_old_commune_is_expected_in_the_new_one(viet_nam, share):
    hold_session(InstitutionFactory(unit=viet_nam.old_b))

    assert value(viet_nam.xa, share).numerator == 1
    assert value(viet_nam.phuong, share).state == ValueState.NOT_APPLICABLE


def test_counts_of_a_unit_are_the_sums_of_its_map_with_zero_for_what_was_not_counted(viet_nam):
    visits(InstitutionFactory(unit=viet_nam.old_c), 4, dt.date(2026, 1, 1))
    visits(InstitutionFactory(unit=viet_nam.nam), 6)

    assert counts_for(viet_nam.north, 2026, TODAY)[MeasureCode.LIBRARY_VISIT] == 4
    assert counts_for(viet_nam.country, 2026, TODAY)[MeasureCode.LIBRARY_VISIT] == 10
    assert counts_for(viet_nam.country, 2026, TODAY)[MeasureCode.LOAN] == 0


def test_counts_take_one_query(viet_nam, django_assert_num_queries):
    visits(InstitutionFactory(unit=viet_nam.xa), 4)
    with django_assert_num_queries(1):
        counts_for(viet_nam.north, 2026, TODAY)


# -- growth --


def test_growth_is_compound_from_the_base_year_over_those_who_reported_in_both(viet_nam, growth):
    steady, new, gone = (InstitutionFactory(unit=viet_nam.xa) for _ in range(3))
    visits(steady, 100, dt.date(2024, 3, 1))
    visits(steady, 121, dt.date(2026, 3, 1))
    visits(gone, 1000, dt.date(2024, 3, 1))
    visits(new, 5000, dt.date(2026, 3, 1))

    found = value(viet_nam.north, growth)

    assert (found.numerator, found.denominator, found.base_year) == (121, 100, 2024)
    assert found.percent == Decimal("10.00")
    assert (found.reporting, found.expected) == (1, 3)


def test_growth_of_a_running_year_compares_the_same_days(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    visits(library, 10, dt.date(2025, 2, 1))
    visits(library, 90, dt.date(2025, 12, 1))
    visits(library, 20, dt.date(2026, 2, 1))

    found = value(viet_nam.xa, growth_since(2025))

    assert (found.numerator, found.denominator, found.percent) == (20, 10, Decimal("100.00"))


def test_growth_up_to_its_base_year_is_not_told(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    visits(library, 5, dt.date(2025, 1, 1))
    visits(library, 10)

    found = value(viet_nam.xa, growth_since(2026))

    assert (found.state, found.percent, found.base_year) == (ValueState.NOT_REPORTED, None, None)
    assert found.note == "Mức tăng được tính cho các năm sau năm gốc 2026."


def test_growth_from_a_base_of_zero_is_not_reported(viet_nam):
    library, elsewhere = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.nam)
    visits(elsewhere, 5, dt.date(2025, 1, 1))
    hold_session(library, dt.date(2025, 1, 1))
    visits(library, 10)

    found = value(viet_nam.xa, growth_since(2025))

    assert (found.state, found.base_year, found.reporting) == (ValueState.NOT_REPORTED, 2025, 1)


def test_growth_to_a_reported_zero_is_minus_a_hundred(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    visits(library, 10, dt.date(2025, 1, 1))
    hold_session(library)

    assert value(viet_nam.xa, growth_since(2025)).percent == Decimal("-100.00")


def test_what_is_counted_before_the_base_year_does_not_move_it(viet_nam, growth):
    """One figure of an early year once took the growth of the whole country away."""
    library, other = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.nam)
    visits(library, 100, dt.date(2024, 1, 1))
    visits(library, 110, dt.date(2025, 1, 1))
    before = value(viet_nam.country, growth, 2025)

    visits(other, 42_000, dt.date(2021, 1, 1))

    assert before.percent == Decimal("10.00")
    assert value(viet_nam.country, growth, 2025) == before


def test_growth_of_one_count_from_two_base_years(viet_nam, growth):
    library = InstitutionFactory(unit=viet_nam.xa)
    for year, quantity in ((2023, 50), (2024, 100), (2025, 110)):
        visits(library, quantity, dt.date(year, 1, 1))
    since = {(code, CohortFactory().code): year for year in (2023, 2024) if (code := growth_since(year)[0])}

    found = values_for(viet_nam.xa, 2025, list(since), TODAY)

    assert {pair: (each.base_year, each.denominator) for pair, each in found.items()} == {
        pair: (year, 50 if year == 2023 else 100) for pair, year in since.items()
    }


# -- units --


@pytest.fixture
def communes_with_centre(db):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS)
    cohort = CohortFactory(kind=CohortKind.UNITS, tier=Tier.COMMUNE, classes=[InstitutionClass.CULTURE_CENTRE_COMMUNE])
    return indicator.code, cohort.code


def test_share_of_units_counts_units_with_an_open_institution_among_all(viet_nam, communes_with_centre):
    InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.CULTURE_CENTRE_COMMUNE)
    InstitutionFactory(unit=viet_nam.phuong)  # a library: the register knows this ward, and no centre in it

    north = value(viet_nam.north, communes_with_centre)
    country = value(viet_nam.country, communes_with_centre)

    assert (north.numerator, north.denominator, north.reporting, north.expected) == (1, 2, 2, 2)
    assert (country.numerator, country.denominator, country.reporting, country.expected) == (1, 3, 2, 3)
    assert country.note == "Chia cho cả 3 đơn vị: sổ đăng ký mới biết 2, các đơn vị còn lại không tính là có."
    assert value(viet_nam.south, communes_with_centre).state == ValueState.NOT_REPORTED


def test_share_of_units_of_a_tier_that_ended_does_not_apply_today_and_does_on_the_old_map(viet_nam):
    indicator = IndicatorFactory(kind=IndicatorKind.UNITS_OF_UNITS)
    cohort = CohortFactory(
        kind=CohortKind.UNITS, tier=Tier.DISTRICT, classes=[InstitutionClass.CULTURE_CENTRE_DISTRICT]
    )
    InstitutionFactory(unit=viet_nam.old_huyen, institution_class=InstitutionClass.CULTURE_CENTRE_DISTRICT)
    pair = indicator.code, cohort.code

    today, then = value(viet_nam.north, pair), value(viet_nam.old_north, pair, 2024)

    assert today.state == ValueState.NOT_APPLICABLE
    assert (then.numerator, then.denominator) == (1, 1)


def test_share_of_units_with_a_checklist_asks_for_one_institution_that_meets_it(viet_nam):
    indicator = IndicatorFactory()
    cohort = CohortFactory(kind=CohortKind.UNITS, tier=Tier.COMMUNE)
    CriteriaSetFactory(indicator=indicator)
    for unit, answer in [(viet_nam.xa, "no"), (viet_nam.xa, "yes"), (viet_nam.phuong, "no"), (viet_nam.nam, None)]:
        library = InstitutionFactory(unit=unit)
        if answer:
            AnswerFactory(institution=library, indicator_code=indicator.code, value=answer)

    found = value(viet_nam.country, (indicator.code, cohort.code))

    assert (found.numerator, found.denominator, found.reporting, found.expected) == (1, 2, 2, 3)


def test_share_of_villages_without_their_number_is_not_reported(viet_nam):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS)
    cohort = CohortFactory(kind=CohortKind.UNITS, tier="", classes=[InstitutionClass.VILLAGE_CULTURE_HOUSE])
    InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.VILLAGE_CULTURE_HOUSE)

    found = value(viet_nam.xa, (indicator.code, cohort.code))

    assert (found.state, found.numerator, found.percent) == (ValueState.NOT_REPORTED, 1, None)


# -- population --


@pytest.fixture
def participation(db):
    indicator = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    urban = CohortFactory(kind=CohortKind.POPULATION, urban=True, classes=[])
    rural = CohortFactory(kind=CohortKind.POPULATION, urban=False, classes=[])
    return (indicator.code, urban.code), (indicator.code, rural.code)


def attend(institution, quantity=1, **dimensions):
    return make_posting(institution, TODAY, measure=MeasureCode.PROGRAMME_ATTENDANCE, quantity=quantity, **dimensions)


def test_share_of_population_counts_each_known_person_once(viet_nam, participation, uuids):
    urban, rural = participation
    ward, commune = InstitutionFactory(unit=viet_nam.phuong), InstitutionFactory(unit=viet_nam.xa)
    PopulationFactory(unit=viet_nam.north, urban=200, rural=400)
    for _ in range(3):
        attend(ward, learner_key=uuids[0])
    attend(ward, learner_key=uuids[1])
    attend(ward, 6)
    attend(commune, learner_key=uuids[0])

    in_town, outside = value(viet_nam.north, urban), value(viet_nam.north, rural)

    assert (in_town.numerator, in_town.denominator, in_town.percent) == (2, 200, Decimal("1.00"))
    assert (in_town.reporting, in_town.expected) == (4, 10)
    assert (outside.numerator, outside.denominator) == (1, 400)


def test_share_of_population_with_attendances_only_is_not_reported(viet_nam, participation):
    attend(InstitutionFactory(unit=viet_nam.phuong), 150)
    PopulationFactory(unit=viet_nam.phuong, urban=200, rural=0)

    found = value(viet_nam.phuong, participation[0])

    assert (found.state, found.percent, found.numerator, found.denominator) == (
        ValueState.NOT_REPORTED,
        None,
        None,
        200,
    )
    assert "150" in found.note


def test_share_of_population_without_population_is_not_reported(viet_nam, participation, uuids):
    attend(InstitutionFactory(unit=viet_nam.phuong), learner_key=uuids[0])

    found = value(viet_nam.phuong, participation[0])

    assert (found.state, found.numerator, found.denominator) == (ValueState.NOT_REPORTED, 1, None)


def test_share_of_population_adds_up_communes_when_all_have_it(viet_nam, participation, uuids):
    attend(InstitutionFactory(unit=viet_nam.xa), learner_key=uuids[0])
    PopulationFactory(unit=viet_nam.xa, urban=None, rural=300)
    assert value(viet_nam.north, participation[1]).state == ValueState.NOT_REPORTED

    PopulationFactory(unit=viet_nam.phuong, urban=500, rural=None)

    assert value(viet_nam.north, participation[1]).denominator == 300


def test_urban_share_of_a_place_without_towns_does_not_apply(viet_nam, participation):
    PopulationFactory(unit=viet_nam.xa, urban=0, rural=300)

    assert value(viet_nam.xa, participation[0]).state == ValueState.NOT_APPLICABLE


# -- many at once --


@pytest.mark.slow
def test_all_defined_figures_of_a_unit_take_the_same_queries_for_one_and_three_institutions(
    viet_nam, django_assert_num_queries
):
    load_definitions()
    pairs = [(i.code, c.code) for i in Indicator.objects.all() for c in Cohort.objects.all()]
    visits(InstitutionFactory(unit=viet_nam.xa), 1)
    with django_assert_num_queries(QUERIES_OF_ALL_FIGURES):
        values_for(viet_nam.north, 2026, pairs, TODAY)
    for unit in viet_nam.communes:
        visits(InstitutionFactory(unit=unit), 1)
        visits(InstitutionFactory(unit=unit), 1, dt.date(2025, 8, 1))
    with django_assert_num_queries(QUERIES_OF_ALL_FIGURES):
        values_for(viet_nam.north, 2026, pairs, TODAY)
    with django_assert_num_queries(QUERIES_OF_ALL_FIGURES - 1):  # of the country no places are named
        values_for(viet_nam.country, 2026, pairs, TODAY)


QUERIES_OF_ALL_FIGURES = 32


def test_figure_of_many_units_is_that_of_each(viet_nam, share):
    hold_session(InstitutionFactory(unit=viet_nam.xa))
    visits(InstitutionFactory(unit=viet_nam.phuong), 2)
    InstitutionFactory(unit=viet_nam.nam)

    together = values_by_unit(viet_nam.country, viet_nam.provinces, 2026, share, TODAY)

    assert together == {unit.pk: value(unit, share) for unit in viet_nam.provinces}


def test_unknown_code_is_an_error(viet_nam, share):
    with pytest.raises(KeyError):
        values_for(viet_nam.north, 2026, [("no-such", share[1])])
