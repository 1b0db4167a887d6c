"""The register of bodies: which there are, and who commands them. Who sits there is told on the page only."""

import datetime as dt
from typing import Annotated, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.places.queries.agencies import agencies_found, standing_of

router = ApiRouter("places", tag=_("Bodies"))


class AgencyShape(Shape):
    """A ministry, a department, a commune's office, a command, an association."""

    code: str
    name: str
    kind: AgencyKind
    kind_name: str = Field(description=_("The kind in words, in the language you asked for"))
    unit: str | None = Field(description=_("Code of its unit"))
    unit_name: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None = Field(description=_("The first day on which it is no more; null: it still is"))
    is_sample: bool = Field(description=_("Made up, to show how the program works"))

    @classmethod
    def of(cls, agency: Agency) -> Self:
        return cls(
            code=agency.code,
            name=agency.name,
            kind=AgencyKind(agency.kind),
            kind_name=name_of(AgencyKind, agency.kind),
            unit=agency.unit.code if agency.unit else None,
            unit_name=agency.unit.name if agency.unit else None,
            starts_on=agency.starts_on,
            ends_on=agency.ends_on,
            is_sample=agency.is_sample,
        )


class AgencyEntry(AgencyShape):
    ended_for: str = Field(description=_("Why it ended, where people said so"))
    commanded_by: list[AgencyShape] = Field(description=_("The nearest first, as far up as it goes"))
    guided_by: list[AgencyShape]


class AgencyFilter(Asked):
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of the name"))
    kind: AgencyKind | None = None
    unit: Annotated[str, Readable] = Field("", max_length=100, description=_("Name or code of the unit"))
    ended: bool = Field(False, description=_("Those that have ended, too"))


@router.get(
    "/agencies",
    response=Listed[AgencyShape],
    summary=_("Find a body"),
    description=_("Public bodies by name, kind and unit, those of the country first."),
)
@public
def agency_list(request: HttpRequest, asked: Query[AgencyFilter]) -> Listed:
    found = agencies_found(
        timezone.localdate(), words=asked.q, kind=asked.kind or "", unit=asked.unit, ended=asked.ended
    )
    return listed(found, asked, AgencyShape.of)


@router.get(
    "/agencies/{slug:code}",
    response=AgencyEntry,
    summary=_("One body"),
    description=_("With who commands it and who guides its work today."),
)
@public
def agency_detail(request: HttpRequest, code: str) -> AgencyEntry:
    agency = get_object_or_404(Agency.objects.visible_to(request.user).select_related("unit"), code=code)
    standing = standing_of(agency, timezone.localdate())
    return AgencyEntry(
        **dict(AgencyShape.of(agency)),
        ended_for=agency.ended_for,
        commanded_by=[AgencyShape.of(each) for each in standing.up],
        guided_by=[AgencyShape.of(each) for each in standing.guides],
    )
