"""The real territory: the counts that the country publishes, and the laws that every map must keep."""

import datetime as dt

import pytest
from django.db.models import Count, Q

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    AgencyLine,
    LoadedReference,
    Succession,
    UnitAncestry,
    UnitParent,
    UnitReading,
)
from hocsuotdoi.places.operations import load_reference
from hocsuotdoi.places.queries import units as queries

BEFORE = dt.date(2025, 6, 30)
AFTER = dt.date(2025, 7, 1)

pytestmark = pytest.mark.usefixtures("reference")


def _counts(day: dt.date) -> dict[str, int]:
    return {tier: AdminUnit.objects.on(day).filter(tier=tier).count() for tier in Tier}


def test_territory_before_the_reform_has_63_provinces_696_districts_10035_communes() -> None:
    assert _counts(BEFORE) == {"country": 1, "province": 63, "district": 696, "commune": 10_035}


def test_territory_since_the_reform_has_34_provinces_3321_communes_and_no_district() -> None:
    assert _counts(AFTER) == {"country": 1, "province": 34, "district": 0, "commune": 3_321}


def test_every_unit_but_the_country_has_one_parent_every_day_it_stands() -> None:
    for day in (BEFORE, AFTER):
        parents = UnitParent.objects.on(day)
        assert parents.count() == AdminUnit.objects.on(day).count() - 1
        assert parents.values("unit").distinct().count() == parents.count()
        assert UnitAncestry.objects.on(day).filter(ancestor__code="VN").count() == AdminUnit.objects.on(day).count()


def test_every_ended_unit_has_exactly_one_main_successor() -> None:
    ended = AdminUnit.objects.filter(ends_on__isnull=False)
    mains = ended.annotate(mains=Count("became", filter=Q(became__is_main=True)))
    assert ended.count() == 10_660
    assert not mains.exclude(mains=1).exists()


def test_every_begun_unit_has_exactly_one_origin() -> None:
    begun = AdminUnit.objects.filter(starts_on__isnull=False)
    origins = begun.annotate(origins=Count("was", filter=Q(was__is_origin=True)))
    assert begun.count() == 3_221
    assert not origins.exclude(origins=1).exists()


def test_every_unit_is_read_as_exactly_one_unit_that_stands() -> None:
    for day in (BEFORE, AFTER):
        readings = UnitReading.objects.on(day)
        assert readings.count() == readings.values("unit").distinct().count() == AdminUnit.objects.count()
        assert not readings.exclude(reads_as__in=AdminUnit.objects.on(day)).exists()


def test_main_successor_of_a_unit_lies_in_the_main_successor_of_its_province() -> None:
    above_before = dict(
        UnitAncestry.objects.on(BEFORE).filter(ancestor__tier=Tier.PROVINCE).values_list("unit_id", "ancestor_id")
    )
    above_after = dict(
        UnitAncestry.objects.on(AFTER).filter(ancestor__tier=Tier.PROVINCE).values_list("unit_id", "ancestor_id")
    )
    reads_as = dict(UnitReading.objects.on(AFTER).values_list("unit_id", "reads_as_id"))
    astray = [u for u, province in above_before.items() if above_after[reads_as[u]] != reads_as[province]]
    assert astray == []


@pytest.mark.parametrize(("ended", "successor"), [("Đắk Nông", "Lâm Đồng"), ("Bắc Kạn", "Thái Nguyên")])
def test_the_two_provinces_of_the_plans_became_part_of_their_neighbours(ended: str, successor: str) -> None:
    province = AdminUnit.objects.get(tier=Tier.PROVINCE, short_name=ended)
    steps = list(queries.became(province))
    assert [(s.successor.short_name, s.is_main, s.legal_act.number) for s in steps] == [
        (successor, True, "202/2025/QH15")
    ]
    assert not province.holds_on(AFTER)


def test_ward_bac_kan_bears_the_code_of_one_of_the_four_it_was_made_of() -> None:
    ward = queries.unit_by_code("01843", AFTER)
    assert [u.name for u in queries.path_of(ward, AFTER)] == ["Việt Nam", "Tỉnh Thái Nguyên", "Phường Bắc Kạn"]
    assert [u.name for u in queries.path_of(ward, BEFORE)] == ["Phường Bắc Kạn"]
    assert [s.predecessor.name for s in queries.was(ward)] == [
        "Phường Phùng Chí Kiên",
        "Xã Nông Thượng",
        "Phường Sông Cầu",
        "Phường Xuất Hóa",
        "Thành phố Bắc Kạn",
    ]
    assert ward.began_by.number == "1683/NQ-UBTVQH15"
    assert queries.unit_by_code("01843", BEFORE).name == "Phường Phùng Chí Kiên"


def test_island_district_without_communes_is_what_its_special_zone_is_read_as_before() -> None:
    zone = AdminUnit.objects.get(name="Đặc khu Lý Sơn")
    assert queries.reading_of(zone, BEFORE).name == "Huyện Lý Sơn"
    assert queries.reading_of(queries.reading_of(zone, BEFORE), AFTER) == zone


def test_ended_district_is_read_as_its_province_unless_one_commune_has_all_its_land() -> None:
    read = UnitReading.objects.on(AFTER).filter(unit__tier=Tier.DISTRICT)
    assert dict(read.order_by().values_list("reads_as__tier").annotate(n=Count("pk"))) == {
        "province": 682,
        "commune": 14,
    }
    whole = read.filter(reads_as__tier=Tier.COMMUNE).values_list("unit__name", "reads_as__name")
    assert ("Huyện Lý Sơn", "Đặc khu Lý Sơn") in whole
    assert all(
        Succession.objects.filter(predecessor=unit).count() == 1
        for unit in read.filter(reads_as__tier=Tier.COMMUNE).values_list("unit", flat=True)
    )


def test_divided_communes_are_uncertain_and_say_why() -> None:
    doubts = dict(Succession.objects.filter(kind="split").values_list("doubt").annotate(n=Count("pk")))
    assert doubts == {"divided": 1_007, "far": 26}
    assert not Succession.objects.filter(kind="split", certainty="certain").exists()


def test_loading_again_changes_nothing() -> None:
    before = list(AdminUnit.objects.order_by("pk").values_list("pk", "code")[:50])
    said: list[str] = []
    load_reference(said.append)
    assert said == ["Địa bàn: đã nạp từ trước"]
    assert list(AdminUnit.objects.order_by("pk").values_list("pk", "code")[:50]) == before


@pytest.mark.slow
def test_loading_after_a_new_version_keeps_keys_and_mends_names() -> None:
    ward = queries.unit_by_code("01843", AFTER)
    AdminUnit.objects.filter(pk=ward.pk).update(name="Phường Sai")
    LoadedReference.objects.update(fingerprint="old")
    counted = [model.objects.count() for model in (AdminUnit, Succession, UnitReading, Agency, AgencyLine)]
    load_reference(lambda _line: None)
    assert AdminUnit.objects.get(pk=ward.pk).name == "Phường Bắc Kạn"
    assert [model.objects.count() for model in (AdminUnit, Succession, UnitReading, Agency, AgencyLine)] == counted
