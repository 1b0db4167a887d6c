"""Writing the account book: post what happened once, reverse what was wrong.

Both run in the transaction of the act that calls them, so that an act and its entries stand or fall together.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.places.queries.institutions import place_of

EARLIEST = dt.date(2000, 1, 1)
"""Nothing older is posted: an earlier date is a slip of the keyboard."""

PARTITIONED_YEARS = range(2015, 2036)
"""Years whose partition migration 0002 has made; others are made when first needed."""


class NothingToPost(Refused):
    """A happening without entries."""


class UnknownMeasure(Refused):
    """A measure that is not defined."""


class BadQuantity(Refused):
    """A quantity below one: what did not happen is not posted."""


class NoPlace(Refused):
    """The institution stood nowhere on the day."""


class BadDate(Refused):
    """A day that has not come yet, or one before the book begins."""


class LearnerNotPseudonymous(Refused):
    """An account's id where the learner's pseudonym belongs."""


class PreviousRevisionStands(Refused):
    """A corrected posting while the one it corrects still counts."""


class AlreadyReversed(Refused):
    """A second reversal of one posting."""


class ReversalIsFinal(Refused):
    """A reversal of a reversal."""


class ReasonMissing(Refused):
    """A reversal that does not say why."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a measure; each dimension None when it is not known."""

    measure: str
    quantity: int
    sex: str | None = None
    age_band: str | None = None
    channel: str | None = None
    purpose: str | None = None
    residence: AdminUnit | None = None
    learner_key: uuid.UUID | None = None
    tags: Sequence[str] = ()


@transaction.atomic
def post(
    institution: Institution,
    *,
    source_kind: str,
    source_id: uuid.UUID,
    occurred_on: dt.date,
    lines: Iterable[Line],
    by: Person | None,
    at: dt.datetime,
    revision: int = 1,
    kind: PostingKind = PostingKind.HAPPENING,
) -> Posting:
    """Post what happened at `institution` on `occurred_on`; return the posting.

    The same source and revision posted again, also at the same moment from another connection, returns the first
    posting and adds nothing, whatever the lines are now: to change what was posted, `reverse` it and post revision + 1.
    A stated posting may be without lines: somebody reported that there was nothing, which is not silence.
    Refused: no lines, an unknown measure, a quantity below 1, a day in the future of `at`, an institution without a
    place on the day, an account's id as learner key, a revision whose predecessor has not been reversed.
    """
    lines = list(lines)
    _check_lines(lines, may_be_none=kind == PostingKind.STATED)
    _check_day(occurred_on, at)
    place = _place_of(institution, occurred_on)
    _ensure_partition(occurred_on)
    if revision > 1:
        _check_previous_reversed(institution, source_kind, source_id, revision)
    fresh = Posting(
        institution=institution,
        kind=kind,
        source_kind=source_kind,
        source_id=source_id,
        revision=revision,
        occurred_on=occurred_on,
        posted_at=at,
        posted_by=by.pk if by else None,
    )
    posting = _insert_or_find(fresh, kind=kind, source_kind=source_kind, source_id=source_id, revision=revision)
    if posting.pk == fresh.pk:
        Entry.objects.bulk_create([_entry(posting, place, line) for line in lines])
    return posting


@transaction.atomic
def reverse(posting: Posting, *, reason: str, by: Person | None, at: dt.datetime) -> Posting:
    """Take a posting back: the same entries with the opposite sign, on the same day; return the reversal.

    The first posting stays to be read. Refused: no reason, a posting reversed before, a reversal.
    """
    if posting.kind == PostingKind.REVERSAL:
        raise ReversalIsFinal(_("A reversal cannot be reversed. Post the right figures as a new revision."))
    if not reason.strip():
        raise ReasonMissing(_("Say in a few words why this is taken back."))
    fresh = Posting(
        institution_id=posting.institution_id,
        kind=PostingKind.REVERSAL,
        source_kind=posting.source_kind,
        source_id=posting.source_id,
        revision=posting.revision,
        occurred_on=posting.occurred_on,
        posted_at=at,
        posted_by=by.pk if by else None,
        reverses=posting,
        reason=reason.strip(),
    )
    reversal = _insert_or_find(fresh, reverses=posting)
    if reversal.pk != fresh.pk:
        raise AlreadyReversed(_("This was taken back before, on {day}.").format(day=day_short(reversal.posted_at)))
    originals = Entry.objects.filter(
        institution_id=posting.institution_id, posting=posting, occurred_on=posting.occurred_on
    )
    Entry.objects.bulk_create([_opposite(entry, reversal) for entry in originals])
    return reversal


def _insert_or_find(fresh: Posting, **key: object) -> Posting:
    """Insert unless a row with the unique `key` is there; return the row that is there.

    The INSERT waits for a competing one to end (ON CONFLICT DO NOTHING), so the row read afterwards is the one that
    won, and a caller is the winner exactly when it gets its own row back.
    """
    Posting.objects.bulk_create([fresh], ignore_conflicts=True)
    return Posting.objects.get(institution_id=fresh.institution_id, **key)


def _entry(posting: Posting, place: AdminUnit, line: Line) -> Entry:
    return Entry(
        id=uuid7(),
        institution_id=posting.institution_id,
        posting=posting,
        occurred_on=posting.occurred_on,
        place=place,
        measure=line.measure,
        quantity=line.quantity,
        sex=line.sex,
        age_band=line.age_band,
        residence=line.residence,
        channel=line.channel,
        purpose=line.purpose,
        learner_key=line.learner_key,
        tags=sorted(set(line.tags)),
    )


def _opposite(entry: Entry, reversal: Posting) -> Entry:
    entry.pk = uuid7()
    entry.posting = reversal
    entry.quantity = -entry.quantity
    return entry


def _ensure_partition(day: dt.date) -> None:
    """Before anything is written: making a partition locks the tables it refers to."""
    if day.year not in PARTITIONED_YEARS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_ensure_partition(%s)", [day.year])


def _place_of(institution: Institution, day: dt.date) -> AdminUnit:
    try:
        return place_of(institution, day)
    except AdminUnit.DoesNotExist:
        raise NoPlace(
            _("{institution} has no place on {day}. Enter where it stood, then try again.").format(
                institution=institution.name, day=day_short(day)
            )
        ) from None


def _check_lines(lines: list[Line], *, may_be_none: bool) -> None:
    if not lines and not may_be_none:
        raise NothingToPost(_("There is nothing to count here."))
    for line in lines:
        if line.measure not in MeasureCode.values:
            raise UnknownMeasure(_("“{measure}” is not something we count.").format(measure=line.measure))
        if line.quantity < 1:
            raise BadQuantity(
                _("{quantity} cannot be counted: give a number from 1 up.").format(quantity=line.quantity)
            )
    keys = {line.learner_key for line in lines if line.learner_key}
    if keys and Person.objects.filter(pk__in=keys).exists():
        raise LearnerNotPseudonymous(_("The figures never hold an account: use the learner's own key."))


def _check_day(occurred_on: dt.date, at: dt.datetime) -> None:
    if occurred_on > timezone.localdate(at):
        raise BadDate(_("{day} has not come yet: it can be counted on the day.").format(day=day_short(occurred_on)))
    if occurred_on < EARLIEST:
        raise BadDate(_("{day} is too long ago: check the year.").format(day=day_short(occurred_on)))


def _check_previous_reversed(institution: Institution, source_kind: str, source_id: uuid.UUID, revision: int) -> None:
    previous = Posting.objects.filter(
        institution=institution, source_kind=source_kind, source_id=source_id, revision=revision - 1
    )
    if not previous.filter(kind=PostingKind.REVERSAL).exists():
        raise PreviousRevisionStands(_("Take back the figures posted before; then post the corrected ones."))
