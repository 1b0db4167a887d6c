"""Counting evidence for boards. What is counted can be thrown away and counted anew; the law is `queries.evidence`."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hocsuotdoi.ledger.models import Posting
from hocsuotdoi.places.models import Agency, InstitutionAgency, InstitutionPlacement, UnitAncestry, UnitReading
from hocsuotdoi.programme.models import Assignment, AssignmentTally, CountedUntil
from hocsuotdoi.programme.queries.tally import HAS_RULE, evidence_counts

AT_ONCE = 2_000
_OVERLAP = dt.timedelta(minutes=15)  # what was posted while the last count ran may not have been seen by it


def count_evidence(*, at: dt.datetime, everything: bool = False) -> int:
    """Count what may have changed since the last count (`everything`: all there is) and return how many assignments
    were counted. Of years before the last nothing is counted any more, unless everything is."""
    rows = Assignment.objects.filter(HAS_RULE)
    if not everything:
        open_ones = Q(year=None) | Q(year__gte=timezone.localdate(at).year - 1)
        last = CountedUntil.objects.values_list("at", flat=True).first()
        touched = Q(tally=None)
        if last is not None:
            touched |= Q(agency__in=_agencies_touched(last - _OVERLAP))
            touched |= ~Q(task__evidence="")  # what other areas have is not in the book
        rows = rows.filter(open_ones & touched)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        count_for(keys[start : start + AT_ONCE], at=at)
    CountedUntil.objects.update_or_create(pk=1, defaults={"at": at})  # only now: a count that was ended begins anew
    return len(keys)


@transaction.atomic
def count_for(keys: Iterable[int], *, at: dt.datetime) -> None:
    """Count the evidence of these assignments, now."""
    AssignmentTally.objects.bulk_create(
        [
            AssignmentTally(
                assignment=each.assignment,
                happenings=each.happenings,
                last_on=each.last_on,
                met_on=each.met_on,
                counted_at=at,
            )
            for each in evidence_counts(keys, timezone.localdate(at))
        ],
        update_conflicts=True,
        unique_fields=["assignment"],
        update_fields=["happenings", "last_on", "met_on", "counted_at"],
    )


def _agencies_touched(since: dt.datetime) -> QuerySet[Agency]:
    """Those that answer, or ever did, for institutions of which something was posted. A posting's key begins with its
    moment, so the book is read from there and not from the start."""
    first = uuid.UUID(int=(int(since.timestamp() * 1000) & (2**48 - 1)) << 80)
    houses = list(Posting.objects.filter(pk__gte=first).order_by().values_list("institution", flat=True).distinct())
    stood = InstitutionPlacement.objects.filter(institution__in=houses)
    read_as = UnitReading.objects.filter(unit__in=stood.values("unit"))
    above = UnitAncestry.objects.filter(unit__in=read_as.values("reads_as"))
    run = InstitutionAgency.objects.filter(institution__in=houses)
    return Agency.objects.filter(Q(unit__in=above.values("ancestor")) | Q(pk__in=run.values("agency")))
