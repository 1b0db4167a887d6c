"""Reminders by the rules of a cycle: once of each day, in the one letter, quiet as soon as it is submitted."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.places.models import AgencyLine
from hocsuotdoi.programme.models import Digest
from hocsuotdoi.programme.operations.digest import send_digests, write_digests
from hocsuotdoi.reporting.models import Reminder, Report
from hocsuotdoi.reporting.operations.cycle import close_cycle
from hocsuotdoi.reporting.operations.reminders import remind
from hocsuotdoi.reporting.queries.cycles import CYCLE_URL, letters_wanted
from hocsuotdoi.reporting.queries.reminded import reminder_lines
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import make_country, make_opened_cycle
from tests.factories.places import AgencyFactory
from tests.factories.running import submit

DUE = dt.date(2026, 11, 25)


def morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(6, 50)))


def remind_on(day: dt.date) -> int:
    return remind(day=day, at=morning(day))


def of_those_below(agency, day):
    return [line for line in reminder_lines([agency.pk], day).get(agency.pk, []) if "còn thiếu" in line.title]


def told(agency, day):
    return [(line.title, line.detail) for line in reminder_lines([agency.pk], day).get(agency.pk, [])]


@pytest.fixture
def country(db):
    return make_country(2)


@pytest.fixture
def cycle(country):
    return make_opened_cycle(country)


@pytest.fixture
def province(country):
    return next(iter(country.provinces))


@pytest.fixture
def office(country, province):
    return country.body(country.provinces[province][0], K.CULTURE_SOCIETY)


def test_each_rule_reminds_once_of_its_day(cycle, office):
    assert remind_on(DUE - dt.timedelta(days=15)) == 0
    first = DUE - dt.timedelta(days=14)
    assert remind_on(first) == 5, "two communes and three bodies of the province; the others have later days"
    assert remind_on(first) == 0
    assert told(office, first) == [
        ("Báo cáo phải gửi: Báo cáo năm 2026", f"{office}: hạn trước ngày 25/11/2026, còn 14 ngày")
    ]
    assert told(office, first + dt.timedelta(days=1)) == []
    assert remind_on(DUE - dt.timedelta(days=3)) == 7, "also the two that are due on 5 December"


def test_who_has_submitted_is_left_in_peace(cycle, office):
    day = DUE - dt.timedelta(days=14)
    remind_on(day)
    submit(Report.objects.get(cycle=cycle, agency=office))
    assert told(office, day) == [], "submitted between the reminder and the letter"
    remind_on(DUE + dt.timedelta(days=1))
    assert Reminder.objects.filter(report__agency=office).count() == 1


def test_receiver_is_told_of_all_in_one_line_where_the_rule_says_so(cycle, country, province):
    culture = country.body(province, K.CULTURE)
    day = DUE - dt.timedelta(days=3)
    remind_on(day)
    assert of_those_below(culture, day) == []
    day = DUE + dt.timedelta(days=1)
    remind_on(day)
    (line,) = of_those_below(culture, day)
    assert line.title == "Báo cáo năm 2026: còn thiếu 5 báo cáo của cấp dưới"
    assert line.detail.endswith("2 nơi khác")
    assert line.url == CYCLE_URL.format(code=cycle.code)
    assert line.url == reverse("workspace:cycles-cycle-detail", args=[cycle.code])


def test_late_reports_climb_to_the_office_and_then_past_the_receiver(cycle, country, province, office):
    committee = AgencyFactory(kind=K.PEOPLES_COMMITTEE, unit=office.unit)
    AgencyLine.objects.create(agency=office, superior=committee, kind="administrative")
    army = country.body(province, K.MILITARY)
    command = AgencyFactory(kind=K.MILITARY, unit=country.unit)
    AgencyLine.objects.create(agency=army, superior=command, kind="administrative")
    late = DUE + dt.timedelta(days=7)
    remind_on(late - dt.timedelta(days=1))
    assert told(committee, late - dt.timedelta(days=1)) == []
    remind_on(late)
    assert told(committee, late) == [("Báo cáo năm 2026: còn thiếu 1 báo cáo của cấp dưới", str(office))]
    assert told(command, late) == [], "other lines are nobody's matter but those on the way up"
    assert of_those_below(country.ministry, late) == []
    two_weeks = DUE + dt.timedelta(days=14)
    remind_on(two_weeks)
    (line,) = of_those_below(country.ministry, two_weeks)
    assert line.title.startswith("Báo cáo năm 2026: còn thiếu 7"), "the five, and the two that were due on 5 December"
    assert Reminder.objects.filter(report__agency=office, days=14).get().rule is None


def test_days_that_passed_while_nothing_ran_are_told_once(cycle, office):
    day = DUE + dt.timedelta(days=2)
    remind_on(day)
    assert list(Reminder.objects.filter(report__agency=office).values_list("days", flat=True).order_by("days")) == [
        -14,
        -3,
        1,
    ]
    assert len(told(office, day)) == 1
    assert "quá hạn 3 ngày" in told(office, day)[0][1]


def test_new_due_day_is_reminded_of_anew_and_a_closed_cycle_of_nothing(cycle, office):
    remind_on(DUE - dt.timedelta(days=14))
    Report.objects.filter(agency=office).update(due_on=DUE + dt.timedelta(days=5))
    assert remind_on(DUE - dt.timedelta(days=9)) == 1
    close_cycle(cycle, version=cycle.version, by=PersonFactory(), at=morning(DUE))
    assert remind_on(DUE + dt.timedelta(days=30)) == 0


def test_letters_are_wanted_of_whom_a_rule_asks_one_and_who_still_owes(cycle, country, office):
    remind_on(DUE + dt.timedelta(days=6))
    assert not letters_wanted(cycle).exists()
    remind_on(DUE + dt.timedelta(days=7))
    assert letters_wanted(cycle).count() == 5
    submit(Report.objects.get(cycle=cycle, agency=office))
    assert office not in [each.agency for each in letters_wanted(cycle)]
    closed = close_cycle(cycle, version=cycle.version, by=PersonFactory(), at=morning(DUE))
    assert not letters_wanted(closed).exists()


def test_reminder_stands_in_the_one_letter_of_the_day(cycle, office):
    held = RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=office)
    day = DUE - dt.timedelta(days=14)
    remind_on(day)
    write_digests(day=day, at=morning(day))
    write_digests(day=day, at=morning(day))
    digest = Digest.objects.get(person=held.person)
    assert digest.sources == ["reports"]
    report = Report.objects.get(cycle=cycle, agency=office)
    assert [line["url"] for line in digest.lines] == [f"/workspace/reports/{report.pk}/"]


def test_what_was_submitted_between_writing_and_sending_is_not_in_the_letter(cycle, country, office, province):
    own = RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=office).person
    above = RoleAssignmentFactory(
        person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=country.body(province, K.CULTURE)
    ).person
    day = DUE + dt.timedelta(days=7)
    remind_on(day)
    write_digests(day=day, at=morning(day))
    written = {each.person_id: each.lines for each in Digest.objects.filter(person__in=[own, above])}
    (before,) = [line for line in written[above.pk] if "còn thiếu" in line["title"]]
    submit(Report.objects.get(cycle=cycle, agency=office))
    send_digests(at=morning(day))
    letters = {each.to[0]: each.body for each in mail.outbox}
    assert own.email not in letters, "nothing of its letter was left"
    assert Digest.objects.get(person=own).state == "dropped"
    assert before["title"] not in letters[above.email], "one report fewer is missing now"
    assert "còn thiếu" in letters[above.email]


@pytest.mark.parametrize("communes", [1, 3])
def test_lines_take_three_queries_whatever_the_number(db, communes, django_assert_num_queries):
    country = make_country(communes)
    make_opened_cycle(country)
    day = DUE + dt.timedelta(days=7)
    remind_on(day)
    keys = [body.pk for body in country.bodies.values()]
    with django_assert_num_queries(2):
        assert reminder_lines(keys, day)
