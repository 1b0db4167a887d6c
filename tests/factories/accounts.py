"""Accounts, roles and the few places that permission tests stand on."""

import datetime as dt

import factory
from django.db import connection
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, PowerSwitch, RoleAssignment
from hocsuotdoi.core.vietnamese import search_text, sort_key
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"nguoi{n}@thu.example")
    full_name = "Nguyễn Văn An"
    password = "!"


class RoleAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    person = factory.SubFactory(PersonFactory)
    role = RoleName.LEARNER


class PowerSwitchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PowerSwitch

    person = factory.SubFactory(PersonFactory)
    reason = "Gộp hai tài khoản trùng"
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda switch: switch.starts_at + dt.timedelta(minutes=60))


# In one go: most tests begin with three units.
_IN_THE_TREE = """
WITH dates AS (SELECT %(starts_on)s::date AS starts_on, %(ends_on)s::date AS ends_on),
read AS (
    INSERT INTO places_unitreading (unit_id, reads_as_id, starts_on, ends_on) SELECT %(unit)s, %(unit)s, * FROM dates
),
lies AS (
    INSERT INTO places_unitparent (unit_id, parent_id, starts_on, ends_on)
    SELECT %(unit)s, %(parent)s::bigint, * FROM dates WHERE %(parent)s::bigint IS NOT NULL
)
INSERT INTO places_unitancestry (unit_id, ancestor_id, distance, starts_on, ends_on)
SELECT %(unit)s, %(unit)s, 0, dates.* FROM dates
UNION ALL
SELECT %(unit)s, ancestor_id, distance + 1, dates.* FROM dates, places_unitancestry WHERE unit_id = %(parent)s
"""


def make_unit(
    code: str,
    name: str,
    *,
    parent: AdminUnit | None = None,
    tier: str = Tier.COMMUNE,
    kind: str = UnitKind.WARD,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> AdminUnit:
    """A unit with its place in the tree (a parent must stand as long as the unit)."""
    unit = AdminUnit.objects.create(
        code=code,
        name=name,
        short_name=name.removeprefix("Phường ").removeprefix("Xã ").removeprefix("Tỉnh "),
        tier=tier,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        sort_key=sort_key(name),
        search_text=search_text(name),
    )
    with connection.cursor() as cursor:
        above = parent.pk if parent else None
        cursor.execute(_IN_THE_TREE, {"unit": unit.pk, "parent": above, "starts_on": starts_on, "ends_on": ends_on})
    return unit


def place(institution: Institution, unit: AdminUnit, **dates: dt.date | None) -> InstitutionPlacement:
    return InstitutionPlacement.objects.create(institution=institution, unit=unit, **dates)
