"""A unit, an agency, an institution: each standing open-endedly unless a test says otherwise."""

import factory
from factory.django import DjangoModelFactory

from hocsuotdoi.core.vietnamese import search_text, sort_key
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, InstitutionState, Tier, UnitKind
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    Institution,
    InstitutionPlacement,
    InstitutionStatus,
    Room,
    UnitAncestry,
    UnitParent,
    UnitReading,
)


class UnitFactory(DjangoModelFactory):
    """A commune under `parent` (a unit, or none); the computed tables know it too."""

    class Meta:
        model = AdminUnit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"T{n:04d}")
    tier = Tier.COMMUNE
    kind = UnitKind.COMMUNE
    short_name = factory.Sequence(lambda n: f"Thử {n}")
    name = factory.LazyAttribute(lambda unit: f"Xã {unit.short_name}")
    sort_key = factory.LazyAttribute(lambda unit: sort_key(unit.short_name))
    search_text = factory.LazyAttribute(lambda unit: search_text(unit.name))

    @factory.post_generation
    def parent(unit, create, parent, **kwargs):
        dates = {"starts_on": unit.starts_on, "ends_on": unit.ends_on}
        UnitReading.objects.create(unit=unit, reads_as=unit, **dates)
        ancestries = [UnitAncestry(unit=unit, ancestor=unit, distance=0, **dates)]
        if parent:
            UnitParent.objects.create(unit=unit, parent=parent, **dates)
            ancestries += [
                UnitAncestry(unit=unit, ancestor_id=above.ancestor_id, distance=above.distance + 1, **dates)
                for above in UnitAncestry.objects.filter(unit=parent)
            ]
        UnitAncestry.objects.bulk_create(ancestries)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"co-quan-{n}")
    name = factory.Sequence(lambda n: f"Cơ quan {n}")
    kind = AgencyKind.CULTURE_SOCIETY
    unit = factory.SubFactory(UnitFactory)


class InstitutionFactory(DjangoModelFactory):
    """A commune's library, open, standing in `unit` (a new commune if none is given)."""

    class Meta:
        model = Institution
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"co-so-{n}")
    name = factory.Sequence(lambda n: f"Thư viện xã Thử {n}")
    sort_key = factory.LazyAttribute(lambda institution: sort_key(institution.name))
    search_text = factory.LazyAttribute(lambda institution: search_text(institution.name))
    institution_class = InstitutionClass.LIBRARY_COMMUNE

    @factory.post_generation
    def unit(institution, create, unit, **kwargs):
        InstitutionPlacement.objects.create(institution=institution, unit=unit or UnitFactory())

    @factory.post_generation
    def state(institution, create, state, **kwargs):
        InstitutionStatus.objects.create(institution=institution, state=state or InstitutionState.ACTIVE)


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"Phòng {n}")
    capacity = 40
