"""What provinces of earlier maps are told from kept parts, and years that are asked together, against looking at every
institution."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hocsuotdoi.indicators.enums import CohortKind, IndicatorKind
from hocsuotdoi.indicators.models import PartsYear
from hocsuotdoi.indicators.operations import parts
from hocsuotdoi.indicators.operations.rolling import fold
from hocsuotdoi.indicators.queries.figure import values_from
from hocsuotdoi.indicators.queries.frame import AS_REPORTED, frame_of
from hocsuotdoi.indicators.queries.material import Material
from hocsuotdoi.indicators.queries.series import series_by_unit
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild as rebuild_territory
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import REFORM
from tests.indicators.test_kept_parts import TODAY, VISIT, YEAR, World, looks_at_institutions


@pytest.mark.slow
def test_provinces_as_reported_are_told_from_leaves_that_lay_in_them(db):
    """Nothing is looked at where all that is known lies in leaves; where two provinces were joined only what is known
    at the provinces themselves."""
    world = World()
    parts.refresh(TODAY)
    world.check_reported("refreshed")
    kept = world.kept_as_reported()
    for unit, is_looked_at in [(world.there.north, True), (world.there.south, False), (world.old_west, True)]:
        years = [year for _unit, year in world.reported(unit)]
        with CaptureQueriesContext(connection) as captured:
            series_by_unit(unit, [unit], kept, years, chosen=AS_REPORTED)
        assert any(looks_at_institutions(query["sql"]) for query in captured) == is_looked_at, unit.name
    make_posting(world.houses[0], dt.date(REFORM.year - 1, 5, 1), quantity=5)
    world.check_reported("something is pending")
    fold()
    world.check_reported("something is stale")


@pytest.mark.slow
def test_what_lay_elsewhere_within_the_year_is_looked_at(db):
    """A commune that came to another province in the middle of a year."""
    world = World()
    there, moved = world.there, dt.date(REFORM.year - 1, 7, 1)
    UnitParent.objects.filter(unit=there.old_huyen_nam).update(starts_on=moved)
    UnitParent.objects.create(unit=there.old_huyen_nam, parent=there.old_north, ends_on=moved)
    rebuild_territory()
    for day in (dt.date(REFORM.year - 1, 2, 1), dt.date(REFORM.year - 1, 9, 1)):
        make_posting(world.houses[1], day, quantity=7)
    parts.refresh(TODAY)
    world.check_reported("moved")


@pytest.mark.slow
def test_classes_that_only_some_years_look_at_are_asked_about_too(db):
    """A year of which nothing is kept is looked at beside years of which only few figures are: those of few classes."""
    world = World()
    make_posting(world.houses[1], dt.date(YEAR, 1, 1), quantity=7)
    InstitutionFactory(unit=world.there.nam, institution_class=InstitutionClass.BOOKCASE)
    museums = CohortFactory(classes=[InstitutionClass.MUSEUM_PROVINCE])
    bookcases = CohortFactory(classes=[InstitutionClass.BOOKCASE], kind=CohortKind.UNITS, tier=Tier.PROVINCE)
    world.pairs = [
        (IndicatorFactory(kind=IndicatorKind.COUNT, cohort=museums, measures=[VISIT]).code, museums.code),
        (IndicatorFactory(kind=IndicatorKind.UNITS_OF_UNITS, cohort=bookcases).code, bookcases.code),
    ]
    parts.refresh(TODAY)
    PartsYear.objects.filter(year=YEAR).delete()
    told = series_by_unit(there := world.there.south, [there], world.pairs, [YEAR - 1, YEAR])
    live = values_from(Material(frame_of(there, YEAR), [there], world.pairs))
    for pair in world.pairs:
        assert told[pair][there.pk][YEAR] == live[pair][there.pk]
    assert told[world.pairs[0]][there.pk][YEAR].reporting == 1
