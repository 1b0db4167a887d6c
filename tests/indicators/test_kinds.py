"""The kinds that pages and files can use: yes or no, stock at a date, conditions, filters and shares of counts."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.indicators.enums import AnswerValue, CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.queries.values import values_by_unit, values_for
from hocsuotdoi.ledger.enums import Channel, MeasureCode, Sex
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.models import Equipment, OpeningHours
from hocsuotdoi.places.operations.institution import add_closure
from tests.factories.accounts import PersonFactory
from tests.factories.activities import ActivityFactory, EnrolmentFactory
from tests.factories.indicators import AnswerFactory, CohortFactory, CriteriaSetFactory, IndicatorFactory, ReviewFactory
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory

TODAY = timezone.localdate()
YEAR = TODAY.year
MONDAY = dt.date(2026, 11, 23)


def figure(unit, indicator, cohort=None, year=YEAR, as_of=TODAY):
    pair = indicator.code, (cohort or CohortFactory()).code
    return values_for(unit, year, [pair], as_of)[pair]


def opens(institution, weekday, opens_at, closes_at):
    OpeningHours.objects.create(institution=institution, weekday=weekday, opens_at=opens_at, closes_at=closes_at)


# -- counts of a part, and over something --


def test_count_of_a_part_leaves_out_the_others_and_those_not_known(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    make_posting(
        library,
        TODAY,
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 12, sex=Sex.FEMALE, channel=Channel.ON_SITE),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 5, sex=Sex.FEMALE, channel=Channel.ONLINE),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 14, sex=Sex.MALE),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 43),
    )
    count = {"kind": IndicatorKind.COUNT, "measures": [MeasureCode.PROGRAMME_ATTENDANCE]}

    assert figure(viet_nam.xa, IndicatorFactory(**count)).numerator == 74
    assert figure(viet_nam.xa, IndicatorFactory(**count, channels=[Channel.ONLINE])).numerator == 5

    women, over = {"sexes": [Sex.FEMALE]}, {"over": [MeasureCode.PROGRAMME_ATTENDANCE]}
    running = figure(viet_nam.xa, IndicatorFactory(**count, **women))
    assert running.kept_back and running.numerator is None
    later = dt.date(YEAR + 1, 2, 1)
    assert figure(viet_nam.xa, IndicatorFactory(**count, **women), as_of=later).numerator == 17
    share = figure(viet_nam.xa, IndicatorFactory(**count, **women, **over), as_of=later)
    assert (share.numerator, share.denominator, share.percent) == (17, 74, Decimal("22.97"))
    women_online = IndicatorFactory(**count, **women, channels=[Channel.ONLINE])
    assert figure(viet_nam.xa, women_online, as_of=later).kept_back, "a part of what the profiles know"


def test_share_of_nothing_does_not_apply_and_silence_is_not_zero(viet_nam):
    share = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[MeasureCode.LOAN], over=[MeasureCode.RENEWAL])
    library = InstitutionFactory(unit=viet_nam.xa)
    assert figure(viet_nam.xa, share).state == ValueState.NOT_REPORTED

    make_posting(library, TODAY, measure=MeasureCode.IN_HOUSE_USE)

    assert figure(viet_nam.xa, share).state == ValueState.NOT_APPLICABLE


# -- conditions --


def test_share_of_institutions_by_a_measure_needs_so_many(viet_nam):
    share = IndicatorFactory(measures=[MeasureCode.LOAN], at_least=10)
    for quantity in (10, 9):
        make_posting(InstitutionFactory(unit=viet_nam.xa), TODAY, measure=MeasureCode.LOAN, quantity=quantity)
    InstitutionFactory(unit=viet_nam.xa)  # silent

    found = figure(viet_nam.xa, share)

    assert (found.numerator, found.denominator, found.reporting, found.expected) == (1, 2, 2, 3)


def test_share_of_institutions_by_one_criterion_of_another_checklist(viet_nam):
    checklist = CriteriaSetFactory(criteria=[("asked", "", {}), ("second", "", {})])
    share = IndicatorFactory(criterion=f"{checklist.indicator_id}/second")
    for value in (AnswerValue.YES, AnswerValue.NO, AnswerValue.NOT_APPLICABLE):
        answer = AnswerFactory(
            institution=InstitutionFactory(unit=viet_nam.xa),
            indicator_code=checklist.indicator_id,
            criterion_code="second",
            value=value,
            year=YEAR,
        )
    ReviewFactory(answer=answer, found="")  # of the one to which it does not apply
    InstitutionFactory(unit=viet_nam.xa)

    found = figure(viet_nam.xa, share)

    assert (found.numerator, found.denominator, found.reporting, found.expected) == (1, 2, 2, 3)


def test_units_that_have_one_with_rooms(viet_nam):
    InstitutionFactory(unit=viet_nam.xa).rooms.create(name="Phòng đọc", capacity=30)
    cohort = CohortFactory(kind=CohortKind.UNITS, tier="commune")
    units = IndicatorFactory(kind=IndicatorKind.UNITS_OF_UNITS, measures=[StockCode.ROOMS])

    found = figure(viet_nam.north, units, cohort)

    assert (found.numerator, found.denominator, found.reporting) == (1, 2, 1)


# -- yes or no --


def test_yes_needs_one_no_needs_all_and_otherwise_it_is_not_known(viet_nam):
    has = IndicatorFactory(kind=IndicatorKind.YES_NO, measures=[MeasureCode.PROGRAMME_SESSION])
    assert figure(viet_nam.xa, has).state == ValueState.NOT_APPLICABLE
    first, second = InstitutionFactory(unit=viet_nam.xa), InstitutionFactory(unit=viet_nam.xa)
    make_posting(first, TODAY, measure=MeasureCode.LIBRARY_VISIT)
    assert figure(viet_nam.xa, has).state == ValueState.NOT_REPORTED
    make_posting(second, TODAY, measure=MeasureCode.LIBRARY_VISIT)
    no = figure(viet_nam.xa, has)
    assert (no.state, no.numerator, no.reporting, no.expected) == (ValueState.VALUE, 0, 2, 2)
    make_posting(second, TODAY, measure=MeasureCode.PROGRAMME_SESSION)
    assert figure(viet_nam.xa, has).numerator == 1


def test_having_an_institution_at_all_is_no_only_where_there_is_a_register(viet_nam):
    cohort = CohortFactory(classes=["museum_province"])
    has = IndicatorFactory(kind=IndicatorKind.YES_NO)
    InstitutionFactory(unit=viet_nam.xa)

    assert figure(viet_nam.xa, has, cohort).numerator == 0
    assert figure(viet_nam.phuong, has, cohort).state == ValueState.NOT_APPLICABLE
    InstitutionFactory(unit=viet_nam.phuong, institution_class="museum_province")
    assert figure(viet_nam.phuong, has, cohort).numerator == 1


# -- stock at a date --


def stock(*codes, over=()):
    return IndicatorFactory(kind=IndicatorKind.STOCK, measures=list(codes), over=list(over))


def test_stock_of_rooms_adds_up_over_units_with_its_coverage(viet_nam):
    for unit, capacity in ((viet_nam.xa, 30), (viet_nam.xa, 12), (viet_nam.phuong, 50)):
        InstitutionFactory(unit=unit).rooms.create(name="Phòng", capacity=capacity)
    InstitutionFactory(unit=viet_nam.xa)  # nothing in the register
    places, cohort = stock(StockCode.ROOM_PLACES), CohortFactory()

    whole = figure(viet_nam.north, places, cohort)
    parts = values_by_unit(viet_nam.north, [viet_nam.xa, viet_nam.phuong], YEAR, (places.code, cohort.code), TODAY)

    assert (whole.numerator, whole.reporting, whole.expected) == (92, 3, 4)
    assert sum(each.numerator for each in parts.values()) == whole.numerator


def test_stock_of_a_day_before_the_register_knew_is_not_zero(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    room = library.rooms.create(name="Phòng", capacity=30)

    assert figure(viet_nam.xa, stock(StockCode.ROOMS), year=YEAR - 1).state == ValueState.NOT_REPORTED
    room.delete()
    gone = figure(viet_nam.xa, stock(StockCode.ROOMS))
    assert (gone.state, gone.numerator) == (ValueState.VALUE, 0)


def test_stock_of_equipment_counts_what_can_be_used(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    for kind, usable in (("computer", 4), ("sound", 1)):
        Equipment.objects.create(institution=library, kind=kind, quantity=5, usable=usable, checked_on=TODAY)

    assert figure(viet_nam.xa, stock(StockCode.EQUIPMENT_USABLE)).numerator == 5
    assert figure(viet_nam.xa, stock(StockCode.COMPUTERS_USABLE)).numerator == 4


def test_stock_of_hours_and_the_share_outside_office_time(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    opens(library, 0, "07:00", "18:00")
    opens(library, 5, "08:00", "11:00")

    assert figure(viet_nam.xa, stock(StockCode.HOURS_OPEN)).numerator == 14
    assert figure(viet_nam.xa, stock(StockCode.HOURS_WEEKEND)).numerator == 3
    share = figure(viet_nam.xa, stock(StockCode.HOURS_OUTSIDE_OFFICE, over=[StockCode.HOURS_OPEN]))
    assert (share.numerator, share.denominator) == (5, 14)  # 4.5 of 14, in whole hours of each institution


def test_hours_of_the_year_are_less_by_what_was_closed(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    opens(library, 0, "08:00", "11:00")
    year = stock(StockCode.HOURS_OPEN_IN_YEAR)
    before = figure(viet_nam.xa, year, year=2026, as_of=MONDAY).numerator

    person: Person = PersonFactory()
    add_closure(
        library,
        starts_on=dt.date(2026, 11, 16),
        last_day=dt.date(2026, 11, 20),
        reason="Kiểm kê",
        by=person,
        at=noon(MONDAY),
    )

    after = figure(viet_nam.xa, year, year=2026, as_of=MONDAY).numerator
    assert (before, after) == (3 * 47, 3 * 46)
    assert figure(viet_nam.xa, stock(StockCode.HOURS_OPEN), year=2026, as_of=MONDAY).numerator == 3


def test_open_institutions_are_zero_where_the_register_knows_others(viet_nam):
    there, cohort = stock(StockCode.INSTITUTIONS_OPEN), CohortFactory(classes=["museum_province"])
    assert figure(viet_nam.xa, there, cohort).state == ValueState.NOT_REPORTED
    InstitutionFactory(unit=viet_nam.xa)
    assert (figure(viet_nam.xa, there, cohort).state, figure(viet_nam.xa, there, cohort).numerator) == ("value", 0)
    assert figure(viet_nam.xa, there).numerator == 1


def test_members_on_a_day_are_those_in_the_club_then(viet_nam):
    library = InstitutionFactory(unit=viet_nam.xa)
    club = ActivityFactory(institution=library, kind="club", created_at=noon(dt.date(2026, 1, 1)))
    EnrolmentFactory(activity=club, institution=library, group_size=2, created_at=noon(dt.date(2026, 2, 1)))
    EnrolmentFactory(
        activity=club,
        institution=library,
        created_at=noon(dt.date(2026, 2, 1)),
        ended_at=noon(dt.date(2026, 6, 1)),
    )
    members = stock(StockCode.CLUB_MEMBERS)

    found = {
        day: figure(viet_nam.xa, members, year=2026, as_of=day).numerator
        for day in (dt.date(2026, 1, 15), dt.date(2026, 3, 1), dt.date(2026, 7, 1))
    }

    assert list(found.values()) == [0, 3, 2]


def test_active_users_are_different_people_of_twelve_months(viet_nam, uuids):
    library = InstitutionFactory(unit=viet_nam.xa)
    other = InstitutionFactory(unit=viet_nam.phuong)
    for place, key, day in (
        (library, uuids[0], TODAY),
        (library, uuids[0], TODAY - dt.timedelta(days=200)),
        (other, uuids[0], TODAY),
        (other, uuids[1], TODAY - dt.timedelta(days=300)),
        (other, uuids[2], TODAY - dt.timedelta(days=400)),
        (other, None, TODAY),
    ):
        make_posting(place, day, measure=MeasureCode.PROGRAMME_ATTENDANCE, learner_key=key)
    users = stock(StockCode.ACTIVE_USERS)

    assert figure(viet_nam.xa, users).numerator == 1
    assert figure(viet_nam.phuong, users).numerator == 2
    whole = figure(viet_nam.north, users)
    assert (whole.numerator, whole.reporting, whole.expected) == (2, 4, 5)
    assert figure(viet_nam.south, users).state == ValueState.NOT_REPORTED
