"""How a register entry is written with everything that hangs on it, for the loaders. What is already there is kept."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from hocsuotdoi.core.vietnamese import sort_key
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.formats.spelling import search_text_of
from hocsuotdoi.places.models import (
    Equipment,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    InstitutionStatus,
    OpeningHours,
    Room,
)

Day = dt.date | None


@dataclass
class Entry:
    """A register entry to be written. Keys are those of the database; periods are (from, until), until exclusive."""

    institution: Institution
    placements: list[tuple[int, Day, Day, str]] = field(default_factory=list)
    """(unit, from, until, address)"""
    agencies: list[tuple[int, Day, Day]] = field(default_factory=list)
    states: list[tuple[InstitutionState, Day, Day, str]] = field(default_factory=list)
    """(state, from, until, reason)"""
    hours: list[tuple[int, dt.time, dt.time]] = field(default_factory=list)
    """(weekday, opens, closes)"""
    hours_from: Day = None
    rooms: list[tuple[str, int]] = field(default_factory=list)
    equipment: list[tuple[str, int, int]] = field(default_factory=list)
    """(kind, quantity, usable)"""
    checked_on: Day = None


def index(institution: Institution) -> Institution:
    """Fills what is computed from the name: order and search."""
    institution.sort_key = sort_key(institution.name)
    institution.search_text = search_text_of(institution.name)
    return institution


@transaction.atomic
def write_entries(entries: Iterable[Entry]) -> int:
    """Writes the entries whose code is not yet in the register and returns how many; edits made by people are kept."""
    entries = list(entries)
    codes = [entry.institution.code for entry in entries]
    there = set(Institution.objects.filter(code__in=codes).values_list("code", flat=True))
    new = [entry for entry in entries if entry.institution.code not in there]
    Institution.objects.bulk_create(index(entry.institution) for entry in new)
    InstitutionPlacement.objects.bulk_create(
        InstitutionPlacement(institution=e.institution, unit_id=unit, starts_on=a, ends_on=b, address=address)
        for e in new
        for unit, a, b, address in e.placements
    )
    InstitutionAgency.objects.bulk_create(
        InstitutionAgency(institution=e.institution, agency_id=agency, starts_on=a, ends_on=b)
        for e in new
        for agency, a, b in e.agencies
    )
    InstitutionStatus.objects.bulk_create(
        InstitutionStatus(institution=e.institution, state=state, starts_on=a, ends_on=b, reason=reason)
        for e in new
        for state, a, b, reason in e.states
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(institution=e.institution, weekday=day, opens_at=a, closes_at=b, starts_on=e.hours_from)
        for e in new
        for day, a, b in e.hours
    )
    Room.objects.bulk_create(
        Room(institution=e.institution, name=name, capacity=places) for e in new for name, places in e.rooms
    )
    Equipment.objects.bulk_create(
        Equipment(institution=e.institution, kind=kind, quantity=n, usable=usable, checked_on=e.checked_on)
        for e in new
        for kind, n, usable in e.equipment
    )
    return len(new)
