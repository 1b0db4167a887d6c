"""docs/territory.md tells what the database holds."""

import datetime as dt
from pathlib import Path

from hocsuotdoi.core.doctor import Level
from hocsuotdoi.places.doctor import territory
from hocsuotdoi.places.models import Agency, InstitutionAgency
from hocsuotdoi.places.operations.describe_territory import territory_document
from hocsuotdoi.places.queries.doubts import broken_laws, doubts
from tests.factories.places import InstitutionFactory, UnitFactory

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "territory.md"


def test_document_is_what_the_database_tells(reference: None) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == territory_document()


def test_doubts_are_counted_by_reason(reference: None) -> None:
    found = doubts()
    assert found.divided_units == 471
    assert found.steps == {"divided": 1_136, "far": 26}
    assert found.disagreements == {"name": 30, "code": 123, "position": 15}
    assert found.without_act == 0


def test_doctor_of_a_sound_territory_tells_only_what_is_uncertain(reference: None) -> None:
    found = territory()
    assert [finding.level for finding in found] == [Level.UNCERTAIN, Level.UNCERTAIN]
    assert "471" in str(found[0].message)
    assert "168" in str(found[1].message)


def test_doctor_tells_of_an_ended_unit_without_a_main_successor(db: None) -> None:
    UnitFactory(name="Xã Mất", ends_on=dt.date(2025, 7, 1))
    assert territory()[0].level == Level.BROKEN
    assert "Xã Mất" in broken_laws()[0]


def test_doctor_names_institutions_that_nobody_runs_since_their_body_ended(reference: None) -> None:
    reform = dt.date(2025, 7, 1)
    ended = Agency.objects.filter(ends_on=reform, unit__ends_on=reform).first()
    house = InstitutionFactory(name="Nhà truyền thống")
    InstitutionAgency.objects.create(institution=house, agency=ended, ends_on=reform)
    finding = next(each for each in territory() if "Nhà truyền thống" in str(each.message))
    assert (finding.level, "1 cơ sở" in str(finding.message)) == (Level.UNCERTAIN, True)
    InstitutionAgency.objects.create(institution=house, agency=Agency.objects.get(code="ubnd-19"), starts_on=reform)
    assert not [each for each in territory() if "Nhà truyền thống" in str(each.message)]


def test_doctor_of_an_empty_database_says_how_to_load(db: None) -> None:
    [finding] = territory()
    assert finding.level == Level.BROKEN
    assert "hocsuotdoi demo" in str(finding.mend)
