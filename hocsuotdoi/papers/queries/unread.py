"""What people are told today of papers that were sent to their places and that nobody there has read."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hocsuotdoi.accounts.models import RoleAssignment
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.roles import LEADING_KINDS, ROLES
from hocsuotdoi.papers.models import Delivery, Paper, Receipt, to_follow
from hocsuotdoi.papers.queries.days import with_day
from hocsuotdoi.places.models import Agency

MORNING = dt.time(7)
"""What came until then is told on that day, what comes later on the next."""

SOON = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Unread:
    """`is_new`: it came since yesterday morning; else it is asked for again, shortly before its day or right after.
    `read_by`: the day of the place."""

    paper: Paper
    place: str
    is_new: bool
    read_by: dt.date | None


def unread_today(day: dt.date, people: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, list[Unread]]:
    """By person: what came new, and what is to be read by the day after tomorrow or was by yesterday. Each is told on
    three days at most, and not at all once anybody there has said that it was read. Three queries; `people`: only
    these."""
    found: dict[tuple[str, int], list[Any]] = {}
    for each in _told_on(day):
        key = ("agency", each.agency_id) if each.agency_id else ("institution", each.institution_id)
        found.setdefault(key, []).append(each)
    told: dict[uuid.UUID, dict[int, Unread]] = {}
    since = _morning(day - dt.timedelta(days=1))
    for person, place in _people_at(found, day, people):
        for each in found[place]:
            where = str(each.agency or each.institution)
            unread = Unread(each.paper, where, is_new=each.sent_at >= since, read_by=each.to_read_by)
            told.setdefault(person, {}).setdefault(each.paper_id, unread)
    return {person: list(by_paper.values()) for person, by_paper in told.items()}


def _told_on(day: dt.date) -> Iterable[Any]:
    new = Q(sent_at__gte=_morning(day - dt.timedelta(days=1)), sent_at__lt=_morning(day))
    asked_again = Q(paper__must_read=True, to_read_by__in=[day + SOON, day - dt.timedelta(days=1)])
    said = Receipt.objects.filter(delivery=OuterRef("pk"))
    return (
        with_day(Delivery.objects.all())
        .filter(new | asked_again, ~Exists(said), to_follow(day, "paper__"))
        .filter(sent_at__lt=_morning(day))
        .select_related("paper__sender", "agency", "institution")
        .defer("paper__text", "paper__search_text", "paper__search_vector")
        .order_by("to_read_by", "paper", "pk")
    )


def _people_at(
    places: Collection[tuple[str, int]], day: dt.date, people: Collection[uuid.UUID] | None
) -> Iterable[tuple[uuid.UUID, tuple[str, int]]]:
    """Whoever works there, as `inbox.deliveries_to` has it: a role at a unit is one at the bodies that lead it."""
    if not places:
        return
    roles = [r.name for r in ROLES.values() if Permission.VIEW_WORKSPACE in r.permissions and not r.must_be_switched_on]
    held = RoleAssignment.objects.usable(day).filter(role__in=roles, person__is_active=True)
    if people is not None:
        held = held.filter(person__in=people)
    agencies = {pk for kind, pk in places if kind == "agency"}
    institutions = {pk for kind, pk in places if kind == "institution"}
    at_units: dict[int, list[int]] = {}
    leading = Agency.objects.on(day).filter(pk__in=agencies, kind__in=LEADING_KINDS, unit__isnull=False)
    for pk, unit in leading.values_list("pk", "unit"):
        at_units.setdefault(unit, []).append(pk)
    rows = held.filter(Q(agency__in=agencies) | Q(institution__in=institutions) | Q(unit__in=at_units))
    for person, agency, institution, unit in rows.values_list("person", "agency", "institution", "unit"):
        for pk in [agency] if agency else at_units.get(unit, []):
            yield person, ("agency", pk)
        if institution:
            yield person, ("institution", institution)


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, MORNING))
