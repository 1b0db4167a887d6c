"""Documents of a snapshot: which there are, asking for one, taking it away."""

import datetime as dt
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.core.attachments import FileLost, open_kept
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.office import office_path
from hocsuotdoi.programme.queries.assignments import names_of
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState, SnapshotKind
from hocsuotdoi.reporting.formats.signed_pdf import Trust
from hocsuotdoi.reporting.models import Document, IssuedDocument, Report, Snapshot
from hocsuotdoi.reporting.operations.checking import is_intact
from hocsuotdoi.reporting.operations.documents import ask_document, write_one
from hocsuotdoi.reporting.operations.issuing import why_not_to_issue
from hocsuotdoi.reporting.operations.signing import can_sign
from hocsuotdoi.reporting.queries.documents import (
    further_kinds,
    has_annex,
    issuer_of,
    kind_of,
    signer_of,
    with_issue,
)
from hocsuotdoi.reporting.queries.verification import is_told
from hocsuotdoi.reporting.rules import may_act_for, may_issue, seats_of

MEDIA_TYPES = {
    DocumentFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.SIGNED_PDF: "application/pdf",
}
_NEWEST = 25
_AT_ONCE = {DocumentFormat.DOCX, DocumentFormat.XLSX}
"""Written while the person waits: a fraction of a second. PDF takes a program of its own."""


@dataclass(frozen=True, slots=True)
class Way:
    """A format in which the document, or another one that is written from the same (`kind`), can be had."""

    format: DocumentFormat
    label: str | Promise
    kind: DocumentKind | None = None

    @property
    def value(self) -> str:
        return f"{self.format}:{self.kind}" if self.kind else self.format.value


_WAYS = [
    Way(DocumentFormat.DOCX, gettext_lazy("Word document, to sign by hand")),
    Way(DocumentFormat.XLSX, gettext_lazy("Annex with every figure (Excel)")),
    Way(DocumentFormat.PDF, gettext_lazy("PDF")),
    Way(DocumentFormat.SIGNED_PDF, gettext_lazy("PDF, signed with the body’s certificate")),
]


@requires(Permission.VIEW_WORKSPACE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The newest of what was frozen, and the ways on."""
    snapshots = seen(request).select_related("report__agency", "report__unit", "institution", "nomination__agency")
    held = request.permissions
    return render(
        request,
        "workspace/documents/overview.html",
        {
            "snapshots": with_issue(snapshots.defer("content"))[:_NEWEST],
            "may_report": Permission.VIEW_REPORT in held,
            "may_remind": Permission.APPROVE_REPORT in held,
            "may_nominate": Permission.NOMINATE in held or Permission.VIEW_REPORT in held,
        },
    )


@requires(Permission.VIEW_WORKSPACE)
@require_http_methods(["GET", "POST"])
def snapshot_documents(request: HttpRequest, number: str) -> HttpResponse:
    snapshot = seen_snapshot(request, number)
    now = timezone.now()
    offered = _offered(request, snapshot, timezone.localdate(now))
    if request.method == "POST":
        asked = next((way for way in offered if way.value == request.POST.get("format", "")), None)
        if asked is None:
            raise PermissionDenied
        try:
            document = ask_document(snapshot, asked.format, kind=asked.kind, by=request.user, at=now)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("workspace:documents-snapshot-documents", number=number)
        if document.state == DocumentState.WAITING and document.format in _AT_ONCE:
            write_one(document, at=now)
            document.refresh_from_db()
        if document.state == DocumentState.MADE:
            return redirect("workspace:documents-document-file", pk=document.pk)
        messages.info(request, _("The document is being written. Look again in a minute."))
        return redirect("workspace:documents-snapshot-documents", number=number)
    documents = list(snapshot.documents.visible_to(request.user).order_by("-asked_at", "pk"))
    signed = {each.asked_by for each in documents if each.signed_by and each.asked_by}
    issues = list(snapshot.issues.visible_to(request.user).order_by("-noted_at", "pk"))
    issued = next((each for each in issues if each.withdrawn_at is None), None)
    asked_after = signed | ({issued.noted_by} if issued else set())
    names = names_of(asked_after) if asked_after else {}
    return render(
        request,
        "workspace/documents/snapshot_documents.html",
        {
            "snapshot": snapshot,
            "kind": kind_of(snapshot),
            "issuer": snapshot.content["header"]["issuer"],
            "ways": offered,
            "documents": [(each, names.get(each.asked_by, "") if each.signed_by else "") for each in documents],
            "issued": issued,
            "signatures": told_signatures(issued) if issued else [],
            "why_not": "" if issued else why_not_to_issue(snapshot),
            "noted_by": names.get(issued.noted_by, "") if issued else "",
            "withdrawn": [each for each in issues if each.withdrawn_at is not None],
            "may_issue": may_issue(request.user, snapshot, issuer_of(snapshot), timezone.localdate(now)),
            "is_issued": snapshot.kind != SnapshotKind.AWARD,
            "is_told": bool(documents) and is_told(snapshot),
            "is_intact": is_intact(snapshot),
            "has_office": office_path() is not None,
            "path": [to_overview()],
        },
    )


@requires(Permission.VIEW_WORKSPACE)
@require_GET
def document_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The bytes, for whoever may read the snapshot."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk, state=DocumentState.MADE)
    return served(document.digest, document.file_name, MEDIA_TYPES[DocumentFormat(document.format)], document.size)


def served(digest: str, file_name: str, media_type: str, size: int | None) -> FileResponse:
    try:
        content = open_kept(digest)
    except FileLost:
        raise Http404 from None
    response = FileResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    if size is not None:
        response["Content-Length"] = str(size)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def seen(request: HttpRequest) -> QuerySet[Snapshot]:
    return Snapshot.objects.visible_to(request.user)


def may_sign(request: HttpRequest, snapshot: Snapshot, day: dt.date) -> bool:
    """A report at the body that owes it, a letter at the one that reminds, anything else at the body that issues it.
    Nobody signs in another body's stead."""
    report: Report | None = snapshot.report
    if report is not None:
        signs = report.goes_to if snapshot.kind == SnapshotKind.LETTER and report.goes_to else report
        return seats_of(request.user, Permission.SIGN_DOCUMENT, day).are_at(signs)
    issuer = issuer_of(snapshot)
    return issuer is not None and may_act_for(request.user, Permission.SIGN_DOCUMENT, issuer, day)


_TRUST = {
    Trust.TRUSTED: gettext_lazy("It fits the file, and its certificate leads to an authority that is trusted here."),
    Trust.NO_ROOT: gettext_lazy(
        "It fits the file. Whose certificate it is was not proved: no authority's root is put in place here."
    ),
    Trust.NOT_PROVED: gettext_lazy(
        "It fits the file. Whose certificate it is could not be proved: it has run out, is of an old kind, or of an "
        "authority that is not trusted here."
    ),
    Trust.NOT_READ: gettext_lazy("Of a kind that cannot be checked here."),
}


def told_signatures(issued: IssuedDocument) -> list[dict[str, object]]:
    """Each with its moment, and in words whether it is to be relied on."""
    told = []
    for each in issued.signatures:
        words = str(_TRUST[Trust(each["trust"])])
        if each["is_followed"]:
            words = _("The file was changed after this signature; a later signature stands for that.")
        moment = dt.datetime.fromisoformat(each["moment"]) if each["moment"] else None
        told.append({"signer": each["signer"], "moment": moment, "words": words})
    return told


def to_overview() -> tuple[str, str]:
    return _("Writing documents"), reverse("workspace:documents-overview")


def seen_snapshot(request: HttpRequest, number: str) -> Snapshot:
    if "\0" in number:
        raise Http404
    snapshots = seen(request).select_related(
        "report__cycle", "report__unit", "report__agency", "report__goes_to__agency", "nomination__agency", "frozen_by"
    )
    return get_object_or_404(snapshots, number=number)


def _offered(request: HttpRequest, snapshot: Snapshot, day: dt.date) -> list[Way]:
    wanted = [DocumentFormat.DOCX]
    if has_annex(snapshot):
        wanted.append(DocumentFormat.XLSX)
    if office_path() is not None:
        wanted.append(DocumentFormat.PDF)
        if can_sign(signer_of(snapshot, kind_of(snapshot))) and may_sign(request, snapshot, day):
            wanted.append(DocumentFormat.SIGNED_PDF)
    further = [
        Way(way.format, f"{kind.label[:1].upper()}{kind.label[1:]}: {way.label}", kind)
        for kind in further_kinds(snapshot)
        for way in _WAYS
        if way.format in wanted and (way.format != DocumentFormat.SIGNED_PDF or can_sign(signer_of(snapshot, kind)))
    ]
    return [way for way in _WAYS if way.format in wanted] + further
