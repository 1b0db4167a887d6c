"""Who commands whom is the same whether the request has read the roles already or the database looks."""

import datetime as dt

from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.command import agencies_commanded
from hocsuotdoi.accounts.queries.scope import remember_roles
from hocsuotdoi.places.enums import AgencyKind, LineKind
from hocsuotdoi.places.models import AgencyLine
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.places import AgencyFactory


def test_line_is_gone_down_where_a_role_is_held_on_it_and_left_out_where_none_is(db):
    day = timezone.localdate()
    ministry, command = (AgencyFactory(kind=AgencyKind.MILITARY) for _number in range(2))
    civil, under = (AgencyFactory(kind=AgencyKind.CULTURE) for _number in range(2))
    for agency, superior in ((command, ministry), (under, civil), (command, civil)):
        AgencyLine.objects.create(agency=agency, superior=superior, kind=LineKind.ADMINISTRATIVE)
    both = PersonFactory()
    held = {PersonFactory(): [ministry], PersonFactory(): [civil], both: [civil, ministry], PersonFactory(): []}
    for person, agencies in held.items():
        for agency in agencies:
            RoleAssignmentFactory(person=person, role=RoleName.AGENCY_OFFICER, agency=agency)

        def told(person=person, on: dt.date = day) -> set:
            return set(agencies_commanded(person, Permission.VIEW_WORKSPACE, on))

        expected = {*agencies, *([command] if ministry in agencies else [])}
        assert told() == expected
        remember_roles(person)
        assert told() == expected
        assert told(on=day + dt.timedelta(days=1)) == expected
        if agencies:
            asked = str(agencies_commanded(person, Permission.VIEW_WORKSPACE, day).query)
            assert ("places_agencyline" in asked) == (ministry in agencies)
