"""A reform of every kind on one day: provinces that merge, communes that merge, are divided, renamed, moved."""

from hocsuotdoi.places.enums import SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.accounts import make_unit
from tests.people import REFORM

Units = dict[str, AdminUnit]

_BECAME = [
    ("north", "new", SuccessionKind.MERGE, True),
    ("south", "new", SuccessionKind.MERGE, True),
    ("hill", "valley", SuccessionKind.MERGE, True),
    ("field", "valley", SuccessionKind.MERGE, True),
    ("river", "bank", SuccessionKind.SPLIT, True),
    ("river", "ford", SuccessionKind.SPLIT, False),
    ("old_name", "new_name", SuccessionKind.RENAME, True),
]


def make_reform(country: AdminUnit) -> Units:
    """Provinces `north` and `south` became `new`; `other` stands beside them. Of the communes of `north`, `hill` and
    `field` became `valley`, `river` was divided into `bank` (its main successor) and `ford`, `old_name` is called
    `new_name`; `mill` of `south` only came to lie in `new`."""
    units: Units = {"country": country}
    for name in ("north", "south"):
        units[name] = _unit(name, country, Tier.PROVINCE, ends_on=REFORM)
    units["new"] = _unit("new", country, Tier.PROVINCE, starts_on=REFORM)
    units["other"] = _unit("other", country, Tier.PROVINCE)
    for name in ("hill", "field", "river", "old_name"):
        units[name] = _unit(name, units["north"], ends_on=REFORM)
    for name in ("valley", "bank", "ford", "new_name"):
        units[name] = _unit(name, units["new"], starts_on=REFORM)
    units["mill"] = _unit("mill", units["south"])
    UnitParent.objects.filter(unit=units["mill"]).update(ends_on=REFORM)
    UnitParent.objects.create(unit=units["mill"], parent=units["new"], starts_on=REFORM)
    seen: set[str] = set()
    for before, after, kind, is_main in _BECAME:
        Succession.objects.create(
            predecessor=units[before],
            successor=units[after],
            kind=kind,
            effective_on=REFORM,
            is_main=is_main,
            is_origin=after not in seen,
        )
        seen.add(after)
    rebuild()
    return units


def _unit(name: str, parent: AdminUnit, tier: str = Tier.COMMUNE, **dates) -> AdminUnit:
    kind = UnitKind.PROVINCE if tier == Tier.PROVINCE else UnitKind.COMMUNE
    return make_unit(name[:5], f"{kind.label} {name}", parent=parent, tier=tier, kind=kind, **dates)
