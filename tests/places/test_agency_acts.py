"""Bodies that people enter, rename and end: what is refused, what the trail tells, what a new loading leaves alone."""

import datetime as dt

import pghistory
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.queries.audit import trail
from hocsuotdoi.places.enums import AgencyKind as K
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine, InstitutionAgency
from hocsuotdoi.places.operations import agency as acts
from hocsuotdoi.places.operations.load_agencies import load_agencies
from hocsuotdoi.places.operations.load_units import read_territory
from hocsuotdoi.places.queries.agencies import standing_of
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.cycles import make_country, make_opened_cycle
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.factories.programme import PlanFactory, TaskFactory
from tests.factories.running import make_assignment

NOW = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
TODAY, NEW_YEAR, OLD = dt.date(2026, 11, 20), dt.date(2027, 1, 1), dt.date(2025, 7, 1)


@pytest.fixture
def province(db) -> AdminUnit:
    country = UnitFactory(tier=Tier.COUNTRY, kind="quoc_gia", code="VN", name="Việt Nam")
    return UnitFactory(tier=Tier.PROVINCE, kind="tinh", name="Tỉnh Thử", short_name="Thử", parent=country)


def add(unit, name="Hội Khuyến học tỉnh Thử", kind=K.STUDY_ENCOURAGEMENT, starts_on=OLD, **more) -> Agency:
    return acts.add_agency(name=name, kind=kind, unit=unit, starts_on=starts_on, by=None, at=NOW, **more)


def end(agency, ends_on=NEW_YEAR, reason="Quyết định 12/QĐ-UBND", **more) -> Agency:
    return acts.end_agency(agency, ends_on=ends_on, reason=reason, by=None, at=NOW, **more)


def refused(act, *given, **more) -> str:
    with pytest.raises(acts.AgencyRefused) as refusal:
        act(*given, **more)
    return str(refusal.value)


# -- entering --


@pytest.mark.parametrize("kind", [K.PARTY, K.FRONT, K.STUDY_ENCOURAGEMENT, K.OTHER, K.EDUCATION, K.MILITARY])
def test_body_of_any_branch_is_entered_with_its_first_day(province, kind):
    made = add(province, "  Ban  thử tỉnh Thử ", kind)
    assert (made.code, made.name, made.kind) == ("ban-thu-tinh-thu", "Ban thử tỉnh Thử", kind)
    assert (made.starts_on, made.ends_on, made.kept_by_hand) == (OLD, None, True)


def test_entered_twice_in_the_same_words_it_is_one(province):
    assert add(province) == add(province)
    assert Agency.objects.count() == 1


def test_same_name_and_kind_at_the_same_time_is_refused(province):
    add(province)
    told = refused(add, province, "Hội khuyến học tỉnh Thử", starts_on=NEW_YEAR)
    assert (
        told
        == "Đã có «Hội Khuyến học tỉnh Thử». Hãy đổi tên, hoặc cho cơ quan đó kết thúc trước nếu cơ quan này thay thế."
    )
    assert add(province, kind=K.OTHER) != add(UnitFactory(parent=province)), "another kind, another unit: not the same"
    end(Agency.objects.get(kind=K.STUDY_ENCOURAGEMENT, unit=province))
    assert "đến 1/1/2027" in refused(add, province, starts_on=dt.date(2026, 12, 1))
    assert add(province, starts_on=NEW_YEAR).code == "hoi-khuyen-hoc-tinh-thu-4"


def test_unit_has_one_body_that_leads_culture(province):
    AgencyFactory(unit=province, kind=K.CULTURE, name="Sở cũ")
    assert "Sở cũ" in refused(add, province, "Sở mới", K.CULTURE)


def test_ministry_unknown_day_and_no_name_are_refused(province):
    assert "theo ngành" in refused(add, province, "Bộ Thử", K.MINISTRY)
    assert refused(add, province, "  ") == "Cơ quan phải có tên."
    later = UnitFactory(tier=Tier.PROVINCE, name="Tỉnh Mới", starts_on=OLD)
    assert "Ngày 1/1/2025 không có Tỉnh Mới" in refused(add, later, starts_on=dt.date(2025, 1, 1))
    assert not Agency.objects.exists()


def test_superior_commands_on_the_own_line_only(province):
    country = AdminUnit.objects.get(code="VN")
    ministry = AgencyFactory(unit=country, kind=K.MILITARY, name="Bộ Quốc phòng")
    committee = AgencyFactory(unit=province, kind=K.PEOPLES_COMMITTEE, name="UBND")
    command = add(province, "Bộ Chỉ huy", K.MILITARY, superior=ministry)
    assert standing_of(command, TODAY).up == [ministry]
    assert "ngành dọc của mình" in refused(add, province, "Đội khác", K.MILITARY, superior=committee)
    assert "ngành dọc của mình" in refused(add, province, "Hội khác", K.FRONT, superior=ministry)
    commune = UnitFactory(parent=province)
    below = AgencyFactory(unit=commune, kind=K.EDUCATION, name="Phòng GD")
    assert "Phòng GD" in refused(add, province, "Sở GD", K.EDUCATION, superior=below)
    assert standing_of(add(province, "Ban", K.OTHER, superior=committee), TODAY).up == [committee]
    assert not Agency.objects.filter(name__in=["Đội khác", "Hội khác", "Sở GD"]).exists(), (
        "nothing of a refused act stays"
    )


# -- renaming --


def test_body_is_renamed_and_the_trail_tells_what_it_was_called(province):
    loaded = AgencyFactory(unit=province, kind=K.FRONT, name="Mặt trận tỉnh")
    person = PersonFactory()
    RoleAssignmentFactory(person=person, role=RoleName.AUDITOR, unit=province)
    acts.rename_agency(loaded, name="Mặt trận Tổ quốc tỉnh Thử", by=person, at=NOW)
    loaded.refresh_from_db()
    assert (loaded.name, loaded.kept_by_hand) == ("Mặt trận Tổ quốc tỉnh Thử", True)
    before = trail(person, day=timezone.localdate(), kinds=["places.agency"]).entries[0]
    assert [(c.field.name, c.before, c.after) for c in before.changes] == [("name", "Mặt trận tỉnh", loaded.name)]
    count = pghistory.models.Events.objects.count()
    acts.rename_agency(loaded, name=loaded.name, by=person, at=NOW)
    assert pghistory.models.Events.objects.count() == count, "the same name again is no change"


def test_name_of_another_and_a_body_that_ends_are_refused(province):
    first, second = add(province), add(province, "Hội Cựu giáo chức")
    assert "Hội Khuyến học" in refused(acts.rename_agency, second, name=first.name, by=None, at=NOW)
    end(second)
    assert "1/1/2027" in refused(acts.rename_agency, second, name="Hội khác", by=None, at=NOW)


@pytest.mark.parametrize("status", ["draft", "in_force"])
def test_plan_that_named_it_before_finds_a_body_that_is_entered_or_renamed(province, status):
    plan = PlanFactory(unit=province, status=status, digest="d")
    task = TaskFactory(clause__plan=plan)
    elsewhere = TaskFactory(clause__plan=PlanFactory(unit=UnitFactory(tier=Tier.PROVINCE)))
    for each in (task, elsewhere):
        each.agencies.create(part="requested", written="Hội Khuyến học tỉnh")
    task.agencies.create(part="requested", written="Mặt trận Tổ quốc tỉnh")
    taken = AgencyFactory(unit=province)
    task.agencies.create(part="lead", written="Hội Khuyến học tỉnh", agency=taken)
    body = add(province)
    front = AgencyFactory(unit=province, kind=K.FRONT, name="Mặt trận")
    acts.rename_agency(front, name="Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Thử", by=None, at=NOW)
    found = task.agencies.order_by("pk").values_list("agency", flat=True)
    assert list(found) == [body.pk, front.pk, taken.pk]
    assert elsewhere.agencies.get().agency is None


# -- ending --


def test_body_ends_with_its_lines_and_stays_in_the_register(province):
    front = add(province, "Mặt trận tỉnh", K.FRONT)
    below = add(UnitFactory(parent=province), "Mặt trận xã", K.FRONT, superior=front)
    with pytest.raises(acts.StillWaits) as waits:
        end(front)
    assert waits.value.waiting == ["Có 1 cơ quan cấp dưới trực thuộc cơ quan này."]
    ended = end(front, confirmed=True)
    assert (ended.ends_on, ended.ended_for) == (NEW_YEAR, "Quyết định 12/QĐ-UBND")
    assert standing_of(below, TODAY).up == [front]
    assert standing_of(below, NEW_YEAR).up == []
    assert end(front) == ended, "the same again asks nothing and changes nothing"
    moved = end(front, ends_on=dt.date(2027, 3, 1), confirmed=True)
    assert standing_of(below, dt.date(2027, 2, 1)).up == [moved]


@pytest.mark.parametrize("moved_end", ["below", "above"])
def test_end_that_is_moved_revives_no_line_to_a_body_that_has_ended(province, moved_end):
    front = add(province, "Mặt trận tỉnh", K.FRONT)
    below = add(UnitFactory(parent=province), "Mặt trận xã", K.FRONT, superior=front)
    end(front, confirmed=True)
    end(below, confirmed=True)
    end({"below": below, "above": front}[moved_end], ends_on=dt.date(2027, 3, 1), confirmed=True)
    assert AgencyLine.objects.get(agency=below).ends_on == NEW_YEAR
    end({"below": front, "above": below}[moved_end], ends_on=dt.date(2027, 2, 1), confirmed=True)
    assert AgencyLine.objects.get(agency=below).ends_on == dt.date(2027, 2, 1)


def test_end_before_its_first_day_without_a_reason_or_a_second_time_is_refused(province):
    body = add(province, starts_on=TODAY)
    assert "20/11/2026" in refused(end, body, ends_on=TODAY)
    assert refused(end, body, reason=" ") == "Ghi lý do kết thúc, ví dụ theo quyết định nào."
    end(body, ends_on=dt.date(2026, 11, 21))
    Agency.objects.filter(pk=body.pk).update(starts_on=OLD)
    end(body, ends_on=TODAY)
    assert "20/11/2026" in refused(end, body)
    loaded = AgencyFactory(unit=province, ends_on=NEW_YEAR)
    assert "1/1/2027" in refused(end, loaded, ends_on=dt.date(2027, 5, 1))


def test_what_hangs_on_a_body_is_said_and_not_forbidden(db):
    country = make_country(1)
    cycle = make_opened_cycle(country)
    (province,) = country.provinces
    body = country.body(province, K.EDUCATION)
    make_assignment(agency=body)
    make_assignment(agency=body, state="done", done_on=TODAY)
    RoleAssignmentFactory(person=PersonFactory(), role=RoleName.AGENCY_OFFICER, agency=body)
    InstitutionAgency.objects.create(institution=InstitutionFactory(unit=province), agency=body)
    with pytest.raises(acts.StillWaits) as waits:
        end(body)
    said = " ".join(waits.value.waiting)
    for words in ("1 cơ sở", "1 người", "1 nhiệm vụ", f"1 báo cáo ({cycle.title})"):
        assert words in said
    body.refresh_from_db()
    assert body.ends_on is None
    assert end(body, confirmed=True).ends_on == NEW_YEAR


# -- what the database holds --


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"name": ""}, "agency_has_a_name"),
        ({"ended_for": "Sáp nhập"}, "agency_reason_with_end"),
        ({"ends_on": NEW_YEAR}, "agency_ended_by_hand_for_a_reason"),
        ({"ends_on": OLD, "ended_for": "Sáp nhập"}, "ends_after_it_starts"),
        ({"name": "Hội khác"}, "agency_once_while_it_stands"),
    ],
)
def test_database_refuses_what_no_act_makes(province, changes, constraint):
    add(province, "Hội khác")
    body = add(province)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Agency.objects.filter(pk=body.pk).update(**changes)


def test_no_body_is_its_own_superior(province):
    body = add(province)
    with pytest.raises(IntegrityError, match="agency_not_its_own_superior"), transaction.atomic():
        AgencyLine.objects.create(agency=body, superior=body, kind="administrative")


def test_trail_of_bodies_is_never_changed(province):
    add(province)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM places_agencyevent")


# -- loaded again --


@pytest.mark.slow
def test_what_people_keep_stays_when_the_register_is_loaded_again(reference):
    thai_nguyen = AdminUnit.objects.get(code="19", ends_on=None)
    added = add(thai_nguyen, "Hội Khuyến học tỉnh Thái Nguyên")
    department = Agency.objects.get(code="so-vhttdl-19")
    acts.rename_agency(department, name="Sở Văn hóa tỉnh Thái Nguyên", by=None, at=NOW)
    finance = end(Agency.objects.get(code="so-tai-chinh-19"), confirmed=True)
    lines = AgencyLine.objects.count()
    ids = {(unit.code, unit.starts_on): unit.pk for unit in AdminUnit.objects.all()}
    territory = read_territory()
    load_agencies(territory, {unit.key: ids[unit.code, unit.starts_on] for unit in territory.units}, lambda said: None)
    department.refresh_from_db()
    finance.refresh_from_db()
    assert Agency.objects.filter(pk=added.pk).exists()
    assert department.name == "Sở Văn hóa tỉnh Thái Nguyên"
    assert finance.ends_on == NEW_YEAR
    assert set(finance.lines_up.values_list("ends_on", flat=True)) == {NEW_YEAR}
    assert AgencyLine.objects.count() == lines
