"""What a figure is read in: a unit, a year, and the day from which both are looked at."""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.queries.together import Rows, Together, raw_rows_of, rows_of
from hocsuotdoi.places.enums import InstitutionState, UnitKind
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, InstitutionStatus, UnitAncestry, UnitReading
from hocsuotdoi.places.queries.units import children_of, day_on_map_of, units_reading_as

_URBAN = {UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.URBAN_DISTRICT}


def is_urban(kind: str) -> bool | None:
    """Whether all of a place of this kind is town, or all of it countryside. None: a province, a special zone, a town
    of the former districts have both. The one rule for people who took part and for residents (decision 132)."""
    return True if kind in _URBAN else False if kind == UnitKind.COMMUNE else None


class Map(StrEnum):
    """On which map places are read."""

    TODAY = "today"
    """Constant territory: the unit's own map, today's for one that stands, its last day's for one that has ended."""
    REPORTED = "reported"
    """Each thing where its place lay on the day it happened."""
    DAY = "day"
    """Constant territory: the map of a day."""


@dataclass(frozen=True, slots=True)
class ChosenMap:
    """`day` matters on the map of a day only."""

    kind: Map = Map.TODAY
    day: dt.date | None = None

    @property
    def is_reported(self) -> bool:
        return self.kind == Map.REPORTED


TODAYS_MAP = ChosenMap()
AS_REPORTED = ChosenMap(Map.REPORTED)


Span = tuple[dt.date, dt.date]
"""First and last day."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A unit's year as seen on `as_of`. Facts after `as_of` are not looked at, nor after `until` where it is given: the
    last day of the units asked about, as reported. `together`: the frames that are asked with this one."""

    unit: AdminUnit
    year: int
    as_of: dt.date
    map: ChosenMap = TODAYS_MAP
    until: dt.date | None = None
    leaves: tuple[int, ...] = ()
    """Where only what is read as exactly these units is looked at (their keys), and not what is read below them: for
    parts, which add up over them. Empty: everything in `unit`."""
    within: frozenset[int] | None = None
    """Where only these institutions are looked at (their keys), all of them and wherever they stand: whoever asks has
    said which belong together, and there is one group. None: those that stand in `unit`."""
    together: Together = field(default_factory=Together, compare=False, repr=False)

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day that counts: the year's, or `as_of` while the year runs, or the unit's as reported."""
        days = [dt.date(self.year, 12, 31), self.as_of, self.until]
        days += [self.unit.last_day] if self.map.is_reported else []
        return min(day for day in days if day is not None)

    @property
    def is_running(self) -> bool:
        return self.last_day == self.as_of < dt.date(self.year, 12, 31)

    @property
    def is_whole_year(self) -> bool:
        """Nothing more can be posted for the year that the frame leaves out: it is over, or seen from today."""
        if self.last_day < min(dt.date(self.year, 12, 31), self.as_of):
            return False
        return not self.is_running or self.as_of >= timezone.localdate()

    @property
    def has_begun(self) -> bool:
        return self.starts_on <= self.last_day

    @property
    def map_day(self) -> dt.date:
        """The day of the map: today's for a living unit, its last day's for one that has ended, or the day chosen; as
        reported the last day that counts."""
        if self.map.is_reported:
            return day_on_map_of(self.unit, self.last_day)
        if self.map.kind == Map.DAY and self.map.day is not None:
            return self.map.day
        return day_on_map_of(self.unit, self.as_of)

    @property
    def constant(self) -> "Frame":
        """The same on the map of its last day: for what is only ever compared on constant territory."""
        return (
            replace(self, map=ChosenMap(Map.DAY, self.map_day), until=self.last_day) if self.map.is_reported else self
        )

    def stands(self, unit: AdminUnit) -> bool:
        """Whether the map has the unit; as reported, on a day that counts."""
        if self.map.is_reported:
            begun = unit.starts_on is None or unit.starts_on <= self.last_day
            return begun and (unit.ends_on is None or unit.ends_on > self.starts_on)
        return unit.holds_on(self.map_day)

    def rows(self, key: Hashable, build: "Callable[[Frame], QuerySet[Any, Any]]") -> Rows:
        """What `build` asks for this frame. It is asked for all frames together, in one query, and once for a `key`."""
        frames = self._beside
        return self._once(("rows", key), lambda: rows_of(frames, build))

    def raw_rows(
        self, key: Hashable, build: "Callable[[Frame], tuple[str, Any]]", shared: tuple[str, Any] | None = None
    ) -> Rows:
        """The same of a statement with its parameters; `shared` stands before those of all frames."""
        frames = self._beside
        return self._once(("raw rows", key), lambda: raw_rows_of(frames, build, shared))

    def rows_of_spans(
        self,
        key: Hashable,
        spans: "Callable[[Frame], Collection[Span]]",
        build: "Callable[[Frame, Span], QuerySet[Any, Any]]",
    ) -> Rows:
        """What `build` asks for each span of the frame, where it is the same for every frame that has the span: such
        a one (the base year of ten years) is asked for once. All in one query."""
        asked: dict[Span, Frame] = {}
        for frame in self._beside:
            for span in spans(frame):
                asked.setdefault(span, frame)

        def find() -> dict[Span, Rows]:
            found = rows_of([*asked.items()], lambda each: build(each[1], each[0]))
            return dict(zip(asked, found, strict=True))

        found = self.together.once(("spans", key, *asked), find)
        return [row for span in spans(self) for row in found[span]]

    def _once(self, key: Hashable, find: Callable[[], list[Rows]]) -> Rows:
        frames = self._beside
        of_one = (self.map, self.until)
        if len(frames) == 1:
            return self.together.once((key, of_one), find)[0]
        return self.together.once((key, frames), find)[frames.index(self)]

    def rows_of_map(self, key: Hashable, build: "Callable[[Frame], QuerySet[Any, Any]]") -> Rows:
        """What `build` asks of the frame's map and unit, in one query for all maps of the frames that are asked
        together: on constant territory they have the same."""
        return self._of_map(("rows", key), lambda frames: rows_of(frames, build))

    def raw_rows_of_map(self, key: Hashable, build: "Callable[[Frame], tuple[str, Any]]") -> Rows:
        return self._of_map(("raw rows", key), lambda frames: raw_rows_of(frames, build))

    def _of_map(self, key: Hashable, find: "Callable[[list[Frame]], list[Rows]]") -> Rows:
        maps = {(frame.map_day, frame.unit.pk): frame for frame in self._beside}
        found = self.together.once((key, *maps), lambda: dict(zip(maps, find(list(maps.values())), strict=True)))
        rows: Rows = found[self.map_day, self.unit.pk]
        return rows

    @property
    def _beside(self) -> "tuple[Frame, ...]":
        """The frames that are asked with this one, itself among them."""
        frames = self.together.frames
        if len(frames) < 2 or self in frames:
            return frames if len(frames) > 1 else (self,)
        return tuple(frame.constant for frame in frames)


def frame_of(unit: AdminUnit, year: int, as_of: dt.date | None = None, chosen: ChosenMap = TODAYS_MAP) -> Frame:
    """`as_of` None is today, in Viet Nam."""
    return Frame(unit, year, as_of or timezone.localdate(), chosen)


def frames_together(frames: Sequence[Frame], like: Together | None = None) -> list[Frame]:
    """The same frames, of which what is asked of one is asked of all in one query. `like`: others, beside which these
    are looked at."""
    together = Together(like)
    joined = [replace(frame, together=together) for frame in frames]
    together.frames = tuple(joined)
    return joined


def parts_of(frame: Frame, groups: Sequence[AdminUnit]) -> list[tuple[Frame, list[AdminUnit]]]:
    """The groups by the last day that counts for them: as reported a unit that ended within the year is looked at as it
    stood on its last day. On constant territory all of them together."""
    if not frame.map.is_reported:
        return [(frame, list(groups))]
    found: dict[dt.date | None, list[AdminUnit]] = {None: []}
    for group in dict.fromkeys(groups):
        last = group.last_day
        ended = last is not None and frame.starts_on <= last < frame.last_day
        found.setdefault(last if ended else None, []).append(group)
    return [(replace(frame, until=until), members) for until, members in found.items() if members]


def children_in(frame: Frame) -> list[AdminUnit]:
    """The units right under the frame's on its map, in Vietnamese order; as reported those of every day that counts.
    One query."""
    if not frame.map.is_reported:
        return list(children_of(frame.unit, frame.map_day)) if frame.stands(frame.unit) else []
    end = frame.last_day + dt.timedelta(days=1)
    below = UnitAncestry.objects.during(frame.starts_on, end).filter(ancestor=frame.unit, distance=1)
    return list(AdminUnit.objects.filter(pk__in=below.values("unit")).order_by("sort_key", "starts_on"))


@dataclass(frozen=True, slots=True)
class Expected:
    """An institution that should have something to tell for the year, and the unit it stands in."""

    institution_id: int
    institution_class: str
    unit_id: int


def expected_institutions(frame: Frame, classes: set[str]) -> list[Expected]:
    """Institutions of `classes`, open on the frame's last day, whose place then reads as the unit or under it.

    The set of `places.queries.institutions.institutions_expected`, with what figures need of it. One query.
    """
    if not classes:
        return []

    def placements(each: Frame) -> QuerySet[Any, Any]:
        day = each.last_day
        open_then = InstitutionStatus.objects.on(day).filter(
            institution=OuterRef("institution"), state=InstitutionState.ACTIVE
        )
        found = InstitutionPlacement.objects.on(day).filter(
            Exists(open_then), standing_in(each), institution__institution_class__in=classes
        )
        rows = found.order_by("institution__sort_key", "institution_id", "starts_on")
        return rows.values_list("institution_id", "institution__institution_class", "unit_id")

    rows = frame.rows(("expected", frozenset(classes)), placements)
    return list({row[0]: Expected(*row) for row in rows}.values())


def places_of(frame: Frame) -> QuerySet[AdminUnit] | list[int]:
    """The units of every time that are read in the frame's unit on its map; or as one of its leaves, which are few and
    named, so that the planner finds what is at them. One query for all frames of one map where there are leaves."""
    if not frame.leaves:
        return units_reading_as(frame.unit, frame.map_day)
    readings = UnitReading.objects.filter(on(frame.map_day), reads_as__in=frame.leaves)
    found: list[int] = frame.together.once(
        ("places", frame.map_day, frame.leaves), lambda: sorted(readings.values_list("unit_id", flat=True))
    )
    return found


def standing_in(frame: Frame) -> Q:
    """The condition that a placement is of an institution that the frame looks at."""
    if frame.within is not None:
        return Q(institution__in=frame.within)
    came = {institution for institution, _place in kept_places(frame)}
    return Q(unit__in=places_of(frame)) | Q(institution__in=came)


Kept = dict[tuple[int, int], int]
"""(institution id, unit id) to the unit in which the institution itself stood on, when that unit was divided: a part of
it, or what that part lies in (a library of a district that became the province's)."""

_HERE = """(SELECT reading.unit_id FROM places_unitreading AS reading
          JOIN places_unitancestry AS ancestry ON ancestry.unit_id = reading.reads_as_id
         WHERE ancestry.ancestor_id = ANY(%(units)s)
           AND coalesce(reading.starts_on, '-infinity') <= %(day)s
           AND coalesce(reading.ends_on, 'infinity') > %(day)s
           AND coalesce(ancestry.starts_on, '-infinity') <= %(day)s
           AND coalesce(ancestry.ends_on, 'infinity') > %(day)s)"""
_KEPT = """
SELECT was.institution_id, {before} AS before_id, {after} AS after_id
  FROM places_succession AS step
  JOIN places_institutionplacement AS was ON was.unit_id = step.predecessor_id AND was.ends_on = step.effective_on
  JOIN places_institutionplacement AS came ON came.institution_id = was.institution_id
                                          AND came.starts_on = step.effective_on
 WHERE {on_this_side}
   -- Said apart: most have neither day, and a join by hash compares each of those with each.
   AND was.ends_on IS NOT NULL AND came.starts_on IS NOT NULL
   AND EXISTS (SELECT FROM places_unitancestry AS above
                WHERE above.unit_id = step.successor_id AND above.ancestor_id = came.unit_id
                  AND coalesce(above.starts_on, '-infinity') <= step.effective_on
                  AND coalesce(above.ends_on, 'infinity') > step.effective_on)
   AND NOT EXISTS (SELECT FROM places_unitreading AS usual
                    WHERE usual.unit_id = {before} AND usual.reads_as_id = {after} AND {then})
   -- Two lists, each looked up: one list for either key would be gone through for every step.
   AND (step.predecessor_id IN {here} OR step.successor_id IN {here})
"""
_LATER = {
    "before": "was.unit_id",
    "after": "came.unit_id",
    "on_this_side": "step.effective_on <= %(day)s",
    "then": "usual.starts_on = step.effective_on",
    "here": _HERE,
}
_EARLIER = {
    "before": "came.unit_id",
    "after": "was.unit_id",
    "on_this_side": "step.effective_on > %(day)s",
    "then": "usual.ends_on = step.effective_on",
    "here": _HERE,
}


def kept_places(frame: Frame) -> Kept:
    """Institutions that are read elsewhere than the units they stood in, because the register knows into which part of
    a divided unit each came, or out of which part of a merged one. Into or out of the frame's unit only.

    One query for all frames of one map and unit.
    """

    statement = f"{_KEPT.format(**_LATER)} UNION ALL {_KEPT.format(**_EARLIER)}"
    rows = frame.raw_rows_of_map(
        "kept", lambda each: (statement, {"day": each.map_day, "units": list(each.leaves) or [each.unit.pk]})
    )
    return {(institution, place): kept for institution, place, kept in rows}


def kept_at(kept: Kept, institution: int, place: int) -> int:
    """As which unit the place of an institution is looked up, over a chain of reforms."""
    while (institution, place) in kept:
        place = kept[institution, place]
    return place


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a unit of any time is read on the frame's map: under which group, and whether in a town, as `is_urban` has
    it."""

    group_id: int
    is_urban: bool | None


Spots = dict[int, Spot]
"""By unit id."""


def spots_by_place(frame: Frame, groups: list[AdminUnit]) -> Spots:
    """Under which of `groups` (units of the frame's map, none within another) each unit of any time is read.

    One query for all frames of one map. Units read outside all groups are left out.
    """
    keys = tuple(group.pk for group in groups)

    def readings(each: Frame) -> QuerySet[Any, Any]:
        day = each.map_day
        if each.leaves:
            exactly = UnitReading.objects.filter(on(day), reads_as__in=keys)
            return exactly.values_list("unit_id", "reads_as_id", "reads_as__kind", "unit__kind")
        found = UnitReading.objects.filter(
            on(day), on(day, "reads_as__ancestries__"), reads_as__ancestries__ancestor__in=keys
        )
        return found.values_list("unit_id", "reads_as__ancestries__ancestor_id", "reads_as__kind", "unit__kind")

    def spots() -> Spots:
        rows = frame.rows_of_map(("spots", keys), readings)
        return {unit_id: Spot(group_id, _is_urban(kind, was)) for unit_id, group_id, kind, was in rows}

    found: Spots = frame.together.once(("spots", frame.map_day, keys), spots)
    return found


def _is_urban(kind: str, was: str) -> bool | None:
    """What an ended district counted that is read as a province stays of its kind."""
    return is_urban(was if kind in (UnitKind.PROVINCE, UnitKind.CITY_CENTRAL) else kind)


@dataclass(frozen=True, slots=True)
class Lying:
    """That a place is read at a spot from `begins` until before `stops`."""

    place: int
    spot: Spot
    begins: dt.date
    stops: dt.date


ALWAYS = dt.date.min, dt.date.max


def lyings_of(frame: Frame, groups: list[AdminUnit]) -> list[Lying]:
    """Where each place is read when. On constant territory at one spot always; as reported as it lay on the day, and
    before it began as it lay first, after it ended as it lay last. One query for all frames of one map."""
    if not frame.map.is_reported:
        return [Lying(place, spot, *ALWAYS) for place, spot in spots_by_place(frame, groups).items()]
    keys = sorted(group.pk for group in groups)

    def lay() -> list[Lying]:
        rows = UnitAncestry.objects.filter(ancestor__in=keys).values_list(
            *("unit_id", "ancestor_id", "unit__kind", "starts_on", "unit__starts_on", "ends_on", "unit__ends_on")
        )
        return [
            Lying(
                place,
                Spot(group, is_urban(kind)),
                dt.date.min if starts is None or starts == begun else starts,
                dt.date.max if ends is None or ends == ended else ends,
            )
            for place, group, kind, starts, begun, ends, ended in rows
        ]

    found: list[Lying] = frame.together.once(("lay", *keys), lay)
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which nothing moves on the map, and where each place is read on them."""

    first: dt.date
    last: dt.date
    spots: Spots


def stretches_of(frame: Frame, groups: list[AdminUnit]) -> list[Stretch]:
    """The frame's year in stretches, the earliest first: one on constant territory."""
    if not frame.map.is_reported:
        return [Stretch(frame.starts_on, frame.last_day, spots_by_place(frame, groups))]
    if not frame.has_begun:
        return []
    lyings = lyings_of(frame, groups)
    moved = {day for each in lyings for day in (each.begins, each.stops) if frame.starts_on < day <= frame.last_day}
    firsts = sorted({frame.starts_on, *moved})
    lasts = [*(day - dt.timedelta(days=1) for day in firsts[1:]), frame.last_day]
    return [
        Stretch(first, last, {each.place: each.spot for each in lyings if each.begins <= first < each.stops})
        for first, last in zip(firsts, lasts, strict=True)
    ]


MANY = 2000
"""Beyond this many institutions it is quicker to read all of them than to name each in the query."""


def named(frame: Frame, institutions: Collection[int]) -> Collection[int]:
    """`institutions`, and those of the frames that are asked together: to be named in a query for all of them."""
    return frame.together.institutions or institutions


def at_any_of(institutions: Collection[int]) -> Q:
    """The condition that a row is of one of these institutions, or no condition where they are many: whoever asks
    looks only at those asked for, so more rows do no harm."""
    return Q() if len(institutions) > MANY else Q(institution__in=institutions)
