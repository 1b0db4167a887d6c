"""Targets whose tier or place is no more: who takes them, and that each has exactly one answer on any day."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.indicators.models import Cohort
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit, LegalAct
from hocsuotdoi.places.operations.ancestry import rebuild
from hocsuotdoi.programme.enums import PlanKind, PlanStatus, RehomingKind, TargetHome
from hocsuotdoi.programme.models import Plan, Rehoming, Target
from hocsuotdoi.programme.operations.rehoming import BadRehoming, NotRehomed, rehome
from hocsuotdoi.programme.queries.binding import bound_of
from hocsuotdoi.programme.queries.land import heirs_of
from hocsuotdoi.programme.queries.plan_facts import can_speak_for, cohort_facts
from hocsuotdoi.programme.queries.plan_page import plan_document
from hocsuotdoi.programme.queries.rehoming import homes, not_taken
from hocsuotdoi.programme.queries.target_paths import target_paths
from hocsuotdoi.programme.queries.targets import effective_targets, series_of, unit_targets
from tests.factories.places import UnitFactory
from tests.factories.programme import CohortFactory, PlanFactory, TargetFactory
from tests.factories.running import SOMEBODY
from tests.support.depth import cases

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


@pytest.fixture
def act(db) -> LegalAct:
    return LegalAct.objects.create(number="9/NQ", title="Thử", issuer="HĐND", issued_on=dt.date(2025, 8, 1))


@pytest.fixture
def plan(thai_nguyen) -> Plan:
    return PlanFactory(unit=thai_nguyen, issued_on=dt.date(2023, 3, 1))


@pytest.fixture
def of_districts(plan) -> Target:
    return TargetFactory(clause__plan=plan, cohort=CohortFactory(code="library_district"), year=2030, figure=100)


def decide(targets, units, act, by, now, today, **more):
    wanted = {
        "kind": RehomingKind.TAKEN_OVER,
        "cohort": CohortFactory(code="library_commune"),
        "effective_on": today,
        "reason": "Cấp huyện đã kết thúc",
        "legal_act": act,
    } | more
    return rehome(targets, units=units, by=by, at=now, today=today, **wanted)


def shown(unit, today) -> list[tuple[str, str]]:
    return [(reading.target.cohort_id, reading.figure) for reading in unit_targets(unit, today.year, today)]


def test_target_of_an_abolished_tier_is_bound_before_and_listed_after(db):
    province = UnitFactory(tier=Tier.PROVINCE)
    plan = PlanFactory(unit=province, issued_on=dt.date(2023, 3, 1))
    of_districts = TargetFactory(clause__plan=plan, cohort=CohortFactory(code="library_district"), year=2030)
    assert homes([plan], BEFORE) == {of_districts.pk: TargetHome.BOUND}
    assert homes([plan], AFTER) == {of_districts.pk: TargetHome.NOBODY}
    (group,) = not_taken([plan], AFTER)
    assert (group.targets, group.units) == ([of_districts], [province])
    assert group.cohorts == []  # no other cohort is defined here
    CohortFactory(code="library_commune")
    assert [each.code for each in not_taken([plan], AFTER)[0].cohorts] == ["library_commune"]
    assert not_taken([plan], BEFORE) == []
    assert shown(province, AFTER) == []
    assert shown(province, BEFORE) == [("library_district", "60%")]


def test_taken_over_target_is_asked_of_the_new_class(
    plan, of_districts, thai_nguyen, bac_kan, planner, act, now, today
):
    (row,) = decide([of_districts], [thai_nguyen], act, planner, now, today)
    assert (row.target, row.unit, row.legal_act, row.by) == (of_districts, thai_nguyen, act, planner.pk)
    assert homes([plan], today) == {of_districts.pk: TargetHome.BOUND}
    assert shown(thai_nguyen, today) == shown(bac_kan, today) == [("library_commune", "100%")]
    assert Target.objects.get().cohort_id == "library_district"  # it stays as issued
    assert homes([plan], today - dt.timedelta(days=1)) == {of_districts.pk: TargetHome.NOBODY}


@pytest.mark.parametrize("kind", [RehomingKind.DROPPED, RehomingKind.REPLACED])
def test_dropped_or_replaced_target_is_settled(kind, plan, of_districts, thai_nguyen, planner, act, now, today):
    later = TargetFactory(clause__plan=PlanFactory(unit=thai_nguyen, issued_on=today), year=2030, figure=90)
    decide([of_districts], [thai_nguyen], act, planner, now, today, kind=kind, replacements={of_districts.pk: later})
    assert homes([plan], today)[of_districts.pk] == TargetHome.SETTLED
    assert not_taken([plan], today) == []
    assert shown(thai_nguyen, today) == [("library_commune", "90%")]
    parts = plan_document(plan)
    (row,) = parts[0].head.tables[0].rows
    assert row.cells[0].is_struck and act.number in row.decided[0]


def test_later_decision_takes_the_place_of_the_earlier(plan, of_districts, thai_nguyen, planner, act, now, today):
    decide([of_districts], [thai_nguyen], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert shown(thai_nguyen, today) == []
    decide([of_districts], [thai_nguyen], act, planner, now + dt.timedelta(hours=1), today)
    assert shown(thai_nguyen, today) == [("library_commune", "100%")]


def test_only_the_wards_that_take_it_over_answer(
    plan, of_districts, thai_nguyen, bac_kan, duc_xuan, planner, act, now, today
):
    decide([of_districts], [bac_kan], act, planner, now, today)
    assert shown(bac_kan, today) == [("library_commune", "100%")]
    assert shown(duc_xuan, today) == shown(thai_nguyen, today) == []


def _addendum(target: Target, today: dt.date, figure: int) -> Target:
    plan = PlanFactory(unit=target.plan.unit, kind=PlanKind.ADDENDUM, amends=target.plan, issued_on=today)
    return TargetFactory(
        clause__plan=plan, indicator=target.indicator, cohort=target.cohort, year=target.year, figure=figure
    )


def test_whoever_took_a_target_over_answers_for_what_an_addendum_puts_in_its_place(
    plan, of_districts, thai_nguyen, bac_kan, planner, act, now, today
):
    earlier = TargetFactory(
        clause__plan=plan, indicator=of_districts.indicator, cohort=of_districts.cohort, year=2028, figure=50
    )
    decide([earlier, of_districts], [thai_nguyen], act, planner, now, today)
    changed = _addendum(of_districts, today, 80)
    bound = {earlier.pk: TargetHome.BOUND, changed.pk: TargetHome.BOUND}
    assert homes([plan], today) == bound
    assert not_taken([plan], today) == []
    for unit in (thai_nguyen, bac_kan):
        (reading,) = unit_targets(unit, today.year, today)
        assert (reading.target.cohort_id, reading.plan) == ("library_commune", plan)
        assert reading.trajectory == [(2028, 50), (2030, 80)]
    (path,) = target_paths(bac_kan, today)
    assert [fact.low for fact in path.facts] == [50, 80]
    decide([changed], [thai_nguyen], act, planner, now + dt.timedelta(hours=1), today, kind=RehomingKind.DROPPED)
    assert homes([plan], today) == bound | {changed.pk: TargetHome.SETTLED}
    (reading,) = unit_targets(thai_nguyen, today.year, today)
    assert reading.trajectory == [(2028, 50)]  # what the addendum replaced does not come back


def test_what_was_dropped_is_asked_again_where_an_addendum_sets_it_anew(
    plan, of_communes, thai_nguyen, planner, act, now, today
):
    decide([of_communes], [thai_nguyen], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert shown(thai_nguyen, today) == []
    changed = _addendum(of_communes, today, 80)
    assert shown(thai_nguyen, today) == [("library_commune", "80%")]
    assert homes([plan], today) == {changed.pk: TargetHome.BOUND}


@pytest.fixture
def of_communes(plan) -> Target:
    return TargetFactory(clause__plan=plan, year=2030, figure=60)


@pytest.mark.parametrize("kind", [RehomingKind.DROPPED, RehomingKind.REPLACED])
def test_target_that_one_ward_no_longer_pursues_is_asked_of_all_others(
    kind, plan, of_communes, thai_nguyen, bac_kan, duc_xuan, planner, act, now, today
):
    later = TargetFactory(clause__plan=PlanFactory(unit=duc_xuan, issued_on=today), year=2030, figure=90)
    given = {"kind": kind, "replacements": {of_communes.pk: later}}
    asked = [("library_commune", "60%")]
    decide([of_communes], [duc_xuan], act, planner, now, today, **given)
    assert shown(thai_nguyen, today) == shown(bac_kan, today) == asked
    assert shown(duc_xuan, today) == [("library_commune", "90%")]
    assert [path.facts[0].low for path in target_paths(bac_kan, today)] == [60]
    (reading,) = unit_targets(duc_xuan, today.year, today)
    assert reading.above == ()
    assert homes([plan], today) == {of_communes.pk: TargetHome.BOUND}
    (row,) = plan_document(plan)[0].head.tables[0].rows
    assert not row.cells[0].is_struck and duc_xuan.name in row.decided[0]
    decide([of_communes], [thai_nguyen], act, planner, now + dt.timedelta(hours=1), today, **given)
    assert shown(thai_nguyen, today) == shown(bac_kan, today) == []
    assert homes([plan], today) == {of_communes.pk: TargetHome.SETTLED}
    (row,) = plan_document(plan)[0].head.tables[0].rows
    assert row.cells[0].is_struck


def test_target_that_one_ward_has_taken_over_goes_on_being_asked_of_all_others(
    plan, of_communes, thai_nguyen, bac_kan, duc_xuan, planner, act, now, today
):
    of_schools = CohortFactory(code="library_school")
    decide([of_communes], [bac_kan], act, planner, now, today, cohort=of_schools)
    asked = [("library_commune", "60%")]
    assert shown(bac_kan, today) == [("library_school", "60%")]
    assert shown(duc_xuan, today) == shown(thai_nguyen, today) == asked
    assert [path.facts[0].low for path in target_paths(duc_xuan, today)] == [60]
    assert homes([plan], today) == {of_communes.pk: TargetHome.BOUND}
    (row,) = plan_document(plan)[0].head.tables[0].rows
    assert not row.cells[0].is_struck and bac_kan.name in row.decided[0]
    decide([of_communes], [duc_xuan], act, planner, now, today, cohort=of_schools)
    (row,) = plan_document(plan)[0].head.tables[0].rows
    assert row.cells[0].is_struck  # each that has the land answers for it by itself
    decide([of_communes], [thai_nguyen], act, planner, now + dt.timedelta(hours=1), today)
    assert shown(thai_nguyen, today) == asked


def test_target_of_the_country_that_one_province_takes_over_stays_the_country_s(
    country, thai_nguyen, bac_kan, planner, act, now, today
):
    national = PlanFactory(unit=country, issued_on=dt.date(2022, 12, 30))
    target = TargetFactory(clause__plan=national, year=2030, figure=60)
    decide([target], [thai_nguyen], act, planner, now, today, cohort=CohortFactory(code="library_school"))
    assert shown(country, today) == [("library_commune", "60%")]
    assert shown(thai_nguyen, today) == shown(bac_kan, today) == [("library_school", "60%")]


def test_units_that_have_decided_are_not_proposed_again(db, planner, act, now, today):
    province = UnitFactory(tier=Tier.PROVINCE)
    plan = PlanFactory(unit=province, issued_on=dt.date(2023, 3, 1))
    wards = [UnitFactory(tier=Tier.COMMUNE, parent=province) for _number in range(3)]
    rebuild()
    of_districts = CohortFactory(code="library_district")
    targets = [TargetFactory(clause__plan=plan, cohort=of_districts, year=year) for year in (2025, 2030)]
    AdminUnit.objects.filter(pk=province.pk).update(ends_on=today)

    def proposed() -> set[AdminUnit]:
        (group,) = not_taken([Plan.objects.select_related("unit").get()], today)
        return set(group.units)

    assert proposed() == set(wards)
    decide(targets[:1], wards[:1], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert proposed() == set(wards)  # it has not said anything of the other year
    decide(targets[1:], wards[:1], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert proposed() == set(wards[1:])
    decide(targets, [wards[2]], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert proposed() == {wards[1]}
    decide(targets, [wards[1]], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert not_taken([Plan.objects.select_related("unit").get()], today) == []


def test_target_of_nobody_is_settled_once_it_is_decided_for_every_heir(
    plan, of_districts, bac_kan, duc_xuan, planner, act, now, today
):
    decide([of_districts], [bac_kan], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert homes([plan], today) == {of_districts.pk: TargetHome.NOBODY}
    assert not_taken([plan], today) != []
    decide([of_districts], [duc_xuan], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert homes([plan], today) == {of_districts.pk: TargetHome.SETTLED}
    assert not_taken([plan], today) == []


def test_ward_can_drop_what_its_province_has_taken_over(
    plan, of_districts, thai_nguyen, bac_kan, duc_xuan, planner, act, now, today
):
    decide([of_districts], [thai_nguyen], act, planner, now, today)
    decide([of_districts], [duc_xuan], act, planner, now, today, kind=RehomingKind.DROPPED)
    assert shown(thai_nguyen, today) == shown(bac_kan, today) == [("library_commune", "100%")]
    assert shown(duc_xuan, today) == []
    assert homes([plan], today) == {of_districts.pk: TargetHome.BOUND}


def test_wrong_decisions_are_refused(plan, of_districts, thai_nguyen, planner, act, now, today):
    district = CohortFactory(code="library_district")
    province = CohortFactory(code="library_province")
    ended = PlanFactory(unit__tier=Tier.COMMUNE).unit
    AdminUnit.objects.filter(pk=ended.pk).update(ends_on=AFTER)
    ended.refresh_from_db()
    for targets, units, more, refusal in [
        ([], [thai_nguyen], {}, NotRehomed),
        ([of_districts], [], {}, BadRehoming),
        ([of_districts], [thai_nguyen], {"reason": " "}, BadRehoming),
        ([of_districts], [thai_nguyen], {"effective_on": today + dt.timedelta(days=1)}, BadRehoming),
        ([of_districts], [thai_nguyen], {"cohort": None}, BadRehoming),
        ([of_districts], [thai_nguyen], {"cohort": district}, BadRehoming),
        ([of_districts], [ended], {"cohort": province}, BadRehoming),
        ([of_districts], [thai_nguyen], {"kind": RehomingKind.REPLACED}, BadRehoming),
        (
            [of_districts],
            [thai_nguyen],
            {"kind": RehomingKind.REPLACED, "replacements": {of_districts.pk: of_districts}},
            BadRehoming,
        ),
    ]:
        with pytest.raises(refusal):
            decide(targets, units, act, planner, now, today, **more)
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.RETIRED)
    with pytest.raises(NotRehomed):
        decide([of_districts], [thai_nguyen], act, planner, now, today)
    assert not Rehoming.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_needs_as_many_queries_for_three_plans_as_for_one(number, thai_nguyen, django_assert_num_queries):
    cohort = CohortFactory(code="library_district")
    for _each in range(number):
        TargetFactory(clause__plan__unit=thai_nguyen, cohort=cohort)
    plans = list(Plan.objects.select_related("unit"))
    with django_assert_num_queries(12):
        assert len(not_taken(plans, AFTER)) == number


DAYS = [dt.date(2023, 7, 1), BEFORE, AFTER, dt.date(2026, 1, 1), dt.date(2026, 11, 23), dt.date(2030, 1, 1)]
DECISION = st.tuples(st.integers(0, 200), st.sampled_from(RehomingKind), st.integers(0, 50), st.sampled_from(DAYS))


@pytest.mark.slow
@settings(max_examples=cases(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.sampled_from(DAYS), decisions=st.lists(DECISION, max_size=8))
def test_every_target_is_bound_settled_or_taken_by_nobody_and_never_two_of_it(reference, act_of_reform, day, decisions):
    """Against an independent look: the targets in force at each unit that stands."""
    plans = list(Plan.objects.filter(code__in=["kh-169-2023-dak-nong", "kh-2023-tp-bac-kan"]).select_related("unit"))
    with transaction.atomic():
        every = [target for plan in plans for target in plan.targets.order_by("pk")]
        commune = Cohort.objects.get(code="library_commune")
        for number, kind, where, on in decisions:
            target = every[number % len(every)]
            units = [target.plan.unit, *heirs_of(target.plan.unit, dt.date(2026, 1, 1))]
            Rehoming.objects.create(
                target=target,
                kind=kind,
                unit=units[where % len(units)],
                cohort=commune if kind == RehomingKind.TAKEN_OVER else None,
                replacement=every[(number + 1) % len(every)] if kind == RehomingKind.REPLACED else None,
                effective_on=on,
                legal_act=act_of_reform,
                reason="thử",
                by=SOMEBODY,
                at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            )
        found = homes(plans, day)
        living = {unit for plan in plans for unit in [plan.unit, *heirs_of(plan.unit, day)] if unit.holds_on(day)}
        takers = AdminUnit.objects.on(day).filter(pk__in=Rehoming.objects.values("unit"))
        bound = set()
        for unit, what in bound_of([*living, *takers], day).items():
            tier = next(each.tier for each in [*living, *takers] if each.pk == unit)
            for series in series_of(what):
                facets = cohort_facts(series.targets[0].cohort).living_facets(day)
                if any(can_speak_for(facet, tier) for facet in facets):
                    bound |= {target.pk for target in series.targets}
        listed = {target.pk for group in not_taken(plans, day) for target in group.targets}
        in_force = [plan for plan in plans if plan.issued_on is None or plan.issued_on <= day]
        counted = {target.pk for of_plan in effective_targets(in_force).values() for target in of_plan}
        assert set(found) == counted
        assert bound & counted == {pk for pk, home in found.items() if home == TargetHome.BOUND}
        assert listed == {pk for pk, home in found.items() if home == TargetHome.NOBODY}
        assert not bound & listed
        transaction.set_rollback(True)


@pytest.fixture
def act_of_reform(reference) -> LegalAct:
    return LegalAct.objects.order_by("pk").first()
