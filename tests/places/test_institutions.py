"""Where institutions are on a day, and who is expected to report."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Equipment, Institution, InstitutionPlacement, InstitutionStatus
from hocsuotdoi.places.operations import load_sample
from hocsuotdoi.places.queries.institutions import (
    institutions_expected,
    institutions_in,
    place_of,
    with_place,
)
from hocsuotdoi.places.queries.units import unit_by_code
from tests.factories.places import InstitutionFactory, RoomFactory, UnitFactory

BEFORE, AFTER, TODAY = dt.date(2025, 6, 30), dt.date(2025, 7, 1), dt.date(2026, 11, 23)


def _unit(name: str, day: dt.date) -> AdminUnit:
    return AdminUnit.objects.on(day).get(name=name)


def test_library_of_dak_nong_lay_in_gia_nghia_and_lies_in_lam_dong(reference: None) -> None:
    library = Institution.objects.get(code="thu-vien-tinh-dak-nong")
    assert place_of(library, BEFORE).name == "Thành phố Gia Nghĩa"
    assert place_of(library, AFTER).name == "Tỉnh Lâm Đồng"


def test_institutions_in_an_ended_province_are_still_found_on_its_last_map(reference: None) -> None:
    found = institutions_in(_unit("Tỉnh Bắc Kạn", BEFORE), BEFORE)
    assert {i.code for i in found} == {
        "thu-vien-tinh-bac-kan",
        "bao-tang-tinh-bac-kan",
        "trung-tam-vhtt-truyen-thong-thanh-pho-bac-kan",
    }


def test_centre_of_the_ended_city_is_closed_since_the_reform(reference: None) -> None:
    centre = Institution.objects.filter(code="trung-tam-vhtt-truyen-thong-thanh-pho-bac-kan")
    country = _unit("Việt Nam", AFTER)
    assert institutions_in(country, BEFORE).filter(pk__in=centre).exists()
    assert not institutions_in(country, AFTER).filter(pk__in=centre).exists()


def test_sample_library_is_found_at_ward_province_and_country_on_both_maps(reference: None) -> None:
    load_sample(lambda _line: None)
    library = Institution.objects.filter(code="mau-thu-vien-01843")
    for code, day in [
        ("01843", TODAY),
        ("19", TODAY),
        ("VN", TODAY),
        ("01843", BEFORE),
        ("058", BEFORE),
        ("06", BEFORE),
    ]:
        unit = unit_by_code(code, day)
        assert institutions_in(unit, day).filter(pk__in=library).exists(), unit.name


def test_sample_is_marked_and_loading_it_again_adds_nothing(reference: None) -> None:
    load_sample(lambda _line: None)
    count = Institution.objects.filter(is_sample=True).count()
    assert count == 211
    assert not Institution.objects.filter(is_sample=True).exclude(name__endswith="(mẫu)").exists()
    load_sample(lambda _line: None)
    assert Institution.objects.filter(is_sample=True).count() == count


def test_every_class_of_institution_occurs(reference: None) -> None:
    load_sample(lambda _line: None)
    assert set(InstitutionClass.values) - set(Institution.objects.values_list("institution_class", flat=True)) == set()


def test_sample_library_of_a_district_ended_with_it(reference: None) -> None:
    load_sample(lambda _line: None)
    libraries = Institution.objects.filter(institution_class=InstitutionClass.LIBRARY_DISTRICT, is_sample=True)
    country = _unit("Việt Nam", AFTER)
    assert institutions_in(country, BEFORE).filter(pk__in=libraries).count() == libraries.count() == 4
    assert not institutions_in(country, AFTER).filter(pk__in=libraries).exists()


def test_expected_set_of_a_year_leaves_out_what_closed_before_its_end(db: None) -> None:
    unit = UnitFactory()
    stays, closed = InstitutionFactory(unit=unit), InstitutionFactory(unit=unit)
    InstitutionStatus.objects.filter(institution=closed).update(ends_on=dt.date(2025, 10, 1))
    assert set(institutions_expected(unit, 2024, as_of=TODAY)) == {stays, closed}
    assert set(institutions_expected(unit, 2025, as_of=TODAY)) == {stays}


def test_expected_set_of_this_year_is_read_on_the_day_asked(db: None) -> None:
    unit = UnitFactory()
    later = InstitutionFactory(unit=unit)
    InstitutionStatus.objects.filter(institution=later).update(starts_on=dt.date(2026, 12, 1))
    assert not institutions_expected(unit, 2026, as_of=TODAY).exists()
    assert set(institutions_expected(unit, 2026, as_of=dt.date(2027, 1, 5))) == {later}


def test_expected_set_can_be_of_named_classes(db: None) -> None:
    unit = UnitFactory()
    library = InstitutionFactory(unit=unit)
    InstitutionFactory(unit=unit, institution_class="village_culture_house")
    assert set(institutions_expected(unit, 2026, ["library_commune"], as_of=TODAY)) == {library}


def test_institution_without_a_place_raises(db: None) -> None:
    institution = InstitutionFactory()
    institution.placements.all().delete()
    with pytest.raises(AdminUnit.DoesNotExist):
        place_of(institution, TODAY)


def test_search_without_marks_finds_all_markings_and_with_marks_only_its_own(db: None) -> None:
    InstitutionFactory(name="Thư viện Đường Làng")
    InstitutionFactory(name="Thư viện Dương Lăng")
    assert Institution.objects.named("duong lang").count() == 2
    assert [i.name for i in Institution.objects.named("đường")] == ["Thư viện Đường Làng"]


def test_list_with_places_takes_one_query(db: None, django_assert_num_queries) -> None:
    for _number in range(3):
        InstitutionFactory()
    with django_assert_num_queries(1):
        assert all(row.place_name for row in with_place(Institution.objects.all(), TODAY))


def test_institution_stands_in_one_place_from_a_day(db: None) -> None:
    institution = InstitutionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        InstitutionPlacement.objects.create(institution=institution, unit=UnitFactory())


def test_more_usable_than_there_is_cannot_be(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Equipment.objects.create(institution=InstitutionFactory(), kind="sound", quantity=1, usable=2, checked_on=TODAY)


def test_room_name_is_used_once_in_a_house(db: None) -> None:
    room = RoomFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomFactory(institution=room.institution, name=room.name)
