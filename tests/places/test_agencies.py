import datetime as dt

import pytest

from hocsuotdoi.places.models import Agency, AgencyLine

pytestmark = pytest.mark.usefixtures("reference")
AFTER = dt.date(2025, 7, 1)


def _superiors(code: str) -> list[tuple[str, str]]:
    lines = AgencyLine.objects.filter(agency__code=code).order_by("kind", "superior__code")
    return list(lines.values_list("superior__code", "kind"))


def test_commune_office_answers_to_its_committee_and_is_guided_by_the_departments() -> None:
    assert _superiors("phong-vhxh-01843") == [
        ("ubnd-01843", "administrative"),
        ("so-gddt-19", "professional"),
        ("so-vhttdl-19", "professional"),
    ]


def test_every_standing_commune_has_a_committee_and_an_office() -> None:
    standing = Agency.objects.on(AFTER)
    assert standing.filter(kind="culture_society").count() == 3_321
    assert standing.filter(kind="peoples_committee").count() == 3_321 + 34


def test_bodies_of_thanh_pho_bac_kan_ended_with_it() -> None:
    bodies = Agency.objects.filter(unit__name="Thành phố Bắc Kạn")
    assert bodies.count() == 10
    assert set(bodies.values_list("ends_on", flat=True)) == {AFTER}
    assert _superiors("phong-vhtt-058-den-2025-06-30") == [
        ("ubnd-058-den-2025-06-30", "administrative"),
        ("so-vhttdl-06-den-2025-06-30", "professional"),
    ]


def test_military_and_police_go_up_their_own_line() -> None:
    assert _superiors("bchqs-058-den-2025-06-30") == [("bchqs-06-den-2025-06-30", "administrative")]
    assert _superiors("bchqs-19") == [("bo-quoc-phong", "administrative")]
    assert _superiors("cong-an-19") == [("bo-cong-an", "administrative")]


def test_only_the_ministry_of_culture_is_of_the_leading_kind() -> None:
    assert list(Agency.objects.filter(kind="ministry").values_list("code", flat=True)) == ["bo-vhttdl"]
