"""Which kept parts a unit as reported is made of (`kept_parts`).

Kept are parts of leaves of today's map, year by year. A province of an earlier map is made of those leaves of which
every place lay in it, and of a rest: what lay in it of a leaf that others lie in too, such as what ended districts of
three provinces left to the province of today. The rest is looked at on the map of the year. Where the register makes
this doubtful (something moved within the year, or went elsewhere than its land) nothing is said, and all is looked at.
"""

import datetime as dt
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import FreshInstitutionMonth
from hocsuotdoi.indicators.queries.frame import Frame, Kept, Lying, frames_together, kept_at, kept_places, lyings_of
from hocsuotdoi.indicators.queries.together import rows_of
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, UnitParent, UnitReading

Readings = dict[int, int]
"""A unit of any time to the unit of a map as which it is read."""


@dataclass(frozen=True, slots=True)
class MadeOf:
    """`leaves`: units of today's map whose kept parts all belong to the unit. `rest`: units of the year's map; what is
    read as exactly these belongs to it too. `on_todays_map`: no unit has changed since."""

    leaves: frozenset[int]
    rest: frozenset[int]
    on_todays_map: bool


Lyings = dict[int, list[Lying]]
"""By the key of the group."""
OfGroups = dict[int, MadeOf]
"""By the key of the group."""


def made_of_leaves(
    frames: Sequence[Frame], groups: Sequence[Sequence[AdminUnit]], today: dt.date
) -> list[OfGroups | None]:
    """For each frame, all of them as reported and seen from `today`, what its groups are made of; None: that cannot be
    told from leaves. At most eight queries."""
    nothing: list[OfGroups | None] = [None for _frame in frames]
    if any(unit.tier == Tier.COMMUNE for members in groups for unit in members):
        return nothing  # of so little all is looked at quickly
    asked = [at for at, frame in enumerate(frames) if _is_whole(frame, today)]
    everyone = list({unit.pk: unit for at in asked for unit in groups[at]}.values())
    if not everyone:
        return nothing
    lyings: Lyings = {}
    for each in lyings_of(frames[asked[0]], everyone):
        lyings.setdefault(each.spot.group_id, []).append(each)
    asked = [at for at in asked if not any(_has_moved(lyings, frames[at], group.pk) for group in groups[at])]
    if not asked:
        return nothing
    found = _Maps([frames[at] for at in asked], everyone, lyings, today)
    for at, frame in zip(asked, found.frames, strict=True):
        nothing[at] = found.made(frame, groups[at])
    return nothing


def _is_whole(frame: Frame, today: dt.date) -> bool:
    last_day = min(dt.date(frame.year, 12, 31), today)
    return frame.has_begun and frame.last_day == last_day and frame.map_day == last_day


# Each is looked up: of all months of a province the first of a year is enough.
_COUNTED = """
SELECT place_id, year
  FROM unnest(%s::bigint[], %s::int[]) AS asked (place_id, year)
 WHERE EXISTS (SELECT FROM indicators_fresh_institutionmonth AS counted
                WHERE counted.place_id = asked.place_id
                  AND month >= make_date(year, 1, 1) AND month < make_date(year + 1, 1, 1))
"""


class _Maps:
    """The maps of all frames, and today's."""

    def __init__(self, frames: Sequence[Frame], groups: Sequence[AdminUnit], lyings: Lyings, today: dt.date) -> None:
        self.frames = frames_together(frames, frames[0].together)
        self.lyings = lyings
        self.then = self._readings(groups)
        self.leaf_of = self._leaves({place for each in self.then.values() for place in each}, today)
        self.places_of: dict[int, set[int]] = {}
        for place, leaf in self.leaf_of.items():
            self.places_of.setdefault(leaf, set()).add(place)
        whole = AdminUnit.objects.get(tier=Tier.COUNTRY)
        (now,) = frames_together([Frame(whole, today.year, today, leaves=tuple(sorted(self.places_of)))])
        self.kept_now = kept_places(now)
        self.counted = self._counted()
        self.known = self._known()
        self.changed = _last_change(today)

    def _readings(self, groups: Sequence[AdminUnit]) -> dict[tuple[dt.date, int], Readings]:
        """Day and group to the readings in the group on that day's map."""
        days = sorted({frame.map_day for frame in self.frames})
        found: dict[tuple[dt.date, int], Readings] = {}
        rows = rows_of(
            days,
            lambda day: UnitReading.objects.filter(
                on(day), on(day, "reads_as__ancestries__"), reads_as__ancestries__ancestor__in=groups
            ).values_list("reads_as__ancestries__ancestor_id", "unit_id", "reads_as_id"),
        )
        for day, each in zip(days, rows, strict=True):
            for group, place, unit in each:
                found.setdefault((day, group), {})[place] = unit
        return found

    def _leaves(self, places: Collection[int], today: dt.date) -> Readings:
        """Of all that is read as the leaves of `places`. What ended without an heir is read as nothing."""
        leaves = UnitReading.objects.filter(on(today), unit__in=places).values("reads_as")
        return dict(UnitReading.objects.filter(on(today), reads_as__in=leaves).values_list("unit_id", "reads_as_id"))

    def _counted(self) -> set[tuple[int, int]]:
        """(place, year) of those that lay otherwise than they are read, where something was counted in the year."""
        unlike = {
            (place, frame.year)
            for frame in self.frames
            for (day, group), readings in self.then.items()
            if day == frame.map_day
            for place in self._unlike(frame, group, readings)
        }
        if not unlike:
            return unlike
        with connection.cursor() as cursor:
            cursor.execute(_COUNTED, [list(each) for each in zip(*unlike, strict=True)])
            return set(cursor.fetchall())

    def _unlike(self, frame: Frame, group: int, readings: Readings) -> set[int]:
        """What is read in the group and did not lie in it, or the other way round."""
        always = {each.place for each in self.lyings.get(group, ()) if _is_whole_year(each, frame)}
        return readings.keys() ^ always

    def _known(self) -> set[int]:
        """Where an institution ever stood or something was counted, of what may be a rest."""
        rest = {
            place
            for readings in self.then.values()
            for place in readings
            if (leaf := self.leaf_of.get(place)) is None or not self._lies_whole(leaf, readings)
        }
        if not rest:
            return rest
        stood = InstitutionPlacement.objects.filter(unit__in=rest).values_list("unit_id")
        counted = FreshInstitutionMonth.objects.filter(place__in=rest).values_list("place_id")
        return {place for (place,) in stood.union(counted)}

    def made(self, frame: Frame, groups: Sequence[AdminUnit]) -> OfGroups | None:
        kept_then = kept_places(frame)
        made: OfGroups = {}
        for group in groups:
            readings = self.then.get((frame.map_day, group.pk), {})
            unlike = self._unlike(frame, group.pk, readings)
            if any((place, frame.year) in self.counted for place in unlike):
                return None
            leaves, rest = self._divided(readings)
            if not leaves or not self._agree(kept_then, readings, leaves, rest):
                return None
            made[group.pk] = MadeOf(frozenset(leaves), frozenset(rest), frame.map_day >= self.changed)
        return made

    def _divided(self, readings: Readings) -> tuple[set[int], set[int]]:
        """The leaves that lie whole in the group, and the units of the year's map that the rest is read as. No leaves
        where one of these units is read as a part of such a leaf, too: what it is, is looked at whole."""
        read_as = {leaf for leaf in map(self.leaf_of.get, readings) if leaf is not None}
        leaves = {leaf for leaf in read_as if self._lies_whole(leaf, readings)}
        outside = {place for place in readings.keys() & self.known if self.leaf_of.get(place) not in leaves}
        rest = {readings[place] for place in outside}
        is_shared = any(unit in rest and self.leaf_of.get(place) in leaves for place, unit in readings.items())
        return (set() if is_shared else leaves), rest

    def _lies_whole(self, leaf: int, readings: Readings) -> bool:
        return self.places_of[leaf] <= readings.keys()

    def _agree(self, kept_then: Kept, readings: Readings, leaves: Set[int], rest: Set[int]) -> bool:
        """Whether every institution that is read elsewhere than its land is in the group on the year's map where it is
        in one of its leaves on today's, or in the rest, and in nothing twice."""
        for institution, place in {*self.kept_now, *kept_then}:
            now, then = kept_at(self.kept_now, institution, place), kept_at(kept_then, institution, place)
            in_leaves, in_rest = self.leaf_of.get(now) in leaves, readings.get(then) in rest
            if (in_leaves and in_rest) or (then in readings) != (in_leaves or in_rest):
                return False
        return True


def _has_moved(lyings: Lyings, frame: Frame, group: int) -> bool:
    """Whether something lay in the group for a part of the year."""
    lay = (each for each in lyings.get(group, ()) if each.begins <= frame.last_day and frame.starts_on < each.stops)
    return not all(_is_whole_year(each, frame) for each in lay)


def _is_whole_year(lying: Lying, frame: Frame) -> bool:
    return lying.begins <= frame.starts_on and frame.last_day < lying.stops


def _last_change(today: dt.date) -> dt.date:
    """The last day on which a unit became another or came to lie elsewhere."""
    days = (
        model.objects.filter(starts_on__lte=today).aggregate(last=Max("starts_on"))["last"]
        for model in (UnitReading, UnitParent)
    )
    return max((day for day in days if day is not None), default=dt.date.min)
