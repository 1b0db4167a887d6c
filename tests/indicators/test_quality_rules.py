"""Each rule finds what it is for, and keeps silent about what only looks like it."""

import datetime as dt

import pytest

from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.enums import QualityRule as R
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.operations.rolling import follow_map
from hocsuotdoi.indicators.operations.stated import Sent, plan_of, preview_figures, state_figures
from hocsuotdoi.indicators.queries.quality_rules import RULES
from hocsuotdoi.indicators.queries.stated import Asked
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState
from tests.factories import stated
from tests.factories.accounts import PersonFactory
from tests.factories.indicators import PopulationFactory
from tests.factories.places import InstitutionFactory
from tests.indicators.quality import NOW, OCTOBER, PEOPLE, SESSIONS, STEADY, TODAY, VISITS, look, told, told_until


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(code="thu-vien", unit=viet_nam.xa)


def state(institution, unit, period: Period, column: StatedColumn, quantity: int, *, at=NOW):
    stated.state(institution, unit, period, at, **{column.name: quantity})


def test_every_rule_has_its_statement():
    assert set(RULES) == set(R)


# -- far from its own earlier months --


@pytest.mark.parametrize("quantity", [1000, 280, 5])
def test_month_far_from_its_own_series_is_found(library, quantity):
    told_until(library, OCTOBER, [*STEADY, quantity])

    [found] = look(R.SERIES_OUTLIER)

    assert (found.institution_id, found.measure, found.period) == (library.pk, "library_visit", "2026-10")
    assert (found.numbers["value"], found.numbers["median"], found.numbers["months"]) == (quantity, 100.5, 12)
    assert found.unit_id == library.placements.get().unit_id


@pytest.mark.parametrize(
    "quantities",
    [
        [*STEADY, 270],  # a busy month
        [*STEADY, 15],  # a quiet one
        [*STEADY[:7], 1000],  # too short a series to know what is usual
        [3, 4, 2, 5, 3, 4, 3, 4, 2, 3, 28],  # small numbers move by chance
        [20, 200, 80, 180, 60, 210, 150, 190, 120, 205, 140, 300],  # never was steady
        [100, 5000, 95, 104, 98, 107, 101, 93, 110, 99, 103, 97],  # a wrong month among the earlier moves nothing
        [*STEADY, None],
    ],
)
def test_month_that_only_looks_strange_is_left_alone(library, quantities):
    told_until(library, OCTOBER, quantities)

    assert look(R.SERIES_OUTLIER) == []


def test_month_that_still_runs_can_be_too_high_and_not_too_low(library):
    november = dt.date(2026, 11, 1)
    told_until(library, november, [*STEADY, 5])
    assert look(R.SERIES_OUTLIER, november) == []

    told(library, november, (VISITS, 1000))

    assert len(look(R.SERIES_OUTLIER, november)) == 1


def test_series_that_moves_to_another_level_is_found_where_it_moves(library):
    told_until(library, OCTOBER, [*STEADY, 400, 410, 395, 405, 400, 390])

    found = look(R.SERIES_OUTLIER, *(months_from(OCTOBER, -back) for back in range(6)))

    assert sorted(each.period for each in found) == ["2026-05", "2026-06"]


def test_what_was_taken_back_is_not_found(library):
    told_until(library, OCTOBER, [*STEADY, 100])
    wrong = told(library, OCTOBER, (VISITS, 2000))
    assert len(look(R.SERIES_OUTLIER)) == 1

    reverse(wrong, reason="Nhập thừa một chữ số", by=None, at=NOW)

    assert look(R.SERIES_OUTLIER) == []


def test_season_that_comes_every_year_is_no_outlier_and_its_absence_is(library):
    summer = [100, 90, 110, 105, 95, 100, 600, 98, 102, 97, 104, 99]  # the seventh month of each
    for year in (2023, 2024, 2025):
        for month, quantity in enumerate(summer, start=1):
            told(library, dt.date(year, month, 1), (VISITS, quantity))
    told(library, dt.date(2026, 7, 1), (VISITS, 620))
    july = dt.date(2026, 7, 1)
    assert look(R.SERIES_OUTLIER, july) == []

    told(library, july, (VISITS, 900))

    assert len(look(R.SERIES_OUTLIER, july)) == 1


def test_figure_typed_in_for_a_year_is_no_month(library, viet_nam):
    told_until(library, dt.date(2025, 12, 1), [*STEADY, 100])
    state(library, viet_nam.xa, Period(2025), StatedColumn.LIBRARY_VISIT, 5000)

    assert look(R.SERIES_OUTLIER, dt.date(2025, 12, 1)) == []


# -- suddenly silent --


def test_silence_after_half_a_year_of_figures_is_found_once(library):
    told_until(library, dt.date(2026, 7, 1), [10] * 8)

    months = [dt.date(2026, month, 1) for month in (7, 8, 9, 10)]

    assert [(each.period, each.numbers) for each in look(R.SERIES_SILENCE, *months)] == [("2026-08", {"months": 6})]


def test_zero_that_was_told_is_no_silence(library, viet_nam):
    told_until(library, dt.date(2026, 9, 1), [10] * 8)
    state(library, viet_nam.xa, Period(2026, month=10), StatedColumn.LIBRARY_VISIT, 0)

    assert look(R.SERIES_SILENCE) == []


def test_quarter_that_was_typed_in_is_no_silence_of_its_months(library, viet_nam):
    told_until(library, dt.date(2026, 6, 1), [10] * 8)
    state(library, viet_nam.xa, Period(2026, quarter=3), StatedColumn.LIBRARY_VISIT, 30)

    assert look(R.SERIES_SILENCE, *(dt.date(2026, month, 1) for month in (7, 8, 9))) == []


def test_silence_is_not_found_before_it_is_late_nor_of_who_is_closed_nor_of_a_season(library, viet_nam):
    told_until(library, dt.date(2026, 9, 1), [10] * 8)
    assert look(R.SERIES_SILENCE, day=dt.date(2026, 11, 5)) == []
    assert len(look(R.SERIES_SILENCE)) == 1
    library.statuses.update(ends_on=dt.date(2026, 10, 20))
    assert look(R.SERIES_SILENCE) == []

    school = InstitutionFactory(code="truong", unit=viet_nam.xa)
    for year in (2025, 2026):
        told_until(school, dt.date(year, 6, 1), [10] * 8)  # nothing in July of either
    assert look(R.SERIES_SILENCE, dt.date(2026, 7, 1)) == []


# -- figures of whole quarters and years --

VISITED = StatedColumn.LIBRARY_VISIT
NOT_YET_LATE, LATE = dt.date(2027, 1, 10), dt.date(2027, 1, 11)


def of_years(library, unit, quantities: list[int], last: int = 2025) -> None:
    for year, quantity in zip(range(last - len(quantities) + 1, last + 1), quantities, strict=True):
        state(library, unit, Period(year), VISITED, quantity)


@pytest.mark.parametrize(
    ("quantities", "numbers"),
    [
        ([1200, 1_250_000], {"periods": 1, "least": 1200, "most": 1200, "median": 1200.0}),
        ([1200, 1100, 100], {"periods": 2, "least": 1100, "most": 1200, "median": 1150.0}),
        ([1200, 1100, 1300, 4000], {"periods": 3, "least": 1100, "most": 1300, "median": 1200.0}),
        ([1200, 1100, 1300, 120], {"periods": 3, "least": 1100, "most": 1300, "median": 1200.0}),
    ],
)
def test_figure_of_a_year_far_from_those_of_earlier_years_is_found(library, viet_nam, quantities, numbers):
    of_years(library, viet_nam.xa, quantities)

    [found] = look(R.PERIOD_OUTLIER, dt.date(2025, 12, 1))

    assert (found.institution_id, found.measure, found.period) == (library.pk, "library_visit", "2025")
    assert (found.starts_on, found.ends_on) == (dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    assert found.numbers == {"value": quantities[-1], **numbers}


@pytest.mark.parametrize(
    "quantities",
    [
        [1_250_000],  # nothing before it
        [1200, 4000],  # one year says little of what is usual
        [1200, 1_250_000, 1250],  # the year after a wrong one
        [1200, 1100, 1300, 3000],  # a busy year
        [1200, 1100, 1300, 4000, 4100],  # found where it moved
        [2, 3, 2, 31],  # small numbers
    ],
)
def test_figure_of_a_year_that_may_well_be_right_is_left_alone(library, viet_nam, quantities):
    of_years(library, viet_nam.xa, quantities)

    assert look(R.PERIOD_OUTLIER, dt.date(2025, 12, 1)) == []


def test_figure_of_a_quarter_stands_beside_quarters_only_and_a_season_is_none(library, viet_nam):
    for year in (2024, 2025):
        for quarter, quantity in ((1, 100), (2, 110), (3, 900), (4, 105)):
            state(library, viet_nam.xa, Period(year, quarter=quarter), VISITED, quantity)
    state(library, viet_nam.xa, Period(2023), VISITED, 1200)
    state(library, viet_nam.xa, Period(2026, quarter=1), VISITED, 1200)
    state(library, viet_nam.xa, Period(2026, quarter=3), VISITED, 950)

    assert [each.period for each in look(R.PERIOD_OUTLIER)] == ["2026-Q1"]


def test_figure_of_a_year_that_was_mended_is_not_found(library, viet_nam):
    of_years(library, viet_nam.xa, [1200, 1_250_000])
    officer = PersonFactory()
    asked = [Asked(library.code, VISITED, 1250, "")]
    sent = Sent(StatingWay.FORM, "Báo cáo giấy")
    preview = preview_figures(viet_nam.xa, period=Period(2025), asked=asked, sent=sent, by=officer, at=NOW)
    digest = plan_of(preview, TODAY).digest
    state_figures(preview, seen=digest, in_addition=True, reason="Thừa ba chữ số", by=officer, at=NOW)

    assert look(R.PERIOD_OUTLIER, dt.date(2025, 12, 1)) == []


def test_who_tells_by_the_year_is_silent_once_the_next_year_is_due(library, viet_nam):
    of_years(library, viet_nam.xa, [1200, 1300])
    year = [dt.date(2026, month, 1) for month in range(1, 13)]

    assert look(R.SERIES_SILENCE, *year, day=LATE) == []
    assert look(R.PERIOD_SILENCE, *year, day=NOT_YET_LATE) == []
    [found] = look(R.PERIOD_SILENCE, *year, day=LATE)
    assert (found.institution_id, found.period, found.measure, found.numbers) == (
        library.pk,
        "2026",
        "",
        {"periods": 1},
    )
    assert found.ends_on == dt.date(2027, 1, 1)


def test_who_tells_by_the_quarter_is_silent_once_the_next_quarter_is_due(library, viet_nam):
    for quarter in (1, 2):
        state(library, viet_nam.xa, Period(2026, quarter=quarter), VISITED, 300)

    assert look(R.PERIOD_SILENCE, day=dt.date(2026, 10, 10)) == []
    assert [each.period for each in look(R.PERIOD_SILENCE, day=dt.date(2026, 10, 11))] == ["2026-Q3"]
    assert look(R.SERIES_SILENCE, *(dt.date(2026, month, 1) for month in (7, 8, 9)), day=TODAY) == []


@pytest.mark.parametrize("how", ["a zero", "a month", "closed", "one quarter only"])
def test_period_that_was_told_in_any_way_or_is_not_expected_is_no_silence(library, viet_nam, how):
    for quarter in (2,) if how == "one quarter only" else (1, 2):
        state(library, viet_nam.xa, Period(2026, quarter=quarter), VISITED, 300)
    if how == "a zero":
        state(library, viet_nam.xa, Period(2026, quarter=3), VISITED, 0)
    if how == "a month":
        told(library, dt.date(2026, 8, 1), (VISITS, 20))
    if how == "closed":
        library.statuses.update(ends_on=dt.date(2026, 9, 20))

    assert look(R.PERIOD_SILENCE) == []


def test_who_went_from_years_to_months_is_judged_by_months_again(library, viet_nam):
    of_years(library, viet_nam.xa, [1200, 1300])
    told_until(library, dt.date(2026, 6, 1), [90, 95, 100, 90, 95, 100])

    assert [each.period for each in look(R.SERIES_SILENCE, dt.date(2026, 7, 1))] == ["2026-07"]
    assert look(R.PERIOD_SILENCE, day=LATE) == []


# -- the same figure again and again --


def test_same_typed_figure_four_months_in_a_row_is_found_once(library):
    told_until(library, OCTOBER, [90, 120, 120, 120, 120, 120], typed=True)

    found = look(R.REPEATED_FIGURE, *(months_from(OCTOBER, -back) for back in range(6)))

    assert [(each.period, each.numbers) for each in found] == [("2026-09", {"value": 120, "months": 5})]


@pytest.mark.parametrize(
    ("quantities", "typed"),
    [([120] * 3, True), ([120] * 6, False), ([12] * 6, True), ([120, 120, None, 120, 120], True)],
)
def test_figures_that_may_well_be_the_same_are_left_alone(library, quantities, typed):
    told_until(library, OCTOBER, quantities, typed=typed)

    assert look(R.REPEATED_FIGURE, *(months_from(OCTOBER, -back) for back in range(6))) == []


# -- what cannot be together --


@pytest.mark.parametrize(
    ("rule", "lines", "is_found"),
    [
        (R.SESSIONS_WITHOUT_PEOPLE, [(SESSIONS, 3)], True),
        (R.SESSIONS_WITHOUT_PEOPLE, [(SESSIONS, 2)], False),
        (R.SESSIONS_WITHOUT_PEOPLE, [(SESSIONS, 9), (PEOPLE, 1)], False),
        (R.PEOPLE_WITHOUT_SESSIONS, [(PEOPLE, 10)], True),
        (R.PEOPLE_WITHOUT_SESSIONS, [(PEOPLE, 9)], False),
        (R.PEOPLE_WITHOUT_SESSIONS, [(PEOPLE, 500), (SESSIONS, 1)], False),
        (R.CROWDED_SESSIONS, [(PEOPLE, 4002), (SESSIONS, 2)], True),
        (R.CROWDED_SESSIONS, [(PEOPLE, 4000), (SESSIONS, 2)], False),
        (R.CROWDED_SESSIONS, [(PEOPLE, 4002)], False),
    ],
)
def test_people_and_sessions_belong_together(library, rule, lines, is_found):
    told(library, OCTOBER, *lines)

    assert [each.institution_id for each in look(rule)] == ([library.pk] if is_found else [])


# -- counted twice --


def test_typed_in_beside_recorded_is_found(library):
    told(library, OCTOBER, (VISITS, 40))
    told(library, OCTOBER, (VISITS, 100), typed=True)

    assert [each.numbers for each in look(R.TYPED_AND_TRACED)] == [{"typed": 100, "traced": 40, "known": 0}]


def test_typed_in_of_another_month_or_measure_is_left_alone(library):
    told(library, OCTOBER, (VISITS, 40))
    told(library, OCTOBER, ("loan", 100), typed=True)
    told(library, dt.date(2026, 9, 1), (VISITS, 100), typed=True)

    assert look(R.TYPED_AND_TRACED) == []


def test_in_addition_that_a_person_has_confirmed_is_found_only_once_more_is_recorded(library, viet_nam):
    told(library, OCTOBER, (VISITS, 40))
    state(library, viet_nam.xa, Period(2026, quarter=4), StatedColumn.LIBRARY_VISIT, 100)
    assert look(R.TYPED_AND_TRACED) == []

    told(library, OCTOBER, (VISITS, 7))

    [found] = look(R.TYPED_AND_TRACED)
    assert (found.period, found.starts_on, found.numbers) == (
        "2026-Q4",
        OCTOBER,
        {"typed": 100, "traced": 47, "known": 40},
    )


def test_a_look_at_one_year_says_nothing_of_others(library):
    told(library, dt.date(2024, 5, 1), (VISITS, 40))
    told(library, dt.date(2024, 5, 1), (VISITS, 100), typed=True)

    assert look(R.TYPED_AND_TRACED, dt.date(2023, 5, 1), OCTOBER) == []
    assert len(look(R.TYPED_AND_TRACED, dt.date(2024, 1, 1))) == 1


# -- units --


@pytest.mark.parametrize(("visits", "is_found"), [(2001, True), (2000, False)])
def test_more_visits_than_residents_could_make_are_found(library, viet_nam, visits, is_found):
    follow_map(TODAY)
    PopulationFactory(unit=viet_nam.xa, year=2025, rural=100)
    PopulationFactory(unit=viet_nam.phuong, year=2020, rural=1)  # too old to say anything
    told(library, OCTOBER, (VISITS, visits))

    found = [(each.unit_id, each.institution_id, each.numbers) for each in look(R.ABOVE_POPULATION)]

    assert found == ([(viet_nam.xa.pk, None, {"value": 2001, "residents": 100})] if is_found else [])


def test_past_year_is_held_against_residents_on_the_map_of_that_year(viet_nam):
    """Today's commune took in two others in 2025: what happened in all three in 2024 is not held against the one."""
    for unit in (viet_nam.old_a, viet_nam.old_b):
        told(InstitutionFactory(unit=unit), dt.date(2024, 3, 1), (VISITS, 1500))
    told(InstitutionFactory(unit=viet_nam.old_d), dt.date(2024, 3, 1), (VISITS, 2500))
    for unit in (viet_nam.xa, viet_nam.old_a, viet_nam.old_b, viet_nam.old_d):
        PopulationFactory(unit=unit, year=2024, rural=100)

    found = look(R.ABOVE_POPULATION, dt.date(2024, 3, 1))

    assert [(each.unit_id, each.numbers) for each in found] == [
        (viet_nam.old_d.pk, {"value": 2500, "residents": 100}),
    ]


def test_residents_of_a_smaller_territory_say_nothing_of_a_unit_that_took_in_others(library, viet_nam):
    PopulationFactory(unit=viet_nam.xa, year=2024, rural=100)
    told(library, OCTOBER, (VISITS, 2001))
    assert look(R.ABOVE_POPULATION) == [], "entered as of before the reform"

    PopulationFactory(unit=viet_nam.xa, year=2025, rural=100)
    assert len(look(R.ABOVE_POPULATION)) == 1


@pytest.mark.parametrize(("urban", "whole", "is_found"), [(None, 1000, False), (0, 1000, True), (None, 300, True)])
def test_commune_of_which_only_a_part_is_entered_is_not_entered(viet_nam, urban, whole, is_found):
    PopulationFactory(unit=viet_nam.north, rural=whole)
    PopulationFactory(unit=viet_nam.xa, urban=urban, rural=400)
    PopulationFactory(unit=viet_nam.phuong, rural=300)

    found = look(R.POPULATION_PARTS)

    assert len(found) == is_found
    assert not is_found or found[0].numbers["entered"] == (1 if urban is None else 2)


def test_half_of_a_province_is_no_whole(viet_nam):
    PopulationFactory(unit=viet_nam.north, urban=None, rural=100)
    PopulationFactory(unit=viet_nam.xa, rural=400)

    assert look(R.POPULATION_PARTS) == []


@pytest.mark.parametrize(
    ("whole", "parts", "is_found"),
    [
        (1000, [400, 600], False),
        (1004, [400, 600], False),  # sources round
        (1100, [400, 600], True),
        (900, [400, 600], True),
        (1000, [400, None], False),  # not all are entered: nothing can be said
        (300, [400, None], True),  # but one alone is more than the whole
    ],
)
def test_parts_must_make_the_whole(viet_nam, whole, parts, is_found):
    PopulationFactory(unit=viet_nam.north, rural=whole)
    for unit, number in zip([viet_nam.xa, viet_nam.phuong], parts, strict=True):
        if number is not None:
            PopulationFactory(unit=unit, rural=number)

    found = look(R.POPULATION_PARTS)

    assert [each.unit_id for each in found] == ([viet_nam.north.pk] if is_found else [])
    if is_found:
        entered = [number for number in parts if number is not None]
        assert found[0].numbers == {"whole": whole, "parts": sum(entered), "entered": len(entered), "of": 2}


@pytest.mark.parametrize(("whole", "is_found"), [(4600, False), (1000, True), (5000, True)])
def test_provinces_must_make_the_country(viet_nam, whole, is_found):
    PopulationFactory(unit=viet_nam.country, rural=whole)
    PopulationFactory(unit=viet_nam.north, rural=2600)
    PopulationFactory(unit=viet_nam.south, rural=2000)

    found = look(R.POPULATION_PARTS)

    assert [(each.unit_id, each.measure) for each in found] == (
        [(viet_nam.country.pk, "residents")] if is_found else []
    )
    if is_found:
        assert found[0].numbers == {"whole": whole, "parts": 4600, "entered": 2, "of": 2, "below": "province"}


def test_a_country_is_one_finding_whether_provinces_or_communes_differ(viet_nam):
    PopulationFactory(unit=viet_nam.country, rural=1000)
    for unit in (viet_nam.north, viet_nam.south):
        PopulationFactory(unit=unit, rural=4000)
    for unit in viet_nam.communes:
        PopulationFactory(unit=unit, rural=4000)

    of_country = [each for each in look(R.POPULATION_PARTS) if each.unit_id == viet_nam.country.pk]

    assert [(each.measure, each.numbers.get("below")) for each in of_country] == [("residents", "province")]


@pytest.mark.parametrize(
    ("urban", "expected"),
    [
        (500, [("rural", 500, 900), ("urban", 500, 100)]),
        (105, []),  # sources round: of the thousand that live there it is half a per cent
        (110, [("rural", 890, 900), ("urban", 110, 100)]),
    ],
)
def test_towns_and_countryside_must_each_make_the_whole(viet_nam, urban, expected):
    PopulationFactory(unit=viet_nam.north, urban=urban, rural=1000 - urban)
    PopulationFactory(unit=viet_nam.phuong, urban=100, rural=0)
    PopulationFactory(unit=viet_nam.xa, urban=0, rural=900)

    found = [(each.measure, each.numbers["whole"], each.numbers["parts"]) for each in look(R.POPULATION_PARTS)]

    assert sorted(found) == expected


def test_more_village_houses_than_villages_are_found(viet_nam):
    for state_ in (InstitutionState.ACTIVE, InstitutionState.ACTIVE, InstitutionState.CLOSED):
        InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.VILLAGE_CULTURE_HOUSE, state=state_)
    population = PopulationFactory(unit=viet_nam.xa, rural=None, urban=None, villages=2)
    assert look(R.HOUSES_OVER_VILLAGES) == []

    population.villages = 1
    population.save()

    assert [each.numbers for each in look(R.HOUSES_OVER_VILLAGES)] == [{"houses": 2, "villages": 1}]
