"""Closing a visit: from the office's page, or on the spot from a phone that has no network, signed by name by those who
are there. What was seen and found then stands, and what is to be mended becomes a task."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, Outcome, Side, VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.operations.finding import check_under_way, check_version, in_words
from hocsuotdoi.inspection.operations.plan import locked, save
from hocsuotdoi.inspection.operations.seeing import NotTaken, each_for_itself
from hocsuotdoi.inspection.queries.answering import answering_agencies
from hocsuotdoi.inspection.queries.changed import Shown, changes_since
from hocsuotdoi.inspection.queries.visits import ORIGIN, people_named
from hocsuotdoi.programme.operations.assignment import hand_down_one

MOST_SIGN = 20


class NotClosed(Refused):
    """The visit cannot be closed yet."""


@dataclass(frozen=True)
class Signed:
    """Somebody who was there at the end and agreed by name."""

    side: Side
    name: str
    post: str = ""


@dataclass(frozen=True)
class Closing:
    """The end of a visit as it was noted on a phone; `id` was given there. `findings` and `answers` are those that the
    phone knew, by key with the moment of their newest words: whoever closes has seen everything that is closed."""

    id: uuid.UUID
    visit: uuid.UUID
    conclusion: str
    opinion: str
    signed: Sequence[Signed]
    unsigned_reason: str
    closed_at: dt.datetime
    findings: Mapping[uuid.UUID, dt.datetime]
    answers: Mapping[int, dt.datetime]


@dataclass(frozen=True)
class ToldOfClosing:
    """What became of it. `changes`: sentences, what others did that the phone has not seen."""

    id: uuid.UUID
    outcome: Outcome
    reason: str = ""
    changes: list[str] = field(default_factory=list)


@transaction.atomic
def close_visit(
    visit: Visit, *, conclusion: str, met: str, version: int, by: Person, at: dt.datetime, known: Shown | None = None
) -> None:
    """From the office's page. Everything that was seen then stands, and what is to be mended becomes a task of the body
    that runs the institution (else of the office that answers for culture where it stands).

    Refused: a visit not under way, no conclusion, nobody met, open questions, and when somebody changed it meanwhile,
    or others noted what is not `known` (None: everything is).
    """
    row = locked(visit)
    check_under_way(row)
    check_version(row, version)
    if known is not None and (changes := changes_since(row, findings=known.findings, answers=known.answers, by=by.pk)):
        look = _("Others have noted something since you opened this page. Look at it, then close again.")
        raise NotClosed(" ".join([look, *changes]))
    row.met = _one_line(met)
    if not row.met:
        raise NotClosed(_("Write who spoke for the institution."), field="met")
    _finish(row, visit, conclusion=conclusion, closed_at=at, by=by, at=at)


def take_closings(closings: Sequence[Closing], *, by: Person, at: dt.datetime, day: dt.date) -> list[ToldOfClosing]:
    return each_for_itself(
        closings, lambda visit, one: take_closing(visit, one, by=by, at=at), ToldOfClosing, by=by, day=day
    )


@transaction.atomic
def take_closing(visit: Visit, closing: Closing, *, by: Person, at: dt.datetime) -> ToldOfClosing:
    """As it was on the spot: at the phone's moment, with the names of those who agreed. Sent again it changes nothing.

    Told and not taken: when others noted something that the phone had not seen; whoever closes looks at it and closes
    again. Refused: as `close_visit`; without a name of the institution's, or a reason why there is none.
    """
    row = locked(visit)
    if row.state == VisitState.CLOSED and row.closing == closing.id:
        return ToldOfClosing(closing.id, Outcome.KNOWN)
    if row.state == VisitState.CLOSED:
        raise NotTaken(_closed_already(row))
    check_under_way(row)
    opinion = in_words(closing.opinion)
    changes = changes_since(row, findings=closing.findings, answers=closing.answers, by=by.pk)
    if row.opinion and row.opinion != opinion:
        changes.append(_("The institution has written its opinion: “{opinion}”").format(opinion=row.opinion))
    if changes:
        return ToldOfClosing(closing.id, Outcome.CHANGED, changes=changes)
    signed = _names(closing)
    row.opinion, row.closing = opinion, closing.id
    row.signed = [{"side": each.side.value, "name": each.name, "post": each.post} for each in signed]
    row.unsigned_reason = _one_line(closing.unsigned_reason)
    # Where nobody of the institution signs, whoever spoke for it still did: that stands as the institution wrote it.
    row.met = "; ".join(in_full(each) for each in signed if each.side == Side.INSTITUTION)[:300] or row.met
    last = [row.began_at, *row.answers.values_list("seen_at", flat=True)]
    closed_at = max(min(closing.closed_at, at), *(min(each, at) for each in last if each is not None))
    _finish(row, visit, conclusion=closing.conclusion, closed_at=closed_at, by=by, at=at)
    return ToldOfClosing(closing.id, Outcome.TAKEN)


def in_full(signed: Signed) -> str:
    return ", ".join(filter(None, [signed.name, signed.post]))


def _names(closing: Closing) -> list[Signed]:
    signed = [
        Signed(each.side, _one_line(each.name)[:120], _one_line(each.post)[:120])
        for each in closing.signed
        if each.name.strip()
    ]
    if len(signed) > MOST_SIGN:
        raise NotClosed(_("At most {number} people sign.").format(number=MOST_SIGN), field="signed")
    if not any(each.side == Side.TEAM for each in signed):
        raise NotClosed(_("Say who of the team signs."), field="signed")
    of_institution = any(each.side == Side.INSTITUTION for each in signed)
    if not of_institution and not _one_line(closing.unsigned_reason):
        raise NotClosed(_("Say who signs for the institution, or why nobody does."), field="signed")
    return signed


def _finish(row: Visit, shown: Visit, *, conclusion: str, closed_at: dt.datetime, by: Person, at: dt.datetime) -> None:
    conclusion = in_words(conclusion)
    if not conclusion:
        raise NotClosed(_("Write the conclusion: the institution reads it first."), field="conclusion")
    open_questions = row.checklist.items.count() - row.answers.count()
    if open_questions:
        raise NotClosed(
            _("{number} questions have no answer yet. What does not apply is answered so, with the reason.").format(
                number=open_questions
            )
        )
    row.state, row.closed_at, row.closed_by, row.conclusion = VisitState.CLOSED, closed_at, by.pk, conclusion
    findings = list(row.findings.filter(severity__in=MENDED_BY_A_DAY).order_by("pk"))
    agencies = answering_agencies([row.institution_id], timezone.localdate(at)) if findings else {}
    agency = agencies.get(row.institution_id)
    fields = ("closed_at", "closed_by", "conclusion", "met", "opinion", "signed", "unsigned_reason", "closing")
    save(row, shown, "state", *fields)
    for finding in findings:
        if agency is None:
            raise NotClosed(_("No body answers for this institution: enter in the register who runs it, then close."))
        hand_down_one(
            title=_("{place}: {demand}").format(place=row.institution.name, demand=finding.demand)[:300],
            origin=f"{ORIGIN}{finding.pk}",
            agency=agency,
            due_on=finding.due_on,
            remark=_("Found at the inspection on {day}: {text}").format(day=day_short(row.began_at), text=finding.text),
            by=by,
            at=at,
        )


def _closed_already(row: Visit) -> str:
    name = people_named([row.closed_by]).get(row.closed_by, "") if row.closed_by else ""
    return _("{name} has closed this visit already, on {day}.").format(name=name, day=day_short(row.closed_at))


def _one_line(text: str) -> str:
    return " ".join(normalise(text).split())[:300]
