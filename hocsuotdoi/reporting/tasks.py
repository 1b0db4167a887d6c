"""Jobs of reporting."""

import logging
import uuid

from django.utils import timezone

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.jobs import enqueue, job
from hocsuotdoi.reporting.models import Document, DocumentRun
from hocsuotdoi.reporting.operations import addendum, documents, opening, reminders
from hocsuotdoi.reporting.operations import cycle as cycles

logger = logging.getLogger(__name__)


@job("reporting.open_cycle")
def open_cycle(cycle: int) -> None:
    """Opens a cycle that was ordered to open; does nothing where the order was taken back or another was quicker."""
    at = timezone.now()
    found = cycles.due_to_open(timezone.localdate(at)).filter(pk=cycle).first()
    if found is None:
        return
    by = Person.objects.filter(pk=found.opening_ordered_by).first()
    opened = opening.open_cycle(found, by=by, at=at)
    logger.info("Cycle %s opened: %s reports, %s institutions", found.code, opened.reports, opened.institutions)


@job("reporting.open_cycles", cron="*/5 * * * *")
def open_cycles() -> None:
    """Has those opened whose day has come, or whose opening was stopped in the middle."""
    for cycle in cycles.due_to_open(timezone.localdate()):
        enqueue("reporting.open_cycle", cycle=cycle.pk)


@job("reporting.remind", cron="50 23 * * *")  # ten minutes before the letters of the day are written in Viet Nam
def remind() -> None:
    """Notes who is to be reminded today of a report that is owed."""
    at = timezone.now()
    if noted := reminders.remind(day=timezone.localdate(at), at=at):
        logger.info("Reminders of reports: %s", noted)


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


@job("reporting.look_for_changes", cron="30 18 * * *")  # half past one at night in Viet Nam
def look_for_changes() -> None:
    """Looks which approved reports say other than the book says now; whether to tell it is a person's to decide."""
    at = timezone.now()
    if changed := addendum.look_for_changes(day=timezone.localdate(at), at=at):
        logger.info("Approved reports whose figures have changed: %s", changed)
