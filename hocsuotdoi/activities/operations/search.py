"""Keeping activities findable by the names of their institutions and places, which change without them."""

import datetime as dt
from itertools import islice

from django.db.models import Exists, OuterRef

from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.activities.queries.search import searchable_texts

AT_A_TIME = 500


def refresh_search_texts(*, at: dt.datetime) -> int:
    """Writes the searched text of activities that have sessions to come anew where it has changed: an institution was
    renamed or moved, a unit became another. Returns how many were.

    Not done: those that are over, where nobody looks."""
    to_come = Session.objects.filter(institution_id=OuterRef("institution_id"), activity=OuterRef("pk"), ends_at__gt=at)
    activities = Activity.objects.filter(Exists(to_come)).select_related("institution")
    changed = 0
    rows = activities.iterator(chunk_size=AT_A_TIME)
    while some := list(islice(rows, AT_A_TIME)):
        for activity, text in zip(some, searchable_texts(some), strict=True):
            if activity.search_text != text:
                changed += Activity.objects.filter(
                    institution_id=activity.institution_id, pk=activity.pk, search_text=activity.search_text
                ).update(search_text=text)
    return changed
