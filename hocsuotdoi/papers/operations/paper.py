"""Entering a paper as a draft, changing it, its files, sending it down, withdrawing it."""

import datetime as dt
from dataclasses import dataclass, field, fields

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file, without_traces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.file_kind import BadFileKind, file_kind
from hocsuotdoi.core.one_by_one import one_by_one
from hocsuotdoi.core.vietnamese import normalise, search_text
from hocsuotdoi.papers.enums import PaperKind, PaperState
from hocsuotdoi.papers.models import Delivery, Paper, PaperFile, in_force
from hocsuotdoi.papers.queries.recipients import recipients_of
from hocsuotdoi.places.models import Agency

LONGEST_TEXT = 300_000
"""Letters of a full text: a code of laws; what the search index of one paper can hold."""
MOST_FILES = 20


class PaperRefused(Refused):
    """It cannot be as things are now."""


class BadPaper(Refused):
    """A field that cannot be so."""


class PaperChanged(Refused):
    """Somebody else has changed the paper since it was opened."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything of a paper that its sender writes."""

    title: str
    kind: PaperKind
    issuer: str
    number: str = ""
    issued_on: dt.date | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    summary: str = ""
    text: str = ""
    replaces: Paper | None = None
    change_note: str = ""
    is_public: bool = False
    to_tiers: list[str] = field(default_factory=list)
    to_kinds: list[str] = field(default_factory=list)
    to_classes: list[str] = field(default_factory=list)
    must_read: bool = True
    read_by: dt.date | None = None


@transaction.atomic
def enter_paper(sender: Agency, *, wording: Wording, by: Person, at: dt.datetime) -> Paper:
    """A draft of `sender`, which nobody else sees until it is sent.

    Refused (`BadPaper`, with the field): no title, days the wrong way round, a number that this issuer has given on
    that day already, or without a day, another one's place taken without saying what has changed.
    """
    return _write(Paper(sender=sender), wording)


@transaction.atomic
def change_paper(paper: Paper, *, version: int, wording: Wording, by: Person, at: dt.datetime) -> Paper:
    """Changes a draft. Refused: as entering; sent already; `PaperChanged` when `version` is not the newest."""
    return _write(_draft(paper, version), wording)


@transaction.atomic
def discard_paper(paper: Paper, *, by: Person, at: dt.datetime) -> None:
    """A draft goes with its files. What was sent is withdrawn instead."""
    draft = _draft(paper)
    draft.files.all().delete()
    draft.delete()


@transaction.atomic
def attach_file(paper: Paper, *, name: str, content: bytes, by: Person, at: dt.datetime) -> PaperFile:
    """Adds a file to a draft; the same bytes again change nothing.

    Refused: sent already, too many files, not a document or picture, too large.
    """
    draft = _draft(paper)
    try:
        kind = file_kind(name, content)
    except BadFileKind as bad:
        raise BadPaper(str(bad), field="file") from bad
    try:
        content = without_traces(content, kind.media_type)
    except ValueError:
        raise BadPaper(_("The file cannot be opened: it seems to be damaged."), field="file") from None
    known = {each.digest: each for each in draft.files.all()}
    digest, size = keep_file(content)
    if digest in known:
        return known[digest]
    if len(known) >= MOST_FILES:
        raise PaperRefused(_("A paper has at most {most} files.").format(most=MOST_FILES))
    last = max((each.ordinal for each in known.values()), default=-1)
    _changed_in(draft)
    return PaperFile.objects.create(
        paper=draft, file_name=kind.file_name, media_type=kind.media_type, size=size, digest=digest, ordinal=last + 1
    )


@transaction.atomic
def detach_file(file: PaperFile, *, by: Person, at: dt.datetime) -> None:
    """Takes a file off a draft. Refused: sent already."""
    _changed_in(_draft(file.paper))
    file.delete()


def _changed_in(draft: Paper) -> None:
    """Whoever is about to send it looks again: what goes out is what they saw."""
    draft.version += 1
    draft.save(update_fields=["version"])


@transaction.atomic
def send_paper(paper: Paper, *, version: int, by: Person, at: dt.datetime, day: dt.date) -> int:
    """Sends a draft down to everybody whom its rules name on `day`; returns to how many. From now on it stays as it is.

    The paper in whose place it stands holds until the first day of the new one, or never comes to hold. Refused: sent
    already, changed meanwhile, nothing to read in it, nobody who would get it or may read it, the day for reading over,
    what it replaces was withdrawn or replaced meanwhile.
    """
    draft = _draft(paper, version)
    _check_still_to_replace(draft)
    if not draft.text and not draft.files.exists():
        raise PaperRefused(_("There is nothing to read in it yet: add the document as a file, or its text."))
    if draft.must_read and draft.read_by is not None and draft.read_by < day:
        raise PaperRefused(_("The day until which it is to be read is over. Choose a later one."))
    draft.state, draft.sent_at, draft.sent_by = PaperState.SENT, at, by.pk
    draft.version += 1
    draft.save(update_fields=["state", "sent_at", "sent_by", "version"])
    number = _deliver(draft, day=day, at=at)
    if not number and not draft.is_public:
        raise PaperRefused(_("Nobody would get it: choose bodies or institutions, or let everybody read it."))
    _end_the_old(draft, day)
    return number


def deliver_to_new(*, day: dt.date, at: dt.datetime) -> int:
    """Bodies and institutions that came to stand since get what still holds on `day`; returns how many deliveries.
    Each paper in its own transaction; raises `SomeFailed` once all others are delivered."""
    papers = Paper.objects.filter(in_force(day)).select_related("sender")
    return sum(one_by_one(papers, transaction.atomic(lambda paper: _deliver(paper, day=day, at=at))))


@transaction.atomic
def withdraw_paper(paper: Paper, *, reason: str, by: Person, at: dt.datetime) -> None:
    """It holds no more; whoever got it reads why. Refused: no reason, not sent, withdrawn already."""
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.state != PaperState.SENT:
        raise PaperRefused(_("Only a paper that was sent can be withdrawn."))
    reason = " ".join(normalise(reason).split())
    if not reason:
        raise BadPaper(_("Say in a sentence why: whoever got it reads this."), field="reason")
    locked.state, locked.withdrawn_for = PaperState.WITHDRAWN, reason[:300]
    locked.version += 1
    locked.save(update_fields=["state", "withdrawn_for", "version"])


def _draft(paper: Paper, version: int | None = None) -> Paper:
    """The row, locked. Refused when it is no draft any more, or newer than what the person saw."""
    locked = Paper.objects.select_for_update().select_related("sender").filter(pk=paper.pk).first()
    if locked is None:
        raise PaperRefused(_("This draft is no longer there: somebody has discarded it."))
    if locked.state != PaperState.DRAFT:
        raise PaperRefused(_("This paper has been sent and stays as it is. Send another one in its place."))
    if version is not None and locked.version != version:
        raise PaperChanged(_("Somebody has changed this draft since you opened it. Read the newest one, then go on."))
    return locked


def _write(paper: Paper, wording: Wording) -> Paper:
    for each in fields(Wording):
        setattr(paper, each.name, getattr(wording, each.name))
    for name in ("title", "number", "issuer"):
        setattr(paper, name, " ".join(normalise(getattr(paper, name)).split()))
    for name in ("summary", "text", "change_note"):
        setattr(paper, name, normalise(getattr(paper, name)).strip())
    _check(paper)
    words = (paper.number, paper.title, paper.issuer, paper.summary, paper.text)
    paper.search_text = search_text(*words)
    paper.version = paper.version + 1 if paper.pk else 1
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        if "paper_number_once" not in str(error):
            raise
        if paper.issued_on is None:
            sentence = _(
                "A paper of this issuer with this number is there already, also without a day. If yours is another "
                "one, write the day on which it was issued."
            )
            raise BadPaper(sentence, field="issued_on") from error
        sentence = _("A paper with this number, issuer and day is there already.")
        raise BadPaper(sentence, field="number") from error
    return paper


def _check(paper: Paper) -> None:
    if not paper.title:
        raise BadPaper(_("Write the title as it stands on the document."), field="title")
    if not paper.issuer:
        raise BadPaper(_("Say who issued it."), field="issuer")
    if len(paper.text) > LONGEST_TEXT:
        raise BadPaper(
            _("The text is too long: at most {most} letters. Add the document as a file.").format(most=LONGEST_TEXT),
            field="text",
        )
    if paper.starts_on and paper.ends_on and paper.ends_on <= paper.starts_on:
        raise BadPaper(_("It ends before it has begun to hold."), field="ends_on")
    if paper.replaces is not None and not paper.change_note:
        raise BadPaper(_("Say in plain words what is different from the one before."), field="change_note")


def _deliver(paper: Paper, *, day: dt.date, at: dt.datetime) -> int:
    recipients = recipients_of(paper, day)
    known = set(paper.deliveries.values_list("agency_id", "institution_id"))
    agencies = [(pk, None) for pk in recipients.agencies.values_list("pk", flat=True)]
    institutions = [(None, pk) for pk in recipients.institutions.values_list("pk", flat=True)]
    new = [
        Delivery(paper=paper, agency_id=agency, institution_id=institution, sent_at=at)
        for agency, institution in [*agencies, *institutions]
        if (agency, institution) not in known
    ]
    Delivery.objects.bulk_create(new, ignore_conflicts=True, batch_size=5000)
    return len(new)


def _check_still_to_replace(draft: Paper) -> None:
    """Two drafts may mean to replace the same paper; one of them does."""
    if draft.replaces_id is None:
        return
    old = Paper.objects.select_for_update().get(pk=draft.replaces_id)
    if old.state == PaperState.WITHDRAWN:
        raise PaperRefused(_("The paper that this one replaces was withdrawn. Let it replace another, or none."))
    if old.replaced_by.filter(state__in=(PaperState.SENT, PaperState.OVERTAKEN)).exists():
        raise PaperRefused(_("Another paper has replaced that one already. Let this one replace the newer."))


def _end_the_old(paper: Paper, day: dt.date) -> None:
    """The one before holds until the new one begins to; an earlier end that it has already, stays. What was still to
    begin by then never comes to hold, and the new one stands in place of what that one was to replace, too."""
    begins_on = paper.starts_on or day
    before = paper.replaces_id
    while before is not None:
        old = Paper.objects.select_for_update().get(pk=before)
        was = (old.state, old.ends_on)
        if old.starts_on is not None and old.starts_on >= max(begins_on, day) and old.state == PaperState.SENT:
            old.state = PaperState.OVERTAKEN
        elif old.state != PaperState.OVERTAKEN:
            # Where the new one begins before it was sent, the old one has held meanwhile: until today.
            ends_on = begins_on if old.starts_on is None or old.starts_on < begins_on else day
            if (old.ends_on is None or old.ends_on > ends_on) and (old.starts_on is None or old.starts_on < ends_on):
                old.ends_on = ends_on
        if (old.state, old.ends_on) != was:
            old.version += 1
            old.save(update_fields=["state", "ends_on", "version"])
        before = old.replaces_id if old.state == PaperState.OVERTAKEN else None
