"""What a phone and the server say to each other about visits: what it takes along, what was seen, pictures. What was
found and how it ended: `ending`."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import File, Form, UploadedFile
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.inspection.visits import router
from hocsuotdoi.api.routing import takes_file
from hocsuotdoi.api.shapes import Given, Moment, Readable, Shape
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.inspection.enums import ItemKind, Outcome, Seen, Severity, VisitState
from hocsuotdoi.inspection.models import Visit, VisitAnswer, VisitFinding
from hocsuotdoi.inspection.operations.seeing import LARGEST_PHOTO, Noted, Told, take_answers, take_photo
from hocsuotdoi.inspection.queries.carrying import Carried, carried
from hocsuotdoi.inspection.queries.known import answer_in_words
from hocsuotdoi.inspection.rules import rights_on

MOST_ANSWERS = 200


class CarriedAnswer(Shape):
    seen: Seen | None
    number: float | None
    words: str
    seen_at: dt.datetime
    seen_by: str


class CarriedItem(Shape):
    """One question, with what is known beside it."""

    id: int
    part: str
    question: str
    guide: str
    source: str
    kind: ItemKind
    criterion: str = Field(description=_("What holds of the institution’s own criterion, in words"))
    before: str = Field(description=_("What was seen at the visit before, in words"))
    answer: CarriedAnswer | None


class CarriedFinding(Shape):
    """Sent back as `base` with a change: so that nobody's words are written over unseen."""

    id: uuid.UUID
    item: int | None
    severity: Severity
    text: str
    demand: str
    due_on: dt.date | None
    noted_at: dt.datetime | None
    noted_by: str


class CarriedVisit(Shape):
    id: uuid.UUID
    institution_name: str
    place: str
    plan: str
    planned_on: dt.date
    planned_words: str
    state: VisitState
    team: list[str]
    hours: str
    photos: int = Field(description=_("How many pictures are there already"))
    mends: str = Field(description=_("The body that will have to mend what is found; empty: nobody answers for it"))
    opinion: str = Field(description=_("What the institution has written itself"))
    findings: list[CarriedFinding]
    items: list[CarriedItem]


class CarriedShape(Shape):
    """Everything that a phone needs at its person’s visits, without a network."""

    person: uuid.UUID
    person_name: str
    visits: list[CarriedVisit]


class NotedShape(Given):
    """One answer as it was noted. Sent again it changes nothing."""

    id: uuid.UUID = Field(description=_("Given where it was noted (UUIDv7)"))
    visit: uuid.UUID
    item: int = Field(ge=1, le=2**62)
    seen: Seen | None = None
    number: Annotated[Decimal, Field(max_digits=14, decimal_places=2)] | None = None
    words: Annotated[str, Readable] = Field("", max_length=4000)
    seen_at: Moment


class NotedGiven(Given):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "answers": [
                        {
                            "id": "0193e3c0-0000-7000-8000-000000000001",
                            "visit": "0193e3c0-0000-7000-8000-000000000000",
                            "item": 1,
                            "seen": "yes",
                            "words": "Có bảng giờ mở cửa tại cửa chính",
                            "seen_at": "2026-11-26T08:30:00+07:00",
                        }
                    ]
                }
            ]
        },
    )

    answers: list[NotedShape] = Field(max_length=MOST_ANSWERS)


class ToldShape(Shape):
    """What became of one answer. `holds`: what was seen later by somebody, which holds."""

    id: uuid.UUID
    outcome: Outcome
    reason: str
    holds: str


class ToldList(Shape):
    answers: list[ToldShape]


class PhotoTold(Shape):
    id: uuid.UUID
    digest: str


Upload = Annotated[
    UploadedFile,
    File(description=_("JPEG, PNG or WebP, at most 15 MB. It is made small; where it was taken is removed from it.")),
]


@router.get(
    "/inspection/carried",
    response=CarriedShape,
    summary=_("What a phone takes along"),
    description=_("Your own visits that are under way, and those of the next seven days and lately missed."),
)
@requires(Permission.INSPECT)
def visit_carry(request: HttpRequest) -> CarriedShape:
    get_token(request)  # a browser sends with its session also the token of the form cookie
    day = timezone.localdate()
    return CarriedShape(
        person=request.user.pk,
        person_name=str(request.user),
        visits=[_visit(each) for each in carried(request.user, day)],
    )


@router.post(
    "/inspection/answers",
    response=ToldList,
    summary=_("Send what was seen"),
    description=_(
        "Up to 200 answers, in any order and as often as you like; each is taken or refused for itself. Of two answers "
        "to one question the later holds. `outcome`: taken, known (taken before), later (somebody answered later), "
        "refused."
    ),
)
@requires(Permission.INSPECT)
def answer_sync(request: HttpRequest, given: NotedGiven) -> ToldList:
    now = timezone.now()
    noted = [
        Noted(each.id, each.visit, each.item, each.seen or "", each.number, each.words, each.seen_at)
        for each in given.answers
    ]
    told = take_answers(noted, by=request.user, at=now, day=timezone.localdate(now))
    return ToldList(answers=[_told(each) for each in told])


@router.post(
    "/inspection/visits/{uuid:pk}/photos",
    response=PhotoTold,
    summary=_("Send a picture"),
    description=_("Sent as multipart/form-data. The same picture again changes nothing."),
)
@takes_file
@requires(Permission.INSPECT)
def photo_send(
    request: HttpRequest,
    pk: uuid.UUID,
    file: Upload,
    id: Annotated[uuid.UUID, Form(description=_("Given where it was taken (UUIDv7)"))],
    taken_at: Annotated[Moment, Form()],
    item: int | None = Form(None, ge=1, le=2**62, description=_("The question to which it belongs")),
    shows: Annotated[str, Readable] = Form("", max_length=200, description=_("What it shows")),
) -> PhotoTold:
    now = timezone.now()
    day = timezone.localdate(now)
    rows = Visit.objects.visible_to(request.user, day).select_related("institution")
    visit = get_object_or_404(rows, pk=pk)
    if not rights_on(request.user, visit, day).write:
        raise PermissionDenied
    photo = take_photo(
        visit,
        file.read(LARGEST_PHOTO + 1),
        media_type=file.content_type or "",
        photo=id,
        item=item,
        shows=shows,
        taken_at=taken_at,
        by=request.user,
        at=now,
    )
    return PhotoTold(id=photo.pk, digest=photo.digest)


def _visit(each: Carried) -> CarriedVisit:
    visit = each.visit
    return CarriedVisit(
        id=visit.pk,
        institution_name=visit.institution.name,
        place=each.place,
        plan=visit.plan.title,
        planned_on=visit.planned_on,
        planned_words=day_short(visit.planned_on),
        state=VisitState(visit.state),
        team=each.team,
        hours=each.hours,
        photos=each.photos,
        mends=each.mends,
        opinion=visit.opinion,
        findings=[finding_of(*one) for one in each.findings],
        items=[
            CarriedItem(
                id=item.pk,
                part=item.heading,
                question=item.question,
                guide=item.guide,
                source=item.source,
                kind=ItemKind(item.kind),
                criterion=each.known[item.pk].criterion,
                before=each.known[item.pk].before,
                answer=_answer(*each.answers[item.pk]) if item.pk in each.answers else None,
            )
            for item in each.items
        ],
    )


def finding_of(finding: VisitFinding, by: str) -> CarriedFinding:
    return CarriedFinding(
        id=finding.pk,
        item=finding.item_id,
        severity=Severity(finding.severity),
        text=finding.text,
        demand=finding.demand,
        due_on=finding.due_on,
        noted_at=finding.noted_at,
        noted_by=by,
    )


def _answer(answer: VisitAnswer, by: str) -> CarriedAnswer:
    return CarriedAnswer(
        seen=Seen(answer.seen) if answer.seen else None,
        number=float(answer.number) if answer.number is not None else None,
        words=answer.words,
        seen_at=timezone.localtime(answer.seen_at),
        seen_by=by,
    )


def _told(told: Told) -> ToldShape:
    holds = answer_in_words(told.holds) if told.holds else ""
    return ToldShape(id=told.id, outcome=told.outcome, reason=told.reason, holds=holds)
