"""The content of a report in a cycle: who reports, what is asked for, the words that are made from figures."""

import datetime as dt
import uuid

import pytest
from django.utils import translation

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import InstitutionPlacement
from hocsuotdoi.reporting.formats.canonical import canonical_json
from hocsuotdoi.reporting.models import Report
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.queries.content import cycle_content
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.factories.programme import ClauseFactory, TargetFactory
from tests.factories.running import make_assignment, make_line, make_report
from tests.reporting.cycle_tree import DAY, NOW, Tree, approved, count, fresh, make_tree


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    return tree


def told(content, key):
    (found,) = [each for each in content["figures"] if each["key"] == key]
    return found


def test_ward_reports_in_the_name_of_its_committee_to_the_body_it_goes_to(tree):
    content = cycle_content(fresh(tree.ward), DAY)
    header = content["header"]
    assert header["issuer_lines"] == ["ỦY BAN NHÂN DÂN", "PHƯỜNG BẮC KẠN"]
    assert header["addressee"] == tree.province.agency.name
    assert content["report"]["agency"] == tree.ward.agency_id and content["report"]["detail"] == "full"
    assert content["opening"].startswith("Ủy ban nhân dân phường Bắc Kạn báo cáo")


def test_department_stands_below_its_committee_and_the_last_report_goes_out(tree):
    Report.objects.filter(pk=tree.province.pk).update(goes_to=None)
    tree.cycle.addressee = "Thủ tướng Chính phủ"
    tree.cycle.save()
    content = cycle_content(fresh(tree.province), DAY)
    header = content["header"]
    assert header["superior"] == "ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN"
    assert (header["symbol"], header["addressee"]) == ("BC-SVHTT", "Thủ tướng Chính phủ")
    assert content["signature"]["lines"] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    army = cycle_content(fresh(tree.army), DAY)
    assert (army["header"]["superior"], army["signature"]["lines"]) == ("", ["CHỈ HUY TRƯỞNG"])


def test_mid_term_review_names_its_period(tree):
    tree.cycle.kind, tree.cycle.starts_on = "mid_term", dt.date(2023, 1, 1)
    tree.cycle.save()
    title = cycle_content(fresh(tree.ward), DAY)["header"]["title"]
    assert title.startswith("Sơ kết thực hiện") and title.endswith("giai đoạn 2023 - 2026")


def test_sections_that_are_not_asked_for_are_empty(tree):
    make_assignment(agency=tree.ward.agency)
    make_line(agency=tree.ward.agency, estimated=1)
    tree.cycle.sections = ["targets"]
    tree.cycle.save()
    content = cycle_content(fresh(tree.ward), DAY)
    assert (content["tasks"], content["money"]["rows"], content["activities"]["sentences"]) == ([], [], [])
    assert content["words"]["results"] == [] and content["words"]["suggested"] == []
    assert {each["key"].partition(":")[0] for each in content["figures"]} == {"indicator", "due", "count"}


def test_content_is_the_same_in_every_language_and_holds_no_float(tree):
    make_assignment(agency=tree.ward.agency)
    with translation.override("vi"):
        vietnamese = canonical_json(cycle_content(fresh(tree.ward), DAY))
    with translation.override("en"):
        assert canonical_json(cycle_content(fresh(tree.ward), DAY)) == vietnamese


def test_every_number_that_another_part_names_stands_among_the_figures(tree):
    make_assignment(agency=tree.ward.agency)
    make_line(agency=tree.ward.agency, estimated=5_000_000)
    content = cycle_content(fresh(tree.ward), DAY)
    keys = [each["key"] for each in content["figures"]]
    assert len(keys) == len(set(keys))
    activities = content["activities"]
    named = [activities["sessions_key"], activities["attendance_key"]]
    named += [each["key"] for cut in ("by_sex", "by_age", "visits") for each in activities[cut]]
    named += [each[key] for each in activities["months"] for key in ("sessions_key", "attendance_key")]
    named += [each["key"] for each in content["money"]["rows"]] + [each["key"] for each in content["targets"]]
    assert set(named) <= set(keys)


def test_suggested_words_are_made_from_figures_and_give_way_to_people(tree, silent_library):
    count(tree.ward, silent_library)
    make_line(agency=tree.ward.agency, estimated=10_000_000)
    make_line(
        agency=tree.ward.agency,
        purpose="Máy tính",
        source="donation",
        estimated=10_000_000,
        allocated=5_000_000,
        allocation_act="12/QĐ",
    )
    words = cycle_content(fresh(tree.ward), DAY)["words"]
    assert words["results"][0] == ("Đã tổ chức 1 buổi hoạt động phục vụ học tập suốt đời với 12 lượt người tham gia.")
    assert words["causes"] == [
        "1 cơ sở, đơn vị chưa ghi chép, cập nhật đầy đủ số liệu hoạt động.",
        "Kinh phí được giao mới đạt 25% so với dự toán.",
    ]
    assert "bố trí đủ kinh phí" in words["proposals"][0]
    assert set(words["suggested"]) == {"results", "difficulties", "causes", "proposals"}
    Report.objects.filter(pk=tree.ward.pk).update(causes="Mưa lũ kéo dài.\n\nThiếu người.")
    words = cycle_content(fresh(tree.ward), DAY)["words"]
    assert words["causes"] == ["Mưa lũ kéo dài.", "Thiếu người."] and "causes" not in words["suggested"]


def test_tasks_say_how_far_they_are_and_how_many_below_have_done_them(tree):
    task = make_assignment(agency=tree.province.agency, title="Mở lớp tập huấn", due_on=DAY - dt.timedelta(days=2))
    make_assignment(agency=tree.ward.agency, title="Mở lớp tập huấn", handed_down_from=task, state="done", done_on=DAY)
    make_assignment(agency=tree.wards[1].agency, title="Mở lớp tập huấn", handed_down_from=task)
    make_assignment(agency=tree.province.agency, title="Đã bỏ", state="dropped")
    content = cycle_content(fresh(tree.province), DAY)
    (row,) = content["tasks"]
    assert (row["state"], row["state_words"], row["asked"], row["done"]) == ("late", "Chậm", 2, 1)
    assert told(content, row["done_key"])["numerator"] == "1"
    assert told(content, "tasks:late:2026")["numerator"] == "1"


def test_different_people_are_asked_anew_and_marked(tree, plan, bac_kan, duc_xuan, thai_nguyen, library):
    """One person at two libraries is one of the province, whatever the wards said."""
    people = CohortFactory(kind="population", classes=[])
    share = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.9"), indicator=share, cohort=people, year=2026)
    for unit in (bac_kan, duc_xuan, thai_nguyen):
        Population.objects.create(unit=unit, year=2026, urban=1000, source="Sổ")
    other = InstitutionFactory(unit=duc_xuan)
    count(tree.wards[1], other)
    for house in (library, other):
        make_posting(house, DAY, Line(MeasureCode.PROGRAMME_ATTENDANCE, 1, learner_key=uuid.UUID(int=7)))
    key = f"indicator:{share.code}:{people.code}:2026"
    for ward in tree.wards:
        assert told(approved(ward, tree).submitted.content, key)["numerator"] == "1"
    figure = told(cycle_content(fresh(tree.province), DAY), key)
    assert (figure["numerator"], figure["denominator"], figure["is_additive"]) == ("1", "1000", False)
    assert figure["note"].startswith("Tính lại ngày 23/11/2026")


def test_share_of_residents_says_that_it_leaves_out_what_an_institution_did_elsewhere(tree, plan, bac_kan, library):
    people = CohortFactory(kind="population", classes=[])
    share = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.9"), indicator=share, cohort=people, year=2026)
    Population.objects.create(unit=bac_kan, year=2026, urban=1000, source="Sổ")
    make_posting(library, DAY, Line(MeasureCode.PROGRAMME_ATTENDANCE, 1, learner_key=uuid.UUID(int=7)))
    key = f"indicator:{share.code}:{people.code}:2026"
    assert "trước khi chuyển đến đây" not in told(cycle_content(fresh(tree.ward), DAY), key)["note"]
    InstitutionPlacement.objects.filter(institution=library).update(starts_on=dt.date(2026, 6, 1))
    elsewhere = UnitFactory()
    InstitutionPlacement.objects.create(institution=library, unit=elsewhere, ends_on=dt.date(2026, 6, 1))
    content = cycle_content(fresh(tree.ward), DAY)
    assert "trước khi chuyển đến đây" in told(content, key)["note"]
    assert "trước khi chuyển đến đây" in next(each for each in content["targets"] if each["key"] == key)["note"]


def test_parts_of_a_measure_are_told_by_as_many_as_the_whole(tree, bac_kan):
    """A library whose visitors were all men has told that no woman came."""
    other = InstitutionFactory(unit=bac_kan)
    make_posting(other, DAY, Line(MeasureCode.PROGRAMME_ATTENDANCE, 3, sex="male"))
    ward = tree.wards[1]
    count(ward, other)
    for each in tree.wards:
        approved(each, tree)
    content = cycle_content(fresh(tree.province), DAY)
    whole, women = (told(content, f"measure:programme_attendance:2026{cut}") for cut in ("", ":sex:female"))
    assert (whole["reporting"], whole["expected"]) == (2, 2)
    assert (women["numerator"], women["reporting"], women["expected"]) == ("7", 2, 2)


def test_other_lines_tell_nothing_of_units_or_residents(tree, plan, thai_nguyen):
    people = CohortFactory(kind="population", classes=[])
    share = IndicatorFactory(kind=IndicatorKind.SHARE_OF_POPULATION, measures=[MeasureCode.PROGRAMME_ATTENDANCE])
    TargetFactory(clause=ClauseFactory(plan=plan, path="I.9"), indicator=share, cohort=people, year=2026)
    Population.objects.create(unit=thai_nguyen, year=2026, urban=1000, source="Sổ")
    schools = make_report(
        tree.cycle, AgencyFactory(unit=thai_nguyen, kind=AgencyKind.EDUCATION), line="education", goes_to=tree.province
    )
    house = InstitutionFactory(unit=thai_nguyen, institution_class="library_school")
    make_posting(house, DAY, Line(MeasureCode.PROGRAMME_SESSION, 2))
    count(schools, house)
    content = cycle_content(fresh(schools), DAY)
    assert told(content, "measure:programme_session:2026")["numerator"] == "2"
    assert not [each for each in content["figures"] if share.code in each["key"]]
    assert all(target["value_state"] != "not_applicable" for target in content["targets"])


def test_moved_institution_is_counted_wherever_it_stands(tree, library):
    """Its ward was merged: the successor's report has its figures of the whole year."""
    other = begin_report(tree.wards[1], by=tree.writer, at=NOW)
    tree.ward.counted.update(report=other)
    content = cycle_content(fresh(other), DAY)
    assert told(content, "measure:programme_session:2026")["numerator"] == "1"
    assert content["targets"] == [] or content["targets"][0]["numerator"] == "1"
