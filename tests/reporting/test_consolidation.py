"""What a province says of its wards: sums of what was approved, nothing made anew, what is missing by name."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.operations.posting import Line, reverse
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import children_of, day_on_map_of, unit_by_code, units_reading_as
from hocsuotdoi.reporting.models import CountedInstitution, Figure, Report
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.presets import OWN_LINES, yearly
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.consolidation import consolidated
from hocsuotdoi.reporting.queries.content import cycle_content
from tests.factories.accounts import PersonFactory
from tests.factories.cycles import add_ministries, make_country, make_opened_cycle
from tests.factories.indicators import IndicatorFactory
from tests.factories.ledger import make_posting
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.factories.programme import ClauseFactory, TargetFactory
from tests.factories.running import make_assignment, make_cycle, make_line, make_report, make_snapshot
from tests.reporting.cycle_tree import DAY, NOW, Tree, approved, count, figure, fresh, make_tree

SESSIONS, ATTENDANCE = "measure:programme_session:2026", "measure:programme_attendance:2026"


@pytest.fixture
def tree(bac_kan, duc_xuan, thai_nguyen, plan, library) -> Tree:
    """A library with one session of twelve people in each ward; that of Đức Xuân has told nothing of the criteria."""
    tree = make_tree([bac_kan, duc_xuan], thai_nguyen)
    count(tree.ward, library)
    other = InstitutionFactory(name="Thư viện phường Đức Xuân", unit=duc_xuan)
    make_posting(
        other,
        dt.date(2026, 11, 3),
        Line(MeasureCode.PROGRAMME_SESSION, 2),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 30),
    )
    count(tree.wards[1], other)
    return tree


def told(content, key):
    (found,) = [each for each in content["figures"] if each["key"] == key]
    return found


def test_province_adds_up_what_was_approved_and_its_own(tree, thai_nguyen):
    own = InstitutionFactory(name="Thư viện tỉnh", unit=thai_nguyen, institution_class="library_province")
    make_posting(own, dt.date(2026, 3, 3), Line(MeasureCode.PROGRAMME_SESSION, 5))
    count(tree.province, own)
    for ward in tree.wards:
        approved(ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert figure(content, SESSIONS) == ("8", None)
    assert figure(content, ATTENDANCE) == ("42", None)
    assert told(content, SESSIONS)["origin"] == "consolidated"
    assert (told(content, SESSIONS)["reporting"], told(content, SESSIONS)["expected"]) == (3, 3)
    assert content["activities"]["sessions"] == 8
    months = {each["month"]: each["sessions"] for each in content["activities"]["months"]}
    assert months == {3: 5, 11: 3}


def test_what_was_not_approved_is_left_out_named_and_stays_expected(tree):
    approved(tree.ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert figure(content, SESSIONS) == ("1", None)
    assert (told(content, SESSIONS)["reporting"], told(content, SESSIONS)["expected"]) == (1, 2)
    assert tree.wards[1].agency.name in content["gaps"][0] and tree.army.agency.name in content["gaps"][0]
    states = {each["name"]: each["state"] for each in content["below"]}
    assert states[tree.ward.agency.name] == "approved" and states[tree.wards[1].agency.name] == "expected"


def test_nothing_below_is_not_reported_and_no_zero(tree):
    content = cycle_content(fresh(tree.province), DAY)
    assert told(content, SESSIONS)["value_state"] == "not_reported"
    assert told(content, SESSIONS)["expected"] == 2
    assert content["activities"]["sentences"][0].endswith(
        "chưa có số liệu về hoạt động của các thư viện, bảo tàng, trung tâm văn hóa."
    )


def test_visits_are_asked_of_those_who_have_them(tree, duc_xuan):
    museum = InstitutionFactory(unit=duc_xuan, institution_class="museum_province")
    make_posting(museum, DAY, measure=MeasureCode.MUSEUM_VISIT, quantity=5)
    count(tree.wards[1], museum)
    approved(tree.wards[1], tree)
    content = cycle_content(fresh(tree.province), DAY)
    visits = told(content, "measure:museum_visit:2026")
    assert (visits["numerator"], visits["reporting"], visits["expected"]) == ("5", 1, 1)
    assert told(content, SESSIONS)["expected"] == 3


LIBRARY_VISITS = "measure:library_visit:2026"


def state_of(content, key):
    found = told(content, key)
    return found["value_state"], found["numerator"], found["reporting"], found["expected"]


def test_visits_of_silent_libraries_stay_expected_at_every_level(tree, duc_xuan):
    """0 where somebody told of the year, not reported where nobody did, nothing where nobody is asked."""
    silent, told_nothing = tree.wards
    CountedInstitution.objects.filter(report=silent).delete()
    count(silent, InstitutionFactory(unit=duc_xuan))
    count(told_nothing, InstitutionFactory(unit=duc_xuan))  # beside the one that held sessions and had no visits
    content = cycle_content(fresh(silent), DAY)
    assert {state_of(content, key) for key in (SESSIONS, LIBRARY_VISITS)} == {("not_reported", None, 0, 1)}
    assert not [each for each in content["figures"] if each["key"].startswith("measure:museum_visit")]
    assert state_of(cycle_content(fresh(told_nothing), DAY), LIBRARY_VISITS) == ("value", "0", 1, 2)
    assert state_of(cycle_content(fresh(tree.province), DAY), LIBRARY_VISITS) == ("not_reported", None, 0, 3)
    approved(silent, tree)
    assert state_of(cycle_content(fresh(tree.province), DAY), LIBRARY_VISITS) == ("not_reported", None, 0, 3)
    approved(told_nothing, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert state_of(content, LIBRARY_VISITS) == ("value", "0", 1, 3)
    assert state_of(content, SESSIONS) == ("value", "2", 1, 3)


def test_what_was_reversed_whole_is_not_reported_and_no_zero(tree, duc_xuan):
    silent = InstitutionFactory(name="Thư viện im lặng", unit=duc_xuan)
    reverse(make_posting(silent, DAY, measure=MeasureCode.LIBRARY_VISIT, quantity=9), reason="Nhầm.", by=None, at=NOW)
    CountedInstitution.objects.filter(report=tree.wards[1]).delete()
    count(tree.wards[1], silent)
    content = cycle_content(fresh(tree.wards[1]), DAY)
    assert {state_of(content, key) for key in (SESSIONS, LIBRARY_VISITS)} == {("not_reported", None, 0, 1)}


def test_shares_are_sums_of_parts(tree, plan, thai_nguyen):
    """One of one in the first ward, one of two in the other: two of three, and no mean of percentages."""
    lending = InstitutionFactory(unit=tree.wards[1].unit)
    make_posting(lending, DAY, measure=MeasureCode.LIBRARY_VISIT)
    count(tree.wards[1], lending)
    for ward in tree.wards:
        approved(ward, tree)
    key = f"indicator:{plan.targets.get().indicator_id}:library_commune:2026"
    assert figure(cycle_content(fresh(tree.ward), DAY), key) == ("1", "1")
    assert figure(cycle_content(fresh(tree.province), DAY), key) == ("2", "3")
    (target,) = [each for each in cycle_content(fresh(tree.province), DAY)["targets"] if each["key"] == key] or [None]
    assert target is None or target["value_words"] == "2/3 = 66,7%"


def test_totals_of_the_army_are_added_without_any_name(tree):
    report = begin_report(tree.army, by=tree.writer, at=NOW)
    type_totals(report, version=report.version, rows=[Total(SESSIONS, Decimal(4), None, "Sổ")], by=tree.writer, at=NOW)
    hidden = InstitutionFactory(
        name="Thư viện Trung đoàn", unit=tree.province.unit, institution_class="library_armed_forces"
    )
    make_posting(hidden, dt.date(2026, 5, 5), Line(MeasureCode.PROGRAMME_SESSION, 77))
    count(tree.army, hidden)
    approved(fresh(tree.army), tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert figure(content, SESSIONS)[0] == "4"
    assert "Trung đoàn" not in str(content)
    assert "Trung đoàn" not in str(cycle_content(fresh(tree.army), DAY))


@pytest.mark.parametrize("by_command", [(), ("military",), ("education", "police"), OWN_LINES], ids="/".join)
def test_total_of_the_country_is_the_same_on_whichever_line_it_comes(db, by_command):
    """What was typed and counted is added up once, and armed forces that go by their ministry are in no province."""
    country = make_country(1, 1)
    add_ministries(country, ("military", "police"))
    cycle = make_opened_cycle(country, yearly(2026, country.ministry, by_command=by_command))
    first, second = country.provinces
    (commune,) = country.provinces[first]
    typed = {(first, "military"): 4, (second, "military"): 5, (first, "police"): 20, (second, "police"): 30}
    typed |= {(first, "education"): 100, (second, "education"): 200}
    typed |= {(country.unit, kind): number for kind, number in (("military", 1000), ("police", 2000))}
    library = InstitutionFactory(unit=commune)
    make_posting(library, dt.date(2026, 5, 5), Line(MeasureCode.PROGRAMME_SESSION, 7))
    office = Report.objects.get(cycle=cycle, unit=commune)
    count(office, library)
    people = PersonFactory(), PersonFactory()
    tree = Tree(cycle, office, [], office, *people)
    reports = sorted(Report.objects.filter(cycle=cycle), key=lambda each: -len(each.above))
    told = {}
    for report in reports:
        number = typed.get((report.unit, report.agency.kind))
        report = begin_report(report, by=people[0], at=NOW)
        if number is not None:
            row = Total(SESSIONS, Decimal(number), None, "Sổ")
            type_totals(report, version=report.version, rows=[row], by=people[0], at=NOW)
            told[report.pk] = number
        if report.goes_to_id:
            approved(fresh(report), tree)
    root = next(each for each in reports if each.goes_to_id is None)
    forces = sum(number for (unit, kind), number in typed.items() if kind in by_command and unit != country.unit)
    central = sum(number for (unit, kind), number in typed.items() if kind in by_command and unit == country.unit)
    assert figure(cycle_content(fresh(root), DAY), SESSIONS)[0] == str(7 + sum(told.values()))
    assert sum(told.values()) == 4 + 5 + 20 + 30 + 100 + 200 + central
    departments = [each for each in reports if each.agency.kind == "culture"]
    figures = [each for report in departments for each in cycle_content(fresh(report), DAY)["figures"]]
    at_departments = sum(int(each["numerator"] or 0) for each in figures if each["key"] == SESSIONS)
    assert at_departments == 7 + 4 + 5 + 20 + 30 + 100 + 200 - forces


def test_money_and_tasks_add_up_and_silence_stays_silence(tree):
    make_line(agency=tree.ward.agency, estimated=5_000_000)
    make_line(agency=tree.wards[1].agency, estimated=2_000_000)
    make_assignment(agency=tree.ward.agency, state="done", done_on=DAY)
    make_assignment(agency=tree.wards[1].agency)
    for ward in tree.wards:
        approved(ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    assert figure(content, "money:estimated:commune_budget:2026") == ("7000000", None)
    assert told(content, "money:spent:commune_budget:2026")["value_state"] == "not_reported"
    assert (figure(content, "tasks:asked:2026")[0], figure(content, "tasks:done:2026")[0]) == ("2", "1")
    assert content["money"]["sentences"] == ["Kinh phí thực hiện Chương trình năm 2026: dự toán 7.000.000 đồng."]


def test_a_place_asked_twice_is_of_the_newest_word(tree, library):
    """An addendum below takes the place of what was approved, of the figures that it names."""
    ward = approved(tree.ward, tree)
    approved(tree.wards[1], tree)
    make_posting(library, dt.date(2026, 11, 1), Line(MeasureCode.PROGRAMME_SESSION, 10))
    make_addendum(ward, reason="Bổ sung sổ.", by=tree.writer, at=NOW + dt.timedelta(hours=2))
    assert figure(cycle_content(fresh(tree.province), DAY), SESSIONS) == ("13", None)
    assert figure(cycle_content(fresh(tree.province), DAY), ATTENDANCE) == ("42", None)


def queries_of(report: Report) -> int:
    report = fresh(report)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        cycle_content(report, DAY)
    return len(captured)


def test_prefill_of_a_ward_asks_as_often_whatever_its_size(tree, bac_kan, plan):
    make_assignment(agency=tree.ward.agency)
    make_line(agency=tree.ward.agency, estimated=1)
    few = queries_of(tree.ward)
    for number in range(3):
        house = InstitutionFactory(unit=bac_kan)
        make_posting(house, DAY, Line(MeasureCode.PROGRAMME_SESSION, 1))
        count(tree.ward, house)
        make_assignment(agency=tree.ward.agency)
        TargetFactory(
            clause=ClauseFactory(plan=plan, path=f"I.{number}"),
            cohort__code="library_commune",
            year=2030 + number,
            indicator=IndicatorFactory(),
        )
    assert queries_of(tree.ward) == few
    assert few <= 60


def test_consolidation_asks_as_often_whatever_the_number_of_wards(tree, thai_nguyen):
    few = queries_of(tree.province)
    for _number in range(5):
        report = make_report(tree.cycle, AgencyFactory(unit=thai_nguyen), goes_to=tree.province)
        approved(report, tree)
    assert queries_of(tree.province) == few
    assert few <= 25


# -- laws --


@pytest.fixture
def cycle(db):
    return make_cycle()


amounts = st.dictionaries(
    st.sampled_from(["a:1", "b:1", "c:1"]),
    st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    max_size=3,
)
trees = st.recursive(
    amounts.map(lambda figures: (figures, [])),
    lambda below: st.tuples(amounts, st.lists(below, min_size=1, max_size=3)),
    max_leaves=8,
)


def _grow(node, cycle, above) -> Report:
    """Each report says its own and what the approved below say: as submitting freezes it, from the leaves up."""
    own, below = node
    report = make_report(cycle, AgencyFactory(), goes_to=above)
    for each in below:
        _grow(each, cycle, report)
    said = {
        key: (None if top is None else Decimal(top), None if low is None else Decimal(low))
        for key, (top, low) in own.items()
    }
    for key, amount in consolidated(report).items():
        parts = said.get(key, (None, None)), (amount.numerator, amount.denominator)
        said[key] = tuple(sum(known) if (known := [p[i] for p in parts if p[i] is not None]) else None for i in (0, 1))
    snapshot = make_snapshot(report)
    Figure.objects.bulk_create(
        Figure(
            snapshot=snapshot,
            key=key,
            value_state="not_reported" if top is None else "value",
            numerator=top,
            denominator=None if top is None else low,
        )
        for key, (top, low) in said.items()
    )
    Report.objects.filter(pk=report.pk).update(state="draft")
    Report.objects.filter(pk=report.pk).update(
        state="submitted", submitted=snapshot, submitted_at=NOW, submitted_by="00000000-0000-0000-0000-000000000001"
    )
    Report.objects.filter(pk=report.pk).update(
        state="approved",
        approved=snapshot,
        approved_at=NOW,
        approved_by="00000000-0000-0000-0000-000000000002",
    )
    return report


def _leaves(node):
    own, below = node
    yield own
    for each in below:
        yield from _leaves(each)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_however_the_reports_are_nested_the_sum_is_the_same(cycle, node):
    top = make_report(cycle, AgencyFactory())
    _grow(node, cycle, top)
    expected: Counter[str] = Counter()
    said = set()
    for own in _leaves(node):
        for key, (numerator, _low) in own.items():
            if numerator is not None:
                expected[key] += numerator
                said.add(key)
    found = consolidated(top)
    assert {key: each.numerator for key, each in found.items() if each.numerator is not None} == {
        key: expected[key] for key in said
    }


@pytest.mark.slow
def test_plan_of_a_former_province_is_read_with_its_part_of_the_reports_below(reference):
    """Lâm Đồng reports for the land of Đắk Nông, too: of that only what lies there."""
    lam_dong = unit_by_code("68", DAY)
    dak_nong = AdminUnit.objects.get(name="Tỉnh Đắk Nông")
    there = set(units_reading_as(dak_nong, day_on_map_of(dak_nong, DAY)))
    communes = [unit for unit in children_of(lam_dong, DAY) if unit.tier == "commune"]
    inside = next(unit for unit in communes if unit in there)
    outside = next(unit for unit in communes if unit not in there)
    tree = make_tree([inside, outside], lam_dong)
    for ward in tree.wards:
        library = InstitutionFactory(unit=ward.unit)
        make_posting(library, DAY, measure=MeasureCode.LIBRARY_VISIT)
        count(ward, library)
        approved(ward, tree)
    content = cycle_content(fresh(tree.province), DAY)
    parts = [each for each in content["targets"] if each["key"].endswith(f":{dak_nong.code}")]
    assert parts and all("Đắk Nông" in each["plan"] for each in parts)
    assert {each["expected"] for each in parts} == {1}
    whole = {each["key"]: each for each in content["figures"]}
    for each in parts:
        assert whole[each["key"].removesuffix(f":{dak_nong.code}")]["expected"] == 2
