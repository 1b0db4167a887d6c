"""Public holidays: the law's days, lunar ones too; what is decided; what an institution does on them."""

import datetime as dt
import math

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hocsuotdoi.places.enums import HolidayAnswer, HolidayBasis
from hocsuotdoi.places.models import HolidayDecision, HolidayOpening, Institution, OpeningHours
from hocsuotdoi.places.operations.holidays import (
    HolidayRefused,
    close_on_holidays,
    decide_holiday,
    open_on_holidays,
    withdraw_decision,
)
from hocsuotdoi.places.operations.institution import add_closure
from hocsuotdoi.places.queries.holidays import DAY, days_to_confirm, holidays_between, occasions_of
from hocsuotdoi.places.queries.occasions import occasions_ahead
from hocsuotdoi.places.queries.opening import minutes_open_between, open_at, weekly_hours
from tests.factories.places import InstitutionFactory

pytestmark = pytest.mark.django_db

TET_OF_2027 = [dt.date(2027, 2, day) for day in range(4, 11)]
BEFORE_TET = dt.date(2027, 1, 20)
NOON = timezone.make_aware(dt.datetime.combine(BEFORE_TET, dt.time(12)))


@pytest.fixture
def library(db: None) -> Institution:
    """Open from 8 to 18 o'clock on every day but Sunday."""
    found = InstitutionFactory()
    for weekday in range(6):
        OpeningHours.objects.create(institution=found, weekday=weekday, opens_at=dt.time(8), closes_at=dt.time(18))
    return found


def by_law(year: int) -> list[dt.date]:
    return [
        holiday.day
        for holiday in holidays_between(dt.date(year, 1, 1), dt.date(year, 12, 31)).values()
        if holiday.basis == HolidayBasis.LAW
    ]


# -- the law, against the calendar computed in another way --


def new_moon(number: int) -> float:
    """Julian day (universal time) of the new moon `number` after that of 6 January 2000: Meeus, Astronomical
    Algorithms, chapter 49, the greatest terms; good to some minutes."""
    t = number / 1236.85
    mean = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t
    e = 1 - 0.002516 * t
    sun = math.radians(2.5534 + 29.10535670 * number)
    moon = math.radians(201.5643 + 385.81693528 * number)
    latitude = math.radians(160.7108 + 390.67050284 * number)
    node = math.radians(124.7746 - 1.56375588 * number)
    mean += (
        -0.40720 * math.sin(moon)
        + 0.17241 * e * math.sin(sun)
        + 0.01608 * math.sin(2 * moon)
        + 0.01039 * math.sin(2 * latitude)
        + 0.00739 * e * math.sin(moon - sun)
        - 0.00514 * e * math.sin(moon + sun)
        + 0.00208 * e * e * math.sin(2 * sun)
        - 0.00111 * math.sin(moon - 2 * latitude)
        - 0.00057 * math.sin(moon + 2 * latitude)
        + 0.00056 * e * math.sin(2 * moon + sun)
        - 0.00042 * math.sin(3 * moon)
        + 0.00042 * e * math.sin(sun + 2 * latitude)
        + 0.00038 * e * math.sin(sun - 2 * latitude)
        - 0.00024 * e * math.sin(2 * moon - sun)
        - 0.00017 * math.sin(node)
    )
    return mean - 73 / 86400  # from dynamical to universal time


def day_in_ha_noi(julian: float) -> dt.date:
    return dt.date(2000, 1, 1) + dt.timedelta(days=math.floor(julian - 2451544.5 + 7 / 24))


def first_days_of_moons(year: int) -> list[dt.date]:
    start = round((year - 2000) * 12.3685) - 2
    return [day_in_ha_noi(new_moon(number)) for number in range(start, start + 18)]


@pytest.mark.parametrize("year", range(2020, 2031))
def test_lunar_new_year_is_the_new_moon_seen_from_ha_noi(year):
    """Tết is the new moon that falls between 20 January and 20 February; 2030 a day before China's."""
    (tet,) = [day for day in first_days_of_moons(year) if dt.date(year, 1, 20) <= day <= dt.date(year, 2, 20)][:1]

    assert {tet + dt.timedelta(days=number) for number in range(-1, 4)} <= set(by_law(year))


@pytest.mark.parametrize("year", [year for year in range(2020, 2031) if year not in (2023,)])
def test_day_of_the_hung_kings_is_the_tenth_of_the_third_moon(year):
    """Years without a leap moon before it; 2023 had one (the second), and is told below."""
    tet = next(day for day in first_days_of_moons(year) if dt.date(year, 1, 20) <= day <= dt.date(year, 2, 20))
    third = [day for day in first_days_of_moons(year) if day > tet][1]

    assert third + dt.timedelta(days=9) in by_law(year)


def test_day_of_the_hung_kings_after_a_leap_moon():
    assert dt.date(2023, 4, 29) in by_law(2023)


@pytest.mark.parametrize("year", range(2021, 2031))
def test_law_gives_its_number_of_days(year):
    """1 + 5 + 1 + 1 + 1 + 2 of article 112; no two fall together here."""
    days = by_law(year)

    assert len(days) == 11
    fixed = {dt.date(year, 1, 1), dt.date(year, 4, 30), dt.date(year, 5, 1), dt.date(year, 9, 2)}
    assert fixed <= set(days)
    assert {dt.date(year, 9, 1), dt.date(year, 9, 3)} & set(days)


@pytest.mark.parametrize("year", range(2025, 2031))
def test_day_of_vietnamese_culture_is_no_holiday_until_an_act_is_entered(year, library):
    """In 2029 it falls on a Saturday: nothing is moved to the Monday either."""
    day = dt.date(year, 11, 24)
    week = day - 3 * DAY, day + 3 * DAY
    assert holidays_between(*week) == {}
    assert [each.day for each in days_to_confirm(*week)] == ([day] if year >= 2026 else [])
    ordinary = minutes_open_between([library.pk], *week)[library.pk].outside_minutes

    decide(day, name="Ngày Văn hóa Việt Nam", legal_act="Luật số 1/2026/QH16")

    assert list(holidays_between(*week)) == [day] and days_to_confirm(*week) == []
    festive = minutes_open_between([library.pk], *week)[library.pk].outside_minutes
    assert festive == ordinary + (540 if day.weekday() < 5 else 0)


@pytest.mark.parametrize("year", range(2025, 2031))
def test_holiday_on_a_weekend_is_made_up_for(year):
    """Article 111.3: as many working days are free as the law gives days."""
    found = holidays_between(dt.date(year, 1, 1), dt.date(year, 12, 31)).values()
    free = [each.day for each in found if each.day.weekday() < 5]
    exchanged = {2025: 1, 2026: 1}.get(year, 0)

    assert len(free) == len(by_law(year)) + exchanged


def test_working_day_that_was_exchanged_is_not_the_laws():
    assert holidays_between(dt.date(2026, 8, 31), dt.date(2026, 8, 31))[dt.date(2026, 8, 31)].basis == (
        HolidayBasis.COMPENSATION
    )


# -- what is decided --


def decide(day: dt.date, is_holiday: bool = True, **changed: str) -> HolidayDecision:
    said = {"name": "Quốc tang", "legal_act": "Thông báo 1/TB-VPCP ngày 4/1/2027"} | changed
    return decide_holiday(day, is_holiday=is_holiday, by=None, at=NOON, **said)


def test_what_is_decided_stands_above_the_law_until_it_is_taken_back():
    extra, taken = dt.date(2027, 9, 1), dt.date(2027, 9, 3)
    added, removed = decide(extra, name="Quốc khánh"), decide(taken, is_holiday=False, name="Quốc khánh")

    assert list(holidays_between(dt.date(2027, 8, 20), dt.date(2027, 9, 20))) == [extra, dt.date(2027, 9, 2)]
    assert holidays_between(extra, extra)[extra].legal_act == "Thông báo 1/TB-VPCP ngày 4/1/2027"

    withdraw_decision(added, by=None, at=NOON)
    withdraw_decision(removed, by=None, at=NOON)
    assert list(holidays_between(dt.date(2027, 8, 20), dt.date(2027, 9, 20))) == [dt.date(2027, 9, 2), taken]


def test_later_decision_about_a_day_takes_the_place_of_the_earlier():
    decide(dt.date(2027, 9, 1))
    decide(dt.date(2027, 9, 1), is_holiday=False)

    assert HolidayDecision.objects.get().is_holiday is False


@pytest.mark.parametrize(
    ("day", "is_holiday", "changed", "sentence"),
    [
        (dt.date(2027, 6, 1), True, {"name": " "}, "which act"),
        (dt.date(2027, 6, 1), True, {"legal_act": ""}, "which act"),
        (dt.date(2027, 9, 2), True, {}, "already"),
        (dt.date(2027, 6, 1), False, {}, "nothing to take away"),
        (dt.date(2014, 6, 1), True, {}, "from 2015"),
        (dt.date(2033, 1, 1), True, {}, "five years"),
    ],
)
def test_decision_that_makes_no_sense_is_refused(settings, day, is_holiday, changed, sentence):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(HolidayRefused), transaction.atomic():
        decide(day, is_holiday, **changed)
    assert not HolidayDecision.objects.exists()


def test_decision_without_its_act_cannot_be_stored():
    with pytest.raises(IntegrityError), transaction.atomic():
        HolidayDecision.objects.create(day=dt.date(2027, 6, 1), is_holiday=True, name="x", legal_act="")


# -- what an institution does --


def tet_of(library: Institution):
    (tet,) = [each for each in occasions_ahead(library, BEFORE_TET) if each.first == TET_OF_2027[0]]
    return tet


def test_tet_is_one_occasion_with_the_days_in_place_of_its_weekend(library):
    tet = tet_of(library)

    assert (tet.days, tet.name, tet.answer) == (TET_OF_2027, "Tết Nguyên Đán", HolidayAnswer.NOT_SAID)


def test_closing_on_tet_closes_its_days_and_opening_takes_that_back(library):
    close_on_holidays(library, days=TET_OF_2027, reason="Tết Nguyên Đán", by=None, at=NOON)

    assert tet_of(library).answer == HolidayAnswer.CLOSED
    closure = library.closures.get()
    assert (closure.starts_on, closure.last_day, closure.reason) == (TET_OF_2027[0], TET_OF_2027[-1], "Tết Nguyên Đán")
    moment = dt.datetime.combine(TET_OF_2027[0], dt.time(9))
    assert not open_at(Institution.objects.all(), moment).exists()

    open_on_holidays(library, days=TET_OF_2027, by=None, at=NOON)

    assert tet_of(library).answer == HolidayAnswer.OPEN
    assert open_at(Institution.objects.all(), moment).exists()


def test_closing_fills_in_around_days_that_are_closed_already(library):
    add_closure(library, starts_on=TET_OF_2027[2], last_day=TET_OF_2027[3], reason="Sửa điện", by=None, at=NOON)
    open_on_holidays(library, days=TET_OF_2027[:1], by=None, at=NOON)

    close_on_holidays(library, days=TET_OF_2027, reason="Tết", by=None, at=NOON)

    assert [(each.starts_on.day, each.last_day.day, each.reason) for each in library.closures.all()] == [
        (4, 5, "Tết"),
        (6, 7, "Sửa điện"),
        (8, 10, "Tết"),
    ]
    assert not HolidayOpening.objects.exists()


def test_open_on_some_of_the_days(library):
    add_closure(library, starts_on=TET_OF_2027[0], last_day=TET_OF_2027[3], reason="Tết", by=None, at=NOON)
    assert tet_of(library).answer == HolidayAnswer.NOT_SAID

    open_on_holidays(library, days=TET_OF_2027[4:], by=None, at=NOON)

    assert tet_of(library).answer == HolidayAnswer.PARTLY


def test_opening_under_a_longer_closure_is_refused(library):
    add_closure(library, starts_on=TET_OF_2027[0], last_day=dt.date(2027, 2, 28), reason="Sửa nhà", by=None, at=NOON)
    with pytest.raises(HolidayRefused), transaction.atomic():
        open_on_holidays(library, days=TET_OF_2027, by=None, at=NOON)
    assert tet_of(library).answer == HolidayAnswer.CLOSED


@pytest.mark.parametrize("days", [[], [dt.date(2027, 1, 1)], [dt.date(2027, 6, 1)]])
@pytest.mark.parametrize("act", [open_on_holidays, close_on_holidays])
def test_days_that_are_over_or_no_holidays_are_refused(library, days, act):
    more = {"reason": "x"} if act is close_on_holidays else {}
    with pytest.raises(HolidayRefused), transaction.atomic():
        act(library, days=days, by=None, at=NOON, **more)
    assert not library.closures.exists() and not HolidayOpening.objects.exists()


def test_holiday_on_a_day_without_hours_is_not_asked_about(library):
    sunday = dt.date(2026, 4, 26)  # the Hung Kings' day; made up for on Monday
    (kings, *_more) = occasions_ahead(library, dt.date(2026, 4, 20))
    assert (kings.first, kings.answer) == (sunday, HolidayAnswer.NOT_SAID)

    library.opening_hours.filter(weekday=0).delete()

    assert occasions_ahead(library, dt.date(2026, 4, 20))[0].answer is None


def test_holiday_opening_is_said_once(library):
    HolidayOpening.objects.create(institution=library, day=TET_OF_2027[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        HolidayOpening.objects.create(institution=library, day=TET_OF_2027[0])


def test_questions_are_the_same_for_any_number_of_holidays(library, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(occasions_ahead(library, dt.date(2026, 11, 15))) == 1
    with django_assert_num_queries(4):
        assert len(occasions_ahead(library, dt.date(2026, 3, 25))) == 2
    with django_assert_num_queries(1):
        assert occasions_ahead(library, dt.date(2026, 6, 1)) == []


# -- hours --


def test_hours_of_a_year_count_a_holiday_as_outside_office_time(library):
    """2 September 2027 is a Thursday, the 3rd a Friday: ten hours each, all outside; else 0.5 + 1 less 0.5: 17–18 h."""
    thursday, friday = dt.date(2027, 9, 2), dt.date(2027, 9, 3)
    ordinary = minutes_open_between([library.pk], dt.date(2027, 9, 7), dt.date(2027, 9, 8))[library.pk]
    festive = minutes_open_between([library.pk], thursday, friday)[library.pk]

    assert (ordinary.minutes, ordinary.outside_minutes) == (1200, 120)
    assert (festive.minutes, festive.outside_minutes) == (1200, 1200)

    close_on_holidays(library, days=[friday], reason="Quốc khánh", by=None, at=NOON)
    less = minutes_open_between([library.pk], thursday, friday)[library.pk]
    assert (less.minutes, less.outside_minutes) == (600, 600)


def test_normal_week_knows_no_holidays(library):
    week = weekly_hours([library.pk], dt.date(2027, 2, 8))[library.pk]
    assert (week.hours, week.outside_hours) == (60.0, 15.0)


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_hours_outside_office_time_are_those_counted_day_by_day(library, year):
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    holidays = set(holidays_between(first, last))
    outside = 0
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if day.weekday() == 6:
            continue
        outside += 600 if day.weekday() == 5 or day in holidays else 60

    assert minutes_open_between([library.pk], first, last)[library.pk].outside_minutes == outside


def test_occasions_join_days_in_a_row_only():
    found = occasions_of(holidays_between(dt.date(2027, 4, 1), dt.date(2027, 9, 30)).values())

    assert [(each.first.isoformat(), each.last.isoformat()) for each in found] == [
        ("2027-04-16", "2027-04-16"),
        ("2027-04-30", "2027-05-01"),
        ("2027-05-03", "2027-05-03"),
        ("2027-09-02", "2027-09-03"),
    ]
    assert found[1].name == "Ngày Chiến thắng, Ngày Quốc tế Lao động"
