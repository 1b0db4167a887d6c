"""docs/territory.md tells what the database holds."""

from pathlib import Path

import pytest

from hocsuotdoi.places.operations.describe_territory import territory_document
from hocsuotdoi.places.queries.doubts import broken_laws, check_territory, doubts

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "territory.md"


def test_document_is_what_the_database_tells(reference: None) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == territory_document()


def test_doubts_are_counted_by_reason(reference: None) -> None:
    found = doubts()
    assert found.divided_units == 471
    assert found.steps == {"divided": 1_136, "far": 26}
    assert found.disagreements == {"name": 30, "code": 123, "position": 15}
    assert found.without_act == 0


def test_check_of_a_sound_territory_tells_no_broken_law(reference: None) -> None:
    assert broken_laws() == []
    assert check_territory()[0].startswith("471 former communes were divided")


@pytest.mark.django_db
def test_check_of_an_empty_database_says_how_to_load() -> None:
    assert check_territory() == ["No territory is loaded; run `hocsuotdoi demo` or load the reference data."]
