"""A small country: two provinces, three communes (one of them a ward), before and after a reform."""

import datetime as dt
import uuid

import pytest

from hocsuotdoi.places.enums import SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Institution, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.places import UnitFactory

REFORM = dt.date(2025, 7, 1)


class Country:
    """Today: north (xa: xã, phuong: phường) and south (nam: xã).

    Until the reform: old_north with the district old_huyen of the communes old_a and old_b (merged into xa) and old_c
    (became phuong); old_south with old_huyen_nam of old_d (became nam). The land of old_huyen went to both communes of
    the north, that of old_huyen_nam to nam alone."""

    def __init__(self) -> None:
        self.country = self._unit("Việt Nam", Tier.COUNTRY, UnitKind.COUNTRY)
        self.north = self._unit("Bắc", Tier.PROVINCE, UnitKind.PROVINCE, self.country, starts_on=REFORM)
        self.south = self._unit("Nam", Tier.PROVINCE, UnitKind.PROVINCE, self.country, starts_on=REFORM)
        self.xa = self._unit("Xã Mới", Tier.COMMUNE, UnitKind.COMMUNE, self.north, starts_on=REFORM)
        self.phuong = self._unit("Phường Mới", Tier.COMMUNE, UnitKind.WARD, self.north, starts_on=REFORM)
        self.nam = self._unit("Xã Nam", Tier.COMMUNE, UnitKind.COMMUNE, self.south, starts_on=REFORM)
        self.old_north = self._unit("Bắc cũ", Tier.PROVINCE, UnitKind.PROVINCE, self.country, ends_on=REFORM)
        self.old_south = self._unit("Nam cũ", Tier.PROVINCE, UnitKind.PROVINCE, self.country, ends_on=REFORM)
        self.old_huyen = self._unit("Huyện cũ", Tier.DISTRICT, UnitKind.RURAL_DISTRICT, self.old_north, ends_on=REFORM)
        self.old_huyen_nam = self._unit(
            "Huyện Nam cũ", Tier.DISTRICT, UnitKind.RURAL_DISTRICT, self.old_south, ends_on=REFORM
        )
        self.old_a = self._unit("Xã A", Tier.COMMUNE, UnitKind.COMMUNE, self.old_huyen, ends_on=REFORM)
        self.old_b = self._unit("Xã B", Tier.COMMUNE, UnitKind.COMMUNE, self.old_huyen, ends_on=REFORM)
        self.old_c = self._unit("Thị trấn C", Tier.COMMUNE, UnitKind.TOWNSHIP, self.old_huyen, ends_on=REFORM)
        self.old_d = self._unit("Xã D", Tier.COMMUNE, UnitKind.COMMUNE, self.old_huyen_nam, ends_on=REFORM)
        for old, new, is_origin in [
            (self.old_north, self.north, True),
            (self.old_south, self.south, True),
            (self.old_huyen_nam, self.nam, False),
            (self.old_a, self.xa, True),
            (self.old_b, self.xa, False),
            (self.old_c, self.phuong, True),
            (self.old_d, self.nam, True),
        ]:
            Succession.objects.create(
                predecessor=old, successor=new, kind=SuccessionKind.MERGE, effective_on=REFORM, is_origin=is_origin
            )
        for new in (self.xa, self.phuong):
            Succession.objects.create(
                predecessor=self.old_huyen,
                successor=new,
                kind=SuccessionKind.ABOLISH,
                effective_on=REFORM,
                is_main=new == self.xa,
            )
        rebuild()

    @property
    def communes(self) -> list[AdminUnit]:
        return [self.xa, self.phuong, self.nam]

    @property
    def provinces(self) -> list[AdminUnit]:
        return [self.north, self.south]

    def _unit(self, name, tier, kind, parent=None, **dates) -> AdminUnit:
        unit = UnitFactory(name=name, short_name=name, tier=tier, kind=kind, **dates)
        if parent:
            UnitParent.objects.create(unit=unit, parent=parent, **dates)
        return unit


@pytest.fixture
def viet_nam(db: None) -> Country:
    return Country()


@pytest.fixture
def uuids() -> list[uuid.UUID]:
    return [uuid.UUID(int=number) for number in range(1, 6)]


@pytest.fixture
def world(db: None) -> tuple[Country, list[Institution]]:
    from tests.indicators.book import found  # which stands on this file

    return found()
