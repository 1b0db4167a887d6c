"""Who mends what was found at institutions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from functools import partial

from hocsuotdoi.accounts.queries.command import of_armed_forces
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency, InstitutionAgency, UnitAncestry
from hocsuotdoi.places.queries.institutions import places_of

ANSWERING = [AgencyKind.CULTURE_SOCIETY, AgencyKind.CULTURE, AgencyKind.PEOPLES_COMMITTEE, AgencyKind.MINISTRY]


def answering_agencies(institutions: Collection[int], day: dt.date) -> dict[int, Agency]:
    """By institution, who runs it; else the nearest office for culture, from its place upwards. Of the armed forces'
    only whoever runs it: nobody beside their line of command is to read what was found there. Five queries."""
    run = InstitutionAgency.objects.on(day).filter(institution__in=institutions).select_related("agency")
    found: dict[int, Agency] = {}
    for row in run.order_by("pk"):
        found.setdefault(row.institution_id, row.agency)
    own_line = set(of_armed_forces(day).filter(pk__in=institutions).values_list("pk", flat=True))
    left = [key for key in institutions if key not in found and key not in own_line]
    if not left:
        return found
    places = places_of(left, day)
    above: dict[int, dict[int, int]] = defaultdict(dict)
    lines = UnitAncestry.objects.on(day).filter(unit__in={place.pk for place in places.values()})
    for unit, ancestor, distance in lines.values_list("unit", "ancestor", "distance"):
        above[unit][ancestor] = distance
    units = {ancestor for ancestors in above.values() for ancestor in ancestors}
    offices = list(Agency.objects.on(day).filter(unit__in=units, kind__in=ANSWERING))
    for key, place in places.items():
        distances = above[place.pk]
        near = [each for each in offices if each.unit_id in distances]
        if near:
            found[key] = min(near, key=partial(_nearness, distances))
    return found


def _nearness(distances: dict[int, int], agency: Agency) -> tuple[int, int, int]:
    return distances[agency.unit_id or 0], ANSWERING.index(AgencyKind(agency.kind)), agency.pk
