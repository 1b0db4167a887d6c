"""Money in reports after a reform: what an office of an ended unit left is told once, by the office that took over."""

import datetime as dt

import pytest

from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.reporting.enums import Section
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.queries.bodies import bodies_told
from hocsuotdoi.reporting.queries.changed import changed_figures, perhaps_changed
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.money import own_money
from tests.factories.places import AgencyFactory
from tests.factories.running import make_cycle, make_line, make_report
from tests.people import REFORM
from tests.reporting.cycle_tree import DAY, LATER, Tree, approved, figure, fresh
from tests.support.reform import Units, make_reform

YEAR = 2026
ESTIMATED = f"money:estimated:commune_budget:{YEAR}"


@pytest.fixture
def units(country) -> Units:
    return make_reform(country)


@pytest.fixture
def left(units) -> dict:
    """By commune that has ended, its office, with a sum of the year by which it is known."""
    found = {}
    for name, amount in (("hill", 1), ("field", 2), ("river", 4)):
        found[name] = AgencyFactory(unit=units[name], ends_on=REFORM)
        make_line(agency=found[name], estimated=amount)
    return found


@pytest.fixture
def cycle(units):
    return make_cycle(sections=[Section.MONEY.value], counted_until=DAY)


@pytest.fixture
def reports(units, cycle) -> dict[str, Report]:
    top = make_report(cycle, AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE))
    found = {"new": top}
    for name in ("valley", "bank", "ford"):
        office = AgencyFactory(unit=units[name])
        found[name] = make_report(cycle, office, goes_to=top, above=[top.agency_id])
    return found


def told(report: Report) -> int | None:
    amount = own_money(fresh(report), YEAR).get(ESTIMATED)
    return None if amount is None or amount.numerator is None else int(amount.numerator)


def test_office_that_took_over_tells_what_was_left_and_the_province_adds_it_up(reports, left, someone):
    make_line(agency=reports["valley"].agency, estimated=8)
    assert {name: told(each) for name, each in reports.items()} == {"new": None, "valley": 11, "bank": 4, "ford": None}
    for name in ("valley", "bank", "ford"):
        approved(reports[name], someone)
    assert figure(cycle_content(fresh(reports["new"]), DAY), ESTIMATED) == ("15", None)


@pytest.fixture
def someone(reports, cycle, reader, planner) -> Tree:
    wards = [reports["valley"], reports["bank"]]
    return Tree(cycle, reports["new"], wards, reports["ford"], writer=reader, approver=planner)


def test_department_of_a_merged_province_tells_what_those_before_it_left(units, reports):
    for name, amount in (("north", 16), ("south", 32)):
        make_line(agency=AgencyFactory(unit=units[name], kind=AgencyKind.CULTURE, ends_on=REFORM), estimated=amount)
    make_line(agency=AgencyFactory(unit=units["north"], kind=AgencyKind.EDUCATION, ends_on=REFORM), estimated=64)
    assert told(reports["new"]) == 48, "another line tells its own"


def test_who_owes_a_report_tells_its_own_until_it_is_excused(cycle, reports, left):
    own = make_report(cycle, left["hill"])
    assert (told(own), told(reports["valley"])) == (1, 2)
    Report.objects.filter(pk=own.pk).update(state="excused")
    assert told(reports["valley"]) == 3


def test_of_two_offices_of_a_kind_one_tells_what_was_left(cycle, units, reports, left):
    second = make_report(cycle, AgencyFactory(unit=units["valley"]))
    assert sorted([told(reports["valley"]) or 0, told(second) or 0]) == [0, 3]
    other_kind = make_report(cycle, AgencyFactory(unit=units["valley"], kind=AgencyKind.PEOPLES_COMMITTEE))
    assert told(other_kind) is None


def test_culture_office_of_an_abolished_district_left_its_money_to_the_commune_it_is_read_at(units, reports):
    make_line(agency=AgencyFactory(unit=units["hill"], kind=AgencyKind.CULTURE, ends_on=REFORM), estimated=1024)
    make_report(reports["valley"].cycle, AgencyFactory(unit=units["valley"], kind=AgencyKind.CULTURE))
    assert told(reports["valley"]) == 1024


def test_office_that_was_replaced_in_a_unit_that_stands_has_left_its_money(cycle, units, reports):
    make_line(agency=AgencyFactory(unit=units["valley"], ends_on=dt.date(2026, 3, 1)), estimated=128)
    make_line(agency=AgencyFactory(unit=units["valley"]), estimated=256)  # it stands: nobody tells for it
    assert told(reports["valley"]) == 128


def test_on_a_map_from_before_each_tells_its_own_and_who_came_later_what_nobody_tells(units, left):
    cycle = make_cycle(sections=[Section.MONEY.value], map_on=REFORM - dt.timedelta(days=1))
    before = make_report(cycle, left["hill"])
    later = make_report(cycle, AgencyFactory(unit=units["valley"]))
    assert (told(before), told(later)) == (1, 2)


def test_what_is_said_of_money_that_was_left_is_a_change_of_the_approved_report(reports, left, someone):
    report = approved(reports["valley"], someone)
    assert perhaps_changed(DAY) == [] and changed_figures(report) == []
    line = make_line(agency=left["field"], purpose="Nói sau", estimated=512)
    line.steps.create(stage="estimated", amount=512, by=someone.writer.pk, at=LATER)
    assert perhaps_changed(DAY) == [report.pk]
    (change,) = [each for each in changed_figures(report) if each["key"] == ESTIMATED]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == ("3", "515")


@pytest.mark.parametrize("number", [1, 3])
def test_money_of_a_report_is_one_query_however_much_was_left(reports, units, number, django_assert_num_queries):
    for _each in range(number):
        make_line(agency=AgencyFactory(unit=units["hill"], ends_on=REFORM), estimated=1)
    report = fresh(reports["valley"])
    with django_assert_num_queries(1):
        own_money(report, YEAR)
    assert bodies_told(report).count() == number + 1
