"""Programmes for schools: finding one by grade and subject; what schools are told of an activity."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, requires
from hocsuotdoi.activities.enums import Subject
from hocsuotdoi.activities.operations.school import LARGEST_VISIT, LAST_GRADE, MINUTES, offer_to_schools
from hocsuotdoi.activities.queries.school import SchoolWish, programme_page, programmes
from hocsuotdoi.api.activities.filters import Placed
from hocsuotdoi.api.activities.offers import after
from hocsuotdoi.api.activities.schemas import Offer
from hocsuotdoi.api.activities.schemas_schools import BRING, GRADES, KNOWLEDGE, MOST_PEOPLE, SKILLS, ProgrammeShape
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Given, Listed, Readable, Whole, YesNo, listed

router = ApiRouter("activities", tag=_("Programmes for schools"))

Grade = Annotated[int, Field(ge=0, le=LAST_GRADE)]


class ProgrammeFilter(Placed):
    """Nothing given: every programme."""

    grade: Grade | None = Field(None, description=_("For pupils of this grade, 0: preschool"))
    subject: Subject | None = None
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of title or description"))


class ToldToSchools(Given):
    """All of it anew: what is left out is empty, or as the page's form has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "is_bookable": True,
                    "grades": [6, 7, 8, 9],
                    "subjects": ["history"],
                    "knowledge": "Nghề làm giấy bản của người Dao",
                    "minutes": 90,
                    "most_people": 45,
                }
            ]
        }
    )

    is_bookable: YesNo = Field(description=_("Classes may ask for a visit"))
    grades: list[Annotated[Whole, Field(ge=0, le=LAST_GRADE)]] = Field(
        [], max_length=LAST_GRADE + 1, description=GRADES
    )
    subjects: list[Subject] = Field([], max_length=len(Subject))
    knowledge: Annotated[str, Readable] = Field("", max_length=2000, description=KNOWLEDGE)
    skills: Annotated[str, Readable] = Field("", max_length=2000, description=SKILLS)
    bring: Annotated[str, Readable] = Field("", max_length=500, description=BRING)
    minutes: Whole = Field(MINUTES, ge=15, le=600, description=_("How long a visit takes"))
    most_people: Whole = Field(50, ge=1, le=LARGEST_VISIT, description=MOST_PEOPLE)


@router.get(
    "/school-programmes",
    response=Listed[ProgrammeShape],
    summary=_("Find a programme for schools"),
    description=_("What classes may ask for, by place, grade, subject and words. Ask at /offers/{id}/bookings."),
)
@public
def programme_list(request: HttpRequest, asked: Query[ProgrammeFilter]) -> Listed:
    now = timezone.now()
    wish = SchoolWish(
        grade=asked.grade,
        subject=asked.subject or "",
        unit=asked.unit_on(timezone.localdate(now)),
        institution=asked.institution_named(),
        words=asked.q,
    )
    return listed(programmes(wish, at=now), asked, ProgrammeShape.loaded)


@router.get(
    "/school-programmes/{uuid:pk}",
    response=ProgrammeShape,
    summary=_("One programme for schools"),
    description=_("Also one that can no longer be asked for."),
)
@public
def programme_detail(request: HttpRequest, pk: uuid.UUID) -> ProgrammeShape:
    return ProgrammeShape.loaded(get_object_or_404(programme_page(at=timezone.now()), pk=pk))


@router.put(
    "/offers/{uuid:pk}/school-programme",
    response=Offer,
    summary=_("Offer an activity to schools"),
    description=_("Whether classes may ask for it, and what schools are told. Requests that were made stay."),
)
@requires(Permission.EDIT_ACTIVITY)
def programme_edit(request: HttpRequest, pk: uuid.UUID, given: ToldToSchools) -> Offer:
    return after(offer_to_schools, request, pk, **dict(given))
