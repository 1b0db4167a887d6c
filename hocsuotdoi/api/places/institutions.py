"""The register of institutions, as of today."""

from typing import Annotated, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.errors import BadField
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.places.enums import EquipmentKind, InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Equipment, Institution
from hocsuotdoi.places.queries.institutions import active_on, institutions_in, with_place

router = ApiRouter("places", tag=_("Institutions"))


class InstitutionShape(Shape):
    """A library, museum, culture centre or smaller form."""

    code: str
    name: str
    institution_class: InstitutionClass
    class_name: str = Field(description=_("The class in words, in the language you asked for"))
    place_name: str | None = Field(description=_("The unit that the institution stands in today"))
    place_code: str | None
    is_sample: bool = Field(description=_("Made up, to show how the program works"))

    @classmethod
    def loaded(cls, institution: Institution) -> Self:
        """Of what `queries.institutions.with_place` loads."""
        return cls(
            code=institution.code,
            name=institution.name,
            institution_class=InstitutionClass(institution.institution_class),
            class_name=name_of(InstitutionClass, institution.institution_class),
            place_name=institution.place_name,
            place_code=institution.place_code,
            is_sample=institution.is_sample,
        )


class RoomShape(Shape):
    """A room that sessions can be held in."""

    id: int
    name: str
    capacity: int


class EquipmentShape(Shape):
    """What the house has of one kind, for sessions to take."""

    id: int
    kind: EquipmentKind
    kind_name: str = Field(description=_("The kind in words, in the language you asked for"))
    usable: int = Field(description=_("How many pieces can be used"))

    @classmethod
    def of(cls, equipment: Equipment) -> Self:
        kind = EquipmentKind(equipment.kind)
        return cls(id=equipment.pk, kind=kind, kind_name=name_of(EquipmentKind, kind), usable=equipment.usable)


class InstitutionEntry(InstitutionShape):
    """A register entry with its rooms and equipment."""

    phone: str
    email: str
    website: str
    about: str
    rooms: list[RoomShape]
    equipment: list[EquipmentShape]


class InstitutionFilter(Asked):
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of the name"), examples=["thu vien"])
    unit: Annotated[str, Readable] = Field(
        "",
        max_length=5,
        description=_("Code of a unit: only institutions in it or in what lies in it"),
        examples=["01843"],
    )
    institution_class: InstitutionClass | None = None


@router.get(
    "/institutions",
    response=Listed[InstitutionShape],
    summary=_("Find an institution"),
    description=_("Institutions that are open today, by name, place and class, in Vietnamese order."),
)
@public
def institution_list(request: HttpRequest, asked: Query[InstitutionFilter]) -> Listed:
    today = timezone.localdate()
    found = Institution.objects.visible_to(request.user)
    if asked.unit:
        unit = AdminUnit.objects.on(today).filter(code=asked.unit).first()
        if unit is None:
            raise BadField("unit", gettext("There is no unit with this code today. Look it up under /units."))
        found = found.filter(pk__in=institutions_in(unit, today).values("pk"))
    else:
        found = active_on(found, today)
    if asked.institution_class:
        found = found.filter(institution_class=asked.institution_class)
    rows = with_place(found.named(asked.q), today).order_by("sort_key", "pk")
    return listed(rows, asked, InstitutionShape.loaded)


@router.get(
    "/institutions/{slug:code}",
    response=InstitutionEntry,
    summary=_("One institution"),
    description=_("The register entry with the rooms and the equipment that sessions can have."),
)
@public
def institution_detail(request: HttpRequest, code: str) -> InstitutionEntry:
    visible = with_place(Institution.objects.visible_to(request.user), timezone.localdate())
    institution = get_object_or_404(visible, code=code)
    rooms = [
        RoomShape(id=room.pk, name=room.name, capacity=room.capacity) for room in institution.rooms.order_by("name")
    ]
    usable = institution.equipment.filter(usable__gte=1)
    return InstitutionEntry(
        **dict(InstitutionShape.loaded(institution)),
        phone=institution.phone,
        email=institution.email,
        website=institution.website,
        about=institution.about,
        rooms=rooms,
        equipment=[EquipmentShape.of(each) for each in usable.order_by("kind", "pk")],
    )
