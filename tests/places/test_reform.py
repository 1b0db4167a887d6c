"""A reform after that of 2025, entered on the real territory: units, bodies, places and figures follow; taken back."""

import datetime as dt
import itertools

import psycopg
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import institutions_covered, units_covered
from hocsuotdoi.indicators.operations.rolling import fold, follow_map
from hocsuotdoi.indicators.queries.frame import ChosenMap, Map
from hocsuotdoi.indicators.queries.lineage import measure_total
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.formats.reform import Part, ReformRow
from hocsuotdoi.places.models import (
    AdminUnit,
    Agency,
    AgencyLine,
    Institution,
    InstitutionAgency,
    LegalAct,
    LoadedReference,
    Succession,
    TerritoryReform,
    UnitAncestry,
    UnitNote,
    UnitParent,
    UnitReading,
)
from hocsuotdoi.places.operations.agency import add_agency
from hocsuotdoi.places.operations.institution import RegisterRefused, entrust_institution, move_institution
from hocsuotdoi.places.operations.load_reference import load_reference
from hocsuotdoi.places.operations.reform import (
    ReformRefused,
    RowsRefused,
    enter_reform,
    place_on_divided_land,
    plan_of,
    send_reform,
    take_reform_back,
)
from hocsuotdoi.places.operations.territory import DoesNotFit, write_due_reforms, write_territory
from hocsuotdoi.places.queries.doubts import broken_laws
from hocsuotdoi.places.queries.institutions import left_alone
from hocsuotdoi.places.queries.units import reading_of, unit_by_code, units_reading_as
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory

pytestmark = pytest.mark.usefixtures("reference")
DAY = dt.date(2027, 7, 1)
EVE = DAY - dt.timedelta(days=1)
THAI_NGUYEN, CAO_BANG = "19", "04"
VISIT = MeasureCode.LIBRARY_VISIT
_ROWS = itertools.count(2)


def row(old: str, new: str, name: str = "", *, parent: str = "", part: Part = Part.WHOLE) -> ReformRow:
    return ReformRow(next(_ROWS), old, "", new, name, parent, part)


@pytest.fixture
def administrator():
    return PersonFactory()


@pytest.fixture
def act(db):
    return LegalAct.objects.create(
        number="99/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội", issued_on="2026-10-01"
    )


@pytest.fixture
def wards() -> list[AdminUnit]:
    """Five wards and communes of Thái Nguyên, Phường Bắc Kạn the first."""
    province = unit_by_code(THAI_NGUYEN, EVE)
    others = AdminUnit.objects.filter(parents__parent=province, parents__ends_on=None).exclude(code="01843")
    return [unit_by_code("01843", EVE), *others.order_by("code")[:4]]


@pytest.fixture
def rows(wards) -> list[ReformRow]:
    """Thái Nguyên and Cao Bằng merge; of the wards the second goes into the first, the third is divided between the
    fourth and a new one, the last only has another name."""
    first, second, third, fourth, last = wards
    return [
        row(THAI_NGUYEN, THAI_NGUYEN, "Tỉnh Việt Bắc"),
        row(CAO_BANG, THAI_NGUYEN),
        row(first.code, first.code, first.name),
        row(second.code, first.code),
        row(third.code, fourth.code, part=Part.MAIN),
        row(third.code, "01999", "Phường Suối Mới", part=Part.REST),
        row(fourth.code, fourth.code, fourth.name),
        row(last.code, last.code, "Phường Tên Mới"),
    ]


@pytest.fixture
def sent(rows, act, administrator, now):
    return _sent(rows, act, administrator, now)


def _sent(rows, act, by, at, day=DAY):
    return send_reform(day=day, legal_act=act, rows=rows, file_name="x.xlsx", digest="0" * 64, by=by, at=at)


def enter(reform, by, at):
    """Entered, and its day has come."""
    reform.refresh_from_db()
    enter_reform(reform, seen=plan_of(reform).digest, by=by, at=at)
    assert write_due_reforms(reform.day, at=at) == 1
    reform.refresh_from_db()


def _library(unit: AdminUnit, **more):
    agency = Agency.objects.get(code=f"phong-vhxh-{unit.code}")
    library = InstitutionFactory(unit=unit, institution_class=InstitutionClass.LIBRARY_COMMUNE, **more)
    InstitutionAgency.objects.create(institution=library, agency=agency, starts_on=dt.date(2025, 7, 1))
    return library


def _now(code: str) -> AdminUnit:
    return unit_by_code(code, DAY)


def _everything() -> dict[str, list]:
    """What a reform writes, as it stands."""
    columns = {
        AdminUnit: ("code", "name", "starts_on", "ends_on", "ended_by"),
        UnitParent: ("unit__code", "parent__code", "starts_on", "ends_on"),
        Succession: ("predecessor__code", "successor__code", "effective_on", "is_main", "is_origin"),
        UnitReading: ("unit", "reads_as", "starts_on", "ends_on"),
        Agency: ("code", "name", "starts_on", "ends_on", "ended_for"),
        AgencyLine: ("agency__code", "superior__code", "kind", "starts_on", "ends_on"),
        InstitutionAgency: ("institution__code", "agency__code", "starts_on", "ends_on"),
        Institution.placements.rel.related_model: ("institution__code", "unit", "address", "starts_on", "ends_on"),
    }
    return {m.__name__: sorted(m.objects.order_by().values_list(*names), key=repr) for m, names in columns.items()}


def test_sent_reform_says_what_it_would_do_and_changes_nothing(sent, wards):
    before = _everything()
    plan = plan_of(sent)

    assert (plan.before["province"], plan.since["province"]) == (34, 33)
    assert (plan.before["commune"], plan.since["commune"]) == (3321, 3320)
    assert {made.unit.name for made in plan.outcome.made} == {
        *("Tỉnh Việt Bắc", "Phường Suối Mới", "Phường Tên Mới"),
        *(wards[0].name, wards[3].name),
    }
    assert plan.agencies == 7 * 2 + 2 * 5
    assert _everything() == before


def test_entered_reform_keeps_every_law_of_the_map(sent, administrator, now, wards):
    enter(sent, administrator, now)

    assert broken_laws() == []
    for day in (dt.date(2025, 6, 30), EVE, DAY):
        standing = AdminUnit.objects.on(day)
        readings = UnitReading.objects.on(day)
        assert readings.count() == readings.values("unit").distinct().count() == AdminUnit.objects.count()
        assert not readings.exclude(reads_as__in=standing).exists()
        assert UnitParent.objects.on(day).count() == standing.count() - 1
    assert _now(THAI_NGUYEN).name == "Tỉnh Việt Bắc"
    assert AdminUnit.objects.under(_now(THAI_NGUYEN), DAY).count() == 148 + 1 - 1
    assert unit_by_code(THAI_NGUYEN, EVE).ended_by == sent.legal_act
    assert reading_of(wards[1], DAY) == _now(wards[0].code)
    assert reading_of(wards[2], DAY) == _now(wards[3].code)
    assert reading_of(_now("01999"), EVE) == wards[2]
    # the chain goes on through both reforms
    bac_kan = unit_by_code("01843", dt.date(2025, 6, 30))
    assert reading_of(bac_kan, DAY) == _now(wards[0].code)
    assert bac_kan in units_reading_as(_now(THAI_NGUYEN), DAY)


def test_entering_again_or_loading_again_changes_nothing(sent, administrator, now):
    _library(unit_by_code("01843", EVE))
    enter(sent, administrator, now)
    before = _everything()

    enter_reform(sent, seen="", by=administrator, at=now)
    write_territory()
    assert _everything() == before


def test_only_what_differs_is_written(sent, administrator, now):
    """Written again no row is another, whatever is worked out anew; readings are all new where one is (by their keys
    totals see that the map has changed)."""

    def keys() -> dict[str, set[int]]:
        models = (UnitParent, Succession, UnitAncestry, UnitReading, UnitNote, AgencyLine)
        return {model.__name__: set(model.objects.values_list("pk", flat=True)) for model in models}

    before = keys()
    write_territory()
    assert keys() == before
    enter(sent, administrator, now)
    after = keys()
    assert min(after["UnitReading"]) > max(before["UnitReading"])
    for name in ("UnitParent", "Succession", "UnitAncestry", "AgencyLine"):
        assert 0 < len(after[name] - before[name]) < 2_000, name


def test_loading_the_reference_anew_keeps_what_was_entered(sent, administrator, now):
    enter(sent, administrator, now)
    LoadedReference.objects.update(fingerprint="old")
    before = _everything()
    load_reference(lambda _line: None)
    assert _everything() == before


def test_bodies_end_with_their_units_and_new_ones_stand_with_their_lines(sent, administrator, now, wards):
    enter(sent, administrator, now)

    old = Agency.objects.get(code=f"phong-vhxh-{wards[1].code}")
    new = Agency.objects.get(code=f"phong-vhxh-{wards[0].code}-tu-2027-07-01")
    assert (old.ends_on, new.starts_on, new.ends_on, new.unit) == (DAY, DAY, None, _now(wards[0].code))
    assert not AgencyLine.objects.on(DAY).filter(agency=old).exists()
    above = set(AgencyLine.objects.on(DAY).filter(agency=new).values_list("superior__code", flat=True))
    province = f"{THAI_NGUYEN}-tu-2027-07-01"
    assert above == {f"ubnd-{wards[0].code}-tu-2027-07-01", f"so-vhttdl-{province}", f"so-gddt-{province}"}
    # a commune of Cao Bằng goes on, and its committee comes to lie under the new province's
    gone_along = AdminUnit.objects.under(_now(THAI_NGUYEN), DAY).filter(tier=Tier.COMMUNE, starts_on=None)
    body = Agency.objects.get(code=f"ubnd-{gone_along.order_by('code')[0].code}")
    lines = {day: AgencyLine.objects.on(day).get(agency=body).superior.code for day in (EVE, DAY)}
    assert lines[EVE] in {"ubnd-04", "ubnd-19"}
    assert lines[DAY] == f"ubnd-{province}"


def test_bodies_that_people_keep_end_with_their_unit_for_a_reason(sent, administrator, now, wards):
    hand = add_agency(
        name="Hội Khuyến học", kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=wards[1], starts_on=EVE, by=None, at=now
    )
    enter(sent, administrator, now)
    hand.refresh_from_db()
    assert (hand.ends_on, hand.ended_for) == (DAY, "99/NQ-UBTVQH16")


def test_institutions_go_on_in_the_new_units_and_in_the_care_of_their_bodies(sent, administrator, now, wards):
    merged, split, named = (_library(wards[number]) for number in (1, 2, 4))
    place_on_divided_land(sent, {split.code: "01999"}, by=administrator, at=now)
    enter(sent, administrator, now)

    def stands(library, day):
        return library.placements.on(day).get().unit

    assert [stands(each, EVE) for each in (merged, split, named)] == [wards[1], wards[2], wards[4]]
    assert [stands(each, DAY) for each in (merged, split, named)] == [
        _now(wards[0].code),
        _now("01999"),
        _now(wards[4].code),
    ]
    run_by = {each: each.agencies.on(DAY).get().agency.code for each in (merged, split)}
    assert run_by == {
        merged: f"phong-vhxh-{wards[0].code}-tu-2027-07-01",
        split: "phong-vhxh-01999-tu-2027-07-01",
    }


def test_institutions_whose_body_has_no_heir_are_named_before_and_until_somebody_runs_them(
    sent, administrator, now, wards
):
    club = add_agency(
        name="Hội Khuyến học", kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=wards[1], starts_on=EVE, by=None, at=now
    )
    followed, alone = _library(wards[1]), InstitutionFactory(unit=wards[1], name="Nhà truyền thống")
    InstitutionAgency.objects.create(institution=alone, agency=club, starts_on=EVE)
    assert [(each.code, each.agency) for each in plan_of(sent).alone] == [(alone.code, "Hội Khuyến học")]
    assert not left_alone(EVE).exists()

    enter(sent, administrator, now)
    assert followed.agencies.on(DAY).exists() and not alone.agencies.on(DAY).exists()
    assert [each.institution for each in left_alone(DAY)] == [alone]

    committee = Agency.objects.get(code=f"ubnd-{wards[0].code}-tu-{DAY}")
    with pytest.raises(RegisterRefused, match="không có vào ngày"):
        entrust_institution(alone, agency=committee, starts_on=EVE, by=None, at=now)
    with pytest.raises(RegisterRefused, match="sau ngày"):
        entrust_institution(alone, agency=club, starts_on=EVE, by=None, at=now)
    entrust_institution(alone, agency=committee, starts_on=DAY, by=None, at=now)
    with pytest.raises(RegisterRefused, match="đang quản lý"):
        entrust_institution(alone, agency=committee, starts_on=DAY + dt.timedelta(days=3), by=None, at=now)
    assert [run.agency for run in alone.agencies.order_by("starts_on")] == [club, committee]
    assert not left_alone(DAY).exists()
    write_territory()
    assert alone.agencies.on(DAY).get().agency == committee


def test_institution_on_divided_land_goes_to_the_main_part_unless_said(sent, administrator, now, wards):
    library = _library(wards[2])
    (divided,) = [each for each in plan_of(sent).divided if each.code == library.code]
    assert ([unit.code for unit in divided.new], divided.chosen) == ([wards[3].code, "01999"], wards[3].code)
    with pytest.raises(ReformRefused, match="thay đổi"):
        place_on_divided_land(sent, {library.code: wards[0].code}, by=administrator, at=now)
    with pytest.raises(ReformRefused, match="thay đổi"):
        place_on_divided_land(sent, {"khong-co": "01999"}, by=administrator, at=now)

    enter(sent, administrator, now)
    assert library.placements.on(DAY).get().unit == _now(wards[3].code)
    with pytest.raises(ReformRefused, match="đã được ghi"):
        place_on_divided_land(sent, {library.code: "01999"}, by=administrator, at=now)


def test_totals_are_the_same_on_all_maps_and_levels(sent, administrator, now, wards):
    number = 0
    for unit in wards:
        for day in (dt.date(2026, 5, 4), dt.date(2026, 11, 2)):
            number += 1
            make_posting(_library(unit), day, measure=VISIT, quantity=10**number)
    enter(sent, administrator, now)

    def total(unit, map_day):
        follow_map(map_day)
        while fold():
            pass
        return measure_total(VISIT, unit, 2026, dt.date(2026, 12, 31), ChosenMap(Map.DAY, map_day)).total

    whole = sum(10**each for each in range(1, number + 1))
    assert total(unit_by_code("VN", DAY), EVE) == total(unit_by_code("VN", DAY), DAY) == whole
    assert total(_now(THAI_NGUYEN), DAY) == total(unit_by_code(THAI_NGUYEN, EVE), EVE) == whole
    assert total(_now(wards[0].code), DAY) == 10 + 100 + 10**3 + 10**4
    assert total(_now(wards[3].code), DAY) == 10**5 + 10**6 + 10**7 + 10**8
    assert total(_now("01999"), DAY) == 0


def test_roles_at_ended_bodies_end_and_those_of_the_country_go_on(sent, administrator, now, wards):
    library = _library(wards[1])
    officer, ministry = PersonFactory(), PersonFactory()
    RoleAssignmentFactory(person=officer, role=RoleName.AGENCY_OFFICER, unit=wards[1])
    RoleAssignmentFactory(person=ministry, role=RoleName.AGENCY_OFFICER, unit=unit_by_code("VN", DAY))
    enter(sent, administrator, now)

    for day, may in ((EVE, True), (DAY, False)):
        covered = institutions_covered(officer, Permission.EDIT_INSTITUTION, day)
        assert covered.filter(pk=library.pk).exists() == may
    assert units_covered(ministry, Permission.EDIT_INSTITUTION, DAY).filter(pk=_now("01999").pk).exists()


def test_entered_reform_waits_for_its_day(sent, administrator, now, wards):
    before = _everything()
    enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=now)
    assert write_due_reforms(EVE, at=now) == 0
    write_territory()
    assert _everything() == before

    assert write_due_reforms(DAY, at=now) == 1
    assert _now("01999").name == "Phường Suối Mới"
    assert write_due_reforms(DAY + dt.timedelta(days=1), at=now) == 0


def test_reform_whose_day_is_past_is_written_at_once(sent, administrator, now):
    late = now.replace(year=2027, month=7, day=20)
    entered = enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=late)
    assert entered.written_at == late
    assert _now("01999").name == "Phường Suối Mới"


def test_reform_taken_back_before_its_day_never_holds(sent, administrator, now):
    with pytest.raises(ReformRefused, match="chưa được nhập"):
        take_reform_back(sent, reason="Nhầm", by=administrator, at=now)
    enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=now)
    with pytest.raises(ReformRefused, match="lý do"):
        take_reform_back(sent, reason=" ", by=administrator, at=now)
    for _twice in range(2):
        take_reform_back(sent, reason="Nhập nhầm tệp", by=administrator, at=now)
    assert write_due_reforms(DAY, at=now) == 0
    assert TerritoryReform.objects.get().taken_back_for == "Nhập nhầm tệp"

    enter(_sent([row("01843", "01843", "Phường Bắc Kạn Mới")], sent.legal_act, administrator, now), administrator, now)
    assert _now("01843").name == "Phường Bắc Kạn Mới"


def test_reform_is_not_taken_back_once_it_is_written(sent, administrator, now):
    enter(sent, administrator, now)
    with pytest.raises(ReformRefused, match="có hiệu lực"):
        take_reform_back(sent, reason="Nhầm", by=administrator, at=now.replace(year=2027, month=8, day=1))


def test_what_the_database_would_refuse_on_the_day_is_refused_at_once(sent, administrator, now, monkeypatch):
    """Entering writes on trial."""
    before = _everything()
    rows = [{**each, "new_name": "Phường " + "x" * 200} if each["new"] == "01999" else each for each in sent.rows]
    monkeypatch.setattr("hocsuotdoi.places.formats.reform.LONGEST_NAME", 1000)
    TerritoryReform.objects.update(rows=rows)
    sent.refresh_from_db()
    with pytest.raises(psycopg.DataError):
        enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=now)
    assert TerritoryReform.objects.get().entered_at is None
    assert _everything() == before


def test_unit_that_an_earlier_act_made_never_vanishes(administrator, now, act):
    """Entered for the wrong day, and again for the right one before it."""
    name = [row("01843", "01843", "Phường Rất Mới")]
    enter(_sent(name, act, administrator, now), administrator, now)
    again = _sent(name, act, administrator, now, dt.date(2027, 3, 1))
    with pytest.raises(DoesNotFit, match="chưa từng có"):
        enter_reform(again, seen=plan_of(again).digest, by=administrator, at=now)


def test_titles_of_acts_keep_the_provinces_of_their_time(sent, administrator, now):
    before = dict(LegalAct.objects.values_list("number", "title"))
    enter(sent, administrator, now)
    assert dict(LegalAct.objects.values_list("number", "title")) == before
    assert "tỉnh Cao Bằng" in before["1657/NQ-UBTVQH15"]


def test_institutions_of_a_divided_province_are_run_by_the_department_of_their_part(administrator, now, act):
    province = unit_by_code(THAI_NGUYEN, EVE)
    communes = list(AdminUnit.objects.filter(parents__parent=province, parents__ends_on=None).order_by("code"))
    there, here = communes[0], communes[-1]
    department = Agency.objects.get(code="so-vhttdl-19")
    libraries = [InstitutionFactory(unit=unit) for unit in (there, here)]
    for library in libraries:
        InstitutionAgency.objects.create(institution=library, agency=department, starts_on=dt.date(2025, 7, 1))
    parts = [
        row(THAI_NGUYEN, THAI_NGUYEN, part=Part.MAIN),
        row(THAI_NGUYEN, "06", "Tỉnh Bắc Kạn", part=Part.REST),
        *(row(unit.code, unit.code, parent="06" if unit == there else THAI_NGUYEN) for unit in communes),
    ]
    enter(_sent(parts, act, administrator, now), administrator, now)
    run_by = [library.agencies.on(DAY).get().agency.code for library in libraries]
    assert run_by == ["so-vhttdl-06-tu-2027-07-01", "so-vhttdl-19-tu-2027-07-01"]


def test_institutions_of_communes_that_come_to_another_province_are_run_by_its_department(administrator, now, act):
    """Of three libraries that the department of Thái Nguyên runs one stays, one's commune moves, and one's goes up into
    a commune of Cao Bằng; what the commune's own office runs it goes on running."""
    home, other = unit_by_code(THAI_NGUYEN, EVE), unit_by_code(CAO_BANG, EVE)
    stays, moves, goes, *_rest = AdminUnit.objects.filter(parents__parent=home, parents__ends_on=None).order_by("code")
    there = AdminUnit.objects.filter(parents__parent=other, parents__ends_on=None).order_by("code").first()
    old, new = (Agency.objects.get(code=f"so-vhttdl-{code}") for code in (THAI_NGUYEN, CAO_BANG))
    alone = add_agency(
        name="Hội Khuyến học", kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=home, starts_on=EVE, by=None, at=now
    )
    houses = {unit: InstitutionFactory(unit=unit, name=f"Thư viện {unit.code}") for unit in (stays, moves, goes)}
    for house in houses.values():
        InstitutionAgency.objects.create(institution=house, agency=old, starts_on=dt.date(2025, 7, 1))
    club = InstitutionFactory(unit=moves)
    InstitutionAgency.objects.create(institution=club, agency=alone, starts_on=EVE)
    own = _library(moves)
    rows = [
        row(moves.code, moves.code, parent=CAO_BANG),
        row(goes.code, there.code, parent=CAO_BANG),
        row(there.code, there.code, there.name, parent=CAO_BANG),
    ]
    reform = _sent(rows, act, administrator, now)
    handed = plan_of(reform).handed
    assert {(each.code, each.agency, each.province) for each in handed} == {
        (houses[unit].code, old.name, other.name) for unit in (moves, goes)
    }

    enter(reform, administrator, now)
    run_by = {unit: house.agencies.on(DAY).get().agency for unit, house in houses.items()}
    assert run_by == {stays: old, moves: new, goes: new}
    assert {house.agencies.on(EVE).get().agency for house in houses.values()} == {old}
    assert own.agencies.get().agency.code == f"phong-vhxh-{moves.code}"
    assert club.agencies.get().agency == alone  # of which the other province has none of its kind

    later = DAY + dt.timedelta(days=1)
    entrust_institution(houses[moves], agency=old, starts_on=later, by=None, at=now)
    write_territory()
    assert [run.agency for run in houses[moves].agencies.order_by("starts_on")] == [old, new, old]


def test_institution_on_the_wrong_part_is_put_right_from_the_day_itself(sent, administrator, now, wards):
    library = _library(wards[2])
    enter(sent, administrator, now)
    assert library.placements.on(DAY).get().unit == _now(wards[3].code)
    move_institution(library, unit=_now("01999"), address="Bên sông", starts_on=DAY, by=None, at=now)
    assert [place.unit for place in library.placements.order_by(F("starts_on").asc(nulls_first=True))] == [
        wards[2],
        _now("01999"),
    ]
    other = InstitutionFactory(unit=wards[4])
    move_institution(other, unit=_now("01999"), address="", starts_on=DAY + dt.timedelta(days=1), by=None, at=now)
    with pytest.raises(RegisterRefused, match="sau ngày"):  # a move by hand is none that a reform brought
        move_institution(
            other, unit=_now(wards[0].code), address="", starts_on=DAY + dt.timedelta(days=1), by=None, at=now
        )


def test_places_are_said_until_the_reform_is_written(sent, administrator, now, wards):
    enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=now)
    library = _library(wards[2])  # registered while it waits
    place_on_divided_land(sent, {library.code: "01999"}, by=administrator, at=now)
    write_due_reforms(DAY, at=now)
    assert library.placements.on(DAY).get().unit == _now("01999")


def test_body_that_would_begin_later_begins_in_the_new_unit(sent, administrator, now, wards):
    body = add_agency(
        name="Hội Khuyến học", kind=AgencyKind.STUDY_ENCOURAGEMENT, unit=wards[1], starts_on=DAY, by=None, at=now
    )
    enter(sent, administrator, now)
    body.refresh_from_db()
    assert (body.unit, body.ends_on) == (_now(wards[0].code), None)


def test_whoever_writes_the_territory_keeps_others_out_until_the_end(sent, administrator, now):
    """Also the loader of the reference data, which would else write what it read before the job had written."""
    with connection.cursor() as cursor:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
        cursor.execute(held)
        (before,) = cursor.fetchone()
        LoadedReference.objects.update(fingerprint="old")
        load_reference(lambda _line: None)
        cursor.execute(held)
        assert cursor.fetchone()[0] == before + 1


def test_reform_on_which_a_later_one_stands_is_not_taken_back(sent, administrator, now):
    enter_reform(sent, seen=plan_of(sent).digest, by=administrator, at=now)
    third = LegalAct.objects.create(number="100/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội")
    later = _sent([row("01999", "01999", "Phường Suối Cũ")], third, administrator, now, dt.date(2028, 1, 1))
    enter_reform(later, seen=plan_of(later).digest, by=administrator, at=now)
    with pytest.raises(DoesNotFit, match="01999"):
        take_reform_back(sent, reason="Nhầm", by=administrator, at=now)
    sent.refresh_from_db()
    assert sent.taken_back_at is None
    take_reform_back(later, reason="Nhầm", by=administrator, at=now)
    take_reform_back(sent, reason="Nhầm", by=administrator, at=now)


def test_reforms_follow_each_other_and_a_late_one_comes_in_between(sent, administrator, now, wards, act):
    library = _library(wards[1])
    enter(sent, administrator, now)
    third = LegalAct.objects.create(number="100/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội")
    later = dt.date(2028, 1, 1)
    code = wards[0].code
    enter(_sent([row(code, code, "Phường Rất Mới")], third, administrator, now, later), administrator, now)
    between = LegalAct.objects.create(number="98/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội")
    day = dt.date(2027, 1, 1)
    far = AdminUnit.objects.filter(parents__parent__code="01", parents__ends_on=None).order_by("code")[0]
    moved = _sent([row(far.code, far.code, "Phường Tên Khác")], between, administrator, now, day)
    enter(moved, administrator, now)

    assert broken_laws() == []
    assert [step.unit.name for step in library.placements.order_by(F("starts_on").asc(nulls_first=True))] == [
        wards[1].name,
        wards[0].name,
        "Phường Rất Mới",
    ]
    assert unit_by_code(far.code, day).name == "Phường Tên Khác"
    assert reading_of(wards[1], later).name == "Phường Rất Mới"
    # what would take the ground away from a later one is refused as a whole
    gone = LegalAct.objects.create(number="97/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội")
    misfit = _sent([row(wards[1].code, wards[1].code, "Phường Khác")], gone, administrator, now, day)
    before = _everything()
    enter(misfit, administrator, now)  # of the same code: the later rows still say what becomes of it
    assert _everything() != before
    assert reading_of(wards[1], later).name == "Phường Rất Mới"


def test_reform_that_would_take_the_ground_away_from_a_later_one_is_refused(sent, administrator, now, wards):
    enter(sent, administrator, now)
    other = LegalAct.objects.create(number="97/NQ-UBTVQH16", title="Về việc sắp xếp", issuer="Quốc hội")
    misfit = _sent([row(wards[1].code, "01998", "Phường Lạ")], other, administrator, now, dt.date(2027, 1, 1))
    before = _everything()
    with pytest.raises(DoesNotFit, match="không còn khớp"):
        enter_reform(misfit, seen=plan_of(misfit).digest, by=administrator, at=now)
    assert _everything() == before


@pytest.mark.parametrize("day", [dt.date(2025, 7, 1), dt.date(2024, 1, 1), dt.date(2031, 1, 1)])
def test_days_that_cannot_be_are_refused(rows, act, administrator, now, day):
    with pytest.raises(ReformRefused, match="Ngày phải sau"):
        _sent(rows, act, administrator, now, day)


def test_what_cannot_be_entered_is_refused(sent, rows, act, administrator, now):
    with pytest.raises(RowsRefused) as refused:
        _sent([row("99999", "99999", "Xã Lạ"), row("99998", "99998", "Xã Lạ")], act, administrator, now)
    assert len(refused.value.problems) == 2
    with pytest.raises(ReformRefused, match="Không có gì mới"):
        _sent([row("01843", "01843", "Phường Bắc Kạn")], act, administrator, now)
    sent = _sent(rows, act, administrator, now)
    with pytest.raises(ReformRefused, match="thay đổi"):
        enter_reform(sent, seen="x", by=administrator, at=now)
    assert not Succession.objects.filter(effective_on=DAY).exists()
    enter(sent, administrator, now)
    with pytest.raises(ReformRefused, match="đã được nhập"):
        _sent([row("01999", "01999", "Phường Khác")], act, administrator, now)


def test_only_the_last_file_of_a_sender_waits(rows, act, administrator, now):
    _sent(rows, act, administrator, now)
    other = _sent(rows, act, PersonFactory(), now)
    again = _sent(rows[:2], act, administrator, now)
    assert set(TerritoryReform.objects.values_list("pk", flat=True)) == {other.pk, again.pk}
    assert timezone.localdate(again.sent_at) == now.date()
