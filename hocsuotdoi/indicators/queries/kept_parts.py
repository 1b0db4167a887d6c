"""Figures from kept parts: as exact as if everything were looked at, at any moment.

What is kept of a unit, less what is kept of those of its leaves where something was written since, and in its place
what is found there now. A leaf is a unit of today's map with what is read as exactly it: communes, mostly. Where
nothing is kept that holds (another map or day, definitions that were changed, a territory made anew), or where
something was written nearly everywhere, all is looked at. So a figure never waits for `operations.parts`, which keeps
them fresh. As reported the country is the same, and a unit is made of leaves that lay in it (`made_of_leaves`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils import timezone

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, StockCode
from hocsuotdoi.indicators.models import Cohort, Indicator
from hocsuotdoi.indicators.queries.figure import values_from, values_of
from hocsuotdoi.indicators.queries.frame import TODAYS_MAP, ChosenMap, Frame, Map, frames_together
from hocsuotdoi.indicators.queries.made_of_leaves import OfGroups, made_of_leaves
from hocsuotdoi.indicators.queries.material import Around, Defined, Material, classes_of, defined_by
from hocsuotdoi.indicators.queries.parts import COLUMNS, NOTHING, Loose, Made, Parts, adds_up, parts_from, together
from hocsuotdoi.indicators.queries.results import IndicatorValue, Pair
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

Values = dict[Pair, dict[int, IndicatorValue]]

FORMULAS = 7
"""Raised by whoever changes how parts are made: nothing that was kept before holds then."""
MANY_LEAVES = 250
"""Beyond this many leaves of a year where something was written all of it is looked at."""
MANY_MARKS, MANY_WAITING = 2_000, 20_000


def figures(asked: Sequence[tuple[Frame, list[AdminUnit]]], pairs: Sequence[Pair]) -> list[Values]:
    """The figures of each frame at its groups. A number of queries that depends on the kinds of figures alone."""
    frames = frames_together([frame for frame, _groups in asked])
    groups = [members for _frame, members in asked]
    asked_for = [defined_by(frame, pairs) for frame in frames]
    # Who is asked about by name and whom a definition speaks of itself may be the same.
    defined = [list({(i.code, c.code): (i, c) for i, c in each}.values()) for each in asked_for]
    if frames:  # of some frames fewer figures are looked at, and what is asked of institutions serves all
        frames[0].together.classes = classes_of(defined)
    kept = _kept(frames, groups, defined) if frames and pairs else None
    if kept is not None:
        found = _from_kept(kept, frames, groups)
    else:
        found = [
            values_from(Material(frame, members, defined=these))
            for frame, members, these in zip(frames, groups, defined, strict=True)
        ]
    return [
        {pair: values[indicator.code, cohort.code] for pair, (indicator, cohort) in zip(pairs, these, strict=True)}
        for values, these in zip(found, asked_for, strict=True)
    ]


def _can_be_kept(frames: Sequence[Frame], groups: Sequence[list[AdminUnit]], today: dt.date) -> bool:
    if any(frame.as_of != today or frame.within is not None for frame in frames):
        return False
    if all(frame.map.is_reported for frame in frames):
        return True
    return all(
        frame.map.kind == Map.TODAY and frame.until is None and frame.map_day == today for frame in frames
    ) and all(unit.holds_on(today) for members in groups for unit in members)


def _is_the_same_on_any_map(groups: Sequence[list[AdminUnit]]) -> bool:
    """As reported the whole country has what it has on today's map; only its units are others (`_is_told`)."""
    return all(unit.tier == Tier.COUNTRY for members in groups for unit in members)


def key_of(indicator: Indicator, cohort: Cohort) -> str:
    return f"{indicator.code}/{indicator.version}/{cohort.code}/{indicator.base_year or ''}/{FORMULAS}"


def needs_no_parts(indicator: Indicator) -> bool:
    """Different people are counted anew whenever somebody asks."""
    return indicator.kind == IndicatorKind.SHARE_OF_POPULATION or indicator.measures == [StockCode.ACTIVE_USERS]


@dataclass(slots=True)
class _Kept:
    """What was found. `years`: a year to the questions kept of it; `stale`: a year to its leaves to be made anew."""

    defined: list[list[Defined]]
    keys: list[dict[Pair, str]]
    years: dict[int, set[str]]
    stale: dict[int, dict[int, int]]
    """Leaf to the group it lies in."""
    tokens: dict[tuple[int, int], str]
    """Year and leaf to what was written there since, as one word: where it is the same word, it is the same writing."""
    parts: dict[tuple[int, str, int], Parts]
    loose: dict[tuple[int, str, int], Loose]
    made_of: list[OfGroups | None] | None
    """For each frame of what leaves its groups are made; None where they are units of today's map."""

    def holds(self, at: int, frame: Frame) -> bool:
        is_made = self.made_of is None or self.made_of[at] is not None
        return is_made and frame.year in self.years and len(self.stale.get(frame.year, ())) <= MANY_LEAVES


def _kept(frames: list[Frame], groups: list[list[AdminUnit]], defined: list[list[Defined]]) -> _Kept | None:
    today = timezone.localdate()
    if not _can_be_kept(frames, groups, today):
        return None
    keys: list[dict[Pair, str]] = []
    for these in defined:
        keys.append(
            {
                (indicator.code, cohort.code): key_of(indicator, cohort)
                for indicator, cohort in these
                if adds_up(indicator, cohort)
            }
        )
    wanted = sorted({key for each in keys for key in each.values()})
    if not wanted:
        return None
    found = _Kept(defined, keys, defaultdict(set), defaultdict(dict), {}, {}, {}, None)
    years = sorted({frame.year for frame in frames})
    if frames[0].map.is_reported and not _is_the_same_on_any_map(groups):
        found.made_of = made_of_leaves(frames, groups, today)
        if not any(found.made_of):
            return None
        _read_of_leaves(found, frames, wanted, today)
    else:
        _read(found, years, wanted, {u.pk: u for g in groups for u in g}, today)
    return found if any(found.holds(at, frame) for at, frame in enumerate(frames)) else None


def _from_kept(kept: _Kept, frames: list[Frame], groups: list[list[AdminUnit]]) -> list[Values]:
    """Frames of which nothing is kept are looked at whole, the others only for the figures that are not kept."""
    live: list[tuple[int, list[Defined]]] = []
    told: list[tuple[int, list[Defined]]] = []
    for at, frame in enumerate(frames):
        if not kept.holds(at, frame):
            live.append((at, kept.defined[at]))
            continue
        is_told = [_is_told(kept, at, frame, i, c) for i, c in kept.defined[at]]
        told.append((at, [each for each, is_kept in zip(kept.defined[at], is_told, strict=True) if is_kept]))
        if not all(is_told):
            live.append((at, [each for each, is_kept in zip(kept.defined[at], is_told, strict=True) if not is_kept]))
    found: list[Values] = [{} for _frame in frames]
    shared = frames[0].together
    for frame, (at, defined) in zip(frames_together([frames[at] for at, _d in live], shared), live, strict=True):
        found[at] |= values_from(Material(frame, groups[at], defined=defined))
    now = _made_now(kept, frames, told)
    _add_rest(now, kept, frames, told)
    for frame, (at, defined) in zip(frames_together([frames[at] for at, _d in told], shared), told, strict=True):
        around = Around(frame, groups[at], defined)
        for indicator, cohort in defined:
            pair = indicator.code, cohort.code
            key = kept.keys[at].get(pair, "")
            of_groups = ((group, _parts_of(kept, frame.year, key, group.pk, now)) for group in groups[at])
            found[at][pair] = values_of(around, indicator, cohort, of_groups)
    return [{pair: values[pair] for pair in _pairs(kept.defined[at])} for at, values in enumerate(found)]


def _is_told(kept: _Kept, at: int, frame: Frame, indicator: Indicator, cohort: Cohort) -> bool:
    if needs_no_parts(indicator):
        return True
    if frame.map.is_reported and cohort.kind == CohortKind.UNITS and not _has_todays_units(kept, at):
        return False
    return kept.keys[at].get((indicator.code, cohort.code)) in kept.years[frame.year]


def _has_todays_units(kept: _Kept, at: int) -> bool:
    made = kept.made_of[at] if kept.made_of is not None else None
    return all(each.on_todays_map for each in made.values()) if made else False


def _pairs(defined: Sequence[Defined]) -> list[Pair]:
    return [(indicator.code, cohort.code) for indicator, cohort in defined]


Now = dict[tuple[int, str, int], list[Made]]
"""(year, key of the question, group) to what is found now at its leaves where something was written."""


def _made_now(kept: _Kept, frames: list[Frame], told: Sequence[tuple[int, list[Defined]]]) -> Now:
    found: Now = {}
    missing: list[tuple[int, list[Defined], set[int]]] = []
    for at, every in told:
        stale = kept.stale.get(frames[at].year, {})
        defined = [each for each in every if adds_up(*each)]
        if stale and defined:
            known = _remembered(kept, frames[at], {kept.keys[at][i.code, c.code] for i, c in defined})
            _add_leaves(found, kept, frames[at].year, known)
            if unknown := stale.keys() - known.keys():
                missing.append((at, defined, unknown))
    if not missing:
        return found
    leaves = sorted(set().union(*(unknown for _at, _defined, unknown in missing)))
    units = list(AdminUnit.objects.filter(pk__in=leaves))
    # Leaves are units of today's map, also where something is asked about as reported.
    within = frames[0].unit if kept.made_of is None else AdminUnit.objects.get(tier=Tier.COUNTRY)
    asked = [
        replace(frames[at], unit=within, map=TODAYS_MAP, leaves=tuple(leaves)) for at, _defined, _unknown in missing
    ]
    for frame, (at, defined, unknown) in zip(frames_together(asked, frames[0].together), missing, strict=True):
        made = {kept.keys[at][pair]: by_leaf for pair, by_leaf in made_at(frame, units, defined).items()}
        of_leaves = {leaf: {key: by_leaf.get(leaf) for key, by_leaf in made.items()} for leaf in unknown}
        _add_leaves(found, kept, frame.year, of_leaves)
        _remember(kept, frame, of_leaves)
    return found


def _add_rest(now: Now, kept: _Kept, frames: list[Frame], told: Sequence[tuple[int, list[Defined]]]) -> None:
    """What belongs to units as reported beside whole leaves is looked at on the map of the year."""
    missing: list[tuple[int, list[Defined], dict[int, int]]] = []
    for at, every in told:
        made = kept.made_of[at] if kept.made_of is not None else None
        group_of = {unit: group for group, each in (made or {}).items() for unit in each.rest}
        defined = [each for each in every if adds_up(*each)]
        if group_of and defined:
            missing.append((at, defined, group_of))
    units = AdminUnit.objects.in_bulk({unit for _at, _defined, group_of in missing for unit in group_of})
    asked = [
        replace(frame := frames[at], map=ChosenMap(Map.DAY, frame.map_day), leaves=tuple(sorted(group_of)))
        for at, _defined, group_of in missing
    ]
    for frame, (at, defined, group_of) in zip(frames_together(asked, frames[0].together), missing, strict=True):
        for pair, by_unit in made_at(frame, [units[each] for each in frame.leaves], defined).items():
            for unit, made_there in by_unit.items():
                now.setdefault((frame.year, kept.keys[at][pair], group_of[unit]), []).append(made_there)


OfLeaf = dict[str, Made | None]
"""Key of the question to what was found at a leaf; None where there is nothing."""


def _add_leaves(found: Now, kept: _Kept, year: int, of_leaves: Mapping[int, OfLeaf]) -> None:
    for leaf, by_key in of_leaves.items():
        for key, made in by_key.items():
            if made is not None:
                found.setdefault((year, key, kept.stale[year][leaf]), []).append(made)


_memory: dict[tuple[dt.date, int, int], tuple[str, OfLeaf]] = {}
"""What was found last at a leaf where something had been written: (day, year, leaf) to which writing that was, and the
parts. Where it is still the same writing nobody needs to look again; whatever is written leaves a mark of its own, so a
reader who sees less has another word for it."""
MOST_REMEMBERED = 5_000
"""Leaves of years; of a process."""


def _remembered(kept: _Kept, frame: Frame, keys: set[str]) -> dict[int, OfLeaf]:
    found = {}
    for leaf in kept.stale[frame.year]:
        token, parts = _memory.get((frame.as_of, frame.year, leaf), ("", {}))
        if token == kept.tokens[frame.year, leaf] and keys <= parts.keys():
            found[leaf] = {key: parts[key] for key in keys}
    return found


def _remember(kept: _Kept, frame: Frame, of_leaves: Mapping[int, OfLeaf]) -> None:
    if len(_memory) + len(of_leaves) > MOST_REMEMBERED:
        _memory.clear()
    for leaf, parts in of_leaves.items():
        at, token = (frame.as_of, frame.year, leaf), kept.tokens[frame.year, leaf]
        before, known = _memory.get(at, ("", {}))
        _memory[at] = token, {**known, **parts} if before == token else parts


def made_at(frame: Frame, leaves: list[AdminUnit], defined: Sequence[Defined]) -> dict[Pair, dict[int, Made]]:
    """The parts at each of the frame's leaves, where there are any."""
    material = Material(frame, leaves, defined=defined)
    found: dict[Pair, dict[int, Made]] = {(indicator.code, cohort.code): {} for indicator, cohort in defined}
    in_units = [(i, c) for i, c in defined if c.kind == CohortKind.UNITS and c.tier]
    for leaf in leaves:
        # In most communes of a young book there is nothing yet; that each is a unit is said all the same.
        for indicator, cohort in defined if material.has_anything_at(leaf) else in_units:
            found[indicator.code, cohort.code][leaf.pk] = parts_from(material, leaf, indicator, cohort)
    return found


def _parts_of(kept: _Kept, year: int, key: str, group: int, now: Now) -> Parts:
    at = year, key, group
    own = kept.parts.get(at, NOTHING)
    if at not in kept.loose and at not in now:
        return own
    return together([Made(own, kept.loose.get(at, {})), *now.get(at, [])]).settled()


_COLUMNS = ", ".join(COLUMNS)
_NONE = ", ".join(["0"] * len(COLUMNS))
_PART_COLUMNS = ", ".join(f"part.{column}" for column in COLUMNS)
_SUMS = ", ".join(f"sum({column})::bigint" for column in COLUMNS)
_LESS = ", ".join(f"-part.{column}" for column in COLUMNS)
_ON = "coalesce({0}.starts_on, '-infinity') <= %(day)s AND coalesce({0}.ends_on, 'infinity') > %(day)s"  # the day's map

_STALE = f"""
mark AS MATERIALIZED (
    (SELECT place_id, institution_id, year, hashint8extended(id, 1)::numeric AS token
       FROM indicators_partsmark LIMIT {MANY_MARKS + 1})
     UNION ALL
    SELECT place_id, institution_id, extract(year FROM occurred_on)::smallint, sum(hashint8extended(seq, 2))
      FROM (SELECT place_id, institution_id, occurred_on, seq
              FROM indicators_pending LIMIT {MANY_WAITING + 1}) AS waiting
     GROUP BY 1, 2, 3
), much AS MATERIALIZED (
    SELECT count(*) > {MANY_MARKS} OR coalesce(bool_or(place_id IS NULL AND institution_id IS NULL), false) AS is_all
      FROM mark
), asked AS MATERIALIZED (
    SELECT own.* FROM indicators_partsyear AS own, much
     WHERE own.year = ANY(%(years)s)
       AND (own.day = %(day)s OR own.year < extract(year FROM own.day) AND own.day < %(day)s)
       AND NOT much.is_all
       AND NOT EXISTS (SELECT FROM places_unitreading WHERE starts_on > own.day AND starts_on <= %(day)s)
       AND NOT EXISTS (SELECT FROM places_unitparent WHERE starts_on > own.day AND starts_on <= %(day)s)
), touched AS MATERIALIZED (
    SELECT place_id, year, sum(token) AS token
      FROM (SELECT place_id, year, token FROM mark WHERE place_id IS NOT NULL
             UNION ALL
            SELECT placement.unit_id, mark.year, mark.token
              FROM mark JOIN places_institutionplacement AS placement USING (institution_id)) AS marked
     GROUP BY 1, 2
), leaf AS MATERIALIZED (
    SELECT year, unit_id, sum(token)::text AS token
      FROM (SELECT asked.year, reading.reads_as_id AS unit_id, token
              FROM touched
              JOIN places_unitreading AS reading ON reading.unit_id = touched.place_id AND {_ON.format("reading")}
              JOIN asked ON touched.year IS NULL OR touched.year = ANY(asked.reads)
             UNION ALL
            SELECT year, unit_id, hashint8extended(stale.xmin::text::bigint, 3)
              FROM indicators_partsstale AS stale JOIN asked USING (year)) AS at_leaf
     GROUP BY 1, 2
)
"""
"""What must be made anew: by marks, by what is pending, and what the refresh has taken over but not done yet. `token`:
the sum of what says which writings these are, the transaction that took them over among it."""

_FOUND = f"""
WITH {_STALE}, question AS MATERIALIZED (
    SELECT id, key FROM indicators_partsquestion WHERE key = ANY(%(keys)s)
), here AS MATERIALIZED (
    SELECT leaf.year, leaf.unit_id, leaf.token, ancestry.ancestor_id AS group_id
      FROM leaf
      JOIN places_unitancestry AS ancestry ON ancestry.unit_id = leaf.unit_id AND ancestry.ancestor_id = ANY(%(units)s)
                                          AND {_ON.format("ancestry")}
)
SELECT 'kept' AS tag, asked.year, 0::bigint AS group_id, key, 0::bigint AS institution_id, {_NONE}
  FROM asked JOIN question ON question.id = ANY(asked.questions)
 UNION ALL
SELECT 'stale', year, group_id, token, unit_id, {_NONE} FROM here
 UNION ALL
SELECT 'parts', part.year, part.unit_id, key, 0, {_PART_COLUMNS}
  FROM indicators_keptparts AS part JOIN asked USING (year) JOIN question ON question.id = part.question_id
 WHERE part.institution_id = 0
   AND {{named}}
 UNION ALL
SELECT 'parts', part.year, here.group_id, key, 0, {_LESS}
  FROM here
  JOIN indicators_keptparts AS part ON part.unit_id = here.unit_id AND part.is_leaf AND part.year = here.year
                                   AND part.institution_id = 0
  JOIN question ON question.id = part.question_id
 UNION ALL
SELECT 'loose', part.year, ancestry.ancestor_id, key, part.institution_id, {_PART_COLUMNS}
  FROM indicators_keptparts AS part JOIN asked USING (year) JOIN question ON question.id = part.question_id
  JOIN places_unitancestry AS ancestry ON ancestry.unit_id = part.unit_id AND ancestry.ancestor_id = ANY(%(units)s)
                                      AND {_ON.format("ancestry")}
 WHERE part.institution_id > 0 AND part.is_leaf
   AND (part.year, part.unit_id) NOT IN (SELECT year, unit_id FROM leaf)
"""
_FOUND_OF_LEAVES = f"""
WITH {_STALE}, question AS MATERIALIZED (
    SELECT id, key FROM indicators_partsquestion WHERE key = ANY(%(keys)s)
), member AS MATERIALIZED (
    SELECT * FROM unnest(%(member_years)s::smallint[], %(groups)s::bigint[], %(leaves)s::bigint[])
               AS given (year, group_id, unit_id)
), here AS MATERIALIZED (
    SELECT year, unit_id, token, group_id FROM leaf JOIN member USING (year, unit_id)
), part AS MATERIALIZED (
    SELECT part.*, group_id, key
      FROM member
      JOIN asked USING (year)
      JOIN indicators_keptparts AS part ON part.unit_id = member.unit_id AND part.is_leaf AND part.year = member.year
      JOIN question ON question.id = part.question_id
     WHERE NOT EXISTS (SELECT FROM here WHERE here.year = member.year AND here.unit_id = member.unit_id)
)
SELECT 'kept' AS tag, asked.year, 0::bigint AS group_id, key, 0::bigint AS institution_id, {_NONE}
  FROM asked JOIN question ON question.id = ANY(asked.questions)
 UNION ALL
SELECT 'stale', year, group_id, token, unit_id, {_NONE} FROM here
 UNION ALL
SELECT 'parts', year, group_id, key, 0, {_SUMS} FROM part WHERE institution_id = 0 GROUP BY year, group_id, key
 UNION ALL
SELECT 'loose', year, group_id, key, institution_id, {_PART_COLUMNS} FROM part WHERE institution_id > 0
"""
# One statement each: what is kept and what of it is stale are seen at one moment.
_NAMED = "(part.is_leaf AND part.unit_id = ANY(%(communes)s) OR NOT part.is_leaf AND part.unit_id = ANY(%(others)s))"
_OF_MANY = "part.is_leaf"
MOST_NAMED = 1000
"""Of more communes the parts of all are read, and theirs picked out."""


def _read(found: _Kept, years: list[int], keys: list[str], units: dict[int, AdminUnit], day: dt.date) -> None:
    communes = [pk for pk, unit in units.items() if unit.tier == Tier.COMMUNE]
    asked: dict[str, Any] = {
        "years": years,
        "keys": keys,
        "day": day,
        "units": list(units),
        "communes": communes,
        "others": sorted(units.keys() - set(communes)),
    }
    is_picked = len(communes) == len(units) > MOST_NAMED
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(named=_OF_MANY if is_picked else _NAMED), asked)
        rows = cursor.fetchall()
    _take(found, rows, units if is_picked else None)


def _read_of_leaves(found: _Kept, frames: Sequence[Frame], keys: list[str], day: dt.date) -> None:
    members = [
        (frame.year, group, leaf)
        for frame, made in zip(frames, found.made_of or (), strict=True)
        for group, each in (made or {}).items()
        for leaf in each.leaves
    ]
    years, groups, leaves = (list(each) for each in zip(*members, strict=True))
    asked: dict[str, Any] = {"years": sorted({*years}), "keys": keys, "day": day}
    asked |= {"member_years": years, "groups": groups, "leaves": leaves}
    with connection.cursor() as cursor:
        cursor.execute(_FOUND_OF_LEAVES, asked)
        _take(found, cursor.fetchall(), None)


def _take(found: _Kept, rows: Sequence[tuple[Any, ...]], only: Mapping[int, AdminUnit] | None) -> None:
    for tag, year, group, key, number, *columns in rows:
        if tag == "kept":
            found.years[year].add(key)
        elif tag == "stale":
            found.stale[year][number] = group
            found.tokens[year, number] = key
        elif tag == "parts":
            if only is not None and group not in only:
                continue
            before = found.parts.get((year, key, group))
            found.parts[year, key, group] = before.plus(Parts(*columns)) if before else Parts(*columns)
        else:
            loose = found.loose.setdefault((year, key, group), {})
            loose[number] = loose.get(number, NOTHING).plus(Parts(*columns))
