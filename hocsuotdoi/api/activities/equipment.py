"""What of the house's equipment a session has."""

import uuid
from collections import Counter
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.activities.models import EquipmentUse, Session
from hocsuotdoi.activities.operations.equipment import take_equipment
from hocsuotdoi.api.activities.found import acting, session_of
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Shape, Whole, name_of
from hocsuotdoi.places.enums import EquipmentKind

router = ApiRouter("activities", tag=_("Sessions"))

WHICH = _("Id of equipment of the same institution, see /institutions/{code}")


class Wanted(Given):
    """So many pieces of one kind."""

    id: Annotated[Whole, Field(ge=1, le=2**31 - 1)] = Field(description=WHICH)
    count: Annotated[Whole, Field(ge=0, le=100_000)]


class EquipmentGiven(Given):
    """All that the session has: what is not named is given back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"equipment": [{"id": 12, "count": 1}]}]})

    equipment: list[Wanted] = Field(max_length=100)


class EquipmentTakenShape(Shape):
    """Pieces of one kind that a session has."""

    id: int
    kind: EquipmentKind
    kind_name: str = Field(description=_("The kind in words, in the language you asked for"))
    count: int


class EquipmentOfSession(Shape):
    """All that a session has."""

    equipment: list[EquipmentTakenShape]

    @classmethod
    def of(cls, session: Session) -> "EquipmentOfSession":
        """One query."""
        uses = EquipmentUse.objects.filter(institution_id=session.institution_id, session=session)
        counted: Counter[tuple[int, Any]] = Counter(
            uses.order_by("equipment").values_list("equipment", "equipment__kind")
        )
        return cls(
            equipment=[
                EquipmentTakenShape(
                    id=key, kind=EquipmentKind(kind), kind_name=name_of(EquipmentKind, kind), count=count
                )
                for (key, kind), count in counted.items()
            ]
        )


@router.get(
    "/sessions/{uuid:pk}/equipment",
    response=EquipmentOfSession,
    summary=_("Equipment of a session"),
    description=_("What of the institution's equipment is taken for it."),
)
@requires(Permission.VIEW_ACTIVITY)
def equipment_list(request: HttpRequest, pk: uuid.UUID) -> EquipmentOfSession:
    return EquipmentOfSession.of(session_of(request, pk, Permission.VIEW_ACTIVITY))


@router.put(
    "/sessions/{uuid:pk}/equipment",
    response=EquipmentOfSession,
    summary=_("Take equipment for a session"),
    description=_("Exactly this; it moves along with the session. Pieces that another session has are refused."),
)
@requires(Permission.EDIT_ACTIVITY)
def equipment_put(request: HttpRequest, pk: uuid.UUID, given: EquipmentGiven) -> EquipmentOfSession:
    session = session_of(request, pk, Permission.EDIT_ACTIVITY)
    take_equipment(session, wanted={each.id: each.count for each in given.equipment}, **acting(request))
    return EquipmentOfSession.of(session)
