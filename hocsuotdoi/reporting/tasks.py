"""Jobs of reporting."""

import uuid

from django.utils import timezone

from hocsuotdoi.core.jobs import enqueue, job
from hocsuotdoi.reporting.models import Document, DocumentRun
from hocsuotdoi.reporting.operations import documents


@job("reporting.write_document", attempts=documents.MOST_ATTEMPTS)
def write_document(document: str) -> None:
    """Writes one document that somebody asked for."""
    documents.write_one(Document.objects.get(pk=uuid.UUID(document)), at=timezone.now())


@job("reporting.write_documents")
def write_documents(run: str) -> None:
    """Writes some documents of a run, then asks for the next ones."""
    if documents.write_run(DocumentRun.objects.get(pk=uuid.UUID(run)), at=timezone.now()):
        enqueue("reporting.write_documents", run=run)


@job("reporting.resume_runs", cron="*/5 * * * *")
def resume_runs() -> None:
    """Goes on with runs and documents whose worker was killed."""
    runs, single = documents.left_lying(at=timezone.now())
    for run in runs:
        enqueue("reporting.write_documents", run=str(run.pk))
    for document in single:
        enqueue("reporting.write_document", document=str(document.pk))
