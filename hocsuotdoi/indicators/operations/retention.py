"""What this area forgets, and when: previews that nobody confirmed. What was stated stays: it is part of the book."""

import datetime as dt

from hocsuotdoi.indicators.models import PreviewedImport

NEVER_CONFIRMED = dt.timedelta(days=30)


def forget(*, at: dt.datetime, dry_run: bool = True) -> dict[str, int]:
    """Delete (count only, if `dry_run`) previews of sheets that were not confirmed within 30 days."""
    doomed = PreviewedImport.objects.filter(made_at__lt=at - NEVER_CONFIRMED)
    return {"previews_never_confirmed": doomed.count() if dry_run else doomed.delete()[0]}
