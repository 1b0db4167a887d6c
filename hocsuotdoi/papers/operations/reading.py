"""Saying that a paper has been read."""

import datetime as dt

from django.db import transaction

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper, Receipt
from hocsuotdoi.papers.queries.inbox import deliveries_to


@transaction.atomic
def note_read(paper: Paper, *, by: Person, at: dt.datetime, day: dt.date) -> int:
    """Notes that `by` has read it, for each body or institution at which `by` works and to which it was sent; returns
    for how many that is new. Nothing for a draft, or where it was not sent to."""
    if paper.state == PaperState.DRAFT:
        return 0
    deliveries = deliveries_to(by, day).filter(paper=paper)
    receipts = [Receipt(delivery_id=pk, read_by=by.pk, read_at=at) for pk in deliveries.values_list("pk", flat=True)]
    known = Receipt.objects.filter(read_by=by.pk, delivery__paper=paper).count()
    Receipt.objects.bulk_create(receipts, ignore_conflicts=True)
    return Receipt.objects.filter(read_by=by.pk, delivery__paper=paper).count() - known
