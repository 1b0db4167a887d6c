"""What a phone sends at the end of a visit: what was found, and that the visit is closed, signed by name."""

import datetime as dt
import uuid
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.inspection.phone import CarriedFinding, finding_of
from hocsuotdoi.api.inspection.visits import router
from hocsuotdoi.api.shapes import Day, Given, Moment, Readable, Shape, YesNo
from hocsuotdoi.core.templatetags.house import moment
from hocsuotdoi.inspection.enums import Outcome, Severity, Side
from hocsuotdoi.inspection.operations.closing import Closing, Signed, ToldOfClosing, take_closings
from hocsuotdoi.inspection.operations.finding import NotedFinding, ToldOfFinding, take_findings
from hocsuotdoi.inspection.queries.visits import people_named

MOST = 60


class FindingGiven(Given):
    """One finding as it was noted. Sent again it changes nothing."""

    id: uuid.UUID = Field(description=_("Given where it was noted (UUIDv7)"))
    visit: uuid.UUID
    item: Annotated[int, Field(ge=1, le=2**62)] | None = None
    severity: Severity
    text: Annotated[str, Readable] = Field("", max_length=4000)
    demand: Annotated[str, Readable] = Field("", max_length=4000)
    due_on: Day | None = None
    noted_at: Moment
    base: Moment | None = Field(None, description=_("The `noted_at` of the words that it changes; none: it is new"))
    is_removed: YesNo = False


class FindingsGiven(Given):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "findings": [
                        {
                            "id": "0193e3c0-0000-7000-8000-000000000002",
                            "visit": "0193e3c0-0000-7000-8000-000000000000",
                            "severity": "shortcoming",
                            "text": "Chưa mở cửa buổi tối",
                            "demand": "Mở cửa ít nhất một buổi tối trong tuần",
                            "due_on": "2027-01-15",
                            "noted_at": "2026-11-26T10:30:00+07:00",
                        }
                    ]
                }
            ]
        },
    )

    findings: list[FindingGiven] = Field(max_length=MOST)


class FindingTold(Shape):
    """What became of one finding. `holds`: what somebody else wrote meanwhile; nothing with `changed`: it was taken
    out."""

    id: uuid.UUID
    outcome: Outcome
    reason: str
    noted_at: dt.datetime | None = Field(description=_("The moment under which its words stand now"))
    holds: CarriedFinding | None


class FindingsTold(Shape):
    findings: list[FindingTold]


class SignedGiven(Given):
    """Somebody who was there at the end and agreed by name."""

    side: Side
    name: Annotated[str, Readable] = Field(min_length=1, max_length=120)
    post: Annotated[str, Readable] = Field("", max_length=120)


class KnownFinding(Given):
    id: uuid.UUID
    noted_at: Moment


class KnownAnswer(Given):
    item: int = Field(ge=1, le=2**62)
    seen_at: Moment


class ClosingGiven(Given):
    """The end of one visit, and what the phone knew of it: whoever closes has seen everything that is closed."""

    id: uuid.UUID = Field(description=_("Given where the visit was closed (UUIDv7)"))
    visit: uuid.UUID
    conclusion: Annotated[str, Readable] = Field(max_length=4000)
    opinion: Annotated[str, Readable] = Field("", max_length=4000)
    signed: list[SignedGiven] = Field(max_length=20)
    unsigned_reason: Annotated[str, Readable] = Field(
        "", max_length=300, description=_("Why nobody of the institution signs")
    )
    closed_at: Moment
    findings: list[KnownFinding] = Field(max_length=200)
    answers: list[KnownAnswer] = Field(max_length=200)


class ClosingsGiven(Given):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "closings": [
                        {
                            "id": "0193e3c0-0000-7000-8000-000000000003",
                            "visit": "0193e3c0-0000-7000-8000-000000000000",
                            "conclusion": "Cơ sở hoạt động đúng chức năng",
                            "opinion": "Nhất trí với nội dung kiểm tra",
                            "signed": [
                                {"side": "team", "name": "Dương Văn Nam"},
                                {"side": "institution", "name": "Lường Thị Lan", "post": "Phụ trách thư viện"},
                            ],
                            "closed_at": "2026-11-26T11:00:00+07:00",
                            "findings": [],
                            "answers": [{"item": 1, "seen_at": "2026-11-26T08:30:00+07:00"}],
                        }
                    ]
                }
            ]
        },
    )

    closings: list[ClosingGiven] = Field(max_length=30)


class ClosingTold(Shape):
    """What became of one closing. `changes`: what others noted that the phone had not seen."""

    id: uuid.UUID
    outcome: Outcome
    reason: str
    changes: list[str]


class ClosingsTold(Shape):
    closings: list[ClosingTold]


@router.post(
    "/inspection/findings",
    response=FindingsTold,
    summary=_("Send what was found"),
    description=_(
        "Up to 60 findings, as often as you like; each is taken or refused for itself. `base` says which words a "
        "change was made of: when somebody else has written meanwhile, it is not taken (`changed`), and what stands is "
        "told."
    ),
)
@requires(Permission.INSPECT)
def finding_sync(request: HttpRequest, given: FindingsGiven) -> FindingsTold:
    now = timezone.now()
    noted = [NotedFinding(**each.model_dump()) for each in given.findings]
    told = take_findings(noted, by=request.user, at=now, day=timezone.localdate(now))
    names = people_named([each.by for each in told if each.by])
    return FindingsTold(findings=[_finding_told(each, names.get(each.by, "") if each.by else "") for each in told])


@router.post(
    "/inspection/closings",
    response=ClosingsTold,
    summary=_("Send that a visit is closed"),
    description=_(
        "As it was closed on the spot, signed by name. Sent again it changes nothing. When others have noted something "
        "that the phone had not seen, it is not taken (`changed`), and that is told."
    ),
)
@requires(Permission.INSPECT)
def closing_sync(request: HttpRequest, given: ClosingsGiven) -> ClosingsTold:
    now = timezone.now()
    told = take_closings(
        [_closing(each) for each in given.closings], by=request.user, at=now, day=timezone.localdate(now)
    )
    return ClosingsTold(closings=[_closing_told(each) for each in told])


def _finding_told(told: ToldOfFinding, by: str) -> FindingTold:
    reason = told.reason
    if told.outcome == Outcome.CHANGED and told.holds is None:
        reason = gettext("{name} has taken this finding out.").format(name=by or gettext("Somebody"))
    elif told.holds is not None:
        at = moment(timezone.localtime(told.holds.noted_at)) if told.holds.noted_at else ""
        reason = gettext("{name} has changed this finding, {time}.").format(name=by or gettext("Somebody"), time=at)
    return FindingTold(
        id=told.id,
        outcome=told.outcome,
        reason=reason,
        noted_at=told.noted_at,
        holds=finding_of(told.holds, by) if told.holds else None,
    )


def _closing(given: ClosingGiven) -> Closing:
    return Closing(
        id=given.id,
        visit=given.visit,
        conclusion=given.conclusion,
        opinion=given.opinion,
        signed=[Signed(each.side, each.name, each.post) for each in given.signed],
        unsigned_reason=given.unsigned_reason,
        closed_at=given.closed_at,
        findings={each.id: each.noted_at for each in given.findings},
        answers={each.item: each.seen_at for each in given.answers},
    )


def _closing_told(told: ToldOfClosing) -> ClosingTold:
    return ClosingTold(id=told.id, outcome=told.outcome, reason=told.reason, changes=told.changes)
