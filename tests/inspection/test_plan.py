"""Plans and the choice of institutions by rule."""

import datetime as dt
from hashlib import md5

import pytest
from django.utils import timezone

from hocsuotdoi.indicators.models import CriterionAnswer
from hocsuotdoi.inspection.enums import Chosen, VisitState
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.operations import plan as acts
from hocsuotdoi.inspection.operations.checklists import publish_own
from hocsuotdoi.inspection.operations.closing import close_visit
from hocsuotdoi.inspection.operations.plan import Planned
from hocsuotdoi.inspection.operations.seeing import begin_visit
from hocsuotdoi.inspection.queries import choosing
from hocsuotdoi.inspection.queries.choosing import Rule, by_lot, choose
from hocsuotdoi.inspection.queries.visits import checklists_for, inspectors_for
from hocsuotdoi.places.models import Institution
from tests.factories.places import AgencyFactory, InstitutionFactory
from tests.inspection.conftest import answer_all, inspector_at
from tests.portal.indicators.conftest import definitions

__all__ = ["definitions"]


def rule(unit, **given) -> Rule:
    said = {"classes": (), "longest": 0, "low": 0, "lot": 0, "seed": "2026"}
    return Rule(unit=unit, **{**said, **given})


def criterion_answered(house, value, by, at) -> None:
    CriterionAnswer.objects.create(
        institution=house,
        criterion_code="adviser_assigned",
        indicator_code="library_services",
        year=timezone.localdate(at).year,
        value=value,
        answered_by=by.pk,
        answered_at=at,
    )


@pytest.fixture
def houses(bac_kan):
    return InstitutionFactory.create_batch(6, unit=bac_kan)


def test_the_same_seed_draws_the_same_whoever_else_is_there(houses, bac_kan):
    def drawn(seed, rows):
        return [each.code for each in by_lot(rows, seed)]

    rows = Institution.objects.filter(pk__in=[each.pk for each in houses])
    codes = [each.code for each in houses]
    assert drawn("17", rows) == sorted(codes, key=lambda code: md5(f"17:{code}".encode()).hexdigest())
    assert len({tuple(drawn(str(seed), rows)) for seed in range(9)}) > 1
    InstitutionFactory.create_batch(2, unit=bac_kan)
    assert [each for each in drawn("17", Institution.objects.all()) if each in codes] == drawn("17", rows)


def test_the_lot_and_the_longest_wait_look_at_all_and_criteria_at_those_drawn_first(
    definitions, plan, houses, inspector, thai_nguyen, today, now, monkeypatch
):
    monkeypatch.setattr(choosing, "MOST_WEIGHED", 2)
    for house in houses:
        criterion_answered(house, "no", inspector, now)
    begun = [Planned(each, today) for each in houses[:3]]
    acts.plan_visits(plan, begun, team=[inspector.pk], by=inspector, at=now)
    Visit.objects.filter(plan=plan).update(state="under_way")
    Visit.objects.filter(plan=plan).update(state="closed", began_at=now, closed_at=now, closed_by=inspector.pk)
    other = acts.make_plan(plan.agency, year=today.year, title="Đợt hai", decision="", by=inspector, at=now)

    def chosen(**given):
        found = choose(other, rule(thai_nguyen, **given), person=inspector, day=today, at=now)
        return [each.institution for each in found]

    assert set(chosen(longest=3)) == set(houses[3:])
    assert set(chosen(lot=9)) == set(houses)
    assert chosen(low=9) == chosen(lot=2)


def test_each_rule_picks_its_own_and_says_so(definitions, plan, houses, inspector, thai_nguyen, today, now):
    visits = acts.plan_visits(plan, [Planned(houses[0], today)], team=[inspector.pk], by=inspector, at=now)
    answer_all(visits[0], inspector, now)
    visits[0].refresh_from_db()
    close_visit(visits[0], conclusion="Tốt", met="Ông Sơn", version=visits[0].version, by=inspector, at=now)
    other = acts.make_plan(plan.agency, year=today.year, title="Đợt hai", decision="", by=inspector, at=now)
    found = choose(other, rule(thai_nguyen, longest=5, lot=9), person=inspector, day=today, at=now)
    assert [each.chosen for each in found] == [Chosen.LONGEST] * 5 + [Chosen.LOT]
    assert (found[-1].institution, found[-1].last_on) == (houses[0], today)  # visited just now: only the lot is left


def test_few_criteria_count_only_where_something_is_known(
    definitions, plan, houses, inspector, thai_nguyen, today, now
):
    for house, value in ((houses[1], "no"), (houses[2], "yes")):
        criterion_answered(house, value, inspector, now)
    found = choose(plan, rule(thai_nguyen, low=9), person=inspector, day=today, at=now)
    # Of every house it is known that its hours are not in the register; one has a yes.
    assert [each.institution for each in found][-1] == houses[2]
    assert {each.chosen for each in found} == {Chosen.LOW}
    assert all(each.known for each in found)


def test_who_has_a_visit_or_no_checklist_or_a_line_of_its_own_is_not_chosen(
    plan, houses, army_library, inspector, thai_nguyen, today, now
):
    acts.plan_visits(plan, [Planned(houses[0], today)], team=[inspector.pk], by=inspector, at=now)
    found = choose(plan, rule(thai_nguyen, longest=99), person=inspector, day=today, at=now)
    assert {each.institution for each in found} == set(houses[1:])
    museums = rule(thai_nguyen, longest=99, classes=("museum_province",))
    assert choose(plan, museums, person=inspector, day=today, at=now) == []


@pytest.mark.parametrize("number", [1, 3])
def test_choosing_asks_a_fixed_number_of_queries(
    number, plan, bac_kan, inspector, thai_nguyen, today, now, django_assert_max_num_queries
):
    InstitutionFactory.create_batch(number, unit=bac_kan)
    with django_assert_max_num_queries(14):
        assert len(choose(plan, rule(thai_nguyen, longest=9), person=inspector, day=today, at=now)) == number


def test_the_rule_stands_in_the_plan(plan, houses, inspector, thai_nguyen, today, now):
    by_lot = rule(thai_nguyen, lot=2)
    planned = [
        Planned(each.institution, today, each.chosen)
        for each in choose(plan, by_lot, person=inspector, day=today, at=now)
    ]
    acts.plan_visits(plan, planned, team=[inspector.pk], rule=by_lot, by=inspector, at=now)
    plan.refresh_from_db()
    assert (plan.rules[0]["seed"], plan.rules[0]["lot"], plan.rules[0]["visits"]) == ("2026", 2, 2)
    assert set(Visit.objects.values_list("chosen", flat=True)) == {"lot"}


@pytest.mark.parametrize(("given", "field"), [({"title": " "}, "title"), ({"year": 2019}, "year")])
def test_a_plan_has_a_title_and_a_sensible_year(plan, inspector, now, given, field):
    said = {"year": plan.year, "title": "Khác", "decision": ""}
    with pytest.raises(acts.BadPlan) as refusal:
        acts.make_plan(plan.agency, **{**said, **given}, by=inspector, at=now)
    assert refusal.value.field == field


def test_a_plan_of_the_same_title_is_there_once(plan, inspector, now):
    with pytest.raises(acts.BadPlan):
        acts.make_plan(plan.agency, year=plan.year, title=plan.title, decision="", by=inspector, at=now)


def test_a_visit_needs_somebody_a_day_and_a_checklist(plan, houses, inspector, today, now, bac_kan):
    def plan_one(institution=houses[0], on=today, team=(inspector.pk,)) -> None:
        acts.plan_visits(plan, [Planned(institution, on)], team=list(team), by=inspector, at=now)

    with pytest.raises(acts.BadVisit):
        acts.plan_visits(plan, [], team=[inspector.pk], by=inspector, at=now)
    for given in (
        {"team": ()},
        {"on": today - dt.timedelta(days=1)},
        {"on": dt.date(today.year + 1, 3, 1)},
        {"team": tuple(inspector_at(plan.agency).pk for _each in range(13))},
    ):
        with pytest.raises(acts.BadVisit):
            plan_one(**given)
    plan_one()
    with pytest.raises(acts.BadVisit, match=f"{houses[0].name}, {today.day}/{today.month}/{today.year}"):
        plan_one()


def test_what_is_planned_already_is_named_with_its_day(plan, houses, inspector, today, now):
    def plan_all(institutions) -> None:
        rows = [Planned(each, today) for each in institutions]
        acts.plan_visits(plan, rows, team=[inspector.pk], by=inspector, at=now)

    plan_all(houses[:2])
    with pytest.raises(acts.BadVisit) as refusal:
        plan_all(houses[1:])
    assert houses[1].name in str(refusal.value)
    assert not [each for each in (houses[0], *houses[2:]) if each.name in str(refusal.value)]
    with pytest.raises(acts.BadVisit, match=houses[3].name):
        plan_all([houses[2], houses[3], houses[3]])
    assert Visit.objects.count() == 2
    plan_all(houses[2:])
    with pytest.raises(acts.BadVisit, match="và 1 cuộc khác"):
        plan_all(houses)


@pytest.mark.skipif(timezone.localdate().timetuple()[1:3] == (12, 31), reason="the plan’s year has no day more")
def test_a_visit_is_not_moved_onto_another_one(plan, houses, inspector, today, now):
    tomorrow = today + dt.timedelta(days=1)
    rows = [Planned(houses[0], today), Planned(houses[0], tomorrow)]
    first = acts.plan_visits(plan, rows, team=[inspector.pk], by=inspector, at=now)[0]
    with pytest.raises(acts.BadVisit) as refusal:
        acts.change_visit(first, planned_on=tomorrow, team=[inspector.pk], version=first.version, by=inspector, at=now)
    assert f"{houses[0].name}, {tomorrow.day}/{tomorrow.month}/" in str(refusal.value)
    assert refusal.value.field == "planned_on"


def test_a_class_without_a_checklist_is_named(plan, inspector, today, now, bac_kan):
    from hocsuotdoi.inspection.models import Checklist

    Checklist.objects.update(retired_at=now)
    house = InstitutionFactory(unit=bac_kan)
    with pytest.raises(acts.BadVisit, match=house.name):
        acts.plan_visits(plan, [Planned(house, today)], team=[inspector.pk], by=inspector, at=now)


def test_day_and_team_are_changed_until_the_team_is_there(visit, inspector, colleague, today, now):
    change = {"planned_on": today, "team": [colleague.pk], "by": inspector, "at": now}
    with pytest.raises(acts.NotChanged):
        acts.change_visit(visit, **change, version=9)
    acts.change_visit(visit, **change, version=visit.version)
    assert visit.team == [colleague.pk]
    begin_visit(visit, by=colleague, at=now)
    if today.replace(month=12, day=31) > today:
        with pytest.raises(acts.NotChanged, match="không đổi ngày"):
            acts.change_visit(visit, **{**change, "planned_on": today + dt.timedelta(days=1)}, version=visit.version)
    with pytest.raises(acts.NotChanged):
        acts.cancel_visit(visit, reason=" ", by=inspector, at=now)
    acts.cancel_visit(visit, reason="Mưa lũ", by=inspector, at=now)
    assert visit.state == VisitState.CANCELLED
    with pytest.raises(acts.NotChanged):
        acts.cancel_visit(visit, reason="Mưa lũ", by=inspector, at=now)
    with pytest.raises(acts.NotChanged):
        acts.change_visit(visit, **change, version=visit.version)


def test_the_team_comes_from_those_who_inspect_here(
    plan, inspector, colleague, auditor, administrator, province_officer, bac_kan, country, today, now
):
    of_ministry = inspector_at(unit=country, name="Của Bộ")
    of_ward = inspector_at(unit=bac_kan, name="Của phường")
    assert set(inspectors_for(plan, today)) == {inspector, colleague, of_ministry, of_ward}


def test_a_list_of_ones_own_goes_before_the_proposal_and_nowhere_else(plan, inspector, office_of_bac_kan, now):
    proposal = checklists_for(plan.agency, now)["library_commune"]
    own = publish_own(
        proposal, office_of_bac_kan, title="Của phường", source="", text="? Có mở không?", by=inspector, at=now
    )
    assert checklists_for(plan.agency, now)["library_commune"] == proposal
    assert checklists_for(office_of_bac_kan, now)["library_commune"] == own
    assert timezone.is_aware(own.published_at)


@pytest.mark.parametrize(
    ("kind", "counts"), [("military", False), ("police", False), ("education", False), ("peoples_committee", True)]
)
def test_the_list_of_another_body_in_the_unit_counts_only_where_that_leads_or_is_of_the_kind(
    plan, inspector, thai_nguyen, bac_kan, office_of_bac_kan, now, kind, counts
):
    proposal = checklists_for(plan.agency, now)["library_commune"]
    other = AgencyFactory(kind=kind, unit=thai_nguyen)
    own = publish_own(proposal, other, title="Riêng", source="", text="? Có mở không?", by=inspector, at=now)
    for agency in (plan.agency, office_of_bac_kan):
        assert checklists_for(agency, now)["library_commune"] == (own if counts else proposal)
    same = AgencyFactory(kind=kind, unit=bac_kan)
    assert checklists_for(same, now)["library_commune"] == own


def test_the_list_of_a_body_that_has_ended_serves_nobody(plan, inspector, thai_nguyen, now, today):
    proposal = checklists_for(plan.agency, now)["library_commune"]
    other = AgencyFactory(kind="peoples_committee", unit=thai_nguyen)
    publish_own(proposal, other, title="Riêng", source="", text="? Có mở không?", by=inspector, at=now)
    assert checklists_for(plan.agency, now)["library_commune"] != proposal
    type(other).objects.filter(pk=other.pk).update(ends_on=today)
    assert checklists_for(plan.agency, now)["library_commune"] == proposal
