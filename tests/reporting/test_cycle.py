"""Setting a cycle up: presets, copies, what is refused, two people at once, ordering it to open, closing it."""

import dataclasses
import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.reporting.enums import CommandLine, CycleKind, CycleState, Detail, ReportsTo
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Reminder, Report
from hocsuotdoi.reporting.operations import cycle as acts
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import ReminderGiven, RuleGiven, final, free, mid_term, yearly
from hocsuotdoi.reporting.tasks import open_cycle as open_cycle_job
from hocsuotdoi.reporting.tasks import open_cycles
from tests.factories.accounts import PersonFactory
from tests.factories.cycles import AT, make_country, make_opened_cycle, make_preset_cycle
from tests.factories.places import AgencyFactory, InstitutionFactory

DAY = dt.date(2026, 11, 25)


@pytest.fixture
def country(db):
    return make_country(1)


@pytest.fixture
def cycle(country):
    return make_preset_cycle(country)


def mend(cycle, **changes):
    given = yearly(2026, cycle.owner)
    version = changes.pop("version", cycle.version)
    return acts.mend_cycle(cycle, version=version, given=dataclasses.replace(given, **changes), by=None, at=AT)


# -- presets --


def test_yearly_preset_is_the_table_of_the_documents(country):
    given = yearly(2026, country.ministry)
    said = [(r.line, r.reporter_kind, r.reporter_tier, r.to, r.due_on.isoformat(), r.detail) for r in given.rules]
    assert said == [
        ("territory", "culture_society", "commune", "unit_above", "2026-11-25", "full"),
        ("education", "education", "province", "same_unit", "2026-11-25", "full"),
        ("military", "military", "province", "same_unit", "2026-11-25", "totals"),
        ("police", "police", "province", "same_unit", "2026-11-25", "totals"),
        ("territory", "culture", "province", "named", "2026-12-05", "full"),
        ("education", "education", "country", "named", "2026-12-05", "full"),
        ("territory", "ministry", "country", "nobody", "2026-12-20", "full"),
    ]
    assert (given.starts_on, given.ends_on, given.due_on) == (dt.date(2026, 1, 1), dt.date(2027, 1, 1), DAY)


@pytest.mark.parametrize(("preset", "kind", "last"), [(mid_term, "mid_term", 2025), (final, "final", 2030)])
def test_reviews_look_back_to_the_beginning(country, preset, kind, last):
    given = preset(country.ministry)
    assert (given.kind, given.starts_on.year, given.ends_on) == (kind, 2023, dt.date(last + 1, 1, 1))


def test_free_cycle_begins_with_its_owner_alone(country):
    province = next(iter(country.provinces))
    (rule,) = free(2026, country.body(province, AgencyKind.EDUCATION)).rules
    assert (rule.line, rule.reporter_kind, rule.to) == ("education", "education", "nobody")


EDUCATION, ARMED_FORCES = ("library_school", "library_university"), ("library_armed_forces",)


@pytest.mark.parametrize(
    "preset", [lambda owner: yearly(2026, owner), lambda owner: free(2026, owner), mid_term, final]
)
@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        (AgencyKind.EDUCATION, EDUCATION),
        (AgencyKind.MILITARY, ARMED_FORCES),
        (AgencyKind.POLICE, ARMED_FORCES),
        (AgencyKind.FINANCE, ()),
    ],
)
def test_body_that_leads_no_territory_counts_only_what_is_of_its_own_line(country, preset, kind, classes):
    province = next(iter(country.provinces))
    for owner in (AgencyFactory(kind=kind, unit=province), AgencyFactory(kind=kind, unit=country.unit)):
        (rule,) = preset(owner).rules
        assert (rule.reporter_kind, rule.classes) == (kind, classes)


def test_library_of_the_province_is_in_no_report_of_its_education_department(country):
    province = next(iter(country.provinces))
    InstitutionFactory(unit=province, institution_class="library_province")
    university = InstitutionFactory(unit=province, institution_class="library_university")
    owner = country.body(province, AgencyKind.EDUCATION)
    cycle = acts.make_cycle("nganh-giao-duc", owner=owner, given=yearly(2026, owner), by=None, at=AT)
    open_cycle(cycle, by=None, at=AT)
    assert CountedInstitution.objects.get(cycle=cycle).institution == university


def test_copy_of_last_year_moves_every_day(cycle):
    given = acts.copy_of(cycle, years=1)
    assert given.title == "Báo cáo năm 2027"
    assert (given.starts_on, given.due_on) == (dt.date(2027, 1, 1), dt.date(2027, 11, 25))
    assert [rule.due_on.year for rule in given.rules] == [2027] * 7
    assert [dataclasses.replace(r, due_on=DAY) for r in given.rules] == [
        dataclasses.replace(acts.rule_given(r), due_on=DAY) for r in cycle.rules.all()
    ]
    assert [each.days for each in given.reminders] == [-14, -3, 1, 7]


def test_leap_day_is_moved_to_a_day_that_there_is():
    assert acts.later(dt.date(2028, 2, 29), 1) == dt.date(2029, 2, 28)


# -- what cannot be --


def test_code_is_taken_once_and_can_stand_in_an_address(country, cycle):
    given = yearly(2026, country.ministry)
    with pytest.raises(acts.CodeTaken):
        acts.make_cycle(cycle.code.upper(), owner=country.ministry, given=given, by=None, at=AT)
    for code in ("Năm 2026", "", "-a", "a" * 61, "a--b"):
        with pytest.raises(acts.BadCycle) as refusal:
            acts.make_cycle(code, owner=country.ministry, given=given, by=None, at=AT)
        assert refusal.value.field == "code"
    with pytest.raises(acts.BadCycle):
        acts.make_cycle("khong-noi", owner=AgencyFactory(unit=None), given=given, by=None, at=AT)


def year_from(first, years=1):
    starts_on = dt.date(first, 1, 1)
    return {"starts_on": starts_on, "ends_on": dt.date(first + years, 1, 1), "counted_until": starts_on}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"starts_on": dt.date(2025, 12, 15)}, "starts_on"),
        ({"ends_on": dt.date(2026, 1, 1)}, "ends_on"),
        ({"ends_on": dt.date(2050, 1, 1)}, "ends_on"),
        # Its reports would carry a year that the database refuses, and it would never open.
        (year_from(2018), "ends_on"),
        (year_from(2100, years=2), "ends_on"),
        ({"starts_on": dt.date(9999, 1, 1)}, "starts_on"),
        ({"starts_on": dt.date(1999, 1, 1)}, "starts_on"),
        ({"map_on": dt.date(9999, 12, 31)}, "map_on"),
        ({"due_on": dt.date(9999, 12, 31)}, "due_on"),
        ({"counted_until": dt.date(2027, 1, 1)}, "counted_until"),
        ({"counted_until": dt.date(2025, 12, 31)}, "counted_until"),
        ({"opens_on": dt.date(2025, 12, 31)}, "opens_on"),
        ({"due_on": dt.date(2026, 10, 1)}, "due_on"),
        ({"sections": ()}, "sections"),
    ],
)
def test_days_that_contradict_each_other_are_refused(cycle, changes, field):
    with pytest.raises(acts.BadCycle) as refusal:
        mend(cycle, **changes)
    assert refusal.value.field == field
    assert Cycle.objects.get(pk=cycle.pk).version == cycle.version


RULE = RuleGiven(
    CommandLine.TERRITORY, AgencyKind.CULTURE, Tier.PROVINCE, ReportsTo.SAME_UNIT, DAY, to_kind=AgencyKind.CULTURE
)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([RULE, RULE], "Trùng"),
        ([dataclasses.replace(RULE, to_kind="")], "loại cơ quan nhận"),
        ([dataclasses.replace(RULE, to=ReportsTo.NOBODY)], "loại cơ quan nhận"),
        ([dataclasses.replace(RULE, to=ReportsTo.NAMED, to_kind="")], "chọn cơ quan nhận"),
        ([dataclasses.replace(RULE, line=CommandLine.MILITARY, detail=Detail.FULL)], "số tổng"),
        ([dataclasses.replace(RULE, reporter_kind=AgencyKind.POLICE)], "ngành dọc riêng"),
        ([dataclasses.replace(RULE, classes=ARMED_FORCES)], "lực lượng vũ trang"),
        ([dataclasses.replace(RULE, due_on=dt.date(2026, 10, 1))], "sớm hơn ngày mở"),
    ],
)
def test_rules_that_cannot_be_are_refused(cycle, rules, told):
    with pytest.raises(acts.BadRule, match=told):
        acts.set_rules(cycle, version=cycle.version, rules=rules, by=None, at=AT)
    assert cycle.rules.count() == 7


def test_cycle_does_not_open_after_the_day_of_a_rule(cycle):
    """Nor is one opened that says so already."""
    late = dt.date(2026, 12, 1)
    with pytest.raises(acts.BadRule, match=r"Quy tắc 1: .*25/11/2026.*01/12/2026"):
        mend(cycle, opens_on=late, due_on=late)
    cycle.refresh_from_db()
    assert (cycle.opens_on, cycle.version) == (dt.date(2026, 11, 1), 1)
    Cycle.objects.filter(pk=cycle.pk).update(opens_on=late, due_on=late)
    with pytest.raises(acts.BadRule, match="Quy tắc 1"):
        acts.order_opening(cycle, version=1, by=PersonFactory(), at=AT)
    cycle.rules.filter(due_on__lt=late).update(due_on=late)
    acts.order_opening(cycle, version=1, by=PersonFactory(), at=AT)


def test_body_that_leads_no_territory_asks_only_its_own_line(country):
    education = country.body(next(iter(country.provinces)), AgencyKind.EDUCATION)
    own = free(2026, education)
    cycle = acts.make_cycle("nganh-giao-duc", owner=education, given=own, by=None, at=AT)
    with pytest.raises(acts.BadRule, match="không phụ trách địa bàn"):
        acts.set_rules(cycle, version=1, rules=[RULE, *own.rules], by=None, at=AT)


def test_reminders_that_cannot_be_are_refused(cycle):
    for given in ([ReminderGiven(3), ReminderGiven(3)], [ReminderGiven(91)], [ReminderGiven(0, letter=True)]):
        with pytest.raises(acts.BadRule):
            acts.set_reminders(cycle, version=cycle.version, reminders=given, by=None, at=AT)
    assert cycle.reminders.count() == 4


def test_reminder_by_which_somebody_was_reminded_stays(country):
    cycle = make_opened_cycle(country)
    first = cycle.reminders.first()
    report = Report.objects.filter(cycle=cycle).first()
    Reminder.objects.create(report=report, rule=first, days=first.days, due_on=report.due_on, at=AT)
    with pytest.raises(acts.BadRule):
        acts.set_reminders(cycle, version=cycle.version, reminders=[ReminderGiven(2)], by=None, at=AT)
    kept = [ReminderGiven(first.days, copy=True), ReminderGiven(2)]
    acts.set_reminders(cycle, version=cycle.version, reminders=kept, by=None, at=AT)
    assert [(each.days, each.copy) for each in cycle.reminders.all()] == [(first.days, True), (2, False)]


# -- two people --


def test_second_who_changes_is_told_and_nothing_is_written_over(cycle):
    mend(cycle, title="Của người thứ nhất")
    for act in (
        lambda: mend(cycle, title="Của người thứ hai"),
        lambda: acts.set_rules(cycle, version=1, rules=[], by=None, at=AT),
        lambda: acts.set_reminders(cycle, version=1, reminders=[], by=None, at=AT),
        lambda: acts.discard_cycle(cycle, version=1, by=None, at=AT),
        lambda: acts.order_opening(cycle, version=1, by=PersonFactory(), at=AT),
    ):
        with pytest.raises(acts.CycleChangedMeanwhile) as refusal:
            act()
        assert refusal.value.current.title == "Của người thứ nhất"
    assert cycle.rules.count() == 7


# -- opening by the worker, closing --


def test_cycle_is_opened_by_the_worker_and_cannot_be_changed_meanwhile(cycle, monkeypatch):
    person = PersonFactory()
    ordered = acts.order_opening(cycle, version=1, by=person, at=AT)
    assert ProcrastinateJob.objects.filter(task_name="reporting.open_cycle", args={"cycle": cycle.pk}).exists()
    with pytest.raises(acts.NotBeingPrepared):
        mend(ordered, title="Khác")
    open_cycle_job(cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == CycleState.OPEN
    assert Report.objects.filter(cycle=cycle, changed_by=person).count() == 7
    with pytest.raises(acts.NotBeingPrepared):
        mend(cycle, title="Khác")
    open_cycle_job(cycle.pk)
    assert Report.objects.filter(cycle=cycle).count() == 7


def test_order_can_be_taken_back_and_waits_for_its_day(cycle):
    later = dt.date(2050, 1, 1)
    cycle.rules.update(due_on=later)
    mended = mend(cycle, opens_on=later, due_on=later)
    ordered = acts.order_opening(mended, version=mended.version, by=PersonFactory(), at=AT)
    assert not ProcrastinateJob.objects.filter(task_name="reporting.open_cycle").exists()
    open_cycle_job(cycle.pk)
    assert not Report.objects.exists()
    back = acts.take_back_opening(ordered, version=ordered.version, by=PersonFactory(), at=AT)
    with pytest.raises(acts.CannotGoOn):
        acts.take_back_opening(back, version=back.version, by=PersonFactory(), at=AT)
    open_cycle_job(cycle.pk)
    assert not Report.objects.exists()


def test_opening_that_was_stopped_is_asked_for_again(cycle):
    acts.order_opening(cycle, version=1, by=PersonFactory(), at=AT)
    ProcrastinateJob.objects.filter(task_name="reporting.open_cycle").delete()
    open_cycles()
    assert ProcrastinateJob.objects.filter(task_name="reporting.open_cycle", args={"cycle": cycle.pk}).exists()


def test_cycle_is_closed_opened_again_and_never_thrown_away(country):
    cycle = make_opened_cycle(country)
    closed = acts.close_cycle(cycle, version=cycle.version, by=PersonFactory(), at=AT)
    assert (closed.state, closed.closed_at) == (CycleState.CLOSED, AT)
    with pytest.raises(acts.NotBeingPrepared):
        acts.set_reminders(closed, version=closed.version, reminders=[], by=None, at=AT)
    with pytest.raises(acts.CannotGoOn):
        acts.close_cycle(closed, version=closed.version, by=PersonFactory(), at=AT)
    opened = acts.reopen_cycle(closed, version=closed.version, by=PersonFactory(), at=AT)
    assert (opened.state, opened.closed_at) == (CycleState.OPEN, None)
    with pytest.raises(acts.CannotGoOn):
        acts.reopen_cycle(opened, version=opened.version, by=PersonFactory(), at=AT)
    with pytest.raises(acts.NotBeingPrepared):
        acts.discard_cycle(opened, version=opened.version, by=None, at=AT)


def test_cycle_that_was_never_opened_can_be_thrown_away(cycle):
    acts.discard_cycle(cycle, version=1, by=None, at=AT)
    assert not Cycle.objects.exists()


def test_kinds_of_cycles_are_those_of_the_documents():
    assert set(CycleKind.values) == {"yearly", "mid_term", "final", "other"}
