"""Who has reported for a month, and in time: counted for the whole country, listed for a place; both the same."""

import datetime as dt
import random

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.core.periods import Period, months_from
from hocsuotdoi.indicators.enums import StatedColumn
from hocsuotdoi.indicators.models import Reporting, ReportingMonth
from hocsuotdoi.indicators.operations.quality_reporting import count_months, months_to_count
from hocsuotdoi.indicators.queries.quality_reporting import (
    ANYTHING,
    Reports,
    behind,
    counted_at,
    due_at,
    months_counted,
    reports_by_unit,
)
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution, InstitutionPlacement
from tests.factories.ledger import noon
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import REFORM
from tests.indicators.quality import NOW, OCTOBER, TODAY, VISITS, told
from tests.indicators.test_quality_rules import state

IN_TIME, LATE = noon(dt.date(2026, 11, 10)), noon(dt.date(2026, 11, 11))


@pytest.fixture
def libraries(viet_nam):
    return [InstitutionFactory(code=f"thu-vien-{at}", unit=viet_nam.xa) for at in range(3)]


def counted(unit, *months: dt.date, measure: str = ANYTHING) -> tuple[int, int, int]:
    """(on time, reported, expected)"""
    count_months(months or [OCTOBER], at=NOW)
    found = reports_by_unit([unit], months or [OCTOBER], measure, TODAY).get(unit.pk, Reports())
    return found.on_time, found.reported, found.expected


def names(unit, *months: dt.date, measure: str = ANYTHING, with_late: bool = False) -> list[str]:
    rows, count = behind(unit, months or [OCTOBER], measure, TODAY, with_late=with_late, limit=50)
    assert count == len(rows)
    return [row.code for row in rows]


def test_in_time_late_and_missing_are_told_apart(libraries, viet_nam):
    told(libraries[0], OCTOBER, (VISITS, 5), posted_at=IN_TIME)
    told(libraries[1], OCTOBER, (VISITS, 5), posted_at=LATE)

    assert counted(viet_nam.xa) == (1, 2, 3)
    assert names(viet_nam.xa) == ["thu-vien-2"]
    assert names(viet_nam.xa, with_late=True) == ["thu-vien-2", "thu-vien-1"]
    for unit in (viet_nam.north, viet_nam.country):
        assert counted(unit) == (1, 2, 3)
    assert counted(viet_nam.south) == (0, 0, 0)


def test_the_day_until_which_it_is_in_time_ends_at_midnight_in_viet_nam():
    due = due_at(OCTOBER)
    assert timezone.localtime(due) == timezone.make_aware(dt.datetime(2026, 11, 11))


def test_zero_that_was_told_is_a_report(libraries, viet_nam):
    state(libraries[0], viet_nam.xa, Period(2026, month=10), StatedColumn.LIBRARY_VISIT, 0, at=IN_TIME)

    assert counted(viet_nam.xa) == (1, 1, 3)
    assert counted(viet_nam.xa, measure=VISITS) == (1, 1, 3)
    assert counted(viet_nam.xa, measure="loan") == (0, 0, 3)


def test_figure_of_a_quarter_is_a_report_of_each_month_and_late_only_after_the_quarter(libraries, viet_nam):
    months = [dt.date(2026, month, 1) for month in (7, 8, 9)]
    state(
        libraries[0],
        viet_nam.xa,
        Period(2026, quarter=3),
        StatedColumn.LIBRARY_VISIT,
        9,
        at=noon(dt.date(2026, 10, 10)),
    )
    state(
        libraries[1],
        viet_nam.xa,
        Period(2026, quarter=3),
        StatedColumn.LIBRARY_VISIT,
        9,
        at=noon(dt.date(2026, 10, 12)),
    )

    assert counted(viet_nam.xa, *months) == (3, 6, 9)
    assert counted(viet_nam.xa, *months, measure=VISITS) == (3, 6, 9)


def test_what_came_in_time_and_was_corrected_later_is_in_time_and_what_was_taken_back_is_missing(libraries, viet_nam):
    wrong = told(libraries[0], OCTOBER, (VISITS, 50), posted_at=IN_TIME)
    reverse(wrong, reason="Nhầm", by=None, at=LATE)
    assert counted(viet_nam.xa) == (0, 0, 3)

    told(libraries[0], OCTOBER, (VISITS, 5), posted_at=LATE)

    assert counted(viet_nam.xa) == (1, 1, 3)


def test_who_is_expected_follows_the_dates_of_the_register(libraries, viet_nam):
    libraries[0].statuses.update(ends_on=dt.date(2026, 10, 31))
    libraries[1].placements.update(starts_on=dt.date(2026, 11, 1))
    assert counted(viet_nam.xa) == (0, 0, 1)
    assert counted(viet_nam.xa, dt.date(2026, 9, 1)) == (0, 0, 2)
    assert counted(viet_nam.xa, dt.date(2026, 11, 1)) == (0, 0, 2)


def test_who_moved_is_expected_where_it_stood_then(libraries, viet_nam):
    house = libraries[0]
    house.placements.update(starts_on=dt.date(2026, 10, 1))
    InstitutionPlacement.objects.create(institution=house, unit=viet_nam.nam, ends_on=dt.date(2026, 10, 1))

    assert (counted(viet_nam.xa)[2], counted(viet_nam.nam)[2]) == (3, 0)
    assert (counted(viet_nam.xa, dt.date(2026, 9, 1))[2], counted(viet_nam.nam, dt.date(2026, 9, 1))[2]) == (2, 1)


def test_months_before_a_reform_are_read_on_todays_map(libraries, viet_nam):
    house = libraries[0]
    house.placements.update(starts_on=REFORM)
    InstitutionPlacement.objects.create(institution=house, unit=viet_nam.old_b, ends_on=REFORM)
    may = dt.date(2025, 5, 1)
    told(house, may, (VISITS, 5))

    assert counted(viet_nam.xa, may) == (1, 1, 3)
    assert names(viet_nam.xa, may) == ["thu-vien-1", "thu-vien-2"]


def test_a_measure_is_expected_only_of_whom_it_is_asked(libraries, viet_nam):
    InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.MUSEUM_PROVINCE)

    assert counted(viet_nam.xa)[2] == 4
    assert counted(viet_nam.xa, measure=VISITS)[2] == 3
    assert counted(viet_nam.xa, measure="museum_visit")[2] == 1
    assert counted(viet_nam.xa, measure="programme_session")[2] == 4


def test_periods_are_counted_in_months_that_have_ended():
    assert months_counted(Period(2026), TODAY) == [dt.date(2026, month, 1) for month in range(1, 11)]
    assert months_counted(Period(2026, quarter=4), TODAY) == [OCTOBER]
    assert months_counted(Period(2026, month=11), TODAY) == [dt.date(2026, 11, 1)]
    assert months_counted(Period(2026, month=12), TODAY) == []
    assert months_counted(Period(2025, quarter=1), TODAY) == [dt.date(2025, month, 1) for month in (1, 2, 3)]


def test_counting_is_repeatable_and_says_when(libraries, viet_nam):
    assert counted_at([OCTOBER]) is None
    assert count_months([OCTOBER, dt.date(2026, 10, 20), dt.date(2027, 1, 1)], at=NOW) == 1
    before = list(Reporting.objects.order_by("measure", "place_id").values_list())
    count_months([OCTOBER], at=NOW)

    assert list(Reporting.objects.order_by("measure", "place_id").values_list()) == before
    assert counted_at([OCTOBER]) == NOW
    assert counted_at([OCTOBER, dt.date(2026, 9, 1)]) is None


def test_what_is_counted_every_hour_is_what_is_new_and_what_never_was(libraries):
    ReportingMonth.objects.bulk_create(
        ReportingMonth(month=months_from(TODAY, -back), counted_at=NOW) for back in range(25) if back != 7
    )
    assert months_to_count(NOW) == {dt.date(2026, 11, 1), OCTOBER, dt.date(2026, 4, 1)}


def test_figure_of_a_year_has_all_its_months_counted_anew(libraries, viet_nam):
    january = dt.date(2025, 1, 1)
    assert counted(viet_nam.xa, *(months_from(january, at) for at in range(24))) == (0, 0, 3 * 23)
    assert january not in months_to_count(NOW)

    state(libraries[0], viet_nam.xa, Period(2025), StatedColumn.LIBRARY_VISIT, 1200, at=NOW)
    again = months_to_count(NOW)

    assert again >= set(Period(2025).months)
    count_months(again, at=NOW)
    assert reports_by_unit([viet_nam.xa], [january], ANYTHING, TODAY)[viet_nam.xa.pk].reported == 1
    assert january not in months_to_count(NOW + dt.timedelta(hours=4))


NIGHT = timezone.make_aware(dt.datetime(2026, 11, 24, 2, 20))
MARCH = dt.date(2026, 3, 1)
NEWEST = {dt.date(2026, 11, 1), OCTOBER}


def _closes(house, viet_nam):
    house.statuses.update(ends_on=dt.date(2026, 3, 10))


def _is_closed_until_july(house, viet_nam):
    house.statuses.update(ends_on=dt.date(2026, 3, 10))
    house.statuses.create(state="closed", starts_on=dt.date(2026, 3, 10), ends_on=dt.date(2026, 7, 15), reason="Sửa")
    house.statuses.create(state="active", starts_on=dt.date(2026, 7, 15))


def _moves(house, viet_nam):
    house.placements.update(ends_on=dt.date(2026, 7, 10))
    house.placements.create(unit=viet_nam.phuong, starts_on=dt.date(2026, 7, 10))


def _is_of_another_class(house, viet_nam):
    house.institution_class = InstitutionClass.BOOKCASE
    house.save()


def _is_entered_late(house, viet_nam):
    new = Institution.objects.create(code="moi", name="Mới", institution_class=InstitutionClass.BOOKCASE)
    new.statuses.create(state="active", starts_on=dt.date(2026, 3, 10))
    new.placements.create(unit=viet_nam.xa, starts_on=dt.date(2026, 3, 10))


def _is_taken_away(house, viet_nam):
    house.statuses.all().delete()


def _has_another_address(house, viet_nam):
    house.placements.update(address="Số 1")


def _closes_next_year(house, viet_nam):
    house.statuses.update(ends_on=dt.date(2027, 3, 10))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # the trail has one moment for all of a transaction
def test_months_that_the_register_has_otherwise_by_now_are_counted_at_night(viet_nam):
    counted_months = {months_from(TODAY, -back) for back in range(25)}
    since_march = {month for month in counted_months if month >= MARCH}
    expected = {
        _closes: since_march,
        _is_closed_until_july: since_march,  # row by row: another row says «open» from July on
        _moves: {month for month in since_march if month.month >= 7},
        _is_of_another_class: counted_months,
        _is_entered_late: since_march,
        _is_taken_away: counted_months,
        _has_another_address: set(),
        _closes_next_year: set(),
    }
    for act, months in expected.items():
        house = InstitutionFactory(unit=viet_nam.xa)
        ReportingMonth.objects.all().delete()
        since = timezone.now() + dt.timedelta(minutes=10)  # so long a transaction is waited for
        ReportingMonth.objects.bulk_create(ReportingMonth(month=each, counted_at=since) for each in counted_months)
        assert months_to_count(NIGHT) == NEWEST

        act(house, viet_nam)

        assert months_to_count(NIGHT) == months | NEWEST, act.__name__
        assert months_to_count(NOW) == NEWEST, "by day there is other work"
    count_months([MARCH], at=timezone.now() + dt.timedelta(hours=1))
    assert MARCH not in months_to_count(NIGHT)


def test_parts_never_exceed_the_whole_in_the_database(db):
    row = {"month": OCTOBER, "measure": "", "place_id": 1}
    for numbers in ((1, 2, 0), (2, 1, 2), (1, 0, -1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reporting.objects.create(**row, **dict(zip(("expected", "reported", "on_time"), numbers, strict=True)))


def test_counts_and_lists_say_the_same_on_any_book(libraries, viet_nam):
    """Whatever was posted: expected less reported is how many are listed, month by month and in all."""
    dice = random.Random(4)
    houses = [*libraries, *(InstitutionFactory(unit=dice.choice(viet_nam.communes)) for _ in range(5))]
    months = [dt.date(2026, month, 1) for month in range(1, 11)]
    for _ in range(60):
        month = dice.choice(months)
        at = noon(months_from(month, 1) + dt.timedelta(days=dice.randrange(20)))
        posting = told(
            dice.choice(houses), month, (dice.choice([VISITS, "loan"]), 3), typed=dice.random() < 0.4, posted_at=at
        )
        if dice.random() < 0.2:
            reverse(posting, reason="Nhầm", by=None, at=NOW)
    count_months(months, at=NOW)
    for unit in (viet_nam.xa, viet_nam.north, viet_nam.country):
        for measure in (ANYTHING, VISITS, "loan"):
            reports = reports_by_unit([unit], months, measure, TODAY)[unit.pk]
            rows, _count = behind(unit, months, measure, TODAY, with_late=True, limit=100)
            assert reports.expected - reports.reported == sum(row.missing for row in rows)
            assert reports.reported - reports.on_time == sum(row.late for row in rows)
