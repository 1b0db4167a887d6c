"""Stating figures of institutions that do not keep them here: preview, confirm as a whole, undo as a whole.

Each figure is a posting of its own (kind STATED), on the last day of its period on which its institution was open, or
on the day itself while the period runs. A changed figure takes the earlier posting back and posts the next revision;
nothing is ever edited.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import ImportKind, StatedColumn, StatingWay
from hocsuotdoi.indicators.models import PreviewedImport, StatedFigure, Statement
from hocsuotdoi.indicators.queries.stated import (
    SOURCE_KIND,
    Asked,
    Change,
    Planned,
    Spot,
    newest_figures,
    overlapping,
    planned,
    sheet_of,
    slot_of,
)
from hocsuotdoi.ledger.enums import PostingKind
from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.ledger.operations.posting import Act, Line, post_all, reverse_all
from hocsuotdoi.places.models import AdminUnit, Institution

LONGEST_SOURCE = 300


class SourceMissing(Refused):
    """Figures without saying where they are from."""


class BadPeriod(Refused):
    """A period that has not begun."""


class NothingStated(Refused):
    """A sheet or form that says nothing new."""


class CannotBeStated(Refused):
    """Figures that cannot be taken in; all of them, cell by cell, in `problems`."""

    def __init__(self, plan: Planned):
        super().__init__(plan.problems[0].reason)
        self.problems = plan.problems


class ChangedMeanwhile(Refused):
    """What would happen is not any more what the person has seen."""


class NotSaidInAddition(Refused):
    """A figure beside what the system recorded, without saying that it comes on top of that."""


class ReasonMissing(Refused):
    """Changing or undoing what was stated, without saying why."""


class PreviewGone(Refused):
    """A preview that was thrown away."""


class AlreadyUndone(Refused):
    """A second undoing."""


class UndoingIsFinal(Refused):
    """Undoing an undoing."""


class ReplacedLater(Refused):
    """Undoing what a later statement has replaced."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where figures came from. `source`: in words, for whoever asks later; `digest`: SHA-256 of the file."""

    way: StatingWay
    source: str
    file_name: str = ""
    digest: str = ""


@transaction.atomic
def preview_figures(
    unit: AdminUnit, *, period: Period, asked: Sequence[Asked], sent: Sent, by: Person, at: dt.datetime
) -> PreviewedImport:
    """Keep what was sent in until it is confirmed; earlier previews of the person for the same sheet are thrown away.

    Refused: no source, a period to come, figures that cannot be stated, nothing that would change.
    """
    source = _source(sent.source)
    plan = _plan(unit, period, asked, at)
    if not plan.effective and not plan.emptied:
        raise NothingStated(_("Nothing in it is new: every figure stands here already, or every cell is empty."))
    emptied = {each.key for each in plan.emptied}
    kept = [each for each in asked if not each.is_emptied or f"{each.institution}/{each.column.value}" in emptied]
    PreviewedImport.objects.filter(kind=ImportKind.FIGURES, unit=unit, period=period.code, made_by=by.pk).delete()
    return PreviewedImport.objects.create(
        kind=ImportKind.FIGURES,
        unit=unit,
        period=period.code,
        way=sent.way,
        file_name=normalise(sent.file_name)[-200:],
        file_digest=sent.digest,
        source=source,
        rows=[[each.institution, each.column.value, each.quantity, each.at, each.is_emptied] for each in kept],
        made_by=by.pk,
        made_at=at,
    )


def plan_of(preview: PreviewedImport, today: dt.date) -> Planned:
    """What confirming would change as things stand; four queries. A form speaks of one institution only, a file of
    the whole unit, so that the plan also says of whom it says nothing."""
    asked = asked_in(preview)
    only = _named(asked) if preview.way == StatingWay.FORM else None
    return planned(sheet_of(preview.unit, parse_period(preview.period), today, only), asked)


def asked_in(preview: PreviewedImport) -> list[Asked]:
    return [Asked(code, StatedColumn(column), *rest) for code, column, *rest in preview.rows]


@transaction.atomic
def state_figures(
    preview: PreviewedImport,
    *,
    seen: str,
    in_addition: bool,
    reason: str,
    by: Person,
    at: dt.datetime,
    take_away: Collection[str] = (),
) -> Statement:
    """Everything in a preview, or nothing; the same preview confirmed again gives the same statement.

    `seen` is the digest of the plan that the person was shown, `in_addition` that figures beside what the system has
    recorded are meant to come on top, `take_away` (`Change.key`) which of the figures whose cells came back empty are
    taken back: the others stay. Refused: another plan by now, figures beside records that were not said to be in
    addition, a change without a reason, whatever cannot be stated.
    """
    held = PreviewedImport.objects.select_for_update().filter(pk=preview.pk).first()
    if held is None:
        return _stated_before(preview)
    period, asked = parse_period(held.period), asked_in(held)
    _lock(_named(asked))
    plan = _plan(held.unit, period, asked, at)
    if not plan.effective and not plan.emptied:
        raise NothingStated(_("Nothing in it is new: every figure stands here already, or every cell is empty."))
    if plan.digest != seen or not set(take_away) <= {each.key for each in plan.emptied}:
        raise ChangedMeanwhile(_("Something has changed since you looked. Look through it once more, then confirm."))
    plan = plan.taking(take_away)
    if not plan.effective:
        raise NothingStated(_("Nothing would change: every figure stays as it is."))
    if plan.beside and not in_addition:
        raise NotSaidInAddition(_("Say that these figures come in addition to what the system has recorded."))
    if plan.needs_reason and not reason.strip():
        raise ReasonMissing(_("Say why figures stated before are changed."))
    statement = Statement.objects.create(
        id=held.pk,
        unit=held.unit,
        period=held.period,
        way=held.way,
        file_name=held.file_name,
        file_digest=held.file_digest,
        source=held.source,
        reason=_one_line(reason),
        stated_by=by.pk,
        stated_at=at,
    )
    _write(statement, period, plan.effective, by=by, at=at)
    held.delete()
    return statement


@transaction.atomic
def undo_statement(statement: Statement, *, reason: str, by: Person, at: dt.datetime) -> Statement:
    """Take back everything that a statement stated: what stood before it stands again.

    Refused: no reason, undone before, an undoing, a figure that a later statement has replaced.
    """
    if statement.way == StatingWay.UNDO:
        raise UndoingIsFinal(_("An undoing cannot be undone. State the figures anew."))
    if not reason.strip():
        raise ReasonMissing(_("Say in a few words why this is taken back."))
    _lock(Institution.objects.filter(pk__in=statement.figures.values("institution")))
    if Statement.objects.filter(undoes=statement).exists():
        raise AlreadyUndone(_("This was undone before."))
    histories = _histories(statement)
    _check_nothing_later(statement, histories)
    _check_nothing_beside(statement, histories)
    undoing = Statement.objects.create(
        id=uuid7(),
        unit=statement.unit,
        period=statement.period,
        way=StatingWay.UNDO,
        source=statement.source,
        reason=_one_line(reason),
        undoes=statement,
        stated_by=by.pk,
        stated_at=at,
    )
    _restore(undoing, histories, by=by, at=at)
    return undoing


def _named(asked: Iterable[Asked]) -> QuerySet[Institution]:
    return Institution.objects.filter(code__in={each.institution for each in asked})


def _plan(unit: AdminUnit, period: Period, asked: Sequence[Asked], at: dt.datetime) -> Planned:
    today = timezone.localdate(at)
    if period.starts_on > today:
        raise BadPeriod(_("It is too early: {period} has not begun.").format(period=period.words), field="period")
    plan = planned(sheet_of(unit, period, today, _named(asked)), asked)
    if plan.problems:
        raise CannotBeStated(plan)
    return plan


def _stated_before(preview: PreviewedImport) -> Statement:
    try:
        return Statement.objects.get(pk=preview.pk)
    except Statement.DoesNotExist:
        raise PreviewGone(_("This preview is not kept any more. Send the file again.")) from None


def _lock(institutions: QuerySet[Institution]) -> None:
    """Two people who state figures of one institution do so one after the other; reading and posting go on."""
    list(institutions.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _write(statement: Statement, period: Period, changes: Sequence[Change], *, by: Person, at: dt.datetime) -> None:
    slots = {slot_of(each.institution.pk, each.column, period): each for each in changes}
    standing = _standing(slots)
    revisions = _posted_revisions(slots)
    if wrong := [each.posting for each in standing.values() if each.posting is not None]:
        reverse_all(wrong, reason=statement.reason, by=by, at=at)
    figures = []
    for slot, change in slots.items():
        before = standing.get(slot)
        figures.append(
            StatedFigure(
                institution=change.institution,
                statement=statement,
                slot=slot,
                revision=before.revision + 1 if before else 1,
                column=change.column,
                period=period.code,
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                quantity=change.after,
                recorded=max(change.recorded, 0),
            )
        )
    days = {slot: each.institution.last_open for slot, each in slots.items()}  # type: ignore[attr-defined]
    _post(figures, revisions, days, by=by, at=at)


class _History:
    """All rows of one slot."""

    def __init__(self, rows: list[StatedFigure]) -> None:
        self.rows = {row.revision: row for row in rows}
        self.newest = max(rows, key=lambda row: row.revision)

    @property
    def origin(self) -> StatedFigure | None:
        """The row that holds, or the one that it restored: undoing what undid leaves the earlier to be undone."""
        row: StatedFigure | None = self.newest
        while row is not None and row.statement.undoes_id is not None:
            undone = next(each for each in self.rows.values() if each.statement_id == row.statement.undoes_id)
            row = self.rows.get(undone.revision - 1)
        return row

    @property
    def before(self) -> StatedFigure | None:
        """What stood before the row that holds: what stands again once it is undone."""
        return self.rows.get(self.origin.revision - 1) if self.origin else None

    @property
    def spot(self) -> Spot:
        return self.newest.institution_id, StatedColumn(self.newest.column)


def _histories(statement: Statement) -> list[_History]:
    """Of every figure of `statement`; one query."""
    own = statement.figures.values("slot")
    rows = StatedFigure.objects.filter(slot__in=own).select_related("institution", "posting", "statement")
    by_slot: dict[uuid.UUID, list[StatedFigure]] = {}
    for row in rows.order_by("institution_id", "slot"):
        by_slot.setdefault(row.slot, []).append(row)
    return [_History(each) for each in by_slot.values()]


def _check_nothing_later(statement: Statement, histories: Iterable[_History]) -> None:
    for history in histories:
        if history.origin is None or history.origin.statement_id != statement.pk:
            raise ReplacedLater(
                _(
                    "A later entry has replaced figures of {institution} and perhaps others. Undo that one first."
                ).format(institution=history.newest.institution.name)
            )


def _check_nothing_beside(statement: Statement, histories: Iterable[_History]) -> None:
    """What would stand again must not overlap a figure that was stated meanwhile: both would count twice."""
    again = {each.spot for each in histories if each.before is not None and each.before.quantity is not None}
    elsewhere = overlapping({institution for institution, _column in again}, parse_period(statement.period))
    for history in histories:
        if history.spot in again and history.spot in elsewhere:
            raise ReplacedLater(
                _("A figure of {institution} for {period} was stated meanwhile. Undo that one first.").format(
                    institution=history.newest.institution.name, period=elsewhere[history.spot].words
                )
            )


def _restore(undoing: Statement, histories: Sequence[_History], *, by: Person, at: dt.datetime) -> None:
    """Each figure becomes what it was before, on the day on which that was posted."""
    if wrong := [each.newest.posting for each in histories if each.newest.posting is not None]:
        reverse_all(wrong, reason=undoing.reason, by=by, at=at)
    figures, days = [], {}
    for history in histories:
        newest, before = history.newest, history.before
        if before is not None and before.posting is not None:
            days[newest.slot] = before.posting.occurred_on
        figures.append(
            StatedFigure(
                institution=newest.institution,
                statement=undoing,
                slot=newest.slot,
                revision=newest.revision + 1,
                column=newest.column,
                period=newest.period,
                starts_on=newest.starts_on,
                ends_on=newest.ends_on,
                quantity=before.quantity if before else None,
                recorded=before.recorded if before else 0,
            )
        )
    _post(figures, _posted_revisions([each.slot for each in figures]), days, by=by, at=at)


def _post(
    figures: Sequence[StatedFigure],
    revisions: dict[uuid.UUID, int],
    days: dict[uuid.UUID, dt.date],
    *,
    by: Person,
    at: dt.datetime,
) -> None:
    told = [figure for figure in figures if figure.quantity is not None]
    acts = [
        Act(figure.institution, figure.slot, days[figure.slot], _lines(figure), revisions.get(figure.slot, 0) + 1)
        for figure in told
    ]
    if acts:
        postings = post_all(acts, source_kind=SOURCE_KIND, by=by, at=at, kind=PostingKind.STATED)
        for figure, posting in zip(told, postings, strict=True):
            figure.posting = posting
    StatedFigure.objects.bulk_create(figures)


def _lines(figure: StatedFigure) -> list[Line]:
    """None where there was none: the posting alone says that it was reported."""
    column = StatedColumn(figure.column)
    return [Line(column.measure, figure.quantity, purpose=column.purpose)] if figure.quantity else []


def _standing(slots: Iterable[uuid.UUID]) -> dict[uuid.UUID, StatedFigure]:
    rows = newest_figures(StatedFigure.objects.filter(slot__in=list(slots)).select_related("posting"))
    return {row.slot: row for row in rows}


def _posted_revisions(slots: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = Posting.objects.filter(source_kind=SOURCE_KIND, source_id__in=list(slots))
    return dict(rows.values_list("source_id").annotate(Max("revision")).order_by())


def _source(text: str) -> str:
    source = _one_line(text)
    if not source:
        raise SourceMissing(
            _("Say where these figures are from, for instance: paper report of the institution."), field="source"
        )
    return source[:LONGEST_SOURCE]


def _one_line(text: str) -> str:
    return " ".join(normalise(text).split())[:LONGEST_SOURCE]
