"""How long reports take: spells by the program's own clock, quartiles by tier and line, nobody's in particular."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.reporting.models import Cycle, Report, ReportStep, WorkSpell
from hocsuotdoi.reporting.operations.burden import PAUSE, note_work, whose
from hocsuotdoi.reporting.operations.presets import yearly
from hocsuotdoi.reporting.operations.submission import withdraw_report
from hocsuotdoi.reporting.queries.burden import burden_of, cycle_before
from tests.factories.accounts import PersonFactory
from tests.factories.cycles import make_country, make_opened_cycle
from tests.factories.running import NOW
from tests.factories.running import submit as submit_row

START = dt.datetime(2026, 11, 10, 2, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def country(db):
    return make_country(6)


@pytest.fixture
def cycle(country):
    return make_opened_cycle(country)


def offices(country, cycle):
    lower = next(iter(country.provinces.values()))
    return [Report.objects.get(cycle=cycle, agency=country.body(unit, K.CULTURE_SOCIETY)) for unit in lower]


def submit(report):
    snapshot = submit_row(report)
    ReportStep.objects.create(report=report, kind="submitted", snapshot=snapshot, at=NOW, by=None)


def work(report, minutes, person=None):
    """Every five minutes a page."""
    person = person or PersonFactory()
    for at in [*range(0, minutes, 5), minutes]:
        note_work(report, person, START + at * MINUTE)


def test_spell_goes_on_until_a_pause_and_two_people_are_two(country, cycle):
    report, other = offices(country, cycle)[:2]
    person = PersonFactory()
    work(report, 12, person)
    note_work(report, person, START + 12 * MINUTE + PAUSE)
    work(report, 3, PersonFactory())
    assert [(each.last_at - each.began_at, each.requests) for each in WorkSpell.objects.order_by("began_at", "pk")] == [
        (12 * MINUTE, 4),
        (3 * MINUTE, 2),
        (0 * MINUTE, 1),
    ]
    assert whose(report, person) != whose(other, person), "nobody is followed from one report to the next"
    assert str(person.pk) not in whose(report, person)
    assert len(whose(report, person)) == 16


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 25), min_size=1, max_size=12))
def test_spells_hold_every_request_and_never_a_pause(country, cycle, steps):
    """The law: requests add up, spells do not overlap, and within one no silence is as long as a pause."""
    report = offices(country, cycle)[0]
    WorkSpell.objects.filter(report=report).delete()
    person, at, moments = PersonFactory(), START, []
    for step in steps:
        at += step * MINUTE
        moments.append(at)
        note_work(report, person, at)
    spells = list(WorkSpell.objects.filter(report=report).order_by("began_at"))
    expected = [[moments[0], moments[0]]]
    for moment in moments[1:]:
        if moment - expected[-1][1] < PAUSE:
            expected[-1][1] = moment
        else:
            expected.append([moment, moment])
    assert [[each.began_at, each.last_at] for each in spells] == expected
    assert sum(each.requests for each in spells) == len(moments)


def test_fewer_than_five_reports_are_not_shown(country, cycle):
    reports = offices(country, cycle)
    for report in reports[:4]:
        work(report, 30)
        submit(report)
    burden = burden_of(cycle)
    assert [(row.tier, row.now) for row in burden.rows] == [("commune", None)]
    assert (burden.sentence, burden.chart) == ("", None)
    work(reports[4], 30)
    assert burden_of(cycle).rows[0].now is None, "it has not been submitted"
    submit(reports[4])
    assert burden_of(cycle).rows[0].now.reports == 5
    withdraw_report(reports[4], version=reports[4].version, by=PersonFactory(), at=START)
    assert burden_of(cycle).rows[0].now.reports == 5, "it was submitted once, and that took its time"


def test_quartiles_words_and_returns_are_those_of_the_reports(country, cycle, django_assert_num_queries):
    for report, minutes in zip(offices(country, cycle), (10, 20, 30, 40, 50, 600), strict=True):
        work(report, minutes)
        submit(report)
    first, second = offices(country, cycle)[:2]
    Report.objects.filter(pk=first.pk).update(results="Ba chữ đây", proposals="Hai chữ")
    ReportStep.objects.create(
        report=second, kind="returned", snapshot=second.submitted, reason="Thiếu", at=START, by=None
    )
    with django_assert_num_queries(2):
        (row,) = burden_of(cycle).rows
    now = row.now
    assert (now.reports, now.low, now.median, now.high) == (6, 22.5, 35, 47.5)
    assert (now.returned, now.words, round(now.own_parts, 2)) == (1, 0, 0.33)


def test_sentence_and_chart_compare_with_the_cycle_before(country):
    last_year = make_opened_cycle(country, yearly(2025, country.ministry))
    cycle = make_opened_cycle(country)
    for one, minutes in ((last_year, 90), (cycle, 60)):
        for report in offices(country, one):
            work(report, minutes)
            submit(report)
    burden = burden_of(cycle)
    assert burden.before == cycle_before(cycle) == last_year
    assert burden.rows[0].saved == 30
    assert burden.sentence == (
        "Cấp xã, chính quyền địa phương và ngành văn hóa: một nửa số báo cáo làm xong trong vòng 1 giờ."
        " Giảm 30 phút so với kỳ trước."
    )
    assert [row[1] for row in burden.chart.rows] == ["1 giờ 30 phút", "1 giờ"]


def test_cycle_before_is_of_the_same_owner_and_kind_and_was_opened(country, cycle):
    assert cycle_before(cycle) is None
    assert Cycle.objects.count() == 1
