"""What the figures of one call are made of, loaded once; making them afterwards runs no query."""

from collections.abc import Collection, Sequence

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
from hocsuotdoi.indicators.queries.definitions import CONDITIONED, definitions_on, has_condition
from hocsuotdoi.indicators.queries.frame import Expected, Frame, expected_institutions, spots_by_place
from hocsuotdoi.indicators.queries.people import active_users, participation, residents, villages
from hocsuotdoi.indicators.queries.results import Pair
from hocsuotdoi.indicators.queries.sums import (
    Counted,
    counted_for,
    first_years,
    reporting_by_year,
    sums_by_institution,
)
from hocsuotdoi.places.models import AdminUnit, InstitutionPlacement, UnitAncestry, UnitReading
from hocsuotdoi.places.queries.institutions import institutions_expected
from hocsuotdoi.places.queries.units import units_reading_as

Defined = tuple[Indicator, Cohort]


class Material:
    """For `groups` (units of the frame's map, none within another) and `pairs`, each indicator as the version that
    holds on the frame's last day defines it. Raises KeyError for a code that is not defined.

    `defined` in place of pairs: definitions that need not be stored, to look at what they would say.
    """

    def __init__(
        self,
        frame: Frame,
        groups: list[AdminUnit],
        pairs: Collection[Pair] = (),
        *,
        defined: Sequence[Defined] | None = None,
    ) -> None:
        self.frame, self.groups = frame, groups
        self.defined = list(defined) if defined is not None else _defined(frame, pairs)
        self.spots = spots_by_place(frame, groups)
        with_classes = {c for _i, cohort in self.defined for c in cohort.classes}
        self.expected: dict[int, list[Expected]] = {group.pk: [] for group in groups}
        institutions = expected_institutions(frame, with_classes) if frame.has_begun else []
        for institution in institutions:
            if (spot := self.spots.get(institution.unit_id)) is not None:
                self.expected[spot.group_id].append(institution)
        self._load_checklists(institutions)
        self._load_sums(institutions)
        self.stocks = Stocks(frame, self.defined, institutions)
        self._load_units()
        self._load_people()

    # -- loading: each only when a pair needs it --

    def _load_checklists(self, institutions: list[Expected]) -> None:
        deciding = [indicator for indicator, _cohort in self.defined if indicator.kind in CONDITIONED]
        codes = {indicator.code for indicator in deciding if not has_condition(indicator)}
        named = {criterion_of(indicator)[0] for indicator in deciding if indicator.criterion}
        self.with_checklist: set[str] = set()
        self._checklists: Checklists | None = None
        if codes:
            self.with_checklist = set(
                CriteriaSet.objects.filter(indicator__in=codes).values_list("indicator_id", flat=True)
            )
        if codes or named:
            self._checklists = Checklists(self.frame, codes | named, institutions)

    def _load_sums(self, institutions: list[Expected]) -> None:
        growing = {counted_for(i, c) for i, c in self.defined if i.kind == IndicatorKind.GROWTH}
        counting = {counted_for(i, c) for i, c in self.defined if i.kind == IndicatorKind.COUNT}
        conditions = counted_by_conditions(self.defined)
        counting |= conditions | counted_below(self.defined)
        self.base_years: dict[Counted, int] = first_years(growing)
        years = {year for year in self.base_years.values() if year < self.frame.year}
        self.sums: dict[tuple[int, int], list[tuple[int, dict[Counted, int]]]] = {}
        self.reporting: dict[int, set[int]] = {}
        if growing or counting:
            years |= {self.frame.year}
            rows = sums_by_institution(self.frame, growing | counting, years)
            for (institution, place, year), sums in rows.items():
                if (spot := self.spots.get(place)) is not None:
                    self.sums.setdefault((spot.group_id, year), []).append((institution, sums))
            self.reporting = reporting_by_year(self.frame, years, [each.institution_id for each in institutions])
        self._everywhere: dict[Counted, dict[int, int]] = {each: {} for each in conditions}
        for (_group, year), counts in self.sums.items():
            for institution, sums in counts if year == self.frame.year else []:
                for each in conditions & sums.keys():
                    found = self._everywhere[each]
                    found[institution] = found.get(institution, 0) + sums[each]

    def _load_units(self) -> None:
        cohorts = [cohort for _indicator, cohort in self.defined if cohort.kind == CohortKind.UNITS]
        self.registered_places: set[int] = set()
        if cohorts or any(self._absence_counts(indicator) for indicator, _cohort in self.defined):
            self.registered_places = _places_with_institutions(self.frame)
        if not cohorts:
            return
        day, tiers = self.frame.map_day, {cohort.tier for cohort in cohorts if cohort.tier}
        self.villages = villages(self.frame, self.groups) if not all(cohort.tier for cohort in cohorts) else {}
        self.units_of: dict[tuple[int, str], list[int]] = {}
        rows = UnitAncestry.objects.filter(on(day), ancestor__in=self.groups, unit__tier__in=tiers)
        for group_id, tier, unit_id in rows.values_list("ancestor_id", "unit__tier", "unit_id"):
            self.units_of.setdefault((group_id, tier), []).append(unit_id)
        readings = UnitReading.objects.filter(
            on(day),
            on(day, "reads_as__ancestries__"),
            reads_as__ancestries__ancestor__tier__in=tiers,
            unit__in=units_reading_as(self.frame.unit, day),
        ).values_list("unit_id", "reads_as__ancestries__ancestor_id", "reads_as__ancestries__ancestor__tier")
        self.unit_at: dict[tuple[int, str], int] = {(place, tier): unit for place, unit, tier in readings}

    def _load_people(self) -> None:
        shares = [(i, c) for i, c in self.defined if i.kind == IndicatorKind.SHARE_OF_POPULATION]
        if shares:
            every = {people_for(indicator) for indicator, _cohort in shares}
            self.participation = {each: participation(self.frame, self.spots, each) for each in every}
            self.residents = residents(self.frame, self.groups)
        using = {counted_for(i, c) for i, c in self.defined if i.measures == [StockCode.ACTIVE_USERS]}
        self.active_users = {each: active_users(self.frame, self.spots, each) for each in using}

    # -- asking --

    def cohort(self, group: AdminUnit, cohort: Cohort) -> list[Expected]:
        """The institutions of the cohort expected in the group."""
        return [each for each in self.expected[group.pk] if each.institution_class in cohort.classes]

    def decides(self, indicator: Indicator) -> bool:
        """Whether a checklist or a condition says which institutions count; else being open is enough."""
        return has_condition(indicator) or indicator.code in self.with_checklist

    def outcome(self, indicator: Indicator, cohort: Cohort, institution: Expected) -> Outcome:
        """Whether an institution counts."""
        if has_condition(indicator):
            return condition_outcome(
                indicator,
                institution,
                checklists=self._checklists,
                stocks=self.stocks,
                counted=self._everywhere.get(counted_for(indicator, cohort), {}),
                reporting=self.reporting.get(self.frame.year, set()),
            )
        if indicator.code in self.with_checklist and self._checklists is not None:
            return self._checklists.outcome(indicator.code, institution)
        return Outcome.UNKNOWN if indicator.kind == IndicatorKind.SHARE_OF_INSTITUTIONS else Outcome.MET

    def counts(self, indicator: Indicator, cohort: Cohort, institution: Expected) -> bool | None:
        """Whether an institution gives its unit what the indicator asks for; None: not known."""
        outcome = self.outcome(indicator, cohort, institution)
        return {Outcome.MET: True, Outcome.UNKNOWN: None}.get(outcome, False)

    def has_register(self, group: AdminUnit) -> bool:
        """Whether the register knows any open institution in the group: only then an absence says something."""
        return any(spot.group_id == group.pk and place in self.registered_places for place, spot in self.spots.items())

    def _absence_counts(self, indicator: Indicator) -> bool:
        if indicator.kind == IndicatorKind.YES_NO:
            return not self.decides(indicator)
        return indicator.kind == IndicatorKind.STOCK and indicator.measures == [StockCode.INSTITUTIONS_OPEN]

    def sums_by_institution(self, group: AdminUnit, counted: Counted, year: int) -> dict[int, int]:
        """Institution id to what was counted at it in the group in `year`; only where something was."""
        found: dict[int, int] = {}
        for institution, sums in self.sums.get((group.pk, year), []):
            if counted in sums:
                found[institution] = found.get(institution, 0) + sums[counted]
        return found


def _defined(frame: Frame, pairs: Collection[Pair]) -> list[Defined]:
    indicators = definitions_on({indicator for indicator, _cohort in pairs}, frame.last_day)
    cohorts = Cohort.objects.in_bulk({cohort for _indicator, cohort in pairs})
    return [(indicators[indicator], cohorts[cohort]) for indicator, cohort in pairs]


def _places_with_institutions(frame: Frame) -> set[int]:
    """Units in which at least one institution of any class is open on the frame's last day."""
    placements = InstitutionPlacement.objects.on(frame.last_day).filter(
        institution__in=institutions_expected(frame.unit, frame.year, as_of=frame.as_of)
    )
    return set(placements.values_list("unit_id", flat=True).distinct())
