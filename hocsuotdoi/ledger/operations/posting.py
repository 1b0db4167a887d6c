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
from hocsuotdoi.places.queries.institutions import places_of

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


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to post: what `post` takes, but for what a whole lot has in common."""

    institution: Institution
    source_id: uuid.UUID
    occurred_on: dt.date
    lines: Sequence[Line]
    revision: int = 1


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
    may_be_empty: bool = False,
) -> Posting:
    """Post what happened at `institution` on `occurred_on`; return the posting.

    The same source and revision posted again, also at the same moment from another connection, returns the first
    posting and adds nothing, whatever the lines are now: to change what was posted, `reverse` it and post revision + 1.
    A stated posting may be without lines: somebody reported that there was nothing, which is not silence. So may what
    happened without anything to count of it (`may_be_empty`): it is known by its posting still.
    Refused: no lines, an unknown measure, a quantity below 1, a day in the future of `at`, an institution without a
    place on the day, an account's id as learner key, a revision whose predecessor has not been reversed.
    """
    act = Act(institution, source_id, occurred_on, list(lines), revision)
    return post_all([act], source_kind=source_kind, by=by, at=at, kind=kind, may_be_empty=may_be_empty)[0]


@transaction.atomic
def post_all(
    acts: Sequence[Act],
    *,
    source_kind: str,
    by: Person | None,
    at: dt.datetime,
    kind: PostingKind,
    may_be_empty: bool = False,
) -> list[Posting]:
    """Post many acts as `post` posts one; their postings in the same order. All of them or, where one is refused, none.

    The number of queries depends on how many days and years they have, not on how many they are. No source may occur
    twice among them.
    """
    _check_lines([line for act in acts for line in act.lines])
    for act in acts:
        if not act.lines and kind != PostingKind.STATED and not may_be_empty:
            raise NothingToPost(_("There is nothing to count here."))
        _check_day(act.occurred_on, at)
    places = _places_of(acts)
    _ensure_partitions({act.occurred_on.year for act in acts})
    _check_previous_reversed(source_kind, [act for act in acts if act.revision > 1])
    fresh = [
        Posting(
            institution=act.institution,
            kind=kind,
            source_kind=source_kind,
            source_id=act.source_id,
            revision=act.revision,
            occurred_on=act.occurred_on,
            posted_at=at,
            posted_by=by.pk if by else None,
        )
        for act in acts
    ]
    Posting.objects.bulk_create(fresh, ignore_conflicts=True)
    # The INSERT waits for a competing one to end (ON CONFLICT DO NOTHING), so the rows read afterwards are those that
    # won, and a caller is the winner exactly when it gets its own rows back.
    rows = Posting.objects.filter(
        institution__in={act.institution.pk for act in acts},
        source_kind=source_kind,
        source_id__in=[act.source_id for act in acts],
        kind=kind,
    )
    found = {(row.institution_id, row.source_id, row.revision): row for row in rows}
    postings = [found[act.institution.pk, act.source_id, act.revision] for act in acts]
    Entry.objects.bulk_create(
        [
            _entry(posting, place, line)
            for posting, own, place, act in zip(postings, fresh, places, acts, strict=True)
            if posting.pk == own.pk
            for line in act.lines
        ]
    )
    return postings


def reverse(posting: Posting, *, reason: str, by: Person | None, at: dt.datetime) -> Posting:
    """Take a posting back: the same entries with the opposite sign, on the same day; return the reversal.

    The first posting stays to be read. Refused: no reason, a posting reversed before, a reversal.
    """
    return reverse_all([posting], reason=reason, by=by, at=at)[0]


@transaction.atomic
def reverse_all(postings: Sequence[Posting], *, reason: str, by: Person | None, at: dt.datetime) -> list[Posting]:
    """Take many postings back as `reverse` takes back one; their reversals in the same order. Three queries."""
    if any(posting.kind == PostingKind.REVERSAL for posting in postings):
        raise ReversalIsFinal(_("A reversal cannot be reversed. Post the right figures as a new revision."))
    if not reason.strip():
        raise ReasonMissing(_("Say in a few words why this is taken back."))
    fresh = [
        Posting(
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
        for posting in postings
    ]
    Posting.objects.bulk_create(fresh, ignore_conflicts=True)
    at_these = {"institution__in": {posting.institution_id for posting in postings}}
    found = {row.reverses_id: row for row in Posting.objects.filter(**at_these, reverses__in=postings)}
    for own in fresh:
        reversal = found[own.reverses_id]
        if reversal.pk != own.pk:
            raise AlreadyReversed(_("This was taken back before, on {day}.").format(day=day_short(reversal.posted_at)))
    originals = Entry.objects.filter(
        **at_these, posting__in=postings, occurred_on__in={posting.occurred_on for posting in postings}
    )
    Entry.objects.bulk_create([_opposite(entry, found[entry.posting_id]) for entry in originals])
    return [found[posting.pk] for posting in postings]


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


def _ensure_partitions(years: Iterable[int]) -> None:
    """Before anything is written: making a partition locks the tables it refers to."""
    for year in sorted(years):
        if year not in PARTITIONED_YEARS:
            with connection.cursor() as cursor:
                cursor.execute("SELECT ledger_ensure_partition(%s)", [year])


def _places_of(acts: Sequence[Act]) -> list[AdminUnit]:
    """Where each stood on its day; one query a day, one more for each place that a reform has ended since."""
    by_day: dict[dt.date, set[int]] = {}
    for act in acts:
        by_day.setdefault(act.occurred_on, set()).add(act.institution.pk)
    places = {(day, key): place for day, keys in by_day.items() for key, place in places_of(keys, day).items()}
    for act in acts:
        if (act.occurred_on, act.institution.pk) not in places:
            raise NoPlace(
                _("{institution} has no place on {day}. Enter where it stood, then try again.").format(
                    institution=act.institution.name, day=day_short(act.occurred_on)
                )
            )
    return [places[act.occurred_on, act.institution.pk] for act in acts]


def _check_lines(lines: list[Line]) -> None:
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


def _check_previous_reversed(source_kind: str, acts: Sequence[Act]) -> None:
    if not acts:
        return
    rows = Posting.objects.filter(
        institution__in={act.institution.pk for act in acts},
        source_kind=source_kind,
        source_id__in=[act.source_id for act in acts],
        kind=PostingKind.REVERSAL,
    )
    reversed_before = set(rows.values_list("institution_id", "source_id", "revision"))
    if any((act.institution.pk, act.source_id, act.revision - 1) not in reversed_before for act in acts):
        raise PreviousRevisionStands(_("Take back the figures posted before; then post the corrected ones."))
