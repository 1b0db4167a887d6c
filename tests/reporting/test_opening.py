"""Opening a cycle: who reports to whom, and which institution is counted where; on the real territory and made ones."""

import dataclasses
import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.places.enums import ARMED_FORCES, AgencyKind, InstitutionClass, InstitutionState, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, AgencyLine, InstitutionAgency, UnitAncestry, UnitReading
from hocsuotdoi.reporting.enums import CycleState, ReportState, ReportsTo
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Reminder, Report
from hocsuotdoi.reporting.operations.cycle import BadRule, make_cycle, order_opening
from hocsuotdoi.reporting.operations.opening import NotOpen, NotReportedToItsOwner, ask_newcomers, open_cycle
from hocsuotdoi.reporting.operations.presets import OWN_LINES, final, free, mid_term, yearly
from hocsuotdoi.reporting.operations.reminders import remind
from hocsuotdoi.reporting.operations.report import excuse_report
from hocsuotdoi.reporting.queries.opening_check import opening_check
from hocsuotdoi.reporting.queries.state import country_state, report_rows
from hocsuotdoi.reporting.queries.uncounted import Left, left_uncounted
from tests.factories.accounts import PersonFactory
from tests.factories.cycles import AT, add_ministries, make_country, make_opened_cycle, make_preset_cycle
from tests.factories.places import AgencyFactory, InstitutionFactory, UnitFactory
from tests.factories.running import submit
from tests.support.depth import cases

C, K = InstitutionClass, AgencyKind
REFORM = dt.date(2025, 7, 1)


def report_of(cycle: Cycle, agency: Agency) -> Report:
    return Report.objects.get(cycle=cycle, agency=agency)


def counted_at(cycle: Cycle, institution) -> Agency | None:
    found = CountedInstitution.objects.filter(cycle=cycle, institution=institution).select_related("report__agency")
    return found[0].report.agency if found else None


# -- who reports to whom --


def test_each_body_gets_its_report_with_its_way_up(db):
    country = make_country(2, 1)
    cycle = make_opened_cycle(country)
    assert (cycle.state, cycle.opened_at) == (CycleState.OPEN, AT)
    assert Report.objects.filter(cycle=cycle).count() == 2 + 2 * 4 + 3
    province, (commune, _other) = next(iter(country.provinces.items()))
    culture = country.body(province, K.CULTURE)
    own = report_of(cycle, country.body(commune, K.CULTURE_SOCIETY))
    assert (own.state, own.unit, own.year, own.due_on) == (
        ReportState.EXPECTED,
        commune,
        2026,
        dt.date(2026, 11, 25),
    )
    assert own.goes_to == report_of(cycle, culture)
    assert own.above == [culture.pk, country.ministry.pk]
    army = report_of(cycle, country.body(province, K.MILITARY))
    assert (army.line, army.detail, army.above) == ("military", "totals", own.above)
    root = report_of(cycle, country.ministry)
    assert (root.goes_to, root.above, root.due_on) == (None, [], dt.date(2026, 12, 20))
    assert report_of(cycle, culture).goes_to == root
    assert report_of(cycle, country.body(country.unit, K.EDUCATION)).goes_to == root


def test_education_on_its_own_line_goes_to_its_ministry_and_culture_gets_a_copy(db):
    country = make_country(1)
    cycle = make_opened_cycle(country, yearly(2026, country.ministry, by_command=["education"]))
    (province,) = country.provinces
    report = report_of(cycle, country.body(province, K.EDUCATION))
    ministry = country.body(country.unit, K.EDUCATION)
    assert report.above == [ministry.pk, country.ministry.pk]
    assert report.copies_to == [country.body(province, K.CULTURE).pk]


@pytest.mark.parametrize("preset", [lambda owner, **said: yearly(2026, owner, **said), mid_term, final])
@pytest.mark.parametrize("kind", [K.MILITARY, K.POLICE])
def test_armed_forces_on_their_own_line_go_to_their_ministry_in_totals_and_nobody_gets_a_copy(db, kind, preset):
    country = make_country(1)
    add_ministries(country, ARMED_FORCES)
    (province,) = country.provinces
    cycle = make_preset_cycle(country, preset(country.ministry, by_command=[kind]))
    open_cycle(cycle, by=None, at=AT)
    ministry = country.body(country.unit, kind)
    report, above = report_of(cycle, country.body(province, kind)), report_of(cycle, ministry)
    assert report.above == [ministry.pk, country.ministry.pk]
    assert (report.goes_to, above.goes_to) == (above, report_of(cycle, country.ministry))
    for each in (report, above):
        assert (each.line, each.detail, each.copies_to) == (kind, "totals", [])
    (other,) = ARMED_FORCES - {kind}
    assert report_of(cycle, country.body(province, other)).above[0] == country.body(province, K.CULTURE).pk
    assert not Report.objects.filter(cycle=cycle, agency=country.body(country.unit, other)).exists()


def test_cycle_of_a_province_has_no_ministry_to_go_to(db):
    country = make_country(1)
    (province,) = country.provinces
    owner = country.body(province, K.CULTURE)
    assert yearly(2026, owner, by_command=OWN_LINES).rules == yearly(2026, owner).rules


def test_opening_again_changes_nothing(db):
    cycle = make_opened_cycle(make_country(2))
    InstitutionFactory(unit=AdminUnit.objects.filter(tier=Tier.COMMUNE).first())
    before = set(Report.objects.values_list("pk", "goes_to", "version"))
    opened = open_cycle(cycle, by=None, at=AT + dt.timedelta(days=1))
    assert (opened.reports, opened.institutions) == (0, 0)
    assert set(Report.objects.values_list("pk", "goes_to", "version")) == before
    assert not CountedInstitution.objects.exists()
    assert Cycle.objects.get(pk=cycle.pk).opened_at == AT


def test_report_whose_receiver_does_not_stand_goes_to_the_owner_and_is_shown_before(db):
    country = make_country(1, 1)
    province, (commune,) = next(iter(country.provinces.items()))
    lost = country.body(province, K.CULTURE)
    Agency.objects.filter(pk=lost.pk).update(ends_on=dt.date(2026, 1, 1))
    cycle = make_preset_cycle(country)
    check = opening_check(cycle, AT.date())
    assert check.lacking_receiver_number == 4, "the commune's office and three bodies of the province"
    office = country.body(commune, K.CULTURE_SOCIETY)
    assert office.name in check.lacking_receiver
    open_cycle(cycle, by=None, at=AT)
    assert report_of(cycle, office).above == [country.ministry.pk]


def test_unit_above_is_the_nearest_that_reports(db):
    """On a map before the reform a commune lies in a district, which reports to nobody here."""
    country = make_country(1)
    (province,) = country.provinces
    district = UnitFactory(tier=Tier.DISTRICT, kind="huyen", parent=province)
    commune = UnitFactory(parent=district)
    office = AgencyFactory(unit=commune)
    cycle = make_opened_cycle(country)
    assert report_of(cycle, office).goes_to.agency == country.body(province, K.CULTURE)


def test_bodies_stand_on_the_map_of_the_cycle(db):
    country = make_country(1)
    (province,) = country.provinces
    old = UnitFactory(parent=province, ends_on=REFORM)
    ended = AgencyFactory(unit=old, ends_on=REFORM)
    new = AgencyFactory(unit=UnitFactory(parent=province, starts_on=REFORM), starts_on=REFORM)
    made = mid_term(country.ministry)
    today = make_opened_cycle(country, made)
    assert not Report.objects.filter(cycle=today, agency=ended).exists()
    assert report_of(today, new).year == 2025
    before = make_opened_cycle(country, dataclasses.replace(made, map_on=dt.date(2025, 6, 30)))
    assert not Report.objects.filter(cycle=before, agency=new).exists()
    assert report_of(before, ended).goes_to.agency == country.body(province, K.CULTURE)


def test_cycle_of_a_province_stays_in_the_province(db):
    country = make_country(1, 1)
    first, _second = country.provinces
    owner = country.body(first, K.CULTURE)
    cycle = make_cycle("rieng", owner=owner, given=yearly(2026, owner), by=None, at=AT)
    open_cycle(cycle, by=None, at=AT)
    assert set(Report.objects.filter(cycle=cycle).values_list("unit", flat=True)) == {
        first.pk,
        country.provinces[first][0].pk,
    }
    assert report_of(cycle, owner).goes_to is None


def test_bodies_that_come_while_the_cycle_is_open_are_asked_and_nothing_else_changes(db):
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    cycle = make_opened_cycle(country)
    before = set(Report.objects.values_list("pk", "goes_to", "state"))
    born = dt.date(2026, 11, 10)
    new = UnitFactory(parent=province, starts_on=born)
    office = AgencyFactory(unit=new, starts_on=born)
    at = AT + dt.timedelta(days=10)
    assert ask_newcomers(cycle, by=None, at=at).reports == 1
    assert ask_newcomers(cycle, by=None, at=at).reports == 0
    assert before < set(Report.objects.values_list("pk", "goes_to", "state"))
    made = report_of(cycle, office)
    assert (made.goes_to.agency, made.above[-1]) == (country.body(province, K.CULTURE), country.ministry.pk)
    state = country_state(cycle, Report.objects.filter(cycle=cycle), at.date())
    assert state.whole.asked == len(before) + 1
    listed = report_rows(cycle, Report.objects.filter(cycle=cycle), at.date(), unit=province)
    assert {row.report.unit for row in listed} == {province, commune, new}
    with pytest.raises(NotOpen):
        ask_newcomers(make_preset_cycle(country), by=None, at=at)


def test_institution_that_comes_while_the_cycle_is_open_is_counted_where_the_report_is_still_owed(db):
    country = make_country(1, 1)
    (first, (commune,)), (_second, (other,)) = country.provinces.items()
    there = InstitutionFactory(unit=commune)
    cycle = make_opened_cycle(country)
    before = set(CountedInstitution.objects.values_list("pk", "report"))
    new, late, centre, nobodys = (
        InstitutionFactory(unit=commune),
        InstitutionFactory(unit=other),
        InstitutionFactory(unit=first, institution_class=C.CULTURE_CENTRE_PROVINCE),
        InstitutionFactory(unit=commune, state=InstitutionState.CLOSED),
    )
    submit(report_of(cycle, country.body(other, K.CULTURE_SOCIETY)))
    at = AT + dt.timedelta(days=10)
    library, centre_of_province = "Thư viện công cộng cấp xã", "Trung tâm văn hóa cấp tỉnh"
    assert left_uncounted(cycle, at.date()) == Left(3, 2, ((library, 2), (centre_of_province, 1)))
    opened = ask_newcomers(cycle, by=None, at=at)
    assert (opened.reports, opened.institutions) == (0, 2)
    assert ask_newcomers(cycle, by=None, at=at).institutions == 0
    assert counted_at(cycle, new) == counted_at(cycle, there) == country.body(commune, K.CULTURE_SOCIETY)
    assert counted_at(cycle, centre) == country.body(first, K.CULTURE)
    assert (counted_at(cycle, late), counted_at(cycle, nobodys)) == (None, None)
    assert before < set(CountedInstitution.objects.values_list("pk", "report"))
    assert left_uncounted(cycle, at.date()) == Left(1, 0, ((library, 1),))


@pytest.mark.parametrize("owner_too", [False, True])
def test_newcomer_goes_past_a_report_that_is_not_asked_for_any_more(db, owner_too):
    """Into it nothing would be added up, and nobody would miss it."""
    country = make_country(1)
    province = next(iter(country.provinces))
    cycle = make_opened_cycle(country)
    by = PersonFactory()
    top = report_of(cycle, country.body(province, K.CULTURE))
    for below in (*Report.objects.filter(goes_to=top), top):
        excuse_report(below, version=below.version, reason="Đã giải thể", by=by, at=AT)
    root = report_of(cycle, country.ministry)
    if owner_too:
        for below in (*Report.objects.filter(goes_to=root).exclude(state="excused"), root):
            excuse_report(below, version=below.version, reason="Đã giải thể", by=by, at=AT)
    born = dt.date(2026, 11, 10)
    office = AgencyFactory(unit=UnitFactory(parent=province, starts_on=born), starts_on=born)
    assert ask_newcomers(cycle, by=None, at=AT + dt.timedelta(days=10)).reports == 1
    made = report_of(cycle, office)
    assert (made.goes_to, made.above) == (root, [country.ministry.pk])


def test_institution_of_a_new_unit_is_counted_in_the_report_of_its_new_body(db):
    country = make_country(1)
    province = next(iter(country.provinces))
    cycle = make_opened_cycle(country)
    born = dt.date(2026, 11, 10)
    unit = UnitFactory(parent=province, starts_on=born)
    office = AgencyFactory(unit=unit, starts_on=born)
    new = InstitutionFactory(unit=unit)
    at = AT + dt.timedelta(days=10)
    assert left_uncounted(cycle, at.date()) == Left(1, 1, (("Thư viện công cộng cấp xã", 1),))
    opened = ask_newcomers(cycle, by=None, at=at)
    assert (opened.reports, opened.institutions, counted_at(cycle, new)) == (1, 1, office)


def test_who_is_asked_late_has_two_weeks_and_is_not_late_on_the_first_day(db):
    country = make_country(1)
    province = next(iter(country.provinces))
    cycle = make_opened_cycle(country)
    born = dt.date(2026, 12, 10)
    new = UnitFactory(parent=province, starts_on=born)
    office = AgencyFactory(unit=new, starts_on=born)
    at = timezone.make_aware(dt.datetime(2026, 12, 12, 6, 50))
    before = dict(Report.objects.values_list("pk", "due_on"))
    assert ask_newcomers(cycle, by=None, at=at).reports == 1
    made = report_of(cycle, office)
    assert made.due_on == dt.date(2026, 12, 26)
    assert before == dict(Report.objects.exclude(pk=made.pk).values_list("pk", "due_on"))
    remind(day=at.date(), at=at)
    assert list(Reminder.objects.filter(report=made).values_list("days", flat=True)) == [-14]
    (row,) = (each for each in report_rows(cycle, Report.objects.filter(pk=made.pk), at.date()))
    assert row.days_late == 0


# -- what is refused --


def _rules(country, change):
    made = yearly(2026, country.ministry)
    return dataclasses.replace(made, rules=tuple(change(rule) for rule in made.rules if change(rule)))


def test_cycle_that_does_not_end_with_its_owner_is_refused(db):
    country = make_country(1)
    rules = _rules(country, lambda rule: rule if rule.reporter_kind != K.MINISTRY else None)
    cycle = make_preset_cycle(country, rules)
    with pytest.raises(NotReportedToItsOwner, match="Bộ thử"):
        open_cycle(cycle, by=None, at=AT)
    cycle.refresh_from_db()
    assert cycle.state == CycleState.PREPARING
    assert not Report.objects.exists()


def test_report_that_goes_out_elsewhere_is_refused(db):
    country = make_country(1, 1)

    def lost(rule):
        if rule.reporter_kind == K.POLICE:
            return dataclasses.replace(rule, to=ReportsTo.NOBODY, to_kind="")
        return rule

    with pytest.raises(NotReportedToItsOwner, match="2"):
        open_cycle(make_preset_cycle(country, _rules(country, lost)), by=None, at=AT)


def test_reports_in_a_circle_are_refused(db):
    country = make_country(1)

    def turned(rule):
        if rule.reporter_kind == K.CULTURE:
            return dataclasses.replace(rule, to=ReportsTo.SAME_UNIT, to_kind=K.EDUCATION, to_agency=None)
        return rule

    with pytest.raises(NotReportedToItsOwner, match="5"):
        open_cycle(make_preset_cycle(country, _rules(country, turned)), by=None, at=AT)


# -- where an institution is counted --


def test_institution_is_counted_where_it_stands_or_by_the_line_that_claims_its_class(db):
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    made = {kind: InstitutionFactory(unit=commune, institution_class=kind) for kind in C}
    cycle = make_opened_cycle(country)
    office, culture = country.body(commune, K.CULTURE_SOCIETY), country.body(province, K.CULTURE)
    expected = dict.fromkeys(C, office)
    expected |= dict.fromkeys((C.LIBRARY_SCHOOL, C.LIBRARY_UNIVERSITY), country.body(province, K.EDUCATION))
    expected[C.LIBRARY_ARMED_FORCES] = country.body(province, K.MILITARY)
    expected |= dict.fromkeys((C.LIBRARY_PROVINCE, C.MUSEUM_PROVINCE, C.CULTURE_CENTRE_PROVINCE), culture)
    expected |= dict.fromkeys((C.LIBRARY_NATIONAL, C.MUSEUM_NATIONAL, C.MUSEUM_MINISTRY), country.ministry)
    assert {kind: counted_at(cycle, each) for kind, each in made.items()} == expected


def test_police_counts_what_it_runs_and_the_army_the_rest(db):
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    police = country.body(province, K.POLICE)
    of_police = InstitutionFactory(unit=commune, institution_class=C.LIBRARY_ARMED_FORCES)
    InstitutionAgency.objects.create(institution=of_police, agency=police)
    of_army = InstitutionFactory(unit=commune, institution_class=C.LIBRARY_ARMED_FORCES)
    cycle = make_opened_cycle(country)
    assert counted_at(cycle, of_police) == police
    assert counted_at(cycle, of_army) == country.body(province, K.MILITARY)


@pytest.mark.parametrize("runs", [K.MILITARY, K.POLICE])
@pytest.mark.parametrize("kind", [C.LIBRARY_COMMUNE, C.LIBRARY_UNIVERSITY, C.MUSEUM_PROVINCE])
def test_what_the_armed_forces_run_is_counted_by_them_whatever_its_class(db, runs, kind):
    """Nobody of the territory or of education counts it one by one, by name."""
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    house = InstitutionFactory(unit=commune, institution_class=kind)
    InstitutionAgency.objects.create(institution=house, agency=country.body(province, runs))
    cycle = make_opened_cycle(country)
    assert counted_at(cycle, house) == country.body(province, runs)
    assert report_of(cycle, country.body(province, runs)).detail == "totals"


def test_armed_forces_are_in_no_report_of_the_territory_even_where_an_old_rule_claims_them(db):
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    army = InstitutionFactory(unit=commune, institution_class=C.LIBRARY_ARMED_FORCES)
    run = InstitutionFactory(unit=commune, institution_class=C.LIBRARY_COMMUNE)
    InstitutionAgency.objects.create(institution=run, agency=country.body(province, K.MILITARY))
    owner = country.body(province, K.CULTURE)
    cycle = make_cycle("rieng", owner=owner, given=free(2026, owner), by=None, at=AT)
    cycle.rules.update(classes=list(C))
    with pytest.raises(BadRule, match="lực lượng vũ trang"):
        order_opening(cycle, version=cycle.version, by=PersonFactory(), at=AT)
    open_cycle(cycle, by=None, at=AT)
    assert (counted_at(cycle, army), counted_at(cycle, run)) == (None, None)
    assert opening_check(cycle, AT.date()).uncounted_number == 2


def test_who_runs_a_school_library_does_not_take_it_from_the_line_of_education(db):
    country = make_country(1)
    province, (commune,) = next(iter(country.provinces.items()))
    library = InstitutionFactory(unit=commune, institution_class=C.LIBRARY_SCHOOL)
    InstitutionAgency.objects.create(institution=library, agency=country.body(commune, K.CULTURE_SOCIETY))
    assert counted_at(make_opened_cycle(country), library) == country.body(province, K.EDUCATION)


def test_closed_institution_is_not_counted_and_one_that_nobody_claims_is_shown(db):
    country = make_country(1)
    (commune,) = next(iter(country.provinces.values()))
    closed = InstitutionFactory(unit=commune, state=InstitutionState.CLOSED)
    InstitutionFactory(unit=commune, institution_class=C.MUSEUM_PROVINCE)
    cycle = make_preset_cycle(
        country,
        _rules(
            country, lambda rule: dataclasses.replace(rule, classes=()) if rule.reporter_kind == K.CULTURE else rule
        ),
    )
    check = opening_check(cycle, AT.date())
    assert [(each.label, each.number, each.places) for each in check.uncounted] == [
        ("Bảo tàng cấp tỉnh", 1, [("Tỉnh thử 1", 1)])
    ]
    open_cycle(cycle, by=None, at=AT)
    assert counted_at(cycle, closed) is None
    assert not CountedInstitution.objects.exists()


def test_institution_is_read_on_the_map_of_the_cycle(db):
    """It opened after the reform in a new commune; on the map from before, that is read as the one it came from."""
    country = make_country(1)
    (province,) = country.provinces
    old = UnitFactory(parent=province, ends_on=REFORM)
    office = AgencyFactory(unit=old, ends_on=REFORM)
    new = UnitFactory(parent=province, starts_on=REFORM)
    UnitReading.objects.create(unit=new, reads_as=old, ends_on=REFORM)
    library = InstitutionFactory(unit=new)
    library.placements.update(starts_on=dt.date(2025, 9, 1))
    given_ = dataclasses.replace(mid_term(country.ministry), map_on=dt.date(2025, 6, 30))
    assert counted_at(make_opened_cycle(country, given_), library) == office


# -- laws --

_LOWER = st.lists(st.integers(0, 3), min_size=1, max_size=3)


@pytest.mark.slow
@settings(max_examples=cases(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(communes=_LOWER, data=st.data())
def test_each_open_institution_is_counted_once_and_each_report_reaches_the_owner(db, communes, data):
    with transaction.atomic():
        _check_laws(communes, data)
        transaction.set_rollback(True)


def _check_laws(communes, data):
    country = make_country(*communes)
    by_command = data.draw(st.sets(st.sampled_from(OWN_LINES)))
    add_ministries(country, by_command)
    for body in data.draw(st.lists(st.sampled_from(list(country.bodies.values())), max_size=4, unique=True)):
        if body != country.ministry:
            Agency.objects.filter(pk=body.pk).update(ends_on=dt.date(2026, 1, 1))
    units = [country.unit, *country.provinces, *(each for lower in country.provinces.values() for each in lower)]
    places = data.draw(st.lists(st.tuples(st.sampled_from(units), st.sampled_from(list(C)), st.booleans()), max_size=8))
    made = []
    for unit, kind, is_open in places:
        state = InstitutionState.ACTIVE if is_open else InstitutionState.CLOSED
        institution = InstitutionFactory(unit=unit, institution_class=kind, state=state)
        made.append((institution, unit, kind, is_open))
        if runs := data.draw(st.one_of(st.none(), st.sampled_from(list(country.bodies.values())))):
            InstitutionAgency.objects.create(institution=institution, agency=runs)
    cycle = make_opened_cycle(country, yearly(2026, country.ministry, by_command=by_command))
    reports = {each.pk: each for each in Report.objects.filter(cycle=cycle)}
    assert (
        len(reports) == Agency.objects.on(cycle.map_on).filter(pk__in=[b.pk for b in country.bodies.values()]).count()
    )
    for each in reports.values():
        way, at = [], each
        while at.goes_to_id:
            at = reports[at.goes_to_id]
            way.append(at.agency_id)
        assert way == each.above
        assert at.agency == country.ministry
    for institution, unit, kind, is_open in made:
        rows = CountedInstitution.objects.filter(cycle=cycle, institution=institution)
        expected = _expected(country, reports, institution, unit, kind) if is_open else None
        assert [row.report.agency for row in rows] == ([expected] if expected else [])


def _expected(country, reports, institution, unit, kind):
    """The same said in plain Python: by hand, from the preset."""
    standing = {each.agency_id: each.agency for each in reports.values()}
    above = UnitAncestry.objects.filter(unit=unit).values_list("ancestor", flat=True)
    runs = {each.agency_id for each in institution.agencies.all()}
    education, forces = (C.LIBRARY_SCHOOL, C.LIBRARY_UNIVERSITY), (C.LIBRARY_ARMED_FORCES,)
    provincial = (C.LIBRARY_PROVINCE, C.MUSEUM_PROVINCE, C.CULTURE_CENTRE_PROVINCE)
    central = (C.LIBRARY_NATIONAL, C.MUSEUM_NATIONAL, C.MUSEUM_MINISTRY)
    if Agency.objects.filter(pk__in=runs, kind__in=ARMED_FORCES).exists():
        kind = C.LIBRARY_ARMED_FORCES
    if kind in education:
        wanted = [(K.EDUCATION, Tier.PROVINCE)]
    elif kind in forces:
        wanted = [(kind_, tier) for tier in (Tier.PROVINCE, Tier.COUNTRY) for kind_ in (K.MILITARY, K.POLICE)]
    elif kind in provincial:
        wanted = [(K.CULTURE, Tier.PROVINCE)]
    elif kind in central:
        wanted = [(K.MINISTRY, Tier.COUNTRY)]
    else:
        wanted = [(K.CULTURE_SOCIETY, Tier.COMMUNE)]
    may = [a for kind_, tier in wanted for a in standing.values() if (a.kind, a.unit.tier) == (kind_, tier)]
    running = [a for a in may if a.pk in runs]
    near = [a for a in may if a.unit_id in above]
    return (running or near or [None])[0]


# -- the whole country --


@pytest.fixture
def ministry(reference) -> Agency:
    return Agency.objects.get(code="bo-vhttdl")


@pytest.mark.slow
def test_country_is_asked_in_a_handful_of_statements(ministry, now):
    cycle = make_cycle("nam-2026", owner=ministry, given=yearly(2026, ministry), by=None, at=now)
    with CaptureQueriesContext(connection) as seen:
        opened = open_cycle(cycle, by=None, at=now)
    assert len(seen) <= 18
    reports = Report.objects.filter(cycle=cycle)
    assert opened.reports == reports.count() == 3321 + 34 * 4 + 2
    assert reports.filter(goes_to=None).get().agency == ministry
    assert not reports.exclude(agency=ministry).exclude(above__contains=[ministry.pk]).exists()
    office = reports.get(agency__code="phong-vhxh-01843")
    assert [Agency.objects.get(pk=key).code for key in office.above] == ["so-vhttdl-19", "bo-vhttdl"]
    with CaptureQueriesContext(connection) as seen:
        check = opening_check(cycle, now.date())
    assert len(seen) == 9
    assert (check.bodies, check.lacking_receiver_number) == (opened.reports, 0)


# -- killed in the middle --


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_opening_that_is_killed_has_not_begun_and_is_done_again_whole():
    """The connection is cut while reports are being written, as when the worker is killed."""
    country = make_country(3, 2)
    cycle = make_preset_cycle(country)
    blocker_ready, failed = threading.Event(), []

    def opens():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                failed.append(cursor.fetchone()[0])
            blocker_ready.set()
            open_cycle(cycle, by=None, at=AT)
        except OperationalError as error:
            failed.append(error)
        finally:
            connection.close()

    # Reports cannot be counted while somebody holds that table: there it stands still, reports already written.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE reporting_countedinstitution IN ACCESS EXCLUSIVE MODE")
        worker = threading.Thread(target=opens)
        worker.start()
        assert blocker_ready.wait(10)
        for _attempt in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", [failed[0]]
            )
            if cursor.fetchone()[0]:
                break
            cursor.execute("SELECT pg_sleep(0.05)")
        else:
            pytest.fail("the opening never came to the counting")
        cursor.execute("SELECT pg_terminate_backend(%s)", [failed[0]])
        worker.join(10)
    assert isinstance(failed[1], OperationalError)
    assert not Report.objects.exists()
    assert Cycle.objects.get(pk=cycle.pk).state == CycleState.PREPARING
    opened = open_cycle(cycle, by=None, at=AT)
    assert opened.reports == Report.objects.count() == 2 + 2 * 4 + 5


def test_lines_of_command_are_followed_upwards_past_bodies_that_report_nothing(db):
    country = make_country(1)
    (province,) = country.provinces
    AgencyLine.objects.all().delete()
    between = AgencyFactory(kind=K.OTHER, unit=country.unit)
    education, ministry = country.body(province, K.EDUCATION), country.body(country.unit, K.EDUCATION)
    AgencyLine.objects.create(agency=education, superior=between, kind="administrative")
    AgencyLine.objects.create(agency=between, superior=ministry, kind="administrative")
    cycle = make_opened_cycle(country, yearly(2026, country.ministry, by_command=["education"]))
    assert report_of(cycle, education).above[0] == ministry.pk
