"""Documents: those of a snapshot with their files, and what anybody may check by the code printed in one."""

import base64
import datetime as dt
import uuid
from typing import Annotated, Self

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import address_of, public, requires
from hocsuotdoi.api.errors import Error, Problem
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Readable, Shape, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.core.limits import TooMany, count
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState
from hocsuotdoi.reporting.models import Document, Snapshot
from hocsuotdoi.reporting.operations.checking import has_paper, is_intact
from hocsuotdoi.reporting.queries.verification import CheckedDocument, checked_document, told_document

router = ApiRouter("documents", tag=_("Documents"))
MOST_CHECKED_A_MINUTE = 60


class DocumentShape(Shape):
    """One file written from a snapshot."""

    id: uuid.UUID
    kind: DocumentKind
    kind_name: str
    format: DocumentFormat
    state: DocumentState
    file_name: str = Field(description=_("Empty until it is written"))
    size: int | None = Field(description=_("In bytes"))
    digest: str = Field(description=_("SHA-256 of the file"))
    made_at: dt.datetime | None
    signed_by: str = Field(description=_("Subject of the certificate; empty: not signed"))
    page: str = Field(description=_("Address of the public page on which its figures can be checked"))

    @classmethod
    def of(cls, each: Document) -> Self:
        return cls(
            id=each.pk,
            kind=DocumentKind(each.kind),
            kind_name=name_of(DocumentKind, each.kind),
            format=DocumentFormat(each.format),
            state=DocumentState(each.state),
            file_name=each.file_name,
            size=each.size,
            digest=each.digest,
            made_at=each.made_at,
            signed_by=each.signed_by,
            page=address("portal:documents-document-check", each.code),
        )


class DocumentFileShape(Shape):
    file_name: str
    digest: str = Field(description=_("SHA-256 of the file"))
    content: str = Field(description=_("The file in Base64"))

    @classmethod
    def of(cls, file_name: str, digest: str) -> Self:
        """404 where the bytes are lost."""
        try:
            with open_kept(digest) as file:
                content = base64.b64encode(file.read()).decode()
        except FileLost:
            raise Http404 from None
        return cls(file_name=file_name, digest=digest, content=content)


class CheckedFigureShape(Shape):
    key: str
    label: str
    words: str = Field(description=_("As it is printed; where is_kept_back, why it is not told here"))
    numerator: str = Field(description=_("As text, empty where there is none"))
    denominator: str = Field(description=_("As text, empty where there is none"))
    coverage: str
    is_kept_back: bool = Field(description=_("Few people stand behind it"))


class CheckedChangeShape(Shape):
    label: str
    before: str
    after: str


class CheckedAddendumShape(Shape):
    number: str
    frozen_at: dt.datetime
    changes: list[CheckedChangeShape]


class CheckedShape(Shape):
    """A document as anybody may check it."""

    number: str
    kind: DocumentKind
    title: str
    issuer: str
    frozen_at: dt.datetime
    digest: str = Field(description=_("SHA-256 of the frozen figures"))
    file_digest: str = Field(description=_("SHA-256 of the file"))
    is_intact: bool = Field(description=_("The figures are those over which the digest was made"))
    is_withdrawn: bool = Field(description=_("It was sent back or put right later"))
    has_sample: bool
    amends: str = Field(description=_("Number of the document that it puts right"))
    issued_number: str = Field(description=_("Number that the office gave it; empty: none was noted"))
    issued_on: dt.date | None
    is_whole: bool = Field(description=_("Every number that the document prints is told here"))
    figures: list[CheckedFigureShape]
    changes: list[CheckedChangeShape]
    addenda: list[CheckedAddendumShape]

    @classmethod
    def of(cls, checked: CheckedDocument, *, is_intact: bool) -> Self:
        return cls(
            number=checked.number,
            kind=checked.kind,
            title=checked.title,
            issuer=checked.issuer,
            frozen_at=checked.frozen_at,
            digest=checked.digest,
            file_digest=checked.file_digest,
            is_intact=is_intact,
            is_withdrawn=checked.is_withdrawn,
            has_sample=checked.has_sample,
            amends=checked.amends,
            issued_number=checked.issued_number,
            issued_on=checked.issued_on,
            is_whole=checked.is_whole,
            figures=[
                CheckedFigureShape(
                    key=each.key,
                    label=each.label,
                    words=each.words,
                    numerator=each.numerator,
                    denominator=each.denominator,
                    coverage=each.coverage_words,
                    is_kept_back=each.is_kept_back,
                )
                for each in checked.figures
            ],
            changes=[
                CheckedChangeShape(label=each.label, before=each.before_words, after=each.after_words)
                for each in checked.changes
            ],
            addenda=[
                CheckedAddendumShape(
                    number=each.number,
                    frozen_at=each.frozen_at,
                    changes=[
                        CheckedChangeShape(label=change.label, before=change.before_words, after=change.after_words)
                        for change in each.changes
                    ],
                )
                for each in checked.addenda
            ],
        )


class CheckFilter(Shape):
    paper: Annotated[str, Readable] = Field(
        "", max_length=40, description=_("The comparison code that is printed: opens all it says")
    )


@router.get(
    "/documents/{slug:code}",
    response={200: CheckedShape, 429: Error},
    summary=_("Check a document"),
    description=_("By the code that is printed in it: whether it is intact, and each of its figures. Never a draft."),
)
@public
def document_check(request: HttpRequest, code: str, asked: Query[CheckFilter]) -> CheckedShape:
    try:
        count("document", address_of(request), most=MOST_CHECKED_A_MINUTE, at=timezone.now())
    except TooMany as refusal:
        raise Problem(429, "too_many", str(refusal)) from None
    document = told_document(code)
    if document is None:
        raise Http404
    checked = checked_document(document, has_paper=has_paper(document, asked.paper))
    return CheckedShape.of(checked, is_intact=is_intact(document.snapshot))


@router.get(
    "/snapshots/{slug:number}/documents",
    response=list[DocumentShape],
    summary=_("Documents of a snapshot"),
    description=_("For whoever may read the snapshot: its files, and what is still being written."),
)
@requires(Permission.VIEW_REPORT)
def document_list(request: HttpRequest, number: str) -> list[DocumentShape]:
    snapshot = get_object_or_404(Snapshot.objects.visible_to(request.user).only("pk"), number=number)
    found = Document.objects.visible_to(request.user).filter(snapshot=snapshot).order_by("asked_at", "pk")
    return [DocumentShape.of(each) for each in found]


@router.get(
    "/document-files/{uuidstr:pk}",
    response=DocumentFileShape,
    summary=_("A document’s file"),
    description=_("For whoever may read the snapshot from which it was written."),
)
@requires(Permission.VIEW_REPORT)
def document_file(request: HttpRequest, pk: str) -> DocumentFileShape:
    made = Document.objects.visible_to(request.user).filter(state=DocumentState.MADE)
    document = get_object_or_404(made, pk=pk)
    return DocumentFileShape.of(document.file_name, document.digest)
