"""Which document a snapshot becomes, by whose template, and how far a run has come."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.core.addresses import address
from hocsuotdoi.core.dated import on
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import Agency, AgencyLine
from hocsuotdoi.reporting.enums import CycleKind, DocumentFormat, DocumentKind, DocumentState, SnapshotKind
from hocsuotdoi.reporting.models import Document, DocumentRun, DocumentTemplate, IssuedDocument, Report, Snapshot
from hocsuotdoi.reporting.models.report import FROZEN

_LONGEST_CHAIN = 6
_LAST = 50
_OF_SNAPSHOTS = {
    SnapshotKind.ADDENDUM: DocumentKind.ADDENDUM,
    SnapshotKind.LETTER: DocumentKind.REMINDER_LETTER,
    SnapshotKind.MINUTES: DocumentKind.INSPECTION_MINUTES,
    SnapshotKind.NOMINATION: DocumentKind.NOMINATION,
    SnapshotKind.AWARD: DocumentKind.CERTIFICATE,
}
_REVIEWS = {CycleKind.MID_TERM: DocumentKind.MID_TERM_REVIEW, CycleKind.FINAL: DocumentKind.FINAL_REVIEW}
ENDINGS = {
    DocumentFormat.DOCX: "docx",
    DocumentFormat.XLSX: "xlsx",
    DocumentFormat.PDF: "pdf",
    DocumentFormat.SIGNED_PDF: "pdf",
}


def kind_of(snapshot: Snapshot) -> DocumentKind:
    """What it is written as; its tables are an annex whatever it is. Reads the report with its cycle and unit."""
    kind = SnapshotKind(snapshot.kind)
    if kind in _OF_SNAPSHOTS:
        return _OF_SNAPSHOTS[kind]
    assert snapshot.report is not None
    return kind_of_report(snapshot.report, has_below=bool(snapshot.content.get("below")))


def kind_of_report(report: Report, *, has_below: bool) -> DocumentKind:
    if report.cycle is None:
        return DocumentKind.UNIT_REPORT
    if has_below and (review := _REVIEWS.get(CycleKind(report.cycle.kind))):
        return review
    if report.goes_to_id is None and report.unit.tier == Tier.COUNTRY:
        return DocumentKind.PRIME_MINISTER_REPORT
    return DocumentKind.CONSOLIDATED_REPORT if has_below else DocumentKind.UNIT_REPORT


def further_kinds(snapshot: Snapshot) -> list[DocumentKind]:
    """What else is written from it: with a proposal goes the draft of the decision."""
    drafted = snapshot.kind == SnapshotKind.NOMINATION and "decision" in snapshot.content
    return [DocumentKind.COMMENDATION_DECISION] if drafted else []


def has_annex(snapshot: Snapshot) -> bool:
    return snapshot.kind == SnapshotKind.REPORT


def issuer_of(snapshot: Snapshot) -> Agency | None:
    """The body whose document it is: whose template is taken and with whose certificate it is signed. A letter is the
    receiver's that reminds. None: a report outside any cycle, which is the unit's."""
    if snapshot.kind in {SnapshotKind.NOMINATION, SnapshotKind.AWARD}:
        return snapshot.nomination.agency if snapshot.nomination else None
    if snapshot.kind == SnapshotKind.MINUTES:
        visit = Visit.objects.select_related("plan__agency").filter(
            institution=snapshot.institution_id, pk=snapshot.visit_id
        )
        return visit[0].plan.agency if visit else None
    report = snapshot.report
    if report is None:
        return None
    if snapshot.kind == SnapshotKind.LETTER and report.goes_to is not None:
        return report.goes_to.agency
    return report.agency


def signer_of(snapshot: Snapshot, kind: DocumentKind) -> Agency | None:
    """With whose certificate it may be signed here. A decision, and the certificate that follows it, only where the
    body that proposes decides itself: no body signs for its superior."""
    issuer = issuer_of(snapshot)
    if kind not in {DocumentKind.COMMENDATION_DECISION, DocumentKind.CERTIFICATE} or issuer is None:
        return issuer
    content = snapshot.content
    header = content["decision"]["header"] if kind == DocumentKind.COMMENDATION_DECISION else content["header"]
    return issuer if header["issuer"] == issuer.name else None


def chain_of(snapshot: Snapshot, day: dt.date) -> list[int]:
    """The issuing body and those above it, the nearest first: whose template serves."""
    issuer = issuer_of(snapshot)
    if issuer is None:
        return []
    report = snapshot.report
    if report is not None and issuer.pk == report.agency_id:
        return [issuer.pk, *report.above]
    if report is not None and issuer.pk in report.above:
        return list(report.above[report.above.index(issuer.pk) :])
    return _up_the_line(issuer.pk, day)


def template_for(kind: DocumentKind, chain: Iterable[int]) -> DocumentTemplate | None:
    """The nearest body's own; None: the one that comes with the program."""
    order = list(chain)
    found = {each.agency_id: each for each in DocumentTemplate.objects.in_use().filter(kind=kind, agency__in=order)}
    return next((found[agency] for agency in order if agency in found), None)


def with_issue(snapshots: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """Each with the number and day under which it went out, in `gone_out` (none or one). One more query."""
    return snapshots.prefetch_related(
        Prefetch("issues", queryset=IssuedDocument.objects.standing(), to_attr="gone_out")
    )


def document_address(code: str) -> str:
    """Where its QR code leads."""
    root = settings.PUBLIC_URL or f"http://localhost:{settings.PORT}"
    return f"{root}{address('portal:documents-document-check', code)}"


def file_name_of(snapshot_number: str, kind: DocumentKind, format: DocumentFormat) -> str:
    part = {DocumentKind.ANNEX: "-phu-luc", DocumentKind.COMMENDATION_DECISION: "-quyet-dinh"}.get(kind, "")
    signed = "-da-ky" if format == DocumentFormat.SIGNED_PDF else ""
    return f"{snapshot_number}{part}{signed}.{ENDINGS[format]}"


def newest_of_kind(kind: DocumentKind, visible: QuerySet[Snapshot] | None = None) -> Snapshot | None:
    """The newest snapshot that is written as this kind, among the last ones."""
    snapshots = Snapshot.objects.all() if visible is None else visible
    of_others = {document: snapshot for snapshot, document in _OF_SNAPSHOTS.items()}
    of_others[DocumentKind.COMMENDATION_DECISION] = SnapshotKind.NOMINATION
    snapshots = snapshots.filter(kind=of_others.get(kind, SnapshotKind.REPORT))
    newest = snapshots.select_related("report__cycle", "report__unit").order_by("-frozen_at", "-pk")[:_LAST]
    return next((each for each in newest if kind in (kind_of(each), *further_kinds(each))), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    made: int
    failed: int
    waiting: int

    @property
    def expected(self) -> int:
        return self.made + self.failed + self.waiting


def progress_of(run: DocumentRun) -> Progress:
    """One GROUP BY, however many documents."""
    counts = dict(run.documents.order_by().values_list("state").annotate(n=Count("pk")))
    return Progress(
        counts.get(DocumentState.MADE, 0), counts.get(DocumentState.FAILED, 0), counts.get(DocumentState.WAITING, 0)
    )


def reports_below(run: DocumentRun, person: Someone, day: dt.date) -> QuerySet[Report]:
    """What a run writes: the frozen reports of its cycle that lead to the agency's, its own among them, as far as
    `person` may read them. One that was returned or reopened keeps its snapshot, but does not stand."""
    return (
        Report.objects.visible_to(person, day)
        .filter(Q(agency=run.agency_id) | Q(above__contains=[run.agency_id]), cycle=run.cycle_id, state__in=FROZEN)
        .annotate(
            frozen=Coalesce("approved", "submitted"), has_below=Exists(Report.objects.filter(goes_to=OuterRef("pk")))
        )
        .select_related("cycle", "unit")
        .order_by("pk")
    )


def templates_by_body(agencies: Iterable[int]) -> Mapping[tuple[int, str], int]:
    """(agency, kind) → the template in use."""
    found = DocumentTemplate.objects.in_use().filter(agency__in=set(agencies))
    return {(agency, kind): pk for agency, kind, pk in found.values_list("agency", "kind", "pk")}


def made_documents(run: DocumentRun, person: Someone, day: dt.date) -> QuerySet[Document]:
    """The files of a run that `person` may read, by the number of the snapshot."""
    visible = Document.objects.visible_to(person, day).filter(runs=run, state=DocumentState.MADE)
    return visible.order_by("snapshot__number", "format")


def _up_the_line(agency: int, day: dt.date) -> list[int]:
    chain = [agency]
    while len(chain) < _LONGEST_CHAIN:
        above = (
            AgencyLine.objects.filter(on(day), agency=chain[-1])
            .order_by("kind", "pk")
            .values_list("superior", flat=True)
        )
        fresh = [pk for pk in above if pk not in chain]
        if not fresh:
            break
        chain.append(fresh[0])
    return chain
