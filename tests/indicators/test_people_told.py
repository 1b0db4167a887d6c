"""Sexes and ages through time: what is asked today and again tomorrow, and figures made on a page beside their
neighbours, give away no number. Solved with fractions, over everything that the open doors tell."""

import datetime as dt
import uuid
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.queries.profiles import AGES, SEXES, profiles
from hocsuotdoi.indicators.queries.suppression import Shown, closes_on, is_closed, is_few, last_closed
from hocsuotdoi.indicators.queries.values import values_by_unit
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import Country
from tests.support.depth import cases

ATTENDANCE = MeasureCode.PROGRAMME_ATTENDANCE
YEAR = 2025
CLOSED = closes_on(YEAR)
DAY = dt.date(YEAR, 12, 1)
CELLS = [
    (Sex.FEMALE, AgeBand.CHILD),
    (Sex.FEMALE, AgeBand.SENIOR),
    (Sex.MALE, AgeBand.CHILD),
    (Sex.MALE, AgeBand.SENIOR),
]
QUESTIONS = [
    (sexes, ages) for sexes in (None, [Sex.FEMALE], [Sex.MALE]) for ages in (None, [AgeBand.CHILD], [AgeBand.SENIOR])
]
few_or_many = st.one_of(st.integers(0, 6), st.integers(0, 40), st.just(0))
counts = st.lists(few_or_many, min_size=4, max_size=4)


def lines_of(numbers):
    return [Line(ATTENDANCE, n, sex=sex, age_band=age) for n, (sex, age) in zip(numbers, CELLS, strict=True) if n]


def test_year_closes_on_the_first_of_february():
    assert not is_closed(2025, dt.date(2026, 1, 31)) and is_closed(2025, dt.date(2026, 2, 1))
    assert (last_closed(dt.date(2026, 1, 31)), last_closed(dt.date(2026, 2, 1))) == (2024, 2025)


@pytest.mark.django_db
def test_running_year_tells_the_same_every_day(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    for month in (10, 11, 12):
        make_posting(library, dt.date(YEAR, month, 1), *lines_of([30, 0, 25, 40]))
        told = profiles([ATTENDANCE], [viet_nam.xa], [YEAR], dt.date(YEAR, month, 2))
        cut = [told.shown(ATTENDANCE, viet_nam.xa.pk, YEAR, [sex], [age]) for sex, age in CELLS]
        assert set(cut) == {Shown.KEPT_BACK}


def told_by_profiles(there: Country, today: dt.date) -> dict:
    units = [there.country, *there.provinces, *there.communes]
    found = profiles([ATTENDANCE], units, [YEAR], today)
    return {
        (unit.pk, at): found.count(ATTENDANCE, unit.pk, YEAR, *QUESTIONS[at])
        for unit, at in product(units, range(len(QUESTIONS)))
        if found.shown(ATTENDANCE, unit.pk, YEAR, *QUESTIONS[at]) is Shown.AS_IT_IS
    }


def post_late(library, numbers, at: dt.date):
    source = {"source_kind": "test.late", "source_id": uuid.uuid4()}
    post(library, **source, occurred_on=DAY, lines=lines_of(numbers), by=None, at=noon(at))


@pytest.mark.slow
@pytest.mark.django_db
class TestThroughTime(TestCase):
    @settings(max_examples=cases(12), deadline=None, suppress_health_check=list(HealthCheck))
    @given(before=st.lists(counts, min_size=4, max_size=4), after=counts, takes_back=st.booleans())
    def test_what_comes_late_changes_nothing_that_is_told(self, before, after, takes_back):
        there = Country()
        houses = [InstitutionFactory(unit=unit) for unit in (*there.communes, there.north)]
        for house, numbers in zip(houses, before, strict=True):
            posting = make_posting(house, DAY, *(lines_of(numbers) or [Line(MeasureCode.LIBRARY_VISIT, 9)]))
        told = told_by_profiles(there, CLOSED)

        if any(after):
            post_late(houses[0], after, CLOSED)
        if takes_back:
            reverse(posting, reason="nhầm", by=None, at=noon(CLOSED + dt.timedelta(days=3)))

        for days in (0, 1, 40):
            assert told_by_profiles(there, CLOSED + dt.timedelta(days=days)) == told

    @settings(max_examples=cases(12), deadline=None, suppress_health_check=list(HealthCheck))
    @given(before=st.lists(counts, min_size=4, max_size=4))
    @example(before=[[0, 0, 0, 0], [0, 0, 1, 27], [0, 0, 0, 0], [0, 0, 0, 0]])
    @example(before=[[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    def test_no_number_follows_from_figures_made_on_a_page_and_their_neighbours(self, before):
        """The figure of women, of men, of each age and of both, for every unit beside and above one another; a province
        has a house of its own, in none of its communes."""
        there = Country()
        at = [*there.communes, there.north]
        for unit, numbers in zip(at, before, strict=True):
            make_posting(
                InstitutionFactory(unit=unit), DAY, *(lines_of(numbers) or [Line(MeasureCode.LIBRARY_VISIT, 9)])
            )
        cohort = CohortFactory(classes=["library_commune"])
        unknown = {key: n for n, key in enumerate(product(range(4), range(4)))}  # leaf, cell
        rows, hidden = [], []
        for sexes, ages in QUESTIONS[1:]:
            made = IndicatorFactory(
                kind=IndicatorKind.COUNT, measures=[ATTENDANCE], sexes=sexes or [], age_bands=ages or []
            )
            for units in ([there.country], there.provinces, [there.xa, there.phuong], [there.nam]):
                above = (
                    there.country
                    if units[0] in (there.country, *there.provinces)
                    else (there.north if there.xa in units else there.south)
                )
                found = values_by_unit(above, units, YEAR, (made.code, cohort.code), CLOSED)
                for unit in units:
                    vector, number = self._vector(there, at, before, unit, sexes, ages, unknown)
                    if found[unit.pk].has_value and found[unit.pk].kept_back:
                        hidden.append((unit, sexes, ages, vector, number))
                    elif found[unit.pk].has_value:
                        assert found[unit.pk].numerator == number
                        assert not is_few(number)
                        rows.append(vector)
        for unit in (there.country, *there.provinces, *there.communes):  # the whole of each is told everywhere
            rows.append(self._vector(there, at, before, unit, None, None, unknown)[0])
        basis = _basis(rows)
        for unit, sexes, ages, vector, number in hidden:
            whole = self._vector(there, at, before, unit, None, None, unknown)[1]
            # Where all are men, that there are no women says how many men there are: as many as everybody knows of.
            if number and (is_few(number) or number != whole):
                assert any(_reduced(vector, basis)), (unit, sexes, ages, number)

    def _vector(self, there, at, before, unit, sexes, ages, unknown):
        inside = {
            there.country.pk: range(4),
            there.north.pk: (0, 1, 3),
            there.south.pk: (2,),
            **{each.pk: (n,) for n, each in enumerate(there.communes)},
        }[unit.pk]
        vector, number = [Fraction(0)] * len(unknown), 0
        for leaf, (cell, (sex, age)) in product(inside, enumerate(CELLS)):
            if sex in (sexes or SEXES) and age in (ages or AGES):
                vector[unknown[leaf, cell]] = Fraction(1)
                number += before[leaf][cell]
        return vector, number


def _reduced(row, basis):
    for pivot, each in basis:
        if row[pivot]:
            factor = row[pivot]
            row = [a - factor * b for a, b in zip(row, each, strict=True)]
    return row


def _basis(rows):
    basis: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        left = _reduced(row, basis)
        pivot = next((n for n, each in enumerate(left) if each), None)
        if pivot is None:
            continue
        left = [each / left[pivot] for each in left]
        basis = [(at, [a - each[pivot] * b for a, b in zip(each, left, strict=True)]) for at, each in basis]
        basis.append((pivot, left))
    return basis
