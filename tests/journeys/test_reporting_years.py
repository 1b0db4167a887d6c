"""A review over three years, across the reform of 2025, on a simulated province: every year and the whole period held
against what the simulation drew, added up by other hands (`tests.support.year_truth`), institution by institution.

The tests of this file follow upon each other in one database of their own.
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from django.db import connections

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.presets import mid_term
from hocsuotdoi.simulation.operations import Plan, simulate
from tests.support import databases
from tests.support.growing import growth_from
from tests.support.reporting_year import CUTOFF, MAP_ON, SIMULATED_AT, Year, day
from tests.support.year_truth import Book, Facts, Sheet

pytestmark = pytest.mark.slow

YEARS = (2023, 2024, 2025)
PERIOD = "2023-2025"
PROVINCE = "66"
APPROVED = 6
"""So many communes are submitted and approved; the others are named as missing"""
PLAN = Plan(
    institutions=300,
    first_year=YEARS[0],
    until=dt.date(2025, 12, 31),
    seed=23,
    entries=300 * 70,
    provinces=(PROVINCE,),
)


class Review(Year):
    """The mid-term review, with what the simulation drew for each of its years."""

    def __init__(self, books: dict[int, Book], province: AdminUnit) -> None:
        self.books = books
        super().__init__(PLAN, books[2025], province)

    def _set_up(self) -> Cycle:
        given = mid_term(self.ministry)
        return make_cycle("so-ket-2025", owner=self.ministry, given=given, by=self.people.ministry, at=day(10, 1))

    def is_open(self, code: str, year: int) -> bool:
        """On the last day of the year that is looked at."""
        number, last = int(code.rpartition("-")[2]) - 1, self.books[year].cutoff
        days = np.full(1, last.toordinal())
        return bool(self.books[year].country.is_open(np.full(1, number), days)[0])

    def facts(self, reports: list[Report], year: int) -> list[Facts]:
        """Of the institutions counted in these reports that were open at the end of the year."""
        rows = CountedInstitution.objects.filter(report__in=reports, institution__is_sample=True)
        codes = rows.values_list("institution__code", flat=True)
        return [self.books[year].facts[code] for code in codes if self.is_open(code, year)]


@pytest.fixture(scope="module")
def _clone(django_db_setup: None, django_db_blocker: pytest.Item) -> Iterator[Review]:
    """The review, opened and nothing more, in a database that goes at the end."""
    server, name = databases.Databases(os.environ["DATABASE_URL"]), f"hsd_run_{os.getpid()}_years"
    with django_db_blocker.unblock():
        server.clone(databases.REFERENCE, name)
        databases.use_database(name)
        growth_from(PLAN.first_year)
        simulate(PLAN, at=SIMULATED_AT, writers=2)
        ends = {year: min(dt.date(year, 12, 31), CUTOFF) for year in YEARS}
        books = {year: Book(PLAN, SIMULATED_AT, end, MAP_ON) for year, end in ends.items()}
        review = Review(books, AdminUnit.objects.get(code=PROVINCE, ends_on=None))
        review.open()
        connections.close_all()
    yield review
    with django_db_blocker.unblock():
        connections.close_all()
        server.drop(name)


@pytest.fixture
def review(_clone: Review, django_db_blocker: pytest.Item) -> Iterator[Review]:
    with django_db_blocker.unblock():
        databases.use_database(f"hsd_run_{os.getpid()}_years")
        yield _clone
        connections.close_all()


def test_whoever_was_open_at_the_end_of_some_year_is_counted_once(review: Review):
    """Also those that closed since: their years belong to the report of whose territory took theirs over."""
    sample = Institution.objects.filter(is_sample=True).values_list("code", flat=True)
    expected = {code for code in sample if any(review.is_open(code, year) for year in YEARS)}
    rows = CountedInstitution.objects.filter(cycle=review.cycle, institution__is_sample=True)
    assert Counter(rows.values_list("institution__code", flat=True)) == Counter(expected)
    assert any(not review.is_open(code, 2025) for code in expected)


def test_each_commune_says_every_year_and_their_sum(review: Review):
    chosen = _chosen(review)
    for report in chosen:
        review.submit(report, day(11, 22))
        review.approve(report, day(11, 26))
        _compare(review, report, [report])


def test_the_province_adds_up_every_year_of_what_was_approved(review: Review):
    report = review.report(review.body(AgencyKind.CULTURE))
    review.submit(report, day(12, 3))
    report.refresh_from_db()
    _compare(review, report, [report, *_chosen(review)])
    period = report.submitted.content["period"]
    assert [each["year"] for each in period["years"]] == list(YEARS)
    assert "01/11/2025" in period["sentences"][0]
    assert len([each for each in report.submitted.content["below"] if each["state"] == "approved"]) == APPROVED


def _chosen(review: Review) -> list[Report]:
    return [each for each in review.of_communes() if each.counted.exists()][:APPROVED]


def _compare(review: Review, report: Report, counted: list[Report]) -> None:
    report.refresh_from_db()
    told = {each["key"]: each for each in report.submitted.content["figures"]}
    over_all: Counter[str] = Counter()
    for year in YEARS:
        facts = review.facts(counted, year)
        sheet = Sheet(year, review.books[year].base_year, facts)
        expected = {key: number for key, number in sheet.measures().items() if ":month:" not in key}
        said = {
            key: Decimal(each["numerator"])
            for key, each in told.items()
            if key.startswith("measure:") and key.split(":")[2] == str(year) and each["numerator"] not in (None, "0")
        }
        assert said == expected, (report, year)
        for key, number in expected.items():
            over_all[key.replace(f":{year}", f":{PERIOD}", 1)] += int(number)
        whole = told[f"measure:programme_session:{year}"]
        if len(counted) == 1:
            assert (whole["reporting"], whole["expected"]) == (sheet.telling("programme_session"), len(facts)), (
                report,
                year,
            )
        growth = sheet.indicator("library_users_growth", "library_all")
        key = f"indicator:library_users_growth:library_all:{year}"
        if year > YEARS[0] and growth is not None and growth.top is not None:
            assert (told[key]["numerator"], told[key]["denominator"]) == (str(growth.top), str(growth.below))
    said = {
        key: int(each["numerator"])
        for key, each in told.items()
        if key.startswith("measure:") and f":{PERIOD}" in key and each["numerator"] not in (None, "0")
    }
    assert said == over_all, report
