"""Whatever the reforms and whoever is asked: each office's money is told in one report of a cycle, or named as told in
none; a report that adds up others tells what the lines of its territory say."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from hocsuotdoi.reporting.enums import Section
from hocsuotdoi.reporting.models import Cycle, Report
from hocsuotdoi.reporting.operations.report import excuse_report, resume_report
from hocsuotdoi.reporting.queries.bodies import bodies_told, bodies_untold
from hocsuotdoi.reporting.queries.changed import changed_figures, perhaps_changed
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.money import own_money
from tests.factories.accounts import make_unit
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory
from tests.factories.running import make_assignment, make_cycle, make_line, make_report
from tests.people import REFORM
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, figure, fresh
from tests.support.depth import cases
from tests.support.reform import Units, make_reform
from tests.support.worlds import START, draw_world

ESTIMATED = "money:estimated:commune_budget:2026"
KINDS = [AgencyKind.CULTURE, AgencyKind.CULTURE_SOCIETY, AgencyKind.EDUCATION, AgencyKind.MILITARY]


def _stands(agency: Agency, day: dt.date) -> bool:
    unit = agency.unit
    spans = [(agency.starts_on, agency.ends_on), *([(unit.starts_on, unit.ends_on)] if unit else [])]
    return all((a is None or a <= day) and (b is None or b > day) for a, b in spans)


def _draw_offices(data: st.DataObject, days: list[dt.date]) -> dict[Agency, int]:
    """Each with a sum of its own, by which it is known in every total."""
    plan, found = PlanFactory(unit=AdminUnit.objects.get(code="VN")), {}
    for unit in [None, *AdminUnit.objects.all()]:
        for kind in data.draw(st.sets(st.sampled_from(KINDS), max_size=2)):
            ends_on = data.draw(st.sampled_from([unit and unit.ends_on, *days]))
            office = AgencyFactory(unit=unit, kind=kind, ends_on=ends_on)
            found[office] = 2 ** len(found)
            make_line(agency=office, plan=plan, estimated=found[office])
    return found


@pytest.mark.slow
@settings(max_examples=cases(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_line_is_told_once_in_a_cycle_or_named_as_told_by_nobody(db, data):
    with transaction.atomic():
        _world, days = draw_world(data)
        offices = _draw_offices(data, days)
        owner = AgencyFactory(unit=AdminUnit.objects.get(code="VN"), kind=AgencyKind.CULTURE)
        map_on = data.draw(st.sampled_from(days))
        cycle = make_cycle(owner=owner, sections=[Section.MONEY.value], map_on=map_on)
        top = make_report(cycle, owner)
        able = [each for each in offices if each.unit and any(_stands(each, day) for day in days if day >= map_on)]
        for office in data.draw(st.lists(st.sampled_from(able), unique_by=lambda a: a.pk)) if able else []:
            state = data.draw(st.sampled_from(["expected", "expected", "excused"]))
            make_report(cycle, office, goes_to=top, state=state)
        told = [
            int(amount.numerator)
            for report in Report.objects.exclude(state="excused")
            if (amount := own_money(fresh(report), 2026).get(ESTIMATED)) and amount.numerator is not None
        ]
        untold = [offices[each] for each in bodies_untold(fresh(top))]
        every = sum(offices.values())
        assert sum(told) + sum(untold) == every, "as every sum is another power of two, none is there twice"
        transaction.set_rollback(True)
    assert map_on >= START


@pytest.fixture
def units(country) -> Units:
    return make_reform(country)


@pytest.fixture
def tree(units, reader, planner) -> Tree:
    """The merged province: its departments of culture and of education, two communes; nobody of the army is asked."""
    cycle = make_cycle(sections=[Section.MONEY.value], counted_until=DAY)
    top = make_report(cycle, AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE))
    school = AgencyFactory(unit=units["new"], kind=AgencyKind.EDUCATION)
    below = {"goes_to": top, "above": [top.agency_id]}
    wards = [make_report(cycle, AgencyFactory(unit=units[name]), **below) for name in ("valley", "bank")]
    return Tree(cycle, top, wards, make_report(cycle, school, line="education", **below), reader, planner)


def told(report: Report) -> int | None:
    amount = own_money(fresh(report), 2026).get(ESTIMATED)
    return None if amount is None or amount.numerator is None else int(amount.numerator)


def left_at(unit: AdminUnit, kind: str, amount: int, name: str = "Cơ quan cũ") -> Agency:
    office = AgencyFactory(unit=unit, kind=kind, ends_on=REFORM, name=name)
    make_line(agency=office, estimated=amount)
    return office


def test_where_no_body_of_its_kind_is_in_the_commune_that_of_the_province_tells_it(units, tree):
    left_at(units["hill"], AgencyKind.EDUCATION, 1)
    left_at(units["north"], AgencyKind.EDUCATION, 2)
    left_at(units["old_name"], AgencyKind.CULTURE_SOCIETY, 4)  # nobody reports for `new_name`
    assert [told(each) for each in (tree.army, tree.province, *tree.wards)] == [3, 4, None, None]


def test_what_nobody_can_tell_is_named_where_reports_come_together(units, tree):
    left_at(units["hill"], AgencyKind.EDUCATION, 1)
    left_at(units["hill"], AgencyKind.MILITARY, 2, "Ban Chỉ huy quân sự cũ")
    make_line(agency=AgencyFactory(unit=units["mill"], name="Phòng không được hỏi"), estimated=4)
    make_line(agency=AgencyFactory(unit=units["mill"], name="Phòng rút lại"), estimated=None)
    make_line(agency=AgencyFactory(unit=units["mill"], name="Phòng mẫu", is_sample=True), estimated=8)
    make_line(agency=AgencyFactory(unit=units["mill"], name="Phòng năm trước"), estimated=8, year=2025)
    make_line(agency=AgencyFactory(unit=units["other"], name="Sở của tỉnh khác"), estimated=8)
    for report in (*tree.wards, tree.army):
        approved(report, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert figure(content, ESTIMATED) == ("1", None)
    (named,) = [each for each in content["gaps"] if "Kinh phí" in each]
    assert named.startswith("Kinh phí của 2 cơ quan không được nêu trong báo cáo nào")
    assert "Ban Chỉ huy quân sự cũ (xã hill)" in named and "Phòng không được hỏi (xã mill)" in named
    assert not any("Kinh phí" in each for each in cycle_content(fresh(tree.ward), DAY)["gaps"])


def test_who_is_excused_and_stands_is_named(units, tree):
    make_line(agency=tree.ward.agency, estimated=16)
    Report.objects.filter(pk=tree.ward.pk).update(state="excused")
    assert list(bodies_untold(fresh(tree.province))) == [tree.ward.agency]


def test_two_reforms_within_a_cycle_leave_one_body_to_tell(country):
    units = make_reform(country)
    after = dt.date(2026, 3, 1)
    cycle = make_cycle(sections=[Section.MONEY.value], map_on=REFORM - dt.timedelta(days=1))
    left_at(units["hill"], AgencyKind.CULTURE_SOCIETY, 1)
    AdminUnit.objects.filter(pk=units["valley"].pk).update(ends_on=after)
    later = _renamed(units["valley"], units["new"], after)
    first, second = (make_report(cycle, AgencyFactory(unit=each)) for each in (fresh_unit(units["valley"]), later))
    assert (told(first), told(second)) == (1, None)
    Report.objects.filter(pk=first.pk).update(state="excused")
    assert told(second) == 1


def fresh_unit(unit: AdminUnit) -> AdminUnit:
    return AdminUnit.objects.get(pk=unit.pk)


def _renamed(unit: AdminUnit, parent: AdminUnit, day: dt.date) -> AdminUnit:

    UnitParent.objects.filter(unit=unit).update(ends_on=day)
    new = make_unit("later", "Xã later", parent=parent, tier=Tier.COMMUNE, kind="xa", starts_on=day)
    Succession.objects.create(
        predecessor=unit, successor=new, kind="rename", effective_on=day, is_main=True, is_origin=True
    )
    rebuild()
    return new


def test_body_that_reports_on_two_lines_tells_its_money_once(units, tree):
    make_line(agency=tree.ward.agency, estimated=32)
    again = make_report(tree.cycle, tree.ward.agency, line="other", goes_to=tree.province)
    assert (told(tree.ward), told(again)) == (32, None)


def test_body_without_a_unit_is_the_whole_countrys(units):
    make_line(agency=AgencyFactory(unit=None, kind=AgencyKind.STUDY_ENCOURAGEMENT, name="Hội"), estimated=1)
    make_line(agency=AgencyFactory(unit=None, kind=AgencyKind.CULTURE, ends_on=REFORM), estimated=2)
    cycle = make_cycle(sections=[Section.MONEY.value])
    top = make_report(cycle, AgencyFactory(unit=units["country"], kind=AgencyKind.CULTURE))
    department = make_report(cycle, AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE), goes_to=top)
    assert (told(top), told(department)) == (2, None)
    assert [each.name for each in bodies_untold(fresh(top))] == ["Hội"]
    assert not bodies_untold(fresh(department)).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_names_are_one_query_however_many(units, tree, number, django_assert_num_queries):
    for _each in range(number):
        left_at(units["hill"], AgencyKind.POLICE, 1)
    report = fresh(tree.province)
    with django_assert_num_queries(1):
        assert len(bodies_told(report)) == 1
    with django_assert_num_queries(1):
        assert len(bodies_untold(report)) == number


def test_what_is_said_later_of_money_that_the_province_tells_is_a_change_of_its_report(units, tree):
    office = left_at(units["hill"], AgencyKind.EDUCATION, 1)
    report = approved(tree.army, tree)
    assert perhaps_changed(DAY) == []
    line = make_line(agency=office, purpose="Nói sau", estimated=2)
    line.steps.create(stage="estimated", amount=2, by=tree.writer.pk, at=LATER)
    assert perhaps_changed(DAY) == [report.pk]
    (change,) = [each for each in changed_figures(report) if each["key"] == ESTIMATED]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == ("1", "3")


def test_tasks_of_bodies_that_ended_are_told_once_with_whose_they_were(units, tree):
    Cycle.objects.filter(pk=tree.cycle.pk).update(sections=[Section.TASKS.value])
    old = AgencyFactory(unit=units["hill"], name="Phòng Văn hóa cũ", ends_on=REFORM)
    school = AgencyFactory(unit=units["hill"], kind=AgencyKind.EDUCATION, ends_on=REFORM)
    make_assignment(agency=old, state="done", done_on=dt.date(2026, 5, 1))
    make_assignment(agency=old, state="dropped")
    make_assignment(agency=school)
    make_assignment(agency=tree.ward.agency)
    done, asked = "tasks:done:2026", "tasks:asked:2026"
    content = cycle_content(fresh(tree.ward), DAY)
    assert (figure(content, asked)[0], figure(content, done)[0]) == ("2", "1")
    (of_old,) = [each for each in content["tasks"] if each["state"] == "done"]
    assert of_old["evidence"][0] == "Nhiệm vụ giao cho phòng Văn hóa cũ"
    assert figure(cycle_content(fresh(tree.army), DAY), asked)[0] == "1"
    for report in (*tree.wards, tree.army):
        approved(fresh(report), tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert (figure(content, asked)[0], figure(content, done)[0]) == ("3", "1")


def test_money_that_a_body_leaves_when_it_is_excused_is_a_change_of_who_tells_it_now(units, tree):
    old = left_at(units["hill"], AgencyKind.CULTURE_SOCIETY, 8)
    own = make_report(tree.cycle, old, goes_to=tree.province, above=[tree.province.agency_id])
    report = approved(tree.ward, tree)
    assert perhaps_changed(DAY) == [] and changed_figures(report) == []
    excuse_report(own, version=own.version, reason="Cơ quan đã giải thể", by=tree.approver, at=LATER)
    assert perhaps_changed(DAY) == [report.pk]
    (change,) = [each for each in changed_figures(report) if each["key"] == ESTIMATED]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == (None, "8")


def test_money_of_a_body_that_is_asked_again_is_told_by_itself_again(units, tree):
    old = left_at(units["hill"], AgencyKind.CULTURE_SOCIETY, 8)
    own = make_report(tree.cycle, old, goes_to=tree.province, above=[tree.province.agency_id])
    own = excuse_report(own, version=own.version, reason="Cơ quan đã giải thể", by=tree.approver, at=NOW)
    report = approved(tree.ward, tree)
    assert changed_figures(report) == []
    resume_report(own, version=own.version, reason="Nhầm", by=tree.approver, at=LATER)
    assert report.pk in perhaps_changed(DAY)
    (change,) = [each for each in changed_figures(report) if each["key"] == ESTIMATED]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == ("8", None)
