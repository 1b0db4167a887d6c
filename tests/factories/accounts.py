"""Accounts, roles and the few places that permission tests stand on."""

import datetime as dt

import factory
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, PowerSwitch, RoleAssignment
from hocsuotdoi.core.vietnamese import search_text, sort_key
from hocsuotdoi.places.enums import Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, UnitAncestry, UnitParent, UnitReading


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
    dates = {"starts_on": starts_on, "ends_on": ends_on}
    UnitReading.objects.create(unit=unit, reads_as=unit, **dates)
    ancestries = [UnitAncestry(unit=unit, ancestor=unit, distance=0, **dates)]
    if parent is not None:
        UnitParent.objects.create(unit=unit, parent=parent, **dates)
        ancestries += [
            UnitAncestry(unit=unit, ancestor_id=above.ancestor_id, distance=above.distance + 1, **dates)
            for above in parent.ancestries.all()
        ]
    UnitAncestry.objects.bulk_create(ancestries)
    return unit


def place(institution: Institution, unit: AdminUnit, **dates: dt.date | None) -> InstitutionPlacement:
    return InstitutionPlacement.objects.create(institution=institution, unit=unit, **dates)
