"""How far a cycle is: counts, what is late, where it hangs, who is told what; as many queries for one as for many."""

import datetime as dt

import pytest

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.places.enums import UnitKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import ReportState
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.cycle import close_cycle
from hocsuotdoi.reporting.operations.opening import ask_newcomers
from hocsuotdoi.reporting.queries.cycles import ended_bodies, states_visible_to
from hocsuotdoi.reporting.queries.state import Asked, country_state, days_late, next_step, report_rows, tally_of
from hocsuotdoi.reporting.queries.state_map import state_map
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import AT, make_country, make_opened_cycle
from tests.factories.places import AgencyFactory, UnitFactory
from tests.factories.running import NOW, SOMEBODY_ELSE, submit

DUE = dt.date(2026, 11, 25)


@pytest.fixture
def country(db):
    return make_country(2, 1)


@pytest.fixture
def cycle(country):
    return make_opened_cycle(country)


def of(cycle, agency) -> Report:
    return Report.objects.get(cycle=cycle, agency=agency)


def everything(cycle):
    return Report.objects.filter(cycle=cycle)


def approve(report: Report) -> None:
    submit(report)
    Report.objects.filter(pk=report.pk).update(
        state="approved", approved=report.submitted, approved_at=NOW, approved_by=SOMEBODY_ELSE
    )


def test_country_is_counted_by_province_line_and_state(country, cycle):
    first, second = country.provinces
    commune, _other = country.provinces[first]
    approve(of(cycle, country.body(commune, K.CULTURE_SOCIETY)))
    submit(of(cycle, country.body(first, K.MILITARY)))
    state = country_state(cycle, everything(cycle), DUE)
    row = next(each for each in state.rows if each.unit == first)
    assert (row.whole.asked, row.whole.states["approved"], row.whole.states["submitted"]) == (6, 1, 1)
    assert row.whole.late == 3, "one commune, education, police; the province itself has until December"
    assert row.hangs == [
        "3 đơn vị chưa gửi",
        "1 báo cáo chờ tỉnh duyệt",
        "1 báo cáo của tỉnh chưa bắt đầu",
    ]
    assert row.whole.parts == [("approved", 1), ("submitted", 1), ("expected", 4)]
    assert {line: tally.asked for line, tally in state.lines.items()} == {
        "territory": 6,
        "education": 3,
        "military": 2,
        "police": 2,
    }
    assert state.whole.asked == everything(cycle).count()
    assert [each.agency.kind for each in state.central] == [K.MINISTRY, K.EDUCATION]
    assert next(each for each in state.rows if each.unit == second).whole.asked == 5


def test_totals_of_the_country_have_what_came_since_and_central_bodies_with_nobody(country, cycle):
    """The page and its list come to the same."""
    born = dt.date(2026, 11, 10)
    province = UnitFactory(tier="province", kind="tinh", parent=country.unit, name="Tỉnh mới", starts_on=born)
    AgencyFactory(kind=K.CULTURE, unit=province, name="Sở mới", starts_on=born)
    assert ask_newcomers(cycle, by=None, at=AT + dt.timedelta(days=10)).reports == 1
    state = country_state(cycle, everything(cycle), DUE)
    rows = report_rows(cycle, everything(cycle), DUE)
    assert state.whole.asked == len(rows) == 14
    assert state.whole.unmanned == sum(row.is_unmanned for row in rows) == 14
    listed = tally_of(rows)
    assert {line: (each.asked, each.late, each.unmanned) for line, each in state.lines.items()} == {
        line: (each.asked, each.late, each.unmanned) for line, each in listed.items()
    }


def test_province_whose_report_is_approved_hangs_nowhere(country, cycle):
    first = next(iter(country.provinces))
    for report in everything(cycle).filter(unit__ancestries__ancestor=first).distinct():
        approve(report)
    row = next(each for each in country_state(cycle, everything(cycle), DUE).rows if each.unit == first)
    assert row.hangs == []


def test_report_is_late_from_its_very_day_on_while_the_cycle_is_open(cycle, country):
    report = of(cycle, country.body(next(iter(country.provinces)), K.POLICE))
    assert [days_late(report, cycle, DUE + dt.timedelta(days=days)) for days in (-1, 0, 1)] == [0, 1, 2]
    closed = close_cycle(cycle, version=cycle.version, by=PersonFactory(), at=AT)
    assert days_late(report, closed, DUE + dt.timedelta(days=9)) == 0
    assert country_state(closed, everything(cycle), DUE).whole.late == 0
    assert next_step(report, closed) == ("", ""), "nobody can do anything any more"


def test_next_step_says_what_and_who(cycle, country):
    province = next(iter(country.provinces))
    police, culture = country.body(province, K.POLICE), country.body(province, K.CULTURE)
    report = of(cycle, police)
    assert next_step(report, cycle) == ("bắt đầu viết và gửi", police.name)
    submit(report)
    assert next_step(report, cycle) == ("xem và duyệt", culture.name)
    root = of(cycle, country.ministry)
    submit(root)
    assert next_step(root, cycle) == ("xem và duyệt", country.ministry.name)
    approve(of(cycle, culture))
    assert next_step(of(cycle, culture), cycle) == ("", "")


def test_lists_are_narrowed_by_what_hangs(country, cycle):
    first = next(iter(country.provinces))
    commune, other = country.provinces[first]
    office = country.body(commune, K.CULTURE_SOCIETY)
    RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=office)
    RoleAssignmentFactory(person=PersonFactory(), role=RoleName.PLANNER, unit=other)
    RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, unit=first)
    submit(of(cycle, country.body(first, K.POLICE)))
    ended = country.body(first, K.EDUCATION)
    Agency.objects.filter(pk=ended.pk).update(ends_on=dt.date(2026, 11, 10))

    def found(**asked):
        rows = report_rows(cycle, everything(cycle), DUE, unit=first, asked=Asked(**asked))
        return {row.report.agency.kind for row in rows}

    assert found(only="late") == {K.CULTURE_SOCIETY, K.EDUCATION, K.MILITARY}
    assert found(only="to_approve") == {K.POLICE}
    assert found(only="no_person") == {K.EDUCATION, K.MILITARY}, "a role at the unit covers no other line"
    assert found(only="ended") == {K.EDUCATION}
    assert found(only="returned") == set()
    assert found(line="military") == {K.MILITARY}
    assert found(state="submitted") == {K.POLICE}
    rows = report_rows(cycle, everything(cycle), DUE, unit=first)
    assert [row.report.unit.tier for row in rows] == ["province"] * 4 + ["commune"] * 2
    assert {line: tally.asked for line, tally in tally_of(rows).items()} == {
        "territory": 3,
        "education": 1,
        "military": 1,
        "police": 1,
    }
    assert ended_bodies(everything(cycle), DUE).get().agency == ended


def test_armed_forces_are_told_only_to_those_on_their_line_and_to_the_planner(country, cycle):
    first, _second = country.provinces
    holders = {
        "commune": RoleAssignmentFactory(
            role=RoleName.AGENCY_OFFICER, agency=country.body(country.provinces[first][0], K.CULTURE_SOCIETY)
        ),
        "receiver": RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=country.body(first, K.CULTURE)),
        "army": RoleAssignmentFactory(role=RoleName.AGENCY_OFFICER, agency=country.body(first, K.MILITARY)),
        "auditor": RoleAssignmentFactory(role=RoleName.AUDITOR, unit=country.unit),
    }
    told = {
        name: states_visible_to(held.person, cycle, DUE, may_set_up=False)
        .filter(line__in=["military", "police"])
        .count()
        for name, held in holders.items()
    }
    assert told == {"commune": 0, "receiver": 2, "army": 1, "auditor": 4}
    assert states_visible_to(holders["commune"].person, cycle, DUE, may_set_up=False).count() == 9
    assert states_visible_to(holders["commune"].person, cycle, DUE, may_set_up=True).count() == 13


@pytest.mark.parametrize("communes", [(1,), (3, 3, 3)])
def test_country_takes_three_queries_and_a_province_one(db, communes, django_assert_num_queries):
    country = make_country(*communes)
    cycle = make_opened_cycle(country)
    with django_assert_num_queries(3):
        state = country_state(cycle, everything(cycle), DUE)
        assert [row.hangs for row in state.rows]
        assert [next_step(each, cycle) for each in state.central]
    with django_assert_num_queries(1):
        rows = report_rows(cycle, everything(cycle), DUE, unit=state.rows[0].unit)
        assert [(row.report.agency.name, row.waits_on, row.report.unit.name) for row in rows]


def test_map_shows_communes_by_how_far_they_are(country, cycle):
    commune, other = country.provinces[next(iter(country.provinces))]
    for unit, latitude in ((commune, 21.0), (other, 22.0)):
        type(unit).objects.filter(pk=unit.pk).update(latitude=latitude, longitude=105.5)
    approve(of(cycle, country.body(commune, K.CULTURE_SOCIETY)))
    chart = state_map(cycle, everything(cycle))
    values = {row["latitude"]: (row["standing"], row.get("level")) for row in chart.spec["data"]["values"]}
    assert {place: values[place] for place in (21.0, 22.0)} == {
        21.0: ("value", "Đã duyệt"),
        22.0: ("not_reported", None),
    }


def test_map_names_the_archipelagos_and_the_sea(country, cycle, monkeypatch):
    monkeypatch.setattr("hocsuotdoi.reporting.queries.state_map.FEW", 1)  # as many as a whole country's
    commune, _other = country.provinces[next(iter(country.provinces))]
    type(commune).objects.filter(pk=commune.pk).update(
        latitude=16.5, longitude=112.0, kind=UnitKind.SPECIAL_ZONE, short_name="Hoàng Sa"
    )
    said = str(state_map(cycle, everything(cycle)).spec["data"]["values"])
    assert "Quần đảo Hoàng Sa" in said and "Biển Đông" in said


def test_excused_reports_are_asked_no_more(country, cycle):
    report = of(cycle, country.body(next(iter(country.provinces)), K.POLICE))
    before = country_state(cycle, everything(cycle), DUE).whole.asked
    Report.objects.filter(pk=report.pk).update(state=ReportState.EXCUSED)
    assert country_state(cycle, everything(cycle), DUE).whole.asked == before - 1
    assert report.pk not in {row.report.pk for row in report_rows(cycle, everything(cycle), DUE)}
    (row,) = report_rows(cycle, everything(cycle), DUE, asked=Asked(state="excused"))
    assert (row.report, row.next_step, row.days_late, row.is_unmanned) == (report, "", 0, False)
