"""What a team sees at a visit: answers and pictures, perhaps noted without a network and sent hours later, from two
phones and in any order. The same sent twice is once there; of two answers to one question the later holds; what does
not fit is refused with the reason, and the phone keeps it."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file, without_traces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import ItemKind, Outcome, Seen, VisitState
from hocsuotdoi.inspection.formats.picture import smaller
from hocsuotdoi.inspection.models import ChecklistItem, Visit, VisitAnswer, VisitPhoto
from hocsuotdoi.inspection.operations.plan import locked, save
from hocsuotdoi.inspection.rules import OPEN, rights_on

LARGEST_PHOTO = 15_000_000  # bytes, as it comes from a phone that has not made it small
MOST_PHOTOS = 60
LONGEST_WORDS = 4_000
LARGEST_NUMBER = Decimal("999999999999.99")


class FromAPhone(Protocol):
    """`id` was given on the phone."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def visit(self) -> uuid.UUID: ...


Sent = TypeVar("Sent", bound=FromAPhone)
Result = TypeVar("Result")


class NotTaken(Refused):
    """An answer or a picture that does not fit."""


class BadPicture(Refused):
    """It cannot be read as a picture."""


@dataclass(frozen=True)
class Noted:
    """One answer as it was noted; `id` was given where it was noted. `over`: from a page that shows all answers, the
    stamp of the one that stood there (empty: none). A phone, which may have no network, says None: the later holds."""

    id: uuid.UUID
    visit: uuid.UUID
    item: int
    seen: str
    number: Decimal | None
    words: str
    seen_at: dt.datetime
    over: str | None = None


@dataclass(frozen=True)
class Told:
    """What became of it. `holds`: the answer that holds now, where that is another one."""

    id: uuid.UUID
    outcome: Outcome
    reason: str = ""
    holds: VisitAnswer | None = None


def each_for_itself(
    sent: Sequence[Sent],
    take: Callable[[Visit, Sent], Result],
    refused: Callable[[uuid.UUID, Outcome, str], Result],
    *,
    by: Person,
    day: dt.date,
) -> list[Result]:
    """What a phone sends of visits, in the order in which it came: one that does not fit keeps no other from being
    taken."""
    keys = {one.visit for one in sent}
    visits = Visit.objects.select_related("institution", "plan", "checklist").in_bulk(keys)
    told = []
    for one in sent:
        visit = visits.get(one.visit)
        try:
            if visit is None or not rights_on(by, visit, day).write:
                raise NotTaken(_("You do not belong to the team of this visit (any more)."))
            told.append(take(visit, one))
        except Refused as refusal:
            told.append(refused(one.id, Outcome.REFUSED, str(refusal)))
    return told


def take_answers(noted: Sequence[Noted], *, by: Person, at: dt.datetime, day: dt.date) -> list[Told]:
    return each_for_itself(noted, lambda visit, one: take_answer(visit, one, by=by, at=at), Told, by=by, day=day)


@transaction.atomic
def take_answer(visit: Visit, noted: Noted, *, by: Person, at: dt.datetime) -> Told:
    """Refused: a question of another checklist, an answer that says nothing or the wrong thing, and of a finished visit
    what it does not hold already; told and not taken, from a page, over words that it has not shown. A visit that was
    only planned has begun with its first answer. What a phone's clock puts into the future was noted just now."""
    row = locked(visit)
    item = ChecklistItem.objects.filter(pk=noted.item, checklist=row.checklist_id).first()
    if item is None:
        raise NotTaken(_("This question does not belong to the visit’s checklist."))
    words = normalise(noted.words).strip()[:LONGEST_WORDS]
    seen, number = _fitting(item, noted.seen, noted.number, words)
    seen_at = min(noted.seen_at, at)
    known = VisitAnswer.objects.filter(visit=row, institution=row.institution_id, item=item).first()
    is_same = known is not None and (known.seen, known.number, known.words) == (seen, number, words)
    # A phone whose word of it was lost on the way sends it again, perhaps after a colleague has closed the visit.
    if is_same and row.state not in OPEN:
        return Told(noted.id, Outcome.KNOWN)
    if known is None or known.seen_at <= seen_at:
        check_open(row)
    if known is not None and not is_same and noted.over not in (None, known.stamp):
        return Told(noted.id, Outcome.CHANGED, holds=known)
    weight = (seen_at, seen, Decimal(-1) if number is None else number, words)
    if known is not None and _weight(known.seen_at, known) >= weight:
        return Told(noted.id, Outcome.KNOWN if is_same else Outcome.LATER, holds=None if is_same else known)
    begin(row, visit, seen_at, at)
    answer = known or VisitAnswer(pk=noted.id, visit=row, institution_id=row.institution_id, item=item)
    answer.seen, answer.number, answer.words = seen, number, words
    answer.seen_at, answer.seen_by = seen_at, by.pk
    if known is None and VisitAnswer.objects.filter(pk=noted.id).exists():
        raise NotTaken(_("This answer was sent for another question already."))
    answer.save()
    return Told(noted.id, Outcome.TAKEN)


@transaction.atomic
def take_photo(
    visit: Visit,
    content: bytes,
    *,
    media_type: str,
    photo: uuid.UUID,
    item: int | None,
    shows: str,
    taken_at: dt.datetime,
    by: Person,
    at: dt.datetime,
) -> VisitPhoto:
    """Kept small, and without what the camera wrote beside it. The same picture again is the one there is. Refused: a
    finished visit, too many pictures, what is no picture, a question of another checklist."""
    row = locked(visit)
    if len(content) > LARGEST_PHOTO:
        raise BadPicture(_("The picture is too large: at most 15 MB."), field="file")
    try:
        small = smaller(without_traces(content, media_type), media_type)
    except ValueError:
        raise BadPicture(_("This cannot be read as a picture: take a JPEG, PNG or WebP."), field="file") from None
    digest, size = keep_file(small)
    known = VisitPhoto.objects.filter(visit=row, institution=row.institution_id, digest=digest).first()
    if known is None:
        known = VisitPhoto.objects.filter(pk=photo, visit=row, institution=row.institution_id).first()
    if known is not None:
        return known
    check_open(row)
    if item is not None and not ChecklistItem.objects.filter(pk=item, checklist=row.checklist_id).exists():
        raise NotTaken(_("This question does not belong to the visit’s checklist."))
    if VisitPhoto.objects.filter(visit=row, institution=row.institution_id).count() >= MOST_PHOTOS:
        raise NotTaken(_("At most {number} pictures belong to one visit.").format(number=MOST_PHOTOS))
    if VisitPhoto.objects.filter(pk=photo).exists():
        raise NotTaken(_("This picture was sent for another visit already."))
    begin(row, visit, min(taken_at, at), at)
    return VisitPhoto.objects.create(
        pk=photo,
        visit=row,
        institution_id=row.institution_id,
        item_id=item,
        digest=digest,
        size=size,
        shows=" ".join(normalise(shows).split())[:200],
        taken_at=min(taken_at, at),
        taken_by=by.pk,
    )


@transaction.atomic
def begin_visit(visit: Visit, *, by: Person, at: dt.datetime) -> None:
    """The team is there. Refused: a finished visit."""
    row = locked(visit)
    check_open(row)
    begin(row, visit, at, at)


def begin(row: Visit, shown: Visit, moment: dt.datetime, at: dt.datetime) -> None:
    """With the first thing that was seen."""
    if row.state == VisitState.PLANNED:
        row.state, row.began_at = VisitState.UNDER_WAY, min(moment, at)
        save(row, shown, "state", "began_at")


def _weight(seen_at: dt.datetime, answer: VisitAnswer) -> tuple[dt.datetime, str, Decimal, str]:
    """Which of two answers holds: the later; of two at the same moment always the same one, whichever came first."""
    return seen_at, answer.seen, answer.number if answer.number is not None else Decimal(-1), answer.words


def check_open(row: Visit) -> None:
    if row.state == VisitState.CLOSED:
        raise NotTaken(
            _("This visit has been closed: nothing is added any more. Tell whoever closed it what is missing.")
        )
    if row.state == VisitState.CANCELLED:
        raise NotTaken(_("This visit was cancelled: {reason}").format(reason=row.cancel_reason))


def _fitting(item: ChecklistItem, seen: str, number: Decimal | None, words: str) -> tuple[str, Decimal | None]:
    if seen == Seen.NOT_APPLICABLE:
        if not words:
            raise NotTaken(_("Say why the question does not apply here."), field="words")
        return seen, None
    if item.kind == ItemKind.YES_NO:
        if seen not in Seen.values:
            raise NotTaken(_("Choose one of the answers."), field="seen")
        return seen, None
    if item.kind == ItemKind.NUMBER:
        if number is None or not number.is_finite() or not 0 <= number <= LARGEST_NUMBER:
            raise NotTaken(_("Write a number, 0 or more."), field="number")
        return "", number.quantize(Decimal("0.01"))
    if not words:
        raise NotTaken(_("Write a few words."), field="words")
    return "", None
