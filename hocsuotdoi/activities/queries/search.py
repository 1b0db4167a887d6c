"""The words by which an activity is found: its own, its institution's name, the names of the places it is in."""

from collections import defaultdict
from collections.abc import Iterable

from hocsuotdoi.activities.models import Activity
from hocsuotdoi.core.vietnamese import search_text
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import UnitAncestry


def searchable_text(activity: Activity) -> str:
    """What `search_text` of `activity` shall be. One query, and one more where its institution is not loaded."""
    return searchable_texts([activity])[0]


def searchable_texts(activities: Iterable[Activity]) -> list[str]:
    """For each of `activities` (with their institutions) what its `search_text` shall be. One query for all."""
    activities = list(activities)
    places = _places_of({activity.institution_id for activity in activities})
    return [
        search_text(activity.title, activity.description, activity.institution.name, *places[activity.institution_id])
        for activity in activities
    ]


def _places_of(institutions: set[int]) -> defaultdict[int, list[str]]:
    """Institution → the names of what it stands in, the commune first; the country, which is everywhere, is left out.
    Today's is the placement without an end: no clock is needed."""
    rows = (
        UnitAncestry.objects.filter(
            ends_on=None, unit__placements__institution__in=institutions, unit__placements__ends_on=None
        )
        .exclude(ancestor__tier=Tier.COUNTRY)
        .order_by("distance")
        .values_list("unit__placements__institution", "ancestor__name")
    )
    places: defaultdict[int, list[str]] = defaultdict(list)
    for institution, name in rows:
        places[institution].append(name)
    return places
