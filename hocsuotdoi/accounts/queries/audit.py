"""The audit trail: who changed which plan, target, role or institution, when, from what to what.

The rows are written by database triggers (`core.audit`), so a change made in SQL is here as well, without a person.
Every tracked model is found by itself; where a thing is, and hence who may read its trail, follows from its links to
an institution, a unit or an agency (through at most three links, as task agency → task → plan → unit). A thing at no
place (powers switched on) is for who may read the trail of the whole country.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, reduce
from operator import or_
from typing import Any, cast

from django.apps import apps
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Field, ForeignKey, Max, Model, OuterRef, Q, QuerySet, Subquery, Value
from pghistory.models import Event

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import agencies_covered, institutions_covered, units_covered
from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency, Institution

_PLACES: dict[type[Model], Any] = {
    Institution: institutions_covered,
    AdminUnit: units_covered,
    Agency: agencies_covered,
}
_DEEPEST = 3
ALONE = 5
"""So many rows that one act changed alike are told one by one; of more, that there were so many."""
_Narrowing = Callable[[Someone, dt.date], Q]
_narrowed: dict[str, _Narrowing] = {}


def narrow_trail(label: str, condition: _Narrowing) -> None:
    """Areas above say so of kinds («reporting.report») that not everybody reads who leads the place they stand at: of
    their trail is told only what the condition lets pass."""
    _narrowed[label] = condition


@dataclass(frozen=True)
class Change:
    """One field: `before` and `after` are values, labels of choices, or the objects linked to (None: empty)."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True)
class TrailEntry:
    """One change of one row. `thing` is the row as it was then (`pk` set, links not loaded)."""

    kind: type[Model]
    act: str  # insert, update, delete
    at: dt.datetime
    person: Person | None
    thing: Model
    links: dict[str, Model]  # what the row linked to: field name → object
    changes: list[Change]
    number: int = 1  # so many rows of this kind changed in this way by one act: this entry stands for all of them


@dataclass(frozen=True)
class TrailPage:
    entries: list[TrailEntry]
    older_than: dt.datetime | None  # ask again with this for the next page; None at the end


@dataclass(frozen=True)
class ActPage:
    """Rows that one act changed alike, one by one. `below`: ask again with this for the next ones; None at the end."""

    entries: list[TrailEntry]
    below: int | None


@cache
def tracked_kinds() -> dict[str, type[Event]]:
    """Every tracked model's label («programme.plan») and the model of its events."""
    found: list[Any] = [model for model in apps.get_models() if issubclass(model, Event)]
    events: list[type[Event]] = [model for model in found if model.pgh_tracked_model is not None]
    return {tracked_by(model)._meta.label_lower: model for model in sorted(events, key=lambda e: e._meta.label)}


def tracked_by(event: type[Event]) -> type[Model]:
    """The model whose changes these events are."""
    return cast(type[Model], event.pgh_tracked_model)


def trail(
    person: Someone,
    *,
    day: dt.date,
    kinds: Iterable[str] = (),
    thing: tuple[str, str] | None = None,
    by: Person | None = None,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    limit: int = 50,
) -> TrailPage:
    """The newest `limit` changes before `ends_at` that `person` may read, newest first; what one act did to more than
    `ALONE` rows of a kind is one of them (`trail_of_act` tells these). A page ends with a whole act: those of one
    moment are not torn apart.

    `thing` is (label of a tracked model, key): its own changes and those of what hangs on it (a plan's targets).
    The number of queries depends on how many kinds of things changed, not on how many changes there are.
    """
    pieces = _pieces(person, day=day, kinds=kinds, thing=thing, by=by, starts_at=starts_at, ends_at=ends_at)
    if not pieces:
        return TrailPage([], None)
    moments = _newest_moments(pieces, limit + 1)
    if not moments:
        return TrailPage([], None)
    groups = _groups(pieces, moments[-1])
    chosen: list[tuple[str, int, int]] = []
    last: dt.datetime | None = None
    for at, of_moment in itertools.groupby(groups, key=lambda group: group[1]):
        if last is not None and len(chosen) >= limit:
            return TrailPage(_entries(chosen), last)
        for label, _at, keys in of_moment:
            chosen += [(label, keys[0], len(keys))] if len(keys) > ALONE else [(label, key, 1) for key in keys]
        last = at
    return TrailPage(_entries(chosen), last if len(moments) > limit else None)


def trail_of_act(
    person: Someone, *, day: dt.date, kind: str, act: str, at: dt.datetime, below: int | None = None, limit: int = 50
) -> ActPage:
    """What was done to each row of a kind in one moment, as `person` may read it; `below`: after this key."""
    rows = _readable(tracked_kinds()[kind], person, day).filter(pgh_label=act, pgh_created_at=at)
    if below is not None:
        rows = rows.filter(pgh_id__lt=below)
    keys = list(rows.order_by("-pgh_id").values_list("pgh_id", flat=True)[: limit + 1])
    entries = _entries([(kind, key, 1) for key in keys[:limit]])
    return ActPage(entries, keys[limit - 1] if len(keys) > limit else None)


def _pieces(
    person: Someone,
    *,
    day: dt.date,
    kinds: Iterable[str],
    thing: tuple[str, str] | None,
    by: Person | None,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
) -> dict[str, QuerySet]:
    """By kind: the rows that are asked for."""
    wanted = set(kinds) or set(tracked_kinds())
    pieces = {}
    for label, event in tracked_kinds().items():
        if label not in wanted:
            continue
        rows = _readable(event, person, day)
        if thing is not None:
            if not (paths := _paths_about(tracked_by(event), apps.get_model(thing[0]))):
                continue
            rows = rows.filter(_any_of(paths, thing))
        if by is not None:
            rows = rows.filter(pgh_context__metadata__user=str(by.pk))
        if starts_at is not None:
            rows = rows.filter(pgh_created_at__gte=starts_at)
        if ends_at is not None:
            rows = rows.filter(pgh_created_at__lt=ends_at)
        pieces[label] = rows
    return pieces


def _newest_moments(pieces: dict[str, QuerySet], number: int) -> list[dt.datetime]:
    """Whatever one act changed stands under one moment. One query."""
    newest = [
        rows.order_by("-pgh_created_at").values_list("pgh_created_at", flat=True).distinct()[:number]
        for rows in pieces.values()
    ]
    if len(newest) == 1:
        return list(newest[0])
    return list(newest[0].union(*newest[1:]).order_by("-pgh_created_at")[:number])


def _groups(pieces: dict[str, QuerySet], oldest: dt.datetime) -> list[tuple[str, dt.datetime, list[int]]]:
    """Kind, moment and keys of what was changed alike by one act, the newest first. One query."""
    groups = [
        rows.filter(pgh_created_at__gte=oldest)
        .order_by()
        .values("pgh_created_at", "pgh_label", "pgh_context_id")
        .annotate(
            trail_kind=Value(label),
            newest=Max("pgh_id"),
            keys=ArrayAgg("pgh_id", order_by="-pgh_id"),
        )
        .values_list("trail_kind", "pgh_created_at", "keys", "newest")
        for label, rows in pieces.items()
    ]
    found = groups[0].union(*groups[1:], all=True) if len(groups) > 1 else groups[0]
    return [(label, at, keys) for label, at, keys, _newest in found.order_by("-pgh_created_at", "-newest")]


def _readable(event: type[Event], person: Someone, day: dt.date) -> QuerySet:
    """Rows of things that stand where `person` may read the trail, and of the roles and powers of the person."""
    condition = Q(pk__in=[])
    places = _locations(tracked_by(event))
    for path, place in places:
        condition |= Q(**{f"{path}__in": _PLACES[place](person, Permission.VIEW_AUDIT, day).values("pk")})
    if not places and _reads_everything(person, day):
        return event.objects.all()
    own = [field.name for field in _links(tracked_by(event)) if field.name == "person"]
    if own and person is not None and person.is_authenticated:
        condition |= Q(person=person)
    if narrowing := _narrowed.get(tracked_by(event)._meta.label_lower):
        condition &= narrowing(person, day)
    return event.objects.filter(condition)


def _reads_everything(person: Someone, day: dt.date) -> bool:
    return units_covered(person, Permission.VIEW_AUDIT, day).filter(tier=Tier.COUNTRY).exists()


@cache
def _locations(model: type[Model], depth: int = 1) -> tuple[tuple[str, type[Model]], ...]:
    """Paths from a row to where it is: the nearest links to a place, level by level."""
    if model in (Institution, Agency):
        return (("id", model),)
    near = tuple((link.name, link.related_model) for link in _links(model) if link.related_model in _PLACES)
    if near or depth == _DEEPEST:
        return near
    return tuple(
        (f"{link.name}__{path}", place)
        for link in _links(model)
        if link.related_model not in {model, Person}
        for path, place in _locations(link.related_model, depth + 1)
    )


def _paths_about(model: type[Model], target: type[Model]) -> tuple[str, ...]:
    """How a row of `model` names the thing it is or hangs on."""
    return ("pgh_obj_id",) if model is target else _paths_to(model, target)


def _any_of(paths: tuple[str, ...], thing: tuple[str, str]) -> Q:
    key = apps.get_model(thing[0])._meta.pk.to_python(thing[1])
    return reduce(or_, (Q(**{path: key}) for path in paths))


@cache
def _paths_to(model: type[Model], target: type[Model], depth: int = 1) -> tuple[str, ...]:
    paths = []
    for link in _links(model):
        if link.related_model is target:
            paths.append(link.name)
        elif depth < _DEEPEST and link.related_model not in {model, Person, *_PLACES}:
            paths += [f"{link.name}__{path}" for path in _paths_to(link.related_model, target, depth + 1)]
    return tuple(paths)


def _links(model: type[Model]) -> list[ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _fields_kept(row: Any) -> list[Field]:
    """Of the tracked model, those that its events hold: some leave out people's names. Links are always held."""
    held = {field.attname for field in type(row)._meta.concrete_fields}
    return [field for field in row.pgh_tracked_model._meta.concrete_fields if field.attname in held]


def _entries(found: list[tuple[str, int, int]]) -> list[TrailEntry]:
    """Of kind, key and how many rows it stands for."""
    keys = defaultdict(list)
    for label, key, _number in found:
        keys[label].append(key)
    rows = {(label, row.pgh_id): row for label, ids in keys.items() for row in _with_previous(label, ids)}
    linked = _linked_objects(list(rows.values()) + [row.trail_previous for row in rows.values() if row.trail_previous])
    people = _people(rows.values())
    return [
        replace(_entry(tracked_kinds()[label], rows[label, key], linked, people), number=number)
        for label, key, number in found
    ]


def _with_previous(label: str, keys: list[int]) -> list[Any]:
    """The event rows, each with `.trail_previous`: the same row's event before it, or None."""
    event = tracked_kinds()[label]
    before = event.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    rows: list[Any] = list(
        event.objects.filter(pgh_id__in=keys)
        .select_related("pgh_context")
        .annotate(trail_previous_id=Subquery(before.values("pgh_id")[:1]))
    )
    previous = event.objects.in_bulk([row.trail_previous_id for row in rows if row.trail_previous_id])
    for row in rows:
        row.trail_previous = previous.get(row.trail_previous_id)
    return rows


def _linked_objects(rows: list[Any]) -> dict[tuple[type[Model], Any], Model]:
    keys = defaultdict(set)
    for row in rows:
        for link in _links(row.pgh_tracked_model):
            if (key := getattr(row, link.attname)) is not None:
                keys[link.related_model].add(key)
    return {
        (model, key): found for model, ids in keys.items() for key, found in model._base_manager.in_bulk(ids).items()
    }


def _people(rows: Iterable[Any]) -> dict[str, Person]:
    named = {row.pgh_context.metadata.get("user") for row in rows if row.pgh_context} - {None}
    return {str(person.pk): person for person in Person.objects.filter(pk__in=named)}


def _entry(event: type[Event], row: Any, linked: dict, people: dict[str, Person]) -> TrailEntry:
    kind = tracked_by(event)
    kept = {field.attname: getattr(row, field.attname) for field in _fields_kept(row)}
    user = row.pgh_context.metadata.get("user") if row.pgh_context else None
    return TrailEntry(
        kind=kind,
        act=row.pgh_label,
        at=row.pgh_created_at,
        person=people.get(str(user)),
        thing=kind(**kept),
        links={
            link.name: linked[link.related_model, kept[link.attname]]
            for link in _links(kind)
            if (link.related_model, kept[link.attname]) in linked
        },
        changes=_changes(row, linked) if row.pgh_label == "update" and row.trail_previous else [],
    )


def _changes(row: Any, linked: dict) -> list[Change]:
    pairs = [(f, getattr(row.trail_previous, f.attname), getattr(row, f.attname)) for f in _fields_kept(row)]
    return [
        Change(field, _readable_value(field, before, linked), _readable_value(field, after, linked))
        for field, before, after in pairs
        if before != after
    ]


def _readable_value(field: Field, value: Any, linked: dict) -> Any:
    if isinstance(field, ForeignKey):
        return linked.get((field.related_model, value), value)
    return dict(field.flatchoices).get(value, value) if field.choices else value
