"""Forgetting people: pictures taken at visits, and the names of those who were met there. What was asked, answered,
found and concluded stays; so do the frozen minutes, which the law on archives keeps."""

import datetime as dt

import pgtrigger
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from hocsuotdoi.core.attachments import forget_files
from hocsuotdoi.inspection.enums import MENDED_BY_A_DAY, VisitState
from hocsuotdoi.inspection.models import FindingCheck, Visit, VisitFinding, VisitNotice, VisitPhoto
from hocsuotdoi.inspection.queries.figures import NOT_MENDED, with_check

_LONGEST = relativedelta(months=60)
"""What is never mended is evidence for so long, and then no more."""
_TOLD = dt.timedelta(days=90)

_ON_FINISHED_VISITS = ("inspection.VisitPhoto:photo_kept_when_finished",)


@transaction.atomic
def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Erase (count only, if `dry_run`) the pictures and names of visits that were over more than
    `INSPECTION_KEPT_MONTHS` before `at`, and what people were told of visits a quarter of a year ago. A visit is over
    when it was closed, or cancelled after it had begun; with something to be mended, when the last of it was seen to be
    mended. Nothing is kept longer than five years. Running it again finds nothing."""
    visits = over_before(at)
    photos = VisitPhoto.objects.filter(visit__in=visits.values("pk"))
    notices = VisitNotice.objects.filter(at__lt=at - _TOLD)
    if dry_run:
        return {"visits": visits.count(), "pictures": photos.count(), "visit notices": notices.count()}
    keys = list(visits.values_list("pk", flat=True))
    found = list(VisitPhoto.objects.filter(visit__in=keys).values_list("pk", "digest"))
    with pgtrigger.ignore(*_ON_FINISHED_VISITS):
        VisitPhoto.objects.filter(pk__in=[key for key, _digest in found]).delete()
    Visit.objects.filter(pk__in=keys).update(met="", signed=[], forgotten_at=at, version=F("version") + 1)
    digests = [digest for _key, digest in found]
    transaction.on_commit(lambda: forget_files(digests))
    told = notices.delete()[0]
    return {"visits": len(keys), "pictures": len(found), "visit notices": told}


def over_before(at: dt.datetime) -> QuerySet[Visit]:
    """Those whose pictures and names have been kept long enough."""
    local = timezone.localtime(at)
    before, longest = local - relativedelta(months=settings.INSPECTION_KEPT_MONTHS), local - _LONGEST
    of_visit = VisitFinding.objects.filter(visit=OuterRef("pk"), institution=OuterRef("institution_id"))
    to_mend = with_check(of_visit.filter(severity__in=MENDED_BY_A_DAY))
    looked_at = FindingCheck.objects.filter(
        finding__visit=OuterRef("pk"), institution=OuterRef("institution_id"), checked_at__gte=before
    )
    has_ended = Q(state=VisitState.CLOSED) | Q(state=VisitState.CANCELLED, began_at__isnull=False)
    ended = Visit.objects.filter(has_ended, forgotten_at=None).annotate(ended_at=Coalesce("closed_at", "began_at"))
    settled = ~Exists(to_mend.filter(NOT_MENDED)) & ~Exists(looked_at)
    return ended.filter(settled & Q(ended_at__lt=before) | Q(ended_at__lt=longest))
