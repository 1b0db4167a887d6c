"""What the program's own queries say of a simulated country is what the simulation says is true of it."""

import datetime as dt

import pytest
from django.db import connection

from hocsuotdoi.indicators.queries.frame import Expected, expected_institutions, frame_of
from hocsuotdoi.indicators.queries.people import Participation, participation
from hocsuotdoi.indicators.queries.reported import own_year, reporting_by_year
from hocsuotdoi.indicators.queries.sums import Counted
from hocsuotdoi.indicators.queries.values import counts_for, values_by_unit, values_for
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.queries.entries import entries_read_at, totals_by_measure
from hocsuotdoi.places.enums import CENTRES, LIBRARIES, MUSEUMS, InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.units import country as the_country
from hocsuotdoi.places.queries.units import units_on_map
from hocsuotdoi.simulation.formats.truth import BEFORE, MAPS, REPORTED, TODAY, People, Reporting, Truth
from hocsuotdoi.simulation.queries.territory import key_of

pytestmark = pytest.mark.slow

TODAY_DAY, BEFORE_DAY = dt.date(2026, 11, 23), dt.date(2025, 6, 30)
DAYS = {TODAY: TODAY_DAY, BEFORE: BEFORE_DAY}
YEARS = [2023, 2024, 2025]

# Read on a map by readings and ancestries, or as reported: by what the place lay in on the day.
_ON_A_MAP = """
    JOIN places_unitreading AS reading ON reading.unit_id = entry.place_id
     AND coalesce(reading.starts_on, '-infinity') <= %(day)s AND coalesce(reading.ends_on, 'infinity') > %(day)s
    JOIN places_unitancestry AS above ON above.unit_id = reading.reads_as_id
     AND coalesce(above.starts_on, '-infinity') <= %(day)s AND coalesce(above.ends_on, 'infinity') > %(day)s
"""
_AS_REPORTED = """
    JOIN places_unitancestry AS above ON above.unit_id = entry.place_id
     AND coalesce(above.starts_on, '-infinity') <= entry.occurred_on
     AND coalesce(above.ends_on, 'infinity') > entry.occurred_on
"""
_TOTALS = """
  SELECT unit.code, unit.starts_on, {period}, {class_}, entry.measure, sum(entry.quantity)::bigint
    FROM ledger_entry AS entry {join}
    JOIN places_adminunit AS unit ON unit.id = above.ancestor_id
    JOIN places_institution AS institution ON institution.id = entry.institution_id
   WHERE unit.tier = ANY(%(tiers)s)
   GROUP BY 1, 2, 3, 4, 5 HAVING sum(entry.quantity) <> 0
"""


def _ledger(on: str, period: str, class_: str, tiers: list[str]) -> dict[tuple, dict[str, int]]:
    join = _AS_REPORTED if on == REPORTED else _ON_A_MAP
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS.format(period=period, class_=class_, join=join), {"day": DAYS.get(on, TODAY_DAY), "tiers": tiers}
        )
        found: dict[tuple, dict[str, int]] = {}
        for code, starts_on, when, kind, measure, total in cursor.fetchall():
            found.setdefault((key_of(code, starts_on), when, kind), {})[measure] = total
        return found


def _simulated(expected: list[Expected]) -> list[Expected]:
    """Without the real institutions of the register, of which the truth does not speak."""
    real = set(Institution.objects.filter(is_sample=False).values_list("pk", flat=True))
    return [each for each in expected if each.institution_id not in real]


@pytest.mark.parametrize("on", MAPS)
def test_yearly_totals_of_every_unit_are_those_of_the_ledger(truth: Truth, on: str):
    ledger = _ledger(on, "extract(year from entry.occurred_on)::int", "''", [tier.value for tier in Tier])
    told = {(unit, year, ""): truth.totals(unit, year, on) for unit in truth.units(on) for year in YEARS}
    assert {key: sums for key, sums in told.items() if sums} == ledger
    assert len(ledger) > 200


@pytest.mark.parametrize("on", MAPS)
def test_monthly_totals_by_class_are_those_of_the_ledger(truth: Truth, on: str):
    ledger = _ledger(
        on, "to_char(entry.occurred_on, 'YYYY-MM')", "institution.institution_class", ["country", "province"]
    )
    told = {
        (unit, f"{year}-{month:02}", kind.value): sums
        for unit in {key[0] for key in ledger}
        for year in YEARS
        for month in range(1, 13)
        for kind in InstitutionClass
        if (sums := truth.of_months(unit, year, [month], on, [kind.value]))
    }
    assert told == ledger


def test_counts_of_units_on_their_own_map(truth: Truth):
    ended = AdminUnit.objects.filter(tier=Tier.PROVINCE, ends_on=dt.date(2025, 7, 1))
    standing = [the_country(), *units_on_map(TODAY_DAY, Tier.PROVINCE)]
    for on, units in ((TODAY, standing), (BEFORE, ended)):
        for unit in units:
            told = truth.totals(key_of(unit.code, unit.starts_on), 2025, on)
            counted = counts_for(unit, 2025, TODAY_DAY)
            assert {measure.value: count for measure, count in counted.items() if count} == told, unit


@pytest.mark.parametrize("on", DAYS)
def test_quarters_of_provinces(truth: Truth, on: str):
    for unit in units_on_map(DAYS[on], Tier.PROVINCE):
        entries = entries_read_at(unit, DAYS[on]).filter(occurred_on__year=2025, occurred_on__quarter=3)
        found = {measure.value: total for measure, total in totals_by_measure(entries).items() if total}
        assert truth.of_quarter(key_of(unit.code, unit.starts_on), 2025, 3, on) == found


@pytest.mark.parametrize("year", YEARS)
def test_expected_and_reporting_institutions(truth: Truth, year: int):
    classes = [kind.value for kind in InstitutionClass]
    units = [the_country(), *units_on_map(TODAY_DAY, Tier.PROVINCE)]
    whatever = Counted(tuple(MeasureCode.values), (), ())
    found, told = {}, {}
    for unit in units:
        frame, key = frame_of(unit, year, TODAY_DAY), key_of(unit.code, unit.starts_on)
        expected = {each.institution_id for each in _simulated(expected_institutions(frame, set(classes)))}
        reporting = reporting_by_year(frame, [whatever], own_year, expected)[whatever, year] & expected
        found[key] = Reporting(len(expected), len(reporting))
        told[key] = truth.institutions(key, year, TODAY)
    assert told == found
    whole = found["VN"]
    assert 0 < whole.reporting < whole.expected  # somebody is silent


def test_expected_institutions_by_class_and_commune(truth: Truth):
    frame = frame_of(the_country(), 2025, TODAY_DAY)
    for kind in InstitutionClass:
        expected = _simulated(expected_institutions(frame, {kind.value}))
        assert truth.institutions("VN", 2025, TODAY, [kind.value]).expected == len(expected)
    homes = [each.unit_id for each in _simulated(expected_institutions(frame, set(LIBRARIES)))]
    for unit in AdminUnit.objects.filter(pk__in=homes, ends_on=None):
        frame = frame_of(unit, 2025, TODAY_DAY)
        expected = _simulated(expected_institutions(frame, {kind.value for kind in InstitutionClass}))
        assert truth.institutions(key_of(unit.code, unit.starts_on), 2025, TODAY).expected == len(expected)


@pytest.mark.parametrize("year", YEARS)
def test_different_people(truth: Truth, year: int):
    measure = Counted((truth.head["learner_measure"],), (), ())
    whole = frame_of(the_country(), year, TODAY_DAY)
    provinces = list(units_on_map(TODAY_DAY, Tier.PROVINCE))
    for groups in ([whole.unit], provinces):
        found = participation(whole, groups, measure)
        for unit in groups:
            took_part = found.get((unit.pk, None), Participation())
            told = truth.people(key_of(unit.code, unit.starts_on), year, TODAY)
            assert told == People(took_part.people, took_part.known, took_part.attendances)


def test_people_come_again_and_go_elsewhere(truth: Truth):
    provinces = [key_of(unit.code, unit.starts_on) for unit in units_on_map(TODAY_DAY, Tier.PROVINCE)]
    of_country = [truth.people("VN", year) for year in YEARS]
    of_provinces = [truth.people(unit, year) for unit in provinces for year in YEARS]
    assert sum(each.people for each in of_country) < sum(each.known for each in of_country)
    assert sum(each.people for each in of_country) < sum(each.people for each in of_provinces)


@pytest.mark.parametrize(
    ("indicator", "cohort", "figure", "classes"),
    [
        ("library_users_growth", "library_all", "library_visit", LIBRARIES),
        ("library_users_growth", "library_commune", "library_visit", {"library_commune"}),
        ("museum_study_visits_growth", "museum_all", "museum_visit:study_research", MUSEUMS),
    ],
)
def test_growth_of_the_constant_set(truth: Truth, indicator: str, cohort: str, figure: str, classes: set[str]):
    pair = indicator, cohort
    for year in (2024, 2025):
        provinces = list(units_on_map(TODAY_DAY, Tier.PROVINCE))
        values = values_by_unit(the_country(), provinces, year, pair, TODAY_DAY)
        values[the_country().pk] = values_for(the_country(), year, [pair], TODAY_DAY)[pair]
        compared = 0
        for value in values.values():
            told = truth.growth(key_of(value.unit.code, value.unit.starts_on), figure, year, sorted(classes), TODAY)
            assert value.reporting == (told.institutions if told else 0)
            if told and told.base > 0:
                assert (value.numerator, value.denominator, value.base_year) == (told.now, told.base, told.base_year)
                compared += 1
            else:
                assert value.percent is None
        assert compared


def test_growth_of_provinces_that_have_ended(truth: Truth):
    figure, pair, classes = "library_visit", ("library_users_growth", "library_all"), sorted(LIBRARIES)
    ended = AdminUnit.objects.filter(tier=Tier.PROVINCE, ends_on=dt.date(2025, 7, 1)).order_by("code")
    keys = {unit: key_of(unit.code, unit.starts_on) for unit in ended}
    grown = [unit for unit, key in keys.items() if truth.growth(key, figure, 2025, classes, BEFORE)]
    for unit in grown[:6]:
        told, value = truth.growth(keys[unit], figure, 2025, classes, BEFORE), values_for(unit, 2025, [pair], TODAY_DAY)
        assert value[pair].reporting == told.institutions
        if told.base:
            assert (value[pair].numerator, value[pair].denominator) == (told.now, told.base)
    assert len(grown) > 6


def test_counts_of_rows_are_those_of_the_tables(country, truth: Truth):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_entry), count(*), count(*) FILTER (WHERE kind = 'reversal'),"
            " count(*) FILTER (WHERE kind = 'stated' AND revision = 1), count(*) FILTER (WHERE revision = 2),"
            " count(*) FILTER (WHERE posted_at >= occurred_on + 14 AND revision = 1 AND kind <> 'reversal')"
            " FROM ledger_posting"
        )
        entries, postings, reversals, stated, revisions, late = cursor.fetchone()
    told = truth.counts
    assert (entries, postings, reversals) == (told["entries"], told["postings"], told["reversals"])
    assert (stated, revisions, late) == (told["stated"], told["revisions"], told["late"])
    assert min(told["reversals"], told["withdrawn"], told["late"], told["stated"], told["resent"]) > 0
    assert 0.85 < entries / 9000 < 1.15


def test_every_class_is_there():
    assert set(InstitutionClass) == LIBRARIES | MUSEUMS | CENTRES
