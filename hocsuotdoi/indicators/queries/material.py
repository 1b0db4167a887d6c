"""What the figures of one call are made of, loaded once; making them afterwards runs no query."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind, Outcome, StockCode
from hocsuotdoi.indicators.models import Cohort, CriteriaSet, Indicator
from hocsuotdoi.indicators.queries.conditions import (
    Stocks,
    condition_outcome,
    counted_below,
    counted_by_conditions,
    criterion_of,
    people_for,
)
from hocsuotdoi.indicators.queries.criteria import Checklists
from hocsuotdoi.indicators.queries.definitions import CONDITIONED, definitions_by_day, has_condition
from hocsuotdoi.indicators.queries.frame import (
    TODAYS_MAP,
    Expected,
    Frame,
    Spot,
    Spots,
    expected_institutions,
    kept_at,
    kept_places,
    places_of,
    spots_by_place,
    stretches_of,
)
from hocsuotdoi.indicators.queries.people import active_users, participation, residents, villages
from hocsuotdoi.indicators.queries.profiles import (
    TOLD_BY_PERSON,
    Profiles,
    is_of_people,
    of_everybody,
    profiles,
    slice_of,
)
from hocsuotdoi.indicators.queries.reported import Reporting, own_year, reporting_by_year
from hocsuotdoi.indicators.queries.results import Pair
from hocsuotdoi.indicators.queries.sums import (
    Counted,
    Years,
    counted_for,
    sums_by_institution,
)
from hocsuotdoi.indicators.queries.suppression import Shown
from hocsuotdoi.indicators.queries.totals import Slice
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, UnitAncestry, UnitReading
from hocsuotdoi.places.queries.institutions import active_on
from hocsuotdoi.places.queries.units import units_reading_as

Defined = tuple[Indicator, Cohort]


class Around:
    """What a figure needs beside its parts, for `groups` and the `defined`: what decides, since when there are figures,
    and whatever does not add up: people, residents, villages."""

    def __init__(self, frame: Frame, groups: list[AdminUnit], defined: Sequence[Defined]) -> None:
        self.frame, self.groups, self.defined = frame, groups, list(defined)
        deciding = [indicator for indicator, _cohort in self.defined if indicator.kind in CONDITIONED]
        self.codes = {indicator.code for indicator in deciding if not has_condition(indicator)}
        self.with_checklist: set[str] = set()
        if self.codes:
            self.with_checklist = self.frame.together.once(
                ("with checklist", *sorted(self.codes)),
                lambda: set(
                    CriteriaSet.objects.filter(indicator__in=self.codes).values_list("indicator_id", flat=True)
                ),
            )
        if not frame.leaves:
            self._load_people()

    def _load_people(self) -> None:
        shares = [(i, c) for i, c in self.defined if i.kind == IndicatorKind.SHARE_OF_POPULATION]
        if shares:
            every = {people_for(indicator) for indicator, _cohort in shares}
            self.participation = {each: participation(self.frame, self.groups, each) for each in every}
            self.residents = residents(self.frame, self.groups)
        using = {counted_for(i, c) for i, c in self.defined if i.measures == [StockCode.ACTIVE_USERS]}
        self.active_users = {each: active_users(self.frame, self.groups, each) for each in using}
        if any(cohort.kind == CohortKind.UNITS and not cohort.tier for _indicator, cohort in self.defined):
            self.villages = villages(self.frame, self.groups)
        self.of_people = [(i, c) for i, c in self.defined if is_of_people(i) and i.kind in TOLD_BY_PERSON]
        self.profiles, self._of_everybody = self._asked_once() if self.of_people else (Profiles(), {})

    def _asked_once(self) -> tuple[Profiles, dict[tuple[Slice, int, int], int]]:
        """For all years: what of these figures may be told, and what was counted there of everybody."""
        measures = sorted({measure for each, _c in self.of_people for measure in [*each.measures, *each.over]})
        years = sorted({frame.year for frame in self.frame.together.frames or (self.frame,)})
        slices = sorted({slice_of(*each) for each in self.of_people}, key=repr)
        key = ("profiles", *measures, *slices, *(group.pk for group in self.groups))

        def asked() -> tuple[Profiles, dict[tuple[Slice, int, int], int]]:
            found = profiles(measures, self.groups, years, self.frame.as_of)
            return found, of_everybody(slices, self.groups, years, self.frame.as_of)

        return self.frame.together.once(key, asked)

    def of_everybody(self, indicator: Indicator, cohort: Cohort, group: AdminUnit) -> int | None:
        """What was counted of it whatever the sex and age; None where that is not known of the profiles' whole: by
        mark, at institutions that are named, on another map."""
        if indicator.tags or self.frame.within is not None or self.frame.map != TODAYS_MAP:
            return None
        return self._of_everybody.get((slice_of(indicator, cohort), group.pk, self.frame.year), 0)

    def told(
        self, group: AdminUnit, measures: Sequence[str], of_everybody: int | None, of: Indicator | None = None
    ) -> int | None:
        """How many may be told to have been counted, of the sexes and ages of the indicator; None: nothing of it.

        What is cut further than the profiles are (a class, a purpose) has no number of its own. Whether it is cut shows
        in what was counted of everybody, which is public: were it held against this very number, it would say by being
        told that nobody else was there (decision 128).
        """
        year, cut = self.frame.year, (of.sexes or None, of.age_bands or None) if of else (None, None)
        places = [(measure, group.pk, year) for measure in measures]
        if any(self.profiles.shown(*each, *cut) is not Shown.AS_IT_IS for each in places):
            return None
        if sum(self.profiles.count_now(*each) for each in places) != of_everybody:
            return None
        return sum(self.profiles.count(*each, *cut) for each in places)

    def decides(self, indicator: Indicator) -> bool:
        """Whether a checklist or a condition says which institutions count; else being open is enough."""
        return has_condition(indicator) or indicator.code in self.with_checklist

    def absence_counts(self, indicator: Indicator) -> bool:
        if indicator.kind == IndicatorKind.YES_NO:
            return not self.decides(indicator)
        return indicator.kind == IndicatorKind.STOCK and indicator.measures == [StockCode.INSTITUTIONS_OPEN]


class Material(Around):
    """For `groups` (units of the frame's map, none within another) and `pairs`, each indicator as the version that
    holds on the frame's last day defines it. Raises KeyError for a code that is not defined.

    `defined` in place of pairs: definitions that need not be stored, to look at what they would say. Where the frame
    has leaves the groups are these, and what does not add up is not loaded.
    """

    def __init__(
        self,
        frame: Frame,
        groups: list[AdminUnit],
        pairs: Collection[Pair] = (),
        *,
        defined: Sequence[Defined] | None = None,
    ) -> None:
        super().__init__(frame, groups, defined if defined is not None else defined_by(frame, pairs))
        self.spots = spots_by_place(frame, groups)
        self.stretches = stretches_of(frame, groups)
        with_classes = set(classes_of([self.defined]))
        self.expected: dict[int, list[Expected]] = {group.pk: [] for group in groups}
        institutions = expected_institutions(frame, with_classes)
        self.kept = kept_places(frame)
        for institution in institutions:
            place = kept_at(self.kept, institution.institution_id, institution.unit_id)
            if (spot := self._spot(self.spots, place)) is not None:
                self.expected[spot.group_id].append(replace(institution, unit_id=place))
        name_together(frame, with_classes)
        self._load_checklists(institutions)
        self._load_sums(institutions)
        self.stocks = Stocks(frame, self.defined, institutions)
        self._load_units()

    def _spot(self, spots: Spots, place: int) -> Spot | None:
        """Institutions that are named belong to the one group, wherever they stand."""
        spot = spots.get(place)
        if spot is None and self.frame.within is not None:
            (group,) = self.groups
            spot = Spot(group.pk, group.is_urban)
        return spot

    # -- loading: each only when a pair needs it --

    def _load_checklists(self, institutions: list[Expected]) -> None:
        named = {
            criterion_of(indicator)[0]
            for indicator, _cohort in self.defined
            if indicator.kind in CONDITIONED and indicator.criterion
        }
        codes = self.codes
        self._checklists: Checklists | None = None
        if codes or named:
            self._checklists = Checklists(self.frame, codes | named, institutions)

    def _load_sums(self, institutions: list[Expected]) -> None:
        growing = {counted_for(i, c) for i, c in self.defined if i.kind == IndicatorKind.GROWTH}
        counting = {counted_for(i, c) for i, c in self.defined if i.kind == IndicatorKind.COUNT}
        conditions = counted_by_conditions(self.defined)
        below = counted_below(self.defined)
        counting |= conditions | below
        self.crossers: set[int] = set()
        self.sums: dict[tuple[int, int], list[tuple[int, dict[Counted, int]]]] = {}
        self._reporting: Reporting = {}
        if not growing and not counting:
            return self._load_everywhere(conditions)

        def compared(frame: Frame) -> set[int]:
            return {frame.year, *(base for each in growing if (base := each.base_before(frame.year)) is not None)}

        years = compared if growing else own_year
        if not self.frame.map.is_reported:
            self._add_sums(self.frame, growing | counting, years)
            besides = self._counted_at(growing | counting, years, below)
        else:
            self._add_sums(self.frame, counting, own_year)
            self._add_sums(self.frame.constant, growing, compared)
            besides = self._counted_at(counting, own_year, below)
        if self.frame.leaves and growing:
            self.crossers = crossers(self.frame)
        known = [each.institution_id for each in institutions]
        self._reporting = reporting_by_year(self.frame.constant, growing | counting, years, known, besides)
        self._load_everywhere(conditions)

    def _add_sums(self, frame: Frame, counted: set[Counted], years: Years) -> None:
        """As reported each sum is read where the place lay in that stretch of the year. What is compared goes with the
        institutions, wherever their land went."""
        ordered = sorted(counted, key=repr)
        stretches = stretches_of(frame, self.groups)
        found = sums_by_institution(frame, ordered, years, self.groups)
        for (institution, place, year, stretch), sums in found.items():
            spots = stretches[stretch].spots if stretch < len(stretches) else {}
            own = kept_at(self.kept, institution, place)
            for at, grows in ((place, False), (own, True)):
                there = {each: quantity for each, quantity in sums.items() if each.grows == grows}
                if there and (spot := self._spot(spots, at)) is not None:
                    self.sums.setdefault((spot.group_id, year), []).append((institution, there))

    def _counted_at(self, counted: set[Counted], years: Years, below: set[Counted]) -> set[int]:
        """At whom something was counted that stands below a share's line, in any frame that is asked with this one:
        also of those that closed or moved away it matters whether they report what stands above. No query: the sums are
        loaded."""
        if not below:
            return set()
        ordered, frames = sorted(counted, key=repr), self.frame.together.frames or (self.frame,)

        def find() -> set[int]:
            return {
                institution
                for frame in frames
                for (institution, *_at), sums in sums_by_institution(frame, ordered, years, self.groups).items()
                if not below.isdisjoint(sums)
            }

        key = ("counted below", *ordered, *sorted(below, key=repr), *(group.pk for group in self.groups))
        found: set[int] = self.frame.together.once(key, find)
        return found

    def _load_everywhere(self, conditions: set[Counted]) -> None:
        self._everywhere: dict[Counted, dict[int, int]] = {each: {} for each in conditions}
        for (_group, year), counts in self.sums.items():
            for institution, sums in counts if year == self.frame.year else []:
                for each in conditions & sums.keys():
                    found = self._everywhere[each]
                    found[institution] = found.get(institution, 0) + sums[each]

    def _load_units(self) -> None:
        cohorts = [cohort for _indicator, cohort in self.defined if cohort.kind == CohortKind.UNITS]
        self.registered_places: set[int] = set()
        if cohorts or any(self.absence_counts(indicator) for indicator, _cohort in self.defined):
            self.registered_places = _places_with_institutions(self.frame)
        if not cohorts:
            return
        tiers = {cohort.tier for cohort in cohorts if cohort.tier}
        key = ("units", self.frame.map_day, *sorted(tiers), *(group.pk for group in self.groups))
        self.units_of, self.unit_at = self.frame.together.once(key, lambda: self._units(tiers))

    def _units(self, tiers: set[str]) -> tuple[dict[tuple[int, str], list[int]], dict[tuple[int, str], int]]:
        """(group, tier) to the units in it, and (place, tier) to the unit of it as which the place is read."""
        day = self.frame.map_day
        units_of: dict[tuple[int, str], list[int]] = {}
        if self.frame.leaves:
            units_of = {(group.pk, group.tier): [group.pk] for group in self.groups if group.tier in tiers}
            tier_of = {group.pk: group.tier for group in self.groups}
            at = {(place, tier_of[spot.group_id]): spot.group_id for place, spot in self.spots.items()}
            return units_of, {key: unit for key, unit in at.items() if key[1] in tiers}
        rows = UnitAncestry.objects.filter(on(day), ancestor__in=self.groups, unit__tier__in=tiers)
        for group_id, tier, unit_id in rows.values_list("ancestor_id", "unit__tier", "unit_id"):
            units_of.setdefault((group_id, tier), []).append(unit_id)
        readings = UnitReading.objects.filter(
            on(day),
            on(day, "reads_as__ancestries__"),
            reads_as__ancestries__ancestor__tier__in=tiers,
            unit__in=units_reading_as(self.frame.unit, day),
        ).values_list("unit_id", "reads_as__ancestries__ancestor_id", "reads_as__ancestries__ancestor__tier")
        return units_of, {(place, tier): unit for place, unit, tier in readings}

    # -- asking --

    def cohort(self, group: AdminUnit, cohort: Cohort) -> list[Expected]:
        """The institutions of the cohort expected in the group."""
        return [each for each in self.expected[group.pk] if each.institution_class in cohort.classes]

    def outcome(self, indicator: Indicator, cohort: Cohort, institution: Expected) -> Outcome:
        """Whether an institution counts."""
        if has_condition(indicator):
            counted = counted_for(indicator, cohort)
            return condition_outcome(
                indicator,
                institution,
                checklists=self._checklists,
                stocks=self.stocks,
                counted=self._everywhere.get(counted, {}),
                reporting=self.reporting(counted, self.frame.year),
            )
        if indicator.code in self.with_checklist and self._checklists is not None:
            return self._checklists.outcome(indicator.code, institution)
        return Outcome.UNKNOWN if indicator.kind == IndicatorKind.SHARE_OF_INSTITUTIONS else Outcome.MET

    def reporting(self, counted: Counted, year: int) -> Set[int]:
        """Who reports the count in the year: only there is nothing a zero. Others may be among them."""
        return self._reporting.get((counted, year), frozenset())

    def constant_set(self, institutions: Collection[Expected], counted: Counted, base_year: int) -> set[int]:
        """Of these institutions those that reported the count in the base year and in the frame's: a silence between
        the two changes neither of the sums that are compared."""
        # Looked up for these institutions only: a map asks for three thousand units.
        then, now = self.reporting(counted, base_year), self.reporting(counted, self.frame.year)
        return {key for each in institutions if (key := each.institution_id) in then and key in now}

    def counts(self, indicator: Indicator, cohort: Cohort, institution: Expected) -> bool | None:
        """Whether an institution gives its unit what the indicator asks for; None: not known."""
        outcome = self.outcome(indicator, cohort, institution)
        return {Outcome.MET: True, Outcome.UNKNOWN: None}.get(outcome, False)

    def has_anything_at(self, group: AdminUnit) -> bool:
        """Whether somebody is expected in the group, or something was counted, or the register knows of anybody."""
        counted = any((group.pk, year) in self.sums for year in self._years_counted)
        return bool(counted or self.expected[group.pk] or self.places_registered(group))

    @cached_property
    def _years_counted(self) -> set[int]:
        return {year for _group, year in self.sums}

    def places_registered(self, group: AdminUnit) -> int:
        """In how many places of the group the register knows an open institution: only then absence says something."""
        return self._registered[group.pk]

    def registered_units(self, tier: str) -> set[int | None]:
        """The units of the tier with an open institution of any class."""
        if tier not in self._registered_units:
            group = self.groups[0]  # counts only where institutions are named; then it is the only one
            places = self.registered_places
            self._registered_units[tier] = {self.unit_where(place, tier, group) for place in places}
        return self._registered_units[tier]

    def unit_where(self, place: int, tier: str, group: AdminUnit) -> int | None:
        """The unit of the tier as which the place is read. Institutions that are named belong to the one group,
        wherever they stand."""
        found = self.unit_at.get((place, tier))
        return group.pk if found is None and self.frame.within is not None and group.tier == tier else found

    @cached_property
    def _registered_units(self) -> dict[str, set[int | None]]:
        return {}

    @cached_property
    def _registered(self) -> Counter[int]:
        if self.frame.within is not None:
            return Counter({group.pk: len(self.registered_places) for group in self.groups})
        return Counter(spot.group_id for place, spot in self.spots.items() if place in self.registered_places)

    def sums_by_institution(self, group: AdminUnit, counted: Counted, year: int) -> dict[int, int]:
        """Institution id to what was counted at it in the group in `year`; only where something was."""
        found: dict[int, int] = {}
        for institution, sums in self.sums.get((group.pk, year), []):
            if counted in sums:
                found[institution] = found.get(institution, 0) + sums[counted]
        return found


def defined_by(frame: Frame, pairs: Collection[Pair]) -> list[Defined]:
    """Each as it was defined on the frame's last day; of whom, as the pair says or else that very definition."""
    codes = sorted({indicator for indicator, _cohort in pairs})
    days = {each.last_day for each in frame.together.frames} or {frame.last_day}
    by_day = frame.together.once(("definitions", *codes), lambda: definitions_by_day(codes, days))
    names = sorted({cohort for _indicator, cohort in pairs if cohort})
    cohorts = frame.together.once(("cohorts", *names), lambda: Cohort.objects.in_bulk(names))
    found: list[Defined] = []
    for code, name in pairs:
        indicator = by_day[frame.last_day][code]
        cohort = cohorts[name] if name else indicator.cohort
        if cohort is None:
            raise KeyError(name)
        found.append((indicator, cohort))
    return found


_CROSSERS = """
WITH here AS MATERIALIZED (
    SELECT array(SELECT institution_id FROM places_institutionplacement WHERE unit_id = ANY(%(places)s)
                  UNION SELECT institution_id FROM indicators_fresh_institutionmonth WHERE place_id = ANY(%(places)s))
           AS institutions
), stood AS (
    SELECT institution_id, unit_id AS place_id
      FROM places_institutionplacement WHERE institution_id = ANY((SELECT institutions FROM here)::bigint[])
     UNION
    SELECT institution_id, place_id
      FROM indicators_fresh_institutionmonth WHERE institution_id = ANY((SELECT institutions FROM here)::bigint[])
)
SELECT stood.institution_id
  FROM stood
  JOIN places_unitreading AS reading ON reading.unit_id = stood.place_id
                                    AND coalesce(reading.starts_on, '-infinity') <= %(day)s
                                    AND coalesce(reading.ends_on, 'infinity') > %(day)s
 GROUP BY 1 HAVING count(DISTINCT reading.reads_as_id) > 1
"""


def crossers(frame: Frame) -> set[int]:
    """Institutions that stood or did something in one of the frame's leaves, and in another unit of its map. One query
    for all frames of one map."""

    def statement(each: Frame) -> tuple[str, dict[str, Any]]:
        return _CROSSERS, {"day": each.map_day, "places": list(places_of(each))}

    return {institution for (institution,) in frame.raw_rows_of_map("crossers", statement)}


def classes_of(defined: Iterable[Sequence[Defined]]) -> frozenset[str]:
    """Of the institutions that the figures look at."""
    return frozenset(each for these in defined for _indicator, cohort in these for each in cohort.classes)


def name_together(frame: Frame, classes: set[str]) -> None:
    """So that what is asked of institutions can be asked for all frames at once."""

    def everyone(classes: frozenset[str]) -> set[int]:
        frames = frame.together.frames
        return {each.institution_id for one in frames for each in expected_institutions(one, set(classes))}

    if frame.together.frames:
        frame.together.look_at(classes, everyone)


def _places_with_institutions(frame: Frame) -> set[int]:
    """Units in which at least one institution of any class is open on the frame's last day."""

    def placements(each: Frame) -> QuerySet[Any, Any]:
        day = each.last_day
        return (
            InstitutionPlacement.objects.on(day)
            .filter(
                Q(unit__in=places_of(each)) if each.within is None else Q(institution__in=each.within),
                institution__in=active_on(Institution.objects.all(), day),
            )
            .values_list("unit_id")
            .distinct()
        )

    return {place for (place,) in frame.rows("registered places", placements)}
