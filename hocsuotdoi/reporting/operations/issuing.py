"""Notes that a document went out: under which number and day, signed by whom, with the signed file brought back.

An office signs on paper, or with a certificate that never leaves its own token. Whatever it does, the number and day
are known to all who read the report, and the signed file stands beside what was frozen.
"""

import datetime as dt
import logging
import re
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file, without_traces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.file_kind import MEDIA_TYPES, BadFileKind, file_kind
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.reporting.enums import SnapshotKind
from hocsuotdoi.reporting.formats.signed_pdf import ChangedAfterwards, FoundSignature, UnreadableFile
from hocsuotdoi.reporting.models import IssuedDocument, Snapshot
from hocsuotdoi.reporting.models.report import FROZEN
from hocsuotdoi.reporting.operations.signatures import signatures_in
from hocsuotdoi.reporting.operations.signing import is_installed, trusted_files

logger = logging.getLogger(__name__)
TAKES = frozenset({"pdf", "png", "jpg"})
_NUMBER = re.compile(r"\d{1,6}[\w./-]*")


class BadIssue(Refused):
    """A number, a day, a name or a file that cannot be."""


class NotToIssue(Refused):
    """A version that does not stand, or one whose number is noted already."""


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The signed file, as it was handed in."""

    name: str
    content: bytes


def note_issued(
    snapshot: Snapshot,
    *,
    number: str,
    issued_on: dt.date,
    signer: str,
    file: BroughtBack | None,
    by: Person,
    at: dt.datetime,
) -> IssuedDocument:
    """Note it, with the signatures that are found in the file. The same again is what is there.

    Refused: no number or signer, a day before the figures were frozen or still to come, a version that was returned or
    replaced, one that is noted already, a file of another kind or with a signature that does not fit what it signs.
    """
    number = re.sub(r"^số\s*:?\s*", "", normalise(number).strip(), flags=re.IGNORECASE).replace(" ", "")
    if not _NUMBER.fullmatch(number):
        raise BadIssue(_("Enter the number as it stands on the document, for example 12/BC-UBND."), field="number")
    signer = normalise(signer).strip()
    if not signer:
        raise BadIssue(_("Enter who signed it."), field="signer")
    issued = IssuedDocument(number=number, issued_on=issued_on, signer=signer, noted_at=at, noted_by=by.pk)
    if file is not None:
        _add_file(issued, file)  # before anything is locked: it may take seconds
    with transaction.atomic():
        issued.snapshot = Snapshot.objects.select_for_update(of=("self",)).select_related("report").get(pk=snapshot.pk)
        there = issued.snapshot.issues.standing().filter(number=number, issued_on=issued_on, signer=signer).first()
        if there is not None and there.digest == issued.digest:
            return there
        if problem := why_not_to_issue(issued.snapshot):
            raise NotToIssue(problem)
        _refuse_day(issued.snapshot, issued_on, timezone.localdate(at))
        issued.save(force_insert=True)
    return issued


@transaction.atomic
def withdraw_issued(issued: IssuedDocument, *, reason: str, by: Person, at: dt.datetime) -> None:
    """Take back what was noted wrongly; it can then be noted anew. Done already: nothing. Refused: no reason."""
    reason = normalise(reason).strip()[:300]
    if not reason:
        raise BadIssue(_("Say why: the reason stays beside it."), field="reason")
    standing = IssuedDocument.objects.filter(pk=issued.pk).standing()
    standing.update(withdrawn_at=at, withdrawn_by=by.pk, reason=reason)


def why_not_to_issue(snapshot: Snapshot) -> str:
    """Empty where it may go out. One query."""
    report = snapshot.report
    if snapshot.kind == SnapshotKind.REPORT and report is not None and report.cycle_id is not None:
        stands = report.state in FROZEN and snapshot.pk in (report.submitted_id, report.approved_id)
        if not stands:
            return _("This version is no longer the one in use: it was sent back or replaced by a later one.")
    noted = snapshot.issues.standing().first()
    if noted is None:
        return ""
    return _("It is noted already as number {number} of {day}. Take that back first if it is wrong.").format(
        number=noted.number, day=day_short(noted.issued_on)
    )


def _refuse_day(snapshot: Snapshot, issued_on: dt.date, today: dt.date) -> None:
    """Minutes are signed on the spot and frozen later; anything else is signed once it is frozen."""
    first = timezone.localdate(snapshot.frozen_at)
    if snapshot.kind == SnapshotKind.MINUTES:
        visit = Visit.objects.filter(institution=snapshot.institution_id, pk=snapshot.visit_id).first()
        began_at = visit.began_at if visit else None
        first = timezone.localdate(began_at) if began_at else first
    if issued_on < first:
        raise BadIssue(
            _("What it says is of {day}: it cannot have gone out before.").format(day=day_short(first)),
            field="issued_on",
        )
    if issued_on > today:
        raise BadIssue(_("This day is still to come."), field="issued_on")


def _add_file(issued: IssuedDocument, file: BroughtBack) -> None:
    try:
        kind = file_kind(file.name, file.content, takes=TAKES)
        content = without_traces(file.content, kind.media_type)
    except BadFileKind as problem:
        raise BadIssue(str(problem), field="file") from None
    except ValueError:
        raise BadIssue(_("This cannot be read as a picture: it seems to be damaged."), field="file") from None
    if kind.media_type == MEDIA_TYPES["pdf"]:
        issued.signatures = [asdict(each) for each in _signatures(content)]
    issued.file_name, issued.media_type = kind.file_name, kind.media_type
    issued.digest, issued.size = keep_file(content)


def _signatures(pdf: bytes) -> list[FoundSignature]:
    """Where the library is not installed (the extra `sign`), nothing is said of them."""
    if not is_installed():
        return []
    try:
        return signatures_in(pdf, trusted_files())
    except ChangedAfterwards:
        raise BadIssue(
            _(
                "The file was changed after it was signed: its signature no longer fits. "
                "Bring the file as it was signed."
            ),
            field="file",
        ) from None
    except UnreadableFile as problem:
        logger.info("A PDF that was brought back: %s", problem)
        raise BadIssue(
            _("The signatures in this file cannot be checked: it is damaged, or locked by a password."), field="file"
        ) from None
