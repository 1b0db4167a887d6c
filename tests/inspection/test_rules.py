"""Who sees and does what with a visit; the rule and the list's condition say the same."""

import pytest
from django.contrib.auth.models import AnonymousUser

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.inspection.models import InspectionPlan, Visit
from hocsuotdoi.inspection.operations.plan import make_plan
from hocsuotdoi.inspection.operations.seeing import begin_visit
from hocsuotdoi.inspection.queries.choosing import institutions_to_inspect
from hocsuotdoi.inspection.queries.visits import inspectors_for
from hocsuotdoi.inspection.rules import may_inspect, rights_on
from hocsuotdoi.places.models import Agency, AgencyLine, InstitutionAgency
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.inspection.conftest import inspector_at, opened

# person: see, direct, write, say
OF_THE_LIBRARY = {
    "inspector": "see direct write",
    "colleague": "see direct write",
    "outsider": "see direct",
    "manager_of_bac_kan": "see say",
    "officer_of_bac_kan": "see",
    "province_officer": "see",
    "auditor": "see",
    "administrator": "see direct",
    "administrator_at_rest": "",
    "librarian_of_bac_kan": "",
    "officer_of_education": "",
    "manager_of_duc_xuan": "",
    "planner": "",
    "reader": "",
}
OF_THE_ARMY = {
    "inspector": "",
    "province_officer": "",
    "officer_of_bac_kan": "",
    "auditor": "see",
    "administrator": "see direct",
    "inspector_of_the_command": "see direct",
    "inspector_of_the_ministry_of_defence": "see direct",
    "inspector_of_a_command_below": "",
    "inspector_of_another_command": "",
    "inspector_of_the_police": "",
    "inspector_of_the_government": "",
    "inspector_of_a_guiding_body": "",
    "officer_of_education": "",
    "manager_of_duc_xuan": "",
    "manager_of_bac_kan": "",
    "planner": "",
    "administrator_at_rest": "",
    "manager_of_the_army": "see say",
    "reader": "",
}


def rights_of(person, visit, day) -> str:
    rights = rights_on(person, visit, day)
    return " ".join(name for name in ("see", "direct", "write", "say") if getattr(rights, name))


@pytest.fixture
def others(thai_nguyen, library_of_duc_xuan, army_library):
    command = AgencyFactory(kind="military", unit=thai_nguyen)
    ministry, government = AgencyFactory(kind="military"), AgencyFactory(kind="government")
    guiding, below, another = (AgencyFactory(kind="military", unit=thai_nguyen) for _each in range(3))
    for agency, superior, kind in (
        (command, ministry, "administrative"),
        (below, command, "administrative"),
        (another, ministry, "administrative"),
        (ministry, government, "administrative"),
        (command, guiding, "professional"),
    ):
        AgencyLine.objects.create(agency=agency, superior=superior, kind=kind)
    InstitutionAgency.objects.create(institution=army_library, agency=command)

    def holder(role, **where):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=role, **where)
        return person

    return {
        "officer_of_education": holder(
            RoleName.AGENCY_OFFICER, agency=AgencyFactory(kind="education", unit=thai_nguyen)
        ),
        "manager_of_duc_xuan": holder(RoleName.INSTITUTION_MANAGER, institution=library_of_duc_xuan),
        "inspector_of_the_command": inspector_at(command),
        "inspector_of_the_ministry_of_defence": inspector_at(ministry),
        "inspector_of_a_command_below": inspector_at(below),
        "inspector_of_another_command": inspector_at(another),
        "inspector_of_the_police": inspector_at(AgencyFactory(kind="police", unit=thai_nguyen)),
        "inspector_of_the_government": inspector_at(government),
        "inspector_of_a_guiding_body": inspector_at(guiding),
        "manager_of_the_army": holder(RoleName.INSTITUTION_MANAGER, institution=army_library),
    }


def person_called(name, others, request):
    return others[name] if name in others else request.getfixturevalue(name)


@pytest.mark.parametrize("who", OF_THE_LIBRARY)
def test_rights_at_a_library(who, visit, others, today, request):
    person = person_called(who, others, request)
    assert rights_of(person, visit, today) == OF_THE_LIBRARY[who]
    assert Visit.objects.visible_to(person, today).exists() == ("see" in OF_THE_LIBRARY[who])
    assert may_inspect(person, visit.institution, today) == ("direct" in OF_THE_LIBRARY[who])


@pytest.mark.parametrize("who", OF_THE_ARMY)
def test_what_is_the_armys_follows_its_line(who, plan, army_library, others, today, now, request):
    visit = Visit.objects.create(
        institution=army_library,
        plan=plan,
        checklist=_any_checklist(),
        planned_on=today,
        team=[others["inspector_of_the_command"].pk],
    )
    person = person_called(who, others, request)
    expected = OF_THE_ARMY[who] + (" write" if who == "inspector_of_the_command" else "")
    assert rights_of(person, visit, today) == expected
    assert Visit.objects.visible_to(person, today).exists() == ("see" in expected)
    opened(army_library)
    there = institutions_to_inspect(person, army_library.placements.get().unit, today)
    if who != "administrator":  # plans nothing: administrators are no inspectors
        assert there.contains(army_library) == ("direct" in expected)
    assert may_inspect(person, army_library, today) == ("direct" in expected)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("inspector_of_the_command", True),
        ("inspector_of_the_ministry_of_defence", True),
        ("auditor", True),
        ("inspector", False),
        ("province_officer", False),
        ("inspector_of_another_command", False),
        ("inspector_of_the_police", False),
        ("reader", False),
    ],
)
def test_a_plan_of_the_armed_forces_is_read_on_its_line_only(who, sees, others, today, now, request):
    command = Agency.objects.get(pk=others["inspector_of_the_command"].roles.get().agency_id)
    plan = make_plan(
        command, year=today.year, title="Kiểm tra tủ sách", decision="", by=others["inspector_of_the_command"], at=now
    )
    person = person_called(who, others, request)
    assert InspectionPlan.objects.visible_to(person, today).contains(plan) is sees
    assert (person in inspectors_for(plan, today)) == (sees and who != "auditor")


def test_nobody_of_the_armed_forces_is_offered_for_a_civil_team(plan, others, inspector, today):
    offered = inspectors_for(plan, today)
    assert inspector in offered
    assert not {person for name, person in others.items() if name.startswith("inspector_of")} & set(offered)


# Of a visit that is planned and not announced nobody of the institution knows; everybody else sees it as always.
UNANNOUNCED = {**OF_THE_LIBRARY, "manager_of_bac_kan": ""}


@pytest.mark.parametrize("who", UNANNOUNCED)
def test_of_an_unannounced_visit_the_institution_learns_when_the_team_is_there(
    who, visit, others, inspector, today, now, request
):
    InspectionPlan.objects.update(is_announced=False)
    visit.plan.is_announced = False
    person = person_called(who, others, request)
    assert rights_of(person, visit, today) == UNANNOUNCED[who]
    assert Visit.objects.visible_to(person, today).exists() == ("see" in UNANNOUNCED[who])
    begin_visit(visit, by=inspector, at=now)
    assert rights_of(person, visit, today) == OF_THE_LIBRARY[who]
    assert Visit.objects.visible_to(person, today).exists() == ("see" in OF_THE_LIBRARY[who])


def _any_checklist():
    from hocsuotdoi.inspection.models import Checklist

    return Checklist.objects.get(code="thu-vien")


def test_a_member_from_elsewhere_sees_and_writes_until_the_role_ends(visit, duc_xuan, today):
    helper = inspector_at(unit=duc_xuan)
    Visit.objects.filter(pk=visit.pk).update(team=[helper.pk])
    visit.refresh_from_db()
    assert rights_of(helper, visit, today) == "see write"
    assert Visit.objects.visible_to(helper, today).get() == visit
    RoleAssignment.objects.filter(person=helper).update(ends_on=today)
    assert rights_of(helper, visit, today) == "see"


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_sees_nothing(nobody, visit, today):
    assert rights_of(nobody, visit, today) == ""
    assert not Visit.objects.visible_to(nobody, today).exists()
    assert not Visit.objects.of(nobody).exists()
