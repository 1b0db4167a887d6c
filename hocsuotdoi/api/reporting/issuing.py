"""That a document went out, from the program in which an office registers and signs what it sends."""

import datetime as dt
import uuid
from typing import Annotated, Self

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import File, Form, UploadedFile
from pydantic import ConfigDict, Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.api.reporting.documents import DocumentFileShape, router
from hocsuotdoi.api.routing import takes_file
from hocsuotdoi.api.shapes import Given, Readable, Shape
from hocsuotdoi.core.file_kind import LARGEST
from hocsuotdoi.reporting.formats.signed_pdf import Trust
from hocsuotdoi.reporting.models import IssuedDocument, Snapshot
from hocsuotdoi.reporting.operations.issuing import BroughtBack, note_issued, withdraw_issued
from hocsuotdoi.reporting.queries.documents import issuer_of
from hocsuotdoi.reporting.rules import may_issue

Upload = Annotated[
    UploadedFile | None, File(description=_("PDF with its electronic signatures, or a scan; at most 20 MB"))
]


class SignatureShape(Shape):
    signer: str = Field(description=_("Name and organisation in the certificate"))
    moment: str = Field(description=_("As the signature states it; empty: it states none"))
    trust: Trust
    is_followed: bool = Field(description=_("The file was changed after it; a later signature stands for that"))


class IssuedShape(Shape):
    """Under which number and day a document went out. Withdrawn: it was noted wrongly."""

    id: uuid.UUID
    number: str
    issued_on: dt.date
    signer: str
    file_name: str = Field(description=_("Empty: no signed file was brought"))
    digest: str = Field(description=_("SHA-256 of the file"))
    signatures: list[SignatureShape]
    noted_at: dt.datetime
    withdrawn_at: dt.datetime | None
    reason: str

    @classmethod
    def of(cls, each: IssuedDocument) -> Self:
        return cls(
            id=each.pk,
            number=each.number,
            issued_on=each.issued_on,
            signer=each.signer,
            file_name=each.file_name,
            digest=each.digest,
            signatures=[SignatureShape(**signature) for signature in each.signatures],
            noted_at=each.noted_at,
            withdrawn_at=each.withdrawn_at,
            reason=each.reason,
        )


class WithdrawnBecause(Given):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Ghi nhầm số"}]})

    reason: Annotated[str, Readable] = Field(min_length=1, max_length=300)


@router.get(
    "/snapshots/{slug:number}/issued",
    response=list[IssuedShape],
    summary=_("How a document went out"),
    description=_("For whoever may read the snapshot: number, day and signer, the newest first."),
)
@requires(Permission.VIEW_REPORT)
def issued_list(request: HttpRequest, number: str) -> list[IssuedShape]:
    snapshot = get_object_or_404(Snapshot.objects.visible_to(request.user).only("pk"), number=number)
    return [IssuedShape.of(each) for each in snapshot.issues.order_by("-noted_at", "pk")]


@router.post(
    "/snapshots/{slug:number}/issued",
    response=IssuedShape,
    summary=_("Note that a document went out"),
    description=_(
        "With the signed file where there is one. Sent as multipart/form-data. The same again changes nothing; what "
        "was noted wrongly is withdrawn first."
    ),
)
@takes_file
@requires(Permission.VIEW_REPORT)
def issued_note(
    request: HttpRequest,
    number: str,
    issued_number: Annotated[Annotated[str, Readable], Form(max_length=60, description=_("As 12/BC-UBND"))],
    issued_on: Annotated[dt.date, Form()],
    signer: Annotated[Annotated[str, Readable], Form(max_length=120, description=_("Name and office"))],
    file: Upload = None,
) -> IssuedShape:
    snapshot = _issued_by(request, number)
    brought = BroughtBack(file.name or "", file.read(LARGEST + 1)) if file else None
    issued = note_issued(
        snapshot, number=issued_number, issued_on=issued_on, signer=signer, file=brought, by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    return IssuedShape.of(issued)


@router.post(
    "/snapshots/{slug:number}/issued/{uuidstr:pk}/withdraw",
    response=IssuedShape,
    summary=_("Take back that a document went out"),
    description=_("Noted wrongly: it stays with the reason, and can be noted anew. The same again changes nothing."),
)
@requires(Permission.VIEW_REPORT)
def issued_withdraw(request: HttpRequest, number: str, pk: str, body: WithdrawnBecause) -> IssuedShape:
    snapshot = _issued_by(request, number)
    issued = get_object_or_404(snapshot.issues.visible_to(request.user), pk=pk)
    withdraw_issued(issued, reason=body.reason, by=request.user, at=timezone.now())
    issued.refresh_from_db()
    return IssuedShape.of(issued)


@router.get(
    "/issued-files/{uuidstr:pk}",
    response=DocumentFileShape,
    summary=_("A signed file"),
    description=_("For whoever may read the snapshot whose document it is."),
)
@requires(Permission.VIEW_REPORT)
def issued_file(request: HttpRequest, pk: str) -> DocumentFileShape:
    issued = get_object_or_404(IssuedDocument.objects.visible_to(request.user).exclude(digest=""), pk=pk)
    return DocumentFileShape.of(issued.file_name, issued.digest)


def _issued_by(request: HttpRequest, number: str) -> Snapshot:
    """The snapshot, to whoever may say that its document went out."""
    rows = Snapshot.objects.visible_to(request.user).select_related("report__goes_to__agency", "nomination__agency")
    snapshot = get_object_or_404(rows, number=number)
    if not may_issue(request.user, snapshot, issuer_of(snapshot), timezone.localdate()):
        raise PermissionDenied
    return snapshot
