"""Money stays in every sum through a reform, and whoever covers the place it is read at now sees it."""

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.rules import may
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency
from hocsuotdoi.programme.enums import MoneyStage
from hocsuotdoi.programme.models import MoneyLine
from hocsuotdoi.programme.queries.money import (
    Said,
    lines_in,
    offices_with_money,
    sums_by_child,
    sums_of,
    to_appraise,
    total_of,
)
from hocsuotdoi.programme.rules import Entry, money_entry
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.factories.programme import PlanFactory
from tests.factories.running import make_line
from tests.people import REFORM
from tests.places.test_reform_laws import World, rebuild
from tests.support.depth import cases
from tests.support.reform import Units, make_reform

BEFORE, AFTER = REFORM - dt.timedelta(days=1), REFORM
YEAR = 2025
SPENDS = {
    "country": 1,
    "north": 2,
    "south": 4,
    "hill": 8,
    "field": 16,
    "river": 32,
    "old_name": 64,
    "mill": 128,
    "other": 256,
    "valley": 512,
}


@pytest.fixture
def units(country) -> Units:
    return make_reform(country)


@pytest.fixture
def offices(units) -> dict[str, Agency]:
    """An office in each, with one line of a sum by which it is known again in any other. After the reform those of
    ended units have ended too, except the one of `river`, which somebody forgot."""
    found = {}
    for name, amount in SPENDS.items():
        ends_on = units[name].ends_on if name != "river" else None
        found[name] = AgencyFactory(unit=units[name], name=f"Phòng {name}", ends_on=ends_on)
        make_line(agency=found[name], year=YEAR, estimated=amount)
    return found


def holder(role: RoleName, **where):
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=role, **where)
    return person


def total(unit: AdminUnit, day: dt.date) -> int | None:
    return sums_of(lines_in(unit, YEAR, day)).of(MoneyStage.ESTIMATED).amount


def by_child(unit: AdminUnit, day: dt.date) -> dict[AdminUnit, int | None]:
    parts = sums_by_child(lines_in(unit, YEAR, day), unit, day)
    assert len({each.unit for each in parts}) == len(parts)
    return {each.unit: each.sums.of(MoneyStage.ESTIMATED).amount for each in parts}


def named(units: Units, *names: str) -> int:
    assert all(name in units for name in names)
    return sum(SPENDS[name] for name in names)


def test_country_and_province_have_the_same_money_before_and_after_a_reform(units, offices):
    everything = sum(SPENDS.values())
    assert total(units["country"], BEFORE) == total(units["country"], AFTER) == everything
    north = named(units, "north", "hill", "field", "river", "old_name")
    south = named(units, "south", "mill")
    assert (total(units["north"], BEFORE), total(units["south"], BEFORE)) == (north + SPENDS["valley"], south)
    assert total(units["new"], AFTER) == north + south + SPENDS["valley"]
    assert total(units["other"], BEFORE) == total(units["other"], AFTER) == SPENDS["other"]


def test_merged_divided_and_renamed_communes_have_what_they_took_over(units, offices):
    assert total(units["valley"], AFTER) == named(units, "hill", "field", "valley")
    assert total(units["bank"], AFTER) == SPENDS["river"]
    assert total(units["ford"], AFTER) is None, "what cannot be divided counts whole for the main successor"
    assert total(units["new_name"], AFTER) == SPENDS["old_name"]
    # On a map from before the reform each has its own, and what its successor said since lies where that came from.
    assert total(units["hill"], BEFORE) == named(units, "hill", "valley")
    assert total(units["field"], AFTER) == SPENDS["field"], "on its last day"


def test_sums_by_child_add_up_and_what_was_taken_over_is_its_own(units, offices):
    assert by_child(units["new"], AFTER) == {
        units["new"]: named(units, "north", "south"),
        units["valley"]: named(units, "hill", "field", "valley"),
        units["bank"]: SPENDS["river"],
        units["new_name"]: SPENDS["old_name"],
        units["mill"]: SPENDS["mill"],
    }
    assert by_child(units["valley"], AFTER) == {units["valley"]: named(units, "hill", "field", "valley")}
    assert by_child(units["country"], AFTER) == {
        units["country"]: SPENDS["country"],
        units["new"]: total(units["new"], AFTER),
        units["other"]: SPENDS["other"],
    }
    for unit in units.values():
        for day in (BEFORE, AFTER):
            lines = lines_in(unit, YEAR, day)
            parts = sums_by_child(lines, unit, day)
            assert total_of(each.sums for each in parts).columns == sums_of(lines).columns, (unit, day)


@pytest.mark.parametrize("more", [0, 3])
def test_sums_take_as_many_queries_however_many_units_ended(units, offices, more, django_assert_num_queries):
    for _each in range(more):
        make_line(agency=AgencyFactory(unit=units["hill"]), year=YEAR)
    lines = lines_in(units["new"], YEAR, AFTER)
    with django_assert_num_queries(3):
        sums_of(lines)
        sums_by_child(lines, units["new"], AFTER)


def test_people_of_the_place_that_took_over_see_the_lines_and_others_do_not(units, offices):
    new_office = AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE)
    seen = {
        holder(RoleName.AGENCY_OFFICER, agency=new_office): {*SPENDS} - {"country", "other"},
        holder(RoleName.PLANNER, unit=units["new"]): {*SPENDS} - {"country", "other"},
        holder(RoleName.AGENCY_OFFICER, agency=offices["valley"]): {"valley", "hill", "field"},
        holder(RoleName.AGENCY_OFFICER, unit=units["bank"]): {"river"},
        holder(RoleName.AGENCY_OFFICER, agency=offices["river"]): {"river"},
        holder(RoleName.AUDITOR, unit=units["country"]): {*SPENDS},
        holder(RoleName.AGENCY_OFFICER, unit=units["ford"]): set(),
        holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=units["other"], kind="culture")): {"other"},
        holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=units["new"], kind="education")): set(),
        # A role that was left open at a place that has ended.
        holder(RoleName.AGENCY_OFFICER, unit=units["north"]): set(),
        holder(RoleName.AGENCY_OFFICER, agency=offices["hill"]): set(),
        holder(RoleName.INSPECTOR, unit=units["new"]): set(),
    }
    for person, names in seen.items():
        lines = MoneyLine.objects.visible_to(person, AFTER)
        assert {each.agency.name for each in lines} == {f"Phòng {name}" for name in names}, person.roles.get()
        for name, office in offices.items():
            assert may(person, Permission.VIEW_MONEY, office, AFTER) is (name in names), name


def test_money_of_the_armed_forces_of_an_ended_unit_stays_on_their_line(units):
    command = AgencyFactory(unit=units["north"], kind=AgencyKind.MILITARY)
    line = make_line(agency=command, year=YEAR)
    soldier = holder(RoleName.AGENCY_OFFICER, agency=command)
    of_territory = holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=units["new"], kind=AgencyKind.CULTURE))
    of_next_command = holder(RoleName.AGENCY_OFFICER, agency=AgencyFactory(unit=units["new"], kind="military"))
    for person, sees in (
        (soldier, True),
        (holder(RoleName.AUDITOR, unit=units["new"]), True),
        (holder(RoleName.AUDITOR, unit=units["other"]), False),
        (of_territory, False),
        (of_next_command, False),
    ):
        assert MoneyLine.objects.visible_to(person, AFTER).filter(pk=line.pk).exists() is sees, person.roles.get()


def test_finance_of_the_new_province_appraises_what_the_old_communes_had_estimated(units, offices):
    finance = holder(RoleName.FINANCE_OFFICER, agency=AgencyFactory(unit=units["new"], kind=AgencyKind.FINANCE))
    elsewhere = holder(RoleName.FINANCE_OFFICER, agency=AgencyFactory(unit=units["other"], kind=AgencyKind.FINANCE))
    waiting = {each.agency.name for each in to_appraise(finance, AFTER)}
    assert {"Phòng hill", "Phòng river", "Phòng north", "Phòng mill"} <= waiting
    assert {each.agency.name for each in to_appraise(elsewhere, AFTER)} == {"Phòng other"}


def test_successor_enters_in_place_where_nobody_is_left(units, offices):
    successor = holder(RoleName.AGENCY_OFFICER, agency=offices["valley"])
    holder(RoleName.AGENCY_OFFICER, unit=units["hill"])  # left open: it counts for nothing since the ward ended
    holder(RoleName.AGENCY_OFFICER, agency=offices["field"])
    assert money_entry(successor, offices["hill"], AFTER) == Entry.IN_PLACE
    assert money_entry(successor, offices["field"], AFTER) == Entry.IN_PLACE
    bank = holder(RoleName.AGENCY_OFFICER, unit=units["bank"])
    assert money_entry(bank, offices["river"], AFTER) == Entry.IN_PLACE
    own = holder(RoleName.AGENCY_OFFICER, agency=offices["river"])
    assert money_entry(own, offices["river"], AFTER) == Entry.OWN
    assert money_entry(bank, offices["river"], AFTER) == Entry.NO, "somebody sits there"
    assert money_entry(holder(RoleName.AGENCY_OFFICER, unit=units["ford"]), offices["river"], AFTER) == Entry.NO


def test_offices_of_a_unit_are_those_that_stand_and_those_that_left_money(units, offices):
    officer = holder(RoleName.AGENCY_OFFICER, agency=offices["valley"])
    AgencyFactory(unit=units["hill"], ends_on=REFORM, name="Phòng không tiền")
    AgencyFactory(unit=units["valley"], name="Phòng mới")

    def names(year: int) -> list[str]:
        return [each.name for each in offices_with_money(officer, units["valley"], year, AFTER)]

    assert names(YEAR) == ["Phòng field", "Phòng hill", "Phòng mới", "Phòng valley"]
    assert names(YEAR + 1) == ["Phòng mới", "Phòng valley"]


@pytest.mark.slow
@settings(max_examples=cases(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_chain_of_reforms_keeps_each_sum_and_adds_up(db, data):
    with transaction.atomic():
        _check_any_chain(data)
        transaction.set_rollback(True)


def _check_any_chain(data) -> None:
    with connection.cursor() as cursor:
        for table in ("succession", "unitancestry", "unitreading", "unitparent"):
            cursor.execute(f"DELETE FROM places_{table}")
    world = World()
    country = world.make(Tier.COUNTRY, None)
    for _province in range(2):
        province = world.make(Tier.PROVINCE, country)
        for _commune in range(3):
            world.make(Tier.COMMUNE, province)
    days = [world.day]
    for act in data.draw(st.lists(st.sampled_from(["merge", "split", "rename"]), max_size=4)):
        world.day += dt.timedelta(days=30)
        days.append(world.day)
        tier = data.draw(st.sampled_from([Tier.COMMUNE, Tier.PROVINCE]))
        unit = data.draw(st.sampled_from(world.standing(tier)))
        beside = [each for each in world.standing(tier) if world.lies_in[each] == world.lies_in[unit] and each != unit]
        if act == "split" and tier == Tier.COMMUNE:
            world.split(unit, 2)
        else:
            world.merge([unit, *beside[: 1 if act == "merge" else 0]])
    rebuild()
    plan = PlanFactory(unit=country)
    for index, unit in enumerate(world.everything):
        make_line(agency=AgencyFactory(unit=unit), plan=plan, year=YEAR, estimated=2**index)
    whole = Said(2 ** len(world.everything) - 1, len(world.everything), len(world.everything))
    for day in days:
        assert sums_of(lines_in(country, YEAR, day)).of(MoneyStage.ESTIMATED) == whole
        for unit in AdminUnit.objects.on(day):
            lines = lines_in(unit, YEAR, day)
            parts = sums_by_child(lines, unit, day)
            assert total_of(each.sums for each in parts).columns == sums_of(lines).columns
            for part in parts:
                if part.unit != unit:
                    assert part.sums == sums_of(lines_in(part.unit, YEAR, day))
