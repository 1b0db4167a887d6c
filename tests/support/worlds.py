"""Made-up territories with whatever reforms."""

import datetime as dt
from dataclasses import dataclass, field

from hypothesis import strategies as st

from hocsuotdoi.places.enums import SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild

START = dt.date(2020, 1, 1)
_KIND = {
    Tier.COUNTRY: UnitKind.COUNTRY,
    Tier.PROVINCE: UnitKind.PROVINCE,
    Tier.DISTRICT: UnitKind.RURAL_DISTRICT,
    Tier.COMMUNE: UnitKind.COMMUNE,
}


@dataclass
class World:
    """Units as they are drawn; every act happens a month after the one before."""

    day: dt.date = START
    count: int = 0
    lies_in: dict[AdminUnit, AdminUnit] = field(default_factory=dict)
    everything: list[AdminUnit] = field(default_factory=list)

    def make(self, tier: Tier, parent: AdminUnit | None, starts_on: dt.date | None = None) -> AdminUnit:
        self.count += 1
        unit = AdminUnit.objects.create(
            code="VN" if tier == Tier.COUNTRY else str(self.count),
            name=f"{tier} {self.count}",
            tier=tier,
            kind=_KIND[tier],
            starts_on=starts_on,
        )
        self.everything.append(unit)
        if parent:
            self.put(unit, parent, starts_on)
        return unit

    def put(self, unit: AdminUnit, parent: AdminUnit, starts_on: dt.date | None) -> None:
        UnitParent.objects.filter(unit=unit, ends_on=None).update(ends_on=starts_on)
        UnitParent.objects.create(unit=unit, parent=parent, starts_on=starts_on)
        self.lies_in[unit] = parent

    def end(self, unit: AdminUnit) -> None:
        AdminUnit.objects.filter(pk=unit.pk).update(ends_on=self.day)
        UnitParent.objects.filter(unit=unit, ends_on=None).update(ends_on=self.day)
        self.lies_in.pop(unit)

    def standing(self, tier: Tier) -> list[AdminUnit]:
        return [unit for unit in self.lies_in if unit.tier == tier]

    def step(self, old: AdminUnit, new: AdminUnit, kind: SuccessionKind, main: bool, origin: bool) -> None:
        Succession.objects.create(
            predecessor=old, successor=new, kind=kind, effective_on=self.day, is_main=main, is_origin=origin
        )

    def merge(self, units: list[AdminUnit]) -> None:
        new = self.make(units[0].tier, self.lies_in[units[0]], self.day)
        for child in [c for c, parent in self.lies_in.items() if parent in units]:
            self.put(child, new, self.day)
        kind = SuccessionKind.RENAME if len(units) == 1 else SuccessionKind.MERGE
        for index, unit in enumerate(units):
            self.step(unit, new, kind, True, index == 0)
            self.end(unit)

    def split(self, unit: AdminUnit, parts: int) -> None:
        parent = self.lies_in[unit]
        for index in range(parts):
            self.step(unit, self.make(unit.tier, parent, self.day), SuccessionKind.SPLIT, index == 0, True)
        self.end(unit)

    def abolish_districts(self) -> None:
        for district in self.standing(Tier.DISTRICT):
            children = [c for c, parent in self.lies_in.items() if parent == district]
            for index, child in enumerate(children):
                self.step(district, child, SuccessionKind.ABOLISH, index == 0, False)
                self.put(child, self.lies_in[district], self.day)
            self.end(district)


def draw_world(data: st.DataObject) -> tuple[World, list[dt.date]]:
    world = World()
    country = world.make(Tier.COUNTRY, None)
    for _province in range(2):
        province = world.make(Tier.PROVINCE, country)
        district = world.make(Tier.DISTRICT, province)
        for _commune in range(2):
            world.make(Tier.COMMUNE, district)
    days = [START]
    for act in data.draw(st.lists(st.sampled_from(["merge", "split", "rename", "abolish"]), max_size=4)):
        world.day += dt.timedelta(days=30)
        days.append(world.day)
        tier = data.draw(st.sampled_from([Tier.COMMUNE, Tier.PROVINCE]))
        unit = data.draw(st.sampled_from(world.standing(tier)))
        beside = [u for u in world.standing(tier) if world.lies_in[u] == world.lies_in[unit] and u != unit]
        if act == "merge":
            world.merge([unit, *beside[: data.draw(st.integers(1, 2))]])
        elif act == "rename":
            world.merge([unit])
        elif act == "split" and tier == Tier.COMMUNE:
            world.split(unit, data.draw(st.integers(2, 3)))
        else:
            world.abolish_districts()
    rebuild()
    return world, days
