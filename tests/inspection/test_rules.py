"""Who sees and does what with a visit; the rule and the list's condition say the same."""

import pytest
from django.contrib.auth.models import AnonymousUser

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.rules import may_inspect, rights_on
from hocsuotdoi.places.models import InstitutionAgency
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory
from tests.inspection.conftest import inspector_at

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
    "manager_of_the_army": "see say",
    "reader": "",
}


def rights_of(person, visit, day) -> str:
    rights = rights_on(person, visit, day)
    return " ".join(name for name in ("see", "direct", "write", "say") if getattr(rights, name))


@pytest.fixture
def others(thai_nguyen, library_of_duc_xuan, army_library):
    command = AgencyFactory(kind="military", unit=thai_nguyen)
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
