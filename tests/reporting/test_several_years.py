"""A report over several years: each year as a report of that year alone would say it, sums of the period where years
add up, what each target asked for by then, and what is not known."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.enums import IndicatorKind
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, post
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, InstitutionStatus, UnitReading
from hocsuotdoi.reporting.operations.addendum import make_addendum, note_changes
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.approving import waiting
from hocsuotdoi.reporting.queries.changed import changed_figures, perhaps_changed
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.factories.indicators import CohortFactory, IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.factories.programme import ClauseFactory, TargetFactory
from tests.factories.running import make_assignment, make_line, make_report
from tests.people import REFORM
from tests.reporting.cycle_tree import DAY, LATER, NOW, Tree, approved, count, figure, fresh, make_tree, submitted

SESSIONS, VISITS = MeasureCode.PROGRAMME_SESSION, MeasureCode.LIBRARY_VISIT
PERIOD = "2024-2026"


@pytest.fixture
def before(bac_kan, duc_xuan) -> dict[int, AdminUnit]:
    """By ward of today: the ward of old that it took the place of at the reform of 2025."""
    found = {}
    for unit in (bac_kan, duc_xuan):
        old = UnitFactory(starts_on=dt.date(2019, 1, 1), ends_on=REFORM)
        UnitReading.objects.create(unit=old, reads_as=old, starts_on=old.starts_on, ends_on=REFORM)
        UnitReading.objects.create(unit=old, reads_as=unit, starts_on=REFORM)
        found[unit.pk] = old
    return found


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library, before) -> Tree:
    """Three years up to 2026: the library has a session with twelve people in 2026 and held some before, the first of
    them where the ward of old stood."""
    stood_before(library, before)
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen, kind="mid_term", starts_on=dt.date(2024, 1, 1))
    make_posting(library, dt.date(2024, 5, 3), Line(SESSIONS, 4), Line(VISITS, 100))
    make_posting(library, dt.date(2025, 5, 3), Line(SESSIONS, 5), Line(VISITS, 150))
    make_posting(library, dt.date(2026, 5, 3), Line(VISITS, 170))
    count(tree.ward, library)
    return tree


def stood_before(institution: Institution, before: dict[int, AdminUnit]) -> Institution:
    placement = InstitutionPlacement.objects.get(institution=institution)
    unit, placement.starts_on = placement.unit_id, REFORM
    placement.save()
    InstitutionPlacement.objects.create(institution=institution, unit=before[unit], ends_on=REFORM)
    return institution


def told(content, key):
    (found,) = [each for each in content["figures"] if each["key"] == key]
    return found


def numbers(content, measure: str) -> list[str | None]:
    """Of the three years and of all of them."""
    return [figure(content, f"measure:{measure}:{year}")[0] for year in (2024, 2025, 2026, PERIOD)]


def test_each_year_stands_under_its_key_and_the_period_is_their_sum(tree):
    content = cycle_content(fresh(tree.ward), DAY)
    assert numbers(content, "library_visit") == ["100", "150", "182", "432"]
    assert numbers(content, "programme_session") == ["4", "5", "1", "10"]
    assert told(content, "measure:library_visit:2024")["label"] == "Số lượt người đến thư viện, năm 2024"
    assert told(content, f"measure:library_visit:{PERIOD}")["label"].endswith(f"thư viện, giai đoạn {PERIOD}")
    assert content["activities"]["sessions"] == 10 and content["activities"]["months"] == []
    assert content["activities"]["sentences"][0].startswith("Từ ngày 01/01/2024 đến ngày 23/11/2026")
    assert "giai đoạn 2024 - 2026 (số liệu" in content["opening"] and "giai đoạn 2024 - 2026" in content["closing"]
    assert len({each["key"] for each in content["figures"]}) == len(content["figures"])


def test_rows_of_the_period_name_figures_that_are_told(tree):
    make_assignment(agency=tree.ward.agency, year=2025, state="done", done_on=dt.date(2025, 5, 1))
    make_assignment(agency=tree.ward.agency, year=None)
    make_line(agency=tree.ward.agency, year=2024, estimated=3_000_000)
    make_line(agency=tree.ward.agency, year=2026, estimated=5_000_000)
    content = cycle_content(fresh(tree.ward), DAY)
    period = content["period"]
    keys = {each["key"] for each in content["figures"]}
    assert (period["first"], period["last"], period["words"]) == (2024, 2026, "2024–2026")
    assert [each["year"] for each in period["years"]] == [2024, 2025, 2026]
    assert [each["until"] for each in period["years"]] == ["2024-12-31", "2025-12-31", "2026-11-23"]
    for row in period["rows"]:
        assert [cell["year"] for cell in row["cells"]] == [2024, 2025, 2026]
        assert {cell["key"] for cell in (*row["cells"], row["total"])} - {""} <= keys
    asked = next(row for row in period["rows"] if row["label"] == "Số nhiệm vụ được giao")
    # A task that goes on for years is asked in each of them, and is one task in the period.
    assert [cell["words"] for cell in asked["cells"]] == ["1", "2", "1"] and asked["total"]["words"] == "2"
    money = next(row for row in period["rows"] if row["group"] == "money")
    assert [cell["words"] for cell in money["cells"]] == ["3.000.000 đồng", "Chưa có số liệu", "5.000.000 đồng"]
    assert money["total"]["words"] == "8.000.000 đồng"
    assert content["money"]["sentences"] == [
        "Kinh phí thực hiện Chương trình giai đoạn 2024 - 2026: dự toán 8.000.000 đồng."
    ]


def test_shares_and_people_have_no_sum_of_years(tree, plan, bac_kan):
    people = IndicatorFactory(code="nguoi", kind=IndicatorKind.SHARE_OF_POPULATION)
    TargetFactory(
        clause=ClauseFactory(plan=plan), indicator=people, cohort=CohortFactory(code="dan", kind="population")
    )
    Population.objects.create(unit=bac_kan, year=2025, urban=1000, source="Niên giám")
    content = cycle_content(fresh(tree.ward), DAY)
    assert [each["key"] for each in content["figures"] if PERIOD in each["key"] and "indicator" in each["key"]] == []


def test_growth_of_each_year_is_from_its_base_year(tree, plan):
    growing = IndicatorFactory(code="tang", kind=IndicatorKind.GROWTH, measures=["library_visit"])
    TargetFactory(
        clause=ClauseFactory(plan=plan), indicator=growing, cohort=plan.targets.get().cohort, unit="percent_per_year"
    )
    content = cycle_content(fresh(tree.ward), DAY)
    cohort = plan.targets.first().cohort_id
    assert figure(content, f"indicator:tang:{cohort}:2025") == ("150", "100")
    assert told(content, f"indicator:tang:{cohort}:2024")["value_state"] == "not_reported"
    assert "so với 100 lượt năm 2024" in told(content, f"indicator:tang:{cohort}:2025")["words"]


def test_each_target_stands_with_what_its_trajectory_asked_for_by_then(tree, plan):
    target = plan.targets.get()
    target.year, target.low = 2026, Decimal(60)
    target.baseline_year, target.baseline_value = 2024, Decimal(20)
    target.save()
    (content,) = [cycle_content(fresh(tree.ward), DAY)]
    (row,) = content["targets"]
    assert [each["year"] for each in row["years"]] == [2024, 2025, 2026]
    assert [each["due_words"] for each in row["years"]] == ["20%", "40%", "60%"]
    assert row["years"][-1]["value_words"] == row["value_words"]
    keys = {each["key"] for each in content["figures"]}
    assert {each["key"] for each in row["years"]} <= keys


def test_institution_that_closed_within_the_period_counts_in_its_years_alone(tree, bac_kan, before):
    """As a report of each year alone would have it: open on the last day of that year, or not counted in it."""
    closed = stood_before(InstitutionFactory(name="Thư viện đã giải thể", unit=bac_kan), before)
    InstitutionStatus.objects.filter(institution=closed).update(
        starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2025, 6, 1)
    )
    make_posting(closed, dt.date(2024, 3, 1), Line(SESSIONS, 7))
    make_posting(closed, dt.date(2025, 3, 1), Line(SESSIONS, 9))
    count(tree.ward, closed)
    content = cycle_content(fresh(tree.ward), DAY)
    assert numbers(content, "programme_session") == ["11", "5", "1", "17"]
    expected = [told(content, f"measure:programme_session:{year}")["expected"] for year in (2024, 2025, 2026)]
    assert expected == [2, 1, 1]


def test_year_of_which_nothing_is_known_is_named_and_left_out_of_the_sum(tree):
    tree.cycle.starts_on = dt.date(2023, 1, 1)
    tree.cycle.save()
    content = cycle_content(fresh(tree.ward), DAY)
    assert figure(content, "measure:programme_session:2023") == (None, None)
    total = told(content, "measure:programme_session:2023-2026")
    assert (total["numerator"], total["note"]) == ("10", "Chưa gồm năm 2023: chưa có số liệu.")
    assert "Chưa có số liệu của năm 2023." in content["gaps"]
    assert any("năm 2023 chưa có số liệu" in each for each in content["period"]["sentences"])


def test_years_that_have_not_begun_are_named_as_such(tree):
    tree.cycle.ends_on, tree.cycle.kind = dt.date(2031, 1, 1), "final"
    tree.cycle.save()
    content = cycle_content(fresh(tree.ward), DAY)
    assert [each["year"] for each in content["period"]["years"]] == [2024, 2025, 2026]
    assert content["period"]["sentences"][-1] == "Chưa đến năm 2027, 2028, 2029, 2030."
    assert figure(content, "measure:programme_session:2024-2030") == ("10", None)


def test_unit_that_came_to_stand_within_the_period_says_whose_the_years_before_are(tree):
    sentences = cycle_content(fresh(tree.ward), DAY)["period"]["sentences"]
    assert sentences[0].startswith("Số liệu mọi năm được tính trên địa giới hành chính ngày 01/11/2026")
    assert "thành lập ngày 01/07/2025; số liệu trước ngày đó là của các địa bàn nay thuộc" in sentences[1]


def test_report_of_one_year_has_no_period(bac_kan, thai_nguyen, plan, library):
    tree = make_tree([bac_kan], thai_nguyen)
    count(tree.ward, library)
    content = cycle_content(fresh(tree.ward), DAY)
    assert "period" not in content and all("years" not in each for each in content["targets"])
    assert {each["key"].split(":")[2] for each in content["figures"] if each["key"].startswith("measure")} == {"2026"}


def test_province_adds_up_each_year_of_what_was_approved(tree, duc_xuan, before):
    other = stood_before(InstitutionFactory(name="Thư viện phường Đức Xuân", unit=duc_xuan), before)
    make_posting(other, dt.date(2025, 2, 2), Line(SESSIONS, 30), Line(VISITS, 11))
    count(tree.wards[1], other)
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert numbers(content, "programme_session") == ["4", "5", "1", "10"]
    assert told(content, "measure:programme_session:2025")["expected"] == 2
    approved(tree.wards[1], tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert numbers(content, "programme_session") == ["4", "35", "1", "40"]
    assert told(content, f"measure:programme_session:{PERIOD}")["origin"] == "consolidated"
    assert told(content, f"measure:library_visit:{PERIOD}")["numerator"] == "443"


def test_sum_of_the_period_says_of_how_many_institutions_and_years_it_is_told(tree, duc_xuan, before):
    other = stood_before(InstitutionFactory(name="Thư viện phường Đức Xuân", unit=duc_xuan), before)
    make_posting(other, dt.date(2025, 2, 2), Line(SESSIONS, 30))
    count(tree.wards[1], other)
    make_line(agency=tree.ward.agency, year=2024, estimated=3_000_000)
    make_line(agency=tree.ward.agency, year=2026, spent=1, source="donation")
    make_line(agency=tree.ward.agency, year=2026, estimated=5, source="donation", purpose="Khác")
    approved(tree.ward, tree)
    whole = f"measure:programme_session:{PERIOD}"
    figures = [told(cycle_content(fresh(each), DAY), whole) for each in (tree.ward, tree.wards[1])]
    assert [(each["reporting"], each["expected"], each["coverage_words"]) for each in figures] == [
        (3, 3, "3/3 (100%)"),
        (1, 3, "1/3 (33,3%)"),
    ]
    content = cycle_content(fresh(tree.province), DAY)
    by_year = [told(content, f"measure:programme_session:{year}") for year in (2024, 2025, 2026)]
    assert [(each["reporting"], each["expected"]) for each in by_year] == [(1, 2)] * 3
    assert (told(content, whole)["reporting"], told(content, whole)["expected"]) == (3, 6)
    assert told(content, whole)["coverage_words"] == "3/6 (50%)"
    spent = told(content, f"money:spent:donation:{PERIOD}")
    assert (spent["numerator"], spent["reporting"], spent["expected"]) == ("1", 1, 2)
    assert any("mỗi cơ sở" in each and "từng năm" in each for each in content["period"]["sentences"])


@pytest.mark.slow
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tall=st.booleans(), quantities=st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_however_the_reports_are_nested_each_year_and_the_period_are_the_same(
    tree, before, bac_kan, duc_xuan, thai_nguyen, tall, quantities
):
    """Through a level between or straight up."""
    middle = make_tree([bac_kan, duc_xuan], thai_nguyen, kind="mid_term", starts_on=dt.date(2024, 1, 1))
    if tall:
        between = make_report(
            middle.cycle, middle.army.agency, line="other", goes_to=middle.province, above=[middle.province.agency_id]
        )
        for ward in middle.wards:
            type(ward).objects.filter(pk=ward.pk).update(
                goes_to=between, above=[between.agency_id, middle.province.agency_id]
            )
    house = stood_before(InstitutionFactory(unit=bac_kan), before)
    for year, quantity in zip((2024, 2025, 2026), quantities, strict=True):
        if quantity:
            make_posting(house, dt.date(year, 2, 2), measure=SESSIONS, quantity=quantity)
    count(middle.ward, house)
    for ward in middle.wards:
        approved(fresh(ward), middle)
    if tall:
        approved(fresh(between), middle)
    content = cycle_content(fresh(middle.province), DAY)
    expected = [str(each) if each else None for each in quantities]
    said = numbers(content, "programme_session")
    assert [each if each != "0" else None for each in said[:3]] == expected
    assert (said[3] or "0") == str(sum(quantities))


def test_totals_are_typed_for_each_year(tree):
    keys = [row.key for row in typed_rows(fresh(tree.army)) if "programme_session" in row.key]
    assert keys == [f"measure:programme_session:{year}" for year in (2024, 2025, 2026)]
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    rows = [Total(key, Decimal(number), None, "Sổ thư viện đơn vị") for number, key in enumerate(keys, 1)]
    type_totals(report, version=report.version, rows=rows, by=tree.writer, at=NOW)
    content = cycle_content(fresh(tree.army), DAY)
    assert numbers(content, "programme_session") == ["1", "2", "3", "6"]
    assert told(content, f"measure:programme_session:{PERIOD}")["origin"] == "typed"
    approved(fresh(tree.army), tree)
    assert numbers(cycle_content(fresh(tree.province), DAY), "programme_session") == ["1", "2", "3", "6"]


def test_last_year_is_held_against_the_one_before_it_and_earlier_ones_are_not_asked_again(tree, library):
    make_posting(library, dt.date(2026, 6, 1), Line(VISITS, 900))
    content = cycle_content(fresh(tree.ward), DAY)
    odd = [each.figure for each in exceptions_of(fresh(tree.ward), content, DAY) if each.rule == "change"]
    assert set(odd) == {"measure:programme_session:2026", "measure:library_visit:2026"}


def test_who_approves_sees_the_last_year_beside_the_one_before(tree):
    report = submitted(tree.ward, tree.writer)
    (row,) = waiting([report], tree.approver)
    assert row.has_last_year
    assert [(each.label, each.before, each.now) for each in row.differences] == [
        ("Số lượt người tham gia hoạt động, năm 2026", "0", "12"),
        ("Số buổi hoạt động phục vụ học tập suốt đời, năm 2026", "5", "1"),
    ]


def test_figure_of_an_earlier_year_that_changes_is_told_by_an_addendum_with_the_sum(tree, library):
    report = approved(tree.ward, tree)
    day, lines = dt.date(2024, 8, 1), [Line(SESSIONS, 3)]
    post(library, source_kind="test.late", source_id=uuid.uuid4(), occurred_on=day, lines=lines, by=None, at=LATER)
    assert report.pk in perhaps_changed(DAY)
    assert note_changes(fresh(report), at=LATER)
    changes = {each["key"]: each for each in changed_figures(fresh(report))}
    assert set(changes) >= {"measure:programme_session:2024", f"measure:programme_session:{PERIOD}"}
    assert changes[f"measure:programme_session:{PERIOD}"]["after"]["numerator"] == "13"
    assert not [key for key in changes if key.endswith(":2025")]
    make_addendum(report, reason="Nhập bổ sung", by=tree.writer, at=LATER)
    assert numbers(cycle_content(fresh(tree.province), DAY), "programme_session") == ["7", "5", "1", "13"]
