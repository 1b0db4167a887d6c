"""Documents are asked for, written and kept: one by one, or those of a whole cycle in one run.

A row says that a document is wanted; whoever writes it locks the row, puts the bytes into the storage under their own
digest and only then says that it is made. So a worker that is killed leaves rows that wait, and nothing half made; the
next one goes on where it stopped, and the same bytes are never kept twice.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file, open_kept
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.jobs import enqueue
from hocsuotdoi.core.office import NoOffice, NotConverted, office_path, to_pdf
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat, DocumentKind, DocumentState
from hocsuotdoi.reporting.formats.context import Seal
from hocsuotdoi.reporting.formats.docx import render_document
from hocsuotdoi.reporting.formats.xlsx import render_annex
from hocsuotdoi.reporting.models import Cycle, Document, DocumentRun, DocumentTemplate, Snapshot
from hocsuotdoi.reporting.operations.checking import key_of
from hocsuotdoi.reporting.operations.signing import CannotSign, can_sign, sign_pdf
from hocsuotdoi.reporting.queries.documents import (
    chain_of,
    document_address,
    file_name_of,
    further_kinds,
    has_annex,
    kind_of,
    kind_of_report,
    reports_below,
    signer_of,
    template_for,
    templates_by_body,
)

logger = logging.getLogger(__name__)
AT_ONCE = 25
"""Documents between two looks whether the run was stopped; as many go to LibreOffice in one call."""
MOST_ATTEMPTS = 3
QUIET = dt.timedelta(minutes=6)
"""As long as one call of LibreOffice may take for as many, and more."""
_ROWS_AT_ONCE = 1000
_PDF = (DocumentFormat.PDF, DocumentFormat.SIGNED_PDF)


class NothingToWrite(Refused):
    """No report that leads there is frozen yet."""


class FormatNotOffered(Refused):
    """This machine writes no PDF, or the body has no certificate, or there are no tables."""


@transaction.atomic
def ask_document(
    snapshot: Snapshot, format: DocumentFormat, *, kind: DocumentKind | None = None, by: Person, at: dt.datetime
) -> Document:
    """The document of the snapshot in this format, by the template that is in use now: the one that is there, or a row
    for one that will be written. `kind` names another one than the snapshot's first. Asked again, one that had failed
    is tried anew.

    Refused: PDF without LibreOffice, a signature without certificate, an annex of what has no tables.
    """
    if kind is None or kind not in further_kinds(snapshot):
        kind = DocumentKind.ANNEX if format == DocumentFormat.XLSX else kind_of(snapshot)
    refuse_not_offered(snapshot, format, kind)
    template = None if kind == DocumentKind.ANNEX else template_for(kind, chain_of(snapshot, timezone.localdate(at)))
    document, _made = Document.objects.get_or_create(
        snapshot=snapshot, kind=kind, format=format, template=template, defaults={"asked_at": at, "asked_by": by.pk}
    )
    if document.state == DocumentState.FAILED:
        anew = {"state": DocumentState.WAITING, "attempts": 0, "problem": "", "asked_at": at, "asked_by": by.pk}
        Document.objects.filter(pk=document.pk).update(**anew)
        document.refresh_from_db()
    if document.state == DocumentState.WAITING:
        Document.objects.filter(pk=document.pk, asked_by=None).update(asked_by=by.pk)  # no longer the runs' alone
        enqueue("reporting.write_document", document=str(document.pk))
    return document


def refuse_not_offered(snapshot: Snapshot, format: DocumentFormat, kind: DocumentKind) -> None:
    if format in _PDF and office_path() is None:
        raise FormatNotOffered(
            _("This installation writes no PDF: take the Word document, or have LibreOffice installed.")
        )
    if format == DocumentFormat.SIGNED_PDF and not can_sign(signer_of(snapshot, kind)):
        raise FormatNotOffered(_("There is no certificate here with which this document could be signed."))
    if format == DocumentFormat.XLSX and not has_annex(snapshot):
        raise FormatNotOffered(_("This document has no tables to take away."))


@transaction.atomic
def begin_run(
    cycle: Cycle, agency: Agency, *, formats: Iterable[DocumentFormat], by: Person, at: dt.datetime
) -> DocumentRun:
    """Has the documents of all frozen reports of the cycle written that lead to the agency's and that `by` may read: of
    each the approved snapshot, else the submitted one. What is there already, or waits for
    another run, is this one's too: nothing is written twice, and no run takes a document from another.

    Refused: no format, PDF without LibreOffice, nothing frozen. Signatures are put one by one, never by a run.
    """
    wanted = sorted({DocumentFormat(each) for each in formats})  # two runs at once lock in one order
    if not wanted or DocumentFormat.SIGNED_PDF in wanted:
        raise FormatNotOffered(_("Choose Word, Excel or PDF. Documents are signed one by one."))
    if DocumentFormat.PDF in wanted and office_path() is None:
        raise FormatNotOffered(
            _("This installation writes no PDF: take the Word document, or have LibreOffice installed.")
        )
    run = DocumentRun(cycle=cycle, agency=agency, formats=wanted, asked_by=by.pk, asked_at=at)
    reports = list(reports_below(run, by, timezone.localdate(at)))
    if not reports:
        raise NothingToWrite(_("No report that leads to {agency} has been submitted yet.").format(agency=agency.name))
    run.save(force_insert=True)
    templates = templates_by_body(pk for each in reports for pk in (each.agency_id, *each.above) if pk)
    rows = []
    for each in reports:
        for format in wanted:
            kind = DocumentKind.ANNEX
            if format != DocumentFormat.XLSX:
                kind = kind_of_report(each, has_below=each.has_below)  # type: ignore[attr-defined]
            chain = [pk for pk in (each.agency_id, *each.above) if pk is not None]
            template = next((templates[pk, kind] for pk in chain if (pk, kind) in templates), None)
            rows.append(
                Document(snapshot_id=each.frozen, kind=kind, format=format, template_id=template, asked_at=at)  # type: ignore[attr-defined]
            )
    Document.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE, ignore_conflicts=True)
    _want(rows, run)
    _try_again(run)
    enqueue("reporting.write_documents", run=str(run.pk))
    return run


@transaction.atomic
def stop_run(run: DocumentRun, *, by: Person, at: dt.datetime) -> None:
    """No further document is begun; what is made stays. Going on is `go_on`."""
    DocumentRun.objects.filter(pk=run.pk, stopped_at=None).update(stopped_at=at)


@transaction.atomic
def go_on(run: DocumentRun, *, by: Person, at: dt.datetime) -> None:
    """Writes what still waits, and tries anew what failed."""
    DocumentRun.objects.filter(pk=run.pk).update(stopped_at=None)
    _try_again(run)
    enqueue("reporting.write_documents", run=str(run.pk))


def write_run(run: DocumentRun, *, at: dt.datetime) -> int:
    """Writes up to `AT_ONCE` waiting documents of the run; says how many are left to begin. Those that three workers
    have been killed over are given up. May be called by several workers at once: what one is writing is left to it."""
    if DocumentRun.objects.filter(pk=run.pk, stopped_at__isnull=False).exists():
        return 0
    waiting = run.documents.waiting()
    write(_begin(waiting, at=at), at=at)
    return _free(waiting, at).count()


def write(documents: list[Document], *, at: dt.datetime) -> None:
    """Writes them, each committed by itself; PDFs of all in one call of LibreOffice."""
    for document in documents:
        if document.format not in _PDF:
            _attempt(document, _render, at=at)
    wanted = {f"{document.pk}.docx": document for document in documents if document.format in _PDF}
    if not wanted:
        return
    pages, problem = _pdf_of(wanted)
    for name, document in wanted.items():
        _attempt(document, partial(_finished, pdf=pages.get(name), problem=problem, at=at), at=at)


def write_one(document: Document, *, at: dt.datetime) -> None:
    write(_begin(Document.objects.filter(pk=document.pk).waiting(), at=at), at=at)


def left_lying(*, at: dt.datetime) -> tuple[list[DocumentRun], list[Document]]:
    """Runs, and documents asked for one by one, that wait although nobody has written any of theirs for some minutes:
    their worker was killed."""
    lately = at - QUIET
    waiting = Document.objects.waiting().filter(asked_at__lt=lately)
    written = Document.objects.filter(runs=OuterRef("pk"), made_at__gte=lately)
    runs = DocumentRun.objects.filter(
        Exists(waiting.filter(runs=OuterRef("pk"))), ~Exists(written), stopped_at=None
    ).order_by("asked_at")
    of_a_run = Exists(Document.runs.through.objects.filter(document_id=OuterRef("pk")))
    single = waiting.filter(Q(asked_by__isnull=False) | ~of_a_run)
    return list(runs), list(_free(single, at).order_by("asked_at")[:AT_ONCE])


def _want(rows: list[Document], run: DocumentRun) -> None:
    """The documents of these rows, whoever wrote the row, are the run's: found by what makes each the only one."""
    wanted = {(row.snapshot_id, row.kind, row.format, row.template_id) for row in rows}
    there = Document.objects.filter(snapshot__in={row.snapshot_id for row in rows})
    found = there.values_list("snapshot", "kind", "format", "template", "pk")
    pair = Document.runs.through
    pairs = [pair(documentrun_id=run.pk, document_id=pk) for *key, pk in found if tuple(key) in wanted]
    pair.objects.bulk_create(pairs, batch_size=_ROWS_AT_ONCE)


def _try_again(run: DocumentRun) -> None:
    failed = run.documents.filter(state=DocumentState.FAILED)
    failed.update(state=DocumentState.WAITING, attempts=0, problem="")


def _free(waiting: QuerySet[Document], at: dt.datetime) -> QuerySet[Document]:
    """Those that no worker is writing; one that began them longer ago than `QUIET` was killed."""
    return waiting.filter(Q(begun_at=None) | Q(begun_at__lt=at - QUIET))


def _begin(waiting: QuerySet[Document], *, at: dt.datetime) -> list[Document]:
    """Takes some that no other worker is taking, and writes down that they were begun: a document over which workers
    die must not be begun for ever. Those never begun come first and together; what was begun before comes alone, so
    that one that hangs LibreOffice does not take the others with it again."""
    with transaction.atomic():
        taken = list(
            _free(waiting, at)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("snapshot__report__cycle", "snapshot__report__unit", "snapshot__report__agency", "template")
            .order_by("attempts", "asked_at", "pk")[:AT_ONCE]
        )
        given_up = [each.pk for each in taken if each.attempts >= MOST_ATTEMPTS]
        Document.objects.filter(pk__in=given_up).update(
            state=DocumentState.FAILED, begun_at=None, problem=_("Writing it was broken off three times.")
        )
        begun = [each for each in taken if not each.attempts]
        begun = begun or [each for each in taken if each.attempts < MOST_ATTEMPTS][:1]
        Document.objects.filter(pk__in=[each.pk for each in begun]).update(attempts=F("attempts") + 1, begun_at=at)
    for each in begun:
        each.attempts += 1
    return begun


def _attempt(document: Document, make: Callable[[Document], tuple[bytes, str]], *, at: dt.datetime) -> None:
    """One document in a transaction of its own, under the lock of its row; what another has made meanwhile stays.

    Waits for the row: who looks at it just now may only find that it has been begun here (`_begin`)."""
    try:
        with transaction.atomic():
            held = Document.objects.select_for_update().filter(pk=document.pk).waiting()
            if not held.exists():
                return
            body, signer = make(document)
            digest, size = keep_file(body)
            name = file_name_of(document.snapshot.number, DocumentKind(document.kind), DocumentFormat(document.format))
            Document.objects.filter(pk=document.pk).update(
                state=DocumentState.MADE,
                digest=digest,
                size=size,
                file_name=name,
                made_at=max(at, document.asked_at),
                problem="",
                signed_by=signer,
                signed_at=max(at, document.asked_at) if signer else None,
            )
    except Exception as error:  # one document that cannot be written must not keep the others waiting
        logger.warning("Document %s: %s", document.pk, error, exc_info=not isinstance(error, Refused))
        _failed(document, error)


def _failed(document: Document, error: Exception) -> None:
    problem = (str(error) or type(error).__name__).partition("\n")[0][:500]
    state = DocumentState.FAILED if document.attempts >= MOST_ATTEMPTS else DocumentState.WAITING
    Document.objects.filter(pk=document.pk).waiting().update(state=state, problem=problem, begun_at=None)


def _render(document: Document) -> tuple[bytes, str]:
    snapshot, address = document.snapshot, document_address(document.code)
    if document.format == DocumentFormat.XLSX:
        return render_annex(snapshot.content, snapshot.digest, address, key_of(document)), ""
    return _word(document), ""


def _word(document: Document) -> bytes:
    snapshot = document.snapshot
    seal = Seal(snapshot.digest, document.code, document_address(document.code), key_of(document))
    template = None
    if isinstance(document.template, DocumentTemplate):
        with open_kept(document.template.digest) as file:
            template = file.read()
    return render_document(DocumentKind(document.kind), snapshot.content, seal, template)


def _pdf_of(wanted: dict[str, Document]) -> tuple[dict[str, bytes], str]:
    """The PDF of each that can be written as Word; why the others have none is told when they are tried."""
    words: dict[str, bytes] = {}
    problem = ""
    for name, document in wanted.items():
        try:
            words[name] = _word(document)
        except Exception as error:
            problem = str(error)
            logger.warning("Document %s: %s", document.pk, error)
    try:
        return (to_pdf(words) if words else {}), problem
    except (NoOffice, NotConverted) as error:
        return {}, str(error)


def _finished(document: Document, *, pdf: bytes | None, problem: str, at: dt.datetime) -> tuple[bytes, str]:
    if pdf is None:
        raise RuntimeError(problem or _("LibreOffice could not turn it into PDF."))
    if document.format == DocumentFormat.PDF:
        return pdf, ""
    agency = signer_of(document.snapshot, DocumentKind(document.kind))
    if agency is None:
        raise CannotSign(_("There is no certificate here with which this document could be signed."))
    signed = sign_pdf(pdf, agency=agency, at=at)
    return signed.content, signed.subject
