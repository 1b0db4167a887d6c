"""What is told from kept parts, against looking at every institution: after each kind of writing, with the refresh and
without it."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.activities.enums import ActivityKind
from hocsuotdoi.core.periods import Period
from hocsuotdoi.indicators.enums import AnswerValue, CohortKind, IndicatorKind, StockCode, ValueState
from hocsuotdoi.indicators.models import Cohort, Indicator, KeptParts, PartsMark, PartsQuestion, PartsStale, PartsYear
from hocsuotdoi.indicators.operations import parts
from hocsuotdoi.indicators.operations.rolling import fold, follow_map, rebuild
from hocsuotdoi.indicators.queries.figure import values_from
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, TODAYS_MAP, ChosenMap, frame_of, frames_together
from hocsuotdoi.indicators.queries.kept_parts import FORMULAS
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.parts import Parts, adds_up
from hocsuotdoi.indicators.queries.series import series_by_unit
from hocsuotdoi.indicators.queries.values import values_for
from hocsuotdoi.ledger.enums import AgeBand, MeasureCode, PostingKind, Purpose
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.enums import InstitutionClass, InstitutionState, SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Equipment, InstitutionPlacement, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild as rebuild_territory
from hocsuotdoi.places.operations.holidays import decide_holiday, withdraw_decision
from hocsuotdoi.places.operations.institution import (
    add_closure,
    change_status,
    move_institution,
    remove_closure,
    set_opening_hours,
)
from tests.factories.activities import ActivityFactory, EnrolmentFactory
from tests.factories.indicators import (
    AnswerFactory,
    CohortFactory,
    CriteriaSetFactory,
    IndicatorFactory,
    PopulationFactory,
    ReviewFactory,
)
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, RoomFactory, UnitFactory
from tests.factories.stated import state
from tests.indicators.book import found as found_world
from tests.indicators.book import play, step
from tests.indicators.conftest import REFORM
from tests.support.depth import by_turns, cases

TODAY = timezone.localdate()
NOW = timezone.now()
YEAR = TODAY.year
VISIT = MeasureCode.LIBRARY_VISIT
LIBRARIES = [InstitutionClass.LIBRARY_COMMUNE, InstitutionClass.BOOKCASE, InstitutionClass.MUSEUM_PROVINCE]
RULES = [
    ("visits", "quantity_at_least", {"measure": VISIT, "quantity": 4}),
    ("either", "any_of_at_least", {"measures": [VISIT, MeasureCode.LOAN], "quantity": 2}),
    ("months", "months_at_least", {"months": 2}),
    ("ages", "age_bands_at_least", {"measure": MeasureCode.PROGRAMME_ATTENDANCE, "bands": 1}),
    ("hours", "opening_hours_known", {}),
    ("evening", "opens_evening_or_weekend", {}),
    ("rooms", "rooms_known", {}),
    ("website", "website_known", {}),
    ("kit", "equipment_usable", {"kinds": ["computer"]}),
    ("asked", "", {}),
]


def define() -> list[tuple[str, str]]:
    """One figure of each kind and of each source; each says of whom it speaks, so its parts are kept."""
    houses = CohortFactory(classes=LIBRARIES)
    communes = CohortFactory(classes=LIBRARIES, kind=CohortKind.UNITS, tier=Tier.COMMUNE)
    provinces = CohortFactory(classes=LIBRARIES, kind=CohortKind.UNITS, tier=Tier.PROVINCE)
    villages = CohortFactory(classes=LIBRARIES, kind=CohortKind.UNITS, tier="")
    people = CohortFactory(kind=CohortKind.POPULATION, classes=[], urban=None)
    visits = {"measures": [VISIT]}
    with_list = IndicatorFactory(cohort=houses)
    in_communes = IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS, cohort=communes)
    for each in (with_list, in_communes):
        CriteriaSetFactory(indicator=each, classes=LIBRARIES, needed=3, criteria=RULES)
    made = [
        with_list,
        in_communes,
        IndicatorFactory(kind=IndicatorKind.GROWTH, cohort=houses, base_year=YEAR - 2, **visits),
        IndicatorFactory(kind=IndicatorKind.COUNT, cohort=houses, **visits),
        IndicatorFactory(kind=IndicatorKind.COUNT, cohort=houses, purposes=[Purpose.LEARNING], over=[VISIT], **visits),
        IndicatorFactory(kind=IndicatorKind.COUNT, cohort=houses, measures=[MeasureCode.LOAN]),
        IndicatorFactory(kind=IndicatorKind.COUNT, cohort=houses, measures=[MeasureCode.LOAN], over=[VISIT]),
        IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS, cohort=communes),
        IndicatorFactory(kind=IndicatorKind.UNITS_OF_UNITS, cohort=provinces),
        IndicatorFactory(kind=IndicatorKind.SHARE_OF_UNITS, cohort=villages),
        IndicatorFactory(kind=IndicatorKind.YES_NO, cohort=houses),
        IndicatorFactory(kind=IndicatorKind.YES_NO, cohort=houses, criterion=f"{with_list.code}/visits"),
        IndicatorFactory(kind=IndicatorKind.SHARE_OF_INSTITUTIONS, cohort=houses, at_least=3, **visits),
        IndicatorFactory(
            kind=IndicatorKind.SHARE_OF_POPULATION, cohort=people, measures=[MeasureCode.PROGRAMME_ATTENDANCE]
        ),
        *(IndicatorFactory(kind=IndicatorKind.STOCK, cohort=houses, measures=[code]) for code in StockCode.values),
    ]
    return [(each.code, each.cohort_id) for each in made]


class World:
    def __init__(self) -> None:
        self.there, self.houses = found_world()
        self.old_west = self._join_the_west()
        self.pairs = define()
        self.units = [self.there.country, *self.there.provinces, *self.there.communes]

    def _join_the_west(self) -> AdminUnit:
        """A province that became a part of the north: its one commune a commune, its own library the north's."""
        there, until = self.there, {"ends_on": REFORM}
        west = UnitFactory(name="Tây cũ", tier=Tier.PROVINCE, kind=UnitKind.PROVINCE, **until)
        commune = UnitFactory(name="Xã T", tier=Tier.COMMUNE, kind=UnitKind.COMMUNE, **until)
        new = UnitFactory(name="Xã Tây", tier=Tier.COMMUNE, kind=UnitKind.COMMUNE, starts_on=REFORM)
        for unit, parent, dates in [(west, there.country, until), (commune, west, until),
                                    (new, there.north, {"starts_on": REFORM})]:  # fmt: skip
            UnitParent.objects.create(unit=unit, parent=parent, **dates)
        for old, heir, is_origin in [(west, there.north, False), (commune, new, True)]:
            Succession.objects.create(predecessor=old, successor=heir, kind=SuccessionKind.MERGE, effective_on=REFORM,
                                      is_origin=is_origin)  # fmt: skip
        rebuild_territory()
        for before, since in [(west, there.north), (commune, new)]:
            house = InstitutionFactory(unit=since, institution_class=InstitutionClass.LIBRARY_COMMUNE)
            house.placements.update(starts_on=REFORM)
            InstitutionPlacement.objects.create(institution=house, unit=before, ends_on=REFORM)
            for day in (dt.date(2024, 3, 1), dt.date(2025, 3, 1), dt.date(2026, 1, 1)):
                make_posting(house, day, quantity=9)
        follow_map(TODAY)
        fold()
        return west

    def reported(self, unit: AdminUnit) -> list[tuple[AdminUnit, int]]:
        """The unit that stands in its place in each of some years."""
        before = {self.there.north: self.there.old_north, self.there.south: self.there.old_south}.get(unit, unit)
        return [(before, REFORM.year - 1), *([(unit, REFORM.year + 1)] if unit.ends_on is None else [])]

    def check_reported(self, what: str) -> None:
        """Of provinces of both maps, one after the other, over years of both."""
        for unit in (self.there.north, self.there.south, self.old_west):
            stood = self.reported(unit)
            told = series_by_unit(unit, [unit], self.pairs, [year for _unit, year in stood], chosen=AS_REPORTED)
            for then, year in stood:
                live = values_from(Material(frame_of(then, year, chosen=AS_REPORTED), [then], self.pairs))
                for pair in self.pairs:
                    assert told[pair][unit.pk][year] == live[pair][then.pk], (what, unit.name, year, pair)

    def check(self, what: str) -> None:
        """Of the country and of all communes, over two years."""
        country, years = self.there.country, [YEAR - 1, YEAR]
        for units in ([country], [each for each in self.there.communes if each in self.units]):
            told = series_by_unit(country, units, self.pairs, years)
            for frame in frames_together([frame_of(country, year) for year in years]):
                live = values_from(Material(frame, units, self.pairs))
                for pair in self.pairs:
                    for unit in units:
                        assert told[pair][unit.pk][frame.year] == live[pair][unit.pk], (what, unit, frame.year, pair)
        told = series_by_unit(country, [country], self.pairs, years, chosen=AS_REPORTED)
        for frame in frames_together([frame_of(country, year, chosen=AS_REPORTED) for year in years]):
            live = values_from(Material(frame, [country], self.pairs))
            for pair in self.pairs:
                assert told[pair][country.pk][frame.year] == live[pair][country.pk], (
                    what,
                    "reported",
                    frame.year,
                    pair,
                )

    def check_each(self, what: str) -> None:
        """The same, asked of each unit by itself."""
        for unit in self.units:
            told = values_for(unit, YEAR, self.pairs)
            live = values_from(Material(frame_of(unit, YEAR), [unit], self.pairs))
            assert told == {pair: live[pair][unit.pk] for pair in self.pairs}, (what, unit.name)

    def kept_as_reported(self) -> list[tuple[str, str]]:
        """Not of units, which are others then."""
        return [pair for pair, cohort in self._adding_up() if cohort.kind != CohortKind.UNITS]

    def looks_at_institutions(self, chosen: ChosenMap = TODAYS_MAP) -> bool:
        kept = self.kept_as_reported() if chosen.is_reported else [pair for pair, _cohort in self._adding_up()]
        with CaptureQueriesContext(connection) as captured:
            series_by_unit(self.there.country, [self.there.country], kept, [YEAR - 1, YEAR], chosen=chosen)
        return any(looks_at_institutions(query["sql"]) for query in captured)

    def _adding_up(self) -> list[tuple[tuple[str, str], Cohort]]:
        indicators, cohorts = (model.objects.in_bulk(field_name="code") for model in (Indicator, Cohort))
        found = [(pair, indicators[pair[0]], cohorts[pair[1]]) for pair in self.pairs]
        return [(pair, cohort) for pair, indicator, cohort in found if adds_up(indicator, cohort)]


def looks_at_institutions(statement: str) -> bool:
    return 'FROM "places_institutionplacement" INNER JOIN "places_institution"' in statement


@pytest.mark.slow
@pytest.mark.django_db
class TestLaw(TestCase):
    @given(
        st.lists(
            st.one_of(
                step,
                st.tuples(st.just("refresh")),
                st.tuples(st.just("move"), st.integers(0, 2), st.integers(0, 2)),
                st.tuples(st.just("close"), st.integers(0, 2)),
            ),
            max_size=8,
        )
    )
    @settings(max_examples=cases(8), deadline=None, suppress_health_check=list(HealthCheck))
    def test_kept_says_what_looking_at_everything_says(self, steps):
        world = World()
        parts.refresh(TODAY)
        for each in steps:
            if each[0] == "refresh":
                parts.refresh(TODAY)
            elif each[0] == "move":
                house = world.houses[each[1]]
                house.placements.filter(ends_on=None).update(unit=world.there.communes[each[2]])
            elif each[0] == "close":
                world.houses[each[1]].statuses.update(state=InstitutionState.SUSPENDED)
            else:
                play([each], world.houses)
        world.check(repr(steps))
        fold()
        parts.refresh(TODAY)
        assert not PartsStale.objects.exists() and not PartsMark.objects.exists()
        world.check(repr(steps))
        world.check_each(repr(steps))
        world.check_reported(repr(steps))


Acts = list[tuple[str, Callable[[], object]]]


class Kept(dict[str, Any]):
    """What an act made, by its name, for those that come after it."""

    def keep(self, name: str, act: Callable[[], object]) -> Callable[[], object]:
        return lambda: self.__setitem__(name, act())


def acts(world: World) -> Acts:
    """Everything that can be written on which a figure rests, one after another."""
    kept = Kept()
    return [*booked(world, kept), *registered(world, kept), *answered(world, kept), *placed(world)]


def booked(world: World, kept: Kept) -> Acts:
    there, (one, two, three), keep = world.there, world.houses, kept.keep
    source = {"source_kind": "activities.session", "occurred_on": TODAY, "by": None, "at": NOW}
    children = Line(MeasureCode.PROGRAMME_ATTENDANCE, 4, age_band=AgeBand.CHILD)
    lines = [Line(VISIT, 5, purpose=Purpose.LEARNING), Line(MeasureCode.LOAN, 2)]
    return [
        ("base year", lambda: make_posting(one, dt.date(YEAR - 2, 8, 1), quantity=10)),
        ("base year of another", lambda: make_posting(three, dt.date(YEAR - 2, 9, 1), quantity=3)),
        ("happening", keep("happening", lambda: post(one, **source, source_id=uuid.uuid4(), lines=lines))),
        ("last year", lambda: make_posting(one, dt.date(YEAR - 1, 9, 1), quantity=7)),
        ("another", lambda: make_posting(three, TODAY, children)),
        ("fold", fold),
        ("reversal", lambda: reverse(kept["happening"], reason="nhầm", by=None, at=NOW)),
        ("stated zero", keep("zero", lambda: post(two, **source, source_id=uuid.uuid4(), lines=[],
                                                  kind=PostingKind.STATED))),
        ("stated zero taken back", lambda: reverse(kept["zero"], reason="nhầm", by=None, at=NOW)),
        ("before the base year", keep("early", lambda: make_posting(one, dt.date(YEAR - 4, 3, 1), quantity=2))),
        ("nothing before the base year", lambda: reverse(kept["early"], reason="nhầm", by=None, at=NOW)),
        ("use in the house", lambda: make_posting(three, TODAY, Line(MeasureCode.IN_HOUSE_USE, 2))),
        ("typed in for last year", lambda: state(three, there.phuong, Period(YEAR - 1, month=12), NOW, LOAN=40)),
        ("rebuild", lambda: rebuild(TODAY)),
    ]  # fmt: skip


def registered(world: World, kept: Kept) -> Acts:
    (one, two, _three), keep = world.houses, kept.keep
    return [
        ("class", lambda: _save(two, institution_class=InstitutionClass.BOOKCASE)),
        ("website", lambda: _save(one, website="https://thuvien.example.vn")),
        ("hours", lambda: set_opening_hours(one, spans=[(5, dt.time(8), dt.time(20)), (0, dt.time(8), dt.time(18))],
                                            starts_on=TODAY, by=None, at=NOW)),
        ("closure", keep("closure", lambda: add_closure(one, starts_on=TODAY, last_day=TODAY + dt.timedelta(days=9),
                                                        reason="Sửa", by=None, at=NOW))),
        ("closure removed", lambda: remove_closure(kept["closure"], by=None, at=NOW)),
        ("holiday", keep("holiday", lambda: decide_holiday(TODAY, is_holiday=True, name="Lễ", legal_act="QĐ 1",
                                                           by=None, at=NOW))),
        ("no holiday", lambda: withdraw_decision(kept["holiday"], by=None, at=NOW)),
        ("room", keep("room", lambda: RoomFactory(institution=one))),
        ("room enlarged", lambda: _save(kept["room"], capacity=90)),
        ("room gone", lambda: kept["room"].delete()),
        ("equipment", keep("kit", lambda: Equipment.objects.create(
            institution=one, kind="computer", checked_on=TODAY))),
        ("equipment broken", lambda: _save(kept["kit"], usable=0)),
    ]  # fmt: skip


def answered(world: World, kept: Kept) -> Acts:
    (one, _two, three), keep = world.houses, kept.keep
    return [
        ("club", keep("club", lambda: ActivityFactory(institution=one, kind=ActivityKind.CLUB))),
        ("member", keep("member", lambda: EnrolmentFactory(activity=kept["club"]))),
        ("member left", lambda: _save(kept["member"], ended_at=NOW)),
        ("answer", keep("answer", lambda: AnswerFactory(
            institution=one, year=YEAR, indicator_code=world.pairs[0][0], criterion_code="kit"))),
        ("review", lambda: ReviewFactory(answer=kept["answer"], found=AnswerValue.NO)),
        ("open question", lambda: AnswerFactory(institution=three, year=YEAR - 1, indicator_code=world.pairs[0][0])),
        ("not asked", lambda: AnswerFactory(institution=three, year=YEAR, indicator_code=world.pairs[0][0],
                                            value=AnswerValue.NOT_APPLICABLE)),
    ]  # fmt: skip


def placed(world: World) -> Acts:
    there, (one, _two, three) = world.there, world.houses
    return [
        ("a new house", lambda: InstitutionFactory(unit=there.nam)),
        ("suspended", lambda: change_status(three, state=InstitutionState.SUSPENDED, starts_on=TODAY, reason="Sửa",
                                            by=None, at=NOW)),
        ("moved", lambda: move_institution(one, unit=there.nam, address="", starts_on=TODAY, by=None, at=NOW)),
        ("posted after the move", lambda: make_posting(one, TODAY, quantity=6)),
        ("posted before the move", lambda: make_posting(one, dt.date(YEAR - 2, 8, 2), quantity=4)),
        ("population", lambda: PopulationFactory(unit=there.xa, year=YEAR, villages=3)),
        ("indicator ended", lambda: Indicator.objects.filter(code=world.pairs[3][0]).update(ends_on=TODAY)),
        ("of whom", lambda: Cohort.objects.filter(code=world.pairs[0][1]).update(classes=LIBRARIES[:1])),
        ("merged", lambda: merge_ward(world)),
    ]  # fmt: skip


def merge_ward(world: World) -> None:
    """The ward goes up into the commune."""
    there = world.there
    there.phuong.ends_on = TODAY
    there.phuong.save()
    UnitParent.objects.filter(unit=there.phuong).update(ends_on=TODAY)
    Succession.objects.create(
        predecessor=there.phuong, successor=there.xa, kind=SuccessionKind.MERGE, effective_on=TODAY, is_origin=False
    )
    rebuild_territory()
    world.units.remove(there.phuong)


def _save(thing, **values) -> None:
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save(update_fields=list(values))


@pytest.mark.slow
@pytest.mark.parametrize("with_refresh", [False, True], ids=["never refreshed", "refreshed"])
def test_after_each_kind_of_writing_figures_are_exact(db, with_refresh):
    world, is_turn = World(), by_turns()
    parts.refresh(TODAY)
    assert not world.looks_at_institutions()
    assert not world.looks_at_institutions(AS_REPORTED)
    for what, act in acts(world):
        act()
        if not is_turn():
            continue
        if with_refresh:
            fold()
            parts.refresh(TODAY)
            assert not world.looks_at_institutions(), what
        world.check(what)
    world.check_each("in the end")
    world.check_reported("in the end")
    assert KeptParts.objects.exists()


NOT_NOTED = {
    # Derived from the ledger and noted when it is: what is pending, and by the fold.
    "indicators_fresh_institutionmonth", "indicators_fresh_cell", "indicators_fresh_learneryear",
    # Written with the change of an institution's class, which is noted.
    "indicators_reclassed",
    # The ledger's entries are pending before they are anything else.
    "ledger_entry",
    # Each figure that is typed in or taken back has a posting, which notes.
    "indicators_statedfigure",
    # Read anew whenever somebody asks: people and villages do not add up.
    "indicators_population",
}  # fmt: skip


@pytest.mark.slow
def test_everything_that_figures_rest_on_notes_that_it_was_written(db):
    """Whoever lets a figure read another table adds the trigger (or says above why there is none)."""
    world = World()
    for _what, act in acts(world):
        act()
    with CaptureQueriesContext(connection) as captured:
        for year in (YEAR - 1, YEAR):
            values_from(Material(frame_of(world.there.country, year), [world.there.country], world.pairs))
    read = {
        table
        for query in captured
        for table in re.findall(r"\b((?:places|indicators|ledger|activities|accounts|programme)_[a-z_]+)\b",
                                re.sub(r"'[^']*'", "", query["sql"]))
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'note_for_parts%'")
        noted = {table for (table,) in cursor.fetchall()}
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'p')")
        tables = {table for (table,) in cursor.fetchall()}
    assert (read & tables) - noted == NOT_NOTED


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_writers_at_one_commune_do_not_wait_for_each_other(transactional_db):
    """Each leaves its own mark: none waits for the other's commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'indicators_partsmark'")
        assert [row[0] for row in cursor.fetchall() if "UNIQUE" in row[0]] == [
            "CREATE UNIQUE INDEX indicators_partsmark_pkey ON public.indicators_partsmark USING btree (id)"
        ]
    house = InstitutionFactory()
    other = connection.copy()
    try:
        with transaction.atomic():
            RoomFactory(institution=house)
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute(
                    "INSERT INTO places_institutionstatus (institution_id, state, reason, starts_on) "
                    "VALUES (%s, 'active', '', '2026-01-01')",
                    [house.pk],
                )
    finally:
        other.close()
    assert PartsMark.objects.filter(institution_id=house.pk).count() >= 2


@pytest.mark.parametrize("year", [YEAR - 1, YEAR])
def test_a_year_is_made_anew_when_something_is_typed_in_for_the_year_before(db, year):
    """Who typed loans in the year before is waited for: use in the house says no more that it lent nothing."""
    world = World()
    one = world.houses[2]
    make_posting(one, dt.date(year, 9, 1), Line(MeasureCode.IN_HOUSE_USE, 3))
    fold()
    parts.refresh(TODAY)
    assert not world.looks_at_institutions()
    loans, unit = world.pairs[5], world.there.phuong
    assert values_for(unit, year, [loans])[loans].numerator == 0

    state(one, unit, Period(year - 1, month=12), NOW, LOAN=40)

    for what, act in [("typed", lambda: None), ("folded", fold), ("refreshed", lambda: parts.refresh(TODAY))]:
        act()
        assert values_for(unit, year, [loans])[loans].state == ValueState.NOT_REPORTED, what
        world.check(what)
    assert not world.looks_at_institutions()


def test_growth_is_made_anew_when_something_is_typed_in_for_the_year_before_its_base(db):
    world = World()
    one = world.houses[2]
    for year, quantity in ((YEAR - 2, 5), (YEAR, 7)):
        make_posting(one, dt.date(year, 1, 5), quantity=quantity)
        make_posting(world.houses[0], dt.date(year, 1, 5), Line(MeasureCode.PROGRAMME_SESSION, 2))
    fold()
    parts.refresh(TODAY)
    growth, country = world.pairs[2], world.there.country
    assert values_for(country, YEAR, [growth])[growth].reporting == 4

    state(world.houses[0], country, Period(YEAR - 3, month=12), NOW, LIBRARY_VISIT=0)

    for what, act in [("typed", fold), ("refreshed", lambda: parts.refresh(TODAY))]:
        act()
        assert values_for(country, YEAR, [growth])[growth].reporting == 3, what
        world.check(what)


def test_a_share_has_one_denominator_wherever_an_institution_moved(db):
    """It types visits and no loans, and moved since: neither where it was nor where it is do its visits count."""
    world = World()
    lends, mover = world.houses[0], world.houses[2]
    state(mover, world.there.phuong, Period(YEAR, month=1), NOW, LIBRARY_VISIT=100)
    make_posting(lends, dt.date(YEAR, 1, 5), Line(MeasureCode.LOAN, 4), Line(VISIT, 10))
    fold()
    parts.refresh(TODAY)
    move_institution(mover, unit=world.there.nam, address="", starts_on=TODAY, by=None, at=NOW)
    share = world.pairs[6]

    for what, act in [("moved", lambda: None), ("refreshed", lambda: parts.refresh(TODAY))]:
        act()
        told = values_for(world.there.country, YEAR, [share])[share]
        assert (told.numerator, told.denominator) == (4, 10), what
        world.check(what)


def test_what_was_kept_by_earlier_formulas_is_begun_anew(world):
    """So an installation is right after its upgrade, and before its first refresh looks at everything."""
    define()
    parts.refresh(TODAY)
    PartsQuestion.objects.update(key=Replace("key", Value(f"/{FORMULAS}"), Value(f"/{FORMULAS - 1}")))
    PartsYear.objects.update(reads=[YEAR])

    parts.refresh(TODAY)

    assert PartsYear.objects.get(year=YEAR).reads == [YEAR - 3, YEAR - 2, YEAR - 1, YEAR]


def test_day_that_has_changed_makes_the_running_year_stale_and_no_other(world):
    define()
    parts.refresh(TODAY)
    PartsYear.objects.update(day=TODAY - dt.timedelta(days=1))
    there, _houses = world

    parts.refresh(TODAY)

    days = dict(PartsYear.objects.values_list("year", "day"))
    assert days[YEAR] == TODAY
    assert {day for year, day in days.items() if year < TODAY.year} <= {TODAY - dt.timedelta(days=1)}
    assert there


@pytest.mark.slow
def test_what_was_found_is_remembered_until_something_else_is_written(db):
    """The first who asks looks; a mark that the refresh takes over into a row that is there is another writing, too."""
    world = World()
    one = world.houses[0]
    make_posting(one, dt.date(YEAR - 2, 8, 1), quantity=10)
    fold()
    parts.refresh(TODAY)

    def take_over() -> None:
        with transaction.atomic():
            parts._take_note(TODAY)

    for what, act in [
        ("posted", lambda: make_posting(one, dt.date(YEAR, 1, 1), quantity=3)),
        ("posted again", lambda: make_posting(one, dt.date(YEAR, 1, 1), quantity=4)),
        ("folded", fold),
        ("taken over", take_over),
        ("written once more", lambda: _save(one, website="https://thuvien.example.vn")),
        ("taken over into what is there", take_over),
    ]:
        act()
        assert world.looks_at_institutions(), what
        assert not world.looks_at_institutions(), what
        world.check(what)
    parts.refresh(TODAY)
    assert not world.looks_at_institutions()
    assert not world.looks_at_institutions(AS_REPORTED)
    world.check("refreshed")


def test_parts_add_up_one_by_one():
    one, two = Parts(expected=2, total=5), Parts(expected=1, base=3)
    assert one.plus(two) == Parts(expected=3, total=5, base=3)
    assert one.plus(two).minus(two) == one


def test_number_of_queries_does_not_grow(world, django_assert_num_queries):
    there, _houses = world
    pairs = define()
    parts.refresh(TODAY)
    kept = [pair for pair in pairs if adds_up(Indicator.objects.get(code=pair[0]), Cohort.objects.get(code=pair[1]))]
    counts = []
    for communes, years in (([there.xa], [YEAR]), (there.communes, [YEAR - 2, YEAR - 1, YEAR])):
        with CaptureQueriesContext(connection) as captured:
            series_by_unit(there.country, communes, kept, years)
        counts.append(len(captured))
    assert counts == [counts[0], counts[0]]
