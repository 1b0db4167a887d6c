"""A small country with its bodies, as real ones are named by kind and tier, and cycles on it."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import CycleGiven, yearly
from tests.factories.places import AgencyFactory, UnitFactory

AT = dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)
_numbers = itertools.count()


@dataclass
class Country:
    """`bodies`: (unit's key, kind) to agency."""

    unit: AdminUnit
    ministry: Agency
    provinces: dict[AdminUnit, list[AdminUnit]] = field(default_factory=dict)
    bodies: dict[tuple[int, str], Agency] = field(default_factory=dict)

    def body(self, unit: AdminUnit, kind: str) -> Agency:
        return self.bodies[unit.pk, kind]


PROVINCE_KINDS = (AgencyKind.CULTURE, AgencyKind.EDUCATION, AgencyKind.MILITARY, AgencyKind.POLICE)


def make_country(*communes: int, country: AdminUnit | None = None) -> Country:
    """A province for each number, with so many communes; each with all its bodies."""
    top = country or UnitFactory(tier=Tier.COUNTRY, kind="quoc_gia", code="VN", name="Việt Nam")
    ministry = AgencyFactory(kind=AgencyKind.MINISTRY, unit=top, name="Bộ thử", code=f"bo-thu-{next(_numbers)}")
    made = Country(top, ministry, bodies={(top.pk, AgencyKind.MINISTRY): ministry})
    made.bodies[top.pk, AgencyKind.EDUCATION] = AgencyFactory(kind=AgencyKind.EDUCATION, unit=top, name="Bộ Giáo dục")
    for number, lower in enumerate(communes, 1):
        province = UnitFactory(tier=Tier.PROVINCE, kind="tinh", parent=top, name=f"Tỉnh thử {number}")
        for kind in PROVINCE_KINDS:
            made.bodies[province.pk, kind] = AgencyFactory(kind=kind, unit=province, name=f"Sở {kind} {number}")
        education = made.bodies[province.pk, AgencyKind.EDUCATION]
        line = {"agency": education, "superior": made.bodies[top.pk, AgencyKind.EDUCATION]}
        AgencyLine.objects.create(kind="professional", **line)
        made.provinces[province] = [UnitFactory(parent=province) for _each in range(lower)]
        for commune in made.provinces[province]:
            office = AgencyFactory(unit=commune, name=f"Phòng {commune.name}")
            made.bodies[commune.pk, AgencyKind.CULTURE_SOCIETY] = office
    return made


def add_ministries(country: Country, kinds: Iterable[str]) -> None:
    """A ministry for each line, with command over the bodies of the provinces (the one of education stands already)."""
    for kind in kinds:
        if (country.unit.pk, kind) in country.bodies:
            continue
        ministry = AgencyFactory(kind=kind, unit=country.unit, name=f"Bộ {kind}")
        country.bodies[country.unit.pk, kind] = ministry
        for province in country.provinces:
            line = {"agency": country.body(province, kind), "superior": ministry}
            AgencyLine.objects.create(kind="administrative", **line)


def make_preset_cycle(country: Country, given: CycleGiven | None = None) -> Cycle:
    given = given or yearly(2026, country.ministry)
    return make_cycle(f"ky-{next(_numbers)}", owner=country.ministry, given=given, by=None, at=AT)


def make_opened_cycle(country: Country, given: CycleGiven | None = None) -> Cycle:
    cycle = make_preset_cycle(country, given)
    open_cycle(cycle, by=None, at=AT)
    cycle.refresh_from_db()
    return cycle
