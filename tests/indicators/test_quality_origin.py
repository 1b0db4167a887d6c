"""How much of a figure is traced to happenings, how much was typed in, what waits to be checked."""

import datetime as dt

import pytest

from hocsuotdoi.indicators.enums import IndicatorKind, QualityRule
from hocsuotdoi.indicators.models import QualityFinding
from hocsuotdoi.indicators.queries.frame import frame_of
from hocsuotdoi.indicators.queries.quality_origin import Origin, trust_in
from hocsuotdoi.ledger.operations.posting import reverse
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.indicators import CohortFactory, CriteriaSetFactory, IndicatorFactory
from tests.factories.places import InstitutionFactory
from tests.indicators.quality import NOW, OCTOBER, SESSIONS, TODAY, VISITS, told

LIBRARIES = [InstitutionClass.LIBRARY_COMMUNE]


@pytest.fixture
def library(viet_nam):
    return InstitutionFactory(unit=viet_nam.xa)


@pytest.fixture
def visits(db):
    return IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISITS]), CohortFactory(classes=LIBRARIES)


def trust(unit, year=2026):
    return trust_in(frame_of(unit, year, TODAY))


def test_both_parts_make_the_sum_at_every_level(library, visits, viet_nam):
    told(library, OCTOBER, (VISITS, 70))
    told(library, OCTOBER, (VISITS, 30), typed=True)
    told(library, dt.date(2025, 10, 1), (VISITS, 9), typed=True)
    museum = InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.MUSEUM_PROVINCE)
    told(museum, OCTOBER, (VISITS, 500))  # of another class

    for unit in (viet_nam.xa, viet_nam.north, viet_nam.country):
        assert trust(unit).origins_of(*visits) == [Origin((VISITS,), 70, 30)]
    assert trust(viet_nam.south).origins_of(*visits) == [Origin((VISITS,), 0, 0)]
    assert trust(viet_nam.xa, 2025).origins_of(*visits) == [Origin((VISITS,), 0, 9)]


def test_what_was_taken_back_is_in_neither_part(library, visits, viet_nam):
    reverse(told(library, OCTOBER, (VISITS, 30), typed=True), reason="Nhầm", by=None, at=NOW)
    told(library, OCTOBER, (VISITS, 7))

    assert trust(viet_nam.xa).origins_of(*visits) == [Origin((VISITS,), 7, 0)]


def test_old_unit_keeps_its_own(library, visits, viet_nam):
    house = InstitutionFactory(unit=viet_nam.old_d)
    told(house, dt.date(2025, 3, 1), (VISITS, 4), typed=True)

    for unit in (viet_nam.old_d, viet_nam.old_south, viet_nam.nam):
        assert trust(unit, 2025).origins_of(*visits) == [Origin((VISITS,), 0, 4)]


def test_only_the_purposes_asked_for(library, viet_nam):
    told(library, OCTOBER, (VISITS, 70))
    indicator = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISITS], purposes=["learning"])
    (origin,) = trust(viet_nam.xa).origins_of(indicator, CohortFactory(classes=LIBRARIES))
    assert origin.total == 0


def test_checklist_rests_on_what_its_questions_look_at_and_on_nothing_else(library, viet_nam):
    told(library, OCTOBER, (SESSIONS, 3), (VISITS, 20))
    told(library, OCTOBER, (SESSIONS, 1), typed=True)
    museums = {"classes": [InstitutionClass.MUSEUM_PROVINCE], "criteria": [("open", "opening_hours_known", {})]}
    asked = CriteriaSetFactory(
        classes=LIBRARIES,
        criteria=[
            ("held", "quantity_at_least", {"measure": SESSIONS, "quantity": 1}),
            ("open", "opening_hours_known", {}),
            ("kind", "", {}),
            ("warm", "", {}),
        ],
    )
    asked.criteria.filter(code="open").update(answered_by="register")
    CriteriaSetFactory(indicator=asked.indicator, version=2, **museums)
    found, of_libraries = trust(viet_nam.xa), CohortFactory(classes=LIBRARIES)

    assert found.origins_of(asked.indicator, of_libraries) == [Origin((SESSIONS,), 3, 1)]
    assert found.asked_by(asked.indicator, of_libraries) == {"ledger": 1, "register": 1, "staff": 2}
    one = IndicatorFactory(criterion=f"{asked.indicator.code}/kind")
    assert found.origins_of(one, of_libraries) == []
    assert found.asked_by(one, of_libraries) == {"staff": 1}
    assert not found.is_of_register(one, of_libraries)


def test_what_counts_by_being_open_rests_on_the_register(library, viet_nam):
    told(library, OCTOBER, (SESSIONS, 3))
    found, indicator, cohort = trust(viet_nam.xa), IndicatorFactory(), CohortFactory(classes=LIBRARIES)

    assert found.is_of_register(indicator, cohort)
    assert (found.origins_of(indicator, cohort), found.asked_by(indicator, cohort)) == ([], {})


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": IndicatorKind.STOCK, "measures": ["rooms"]},
        {"kind": IndicatorKind.COUNT, "measures": [VISITS], "sexes": ["female"]},
        {"kind": IndicatorKind.COUNT, "measures": [VISITS], "tags": ["talk"]},
        {"kind": IndicatorKind.YES_NO, "measures": ["rooms"]},
    ],
)
def test_what_has_no_such_parts_says_nothing(library, viet_nam, definition):
    told(library, OCTOBER, (VISITS, 70))
    assert trust(viet_nam.xa).origins_of(IndicatorFactory(**definition), CohortFactory(classes=LIBRARIES)) == []


def test_findings_that_touch_a_figure_are_those_of_its_measure_and_classes(library, visits, viet_nam):
    def find(measure, rule=QualityRule.SERIES_OUTLIER, institution=library):
        QualityFinding.objects.create(
            rule=rule,
            institution=institution,
            unit=viet_nam.xa,
            measure=measure,
            period="2026-10",
            starts_on=OCTOBER,
            ends_on=dt.date(2026, 11, 1),
            numbers={},
            found_at=NOW,
            changed_at=NOW,
        )

    find(VISITS)
    find("loan")
    find("", QualityRule.SERIES_SILENCE)  # of everything that the house tells
    find("residents", QualityRule.POPULATION_JUMP, None)
    museum = InstitutionFactory(unit=viet_nam.xa, institution_class=InstitutionClass.MUSEUM_PROVINCE)
    find(VISITS, institution=museum)

    found = trust(viet_nam.xa)

    assert found.waiting.total == 5
    assert found.waiting_for(*visits) == 2
    everybody = CohortFactory(kind="population", classes=[])
    attendance = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=["programme_attendance"])
    assert found.waiting_for(attendance, everybody) == 2  # silence, population


def test_of_towns_nothing_is_told_that_is_of_all(library, viet_nam):
    told(library, OCTOBER, (VISITS, 70))
    counted = IndicatorFactory(kind=IndicatorKind.COUNT, measures=[VISITS])
    assert trust(viet_nam.xa).origins_of(counted, CohortFactory(classes=[])) == [Origin((VISITS,), 70, 0)]
    assert trust(viet_nam.xa).origins_of(counted, CohortFactory(classes=[], urban=True)) == []
