"""Notes that a document went out: under which number and day, signed by whom, with the signed file brought back.

An office signs on paper, or with a certificate that never leaves its own token. Whatever it does, the number and day
are known to all who read the report, and the signed file stands beside what was frozen.
"""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import FileLost, keep_file, open_kept, without_traces
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.file_kind import MEDIA_TYPES, BadFileKind, FileKind, file_kind
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.reporting.enums import DocumentState, SnapshotKind
from hocsuotdoi.reporting.models import Document, IssuedDocument, Snapshot
from hocsuotdoi.reporting.models.report import FROZEN
from hocsuotdoi.reporting.operations.signatures import BrokenSignature, signatures_in

TAKES = frozenset({"pdf", "png", "jpg"})


class BadIssue(Refused):
    """A number, a day, a name or a file that cannot be."""


class NotToIssue(Refused):
    """A version that does not stand, or one whose number is noted already."""


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """The signed file, as it was handed in."""

    name: str
    content: bytes


@transaction.atomic
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
    """Note it, with the signatures that are found in the file.

    Refused: no number or signer, a day before the figures were frozen or still to come, a version that was returned or
    replaced, one that is noted already, a file of another kind or with a signature that does not fit what it signs.
    """
    snapshot = Snapshot.objects.select_for_update(of=("self",)).select_related("report").get(pk=snapshot.pk)
    _refuse_not_standing(snapshot)
    number, signer = normalise(number).strip(), normalise(signer).strip()
    if not number:
        raise BadIssue(_("Enter the number as it stands on the document, for example 12/BC-UBND."), field="number")
    if not signer:
        raise BadIssue(_("Enter who signed it."), field="signer")
    _refuse_day(snapshot, issued_on, timezone.localdate(at))
    issued = IssuedDocument(
        snapshot=snapshot, number=number, issued_on=issued_on, signer=signer, noted_at=at, noted_by=by.pk
    )
    if file is not None:
        _add_file(issued, file)
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


def _refuse_not_standing(snapshot: Snapshot) -> None:
    report = snapshot.report
    stands = True
    if snapshot.kind == SnapshotKind.REPORT and report is not None and report.cycle_id is not None:
        stands = report.state in FROZEN and snapshot.pk in (report.submitted_id, report.approved_id)
    if not stands:
        raise NotToIssue(_("This version does not stand: it was sent back or replaced by a later one."))
    noted = snapshot.issues.standing().first()
    if noted is not None:
        raise NotToIssue(
            _("It is noted already as number {number} of {day}. Take that back first if it is wrong.").format(
                number=noted.number, day=day_short(noted.issued_on)
            )
        )


def _refuse_day(snapshot: Snapshot, issued_on: dt.date, today: dt.date) -> None:
    frozen_on = timezone.localdate(snapshot.frozen_at)
    if issued_on < frozen_on:
        raise BadIssue(
            _("Its figures were frozen on {day}: it cannot have gone out before.").format(day=day_short(frozen_on)),
            field="issued_on",
        )
    if issued_on > today:
        raise BadIssue(_("This day is still to come."), field="issued_on")


def _add_file(issued: IssuedDocument, file: BroughtBack) -> None:
    try:
        kind = file_kind(file.name, file.content, takes=TAKES)
        content = without_traces(file.content, kind.media_type)
        found = signatures_in(content) if kind.media_type == MEDIA_TYPES["pdf"] else []
    except (BadFileKind, BrokenSignature) as problem:
        raise BadIssue(str(problem), field="file") from None
    except ValueError:
        raise BadIssue(_("This cannot be read as a picture: it seems to be damaged."), field="file") from None
    issued.signatures = [asdict(each) for each in found]
    issued.continues = _continued(issued.snapshot, content) if kind.media_type == MEDIA_TYPES["pdf"] else None
    _keep(issued, kind, content)


def _keep(issued: IssuedDocument, kind: FileKind, content: bytes) -> None:
    issued.file_name, issued.media_type = kind.file_name, kind.media_type
    issued.digest, issued.size = keep_file(content)


def _continued(snapshot: Snapshot, content: bytes) -> Document | None:
    """The program's own PDF of the snapshot with which the file begins, byte for byte."""
    made = snapshot.documents.filter(state=DocumentState.MADE, file_name__endswith=".pdf", size__lte=len(content))
    for document in made.order_by("-size"):
        try:
            with open_kept(document.digest) as kept:
                if content.startswith(kept.read()):
                    return document
        except FileLost:
            continue
    return None
